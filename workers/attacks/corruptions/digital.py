"""Contrast, elastic transform, pixelation and JPEG."""

import io

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image as Pillow
from scipy import ndimage

Image = NDArray[np.float64]


def contrast(x: Image, factor: float, rng: Generator) -> Image:
    """``(x - mean) factor + mean``, the mean taken per channel."""
    mean: Image = x.mean(axis=(0, 1), keepdims=True)
    return (x - mean) * factor + mean


def elastic_transform(x: Image, parameter: tuple[float, float, float], rng: Generator) -> Image:
    """(length, smoothness, shear) in units of the shorter side: a random affine map, then a smooth random displacement.

    The affine map takes three points around the middle (a third of the side away) to places moved by up to `shear` in
    each coordinate; mirrored borders. Displacements are uniform in [-1, 1], smoothed by a Gaussian, times `length`.
    Both interpolate linearly.
    """
    length, smooth, shear = (p * min(x.shape[:2]) for p in parameter)
    h, w = x.shape[:2]
    middle, third = np.array([h // 2, w // 2], dtype=np.float64), min(h, w) // 3
    corners = middle + third * np.array([[1, 1], [1, -1], [-1, -1]])
    moved = corners + rng.uniform(-shear, shear, (3, 2))
    # output point (row, column, 1) @ inverse = input point
    inverse = np.linalg.solve(np.hstack([moved, np.ones((3, 1))]), corners)
    grid = np.stack([*np.meshgrid(np.arange(h), np.arange(w), indexing="ij"), np.ones((h, w))], axis=-1)
    x = _sampled(x, np.asarray(grid @ inverse, np.float64).transpose(2, 0, 1), "mirror")
    if length == 0:
        return x
    noise = [rng.uniform(-1, 1, (h, w)) for _ in range(2)]
    shift = [ndimage.gaussian_filter(n, smooth, mode="reflect", truncate=3) * length for n in noise]
    return _sampled(x, grid[:, :, :2].transpose(2, 0, 1) + np.stack(shift), "reflect")


def _sampled(x: Image, at: Image, mode: str) -> Image:
    """Return x at the points (2, h, w) of (row, column)."""
    channels = [ndimage.map_coordinates(x[:, :, c], at, order=1, mode=mode) for c in range(x.shape[2])]
    return np.stack(channels, axis=2)


def pixelate(x: Image, factor: float, rng: Generator) -> Image:
    """Shrunk to `factor` of its size and enlarged again, both with a box filter in 8 bits."""
    picture = _picture(x)
    small = (max(int(picture.width * factor), 1), max(int(picture.height * factor), 1))
    box = Pillow.Resampling.BOX
    return _array(picture.resize(small, box).resize(picture.size, box), x.shape)


def jpeg_compression(x: Image, quality: int, rng: Generator) -> Image:
    """Written and read as a JPEG of this quality (4:2:0 chroma)."""
    memory = io.BytesIO()
    _picture(x).save(memory, "JPEG", quality=quality)
    with Pillow.open(memory) as picture:
        return _array(picture, x.shape)


def _picture(x: Image) -> Pillow.Image:
    pixels = np.rint(x * 255).astype(np.uint8)
    return Pillow.fromarray(pixels[:, :, 0] if x.shape[2] == 1 else pixels)


def _array(picture: Pillow.Image, shape: tuple[int, ...]) -> Image:
    return np.asarray(picture, dtype=np.float64).reshape(shape) / 255
