"""Training images: memory-mapped, read by batches in an order that the seed decides."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from openapi.problems import DatasetMismatch, DatasetRejected


@dataclass(frozen=True)
class Rows:
    """x (n, c, h, w) float32 in [0, 1], y (n,) int64, index (n,) int64 numbers in the data set."""

    x: Tensor
    y: Tensor
    index: Tensor


class TrainingSet:
    """The first `limit` samples of a data set, or some of them; images uint8 or float32 in [0, 1], (N, c, h, w).

    numbers: (n,) int64, ascending, which samples of the data set these are; None is the first `limit`.
    """

    def __init__(
        self,
        pixels: npt.NDArray[Any],
        labels: npt.NDArray[Any],
        limit: int | None = None,
        device: str = "cpu",
        numbers: npt.NDArray[np.int64] | None = None,
    ) -> None:
        self._pixels, self._labels, self._device = pixels, labels, device
        first = min(len(labels), len(labels) if limit is None else limit)
        self.numbers = np.arange(first, dtype=np.int64) if numbers is None else numbers
        if not len(self.numbers):
            raise DatasetRejected("the training data set holds no samples")

    @classmethod
    def open(cls, x: Path, y: Path, limit: int | None = None, device: str = "cpu") -> "TrainingSet":
        """Map the decoded arrays of a data set."""
        return cls(
            np.load(x, mmap_mode="r", allow_pickle=False), np.load(y, allow_pickle=False), limit=limit, device=device
        )

    def __len__(self) -> int:
        return len(self.numbers)

    def split(self, share: float, seed: int) -> tuple["TrainingSet", "TrainingSet"]:
        """This set without, and with alone, the `share` of its samples that the seed draws; both hold at least one."""
        count = min(max(1, round(share * len(self))), len(self) - 1)
        if count < 1:
            raise DatasetRejected("one training sample cannot be split into training and validation")
        drawn = np.random.default_rng([seed, 0x5B17]).permutation(len(self))
        rest, held = np.sort(drawn[count:]), np.sort(drawn[:count])
        parts = [
            TrainingSet(self._pixels, self._labels, device=self._device, numbers=self.numbers[at])
            for at in (rest, held)
        ]
        return parts[0], parts[1]

    def some(self, count: int, seed: int) -> "TrainingSet":
        """At most `count` samples of this set, drawn by the seed."""
        drawn = np.random.default_rng([seed, 0x7A1A]).permutation(len(self))[:count]
        return TrainingSet(self._pixels, self._labels, device=self._device, numbers=self.numbers[np.sort(drawn)])

    def check_labels(self, num_classes: int) -> None:
        """Refuse labels that the model has no logit for."""
        worst = int(self.numbers[np.argmax(self._labels[self.numbers])])
        if self._labels[worst] >= num_classes:
            raise DatasetMismatch(
                f"sample {worst} has label {int(self._labels[worst])}, but the model has {num_classes} classes"
            )

    def take(self, index: npt.NDArray[np.int64]) -> Rows:
        """Read the samples with these numbers."""
        x = torch.from_numpy(np.array(self._pixels[index])).to(self._device)
        x = x.float().div_(255) if x.dtype == torch.uint8 else x.float()
        y = torch.from_numpy(self._labels[index].astype(np.int64)).to(self._device)
        return Rows(x, y, torch.from_numpy(index).to(self._device))

    def sample(self, count: int, seed: int, stream: int, batch_size: int) -> Iterator[Rows]:
        """`count` samples without repetition, the same for equal seed and stream, in batches."""
        order = self.numbers[np.random.default_rng([seed, stream]).permutation(len(self))[:count]]
        yield from self._batches(order, batch_size)

    def all(self, batch_size: int) -> Iterator[Rows]:
        """Every sample once, in order, in batches."""
        yield from self._batches(self.numbers, batch_size)

    def shuffled(self, batch_size: int, seed: int, epoch: int, from_batch: int = 0) -> Iterator[Rows]:
        """One epoch: every sample once, but for the rest that fills no batch (⌊N/B⌋ batches, Algorithm 1).

        from_batch: how many batches of it to leave out, for an epoch that was interrupted.
        """
        order = self.numbers[np.random.default_rng([seed, 0xE90C, epoch]).permutation(len(self))]
        yield from self._batches(order[from_batch * batch_size : self.batches(batch_size) * batch_size], batch_size)

    def batches(self, batch_size: int) -> int:
        """Batches of an epoch; one smaller batch when the whole set fills none."""
        return max(1, len(self) // batch_size)

    def _batches(self, order: npt.NDArray[np.int64], batch_size: int) -> Iterator[Rows]:
        for at in range(0, len(order), batch_size):
            yield self.take(order[at : at + batch_size])
