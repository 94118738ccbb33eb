"""`examples.zip`: benign and adversarial images as PNG, with a table of what is what."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from workers.reports.kept_arrays import read_header
from workers.reports.worst import encode

#: A fixed date: equal images give equal bytes.
_DATE = (1980, 1, 1, 0, 0, 0)
_COLUMNS = (
    "attack", "index", "label", "label_name", "predicted", "predicted_name", "confidence", "distance", "norm",
    "benign", "adversarial", "png_predicted",
)  # fmt: skip


def write_pairs(
    target: Path, parts: Mapping[str, Sequence[Path]], images: Path, norms: Mapping[str, str], names: Sequence[str]
) -> int:
    """Write every success of every attack as a pair of PNG images; returns how many there are.

    parts: attack id → its kept examples (`.npz` files, see `workers.jobs.attack`). images: the data set's decoded
    images. norms: attack id → norm of its distances. names: class names, or nothing. ``examples.csv`` has one line a
    pair; ``png_predicted`` is the model's answer to the adversarial image after rounding to 8 bits, which may be
    another than on the float32 example.
    """
    pixels = np.load(images, mmap_mode="r", allow_pickle=False)
    table, seen, n = io.StringIO(), set[int](), 0
    lines = csv.DictWriter(table, _COLUMNS, lineterminator="\n")
    lines.writeheader()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for attack, paths in parts.items():
            for path in paths:
                for row, adversarial in _successes(path):
                    index = int(row["index"])
                    benign = f"benign/{index:07d}.png"
                    if index not in seen:
                        seen.add(index)
                        archive.writestr(zipfile.ZipInfo(benign, _DATE), encode(unit(pixels[index])))
                    place = f"{attack}/{index:07d}.png"
                    archive.writestr(zipfile.ZipInfo(place, _DATE), encode(adversarial))
                    lines.writerow(
                        {
                            **row,
                            "attack": attack,
                            "label_name": _name(int(row["label"]), names),
                            "predicted_name": _name(int(row["predicted"]), names),
                            "norm": norms[attack],
                            "benign": benign,
                            "adversarial": place,
                        }
                    )
                    n += 1
        archive.writestr(zipfile.ZipInfo("examples.csv", _DATE), table.getvalue())
    return n


def _successes(path: Path) -> Iterator[tuple[dict[str, float], npt.NDArray[Any]]]:
    """The fooled rows of a file of kept examples, one image at a time."""
    fields = ("index", "label", "predicted", "confidence", "distance", "png_predicted")
    with np.load(path, allow_pickle=False) as arrays:
        success, columns = arrays["success"], {name: arrays[name] for name in fields}
    with zipfile.ZipFile(path) as archive, archive.open("x.npy") as stream:
        shape, dtype = read_header(stream)
        size = int(np.prod(shape[1:])) * dtype.itemsize
        for i in range(shape[0]):
            data = stream.read(size)
            if success[i]:
                row = {name: column[i].item() for name, column in columns.items()}
                yield row, np.frombuffer(data, dtype).reshape(shape[1:])


def unit(pixels: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Pixels of a decoded data set in [0, 1]."""
    return pixels.astype(np.float32) / np.float32(255) if pixels.dtype == np.uint8 else pixels.astype(np.float32)


def _name(label: int, names: Sequence[str]) -> str:
    """A class's name as a table shows it: spreadsheets take what begins like a formula for one."""
    name = names[label] if label < len(names) else ""
    return f"'{name}" if name[:1] in ("=", "+", "-", "@", "\t", "\r") else name
