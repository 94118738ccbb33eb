"""One corruption of one severity on one image."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import Generator, Philox
from numpy.typing import NDArray

from workers.attacks.corruptions import blur, digital, noise, weather
from workers.attacks.corruptions.tables import SEVERITIES, scale_of

_FUNCTIONS: dict[str, Callable[[Any, Any, Generator], NDArray[np.float64]]] = {
    f.__name__: f
    for f in (
        noise.gaussian_noise,
        noise.shot_noise,
        noise.impulse_noise,
        blur.defocus_blur,
        blur.glass_blur,
        blur.motion_blur,
        blur.zoom_blur,
        weather.snow,
        weather.frost,
        weather.fog,
        weather.brightness,
        digital.contrast,
        digital.elastic_transform,
        digital.pixelate,
        digital.jpeg_compression,
    )
}

#: The names, in the paper's order.
CORRUPTIONS = tuple(_FUNCTIONS)


def corrupt(x: NDArray[np.float32], corruption: str, severity: int, key: int) -> NDArray[np.float32]:
    """Return the corrupted image (c, h, w) in [0, 1], on 8-bit levels as in the published data sets.

    x: (c, h, w) in [0, 1] with 1 or 3 channels (others: each channel is treated as a grey image). severity: 1..5; its
    numbers are CIFAR-10-C's for images up to 64 pixels, ImageNet-C's above (`tables`). All randomness is that of a
    Philox generator with this 64-bit `key`.
    """
    if x.shape[0] not in (1, 3):
        return np.concatenate([corrupt(x[i : i + 1], corruption, severity, key + i) for i in range(x.shape[0])])
    image = np.clip(x.transpose(1, 2, 0).astype(np.float64), 0, 1)
    parameter = SEVERITIES[scale_of(*image.shape[:2])][corruption][severity - 1]
    out = _FUNCTIONS[corruption](image, parameter, Generator(Philox(key=key % 2**64)))
    levels = np.rint(np.clip(out, 0, 1) * 255).astype(np.float32)
    return (levels / np.float32(255)).transpose(2, 0, 1)
