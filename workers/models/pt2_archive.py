"""The three layouts of a `torch.export` archive: its program as JSON, and its tensors, none of them unpickled freely.

torch 2.9 and newer write each tensor as raw bytes. torch 2.8 and older write all of them as one `torch.save` file
inside of the archive (``data/weights/model.pt``, or ``serialized_state_dict.pt`` without a top folder until 2.7): its
pickle is checked opcode by opcode against the list for TorchScript, then read by torch's restricted unpickler.
"""

import io
import json
import pickle
import zipfile
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from openapi.problems import ModelMalformed, ModelUnsafe
from workers.models.torchscript.pickles import check_pickle
from workers.refusals import said

MAX_JSON = 128 * 2**20
MAX_PICKLE = 64 * 2**20

#: The archive's numbers of dtypes → ours.
DTYPES = {
    1: torch.uint8, 2: torch.int8, 3: torch.int16, 4: torch.int32, 5: torch.int64, 6: torch.float16, 7: torch.float32,
    8: torch.float64, 12: torch.bool, 13: torch.bfloat16,
}  # fmt: skip
_OLD = "serialized_exported_program.json"


def is_pt2(names: list[str]) -> bool:
    """Whether an archive's entries are those of a `torch.export` program."""
    return _OLD in names or any("/models/" in name and name.endswith(".json") for name in names)


@dataclass
class Pt2Archive:
    """An opened archive: `program` is its graph as JSON says it."""

    archive: zipfile.ZipFile
    infos: dict[str, zipfile.ZipInfo]
    root: str
    program: dict[str, Any]
    raw: dict[str, dict[str, Any]]
    saved: dict[str, Tensor]

    def tensor(self, fqn: str) -> Tensor:
        """A parameter, buffer or constant by its name in the program."""
        if fqn in self.saved:
            return self.saved[fqn].detach()
        folder = next((folder for folder, config in self.raw.items() if fqn in config), None)
        if folder is None:
            raise ModelMalformed(f"the archive lacks the tensor {fqn}", entry=fqn)
        entry = self.raw[folder][fqn]
        if entry.get("use_pickle"):
            raise ModelUnsafe(f"the tensor {fqn} is pickled; pickles are never opened", entry=fqn)
        content = self.archive.read(f"{self.root}/data/{folder}/{entry['path_name']}")
        return _strided(content, entry["tensor_meta"], fqn)


def open_pt2(archive: zipfile.ZipFile, infos: dict[str, zipfile.ZipInfo]) -> Pt2Archive:
    """Read the program and find the tensors; the zip's entries have been checked. Raises `ModelMalformed` …"""

    def read(name: str) -> dict[str, Any]:
        if infos[name].file_size > MAX_JSON:
            raise ModelUnsafe(f"{name} has {infos[name].file_size} bytes", entry=name)
        found = json.loads(archive.read(name))
        if not isinstance(found, dict):
            raise ModelMalformed(f"{name} is no JSON object", entry=name)
        return found

    def saved(*names: str) -> dict[str, Tensor]:
        return {k: v for name in names if name in infos for k, v in _saved(archive.read(name), name).items()}

    if _OLD in infos:
        tensors = saved("serialized_constants.pt", "serialized_state_dict.pt")
        return Pt2Archive(archive, infos, "", read(_OLD), {}, tensors)
    models = [name for name in infos if "/models/" in name and name.endswith(".json")]
    if len(models) != 1:
        raise ModelMalformed(f"a .pt2 with one program is needed; this one has {len(models)}")
    root = models[0].split("/", 1)[0]
    model = models[0].rsplit("/", 1)[1].removesuffix(".json")
    configs = {f: f"{root}/data/{f}/{model}_{f}_config.json" for f in ("weights", "constants")}
    raw = {folder: read(name)["config"] for folder, name in configs.items() if name in infos}
    tensors = saved(*(f"{root}/data/{folder}/{model}.pt" for folder in ("constants", "weights")))
    return Pt2Archive(archive, infos, root, read(models[0]), raw, tensors)


def _saved(content: bytes, entry: str) -> dict[str, Tensor]:
    """Read a dictionary of tensors that `torch.save` wrote, after checking its pickle."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as inner:
            for info in inner.infolist():
                if info.compress_type != zipfile.ZIP_STORED:
                    raise ModelUnsafe(f"{entry} holds a compressed entry, which torch.save never writes", entry=entry)
                if info.filename.endswith(".pkl"):
                    if info.file_size > MAX_PICKLE:
                        raise ModelUnsafe(f"{entry} holds {info.file_size} bytes of structure", entry=entry)
                    check_pickle(inner.read(info), entry)
        found = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except (zipfile.BadZipFile, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise ModelMalformed(f"{entry} is damaged: {said(error, 200)}", entry=entry) from error
    if not isinstance(found, dict) or not all(isinstance(value, Tensor) for value in found.values()):
        raise ModelMalformed(f"{entry} is no dictionary of tensors", entry=entry)
    return found


def _strided(content: bytes, meta: dict[str, Any], fqn: str) -> Tensor:
    dtype = DTYPES[meta["dtype"]]
    sizes = [int(size["as_int"]) for size in meta["sizes"]]
    strides = [int(stride["as_int"]) for stride in meta["strides"]]
    offset = int(meta["storage_offset"]["as_int"])
    if any(v < 0 for v in (*sizes, *strides, offset)):
        raise ModelMalformed(f"the tensor {fqn} has negative sizes", entry=fqn)
    if 0 in sizes:
        return torch.empty(sizes, dtype=dtype)
    last = offset + sum((size - 1) * stride for size, stride in zip(sizes, strides, strict=True))
    flat = torch.frombuffer(bytearray(content), dtype=dtype) if content else torch.empty(0, dtype=dtype)
    if last >= len(flat):
        raise ModelMalformed(f"the tensor {fqn} lies beyond its bytes", entry=fqn)
    return flat.as_strided(sizes, strides, offset).clone()
