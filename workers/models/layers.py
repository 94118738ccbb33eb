"""Finds the convolution and linear layers of a graph, and where each one's neurons can be tapped."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, fx, nn

from openapi.audits import Tap
from openapi.models import LayerInfo, LayerKind
from workers.models.graphs import depends_on_input, op_name

_CONV = {"conv1d", "conv2d", "conv3d", "convolution", "_convolution", "conv_transpose1d", "conv_transpose2d",
         "conv_transpose3d", "mkldnn_convolution"}  # fmt: skip
_LINEAR = {"linear", "addmm", "mm", "matmul", "_scaled_mm"}
_NORM = {"batch_norm", "_native_batch_norm_legit_no_training", "_native_batch_norm_legit", "native_batch_norm",
         "group_norm", "layer_norm", "instance_norm", "native_layer_norm", "native_group_norm"}  # fmt: skip
_ACT = {"relu", "relu6", "hardtanh", "hardswish", "hardsigmoid", "silu", "gelu", "sigmoid", "tanh", "elu", "selu", "celu",
        "leaky_relu", "rrelu", "prelu", "_prelu_kernel", "mish", "softplus", "clamp", "clamp_min", "threshold", "log_sigmoid",
        "sign", "softsign", "sin", "tanhshrink", "hardshrink", "softshrink", "logsigmoid", "glu"}  # fmt: skip
_POOL = {"max_pool1d", "max_pool2d", "max_pool3d", "max_pool2d_with_indices", "avg_pool1d", "avg_pool2d", "avg_pool3d",
         "adaptive_avg_pool1d", "adaptive_avg_pool2d", "_adaptive_avg_pool2d", "adaptive_max_pool2d", "mean"}  # fmt: skip
_PASS = {"dropout", "contiguous", "clone", "alias", "detach", "feature_dropout", "to", "_to_copy"}
_ELEMENTWISE = {"add", "sub", "mul", "div"}


@dataclass(frozen=True)
class TapPoint:
    """A node that holds a layer's activation, and how to bring it to (n, neurons, …).

    `tap` is what the point is (a layer without an activation answers ``act`` with its ``norm`` or ``conv``);
    `batch` is the dimension that counts images, `repeat` how many rows an image has in it (windows, tokens), `channel`
    the dimension that counts neurons.
    """

    node: str
    tap: Tap
    batch: int = 0
    repeat: int = 1
    channel: int = 1

    def canonical(self, value: Tensor) -> Tensor:
        """Bring an activation to (n, neurons) or (n, neurons, …), images first."""
        channel = self.channel
        if self.batch:
            value = value.movedim(self.batch, 0)
            channel += int(channel < self.batch)
        if self.repeat > 1:
            value = value.unflatten(0, (-1, self.repeat))
            channel += 1
        return value.movedim(channel, 1) if channel != 1 else value


@dataclass(frozen=True)
class Layer:
    """One layer: what the API tells of it, its parameters' names, and its tap points."""

    info: LayerInfo
    parameters: tuple[str, ...]
    taps: dict[Tap, TapPoint] = field(default_factory=dict)


def fetch(module: nn.Module, target: str) -> Tensor:
    """Return the tensor that a get_attr target names."""
    value: Any = module
    for part in target.split("."):
        value = getattr(value, part)
    assert isinstance(value, Tensor)
    return value


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
    """Make floating buffers and plain tensors parameters, under their own names."""
    for target in targets:
        path, _, name = target.rpartition(".")
        owner = module.get_submodule(path)
        value = getattr(owner, name)
        if isinstance(value, nn.Parameter) or not isinstance(value, Tensor) or not value.is_floating_point():
            continue
        delattr(owner, name)
        owner.register_parameter(name, nn.Parameter(value.detach().clone()))


def _batch(node: fx.Node, symbol: Any) -> tuple[int, int] | None:
    """Return (dimension, rows an image) of the batch in a node's shape; None where it is not one dimension's factor."""
    shape = node.meta["val"].shape
    for i, size in enumerate(shape):
        if isinstance(size, torch.SymInt):
            ratio = size.node.expr / symbol
            if ratio.is_Integer:
                return i, int(ratio)
    return None


def _point(node: fx.Node, tap: Tap, kind: LayerKind, symbol: Any, channel: int | None = None) -> TapPoint | None:
    batch = _batch(node, symbol)
    if batch is None:
        return None
    rank = len(node.meta["val"].shape)
    if channel is None:
        channel = batch[0] + 1 if kind == "conv" else rank - 1
    return TapPoint(node.name, tap, batch[0], batch[1], channel)


def _single_user(node: fx.Node) -> fx.Node | None:
    users = list(node.users)
    while len(users) == 1 and op_name(users[0]) in _PASS and users[0].args[0] is node:
        node = users[0]
        users = list(node.users)
    return users[0] if len(users) == 1 and users[0].args and users[0].args[0] is node else None


def _activation(node: fx.Node) -> fx.Node | None:
    """Return the activation that reads `node`, x·sigmoid(x) and x·hardsigmoid(x) included."""
    user = _single_user(node)
    if user is not None and op_name(user) in _ACT:
        return user
    users = list(node.users)
    gates = [u for u in users if op_name(u) in {"sigmoid", "hardsigmoid"}]
    if len(users) == 2 and len(gates) == 1:
        product = next(u for u in users if u is not gates[0])
        if op_name(product) == "mul" and set(product.all_input_nodes) == {node, gates[0]} and len(gates[0].users) == 1:
            return product
    return None


def _taps(node: fx.Node, kind: LayerKind, symbol: Any) -> dict[Tap, TapPoint]:
    """Walk conv → norm → act → pool; a stage that is absent repeats the one before it."""
    first = _point(node, "conv", kind, symbol)
    assert first is not None
    taps: dict[Tap, TapPoint] = {"conv": first}
    here = node

    def step(tap: Tap, following: fx.Node | None, before: Tap) -> None:
        nonlocal here
        point = None
        if following is not None and len(following.meta["val"].shape) == len(here.meta["val"].shape):
            point = _point(following, tap, kind, symbol, channel=taps[before].channel)
        if point is not None and following is not None:
            here = following
        taps[tap] = point or taps[before]

    norm = _single_user(here)
    step("norm", norm if norm is not None and op_name(norm) in _NORM else None, "conv")
    step("act", _activation(here), "norm")
    pool = _single_user(here)
    step("pool", pool if pool is not None and op_name(pool) in _POOL else None, "act")
    return taps


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
        if _batch(node, symbol) is None or not weights:
            continue
        shape = node.meta["val"].shape
        neurons = int(shape[1] if kind == "conv" and len(shape) > 3 else shape[-1] if kind == "linear" else shape[0])
        end, added = _with_bias(node, varying, neurons) if bias is None else (node, None)
        biases = _sources(bias if bias is not None else added)
        promote(module, biases)
        main = max(weights, key=lambda w: fetch(module, w).ndim)
        name = main.removesuffix(".weight")
        names[name] = names.get(name, 0) + 1
        if names[name] > 1:
            name = f"{name}#{names[name]}"  # one weight used twice is two layers
        taps = _taps(end, kind, symbol)
        info = LayerInfo(
            name=name,
            kind=kind,
            neurons=neurons,
            shape=_image_shape(end, taps["conv"]),
            depth=len(layers),
            norm_folded=kind == "conv" and taps["norm"].tap != "norm",
        )
        layers.append(Layer(info, tuple(dict.fromkeys([*weights, *biases])), taps))
    return tuple(layers)


def _image_shape(node: fx.Node, point: TapPoint) -> tuple[int, ...]:
    """Return the canonical activation's shape for one image."""
    sizes = [1 if i == point.batch else int(s) for i, s in enumerate(node.meta["val"].shape)]
    sizes[point.batch] = point.repeat
    return tuple(point.canonical(torch.empty(sizes, device="meta")).shape[1:])
