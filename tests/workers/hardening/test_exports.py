"""What the stage `harden` writes: formats that stand in for others, the ones asked for besides, and what is lost."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from openapi.attacks import Pgd
from openapi.models import InputSpec
from openapi.problems import JobFailed
from openapi.stages.base import Stage
from tests.workers.hardening.nets import options, shipped
from tests.workers.hardening.stage import MEAN, SPEC, STD, Ranked, context
from workers.attacks.engine.suite import run_attack
from workers.hardening.checkpoints import WRITERS, Checkpoints
from workers.hardening.data import TrainingSet
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage
from workers.models.audited import Origin
from workers.models.from_module import audit_module
from workers.models.load import load_model

pytestmark = pytest.mark.slow


def test_what_could_be_written_is_delivered_and_the_rest_is_told(tmp_path: Path) -> None:
    ctx = context(Ranked().eval(), tmp_path)
    value = run_stage(Stage.HARDEN, ctx)
    assert {"torchscript", "safetensors", "manifest", "log", "example"} == set(ctx.files)
    assert all(file.path.is_file() for file in ctx.files.values())
    assert {path.name for path in ctx.scratch.iterdir()} == {file.name for file in ctx.files.values()}
    assert "kthvalue" in value["not_written"]["onnx"]
    assert json.loads(ctx.files["manifest"].path.read_text())["not_written"] == value["not_written"]
    assert any("could not be written as onnx" in line for line in value["inspection"]["warnings"])


def test_another_format_stands_in_for_one_that_cannot_hold_the_network(tmp_path: Path) -> None:
    model = audit_module(Ranked().eval(), InputSpec(shape=(1, 28, 28)))
    model.origin = Origin("onnx")
    found = Checkpoints.tried(model, tmp_path)
    assert found.check() == "torchscript"
    assert any("audited as torchscript" in line for line in found.notes())
    assert not list(tmp_path.iterdir())


def test_no_training_begins_that_would_be_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx = context(Ranked().eval(), tmp_path)
    for name in WRITERS.keys() - {"safetensors"}:
        monkeypatch.setitem(WRITERS, name, ("file", lambda model, path: path.read_bytes()))
    monkeypatch.setattr("workers.hardening.training.Hardener.run", lambda *_: pytest.fail("trained"))
    with pytest.raises(JobFailed, match=r"cannot be written in any format.*torchscript: "):
        run_stage(Stage.HARDEN, ctx)


@pytest.fixture(scope="module")
def exported(vanilla: nn.Module, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], JobContext[Any]]:
    ctx = context(vanilla, tmp_path_factory.mktemp("exports"))
    wanted = {"exports": {"opset": 21, "pt2": True, "int8": True}, "validation": 0.2}
    ctx.params["harden"] = options(epochs=1, pairs=50, max_samples=None, **wanted).model_dump(
        mode="json", by_alias=True
    )
    return run_stage(Stage.HARDEN, ctx), ctx


def test_the_opset_is_the_one_asked_for_and_the_batch_is_free(exported: tuple[dict[str, Any], JobContext[Any]]) -> None:
    proto = onnx.load(exported[1].files["onnx"].path)
    assert {entry.domain: entry.version for entry in proto.opset_import}[""] == 21
    assert proto.graph.input[0].type.tensor_type.shape.dim[0].dim_param


def test_the_8_bit_file_is_measured(exported: tuple[dict[str, Any], JobContext[Any]]) -> None:
    value, ctx = exported
    assert value["not_written"] == {}
    path = ctx.files["int8"].path
    assert {"QuantizeLinear", "DequantizeLinear"} <= {node.op_type for node in onnx.load(path).graph.node}
    found = value["quantised"]
    assert (found["judged_on"], found["n"], found["calibrated_on"]) == ("validation", 30, 120)
    x, y = shipped("train", 150)
    _, held_out = TrainingSet(x, y).split(0.2, 4)
    rows = next(held_out.all(30))
    classes = {}
    for name in ("onnx", "int8"):
        session = onnxruntime.InferenceSession(ctx.files[name].path, providers=["CPUExecutionProvider"])
        logits = session.run(None, {"input": ((rows.x.numpy() - MEAN) / STD).astype(np.float32)})[0]
        classes[name] = logits.argmax(1)
    assert found["accuracy"] == pytest.approx((classes["int8"] == rows.y.numpy()).mean())
    assert found["float_accuracy"] == pytest.approx((classes["onnx"] == rows.y.numpy()).mean())
    assert found["agreement"] == pytest.approx((classes["int8"] == classes["onnx"]).mean())
    assert found["agreement"] > 0.8
    told = json.loads(ctx.files["manifest"].path.read_text())
    assert told["quantised"] == found
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert told["files"]["int8"] == {"name": "hardened.int8.onnx", "size": path.stat().st_size, "sha256": digest}


def test_every_format_audits_to_the_same_numbers(exported: tuple[dict[str, Any], JobContext[Any]]) -> None:
    x, y = shipped("holdout", 64)
    images, labels = torch.from_numpy(x).float() / 255, torch.from_numpy(y.astype(np.int64))
    found = {}
    for name in ("torchscript", "onnx", "pt2"):
        model = load_model(exported[1].files[name].path, None, InputSpec.model_validate(SPEC))
        run = run_attack(model, Pgd(eps=0.08, steps=5), images, labels, torch.arange(64))
        found[name] = (run.correct, run.success, model.num_parameters, sorted(dict(model.graph.named_parameters())))
    for name in ("onnx", "pt2"):
        np.testing.assert_array_equal(found[name][0], found["torchscript"][0])
        # A step's sign may turn where formats round a gradient differently: at most one image on the edge.
        assert (found[name][1] != found["torchscript"][1]).sum() <= 1
        assert found[name][2:] == found["torchscript"][2:]
