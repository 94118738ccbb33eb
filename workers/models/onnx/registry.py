"""Operator name → the small function that computes it with torch, and all else that is known of the operator.

A converter is a plain function; its parameters, after the first, are the operator's inputs, and their annotations say
what it takes:

- `torch.Tensor`: a tensor (a constant becomes one);
- `Host`: a numpy array whose values are known at translation (shapes, axes, limits); items may be symbolic (the batch
  size);
- `Value`: either.

``@operator("Relu", since=1)`` registers from that operator set version on; attributes are read from the `Call`.
"""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypedDict, TypeVar, Unpack

import numpy as np
import torch

#: A constant known at translation; dtype object when it may hold symbolic integers.
Host: TypeAlias = np.ndarray[Any, Any]
#: What a name of the ONNX graph stands for; a list is a sequence.
Value: TypeAlias = torch.Tensor | Host | list[Any]

#: What an input is brought to before a converter sees it.
Takes: TypeAlias = Literal["tensor", "host", "value"]
Gradient: TypeAlias = Literal["exact", "straight-through", "none"]
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Converter:
    """A function that computes an operator, and how it takes its inputs; `rest` is for those behind `takes`."""

    function: Callable[..., Any]
    takes: tuple[Takes, ...]
    rest: Takes | None
    required: int

    def input(self, position: int) -> Takes | None:
        """What the input at a position (from 0) is brought to; None where there is no such input."""
        return self.takes[position] if position < len(self.takes) else self.rest


@dataclass(frozen=True)
class Operator:
    """All that is known of one operator; `Known` says what most of it means."""

    name: str
    domain: str
    since: int
    tensor: Converter | None = None
    host: Converter | None = None
    gradient: Gradient = "none"
    note: str = ""
    weights: frozenset[int] = frozenset()
    settings: frozenset[int] = frozenset()
    statistics: frozenset[int] = frozenset()
    layer: bool = False
    folds: bool = True
    view: bool = False
    elementwise: bool = False
    beside_images: bool = False
    idle: frozenset[str] = frozenset()


class Known(TypedDict, total=False):
    """What `operator` may be told; all of it has a default."""

    #: ``exact`` where nothing is said, ``straight-through`` (the value is exact, the gradient an estimate) or ``none``.
    gradient: Gradient
    #: What is not supported, for OPERATORS.md.
    note: str
    #: Computes the operator with numpy on values that are known at translation, used when all inputs are; it may
    #: return NotImplemented.
    host: Callable[..., Any] | None
    #: The function below is the one for `host`, and there is none for tensors.
    constants_only: bool
    #: Positions (from 0) of inputs that hold a layer's weights, and of those that hold none: limits, scales, sizes.
    weights: Iterable[int]
    settings: Iterable[int]
    #: Settings that training writes into, so that each node needs its own.
    statistics: Iterable[int]
    #: What comes behind is inside the network, no longer normalisation of the image; those with weights are.
    layer: bool
    #: Small results on constants become constants too; those with weights keep tensors under their names.
    folds: bool
    #: Passes a constant on unchanged but for its shape or type.
    view: bool
    #: Arithmetic that normalises the image where it stands before the first layer.
    elementwise: bool
    #: May take a row that the file repeats for each image of its batch; those that are elementwise do.
    beside_images: bool
    #: Attributes that change nothing in what is computed.
    idle: Iterable[str]


#: Domain and name → what is registered, one for each `since`.
OPERATORS: dict[tuple[str, str], list[Operator]] = {}


def operator(*names: str, since: int = 1, domain: str = "", **known: Unpack[Known]) -> Callable[[F], F]:
    """Register the function below it, which computes the operator with torch, and what else is `Known` of it."""

    def register(function: F) -> F:
        for name in names:
            registered = OPERATORS.setdefault((domain, name), [])
            if any(o.since == since for o in registered):
                raise ValueError(f"{name} since {since} is registered twice")
            registered.append(_operator(function, name, domain, since, known))
        return function

    return register


def _operator(function: Callable[..., Any], name: str, domain: str, since: int, known: Known) -> Operator:
    only, host = known.get("constants_only", False), known.get("host")
    weights, statistics = frozenset(known.get("weights", ())), frozenset(known.get("statistics", ()))
    elementwise = known.get("elementwise", False)
    return Operator(
        name=name,
        domain=domain,
        since=since,
        tensor=None if only else converter(function),
        host=converter(function) if only else None if host is None else converter(host),
        gradient="none" if only else known.get("gradient", "exact"),
        note=known.get("note", ""),
        weights=weights,
        settings=frozenset(known.get("settings", ())) | statistics,
        statistics=statistics,
        layer=known.get("layer", bool(weights)),
        folds=known.get("folds", not weights),
        view=known.get("view", False),
        elementwise=elementwise,
        beside_images=known.get("beside_images", elementwise),
        idle=frozenset(known.get("idle", ())),
    )


def find(domain: str, name: str, version: int) -> Operator | None:
    """The newest operator whose `since` is not above the model's version of the operator set; None if unknown."""
    fitting = [o for o in OPERATORS.get((domain, name), ()) if o.since <= version]
    return max(fitting, key=lambda o: o.since) if fitting else None


def converter(function: Callable[..., Any]) -> Converter:
    """A function with what its annotations say of its inputs."""
    hints = inspect.get_annotations(function, eval_str=False)
    takes: list[Takes] = []
    rest: Takes | None = None
    required = 0
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        taken = _takes(hints[parameter.name])
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            rest = taken
        else:
            takes.append(taken)
            required += parameter.default is inspect.Parameter.empty
    return Converter(function, tuple(takes), rest, required)


def _takes(annotation: Any) -> Takes:
    text = annotation if isinstance(annotation, str) else str(annotation)
    if "torch.Tensor" in text and "ndarray" not in text:
        return "tensor"
    if "ndarray" in text and "torch.Tensor" not in text:
        return "host"
    return "value"
