"""Refinement on linear models, where what is needed is known, and on a small CNN."""

import pytest
import torch
from torch import Tensor, nn

from openapi.attacks import Cw, Pgd, StrAttack
from tests.workers.attacks.nets import Linear, attack, problem, small_cnn
from workers.attacks.minimal.pixel_groups import Groups
from workers.explain.passes import passes
from workers.explain.promotion import effects
from workers.explain.refinement import Refined, Success, refine


def refined(
    model: nn.Module,
    x: Tensor,
    x_adv: Tensor,
    y: Tensor,
    t: Tensor,
    maps: Tensor,
    *,
    aimed: bool = False,
    **options: float,
) -> Refined:
    groups = Groups(2, *x.shape[2:])
    with passes(model, x, gradient=True) as made:
        victim = made.over(torch.arange(len(x)))
        clean = victim.logits(x, victim.everyone)
        success = Success(victim, y, t, torch.full((len(x),), aimed), clean)
        does = effects(victim, x, x_adv, y, t, groups)
        return refine(success, x, x_adv, maps, does, groups, **{"quantile": 0.7, "refit": False, **options})  # type: ignore[arg-type]


def norm(d: Tensor) -> Tensor:
    return d.flatten(1).square().sum(1).sqrt()


def test_only_the_groups_that_are_needed_are_left() -> None:
    weight = torch.zeros(2, 36)
    weight[1, [0, 14, 35]] = torch.tensor([1.0, 0.6, 0.3])
    model, x = Linear(weight, torch.tensor([0.0, -0.9])), torch.zeros(1, 1, 6, 6)
    x_adv = x + 0.9  # leads by 0.81 - all three; the first alone gives 0.9: no lead; with the last 1.17
    maps = torch.ones(1, 2, 6, 6)
    found = refined(model, x, x_adv, torch.tensor([0]), torch.tensor([1]), maps)
    # undone in order: groups without effect, then 0.3 (0.9 + 0.54 is enough), then 0.6 (0.9 alone is not), then 1.0
    changed = found.x[0, 0] != 0
    assert sorted(map(tuple, changed.nonzero().tolist())) == [
        *[(r, c) for r in (0, 1) for c in (0, 1)],
        *[(r, c) for r in (2, 3) for c in (2, 3)],
    ]
    assert bool((found.x[changed[None, None]] == x_adv[changed[None, None]]).all())


def test_the_highest_quantile_that_succeeds_is_found() -> None:
    weight = torch.zeros(2, 64)
    weight[1] = torch.linspace(1, 2, 64)
    model, x = Linear(weight, torch.tensor([0.0, -5.0])), torch.zeros(1, 1, 8, 8)
    x_adv = x + 0.2
    maps = torch.arange(64.0).view(1, 1, 8, 8).repeat(1, 2, 1, 1)
    # the highest k pixels give 0.2 Σ of the last k weights: how many reach 5?
    needed = next(k for k in range(1, 65) if float(0.2 * weight[1, 64 - k :].sum()) > 5)
    found = refined(model, x, x_adv, torch.tensor([0]), torch.tensor([1]), maps)
    assert float(found.quantile) == pytest.approx(1 - needed / 64, abs=1 / 64)
    assert float(found.quantile) * 64 <= 64 - needed + 1


@pytest.mark.parametrize("refit", [False, True])
@pytest.mark.parametrize("aimed", [False, True])
def test_success_is_kept_on_the_stored_image_and_the_norm_falls(aimed: bool, refit: bool) -> None:
    model = small_cnn(3)
    x, y = problem(model, 12)
    run = attack(model, Pgd(eps=0.2, steps=10, loss="margin"), x, y)
    rows = torch.from_numpy(run.success).nonzero().flatten()
    assert len(rows) >= 6
    x, x_adv, y, t = x[rows], run.x_adv[rows], y[rows], torch.from_numpy(run.adv_predicted)[rows]
    maps = torch.rand(len(x), 2, 8, 8, generator=torch.Generator().manual_seed(0))
    found = refined(model, x, x_adv, y, t, maps, aimed=aimed, refit=refit, quantile=0.8)
    with torch.no_grad():
        predicted = model(found.x).argmax(1)
    assert bool((predicted == t).all() if aimed else (predicted != y).all())
    assert bool((norm(found.x - x) <= norm(x_adv - x) + 1e-6).all())
    assert float(norm(found.x - x).mean()) < 0.9 * float(norm(x_adv - x).mean())
    assert bool(((found.x - x).flatten(1).abs().amax(1) <= (x_adv - x).flatten(1).abs().amax(1) + 1e-6).all())
    assert float(found.x.min()) >= 0
    assert float(found.x.max()) <= 1
    if not refit:  # pixels are the image's or the example's
        assert bool(((found.x == x) | (found.x == x_adv)).all())
        assert not found.refitted.any()


def test_refitting_helps_where_the_attack_left_the_map_alone() -> None:
    weight = torch.zeros(2, 64)
    weight[1, :4], weight[1, 8:16] = 3.0, 1.0
    model, x = Linear(weight, torch.tensor([0.0, -3.0])), torch.zeros(1, 1, 8, 8)
    x_adv = x.clone()
    x_adv.view(-1)[:4], x_adv.view(-1)[8:16] = 0.1, 0.3  # 1.2 + 2.4 of the 3.0 that are needed
    maps = torch.zeros(1, 2, 8, 8)
    maps[:, :, 0, :4] = 1.0  # 0.25 on these four alone would do
    plain, again = (
        refined(model, x, x_adv, torch.tensor([0]), torch.tensor([1]), maps, refit=refit, quantile=0.95)
        for refit in (False, True)
    )
    assert (bool(plain.refitted), bool(again.refitted)) == (False, True)
    assert float(plain.quantile) < 0.95
    assert model(again.x).argmax(1).tolist() == [1]
    assert set(again.x.flatten().nonzero().flatten().tolist()) <= {0, 1, 2, 3}
    assert 0.5 <= float(norm(again.x - x)) < 0.7 < float(norm(plain.x - x))


@pytest.mark.slow
def test_strattack_perturbs_fewer_groups_than_cw_at_equal_success() -> None:
    model = small_cnn(3)
    x, y = problem(model, 8)
    runs = {spec.name: attack(model, spec, x, y) for spec in (Cw(steps=100, initial_const=100), StrAttack(group=2))}
    rows = torch.from_numpy(runs["cw"].success & runs["strattack"].success)
    assert rows.sum() >= 4
    touched = {}
    for name, run in runs.items():
        with passes(model, x[rows]) as made:
            target = torch.from_numpy(run.adv_predicted)[rows]
            does = effects(
                made.over(torch.arange(int(rows.sum()))), x[rows], run.x_adv[rows], y[rows], target, Groups(2, 8, 8)
            )
        touched[name] = float(does.touched.float().mean())
    assert touched["strattack"] < 0.8 * touched["cw"]
