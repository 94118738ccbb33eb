"""Finds the convolution and linear layers of a graph, and makes their weights parameters."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, fx, nn

from openapi.analyses.sensitivity import Tap
from openapi.models import LayerInfo, LayerKind
from workers.models.graphs import depends_on_input, fetch, op_name
from workers.models.taps import TapPoint, batch_dimension, find_taps, image_shape

_CONV = {
    "conv1d", "conv2d", "conv3d", "convolution", "_convolution", "conv_transpose1d", "conv_transpose2d",
    "conv_transpose3d",
}  # fmt: skip
_LINEAR = {"linear", "addmm", "mm", "matmul"}


@dataclass(frozen=True)
class Layer:
    """One layer: what the API tells of it, its parameters' names, and its tap points."""

    info: LayerInfo
    parameters: tuple[str, ...]
    taps: dict[Tap, TapPoint] = field(default_factory=dict)


def _sources(node: Any) -> list[str]:
    """Return the get_attr targets below a node that does not depend on the input."""
    if not isinstance(node, fx.Node):
        return []
    seen: dict[fx.Node, None] = {}
    stack = [node]
    while stack:
        top = stack.pop()
        if top not in seen:
            seen[top] = None
            stack.extend(top.all_input_nodes)
    return [str(n.target) for n in seen if n.op == "get_attr"]


def promote(module: nn.Module, targets: Iterable[str]) -> None:
    """Make floating buffers and plain tensors parameters, under their own names.

    Nothing is done where whole numbers are among them: a quantised weight's scale is no weight.
    """
    targets = list(targets)
    if not all(fetch(module, target).is_floating_point() for target in targets):
        return
    for target in targets:
        path, _, name = target.rpartition(".")
        owner = module.get_submodule(path)
        value = getattr(owner, name)
        if isinstance(value, nn.Parameter) or not isinstance(value, Tensor) or not value.is_floating_point():
            continue
        delattr(owner, name)
        owner.register_parameter(name, nn.Parameter(value.detach().clone()))


def _with_bias(node: fx.Node, varying: set[fx.Node], neurons: int) -> tuple[fx.Node, fx.Node | None]:
    """Follow an addition of a constant vector right after a layer (a MatMul's bias): the layer ends after it."""
    users = list(node.users)
    if len(users) == 1 and op_name(users[0]) == "add":
        others = [a for a in users[0].all_input_nodes if a is not node]
        if len(others) == 1 and others[0] not in varying and others[0].meta["val"].numel() == neurons:
            return users[0], others[0]
    return node, None


def find_layers(module: fx.GraphModule, symbol: Any) -> tuple[Layer, ...]:
    """List the layers in order of execution, making their weights and biases parameters.

    A layer is a convolution, or a matrix product of something that depends on the input with something that does not.
    `symbol` is the batch's sympy symbol.
    """
    varying = depends_on_input(module.graph)
    layers: list[Layer] = []
    names: dict[str, int] = {}
    for node in list(module.graph.nodes):
        operator = op_name(node)
        kind: LayerKind | None = "conv" if operator in _CONV else "linear" if operator in _LINEAR else None
        if kind is None or node not in varying or not hasattr(node.meta.get("val"), "shape"):
            continue
        operands = list(node.args[1:3] if operator == "addmm" else node.args[:2])
        constant = [a for a in operands if isinstance(a, fx.Node) and a not in varying]
        if len(constant) != 1 or operands.index(constant[0]) != 1:
            continue
        if kind == "linear" and (constant[0].meta["val"].ndim != 2 or node.meta["val"].ndim < 2):
            continue
        weights = _sources(constant[0])
        bias = node.args[0] if operator == "addmm" else node.args[2] if len(node.args) > 2 else None
        promote(module, weights)
        weights = [w for w in weights if isinstance(fetch(module, w), nn.Parameter)] or weights
        batch = batch_dimension(node, symbol)
        if batch is None or not weights:
            continue
        shape = node.meta["val"].shape
        neurons = int(shape[batch[0] + 1] if kind == "conv" else shape[-1])
        end, added = _with_bias(node, varying, neurons) if bias is None else (node, None)
        biases = _sources(bias if bias is not None else added)
        promote(module, biases)
        main = max(weights, key=lambda w: fetch(module, w).ndim)
        name = main.removesuffix(".weight")
        names[name] = names.get(name, 0) + 1
        if names[name] > 1:
            name = f"{name}#{names[name]}"  # one weight used twice is two layers
        taps = find_taps(end, kind, symbol)
        info = LayerInfo(
            name=name,
            kind=kind,
            neurons=neurons,
            shape=image_shape(end, taps["conv"]),
            depth=len(layers),
            norm_folded=kind == "conv" and taps["norm"].tap != "norm",
        )
        layers.append(Layer(info, tuple(dict.fromkeys([*weights, *biases])), taps))
    return tuple(layers)
