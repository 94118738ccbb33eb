"""The accumulators: exact sums, whatever the batching and sharding."""

import math
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from workers.neurons.sums import LayerBatch, SensitivitySums, merge_sums


def batches(n: int = 101, seed: int = 0) -> dict[str, LayerBatch]:
    """Norms over many orders of magnitude, with zeros."""
    rng = np.random.default_rng(seed)

    def norms(neurons: int) -> np.ndarray:
        values = np.exp(rng.normal(0, 6, (n, neurons)))
        return np.where(rng.random((n, neurons)) < 0.2, 0.0, values)

    return {"a": LayerBatch(norms(3), norms(3), dim=16), "b": LayerBatch(norms(5), norms(5), dim=1)}


def cut(whole: dict[str, LayerBatch], start: int, stop: int) -> dict[str, LayerBatch]:
    part = slice(start, stop)
    return {k: LayerBatch(v.difference[part], v.benign[part], v.dim) for k, v in whole.items()}


def summed(whole: dict[str, LayerBatch], size: int, start: int = 0, stop: int = 101) -> SensitivitySums:
    sums = SensitivitySums()
    for at in range(start, stop, size):
        sums.add(cut(whole, at, min(at + size, stop)))
    return sums


def arrays(sums: SensitivitySums) -> list[bytes]:
    totals = [sums.layer(name) for name in sums.names]
    return [
        a.tobytes() for t in totals for a in (t.difference, t.benign, t.ratio, t.difference_at_zero, t.zero, t.active)
    ]


@pytest.mark.parametrize("size", [1, 7, 64])
def test_same_bits_for_any_batch_size(size: int) -> None:
    whole = batches()
    assert arrays(summed(whole, size)) == arrays(summed(whole, 101))


@pytest.mark.parametrize("edges", [(0, 40, 41, 101), (0, 0, 101, 101), (0, 100, 101)])
def test_same_bits_for_any_sharding(edges: tuple[int, ...]) -> None:
    whole = batches()
    shards = [summed(whole, 7, a, b) for a, b in pairwise(edges)]
    merged = merge_sums(shards)
    assert merged.n == 101
    assert arrays(merged) == arrays(summed(whole, 101)) == arrays(merge_sums(shards[::-1]))


def test_totals_are_the_correctly_rounded_sums() -> None:
    whole = batches()
    totals = summed(whole, 7).layer("b")
    for m in range(5):
        assert totals.difference[m] == math.fsum(whole["b"].difference[:, m])
        assert totals.benign[m] == math.fsum(whole["b"].benign[:, m])


def test_addition_loses_nothing_where_plain_float64_does() -> None:
    values = [1e16, 1.0, 1.0, 1.0, 1.0]
    one = np.array(values)[:, None]
    sums = SensitivitySums()
    for row in one:
        sums.add({"a": LayerBatch(row[None], row[None], dim=1)})
    assert sums.layer("a").difference[0] == float(sum(map(Fraction, values))) != sum(values)


def test_saved_sums_come_back_bit_for_bit(tmp_path: Path) -> None:
    sums = summed(batches(), 7)
    sums.save(tmp_path / "sums.npz")
    again = SensitivitySums.load(tmp_path / "sums.npz")
    assert (again.names, again.neurons, again.dims, again.n) == (("a", "b"), (3, 5), (16, 1), 101)
    sums.merge(summed(batches(seed=1), 7))
    again.merge(summed(batches(seed=1), 7))
    assert arrays(again) == arrays(sums)


def test_an_empty_shard_changes_nothing(tmp_path: Path) -> None:
    SensitivitySums().save(tmp_path / "sums.npz")
    empty = SensitivitySums.load(tmp_path / "sums.npz")
    assert empty.n == 0
    merged = merge_sums([empty, summed(batches(), 7), empty])
    assert arrays(merged) == arrays(summed(batches(), 7))


def test_shards_over_other_layers_are_refused() -> None:
    other = {"a": batches()["a"]}
    with pytest.raises(ValueError, match="same layers"):
        merge_sums([summed(batches(), 7), summed(other, 7)])


def test_memory_does_not_grow_with_the_number_of_samples(tmp_path: Path) -> None:
    summed(batches(), 7).save(tmp_path / "few.npz")
    summed(batches(n=5000), 64, stop=5000).save(tmp_path / "many.npz")
    assert (tmp_path / "few.npz").stat().st_size == (tmp_path / "many.npz").stat().st_size
