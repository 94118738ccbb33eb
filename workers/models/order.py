"""Which operators keep the order of the classes, so that an attack may look through them at what lies below.

Two kinds count: the same increasing function of every class's score, and what differs from image to image but not from
class to class (a shift, a positive factor).
"""

from typing import Any

import torch
from torch import Tensor, fx

from workers.models.graphs import fetch, op_name

#: Increasing functions that flatten where scores are large or small: under them gradients vanish.
SQUASHING = {"sigmoid", "tanh", "exp", "atan", "erf", "softplus", "hardsigmoid"}
_INCREASING = {
    "log", "sqrt", "log1p", "clamp", "clamp_min", "clamp_max", "hardtanh", "round", "log_sigmoid", "expm1", "logit",
    "special_logit",
}  # fmt: skip
_POSITIVE = {
    "exp",
    "softmax",
    "_softmax",
    "special_softmax",
    "sigmoid",
    "softplus",
    "linalg_vector_norm",
    "norm",
    "abs",
}
_FIRST_ALONE = {"sum", "mean", "amax", "max", "sqrt", "getitem", "view", "reshape", "unsqueeze"}
_POSITIVE_IF_ALL_ARE = {"add", "mul", "div", *_FIRST_ALONE}
_COPIES = {
    "lift_fresh_copy", "lift_fresh", "detach", "detach_", "alias", "clone", "to", "_to_copy", "expand", "expand_as",
}  # fmt: skip
#: Operators that fill a tensor with one number, and where it stands among their arguments.
_FILLED = {"full": 1, "full_like": 1, "new_full": 2}
_FILLED_WITH = {"ones": 1.0, "ones_like": 1.0, "new_ones": 1.0, "zeros": 0.0, "zeros_like": 0.0, "new_zeros": 0.0}
#: Comparisons by which a limit is written out: ``where(p < 1e-7, 1e-7, p)``.
_COMPARED = {"lt", "le", "gt", "ge"}


def shape_of(node: fx.Node) -> list[Any]:
    """A node's shape; the batch is symbolic."""
    return list(getattr(node.meta.get("val"), "shape", ()))


def constant(arg: Any) -> Tensor | None:
    """Return the numbers of a Python number or of a tensor that the file holds; None for what is computed.

    A tensor that repeats them is the numbers themselves, to be broadcast.
    """
    if isinstance(arg, (int, float)) and not isinstance(arg, bool):
        return torch.tensor(float(arg))
    while isinstance(arg, fx.Node) and (op_name(arg) in _COPIES or _reshapes_one(arg)):
        arg = arg.args[0]
    filled = _filled(arg)
    if filled is not None:
        return torch.tensor(filled)
    if not isinstance(arg, fx.Node) or arg.op != "get_attr" or arg.graph.owning_module is None:
        return None
    value = fetch(arg.graph.owning_module, str(arg.target))
    return value.detach() if value.is_floating_point() else None


def _reshapes_one(node: fx.Node) -> bool:
    """Whether a node gives one number another shape."""
    ones = all(isinstance(s, int) and s == 1 for s in shape_of(node))
    return op_name(node) in {"view", "reshape", "unsqueeze"} and ones


def _filled(arg: Any) -> float | None:
    """The number of which a tensor is full."""
    if not isinstance(arg, fx.Node) or not getattr(arg.meta.get("val"), "is_floating_point", bool)():
        return None
    name = op_name(arg)
    if name in _FILLED_WITH:
        return _FILLED_WITH[name]
    number = arg.args[_FILLED[name]] if name in _FILLED and len(arg.args) > _FILLED[name] else None
    return float(number) if isinstance(number, (int, float)) else None


def limited(node: fx.Node) -> fx.Node | None:
    """Return p where a node is ``where(p < c, c, p)`` or the like, with one number c: a limit that is written out."""
    if op_name(node) != "where" or len(node.args) != 3:
        return None
    condition, first, second = node.args
    if not isinstance(condition, fx.Node) or op_name(condition) not in _COMPARED:
        return None
    limit, scores = (constant(first), second) if constant(first) is not None else (constant(second), first)
    compared, bound = condition.args[0], constant(condition.args[1])
    if bound is None:
        compared, bound = condition.args[1], constant(condition.args[0])
    if limit is None or bound is None or limit.numel() != 1 or bound.numel() != 1 or scores is not compared:
        return None
    return scores if isinstance(scores, fx.Node) and torch.allclose(limit, bound, rtol=1e-6, atol=0) else None


def source_in_order(node: fx.Node) -> fx.Node | None:
    """Return the node whose classes stand in the same order as this one's, when the operator keeps the order."""
    name = op_name(node)
    first = node.args[0] if node.args else None
    if name in SQUASHING | _INCREASING:
        alone = isinstance(first, fx.Node) and not any(isinstance(arg, fx.Node) for arg in node.args[1:])
        return first if alone and isinstance(first, fx.Node) else None
    if len(node.args) < 2:
        return None
    second = node.args[1]
    if name == "pow":
        rising = isinstance(second, (int, float)) and second > 0 and isinstance(first, fx.Node) and positive(first)
        return first if rising and isinstance(first, fx.Node) else None
    if name not in {"add", "sub", "mul", "div"} or "rounding_mode" in node.kwargs:
        return None
    pairs = [(first, second)] if name in {"sub", "div"} else [(first, second), (second, first)]
    for main, other in pairs:
        if isinstance(main, fx.Node) and _alike_for_classes(other, main):
            return main if name in {"add", "sub"} or positive(other) else None
    return None


def _alike_for_classes(other: Any, main: fx.Node) -> bool:
    """Whether an operand is one number, or one an image."""
    held = constant(other)
    if held is not None:
        return held.numel() == 1
    if not isinstance(other, fx.Node):
        return False
    if op_name(other) in {"expand", "expand_as"}:
        return _alike_for_classes(other.args[0], main)
    shape = shape_of(other)
    return len(shape) == len(shape_of(main)) > 1 and all(isinstance(s, int) and s == 1 for s in shape[1:])


def positive(arg: Any) -> bool:
    """Whether all numbers are above 0 (or underflow to it), as far as the graph shows."""
    held = constant(arg)
    if held is not None:
        return bool((held > 0).all())
    if not isinstance(arg, fx.Node):
        return False
    name = op_name(arg)
    if name in _POSITIVE:
        return True
    if name in {"clamp", "clamp_min"}:
        low = arg.args[1] if len(arg.args) > 1 else arg.kwargs.get("min")
        return isinstance(low, (int, float)) and low > 0
    if name in {"expand", "expand_as"}:
        return positive(arg.args[0])
    if name not in _POSITIVE_IF_ALL_ARE:
        return False
    parts = arg.args[:1] if name in _FIRST_ALONE else arg.args[:2]
    return all(positive(part) for part in parts)
