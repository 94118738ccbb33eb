"""Small networks for 28×28 grey images, and the shipped images they learn from."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from openapi.hardening_options import HardenOptions

DEMO = Path(__file__).parents[3] / "deploy" / "demo"
EPS = 0.08


class TinyNet(nn.Module):
    """Three strided convolutions and a linear head."""

    def __init__(self, norm: bool = False) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, 5, stride=2, padding=2)
        self.norm1 = nn.BatchNorm2d(10) if norm else nn.Identity()
        self.conv2 = nn.Conv2d(10, 20, 3, stride=2, padding=1)
        self.norm2 = nn.BatchNorm2d(20) if norm else nn.Identity()
        self.conv3 = nn.Conv2d(20, 30, 3, stride=2, padding=1)
        self.head = nn.Linear(30 * 16, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm1(self.conv1(x)).relu()
        x = self.norm2(self.conv2(x)).relu()
        logits: Tensor = self.head(self.conv3(x).relu().flatten(1))
        return logits


def shipped(name: str, count: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The first `count` images (n, 1, 28, 28) uint8 and labels of a shipped split."""
    with np.load(DEMO / f"{name}.npz", allow_pickle=False) as data:
        return np.ascontiguousarray(data["x"][:count].reshape(-1, 1, 28, 28)), data["y"][:count]


def trained(norm: bool = False, epochs: int = 6) -> nn.Module:
    """A TinyNet that has learnt 800 shipped images."""
    pixels, labels = shipped("train", 800)
    x, y = torch.from_numpy(pixels).float() / 255, torch.from_numpy(labels).long()
    generator = torch.Generator().manual_seed(0)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = TinyNet(norm).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(epochs):
        for rows in torch.randperm(len(x), generator=generator).split(50):
            optimizer.zero_grad()
            F.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
    return model.eval()


def options(**changes: Any) -> HardenOptions:
    """Quick settings; `lambda_` is written so."""
    quick: dict[str, Any] = {
        "eps": EPS, "steps": 3, "epochs": 2, "batch_size": 50, "optimizer": "adam", "lr": 3e-3, "lambda_": 0.05,
        "pairs": 100, "max_samples": 400, "warmup": 0.0,
    }  # fmt: skip
    return HardenOptions(**(quick | changes))
