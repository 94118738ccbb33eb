"""Sums of float64 numbers that do not depend on the order of addition, so that slices of any size merge exactly.

Each total is held as an unevaluated pair (high, low), about 106 bits, and added by error-free transformations (Knuth's
two-sum). Contributions of millions of samples then add up without rounding, so the order of addition, the batch size
and the number of shards leave no trace in the result. Needs numpy alone.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def two_sum(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """a + b as (rounded sum, rounding error): exact."""
    s = a + b
    bb = s - a
    return s, (a - (s - bb)) + (b - bb)


def add_pairs(a: tuple[Floats, Floats], b: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """The sum of two (high, low) pairs, normalised so that `high` is the correctly rounded total."""
    high, e = two_sum(a[0], b[0])
    low, f = two_sum(a[1], b[1])
    high, e = two_sum(high, e + low)
    return two_sum(high, e + f)


def sum_rows(values: Floats) -> tuple[Floats, Floats]:
    """The (high, low) sum over axis 0, by halving."""
    pair = (values, np.zeros_like(values))
    while len(pair[0]) > 1:
        rows = len(pair[0])
        half = rows // 2
        high, low = add_pairs((pair[0][:half], pair[1][:half]), (pair[0][half : 2 * half], pair[1][half : 2 * half]))
        if rows % 2:
            high, low = np.concatenate([high, pair[0][-1:]]), np.concatenate([low, pair[1][-1:]])
        pair = (high, low)
    return pair[0][0], pair[1][0]


class ExactSum:
    """The sum of rows of numbers, the same for any order and any grouping; None until there is a row."""

    def __init__(self) -> None:
        self._pair: tuple[Floats, Floats] | None = None

    def add(self, rows: Floats) -> None:
        """Add the rows of (n, …)."""
        if len(rows):
            self._merge(sum_rows(rows.astype(np.float64)))

    def merge(self, other: "ExactSum") -> None:
        """Add another sum."""
        if other._pair is not None:
            self._merge(other._pair)

    def _merge(self, pair: tuple[Floats, Floats]) -> None:
        self._pair = pair if self._pair is None else add_pairs(self._pair, pair)

    @property
    def value(self) -> Floats | None:
        """The sum, rounded once."""
        return None if self._pair is None else self._pair[0]

    def pair(self, like: tuple[int, ...]) -> Floats:
        """(2, …) high and low, to be stored; zeros of the shape `like` where there is no row."""
        return np.zeros((2, *like)) if self._pair is None else np.stack(self._pair)

    @classmethod
    def of(cls, pair: Floats) -> "ExactSum":
        """Read back what `pair` gave."""
        found = cls()
        found._pair = (pair[0], pair[1])
        return found
