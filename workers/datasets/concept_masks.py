"""Masks beside the images of an `.npz`: ``masks (n, concepts, h, w)`` and their names, or one ``mask (n, h, w)``."""

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from openapi.problems import DatasetMalformed, DatasetRejected
from openapi.text import counted
from workers.datasets.limits import DatasetLimits
from workers.datasets.npy import NpyHeader, NpyWriter, read_header, read_rows
from workers.zips import ZIP_ERRORS

#: The file that a reader leaves beside the images where there are masks: (n, concepts, h, w) bool.
MASKS = "masks.npy"
#: The array of one mask an image, and what it is then called.
SINGLE = "mask"
_ARRAYS = ("masks", SINGLE)
_NAMES = ("names", "concepts", "concept_names")
_LONGEST = 200
#: Images whose masks are looked at at a time, and names that a warning lists.
_ROWS, _LISTED = 64, 10


def has_masks(path: Path) -> bool:
    """Whether an `.npz` carries masks."""
    with zipfile.ZipFile(path) as archive:
        return any(f"{key}.npy" in archive.namelist() for key in _ARRAYS)


class ConceptMasks:
    """The masks of a file: `shape` (n, concepts, h, w) and `names` (concepts,), read without unpacking them.

    `members`: the arrays that they are read from. Raises `DatasetMalformed` for damage, `DatasetRejected` saying what
    is missing or does not fit.
    """

    def __init__(self, path: Path, limits: DatasetLimits | None = None) -> None:
        self._path, self._limits = path, limits or DatasetLimits()
        try:
            with zipfile.ZipFile(path) as archive:
                self._key = next((key for key in _ARRAYS if f"{key}.npy" in archive.namelist()), "masks")
                header = self._header(archive, self._key)
                if header.dtype.kind not in "bui":
                    raise DatasetRejected(f"{self._key} has dtype {header.dtype}; expected bool or uint8")
                n, *rest = header.shape
                self._limits.check_array(self._key, n, tuple(rest), header.dtype.itemsize)
                self.members: tuple[str, ...] = (f"{self._key}.npy",)
                if len(header.shape) == 3:
                    self.shape: tuple[int, ...] = (n, 1, *rest)
                    self.names: tuple[str, ...] = (SINGLE,)
                elif len(header.shape) == 4:
                    self.shape = header.shape
                    self.names = self._read_names(archive)
                else:
                    raise DatasetRejected(
                        f"{self._key} has shape {header.shape}; expected (n, concepts, h, w), or (n, h, w) for one"
                    )
        except ZIP_ERRORS as error:
            raise DatasetMalformed(f"the .npz with masks cannot be read: {error}") from error
        check_names(self.names, self.shape[1], self._key)

    def rows(self) -> Iterator[npt.NDArray[np.bool_]]:
        """Yield the masks in order, (k, concepts, h, w) of a few megabytes each. `DatasetRejected` where one is not
        binary: numbers other than 0 and 1, or 0 and 255."""
        seen, high = 0, 0
        try:
            with zipfile.ZipFile(self._path) as archive, archive.open(f"{self._key}.npy") as stream:
                for part in read_rows(stream, read_header(stream, self._key), self._key):
                    part = part.reshape(len(part), *self.shape[1:])
                    high = _check_binary(part, high, seen, self.names)
                    seen += len(part)
                    yield part != 0
                stream.read(1)  # the check sum is compared at the end of the member
        except ZIP_ERRORS as error:
            raise DatasetMalformed(f"the .npz with masks cannot be read: {error}") from error

    def write(self, target: Path, n: int, h: int, w: int) -> tuple[str, ...]:
        """Write them for n images of h×w; return the names. `DatasetRejected` where they are of other images."""
        if self.shape[0] != n:
            raise DatasetRejected(f"{self._key} has {counted(self.shape[0], 'row')} for {counted(n, 'image')}")
        if self.shape[2:] != (h, w):
            mine = " × ".join(map(str, self.shape[2:]))
            raise DatasetRejected(
                f"the masks in {self._key} are {mine} (height × width) and the images {h} × {w}; "
                "masks in an .npz are not resized"
            )
        with NpyWriter(target, (n, *self.shape[1:]), np.bool_) as sink:
            for rows in self.rows():
                sink.write(rows)
        return self.names

    def _header(self, archive: zipfile.ZipFile, key: str, text: bool = False) -> NpyHeader:
        if f"{key}.npy" not in archive.namelist():
            raise DatasetRejected(f"the .npz holds no array {key!r}; concept masks are `masks` and their `names`")
        member = archive.getinfo(f"{key}.npy")
        with archive.open(member) as stream:
            header = read_header(stream, key, text=text)
        if header.data_bytes != member.file_size - header.offset:
            raise DatasetMalformed(f"array {key!r} does not hold the {header.data_bytes:,} bytes that it declares")
        if key not in _ARRAYS:
            self._limits.check_ratio(member.filename, member.compress_size, member.file_size)
        return header

    def _read_names(self, archive: zipfile.ZipFile) -> tuple[str, ...]:
        key = next((key for key in _NAMES if f"{key}.npy" in archive.namelist()), _NAMES[0])
        header = self._header(archive, key, text=True)
        if header.data_bytes > self._limits.label_bytes or len(header.shape) != 1 or header.dtype.kind != "U":
            raise DatasetRejected(
                f"array {key!r} has shape {header.shape} of {header.dtype}; expected a text a concept"
            )
        self.members = (*self.members, f"{key}.npy")
        with archive.open(f"{key}.npy") as stream:
            rows = list(read_rows(stream, read_header(stream, key, text=True), key))
        return tuple(str(name) for name in np.concatenate(rows)) if rows else ()


def empty_masks(path: Path, names: Sequence[str]) -> list[str]:
    """A warning where concepts mark no pixel of any image, whichever file they came in. path: of `MASKS`."""
    masks = np.load(path, mmap_mode="r", allow_pickle=False)
    marked = np.zeros(len(names), bool)
    for start in range(0, len(masks), _ROWS):
        marked |= masks[start : start + _ROWS].any((0, 2, 3))
        if marked.all():
            return []
    empty = [name for name, found in zip(names, marked, strict=True) if not found]
    more = f" and {len(empty) - _LISTED} more" if len(empty) > _LISTED else ""
    listed = ", ".join(map(repr, empty[:_LISTED]))
    return [f"no image shows {listed}{more}: every mask of it is empty, and an attack inside it has nothing to change"]


def check_names(names: Sequence[str], count: int, where: str) -> None:
    """Raise `DatasetRejected` unless there is a name for each of `count` concepts, and none twice, empty or endless."""
    if len(names) != count:
        raise DatasetRejected(
            f"{where} has {counted(count, 'concept')}, and {counted(len(names), 'name')} came with them"
        )
    for i, name in enumerate(names):
        if not name.strip() or len(name) > _LONGEST or not name.isprintable():
            raise DatasetRejected(f"concept {i} is called {name[:50]!r}; expected 1 to {_LONGEST} printable characters")
        if name in names[:i]:
            raise DatasetRejected(f"two concepts are called {name!r}")


def _check_binary(part: npt.NDArray[Any], high: int, before: int, names: Sequence[str]) -> int:
    """Whether numbers are 0 and one other, 1 or 255, the same in all of the file; return that (0: none seen yet)."""
    if part.dtype.kind == "b":
        return high
    found = int(part.max(initial=0))
    high = high or found
    wrong = (part != 0) & (part != high) if high in (0, 1, 255) else part != 0
    if bool(wrong.any()):
        row, concept, *_ = (int(i) for i in np.argwhere(wrong)[0])
        value = int(part[wrong].flat[0])
        raise DatasetRejected(
            f"the mask of {names[concept]!r} on sample {before + row} holds {value}; masks are binary: 0 and 1, or 0 "
            "and 255"
        )
    return high
