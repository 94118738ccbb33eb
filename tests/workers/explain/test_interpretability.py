"""Interpretability scores and adversarial saliency in closed form."""

import math

import pytest
import torch
from torch import nn

from openapi.problems import NotDifferentiable
from tests.workers.attacks.nets import Linear
from workers.explain.interpretability import highest, interpretability
from workers.explain.passes import passes
from workers.explain.saliency import saliency_maps


def test_the_highest_pixels_of_each_map() -> None:
    maps = torch.arange(16.0).view(1, 4, 4).repeat(2, 1, 1)
    maps[1] = -maps[1]
    for quantile, kept in ((0.0, 16), (0.5, 8), (0.75, 4), (0.9, 2), (1.0, 1)):
        mask = highest(maps, quantile)
        assert mask.flatten(1).sum(1).tolist() == [kept, kept]
    assert highest(maps, 0.75)[0].nonzero().tolist() == [[3, 0], [3, 1], [3, 2], [3, 3]]
    assert highest(maps, 0.75)[1].nonzero().tolist() == [[0, 0], [0, 1], [0, 2], [0, 3]]
    each = highest(maps, torch.tensor([0.0, 0.9]))
    assert each.flatten(1).sum(1).tolist() == [16, 2]


def test_equal_pixels_are_taken_together() -> None:
    maps = torch.zeros(1, 4, 4)
    maps[0, 0, :3] = 1
    assert int(highest(maps, 0.5).sum()) == 16
    assert int(highest(maps, 0.9).sum()) == 3


def test_scores_by_hand_and_at_chance() -> None:
    delta = torch.zeros(3, 2, 2, 2)
    delta[0, 0, 0, 0], delta[0, 1, 1, 1] = 3.0, 4.0
    delta[1] = 0.5
    mask = torch.tensor([[True, False], [False, False]]).repeat(3, 1, 1)
    score, chance = interpretability(delta, mask)
    assert float(score[0]) == pytest.approx(3 / 5)
    assert float(score[1]) == pytest.approx(0.5)  # equal everywhere: what chance gives
    assert math.isnan(float(score[2]))
    assert chance.tolist() == [0.5, 0.5, 0.5]


def test_saliency_of_a_linear_model() -> None:
    weight = torch.randn(3, 12, generator=torch.Generator().manual_seed(0))
    x = torch.rand(5, 3, 2, 2, generator=torch.Generator().manual_seed(1))
    true, target = torch.tensor([0, 1, 2, 0, 1]), torch.tensor([1, 2, 0, 2, 0])
    with passes(Linear(weight), x, batch_size=2, gradient=True) as made:
        maps = saliency_maps(made.over(torch.arange(5)), x, true, target)
    of_true, of_target = weight[true].view(5, 3, 2, 2), weight[target].view(5, 3, 2, 2)
    torch.testing.assert_close(maps[:, 0], (of_true * of_target.abs()).sum(1))
    torch.testing.assert_close(maps[:, 1], (of_target * of_true.abs()).sum(1))


def test_saliency_needs_gradients() -> None:
    class Counting(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.stack([(x > 0.5).sum((1, 2, 3)), (x <= 0.5).sum((1, 2, 3))], 1).float()

    x, zero = torch.rand(2, 1, 2, 2), torch.zeros(2, dtype=torch.int64)
    with passes(Counting(), x) as made, pytest.raises(NotDifferentiable):
        saliency_maps(made.over(torch.arange(2)), x, zero, zero + 1)
