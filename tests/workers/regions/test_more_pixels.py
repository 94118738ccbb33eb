"""Searches of several pixels at once: exact on small images, and within the budget on large ones."""

from dataclasses import replace

import numpy as np
import torch

from tests.workers.attacks.nets import Linear
from tests.workers.regions.test_explore import GRID, conv_net, images, run
from tests.workers.regions.test_explore import _one_thread as _one_thread
from workers.regions.few_pixels import boldest_pixels
from workers.regions.pixel_order import ranks, within
from workers.regions.segmentation import segment


def test_two_pixels_where_one_does_not_suffice() -> None:
    weight = torch.zeros(2, 36)
    weight[1, [7, 22, 30]] = torch.tensor([3.0, 2.0, 1.0])
    model = Linear(weight, torch.tensor([0.0, -4.5]))
    x = torch.zeros(1, 1, 6, 6)
    for pixels, expected in ((1, None), (2, 2), (5, 2)):
        (one,) = run(model, x, replace(GRID, pixels=pixels))
        assert one.few_pixels == expected
        assert not one.vulnerable.any()
        changed = np.flatnonzero(one.few_pixels_example)
        assert changed.tolist() == ([7] if pixels == 1 else [7, 22])
    (easy,) = run(Linear(weight, torch.tensor([0.0, -2.5])), x, replace(GRID, pixels=3))
    assert easy.few_pixels == 1
    assert np.flatnonzero(easy.few_pixels_example).tolist() == [7]


def test_the_boldest_pixels_alone_are_tried_beside_others() -> None:
    leads = torch.tensor([[0.5, 3.0, -torch.inf, 2.0, 2.0, 9.0]])
    chosen = torch.tensor([[[True, True, True], [True, True, False]]])
    assert boldest_pixels(leads, chosen).equal(chosen)  # fewer than 64: all of them
    many, all_of = (
        torch.rand(2, 1000, generator=torch.Generator().manual_seed(0)),
        torch.ones(2, 10, 100, dtype=torch.bool),
    )
    all_of[1, 5:] = False
    kept = boldest_pixels(many, all_of).flatten(1)
    assert kept.sum(1).tolist() == [125, 64]  # an eighth of 1000; of 500 that would be 62
    for i, tried in ((0, 1000), (1, 500)):
        best = many[i, :tried].topk(int(kept[i].sum())).indices.sort().values
        assert kept[i].nonzero().flatten().equal(best)
    (one,) = run(conv_net(), images(1), replace(GRID, pixels=4))  # a short list of all pixels is the whole search
    assert one.few_pixels is not None


def test_five_pixels_of_a_large_image_within_the_budget() -> None:
    """Three planted pixels of a 224×224 image fool together, no two of them do; all lie within the budget."""
    weight, budget = torch.zeros(2, 224 * 224), 1024 / 224**2
    cut = segment("grid", np.zeros((1, 224, 224)), 4)
    inside = np.flatnonzero(within(ranks(cut, 0, 0), cut, budget))
    outside = np.setdiff1d(np.arange(224 * 224), inside)
    planted = inside[[10, 500, 900]]
    weight[1, planted], weight[1, outside[:3]] = torch.tensor([3.0, 2.5, 2.0]), 100.0
    model = Linear(weight, torch.tensor([0.0, -6.0]))
    shares: list[float] = []
    asked = replace(GRID, pixels=5, budget=budget)
    (one,) = run(model, torch.zeros(1, 1, 224, 224), asked, progress=shares.append)
    assert one.few_pixels == 3
    assert np.flatnonzero(one.few_pixels_example).tolist() == sorted(planted)
    assert not one.vulnerable.any()
    assert shares == sorted(shares)
    assert sum(0 < share < 1 for share in shares) > 3  # one image, told of in parts
    assert shares[-1] == 1
