"""Training batches as a method sees them: augmented images, and labels that may be shares of classes.

Everything is drawn from (seed, epoch, batch) alone, so that a training that goes on elsewhere sees the same images.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from workers.hardening.data import Rows


@dataclass(frozen=True)
class Batch:
    """x (n, c, h, w) float32 in [0, 1]; y (n,) the class that an adversary leaves; index (n,) numbers in the data set.

    target: y, or (n, classes) float32 shares of classes that sum to 1, which losses are taken against.
    """

    x: Tensor
    y: Tensor
    target: Tensor
    index: Tensor

    def part(self, rows: slice) -> "Batch":
        """Some of its images."""
        return Batch(self.x[rows], self.y[rows], self.target[rows], self.index[rows])


def batch_of(
    rows: Rows, augmentations: Sequence[str], smoothing: float, num_classes: int, draw: np.random.Generator
) -> Batch:
    """The batch with its augmentations in the order flip, crop, cutout, cutmix, and its labels smoothed."""
    batch = Batch(rows.x, rows.y, rows.y, rows.index)
    for name, change in _AUGMENTATIONS.items():
        if name in augmentations:
            batch = change(batch, num_classes, draw)
    if smoothing:
        target = (1 - smoothing) * _shares(batch.target, num_classes) + smoothing / num_classes
        batch = replace(batch, target=target)
    return batch


def _flip(batch: Batch, num_classes: int, draw: np.random.Generator) -> Batch:
    """Half of the images, left to right."""
    chosen = _on(batch, draw.random(len(batch.x)) < 0.5)
    return replace(batch, x=torch.where(chosen[:, None, None, None], batch.x.flip(3), batch.x))


def _crop(batch: Batch, num_classes: int, draw: np.random.Generator) -> Batch:
    """Each image shifted by up to an eighth of its side, zeros beyond its edge (He et al., CVPR 2016, section 4.2)."""
    n, _, h, w = batch.x.shape
    most_y, most_x = max(1, h // 8), max(1, w // 8)
    padded = F.pad(batch.x, (most_x, most_x, most_y, most_y))
    top = _on(batch, draw.integers(0, 2 * most_y + 1, n))
    left = _on(batch, draw.integers(0, 2 * most_x + 1, n))
    rows = top[:, None] + torch.arange(h, device=batch.x.device)
    columns = left[:, None] + torch.arange(w, device=batch.x.device)
    at = torch.arange(n, device=batch.x.device)[:, None, None]
    # Channels come last where three of the four axes are indexed.
    shifted = padded.permute(0, 2, 3, 1)[at, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
    return replace(batch, x=shifted.contiguous())


def _cutout(batch: Batch, num_classes: int, draw: np.random.Generator) -> Batch:
    """A grey square of half the side around a random pixel, cut at the edge (DeVries and Taylor, arXiv:1708.04552)."""
    n, _, h, w = batch.x.shape
    y, x = draw.integers(0, h, n), draw.integers(0, w, n)
    inside = _box(batch, y - h // 4, y - h // 4 + h // 2, x - w // 4, x - w // 4 + w // 2)
    return replace(batch, x=batch.x.masked_fill(inside[:, None], 0.5))


def _cutmix(batch: Batch, num_classes: int, draw: np.random.Generator) -> Batch:
    """A box of another image of the batch, and as much of its label (Yun et al., ICCV 2019).

    Ours: the box covers at most half of the image, and the adversary leaves the class of the larger part.
    """
    n, _, h, w = batch.x.shape
    other = _on(batch, draw.permutation(n))
    side = np.sqrt(0.5 * draw.random(n))
    height, width = (side * h).astype(np.int64), (side * w).astype(np.int64)
    top, left = draw.integers(0, h - height + 1), draw.integers(0, w - width + 1)
    inside = _box(batch, top, top + height, left, left + width)
    share = _on(batch, height * width / (h * w)).float()[:, None]
    shares = _shares(batch.target, num_classes)
    mixed = torch.where(inside[:, None], batch.x[other], batch.x)
    return replace(batch, x=mixed, target=(1 - share) * shares + share * shares[other])


_AUGMENTATIONS: dict[str, Callable[[Batch, int, np.random.Generator], Batch]] = {
    "flip": _flip,
    "crop": _crop,
    "cutout": _cutout,
    "cutmix": _cutmix,
}


def _on(batch: Batch, drawn: "np.ndarray[tuple[int], np.dtype[np.generic]]") -> Tensor:
    return torch.from_numpy(drawn).to(batch.x.device)


def _box(batch: Batch, top: "_Ints", bottom: "_Ints", left: "_Ints", right: "_Ints") -> Tensor:
    """Whether a pixel lies in its image's box, (n, h, w)."""
    _, _, h, w = batch.x.shape
    rows, columns = np.arange(h), np.arange(w)
    tall = (rows >= top[:, None]) & (rows < bottom[:, None])
    wide = (columns >= left[:, None]) & (columns < right[:, None])
    return torch.from_numpy(tall[:, :, None] & wide[:, None, :]).to(batch.x.device)


_Ints = np.ndarray[tuple[int], np.dtype[np.int64]]


def _shares(target: Tensor, num_classes: int) -> Tensor:
    return F.one_hot(target, num_classes).float() if target.ndim == 1 else target
