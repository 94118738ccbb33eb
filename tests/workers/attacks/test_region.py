"""Attacks inside a region: nothing else changes, and what is found is what an attack on the region alone finds."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from openapi.attack_ids import attack_ids
from openapi.attacks import ATTACK_ADAPTER, ATTACKS, Fgsm, Fmn, OnePixel, Pgd
from openapi.attacks.base import Attack
from tests.workers.attacks.nets import Linear, problem, small_cnn
from workers.attacks.engine.attack_run import AttackRun
from workers.attacks.engine.suite import run_attack

#: Few steps: what counts is where pixels change.
CHEAP: dict[str, dict[str, object]] = {
    "pgd": {"restarts": 2}, "apgd": {"steps": 10}, "apgd_t": {"steps": 10, "targets": 2},
    "fab_t": {"steps": 10, "targets": 2, "restarts": 2}, "square": {"queries": 200},
    "spsa": {"steps": 4, "directions": 16},
    "nattack": {"steps": 3, "samples": 20}, "one_pixel": {"population": 20, "generations": 5},
    "cw": {"steps": 30, "initial_const": 1}, "ead": {"steps": 40, "binary_search_steps": 4, "initial_const": 0.1},
    "strattack": {"steps": 60, "initial_const": 10}, "ddn": {"steps": 30}, "fmn": {"steps": 30},
    "corruption": {"corruption": "contrast", "severity": 5}, "gaussian_noise": {"severity": 5},
}  # fmt: skip
BALLS = {name for name, kind in ATTACKS.items() if "eps" in kind.model_fields}


def settings() -> list[Attack]:
    found: list[Attack] = []
    for name in ATTACKS:
        norms = ["linf", "l2"] if name in BALLS and name != "ifgsm" else [None]
        norms = {"deepfool": ["linf", "l2"], "fmn": ["linf", "l2", "l1", "l0"]}.get(name, norms)
        for norm in norms:
            options: dict[str, object] = {"eps": 2.0 if norm == "l2" else 0.3} if name in BALLS else {}
            options |= {} if norm is None else {"norm": norm}
            if name != "autoattack":  # it is apgd, apgd_t, fab_t and square
                found.append(ATTACK_ADAPTER.validate_python({"name": name, **options, **CHEAP.get(name, {})}))
    return found


def region(n: int) -> Tensor:
    """A ragged region of a different place in every image, (n, 8, 8); none in the last."""
    free = torch.zeros(n, 8, 8, dtype=torch.bool)
    for i in range(n - 1):
        top, left = i % 4, (2 * i) % 5
        free[i, top : top + 4, left : left + 3] = True
        free[i, top, left] = False
    return free


def run(model: nn.Module, spec: Attack, x: Tensor, y: Tensor, free: Tensor | None, **options: int) -> AttackRun:
    return run_attack(model, spec, x, y, torch.arange(len(x)), free=free, **options)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("spec", settings(), ids=lambda s: f"{s.name}-{s.measured_norm}")
def test_only_the_region_changes_whatever_the_slices(spec: Attack) -> None:
    model = small_cnn()
    x, y = problem(model, 9)
    found, free = run(model, spec, x, y, region(9)), region(9)
    moved = (found.x_adv != x).any(1)
    assert not (moved & ~free).any()
    assert moved.any()
    assert not found.attacked[8]
    assert found.extras["without_region"] == 1
    assert (found.distance[found.success] <= getattr(spec, "eps", np.inf)).all()
    parts = [
        run_attack(model, spec, x[s], y[s], torch.arange(9)[s], free=free[s], batch_size=4)
        for s in (slice(0, 4), slice(4, 9))
    ]
    np.testing.assert_array_equal(np.concatenate([p.success for p in parts]), found.success)


class Pasted(nn.Module):
    """A model of the whole image as one of a rectangle of it, the rest of which stays as it is."""

    def __init__(self, model: nn.Module, image: Tensor, top: int, left: int, h: int, w: int) -> None:
        super().__init__()
        self.model, self.image, self.at = (
            model,
            image,
            (slice(None), slice(None), slice(top, top + h), slice(left, left + w)),
        )

    def forward(self, x: Tensor) -> Tensor:
        whole = self.image.expand(len(x), -1, -1, -1).clone()
        whole[self.at] = x
        out: Tensor = self.model(whole)
        return out


#: Without random numbers, an attack on the region is the attack on the image that consists of it alone.
EXACT = [spec for spec in settings() if spec.name in ("fgsm", "ifgsm", "deepfool", "ddn", "fmn", "cw", "ead")] + [
    Pgd(eps=0.3, random_start=False),
    Pgd(eps=1.0, norm="l2", random_start=False),
]


@pytest.mark.slow
@pytest.mark.parametrize("spec", EXACT, ids=lambda s: f"{s.name}-{s.measured_norm}")
def test_it_is_the_attack_on_the_image_that_the_region_is(spec: Attack) -> None:
    model = small_cnn()
    x, y = problem(model, 6)
    free = torch.zeros(6, 8, 8, dtype=torch.bool)
    free[:, 2:7, 1:5] = True
    found = run(model, spec, x, y, free)
    assert found.success.any()
    for i in range(6):
        part = x[i : i + 1, :, 2:7, 1:5]
        alone = run_attack(Pasted(model, x[i : i + 1], 2, 1, 5, 4), spec, part, y[i : i + 1], torch.tensor([i]))
        assert alone.success[0] == found.success[i]
        np.testing.assert_allclose(alone.distance[0], found.distance[i], rtol=1e-3)
        np.testing.assert_allclose(alone.x_adv[0], found.x_adv[i, :, 2:7, 1:5], atol=2e-3)


def linear() -> tuple[Linear, Tensor, Tensor, Tensor]:
    """Two classes on 1×6×6 images, all of class 0; the region of the first three rows, and its weights."""
    weight = torch.randn(1, 36, generator=torch.Generator().manual_seed(3))
    x = 0.3 + 0.4 * torch.rand(5, 1, 6, 6, generator=torch.Generator().manual_seed(4))
    model = Linear(torch.cat([torch.zeros_like(weight), weight]))
    free = torch.zeros(5, 6, 6, dtype=torch.bool)
    free[:, :3] = True
    w = weight.view(6, 6)[:3].double()
    with torch.no_grad():
        z = model(x)
        model.bias[0] = float((z[:, 1] - z[:, 0]).max()) + 0.05
    return model, x, free, w


@pytest.mark.slow
@pytest.mark.parametrize("norm", ["linf", "l2", "l1"])
def test_the_nearest_example_of_a_linear_model_is_the_closed_form(norm: str) -> None:
    model, x, free, w = linear()
    with torch.no_grad():
        z = model(x).double()
    lead = z[:, 0] - z[:, 1]
    spec = Fmn(norm=norm, steps=300)
    found = run(model, spec, x, torch.zeros(5, dtype=torch.int64), free)
    dual = {"linf": w.abs().sum(), "l2": w.norm(), "l1": w.abs().max()}[norm]
    near = (lead / dual) < 0.1  # no pixel reaches the box
    assert near.any()
    assert found.success[near.numpy()].all()
    np.testing.assert_allclose(found.distance[near.numpy()], (lead / dual)[near].numpy(), rtol=0.02)


@pytest.mark.parametrize(
    "spec", [Fgsm(eps=0.1), Fgsm(eps=0.4, norm="l2"), Pgd(eps=0.1), Pgd(eps=0.4, norm="l2", steps=50)]
)
def test_in_a_ball_the_lead_falls_by_the_dual_norm_of_the_region(spec: Fgsm | Pgd) -> None:
    model, x, free, w = linear()
    model.bias.data[0] += 100  # nothing fools: the strongest try is kept
    found = run(model, spec, x, torch.zeros(5, dtype=torch.int64), free)
    with torch.no_grad():
        fall = (model(x)[:, 0] - model(x)[:, 1] - model(found.x_adv)[:, 0] + model(found.x_adv)[:, 1]).double()
    best = spec.eps * (w.abs().sum() if spec.norm == "linf" else w.norm())
    np.testing.assert_allclose(fall.numpy(), np.full(5, float(best)), rtol=1e-3)


def test_one_pixel_looks_inside_the_region_alone() -> None:
    """Of three free pixels one decides: few candidates find it, which among all 64 pixels would hardly do."""
    weight = torch.zeros(2, 64)
    weight[1, 3 * 8 + 4] = 10.0
    model = Linear(weight, torch.tensor([3.0, 0.0]))
    x, y = torch.full((8, 1, 8, 8), 0.2), torch.zeros(8, dtype=torch.int64)
    free = torch.zeros(8, 8, 8, dtype=torch.bool)
    free[:, 3, 4] = free[:, 7, 7] = free[:, 0, 0] = True
    found = run(model, OnePixel(population=16, generations=1), x, y, free)
    assert found.success.all()
    assert ((found.x_adv != x).sum((1, 2, 3)) == 1).all()


def test_the_same_attack_without_a_mask_has_the_same_name_threat_model_and_json() -> None:
    plain, masked = Pgd(), Pgd(mask="eye")
    assert "mask" not in plain.model_dump(mode="json")
    assert "region" not in plain.threat_model.model_dump(mode="json")
    assert masked.model_dump(mode="json")["mask"] == {"concepts": ["eye"], "outside": False}
    assert str(masked.threat_model) == f"{plain.threat_model} region=eye"
    assert masked.threat_model != plain.threat_model
    assert attack_ids([plain, masked]) == (attack_ids([plain])[0], f"{attack_ids([plain])[0]}-in-eye")
    assert type(masked).model_validate_json(masked.model_dump_json()) == masked
