"""The values that a pixel is tried with."""

import itertools
from typing import Literal

import torch
from torch import Tensor

from openapi.problems import InvalidField
from workers.attacks.engine.rng import SampleRng

Values = Literal["corners", "minmax", "random", "de"]

#: Random values a pixel.
RANDOM = 8
_MOST_CHANNELS = 6


def corners(channels: int) -> Tensor:
    """Return (2^c, c) the corners of the colour cube: of grey black and white, of RGB eight colours."""
    if channels > _MOST_CHANNELS:
        raise InvalidField(
            "/regions/values", f"{channels} channels have 2^{channels} corners; take `minmax` (two values) or `random`"
        )
    return torch.tensor(list(itertools.product((0.0, 1.0), repeat=channels)))


def values_of(kind: Values, x: Tensor, seed: int, index: Tensor) -> Tensor:
    """Return the values for all pixels of x (n, c, h, w): (n or 1, pixels or 1, values, c) in [0, 1], to be broadcast.

    `corners`, `minmax` (black and white, all channels alike), `random`: eight a pixel, uniform, which depend on the
    seed, the sample's `index` (n,) and the pixel alone.
    """
    n, c, h, w = x.shape
    if kind == "random":
        rng = pixel_rng(seed, index, h * w, "regions.values")
        return rng.uniform(torch.arange(n * h * w, device=x.device), (RANDOM * c,)).view(n, h * w, RANDOM, c)
    table = corners(c) if kind == "corners" else torch.tensor([[0.0] * c, [1.0] * c])
    return table.to(x.device)[None, None]


def pixel_rng(seed: int, index: Tensor, pixels: int, stream: str) -> SampleRng:
    """Return random numbers for every pixel of the samples `index` (n,): rows are n · pixels, pixel by pixel."""
    numbers = index[:, None] * pixels + torch.arange(pixels, device=index.device)
    return SampleRng(seed, numbers.flatten(), stream)
