"""Pictures of maps and regions, as (n, 3, h, w) bytes. Colours are told apart by the colour-blind too."""

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as F

from workers.pictures import Bytes, pictures, small_size

#: Viridis, at even steps.
_RAMP = np.array([(68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37)], np.float64)
#: Suppression, balanced, promotion, negligible, not perturbed.
_KINDS = np.array([(33, 102, 172), (190, 190, 190), (214, 96, 20), (235, 235, 235), (255, 255, 255)], np.uint8)
_HIT = np.array((230, 60, 0), np.float64)
#: Share of a picture that is the image under what is drawn over it.
_SEEN = 0.45


def painted_groups(kind: npt.NDArray[np.integer], touched: npt.NDArray[np.bool_]) -> Bytes:
    """(n, rows, columns) kinds as −1, 0, 1, 2, and which groups are perturbed, a pixel a group."""
    found: Bytes = np.moveaxis(_KINDS[np.where(touched, kind.astype(np.int64) + 1, 4)], 3, 1)
    return found


def heat(maps: npt.NDArray[np.floating], shown: Bytes) -> Bytes:
    """Maps (n, rows, columns) over pictures (n, c, h, w): what is positive, each by its own maximum."""
    values = torch.from_numpy(np.maximum(maps, 0).astype(np.float32))
    small = F.interpolate(values[:, None], size=shown.shape[2:], mode="area")[:, 0].numpy()
    peak = small.max((1, 2), keepdims=True)
    at = np.where(peak > 0, small / np.where(peak > 0, peak, 1), 0) * (len(_RAMP) - 1)
    low = np.minimum(at.astype(np.int64), len(_RAMP) - 2)
    share = (at - low)[..., None]
    colour = _RAMP[low] * (1 - share) + _RAMP[low + 1] * share
    return _bytes(_grey(shown) * _SEEN + np.moveaxis(colour, 3, 1) * (1 - _SEEN))


def regions(x: Bytes, segments: npt.NDArray[np.integer], vulnerable: npt.NDArray[np.integer]) -> Bytes:
    """Images (n, c, h, w) with the borders of their segments (n, h, w), and pixels that have a value that fools."""
    borders = np.zeros(segments.shape, bool)
    borders[:, :, :-1] |= segments[:, :, :-1] != segments[:, :, 1:]
    borders[:, :-1] |= segments[:, :-1] != segments[:, 1:]
    base = _grey(pictures(torch.from_numpy(x).float() / 255))
    shown = np.where(_small(borders)[:, None], base * 0.5 + 127.5, base)
    return _bytes(np.where(_small(vulnerable > 0)[:, None], _HIT[:, None, None], shown))


def _small(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """A mask in the size of pictures, true wherever it is true at all."""
    values = torch.from_numpy(mask.astype(np.float32))[:, None]
    return F.adaptive_max_pool2d(values, small_size(*mask.shape[1:]))[:, 0].numpy() > 0


def _grey(shown: Bytes) -> npt.NDArray[np.float64]:
    """(n, c, h, w) bytes → (n, 3, h, w), without colour."""
    return np.repeat(shown.mean(1, keepdims=True), 3, 1)


def _bytes(values: npt.NDArray[np.float64]) -> Bytes:
    found: Bytes = np.rint(values.clip(0, 255)).astype(np.uint8)
    return found
