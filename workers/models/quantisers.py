"""Comparisons that quantise: what is compared with a threshold becomes numbers that a layer reads.

Thermometer codes, binarised images and activations, and steps chosen by ``where`` have no gradient of their own. Theirs
is that of a ramp, as for ``sign`` (the estimator of binarised networks, Courbariaux et al. 2016). A comparison that
opens or closes a path of its own (``x * (x > 0)``), hides tokens from an attention or decides alone is none: the
gradient past it is exact, and an estimate would only spoil it.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, fx

from workers.models.graphs import aten, op_name

#: Comparison → whether it grows with its first argument.
COMPARISONS = {"gt": 1, "ge": 1, "lt": -1, "le": -1}
#: Operators that count thresholds below a number: positions of (the number, the thresholds).
COUNTS = {"bucketize": (0, 1), "searchsorted": (1, 0)}
#: Numbers larger than this, times a comparison, hide what they are added to.
_HIDES = 1e3
_LAYERS = {"conv1d", "conv2d", "conv3d", "convolution", "linear", "addmm", "mm", "matmul", "bmm", "batch_norm"}
_PASSES = {
    "to", "_to_copy", "type_as", "add", "sub", "rsub", "mul", "div", "neg", "cat", "stack", "sum", "mean", "view",
    "reshape", "flatten", "unflatten", "slice", "select", "transpose", "permute", "unsqueeze", "squeeze", "expand",
    "contiguous", "clone", "pad", "constant_pad_nd", "avg_pool2d", "max_pool2d", "adaptive_avg_pool2d", "clamp",
    "relu", "tanh", "hardtanh", "detach",
}  # fmt: skip


def quantisers(graph: fx.Graph, varying: set[fx.Node]) -> set[fx.Node]:
    """The comparisons and counts of the image's numbers whose results reach layers, wherever they go."""
    return {
        node
        for node in graph.nodes
        if node in varying and _compares(node) and node.users and _feeds_layers(node, varying)
    }


def _compares(node: fx.Node) -> bool:
    """Whether it compares floating numbers, or counts thresholds that no image changes."""
    name = op_name(node)
    return name in COUNTS or (name in COMPARISONS and isinstance(node.args[0], fx.Node))


def _feeds_layers(source: fx.Node, varying: set[fx.Node]) -> bool:
    """Whether every way on from a node comes to a layer as its input, and none multiplies what the image changes."""
    seen, open_ = {source}, [source]
    while open_:
        node = open_.pop()
        for user in node.users:
            if user in seen or _is_layer(user, node, varying):
                continue
            if not user.users or not _passes(user, node, varying):
                return False
            seen.add(user)
            open_.append(user)
    return True


def _is_layer(user: fx.Node, node: fx.Node, varying: set[fx.Node]) -> bool:
    others = [arg for arg in user.all_input_nodes if arg is not node]
    return op_name(user) in _LAYERS and not any(other in varying for other in others)


def _passes(user: fx.Node, node: fx.Node, varying: set[fx.Node]) -> bool:
    """Whether an operator leaves steps steps: it scales them by what no image changes, moves or adds them."""
    name, args = op_name(user), user.args
    if name == "where":
        return args[0] is not node or not any(arg in varying for arg in args[1:] if isinstance(arg, fx.Node))
    if name in {"mul", "div"}:
        other = args[1] if args[0] is node else args[0]
        if isinstance(other, fx.Node):
            return other not in varying and not (name == "div" and args[1] is node)
        size = abs(float(other)) if isinstance(other, (int, float)) else 1.0
        return (size if name == "mul" else 1 / (size or 1.0)) <= _HIDES
    return name in _PASSES


def soft_step(
    node: fx.Node, args: tuple[Any, ...], value: Callable[[Any], Any], call: Callable[..., fx.Node]
) -> fx.Node | None:
    """Write what the gradient of a comparison or a count follows: half a ramp from -1 to 1, or the line through the
    thresholds; None where the thresholds are not one row.

    args: the node's own, with soft twins of whole numbers. value: an argument's tensor; call: writes an operator.
    """
    name = op_name(node)
    if name in COMPARISONS:
        if not isinstance(args[0], fx.Node):
            return None
        number = value(args[0])
        x = args[0] if number.is_floating_point() else call(aten.to.dtype, (args[0], torch.float32))
        other = args[1]
        over = call(aten.sub.Tensor if isinstance(other, fx.Node) else aten.sub.Scalar, (x, other))
        return call(aten.mul.Scalar, (call(aten.clamp.default, (over, -1, 1)), 0.5 * COMPARISONS[name]))
    at, edges = (args[i] for i in COUNTS[name])
    row = value(edges) if isinstance(edges, fx.Node) else None
    if not isinstance(at, fx.Node) or not isinstance(row, Tensor) or row.dim() != 1 or not row.shape[0]:
        return None
    first = call(aten.select.int, (edges, 0, 0))
    over = call(aten.sub.Tensor, (at, first))
    if row.shape[0] == 1:
        return call(aten.mul.Scalar, (call(aten.clamp.default, (over, -1, 1)), 0.5))
    width = call(aten.sub.Tensor, (call(aten.select.int, (edges, 0, -1)), first))
    steps = call(aten.mul.Scalar, (call(aten.div.Tensor, (over, width)), row.shape[0] - 1))
    return call(aten.clamp.default, (steps, -0.5, row.shape[0] - 0.5))
