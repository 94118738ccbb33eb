"""One file of what a version consists of, and what it is, told without reading any program in it."""

import mmap
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from service.integrations.base import VersionRefused

#: A key-value pair of an ONNX tensor whose data lie in another file (`StringStringEntryProto`, key "location"): field 1
#: with eight bytes, then field 2 with a length below 128 and so many bytes.
_LOCATION = re.compile(rb"\x0a\x08location\x12([\x01-\x7f])", re.DOTALL)
_PLAIN = re.compile(r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")
#: More data files than this has no exporter written.
_MOST_FILES = 10_000


def data_files(onnx: Path) -> list[str]:
    """The files beside an ONNX file that hold data of its tensors.

    Raises `VersionRefused` where one lies elsewhere.
    """
    if onnx.stat().st_size == 0:
        return []
    found: dict[str, None] = {}
    with onnx.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for match in _LOCATION.finditer(data):
            name = data[match.end() : match.end() + match[1][0]].decode(errors="replace")
            if not _PLAIN.fullmatch(name):
                raise VersionRefused(f"The ONNX file keeps data in {name[:100]!r}, which does not lie beside it")
            found[name] = None
            if len(found) > _MOST_FILES:
                raise VersionRefused(f"The ONNX file keeps its data in more than {_MOST_FILES} files")
    return list(found)


def zipped(files: Mapping[str, Path], target: Path) -> None:
    """Write files into one zip, as they are; dated 1980, so that equal files are equal zips."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, path in files.items():
            with archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as entry, path.open("rb") as source:
                while chunk := source.read(1 << 20):
                    entry.write(chunk)


def torch_format(path: Path) -> Literal["torchscript", "pt2", "pickle"]:
    """What torch has written into a file, by the names in its archive: nothing of it is unpickled."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.partition("/")[2] for name in archive.namelist()]
    except (zipfile.BadZipFile, OSError, ValueError):
        return "pickle"  # torch before 1.6, or something else that only unpickling could tell
    if any(name.startswith("code/") for name in names):
        return "torchscript"
    if "archive_format" in names or any(name.startswith("models/") and name.endswith(".json") for name in names):
        return "pt2"
    return "pickle"
