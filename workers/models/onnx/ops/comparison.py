# ruff: noqa: D103 - the ONNX specification documents each operator
"""Comparisons, logic, choices and casts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from onnx import TensorProto
from torch import Tensor

from workers.models.onnx.call import Call
from workers.models.onnx.ops import host_arithmetic, host_shapes
from workers.models.onnx.ops.arithmetic import operands
from workers.models.onnx.registry import Value, operator
from workers.models.onnx.tensors import FLOATS, computed_type
from workers.models.straight_through import straight_through


@operator("Equal", since=7, gradient="none", settings=(0, 1), host=host_arithmetic.compare(host_arithmetic.same))
def equal(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    return torch.eq(x, y) if isinstance(x, Tensor) else torch.eq(y, x)


@operator("Greater", since=7, gradient="none", settings=(0, 1), host=host_arithmetic.order(lambda a, b: a > b))
def greater(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    return torch.gt(x, y) if isinstance(x, Tensor) else torch.lt(y, x)


@operator("Less", since=7, gradient="none", settings=(0, 1), host=host_arithmetic.order(lambda a, b: a < b))
def less(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    return torch.lt(x, y) if isinstance(x, Tensor) else torch.gt(y, x)


@operator("GreaterOrEqual", since=12, gradient="none", settings=(0, 1), host=host_arithmetic.order(lambda a, b: a >= b))
def greater_or_equal(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    return torch.ge(x, y) if isinstance(x, Tensor) else torch.le(y, x)


@operator("LessOrEqual", since=12, gradient="none", settings=(0, 1), host=host_arithmetic.order(lambda a, b: a <= b))
def less_or_equal(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    return torch.le(x, y) if isinstance(x, Tensor) else torch.ge(y, x)


@operator("And", since=7, gradient="none", host=host_arithmetic.binary(np.logical_and))
def logical_and(call: Call, a: Tensor, b: Tensor) -> Tensor:
    return torch.logical_and(a, b)


@operator("Or", since=7, gradient="none", host=host_arithmetic.binary(np.logical_or))
def logical_or(call: Call, a: Tensor, b: Tensor) -> Tensor:
    return torch.logical_or(a, b)


@operator("Xor", since=7, gradient="none", host=host_arithmetic.binary(np.logical_xor))
def logical_xor(call: Call, a: Tensor, b: Tensor) -> Tensor:
    return torch.logical_xor(a, b)


@operator("Not", since=1, gradient="none", host=host_arithmetic.unary(np.logical_not))
def logical_not(call: Call, a: Tensor) -> Tensor:
    return torch.logical_not(a)


def _bits(function: Callable[[Tensor, Tensor], Tensor], a: Tensor, b: Tensor) -> Tensor:
    """Of bytes too, which stay in float32 where they come from an image (see `_cast`)."""
    floating = next((v.dtype for v in (a, b) if v.is_floating_point()), None)
    if floating is None:
        return function(a, b)
    whole, more = (v.to(torch.int32) if v.is_floating_point() else v for v in (a, b))
    return function(whole, more).to(floating)


@operator("BitwiseAnd", since=18, gradient="straight-through")
def bitwise_and(call: Call, a: Tensor, b: Tensor) -> Tensor:
    hard = _bits(torch.bitwise_and, a, b)
    return straight_through(hard, a) if a.is_floating_point() else hard


@operator("BitwiseOr", since=18, gradient="none")
def bitwise_or(call: Call, a: Tensor, b: Tensor) -> Tensor:
    return _bits(torch.bitwise_or, a, b)


@operator("BitwiseXor", since=18, gradient="none")
def bitwise_xor(call: Call, a: Tensor, b: Tensor) -> Tensor:
    return _bits(torch.bitwise_xor, a, b)


@operator(
    "BitShift",
    since=11,
    gradient="straight-through",
    settings=(1,),
    note="to the left, unsigned numbers of 16 bits and more do not wrap",
)
def bit_shift(call: Call, a: Value, by: Value) -> Tensor:
    x, n = operands(call, a, by)
    left = call.attr("direction", "").upper() == "LEFT"
    if isinstance(x, Tensor) and x.is_floating_point():  # eight bits, see `_cast`
        return torch.remainder(x * 2.0**n, 256) if left else straight_through(torch.floor(x * 2.0**-n), x * 2.0**-n)
    return torch.bitwise_left_shift(x, n) if left else torch.bitwise_right_shift(x, n)


@operator("IsNaN", since=9, gradient="none")
def is_nan(call: Call, x: Tensor) -> Tensor:
    return torch.isnan(x)


@operator("IsInf", since=10, gradient="none")
def is_inf(call: Call, x: Tensor) -> Tensor:
    positive, negative = call.attr("detect_positive", 1), call.attr("detect_negative", 1)
    found = torch.isinf(x)
    if not positive:
        found = found & (x < 0)
    if not negative:
        found = found & (x > 0)
    return found


@operator("Where", since=9, beside_images=True, host=host_shapes.where)
def where(call: Call, condition: Tensor, a: Value, b: Value) -> Tensor:
    x, y = (_choice(call, v) for v in (a, b))
    if not isinstance(x, Tensor) and not isinstance(y, Tensor):
        x = call.tensor(a)
    return torch.where(condition, x, y)


def _choice(call: Call, value: Value) -> Any:
    if isinstance(value, np.ndarray) and value.size == 1 and value.ndim == 0 and value.dtype == np.float32:
        return value.item()
    return call.tensor(value)


@operator(
    "Cast",
    since=6,
    note="half precision, bfloat16 and double are computed in float32",
    view=True,
    idle=("round_mode", "saturate"),
    host=host_shapes.cast,
)
def cast(call: Call, x: Tensor) -> Tensor:
    return _cast(call, x, int(call.attr("to", TensorProto.FLOAT)))


@operator("CastLike", since=15, idle=("round_mode", "saturate"), host=host_shapes.cast_like)
def cast_like(call: Call, x: Tensor, like: Tensor) -> Tensor:
    return x if x.dtype == like.dtype else x.to(like.dtype)


_TORCH: dict[Any, torch.dtype] = {
    np.float32: torch.float32,
    np.int8: torch.int8,
    np.uint8: torch.uint8,
    np.int16: torch.int16,
    np.uint16: torch.int32,
    np.int32: torch.int32,
    np.uint32: torch.int64,
    np.int64: torch.int64,
    np.uint64: torch.int64,
    np.bool_: torch.bool,
}


def _cast(call: Call, x: Tensor, to: int) -> Tensor:
    kind = _TORCH[computed_type(to, call.node.where)]
    if x.dtype == kind:
        return x
    if x.is_floating_point() and to in (TensorProto.UINT8, TensorProto.INT8):
        # A quantised image: the value is cut, the gradient passes, the numbers stay in float32.
        return straight_through(torch.trunc(x), x)
    if to in FLOATS or kind != torch.bool:
        return x.to(kind)
    return x != 0
