"""Tiny networks and files for the tests of workers/models, and their comparison with torch."""

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from openapi.models import InputSpec
from workers.models.audited import AuditedModel
from workers.models.load import load_model

Net = TypeVar("Net", bound=nn.Module)


class ConvNet(nn.Module):
    """conv-bn-relu-pool, a residual block with in-place operators, a flattened head with dropout."""

    def __init__(self, channels: int = 3, classes: int = 5) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 8, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.relu = nn.ReLU(inplace=True)
        self.pool = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(8, 8, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(8)
        self.conv3 = nn.Conv2d(8, 12, 3, stride=2)
        self.drop = nn.Dropout(0.5)
        self.fc1 = nn.Linear(12 * 3 * 3, 16)
        self.fc2 = nn.Linear(16, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(self.relu(self.bn1(self.conv1(x))))
        y = self.bn2(self.conv2(x))
        y += x
        x = F.relu_(self.conv3(self.relu(y)))
        x = self.drop(torch.flatten(x, 1))
        logits: Tensor = self.fc2(torch.tanh(self.fc1(x)))
        return logits


def settled(module: Net, seed: int = 0) -> Net:
    """Eval mode, seeded weights, and running statistics that are not 0 and 1."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            fan = max(1, parameter[0].numel() if parameter.dim() > 1 else 16)
            parameter.copy_(torch.randn(parameter.shape, generator=generator) / fan**0.5)
        for name, buffer in module.named_buffers():
            if name.endswith("running_mean"):
                buffer.copy_(0.1 * torch.randn(buffer.shape, generator=generator))
            elif name.endswith("running_var"):
                buffer.copy_(0.5 + torch.rand(buffer.shape, generator=generator))
    return module.eval()


def save_script(module: nn.Module, path: Path) -> Path:
    """Save as scripted TorchScript."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.script(module), str(path))
    return path


def save_trace(module: nn.Module, path: Path, example: Tensor, *, grad: bool = True) -> Path:
    """Save as traced TorchScript."""
    with warnings.catch_warnings(), torch.set_grad_enabled(grad):
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.trace(module, example, check_trace=False), str(path))
    return path


def relative(found: Tensor, expected: Tensor) -> float:
    """Largest difference over the largest expected value."""
    return float((found - expected).detach().abs().max() / expected.detach().abs().max())


def gradient(model: Any, x: Tensor) -> Tensor:
    """Gradient of the sum of squared logits with respect to the images."""
    x = x.clone().requires_grad_()
    output = model(x)
    output = output[0] if isinstance(output, tuple) else output
    (found,) = torch.autograd.grad(output.square().sum(), x)
    return found


def original(path: Path) -> Callable[[Tensor], Any]:
    """A TorchScript file as torch itself runs it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        script = torch.jit.load(str(path), map_location="cpu").eval()

    def run(x: Tensor) -> Any:
        with warnings.catch_warnings(), torch.jit.optimized_execution(False):  # type: ignore[attr-defined]
            warnings.simplefilter("ignore")
            return script(x)

    return run


def agrees(
    path: Path, shape: tuple[int, ...], batches: Sequence[int] = (1, 3), *, tolerance: float = 1e-4
) -> AuditedModel:
    """Load a TorchScript file, compare logits and input gradients with torch's own, and return the model."""
    model = load_model(path, None, InputSpec(shape=shape))
    theirs = original(path)
    for batch in batches:
        x = torch.rand(batch, *shape, generator=torch.Generator().manual_seed(batch))
        expected = theirs(x)
        expected = expected[0] if isinstance(expected, tuple) else expected
        assert relative(model(x), expected) < tolerance
        assert relative(gradient(model, x), gradient(theirs, x)) < 1e-3
    return model
