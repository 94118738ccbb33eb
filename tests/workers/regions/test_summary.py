"""Segmentations, orders, semantic amounts and statistics, by hand."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import spearmanr

from openapi.problems import InvalidField
from workers.regions.pixel_order import ranks, within
from workers.regions.segmentation import Segmentation, by_quantiles, felzenszwalb, from_masks, grid, segment, slic
from workers.regions.semantics import cam_mass, entropy
from workers.regions.summary import Counts, Region, density_against_semantics, needed_budget, regions_of, success_curve
from workers.regions.values import corners

QUARTERS = np.zeros((8, 8), np.int16)
QUARTERS[:4, 4:], QUARTERS[4:, :4], QUARTERS[4:, 4:] = 1, 2, 3


def colours() -> np.ndarray:
    image = np.zeros((3, 32, 32), np.float32)
    image[0, :16, :16], image[1, :16, 16:], image[2, 16:] = 1, 1, 1
    return image


@pytest.mark.parametrize("cut", [slic, felzenszwalb])
def test_blocks_of_colour_are_kept_apart(cut: Callable[[np.ndarray, int], np.ndarray]) -> None:
    found = cut(colours(), 3)
    assert found.dtype == np.int16
    for number in range(found.max() + 1):
        assert len(np.unique(colours()[:, found == number], axis=1).T) == 1
    assert 3 <= found.max() + 1 <= 6


@pytest.mark.parametrize("channels", [1, 2, 4])
def test_brightness_alone_cuts_images_that_are_no_colours(channels: int) -> None:
    rows, columns = np.mgrid[:32, :32]
    disk = (rows - 13) ** 2 + (columns - 18) ** 2 < 64
    image = np.where(disk, 0.9, 0.1).astype(np.float32)[None].repeat(channels, 0)
    found = slic(image, 9)
    mixed = [number for number in range(found.max() + 1) if 0.1 < disk[found == number].mean() < 0.9]
    assert mixed == []  # places alone would cut squares, through the disk
    assert found.max() + 1 >= 4


@pytest.mark.parametrize("channels", [1, 2, 4])
@pytest.mark.parametrize("kind", ["slic", "felzenszwalb", "grid"])
def test_any_number_of_channels_is_cut_the_same_way_twice(kind: Segmentation, channels: int) -> None:
    image = np.random.default_rng(0).random((channels, 17, 12)).astype(np.float32)
    found = segment(kind, image, 6)
    np.testing.assert_array_equal(found, segment(kind, image, 6))
    assert found.shape == (17, 12)
    assert np.array_equal(np.unique(found), np.arange(found.max() + 1))


def test_a_grid_of_equal_rectangles() -> None:
    np.testing.assert_array_equal(grid(8, 8, 4), QUARTERS)
    assert np.bincount(grid(32, 32, 12).ravel()).tolist() == [
        32 * 32 // 12 + d for d in np.bincount(grid(32, 32, 12).ravel()) - 85
    ]
    assert grid(5, 7, 1).max() == 0
    assert grid(2, 2, 100).max() == 3


def test_bands_of_a_map_hold_equal_shares_and_keep_equals_together() -> None:
    bands = by_quantiles(np.arange(64.0).reshape(8, 8), 4)
    assert np.bincount(bands.ravel()).tolist() == [16] * 4
    assert (np.diff(bands.ravel()) >= 0).all()
    flat = np.zeros((4, 4))
    flat[0, 0] = 1
    assert len(np.unique(by_quantiles(flat, 4)[flat == 0])) == 1


def test_masks_partition_the_image() -> None:
    np.testing.assert_array_equal(from_masks(np.array([[7, 7], [-1, 3]])), [[2, 2], [0, 1]])
    both = np.array([[[1, 0], [0, 0]], [[1, 1], [0, 0]]])
    np.testing.assert_array_equal(from_masks(both), [[0, 1], [2, 2]])


def test_each_region_is_tried_in_a_random_order_of_its_own() -> None:
    rank = ranks(QUARTERS, seed=0, index=3)
    for number in range(4):
        assert sorted(rank[number == QUARTERS]) == list(range(16))
    assert np.array_equal(rank, ranks(QUARTERS, 0, 3))
    assert not np.array_equal(rank, ranks(QUARTERS, 0, 4))
    assert not np.array_equal(rank, ranks(QUARTERS, 1, 3))
    # the whole image's order, of which each region takes its part
    whole = ranks(np.zeros((8, 8), np.int16), 0, 3)
    for number in range(4):
        assert np.array_equal(np.argsort(whole[number == QUARTERS]), np.argsort(rank[number == QUARTERS]))
    assert [int(within(rank, QUARTERS, b).sum()) for b in (1e-6, 1 / 16, 0.07, 0.5, 1.0)] == [4, 4, 8, 32, 64]


def test_a_region_by_hand() -> None:
    tried, vulnerable, first = np.full((8, 8), 8), np.zeros((8, 8), int), np.zeros((8, 8), int)
    rank = np.tile(np.arange(4), (8, 2)) + 4 * (np.arange(8) % 4)[:, None]
    vulnerable[1, 2], first[1, 2] = 2, 3  # rank 6 of the first quarter
    vulnerable[3, 3], first[3, 3] = 1, 8
    tried[0, 0] = 7
    counts = Counts(tried, vulnerable, first, rank, np.array([[1, 2], [1, 2], [3, 3]]), np.array([5, 1, 5]))
    regions = regions_of(QUARTERS, np.ones((8, 8), bool), counts, [0.5, np.nan, 0.25, 0.25])
    assert regions[0] == Region(0, 16, 16, 2, 2 / 16, 3 / 127, 7 + 5 * 8 + 3, {1: 1, 5: 2}, 0.5)
    assert regions[1] == Region(1, 16, 16, 0, 0.0, 0.0, None, {}, None)
    assert needed_budget(QUARTERS, counts) == 6 / 16
    assert success_curve([6 / 16, None, 0.0, 0.5], 0.5)[0][-2:] == [0.4, 0.5]
    assert success_curve([6 / 16, None, 0.0, 0.5], 0.5)[1][-2:] == [0.5, 0.5]
    assert success_curve([6 / 16, None, 0.0, 0.5], 1.0)[1][-1] == 0.75
    assert success_curve([], 1.0)[1][-1] == 0


def test_semantic_amounts_by_hand() -> None:
    bright = np.where(QUARTERS == 1, 2.0, -1.0)
    bright[QUARTERS == 2] = 1
    np.testing.assert_allclose(cam_mass(bright, QUARTERS), [0, 2 / 3, 1 / 3, 0])
    assert np.isnan(cam_mass(-np.ones((8, 8)), QUARTERS)).all()
    image = np.zeros((1, 8, 8), np.float32)
    image[0, :4, 4:] = np.linspace(0, 1, 16).reshape(4, 4)  # sixteen levels
    image[0, 4:, 4:6] = 1  # two
    np.testing.assert_allclose(entropy(image, QUARTERS), [0, 4, 0, 1])


def regions(densities: list[float], amounts: list[float | None]) -> list[Region]:
    return [Region(i, 9, 9, 0, d, None, None, {}, s) for i, (d, s) in enumerate(zip(densities, amounts, strict=True))]


@pytest.mark.slow
def test_correlation_of_density_and_semantics() -> None:
    rng = np.random.default_rng(0)
    samples = []
    for _ in range(12):
        amount = rng.random(8)
        samples.append(regions(list(amount + 0.1 * rng.random(8)), list(amount)))
    found = density_against_semantics(samples)
    flat = [(r.density, r.semantic) for image in samples for r in image]
    expected = spearmanr(*zip(*flat, strict=True))
    assert (found["value"], found["p"], found["n"]) == (expected.statistic, expected.pvalue, 96)
    assert found["p_within"] == 1 / 1000
    # what only differs between images says nothing of regions
    between = [regions([k + 0.1 * v for v in rng.random(6)], [k + 0.1 * v for v in rng.random(6)]) for k in range(10)]
    confounded = density_against_semantics(between)
    assert confounded["p"] is not None
    assert confounded["p_within"] is not None
    assert confounded["p"] < 1e-6
    assert confounded["p_within"] > 0.01
    assert density_against_semantics([regions([0, 0, 0], [1, 2, 3])])["value"] is None
    assert density_against_semantics([regions([0, 1, 2], [None, None, 3])]) == {
        "value": None,
        "n": 1,
        "p": None,
        "p_within": None,
    }


def test_corners_of_many_channels_are_refused() -> None:
    assert corners(1).tolist() == [[0], [1]]
    assert len(corners(3)) == 8
    with pytest.raises(InvalidField, match="minmax"):
        corners(9)
