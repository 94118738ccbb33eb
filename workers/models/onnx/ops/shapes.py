# ruff: noqa: D103 - the ONNX specification documents each operator
"""Shape operators, and how sizes of a file with a fixed batch are brought to the running batch size."""

import math
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from workers.models.onnx.call import Call, host, ints
from workers.models.onnx.ops import host_shapes
from workers.models.onnx.registry import Host, Value, operator


@operator("Identity", since=1, view=True, host=host_shapes.identity)
def identity(call: Call, x: Value) -> Value:
    return x


@operator("Dropout", since=1, note="inference form", settings=(1, 2), idle=("ratio", "seed", "is_test"))
def dropout(call: Call, x: Value, ratio: Value | None = None, training: Host | None = None) -> Value:
    """Does nothing in inference mode."""
    if training is not None and bool(training.reshape(-1)[0]):
        raise call.refuse("it is in training mode; export the model in evaluation mode: model.eval()")
    return x


@operator("Shape", since=1, host=host_shapes.shape)
def shape(call: Call, x: Tensor) -> Host:
    start, end = call.attr("start", 0), call.attr("end")
    return host(list(x.shape)[slice(start, end)])


@operator("Size", since=1, host=host_shapes.size)
def size(call: Call, x: Tensor) -> Host:
    return host([math.prod(x.shape)]).reshape(())


def running_shape(call: Call, x: Tensor, wanted: list[Any]) -> list[Any]:
    """The file's target shape with the batch freed.

    A file exported for a batch of N names sizes that hold N. The batch's factor moves from the dimension of x that
    carries it to the dimension of the result that has as many elements in front of it.
    """
    batch = call.batch
    if not batch.freed or any(isinstance(s, torch.SymInt) for s in wanted):
        return wanted
    carriers = [i for i, s in enumerate(x.shape) if isinstance(s, torch.SymInt)]
    if len(carriers) != 1:
        return wanted
    before = [batch.original(s) for s in x.shape]
    if -1 in wanted:
        known = math.prod(s for s in wanted if s != -1)
        wanted = [math.prod(before) // known if s == -1 else s for s in wanted]
    if math.prod(wanted) != math.prod(before):
        raise call.refuse(f"it makes {wanted} of {before}, which has another number of elements")
    place = _place(wanted, math.prod(before[: carriers[0]]) * call.lead, batch.fixed or 1)
    if place is None:
        raise call.refuse(
            f"it mixes the batch, which the file fixes at {batch.fixed}, with other dimensions ({before} to {wanted}). "
            "Export the model with a dynamic batch size."
        )
    j, call.lead = place
    return [*wanted[:j], batch.running(wanted[j]), *wanted[j + 1 :]]


def _place(wanted: list[int], in_front: int, fixed: int) -> tuple[int, int] | None:
    """(dimension that takes the batch's factor, elements ahead of the factor inside it), or None.

    Best is a dimension of the batch alone; then the one that begins where the batch does, unless that is the last,
    which holds features; then the one that ends there.
    """
    found: list[tuple[int, int, int]] = []
    prefix = 1
    for j, extent in enumerate(wanted):
        if extent and in_front % prefix == 0 and extent % (in_front // prefix * fixed) == 0:
            lead = in_front // prefix
            last = j == len(wanted) - 1 and j > 0
            rank = 0 if lead == 1 and extent == fixed else 1 if lead == 1 and not last else 2 if lead > 1 else 3
            found.append((rank, j, lead))
        prefix *= extent
    return min(found)[1:] if found else None


@operator("Reshape", since=5, view=True, host=host_shapes.reshape)
def reshape(call: Call, x: Tensor, target: Host) -> Tensor:
    wanted = ints(target)
    if not call.attr("allowzero", 0):
        wanted = [x.shape[i] if not isinstance(s, torch.SymInt) and s == 0 else s for i, s in enumerate(wanted)]
    return x.reshape(running_shape(call, x, wanted))


@operator("Flatten", since=1, view=True, host=host_shapes.flatten)
def flatten(call: Call, x: Tensor) -> Tensor:
    axis = call.attr("axis", 1)
    axis = axis + x.ndim if axis < 0 else axis
    if axis == 1:
        return x.flatten(1) if x.ndim != 1 else x.unsqueeze(1)
    if axis == 0:
        return x.reshape(running_shape(call, x, [1, -1]))
    return x.flatten(axis).flatten(0, axis - 1) if axis < x.ndim else x.flatten().unsqueeze(1)


@operator("Transpose", since=1, view=True, host=host_shapes.transpose)
def transpose(call: Call, x: Tensor) -> Tensor:
    return x.permute(call.attr("perm", list(reversed(range(x.ndim)))))


@operator("Squeeze", since=1, view=True, host=host_shapes.squeeze)
def squeeze(call: Call, x: Tensor, axes: Host | None = None) -> Tensor:
    named = ints(axes) if axes is not None else call.attr("axes")
    if named is None:
        named = [i for i, s in enumerate(x.shape) if not isinstance(s, torch.SymInt) and s == 1]
    if call.batch.freed and any(isinstance(x.shape[a], torch.SymInt) for a in named):
        if x.ndim == len(named) + 1 and call.batch.fixed == 1:  # the vector of one image: those of all, one by one
            return x.reshape(-1)
        raise call.refuse(
            "it removes the batch dimension, which the file fixes. Export the model with a dynamic batch size"
        )
    for axis in sorted((int(a) % x.ndim for a in named), reverse=True):
        x = x.squeeze(axis)
    return x


@operator("Unsqueeze", since=1, view=True, host=host_shapes.unsqueeze)
def unsqueeze(call: Call, x: Tensor, axes: Host | None = None) -> Tensor:
    named = ints(axes) if axes is not None else call.attr("axes")
    rank = x.ndim + len(named)
    batch = call.batch
    alone = batch.freed and batch.fixed == 1 and call.lead == 1 and [a % rank for a in named] == [0]
    if alone and isinstance(x.shape[0], torch.SymInt) and batch.original(x.shape[0]) > 1:
        return x.reshape(batch.size, batch.original(x.shape[0]), *x.shape[1:])  # the axis of the batch comes back
    for axis in sorted(int(a) % rank for a in named):
        x = x.unsqueeze(axis)
    return x


@operator("Expand", since=1, view=True, host=host_shapes.expand)
def expand(call: Call, x: Tensor, target: Host) -> Tensor:
    wanted = ints(target)
    rank = max(len(wanted), x.ndim)
    x = x.reshape((1,) * (rank - x.ndim) + tuple(x.shape))
    wanted = [1] * (rank - len(wanted)) + wanted
    if call.batch.freed:
        for axis, size in enumerate(wanted):  # a row that the file's batch shares, for the running one
            held = x.shape[axis]
            same = not isinstance(held, torch.SymInt) and held == call.batch.fixed and x.stride(axis) == 0
            x = x.narrow(axis, 0, 1) if same and isinstance(size, torch.SymInt) else x
        pairs = zip(wanted, x.shape, strict=True)
        wanted = [
            1 if isinstance(n, torch.SymInt) and not isinstance(s, torch.SymInt) and s == call.batch.original(n) else s
            for s, n in pairs
        ]
    # A size of 1 keeps the dimension, however long it is.
    return x.expand([-1 if not isinstance(s, torch.SymInt) and s == 1 else s for s in wanted])


@operator("Tile", since=6, host=host_shapes.tile)
def tile(call: Call, x: Tensor, repeats: Host) -> Tensor:
    times = ints(repeats)
    if (
        call.batch.freed
        and times[0] == call.batch.fixed
        and x.shape[0] == 1
        and not isinstance(x.shape[0], torch.SymInt)
    ):
        return x.repeat([1, *times[1:]]).expand(times[0], *[-1] * (x.ndim - 1))  # a row that the batch shares
    return x.repeat(times)


@operator("Concat", since=4, beside_images=True, host=host_shapes.concat)
def concat(call: Call, *values: Tensor) -> Tensor:
    axis = call.attr("axis") % values[0].ndim
    if call.batch.freed:
        values = _same_batch(values, axis)
    return torch.cat(values, axis)


def _same_batch(values: tuple[Tensor, ...], axis: int) -> tuple[Tensor, ...]:
    """In a file with a fixed batch constants (a class token) were widened to it: widen them to the running one."""
    full: dict[int, Any] = {
        i: s for v in values for i, s in enumerate(v.shape) if isinstance(s, torch.SymInt) and i != axis
    }
    return tuple(
        v.expand(
            [full[i] if i in full and not isinstance(s, torch.SymInt) and s == 1 else -1 for i, s in enumerate(v.shape)]
        )
        if any(not isinstance(v.shape[i], torch.SymInt) for i in full)
        else v
        for v in values
    )


@operator("Split", since=2, host=host_shapes.split)
def split(call: Call, x: Tensor, sizes: Host | None = None) -> tuple[Tensor, ...]:
    axis = call.attr("axis", 0)
    named = ints(sizes) if sizes is not None else call.attr("split")
    if named is None:
        parts = call.attr("num_outputs", len(call.node.outputs))
        named = -(-x.shape[axis] // parts)
    return torch.split(x, named, axis)


@operator("DepthToSpace", since=1)
def depth_to_space(call: Call, x: Tensor) -> Tensor:
    n, c, h, w = x.shape
    b = call.attr("blocksize")
    if call.attr("mode", "DCR") == "CRD":
        return F.pixel_shuffle(x, b)
    return x.reshape(n, b, b, c // (b * b), h, w).permute(0, 3, 4, 1, 5, 2).reshape(n, c // (b * b), h * b, w * b)


@operator("SpaceToDepth", since=1)
def space_to_depth(call: Call, x: Tensor) -> Tensor:
    n, c, h, w = x.shape
    b = call.attr("blocksize")
    if call.attr("mode", "DCR") == "CRD":
        return F.pixel_unshuffle(x, b)
    return x.reshape(n, c, h // b, b, w // b, b).permute(0, 3, 5, 1, 2, 4).reshape(n, c * b * b, h // b, w // b)


_PAD_MODES = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


@operator("Pad", since=2, settings=(2,))
def pad(call: Call, x: Tensor, pads: Host | None = None, value: Host | None = None, axes: Host | None = None) -> Tensor:
    widths = ints(pads) if pads is not None else call.attr("pads")
    number = float(value.reshape(-1)[0]) if value is not None and value.size else call.attr("value", 0.0)
    named = [a % x.ndim for a in ints(axes)] if axes is not None else list(range(x.ndim))
    begin, end = [0] * x.ndim, [0] * x.ndim
    for i, axis in enumerate(named):
        begin[axis], end[axis] = widths[i], widths[i + len(named)]
    mode = call.attr("mode", "constant")
    if mode not in _PAD_MODES:
        raise call.refuse(f"mode {mode!r} is unknown")
    if mode == "constant" or all(w <= 0 for w in (*begin, *end)):
        flat = [w for b, e in zip(reversed(begin), reversed(end), strict=True) for w in (b, e)]
        while len(flat) > 2 and not any(flat[-2:]):
            flat = flat[:-2]
        return F.pad(x, flat, value=number) if any(flat) else x
    for axis in range(x.ndim):
        if begin[axis] or end[axis]:
            x = x.index_select(axis, _border(call, x, axis, begin[axis], end[axis], mode))
    return x


def _border(call: Call, x: Tensor, axis: int, begin: int, end: int, mode: str) -> Tensor:
    """Indices that repeat an axis beyond its ends."""
    n = x.shape[axis]
    if isinstance(n, torch.SymInt):
        raise call.refuse("it pads the batch dimension")
    if n + max(begin, 0) + max(end, 0) > 2**20:
        raise call.refuse("it pads by more than 1,000,000 elements")
    at = np.arange(-begin, n + end)
    if mode == "edge":
        at = at.clip(0, n - 1)
    elif mode == "wrap":
        at = at % n
    elif n > 1:
        at = np.abs((at + (n - 1)) % (2 * (n - 1)) - (n - 1))
    else:
        at = np.zeros_like(at)
    return torch.tensor(at, device=x.device)


@operator("CenterCropPad", since=18)
def center_crop_pad(call: Call, x: Tensor, target: Host) -> Tensor:
    axes = [a % x.ndim for a in call.attr("axes", list(range(x.ndim)))]
    for axis, wanted in zip(axes, ints(target), strict=True):
        n = x.shape[axis]
        if isinstance(n, torch.SymInt) or n == wanted:
            continue
        if n > wanted:
            x = x.narrow(axis, (n - wanted) // 2, wanted)
        else:
            before = (wanted - n) // 2
            x = F.pad(x, (0, 0) * (x.ndim - 1 - axis) + (before, wanted - n - before))
    return x


@operator("EyeLike", since=9)
def eye_like(call: Call, x: Tensor) -> Tensor:
    k = call.attr("k", 0)
    rows, columns = x.shape
    if isinstance(rows, torch.SymInt) or isinstance(columns, torch.SymInt) or max(rows, columns) > 2**12:
        raise call.refuse("it makes a matrix whose size depends on the batch, or too large a one")
    return torch.from_numpy(np.eye(rows, columns, k, dtype=np.float32)).to(x.device)


@operator("ConstantOfShape", since=1, host=host_shapes.constant_of_shape)
def constant_of_shape(call: Call, target: Host) -> Tensor:
    """A tensor of one value, for shapes that are too large or too symbolic to be a constant."""
    value = call.attr("value", np.zeros(1, np.float32)).reshape(-1)[0]
    sizes = [s if isinstance(s, torch.SymInt) else int(s) for s in target.flat]
    if math.prod(s for s in sizes if not isinstance(s, torch.SymInt)) > 2**26:
        raise call.refuse(f"it makes a constant of shape {sizes}, which is too large")
    kind = {np.dtype(np.float32): torch.float32, np.dtype(np.bool_): torch.bool}.get(value.dtype, torch.int64)
    return torch.full(sizes, value.item(), dtype=kind, device=call.device)
