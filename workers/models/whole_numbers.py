"""Gradients past whole numbers: what a model casts to integers, computes with and casts back, or divides by floor.

The value stays what the file computes, to the last bit; the gradient is that of the same formula without the rounding,
as for ``round`` and ``floor`` (backward-pass differentiable approximation; Athalye et al. 2018). Comparisons that
quantise (`quantisers`) have that of a ramp; what integers choose else (an index, a path) has no gradient.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, fx
from torch.fx.node import map_arg

from workers.models.graphs import aten, depends_on_input, op_name
from workers.models.quantisers import quantisers, soft_step

#: Operators that mean the same on numbers that are not whole.
_SAME = {
    "add", "sub", "rsub", "mul", "neg", "abs", "clamp", "clamp_min", "clamp_max", "maximum", "minimum", "relu",
    "remainder", "fmod", "sum", "view", "reshape", "flatten", "unflatten", "slice", "select", "narrow", "transpose",
    "permute", "t", "unsqueeze", "squeeze", "expand", "expand_as", "cat", "stack", "contiguous", "clone", "alias",
}  # fmt: skip
#: Operators that make floating numbers of whole ones.
_LEAVING = {"add", "sub", "rsub", "mul", "div", "true_divide", "pow", "where"}
_CASTS = {"to", "_to_copy", "type_as"}
_ROUNDED = {"round", "floor", "ceil", "trunc", "sign", "sgn", "heaviside"}
#: What is left of a division: a number less its rest is rounding down.
_RESTS = {"remainder", "fmod", "frac"}
_QUOTIENTS = {"floor_divide", "div"}
_AND = {"bitwise_and", "__and__"}
_RIGHT = {"bitwise_right_shift", "__rshift__"}
_LEFT = {"bitwise_left_shift", "__lshift__"}


def pass_whole_numbers(graph: fx.Graph) -> list[str]:
    """Give what is computed by whole numbers its straight-through gradient.

    Returns the names of all steps on the image's numbers whose gradient is such an estimate, ``round`` and the like
    among them, which have theirs already.
    """
    varying = depends_on_input(graph)
    quantising = quantisers(graph, varying)
    compared: set[fx.Node] = set()
    soft: dict[fx.Node, fx.Node] = {}
    estimated: set[str] = set()
    for node in list(graph.nodes):
        value = node.meta.get("val")
        if node.op != "call_function" or node not in varying or not isinstance(value, Tensor):
            continue
        if value.is_floating_point() and op_name(node) in _ROUNDED:
            estimated.add(op_name(node))
        with graph.inserting_before(node.next):
            twin = _softened(graph, node, soft) if node in quantising else _twin(graph, node, value, soft)
            if twin is None:
                continue
            soft[node] = twin
            if node in quantising or any(arg in compared for arg in node.all_input_nodes):
                compared.add(node)
            if value.is_floating_point():
                estimated.add(_step(node, compared))
                _replace(graph, node, soft.pop(node))
    if soft:
        graph.eliminate_dead_code()
    return sorted(estimated)


def _softened(graph: fx.Graph, node: fx.Node, soft: dict[fx.Node, fx.Node]) -> fx.Node | None:
    args = map_arg(node.args, lambda arg: soft.get(arg, arg))
    return soft_step(node, args, lambda arg: arg.meta["val"], lambda target, given: _call(graph, target, given))


def _twin(graph: fx.Graph, node: fx.Node, value: Tensor, soft: dict[fx.Node, fx.Node]) -> fx.Node | None:
    """The same without rounding; None where the numbers are not whole, or gradients end here."""
    name, first = op_name(node), node.args[0] if node.args else None
    if not isinstance(first, fx.Node) or value.dtype == torch.bool:
        return None
    whole = not value.is_floating_point()
    if whole and name in _CASTS and first.meta["val"].is_floating_point():
        return first
    if not any(arg in soft for arg in node.all_input_nodes) and (whole or _step(node) == "casts to integers"):
        return None
    return _formula(graph, node, value, lambda args: map_arg(args, lambda arg: soft.get(arg, arg)))


def _formula(graph: fx.Graph, node: fx.Node, value: Tensor, softly: Callable[[Any], Any]) -> fx.Node | None:
    name = op_name(node)
    args = softly(node.args)
    if name == "where" and args[0] is not node.args[0]:
        return _between(graph, *args)
    if name in _CASTS:
        inner: fx.Node = args[0]
        return inner if not value.is_floating_point() else _call(graph, aten.to.dtype, (inner, value.dtype))
    if name in _QUOTIENTS and _floors(node):
        return _call(graph, _overload(aten.div, args[1]), args[:2])
    if name in _AND or _less_its_rest(node):
        kept: fx.Node = args[0]
        return kept
    if name in _RIGHT | _LEFT and isinstance(args[1], int):
        return _call(graph, aten.mul.Scalar, (args[0], 2.0 ** (-args[1] if name in _RIGHT else args[1])))
    if name in _SAME or (name in _LEAVING and value.is_floating_point()):
        return _call(graph, node.target, args, {k: v for k, v in node.kwargs.items() if k != "dtype"})
    return None


def _between(graph: fx.Graph, step: fx.Node, yes: Any, no: Any) -> fx.Node:
    """What ``where`` chooses by a soft step: the step times the difference, which is all of it that has a gradient."""
    if isinstance(yes, fx.Node):
        return _call(graph, aten.mul.Tensor, (step, _call(graph, _overload(aten.sub, no), (yes, no))))
    if isinstance(no, fx.Node):
        return _call(graph, aten.mul.Tensor, (step, _call(graph, aten.rsub.Scalar, (no, yes))))
    return _call(graph, aten.mul.Scalar, (step, yes - no))


def _overload(packet: Any, other: Any) -> Any:
    return packet.Tensor if isinstance(other, fx.Node) else packet.Scalar


def _step(node: fx.Node, compared: set[fx.Node] | frozenset[fx.Node] = frozenset()) -> str:
    """What an estimate at this node is told as; compared: what comes of comparisons."""
    if node in compared:
        return "comparisons"
    if op_name(node) in _QUOTIENTS and _floors(node):
        return "floor_divide"
    return "remainder" if _less_its_rest(node) else "casts to integers"


def _less_its_rest(node: fx.Node) -> bool:
    """Whether it is x − x mod s."""
    rest = node.args[1] if len(node.args) > 1 else None
    if op_name(node) != "sub" or not isinstance(rest, fx.Node) or "alpha" in node.kwargs:
        return False
    return op_name(rest) in _RESTS and rest.args[0] is node.args[0]


def _floors(node: fx.Node) -> bool:
    return op_name(node) == "floor_divide" or node.kwargs.get("rounding_mode") in ("floor", "trunc")


def _replace(graph: fx.Graph, node: fx.Node, twin: fx.Node) -> None:
    """Let the node's value with the twin's gradient stand for the node."""
    hard = _call(graph, aten.detach.default, (node,))
    value = node.meta["val"]
    if twin.meta["val"].dtype != value.dtype:
        twin = _call(graph, aten.to.dtype, (twin, value.dtype))
    rest = _call(graph, aten.sub.Tensor, (twin, _call(graph, aten.detach.default, (twin,))))
    result = _call(graph, aten.add.Tensor, (hard, rest))
    node.replace_all_uses_with(result, delete_user_cb=lambda user: user is not hard)


def _call(graph: fx.Graph, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> fx.Node:
    node = graph.call_function(target, args, kwargs or {})
    values, named = map_arg((args, kwargs or {}), lambda arg: arg.meta["val"])
    node.meta["val"] = target(*values, **named)
    return node
