"""A file that ends in a softmax is trained on its logits, and its checkpoints audit to the same numbers."""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from openapi.attacks import Pgd
from openapi.models import InputSpec
from openapi.stages.base import Stage
from tests.workers.hardening.nets import shipped
from tests.workers.hardening.stage import SPEC, context
from workers.attacks.engine.suite import run_attack
from workers.jobs.running import run_stage
from workers.models.load import load_model


class Probabilities(nn.Module):
    """A network with a softmax behind it."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.net(x).softmax(1)
        return found


@pytest.mark.slow
def test_checkpoints_of_a_file_with_a_softmax_come_back(vanilla: nn.Module, tmp_path: Path) -> None:
    ctx = context(Probabilities(vanilla), tmp_path)
    value = run_stage(Stage.HARDEN, ctx)
    assert value["not_written"] == {}
    assert any("softmax" in warning.lower() for warning in value["inspection"]["warnings"])
    (tmp_path / "plain").mkdir()
    plain = context(vanilla, tmp_path / "plain")
    run_stage(Stage.HARDEN, plain)
    expected, tensors = (load_file(c.files["safetensors"].path) for c in (plain, ctx))
    for name, tensor in expected.items():
        torch.testing.assert_close(tensors[f"net.{name}"], tensor, rtol=1e-5, atol=1e-6)
    x, y = shipped("holdout", 40)
    images, labels = torch.from_numpy(x).float() / 255, torch.from_numpy(y.astype(np.int64))
    read = {
        key: load_model(ctx.files[key].path, None, InputSpec.model_validate(SPEC)) for key in ("torchscript", "onnx")
    }
    names = {name for name, _ in Probabilities(vanilla).named_parameters()}
    found = {}
    for key, model in read.items():
        assert set(model.trainable_parameters()) == names
        run = run_attack(model, Pgd(eps=0.08, steps=5), images, labels, torch.arange(40))
        found[key] = (run.correct, run.robust)
    np.testing.assert_array_equal(found["torchscript"][0], found["onnx"][0])
    assert (found["torchscript"][1] != found["onnx"][1]).sum() <= 1
    with torch.no_grad():
        torch.testing.assert_close(read["onnx"](images), read["torchscript"](images), rtol=1e-4, atol=1e-4)
