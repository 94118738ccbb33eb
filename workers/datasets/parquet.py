"""`.parquet` as Hugging Face writes image sets: a struct of encoded bytes, a label, class names in the metadata."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from openapi.datasets import DatasetMetadata
from openapi.problems import DatasetMalformed, DatasetRejected
from workers.datasets.decoded import Decoded, Labels, check_names, whole_labels
from workers.datasets.images import Survey, named_labels, write_images
from workers.datasets.limits import DatasetLimits

_BATCH = 64


def read_parquet(
    path: Path, metadata: DatasetMetadata, x_path: Path, limits: DatasetLimits, progress: Callable[[int, int], None]
) -> Decoded:
    """Decode a parquet file of images; `x` is written to `x_path` as uint8 (n, c, h, w), in the file's order.

    The image column is the one that the Hugging Face metadata calls an Image, else `image` or `img`; the label column
    the ClassLabel, else `label` or `labels`. Raises `DatasetRejected` naming the column and row.
    """
    try:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
            return _read(path, file, metadata, x_path, limits, progress)
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise DatasetMalformed(f"the parquet file cannot be read: {error}") from error


def _read(
    path: Path,
    file: Any,
    metadata: DatasetMetadata,
    x_path: Path,
    limits: DatasetLimits,
    progress: Callable[[int, int], None],
) -> Decoded:
    n: int = file.metadata.num_rows
    limits.check_array("the parquet file", n, (), 1)
    # Sizes of row groups alone: looking at a damaged column's metadata ends the process inside the C++ library.
    groups = (file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups))
    limits.check_ratio("the row groups", path.stat().st_size, sum(groups))
    features = _features(file.schema_arrow)
    image = _column(file.schema_arrow, features, "Image", ("image", "img"), _holds_bytes)
    label = _column(file.schema_arrow, features, "ClassLabel", ("label", "labels", "fine_label"), _holds_labels)
    y, names, warnings = _labels(file, label, features, metadata, limits)

    def files() -> Iterator[tuple[str, bytes]]:
        row = 0
        for batch in file.iter_batches(batch_size=_BATCH, columns=[image], use_threads=False):
            column = batch.column(0)
            values = column.field("bytes") if pa.types.is_struct(column.type) else column
            for value in values:
                if not value.is_valid:
                    raise DatasetRejected(
                        f"column {image!r}, row {row} holds no image bytes (a path alone is no image)"
                    )
                yield f"{image}[{row}]", value.as_py()
                row += 1
        if row != n:
            raise DatasetMalformed(f"the parquet file declares {n:,} rows but holds {row:,}")

    survey = Survey(limits)
    for done, (name, data) in enumerate(files(), 1):
        survey.see(data, name)
        if done % 256 == 0:
            progress(done, 2 * n)
    plan = survey.plan(metadata)
    write_images(x_path, plan, n, files(), limits, lambda d, total: progress(total + d, 2 * total))
    return Decoded(n, plan.shape, "uint8", y, names, plan.rule, [*warnings, *plan.notes])


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
        field = kind.get_field_index("bytes")
        return field >= 0 and _holds_bytes(kind.field(field).type)
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _holds_labels(kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        return _holds_labels(kind.value_type)
    return bool(pa.types.is_integer(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _column(
    schema: Any, features: dict[str, Any], kind: str, usual: tuple[str, ...], fits: Callable[[Any], bool]
) -> str:
    """The column of this kind: as the metadata says, else by its usual names, else the only one that fits."""
    able = [field.name for field in schema if fits(field.type)]
    marked = [name for name in able if features.get(name, {}).get("_type") == kind]
    for candidates in (marked, [name for name in usual if name in able], able):
        if len(candidates) == 1 or (candidates and candidates is not able and candidates[0] in usual):
            return str(candidates[0])
    columns = ", ".join(f"{field.name}: {field.type}" for field in schema)[:300]
    what = "of encoded images (struct with bytes)" if kind == "Image" else "of labels (integers or names)"
    raise DatasetRejected(f"no single column {what} can be told among: {columns}; call it {usual[0]!r}")


def _labels(
    file: Any, column: str, features: dict[str, Any], metadata: DatasetMetadata, limits: DatasetLimits
) -> tuple[Labels, tuple[str, ...] | None, list[str]]:
    values = file.read(columns=[column], use_threads=False).column(0).combine_chunks()
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if values.null_count:
        row = next(i for i, v in enumerate(values) if not v.is_valid)
        raise DatasetRejected(f"column {column!r}, row {row} has no label")
    n: int = file.metadata.num_rows
    if len(values) != n:
        raise DatasetMalformed(f"column {column!r} holds {len(values):,} labels; the file declares {n:,} rows")
    if not pa.types.is_integer(values.type):
        words = values.to_pylist()
        check_names(sorted(set(words)), f"column {column!r}: class")
        numbers, names = named_labels(words, metadata.labels, f"column {column!r}: class")
        return whole_labels(numbers, n, limits, f"column {column!r}"), names, []
    numbers = values.to_numpy(zero_copy_only=False)
    if n and int(numbers.min()) == -1:
        row = int(np.argmin(numbers))
        raise DatasetRejected(f"column {column!r}, row {row} is -1: this split is unlabelled; upload a labelled one")
    y = whole_labels(numbers, n, limits, f"column {column!r}")
    words = features.get(column, {}).get("names")
    if isinstance(words, dict):  # older files: {"0": "cat", ...}
        words = [words[k] for k in sorted(words, key=int)] if all(str(k).isdigit() for k in words) else None
    if not isinstance(words, list) or not all(isinstance(w, str) for w in words):
        return y, None, []
    return y, check_names(words, f"column {column!r}: class"), []
