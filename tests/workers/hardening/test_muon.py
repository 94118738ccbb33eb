"""The optimiser Muon: beside its definition, torch's own and Adam, and within a training."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from openapi.hardening_options import HardenOptions
from tests.workers.hardening.nets import options, shipped
from workers.hardening.data import TrainingSet
from workers.hardening.muon import Muon, orthogonalised
from workers.hardening.run import harden
from workers.hardening.steps import make_optimizer
from workers.models.audited import AuditedModel


def gradients(parameter: nn.Parameter, seed: int) -> None:
    parameter.grad = torch.randn(parameter.shape, generator=torch.Generator().manual_seed(seed))


def drawn(*shape: int) -> nn.Parameter:
    return nn.Parameter(torch.randn(*shape, generator=torch.Generator().manual_seed(9)))


def test_singular_values_become_about_one_and_vectors_stay() -> None:
    u, _ = torch.linalg.qr(drawn(12, 12).detach())
    v, _ = torch.linalg.qr(drawn(30, 30).detach())
    values = torch.linspace(0.05, 3.0, 12)
    matrix = u @ torch.diag(values) @ v[:, :12].T
    for given, left, right in ((matrix, u, v[:, :12]), (matrix.T, v[:, :12], u)):
        core = left.T @ orthogonalised(given) @ right  # diagonal: the singular vectors are the given ones
        assert 0.6 < float(core.diagonal().min()) <= float(core.diagonal().max()) < 1.25
        torch.testing.assert_close(core, torch.diag(core.diagonal()), rtol=0, atol=1e-4)
    assert not orthogonalised(torch.zeros(3, 4)).any()


@pytest.mark.parametrize("shape", [(8, 20), (20, 8)])
def test_matrices_move_as_torchs_muon_moves_them(shape: tuple[int, int]) -> None:
    ours, theirs = drawn(*shape), drawn(*shape)
    mine = Muon([ours], lr=0.01, momentum=0.8, weight_decay=0.1)
    reference = torch.optim.Muon([theirs], lr=0.05, momentum=0.8, weight_decay=0.02)
    start = ours.detach().clone()
    for seed in range(3):
        for parameter, optimizer in ((ours, mine), (theirs, reference)):
            gradients(parameter, seed)
            optimizer.step()
    # Torch's iteration runs in bfloat16.
    moved, expected = ours.detach() - start, theirs.detach() - start
    assert float((moved - expected).norm() / expected.norm()) < 0.02


def test_a_convolution_is_a_matrix_of_its_outputs() -> None:
    kernel, matrix = drawn(6, 3, 2, 2), nn.Parameter(drawn(6, 3, 2, 2).detach().flatten(1))
    for parameter in (kernel, matrix):
        parameter.grad = drawn(6, 3, 2, 2).detach().view_as(parameter)
        Muon([parameter], lr=0.1).step()
    assert torch.equal(kernel.detach().flatten(1), matrix.detach())


def test_vectors_move_as_adam_moves_them() -> None:
    ours, theirs = drawn(7), drawn(7)
    mine, reference = Muon([ours], lr=0.01), torch.optim.Adam([theirs], lr=0.01)
    for seed in range(4):
        for parameter, optimizer in ((ours, mine), (theirs, reference)):
            gradients(parameter, seed)
            optimizer.step()
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


def test_what_has_no_gradient_stays_and_a_closure_is_called() -> None:
    still, moving = drawn(3, 3), drawn(2)
    before = still.detach().clone()
    gradients(moving, 1)
    assert Muon([still, moving], lr=0.1, weight_decay=0.5).step(lambda: 4.0) == 4.0
    assert torch.equal(still.detach(), before)


def test_the_option_is_what_trains(fresh: Callable[..., AuditedModel]) -> None:
    asked = options(optimizer="muon", momentum=0.7, weight_decay=0.01)
    assert isinstance(asked, HardenOptions)
    found = make_optimizer([drawn(2, 2)], asked)
    assert isinstance(found, Muon)
    assert found.param_groups[0]["momentum"] == 0.7
    data = TrainingSet(*shipped("train", 300))
    log = harden(fresh(norm=True), data, options(optimizer="muon", lr=0.02, method="at", epochs=3, pairs=20)).log
    assert log[-1].robust_accuracy > log[0].robust_accuracy + 0.1
