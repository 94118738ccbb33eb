"""In which order the pixels of a region are tried, and which ones a budget lets in."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from workers.attacks.engine.rng import SampleRng

Ints = npt.NDArray[np.int64]


def ranks(segments: npt.NDArray[Any], seed: int, index: int) -> Ints:
    """Return (h, w): when each pixel of a region is tried, from 0 on in every region.

    A random order of the image's pixels, which depends on (seed, index) alone, and of it what falls into a region: the
    pixels of a smaller budget are among those of a larger one.
    """
    rng = SampleRng(seed, torch.tensor([index]), "regions.order")
    keys = rng.uniform(torch.tensor([0]), (segments.size,))[0].numpy()
    order = np.lexsort((np.arange(segments.size), keys, segments.ravel()))
    first = np.searchsorted(segments.ravel()[order], segments.ravel())
    place = np.empty(segments.size, np.int64)
    place[order] = np.arange(segments.size)
    found: Ints = (place - first).reshape(segments.shape)
    return found


def within(rank: Ints, segments: npt.NDArray[Any], budget: float) -> npt.NDArray[np.bool_]:
    """Return (h, w): the pixels that a budget lets in: of each region the first ⌈budget · its pixels⌉."""
    return progress(rank, segments) < budget


def progress(rank: Ints, segments: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return (h, w): rank/|region|; a pixel is tried by every budget above it."""
    sizes = np.bincount(segments.ravel())
    found: npt.NDArray[np.float64] = rank / sizes[segments]
    return found
