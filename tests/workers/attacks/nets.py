"""Tiny models with known answers, shared by the attack tests."""

import torch
from torch import Tensor, nn

from openapi.attacks.base import Attack
from workers.attacks.engine.attack_run import AttackRun
from workers.attacks.engine.suite import run_attack


class Linear(nn.Module):
    """z = W x + b on flattened pixels."""

    def __init__(self, weight: Tensor, bias: Tensor | None = None) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight)
        self.bias = nn.Parameter(torch.zeros(len(weight)) if bias is None else bias)

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.linear(x.flatten(1), self.weight, self.bias)


def small_cnn(seed: int = 0, classes: int = 4) -> nn.Sequential:
    """An untrained CNN for 1×8×8 images: labels are its own predictions."""
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(6, 8, 3, stride=2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(72, classes),
    )


def linear_layer(net: nn.Sequential, place: int) -> nn.Linear:
    """The net's layer at this place, which is a linear one."""
    layer = net[place]
    assert isinstance(layer, nn.Linear)
    return layer


def problem(model: nn.Module, n: int, shape: tuple[int, int, int] = (1, 8, 8), seed: int = 1) -> tuple[Tensor, Tensor]:
    """Return n random images and the model's own labels."""
    x = torch.rand(n, *shape, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        return x, model(x).argmax(1)


def attack(model: nn.Module, spec: Attack, x: Tensor, y: Tensor, **options: int) -> AttackRun:
    """Run on samples 0..n-1."""
    return run_attack(model, spec, x, y, torch.arange(len(x)), **options)  # type: ignore[arg-type]
