"""What every reader hands back, and the rules that hold for labels whatever the file was."""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from openapi.datasets import DatasetInspection, DatasetMetadata
from openapi.problems import DatasetRejected
from workers.datasets.limits import DatasetLimits

Labels = npt.NDArray[np.int64]


@dataclass
class Decoded:
    """A reader's answer: `x.npy` is written; the labels are still in memory (8 bytes a sample)."""

    n: int
    shape: tuple[int, int, int]
    dtype: str
    y: Labels
    names: tuple[str, ...] | None = None
    resize: str = "none"
    warnings: list[str] = field(default_factory=list)


def check_label_shape(shape: tuple[int, ...], n: int, where: str = "y") -> None:
    """Refuse an array of labels that is not (n,) or (n, 1)."""
    if len(shape) > 2 or (len(shape) == 2 and shape[1] != 1):
        hint = "; for one-hot rows save y.argmax(axis=1)" if len(shape) == 2 else ""
        raise DatasetRejected(f"{where} has shape {shape}; expected ({n},), one class number a sample{hint}")
    if shape[0] != n:
        raise DatasetRejected(f"{where} holds {shape[0]:,} labels for {n:,} images in x; the lengths must be equal")


def whole_labels(values: npt.NDArray[Any], n: int, limits: DatasetLimits, where: str = "y") -> Labels:
    """Check the array of labels and return it as int64 of shape (n,).

    Raises `DatasetRejected` for a wrong shape, labels that are not whole, negative, or beyond the cap on classes.
    """
    check_label_shape(values.shape, n, where)
    values = values.reshape(n)
    if values.dtype.kind == "f":
        whole = np.isfinite(values) & (values == np.floor(values))
        if not whole.all():
            i = int(np.argmin(whole))
            raise DatasetRejected(f"{where}[{i}] is {values[i]}; labels are whole class numbers from 0")
    low, high = int(np.argmin(values)), int(np.argmax(values))
    if values[low] < 0:
        raise DatasetRejected(
            f"{where}[{low}] is {int(values[low])}; labels are class numbers from 0 up, never negative"
        )
    if values[high] >= limits.classes:
        raise DatasetRejected(
            f"{where}[{high}] is {int(values[high])}; labels must be below {limits.classes:,}, and are counted from 0"
        )
    return values.astype(np.int64)


def check_names(names: Sequence[str], where: str) -> tuple[str, ...]:
    """Refuse class names that are empty, huge, repeated or hold control characters."""
    for i, name in enumerate(names):
        if not name or len(name) > 200 or not name.isprintable():
            raise DatasetRejected(f"{where}[{i}] is {name[:60]!r}; class names are 1 to 200 printable characters")
    for name, times in Counter(names).most_common(1):
        if times > 1:
            raise DatasetRejected(f"{where} names {name!r} twice; class names must differ")
    return tuple(names)


def inspection(decoded: Decoded, metadata: DatasetMetadata) -> DatasetInspection:
    """Bring a reader's answer and the caller's metadata together.

    The caller's `labels` win over names found in the file. Raises `DatasetRejected` when a label has no name.
    """
    names = check_names(metadata.labels, "metadata.labels") if metadata.labels else decoded.names
    num_classes = int(decoded.y.max()) + 1
    if names is not None and num_classes > len(names):
        i = int(np.argmax(decoded.y))
        raise DatasetRejected(
            f"sample {i} has label {num_classes - 1}, but only {len(names)} class names are given "
            "(labels are counted from 0)"
        )
    counts = np.bincount(decoded.y, minlength=num_classes)
    warnings = [*decoded.warnings, *_label_warnings(decoded.y, counts)]
    return DatasetInspection(
        num_samples=decoded.n,
        shape=decoded.shape,
        dtype="uint8" if decoded.dtype == "uint8" else "float32",
        num_classes=num_classes,
        class_counts=tuple(int(c) for c in counts),
        labels=names,
        resize=decoded.resize,
        warnings=tuple(warnings),
    )


def _label_warnings(y: Labels, counts: npt.NDArray[np.intp]) -> list[str]:
    warnings = []
    missing = np.flatnonzero(counts == 0)
    if len(missing):
        shown = ", ".join(str(int(c)) for c in itertools.islice(missing, 10))
        more = f" and {len(missing) - 10} more" if len(missing) > 10 else ""
        warnings.append(f"no sample has class {shown}{more}")
    if len(counts) - len(missing) == 1:
        warnings.append("all samples have the same label")
    elif len(y) > 2 * len(counts) and bool((np.diff(y) >= 0).all()):
        warnings.append("samples are sorted by label: a max_samples of the audit would see the first classes alone")
    return warnings


def save_labels(path: Path, y: Labels) -> None:
    """Write `y.npy`."""
    with path.open("wb") as stream:
        np.lib.format.write_array(stream, y, allow_pickle=False)
