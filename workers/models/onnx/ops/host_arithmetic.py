# ruff: noqa: D103 - the ONNX specification documents each operator
"""Arithmetic on values that are known while the graph is translated; items may be symbolic (the batch size)."""

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from workers.models.onnx.call import Call, ints, symbolic
from workers.models.onnx.registry import Host, host_operator


def _binary(name: str, function: Callable[[Any, Any], Any], since: int = 7) -> None:
    @host_operator(name, since=since)
    def compute(call: Call, a: Host, b: Host) -> Host:
        call.guard(np.broadcast_shapes(a.shape, b.shape))
        return _numbers(function(a, b), a, b)


def _numbers(result: Any, *sources: Host) -> Host:
    """Back to plain numbers where nothing symbolic is left."""
    array = np.asarray(result)
    if array.dtype == object and not any(isinstance(v, (torch.SymInt, torch.SymFloat)) for v in array.flat):
        kind = np.float32 if any(isinstance(v, float) for v in array.flat) else np.int64
        return array.astype(kind)
    if array.dtype == np.float64:
        return array.astype(np.float32)
    return array


def _divide(a: Any, b: Any) -> Any:
    if symbolic(np.asarray(a)) or symbolic(np.asarray(b)):
        return np.frompyfunc(lambda x, y: x / y if isinstance(x, (float, torch.SymFloat)) else x // y, 2, 1)(a, b)
    if np.asarray(a).dtype.kind == "f":
        return a / b
    return np.asarray(np.trunc(np.true_divide(a, b))).astype(np.asarray(a).dtype)


def _power(a: Any, b: Any) -> Any:
    return np.asarray(np.power(np.asarray(a, dtype=np.float64), b)).astype(np.asarray(a).dtype)


for _name, _function, _since in (
    ("Add", np.add, 7),
    ("Sub", np.subtract, 7),
    ("Mul", np.multiply, 7),
    ("Div", _divide, 7),
    ("Pow", _power, 7),
    ("And", np.logical_and, 7),
    ("Or", np.logical_or, 7),
    ("Xor", np.logical_xor, 7),
):
    _binary(_name, _function, _since)


@host_operator("Mod", since=10)
def mod(call: Call, a: Host, b: Host) -> Host:
    call.guard(np.broadcast_shapes(a.shape, b.shape))
    return _numbers(np.fmod(a, b) if call.attr("fmod", 0) else np.mod(a, b), a, b)


def _compare(name: str, function: Callable[[Any, Any], bool], since: int = 7) -> None:
    @host_operator(name, since=since)
    def compute(call: Call, a: Host, b: Host) -> Host:
        call.guard(np.broadcast_shapes(a.shape, b.shape))
        return np.asarray(np.frompyfunc(function, 2, 1)(a, b)).astype(bool)


def _same(a: Any, b: Any) -> bool:
    """The batch size is any positive number, so it equals no constant."""
    if isinstance(a, torch.SymInt) != isinstance(b, torch.SymInt):
        return False
    return bool(a == b)


def _order(a: Any, b: Any, function: Callable[[Any, Any], bool]) -> bool:
    """The batch size is above 0 and below any limit that a graph may compare it with."""
    if isinstance(a, torch.SymInt) and not isinstance(b, torch.SymInt):
        return function(1, 0) if b <= 0 else function(0, 1) if b > 2**20 else bool(function(a, b))
    return bool(function(a, b))


_compare("Equal", _same)
_compare("Greater", lambda a, b: _order(a, b, lambda x, y: x > y))
_compare("Less", lambda a, b: _order(a, b, lambda x, y: x < y))
_compare("GreaterOrEqual", lambda a, b: _order(a, b, lambda x, y: x >= y), 12)
_compare("LessOrEqual", lambda a, b: _order(a, b, lambda x, y: x <= y), 12)


def _variadic(name: str, function: Callable[[Any, Any], Any]) -> None:
    @host_operator(name, since=6)
    def compute(call: Call, *values: Host) -> Host:
        result = values[0]
        for value in values[1:]:
            call.guard(np.broadcast_shapes(result.shape, value.shape))
            result = function(result, value)
        return _numbers(result)


_greatest: Callable[[Any, Any], Any] = torch.sym_max
_least: Callable[[Any, Any], Any] = torch.sym_min


def _larger(a: Any, b: Any) -> Any:
    return _each(_greatest, a, b) if _any(a, b) else np.maximum(a, b)


def _smaller(a: Any, b: Any) -> Any:
    return _each(_least, a, b) if _any(a, b) else np.minimum(a, b)


def _any(*values: Host) -> bool:
    return any(symbolic(np.asarray(value)) for value in values)


def _each(function: Callable[..., Any], *values: Any) -> Host:
    """Apply a function of items, as Python numbers or symbolic ones, keeping the shape."""
    plain = [np.asarray(value).astype(object) for value in values]
    found = np.frompyfunc(function, len(values), 1)(*plain)
    result = np.empty(np.shape(found), dtype=object)
    result[...] = found
    return result


_variadic("Sum", np.add)
_variadic("Max", _larger)
_variadic("Min", _smaller)

#: The same on the batch size, a positive whole number, and on what is computed from it.
_ON_SYMBOLS: dict[str, Callable[[Any], Any]] = {
    "Neg": operator.neg,
    "Floor": math.floor,
    "Ceil": math.ceil,
    "Relu": lambda v: _greatest(v, 0),
    "Sqrt": lambda v: v**0.5,
}


def _unary(name: str, function: Callable[[Host], Any], since: int = 6) -> None:
    @host_operator(name, since=since)
    def compute(call: Call, x: Host) -> Any:
        if symbolic(x):
            return _each(_ON_SYMBOLS[name], x) if name in _ON_SYMBOLS else NotImplemented
        return np.asarray(function(x)).astype(x.dtype)


for _name, _one, _since in (
    ("Neg", np.negative, 6),
    ("Abs", np.abs, 6),
    ("Sqrt", np.sqrt, 6),
    ("Exp", np.exp, 6),
    ("Log", np.log, 6),
    ("Reciprocal", np.reciprocal, 6),
    ("Floor", np.floor, 6),
    ("Ceil", np.ceil, 6),
    ("Round", np.rint, 11),
    ("Sign", np.sign, 9),
    ("Not", np.logical_not, 1),
    ("Relu", lambda x: np.maximum(x, 0), 6),
):
    _unary(_name, _one, _since)


def _reduce(name: str, function: Callable[..., Any]) -> None:
    @host_operator(name)
    def compute(call: Call, x: Host, axes: Host | None = None) -> Any:
        named = ints(axes) if axes is not None else call.attr("axes")
        if not named and call.attr("noop_with_empty_axes", 0):
            return x
        keep = bool(call.attr("keepdims", 1))
        if symbolic(x) and function not in (np.prod, np.sum):
            return NotImplemented
        return _numbers(np.asarray(function(x, axis=tuple(named) if named else None, keepdims=keep)), x)


_reduce("ReduceProd", np.prod)
_reduce("ReduceSum", np.sum)
_reduce("ReduceMax", np.max)
_reduce("ReduceMin", np.min)


@host_operator("Clip", since=11)
def clip(call: Call, x: Host, low: Host | None = None, high: Host | None = None) -> Host:
    for limit, narrowed in ((low, _larger), (high, _smaller)):
        x = x if limit is None else _numbers(narrowed(x, limit), x)
    return x
