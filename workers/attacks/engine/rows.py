"""Rows of a batch leave one by one: what an attack knows of each of them shrinks by one function."""

from typing import Any, TypeVarTuple

from torch import Tensor

State = TypeVarTuple("State")


def without(gone: Tensor, *state: *State) -> tuple[*State]:
    """Return the state of the rows that stay: gone is an (m,) mask.

    state: tensors with one entry a row, balls and other things with ``select(positions)``, and tuples of them.
    """
    stay = (~gone).nonzero().flatten()
    return tuple(_selected(part, stay) for part in state)


def _selected(part: Any, stay: Tensor) -> Any:
    if isinstance(part, Tensor):
        return part.index_select(0, stay)
    if isinstance(part, tuple):
        return tuple(_selected(each, stay) for each in part)
    return part.select(stay)
