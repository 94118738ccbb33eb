"""Small pictures of images and of their changes, as bytes of fixed size that are cut out of a file by one range."""

import numpy as np
import numpy.typing as npt
from torch import Tensor
from torch.nn import functional as F

Bytes = npt.NDArray[np.uint8]

#: Pixels of a side at most: larger images are averaged down.
SIDE = 112


def small_size(height: int, width: int) -> tuple[int, int]:
    """Height and width of the picture of an image."""
    step = -(-max(height, width) // SIDE)
    return -(-height // step), -(-width // step)


def pictures(x: Tensor) -> Bytes:
    """(n, c, h, w) in [0, 1] → (n, 1 or 3, h', w') bytes: colours, or the first channel where there are fewer."""
    plane = x[:, :3] if x.shape[1] >= 3 else x[:, :1]
    small = F.interpolate(plane.float(), size=small_size(*x.shape[2:]), mode="area")
    found: Bytes = np.rint(small.clamp(0, 1).cpu().numpy() * 255).astype(np.uint8)
    return found


def differences(x: Tensor, x_adv: Tensor) -> tuple[Bytes, npt.NDArray[np.float32]]:
    """Pictures of 0.5 + (x' − x) · gain / 2, and the gains (n,) that bring each largest change to black or white."""
    change = (x_adv - x).float()
    largest = change.abs().amax((1, 2, 3))
    gain = largest.where(largest > 0, largest.new_ones(())).reciprocal()
    return pictures(0.5 + change * gain[:, None, None, None] / 2), gain.cpu().numpy()
