# ruff: noqa: D103 - the ONNX specification documents each operator
"""Convolutions, and the padding rules that they share with pooling."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from workers.models.onnx.call import Call, ints
from workers.models.onnx.registry import Host, operator

_CONV: dict[int, Any] = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
_TRANSPOSED: dict[int, Any] = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


def paddings(
    call: Call, sizes: Sequence[int], kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Padding before and after each spatial dimension, from `pads` or `auto_pad`."""
    rank = len(kernel)
    mode = call.attr("auto_pad", "NOTSET")
    if mode == "NOTSET":
        pads = call.attr("pads", [0] * 2 * rank)
        return list(pads[:rank]), list(pads[rank:])
    if mode == "VALID":
        return [0] * rank, [0] * rank
    if mode not in ("SAME_UPPER", "SAME_LOWER"):
        raise call.refuse(f"auto_pad {mode!r} is unknown")
    begin, end = [], []
    for size, k, s, d in zip(sizes, kernel, strides, dilations, strict=True):
        total = max((-(-size // s) - 1) * s + (k - 1) * d + 1 - size, 0)
        small, large = total // 2, total - total // 2
        begin.append(small if mode == "SAME_UPPER" else large)
        end.append(large if mode == "SAME_UPPER" else small)
    return begin, end


def pad_spatial(x: Tensor, begin: Sequence[int], end: Sequence[int], value: float = 0.0) -> Tensor:
    """Pad the spatial dimensions of x (n, c, …) with a value."""
    widths = [w for b, e in zip(reversed(begin), reversed(end), strict=True) for w in (b, e)]
    return F.pad(x, widths, value=value) if any(widths) else x


def spatial(call: Call, x: Tensor) -> list[int]:
    """Spatial sizes of x (n, c, …) as numbers."""
    sizes = list(x.shape[2:])
    if any(isinstance(s, torch.SymInt) for s in sizes) or not 1 <= len(sizes) <= 3:
        raise call.refuse(
            f"its input has shape {list(map(str, x.shape))}; images (n, c, …) with 1 to 3 axes are supported"
        )
    return sizes


@operator("Conv", since=1, weights=(1, 2), idle=("kernel_shape", "pads"))
def conv(call: Call, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    sizes = spatial(call, x)
    rank = len(sizes)
    kernel = list(weight.shape[2:])
    strides = call.attr("strides", [1] * rank)
    dilations = call.attr("dilations", [1] * rank)
    begin, end = paddings(call, sizes, kernel, strides, dilations)
    if begin != end or any(p < 0 for p in begin):
        x = pad_spatial(x, begin, end)
        begin = [0] * rank
    result: Tensor = _CONV[rank](x, weight, bias, strides, begin, dilations, call.attr("group", 1))
    return result


@operator("ConvTranspose", since=1, weights=(1, 2), idle=("kernel_shape", "pads"))
def conv_transpose(call: Call, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    sizes = spatial(call, x)
    rank = len(sizes)
    kernel = list(weight.shape[2:])
    strides = call.attr("strides", [1] * rank)
    dilations = call.attr("dilations", [1] * rank)
    extra = call.attr("output_padding", [0] * rank)
    full = [(n - 1) * s + (k - 1) * d + 1 for n, s, k, d in zip(sizes, strides, kernel, dilations, strict=True)]
    mode = call.attr("auto_pad", "NOTSET")
    wanted = call.attr("output_shape")
    if wanted is None and mode in ("SAME_UPPER", "SAME_LOWER"):
        wanted = [n * s for n, s in zip(sizes, strides, strict=True)]
    if wanted is not None:
        extra = [max(e, w - f) for f, e, w in zip(full, extra, wanted[-rank:], strict=True)]
        total = [max(f + e - w, 0) for f, e, w in zip(full, extra, wanted[-rank:], strict=True)]
        half = [t // 2 for t in total]
        rest = [t - t // 2 for t in total]
        begin, end = (half, rest) if mode == "SAME_UPPER" else (rest, half)
    else:
        pads = call.attr("pads", [0] * 2 * rank) if mode == "NOTSET" else [0] * 2 * rank
        begin, end = pads[:rank], pads[rank:]
    transposed = _TRANSPOSED[rank]
    group = call.attr("group", 1)
    if begin == end and all(e < max(s, d) for e, s, d in zip(extra, strides, dilations, strict=True)):
        result: Tensor = transposed(x, weight, bias, strides, begin, extra, group, dilations)
        return result
    whole: Tensor = transposed(x, weight, bias, strides, 0, 0, group, dilations)
    return pad_spatial(whole, [-b for b in begin], [p - e for p, e in zip(extra, end, strict=True)])


@operator("Col2Im", since=18, note="images of two dimensions")
def col2im(call: Call, x: Tensor, image: Host, block: Host) -> Tensor:
    """Sum of overlapping blocks (n, c · block, blocks) → (n, c, *image)."""
    height, width, *more = ints(image)
    if more:
        raise call.refuse("only images of two dimensions are supported")
    top, left, bottom, right = call.attr("pads") or [0] * 4
    size = [height + top + bottom, width + left + right]
    dilations, strides = call.attr("dilations") or [1, 1], call.attr("strides") or [1, 1]
    padded = torch.ops.aten.col2im(x, size, ints(block), dilations, [0, 0], strides)
    inner: Tensor = padded[:, :, top : top + height, left : left + width]
    return inner
