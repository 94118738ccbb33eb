# ruff: noqa: D103 - the ONNX specification documents each operator
"""Host twins of shape operators: on values that are known while the graph is translated (sizes, small constants)."""

import math
from typing import Any

import numpy as np
import torch
from onnx import TensorProto

from workers.models.onnx.call import Call, ints, symbolic
from workers.models.onnx.registry import Host
from workers.models.onnx.tensors import FLOATS, computed_type


def identity(call: Call, x: Host) -> Host:
    return x


def shape(call: Call, x: Host) -> Host:
    return np.array(x.shape[slice(call.attr("start", 0), call.attr("end"))], dtype=np.int64)


def size(call: Call, x: Host) -> Host:
    return np.array(x.size, dtype=np.int64)


def gather(call: Call, x: Host, indices: Host) -> Host:
    axis = call.attr("axis", 0)
    rest = [s for i, s in enumerate(x.shape) if i != axis % x.ndim]
    call.guard([*rest, *indices.shape])
    return np.asarray(np.take(x, indices.astype(np.int64), axis=axis))


def concat(call: Call, *values: Host) -> Host:
    call.guard([sum(v.size for v in values)])
    if any(map(symbolic, values)):
        values = tuple(v.astype(object) for v in values)
    return np.concatenate(values, axis=call.attr("axis", 0))


def slices(
    call: Call, starts: Host | None, ends: Host | None, axes: Host | None, steps: Host | None
) -> list[tuple[int, Any, Any, int]]:
    """(axis, start, end, step) for each sliced axis, from attributes or inputs."""
    if starts is None or ends is None:
        first, last = call.attr("starts"), call.attr("ends")
        named = call.attr("axes", list(range(len(first))))
        return [(a, s, e, 1) for a, s, e in zip(named, first, last, strict=True)]
    first, last = ints(starts), ints(ends)
    named = ints(axes) if axes is not None else list(range(len(first)))
    stride = ints(steps) if steps is not None else [1] * len(first)
    return list(zip(named, first, last, stride, strict=True))


def slice_(
    call: Call,
    x: Host,
    starts: Host | None = None,
    ends: Host | None = None,
    axes: Host | None = None,
    steps: Host | None = None,
) -> Host:
    for axis, start, end, step in slices(call, starts, ends, axes, steps):
        stop = None if step < 0 and end < -x.shape[axis] else end
        x = x[(slice(None),) * (axis % x.ndim) + (slice(start, stop, step),)]
    return x


def unsqueeze(call: Call, x: Host, axes: Host | None = None) -> Host:
    return np.expand_dims(x, tuple(ints(axes) if axes is not None else call.attr("axes")))


def squeeze(call: Call, x: Host, axes: Host | None = None) -> Host:
    named = ints(axes) if axes is not None else call.attr("axes")
    return np.squeeze(x, axis=tuple(named) if named is not None else None)


def reshape(call: Call, x: Host, target: Host) -> Host:
    wanted = ints(target)
    if not call.attr("allowzero", 0):
        wanted = [x.shape[i] if s == 0 else s for i, s in enumerate(wanted)]
    return x.reshape(wanted)


def flatten(call: Call, x: Host) -> Host:
    axis = call.attr("axis", 1)
    axis = axis + x.ndim if axis < 0 else axis
    return x.reshape(math.prod(x.shape[:axis]), -1)


def transpose(call: Call, x: Host) -> Host:
    return np.transpose(x, call.attr("perm"))


def expand(call: Call, x: Host, target: Host) -> Any:
    if symbolic(target):
        return NotImplemented
    wanted = np.broadcast_shapes(x.shape, tuple(ints(target)))
    if math.prod(wanted) > 4096:
        return NotImplemented
    return np.broadcast_to(x, wanted).copy()


def tile(call: Call, x: Host, repeats: Host) -> Host:
    call.guard([s * r for s, r in zip(x.shape, ints(repeats), strict=True)])
    return np.tile(x, ints(repeats))


def constant_of_shape(call: Call, target: Host) -> Any:
    if symbolic(target) or math.prod(ints(target)) > 4096:
        return NotImplemented
    return np.full(ints(target), call.attr("value", np.zeros(1, np.float32)).reshape(-1)[0])


def one_hot(call: Call, indices: Host, depth: Host, values: Host) -> Any:
    """Also of sizes: gcvit writes how often its query is repeated as a row of ones with the batch in one place."""
    n = ints(depth)[0]
    if any(map(symbolic, (indices, depth))):
        return NotImplemented
    call.guard([*indices.shape, n])
    off, on = values.reshape(-1)
    places = np.expand_dims(np.where(indices < 0, indices + n, indices), -1)
    code = np.full((*indices.shape, n), off, dtype=values.dtype)
    code[np.equal(places, np.arange(n))] = on
    return np.moveaxis(code, -1, call.attr("axis", -1))


def range_(call: Call, start: Host, limit: Host, delta: Host) -> Any:
    if any(map(symbolic, (start, limit, delta))):
        return NotImplemented
    low, high, step = (v.reshape(-1)[0] for v in (start, limit, delta))
    count = max(math.ceil((float(high) - float(low)) / float(step)), 0) if step else -1
    call.guard([count])
    return (low + np.arange(count) * step).astype(start.dtype)


def split(call: Call, x: Host, sizes: Host | None = None) -> tuple[Host, ...]:
    axis = call.attr("axis", 0)
    named = ints(sizes) if sizes is not None else call.attr("split")
    if named is None:
        part = -(-x.shape[axis] // call.attr("num_outputs", len(call.node.outputs)))
        named = [part] * (len(call.node.outputs) - 1)
        return tuple(np.split(x, np.cumsum(named), axis))
    return tuple(np.split(x, np.cumsum(named)[:-1], axis))


def where(call: Call, condition: Host, a: Host, b: Host) -> Host:
    call.guard(np.broadcast_shapes(condition.shape, a.shape, b.shape))
    if symbolic(a) or symbolic(b):
        a, b = a.astype(object), b.astype(object)
    return np.where(condition.astype(bool), a, b)


def cast(call: Call, x: Host) -> Host:
    to = int(call.attr("to", TensorProto.FLOAT))
    kind = computed_type(to, call.node.where)
    if symbolic(x):
        convert: Any = torch.sym_float if to in FLOATS else torch.sym_int
        result = np.empty(x.shape, dtype=object)
        result.reshape(-1)[:] = [convert(v) for v in x.flat]
        return result
    return x.astype(kind)


def cast_like(call: Call, x: Host, like: Host) -> Host:
    return x if symbolic(x) or symbolic(like) else x.astype(like.dtype)


def scatter_nd(call: Call, x: Host, indices: Host, updates: Host) -> Any:
    if call.attr("reduction", "none") != "none":
        return NotImplemented
    result = x.astype(object) if symbolic(updates) else x.copy()
    result[tuple(np.moveaxis(indices.astype(np.int64), -1, 0))] = updates
    return result


def scatter_elements(call: Call, x: Host, indices: Host, updates: Host) -> Any:
    if call.attr("reduction", "none") != "none" or symbolic(indices):
        return NotImplemented
    result = x.astype(object) if symbolic(updates) else x.copy()
    np.put_along_axis(result, indices.astype(np.int64), updates, call.attr("axis", 0))
    return result


def cum_sum(call: Call, x: Host, axis: Host) -> Any:
    if call.attr("reverse", 0) or call.attr("exclusive", 0) or symbolic(x):
        return NotImplemented
    return np.cumsum(x, axis=ints(axis)[0]).astype(x.dtype)
