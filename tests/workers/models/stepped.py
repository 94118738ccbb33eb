"""Nets whose values go in steps, the files they come in, and what is owed to them: the value, and a gradient."""

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from tests.workers.models.nets import save_script, save_trace, settled
from workers.models.inspection import inspect_audited
from workers.models.load import load_model

SHAPE = (3, 8, 8)


class SteppedNet(nn.Module):
    """A small net; `smooth` is its formula without the steps."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3)
        self.fc = nn.Linear(6, 4)

    def tail(self, x: Tensor) -> Tensor:
        found: Tensor = self.fc(torch.tanh(self.conv(x)).mean([2, 3]))
        return found

    def smooth(self, x: Tensor) -> Tensor:
        return self.tail(x)


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


def check_steps(net: SteppedNet, how: str, folder: Path, *, alike: float, says: str) -> None:
    """The value is the file's, the gradient has a cosine above `alike` with that without steps, a warning `says` so."""
    net = settled(net)
    x = torch.rand(3, *SHAPE, generator=torch.Generator().manual_seed(1))
    path = WAYS[how](net, folder / "model", x[:2])
    model = load_model(path, None, InputSpec(shape=SHAPE))
    torch.testing.assert_close(model(x), net(x), rtol=1e-6, atol=1e-6)
    z = x.clone().requires_grad_()
    (found,) = torch.autograd.grad(model(z).square().sum(), z)
    (expected,) = torch.autograd.grad(net.smooth(z).square().sum(), z)
    assert torch.nn.functional.cosine_similarity(found.flatten(), expected.flatten(), dim=0) > alike
    inspection = inspect_audited(model, path)
    assert inspection.differentiable
    assert any(says in said for said in inspection.warnings)
