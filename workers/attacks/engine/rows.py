"""Rows of a batch leave one by one: what an attack knows of each of them shrinks by one function, and grows by one."""

from dataclasses import fields
from typing import Any, Self, TypeVarTuple

import torch
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


class RowState:
    """What an attack knows of its rows, as a dataclass whose fields are tensors with one entry a row."""

    def _parts(self) -> list[Tensor]:
        return [getattr(self, field.name) for field in fields(self)]  # type: ignore[arg-type]

    def without(self, gone: Tensor) -> Self:
        """The rows that stay: gone is an (m,) mask."""
        return type(self)(*without(gone, *self._parts()))

    def join(self, other: Self) -> Self:
        """These rows, then the `other` ones."""
        return type(self)(*(torch.cat(pair) for pair in zip(self._parts(), other._parts(), strict=True)))
