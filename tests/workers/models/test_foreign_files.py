"""Files that are no model of ours are named, and the message says what to send."""

import gzip
import json
import pickle
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from openapi.models import InputSpec
from openapi.problems import ModelMalformed, ModelRejected
from tests.workers.models.nets import save_script, settled
from workers.models.load import load_model

ARCHIVES = {
    "TorchServe": ({"MAR-INF/MANIFEST.json": b"{}", "ts.pt": b"x"}, "serializedFile"),
    "Triton": ({"m/config.pbtxt": b"name: 'm'", "m/1/model.pt": b"x"}, "model file inside"),
    "SavedModel": ({"sm/saved_model.pb": b"\x08\x01", "sm/variables/variables.index": b"x"}, "tf2onnx"),
    "Keras 3": ({"metadata.json": b"{}", "config.json": b"{}", "model.weights.h5": b"\x89HDF"}, "tf2onnx"),
    "NumPy": ({"x.npy": b"\x93NUMPY", "y.npy": b"\x93NUMPY"}, "/v1/datasets"),
    "pictures": ({"cat/1.png": b"\x89PNG"}, "/v1/datasets"),
    "weights": ({"config.json": b"{}", "model.safetensors": b"x"}, "without the network"),
    "hub": ({"config.json": b"{}", "pytorch_model.bin": b"x"}, "torch.onnx.export"),
}

FILES = {
    "Git LFS pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "git lfs pull"),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(200), "tf2onnx"),
    "TensorFlow Lite": (b"\x1c\0\0\0TFL3" + bytes(200), "tf2onnx"),
    "TensorRT": (b"ftrt" + bytes(200), "ONNX file that it was built from"),
    "HTML": (b"<!DOCTYPE html><html><body>404</body></html>", "fetch the file again"),
    "OpenVINO": (b'<?xml version="1.0"?><net name="m" version="11"></net>', "converted from"),
    "JSON": (json.dumps({"format": "graph-model"}).encode(), "send an ONNX or TorchScript file"),
    "gzip": (gzip.compress(b"\x08\x07 onnx"), "unpack it"),
    "pickle": (pickle.dumps({"a": 1}), "never loaded"),
    "old checkpoint": (pickle.dumps({"a": 1}, protocol=2), "never loaded"),
    "source": (b"import torch\nclass Net(torch.nn.Module): pass\n", "never run"),
    "NumPy array": (b"\x93NUMPY\x01\0", "/v1/datasets"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "/v1/datasets"),
}


def refusal(path: Path, spec: InputSpec | None = None) -> str:
    with pytest.raises(ModelRejected) as caught:
        load_model(path, None, spec or InputSpec())
    return str(caught.value.detail)


@pytest.mark.parametrize("kind", sorted(ARCHIVES))
def test_archives(tmp_path: Path, kind: str) -> None:
    entries, advice = ARCHIVES[kind]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    detail = refusal(tmp_path / "a.zip")
    assert detail.startswith("this is a")
    assert advice in detail


@pytest.mark.parametrize("kind", sorted(FILES))
def test_files(tmp_path: Path, kind: str) -> None:
    content, advice = FILES[kind]
    (tmp_path / "a.bin").write_bytes(content)
    assert advice in refusal(tmp_path / "a.bin")


def test_checkpoints_and_weights(tmp_path: Path) -> None:
    net = nn.Linear(2, 3)
    torch.save(net.state_dict(), tmp_path / "state.pth")
    assert "torch.jit" in refusal(tmp_path / "state.pth")
    save_file(net.state_dict(), tmp_path / "m.safetensors")
    assert "weights without the network" in refusal(tmp_path / "m.safetensors")


def test_a_shape_that_was_given_is_not_asked_for(tmp_path: Path) -> None:
    path = save_script(settled(nn.Sequential(nn.Flatten(), nn.Linear(77, 4))), tmp_path / "a.pt")
    assert "input.shape" in refusal(path)
    detail = refusal(path, InputSpec(shape=(3, 2, 2)))
    assert "usual input size" not in detail
    assert "give input.shape" not in detail


def test_what_nobody_knows_is_refused_as_before(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\xff\xfe nothing at all")
    with pytest.raises(ModelMalformed, match="neither ONNX nor TorchScript"):
        load_model(tmp_path / "a.bin", None, InputSpec())
