"""Operator name → the small function that computes it with torch, or with numpy while the graph is translated.

A converter is a plain function; its parameters, after the first, are the operator's inputs, and their annotations say
what it takes:

- `torch.Tensor`: a tensor (a constant becomes one);
- `Host`: a numpy array whose values are known at translation (shapes, axes, limits); items may be symbolic (the batch
  size);
- `Value`: either.

``@operator("Relu", since=1)`` registers from that operator set version on; attributes are read from the `Call`.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

import numpy as np
import torch

#: A constant known at translation; dtype object when it may hold symbolic integers.
Host: TypeAlias = np.ndarray[Any, Any]
#: What a name of the ONNX graph stands for; a list is a sequence.
Value: TypeAlias = torch.Tensor | Host | list[Any]

Converter: TypeAlias = Callable[..., Any]
F = TypeVar("F", bound=Converter)


@dataclass(frozen=True)
class Entry:
    """One registered converter. `takes`: for each input ``tensor``, ``host`` or ``value``; `rest` for further ones."""

    name: str
    domain: str
    since: int
    function: Converter
    takes: tuple[str, ...]
    rest: str | None
    required: int
    gradient: str
    note: str


TENSOR_CONVERTERS: dict[tuple[str, str], list[Entry]] = {}
HOST_CONVERTERS: dict[tuple[str, str], list[Entry]] = {}


def operator(
    *names: str, since: int = 1, domain: str = "", gradient: str = "exact", note: str = ""
) -> Callable[[F], F]:
    """Register a torch converter.

    `gradient`: ``exact``, ``straight-through`` (the value is exact, the gradient an estimate) or ``none``;
    `note`: what is not supported, for the table.
    """

    def register(function: F) -> F:
        for name in names:
            _add(TENSOR_CONVERTERS, name, domain, since, function, gradient, note)
        return function

    return register


def host_operator(*names: str, since: int = 1, domain: str = "") -> Callable[[F], F]:
    """Register a numpy converter for values that are known at translation; used when all inputs are `Host`."""

    def register(function: F) -> F:
        for name in names:
            _add(HOST_CONVERTERS, name, domain, since, function, "none", "")
        return function

    return register


def find(table: dict[tuple[str, str], list[Entry]], domain: str, name: str, version: int) -> Entry | None:
    """The newest converter whose `since` is not above the model's version of the operator set."""
    fitting = [e for e in table.get((domain, name), ()) if e.since <= version]
    return max(fitting, key=lambda e: e.since) if fitting else None


def _add(
    table: dict[tuple[str, str], list[Entry]],
    name: str,
    domain: str,
    since: int,
    function: Converter,
    gradient: str,
    note: str,
) -> None:
    takes, rest, required = _signature(function)
    entries = table.setdefault((domain, name), [])
    if any(e.since == since for e in entries):
        raise ValueError(f"{name} since {since} is registered twice")
    entries.append(Entry(name, domain, since, function, takes, rest, required, gradient, note))


def _signature(function: Converter) -> tuple[tuple[str, ...], str | None, int]:
    hints = inspect.get_annotations(function, eval_str=False)
    parameters: Sequence[inspect.Parameter] = list(inspect.signature(function).parameters.values())[1:]
    takes: list[str] = []
    rest: str | None = None
    required = 0
    for parameter in parameters:
        kind = _kind(hints[parameter.name])
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            rest = kind
        else:
            takes.append(kind)
            required += parameter.default is inspect.Parameter.empty
    return tuple(takes), rest, required


def _kind(annotation: Any) -> str:
    text = annotation if isinstance(annotation, str) else str(annotation)
    if "torch.Tensor" in text and "ndarray" not in text:
        return "tensor"
    if "ndarray" in text and "torch.Tensor" not in text:
        return "host"
    return "value"
