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
from openapi.stages.base import Stage
from tests.workers.models.nets import save_script, settled
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage
from workers.models.load import load_model

ARCHIVES = {
    "TorchServe": ({"MAR-INF/MANIFEST.json": b"{}", "ts.pt": b"x"}, "serializedFile"),
    "Triton": ({"m/config.pbtxt": b"name: 'm'", "m/1/model.pt": b"x"}, "model file inside"),
    "SavedModel": ({"sm/saved_model.pb": b"\x08\x01", "sm/variables/variables.index": b"x"}, "tf2onnx"),
    "Keras 3": ({"metadata.json": b"{}", "config.json": b"{}", "model.weights.h5": b"\x89HDF"}, "tf2onnx"),
    "NumPy": ({"x.npy": b"\x93NUMPY", "y.npy": b"\x93NUMPY"}, "/v1/datasets"),
    "pictures": ({"cat/1.png": b"\x89PNG"}, "/v1/datasets"),
    "weights": ({"config.json": b"{}", "model.safetensors": b"x"}, "without the network"),
    "data alone": ({"a/net.onnx.data": b"x"}, "both files in one .zip"),
    "Paddle": ({"m/net.pdmodel": b"x", "m/net.pdiparams": b"x"}, "paddle2onnx"),
    "torch.package": ({"m/.data/python_version": b"3.11", "m/model/model.pkl": b"x"}, "never run"),
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
    "RAR": (b"Rar!\x1a\x07\x01\0", "unpack it"),
    "onnxruntime": (b"\x1c\0\0\0ORTM" + bytes(50), "converted from"),
    "ExecuTorch": (b"\x1c\0\0\0ET12" + bytes(50), ".pt2"),
    "saved_model.pb": (b"\x08\x01\x12\x14\x0a\x12\x12\x07stripped\x22\x05serve", "tf2onnx"),
    "frozen graph": (b"\x0a\x16\x0a\x05input\x12\x0bPlaceholder", "tf2onnx"),
    "MXNet": (b"\x12\x01\0\0\0\0\0\0" + bytes(50), "as ONNX"),
    "Flax": (b"\x81\xa6params\x81\xa5Dense", "tf2onnx"),
    "LightGBM": (b"tree\nversion=v4\n", "trees are not audited"),
    "ONNX as text": (b'ir_version: 8\ngraph { name: "g" }\n', "onnx.save"),
    "Caffe": (b'name: "LeNet"\nlayer { name: "data" }\n', "to ONNX"),
    "Darknet": (b"[net]\nbatch=1\n", "to ONNX"),
    "PMML": (b'<?xml version="1.0"?><PMML version="4.4"></PMML>', "skl2onnx"),
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


@pytest.mark.parametrize(
    ("name", "advice"),
    [("net.onnx.data", "both files in one .zip"), ("a.weights", "without the network"), ("n.pdiparams", "paddle2onnx")],
)
def test_the_name_tells_what_the_content_does_not(tmp_path: Path, name: str, advice: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(255, 0, -1)))
    ctx = JobContext({"file": path}, {"filename": name}, tmp_path, report=lambda *_: None)
    with pytest.raises(ModelMalformed) as caught:
        run_stage(Stage.INSPECT_MODEL, ctx)
    assert caught.value.detail.startswith("this is, by its name, ")
    assert advice in caught.value.detail


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
