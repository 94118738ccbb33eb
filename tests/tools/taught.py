"""Small healthy nets: torchvision's families, taught five garments of the shipped pictures."""

import functools
import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tests.workers.models.onnx.nets import CLASSES, build

#: The first of Fashion-MNIST's training images and of its test images; a net sees the former alone.
_SPLITS = {split: Path(__file__).parents[2] / "deploy" / "demo" / f"{split}.npz" for split in ("train", "holdout")}
_BATCH = 64
#: How many times a family's net sees the garments, and the highest rate of its steps.
_COURSE = (8, 3e-3)
#: Those that know too little by then: MNASNet's is a tenth as wide as torchvision's, and as deep.
_COURSES = {"mnasnet": (12, 2e-2)}


@functools.cache
def _garments(split: str) -> tuple[Tensor, Tensor]:
    """Grey images (n, 1, 28, 28) in [0, 1] of the first five classes (T-shirt to coat), and their labels (n,)."""
    with np.load(_SPLITS[split], allow_pickle=False) as data:
        x, y = torch.from_numpy(data["x"]), torch.from_numpy(data["y"]).long()
    kept = y < CLASSES
    return x[kept].permute(0, 3, 1, 2).float() / 255, y[kept]


def pictures(n: int, shape: tuple[int, ...], split: str = "holdout") -> tuple[Tensor, Tensor]:
    """Return the first n garments as images (n, c, h, w) of whole grey levels in [0, 1], and labels (n,)."""
    c, h, w = shape
    x, y = (part[:n] for part in _garments(split))
    assert len(x) == n or n > 1000
    x = F.interpolate(x, (h, w), mode="bilinear", align_corners=False)
    return ((x * 255).round() / 255).expand(-1, c, h, w).contiguous(), y


@functools.cache
def taught(family: str, folder: Path | None = None) -> tuple[nn.Module, tuple[int, ...]]:
    """Return a family's small net after some epochs on 1,985 garments, in eval mode, and the shape of its images.

    folder: where weights are kept, so that the next process need not train again.
    """
    net, example = build(family)
    shape = tuple(example.shape[1:])
    kept = folder / f"{family}.pt" if folder is not None else None
    if kept is not None and kept.exists():
        net.load_state_dict(torch.load(kept, weights_only=True))
        return net.eval(), shape
    _train(net, *pictures(10_000, shape, "train"), *_COURSES.get(family, _COURSE))
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        torch.save(net.state_dict(), kept)
    return net.eval(), shape


def _train(net: nn.Module, x: Tensor, y: Tensor, epochs: int, rate: float) -> None:
    """Minimise the cross-entropy by AdamW and one cycle of its rate."""
    torch.manual_seed(0)
    order = random.Random(0)
    steps = len(x) // _BATCH
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=1e-2)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=rate, total_steps=epochs * steps)
    for _ in range(epochs):
        rows = torch.tensor(order.sample(range(len(x)), len(x)))
        for batch in rows.split(_BATCH)[:steps]:
            optimiser.zero_grad()
            F.cross_entropy(net.train()(x[batch]), y[batch]).backward()
            optimiser.step()
            cycle.step()
    _settle_norms(net, x)


@torch.no_grad()
def _settle_norms(net: nn.Module, x: Tensor) -> None:
    """Give batch norms the statistics of x (n, c, h, w): MNASNet's follow 0.03 % a step and would take thousands."""
    norms = [module for module in net.modules() if isinstance(module, nn.BatchNorm2d)]
    kept = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over what follows
    for batch in x.split(256):
        net.train()(batch)
    for norm, momentum in zip(norms, kept, strict=True):
        norm.momentum = momentum
