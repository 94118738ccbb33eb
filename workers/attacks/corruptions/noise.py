"""Gaussian, shot and impulse noise."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Image = NDArray[np.float64]


def gaussian_noise(x: Image, sigma: float, rng: Generator) -> Image:
    """``x + sigma n``, n standard normal for every pixel and channel."""
    return x + sigma * rng.standard_normal(x.shape)


def shot_noise(x: Image, photons: float, rng: Generator) -> Image:
    """``Poisson(photons x) / photons``: the fewer photons a white pixel gets, the stronger."""
    return np.asarray(rng.poisson(x * photons) / photons, dtype=np.float64)


def impulse_noise(x: Image, amount: float, rng: Generator) -> Image:
    """Salt and pepper: every value becomes, with probability `amount`, 0 or 1, equally likely."""
    hit, salt = rng.random(x.shape) <= amount, rng.random(x.shape) <= 0.5
    return np.where(hit, salt.astype(np.float64), x)
