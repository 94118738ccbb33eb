"""Arrays of pixels: which axis holds the channels, and what the numbers mean.

Rules, all of them stated to the user when they refuse:

- 4-D: `metadata.layout` when given; else the axis of extent 1 or 3 is the channels; two or none are refused.
- 3-D (n, h, w): one channel. 2-D (n, d): square images of one channel, d = s²; with `metadata.layout` also d = 3·s².
- Integers: 0..255. Floats: all in [0, 1], or whole numbers 0..255 (stored as uint8, exactly). Nothing else is guessed.
"""

import math
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from openapi.problems import DatasetRejected
from workers.datasets.npy import NpyWriter, stream_rows

Layout = Literal["NCHW", "NHWC"]

#: Floats may leave [0, 1] by this much (rounding in somebody's resize); they are clipped.
TOLERANCE = 1e-6


def image_layout(shape: tuple[int, ...], layout: Layout | None) -> tuple[Layout, tuple[int, int, int]]:
    """Return the layout of an array of this shape, and its images' (c, h, w)."""
    if len(shape) == 4:
        found = layout or _layout_by_channels(shape)
        c, h, w = shape[1:] if found == "NCHW" else (shape[3], shape[1], shape[2])
        if c > 16:
            raise DatasetRejected(
                f"x has shape {shape}, which as {found} is {c} channels; expected (n, c, h, w) or (n, h, w, c) with "
                "1 or 3 channels: check metadata.layout"
            )
        return found, (c, h, w)
    if len(shape) == 3:
        return "NCHW", (1, shape[1], shape[2])
    if len(shape) == 2:
        side = math.isqrt(shape[1])
        if side * side == shape[1]:
            return "NCHW", (1, side, side)
        side = math.isqrt(shape[1] // 3)
        if layout is not None and 3 * side * side == shape[1]:
            return layout, (3, side, side)
        raise DatasetRejected(
            f"x has shape {shape}; flat rows must be square images of one channel (such as 784 = 28 · 28), or of three "
            "(3072 = 3 · 32 · 32) with metadata.layout saying NCHW or NHWC. Otherwise save x as (n, c, h, w)"
        )
    raise DatasetRejected(f"x has shape {shape}; expected (n, c, h, w), (n, h, w, c), (n, h, w) or (n, h·w)")


def _layout_by_channels(shape: tuple[int, ...]) -> Layout:
    first, last = shape[1] in (1, 3), shape[3] in (1, 3)
    if first != last:
        return "NCHW" if first else "NHWC"
    what = "both axis 1 and axis 3 could be" if first else "neither axis 1 nor axis 3, of extent 1 or 3, can be"
    raise DatasetRejected(f'x has shape {shape}: {what} the channels; set metadata.layout to "NCHW" or "NHWC"')


def layout_notes(name: str, shape: tuple[int, ...], taken: tuple[int, int, int]) -> list[str]:
    """Say that flat rows of the array `name` (n, d) were taken for square grey images (1, h, w)."""
    if len(shape) != 2 or taken[0] != 1:
        return []
    return [f"{name} holds rows of {shape[1]} numbers: they are read as grey images of {taken[1]}×{taken[2]}"]


def to_nchw(rows: npt.NDArray[Any], layout: Layout, shape: tuple[int, int, int]) -> npt.NDArray[Any]:
    """Bring rows of any accepted rank to (k, c, h, w)."""
    c, h, w = shape
    if layout == "NHWC":
        return rows.reshape(len(rows), h, w, c).transpose(0, 3, 1, 2)
    return rows.reshape(len(rows), c, h, w)


class PixelSink:
    """Checks pixels as they stream by and writes them as uint8 or float32; decides at the end what floats mean."""

    def __init__(self, path: Path, n: int, shape: tuple[int, int, int], dtype: np.dtype[Any]) -> None:
        if dtype.kind == "b":
            raise DatasetRejected("x holds booleans; expected uint8, or floats in [0, 1]")
        self.path, self.shape, self.floats = path, (n, *shape), dtype.kind == "f"
        self.dtype = "float32" if self.floats else "uint8"
        self.whole, self.high, self.seen = True, 0.0, 0
        self.warnings: list[str] = []
        self._writer = NpyWriter(path, self.shape, self.dtype)

    def write(self, rows: npt.NDArray[Any]) -> None:
        """Append rows (k, c, h, w); raises `DatasetRejected` naming the first sample with an impossible pixel."""
        low, high = rows.min(axis=(1, 2, 3)), rows.max(axis=(1, 2, 3))  # NaN stays NaN in both
        fine = (low >= (-TOLERANCE if self.floats else 0)) & (high <= 255)
        if not fine.all():
            i = int(np.argmin(fine))
            raise DatasetRejected(self._complaint(self.seen + i, float(low[i]), float(high[i])))
        self.high = max(self.high, float(high.max()))
        if self.floats:
            self.whole = self.whole and bool((rows == np.floor(rows)).all())
            if self.high > 1 + TOLERANCE and not self.whole:
                raise DatasetRejected(
                    f"x holds floats that are neither all in [0, 1] nor whole numbers 0 to 255 (the largest up to "
                    f"sample {self.seen + len(rows) - 1} is {self.high:g}); divide by 255 if they are grey levels, "
                    "and take any mean and std back: normalisation belongs to the model's input"
                )
            if self.high <= 1 + TOLERANCE:
                rows = rows.clip(0, 1)
        self.seen += len(rows)
        self._writer.write(rows)

    def _complaint(self, index: int, low: float, high: float) -> str:
        if math.isnan(low) or math.isnan(high) or math.isinf(high):
            return f"x[{index}] holds NaN or infinite pixels"
        expected = "floats in [0, 1], or whole numbers 0 to 255" if self.floats else "0 to 255"
        hint = "; normalised data must be brought back to pixels: mean and std belong to the model's input"
        return f"x[{index}] has pixels from {low:g} to {high:g}; expected {expected}{hint if low < 0 else ''}"

    def __enter__(self) -> "PixelSink":
        self._writer.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.__exit__(kind, error, trace)
        if kind is None:
            self._decide()

    def _decide(self) -> None:
        """Once all rows are seen: whole numbers 0 to 255 become uint8, and `dtype` is final."""
        if self.floats and self.high > 1 + TOLERANCE:
            self._store_as_bytes()
            self.warnings.append("x holds whole numbers 0 to 255 as floats; they were stored as uint8")
        elif not self.floats and self.high <= 1:
            self.warnings.append(f"x holds integers and the largest is {self.high:g}: they are read as 0 to 255")

    def _store_as_bytes(self) -> None:
        self.dtype = "uint8"
        narrow = self.path.with_suffix(".narrow")
        with NpyWriter(narrow, self.shape, "uint8") as writer:
            for rows in stream_rows(self.path, "x"):
                writer.write(rows.astype(np.uint8))
        narrow.replace(self.path)
