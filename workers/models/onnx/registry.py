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
from typing import Any, Literal, TypeAlias, TypeVar

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
    """All that is known of one operator; `operator` says what each argument means."""

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


#: Domain and name → what is registered, one for each `since`.
OPERATORS: dict[tuple[str, str], list[Operator]] = {}


def operator(
    *names: str,
    since: int = 1,
    domain: str = "",
    gradient: Gradient = "exact",
    note: str = "",
    host: Callable[..., Any] | None = None,
    constants_only: bool = False,
    weights: Iterable[int] = (),
    settings: Iterable[int] = (),
    statistics: Iterable[int] = (),
    layer: bool | None = None,
    folds: bool | None = None,
    view: bool = False,
    elementwise: bool = False,
    beside_images: bool | None = None,
    idle: Iterable[str] = (),
) -> Callable[[F], F]:
    """Register the function below it, which computes the operator with torch, and what else is known of it.

    gradient: ``exact``, ``straight-through`` (the value is exact, the gradient an estimate) or ``none``.
    note: what is not supported, for OPERATORS.md.
    host: computes the operator with numpy on values that are known at translation, used when all inputs are; it may
    return NotImplemented. constants_only: the function below is this one, and there is none for tensors.
    weights, settings: positions (from 0) of inputs that hold a layer's weights, and of those that hold none: limits,
    scales, sizes. statistics: settings that training writes into, so that each node needs its own.
    layer: what comes behind is inside the network, no longer normalisation of the image; those with weights are.
    folds: small results on constants become constants too; those with weights keep tensors under their names.
    view: passes a constant on unchanged but for its shape or type.
    elementwise: arithmetic that normalises the image where it stands before the first layer.
    beside_images: may take a row that the file repeats for each image of its batch; those that are elementwise do.
    idle: attributes that change nothing in what is computed.
    """

    def register(function: F) -> F:
        learned = frozenset(weights)
        for name in names:
            found = Operator(
                name=name,
                domain=domain,
                since=since,
                tensor=None if constants_only else converter(function),
                host=converter(function) if constants_only else None if host is None else converter(host),
                gradient="none" if constants_only else gradient,
                note=note,
                weights=learned,
                settings=frozenset(settings) | frozenset(statistics),
                statistics=frozenset(statistics),
                layer=bool(learned) if layer is None else layer,
                folds=not learned if folds is None else folds,
                view=view,
                elementwise=elementwise,
                beside_images=elementwise if beside_images is None else beside_images,
                idle=frozenset(idle),
            )
            registered = OPERATORS.setdefault((domain, name), [])
            if any(o.since == since for o in registered):
                raise ValueError(f"{name} since {since} is registered twice")
            registered.append(found)
        return function

    return register


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
