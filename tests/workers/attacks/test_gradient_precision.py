"""Gradients in bfloat16 find what float32's find, and every success is float32's."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from openapi.attacks import Apgd, ApgdT, Ddn, Fgsm, Pgd, Square
from openapi.attacks.base import Attack
from tests.workers.attacks.nets import problem, small_cnn
from workers.attacks.engine.gradient_precision import are_rough
from workers.attacks.engine.suite import run_attack
from workers.attacks.engine.victim import Victim
from workers.exact_float32 import exact_float32

INDEX = torch.arange(96)


class Watched(nn.Module):
    """Notes the arithmetic of each pass, with and without a way back."""

    def __init__(self) -> None:
        super().__init__()
        self.net = small_cnn()
        self.with_gradient, self.without = set[torch.dtype](), set[torch.dtype]()

    def forward(self, x: Tensor) -> Tensor:
        z: Tensor = self.net(x)
        (self.with_gradient if x.requires_grad else self.without).add(z.dtype)
        return z


@pytest.mark.parametrize(
    "spec",
    [
        Fgsm(eps=0.05),
        Pgd(eps=0.03, steps=10),
        Pgd(eps=0.3, norm="l2", steps=10),
        Apgd(eps=0.03, steps=20),
        ApgdT(eps=0.03, steps=10, targets=2),
    ],
    ids=lambda spec: f"{spec.name}-{spec.norm}",
)
def test_rough_gradients_find_the_same(spec: Attack) -> None:
    model = Watched()
    x, y = problem(model, len(INDEX))
    model.without.clear()
    exact = run_attack(model, spec, x, y, INDEX, gradients="float32")
    assert model.with_gradient <= {torch.float32}
    assert "gradients" not in exact.extras
    model.with_gradient.clear()
    rough = run_attack(model, spec, x, y, INDEX, gradients="bfloat16")
    assert torch.bfloat16 in model.with_gradient
    assert model.without == {torch.float32}
    assert rough.extras["gradients"] == "bfloat16"
    assert 0 < exact.success.sum() < len(INDEX)
    assert abs(int(exact.success.sum()) - int(rough.success.sum())) <= 2
    fooled = model(rough.x_adv).argmax(1) != y
    assert bool(fooled[torch.from_numpy(rough.success)].all())
    assert float(np.nanmax(rough.distance)) <= getattr(spec, "eps")  # noqa: B009


@pytest.mark.parametrize("spec", [Square(eps=0.03, queries=50), Ddn(steps=10)], ids=lambda spec: spec.name)
def test_scores_and_distances_are_float32s(spec: Attack) -> None:
    model = Watched()
    x, y = problem(model, len(INDEX))
    exact = run_attack(model, spec, x, y, INDEX, gradients="float32")
    rough = run_attack(model, spec, x, y, INDEX, gradients="bfloat16")
    assert model.with_gradient <= {torch.float32}
    assert model.without == {torch.float32}
    assert "gradients" not in rough.extras
    assert torch.equal(exact.x_adv, rough.x_adv)


def test_what_is_nearly_fooled_is_looked_at_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    # without that look, half a percent of a margin's noise would decide who is fooled
    model = Watched()
    x, y = problem(model, len(INDEX))
    seen: list[int] = []
    whole = Victim.logits

    def counted(self: Victim, images: Tensor, rows: Tensor) -> Tensor:
        seen.append(len(images))
        return whole(self, images, rows)

    monkeypatch.setattr(Victim, "logits", counted)
    run_attack(model, Pgd(eps=0.03, steps=10), x, y, INDEX, gradients="float32")
    exact = sum(seen)
    seen.clear()
    run_attack(model, Pgd(eps=0.03, steps=10), x, y, INDEX, gradients="bfloat16")
    assert exact < sum(seen) < exact + 5 * len(INDEX)


def test_who_gets_them() -> None:
    cpu = torch.device("cpu")
    assert are_rough("bfloat16", cpu)
    assert not are_rough("float32", cpu)
    assert are_rough("auto", cpu) == torch.cpu._is_amx_tile_supported()


def test_float32_is_float32() -> None:
    states: list[tuple[bool, bool, bool]] = []

    def state() -> tuple[bool, bool, bool]:
        backends = torch.backends
        return backends.cudnn.allow_tf32, backends.cuda.matmul.allow_tf32, backends.cudnn.deterministic

    class Noting(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            states.append(state())
            return x.flatten(1)[:, :4]

    torch.backends.cuda.matmul.allow_tf32 = True
    try:
        before = state()
        assert before == (True, True, False)
        with exact_float32():
            assert state() == (False, False, True)
        x = torch.rand(2, 1, 4, 4)
        run_attack(Noting(), Fgsm(eps=0.1), x, torch.zeros(2, dtype=torch.int64), torch.arange(2))
        assert state() == before
    finally:
        torch.backends.cuda.matmul.allow_tf32 = False
    assert set(states) == {(False, False, True)}
