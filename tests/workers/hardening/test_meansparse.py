"""MeanSparse: the edit by hand, what it does to gradients, and the choice of its strength."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import nn

from openapi.hardening_options import HardenOptions
from openapi.models import InputSpec
from openapi.problems import JobFailed
from openapi.stages.harden import Sparsified
from tests.workers.hardening.nets import options, shipped
from workers.hardening.data import TrainingSet
from workers.hardening.meansparse import chosen
from workers.hardening.run import harden
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module
from workers.models.mean_sparse import centres, sparsify
from workers.models.surrogate import straight_through_twin

pytestmark = pytest.mark.slow

Fresh = Callable[..., AuditedModel]


def images(count: int = 40) -> torch.Tensor:
    return torch.from_numpy(shipped("train", count)[0]).float() / 255


def test_centres_are_moments_over_images_and_positions(fresh: Fresh, vanilla_norm: nn.Module) -> None:
    x = images()
    found = centres(fresh(norm=True), x.split(16))
    net: Any = vanilla_norm
    with torch.no_grad():
        first = net.norm1(net.conv1(x.double().float())).double().transpose(0, 1).flatten(1).numpy()
    assert [tuple(centre.mean.shape) for centre in found] == [(1, 10, 1, 1), (1, 20, 1, 1), (1, 30, 1, 1)]
    np.testing.assert_allclose(found[0].mean.flatten(), first.mean(1), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found[0].std.flatten(), first.std(1), rtol=1e-4)


def test_features_near_their_mean_become_it_and_others_stay(fresh: Fresh, vanilla_norm: nn.Module) -> None:
    model, x = fresh(norm=True), images()
    found = centres(model, [x])
    sparsify(model, found, 0.3)
    net: Any = vanilla_norm

    def sparse(value: torch.Tensor, at: int) -> torch.Tensor:
        near = (value - found[at].mean).abs() <= 0.3 * found[at].std
        assert 0.05 < float(near.float().mean()) < 0.95
        return torch.where(near, found[at].mean.expand_as(value), value).relu()

    with torch.no_grad():
        h = sparse(net.norm1(net.conv1(x)), 0)
        h = sparse(net.norm2(net.conv2(h)), 1)
        expected = net.head(sparse(net.conv3(h), 2).flatten(1))
        torch.testing.assert_close(model(x), expected, rtol=1e-4, atol=1e-4)


def test_within_the_range_the_own_gradient_is_zero_and_the_twins_is_not() -> None:
    hidden = nn.Linear(4, 3)
    with torch.no_grad():
        hidden.weight.abs_()
        hidden.bias.fill_(0.1)  # every unit is on, whatever was drawn
    net = nn.Sequential(nn.Flatten(), hidden, nn.ReLU(), nn.Linear(3, 2))
    model = audit_module(net, InputSpec(shape=(1, 2, 2)))
    x = torch.rand(64, 1, 2, 2, generator=torch.Generator().manual_seed(0))
    sparsify(model, centres(model, [x]), 100.0)  # everything is near its mean
    twin, treated = straight_through_twin(model)
    assert treated == {"where": 1}
    leaf = x.clone().requires_grad_()
    (own,) = torch.autograd.grad(model(leaf)[:, 0].sum(), leaf)
    (through,) = torch.autograd.grad(twin(leaf)[:, 0].sum(), leaf)
    assert not own.any()
    assert through.any()
    assert torch.equal(twin(x), model(x))
    assert torch.unique(model(x), dim=0).shape[0] == 1


def test_a_network_without_activations_is_refused() -> None:
    model = audit_module(nn.Sequential(nn.Flatten(), nn.Linear(4, 2)), InputSpec(shape=(1, 2, 2)))
    with pytest.raises(JobFailed, match="no activation function"):
        centres(model, [torch.rand(4, 1, 2, 2)])


def looked(*numbers: tuple[float, float, float]) -> list[Sparsified]:
    return [
        Sparsified(sparsity=i / 10, clean_accuracy=clean, robust_accuracy=own, straight_through=through)
        for i, (clean, own, through) in enumerate(numbers)
    ]


def test_what_only_its_own_gradients_see_is_not_chosen() -> None:
    found = looked((0.9, 0.1, 0.1), (0.9, 0.6, 0.2), (0.9, 0.9, 0.15), (0.8, 0.9, 0.9))
    assert chosen(found).sparsity == pytest.approx(0.1)
    assert chosen(looked((0.9, 0.1, 0.1), (0.9, 0.9, 0.1))).sparsity == 0


@pytest.mark.slow
def test_the_method_edits_and_trains_nothing(fresh: Fresh) -> None:
    model, data = fresh(norm=True), TrainingSet(*shipped("train", 120))
    before = {name: p.detach().clone() for name, p in model.trainable_parameters().items()}
    vanilla = copy.deepcopy(model)
    result = harden(model, data, options(method="meansparse", sparsity=0.4, pairs=30), seed=1)
    assert all(torch.equal(p, before[name]) for name, p in model.trainable_parameters().items())
    assert set(result.frozen) == set(before)
    assert [line.epoch for line in result.log] == [0, 1]
    assert result.decided is not None
    assert result.decided.looked_at is not None
    assert [found.sparsity for found in result.decided.looked_at] == [0, 0.4]
    assert result.decided.looked_at[0].straight_through == result.log[0].robust_accuracy
    note = result.log[1].note
    assert note is not None
    assert note.startswith("sparsity 0.4")
    edited = result.decided.looked_at[1]
    assert ("straight-through" in note) == (edited.straight_through < edited.robust_accuracy)
    x = images()
    assert not torch.equal(model(x), vanilla(x))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"method": "meansparse"}, "set validation, e.g. 0.1, or sparsity"),
        ({"method": "meansparse", "sparsity": 0.2, "awp": 0.01}, "trains nothing: leave awp out"),
        ({"method": "meansparse", "sparsity": 0.2, "budget": {"seconds": 9}}, "leave budget out"),
        ({"method": "pat", "sparsity": 0.2}, "belongs to meansparse"),
    ],
)
def test_options_that_do_not_fit_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        HardenOptions.model_validate(given)
