"""The decoded arrays of a data set, as a slice of float32 pixels."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor


def load_slice(x: Path, y: Path, start: int, stop: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return pixels (n, c, h, w) float32 in [0, 1], labels (n,) int64 and global indices (n,) of samples start..stop.

    `x` is an .npy of (N, c, h, w) uint8 (divided by 255 in float32) or float32; it is memory-mapped, so only the slice
    is read. `y` is an .npy of N class numbers.
    """
    pixels = np.load(x, mmap_mode="r", allow_pickle=False)[start:stop]
    images = torch.from_numpy(np.array(pixels))
    images = images.to(torch.float32).div_(255) if images.dtype == torch.uint8 else images.to(torch.float32)
    labels = torch.from_numpy(np.array(np.load(y, mmap_mode="r", allow_pickle=False)[start:stop], dtype=np.int64))
    return images, labels, torch.arange(start, start + len(labels))
