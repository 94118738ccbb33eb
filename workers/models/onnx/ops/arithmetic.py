# ruff: noqa: D103 - the ONNX specification documents each operator
"""Elementwise arithmetic with NumPy broadcasting."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from workers.models.onnx.call import Call
from workers.models.onnx.registry import Converter, Value, operator
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


@operator("Add", since=7)
def add(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    return x + y  # type: ignore[no-any-return]


@operator("Sub", since=7)
def sub(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    return x - y  # type: ignore[no-any-return]


@operator("Mul", since=7)
def mul(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    return x * y  # type: ignore[no-any-return]


@operator("Div", since=7)
def div(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    floating = any(v.is_floating_point() if isinstance(v, Tensor) else isinstance(v, float) for v in (x, y))
    return torch.div(x, y) if floating else torch.div(x, y, rounding_mode="trunc")


@operator("Pow", since=7)
def power(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    kind = x.dtype if isinstance(x, Tensor) else y.dtype
    result: Tensor = torch.pow(x, y)
    return result.to(kind) if result.dtype != kind else result


@operator("Mod", since=10)
def mod(call: Call, a: Value, b: Value) -> Tensor:
    x, y = operands(call, a, b)
    result: Tensor = torch.fmod(x, y) if call.attr("fmod", 0) else torch.remainder(x, y)
    return result


@operator("Sum", since=6)
def total(call: Call, *values: Tensor) -> Tensor:
    result = values[0]
    for value in values[1:]:
        result = result + value
    return result


@operator("Mean", since=6)
def mean(call: Call, *values: Tensor) -> Tensor:
    return total(call, *values) / len(values)


@operator("Max", since=6)
def maximum(call: Call, *values: Tensor) -> Tensor:
    result = values[0]
    for value in values[1:]:
        result = torch.maximum(result, value)
    return result


@operator("Min", since=6)
def minimum(call: Call, *values: Tensor) -> Tensor:
    result = values[0]
    for value in values[1:]:
        result = torch.minimum(result, value)
    return result


def _unary(name: str, function: Callable[[Tensor], Tensor], since: int = 1, gradient: str = "exact") -> Converter:
    def converter(call: Call, x: Tensor) -> Tensor:
        return function(x)

    return operator(name, since=since, gradient=gradient)(converter)


for _name, _function, _since in (
    ("Neg", torch.neg, 6),
    ("Abs", torch.abs, 6),
    ("Exp", torch.exp, 6),
    ("Log", torch.log, 6),
    ("Sqrt", torch.sqrt, 6),
    ("Reciprocal", torch.reciprocal, 6),
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


for _name, _function, _since in (("Floor", torch.floor, 6), ("Ceil", torch.ceil, 6), ("Round", torch.round, 11)):
    _unary(_name, _staircase(_function), _since, gradient="straight-through")


@operator("Sign", since=9, gradient="straight-through")
def sign(call: Call, x: Tensor) -> Tensor:
    """The sign, with the derivative of clip(x, -1, 1): the estimator that binarised networks are trained with."""
    if not x.is_floating_point():
        return torch.sign(x)
    return straight_through(torch.sign(x), x.clamp(-1, 1))
