"""A small training as the stage `harden` is given it, from a TorchScript file."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from tests.workers.hardening.nets import options, shipped
from workers.jobs.context import JobContext

MEAN, STD = 0.286, 0.353
SPEC = {"shape": [1, 28, 28], "mean": [MEAN], "std": [STD]}


def write_torchscript(model: nn.Module, path: Path, freeze: bool = False) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        traced = torch.jit.trace(model, torch.rand(2, 1, 28, 28))
        (torch.jit.freeze(traced) if freeze else traced).save(str(path))


def context(model: nn.Module, folder: Path, freeze: bool = False) -> JobContext[dict[str, Any]]:
    inputs = {name: folder / f"{name}.npy" for name in "xy"} | {"model": folder / "model.pt"}
    x, y = shipped("train", 150)
    np.save(inputs["x"], x)
    np.save(inputs["y"], y)
    write_torchscript(model, inputs["model"], freeze)
    params = {
        "model": {"format": "torchscript", "input": SPEC},
        "harden": options(epochs=1, pairs=50, max_samples=None).model_dump(mode="json", by_alias=True),
        "seed": 4,
        "parent": {"id": "mdl_1", "sha256": "not believed", "name": "tiny"},
        "dataset": {"id": "dst_1", "name": "fashion"},
    }
    scratch = folder / "scratch"
    scratch.mkdir()
    return JobContext(inputs, params, scratch)


def normalised(count: int = 5) -> np.ndarray[Any, Any]:
    """What the uploaded file takes: pixels with its own normalisation applied outside."""
    x, _ = shipped("holdout", count)
    found: np.ndarray[Any, Any] = ((x.astype(np.float32) / 255 - MEAN) / STD).astype(np.float32)
    return found


class Ranked(nn.Module):
    """Reads the third smallest number of each map, which ONNX has no operator for."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 6, 5, stride=3)
        self.head = nn.Linear(6, 10)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.conv(x).flatten(2).kthvalue(3, 2).values)
        return logits
