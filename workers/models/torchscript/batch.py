"""Frees a batch size that tracing burnt into shapes: ``view(x, [8, 512])`` of an x whose first dimension is free."""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

_RESHAPES = {"view", "reshape", "_unsafe_view"}


def free_batch(name: str, args: Sequence[Any], batch: Any, burnt: int | None) -> list[Any]:
    """Return the arguments of an operator with the burnt batch size replaced by the batch at hand.

    `batch`: the symbolic batch; `burnt`: the batch size that the file was made with, None when unknown (then only 1 and
    sizes that cannot be anything else are replaced). A reshape keeps the order of numbers, so that the batch, which has
    the product A of the sizes before it, must stand in the result where the sizes before it have the product A too.
    """
    given = list(args)
    if not isinstance(batch, torch.SymInt) or not given or not isinstance(given[0], Tensor):
        return given
    if name == "expand":
        given[1] = _expanded(given[0], given[1], batch, burnt)
    elif name in _RESHAPES:
        given[1] = _reshaped(given[0], given[1], batch, burnt)
    return given


def _expanded(x: Tensor, sizes: Any, batch: torch.SymInt, burnt: int | None) -> Any:
    if not isinstance(sizes, list) or not sizes or len(sizes) != x.dim():
        return sizes
    first = x.shape[0]
    if isinstance(first, torch.SymInt) and not isinstance(sizes[0], torch.SymInt) and sizes[0] == (burnt or 1):
        return [first, *sizes[1:]]
    return sizes


def _reshaped(x: Tensor, sizes: Any, batch: torch.SymInt, burnt: int | None) -> Any:
    if not isinstance(sizes, list) or any(isinstance(s, torch.SymInt) for s in sizes):
        return sizes
    place = _batch_place(x, batch)
    if place is None:
        return sizes
    position, repeat = place
    known = burnt or 1
    before = math.prod(int(s) for s in x.shape[:position])
    total = before * repeat * known * math.prod(int(s) for s in x.shape[position + 1 :])
    given = math.prod(s for s in sizes if s != -1)
    if -1 in sizes and (given == 0 or total % given):
        return sizes
    full = [total // given if s == -1 else s for s in sizes]
    if math.prod(full) != total:
        return sizes if -1 in sizes else _first_free(sizes)
    i = _where(full, before, repeat, known)
    if i is None or sizes[i] == -1 or (burnt is None and -1 in sizes and full[i] != 1):
        return sizes
    return [*sizes[:i], full[i] // known * batch, *sizes[i + 1 :]]


def _where(full: list[int], before: int, repeat: int, known: int) -> int | None:
    """Return the size that holds the batch.

    That is the size which is the batch alone, before the rows of an image or after them (tokens first); else one that
    begins where the batch does and is not the last; else one that contains it.
    """
    products = [math.prod(full[:i]) for i in range(len(full))]
    for start in (before, before * repeat):
        for i, (product, size) in enumerate(zip(products, full, strict=True)):
            if product == start and size == known:
                return i
    for i, (product, size) in enumerate(zip(products, full, strict=True)):
        if product == before and size % known == 0 and (i < len(full) - 1 or i == 0):
            return i
    for i, (product, size) in enumerate(zip(products, full, strict=True)):
        if before % product == 0 and (product * size) % (before * known) == 0 and size % known == 0:
            return i
    return None


def _first_free(sizes: list[int]) -> list[int]:
    """The sizes fit no whole number of images: the first must be the batch of a file made with another one."""
    return [-1, *sizes[1:]]


def _batch_place(x: Tensor, batch: torch.SymInt) -> tuple[int, int] | None:
    """Return (dimension, rows an image) of the batch in a tensor's shape."""
    free = [i for i, size in enumerate(x.shape) if isinstance(size, torch.SymInt)]
    if len(free) != 1:
        return None
    size: Any = x.shape[free[0]]
    ratio = size.node.expr / batch.node.expr
    return (free[0], int(ratio)) if ratio.is_Integer else None
