"""Shapes of common operators for `torch.export`, told at once.

With a free batch size torch asks the operators' decompositions for the form of their results: a batch norm goes through
a dozen symbolic operators, 18 ms of CPU each time. Here their rules are written down; the results are in form, strides
and dtype what the decompositions give (`test_fake_kernels` compares them). Arguments that do not fit each other go the
usual way, which refuses them: the shape of a file's images is found by what is refused.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch._dispatch.python import no_python_dispatcher
from torch._subclasses import fake_impls
from torch._subclasses.fake_tensor import FakeTensor, in_kernel_invocation_manager

aten = torch.ops.aten


def _alike(mode: Any, x: Tensor, *rest: Any, **options: Any) -> Tensor:
    """Function of each number. Nothing looks at what fake tensors hold, so that a view of x is as good."""
    if x.is_contiguous():
        return fake_impls.fast_detach(mode, x)  # type: ignore[arg-type]
    with mode:
        return torch.empty_like(x)


def _itself(mode: Any, x: Tensor, *rest: Any, **options: Any) -> Tensor:
    """The same, written into the argument."""
    return x


def _scaled(mode: Any, x: Tensor, factor: Any) -> Any:
    """Times a number, or what holds one."""
    one = isinstance(factor, (int, float)) or (isinstance(factor, Tensor) and factor.ndim == 0)
    return _alike(mode, x) if one and isinstance(x, Tensor) and x.ndim else NotImplemented


def _same(given: Sequence[Any], wanted: Sequence[Any]) -> bool:
    """Whether these are the same lengths, none of them a symbol."""
    return len(given) == len(wanted) and all(type(a) is int and a == b for a, b in zip(given, wanted, strict=True))


def _batch_norm(mode: Any, x: Tensor, *rest: Any) -> Any:
    """On running statistics: those of the batch are empty."""
    if x.ndim < 2 or not all(_same(t.shape, x.shape[1:2]) for t in rest if isinstance(t, Tensor)):
        return NotImplemented
    with mode:
        none = [x.new_empty(0) for _ in range(2)]
    return _alike(mode, x), none[0], none[1]


def _layer_norm(mode: Any, x: Tensor, normalised: Any, *rest: Any) -> Any:
    """In order of memory; means and deviations have length 1 where there were the normalised dimensions."""
    kept = x.ndim - len(normalised)
    if not _same(x.shape[kept:], normalised) or any(t is not None and not _same(t.shape, normalised) for t in rest[:2]):
        return NotImplemented
    with mode:
        moments = [x.new_empty([*x.shape[:kept], *[1] * len(normalised)]) for _ in range(2)]
        ordered = None if x.is_contiguous() else x.new_empty(x.shape)
    return _alike(mode, x) if ordered is None else ordered, moments[0], moments[1]


def _addmm(mode: Any, bias: Tensor, x: Tensor, weight: Tensor, **options: Any) -> Any:
    """(n, k) @ (k, m) + bias (m,): (n, m)."""
    if x.ndim != 2 or weight.ndim != 2:
        return NotImplemented
    if not _same(x.shape[1:], weight.shape[:1]) or not _same(bias.shape, weight.shape[1:]):
        return NotImplemented
    with mode:
        return x.new_empty((x.shape[0], weight.shape[1]))


def _view(mode: Any, x: Tensor, shape: Sequence[Any]) -> Any:
    """Of a tensor in order of memory."""
    lengths = _lengths(x.shape, shape)
    if lengths is None or not x.is_contiguous():
        return NotImplemented
    strides: list[Any] = [1]
    for length in reversed(lengths[1:]):
        strides.append(strides[-1] * length)
    strides.reverse()
    with no_python_dispatcher(), in_kernel_invocation_manager(mode):
        seen = aten.as_strided.default(x, lengths, strides if lengths else [], x.storage_offset())
    return FakeTensor(mode, seen, x.device)


def _lengths(given: Sequence[Any], wanted: Sequence[Any]) -> list[Any] | None:
    """The shape that a view asks for, with its -1 told; None where it takes a guess about symbols, or does not fit.

    Of numbers above 1 but for one symbolic length on either side, at most.
    """
    symbols = [a for a in given if not isinstance(a, int)]
    others = [a for a in wanted if not isinstance(a, int)]
    if len(symbols) != 1 or len(others) > 1 or 0 in given or any(isinstance(a, int) and a < -1 for a in wanted):
        return None
    total = math.prod(a for a in given if isinstance(a, int))
    known = math.prod(a for a in wanted if isinstance(a, int) and a != -1)
    holes = [i for i, a in enumerate(wanted) if isinstance(a, int) and a == -1]
    if known == 0 or len(holes) + len(others) != 1:
        return None
    if others:
        same = (symbols[0].node.expr * total - others[0].node.expr * known) == 0
        return list(wanted) if same else None
    if total % known:
        return None
    hole = symbols[0] if total == known else symbols[0] * (total // known)
    return [hole if i == holes[0] else a for i, a in enumerate(wanted)]


def _expand(mode: Any, x: Tensor, shape: Sequence[Any], **options: Any) -> Any:
    """To the shape that it has already, as products of matrices ask."""
    if len(shape) != x.ndim or not all(_is(a, b) or _is(a, -1) for a, b in zip(shape, x.shape, strict=True)):
        return NotImplemented
    return fake_impls.fast_detach(mode, x)  # type: ignore[arg-type]


def _is(a: Any, b: Any) -> bool:
    """Whether two lengths are the same number, or the same expression of symbols."""
    if isinstance(a, int) or isinstance(b, int):
        return isinstance(a, int) and isinstance(b, int) and a == b
    return bool(a.node.expr == b.node.expr)


_KERNELS: dict[Any, Callable[..., Any]] = {
    aten._native_batch_norm_legit_no_training.default: _batch_norm,
    aten.native_layer_norm.default: _layer_norm,
    aten.addmm.default: _addmm,
    aten.view.default: _view,
    aten._unsafe_view.default: _view,
    aten.expand.default: _expand,
    aten.gelu.default: _alike,
    aten.silu_.default: _itself,
    aten.hardswish.default: _alike,
    aten.hardswish_.default: _itself,
    aten.hardsigmoid.default: _alike,
    aten.sigmoid_.default: _itself,
    aten.leaky_relu.default: _alike,
    aten.elu.default: _alike,
    aten.mul.Tensor: _scaled,
    aten.div.Tensor: _scaled,
}
#: Rules for tensors of any dtype.
_VIEWS = {aten.view.default, aten._unsafe_view.default, aten.expand.default}


def _told(op: Any, kernel: Callable[..., Any], usual: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel, and the usual way where it gives NotImplemented: the arguments do not fit each other. So also where
    an argument is no floating tensor of the first one's dtype, as types are promoted then; views leave them alone."""

    def told(mode: Any, *args: Any, **options: Any) -> Any:
        plain = op in _VIEWS or _one_dtype([arg for arg in args if isinstance(arg, Tensor)])
        found = kernel(mode, *args, **options) if plain else NotImplemented
        return usual(mode, *args, **options) if found is NotImplemented else found

    return told


def _one_dtype(tensors: Sequence[Tensor]) -> bool:
    """Whether all are floating tensors of the first one's dtype; a single number takes the others' dtype."""
    first = tensors[0]
    return first.is_floating_point() and all(
        t.dtype == first.dtype or (t.ndim == 0 < first.ndim and not t.is_complex()) for t in tensors
    )


@contextmanager
def quick_shapes() -> Iterator[None]:
    """Use these rules for fake tensors of symbolic shape."""
    known = fake_impls.get_fast_op_impls()
    before = {op: known[op] for op in _KERNELS if op in known}
    known.update({op: _told(op, kernel, before.get(op) or _usual(op)) for op, kernel in _KERNELS.items()})
    try:
        yield
    finally:
        for op in _KERNELS:
            known.pop(op, None)
        known.update(before)


def _usual(op: Any) -> Callable[..., Any]:
    """What torch does without a rule, on fake tensors: the decomposition, or the operator's own rule."""
    decomposition = None if op in _VIEWS else torch._decomp.decomposition_table[op]

    def usual(mode: Any, *args: Any, **options: Any) -> Any:
        known = fake_impls.get_fast_op_impls()
        rule = known.pop(op)
        try:
            with mode:
                return (decomposition or op)(*args, **options)
        finally:
            known[op] = rule

    return usual
