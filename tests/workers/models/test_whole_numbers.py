"""Casts to integers, floor division and shifts: the file's value, and the gradient of the formula without steps."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from tests.workers.models.nets import save_script, save_trace, settled
from workers.models.inspection import inspect_audited
from workers.models.load import load_model

SHAPE = (3, 8, 8)


class _Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3)
        self.fc = nn.Linear(6, 4)

    def tail(self, x: Tensor) -> Tensor:
        found: Tensor = self.fc(torch.tanh(self.conv(x)).mean([2, 3]))
        return found

    def smooth(self, x: Tensor) -> Tensor:
        return self.tail(x)


class Whole(_Net):
    def forward(self, x: Tensor) -> Tensor:
        return self.tail((x * 255).long().float() / 255)


class Promoted(_Net):
    def forward(self, x: Tensor) -> Tensor:
        return self.tail((x * 255 + 0.5).to(torch.int32) / 255.0)


class Fewer(_Net):
    """Sixteen levels by division and multiplication of integers."""

    def forward(self, x: Tensor) -> Tensor:
        return self.tail(((x * 255).long() // 16 * 16).to(x.dtype) / 255)


class Floors(_Net):
    def forward(self, x: Tensor) -> Tensor:
        return self.tail(torch.floor_divide(x, 0.05) * 0.05 + torch.div(x, 0.1, rounding_mode="trunc") * 0.1)

    def smooth(self, x: Tensor) -> Tensor:
        return self.tail(2 * x)


class Bits(_Net):
    """The upper four bits, once masked and once shifted down."""

    def forward(self, x: Tensor) -> Tensor:
        levels = (x * 255).to(torch.uint8)
        return self.tail((levels & 0xF0).float() / 255 + (levels >> 4).float() / 16)

    def smooth(self, x: Tensor) -> Tensor:
        return self.tail(x + x * 255 / 256)


class Shifted(_Net):
    """The upper four bits by a shift alone, which both kinds of ONNX files can say."""

    def forward(self, x: Tensor) -> Tensor:
        return self.tail(((x * 255).to(torch.uint8) >> 4).float() / 16)


class Rests(_Net):
    """Fewer levels by taking away what a division leaves."""

    def forward(self, x: Tensor) -> Tensor:
        levels = (x * 255).long()
        return self.tail(x - torch.remainder(x, 0.05) + x - torch.fmod(x, 0.1) + (levels - levels % 16).float() / 255)

    def smooth(self, x: Tensor) -> Tensor:
        return self.tail(3 * x)


class Signs(_Net):
    def forward(self, x: Tensor) -> Tensor:
        return self.tail(0.02 * (torch.sgn(x - 0.5) + torch.heaviside(x - 0.5, torch.tensor(0.5))))

    def smooth(self, x: Tensor) -> Tensor:
        return self.tail(0.03 * (x - 0.5))


def _pt2(net: nn.Module, path: Path, x: Tensor) -> Path:
    dimensions = ({0: torch.export.Dim("batch", min=1, max=64)},)
    torch.export.save(torch.export.export(net, (x,), dynamic_shapes=dimensions), path)
    return path


def _onnx(net: nn.Module, path: Path, x: Tensor) -> Path:
    axes = {"x": {0: "n"}}
    torch.onnx.export(net, (x,), path, dynamo=False, opset_version=17, input_names=["x"], dynamic_axes=axes)
    return path


WAYS: dict[str, Callable[[nn.Module, Path, Tensor], Path]] = {
    "script": lambda net, path, x: save_script(net, path),
    "trace": save_trace,
    "pt2": _pt2,
    "onnx": _onnx,
}
KINDS = (Whole, Promoted, Fewer, Floors, Bits, Shifted, Rests, Signs)
#: torch's legacy exporter knows neither masks of bits nor sgn and heaviside.
UNWRITTEN = {(Bits, "onnx"), (Signs, "onnx")}
CASES = [(kind, how) for kind in KINDS for how in WAYS if (kind, how) not in UNWRITTEN]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("kind", "how"), CASES, ids=lambda part: part if isinstance(part, str) else part.__name__)
def test_the_value_is_the_files_and_the_gradient_passes(kind: type[_Net], how: str, tmp_path: Path) -> None:
    net = settled(kind())
    x = torch.rand(3, *SHAPE, generator=torch.Generator().manual_seed(1))
    path = WAYS[how](net, tmp_path / "model", x[:2])
    model = load_model(path, None, InputSpec(shape=SHAPE))
    torch.testing.assert_close(model(x), net(x), rtol=1e-6, atol=1e-6)
    z = x.clone().requires_grad_()
    (found,) = torch.autograd.grad(model(z).square().sum(), z)
    (expected,) = torch.autograd.grad(net.smooth(z).square().sum(), z)
    assert torch.nn.functional.cosine_similarity(found.flatten(), expected.flatten(), dim=0) > 0.9
    inspection = inspect_audited(model, path)
    assert inspection.differentiable
    assert any("straight-through estimates" in said for said in inspection.warnings)


class Chosen(_Net):
    """Whole numbers that choose a row of a table: no gradient leads there, and none is made up."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(256, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.tail(self.table((x[:, 0] * 255).long()).permute(0, 3, 1, 2))


def test_what_whole_numbers_choose_has_no_gradient(tmp_path: Path) -> None:
    net = settled(Chosen())
    x = torch.rand(2, *SHAPE)
    model = load_model(save_trace(net, tmp_path / "model", x), None, InputSpec(shape=SHAPE))
    torch.testing.assert_close(model(x), net(x))
    found = inspect_audited(model)
    assert not found.differentiable
    assert any("only black-box attacks" in said for said in found.warnings)
