# ruff: noqa: D103 - the ONNX specification documents each operator
"""Quantised operators, computed exactly on float32 tensors that hold integers.

Rounding passes the gradient straight through and saturation blocks it, so that white-box attacks have a gradient
(backward-pass differentiable approximation; Athalye et al. 2018).
"""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from onnx import TensorProto
from torch import Tensor

from workers.models.onnx.call import Call
from workers.models.onnx.ops.convolution import pad_spatial, paddings, spatial
from workers.models.onnx.registry import Host, Value, operator
from workers.models.straight_through import straight_through

_LIMITS: dict[Any, tuple[int, int]] = {
    np.dtype(np.uint8): (0, 255),
    np.dtype(np.int8): (-128, 127),
    np.dtype(np.uint16): (0, 65535),
    np.dtype(np.int16): (-32768, 32767),
    np.dtype(np.int32): (-(2**31), 2**31 - 1),
}
_BY_TYPE = {
    TensorProto.UINT8: (0, 255),
    TensorProto.INT8: (-128, 127),
    TensorProto.UINT16: (0, 65535),
    TensorProto.INT16: (-32768, 32767),
}


def along(parameter: Value, x: Tensor, axis: int, call: Call) -> Any:
    """A scale or zero point, for all of x, one an item of an axis, or one an image."""
    if isinstance(parameter, np.ndarray) and parameter.size == 1:
        return float(parameter.reshape(-1)[0])
    tensor = call.tensor(parameter).to(torch.float32)
    if tensor.ndim == 0 or tensor.numel() == 1:
        return tensor.reshape(())
    if tensor.ndim == x.ndim and all(s == 1 for s in tensor.shape[1:]):
        return tensor  # one an image, of DynamicQuantizeLinear
    if tensor.ndim > 1:
        raise call.refuse("block-wise quantisation is not supported")
    return tensor.reshape([-1 if i == axis % x.ndim else 1 for i in range(x.ndim)])


def quantise(x: Tensor, scale: Any, zero: Any, limits: tuple[int, int]) -> Tensor:
    soft = x / scale
    hard = torch.clamp(torch.round(soft) + zero, *limits)
    return straight_through(hard, torch.clamp(soft + zero, *limits))


def limits(call: Call, zero: Value | None) -> tuple[int, int]:
    named = call.attr("output_dtype", 0)
    if named:
        if named not in _BY_TYPE:
            raise call.refuse("only 8- and 16-bit integers are supported")
        low, high = _BY_TYPE[named]
        return low, high
    if zero is None:
        return 0, 255
    if not isinstance(zero, np.ndarray) or zero.dtype not in _LIMITS:
        raise call.refuse("its zero point must be a constant 8- or 16-bit integer")
    return _LIMITS[zero.dtype]


@operator(
    "QuantizeLinear",
    since=10,
    gradient="straight-through",
    note="8 and 16 bit, by tensor or axis",
    settings=(0, 1, 2),
    folds=False,
    idle=("precision", "saturate"),
)
def quantize_linear(call: Call, x: Tensor, scale: Value, zero: Value | None = None) -> Tensor:
    axis = call.attr("axis", 1)
    offset = 0.0 if zero is None else along(zero, x, axis, call)
    return quantise(x, along(scale, x, axis, call), offset, limits(call, zero))


@operator(
    "DequantizeLinear",
    since=10,
    note="8, 16 and 32 bit, by tensor or axis",
    settings=(0, 1, 2),
    folds=False,
    idle=("precision",),
)
def dequantize_linear(call: Call, x: Tensor, scale: Value, zero: Value | None = None) -> Tensor:
    axis = call.attr("axis", 1)
    x = x.to(torch.float32)
    if zero is not None:
        x = x - along(zero, x, axis, call)
    result: Tensor = x * along(scale, x, axis, call)
    return result


@operator(
    "DynamicQuantizeLinear",
    since=11,
    gradient="straight-through",
    note="scales image by image",
    settings=(0,),
    folds=False,
)
def dynamic_quantize_linear(call: Call, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Scale and zero point from each image's own range, as the file computes them for a batch of one."""
    if x.ndim < 2 or not isinstance(x.shape[0], torch.SymInt) or x.shape[0] != call.batch.size:
        raise call.refuse("its scale would be taken over several images, or over what is no image")
    axes = list(range(1, x.ndim))
    low, high = x.detach().amin(axes, keepdim=True).clamp(max=0), x.detach().amax(axes, keepdim=True).clamp(min=0)
    scale = (high - low) / 255
    scale = torch.where(scale == 0, torch.ones_like(scale), scale)
    zero = torch.clamp(torch.round(-low / scale), 0, 255)
    return quantise(x, scale, zero, (0, 255)), scale, zero


@operator(
    "QLinearConv", since=10, gradient="straight-through", layer=True, settings=range(9), idle=("kernel_shape", "pads")
)
def qlinear_conv(
    call: Call,
    x: Tensor,
    x_scale: Host,
    x_zero: Host,
    w: Tensor,
    w_scale: Host,
    w_zero: Host,
    y_scale: Host,
    y_zero: Host,
    bias: Tensor | None = None,
) -> Tensor:
    sizes = spatial(call, x)
    rank = len(sizes)
    kernel = list(w.shape[2:])
    strides, dilations = call.attr("strides", [1] * rank), call.attr("dilations", [1] * rank)
    begin, end = paddings(call, sizes, kernel, strides, dilations)
    centred = pad_spatial(x.to(torch.float32) - float(x_zero.reshape(-1)[0]), begin, end)
    channels = [-1] + [1] * (rank + 1)
    weight = w.to(torch.float32) - call.tensor(w_zero).to(torch.float32).reshape(channels if w_zero.size > 1 else [])
    conv: Any = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[rank]
    accumulated = conv(
        centred, weight, None if bias is None else bias.to(torch.float32), strides, 0, dilations, call.attr("group", 1)
    )
    factor = x_scale.reshape(-1)[0] * w_scale.reshape(-1) / y_scale.reshape(-1)[0]
    scale: Any = float(factor[0])
    if factor.size > 1:
        scale = torch.tensor(factor.astype(np.float32), device=x.device).reshape([1, -1] + [1] * rank)
    soft = accumulated * scale
    return quantise(soft, 1.0, float(y_zero.reshape(-1)[0]), limits(call, y_zero))


@operator("QLinearMatMul", since=10, gradient="straight-through", layer=True, settings=range(8))
def qlinear_matmul(
    call: Call,
    a: Tensor,
    a_scale: Host,
    a_zero: Host,
    b: Tensor,
    b_scale: Host,
    b_zero: Host,
    y_scale: Host,
    y_zero: Host,
) -> Tensor:
    left = a.to(torch.float32) - float(a_zero.reshape(-1)[0])
    right = b.to(torch.float32) - call.tensor(b_zero).to(torch.float32)
    factor = a_scale.reshape(-1)[0] * b_scale.reshape(-1) / y_scale.reshape(-1)[0]
    scale: Any = float(factor[0]) if factor.size == 1 else torch.tensor(factor.astype(np.float32), device=a.device)
    return quantise(torch.matmul(left, right) * scale, 1.0, float(y_zero.reshape(-1)[0]), limits(call, y_zero))


@operator("ConvInteger", since=10, idle=("kernel_shape", "pads"))
def conv_integer(call: Call, x: Tensor, w: Tensor, x_zero: Value | None = None, w_zero: Host | None = None) -> Tensor:
    rank = len(spatial(call, x))
    strides, dilations = call.attr("strides", [1] * rank), call.attr("dilations", [1] * rank)
    begin, end = paddings(call, spatial(call, x), list(w.shape[2:]), strides, dilations)
    centred = x.to(torch.float32) - (0.0 if x_zero is None else along(x_zero, x, 0, call))
    weight = w.to(torch.float32)
    if w_zero is not None:
        weight = weight - along(w_zero, weight, 0, call)
    conv: Any = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[rank]
    result: Tensor = conv(pad_spatial(centred, begin, end), weight, None, strides, 0, dilations, call.attr("group", 1))
    return result


@operator("MatMulInteger", since=10)
def matmul_integer(call: Call, a: Tensor, b: Tensor, a_zero: Value | None = None, b_zero: Host | None = None) -> Tensor:
    left = a.to(torch.float32) - (0.0 if a_zero is None else along(a_zero, a, -2, call))
    right = b.to(torch.float32)
    if b_zero is not None:
        right = right - call.tensor(b_zero).to(torch.float32)
    return torch.matmul(left, right)
