"""A picture of a layer: a row for each neuron, and in it pairs of images, benign and adversarial, with its field."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from workers.neurons.fields import Bytes, cut, overlay, receptive_field

#: Neither glaring on a dark page nor black as what lies outside of fields.
_PAPER, _INK = (56, 64, 72), (236, 239, 241)
_GAP, _CAPTION, _MARGIN = 6, 16, 84
#: Pixels of a tile: small images grow by whole factors up to this, larger ones shrink to it.
_TILE = 64
#: What is left of the brightness outside a field.
_DARK = 0.35

Pixels = npt.NDArray[np.float32]


def field_tile(image: Pixels, activation: Pixels, threshold: float) -> Bytes:
    """The image (c, h, w) in [0, 1], dark but for the neuron's field (its map (h', w')): RGB bytes (h'', w'', 3)."""
    inside = cut(receptive_field(activation, *image.shape[1:])[None], threshold)
    picture = Image.fromarray(overlay(image, inside, visibility=_DARK, opacity=0.0))
    scale = _TILE / max(picture.size)
    scale = int(scale) if scale >= 1 else scale
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    method = Image.Resampling.NEAREST if scale >= 1 else Image.Resampling.BOX
    return np.asarray(picture.resize(size, method), np.uint8)


def save_sheet(path: Path, rows: Sequence[tuple[str, Sequence[tuple[Bytes, Bytes]]]]) -> None:
    """Write a PNG of rows of (caption, pairs of tiles of one size: benign, attacked), in at most 256 colours."""
    sizes = [pair[0].shape for _, pairs in rows for pair in pairs]
    high, wide = sizes[0][:2] if sizes else (1, 1)
    columns = max((len(pairs) for _, pairs in rows), default=0)
    step = 2 * wide + 1 + _GAP
    sheet = Image.new("RGB", (_MARGIN + columns * step + _GAP, _CAPTION + len(rows) * (high + _GAP) + _GAP), _PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(11)
    for column in range(columns):
        for k, word in enumerate(("benign", "attacked")):
            middle = _MARGIN + column * step + k * (wide + 1) + wide / 2
            draw.text((middle, 2), word, fill=_INK, font=font, anchor="ma")
    for row, (caption, pairs) in enumerate(rows):
        top = _CAPTION + row * (high + _GAP) + 2
        draw.multiline_text((_GAP, top + high / 2), caption, fill=_INK, font=font, anchor="lm", spacing=2)
        for column, pair in enumerate(pairs):
            for k, tile in enumerate(pair):
                sheet.paste(Image.fromarray(tile), (_MARGIN + column * step + k * (wide + 1), top))
    # A palette is a third of the size of all colours.
    sheet.quantize(256, dither=Image.Dither.NONE).save(path, "PNG", optimize=True)
