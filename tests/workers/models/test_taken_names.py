"""A file's tensors and modules may be called as anything is that a translation has for itself."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

from openapi.models import InputSpec
from tests.workers.models.nets import agrees, gradient, relative, save_script, save_trace, settled
from workers.models.export import write_pt2, write_torchscript
from workers.models.load import load_model

SHAPE = (3, 8, 8)


class Modules(nn.Module):
    """Whose modules are called as parts of our own programs, and of torch.fx's, are."""

    traced_batch: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.state = nn.Conv2d(3, 4, 3)
        self.block = nn.Sequential(nn.Conv2d(4, 4, 3), nn.Tanh())
        self.notes = nn.Linear(4, 4)
        self.batch = nn.Linear(4, 4)
        self.code = nn.Linear(4, 3)
        self.numbers = nn.Parameter(torch.rand(3))
        self.register_buffer("traced_batch", torch.rand(3))
        self.meta = nn.Parameter(torch.rand(3))

    def forward(self, x: Tensor) -> Tensor:
        features = self.block(torch.tanh(self.state(x))).mean((2, 3))
        scores: Tensor = self.code(torch.tanh(self.batch(torch.tanh(self.notes(features)))))
        return scores * self.numbers + self.traced_batch * self.meta


class Writing(nn.Module):
    """Keeps what it computes in an attribute called as ours is."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.state = torch.zeros(1, 4, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        features = self.conv(x)
        self.state = torch.zeros_like(features)
        for _ in range(3):
            self.state = torch.tanh(0.5 * self.state + features)
        return self.state.mean((2, 3))


@pytest.mark.parametrize("how", ["script", "trace", "pt2"])
def test_names_of_our_own(how: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = settled(Modules())
    x = torch.rand(2, *SHAPE)
    path = tmp_path / "net"
    if how == "pt2":
        program = torch.export.export(net, (x,), dynamic_shapes=({0: torch.export.Dim("batch")},))
        torch.export.save(program, str(path))
        model = load_model(path, None, InputSpec())
        assert relative(model(x), net(x)) < 1e-5
        assert relative(gradient(model, x), gradient(net, x)) < 1e-4
    else:
        (save_script(net, path) if how == "script" else save_trace(net, path, x))
        model = agrees(path, SHAPE)
    assert {"block.0.weight", "notes.bias", "state.weight", "numbers"} <= set(model.trainable_parameters())
    assert [layer.name for layer in model.layers][:2] == ["state", "block.0"]
    for name, write in (("again.pt", write_torchscript), ("again.pt2", write_pt2)):
        write(model, tmp_path / name)
        again = load_model(tmp_path / name, None, InputSpec(shape=SHAPE))
        assert relative(again(x), net(x)) < 1e-5


def test_an_attribute_that_is_written(tmp_path: Path) -> None:
    agrees(save_script(settled(Writing()), tmp_path / "net.pt"), SHAPE)


def test_initialisers(tmp_path: Path) -> None:
    """Of an ONNX file, whose names are any text."""
    names = ["weights", "operators", "graph", "code", "onnx", "register_buffer", "meta", "read.weight", "_parameters"]
    draw = np.random.default_rng(0)
    values: dict[str, Any] = {name: draw.uniform(0.5, 1.5, (3, 1, 1)).astype(np.float32) for name in names}
    nodes, last = [], "x"
    for name in names:
        nodes += [
            helper.make_node("Mul", [last, name], [f"{name}*"]),
            helper.make_node("Tanh", [f"{name}*"], [name + "~"]),
        ]
        last = f"{name}~"
    values["training"] = draw.normal(size=(3, 5)).astype(np.float32)
    nodes += [
        helper.make_node("GlobalAveragePool", [last], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["flat"]),
        helper.make_node("Gemm", ["flat", "training"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", 1, ["n", *SHAPE])],
        [helper.make_tensor_value_info("y", 1, ["n", 5])],
        [numpy_helper.from_array(value, name) for name, value in values.items()],
    )
    path = tmp_path / "net.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    x = torch.rand(3, *SHAPE)
    expected = onnxruntime.InferenceSession(path).run(None, {"x": x.numpy()})[0]
    assert relative(load_model(path, None, InputSpec())(x), torch.from_numpy(expected)) < 1e-5
