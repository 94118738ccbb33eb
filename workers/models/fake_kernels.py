"""Shapes of common operators for `torch.export`, told at once.

With a free batch size torch asks the operators' decompositions for the form of their results: a batch norm goes through
a dozen symbolic operators, 18 ms of CPU each time. Here their rules are written down; the results are in form, strides
and dtype what the decompositions give (`test_fake_kernels` compares them). Arguments that do not fit each other go the
usual way, which refuses them: the shape of a file's images is found by what is refused.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch._subclasses import fake_impls

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


_KERNELS: dict[Any, Callable[..., Any]] = {
    aten._native_batch_norm_legit_no_training.default: _batch_norm,
    aten.native_layer_norm.default: _layer_norm,
    aten.addmm.default: _addmm,
    aten.gelu.default: _alike,
    aten.silu_.default: _itself,
    aten.hardswish.default: _alike,
    aten.hardswish_.default: _itself,
    aten.hardsigmoid.default: _alike,
    aten.sigmoid_.default: _itself,
    aten.leaky_relu.default: _alike,
    aten.elu.default: _alike,
}


def _floating(kernel: Callable[..., Any], usual: Callable[..., Any]) -> Callable[..., Any]:
    """The usual way where an argument is no floating tensor of the first one's dtype (types are promoted then), and
    where the kernel gives NotImplemented: the arguments do not fit each other."""

    def told(mode: Any, *args: Any, **options: Any) -> Any:
        tensors = [arg for arg in args if isinstance(arg, Tensor)]
        plain = tensors[0].is_floating_point() and all(arg.dtype == tensors[0].dtype for arg in tensors)
        found = kernel(mode, *args, **options) if plain else NotImplemented
        return usual(mode, *args, **options) if found is NotImplemented else found

    return told


@contextmanager
def quick_shapes() -> Iterator[None]:
    """Use these rules for fake tensors of symbolic shape."""
    known = fake_impls.get_fast_op_impls()
    before = {op: known[op] for op in _KERNELS if op in known}
    known.update({op: _floating(kernel, _decomposed(op)) for op, kernel in _KERNELS.items() if op not in before})
    try:
        yield
    finally:
        for op in _KERNELS.keys() - before.keys():
            known.pop(op, None)


def _decomposed(op: Any) -> Callable[..., Any]:
    """What torch does without a rule: the decomposition, on fake tensors."""
    decomposition = torch._decomp.decomposition_table[op]

    def usual(mode: Any, *args: Any, **options: Any) -> Any:
        with mode:
            return decomposition(*args, **options)

    return usual
