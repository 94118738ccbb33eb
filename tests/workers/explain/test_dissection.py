"""Dissection: thresholds against numpy, planted concepts recovered, statistics by scipy."""

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import mannwhitneyu, spearmanr

from workers.explain.dissection import Overlaps, dissect, overlaps
from workers.explain.thresholds import ActivationCounts


def activations(n: int = 40, units: int = 6, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, units, 7, 5)).astype(np.float32) * np.float32(10.0) ** rng.integers(
        -3, 4, (units, 1, 1)
    )
    values[:, 1] = np.maximum(values[:, 1], 0)
    values[:, 2] = 0  # dead
    values[:, 3] = -np.abs(values[:, 3])
    values[:, 4] = np.where(rng.random((n, 7, 5)) < 0.002, 3.0, 0.0)  # rarely on
    return values.astype(np.float32)


@pytest.mark.parametrize("quantile", [0.005, 0.1, 0.5])
def test_thresholds_are_order_statistics_to_the_width_of_a_bin(quantile: float) -> None:
    values = activations()
    counts = ActivationCounts(6)
    counts.add(values)
    threshold, share = counts.thresholds(quantile)
    for unit in (0, 1, 3, 5):
        mine = values[:, unit].ravel().astype(np.float64)
        assert share[unit] == (mine >= threshold[unit]).mean() <= quantile
        following = mine[mine < threshold[unit]].max()  # with its bin the share would be too large
        assert (mine >= following - 2**-7 * abs(following)).mean() > quantile
    assert threshold[2] == np.inf
    assert share[2] == 0
    assert threshold[4] == 3.0 if share[4] else threshold[4] == np.inf


def test_batches_and_shards_count_the_same(tmp_path: Path) -> None:
    values = activations()
    whole = ActivationCounts(6)
    whole.add(values)
    a, b = ActivationCounts(6), ActivationCounts(6)
    for part in np.split(values[:17], [3, 4]):
        a.add(part)
    b.add(values[17:])
    b.save(tmp_path / "b.npz")
    a.merge(ActivationCounts.load(tmp_path / "b.npz"))
    for one, other in zip(whole.thresholds(0.01), a.thresholds(0.01), strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(ValueError, match="5 units"):
        a.merge(ActivationCounts(5))


def test_planted_concepts_are_recovered(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    n, side = 60, 16
    masks = np.zeros((n, 3, side, side), bool)
    for i in range(n):
        for c in range(3):
            if rng.random() < 0.3:
                r, k = rng.integers(0, side - 6, 2)
                masks[i, c, r : r + 6, k : k + 6] = True
    noise = rng.random((n, 5, side, side)).astype(np.float32)
    values = noise.copy()
    values[:, 1] += 10 * masks[:, 2]  # unit 1 sees concept 2, unit 3 concept 0, half of it
    values[:, 3] += 10 * (masks[:, 0] & (np.arange(side) % 2 == 0))
    counts = ActivationCounts(5)
    counts.add(values)
    threshold, share = counts.thresholds(0.04)
    halves = [overlaps(torch.from_numpy(values[s]), threshold, masks[s]) for s in (slice(0, 25), slice(25, n))]
    halves[1].save(tmp_path / "half.npz")
    total = halves[0]
    total.add(Overlaps.load(tmp_path / "half.npz"))
    np.testing.assert_array_equal(total.units, [round(s * n * side * side) for s in share])
    np.testing.assert_array_equal(total.concepts, masks.sum((0, 2, 3)))
    above = values[:, 1] >= threshold[1]
    assert total.iou()[1, 2] == (above & masks[:, 2]).sum() / (above | masks[:, 2]).sum()
    sensitivity = np.array([0.1, 0.9, 0.2, 0.8, 0.3])
    found = dissect(total, ("sky", "cat", "dog"), sensitivity, iou=0.2)
    assert [u.concept for u in found.units if u.iou > 0.2] == ["dog", "sky"]
    assert found.detectors == 2
    assert found.spearman == spearmanr(total.iou().max(1), sensitivity).statistic > 0
    assert found.mann_whitney_p == mannwhitneyu([0.9, 0.8], [0.1, 0.2, 0.3]).pvalue


def test_maps_are_brought_to_the_size_of_the_masks() -> None:
    values = torch.zeros(1, 1, 2, 2)
    values[0, 0, 0, 0] = 1
    masks = np.zeros((1, 1, 4, 4), np.uint8)
    masks[0, 0, :2, :2] = 1
    total = overlaps(values, np.array([0.5]), masks)
    # bilinear between centres: 1, .75 / .75, .5625 in the first quarter, and at most .25 · .75 beyond
    assert (int(total.units[0]), int(total.intersection[0, 0])) == (4, 4)
    assert total.iou()[0, 0] == 1


def test_nothing_to_compare_gives_no_numbers() -> None:
    nothing = Overlaps(np.zeros((3, 2), np.int64), np.zeros(3, np.int64), np.zeros(2, np.int64))
    found = dissect(nothing, ("a", "b"), np.arange(3.0))
    assert (found.detectors, found.spearman, found.mann_whitney_p) == (0, None, None)
