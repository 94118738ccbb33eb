"""Which class a targeted attack aims at."""

import torch
from torch import Tensor

from workers.attacks.losses import others
from workers.attacks.rng import SampleRng


def runner_up(z: Tensor, y: Tensor, rank: int = 1) -> Tensor:
    """Return the class with the `rank`-th highest clean logit besides y, (n,); 1 is the runner-up."""
    return others(z, y).topk(rank, dim=1).indices[:, rank - 1]


def next_class(y: Tensor, classes: int) -> Tensor:
    """Return (y + 1) mod K."""
    return (y + 1) % classes


def random_class(rng: SampleRng, y: Tensor, classes: int) -> Tensor:
    """Return a class other than y, uniform per sample."""
    rows = torch.arange(len(y), device=y.device)
    return (y + 1 + rng.integers(rows, classes - 1, ())) % classes


def target_classes(kind: str, z: Tensor, y: Tensor, rng: SampleRng) -> Tensor:
    """Return (n,) targets of `kind`: ``runner_up``, ``next`` or ``random``."""
    if kind == "next":
        return next_class(y, z.shape[1])
    return random_class(rng, y, z.shape[1]) if kind == "random" else runner_up(z, y)
