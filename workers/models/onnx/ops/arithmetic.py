# ruff: noqa: D103 - the ONNX specification documents each operator
"""Elementwise arithmetic with NumPy broadcasting."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from workers.models.onnx.call import Call
from workers.models.onnx.ops import host_arithmetic
from workers.models.onnx.registry import Gradient, Value, operator
from workers.models.straight_through import straight_through


def operands(call: Call, a: Value, b: Value) -> tuple[Any, Any]:
    """Two operands; a constant single number stays a Python number, which costs no tensor."""
    if isinstance(a, np.ndarray) and isinstance(b, Tensor):
        return _number(call, a, b), b
    if isinstance(b, np.ndarray) and isinstance(a, Tensor):
        return a, _number(call, b, a)
    return call.tensor(a), call.tensor(b)


def _number(call: Call, constant: np.ndarray[Any, Any], beside: Tensor) -> Any:
    if constant.size == 1 and constant.ndim <= beside.ndim and constant.dtype != object:
        item = constant.reshape(()).item()
        # A float32 tensor times 0.1 must be times float32(0.1).
        if isinstance(item, bool) == (beside.dtype == torch.bool):
            return item
    return call.tensor(constant)


@operator("Add", since=7, elementwise=True, host=host_arithmetic.binary(np.add))
def add(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    return x + y  # type: ignore[no-any-return]


@operator("Sub", since=7, elementwise=True, host=host_arithmetic.binary(np.subtract))
def sub(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    return x - y  # type: ignore[no-any-return]


@operator("Mul", since=7, elementwise=True, host=host_arithmetic.binary(np.multiply))
def mul(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    return x * y  # type: ignore[no-any-return]


@operator("Div", since=7, elementwise=True, host=host_arithmetic.binary(host_arithmetic.divide))
def div(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    floating = any(v.is_floating_point() if isinstance(v, Tensor) else isinstance(v, float) for v in (x, y))
    return torch.div(x, y) if floating else torch.div(x, y, rounding_mode="trunc")


@operator("Pow", since=7, settings=(1,), host=host_arithmetic.binary(host_arithmetic.power))
def power(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    kind = x.dtype if isinstance(x, Tensor) else y.dtype
    result: Tensor = torch.pow(x, y)
    return result.to(kind) if result.dtype != kind else result


@operator("Mod", since=10, settings=(0, 1), host=host_arithmetic.mod)
def mod(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    result: Tensor = torch.fmod(x, y) if call.attr("fmod", 0) else torch.remainder(x, y)
    return result


@operator("Sum", since=6, elementwise=True, host=host_arithmetic.variadic(np.add))
def total(call: Call, *values: Tensor) -> Tensor:
    result = values[0]
    for value in values[1:]:
        result = result + value
    return result


@operator("Mean", since=6)
def mean(call: Call, *values: Tensor) -> Tensor:
    return total(call, *values) / len(values)


@operator("Max", since=6, settings=(0, 1, 2, 3), host=host_arithmetic.variadic(host_arithmetic.larger))
def maximum(call: Call, *values: Tensor) -> Tensor:
    result = values[0]
    for value in values[1:]:
        result = torch.maximum(result, value)
    return result


@operator("Min", since=6, settings=(0, 1, 2, 3), host=host_arithmetic.variadic(host_arithmetic.smaller))
def minimum(call: Call, *values: Tensor) -> Tensor:
    result = values[0]
    for value in values[1:]:
        result = torch.minimum(result, value)
    return result


def _unary(
    name: str,
    function: Callable[[Tensor], Tensor],
    since: int = 1,
    host: Callable[..., Any] | None = None,
    gradient: Gradient = "exact",
) -> None:
    @operator(name, since=since, gradient=gradient, host=host)
    def compute(call: Call, x: Tensor) -> Tensor:
        return function(x)


for _name, _function, _since, _twin in (
    ("Neg", torch.neg, 6, host_arithmetic.unary(np.negative, lambda v: -v)),
    ("Abs", torch.abs, 6, host_arithmetic.unary(np.abs)),
    ("Exp", torch.exp, 6, host_arithmetic.unary(np.exp)),
    ("Log", torch.log, 6, host_arithmetic.unary(np.log)),
    ("Sqrt", torch.sqrt, 6, host_arithmetic.unary(np.sqrt, lambda v: v**0.5)),
    ("Reciprocal", torch.reciprocal, 6, host_arithmetic.unary(np.reciprocal)),
):
    _unary(_name, _function, _since, _twin)

for _name, _function, _since in (
    ("Erf", torch.erf, 9),
    ("Sin", torch.sin, 7),
    ("Cos", torch.cos, 7),
    ("Tan", torch.tan, 7),
    ("Asin", torch.asin, 7),
    ("Acos", torch.acos, 7),
    ("Atan", torch.atan, 7),
    ("Sinh", torch.sinh, 9),
    ("Cosh", torch.cosh, 9),
    ("Asinh", torch.asinh, 9),
    ("Acosh", torch.acosh, 9),
    ("Atanh", torch.atanh, 9),
):
    _unary(_name, _function, _since)


def _staircase(function: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    def stepped(x: Tensor) -> Tensor:
        return straight_through(function(x), x) if x.is_floating_point() else function(x)

    return stepped


for _name, _function, _since, _twin in (
    ("Floor", torch.floor, 6, host_arithmetic.unary(np.floor, math.floor)),
    ("Ceil", torch.ceil, 6, host_arithmetic.unary(np.ceil, math.ceil)),
    ("Round", torch.round, 11, host_arithmetic.unary(np.rint)),
):
    _unary(_name, _staircase(_function), _since, _twin, gradient="straight-through")


@operator("Sign", since=9, gradient="straight-through", host=host_arithmetic.unary(np.sign))
def sign(call: Call, x: Tensor) -> Tensor:
    """The sign, with the derivative of clip(x, -1, 1): the estimator that binarised networks are trained with."""
    if not x.is_floating_point():
        return torch.sign(x)
    return straight_through(torch.sign(x), x.clamp(-1, 1))
