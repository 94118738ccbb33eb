# ruff: noqa: D103 - onnxruntime's documentation describes each operator
"""Quantised operators of onnxruntime's own domain, as its quantiser writes them: numbers out, operator, numbers in."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from workers.models.onnx.call import Call
from workers.models.onnx.ops.pooling import average_pool
from workers.models.onnx.ops.quantised import along, dequantize_linear, limits, quantise, quantize_linear
from workers.models.onnx.registry import Host, Value, operator

_MS = "com.microsoft"

_PARAMETERS: Any = {"domain": _MS, "settings": (0, 1, 2), "folds": False, "idle": ("precision", "saturate")}
operator("QuantizeLinear", gradient="straight-through", **_PARAMETERS)(quantize_linear)
operator("DequantizeLinear", **_PARAMETERS)(dequantize_linear)


def _numbers(x: Tensor, scale: Host, zero: Host | None) -> Tensor:
    """What quantised values stand for."""
    offset = 0.0 if zero is None else float(zero.reshape(-1)[0])
    return (x.to(torch.float32) - offset) * float(scale.reshape(-1)[0])


def _quantised(call: Call, x: Tensor, scale: Host, zero: Host | None) -> Tensor:
    offset = 0.0 if zero is None else float(zero.reshape(-1)[0])
    return quantise(x, float(scale.reshape(-1)[0]), offset, limits(call, zero))


@operator("QLinearAdd", domain=_MS, gradient="straight-through", layer=True, settings=range(8))
def qlinear_add(
    call: Call, a: Tensor, sa: Host, za: Host | None, b: Tensor, sb: Host, zb: Host | None, sc: Host,
    zc: Host | None = None,
) -> Tensor:  # fmt: skip
    return _quantised(call, _numbers(a, sa, za) + _numbers(b, sb, zb), sc, zc)


@operator("QLinearMul", domain=_MS, gradient="straight-through", layer=True, settings=range(8))
def qlinear_mul(
    call: Call, a: Tensor, sa: Host, za: Host | None, b: Tensor, sb: Host, zb: Host | None, sc: Host,
    zc: Host | None = None,
) -> Tensor:  # fmt: skip
    return _quantised(call, _numbers(a, sa, za) * _numbers(b, sb, zb), sc, zc)


@operator("QLinearSigmoid", domain=_MS, gradient="straight-through", layer=True)
def qlinear_sigmoid(call: Call, x: Tensor, sx: Host, zx: Host | None, sy: Host, zy: Host | None = None) -> Tensor:
    return _quantised(call, torch.sigmoid(_numbers(x, sx, zx)), sy, zy)


@operator("QLinearLeakyRelu", domain=_MS, gradient="straight-through", layer=True)
def qlinear_leaky_relu(call: Call, x: Tensor, sx: Host, zx: Host | None, sy: Host, zy: Host | None = None) -> Tensor:
    return _quantised(call, F.leaky_relu(_numbers(x, sx, zx), call.attr("alpha", 0.01)), sy, zy)


@operator("QLinearSoftmax", domain=_MS, gradient="straight-through", layer=True)
def qlinear_softmax(call: Call, x: Tensor, sx: Host, zx: Host | None, sy: Host, zy: Host | None = None) -> Tensor:
    axis = call.attr("axis", -1)
    if call.attr("opset", 13) < 13 and axis % x.ndim != x.ndim - 1:
        raise call.refuse("a softmax over several axes at once is not supported")
    return _quantised(call, torch.softmax(_numbers(x, sx, zx), axis), sy, zy)


@operator("QLinearConcat", domain=_MS, gradient="straight-through", layer=True, settings=range(256))
def qlinear_concat(call: Call, sy: Host, zy: Host, *triples: Value) -> Tensor:
    parts = [
        _numbers(call.tensor(triples[i]), call.host(triples[i + 1], "scale"), call.host(triples[i + 2], "zero point"))
        for i in range(0, len(triples), 3)
    ]
    return _quantised(call, torch.cat(parts, call.attr("axis")), sy, zy)


@operator("QLinearGlobalAveragePool", domain=_MS, gradient="straight-through", layer=True, settings=range(5))
def qlinear_global_average_pool(call: Call, x: Tensor, sx: Host, zx: Host, sy: Host, zy: Host) -> Tensor:
    axes = list(range(1, x.ndim - 1)) if call.attr("channels_last", 0) else list(range(2, x.ndim))
    return _quantised(call, _numbers(x, sx, zx).mean(axes, keepdim=True), sy, zy)


@operator(
    "QLinearAveragePool",
    domain=_MS,
    gradient="straight-through",
    layer=True,
    settings=range(5),
    idle=("kernel_shape", "pads"),
)
def qlinear_average_pool(call: Call, x: Tensor, sx: Host, zx: Host | None, sy: Host, zy: Host | None = None) -> Tensor:
    if call.attr("channels_last", 0):
        raise call.refuse("channels_last is not supported")
    return _quantised(call, average_pool(call, _numbers(x, sx, zx)), sy, zy)


@operator("QGemm", domain=_MS, gradient="straight-through", settings=range(9))
def qgemm(
    call: Call, a: Tensor, sa: Host, za: Host, b: Tensor, sb: Host, zb: Host, c: Tensor | None = None,
    sy: Host | None = None, zy: Host | None = None,
) -> Tensor:  # fmt: skip
    """alpha · A' B' + C in whole numbers, C with the product's scale; without `sy` the result is floating."""
    left = a.to(torch.float32) - float(za.reshape(-1)[0])
    transposed = call.attr("transB", 0)
    right = b.to(torch.float32) - along(zb, b, 0 if transposed else 1, call)
    left = left.t() if call.attr("transA", 0) else left
    total = torch.matmul(left, right.t() if transposed else right)
    total = total if c is None else total + c.to(torch.float32)
    scale: Any = sa.reshape(-1)[0] * sb.reshape(-1) * call.attr("alpha", 1.0)
    factor = float(scale[0]) if scale.size == 1 else call.tensor(scale.astype("float32"))
    return total * factor if sy is None else _quantised(call, total * factor, sy, zy)
