"""Batch norms over transposed views, whose gradient torch itself gets wrong for one image."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from tests.workers.models.nets import gradient, relative, save_script, save_trace, settled
from workers.models.export import write_onnx, write_pt2, write_torchscript
from workers.models.load import load_model

INPUT = InputSpec(shape=(3, 8, 8))


class Tokens(nn.Module):
    """Image to tokens and back, as CvT and EfficientFormer do it, then a batch norm."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 2, 2)
        self.mix = nn.Linear(6, 6)
        self.norm = nn.BatchNorm2d(6)
        self.fc = nn.Linear(96, 4)

    def forward(self, x: Tensor) -> Tensor:
        tokens = self.mix(self.conv(x).flatten(2).transpose(1, 2))
        grid = tokens.transpose(1, 2).reshape(x.shape[0], 6, 4, 4)
        found: Tensor = self.fc(self.norm(grid).flatten(1))
        return found


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["trace", "script", "pt2", "onnx"])
def test_one_image_has_the_gradient_that_it_has_beside_others(tmp_path: Path, kind: str) -> None:
    net, path, x = settled(Tokens()), tmp_path / "net", torch.rand(2, 3, 8, 8)
    if kind == "script":
        save_script(net, path)
    elif kind == "pt2":
        torch.export.save(torch.export.export(net, (x,), dynamic_shapes=({0: torch.export.Dim("n")},)), str(path))
    else:
        save_trace(net, path, x)
    if kind == "onnx":
        write_onnx(load_model(path, None, INPUT), path)
    model = load_model(path, None, INPUT)
    together = gradient(net.double(), x.double())
    alone = torch.cat([gradient(model, one[None]) for one in x])
    assert relative(alone.double(), together) < 1e-5
    assert relative(gradient(model, x).double(), together) < 1e-5


@pytest.mark.slow
def test_such_a_net_is_written_back(tmp_path: Path) -> None:
    net, x = settled(Tokens()), torch.rand(3, 3, 8, 8)
    model = load_model(save_trace(net, tmp_path / "net.pt", x), None, INPUT)
    for write in (write_torchscript, write_pt2, write_onnx):
        write(model, tmp_path / write.__name__)
        again = load_model(tmp_path / write.__name__, None, INPUT)
        assert relative(again(x), net(x)) < 1e-5
