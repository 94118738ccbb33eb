"""Columns of numbers → dense arrays, one row an image."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from openapi.problems import DatasetRejected


def is_list(kind: Any) -> bool:
    """True for the list types of Arrow, nested or not."""
    return bool(
        pa.types.is_list(kind)
        or pa.types.is_large_list(kind)
        or pa.types.is_fixed_size_list(kind)
        or isinstance(kind, pa.BaseExtensionType)
    )


def holds_numbers(kind: Any) -> bool:
    """True for lists of numbers, however deep, such as (h, w) or (h, w, 3)."""
    if isinstance(kind, pa.BaseExtensionType):
        return holds_numbers(kind.storage_type)
    if not is_list(kind):
        return False
    inner = kind.value_type
    return holds_numbers(inner) or pa.types.is_integer(inner) or pa.types.is_floating(inner)


def dense_rows(columns: Sequence[Any], names: Sequence[str]) -> npt.NDArray[Any]:
    """Return (k, …) numbers: of one column of lists, or (k, d) of d plain columns.

    Raises `DatasetRejected` for nulls and for lists of different lengths.
    """
    if len(columns) == 1:
        return _dense(columns[0], names[0])
    for name, column in zip(names, columns, strict=True):
        _check_nulls(column, name)
    return np.stack([column.to_numpy(zero_copy_only=False) for column in columns], axis=1)


def _dense(column: Any, name: str) -> npt.NDArray[Any]:
    shape = [len(column)]
    values = column
    while is_list(values.type):
        if isinstance(values.type, pa.BaseExtensionType):
            values = values.storage
            continue
        _check_nulls(values, name)
        lengths = pc.unique(pc.list_value_length(values))
        if len(lengths) != 1:
            raise DatasetRejected(f"column {name!r} holds lists of different lengths; images must have one size")
        shape.append(lengths[0].as_py())
        values = values.flatten()
    _check_nulls(values, name)
    numbers: npt.NDArray[Any] = values.to_numpy(zero_copy_only=False)
    return numbers.reshape(shape)


def _check_nulls(values: Any, name: str) -> None:
    if values.null_count:
        raise DatasetRejected(f"column {name!r} has empty cells; every pixel needs a number")
