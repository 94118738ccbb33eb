"""`.parquet` as Hugging Face writes image sets (encoded bytes and a label), and tables of pixels."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from openapi.datasets import DatasetMetadata
from openapi.problems import DatasetMalformed, DatasetRejected
from workers.datasets.columns import Columns, choose_columns, read_labels
from workers.datasets.concept_masks import MASKS
from workers.datasets.decoded import Decoded
from workers.datasets.images import Survey, write_images
from workers.datasets.labels import Classes
from workers.datasets.limits import DatasetLimits
from workers.datasets.listing import without_splits
from workers.datasets.mask_columns import write_mask_columns
from workers.datasets.pixel_rows import dense_rows
from workers.datasets.pixels import PixelSink, image_layout, layout_notes, to_nchw
from workers.datasets.reshape import reshaped

_BATCH = 64


@dataclass(frozen=True)
class _Table:
    """A table of `n` rows that is read, and where its images go."""

    file: Any
    n: int
    columns: Columns
    classes: Classes
    metadata: DatasetMetadata
    x_path: Path
    limits: DatasetLimits
    progress: Callable[[int, int], None]

    def batches(self, columns: Sequence[str]) -> Iterator[Any]:
        """Some rows of these columns at a time; `DatasetMalformed` where there are more or fewer than declared."""
        found = 0
        for batch in self.file.iter_batches(batch_size=_BATCH, columns=list(columns), use_threads=False):
            yield batch
            found += batch.num_rows
        if found != self.n:
            raise DatasetMalformed(f"the table declares {self.n:,} rows but holds {found:,}")


def read_parquet(
    path: Path, metadata: DatasetMetadata, x_path: Path, limits: DatasetLimits, progress: Callable[[int, int], None]
) -> Decoded:
    """Decode a parquet file of images; `x` is written to `x_path` as (n, c, h, w), in the file's order.

    The image column is the one that the Hugging Face metadata calls an Image, else `image` or `img`; the label column
    the ClassLabel, else `label` or `labels`; `metadata.image_column` and `label_column` choose others. Lists of numbers
    and one column a pixel are images too. Raises `DatasetRejected` naming the column and row.
    """
    try:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20) as file:
            n: int = file.metadata.num_rows
            limits.check_array("the table", n, (), 1)
            # Sizes of row groups alone: looking at a damaged column's metadata ends the process inside the C++ library.
            groups = (file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups))
            limits.check_ratio("the row groups", path.stat().st_size, sum(groups))
            columns = choose_columns(file.schema_arrow, metadata)
            classes = read_labels(file, columns, metadata, limits)
            table = _Table(file, n, columns, classes, metadata, x_path, limits, progress)
            decoded = _write_pixels(table) if columns.pixels else _write_encoded(table)
            if columns.masks:
                decoded.concepts = _write_masks(table, decoded)
            return decoded
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise DatasetMalformed(f"the table cannot be read: {error}") from error


def _write_encoded(table: _Table) -> Decoded:
    image = table.columns.images[0]

    def files() -> Iterator[tuple[str, bytes]]:
        row = 0
        for batch in table.batches([image]):
            column = batch.column(0)
            values = column.field("bytes") if pa.types.is_struct(column.type) else column
            for value in values:
                if not value.is_valid:
                    raise DatasetRejected(
                        f"column {image!r}, row {row} holds no image bytes (a path alone is no image: embed the files, "
                        "in Hugging Face's datasets with Dataset.cast_column and to_parquet)"
                    )
                yield f"{image}[{row}]", value.as_py()
                row += 1

    survey = Survey(table.limits, table.metadata)
    for done, (name, data) in enumerate(files(), 1):
        survey.see(data, name)
        if done % 256 == 0:
            table.progress(done, 2 * table.n)
    plan = survey.plan()
    write_images(
        table.x_path, plan, table.n, files(), table.limits, lambda d, total: table.progress(total + d, 2 * total)
    )
    notes = [*table.columns.notes, *without_splits(table.metadata), *plan.notes]
    return Decoded(table.n, plan.shape, "uint8", table.classes, plan.rule, plan.channels, notes, plan=plan)


def _write_masks(table: _Table, decoded: Decoded) -> tuple[str, ...]:
    columns = table.columns
    image = None if columns.pixels else columns.images[0]
    plan = decoded.plan

    def decode(mask: bytes, name: str, picture: bytes) -> npt.NDArray[np.bool_]:
        assert plan is not None  # there are encoded images
        return plan.decode_mask(mask, name, picture, f"the image of {name}", table.limits)

    shape, path = decoded.shape[1:], table.x_path.with_name(MASKS)
    write_mask_columns(table.file, columns.masks, image, decoded.n, shape, path, table.limits, decode)
    return columns.masks


def _write_pixels(table: _Table) -> Decoded:
    names, n = table.columns.images, table.n
    parts = (dense_rows([batch.column(name) for name in names], names) for batch in table.batches(names))
    first = next(parts)
    layout, shape = image_layout((n, *first.shape[1:]), table.metadata.layout)
    table.limits.check_array("x", n, shape, 4 if first.dtype.kind == "f" else 1)
    with PixelSink(table.x_path, n, shape, first.dtype) as sink:
        for part in chain([first], parts):
            if part.shape[1:] != first.shape[1:]:
                raise DatasetRejected(
                    f"column {names[0]!r}: rows from {sink.seen} on have {part.shape[1:]} values, those "
                    f"before {first.shape[1:]}; images must have one size"
                )
            sink.write(to_nchw(part, layout, shape))
            table.progress(sink.seen, n)
    told = [
        *table.columns.notes,
        *without_splits(table.metadata),
        *layout_notes("the table", (n, *first.shape[1:]), shape),
        *sink.warnings,
    ]
    decoded = Decoded(n, shape, sink.dtype, table.classes, warnings=told)
    return reshaped(decoded, table.metadata, table.x_path, table.limits)
