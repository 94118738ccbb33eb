"""The activation that a small share of a unit's places exceeds, over any number of images. Needs numpy alone.

Activations are counted in bins of float32's first 16 bits (sign, exponent, seven bits of the mantissa): the counts of
batches and shards add up to the same numbers whatever they are, and memory is bounded by the bins that come up, at most
65,536 a unit. A threshold is the edge of a bin, so that the share above it is known exactly.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
_BINS = 2**16


class ActivationCounts:
    """How many places of each unit lie in each bin; `add`, `merge`, then `thresholds`."""

    def __init__(self, units: int) -> None:
        self.units = units
        self._codes = np.zeros(0, np.int64)
        self._counts = np.zeros(0, np.int64)

    def add(self, activations: npt.NDArray[np.float32]) -> None:
        """Count a batch (n, units, …) of finite activations."""
        bins = _bins(activations.reshape(len(activations), self.units, -1))
        codes = bins + (np.arange(self.units) * _BINS)[:, None]
        self._take(*np.unique(codes, return_counts=True))

    def merge(self, other: "ActivationCounts") -> None:
        """Add another shard's counts; `ValueError` when it has other units."""
        if other.units != self.units:
            raise ValueError(f"{other.units} units do not go with {self.units}")
        self._take(other._codes, other._counts)

    def _take(self, codes: Ints, counts: Ints) -> None:
        merged, where = np.unique(np.concatenate([self._codes, codes]), return_inverse=True)
        total = np.zeros(len(merged), np.int64)
        np.add.at(total, where, np.concatenate([self._counts, counts]))
        self._codes, self._counts = merged, total

    def thresholds(self, quantile: float) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return T_k and the share of places with a_k ≥ T_k, both (units,): the lowest edge with a share of at most
        `quantile` (0.005: the top 0.5 %).

        Infinite where even the highest bin holds more, such as the zeros of a dead unit.
        """
        threshold, share = np.full(self.units, np.inf), np.zeros(self.units)
        for unit in range(self.units):
            mine = slice(*np.searchsorted(self._codes, (unit * _BINS, (unit + 1) * _BINS)))
            above = self._counts[mine][::-1].cumsum()
            if not len(above):
                continue
            kept = int(np.searchsorted(above, quantile * above[-1] + 1e-9, side="right"))
            if kept:
                threshold[unit] = _edges(self._codes[mine][::-1][kept - 1 : kept] - unit * _BINS)[0]
                share[unit] = above[kept - 1] / above[-1]
        return threshold, share

    def save(self, path: Path) -> None:
        """Write an `.npz` that `load` reads back."""
        with path.open("wb") as file:
            np.savez(file, units=np.int64(self.units), codes=self._codes, counts=self._counts)

    @classmethod
    def load(cls, path: Path) -> "ActivationCounts":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as data:
            found = cls(int(data["units"]))
            found._codes, found._counts = data["codes"], data["counts"]
        return found


def _bins(values: npt.NDArray[Any]) -> Ints:
    """The bin of each number, in the numbers' order: 0 … 65,535."""
    bits = (values.astype(np.float32) + np.float32(0)).view(np.int32)  # -0 becomes 0
    ordered = bits ^ ((bits >> 31) & 0x7FFFFFFF)
    return (ordered >> 16).astype(np.int64) + _BINS // 2


def _edges(bins: Ints) -> npt.NDArray[np.float64]:
    """The least number of each bin."""
    ordered = ((bins - _BINS // 2) << 16).astype(np.int32)
    bits = ordered ^ ((ordered >> 31) & 0x7FFFFFFF)
    return bits.view(np.float32).astype(np.float64)
