"""`.npz` with arrays `x` and `y`: headers first, then the rows as they unpack."""

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np

from openapi.datasets import DatasetMetadata
from openapi.problems import DatasetMalformed, DatasetRejected
from workers.datasets.decoded import Decoded, check_label_shape, whole_labels
from workers.datasets.limits import DatasetLimits
from workers.datasets.npy import NpyHeader, read_header, read_rows
from workers.datasets.pixels import PixelSink, image_layout, to_nchw
from workers.zips import ZIP_ERRORS


def is_npz(path: Path) -> bool:
    """True for a zip whose members are `.npy` arrays at its root."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(".npy") and "/" not in name for name in archive.namelist())
    except ZIP_ERRORS:
        return False


def read_npz(
    path: Path, metadata: DatasetMetadata, x_path: Path, limits: DatasetLimits, progress: Callable[[int, int], None]
) -> Decoded:
    """Decode an `.npz`; `x` is written to `x_path` as uint8 or float32 (n, c, h, w).

    Raises `DatasetMalformed` for damage, `DatasetRejected` naming the array, its shape and what was expected.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            y_head = _check_member(archive, "y", limits)
            x_head = _check_member(archive, "x", limits)
            layout, shape = image_layout(x_head.shape, metadata.layout)
            limits.check_array("x", x_head.shape[0], shape, 4 if x_head.dtype.kind == "f" else 1)
            if y_head.shape[0] != x_head.shape[0]:
                raise DatasetRejected(
                    f"x has shape {x_head.shape} and y has shape {y_head.shape}: {x_head.shape[0]:,} images but "
                    f"{y_head.shape[0]:,} labels"
                )
            n = x_head.shape[0]
            check_label_shape(y_head.shape, n)
            with _open(archive, "y") as stream:
                rows = list(read_rows(stream, read_header(stream, "y"), "y"))
            y = whole_labels(np.concatenate(rows), n, limits)
            with PixelSink(x_path, n, shape, x_head.dtype) as sink, _open(archive, "x") as stream:
                for part in read_rows(stream, read_header(stream, "x"), "x"):
                    sink.write(to_nchw(part, layout, shape))
                    progress(sink.seen, n)
                stream.read(1)  # the check sum is compared at the end of the member
            others = [m for m in archive.namelist() if m not in ("x.npy", "y.npy")]
    except ZIP_ERRORS as error:
        raise DatasetMalformed(f"the .npz cannot be read: {error}") from error
    warnings = sink.warnings
    if others:
        warnings.append(f"only x and y are read; the file also holds {', '.join(sorted(others)[:8])}")
    if metadata.resize is not None:
        warnings.append("metadata.resize applies to image files; the arrays of an .npz are taken as they are")
    return Decoded(n, shape, sink.dtype, y, warnings=warnings)


def _open(archive: zipfile.ZipFile, key: str) -> IO[bytes]:
    return archive.open(f"{key}.npy")


def _check_member(archive: zipfile.ZipFile, key: str, limits: DatasetLimits) -> NpyHeader:
    """Check one member's header against its size in the archive, before any of it is unpacked."""
    members = [m for m in archive.infolist() if m.filename == f"{key}.npy"]
    if not members:
        found = ", ".join(sorted(m.filename.removesuffix(".npy")[:60] for m in archive.infolist())[:10])
        raise DatasetRejected(f"the .npz has no array {key!r} (it holds: {found}); expected x and y")
    if len(members) > 1:
        raise DatasetRejected(f"the .npz holds {len(members)} arrays called {key!r}")
    if members[0].flag_bits & 1:
        raise DatasetRejected(f"array {key!r} is encrypted")
    with archive.open(members[0]) as stream:
        header = read_header(stream, key)
    stated = members[0].file_size - header.offset
    if header.data_bytes != stated:
        raise DatasetMalformed(
            f"array {key!r} declares shape {header.shape} of {header.dtype}, {header.data_bytes:,} bytes, "
            f"but its data is {stated:,} bytes"
        )
    limits.check_ratio(members[0].filename, members[0].compress_size, members[0].file_size)
    return header
