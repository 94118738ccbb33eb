"""The gradient probe: planted masked models are flagged, honest ones are not."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from openapi.attacks import Apgd, Pgd, Square
from tests.workers.attacks.nets import attack, linear_layer, problem, small_cnn
from tests.workers.attacks.trained import held_out, trained_cnn
from workers.attacks.engine.gradient_probe import checks_from
from workers.attacks.engine.suite import run_attack


class Quantised(nn.Module):
    """Rounds its input to 8 levels: the true gradient is zero nearly everywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.net = small_cnn()

    def forward(self, x: Tensor) -> Tensor:
        return self.net(torch.round(x * 7) / 7)  # type: ignore[no-any-return]


class Shattered(Quantised):
    """Adds a ripple of no consequence whose gradient drowns the true one."""

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x + 1e-4 * torch.sin(x * 1e6))  # type: ignore[no-any-return]


class Random(Quantised):
    """Noise on the input, drawn anew in each pass."""

    def forward(self, x: Tensor) -> Tensor:
        return self.net(x + 0.2 * torch.randn_like(x))  # type: ignore[no-any-return]


def probe(model: nn.Module) -> tuple[str, dict[str, Any], bool]:
    x, _ = problem(small_cnn(), 64)
    with torch.no_grad():
        y = model(x).argmax(1)
    run = attack(model, Pgd(eps=0.01, steps=3), x, y)
    (check,) = checks_from({"pgd": run.extras})
    return check.status, run.extras, run.randomised


def test_a_clean_model_passes() -> None:
    status, extras, randomised = probe(small_cnn())
    assert status == "pass"
    assert extras["probe_samples"] == 64
    assert extras["probe_wins"] >= 62
    assert not randomised


def test_a_saturated_clean_model_passes() -> None:
    """Huge logits alone do not mask the log-odds."""
    model = small_cnn()
    with torch.no_grad():
        linear_layer(model, -1).weight.mul_(1000)
        linear_layer(model, -1).bias.mul_(1000)
    assert probe(model)[0] == "pass"


@pytest.mark.parametrize("model", [Quantised, Shattered, Random])
def test_masked_models_are_flagged(model: type[nn.Module]) -> None:
    status, extras, randomised = probe(model())
    assert status == "fail"
    assert randomised == (model is Random)
    if model is Quantised:
        assert extras["zero_gradients"] == 64


def test_a_softmax_saturated_beyond_repair_is_flagged() -> None:
    """Probabilities of exactly 1 and 0 tell nothing, in whatever form: every gradient is zero, and that is said."""

    class Saturated(Quantised):
        def forward(self, x: Tensor) -> Tensor:
            return (1e6 * self.net(x)).softmax(1)  # type: ignore[no-any-return]

    status, extras, _ = probe(Saturated())
    assert status == "fail"
    assert extras["zero_gradients"] >= 0.9 * 64


@pytest.mark.slow
def test_a_loss_that_is_flat_beyond_the_boundary_is_no_zero_gradient() -> None:
    """Where the true class is third, DLR is exactly 1: its gradient vanishes on samples that have just been fooled."""
    model = trained_cnn()
    x, y = held_out(200)
    net = nn.Sequential(model, Spread()).eval()
    run = run_attack(net, Apgd(eps=0.15, steps=25, loss="dlr"), x, y, torch.arange(200))
    assert int(run.success.sum()) > 50
    assert run.extras["zero_gradients"] == 0


class Spread(nn.Module):
    """Two further classes that never lead, so that DLR has its third and fourth logit."""

    def forward(self, z: Tensor) -> Tensor:
        return torch.cat([z, z[:, :2] - 4], 1)


def test_without_enough_samples_it_is_skipped() -> None:
    assert checks_from({})[0].status == "skipped"
    assert checks_from({"pgd": {"probe_samples": 7, "probe_wins": 0}})[0].status == "skipped"
    assert (
        checks_from({"a": {"probe_samples": 8, "probe_wins": 8}, "b": {"probe_samples": 8, "probe_wins": 5}})[0].status
        == "fail"
    )


def test_black_box_attacks_probe_nothing() -> None:
    model = small_cnn()
    x, y = problem(model, 8)
    run = attack(model, Square(eps=0.01, queries=3), x, y)
    assert "probe_samples" not in run.extras
    assert run.backward_passes == 0
