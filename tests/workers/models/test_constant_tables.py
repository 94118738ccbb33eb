"""What a program writes in place without the image is one constant in the ONNX files that we write."""

import copy
from pathlib import Path

import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from openapi.models import InputSpec
from tests.workers.models.nets import save_script
from workers.models.constant_tables import constant_tables
from workers.models.export import write_onnx
from workers.models.from_module import audit_module
from workers.models.load import load_model


class Shifted(nn.Module):
    """Windows that are shifted and masked, as Swin's: a table that each call fills by parts."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 4, stride=4)
        self.table_0 = nn.Parameter(torch.rand(4))
        self.head = nn.Linear(4, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tokens = torch.roll(self.conv(x), (-1, -1), (2, 3)).flatten(2).transpose(1, 2)
        parts = x.new_zeros((4, 4))
        number = 0
        for rows in ((0, 2), (2, 3), (3, 4)):
            for columns in ((0, 2), (2, 3), (3, 4)):
                parts[rows[0] : rows[1], columns[0] : columns[1]] = number
                number += 1
        parts = parts.view(16, 1) - parts.view(1, 16)
        mask = parts.masked_fill(parts != 0, -100.0).masked_fill(parts == 0, 0.0)
        weights = torch.softmax(tokens @ tokens.transpose(1, 2) + mask, -1)
        scores: torch.Tensor = self.head((weights @ (tokens * self.table_0)).mean(1))
        return scores


@pytest.mark.parametrize("images", [1, 3])
def test_a_scripted_table_that_is_filled_by_parts_is_written_as_onnx(images: int, tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = Shifted().eval()
    model = load_model(save_script(net, tmp_path / "net.pt"), None, InputSpec(shape=(3, 16, 16)))
    before = str(model.graph.graph)
    write_onnx(model, tmp_path / "net.onnx")
    assert str(model.graph.graph) == before
    x = torch.rand(images, 3, 16, 16)
    (found,) = onnxruntime.InferenceSession(tmp_path / "net.onnx").run(None, {"input": x.numpy()})
    torch.testing.assert_close(torch.from_numpy(found), net(x).detach(), rtol=1e-4, atol=1e-5)
    names = {initialiser.name for initialiser in onnx.load(tmp_path / "net.onnx").graph.initializer}
    assert {"table_0", "conv.weight"} <= names


class Drawn(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        noise = x.new_empty((3, 4, 4)).uniform_()
        return (x + noise).flatten(1)


def test_what_is_drawn_at_random_is_no_constant() -> None:
    model = audit_module(Drawn(), InputSpec(shape=(3, 4, 4)))
    graph = copy.deepcopy(model.graph.graph)
    assert constant_tables(graph, model.graph) == {}
    assert str(graph) == str(model.graph.graph)
