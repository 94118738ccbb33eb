"""Images to train on and to attack: CIFAR-10 from a folder of the user's, or the shipped part of Fashion-MNIST."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from openapi.problems import DatasetRejected

#: Bytes of a picture in CIFAR-10's binary files: a label, and three planes of 32×32.
_RECORD = 1 + 3 * 32 * 32
_SHIPPED = Path(__file__).parents[2] / "deploy" / "demo"


@dataclass(frozen=True)
class Images:
    """x (n, c, h, w) uint8 and y (n,) int64 of both parts; mean and std of the training pixels in [0, 1], a channel."""

    name: str
    x: npt.NDArray[np.uint8]
    y: npt.NDArray[np.int64]
    x_test: npt.NDArray[np.uint8]
    y_test: npt.NDArray[np.int64]

    @property
    def mean(self) -> tuple[float, ...]:
        """Of every channel."""
        return tuple(round(float(v), 4) for v in self.x.mean((0, 2, 3)) / 255)

    @property
    def std(self) -> tuple[float, ...]:
        """Of every channel."""
        return tuple(round(float(v), 4) for v in self.x.std((0, 2, 3)) / 255)

    @property
    def sha256(self) -> str:
        """Of all pixels and labels."""
        digest = hashlib.sha256()
        for array in (self.x, self.y, self.x_test, self.y_test):
            digest.update(array.tobytes())
        return digest.hexdigest()

    def first(self, train: int, test: int) -> "Images":
        """The first so many of either part."""
        return Images(self.name, self.x[:train], self.y[:train], self.x_test[:test], self.y_test[:test])


def read_images(folder: Path | None) -> Images:
    """Read a folder; None is the shipped part of Fashion-MNIST. Raises `DatasetRejected` for any other content.

    The folder holds CIFAR-10's binary version (`data_batch_1.bin` … `data_batch_5.bin`, `test_batch.bin`, as in
    `cifar-10-binary.tar.gz`), or `train.npz` and `test.npz` with `x` (n, h, w, c) uint8 and `y`.
    """
    if folder is None:
        return _of_npz("fashion-mnist-4k", _SHIPPED / "train.npz", _SHIPPED / "holdout.npz")
    if (folder / "data_batch_1.bin").exists():
        parts = [_of_bin(folder / f"data_batch_{i}.bin") for i in range(1, 6)]
        x, y = (np.concatenate(part) for part in zip(*parts, strict=True))
        return Images("cifar-10", x, y, *_of_bin(folder / "test_batch.bin"))
    if (folder / "train.npz").exists():
        return _of_npz(folder.name, folder / "train.npz", folder / "test.npz")
    raise DatasetRejected(f"{folder} holds neither data_batch_1.bin (CIFAR-10, binary version) nor train.npz")


def _of_bin(path: Path) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    try:
        records = np.fromfile(path, np.uint8).reshape(-1, _RECORD)
    except (OSError, ValueError) as error:
        raise DatasetRejected(f"{path} is no file of CIFAR-10's binary version: {error}") from error
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0].astype(np.int64)


def _of_npz(name: str, train: Path, test: Path) -> Images:
    def read(path: Path) -> tuple[Any, Any]:
        try:
            with np.load(path, allow_pickle=False) as arrays:
                x, y = arrays["x"], arrays["y"]
        except (OSError, ValueError, KeyError) as error:
            raise DatasetRejected(f"{path} is no .npz with x and y: {error}") from error
        if x.dtype != np.uint8 or x.ndim != 4 or len(x) != len(y):
            raise DatasetRejected(f"{path}: x must be (n, h, w, c) uint8, and y as long")
        return np.ascontiguousarray(x.transpose(0, 3, 1, 2)), y.astype(np.int64)

    return Images(name, *read(train), *read(test))
