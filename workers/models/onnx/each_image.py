"""Reads and writes at constant indices in a file with a fixed batch, which lists them image by image."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from workers.models.onnx.call import Call
from workers.models.onnx.registry import Host, Value

_NAMED = "it picks images out of the batch by their number, which the file fixes; export with a dynamic batch size"


def places(call: Call, indices: Value, *sides: Tensor | None) -> Host | None:
    """The indices (…, k) within one image that a file names for all its images alike, first 0, then 1 and so on.

    indices: (images, …, 1 + k); sides: what is read or written, as `row` gives it. None where no batch is to be freed;
    refused where the images differ.
    """
    if not call.batch.freed or not isinstance(indices, np.ndarray) or indices.dtype == object:
        return None
    fixed = call.batch.fixed or 1
    if indices.ndim > 1 and indices.shape[0] == fixed and None not in sides:
        images = np.arange(fixed).reshape(-1, *[1] * (indices.ndim - 2))
        whole = indices.shape[-1] == 1 and indices.ndim > 2
        if not whole and bool((indices[..., 0] == images).all() and (indices[..., 1:] == indices[:1, ..., 1:]).all()):
            return indices[0, ..., 1:]
    if any(side is not None and isinstance(side.shape[0], torch.SymInt) for side in sides):
        raise call.refuse(_NAMED)
    return None


def row(call: Call, value: Value, position: int) -> Tensor | None:
    """What a value (input `position`) holds of each image of the batch: a tensor with a free first axis as it is, the
    first row of one that is the same for all; None for another."""
    if isinstance(value, list) or not value.ndim:
        return None
    size = value.shape[0]
    if isinstance(size, torch.SymInt):
        whole = call.lead == 1 and call.batch.freed and call.batch.original(size) == call.batch.fixed
        return call.tensor(value) if whole else None
    if size == 1:
        return call.tensor(value)
    if isinstance(value, np.ndarray):
        same = bool((value == value[:1]).all())
    else:
        same = value.stride(0) == 0 or position in call.alike
    return call.tensor(value)[:1] if same and size == call.batch.fixed else None


def read(x: Tensor, within: Host) -> Tensor:
    """x[:, within]; x: (n, …), within: (…, k)."""
    if within.shape == (0,):  # all of each image
        return x
    found = x.flatten(1, within.shape[-1]).index_select(1, _flat(x, within))
    shape = within.shape[:-1]
    return found.squeeze(1) if not shape else found if len(shape) == 1 else found.unflatten(1, shape)


def written(call: Call, x: Tensor, within: Host, updates: Tensor, add: bool) -> Tensor:
    """x with ``x[:, within] = updates``, or ``+=``; x, updates: (n or one, …), within: (…, k)."""
    size: Any = next((v.shape[0] for v in (x, updates) if isinstance(v.shape[0], torch.SymInt)), 1)
    rank, axes = within.shape[-1], within.ndim - 1
    source = updates.unsqueeze(1) if axes == 0 else updates.flatten(1, axes)
    source = source.expand(size, *source.shape[1:]).to(x.dtype)
    whole = x.expand(size, *x.shape[1:])
    if rank == 0:
        return whole + source.squeeze(1) if add else source.squeeze(1)
    where, target = _flat(x, within), whole.flatten(1, rank)
    made = target.index_add(1, where, source) if add else target.index_copy(1, where, source)
    made = made.reshape(whole.shape)
    # What no image has a part in stays one row, which all of the file's batch share.
    return made if isinstance(size, torch.SymInt) else made.expand(call.batch.fixed or 1, *made.shape[1:])


def along(call: Call, x: Tensor, axis: int, indices: Value) -> Tensor:
    """Indices beside x (of GatherElements), those that are the same for each image as often as there are images."""
    given = call.tensor(indices)
    if call.batch.freed and isinstance(x.shape[0], torch.SymInt) and not isinstance(given.shape[0], torch.SymInt):
        one = row(call, indices, 1)
        if one is None or axis % x.ndim == 0:
            raise call.refuse(_NAMED)
        given = one.expand(x.shape[0], *one.shape[1:])
    return torch.where(given < 0, given + x.shape[axis], given).long()


def _flat(x: Tensor, within: Host) -> Tensor:
    """Indices into the axes behind the first as one number each, in their order."""
    sizes = [int(size) for size in x.shape[1 : 1 + within.shape[-1]]]
    columns = np.moveaxis(within.astype(np.int64), -1, 0).reshape(len(sizes), -1)
    wrapped = tuple(np.where(column < 0, column + size, column) for column, size in zip(columns, sizes, strict=True))
    return torch.tensor(np.ravel_multi_index(wrapped, sizes), device=x.device)
