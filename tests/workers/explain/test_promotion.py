"""Promotion and suppression: a linear model in closed form, a small CNN one group at a time."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from openapi.attacks import Ifgsm, Pgd
from openapi.problems import ModelNumerics
from tests.workers.attacks.nets import Linear, attack, problem, small_cnn
from workers.attacks.minimal.pixel_groups import Groups
from workers.explain.passes import passes
from workers.explain.promotion import Effects, effects, group_numbers
from workers.explain.shares import count_kinds, kinds_of_groups, promotion_suppression_ratio, shares


def explain(model: nn.Module, x: Tensor, x_adv: Tensor, true: Tensor, target: Tensor, side: int, **o: int) -> Effects:
    with passes(model, x, **o) as made:  # type: ignore[arg-type]
        return effects(made.over(torch.arange(len(x))), x, x_adv, true, target, Groups(side, *x.shape[2:]))


def perturbed(n: int, shape: tuple[int, int, int], seed: int) -> tuple[Tensor, Tensor]:
    g = torch.Generator().manual_seed(seed)
    x = torch.rand(n, *shape, generator=g)
    return x, (x + 0.2 * (torch.rand(n, *shape, generator=g) - 0.5)).clamp(0, 1)


@pytest.mark.parametrize(("shape", "side"), [((3, 6, 6), 2), ((1, 7, 5), 3), ((3, 4, 4), 1)])
def test_a_linear_model_in_closed_form(shape: tuple[int, int, int], side: int) -> None:
    x, x_adv = perturbed(5, shape, seed=1)
    weight = torch.randn(4, math.prod(shape), generator=torch.Generator().manual_seed(2))
    true, target = torch.tensor([0, 1, 2, 3, 0]), torch.tensor([1, 2, 3, 0, 3])
    found = explain(Linear(weight), x, x_adv, true, target, side)
    delta = (x_adv - x).double()
    rows, columns = -(-shape[1] // side), -(-shape[2] // side)
    w = weight.double().view(4, *shape)
    for r in range(rows):
        for c in range(columns):
            part = np.s_[:, :, r * side : (r + 1) * side, c * side : (c + 1) * side]
            promoted = (w[target][part] * delta[part]).flatten(1).sum(1)
            suppressed = -(w[true][part] * delta[part]).flatten(1).sum(1)
            torch.testing.assert_close(found.promotion[:, r, c], promoted, atol=1e-5, rtol=0)
            torch.testing.assert_close(found.suppression[:, r, c], suppressed, atol=1e-5, rtol=0)
    # what the groups do adds up to what the perturbation does
    torch.testing.assert_close(
        found.promotion.flatten(1).sum(1), (w[target] * delta).flatten(1).sum(1), atol=1e-5, rtol=0
    )


def test_each_group_is_what_one_pass_of_its_own_says() -> None:
    model = small_cnn(3)
    x, y = problem(model, 6)
    run = attack(model, Pgd(eps=0.15, steps=10), x, y)
    assert run.success.sum() >= 3
    x_adv, target = run.x_adv, torch.from_numpy(run.adv_predicted)
    found = explain(model, x, x_adv, y, target, 2)
    with torch.no_grad():
        z = model(x_adv)
        for i in range(len(x)):
            for r in range(4):
                for c in range(4):
                    undone = x_adv[i : i + 1].clone()
                    undone[:, :, 2 * r : 2 * r + 2, 2 * c : 2 * c + 2] = x[
                        i : i + 1, :, 2 * r : 2 * r + 2, 2 * c : 2 * c + 2
                    ]
                    z_i = model(undone)[0]
                    assert float(found.promotion[i, r, c]) == pytest.approx(
                        float(z[i, target[i]] - z_i[target[i]]), abs=2e-6
                    )
                    assert float(found.suppression[i, r, c]) == pytest.approx(float(z_i[y[i]] - z[i, y[i]]), abs=2e-6)


def test_groups_that_are_not_perturbed_are_not_asked_about() -> None:
    model = small_cnn(0)
    x, y = problem(model, 3)
    x_adv = x.clone()
    x_adv[0, :, 0, 0] = 1 - x_adv[0, :, 0, 0]
    x_adv[2, :, 5:, 7] = 0
    groups = Groups(2, 8, 8)
    with passes(model, x) as made:
        victim = made.over(torch.arange(3))
        found = effects(victim, x, x_adv, y, 1 - y.clamp(max=1), groups)
    assert victim.forwards.tolist() == [2, 1, 3]
    assert found.touched.flatten(1).sum(1).tolist() == [1, 0, 2]
    assert found.touched[0, 0, 0]
    assert found.touched[2, 2:, 3].all()
    assert (found.promotion[~found.touched] == 0).all()
    assert (found.suppression[~found.touched] == 0).all()


@pytest.mark.parametrize("batch_size", [1, 3, 7, 1000])
def test_batches_and_slices_do_not_matter(batch_size: int) -> None:
    model = small_cnn(1)
    x, y = problem(model, 5)
    x_adv = attack(model, Ifgsm(eps=0.1), x, y).x_adv
    target = (y + 1) % 4
    whole = explain(model, x, x_adv, y, target, 3)
    cut = explain(model, x, x_adv, y, target, 3, batch_size=batch_size)
    torch.testing.assert_close(cut.promotion, whole.promotion, atol=1e-6, rtol=0)
    late = explain(model, x[2:], x_adv[2:], y[2:], target[2:], 3, batch_size=batch_size)
    torch.testing.assert_close(late.suppression, whole.suppression[2:], atol=1e-6, rtol=0)


def test_a_model_that_returns_probabilities_is_asked_for_their_logarithms() -> None:
    x, x_adv = perturbed(2, (1, 4, 4), seed=5)
    weight = torch.randn(3, 16, generator=torch.Generator().manual_seed(1))
    y = Linear(weight)(x).argmax(1)
    target = (y + 1) % 3
    found = explain(nn.Sequential(Linear(weight), nn.Softmax(1)), x, x_adv, y, target, 2)
    expected = explain(nn.Sequential(Linear(weight), nn.LogSoftmax(1)), x, x_adv, y, target, 2)
    torch.testing.assert_close(found.promotion, expected.promotion, atol=1e-5, rtol=0)
    assert float(found.promotion.abs().max()) > 0.01


def test_logits_that_are_no_numbers_name_the_sample() -> None:
    class Broken(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.flatten(1)[:, :2] / (x.amax((1, 2, 3)) < 0.9)[:, None]

    x = torch.full((3, 1, 2, 2), 0.5)
    x_adv = x.clone()
    x_adv[1, 0, 1, 1] = 0.95
    with passes(Broken(), x) as made, pytest.raises(ModelNumerics) as error:
        effects(
            made.over(torch.tensor([40, 41, 42])),
            x,
            x_adv,
            torch.zeros(3).long(),
            torch.ones(3).long(),
            Groups(1, 2, 2),
        )
    assert error.value.extra["index"] == 41


def test_group_numbers_run_row_by_row_and_edges_make_smaller_groups() -> None:
    numbers = group_numbers(Groups(2, 3, 5), torch.device("cpu"))
    assert numbers.tolist() == [[0, 0, 1, 1, 2], [0, 0, 1, 1, 2], [3, 3, 4, 4, 5]]


def test_kinds_by_hand() -> None:
    promotion = np.array([4.0, 1.0, 2.0, 1.0, -3.0, 5e-4, 2e-3, 0.0])
    suppression = np.array([1.0, 4.0, 1.0, 1.0, 2.0, 1e-4, -1.0, 0.0])
    ratio = promotion_suppression_ratio(promotion, suppression, 1e-3)
    np.testing.assert_allclose(ratio, [2, -2, 1, 0, math.log2(1e-3 / 2), 0, 1, 0], atol=1e-12)
    assert kinds_of_groups(promotion, suppression, 1e-3).tolist() == [1, -1, 0, 0, -1, 2, 0, 2]


def test_shares_are_of_the_perturbed_groups() -> None:
    kind = np.array([[[1, 1], [0, 2]], [[2, 2], [2, 2]]], dtype=np.int8)
    touched = np.array([[[True, True], [True, False]], [[False, False], [False, False]]])
    counts = count_kinds(kind, touched)
    assert counts.tolist() == [[0, 1, 2, 0], [0, 0, 0, 0]]
    np.testing.assert_allclose(shares(counts), [[0, 1 / 3, 2 / 3, 0], [np.nan] * 4])
