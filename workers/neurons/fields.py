"""Pictures of what a neuron sees: its activation map over the image (SNS, Figs 4 to 7)."""

from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as F

Bytes = npt.NDArray[np.uint8]
#: How the fields of several neurons become one.
Mode = Literal["union", "intersection"]


def receptive_field(activation: npt.NDArray[np.floating], height: int, width: int) -> npt.NDArray[np.float32]:
    """Activation maps (…, h', w') → (…, height, width) in [0, 1]: upsampled (bilinear), divided by the maximum.

    Negative activations count as 0; a map without a positive one stays 0.
    """
    maps = torch.from_numpy(np.ascontiguousarray(activation, np.float32))
    lead = maps.shape[:-2]
    large = F.interpolate(
        maps.reshape(-1, 1, *maps.shape[-2:]).clamp(min=0), size=(height, width), mode="bilinear", align_corners=False
    )
    peak = large.amax((2, 3), keepdim=True)
    scaled = torch.where(peak > 0, large / peak.clamp(min=torch.finfo(torch.float32).tiny), torch.zeros_like(large))
    return scaled.reshape(*lead, height, width).numpy()


def cut(fields: npt.NDArray[np.float32], threshold: float = 0.25, mode: Mode = "union") -> npt.NDArray[np.bool_]:
    """Where the fields (m, h, w) of m neurons reach the threshold: any of them (union) or all; (h, w)."""
    inside = (fields >= threshold) & (fields > 0)
    return np.asarray(inside.any(0) if mode == "union" else inside.all(0))


def overlay(
    image: npt.NDArray[np.floating], inside: npt.NDArray[np.bool_], *, visibility: float = 0.2, opacity: float = 0.3
) -> Bytes:
    """The image (c, h, w) in [0, 1] with the field (h, w) shown: (h, w, 3) RGB bytes.

    Outside the field the image keeps `visibility` of its brightness, inside it is covered by yellow to `opacity`. One
    channel is shown as grey, of more than three the first three.
    """
    rgb = np.repeat(image, 3, 0) if len(image) < 3 else image[:3]
    pixels = np.moveaxis(rgb.astype(np.float64), 0, 2)
    covered = pixels * (1 - opacity) + np.array([1.0, 0.85, 0.1]) * opacity
    shown = np.where(inside[..., None], covered, pixels * visibility)
    found: Bytes = np.rint(shown.clip(0, 1) * 255).astype(np.uint8)
    return found
