"""Which samples of a data set are evaluated: the same wherever it is asked; fewer are a part of more."""

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

from openapi.stages.base import Choice, Listed

Indices = npt.NDArray[np.int64]

_GOLDEN, _MIX1, _MIX2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def chosen(choice: Choice | None, labels: npt.NDArray[Any] | None, start: int, stop: int) -> Indices:
    """Return the indices of the chosen samples ``start..stop``, ascending.

    choice: None is the first samples. labels: (N,) of the whole data set, needed
    by ``random`` and ``per_class``. ``random`` takes the samples with the smallest hash of (seed, index); ``per_class``
    goes round the classes and takes each time that sample of a class that has the smallest hash of those left.
    """
    if choice is None:
        return np.arange(start, stop)
    if isinstance(choice, Listed):
        return np.asarray(choice.indices, dtype=np.int64)
    assert labels is not None
    keys = _keys(choice.seed, len(labels))
    order = np.argsort(keys, kind="stable")
    if choice.kind == "per_class":
        order = order[np.lexsort((labels[order], _turn(labels[order])))]
    return np.sort(order[: choice.count])[start:stop]


def _turn(labels: npt.NDArray[Any]) -> Indices:
    """For each sample how many of its class come before it, (n,)."""
    by_class = np.argsort(labels, kind="stable")
    first = np.searchsorted(labels[by_class], labels[by_class])
    turn = np.empty(len(labels), dtype=np.int64)
    turn[by_class] = np.arange(len(labels)) - first
    return turn


def _keys(seed: int, n: int) -> npt.NDArray[np.uint64]:
    """One well mixed 64-bit number a sample: splitmix64 of a hash of the seed and the index."""
    begin = np.uint64(int.from_bytes(hashlib.sha256(f"samples/{seed}".encode()).digest()[:8], "little"))
    z = begin + np.arange(1, n + 1, dtype=np.uint64) * _GOLDEN
    z = (z ^ (z >> np.uint64(30))) * _MIX1
    z = (z ^ (z >> np.uint64(27))) * _MIX2
    return z ^ (z >> np.uint64(31))
