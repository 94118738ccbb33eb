"""Arrays written as their rows come: memory does not grow with the number of samples."""

import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

#: A fixed date: equal rows give equal bytes.
_DATE = (1980, 1, 1, 0, 0, 0)


class RowsFile:
    """An `.npz` of arrays with one row a sample, however many there will be.

    columns: name → type and number of dimensions. Rows go to a file each beside the target; `close` packs them,
    uncompressed, and removes them.
    """

    def __init__(self, path: Path, columns: Mapping[str, tuple[str, int]]) -> None:
        self._path = path
        # An array without rows has no other length either.
        self._shapes: dict[str, tuple[int, ...]] = {name: (0,) * dims for name, (_, dims) in columns.items()}
        self._types = {name: np.dtype(kind) for name, (kind, _) in columns.items()}
        self._parts = {name: path.with_name(f"{path.stem}.{name}.rows") for name in columns}
        for part in self._parts.values():
            part.write_bytes(b"")

    def add(self, **rows: npt.NDArray[Any]) -> None:
        """Append a batch; every column at once."""
        for name, values in rows.items():
            done = self._shapes[name][0]
            if len(values):
                with self._parts[name].open("ab") as file:
                    file.write(np.ascontiguousarray(values, self._types[name]).data)
                self._shapes[name] = (done + len(values), *values.shape[1:])

    def close(self) -> None:
        """Pack the rows into the file."""
        with zipfile.ZipFile(self._path, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            for name, part in self._parts.items():
                head = {
                    "descr": np.lib.format.dtype_to_descr(self._types[name]),
                    "fortran_order": False,
                    "shape": self._shapes[name],
                }
                entry = zipfile.ZipInfo(f"{name}.npy", _DATE)
                with part.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                    np.lib.format.write_array_header_1_0(target, head)
                    shutil.copyfileobj(source, target, 1 << 20)
                part.unlink()
