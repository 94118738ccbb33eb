"""The artifact of kind `pairs`, written as it comes: memory does not grow with the number of samples."""

import shutil
import zipfile
from typing import Any

import numpy as np
import numpy.typing as npt

from openapi.stages.neurons import NeuronsFile
from workers.jobs.context import JobContext


class PairsFile:
    """An `.npz` of ``x``, ``x_adv`` (n, c, h, w) float32 in [0, 1] and ``index`` (n,) int64.

    Rows go to memory-mapped `.npy` files in the scratch folder; `close` packs them, uncompressed, and removes them.
    """

    def __init__(self, ctx: JobContext[Any], n: int) -> None:
        self._path = ctx.output(NeuronsFile.PAIRS, "pairs.npz", "pairs", "npz")
        self._n, self._done = n, 0
        self._parts = {name: self._path.with_name(f"pairs.{name}.npy") for name in ("x", "x_adv", "index")}
        self._maps: dict[str, Any] = {}

    def add(self, x: npt.NDArray[Any], x_adv: npt.NDArray[Any], index: npt.NDArray[Any]) -> None:
        """Append a batch."""
        for name, rows in (("x", x), ("x_adv", x_adv), ("index", index)):
            if name not in self._maps:
                shape = (self._n, *rows.shape[1:])
                self._maps[name] = np.lib.format.open_memmap(self._parts[name], "w+", rows.dtype, shape)
            self._maps[name][self._done : self._done + len(rows)] = rows
        self._done += len(x)

    def close(self) -> None:
        """Pack the parts into the artifact. A file without pairs holds empty arrays."""
        if not self._maps:
            np.savez(
                self._path, x=np.zeros((0, 0, 0, 0), "f4"), x_adv=np.zeros((0, 0, 0, 0), "f4"), index=np.zeros(0, "i8")
            )
            return
        self._maps.clear()
        with zipfile.ZipFile(self._path, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            for name, part in self._parts.items():
                # A fixed date: equal pairs give equal bytes.
                entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
                with part.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                    shutil.copyfileobj(source, target, 1 << 20)
                part.unlink()
