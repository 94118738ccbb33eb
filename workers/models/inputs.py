"""From a pixel in [0, 1] to what the file receives: range, mean, std, channel order, layout, rank and dtype."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from openapi.problems import FieldError, ModelRejected

#: Numbers of channels by which the axis that holds them is told.
_PLANES = (1, 3, 4)


@dataclass(frozen=True)
class FileInput:
    """The input tensor that the file itself takes: its shape without the batch, and its dtype.

    `shape` is (c, h, w), (h, w, c), (c·h·w,), (c·h·w, 1) or any other arrangement with as many numbers. `dtype` is the
    file's; float16 and bfloat16 are computed in float32, and integers arrive as rounded floats, so that gradients live.
    """

    shape: tuple[int, ...]
    dtype: torch.dtype = torch.float32

    @property
    def compute_dtype(self) -> torch.dtype:
        """The dtype in which the translated graph receives its input."""
        return torch.float64 if self.dtype == torch.float64 else torch.float32


def wrong_input(pointer: str, detail: str) -> ModelRejected:
    """Return the error for an `input` that does not fit the file; `pointer` is e.g. ``/input/shape``."""
    return ModelRejected(detail, errors=(FieldError(pointer=pointer, detail=detail),))


def _flat_image(numel: int) -> tuple[int, int, int] | None:
    for channels in (1, 3):
        side = math.isqrt(numel // channels) if numel % channels == 0 else 0
        if side and side * side * channels == numel:
            return channels, side, side
    return None


def complete_spec(spec: InputSpec, file: FileInput) -> InputSpec:
    """Fill in shape, layout, mean and std from what the file takes; refuse what contradicts it.

    A rank-3 file shape is read as NHWC when its last number is 1, 3 or 4 and its first is not. Flat inputs are read
    as a square grey or RGB image.
    """
    shape, layout = spec.shape, spec.layout
    if len(file.shape) == 3:
        if layout is None:
            nhwc = file.shape[2] in _PLANES and file.shape[0] not in _PLANES
            if shape is not None and shape != tuple(file.shape):
                nhwc = (*shape[1:], shape[0]) == tuple(file.shape)
            layout = "NHWC" if nhwc else "NCHW"
        a, b, c = file.shape
        found = (a, b, c) if layout == "NCHW" else (c, a, b)
        if shape is not None and shape != found:
            raise wrong_input(
                "/input/shape",
                f"the file takes {list(file.shape)} ({layout}), so shape is {list(found)}, not {list(shape)}",
            )
        shape = found
    else:
        numel = math.prod(file.shape)
        if shape is None:
            shape = _flat_image(numel)
            if shape is None:
                raise wrong_input(
                    "/input/shape",
                    f"the file takes {list(file.shape)} an image; give input.shape as [channels, height, width]",
                )
        if math.prod(shape) != numel:
            raise wrong_input("/input/shape", f"shape {list(shape)} has not the {numel} numbers that the file takes")
        layout = layout or "NCHW"
    for name, values in (("mean", spec.mean), ("std", spec.std)):
        if values is not None and len(values) not in (1, shape[0]):
            count = "1 number" if shape[0] == 1 else f"1 or {shape[0]} numbers, one a channel"
            raise wrong_input(f"/input/{name}", f"{name} needs {count}, not {len(values)}")
    needed = {"BGR": 3, "grey": 1}.get(spec.channels)
    if needed is not None and shape[0] != needed:
        channels = f"{needed} channel{'s' if needed > 1 else ''}"
        raise wrong_input("/input/channels", f"{spec.channels} needs {channels}; the file takes {shape[0]}")
    return spec.model_copy(
        update={"shape": shape, "layout": layout, "mean": spec.mean or (0.0,), "std": spec.std or (1.0,)}
    )


def guesses(given: InputSpec, file: FileInput, taken: InputSpec) -> tuple[str, ...]:
    """Say what `complete_spec` made of the file's input that neither the caller nor the file told.

    given: the caller's, taken: what came of it. A file's (c, h, w) with 1, 3 or 4 channels is no guess.
    """
    assert taken.shape is not None
    takes = f"the file takes {list(file.shape)} an image"
    if len(file.shape) == 3:
        told = given.layout is not None or given.shape is not None
        if told or (taken.layout == "NCHW" and file.shape[0] in _PLANES and file.shape[2] not in _PLANES):
            return ()
        axis = 2 if taken.layout == "NHWC" else 0
        return (f"{takes}: read as {taken.layout}, {file.shape[axis]} channels; input.layout says otherwise",)
    unsaid = [
        f"as [channels, height, width] = {list(taken.shape)} (input.shape)" if given.shape is None else "",
        "channel by channel, NCHW (input.layout)" if given.layout is None and taken.shape[0] > 1 else "",
    ]
    said = " and ".join(filter(None, unsaid))
    return (f"{takes}, read {said}",) if said else ()


class InputTransform(nn.Module):
    """``(lo + x·(hi − lo) − mean) / std`` in the file's channel order, layout, rank and dtype.

    x: (n, c, h, w) float in [0, 1] → (n, *file shape). Differentiable; integer inputs are rounded with a
    straight-through gradient.
    """

    scale: Tensor
    shift: Tensor

    def __init__(self, spec: InputSpec, file: FileInput) -> None:
        super().__init__()
        assert spec.shape is not None
        self.file = file
        self.flip = spec.channels == "BGR"
        self.nhwc = spec.layout == "NHWC"
        lo, hi = spec.range
        mean = torch.tensor(spec.mean or (0.0,), dtype=torch.float64)
        std = torch.tensor(spec.std or (1.0,), dtype=torch.float64)
        scale = (hi - lo) / std + 0 * mean
        shift = (lo - mean) / std
        self.identity = bool((scale == 1).all() and (shift == 0).all())
        self.rounded = not file.dtype.is_floating_point
        self.register_buffer("scale", scale.reshape(1, -1, 1, 1).float(), persistent=False)
        self.register_buffer("shift", shift.reshape(1, -1, 1, 1).float(), persistent=False)

    @property
    def affine(self) -> bool:
        """Whether this is a scale, a shift and an order of the channels alone, in float32."""
        plain = not (self.rounded or self.nhwc) and len(self.file.shape) == 3
        return plain and self.file.compute_dtype == torch.float32

    def forward(self, x: Tensor) -> Tensor:
        """Map pixels to the file's input."""
        if self.flip:
            x = x.flip(1)
        if not self.identity:
            x = torch.addcmul(self.shift, x, self.scale)
        if self.rounded:
            x = x + (x.round() - x).detach()
        if self.nhwc:
            x = x.permute(0, 2, 3, 1)
        if x.shape[1:] != self.file.shape:
            x = x.reshape(x.shape[0], *self.file.shape)
        return x.to(self.file.compute_dtype)
