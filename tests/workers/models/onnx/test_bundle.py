"""A model and its data in one zip, as today's default exporter leaves them."""

import hashlib
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx.external_data_helper import convert_model_to_external_data
from torch import nn

from openapi.models import InputSpec
from openapi.problems import ModelMalformed, ModelRejected, ModelUnsafe
from tests.workers.models.nets import relative
from tests.workers.models.onnx.files import RGB, conv_head, model, save
from workers.models.inspection import inspect_audited
from workers.models.load import detect_format, load_model
from workers.models.onnx.limits import MAX_MESSAGES

pytestmark = pytest.mark.slow


def external(folder: Path) -> tuple[onnx.ModelProto, bytes]:
    """A small network with all its tensors in ``weights.bin``; the model as parsed, and the data."""
    nodes, constants = conv_head()
    proto = model(nodes, RGB, constants, outputs=["logits"])
    convert_model_to_external_data(proto, all_tensors_to_one_file=True, location="weights.bin", size_threshold=0)
    onnx.save(proto, folder / "apart.onnx")
    return onnx.load(folder / "apart.onnx", load_external_data=False), (folder / "weights.bin").read_bytes()


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    """Zeros are compressed, all else is stored."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if any(content) else zipfile.ZIP_DEFLATED)
    return path


def say(proto: onnx.ModelProto, **changes: str) -> onnx.ModelProto:
    """Change what each tensor says of its data."""
    for tensor in proto.graph.initializer:
        facts = {entry.key: entry.value for entry in tensor.external_data} | changes
        del tensor.external_data[:]
        for key, value in facts.items():
            tensor.external_data.add(key=key, value=value)
    return proto


@pytest.mark.parametrize("folder", ["", "resnet/1/"])
def test_what_the_default_exporter_writes(folder: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(3, 64, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 5)).eval()
    shapes = ({0: torch.export.Dim("n")},)
    torch.onnx.export(net, (torch.rand(2, 3, 16, 16),), tmp_path / "model.onnx", verbose=False, dynamic_shapes=shapes)
    files = {path.name: path.read_bytes() for path in tmp_path.glob("model.onnx*")}
    assert set(files) == {"model.onnx", "model.onnx.data"}
    path = zipped(tmp_path / "both.zip", {folder + name: content for name, content in files.items()} | {"README": b""})
    found = load_model(path, "onnx", InputSpec())
    x = torch.rand(3, 3, 16, 16)
    assert relative(found(x), net(x)) < 1e-5
    assert inspect_audited(found, path).agreement["relative"] < 1e-5


@pytest.mark.parametrize(
    "location", ["../weights.bin", "/etc/hostname", "a/../../weights.bin", "C:\\weights.bin", "c:weights.bin", "", "."]
)
def test_data_outside_the_archive_is_refused(location: str, tmp_path: Path) -> None:
    proto, data = external(tmp_path)
    say(proto, location=location)
    path = zipped(tmp_path / "both.zip", {"m/model.onnx": proto.SerializeToString(), "weights.bin": data})
    with pytest.raises(ModelUnsafe, match="not inside the archive"):
        load_model(path, None, InputSpec())


Change = Callable[[onnx.ModelProto, bytes], dict[str, bytes]]
BROKEN: dict[str, tuple[Change, type[ModelRejected], str]] = {
    "no data": (lambda p, d: {"model.onnx": p.SerializeToString()}, ModelMalformed, "which the archive has not"),
    "short data": (
        lambda p, d: {"model.onnx": p.SerializeToString(), "weights.bin": d[:40]}, ModelMalformed, "reaches beyond"
    ),
    "negative place": (
        lambda p, d: {"model.onnx": say(p, offset="-8").SerializeToString(), "weights.bin": d},
        ModelMalformed,
        "its data begins at byte -8, which cannot be",
    ),
    "negative length": (
        lambda p, d: {"model.onnx": say(p, length="-4").SerializeToString(), "weights.bin": d},
        ModelMalformed,
        "its data is -4 bytes long, which cannot be",
    ),
    "a place in words": (
        lambda p, d: {"model.onnx": say(p, offset="x").SerializeToString(), "weights.bin": d}, ModelMalformed, "number"
    ),
    "another checksum": (
        lambda p, d: {"model.onnx": say(p, checksum="00" * 20).SerializeToString(), "weights.bin": d},
        ModelMalformed,
        "checksum",
    ),
    "too few bytes": (
        lambda p, d: {"model.onnx": say(p, length="4").SerializeToString(), "weights.bin": d},
        ModelMalformed,
        "declares",
    ),
    "itself": (
        lambda p, d: {"model.onnx": say(p, location="model.onnx").SerializeToString(), "weights.bin": d},
        ModelMalformed,
        "which the archive has not",
    ),
    "two models": (
        lambda p, d: {"a.onnx": p.SerializeToString(), "b.onnx": b"", "weights.bin": d},
        ModelMalformed,
        "a.onnx, b.onnx",
    ),
    "a bomb": (
        lambda p, d: {"model.onnx": p.SerializeToString(), "weights.bin": bytes(2**24)}, ModelUnsafe, "inflates"
    ),
    "too many messages": (
        lambda p, d: {"model.onnx": p.SerializeToString() + b"\x42\x00" * (MAX_MESSAGES + 1), "weights.bin": d},
        ModelUnsafe,
        "protobuf fields",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_archives_are_refused(name: str, tmp_path: Path) -> None:
    change, kind, message = BROKEN[name]
    path = zipped(tmp_path / "both.zip", change(*external(tmp_path)))
    with pytest.raises(kind, match=message):
        load_model(path, None, InputSpec())


def test_checksums_that_are_right(tmp_path: Path) -> None:
    proto, data = external(tmp_path)
    say(proto, checksum=hashlib.sha1(data).hexdigest())
    path = zipped(tmp_path / "both.zip", {"model.onnx": proto.SerializeToString(), "weights.bin": data})
    nodes, constants = conv_head()
    alone = load_model(save(model(nodes, RGB, constants, outputs=["logits"]), tmp_path), None, InputSpec())
    x = torch.rand(2, 3, 8, 8)
    assert torch.equal(load_model(path, None, InputSpec())(x), alone(x))


def test_links_are_refused(tmp_path: Path) -> None:
    proto, _ = external(tmp_path)
    path = zipped(tmp_path / "both.zip", {"model.onnx": proto.SerializeToString()})
    link = zipfile.ZipInfo("weights.bin")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/hostname")
    with pytest.raises(ModelUnsafe, match="symbolic link"):
        load_model(path, None, InputSpec())


def test_damaged_data_is_found(tmp_path: Path) -> None:
    proto, data = external(tmp_path)
    path = tmp_path / "both.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("model.onnx", proto.SerializeToString())
        archive.writestr("weights.bin", data)
    content = bytearray(path.read_bytes())
    content[content.index(data) + 9] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelMalformed, match=r"damaged at 'weights\.bin'"):
        load_model(path, None, InputSpec())


def test_the_file_without_its_data_says_what_to_send(tmp_path: Path) -> None:
    external(tmp_path)
    with pytest.raises(ModelUnsafe, match="both files in one zip"):
        load_model(tmp_path / "apart.onnx", None, InputSpec())


def test_the_format_is_recognised(tmp_path: Path) -> None:
    proto, data = external(tmp_path)
    path = zipped(tmp_path / "both.zip", {"model.onnx": proto.SerializeToString(), "weights.bin": data})
    assert detect_format(path) == "onnx"
    assert np.frombuffer(data, np.float32).size > 0


def test_a_triton_repository_is_read_and_said(tmp_path: Path) -> None:
    """Its one ONNX file is the model; what its configuration adds is not followed. One of other formats is refused."""
    proto, data = external(tmp_path)
    files = {"net/1/model.onnx": proto.SerializeToString(), "net/1/weights.bin": data, "net/config.pbtxt": b"name: 'n'"}
    found = load_model(zipped(tmp_path / "triton.zip", files), None, InputSpec())
    (said,) = [text for text in found.warnings if "Triton" in text]
    assert "net/1/model.onnx is audited" in said
    assert "config.pbtxt" in said
    plain = load_model(zipped(tmp_path / "both.zip", dict(list(files.items())[:2])), None, InputSpec())
    assert not any("Triton" in text for text in plain.warnings)
