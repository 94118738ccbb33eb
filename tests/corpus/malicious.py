"""The corpus of malicious files: one function a file, made when it is asked for, and what must become of each.

`CORPUS` lists them for the tests that upload them to a running service (`tests/e2e/test_malicious_uploads.py`).
Programs that bite when they are run lie in `torchscript`, graphs in `onnx_models`; `outside` is the folder with
canaries that they are after (see `Outside`).
"""

import io
import os
import pickle
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Literal

import numpy as np
import onnx
from onnx import TensorProto, helper

from tests.corpus import onnx_models, torchscript
from tests.corpus.torchscript import deep_torchscript, good_torchscript, rewritten, root, scripted, with_entries
from tests.fuzz.seeds import folders, npz, picture, tarred, zipped

_IMAGE = {"input": {"shape": [3, 2, 2]}}


@dataclass(frozen=True)
class Malice:
    """A malicious file: `make(outside)` gives its bytes; it must end with a problem of type `slug` that says `says`."""

    make: Callable[[Path], bytes]
    kind: Literal["models", "datasets"]
    slug: str
    says: str
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The function's name."""
        return self.make.__name__.strip("_")


CORPUS: list[Malice] = []


def _listed(
    kind: Literal["models", "datasets"], slug: str, says: str, **metadata: Any
) -> Callable[[Callable[[Path], bytes]], Callable[[Path], bytes]]:
    def enter(make: Callable[[Path], bytes]) -> Callable[[Path], bytes]:
        CORPUS.append(Malice(make, kind, slug, says, metadata))
        return make

    return enter


class _Payload:
    """Makes a file when it is unpickled."""

    def __init__(self, outside: Path) -> None:
        self._command = f"touch {outside / 'written'}"

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (self._command,)


# TorchScript


@_listed("models", "model-unsafe", "aten::from_file", **_IMAGE)
def reads_in_forward(outside: Path) -> bytes:
    """`torch.from_file` in forward."""
    return scripted(torchscript.ReadsInForward(outside))


@_listed("models", "model-unsafe", "aten::from_file", **_IMAGE)
def reads_while_loading(outside: Path) -> bytes:
    """`torch.from_file` in `__setstate__`."""
    return scripted(torchscript.ReadsWhileLoading(outside))


@_listed("models", "model-unsafe", "aten::save", **_IMAGE)
def saves(outside: Path) -> bytes:
    """`aten::save` to a path of its choice."""
    return scripted(torchscript.Saves(outside))


@_listed("models", "model-unsafe", "aten::from_file", **_IMAGE)
def writes_shared(outside: Path) -> bytes:
    """`torch.from_file` with shared=True: writes through a mapping."""
    return scripted(torchscript.WritesShared(outside))


@_listed("models", "model-unsafe", "system")
def pickle_payload(outside: Path) -> bytes:
    """A pickle that runs a shell command, in the place of a model's structure."""
    payload = pickle.dumps(_Payload(outside), protocol=2)
    return rewritten(good_torchscript(), lambda name, content: payload if name.endswith("/data.pkl") else content)


@_listed("models", "model-malformed", "never loaded")
def bare_pickle(outside: Path) -> bytes:
    """The same without an archive around it, as torch.load would take it."""
    return pickle.dumps(_Payload(outside), protocol=2)


@_listed("models", "model-unsafe", "inflates")
def zip_bomb(outside: Path) -> bytes:
    """50 MB of zeros in 50 kB."""
    good = good_torchscript()
    return with_entries(good, [(f"{root(good)}/data/900", bytes(50_000_000))], packed=True)


@_listed("models", "model-unsafe", "outside the archive")
def path_traversal(outside: Path) -> bytes:
    """An entry whose name leads out of any folder."""
    return with_entries(good_torchscript(), [("archive/../../../../../.." + str(outside / "written"), b"x")])


@_listed("models", "model-unsafe", "symbolic link")
def symlink_entry(outside: Path) -> bytes:
    """An entry that is a link to a file outside."""
    good = good_torchscript()
    link = zipfile.ZipInfo(f"{root(good)}/data/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return with_entries(good, [(link, str(outside / "secret").encode())])


@_listed("models", "model-malformed", "damaged")
def truncated(outside: Path) -> bytes:
    """The first two thirds of a model."""
    good = good_torchscript()
    return good[: len(good) * 2 // 3]


@_listed("models", "model-malformed", "neither ONNX nor TorchScript")
def random_bytes(outside: Path) -> bytes:
    """100 kB of noise."""
    return b"\xff" + Random(0).randbytes(100_000)


@_listed("models", "model-malformed", "damaged")
def flipped_byte(outside: Path) -> bytes:
    """A valid file with one byte of its sources flipped."""
    good = bytearray(rewritten(good_torchscript(), lambda name, content: content))
    good[good.index(b"torch.linear")] ^= 1
    return bytes(good)


@_listed("models", "model-malformed", "which has 4")
def short_storage(outside: Path) -> bytes:
    """Weights that are declared larger than their bytes: torch would read the memory behind them."""
    return rewritten(good_torchscript(), lambda name, content: content[:4] if "/data/" in name else content)


@_listed("models", "model-unsafe", "10,001 tensor operators", **_IMAGE)
def ten_thousand_layers(outside: Path) -> bytes:
    """A TorchScript net of 10,000 activations."""
    return deep_torchscript(10_000)


@_listed("models", "model-numerics", "NaN", input={"shape": [1, 2, 2]})
def nan_weights(outside: Path) -> bytes:
    """A model whose weights are NaN."""
    nan = struct.pack("<f", float("nan"))
    return rewritten(
        good_torchscript(), lambda name, content: nan * (len(content) // 4) if "/data/" in name else content
    )


@_listed("models", "model-rejected", "loop does not end", **_IMAGE)
def endless_loop(outside: Path) -> bytes:
    """A loop in forward that never ends."""
    return scripted(torchscript.Endless())


@_listed("models", "time-limit", "TREMOR_INSPECT_WALL_SECONDS", **_IMAGE)
def endless_loop_while_loading(outside: Path) -> bytes:
    """A loop in `__setstate__`, which torch runs while it loads."""
    return scripted(torchscript.EndlessWhileLoading())


@_listed("models", "memory-limit|time-limit", "memory|longer", **_IMAGE)
def allocation_bomb(outside: Path) -> bytes:
    """77 GB of tensors in forward, from 2 kB."""
    return scripted(torchscript.Hoards())


@_listed("models", "memory-limit|time-limit", "memory|longer", **_IMAGE)
def allocation_bomb_while_loading(outside: Path) -> bytes:
    """The same in `__setstate__`."""
    return scripted(torchscript.HoardsWhileLoading())


# ONNX


def _onnx(proto: onnx.ModelProto) -> bytes:
    return bytes(proto.SerializeToString())


@_listed("models", "model-unsupported-operator", "ConstantOfShape")
def onnx_four_terabyte_constant(outside: Path) -> bytes:
    """A computed constant of 4 TB, in 105 bytes."""
    return _onnx(onnx_models.four_terabytes())


@_listed("models", "model-unsafe", "elements")
def onnx_four_terabyte_initialiser(outside: Path) -> bytes:
    """An initialiser that is declared to be 4 TB, without its bytes."""
    proto = onnx_models.tiny()
    proto.graph.initializer.add(name="k", data_type=TensorProto.FLOAT, dims=[2**40])
    return _onnx(proto)


@_listed("models", "model-unsafe", "nodes")
def onnx_nested_functions(outside: Path) -> bytes:
    """Local functions that double forty times."""
    return _onnx(onnx_models.nested_functions())


@_listed("models", "model-unsafe", "calls itself")
def onnx_recursive_function(outside: Path) -> bytes:
    """A local function that calls itself."""
    return _onnx(onnx_models.recursive_function())


@_listed("models", "model-unsafe", "external|outside")
def onnx_external_data(outside: Path) -> bytes:
    """Weights that are said to lie in a file of the machine."""
    return _onnx(onnx_models.external_data(str(outside / "secret")))


@_listed("models", "model-unsafe", "external|outside")
def onnx_external_data_above(outside: Path) -> bytes:
    """The same by a path that climbs."""
    return _onnx(onnx_models.external_data("../" * 12 + str(outside / "secret").lstrip("/")))


@_listed("models", "model-unsafe", "nodes")
def onnx_ten_thousand_layers(outside: Path) -> bytes:
    """10,000 nodes in a row."""
    return _onnx(onnx_models.deep_net())


@_listed("models", "model-unsafe", "400,000")
def onnx_empty_messages(outside: Path) -> bytes:
    """A megabyte of empty messages that takes a hundred times as much memory once it is parsed."""
    return _onnx(onnx_models.many_empty_messages())


@_listed("models", "model-unsafe", "numbers for one image")
def onnx_doubling(outside: Path) -> bytes:
    """A value that is joined to itself forty times."""
    return _onnx(onnx_models.expanded_twice())


@_listed("models", "model-numerics", "NaN")
def onnx_nan_weights(outside: Path) -> bytes:
    """A weight that is NaN."""
    return _onnx(onnx_models.nan_weights())


@_listed("models", "model-malformed", "truncated|damaged|protobuf")
def onnx_truncated(outside: Path) -> bytes:
    """The first two thirds of a model."""
    good = _onnx(onnx_models.tiny())
    return good[: len(good) * 2 // 3]


@_listed("models", "model-unsupported-operator", "Loop")
def onnx_endless_loop(outside: Path) -> bytes:
    """A Loop whose condition stays true."""
    true = helper.make_tensor("true", TensorProto.BOOL, [], [True])
    body = helper.make_graph(
        [helper.make_node("Identity", ["c"], ["d"]), helper.make_node("Relu", ["a"], ["b"])],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("c", TensorProto.BOOL, []),
            helper.make_tensor_value_info("a", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("d", TensorProto.BOOL, []),
            helper.make_tensor_value_info("b", TensorProto.FLOAT, None),
        ],
    )
    loop = helper.make_node("Loop", ["", "true", "x"], ["l"], name="loop", body=body)
    return _onnx(onnx_models.model([loop, helper.make_node("Flatten", ["l"], ["y"])], ["n", 1, 4, 4], {"true": true}))


# Data sets


@_listed("datasets", "dataset-rejected", "pickled Python objects")
def npz_pickle_payload(outside: Path) -> bytes:
    """An array of objects: a pickle that runs a shell command."""
    objects, buffer = np.empty(2, dtype=object), io.BytesIO()
    objects[:] = [_Payload(outside), _Payload(outside)]
    np.savez(buffer, x=objects, y=np.zeros(2, np.int64))
    return buffer.getvalue()


@_listed("datasets", "dataset-rejected", "bomb")
def npz_bomb(outside: Path) -> bytes:
    """50 MB of zeros in 50 kB, as images."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, x=np.zeros((50, 1, 1000, 1000), np.uint8), y=np.zeros(50, np.int64))
    return buffer.getvalue()


@_listed("datasets", "dataset-rejected|dataset-malformed", "declares|bytes")
def npz_four_terabytes(outside: Path) -> bytes:
    """A header that declares 4 TB of images."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|u1", "fortran_order": False, "shape": (2**20, 1, 2048, 2048)}
    )
    good = npz(packed=False)
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        y = archive.read("y.npy")
    return zipped({"x.npy": header.getvalue() + b"x", "y.npy": y})


@_listed("datasets", "dataset-rejected", "unsafe name")
def zip_traversal(outside: Path) -> bytes:
    """An image whose name leads to a file outside."""
    return zipped(folders() | {"a/../../../../../../.." + str(outside / "written"): picture(np.zeros((4, 4)))})


@_listed("datasets", "dataset-rejected", "link or device")
def zip_symlink(outside: Path) -> bytes:
    """An image that is a link to a file outside."""
    link = zipfile.ZipInfo("a/9.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return with_entries(zipped(folders()), [(link, str(outside / "secret").encode())])


@_listed("datasets", "dataset-rejected", "link, device")
def tar_symlink(outside: Path) -> bytes:
    """The same in a tar, where links are usual, and a hard link to the file to be overwritten."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind, target in (("a/9.png", tarfile.SYMTYPE, "secret"), ("b/9.png", tarfile.LNKTYPE, "victim")):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = kind, str(outside / target)
            archive.addfile(link)
    return buffer.getvalue()


@_listed("datasets", "dataset-rejected", "unsafe name")
def tar_traversal(outside: Path) -> bytes:
    """A member whose name is a path of the machine."""
    return tarred(folders() | {str(outside / "written"): picture(np.zeros((4, 4)))})


@_listed("datasets", "dataset-rejected|dataset-malformed", "pixels|image")
def image_bomb(outside: Path) -> bytes:
    """A PNG of 60,000 × 60,000 pixels in a kilobyte."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    png = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")
    )
    return zipped(folders() | {"a/9.png": png})


@_listed("datasets", "dataset-rejected|dataset-malformed", "bomb|unpack")
def tar_bomb(outside: Path) -> bytes:
    """40 MB of zeros, packed with xz to 6 kB."""
    return tarred({"a/0.png": bytes(40_000_000), "b/0.png": b""}, "xz")


@_listed("datasets", "dataset-malformed|dataset-rejected", "read|cut|understood")
def dataset_truncated(outside: Path) -> bytes:
    """The first two thirds of a set."""
    good = npz(packed=True)
    return good[: len(good) * 2 // 3]


@_listed("datasets", "dataset-rejected", "no data set that is understood")
def dataset_random_bytes(outside: Path) -> bytes:
    """100 kB of noise."""
    return b"\xff" + Random(1).randbytes(100_000)
