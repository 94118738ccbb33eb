"""A bare `.csv` of pixels (`label,pixel0,pixel1,…`): written as parquet once, and read as that."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from openapi.datasets import DatasetMetadata
from openapi.problems import DatasetMalformed, DatasetRejected
from workers.datasets.decoded import Decoded
from workers.datasets.limits import DatasetLimits
from workers.datasets.parquet import read_parquet


def read_csv(
    path: Path, metadata: DatasetMetadata, x_path: Path, limits: DatasetLimits, progress: Callable[[int, int], None]
) -> Decoded:
    """Decode a table of pixels; as `read_parquet`."""
    with path.open("rb") as stream:
        head = stream.readline(1 << 20).decode("utf-8-sig")
    delimiter = max(",;\t", key=head.count)
    converted = x_path.with_name("table.parquet")
    try:
        with (
            pc.open_csv(path, pc.ReadOptions(use_threads=False), pc.ParseOptions(delimiter=delimiter)) as reader,
            pq.ParquetWriter(converted, reader.schema) as writer,
        ):
            for batch in reader:
                writer.write_batch(batch)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DatasetMalformed(f"the CSV file cannot be read: {error}") from error
    try:
        return read_parquet(converted, metadata, x_path, limits, progress)
    except DatasetRejected as error:
        raise type(error)(f"in the CSV file: {error}") from error
    finally:
        converted.unlink(missing_ok=True)
