"""Which columns of a table hold the images and the labels, and the labels read."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from openapi.datasets import DatasetMetadata
from openapi.problems import DatasetMalformed, DatasetRejected
from workers.datasets.labels import Classes, check_names, class_numbers, named_classes
from workers.datasets.limits import DatasetLimits
from workers.datasets.mask_columns import check_mask_columns
from workers.datasets.pixel_rows import dense_rows, holds_numbers, is_list
from workers.datasets.tables import LABEL_COLUMNS, plain_column

#: Usual names of columns of images; WebDataset calls them by their format.
_IMAGES = (*("image", "img", "images", "picture", "photo", "pixels", "x"), *("jpg", "jpeg", "png", "webp"))
_LABELS = (*LABEL_COLUMNS[:2], "fine_label", *LABEL_COLUMNS[2:], "y")
#: Columns that libraries add and that are neither.
_INDICES = ("id", "index", "idx", "unnamed:_0", "")


@dataclass
class Columns:
    """`images`: one column of encoded files or of lists, or one a pixel (`pixels` is true for numbers).

    `masks`: columns of masks.
    """

    label: str
    images: tuple[str, ...]
    pixels: bool = False
    features: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    masks: tuple[str, ...] = ()


def _unread(column: str) -> str:
    return f"the column {column!r} is not read; metadata.mask_columns reads it as binary masks"


def choose_columns(schema: Any, metadata: DatasetMetadata) -> Columns:
    """Tell the columns by the caller's word, Hugging Face's features, their usual names, or their types.

    Raises `DatasetRejected` that lists the columns when several could be meant.
    """
    features = _features(schema)
    label, notes = _label_column(schema, features, metadata)
    masks = check_mask_columns([f.name for f in schema], metadata, "the table")
    fields = [f for f in schema if f.name not in (label, *masks) and not _is_index(f.name)]
    for fits, pixels in ((_holds_bytes, False), (holds_numbers, True)):
        if any(fits(f.type) for f in fields) or metadata.image_column:
            able = [f.name for f in fields if fits(f.type)]
            if metadata.image_column is None or metadata.image_column in able:
                image = metadata.image_column or _one_of(schema, able, features, "Image", _IMAGES, "image")
                rest = [f.name for f in fields if f.name != image and fits(f.type)]
                notes += [_unread(name) for name in rest if "mask" in name.lower()]
                return Columns(label, (image,), pixels, features, notes, masks)
    numbers = [f.name for f in fields if pa.types.is_integer(f.type) or pa.types.is_floating(f.type)]
    if metadata.image_column is None and len(numbers) >= 16 and _square(len(numbers)):
        notes.append(f"{len(numbers)} columns of numbers were read as pixels, {numbers[0]!r} to {numbers[-1]!r}")
        return Columns(label, tuple(numbers), True, features, notes, masks)
    raise DatasetRejected(_unclear(schema, "of encoded images (struct with bytes) or of pixels (lists)", "image"))


def _square(count: int) -> bool:
    return any(count % c == 0 and math.isqrt(count // c) ** 2 == count // c for c in (1, 3))


def _is_index(name: str) -> bool:
    return name.startswith("__") or plain_column(name) in _INDICES


def _label_column(schema: Any, features: dict[str, Any], metadata: DatasetMetadata) -> tuple[str, list[str]]:
    names = [f.name for f in schema]
    if metadata.label_column is not None:
        if metadata.label_column not in names:
            raise DatasetRejected(
                _unclear(schema, f"called {metadata.label_column!r} (metadata.label_column)", "label")
            )
        return metadata.label_column, []
    others = (metadata.image_column, *(metadata.mask_columns or ()))
    fields = [f for f in schema if not _is_index(f.name) and f.name not in others]
    usual = [f.name for f in fields if plain_column(f.name) in _LABELS and (_holds_labels(f.type) or is_list(f.type))]
    able = [f.name for f in fields if _holds_labels(f.type)]
    able = able if len(able) < 2 else [f.name for f in fields if f.name in able and not pa.types.is_floating(f.type)]
    label = _one_of(schema, list(dict.fromkeys([*usual, *able])), features, "ClassLabel", _LABELS, "label")
    marked = [name for name in able if name != label and features.get(name, {}).get("_type") == "ClassLabel"]
    beside = marked or [name for name in able if name != label and "label" in plain_column(name)]
    shown = ", ".join(map(repr, beside[:5]))
    note = f"labels are read from the column {label!r}, and not from {shown} (metadata.label_column chooses)"
    return label, [note] if beside else []


def _one_of(
    schema: Any, able: Sequence[str], features: dict[str, Any], kind: str, usual: tuple[str, ...], wanted: str
) -> str:
    """The column of this kind: as the features say, else by its usual names, else the only one that fits."""
    marked = [name for name in able if features.get(name, {}).get("_type") == kind]
    for candidates in (marked, able):
        if len(candidates) == 1:
            return candidates[0]
        by_name = {plain_column(name): name for name in reversed(candidates)}
        chosen = next((by_name[name] for name in usual if name in by_name), None)
        if chosen is not None:
            return chosen
    what = "of encoded images (struct with bytes)" if kind == "Image" else "of labels (integers or names)"
    raise DatasetRejected(_unclear(schema, what, wanted))


def _unclear(schema: Any, what: str, wanted: str) -> str:
    columns = ", ".join(f"{f.name}: {f.type}" for f in schema)
    columns = columns if len(columns) <= 300 else f"{columns[:300]} … ({len(schema)} columns)"
    return (
        f"no single column {what} can be told among: {columns}; call it {wanted!r}, or name it in "
        f"metadata.{wanted}_column"
    )


def _features(schema: Any) -> dict[str, Any]:
    """The Hugging Face feature table of the file, or {}."""
    raw = (schema.metadata or {}).get(b"huggingface")
    if raw is None:
        return {}
    try:
        features = json.loads(raw)["info"]["features"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return {k: v for k, v in features.items() if isinstance(v, dict)} if isinstance(features, dict) else {}


def _holds_bytes(kind: Any) -> bool:
    if pa.types.is_struct(kind):
        place = kind.get_field_index("bytes")
        return place >= 0 and _holds_bytes(kind.field(place).type)
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))


_is_text: tuple[Callable[[Any], bool], ...] = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
)


def _holds_labels(kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        return _holds_labels(kind.value_type)
    plain = pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_floating(kind)
    return bool(plain or any(check(kind) for check in _is_text))


def read_labels(file: Any, columns: Columns, metadata: DatasetMetadata, limits: DatasetLimits) -> Classes:
    """Read the column of labels: numbers, booleans, names, or one-hot lists.

    Raises `DatasetRejected` naming column and row.
    """
    n: int = file.metadata.num_rows
    column = columns.label
    where = f"column {column!r}"
    values = file.read(columns=[column], use_threads=False).column(0).combine_chunks()
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if values.null_count:
        row = next(i for i, v in enumerate(values) if not v.is_valid)
        raise DatasetRejected(f"{where}, row {row} has no label")
    if len(values) != n:
        raise DatasetMalformed(f"{where} holds {len(values):,} labels; the file declares {n:,} rows")
    if is_list(values.type):
        return _listed_labels(values, n, column, metadata, limits)
    if any(check(values.type) for check in _is_text):
        return named_classes(values.to_pylist(), metadata, limits, f"{where}: class")
    numbers = values.to_numpy(zero_copy_only=False)
    if n and numbers.dtype.kind in "iu" and int(numbers.min()) == -1:
        row = int(np.argmin(numbers))
        raise DatasetRejected(f"{where}, row {row} is -1: this split is unlabelled; upload a labelled one")
    classes = class_numbers(numbers, n, metadata, limits, where)
    classes.names = _class_names(columns.features.get(column, {}).get("names"), where)
    return classes


def _listed_labels(values: Any, n: int, column: str, metadata: DatasetMetadata, limits: DatasetLimits) -> Classes:
    if not holds_numbers(values.type):
        raise DatasetRejected(f"column {column!r} holds lists; expected one class a row")
    if values.offsets[-1].as_py() != n and len(set(values.value_lengths().to_pylist())) > 1:
        raise DatasetRejected(f"column {column!r} holds several labels a picture, which is not supported")
    return class_numbers(dense_rows([values], [column]), n, metadata, limits, f"column {column!r}")


def _class_names(names: Any, where: str) -> tuple[str, ...] | None:
    if isinstance(names, dict):  # older files: {"0": "cat", ...}
        names = [names[k] for k in sorted(names, key=int)] if all(str(k).isdigit() for k in names) else None
    if not isinstance(names, list) or not names or not all(isinstance(w, str) for w in names):
        return None
    return check_names(names, f"{where}: class")
