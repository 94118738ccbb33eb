"""A model in two files: today's exporters leave the weights beside ``model.onnx``; both come in one zip.

The archive is checked as every archive is (sizes, ratios, names, links); a tensor's data may only lie inside it.
"""

import hashlib
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from onnx import TensorProto

from openapi.problems import ModelMalformed, ModelUnsafe
from workers.models.onnx.limits import MAX_FILE_BYTES
from workers.models.torchscript.archive import entries, is_zip
from workers.zips import ZIP_ERRORS


def onnx_entries(names: Iterable[str]) -> list[str]:
    """The ONNX files among the entries of an archive."""
    return [name for name in names if name.lower().endswith(".onnx") and not PurePosixPath(name).name.startswith("._")]


def bundle_notes(path: Path) -> list[str]:
    """What to tell the user of what else than the model an archive holds; nothing of a file that is none."""
    return Bundle(path).notes if is_zip(path) else []


class Bundle:
    """An archive of one ONNX file and the files that its tensors keep their data in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sizes = {info.filename: info.file_size for info in entries(path) if not info.is_dir()}
        found = onnx_entries(self.sizes)
        if len(found) != 1:
            shown = ", ".join(found[:5]) or "none"
            raise ModelMalformed(f"A zip of an ONNX model holds one .onnx file and its data; this one has {shown}.")
        self.name = found[0]
        self._held: dict[str, bytes] = {}

    @property
    def notes(self) -> list[str]:
        """What to tell the user of what else the archive holds."""
        if not any(PurePosixPath(name).name == "config.pbtxt" for name in self.sizes):
            return []
        return [
            f"the archive is a Triton model repository: {self.name} is audited; its config.pbtxt, which says what is "
            "computed before and after it, is not followed"
        ]

    def model(self) -> bytes:
        """The ONNX file itself."""
        return self._read(self.name)

    def fill(self, tensors: Iterable[TensorProto]) -> None:
        """Put the data that tensors keep in other files of the archive into them.

        Raises `ModelUnsafe` for a place outside the archive, `ModelMalformed` for what is not there or differs from its
        checksum.
        """
        total = 0
        for tensor in tensors:
            if tensor.data_location != TensorProto.EXTERNAL:
                continue
            facts = {entry.key: entry.value for entry in tensor.external_data}
            held = self._read(self._entry(tensor.name, facts.get("location", "")))
            start, length = _span(tensor.name, facts, len(held))
            wanted = facts.get("checksum")
            if wanted and hashlib.sha1(held, usedforsecurity=False).hexdigest() != wanted.lower():
                raise ModelMalformed(f"Tensor {tensor.name!r}: the checksum of {facts['location']!r} is another.")
            total += length
            if total > MAX_FILE_BYTES:
                raise ModelUnsafe(f"The archive's tensors take more than {MAX_FILE_BYTES:,} bytes.")
            tensor.raw_data = held[start : start + length]
            tensor.ClearField("external_data")
            tensor.ClearField("data_location")

    def _entry(self, tensor: str, location: str) -> str:
        """The archive's entry that a location names, seen from the ONNX file's folder."""
        place = PurePosixPath(location)
        outside = place.is_absolute() or ".." in place.parts or "\\" in location or ":" in location or "\0" in location
        if outside or not place.parts:
            raise ModelUnsafe(f"Tensor {tensor!r} keeps its data in {location!r}, which is not inside the archive.")
        name = str(PurePosixPath(self.name).parent / place)
        if name not in self.sizes or name == self.name:
            there = ", ".join(sorted(self.sizes)[:5])
            raise ModelMalformed(
                f"Tensor {tensor!r} keeps its data in {location!r}, which the archive has not beside {self.name!r}; "
                f"it holds {there}."
            )
        return name

    def _read(self, name: str) -> bytes:
        """An entry's bytes, whose CRC is checked while they are read."""
        if self.sizes[name] > MAX_FILE_BYTES:
            raise ModelUnsafe(f"{name!r} has {self.sizes[name]:,} bytes; {MAX_FILE_BYTES:,} are allowed.")
        if name not in self._held:
            try:
                with zipfile.ZipFile(self.path) as archive:
                    self._held[name] = archive.read(name)
            except ZIP_ERRORS as error:
                raise ModelMalformed(f"The archive is damaged at {name!r}: {error}") from error
        return self._held[name]


def _span(tensor: str, facts: dict[str, str], size: int) -> tuple[int, int]:
    """(offset, length) of a tensor's bytes in a file of `size` bytes."""
    try:
        start = int(facts.get("offset") or 0)
        length = int(facts["length"]) if facts.get("length") else size - start
    except ValueError as error:
        raise ModelMalformed(f"Tensor {tensor!r} says its place by what is no number.") from error
    if start < 0 or length < 0:
        wrong = f"begins at byte {start:,}" if start < 0 else f"is {length:,} bytes long"
        raise ModelMalformed(f"Tensor {tensor!r} says that its data {wrong}, which cannot be.")
    if start + length > size:
        raise ModelMalformed(f"Tensor {tensor!r} reaches beyond the {size:,} bytes of its data file.")
    return start, length
