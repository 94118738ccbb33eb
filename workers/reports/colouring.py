"""Arrays as small pictures in colours that people with any colour vision tell apart."""

import base64
import io

import numpy as np
import numpy.typing as npt
from PIL import Image

Floats = npt.NDArray[np.floating]
Bytes = npt.NDArray[np.uint8]

#: From dark blue over grey to yellow, rising in lightness: the scale of Nuñez et al. (2018), in five stops.
_SEEN = np.array([(0, 32, 77), (62, 75, 107), (124, 123, 120), (186, 174, 108), (255, 234, 70)], float)
#: From blue over light grey to orange: the report's colours of suppression and promotion.
_SIGNED = np.array([(31, 95, 168), (137, 168, 205), (232, 234, 229), (224, 143, 107), (194, 65, 12)], float)
#: Pictures up to this side are kept pixel by pixel; larger ones are made so large.
SIDE = 128
_EXACT = 64


def seen(values: Floats) -> Bytes:
    """(h, w), from least to most over the image → (h, w, 3)."""
    low, high = float(values.min()), float(values.max())
    return _scaled((values - low) / (high - low) if high > low else np.zeros_like(values), _SEEN)


def signed(values: Floats, most: float) -> Bytes:
    """(h, w) in −most … most → (h, w, 3), light grey at 0."""
    return _scaled((np.clip(values, -most, most) + most) / (2 * most), _SIGNED)


def _scaled(share: Floats, stops: Floats) -> Bytes:
    at = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(share, at, stops[:, c]) for c in range(3)], -1).round().astype(np.uint8)


def plain(x: Floats) -> Bytes:
    """(c, h, w) in [0, 1] → (h, w, 3): its colours, or its first channel as grey."""
    levels = np.rint(np.clip(x, 0, 1) * 255).astype(np.uint8)
    return levels[:3].transpose(1, 2, 0) if len(levels) >= 3 else np.repeat(levels[0][..., None], 3, -1)


def over(colours: Bytes, x: Floats, share: float = 0.6) -> Bytes:
    """Colours (h, w, 3) over the greys of an image (c, h, w)."""
    grey = plain(x).mean(-1, keepdims=True)
    mixed: Bytes = (share * colours + (1 - share) * grey).round().astype(np.uint8)
    return mixed


def source(pixels: Bytes, side: int = SIDE) -> str:
    """A data URI of (h, w, 3) or, with transparency, (h, w, 4): small ones exactly, larger ones about `side` wide."""
    image = Image.fromarray(np.ascontiguousarray(pixels))
    data, kind = io.BytesIO(), "png"
    if max(image.size) > _EXACT and pixels.shape[-1] == 3:
        image.thumbnail((side, side))
        kind = "jpeg"
        image.save(data, "JPEG", quality=85)
    else:
        image.save(data, "PNG", optimize=True)
    return f"data:image/{kind};base64," + base64.b64encode(data.getvalue()).decode()
