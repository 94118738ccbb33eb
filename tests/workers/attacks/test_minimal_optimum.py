"""Minimal-norm attacks against exact optima: the nearest face of a linear model's decision region."""

from typing import Literal

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from openapi.attacks import Cw, Ddn, Deepfool, Ead, Fmn, StrAttack
from openapi.attacks.base import Attack
from tests.workers.attacks.nets import Linear, attack
from tests.workers.attacks.trained import held_out, trained_cnn
from workers.attacks.minimal.fmn import rounds

pytestmark = pytest.mark.slow

N, SHAPE, D = 12, (1, 6, 6), 36


def linear(classes: int = 3, scale: float = 1.0) -> tuple[Linear, Tensor, Tensor]:
    """A linear model and images near mid-grey, so that no optimum touches the walls of [0, 1]."""
    g = torch.Generator().manual_seed(5)
    weight = torch.randn(classes, D, generator=g)
    x = 0.4 + 0.2 * torch.rand(N, *SHAPE, generator=g)
    bias = -weight.sum(1) / 2
    model = Linear(scale * weight, scale * bias)
    with torch.no_grad():
        return model, x, model(x).argmax(1)


def nearest(model: Linear, x: Tensor, y: Tensor, order: float) -> Tensor:
    """``min_k (z_y - z_k) / ||w_y - w_k||_order``: the exact distance in the norm dual to `order`."""
    with torch.no_grad():
        z = model(x)
        gaps = z.gather(1, y[:, None]) - z
        lengths = torch.linalg.vector_norm(model.weight[y][:, None] - model.weight[None], ord=order, dim=2)
        found: Tensor = (gaps / lengths).scatter(1, y[:, None], torch.inf).amin(1)
        return found


def label(value: object) -> str:
    """What a case is called: by its attack and the norm."""
    return f"{value.name}-{getattr(value, 'norm', '')}" if isinstance(value, Attack) else ""


#: One step of the search, whose constant is too small for scores that lie close together.
GROWING: list[tuple[Attack, float]] = [
    (Cw(binary_search_steps=1), 1.01),
    (Ead(binary_search_steps=1), 4.0),  # it shortens the L1 distance, not this one
    (StrAttack(binary_search_steps=1, group=1), 3.0),  # few groups, not near ones
]


@pytest.mark.parametrize(("spec", "far"), GROWING, ids=label)
def test_the_constant_grows_where_scores_lie_close_together(spec: Attack, far: float) -> None:
    """c must be twice the distance over the length of the slope: about 200 here, 0.001 to 1 at first."""
    model, x, y = linear(scale=1e-3)
    run = attack(model, spec, x, y)
    assert run.success.all()
    ratio = (run.x_adv - x).flatten(1).norm(dim=1) / nearest(model, x, y, 2.0)
    assert ratio.min() > 0.999
    assert ratio.median() < far


def test_no_constant_is_tried_where_there_is_no_slope() -> None:
    """Zero gradients stay zero however much they are multiplied by."""
    model = Linear(torch.zeros(2, D), torch.tensor([1.0, 0.0]))
    x = torch.rand(4, *SHAPE, generator=torch.Generator().manual_seed(5))
    for spec in (Cw(), Ead(), StrAttack()):
        run = attack(model, spec, x, torch.zeros(4, dtype=torch.int64))
        assert not run.success.any()
        assert run.backward_passes <= 4 * spec.binary_search_steps * (spec.steps + 1)


CASES: list[tuple[Attack, float]] = [
    (Cw(initial_const=1.0), 2.0),
    (Deepfool(), 2.0),
    (Deepfool(norm="linf"), 1.0),
    (Ddn(), 2.0),
    (Fmn(), 2.0),
    (Fmn(norm="linf"), 1.0),
    (Fmn(norm="l1"), torch.inf),
]


@pytest.mark.parametrize(("spec", "order"), CASES, ids=label)
@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_reaches_the_nearest_boundary(spec: Attack, order: float, scale: float) -> None:
    model, x, y = linear(scale=scale)
    run = attack(model, spec, x, y)
    assert run.success.all()
    ratio = torch.from_numpy(run.distance) / nearest(model, x, y, order)
    assert ratio.min() > 0.999
    assert ratio.median() < 1.005
    assert ratio.max() < (1.15 if spec.norm == "l1" else 1.02)  # type: ignore[attr-defined]


@pytest.mark.parametrize("spec", [Cw(initial_const=1.0), Deepfool(), Ddn(), Fmn()], ids=lambda s: s.name)
def test_saturated_pixels_move(spec: Attack) -> None:
    """On black-and-white images only inward moves exist: the optimum is the margin over the free weights' length."""
    g = torch.Generator().manual_seed(7)
    x = (torch.rand(N, *SHAPE, generator=g) < 0.5).float()
    w = torch.randn(D, generator=g)
    model = Linear(torch.stack([w, torch.zeros(D)]), torch.tensor([-float(w.sum()) / 2, 0.0]))
    with torch.no_grad():
        z = model(x)
    y = z.argmax(1)
    towards = torch.where(y == 0, -1.0, 1.0)[:, None] * w  # the way that lowers the true class
    free = torch.where((x.flatten(1) == 0) == (towards > 0), towards, 0.0)
    margin = (z[:, 0] - z[:, 1]).abs()
    exact = margin / free.norm(dim=1)
    small = exact * free.abs().amax(1) / free.norm(dim=1) < 0.9  # no pixel must cross the whole range
    assert small.sum() >= 6
    run = attack(model, spec, x, y)
    ratio = (torch.from_numpy(run.distance) / exact)[small]
    assert run.success[small.numpy()].all()
    assert ratio.min() > 0.999
    # DeepFool's steps ignore the walls: clipping costs it length, not success
    assert ratio.max() < (1.25 if isinstance(spec, Deepfool) else 1.02)


@pytest.mark.parametrize("spec", [Cw(initial_const=1.0), Deepfool(), Ddn(), Fmn(), Ead()], ids=lambda s: s.name)
def test_a_softmax_at_the_end_changes_little(spec: Attack) -> None:
    """Probabilities of a confident model saturate: attacks on them would find no gradient and no success."""
    x, y = held_out(16)
    confident = nn.Sequential(trained_cnn(), Scaled(3.0))
    plain = attack(confident, spec, x, y)
    soft = attack(nn.Sequential(confident, nn.Softmax(dim=1)), spec, x, y)
    assert (plain.success == plain.correct).all()
    assert (soft.success == soft.correct).all()
    assert np.nanmedian(soft.distance) < 1.15 * np.nanmedian(plain.distance)


class Scaled(nn.Module):
    """Logits times a number."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, z: Tensor) -> Tensor:
        return self.factor * z


def valley() -> tuple[Linear, Tensor, Tensor]:
    """Uphill the runner-up's boundary is at 1, downhill that of a class far behind at 0.25: every gradient at x leads
    uphill."""
    nine = torch.zeros(D)
    nine[:9] = 1.0
    model = Linear(torch.stack([0 * nine, nine, -60 * nine]), torch.tensor([0.0, -5.5, 255.0]))
    return model, torch.full((3, *SHAPE), 0.5), torch.zeros(3, dtype=torch.int64)  # logits 0, -1, -15


@pytest.mark.parametrize(
    ("spec", "exact"),
    [
        (Fmn(norm="l2"), 0.25 / 3),
        (Fmn(norm="linf"), 0.25 / 9),
        (Fmn(norm="l1"), 0.25),
        (Fmn(norm="l0"), 1.0),
        (Cw(initial_const=1.0), 0.25 / 3),
        (Ead(), 0.25),
    ],
    ids=label,
)
def test_a_nearer_class_behind_the_runner_up_is_found(spec: Attack, exact: float) -> None:
    """Only a search without the runner-up turns round."""
    run = attack(valley()[0], spec, *valley()[1:])
    assert run.success.all()
    assert run.distance == pytest.approx(exact, rel=2e-3)
    assert (run.adv_predicted == 2).all()


@pytest.mark.parametrize("classes", [2, 3, 4, 10])
@pytest.mark.parametrize("norm", ["l2", "linf", "l1", "l0"])
def test_fmn_with_any_number_of_classes(classes: int, norm: Literal["l2", "linf", "l1", "l0"]) -> None:
    """Rounds never leave out all classes, and together take the steps that were asked for."""
    model, x, y = linear(classes=classes)
    run = attack(model, Fmn(norm=norm, steps=50), x, y)
    assert run.success.all()
    assert run.backward_passes == N * 50


@pytest.mark.parametrize("steps", [1, 2, 4, 5, 9, 10, 100])
@pytest.mark.parametrize("most", [1, 2, 3])
def test_rounds_take_all_steps(steps: int, most: int) -> None:
    lengths = rounds(steps, most)
    assert sum(lengths) == steps
    assert 1 <= len(lengths) <= most
    assert min(lengths) >= 1
    assert lengths[0] >= sum(lengths[1:])


def test_l0_counts_the_fewest_pixels() -> None:
    """One pixel decides; the rest hardly matters: FMN in L0 needs exactly that one."""
    weight = torch.full((2, D), 0.01)
    weight[0, 17], weight[1, 17] = -5.0, 5.0
    x = torch.full((3, *SHAPE), 0.3)
    model = Linear(weight, torch.tensor([4.0, 0.0]))
    run = attack(model, Fmn(norm="l0"), x, torch.zeros(3, dtype=torch.int64))
    assert run.success.all()
    assert run.distance.tolist() == [1.0, 1.0, 1.0]
    assert ((run.x_adv != x).flatten(1).nonzero()[:, 1] == 17).all()


@pytest.mark.parametrize(
    "spec", [Cw(initial_const=1.0, steps=60), Deepfool(), Ddn(steps=30), Fmn(steps=30), Fmn(norm="l1", steps=30)]
)
def test_batch_size_changes_nothing(spec: Attack) -> None:
    model, x, y = linear(classes=4)
    runs = [attack(model, spec, x, y, batch_size=b) for b in (1, 7, 64)]
    for run in runs[1:]:
        assert (run.success == runs[0].success).all()
        torch.testing.assert_close(run.x_adv, runs[0].x_adv, rtol=0, atol=1e-5)
