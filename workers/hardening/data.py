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
    """The first `limit` samples of a data set; images uint8 or float32 in [0, 1], (N, c, h, w)."""

    def __init__(
        self, pixels: npt.NDArray[Any], labels: npt.NDArray[Any], limit: int | None = None, device: str = "cpu"
    ) -> None:
        self._pixels, self._labels, self._device = pixels, labels, device
        self._n = min(len(labels), len(labels) if limit is None else limit)
        if not self._n:
            raise DatasetRejected("the training data set holds no samples")

    @classmethod
    def open(cls, x: Path, y: Path, limit: int | None = None, device: str = "cpu") -> "TrainingSet":
        """Map the decoded arrays of a data set."""
        return cls(
            np.load(x, mmap_mode="r", allow_pickle=False), np.load(y, allow_pickle=False), limit=limit, device=device
        )

    def __len__(self) -> int:
        return self._n

    def check_labels(self, num_classes: int) -> None:
        """Refuse labels that the model has no logit for."""
        worst = int(np.argmax(self._labels[: self._n]))
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
        order = np.random.default_rng([seed, stream]).permutation(self._n)[:count].astype(np.int64)
        for at in range(0, len(order), batch_size):
            yield self.take(order[at : at + batch_size])

    def shuffled(self, batch_size: int, seed: int, epoch: int) -> Iterator[Rows]:
        """One epoch: every sample once, but for the rest that fills no batch (⌊N/B⌋ batches, Algorithm 1)."""
        order = np.random.default_rng([seed, 0xE90C, epoch]).permutation(self._n).astype(np.int64)
        for at in range(0, self.batches(batch_size) * batch_size, batch_size):
            yield self.take(order[at : at + batch_size])

    def batches(self, batch_size: int) -> int:
        """Batches of an epoch; one smaller batch when the whole set fills none."""
        return max(1, self._n // batch_size)
