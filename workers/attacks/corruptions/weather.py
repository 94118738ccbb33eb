"""Snow, frost, fog and brightness."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from workers.attacks.corruptions.fields import clipped_zoom, motion, plasma

Image = NDArray[np.float64]

_LUMA = np.array([0.299, 0.587, 0.114])
_ICE = np.array([0.86, 0.94, 1.0])


def grey(x: Image) -> Image:
    """Return the (h, w, 1) luma of an RGB image; a grey image as it is."""
    return x if x.shape[2] == 1 else (x @ _LUMA)[:, :, None]


def snow(x: Image, parameter: tuple[float, ...], rng: Generator) -> Image:
    """(mean, sigma, zoom, threshold, radius, blur, share): flakes that fall in two opposite directions over a paled x.

    The layer is normal noise, enlarged by `zoom`, 0 below `threshold`, in 8 bits, blurred by `fields.motion` at an
    angle uniform in [-135, -45] degrees. It is added, and once more turned by 180°, to
    ``share x + (1 - share) max(x, 1.5 grey(x) + 0.5)``.
    """
    mean, sigma, zoom, threshold, radius, blur, share = parameter
    layer = clipped_zoom(rng.normal(mean, sigma, (*x.shape[:2], 1)), zoom)
    layer = np.floor(np.clip(np.where(layer < threshold, 0, layer), 0, 1) * 255) / 255
    layer = motion(layer, radius, blur, angle=rng.uniform(-135, -45))
    pale = share * x + (1 - share) * np.maximum(x, grey(x) * 1.5 + 0.5)
    return pale + layer + np.rot90(layer, k=2)


def frost(x: Image, parameter: tuple[float, float], rng: Generator) -> Image:
    """(a, b): ``a x + b ice``.

    The published data sets crop `ice` from six photographs. Here it is made: the ridges of a plasma cloud p,
    ``0.1 + 0.9 (1 - |2p - 1|)^2``, in a bluish white (ours).
    """
    a, b = parameter
    ridge = 1 - np.abs(2 * plasma(x.shape[0], x.shape[1], 1.8, rng) - 1)
    ice = (0.1 + 0.9 * ridge**2)[:, :, None]
    return a * x + b * (ice * _ICE if x.shape[2] == 3 else ice)


def fog(x: Image, parameter: tuple[float, float], rng: Generator) -> Image:
    """(thickness, decay): ``(x + thickness plasma) m / (m + thickness)``, m the image's maximum."""
    thickness, decay = parameter
    largest = float(x.max())
    cloud = plasma(x.shape[0], x.shape[1], decay, rng)[:, :, None]
    return (x + thickness * cloud) * largest / (largest + thickness)


def brightness(x: Image, amount: float, rng: Generator) -> Image:
    """HSV's value ``v = max(r, g, b)`` becomes min(v + amount, 1), with hue and saturation kept: ``x v' / v``."""
    value = x.max(axis=2, keepdims=True)
    brighter = np.minimum(value + amount, 1)
    out: Image = np.where(value > 0, x * brighter / np.where(value > 0, value, 1), brighter)
    return out
