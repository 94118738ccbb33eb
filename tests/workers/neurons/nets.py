"""Tiny tapped models whose numbers can be worked out by hand."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from openapi.models import LayerInfo


class HandNet:
    """Two pixels in a row; conv: F⁰ = x, F¹ = 1 − 2x; linear: z₀ = a − b, z₁ = a + b − ¾, z₂ = 0."""

    layers = (
        LayerInfo(name="conv", kind="conv", neurons=2, shape=(2, 1, 2), depth=0),
        LayerInfo(name="head", kind="linear", neurons=3, shape=(3,), depth=1),
    )

    def __call__(self, x: Tensor) -> tuple[Tensor, Mapping[str, Tensor]]:
        conv = F.conv2d(x, torch.tensor([1.0, -2.0]).reshape(2, 1, 1, 1), torch.tensor([0.0, 1.0]))
        weight = torch.tensor([[1.0, -1.0], [1.0, 1.0], [0.0, 0.0]])
        z = F.linear(x.flatten(1), weight, torch.tensor([0.0, -0.75, 0.0]))
        return z, {"conv": conv, "head": z}


#: Two dual pairs in quarters, exact in float32.
HAND_X = torch.tensor([[0.25, 0.5], [1.0, 0.0]]).reshape(2, 1, 1, 2)
HAND_X_ADV = torch.tensor([[0.5, 0.5], [0.75, 0.25]]).reshape(2, 1, 1, 2)


class SmallNet(nn.Module):
    """Three convolutions and a linear head on 1×8×8 images; `tapped` gives their pre-activations."""

    def __init__(self, seed: int = 0, classes: int = 3) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
            self.conv2 = nn.Conv2d(8, 12, 3, padding=1, stride=2)
            self.conv3 = nn.Conv2d(12, 16, 3, padding=1, stride=2)
            self.head = nn.Linear(16 * 4, classes)

    def tapped(self, x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        a1 = self.conv1(x)
        a2 = self.conv2(a1.relu())
        a3 = self.conv3(a2.relu())
        z = self.head(a3.relu().flatten(1))
        return z, {"conv1": a1, "conv2": a2, "conv3": a3, "head": z}

    def forward(self, x: Tensor) -> Tensor:
        return self.tapped(x)[0]
