"""How much of an image's meaning a region holds. Needs numpy alone."""

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Semantic = Literal["cam_mass", "entropy"]
Floats = npt.NDArray[np.float64]


def cam_mass(class_map: npt.NDArray[Any], segments: npt.NDArray[Any]) -> Floats:
    """Return (regions,) the share of Σ max(C(x, y), 0) in each region; NaN where the map is nowhere above 0."""
    positive = np.maximum(class_map, 0).astype(np.float64)
    mass = np.bincount(segments.ravel(), positive.ravel())
    share: Floats = mass / mass.sum() if mass.sum() > 0 else np.full(len(mass), np.nan)
    return share


def entropy(image: npt.NDArray[Any], segments: npt.NDArray[Any]) -> Floats:
    """Return (regions,) the Shannon entropy, in bits, of the 256 grey levels in each region of an image (c, h, w)."""
    grey = np.rint(image.astype(np.float64).mean(0) * 255).astype(np.int64)
    regions = int(segments.max()) + 1
    counts = np.bincount((segments.astype(np.int64) * 256 + grey).ravel(), minlength=regions * 256).reshape(
        regions, 256
    )
    p = counts / counts.sum(1, keepdims=True)
    logs: Floats = np.log2(p, out=np.zeros_like(p), where=p > 0)
    bits: Floats = -(p * logs).sum(1)
    return bits + 0.0
