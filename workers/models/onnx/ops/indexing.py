# ruff: noqa: D103 - the ONNX specification documents each operator
"""Gather, scatter, slices, and what else picks elements."""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from workers.models.onnx import each_image
from workers.models.onnx.call import Call, ints
from workers.models.onnx.masked import OWN
from workers.models.onnx.ops import host_shapes
from workers.models.onnx.registry import Host, Value, operator

_END = 2**31 - 1


@operator("Gather", since=1, host=host_shapes.gather)
def gather(call: Call, x: Tensor, indices: Value) -> Tensor:
    """x[…, indices, …] along the axis."""
    axis = call.attr("axis", 0) % x.ndim
    if call.batch.freed and axis == 0 and isinstance(x.shape[0], torch.SymInt) and isinstance(indices, np.ndarray):
        return _gather_in_each_image(call, x, indices)
    if isinstance(indices, np.ndarray) and indices.size == 1 and indices.dtype != object:
        index = int(indices.reshape(-1)[0])
        picked = x.select(axis, index)
        for _ in range(indices.ndim):
            picked = picked.unsqueeze(axis)
        return picked
    where = call.tensor(indices).long()
    size = x.shape[axis]
    if not isinstance(indices, np.ndarray) or indices.dtype == object or (indices < 0).any():
        where = torch.where(where < 0, where + size, where)
    flat = x.index_select(axis, where.reshape(-1))
    return flat.reshape((*x.shape[:axis], *where.shape, *x.shape[axis + 1 :]))


def _gather_in_each_image(call: Call, x: Tensor, indices: Host) -> Tensor:
    """A file with a fixed batch gathers along the axis that holds its images, at the same places of each: of all."""
    fixed = call.batch.fixed or 1
    if fixed == 1 and x.ndim == 2 and indices.ndim == 0 and x.shape[0] == call.batch.size:
        return x.reshape(-1)  # the vector of one image: those of all, one by one
    rows, rest = call.batch.original(x.shape[0]) // fixed, x.shape[1:]
    if call.lead != 1 or indices.ndim == 0 or indices.shape[0] != fixed:
        raise call.refuse("it picks images out of the batch, which the file fixes; export with a dynamic batch size")
    within = indices - np.arange(fixed).reshape(-1, *[1] * (indices.ndim - 1)) * rows
    if fixed > 1 and not bool(((within == within[:1]) & (within >= 0) & (within < rows)).all()):
        raise call.refuse("it picks images out of the batch, which the file fixes; export with a dynamic batch size")
    images = x.reshape(call.batch.size, rows, *rest)
    picked = images.index_select(1, torch.tensor(within[0].reshape(-1), device=x.device))
    return picked.reshape(call.batch.size, *indices.shape[1:], *rest)


@operator("GatherElements", since=11)
def gather_elements(call: Call, x: Tensor, indices: Value) -> Tensor:
    axis = call.attr("axis", 0)
    return torch.gather(x, axis, each_image.along(call, x, axis, indices))


@operator("GatherND", since=11)
def gather_nd(call: Call, x: Tensor, indices: Value) -> Tensor:
    batch = call.attr("batch_dims", 0)
    within = None if batch else each_image.places(call, indices, one := each_image.row(call, x, 0))
    if within is not None and one is not None:
        return each_image.read(one, within)
    where = call.tensor(indices).long()
    if batch:
        if where.shape[-1] != 1 or batch != 1:
            raise call.refuse("batch_dims is supported with one index an image only")
        rows = torch.arange(x.shape[0], device=x.device).reshape([-1] + [1] * (where.ndim - 2))
        return x[rows, where[..., 0]]
    return x[tuple(where.unbind(-1))]


@operator("ScatterElements", "Scatter", since=9, host=host_shapes.scatter_elements)
def scatter_elements(call: Call, x: Tensor, indices: Value, updates: Tensor) -> Tensor:
    axis, reduction = call.attr("axis", 0), call.attr("reduction", "none")
    where = each_image.along(call, x, axis, indices)
    if call.batch.freed and isinstance(where.shape[0], torch.SymInt):
        one = each_image.row(call, updates, 2)
        updates = updates if one is None else one.expand(where.shape)
    if reduction == "none":
        return x.scatter(axis, where, updates)
    kinds = {"add": "sum", "mul": "prod", "max": "amax", "min": "amin"}
    return x.scatter_reduce(axis, where, updates, kinds[reduction])


@operator("ScatterND", since=11, beside_images=True, host=host_shapes.scatter_nd)
def scatter_nd(call: Call, x: Value, indices: Value, updates: Value) -> Tensor:
    reduction = call.attr("reduction", "none")
    if reduction not in ("none", "add"):
        raise call.refuse(f"reduction {reduction!r} is not supported")
    one, new = each_image.row(call, x, 0), each_image.row(call, updates, 2)
    within = each_image.places(call, indices, one, new)
    if within is not None and one is not None and new is not None:
        return each_image.written(call, one, within, new, reduction == "add")
    where = tuple(call.tensor(indices).long().unbind(-1))
    whole, source = call.tensor(x), call.tensor(updates)
    if call.batch.freed:  # one row of what is the same for each image
        kept = [
            b if isinstance(b, torch.SymInt) else a
            for a, b in zip(whole.shape[len(where) :], source.shape[where[0].ndim :], strict=True)
        ]
        whole = whole.expand(*whole.shape[: len(where)], *kept)
    return whole.index_put(where, source, accumulate=reduction == "add")


@operator("MaskedWrite", domain=OWN, note="`x[mask] = …`, however an exporter writes it")
def masked_write(call: Call, x: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    _check_mask(call, x, mask)
    chosen = _beside(mask, x)
    if all(isinstance(size, int) and size == 1 for size in source.shape):
        return torch.where(chosen, source.reshape(()), x)
    return x.masked_scatter(chosen.expand_as(x), source.to(x.dtype))


@operator("MaskedRead", domain=OWN, note="`x[mask]`, among all of x")
def masked_read(call: Call, x: Tensor, mask: Tensor) -> Tensor:
    """x, with a harmless number where the mask is not: what is computed of it must not spoil gradients."""
    _check_mask(call, x, mask)
    harmless = 0.5 if x.is_floating_point() else 1
    return torch.where(_beside(mask, x), x, torch.full((), harmless, dtype=x.dtype, device=call.device))


@operator("MaskedBlend", domain=OWN, note="`x[mask] = f(y[mask])`, with `f` computed of all of y")
def masked_blend(call: Call, x: Tensor, mask: Tensor, source: Tensor, *read: Tensor) -> Tensor:
    """`mask`: where; `read`: the masks that the source was chosen by, which may lack the last axes."""
    call.attr("axes")
    _check_mask(call, x, mask)
    for other in read:
        _check_mask(call, x, other)
        _check_axes(call, mask, mask.ndim - other.ndim)
    if not read:  # one number, or one for each place along the last axes
        _check_axes(call, mask, next((source.ndim - i for i, size in enumerate(source.shape) if size != 1), 0))
    ranks = source.ndim == x.ndim if read else source.ndim <= x.ndim
    if not ranks or any(a not in (1, b) for a, b in zip(reversed(source.shape), reversed(x.shape), strict=False)):
        raise call.refuse(f"it writes {list(map(str, source.shape))} into {list(map(str, x.shape))}")
    source = x + source if call.attr("reduction") == "add" else source.to(x.dtype)
    return torch.where(_beside(mask, x), source, x)


def _check_mask(call: Call, x: Tensor, mask: Tensor) -> None:
    if mask.ndim > x.ndim or any(a != b for a, b in zip(mask.shape, x.shape, strict=False)):
        raise call.refuse(f"a mask of shape {list(map(str, mask.shape))} does not fit {list(map(str, x.shape))}")


def _check_axes(call: Call, mask: Tensor, last: int) -> None:
    """Refuse a mask that did not gain its last axes last: what it chooses would come in another order."""
    gained = call.attr("axes")[-last:] if last > 0 else []
    found = [axis in (-1, mask.ndim - last + i) for i, axis in enumerate(gained)]
    if last < 0 or len(found) != last or not all(found):
        raise call.refuse("its mask has other axes than the one that what it writes was chosen by")


def _beside(mask: Tensor, x: Tensor) -> Tensor:
    """The mask as bool, with as many axes as x."""
    return (mask != 0).reshape(*mask.shape, *[1] * (x.ndim - mask.ndim))


@operator("Slice", since=1, view=True, host=host_shapes.slice_)
def slice_(
    call: Call,
    x: Tensor,
    starts: Host | None = None,
    ends: Host | None = None,
    axes: Host | None = None,
    steps: Host | None = None,
) -> Tensor:
    """x[start:end:step] for each named axis; a negative step reads backwards."""
    for axis, start, end, step in host_shapes.slices(call, starts, ends, axes, steps):
        x = _slice(call, x, axis % x.ndim, start, end, step)
    return x


def _slice(call: Call, x: Tensor, axis: int, start: Any, end: Any, step: int) -> Tensor:
    size = x.shape[axis]
    if isinstance(size, torch.SymInt):
        if step == 1 and isinstance(end, int) and start == 0 and (end >= _END or end == call.batch.fixed):
            return x
        if step == -1 and start == -1 and isinstance(end, int) and end <= -_END:
            return x.flip(axis)
        return x[(slice(None),) * axis + (slice(start, end, step),)]
    if not isinstance(start, torch.SymInt) and not isinstance(end, torch.SymInt):
        chosen = range(size)[slice(start, None if step < 0 and end < -size else end, step)]
        if step < 0:
            index = torch.tensor(list(chosen), dtype=torch.int64, device=x.device)
            return x.flip(axis) if len(chosen) == size else x.index_select(axis, index)
        if len(chosen) == size:
            return x
        return x[(slice(None),) * axis + (slice(chosen.start, max(chosen.stop, chosen.start), step),)]
    return x[(slice(None),) * axis + (slice(start, end, step),)]


@operator("OneHot", since=9, gradient="none", settings=(0, 1, 2), host=host_shapes.one_hot)
def one_hot(call: Call, indices: Tensor, depth: Host, values: Host) -> Tensor:
    n = ints(depth)[0]
    off, on = (float(v) for v in values.reshape(-1))
    index = indices.long()
    code = F.one_hot(torch.where(index < 0, index + n, index), n).to(torch.float32) * (on - off) + off
    axis = call.attr("axis", -1)
    return code.movedim(-1, axis)


@operator("Compress", since=9)
def compress(call: Call, x: Tensor, condition: Host) -> Tensor:
    index = torch.tensor(np.flatnonzero(condition), device=x.device)
    axis = call.attr("axis")
    return x.flatten().index_select(0, index) if axis is None else x.index_select(axis, index)


@operator("ReverseSequence", since=10)
def reverse_sequence(call: Call, x: Tensor, lengths: Tensor) -> Tensor:
    time, batch = call.attr("time_axis", 0), call.attr("batch_axis", 1)
    steps = torch.arange(x.shape[time], device=x.device)
    order = torch.where(steps[:, None] < lengths[None], lengths[None] - 1 - steps[:, None], steps[:, None])
    order = order if time < batch else order.t()
    index = order.reshape(tuple(order.shape) + (1,) * (x.ndim - 2)).expand_as(x)
    return torch.gather(x, time, index)


@operator("GridSample", since=16)
def grid_sample(call: Call, x: Tensor, grid: Tensor) -> Tensor:
    mode = call.attr("mode", "linear" if call.version >= 20 else "bilinear")
    mode = {"linear": "bilinear", "cubic": "bicubic"}.get(mode, mode)
    if x.ndim == 5 and mode == "bicubic":
        raise call.refuse("cubic interpolation of volumes is not supported")
    return F.grid_sample(x, grid, mode, call.attr("padding_mode", "zeros"), bool(call.attr("align_corners", 0)))


@operator("AffineGrid", since=20)
def affine_grid(call: Call, theta: Tensor, size: Host) -> Tensor:
    return F.affine_grid(theta, ints(size), align_corners=bool(call.attr("align_corners", 0)))


@operator("Range", since=1, gradient="none", settings=(0, 1, 2), host=host_shapes.range_)
def range_(call: Call, start: Host, limit: Host, delta: Host) -> Tensor:
    """Consecutive numbers, up to the batch size where that is the limit."""
    bounds: list[Any] = [v.reshape(-1)[0] for v in (start, limit, delta)]
    low, high, step = (b.item() if isinstance(b, np.generic) else b for b in bounds)
    return torch.arange(low, high, step, device=call.device)


@operator("NonZero", since=9, constants_only=True)
def non_zero(call: Call, x: Host) -> Host:
    """Indices of what is not 0, one row an axis; only of constants, as their number depends on the values."""
    return np.array(np.nonzero(x), dtype=np.int64)
