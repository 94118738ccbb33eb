"""Which class a targeted attack aims at, and how several are aimed at side by side."""

from collections.abc import Iterator

import torch
from torch import Tensor

from workers.attacks.engine.batch import Batch
from workers.attacks.engine.rng import SampleRng
from workers.attacks.maths.losses import others


def runner_up(z: Tensor, y: Tensor, rank: int = 1) -> Tensor:
    """Return the class with the `rank`-th highest clean logit besides y, (n,); 1 is the runner-up."""
    return others(z, y).topk(rank, dim=1).indices[:, rank - 1]


def likeliest(z: Tensor, y: Tensor, targets: int) -> Tensor:
    """Return the `targets` classes with the highest clean logits besides y, the highest first: (n, targets)."""
    return others(z, y).topk(targets, dim=1).indices


def side_by_side(rows: Tensor, copies: int, width: int) -> Iterator[Tensor]:
    """Yield `rows` in groups of equal size of which `copies` copies fill a pass of `width` images.

    A row that survives all of its targets, as most do that are left for a targeted attack, costs as many passes either
    way, but fuller ones; a row that one target takes spares the others the rest of theirs.
    """
    groups = -(-len(rows) // max(1, width // copies))
    yield from rows.tensor_split(groups) if groups else ()


def next_class(y: Tensor, classes: int) -> Tensor:
    """Return (y + 1) mod K."""
    return (y + 1) % classes


def random_class(rng: SampleRng, y: Tensor, classes: int) -> Tensor:
    """Return a class other than y, uniform per sample."""
    rows = torch.arange(len(y), device=y.device)
    return (y + 1 + rng.integers(rows, classes - 1, ())) % classes


def aim(batch: Batch, kind: int | str) -> Tensor:
    """Return (n,) targets of `kind`: ``runner_up``, ``next``, ``random``, or the one class that was chosen."""
    if batch.target is not None:
        return batch.target
    if kind == "next":
        return next_class(batch.y, batch.classes)
    if kind == "random":
        return random_class(batch.rng.stream("pgd.target"), batch.y, batch.classes)
    return runner_up(batch.z, batch.y)


def aim_at_several(batch: Batch, targets: int) -> Tensor:
    """Return (n, k) targets: the `targets` likeliest classes, at most K - 1, or the one class that was chosen."""
    if batch.target is not None:
        return batch.target[:, None]
    return likeliest(batch.z, batch.y, min(targets, batch.classes - 1))
