"""Files in half precision are trained in float32 and come back in half precision, with what that cost."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnxruntime.transformers.float16 import convert_float_to_float16
from safetensors.torch import load_file
from torch import nn

from openapi.attacks import Pgd
from openapi.models import InputSpec
from openapi.stages.base import Stage
from tests.workers.hardening.nets import TinyNet, options, shipped
from workers.attacks.engine.suite import run_attack
from workers.hardening.data import TrainingSet
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage
from workers.models.export import write_onnx
from workers.models.from_module import audit_module
from workers.models.load import load_model

pytestmark = pytest.mark.slow

SPEC = InputSpec(shape=(1, 28, 28))
SETTINGS = {"epochs": 1, "pairs": 20, "max_samples": None, "validation": 0.3, "batch_size": 30}


def hardened(net: nn.Module, dtype: torch.dtype, folder: Path, **more: Any) -> tuple[dict[str, Any], dict[str, Path]]:
    inputs = {name: folder / f"{name}.npy" for name in "xy"} | {"model": folder / "model.pt"}
    for name, array in zip("xy", shipped("train", 120), strict=True):
        np.save(inputs[name], array)
    copied = TinyNet(norm=True)
    copied.load_state_dict(net.state_dict())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(copied.eval().to(dtype)).save(str(inputs["model"]))
    scratch = folder / "scratch"
    scratch.mkdir()
    params = {
        "model": {"format": "torchscript", "input": {"shape": [1, 28, 28]}},
        "harden": options(**SETTINGS, **more).model_dump(mode="json", by_alias=True),
        "seed": 4,
    }
    ctx = JobContext[dict[str, Any]](inputs, params, scratch)
    value = run_stage(Stage.HARDEN, ctx)
    assert value["not_written"] == {}
    return value, {key: file.path for key, file in ctx.files.items()}


@pytest.fixture(scope="module")
def halves(vanilla_norm: nn.Module, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Path]]:
    exports = {"pt2": True, "int8": True}
    return hardened(vanilla_norm, torch.float16, tmp_path_factory.mktemp("half"), exports=exports)


def test_every_checkpoint_is_in_half_precision(halves: tuple[dict[str, Any], dict[str, Path]]) -> None:
    _, files = halves
    tensors = load_file(files["safetensors"])
    assert {t.dtype for name, t in tensors.items() if not name.endswith("num_batches_tracked")} == {torch.float16}
    x = torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(0)).half()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        script = torch.jit.load(files["torchscript"])
        assert {p.dtype for p in script.parameters()} == {torch.float16}
        z = script(x)
    session = onnxruntime.InferenceSession(files["onnx"], providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].type == "tensor(float16)"
    (found,) = session.run(None, {"input": x.numpy()})
    assert (z.dtype, found.dtype) == (torch.float16, np.float16)
    np.testing.assert_allclose(found.astype(np.float32), z.float().numpy(), rtol=0, atol=0.03 * float(z.abs().max()))


def test_read_again_all_formats_hold_the_same_numbers(halves: tuple[dict[str, Any], dict[str, Path]]) -> None:
    value, files = halves
    x, y = shipped("holdout", 40)
    images, labels = torch.from_numpy(x).float() / 255, torch.from_numpy(y.astype(np.int64))
    tensors = load_file(files["safetensors"])
    robust = []
    for key in ("torchscript", "onnx", "pt2"):
        model = load_model(files[key], None, SPEC)
        assert model.origin.precision == torch.float16
        if key != "onnx":  # its exporter folds the norms
            for name, p in model.trainable_parameters().items():
                assert torch.equal(p.detach(), tensors[name].float())
        robust.append(run_attack(model, Pgd(eps=0.08, steps=5), images, labels, torch.arange(40)).robust.tolist())
    assert robust[0] == robust[2]
    assert sum(a != b for a, b in zip(robust[0], robust[1], strict=True)) <= 1
    assert any("float16" in warning for warning in value["inspection"]["warnings"])


def test_what_rounding_cost_is_measured(halves: tuple[dict[str, Any], dict[str, Path]]) -> None:
    value, files = halves
    told = value["halved"]
    assert (told["precision"], told["n"], told["judged_on"]) == ("float16", 36, "validation")
    _, held_out = TrainingSet(*shipped("train", 120)).split(0.3, 4)
    rows = next(held_out.all(36))
    net = TinyNet(norm=True)
    net.load_state_dict(load_file(files["safetensors"]), strict=False)
    with torch.no_grad():
        right = net.float().eval()(rows.x).argmax(1) == rows.y
    assert told["accuracy"] == pytest.approx(float(right.float().mean()))
    assert 0 < told["robust_accuracy"] <= told["accuracy"]
    assert abs(told["accuracy"] - told["float_accuracy"]) < 0.1
    assert 0 < value["quantised"]["robust_accuracy"] <= value["quantised"]["accuracy"]


def test_bfloat16_is_float32_in_onnx_alone(vanilla_norm: nn.Module, tmp_path: Path) -> None:
    value, files = hardened(vanilla_norm, torch.bfloat16, tmp_path)
    assert value["halved"]["precision"] == "bfloat16"
    tensors = load_file(files["safetensors"])
    assert tensors["conv1.weight"].dtype == torch.bfloat16
    session = onnxruntime.InferenceSession(files["onnx"], providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].type == "tensor(float)"
    model = load_model(files["torchscript"], None, SPEC)
    x = torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        expected = model(x).numpy()
    np.testing.assert_allclose(session.run(None, {"input": x.numpy()})[0], expected, rtol=1e-4, atol=1e-4)


def test_an_onnx_file_with_half_weights_between_floats_stays_one(vanilla_norm: nn.Module, tmp_path: Path) -> None:
    write_onnx(audit_module(vanilla_norm, SPEC), tmp_path / "floats.onnx")
    mixed = convert_float_to_float16(onnx.load(tmp_path / "floats.onnx"), keep_io_types=True)
    onnx.save(mixed, tmp_path / "mixed.onnx")
    model = load_model(tmp_path / "mixed.onnx", None, SPEC)
    assert (model.origin.precision, model.file_input.dtype) == (torch.float16, torch.float32)
    write_onnx(model, tmp_path / "back.onnx")
    back = onnx.load(tmp_path / "back.onnx")
    kept = {t.data_type for t in back.graph.initializer if t.name in dict(model.graph.named_parameters())}
    assert kept == {onnx.TensorProto.FLOAT16}
    x = torch.rand(3, 1, 28, 28, generator=torch.Generator().manual_seed(2)).numpy()
    z = [
        onnxruntime.InferenceSession(tmp_path / name, providers=["CPUExecutionProvider"]).run(None, {"input": x})[0]
        for name in ("mixed.onnx", "back.onnx")
    ]
    assert {found.dtype for found in z} == {np.dtype(np.float32)}
    np.testing.assert_allclose(z[0], z[1], rtol=0, atol=0.03 * np.abs(z[0]).max())
