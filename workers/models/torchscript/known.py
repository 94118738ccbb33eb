"""Tensors whose numbers are the same for every image: what follows from the file's buffers and constants alone.

A script may ask for such numbers (``if (std == 0).any()``, ``float(scale.item())``, sizes kept in a tensor), while the
translation runs on tensors without numbers. So each operator whose arguments are all known is computed at once on the
numbers themselves as well, in place too; what is written into from the image is known no more.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import _disable_current_modes

from openapi.problems import ModelRejected

#: Larger tensors than this are tables and weights, of which no program asks a single number.
MOST = 2**16
#: Operators that draw at random, or leave their numbers open.
_OPEN = ("rand", "normal", "bernoulli", "dropout", "multinomial", "empty", "uniform")
_PLAIN = (int, float, bool, str, torch.dtype, torch.device, type(None))


def remember(tensor: Any, numbers: Tensor) -> None:
    """Say that `tensor`, as the translation has it, holds these numbers."""
    if numbers.numel() <= MOST and isinstance(tensor, Tensor):
        tensor._known = numbers  # type: ignore[attr-defined]


def load(tensor: Any, numbers: Tensor | None) -> None:
    """Say what a buffer or constant holds when a call first reads it; what the call writes into it is kept."""
    if numbers is not None and getattr(tensor, "_known", None) is None:
        with _disable_current_modes():
            remember(tensor, numbers.clone())


def known(tensor: Tensor) -> Tensor | None:
    """Return the numbers of a tensor, or None when they depend on the image or are many."""
    numbers: Tensor | None = getattr(tensor, "_known", None)
    return None if numbers is None or getattr(numbers, "_spoilt", False) else numbers


def number(tensor: Tensor) -> Any:
    """Read the one number of a tensor; raises `ModelRejected` when it would differ from image to image."""
    numbers = known(tensor)
    if numbers is None or numbers.numel() != 1:
        raise ModelRejected("the model reads a number out of a tensor; the result would differ from image to image")
    with _disable_current_modes():
        return numbers.item()


def follow(name: str, given: Sequence[Any], result: Any, again: Callable[[Sequence[Any]], Any]) -> None:
    """Compute an operator on the numbers of its arguments too, and remember those of its result.

    `again`: the operator as a function of its arguments.
    """
    if not isinstance(result, (Tensor, list, tuple)) or name.startswith(_OPEN):
        return
    numbers = [_numbers(value) for value in given]
    if any(value is _Unknown for value in numbers):
        if name.endswith("_") and not name.endswith("__") and given:
            _spoil(given[0])
        return
    with _disable_current_modes():
        found = again(numbers)
    pairs = [(result, found)] if isinstance(result, Tensor) else zip(result, found, strict=False)
    for tensor, value in pairs:
        if isinstance(value, Tensor):
            remember(tensor, value)


class _Unknown:
    """Stands for an argument that depends on the image."""


def _numbers(value: Any) -> Any:
    if isinstance(value, Tensor):
        numbers = known(value)
        return _Unknown if numbers is None else numbers
    if isinstance(value, (list, tuple)):
        items = [_numbers(item) for item in value]
        return _Unknown if any(item is _Unknown for item in items) else type(value)(items)
    return value if isinstance(value, _PLAIN) else _Unknown


def _spoil(tensor: Any) -> None:
    """A tensor, and each that it is a view of, holds the image's numbers from now on."""
    numbers = getattr(tensor, "_known", None)
    while isinstance(numbers, Tensor):
        numbers._spoilt = True  # type: ignore[attr-defined]
        numbers = numbers._base
