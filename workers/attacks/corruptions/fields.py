"""What several corruptions are made of: random height maps, kernels, a zoom. Images are (h, w, c) in [0, 1]."""

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage

Image = NDArray[np.float64]


def plasma(height: int, width: int, decay: float, rng: Generator) -> Image:
    """Return a (height, width) cloud in [0, 1] by the diamond-square algorithm on a torus.

    The side is the next power of two. At every level the centres of the squares, then those of the diamonds, become the
    mean of their four neighbours plus ``w u``, u uniform in [-w, w]; w begins at 100 and is divided by `decay` a level.
    """
    side = 1 << max(height - 1, width - 1, 1).bit_length()
    cloud = np.zeros((side, side))
    step, wobble = side, 100.0
    while step >= 2:
        half = step // 2
        corners = cloud[::step, ::step]
        pairs = corners + np.roll(corners, -1, axis=0)
        cloud[half::step, half::step] = _wobbled(pairs + np.roll(pairs, -1, axis=1), wobble, rng)
        centres = cloud[half::step, half::step]
        above = centres + np.roll(centres, 1, axis=0) + corners + np.roll(corners, -1, axis=1)
        cloud[::step, half::step] = _wobbled(above, wobble, rng)
        beside = centres + np.roll(centres, 1, axis=1) + corners + np.roll(corners, -1, axis=0)
        cloud[half::step, ::step] = _wobbled(beside, wobble, rng)
        step, wobble = half, wobble / decay
    cloud -= cloud.min()
    out: Image = cloud[:height, :width] / cloud.max()
    return out


def _wobbled(total: Image, wobble: float, rng: Generator) -> Image:
    return total / 4 + wobble * rng.uniform(-wobble, wobble, total.shape)


def clipped_zoom(x: Image, factor: float) -> Image:
    """Return the middle of x, enlarged by `factor` >= 1 with linear interpolation, in x's size."""
    h, w = x.shape[:2]
    ch, cw = math.ceil(h / factor), math.ceil(w / factor)
    top, left = (h - ch) // 2, (w - cw) // 2
    large = ndimage.zoom(x[top : top + ch, left : left + cw], (factor, factor, 1), order=1)
    top, left = max(large.shape[0] - h, 0) // 2, max(large.shape[1] - w, 0) // 2
    large = large[top : top + h, left : left + w]
    # rounding can leave one row or column short
    missing = ((0, h - large.shape[0]), (0, w - large.shape[1]), (0, 0))
    return np.pad(large, missing, mode="edge")


def disk(radius: float, blur: float) -> Image:
    """Return a normalised disk, its edge softened by a Gaussian of `blur` pixels cut to 3×3 (5×5 for radius > 8)."""
    reach, soft = (8, 1) if radius <= 8 else (int(radius), 2)
    span = np.arange(-reach, reach + 1)
    hard = (span[:, None] ** 2 + span[None, :] ** 2 <= radius**2).astype(np.float64)
    line = np.exp(-(np.arange(-soft, soft + 1) ** 2) / (2 * blur**2))
    line /= line.sum()
    hard /= hard.sum()
    for axis in (0, 1):
        hard = ndimage.correlate1d(hard, line, axis=axis, mode="mirror")
    keep = np.flatnonzero(hard.any(axis=1))
    return hard[keep[0] : keep[-1] + 1, keep[0] : keep[-1] + 1]


def motion(x: Image, radius: float, sigma: float, angle: float) -> Image:
    """Blur along a line, as ImageMagick's motion blur defines it, with whole-pixel offsets and replicated edges.

    ``out[p] = sum_i k_i x[p + o_i]`` for i = 0..2 ceil(radius), ``k_i ~ exp(-i^2 / (2 sigma^2))`` normalised (one
    sided), ``o_i = ceil(i (cos a, sin a) - 1/2)`` in (column, row), a = `angle` in degrees.
    """
    h, w = x.shape[:2]
    steps = np.arange(2 * math.ceil(radius) + 1)
    kernel = np.exp(-(steps**2) / (2 * sigma**2))
    kernel /= kernel.sum()
    along_x, along_y = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    out = np.zeros_like(x)
    for i, weight in zip(steps.tolist(), kernel.tolist(), strict=True):
        rows = np.clip(np.arange(h) + math.ceil(i * along_y - 0.5), 0, h - 1)
        columns = np.clip(np.arange(w) + math.ceil(i * along_x - 0.5), 0, w - 1)
        out += weight * x[rows[:, None], columns[None, :]]
    return out
