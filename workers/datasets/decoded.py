"""What every reader hands back, and what the inspection says of it."""

import itertools
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from openapi.datasets import DatasetInspection, DatasetMetadata
from openapi.problems import DatasetRejected
from openapi.text import counted
from workers.datasets.images import Plan
from workers.datasets.labels import Classes, Labels, check_names


@dataclass
class Decoded:
    """A reader's answer: `x.npy` is written; the labels are still in memory (8 bytes a sample).

    concepts: of the masks that were written beside it (`concept_masks.MASKS`); None without any. plan: how pictures
    were decoded, where they are some.
    """

    n: int
    shape: tuple[int, int, int]
    dtype: str
    classes: Classes
    resize: str = "none"
    channels: str = "as stored"
    warnings: list[str] = field(default_factory=list)
    concepts: tuple[str, ...] | None = None
    plan: Plan | None = None


def inspection(decoded: Decoded, metadata: DatasetMetadata) -> DatasetInspection:
    """Bring a reader's answer and the caller's metadata together.

    The caller's `labels` win over names found in the file. Raises `DatasetRejected` when a label has no name.
    """
    names = check_names(metadata.labels, "metadata.labels") if metadata.labels else decoded.classes.names
    y = decoded.classes.y
    num_classes = int(y.max()) + 1
    if names is not None and num_classes > len(names):
        i = int(np.argmax(y))
        raise DatasetRejected(
            f"sample {i} has label {num_classes - 1}, but only {counted(len(names), 'class name')} came with the data "
            "(labels are counted from 0)"
        )
    counts = np.bincount(y, minlength=num_classes)
    warnings = [*decoded.warnings, *decoded.classes.warnings, *_label_warnings(y, counts)]
    return DatasetInspection(
        num_samples=decoded.n,
        shape=decoded.shape,
        dtype="uint8" if decoded.dtype == "uint8" else "float32",
        num_classes=num_classes,
        class_counts=tuple(int(c) for c in counts),
        labels=names,
        label_source="given" if metadata.labels else decoded.classes.source,
        numbered_names=decoded.classes.numbered,
        label_order=metadata.label_order,
        channels=decoded.channels,
        resize=decoded.resize,
        warnings=tuple(warnings),
        concepts=decoded.concepts,
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
        warnings.append(
            "samples are sorted by label: a max_samples of the audit would see the first classes alone; "
            "let it choose `samples` at random or per_class"
        )
    return warnings


def save_labels(path: Path, y: Labels) -> None:
    """Write `y.npy`."""
    with path.open("wb") as stream:
        np.lib.format.write_array(stream, y, allow_pickle=False)
