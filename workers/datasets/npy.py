"""`.npy` streams: a header that is read before anything is believed, rows in chunks, and a writer of the same kind."""

import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from openapi.problems import DatasetMalformed, DatasetRejected

#: Rows are streamed in pieces of about this many bytes.
CHUNK_BYTES = 8 * 2**20
#: Of one text. Far more than a name may have, so that the name that is too long can be told.
MOST_TEXT = 2**20


#: What numpy raises for headers that are none; `TokenError` comes from its reader of Python 2's headers.
_HEADER_ERRORS = (
    *(ValueError, EOFError, TypeError, SyntaxError, OverflowError, MemoryError, RecursionError),
    tokenize.TokenError,
)


class NpyHeader:
    """What an `.npy` stream says of itself: `shape`, `dtype`, `fortran`, and the `offset` where its data begins."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any], fortran: bool, offset: int) -> None:
        self.shape, self.dtype, self.fortran, self.offset = shape, dtype, fortran, offset

    @property
    def row_bytes(self) -> int:
        """Bytes of one sample."""
        size: int = self.dtype.itemsize
        for extent in self.shape[1:]:
            size *= extent
        return size

    @property
    def data_bytes(self) -> int:
        """Bytes of all samples."""
        return self.row_bytes * self.shape[0]


def read_header(stream: IO[bytes], name: str, *, text: bool = False) -> NpyHeader:
    """Read the header of array `name`; nothing behind it is touched. text: strings of fixed length are taken too.

    Raises `DatasetMalformed` when it is no `.npy` stream, `DatasetRejected` for pickled objects and structured types.
    """
    try:
        version = np.lib.format.read_magic(stream)
        if version == (1, 0):
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
        elif version == (2, 0):
            shape, fortran, dtype = np.lib.format.read_array_header_2_0(stream)
        else:
            raise ValueError(f"version {version} of the format is not supported")
    except _HEADER_ERRORS as error:
        raise DatasetMalformed(f"array {name!r} has no readable .npy header: {error}") from error
    if dtype.hasobject:
        raise DatasetRejected(
            f"array {name!r} holds pickled Python objects, which are never loaded; save plain numbers"
        )
    number = dtype.kind in "buif" and dtype.itemsize <= 8
    letters = text and dtype.kind in "US" and 0 < dtype.itemsize <= MOST_TEXT
    if text and dtype.kind in "US" and not letters:
        raise DatasetRejected(f"array {name!r} has dtype {dtype}: its longest text is no name of a class")
    if not (number or letters) or dtype.subdtype is not None:
        raise DatasetRejected(f"array {name!r} has dtype {dtype}; expected uint8, an integer or a float type")
    if not shape or any(extent < 0 for extent in shape):
        raise DatasetRejected(f"array {name!r} has shape {shape}; expected one row a sample")
    return NpyHeader(shape, dtype, fortran, stream.tell())


def read_rows(stream: IO[bytes], header: NpyHeader, name: str) -> Iterator[npt.NDArray[Any]]:
    """Yield the samples that follow the header, a few megabytes at a time.

    Arrays in Fortran order cannot be cut into samples while they stream; they are read whole, and refused above
    256 MiB. Raises `DatasetMalformed` when the data ends early.
    """
    if header.fortran and len(header.shape) > 1:
        if header.data_bytes > 256 * 2**20:
            raise DatasetRejected(
                f"array {name!r} is stored in Fortran order and too large to turn round; "
                f"save numpy.ascontiguousarray({name}) instead"
            )
        flat = np.frombuffer(_exactly(stream, header.data_bytes, name), dtype=header.dtype)
        yield flat.reshape(header.shape, order="F")
        return
    rows = max(1, CHUNK_BYTES // max(1, header.row_bytes))
    for start in range(0, header.shape[0], rows):
        count = min(rows, header.shape[0] - start)
        data = _exactly(stream, count * header.row_bytes, name)
        yield np.frombuffer(data, dtype=header.dtype).reshape(count, *header.shape[1:])


def _exactly(stream: IO[bytes], size: int, name: str) -> bytes:
    pieces, left = [], size
    while left:
        piece = stream.read(min(left, CHUNK_BYTES))
        if not piece:
            raise DatasetMalformed(f"array {name!r} ends {left:,} bytes early; was the file cut off?")
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


class NpyWriter:
    """Writes an `.npy` file of known shape row by row, with plain file writes.

    A memory map of the whole file would count against the child's address-space limit; this does not.
    """

    def __init__(self, path: Path, shape: tuple[int, ...], dtype: npt.DTypeLike) -> None:
        self.dtype = np.dtype(dtype)
        self.shape = shape
        self.rows = 0
        self._stream = path.open("wb")
        np.lib.format.write_array_header_1_0(
            self._stream,
            {"descr": np.lib.format.dtype_to_descr(self.dtype), "fortran_order": False, "shape": shape},
        )

    def write(self, rows: npt.NDArray[Any]) -> None:
        """Append rows of shape ``(k, *shape[1:])`` (k may be 0)."""
        if rows.shape[1:] != self.shape[1:]:
            raise ValueError(f"rows of shape {rows.shape[1:]} do not fit {self.shape}")
        self.rows += len(rows)
        self._stream.write(np.ascontiguousarray(rows, dtype=self.dtype).data)

    def __enter__(self) -> "NpyWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()
        if kind is None and self.rows != self.shape[0]:
            raise ValueError(f"{self.rows} rows were written of {self.shape[0]}")


def stream_rows(path: Path, name: str) -> Iterator[npt.NDArray[Any]]:
    """Yield the rows of an `.npy` file on disk in chunks."""
    with path.open("rb") as stream:
        yield from read_rows(stream, read_header(stream, name), name)


def pick_rows(path: Path, indices: Sequence[int]) -> npt.NDArray[Any]:
    """Read the rows with these indices from an `.npy` file in C order, and nothing else of it."""
    with path.open("rb") as stream:
        header = read_header(stream, path.name)
        picked = []
        for i in indices:
            stream.seek(header.offset + i * header.row_bytes)
            picked.append(np.frombuffer(_exactly(stream, header.row_bytes, path.name), header.dtype))
    return np.stack(picked).reshape(len(picked), *header.shape[1:])
