"""Real data set files, written when a test asks for them."""

import io
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from PIL import Image

from openapi.datasets import DatasetInspection, DatasetMetadata
from workers.datasets import convert_dataset
from workers.datasets.limits import DatasetLimits


@dataclass
class Converted:
    found: DatasetInspection
    x: Any
    y: Any
    sheet: Path


Convert = Callable[..., Converted]


@pytest.fixture
def convert(tmp_path: Path) -> Convert:
    def run(path: Path, limits: DatasetLimits | None = None, **metadata: Any) -> Converted:
        out = tmp_path / "out"
        out.mkdir(exist_ok=True)
        found = convert_dataset(
            path,
            DatasetMetadata(**metadata),
            x_path=out / "x.npy",
            y_path=out / "y.npy",
            contact_sheet=out / "sheet.png",
            limits=limits,
        )
        return Converted(found, np.load(out / "x.npy"), np.load(out / "y.npy"), out / "sheet.png")

    return run


@pytest.fixture
def npz(tmp_path: Path) -> Callable[..., Path]:
    def write(**arrays: Any) -> Path:
        np.savez_compressed(tmp_path / "set.npz", **arrays)
        return tmp_path / "set.npz"

    return write


def picture(pixels: Any, kind: str = "PNG", **options: Any) -> bytes:
    """Encode an array (h, w) or (h, w, 3) as an image file."""
    data = io.BytesIO()
    Image.fromarray(np.asarray(pixels, dtype=np.uint8)).save(data, kind, **options)
    return data.getvalue()


def shade(level: int, size: tuple[int, int] = (4, 4)) -> bytes:
    return picture(np.full((*size, 3), level))


def write_zip(path: Path, entries: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def write_tar(path: Path, entries: Mapping[str, bytes], mode: Literal["w", "w:gz", "w:bz2", "w:xz"] = "w") -> Path:
    with tarfile.open(path, mode) as archive:
        for name, data in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path
