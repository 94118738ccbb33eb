"""Small valid files of every kind that can be uploaded: what the fuzzer mutates, and what must pass at its end.

They hold no times, no paths of this machine and no names that depend on what the process did before, so that a mutant's
number names the same file everywhere: `fresh_seeds` makes them in a process of their own.
"""

import gzip
import io
import json
import lzma
import os
import pickle
import subprocess
import sys
import tarfile
import tempfile
import warnings
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnx
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from torch import Tensor, nn

Container = Literal["zip", "tar", "packed", "onnx", "parquet"]
SHAPE = (1, 8, 8)


@dataclass(frozen=True)
class Seed:
    """A valid upload: `kind` is the collection it goes to, `container` what it is made of."""

    name: str
    kind: Literal["models", "datasets"]
    container: Container
    data: bytes
    metadata: dict[str, Any] = field(default_factory=dict)


class Tiny(nn.Module):
    """conv-bn-relu-pool-linear with a branch and a loop, 10 kB as a file."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.bn = nn.BatchNorm2d(2)
        self.fc = nn.Linear(18, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.bn(self.conv(x)))
        if x.size(2) > 3:
            x = torch.max_pool2d(x, 2)
        for _ in range(2):
            x = x + 0.1
        logits: Tensor = self.fc(x.flatten(1))
        return logits


def tiny() -> nn.Module:
    torch.manual_seed(0)
    return Tiny().eval()


def torchscript(*, traced: bool = False, frozen: bool = False) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net: Any = torch.jit.trace(tiny(), torch.rand(2, *SHAPE)) if traced else torch.jit.script(tiny())
        buffer = io.BytesIO()
        torch.jit.save(torch.jit.freeze(net) if frozen else net, buffer)
    return _timeless(buffer.getvalue())


def exported() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        program = torch.export.export(
            tiny(), (torch.rand(2, *SHAPE),), dynamic_shapes=({0: torch.export.Dim("batch")},)
        )
        torch.export.save(program, f"{folder}/tiny.pt2")
        return _timeless(Path(folder, "tiny.pt2").read_bytes())


def _timeless(archive: bytes) -> bytes:
    """The archive without dates, debug tables, and the stack traces of nodes."""
    kept: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for name in opened.namelist():
            content = opened.read(name)
            if name.endswith("/model.json"):
                program = json.loads(content)
                for node in program["graph_module"]["graph"]["nodes"]:
                    node["metadata"] = {}
                content = json.dumps(program).encode()
            if not name.endswith((".debug_pkl", "/serialization_id")):
                kept[name] = content
    return zipped(kept, zipfile.ZIP_STORED)


def _weights() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    shapes = {"w": (2, 1, 3, 3), "scale": (2,), "shift": (2,), "v": (18, 3), "b": (3,)}
    weights = {name: (0.4 * rng.standard_normal(shape)).astype(np.float32) for name, shape in shapes.items()}
    return weights | {"mean": np.zeros(2, np.float32), "var": np.ones(2, np.float32)}


def onnx_plain(*, functions: bool = False, branch: bool = False) -> bytes:
    """A classifier made by hand; with local functions, or with an If."""
    opset, body = [helper.make_opsetid("", 17), helper.make_opsetid("f", 1)], helper.make_node
    weights, defined = _weights(), []
    nodes = [
        body("Conv", ["x", "w"], ["c"], name="conv"),
        body("BatchNormalization", ["c", "scale", "shift", "mean", "var"], ["n"], name="bn"),
    ]
    if functions:
        inner = [body("Relu", ["a"], ["t"]), body("MaxPool", ["t"], ["r"], kernel_shape=[2, 2], strides=[2, 2])]
        defined.append(helper.make_function("f", "Half", ["a"], ["r"], inner, opset))
        nodes.append(body("Half", ["n"], ["p"], domain="f", name="half"))
    elif branch:
        yes, no = (
            helper.make_graph([body(op, ["n"], [f"{op}_o"])], op, [], [helper.make_empty_tensor_value_info(f"{op}_o")])
            for op in ("Relu", "Identity")
        )
        weights["yes"] = np.array(True)
        nodes += [
            body("If", ["yes"], ["r"], then_branch=yes, else_branch=no, name="if"),
            body("AveragePool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2], name="pool"),
        ]
    else:
        weights |= {"shape": np.array([-1, 18]), "two": np.array(2, np.float32)}
        nodes += [
            body("Clip", ["n", "", "two"], ["r"], name="clip"),
            body("MaxPool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2], name="pool"),
        ]
    nodes += [
        body("Reshape", ["p", "shape"], ["f"], name="flat") if "shape" in weights else body("Flatten", ["p"], ["f"]),
        body("Gemm", ["f", "v", "b"], ["y"], name="head"),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", *SHAPE])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in weights.items()],
    )
    model: onnx.ModelProto = helper.make_model(graph, ir_version=8, opset_imports=opset, functions=defined)
    return bytes(model.SerializeToString())


def picture(pixels: Any, kind: str = "PNG") -> bytes:
    """Encode an array (h, w) or (h, w, 3) as an image file."""
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(pixels, dtype=np.uint8)).save(buffer, kind)
    return buffer.getvalue()


def folders() -> dict[str, bytes]:
    """Six images in the folders of two classes."""
    kinds = ("PNG", "JPEG", "WEBP")
    return {f"{c}/{i}.{k.lower()}": picture(np.full((6, 6, 3), 9 * i), k) for c in "ab" for i, k in enumerate(kinds)}


def kinds() -> dict[str, bytes]:
    """One image of each of the other formats, with a table of JSON lines."""
    entries = {
        f"{i}.{k.lower()}": picture(np.full((6, 9, 3), 9 * i), k) for i, k in enumerate(("BMP", "TIFF", "GIF", "PPM"))
    }
    lines = "".join(json.dumps({"file_name": name, "label": "ab"[i % 2]}) + "\n" for i, name in enumerate(entries))
    return entries | {"metadata.jsonl": lines.encode()}


def webdataset() -> dict[str, bytes]:
    """Four samples of WebDataset."""
    images = {f"{i:04d}.png": picture(np.full((6, 6, 3), 9 * i)) for i in range(4)}
    return images | {f"{i:04d}.cls": str(i % 2).encode() for i in range(4)}


def zipped(entries: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return buffer.getvalue()


def tarred(entries: Mapping[str, bytes], packing: Literal["", "gz", "xz"] = "") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    plain = buffer.getvalue()
    return {"": lambda: plain, "gz": lambda: gzip.compress(plain, mtime=0), "xz": lambda: lzma.compress(plain)}[
        packing
    ]()


def npz(*, packed: bool) -> bytes:
    rng, buffer = np.random.default_rng(0), io.BytesIO()
    x = rng.integers(0, 255, (10, 3, 4, 5)).astype(np.uint8) if packed else rng.random((6, 1, 5, 5))
    np.savez(buffer, x=x, y=np.arange(len(x)) % 2)
    with zipfile.ZipFile(buffer) as archive:
        arrays = {name: archive.read(name) for name in archive.namelist()}
    return zipped(arrays, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)


def parquet() -> bytes:
    rows = [{"bytes": picture(np.full((4, 4, 3), i)), "path": None} for i in range(12)]
    buffer = io.BytesIO()
    pq.write_table(pa.table({"image": rows, "label": [i % 2 for i in range(12)]}), buffer)
    return buffer.getvalue()


def seeds() -> list[Seed]:
    """All of them; made anew, equal at every call."""
    size = {"input": {"shape": list(SHAPE)}}
    labels = {"labels.csv": b"file,label\na/0.png,1\nb/0.png,0\n"}
    return [
        Seed("scripted.pt", "models", "zip", torchscript(), size),
        Seed("traced.pt", "models", "zip", torchscript(traced=True)),
        Seed("frozen.pt", "models", "zip", torchscript(frozen=True), size),
        Seed("program.pt2", "models", "zip", exported()),
        Seed("plain.onnx", "models", "onnx", onnx_plain()),
        Seed("functions.onnx", "models", "onnx", onnx_plain(functions=True)),
        Seed("branch.onnx", "models", "onnx", onnx_plain(branch=True)),
        Seed("packed.npz", "datasets", "zip", npz(packed=True)),
        Seed("plain.npz", "datasets", "zip", npz(packed=False)),
        Seed("folders.zip", "datasets", "zip", zipped(folders())),
        Seed("labels.zip", "datasets", "zip", zipped(folders() | labels)),
        Seed("kinds.zip", "datasets", "zip", zipped(kinds(), zipfile.ZIP_STORED), {"resize": {"size": 6, "crop": 4}}),
        Seed("folders.tar", "datasets", "tar", tarred(folders())),
        Seed("webdataset.tar", "datasets", "tar", tarred(webdataset())),
        Seed("folders.tgz", "datasets", "packed", tarred(folders(), "gz")),
        Seed("folders.txz", "datasets", "packed", tarred(folders(), "xz")),
        Seed("images.parquet", "datasets", "parquet", parquet()),
    ]


def fresh_seeds() -> list[Seed]:
    """`seeds`, from a new process."""
    env = {**os.environ, "PYTHONHASHSEED": "0"}
    program = [sys.executable, "-W", "ignore", "-m", "tests.tools.fuzz.seeds"]
    root = Path(__file__).parents[3]
    made = subprocess.run(program, capture_output=True, check=True, env=env, cwd=root)
    found: list[Seed] = [Seed(*fields) for fields in pickle.loads(made.stdout)]
    return found


if __name__ == "__main__":
    rows = [(seed.name, seed.kind, seed.container, seed.data, seed.metadata) for seed in seeds()]
    sys.stdout.buffer.write(pickle.dumps(rows))
