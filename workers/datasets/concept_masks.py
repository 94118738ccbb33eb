"""Concept masks that come with images: an `.npz` with ``masks (n, concepts, h, w)`` and their names."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from openapi.problems import DatasetMalformed, DatasetRejected
from workers.datasets.limits import DatasetLimits
from workers.datasets.npy import NpyHeader, read_header, read_rows
from workers.zips import ZIP_ERRORS

_NAMES = ("names", "concepts", "concept_names")


class ConceptMasks:
    """The masks of a file: `shape` (n, concepts, h, w) and `names` (concepts,), read without unpacking them.

    Raises `DatasetMalformed` for damage, `DatasetRejected` saying what is missing or does not fit.
    """

    def __init__(self, path: Path, limits: DatasetLimits | None = None) -> None:
        self._path, self._limits = path, limits or DatasetLimits()
        try:
            with zipfile.ZipFile(path) as archive:
                header = self._header(archive, "masks")
                if len(header.shape) != 4:
                    raise DatasetRejected(f"masks has shape {header.shape}; expected (n, concepts, h, w)")
                if header.dtype.kind not in "bu":
                    raise DatasetRejected(f"masks has dtype {header.dtype}; expected bool or uint8")
                n, *rest = header.shape
                self._limits.check_array("masks", n, tuple(rest), header.dtype.itemsize)
                self.shape: tuple[int, ...] = header.shape
                self.names = self._read_names(archive)
        except ZIP_ERRORS as error:
            raise DatasetMalformed(f"the .npz with masks cannot be read: {error}") from error
        if len(self.names) != self.shape[1]:
            raise DatasetRejected(f"masks has {self.shape[1]} concepts, and there are {len(self.names)} names")

    def rows(self) -> Iterator[npt.NDArray[Any]]:
        """Yield the masks in order, (k, concepts, h, w) of a few megabytes each."""
        try:
            with zipfile.ZipFile(self._path) as archive, archive.open("masks.npy") as stream:
                yield from read_rows(stream, read_header(stream, "masks"), "masks")
        except ZIP_ERRORS as error:
            raise DatasetMalformed(f"the .npz with masks cannot be read: {error}") from error

    def _header(self, archive: zipfile.ZipFile, key: str, text: bool = False) -> NpyHeader:
        if f"{key}.npy" not in archive.namelist():
            raise DatasetRejected(f"the .npz holds no array {key!r}; concept masks are `masks` and their `names`")
        member = archive.getinfo(f"{key}.npy")
        with archive.open(member) as stream:
            header = read_header(stream, key, text=text)
        if header.data_bytes != member.file_size - header.offset:
            raise DatasetMalformed(f"array {key!r} does not hold the {header.data_bytes:,} bytes that it declares")
        if key != "masks":
            self._limits.check_ratio(member.filename, member.compress_size, member.file_size)
        return header

    def _read_names(self, archive: zipfile.ZipFile) -> tuple[str, ...]:
        key = next((key for key in _NAMES if f"{key}.npy" in archive.namelist()), _NAMES[0])
        header = self._header(archive, key, text=True)
        if header.data_bytes > self._limits.label_bytes or len(header.shape) != 1 or header.dtype.kind != "U":
            raise DatasetRejected(
                f"array {key!r} has shape {header.shape} of {header.dtype}; expected a text a concept"
            )
        with archive.open(f"{key}.npy") as stream:
            rows = list(read_rows(stream, read_header(stream, key, text=True), key))
        return tuple(str(name) for name in np.concatenate(rows)) if rows else ()
