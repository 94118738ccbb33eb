# ruff: noqa: D103 - the ONNX specification documents each operator
"""Host twins of arithmetic: on values known while the graph is translated; items may be symbolic (the batch size).

`binary`, `compare`, `variadic`, `unary` and `reduce` make one of a function of arrays or items.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from workers.models.onnx.call import Call, ints, symbolic
from workers.models.onnx.registry import Host

Twin = Callable[..., Any]


def binary(function: Callable[[Any, Any], Any]) -> Twin:
    """A twin of two operands that are broadcast, from a function of two arrays."""

    def compute(call: Call, a: Host, b: Host) -> Host:
        call.guard(np.broadcast_shapes(a.shape, b.shape))
        return _numbers(function(a, b), a, b)

    return compute


def _numbers(result: Any, *sources: Host) -> Host:
    """Back to plain numbers where nothing symbolic is left."""
    array = np.asarray(result)
    if array.dtype == object and not any(isinstance(v, (torch.SymInt, torch.SymFloat)) for v in array.flat):
        kind = np.float32 if any(isinstance(v, float) for v in array.flat) else np.int64
        return array.astype(kind)
    if array.dtype == np.float64:
        return array.astype(np.float32)
    return array


def divide(a: Any, b: Any) -> Any:
    if symbolic(np.asarray(a)) or symbolic(np.asarray(b)):
        return np.frompyfunc(lambda x, y: x / y if isinstance(x, (float, torch.SymFloat)) else x // y, 2, 1)(a, b)
    if np.asarray(a).dtype.kind == "f":
        return a / b
    return np.asarray(np.trunc(np.true_divide(a, b))).astype(np.asarray(a).dtype)


def power(a: Any, b: Any) -> Any:
    return np.asarray(np.power(np.asarray(a, dtype=np.float64), b)).astype(np.asarray(a).dtype)


def mod(call: Call, a: Host, b: Host) -> Host:
    call.guard(np.broadcast_shapes(a.shape, b.shape))
    return _numbers(np.fmod(a, b) if call.attr("fmod", 0) else np.mod(a, b), a, b)


def compare(function: Callable[[Any, Any], bool]) -> Twin:
    """A twin of a comparison, from a function of two items."""

    def compute(call: Call, a: Host, b: Host) -> Host:
        call.guard(np.broadcast_shapes(a.shape, b.shape))
        return np.asarray(np.frompyfunc(function, 2, 1)(a, b)).astype(bool)

    return compute


def same(a: Any, b: Any) -> bool:
    """The batch size is any positive number, so it equals no constant."""
    if isinstance(a, torch.SymInt) != isinstance(b, torch.SymInt):
        return False
    return bool(a == b)


def order(function: Callable[[Any, Any], bool]) -> Twin:
    """A twin of <, <=, > or >=: the batch size is above 0 and below any limit that a graph may compare it with."""

    def ordered(a: Any, b: Any) -> bool:
        if isinstance(a, torch.SymInt) and not isinstance(b, torch.SymInt):
            return function(1, 0) if b <= 0 else function(0, 1) if b > 2**20 else bool(function(a, b))
        return bool(function(a, b))

    return compare(ordered)


def variadic(function: Callable[[Any, Any], Any]) -> Twin:
    """A twin of any number of operands, from a function of two arrays."""

    def compute(call: Call, *values: Host) -> Host:
        result = values[0]
        for value in values[1:]:
            call.guard(np.broadcast_shapes(result.shape, value.shape))
            result = function(result, value)
        return _numbers(result)

    return compute


greatest: Callable[[Any, Any], Any] = torch.sym_max
_least: Callable[[Any, Any], Any] = torch.sym_min


def larger(a: Any, b: Any) -> Any:
    return _each(greatest, a, b) if _any(a, b) else np.maximum(a, b)


def smaller(a: Any, b: Any) -> Any:
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


def unary(function: Callable[[Host], Any], on_symbols: Callable[[Any], Any] | None = None) -> Twin:
    """A twin of one operand, from a function of an array, and one of an item that may be the batch size."""

    def compute(call: Call, x: Host) -> Any:
        if symbolic(x):
            return NotImplemented if on_symbols is None else _each(on_symbols, x)
        return np.asarray(function(x)).astype(x.dtype)

    return compute


def reduce(function: Callable[..., Any]) -> Twin:
    """A twin of a reduction over axes, from a numpy function that takes `axis` and `keepdims`."""

    def compute(call: Call, x: Host, axes: Host | None = None) -> Any:
        named = ints(axes) if axes is not None else call.attr("axes")
        if not named and call.attr("noop_with_empty_axes", 0):
            return x
        keep = bool(call.attr("keepdims", 1))
        if symbolic(x) and function not in (np.prod, np.sum):
            return NotImplemented
        return _numbers(np.asarray(function(x, axis=tuple(named) if named else None, keepdims=keep)), x)

    return compute


def clip(call: Call, x: Host, low: Host | None = None, high: Host | None = None) -> Host:
    if call.version < 11:
        low, high = call.attr("min"), call.attr("max")
    for limit, narrowed in ((low, larger), (high, smaller)):
        x = x if limit is None else _numbers(narrowed(x, limit), x)
    return x
