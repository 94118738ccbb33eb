"""A picture of 25 samples, spread over the set, for people."""

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from workers.datasets.labels import Labels
from workers.datasets.npy import pick_rows

GRID = 5
_TILE, _CAPTION, _GAP = 96, 18, 8
_PAPER, _INK = (250, 250, 248), (40, 44, 52)


def write_contact_sheet(path: Path, x_path: Path, y: Labels, names: tuple[str, ...] | None) -> None:
    """Write a 5 × 5 PNG of samples at equal distances through `x.npy` (n, c, h, w), each with its label beneath."""
    indices = [place * len(y) // min(len(y), GRID * GRID) for place in range(min(len(y), GRID * GRID))]
    images = pick_rows(x_path, indices)
    width, height = GRID * (_TILE + _GAP) + _GAP, GRID * (_TILE + _CAPTION + _GAP) + _GAP
    sheet = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(11)
    for place, i in enumerate(indices):
        left = _GAP + place % GRID * (_TILE + _GAP)
        top = _GAP + place // GRID * (_TILE + _CAPTION + _GAP)
        tile = _tile(images[place])
        sheet.paste(tile, (left + (_TILE - tile.width) // 2, top + (_TILE - tile.height) // 2))
        name = names[int(y[i])] if names is not None else str(int(y[i]))
        name = name if len(name) <= 15 else name[:14] + "…"
        draw.text((left + _TILE / 2, top + _TILE + 3), name, fill=_INK, font=font, anchor="ma")
    sheet.save(path, format="PNG", optimize=True)


def _tile(image: npt.NDArray[np.generic]) -> Image.Image:
    """One image (c, h, w) as RGB, scaled to fit the tile; small ones by whole factors, so that pixels stay square."""
    data = np.asarray(image)
    levels = data if data.dtype == np.uint8 else np.rint(np.clip(data.astype(np.float32), 0, 1) * 255)
    planes = levels.astype(np.uint8)
    rgb = planes[:3] if planes.shape[0] >= 3 else np.repeat(planes[:1], 3, axis=0)
    picture = Image.fromarray(np.ascontiguousarray(rgb.transpose(1, 2, 0)))
    scale = _TILE / max(picture.size)
    scale = math.floor(scale) if scale >= 1 else scale
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.NEAREST if scale >= 1 else Image.Resampling.BOX)
