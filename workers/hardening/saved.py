"""A training in the middle, as a file: all that decides how it goes on, so that it ends with the same bits."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypedDict

import torch
from torch import Tensor

from openapi.base import JsonObject
from openapi.problems import JobFailed

Tensors = Mapping[str, Tensor]


class SavedChoice(TypedDict):
    """`workers.hardening.choice.Chosen`."""

    epoch: int
    value: float
    weights: Tensors


class SavedCandidate(TypedDict):
    """`workers.hardening.frontier.Candidate`."""

    epoch: int
    clean_accuracy: float
    robust_accuracy: float
    weights: Tensors


class SavedBest(TypedDict):
    """The epoch that is best for one who stops here: told: a `BestSoFar`, as JSON; file: its weights as a safetensors
    file, bytes."""

    value: float
    told: JsonObject
    file: Tensor


@dataclass
class Moment:
    """Where a training stands, after `batch` batches of `epoch` (0: before the first).

    weights: parameters and buffers by name. average: of the moving average, with its number of steps. omega: layer →
    neurons. sums: of loss, L_adv and L_sns over the batches of this epoch. log: the epochs that ended, as JSON.
    chosen: the weights that are best so far, with their epoch and number. rolled_back: how often a loss that was no
    number any more sent the training back. start: the beginning of the epoch, in the middle of one; note: what its line
    of the log will say. candidate: the epoch that serves the goal best so far. factors, micro: of `Steps`. decided:
    what was found out before the training began, as JSON. best: what is left of a training that never ends, which
    decides nothing.
    """

    epoch: int
    batch: int
    weights: Tensors
    optimizer: dict[str, Any]
    generator: Tensor
    omega: Tensors
    average: Tensors | None = None
    average_steps: int = 0
    sums: tuple[float, ...] = (0.0, 0.0, 0.0)
    lr_scale: float = 1.0
    rolled_back: int = 0
    log: list[JsonObject] = field(default_factory=list)
    chosen: SavedChoice | None = None
    note: str | None = None
    start: dict[str, Any] | None = None
    factors: dict[str, float] | None = None
    micro: int | None = None
    decided: JsonObject | None = None
    candidate: SavedCandidate | None = None
    best: SavedBest | None = None

    def write(self, path: Path) -> None:
        """Write it; a file that is already there is replaced in one move."""
        partial = path.with_name(path.name + ".partial")
        try:
            torch.save(vars(self), partial)
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)

    @classmethod
    def read(cls, path: Path, device: str | torch.device) -> "Moment":
        """Read what `write` left; raises `JobFailed` for a file that is none. Runs no code of the file's."""
        try:
            found = torch.load(path, map_location=device, weights_only=True)
            return cls(**{f.name: found[f.name] for f in fields(cls)})
        except Exception as error:  # a damaged file raises anything
            raise JobFailed(f"the checkpoint of this training cannot be read: {error}") from error


def copies(tensors: Tensors) -> dict[str, Tensor]:
    """The same values in tensors of their own."""
    return {name: t.detach().clone() for name, t in tensors.items()}


def put(tensors: Tensors, values: Tensors) -> None:
    """Set tensors to values, by name."""
    with torch.no_grad():
        for name, value in values.items():
            tensors[name].copy_(value)
