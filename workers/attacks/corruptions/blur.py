"""Defocus, glass, motion and zoom blur."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy import ndimage

from workers.attacks.corruptions.fields import clipped_zoom, disk, motion

Image = NDArray[np.float64]


def defocus_blur(x: Image, parameter: tuple[float, float], rng: Generator) -> Image:
    """Correlation with a disk of (radius, softness of its edge); mirrored borders."""
    out: Image = ndimage.correlate(x, disk(*parameter)[:, :, None], mode="mirror")
    return out


def glass_blur(x: Image, parameter: tuple[float, int, int], rng: Generator) -> Image:
    """(sigma, reach, rounds): Gaussian blur, then pixels take the value of a random near one, then blur again.

    From the lower right to the upper left every pixel takes the value of the one that lies -reach..reach-1 rows and
    columns away: the program that made the published data sets meant to swap the two, but copies.
    """
    sigma, reach, rounds = parameter
    h, w, c = x.shape
    x = np.floor(_gaussian(x, sigma) * 255 + 1e-9) / 255
    source = list(range(h * w))
    for _ in range(rounds):
        places = [(i, j) for i in range(h - reach, reach, -1) for j in range(w - reach, reach, -1)]
        moves = rng.integers(-reach, reach, size=(len(places), 2)).tolist()
        for (i, j), (dx, dy) in zip(places, moves, strict=True):
            source[i * w + j] = source[(i + dy) * w + j + dx]
    return _gaussian(x.reshape(h * w, c)[source].reshape(h, w, c), sigma)


def _gaussian(x: Image, sigma: float) -> Image:
    out: Image = ndimage.gaussian_filter(x, (sigma, sigma, 0), mode="nearest")
    return out


def motion_blur(x: Image, parameter: tuple[float, float], rng: Generator) -> Image:
    """(radius, sigma) of `fields.motion`, in a direction uniform in [-45, 45] degrees."""
    return motion(x, *parameter, angle=rng.uniform(-45, 45))


def zoom_blur(x: Image, parameter: tuple[float, int], rng: Generator) -> Image:
    """(step, number): mean of x and of its enlargements by 1, 1 + step, 1 + 2 step, …."""
    step, number = parameter
    out = x.copy()
    for i in range(number):
        out += clipped_zoom(x, 1 + i * step)
    return out / (number + 1)
