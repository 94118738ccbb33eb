# ruff: noqa: D103 - the ONNX specification documents each operator
"""Pooling."""

import math
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from workers.models.onnx.call import Call
from workers.models.onnx.ops.convolution import pad_spatial, paddings, spatial
from workers.models.onnx.registry import operator

_MAX: dict[int, Any] = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
_AVERAGE: dict[int, Any] = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
_GLOBAL: dict[int, Any] = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}


def _window(call: Call, x: Tensor) -> tuple[list[int], list[int], list[int], list[int], list[int], list[int]]:
    """(kernel, strides, dilations, begin, end, surplus): `surplus` makes the last window of ceil_mode fit."""
    sizes = spatial(call, x)
    rank = len(sizes)
    kernel = list(call.attr("kernel_shape"))
    strides = list(call.attr("strides", [1] * rank))
    dilations = call.attr("dilations", [1] * rank)
    begin, end = paddings(call, sizes, kernel, strides, dilations)
    surplus = [0] * rank
    if call.attr("ceil_mode", 0) and call.attr("auto_pad", "NOTSET") == "NOTSET":
        for i, (n, k, s, d) in enumerate(zip(sizes, kernel, strides, dilations, strict=True)):
            reach = (k - 1) * d + 1
            room = n + begin[i] + end[i] - reach
            windows = -(-room // s) + 1
            if (windows - 1) * s >= n + begin[i]:
                windows -= 1  # no window may begin in the padding behind the image
            if windows == 1 and room < 0:  # one window, larger than all there is: EfficientNet's is 2560 wide
                kernel[i] = -(-(n + begin[i] + end[i]) // d)
                strides[i] = n + begin[i] + end[i]
                continue
            surplus[i] = max((windows - 1) * s + reach - (n + begin[i] + end[i]), 0)
    return kernel, strides, dilations, begin, end, surplus


@operator("MaxPool", since=1, note="values, not indices", idle=("kernel_shape", "pads", "storage_order"))
def max_pool(call: Call, x: Tensor) -> Tensor:
    kernel, strides, dilations, begin, end, surplus = _window(call, x)
    rank = len(kernel)
    end = [e + s for e, s in zip(end, surplus, strict=True)]
    fits = all(b <= k // 2 for b, k in zip(begin, kernel, strict=True))
    if begin != end or not fits:
        x = pad_spatial(x, begin, end, -math.inf)
        begin = [0] * rank
    result: Tensor = _MAX[rank](x, kernel, strides, begin, dilations)
    return result


@operator("AveragePool", since=7, idle=("kernel_shape", "pads"))
def average_pool(call: Call, x: Tensor) -> Tensor:
    kernel, strides, dilations, begin, end, surplus = _window(call, x)
    rank = len(kernel)
    include = bool(call.attr("count_include_pad", 0))
    dilated = any(d != 1 for d in dilations)
    plain = (
        begin == end
        and not any(surplus)
        and not dilated
        and all(2 * b <= k for b, k in zip(begin, kernel, strict=True))
    )
    if plain:
        result: Tensor = _AVERAGE[rank](x, kernel, strides, begin, False, include)
        return result
    last = [e + s for e, s in zip(end, surplus, strict=True)]
    area = math.prod(kernel)
    padded = pad_spatial(x, begin, last)
    total = _sums(padded, kernel, strides, dilations)
    # How many numbers of a window count: those of the image, those of the padding if included, never the surplus.
    ones = torch.ones((1, 1, *x.shape[2:]), dtype=x.dtype, device=x.device)
    if include:
        ones = pad_spatial(ones, begin, end, 1.0)
        ones = pad_spatial(ones, [0] * rank, surplus)
    else:
        ones = pad_spatial(ones, begin, last)
    if include and not any(surplus):
        return total / area
    return total / _sums(ones, kernel, strides, dilations)


def _sums(x: Tensor, kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int]) -> Tensor:
    rank = len(kernel)
    if all(d == 1 for d in dilations):
        mean: Tensor = _AVERAGE[rank](x, kernel, strides, 0, False, True)
        return mean * math.prod(kernel)
    conv: Any = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[rank]
    channels = x.shape[1]
    ones = torch.ones((channels, 1, *kernel), dtype=x.dtype, device=x.device)
    result: Tensor = conv(x, ones, None, strides, 0, dilations, channels)
    return result


@operator("LpPool", since=11, idle=("kernel_shape", "pads"))
def lp_pool(call: Call, x: Tensor) -> Tensor:
    kernel, strides, dilations, begin, end, surplus = _window(call, x)
    p = call.attr("p", 2)
    padded = pad_spatial(x.abs() ** p, begin, [e + s for e, s in zip(end, surplus, strict=True)])
    result: Tensor = _sums(padded, kernel, strides, dilations) ** (1 / p)
    return result


@operator("GlobalAveragePool", since=1, idle=("kernel_shape", "pads"))
def global_average_pool(call: Call, x: Tensor) -> Tensor:
    result: Tensor = _GLOBAL[len(spatial(call, x))](x, 1)
    return result


@operator("GlobalMaxPool", since=1, idle=("kernel_shape", "pads"))
def global_max_pool(call: Call, x: Tensor) -> Tensor:
    return x.amax(dim=list(range(2, x.ndim)), keepdim=True)


@operator("GlobalLpPool", since=2, idle=("kernel_shape", "pads"))
def global_lp_pool(call: Call, x: Tensor) -> Tensor:
    result: Tensor = torch.linalg.vector_norm(x, call.attr("p", 2), dim=list(range(2, x.ndim)), keepdim=True)
    return result
