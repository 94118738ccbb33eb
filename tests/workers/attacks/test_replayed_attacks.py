"""Attacks with replayed passes find what they find without."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from openapi.attacks import Apgd, ApgdT, Cw, Fmn, Pgd, Square
from openapi.attacks.base import Attack
from tests.workers.attacks.nets import problem, small_cnn
from workers.attacks.engine import suite
from workers.attacks.engine.attack_run import AttackRun
from workers.attacks.engine.replay import RECORDERS
from workers.attacks.engine.suite import run_attack
from workers.attacks.engine.totals import add_extras


def both(device: torch.device, spec: Attack, n: int, net: nn.Module | None = None, **options: Any) -> list[AttackRun]:
    """An attack without and with replays."""
    model = (net or small_cnn()).eval()
    x, y = problem(model, n)
    model.to(device)
    return [
        run_attack(model, spec, x, y, torch.arange(n), device=device, cuda_graphs=on, **options) for on in (False, True)
    ]


@pytest.mark.parametrize(
    "spec",
    [
        Pgd(eps=0.03, steps=12),
        Pgd(eps=0.3, norm="l2", steps=12),
        Apgd(eps=0.03, steps=20),
        Apgd(eps=0.3, norm="l2", loss="dlr", steps=20),
        ApgdT(eps=0.03, steps=12, targets=2),
        Fmn(steps=20),
        Cw(steps=20),
    ],
    ids=lambda spec: f"{spec.name}-{spec.norm if hasattr(spec, 'norm') else ''}",
)
def test_attacks_find_the_same(device: torch.device, spec: Attack) -> None:
    without, replayed = both(device, spec, 90, gradients="float32")
    assert "cuda_graphs" not in without.extras
    assert replayed.extras.pop("cuda_graphs") > 0
    assert replayed.extras == without.extras
    assert (replayed.success == without.success).all()
    assert without.success.any()
    assert (replayed.forward_passes, replayed.backward_passes) == (without.forward_passes, without.backward_passes)
    torch.testing.assert_close(replayed.x_adv, without.x_adv, rtol=0, atol=1e-5)


def test_the_same_bit_by_bit_where_the_size_is_the_same(device: torch.device) -> None:
    without, replayed = both(device, Pgd(eps=1e-4, norm="l2", steps=10, random_start=False), 64, gradients="float32")
    assert not without.success.any()
    assert replayed.extras["cuda_graphs"] > 5
    assert torch.equal(replayed.x_adv, without.x_adv)


def test_attacks_in_bfloat16_are_replayed(device: torch.device) -> None:
    without, replayed = both(device, Pgd(eps=0.03, steps=12), 90, gradients="bfloat16")
    assert replayed.extras["gradients"] == "bfloat16"
    assert replayed.extras["cuda_graphs"] > 0
    assert 0 < without.success.sum() < 90
    assert abs(int(without.success.sum()) - int(replayed.success.sum())) <= 2


def test_chunks_share_their_recordings(device: torch.device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "_CHUNK", dict.fromkeys(("cpu", "cuda"), (20, 2**26)))
    without, replayed = both(device, Pgd(eps=1e-5, steps=2), 60, gradients="float32")
    assert replayed.extras["cuda_graphs"] == 3 * 3 - 3  # a probe and two steps each
    assert (replayed.success == without.success).all()


def test_a_randomised_model_is_not_recorded(device: torch.device) -> None:
    class Noisy(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net, self.noise = small_cnn(), torch.Generator().manual_seed(0)

        def forward(self, x: Tensor) -> Tensor:
            z: Tensor = self.net(x)
            return z + 0.01 * torch.rand(z.shape, generator=self.noise).to(z.device)

    _, replayed = both(device, Pgd(eps=0.03, steps=8), 20, Noisy())
    assert replayed.randomised
    assert replayed.extras["cuda_graphs"] == "given up: the model is randomised"


def test_nothing_is_said_where_there_is_nothing_to_replay(
    device: torch.device, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "cuda_graphs" not in both(device, Square(eps=0.03, queries=10), 8)[1].extras
    monkeypatch.delitem(RECORDERS, device.type)
    assert "cuda_graphs" not in both(device, Pgd(eps=0.03, steps=8), 8)[1].extras


def test_slices_say_how_many_or_why_not() -> None:
    assert add_extras({"cuda_graphs": 3}, {"cuda_graphs": 4}) == {"cuda_graphs": 7}
    for a, b in ((3, "given up"), ("given up", 3)):
        assert add_extras({"cuda_graphs": a}, {"cuda_graphs": b}) == {"cuda_graphs": "given up"}
