# ruff: noqa: D103 - the ONNX specification documents each operator
"""Reductions over axes, given as an attribute or, in newer operator sets, as an input."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from workers.models.onnx.call import Call, ints
from workers.models.onnx.ops import host_arithmetic, host_shapes
from workers.models.onnx.registry import Host, operator


def axes_of(call: Call, x_rank: int, axes: Host | None) -> list[int] | None:
    """The reduced axes, not negative; None when nothing is to be reduced; all axes when none are named."""
    named = ints(axes) if axes is not None else call.attr("axes")
    if not named:
        return None if call.attr("noop_with_empty_axes", 0) else list(range(x_rank))
    return sorted({int(a) % x_rank for a in named})


def _register(
    name: str,
    function: Callable[[Tensor, list[int], bool], Tensor],
    before: Callable[[Tensor], Tensor] | None = None,
    host: Callable[..., Any] | None = None,
) -> None:
    @operator(name, since=1, host=None if host is None else host_arithmetic.reduce(host))
    def reduce(call: Call, x: Tensor, axes: Host | None = None) -> Tensor:
        dims = axes_of(call, x.ndim, axes)
        if not x.ndim or dims is None:
            return before(x) if before else x
        return function(x, dims, bool(call.attr("keepdims", 1)))


def _prod(x: Tensor, dims: list[int], keep: bool) -> Tensor:
    for dim in reversed(dims):
        x = x.prod(dim, keepdim=keep)
    return x


_register("ReduceMean", lambda x, d, k: x.mean(d, keepdim=k))
_register("ReduceSum", lambda x, d, k: x.sum(d, keepdim=k, dtype=x.dtype), host=np.sum)
_register("ReduceMax", lambda x, d, k: x.amax(d, keepdim=k), host=np.max)
_register("ReduceMin", lambda x, d, k: x.amin(d, keepdim=k), host=np.min)
_register("ReduceProd", _prod, host=np.prod)
_register("ReduceL1", lambda x, d, k: x.abs().sum(d, keepdim=k), torch.abs)
_register("ReduceL2", lambda x, d, k: torch.linalg.vector_norm(x, 2, d, keepdim=k), torch.abs)
_register("ReduceSumSquare", lambda x, d, k: x.square().sum(d, keepdim=k), torch.square)
_register("ReduceLogSum", lambda x, d, k: x.sum(d, keepdim=k).log(), torch.log)
_register("ReduceLogSumExp", lambda x, d, k: x.logsumexp(d, keepdim=k))


def _arg(call: Call, x: Tensor, largest: bool) -> Tensor:
    axis, keep = call.attr("axis", 0), bool(call.attr("keepdims", 1))
    if call.attr("select_last_index", 0):
        n = x.shape[axis]
        x = x.flip(axis)
        found = x.argmax(axis, keep) if largest else x.argmin(axis, keep)
        from_end: Tensor = n - 1 - found
        return from_end
    return x.argmax(axis, keep) if largest else x.argmin(axis, keep)


@operator("ArgMax", since=1, gradient="none")
def arg_max(call: Call, x: Tensor) -> Tensor:
    return _arg(call, x, True)


@operator("ArgMin", since=1, gradient="none")
def arg_min(call: Call, x: Tensor) -> Tensor:
    return _arg(call, x, False)


@operator("TopK", since=10)
def top_k(call: Call, x: Tensor, k: Host) -> tuple[Tensor, Tensor]:
    axis = call.attr("axis", -1)
    # A stable sort, because ONNX lets the lower index win among equals and torch.topk promises nothing.
    values, indices = torch.sort(x, dim=axis, descending=bool(call.attr("largest", 1)), stable=True)
    call.attr("sorted")
    return values.narrow(axis, 0, ints(k)[0]), indices.narrow(axis, 0, ints(k)[0])


@operator("CumSum", since=11, host=host_shapes.cum_sum)
def cum_sum(call: Call, x: Tensor, axis: Host) -> Tensor:
    dim = ints(axis)[0]
    if call.attr("reverse", 0):
        x = x.flip(dim)
    result = x.cumsum(dim).to(x.dtype)
    if call.attr("exclusive", 0):
        result = result - x
    return result.flip(dim) if call.attr("reverse", 0) else result
