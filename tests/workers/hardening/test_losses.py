"""Eq. 12, Eq. 13 and the baselines' losses against numbers worked out by hand."""

import math
from collections.abc import Callable

import pytest
import torch

from tests.workers.neurons.nets import HAND_X, HAND_X_ADV, HandNet
from workers.hardening.losses import alp_loss, chosen, divergence, mart_loss, pat_loss, sns_loss, trades_loss

BOTH = torch.cat([HAND_X, HAND_X_ADV])
LN2 = math.log(2)
#: p(x) and p(x') of one sample with label 0.
BENIGN, ADVERSARIAL = torch.tensor([[0.5, 0.25, 0.25]]), torch.tensor([[0.25, 0.5, 0.25]])
Z = torch.cat([BENIGN, ADVERSARIAL]).log()
Y = torch.tensor([0])


def omega(**neurons: list[int]) -> dict[str, torch.Tensor]:
    return {name: torch.tensor(chosen) for name, chosen in neurons.items()}


def test_l_sns_is_eq_12() -> None:
    _, activations = HandNet()(BOTH)
    # conv 1: ‖Δ‖₁/dim = ½/2 and 1/2, mean 3/8; head 0: ¼ and ½, mean 3/8; head 1: ¼ and 0, mean 1/8.
    assert sns_loss(activations, omega(conv=[1])).item() == 3 / 8
    assert sns_loss(activations, omega(conv=[1], head=[0, 1])).item() == 3 / 8 + 3 / 8 + 1 / 8
    assert sns_loss(activations, omega(conv=[1, 0])).item() == 3 / 8 + 3 / 16


def test_l_sns_of_no_layer_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one layer"):
        sns_loss({}, {})


def test_l_sns_moves_only_the_chosen_neurons() -> None:
    activation = torch.randn(4, 3, 2, 2, generator=torch.Generator().manual_seed(0)).requires_grad_()
    (grad,) = torch.autograd.grad(sns_loss({"a": activation}, omega(a=[2])), activation)
    assert grad[:, 2].abs().min() == pytest.approx(1 / (4 * 2))  # sign / (dim · batch)
    assert not grad[:, :2].any()


@pytest.mark.parametrize(
    "lay",
    [
        lambda a: a,
        lambda a: a.contiguous(memory_format=torch.channels_last),
        lambda a: a.flatten(2),
        lambda a: a.flatten(2).transpose(1, 2).contiguous().transpose(1, 2),
        lambda a: a[:, :, :1, :1].expand(-1, -1, 2, 3),
        lambda a: a[:, :, 0, 0],
    ],
    ids=["first", "last", "rows", "tokens", "expanded", "linear"],
)
def test_chosen_neurons_and_their_gradient_in_every_order(lay: Callable[[torch.Tensor], torch.Tensor]) -> None:
    activation = lay(torch.randn(4, 5, 2, 3, dtype=torch.float64)).detach().requires_grad_()
    neurons = torch.tensor([3, 0])
    assert torch.equal(chosen(activation, neurons), activation[:, [3, 0]])
    onto = torch.randn_like(activation[:, [3, 0]])
    (wanted,) = torch.autograd.grad(activation[:, [3, 0]], activation, onto)
    (got,) = torch.autograd.grad(chosen(activation, neurons), activation, onto)
    assert torch.equal(got, wanted)
    assert got.stride() == torch.empty_like(activation).stride()


def test_pat_is_half_and_half() -> None:
    z, _ = HandNet()(BOTH)

    def ce(logits: list[float], label: int) -> float:
        return math.log(sum(map(math.exp, logits))) - logits[label]

    benign = (ce([-0.25, 0, 0], 0) + ce([1, 0.25, 0], 1)) / 2
    adversarial = (ce([0, 0.25, 0], 0) + ce([0.5, 0.25, 0], 1)) / 2
    assert pat_loss(z, torch.tensor([0, 1])).item() == pytest.approx(benign / 2 + adversarial / 2, rel=1e-6)


def test_alp_adds_the_mean_squared_difference_of_logits() -> None:
    z = torch.tensor([[1.0, 2.0], [3.0, 1.0]])  # differences 2 and 1: mean square 2.5
    assert (alp_loss(z, Y) - pat_loss(z, Y)).item() == pytest.approx(0.5 * 2.5)


def test_divergence_is_kl_of_benign_from_adversarial() -> None:
    # ½ ln(½/¼) + ¼ ln(¼/½) = ¼ ln 2
    assert divergence(Z).item() == pytest.approx(0.25 * LN2, rel=1e-6)


def test_trades() -> None:
    assert trades_loss(Z, Y, 6).item() == pytest.approx(LN2 + 6 * 0.25 * LN2, rel=1e-6)


def test_mart() -> None:
    # −ln ¼ − ln(1 − ½) = 3 ln 2, and 5 · ¼ ln 2 · (1 − ½)
    assert mart_loss(Z, Y, 5).item() == pytest.approx(3 * LN2 + 5 * 0.25 * LN2 * 0.5, rel=1e-6)


def test_mart_stays_finite_when_a_wrong_class_takes_all() -> None:
    z = torch.tensor([[50.0, 0.0], [-200.0, 200.0]], requires_grad=True)
    loss = mart_loss(z, Y)
    loss.backward()
    assert torch.isfinite(loss)
    assert z.grad is not None
    assert torch.isfinite(z.grad).all()
