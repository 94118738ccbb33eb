"""Masks in columns of a table: encoded pictures or lists of numbers beside the images, a concept a column."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from openapi.datasets import DatasetMetadata
from openapi.problems import DatasetRejected
from workers.datasets.concept_masks import check_names
from workers.datasets.limits import DatasetLimits
from workers.datasets.npy import NpyWriter

_BATCH = 64

#: (bytes of a mask, what it is called, bytes of its image) → (h, w) bool.
Decode = Callable[[bytes, str, bytes], npt.NDArray[np.bool_]]


def check_mask_columns(columns: Sequence[str], metadata: DatasetMetadata, where: str) -> tuple[str, ...]:
    """The columns that hold masks. Raises `DatasetRejected` for one that is not there, or holds images or labels."""
    names = metadata.mask_columns or ()
    check_names(names, len(names), "metadata.mask_columns")
    for name in names:
        if name not in columns:
            raise DatasetRejected(
                f"{where} has no column {name!r} (metadata.mask_columns); it has {', '.join(columns)[:300]}"
            )
        if name in (metadata.image_column, metadata.label_column):
            raise DatasetRejected(f"column {name!r} cannot be a mask and an image or a label at once")
    return names


def refuse_mask_columns(metadata: DatasetMetadata, where: str) -> None:
    """Raise `DatasetRejected` where masks are said to be in columns of a table and there is none."""
    if metadata.mask_columns is not None:
        raise DatasetRejected(
            f"metadata.mask_columns names columns of a table of images and labels, and {where} holds none"
        )


def write_mask_columns(
    file: Any,
    columns: Sequence[str],
    image: str | None,
    n: int,
    shape: tuple[int, int],
    target: Path,
    limits: DatasetLimits,
    decode: Decode,
) -> None:
    """Write (n, concepts, h, w) bool of a parquet file. image: the column of encoded images, where there is one.

    Encoded masks are turned and resized as their images are, lists have a number a pixel of the image as it is read.
    """
    limits.check_array("masks", n, (len(columns), *shape), 1)
    taken = [*columns, *([] if image is None else [image])]
    with NpyWriter(target, (n, len(columns), *shape), np.bool_) as sink:
        row = 0
        for batch in file.iter_batches(batch_size=_BATCH, columns=taken, use_threads=False):
            rows = np.zeros((batch.num_rows, len(columns), *shape), np.bool_)
            pictures = None if image is None else _values(batch.column(batch.schema.get_field_index(image)))
            for concept, name in enumerate(columns):
                for i, value in enumerate(_values(batch.column(batch.schema.get_field_index(name)))):
                    where = f"{name}[{row + i}]"
                    if isinstance(value, bytes):
                        if pictures is None:
                            raise DatasetRejected(
                                f"mask {where!r} is a picture; beside lists of pixels masks are lists"
                            )
                        rows[i, concept] = decode(value, where, pictures[i])
                    elif value is not None:
                        rows[i, concept] = _of_list(value, where, shape)
            sink.write(rows)
            row += batch.num_rows


def _values(column: Any) -> list[Any]:
    found: list[Any] = (column.field("bytes") if pa.types.is_struct(column.type) else column).to_pylist()
    return found


def _of_list(value: Any, where: str, shape: tuple[int, int]) -> npt.NDArray[np.bool_]:
    try:
        flat = np.array(value).reshape(-1)
    except ValueError as error:
        raise DatasetRejected(f"mask {where!r} holds rows of different lengths") from error
    if flat.dtype.kind not in "biuf":
        raise DatasetRejected(f"mask {where!r} is neither a picture nor a list of numbers")
    if flat.size != shape[0] * shape[1]:
        raise DatasetRejected(
            f"mask {where!r} holds {flat.size:,} numbers, and the images have {shape[0]} × {shape[1]} pixels; masks in "
            "lists are not resized"
        )
    levels = set(np.unique(flat).tolist())
    if not (levels <= {0, 1} or levels <= {0, 255}):
        raise DatasetRejected(f"mask {where!r} is not binary: expected 0 and 1, or 0 and 255")
    found: npt.NDArray[np.bool_] = (flat != 0).reshape(shape)
    return found
