# ruff: noqa: D103 - the ONNX specification documents each operator
"""Activation functions."""

import math
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from workers.models.onnx.call import Call
from workers.models.onnx.ops import host_arithmetic
from workers.models.onnx.registry import Value, operator
from workers.models.straight_through import straight_through


@operator(
    "Relu", since=6, host=host_arithmetic.unary(lambda x: np.maximum(x, 0), lambda v: host_arithmetic.greatest(v, 0))
)
def relu(call: Call, x: Tensor) -> Tensor:
    return F.relu(x)


@operator("LeakyRelu", since=6)
def leaky_relu(call: Call, x: Tensor) -> Tensor:
    return F.leaky_relu(x, call.attr("alpha", 0.01))


@operator("PRelu", since=7, weights=(1,))
def prelu(call: Call, x: Tensor, slope: Tensor) -> Tensor:
    if slope.numel() == 1:
        return F.prelu(x, slope.reshape(1))
    if x.ndim > 1 and slope.numel() == x.shape[1] and slope.ndim == x.ndim - 1 and slope.shape[0] == x.shape[1]:
        return F.prelu(x, slope.reshape(-1))
    return torch.where(x < 0, x * slope, x)


@operator("Elu", since=6)
def elu(call: Call, x: Tensor) -> Tensor:
    return F.elu(x, call.attr("alpha", 1.0))


@operator("Selu", since=6)
def selu(call: Call, x: Tensor) -> Tensor:
    alpha = call.attr("alpha", 1.67326319217681884765625)
    gamma = call.attr("gamma", 1.05070102214813232421875)
    result: Tensor = gamma * F.elu(x, alpha)
    return result


@operator("Celu", since=12)
def celu(call: Call, x: Tensor) -> Tensor:
    return F.celu(x, call.attr("alpha", 1.0))


@operator("Sigmoid", since=6)
def sigmoid(call: Call, x: Tensor) -> Tensor:
    return torch.sigmoid(x)


@operator("HardSigmoid", since=6)
def hard_sigmoid(call: Call, x: Tensor) -> Tensor:
    alpha, beta = call.attr("alpha", 0.2), call.attr("beta", 0.5)
    if math.isclose(alpha, 1 / 6, rel_tol=1e-6) and beta == 0.5:
        return F.hardsigmoid(x)
    result: Tensor = (alpha * x + beta).clamp(0.0, 1.0)
    return result


@operator("HardSwish", since=14)
def hard_swish(call: Call, x: Tensor) -> Tensor:
    return F.hardswish(x)


@operator("Tanh", since=6)
def tanh(call: Call, x: Tensor) -> Tensor:
    return torch.tanh(x)


@operator("Softplus", since=1)
def softplus(call: Call, x: Tensor) -> Tensor:
    return F.softplus(x)


@operator("Softsign", since=1)
def softsign(call: Call, x: Tensor) -> Tensor:
    return F.softsign(x)


@operator("Mish", since=18)
def mish(call: Call, x: Tensor) -> Tensor:
    return F.mish(x)


@operator("Swish", since=24)
def swish(call: Call, x: Tensor) -> Tensor:
    alpha = call.attr("alpha", 1.0)
    return F.silu(x) if alpha == 1.0 else x * torch.sigmoid(alpha * x)


@operator("Gelu", since=20)
def gelu(call: Call, x: Tensor) -> Tensor:
    return F.gelu(x, approximate="tanh" if call.attr("approximate", "none") == "tanh" else "none")


@operator("ThresholdedRelu", since=10)
def thresholded_relu(call: Call, x: Tensor) -> Tensor:
    return F.threshold(x, call.attr("alpha", 1.0), 0.0)


@operator("Shrink", since=9)
def shrink(call: Call, x: Tensor) -> Tensor:
    lambd, bias = call.attr("lambd", 0.5), call.attr("bias", 0.0)
    zero = torch.zeros_like(x)
    return torch.where(x < -lambd, x + bias, torch.where(x > lambd, x - bias, zero))


@operator("Clip", since=6, settings=(1, 2), host=host_arithmetic.clip)
def clip(call: Call, x: Tensor, low: Value | None = None, high: Value | None = None) -> Tensor:
    if call.version < 11:
        lo, hi = call.attr("min"), call.attr("max")
    else:
        lo, hi = (_limit(call, v) for v in (low, high))
    if lo is None and hi is None:
        return x
    if lo == 0.0 and hi == 6.0 and isinstance(lo, float):
        return F.relu6(x)
    # ONNX says min(max(x, lo), hi), which is what torch computes when lo > hi.
    return torch.clamp(x, lo, hi)


def _limit(call: Call, value: Value | None) -> Any:
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype != object:
        return value.reshape(()).item()
    return None if value is None else call.tensor(value)


def _vector_of_one_image(call: Call, x: Tensor) -> bool:
    """Whether x is (n · k,) where the file, made for one image, has (k,)."""
    call.attr("axis")  # 0, the only one
    return x.ndim == 1 and call.batch.freed and isinstance(x.shape[0], torch.SymInt)


@operator("Softmax", since=1)
def softmax(call: Call, x: Tensor) -> Tensor:
    if _vector_of_one_image(call, x):
        return torch.softmax(x.reshape(-1, call.batch.original(x.shape[0])), 1).reshape(-1)
    if call.version < 13:
        axis = call.attr("axis", 1) % max(x.ndim, 1)
        return _coerced(x, axis, False)
    return torch.softmax(x, call.attr("axis", -1))


@operator("LogSoftmax", since=1)
def log_softmax(call: Call, x: Tensor) -> Tensor:
    if _vector_of_one_image(call, x):
        return torch.log_softmax(x.reshape(-1, call.batch.original(x.shape[0])), 1).reshape(-1)
    if call.version < 13:
        axis = call.attr("axis", 1) % max(x.ndim, 1)
        return _coerced(x, axis, True)
    return torch.log_softmax(x, call.attr("axis", -1))


def _coerced(x: Tensor, axis: int, log: bool) -> Tensor:
    """Before operator set 13 all dimensions from the axis on were one."""
    function = torch.log_softmax if log else torch.softmax
    if axis == x.ndim - 1:
        return function(x, axis)
    if all(isinstance(s, int) and s == 1 for s in x.shape[axis + 1 :]):
        return function(x, axis)
    return function(x.flatten(axis), axis).reshape(x.shape)


@operator("Hardmax", since=1, gradient="straight-through")
def hardmax(call: Call, x: Tensor) -> Tensor:
    axis = call.attr("axis", 1 if call.version < 13 else -1)
    flat = x.flatten(axis % x.ndim) if call.version < 13 else x
    axis = axis % x.ndim if call.version < 13 else axis
    hard = torch.zeros_like(flat).scatter(axis, flat.argmax(axis, keepdim=True), 1.0)
    return straight_through(hard, torch.softmax(flat, axis)).reshape(x.shape)
