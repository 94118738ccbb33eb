"""Parts of a program under autocast or no_grad are read as what they compute."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from openapi.problems import ModelMalformed
from tests.workers.models.nets import gradient, relative
from workers.models.load import load_model
from workers.models.pt2_regions import inlined


class Regions(nn.Module):
    """Region in region, several results of one, one given back as it came."""

    def __init__(self, autocast: bool = False) -> None:
        super().__init__()
        self.conv, self.fc, self.autocast = nn.Conv2d(3, 6, 3), nn.Linear(6, 4), autocast

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        with torch.autocast("cpu", enabled=self.autocast):
            pooled = x.float().mean((2, 3))
            twice = pooled * 2
            with torch.no_grad():
                gate = twice.sigmoid()
            scores = self.fc(pooled * gate)
        with torch.no_grad():
            scale = gate.mean(1, keepdim=True) + 1
        other: Tensor = self.fc(twice) / 4
        found: Tensor = scores * scale + other
        return found


def exported(net: nn.Module, path: Path) -> Path:
    shapes = ({0: torch.export.Dim("batch")},)
    torch.export.save(torch.export.export(net.eval(), (torch.rand(2, 3, 9, 9),), dynamic_shapes=shapes), path)
    return path


def targets(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("models/model.json"))
        return [node["target"] for node in json.loads(archive.read(name))["graph_module"]["graph"]["nodes"]]


def test_regions_are_read(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = Regions()
    path = exported(net, tmp_path / "net.pt2")
    assert sum("higher_order.wrap_with" in target for target in targets(path)) >= 2
    model = load_model(path, None, InputSpec(shape=(3, 9, 9)))
    for n in (1, 5):
        x = torch.rand(n, 3, 9, 9)
        assert relative(model(x), net(x)) < 1e-6

    class Flows(Regions):
        """The same without no_grad: the gradient flows through what was traced without one."""

        def forward(self, x: Tensor) -> Tensor:
            pooled = self.conv(x).mean((2, 3))
            gate = (pooled * 2).sigmoid()
            other: Tensor = self.fc(pooled * 2) / 4
            scores: Tensor = self.fc(pooled * gate) * (gate.mean(1, keepdim=True) + 1)
            return scores + other

    flows = Flows()
    flows.load_state_dict(net.state_dict())
    assert relative(gradient(model, x), gradient(flows, x)) < 1e-4
    assert set(model.trainable_parameters()) == {"conv.weight", "conv.bias", "fc.weight", "fc.bias"}
    assert model.warnings == ()


def test_less_precision_is_not_followed_and_said(tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = Regions(autocast=True)
    model = load_model(exported(net, tmp_path / "net.pt2"), None, InputSpec(shape=(3, 9, 9)))
    net.autocast = False
    x = torch.rand(3, 3, 9, 9)
    assert relative(model(x), net(x)) < 1e-2
    assert any("autocast; it is computed in float32" in text for text in model.warnings)


def _tensor(name: str) -> dict[str, Any]:
    return {"as_tensor": {"name": name}}


def _region(inputs: list[str], outputs: list[str], given: list[str], results: list[str]) -> dict[str, Any]:
    inner = {"target": "f", "inputs": [{"name": "self", "arg": _tensor(inputs[0])}], "outputs": [_tensor("made")]}
    graph = {"inputs": [*map(_tensor, inputs)], "outputs": [*map(_tensor, outputs)], "nodes": [inner]}
    arguments = [{"as_bool": False}, {"as_graph": {"name": "part", "graph": graph}}, *map(_tensor, given)]
    return {
        "target": "torch.ops.higher_order.wrap_with_set_grad_enabled",
        "inputs": [{"name": "", "arg": arg} for arg in arguments],
        "outputs": [*map(_tensor, results)],
    }


def test_values_given_back_as_they_came_or_twice() -> None:
    nodes = list(inlined([_region(["a"], ["a", "made", "made"], ["x"], ["p", "q", "r"])], []))
    said = [(n["target"], n["inputs"][0]["arg"]["as_tensor"]["name"], n["outputs"]) for n in nodes]
    alias = "torch.ops.aten.alias.default"
    assert said == [("f", "x", [_tensor("q")]), (alias, "x", [_tensor("p")]), (alias, "q", [_tensor("r")])]


def test_a_part_that_takes_other_values_is_malformed() -> None:
    with pytest.raises(ModelMalformed, match="passes other values"):
        list(inlined([_region(["a", "b"], ["made"], ["x"], ["p"])], []))
