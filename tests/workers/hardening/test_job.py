"""The stage `harden`: checkpoints that load elsewhere, manifest, log."""

import hashlib
import importlib.metadata
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from safetensors.numpy import load_file
from torch import nn

from openapi.base import JsonObject
from openapi.models import InputSpec, ModelInspection
from openapi.problems import NotTrainable
from openapi.stages.base import Stage
from openapi.stages.harden import Epoch, HardenParams
from tests.workers.hardening.nets import options, shipped
from tests.workers.hardening.stage import MEAN, SPEC, context, normalised
from workers.hardening.saved import Moment
from workers.jobs.context import MOMENT, JobContext
from workers.jobs.running import run_stage
from workers.jobs.training_teller import Teller
from workers.models.export import write_safetensors
from workers.models.from_module import audit_module
from workers.models.load import load_contract, load_model

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def done(
    vanilla: nn.Module, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], JobContext[dict[str, Any]]]:
    ctx = context(vanilla, tmp_path_factory.mktemp("harden"))
    return run_stage(Stage.HARDEN, ctx), ctx


@pytest.fixture(scope="module")
def logits(done: tuple[dict[str, Any], JobContext[dict[str, Any]]]) -> np.ndarray[Any, Any]:
    """By our own reading of the TorchScript checkpoint."""
    x, _ = shipped("holdout", 5)
    model = load_model(done[1].files["torchscript"].path, "torchscript", InputSpec.model_validate(SPEC))
    with torch.no_grad():
        found: np.ndarray[Any, Any] = model(torch.from_numpy(x).float() / 255).numpy()
    return found


def test_the_model_did_change(
    done: tuple[dict[str, Any], JobContext[dict[str, Any]]], vanilla: nn.Module, logits: np.ndarray[Any, Any]
) -> None:
    with torch.no_grad():
        before = vanilla(torch.from_numpy(normalised())).numpy()
    assert np.abs(before - logits).max() > 0.1


def test_onnx_loads_in_onnxruntime_with_any_batch(
    done: tuple[dict[str, Any], JobContext[dict[str, Any]]], logits: np.ndarray[Any, Any]
) -> None:
    session = onnxruntime.InferenceSession(done[1].files["onnx"].path, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    for count in (1, 5):
        (found,) = session.run(None, {name: normalised(count)})
        np.testing.assert_allclose(found, logits[:count], rtol=1e-4, atol=1e-4)


def test_torchscript_loads_in_a_process_without_our_code(
    done: tuple[dict[str, Any], JobContext[dict[str, Any]]], logits: np.ndarray[Any, Any], tmp_path: Path
) -> None:
    np.save(tmp_path / "x.npy", normalised())
    code = (
        "import sys, warnings; warnings.simplefilter('ignore'); import numpy, torch;"
        "net = torch.jit.load(sys.argv[1]).eval();"
        "numpy.save('z.npy', net(torch.from_numpy(numpy.load('x.npy'))).detach().numpy());"
        "assert not any(m.split('.')[0] in ('workers', 'openapi', 'service') for m in sys.modules)"
    )
    path = str(done[1].files["torchscript"].path)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    subprocess.run([sys.executable, "-c", code, path], cwd=tmp_path, env=environment, check=True, timeout=120)
    np.testing.assert_allclose(np.load(tmp_path / "z.npy"), logits, rtol=1e-5, atol=1e-5)


def test_equal_weights_are_equal_safetensors(vanilla: nn.Module, tmp_path: Path) -> None:
    model = audit_module(vanilla, InputSpec.model_validate(SPEC))
    paths = [tmp_path / f"{i}" for i in range(8)]
    for path in paths:
        write_safetensors(model, path)
    assert len({path.read_bytes() for path in paths}) == 1


def test_safetensors_hold_the_files_own_names(
    done: tuple[dict[str, Any], JobContext[dict[str, Any]]], vanilla: nn.Module
) -> None:
    tensors = load_file(done[1].files["safetensors"].path)
    assert {name: value.shape for name, value in tensors.items()} == {
        name: tuple(value.shape) for name, value in vanilla.state_dict().items()
    }


def test_the_value_describes_the_hardened_model(done: tuple[dict[str, Any], JobContext[dict[str, Any]]]) -> None:
    value, _ = done
    inspection = ModelInspection.model_validate(value["inspection"])
    assert [layer.name for layer in inspection.layers] == ["conv1", "conv2", "conv3", "head"]
    assert inspection.input.mean == (MEAN,)
    assert inspection.trainable
    assert value["uploaded_format"] == "torchscript"
    assert value["layers"] == ["conv1", "conv2", "conv3"]
    assert value["frozen"] == []
    assert [line["epoch"] for line in value["log"]] == [0, 1]


def test_the_manifest_names_everything_that_the_weights_depend_on(
    done: tuple[dict[str, Any], JobContext[dict[str, Any]]],
) -> None:
    value, ctx = done
    manifest = json.loads(ctx.files["manifest"].path.read_text())
    digest = hashlib.sha256(ctx.inputs["model"].read_bytes()).hexdigest()
    assert manifest["parent"] == {"id": "mdl_1", "sha256": digest, "name": "tiny"}
    assert manifest["dataset"]["x_sha256"] == hashlib.sha256(ctx.inputs["x"].read_bytes()).hexdigest()
    assert manifest["seed"] == 4
    assert manifest["config"]["lambda"] == 0.05
    assert manifest["epochs"] == value["log"]
    assert manifest["versions"]["torch"] == importlib.metadata.version("torch")
    for key in ("onnx", "torchscript", "safetensors"):
        path = ctx.files[key].path
        assert manifest["files"][key] == {
            "name": path.name,
            "size": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        assert ctx.files[key].kind == "checkpoint"


def test_the_log_has_one_line_an_epoch(done: tuple[dict[str, Any], JobContext[dict[str, Any]]]) -> None:
    value, ctx = done
    lines = [json.loads(line) for line in ctx.files["log"].path.read_text().splitlines()]
    assert lines == value["log"]
    assert lines[1]["l_sns"] > 0


def test_a_frozen_file_is_refused(vanilla: nn.Module, tmp_path: Path) -> None:
    with pytest.raises(NotTrainable, match="no trainable parameters"):
        run_stage(Stage.HARDEN, context(vanilla, tmp_path, freeze=True))


class Stopped(BaseException):
    """As a cancelled job ends: nothing catches it."""


def test_the_best_weights_so_far_are_there_when_it_is_stopped(vanilla: nn.Module, tmp_path: Path) -> None:
    ctx = context(vanilla, tmp_path)
    settings = options(epochs=4, pairs=20, max_samples=None, batch_size=50).model_dump(mode="json", by_alias=True)
    told: list[dict[str, Any]] = []

    def tell(line: dict[str, Any]) -> None:
        told.append(line)
        if line["epoch"] == 3:
            raise Stopped

    stopped = JobContext(ctx.inputs, {**ctx.params, "harden": settings}, ctx.scratch, tell=tell)
    with pytest.raises(Stopped):
        run_stage(Stage.HARDEN, stopped)
    epochs = {line["epoch"]: line for line in told if line["clean_accuracy"] is not None}
    lines = [epochs[2]["best"], epochs[3]["best"]]
    best = lines[-1]
    judged = {line["epoch"]: line["clean_accuracy"] + line["robust_accuracy"] for line in told if line["loss"]}
    assert best["epoch"] in (1, 2)
    assert best["judged_on"] == "monitored"
    assert best["clean_accuracy"] + best["robust_accuracy"] == max(judged.values())
    assert all(line["l_adv"] > 0 and line["l_sns"] > 0 for line in told if line["loss"])
    assert load_file(stopped.so_far).keys() == dict(vanilla.state_dict()).keys()
    assert told[0]["epochs"] == 4
    logged = [json.loads(line) for line in stopped.log_so_far.read_text().splitlines()]
    assert [line["epoch"] for line in logged] == [0, 1, 2]
    assert all(judged[line["epoch"]] == line["clean_accuracy"] + line["robust_accuracy"] for line in logged[1:])


def test_who_goes_on_leaves_what_was_best_before(vanilla: nn.Module, tmp_path: Path) -> None:
    """Stopped in epoch 3, and in epoch 3 again by who went on from there: no epoch has ended since."""
    ctx = context(vanilla, tmp_path)
    settings = options(epochs=4, pairs=20, max_samples=None, batch_size=50).model_dump(mode="json", by_alias=True)
    told: list[dict[str, Any]] = []

    def tell(line: dict[str, Any]) -> None:
        told.append(line)
        if line["epoch"] == 3 and line["loss"] is not None:
            raise Stopped

    first = JobContext(ctx.inputs, {**ctx.params, "harden": settings}, ctx.scratch, tell=tell)
    with pytest.raises(Stopped):
        run_stage(Stage.HARDEN, first)
    left, logged, best = first.so_far.read_bytes(), first.log_so_far.read_text(), told[-1]["best"]
    told.clear()
    inputs = {**ctx.inputs, MOMENT: first.moment.replace(tmp_path / "moment")}
    (tmp_path / "other").mkdir()
    with pytest.raises(Stopped):
        run_stage(Stage.HARDEN, JobContext(inputs, first.params, tmp_path / "other", tell=tell))
    second = JobContext(inputs, first.params, tmp_path / "other")
    assert {line["epoch"] for line in told} == {3}
    assert [line["best"] for line in told] == [best] * len(told)
    assert all(line["robust_accuracy"] is not None for line in told)
    assert second.so_far.read_bytes() == left
    assert second.log_so_far.read_text() == logged


@pytest.mark.parametrize("again", [2, 3])
def test_the_log_so_far_goes_on_where_an_earlier_attempt_was(vanilla: nn.Module, tmp_path: Path, again: int) -> None:
    ctx = context(vanilla, tmp_path)
    params = HardenParams.model_validate(ctx.params)
    typed = JobContext(ctx.inputs, params, ctx.scratch)
    model = load_contract(ctx.inputs["model"], params.model)
    line = {"epoch": 0, "loss": None, "l_adv": None, "l_sns": None, "clean_accuracy": 0.5, "robust_accuracy": 0.1}
    row = {**line, "sensitivity": 1.0, "lr": 0.1, "seconds": 1.0}
    log: list[JsonObject] = [{**row, "epoch": epoch} for epoch in range(3)]
    teller = Teller(typed, model, Moment(3, 0, {}, {}, torch.zeros(0), {}, log=log))
    assert len(typed.log_so_far.read_text().splitlines()) == 3, "what was found before is there at once"
    teller.heard(Epoch.model_validate({**row, "epoch": again, "lr": 0.05}))
    found = [json.loads(line) for line in typed.log_so_far.read_text().splitlines()]
    assert [(line["epoch"], line["lr"]) for line in found] == [
        *((epoch, 0.1) for epoch in range(again)), (again, 0.05)
    ]  # fmt: skip


def run_with(ctx: JobContext[dict[str, Any]], settings: dict[str, Any]) -> dict[str, Any]:
    params = {**ctx.params, "harden": settings}
    return run_stage(Stage.HARDEN, JobContext(ctx.inputs, params, ctx.scratch, files=ctx.files))


def test_an_edited_network_is_written_and_read_back(vanilla: nn.Module, tmp_path: Path) -> None:
    ctx = context(vanilla, tmp_path)
    settings = {**ctx.params["harden"], "method": "meansparse", "sparsity": 0.5}
    value = run_stage(
        Stage.HARDEN, JobContext(ctx.inputs, {**ctx.params, "harden": settings}, ctx.scratch, files=ctx.files)
    )
    assert value["not_written"] == {}
    assert value["decided"]["sparsity"] == 0.5
    x, _ = shipped("holdout", 5)
    spec = InputSpec.model_validate(SPEC)
    read = [load_model(ctx.files[key].path, key, spec) for key in ("torchscript", "onnx")]
    with torch.no_grad():
        first, second = (model(torch.from_numpy(x).float() / 255) for model in read)
        assert np.abs(first.numpy() - vanilla(torch.from_numpy(normalised())).numpy()).max() > 0.1
    torch.testing.assert_close(first, second, rtol=1e-4, atol=1e-4)


def test_the_points_of_a_frontier_are_left_where_that_is_asked_for(vanilla: nn.Module, tmp_path: Path) -> None:
    ctx = context(vanilla, tmp_path)
    asked = {"validation": 0.2, "goal": {"clean_drop": 0.05}, "keep_frontier": True}
    settings = {**ctx.params["harden"], **asked}
    value = run_stage(
        Stage.HARDEN, JobContext(ctx.inputs, {**ctx.params, "harden": settings}, ctx.scratch, files=ctx.files)
    )
    shares = {point["share"] for point in value["frontier"]["points"]} - {value["frontier"]["delivered"]}
    left = {file.name: load_file(file.path) for file in ctx.files.values() if file.kind == "frontier"}
    assert left.keys() == {f"frontier-{share:.4f}.safetensors" for share in shares}
    delivered = load_file(ctx.files["safetensors"].path)
    ends = {0.0: dict(vanilla.state_dict()), value["frontier"]["delivered"]: delivered}
    if 0.0 in shares:
        for name, tensor in left["frontier-0.0000.safetensors"].items():
            np.testing.assert_array_equal(tensor, ends[0.0][name].numpy())
    for tensors in left.values():
        assert any(not np.array_equal(tensor, delivered[name]) for name, tensor in tensors.items())


def test_nothing_is_left_for_stopping_after_the_end(done: tuple[dict[str, Any], JobContext[dict[str, Any]]]) -> None:
    assert not done[1].so_far.exists()
    assert not done[1].moment.exists()
