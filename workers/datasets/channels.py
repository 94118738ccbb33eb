"""Arrays of pictures between grey and colour."""

from typing import Any

import numpy as np
import numpy.typing as npt


def with_channels(rows: npt.NDArray[Any], channels: int) -> npt.NDArray[Any]:
    """(k, 1 or 3, h, w) → (k, channels, h, w): grey repeated as R = G = B, colour as its luminance."""
    if rows.shape[1] == channels:
        return rows
    return np.repeat(rows, 3, axis=1) if channels == 3 else luminance(rows)


def luminance(rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """(k, 3, h, w) → (k, 1, h, w), ITU-R 601-2; bytes in Pillow's fixed-point arithmetic, floats as they are."""
    if rows.dtype == np.uint8:
        wide = rows.astype(np.uint32)
        grey = (wide[:, 0] * 19595 + wide[:, 1] * 38470 + wide[:, 2] * 7471 + 0x8000) >> 16
    else:
        grey = (rows[:, 0] * 0.299 + rows[:, 1] * 0.587 + rows[:, 2] * 0.114).clip(0, 1)
    return grey.astype(rows.dtype)[:, None]
