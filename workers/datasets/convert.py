"""One file of any accepted kind → arrays, inspection and contact sheet; the kind is told from the content."""

import errno
from collections.abc import Callable
from pathlib import Path

from openapi.datasets import DatasetInspection, DatasetMetadata
from openapi.problems import DatasetMalformed, DatasetRejected, JobFailed
from workers.datasets.concept_masks import MASKS, empty_masks
from workers.datasets.contact_sheet import write_contact_sheet
from workers.datasets.decoded import Decoded, inspection, save_labels
from workers.datasets.limits import DatasetLimits
from workers.datasets.mistaken import what_it_is
from workers.datasets.npz import is_npz, read_npz
from workers.datasets.tables import LABEL_COLUMNS, plain_column
from workers.refusals import refused_as

Reader = Callable[[Path, DatasetMetadata, Path, DatasetLimits, Callable[[int, int], None]], Decoded]


def convert_dataset(
    path: Path,
    metadata: DatasetMetadata,
    *,
    x_path: Path,
    y_path: Path,
    contact_sheet: Path,
    limits: DatasetLimits | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> DatasetInspection:
    """Decode `path` into `x_path` (.npy, uint8 or float32 in [0, 1], (n, c, h, w)) and `y_path` (.npy, int64, (n,)),
    and masks, where the file carries them, into `concept_masks.MASKS` beside `x_path`.

    Raises `DatasetRejected` or `DatasetMalformed`, naming the entry, array or column that is wrong.
    """
    with refused_as(DatasetMalformed, "the file cannot be read"):
        try:
            decoded = _reader(path)(path, metadata, x_path, limits or DatasetLimits(), progress)
        except (DatasetMalformed, OSError) as error:
            _blame_the_disk(error)
            raise
        if decoded.concepts:
            decoded.warnings += empty_masks(x_path.with_name(MASKS), decoded.concepts)
        found = inspection(decoded, metadata)
        save_labels(y_path, decoded.classes.y)
        write_contact_sheet(contact_sheet, x_path, decoded.classes.y, found.labels)
    return found


def _blame_the_disk(error: Exception) -> None:
    """Raise what it was when a write failed, and not the file that was read."""
    cause = error if isinstance(error, OSError) else error.__cause__
    code = cause.errno if isinstance(cause, OSError) else None
    if code == errno.EFBIG:
        raise DatasetRejected("the decoded images take more bytes than may be written here; upload a part") from error
    if code in (errno.ENOSPC, errno.EDQUOT):
        raise JobFailed("the worker's disk is full; the decoded images do not fit") from error


def _reader(path: Path) -> Reader:
    with path.open("rb") as stream:
        head = stream.read(32)
        stream.seek(max(0, path.stat().st_size - 4))
        tail = stream.read(4)
        stream.seek(257)
        ustar = stream.read(5)
    if not head:
        raise DatasetRejected("the file is empty")
    if head[:4] == b"PAR1" and tail == b"PAR1":
        from workers.datasets.parquet import read_parquet

        return read_parquet
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        if is_npz(path):
            return read_npz
        from workers.datasets.folders import read_folders

        return read_folders
    if ustar == b"ustar" or head[:2] == b"\x1f\x8b" or head[:3] == b"BZh" or head[:6] == b"\xfd7zXZ\x00":
        from workers.datasets.folders import read_folders

        return read_folders
    if head[:6] == b"\x93NUMPY":
        raise DatasetRejected("this is a single .npy array; save x and y together with numpy.savez_compressed")
    if head[:1] != b"<" and _is_wide_table(path):
        from workers.datasets.csv_file import read_csv

        return read_csv
    raise DatasetRejected(
        "this is no data set that is understood; expected .npz (x, y), .zip or .tar of images, .parquet, or a .csv of "
        f"pixels{what_it_is(head)}"
    )


def _is_wide_table(path: Path) -> bool:
    """True for a text whose first line is a header of at least 17 columns: a label and 4 × 4 pixels."""
    with path.open("rb") as stream:
        head = stream.readline(1 << 20).removeprefix(b"\xef\xbb\xbf")
    columns = max((head.split(mark) for mark in (b",", b";", b"\t")), key=len)
    labels = any(
        plain_column(column.decode("ascii", "replace").strip().strip('"')) in LABEL_COLUMNS for column in columns
    )
    return head.isascii() and labels and len(columns) > 16
