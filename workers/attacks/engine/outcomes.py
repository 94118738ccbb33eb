"""What became of every sample under one attack: the columns that slices are joined by, stored and reported in.

No torch in here: reports are merged where it is not loaded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Name → column.
Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """One entry a sample in every column, (n,).

    attacked: correctly classified, not skipped, and not of the class that was chosen as the target. success: fooled,
    confirmed by an independent pass on the stored example. reached: that example is of the chosen class, confirmed
    likewise. adv_predicted, confidence (softmax probability of adv_predicted): of the stored example. distance: NaN
    without success. queries: forward passes of black-box attacks, else −1.
    """

    index: NDArray[np.int64]
    label: NDArray[np.int64]
    predicted: NDArray[np.int64]
    correct: NDArray[np.bool_]
    attacked: NDArray[np.bool_]
    success: NDArray[np.bool_]
    reached: NDArray[np.bool_]
    adv_predicted: NDArray[np.int64]
    distance: NDArray[np.float64]
    confidence: NDArray[np.floating[Any]]
    queries: NDArray[np.int64]
    clean_confidence: NDArray[np.floating[Any]]

    def columns(self) -> Columns:
        """Name → column, without what a subclass adds."""
        return {name: getattr(self, name) for name in COLUMNS}

    @property
    def n(self) -> int:
        """Samples evaluated."""
        return len(self.index)

    @property
    def robust(self) -> NDArray[np.bool_]:
        """Correct and not fooled, (n,)."""
        return self.correct & ~self.success


#: Names of the columns.
COLUMNS = tuple(field.name for field in fields(Outcomes))


def read_columns(path: Path) -> Columns:
    """Read a stored slice, its samples ascending. Results of before there were chosen targets are still found again."""
    with np.load(path, allow_pickle=False) as arrays:
        nobody = np.zeros(len(arrays["index"]), dtype=bool)
        order = np.argsort(arrays["index"], kind="stable")
        return {name: arrays.get(name, nobody)[order] for name in COLUMNS}


def joined(parts: Sequence[Mapping[str, NDArray[Any]]]) -> Columns:
    """The columns of all parts, in their order."""
    return {name: np.concatenate([part[name] for part in parts]) for name in COLUMNS}
