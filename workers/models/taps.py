"""Where a layer's neurons can be read: the nodes after the layer, its norm, its activation and its pooling."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx

from openapi.analyses.sensitivity import Tap
from openapi.models import LayerKind
from workers.models.graphs import op_name

_NORM = {
    "batch_norm", "_native_batch_norm_legit_no_training", "_native_batch_norm_legit", "native_batch_norm", "group_norm",
    "layer_norm", "instance_norm", "native_layer_norm", "native_group_norm",
}  # fmt: skip
#: Activation functions, by the names of their operators.
ACTIVATIONS = {
    "relu", "relu6", "hardtanh", "hardswish", "hardsigmoid", "silu", "gelu", "sigmoid", "tanh", "elu", "selu", "celu",
    "leaky_relu", "rrelu", "prelu", "_prelu_kernel", "mish", "softplus", "clamp", "clamp_min", "threshold", "sign",
    "log_sigmoid", "softsign", "sin", "tanhshrink", "hardshrink", "softshrink",
}  # fmt: skip
_POOL = {
    "max_pool1d", "max_pool2d", "max_pool3d", "max_pool2d_with_indices", "avg_pool1d", "avg_pool2d", "avg_pool3d",
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "_adaptive_avg_pool2d", "adaptive_max_pool2d", "mean",
}  # fmt: skip
_PASS = {"dropout", "contiguous", "clone", "alias", "detach", "feature_dropout", "to", "_to_copy"}


@dataclass(frozen=True)
class TapPoint:
    """A node that holds a layer's activation, and how to bring it to (n, neurons, …).

    `tap` is what the point is (a layer without an activation answers ``act`` with its ``norm`` or ``conv``);
    `batch` is the dimension that counts images, `repeat` how many rows an image has in it (windows, tokens), `channel`
    the dimension that counts neurons. Rows of one image stand together unless `minor`.
    """

    node: str
    tap: Tap
    batch: int = 0
    repeat: int = 1
    channel: int = 1
    minor: bool = False

    def canonical(self, value: Tensor) -> Tensor:
        """Bring an activation to (n, neurons) or (n, neurons, …), images first."""
        channel = self.channel
        if self.batch:
            value = value.movedim(self.batch, 0)
            channel += int(channel < self.batch)
        if self.repeat > 1:
            if self.minor:
                value = value.reshape(self.repeat, -1, *value.shape[1:]).movedim(1, 0)
            else:
                value = value.reshape(-1, self.repeat, *value.shape[1:])
            channel += 1
        return value.movedim(channel, 1) if channel != 1 else value


def batch_dimension(node: fx.Node, symbol: Any) -> tuple[int, int] | None:
    """Return (dimension, rows an image) of the batch in a node's shape; None where it is not one dimension's factor."""
    shape = node.meta["val"].shape
    for i, size in enumerate(shape):
        if isinstance(size, torch.SymInt):
            ratio = size.node.expr / symbol
            if ratio.is_Integer:
                return i, int(ratio)
    return None


def _point(node: fx.Node, tap: Tap, kind: LayerKind, symbol: Any, channel: int | None = None) -> TapPoint | None:
    batch = batch_dimension(node, symbol)
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
    if user is not None and op_name(user) in ACTIVATIONS:
        return user
    users = list(node.users)
    gates = [u for u in users if op_name(u) in {"sigmoid", "hardsigmoid"}]
    if len(users) == 2 and len(gates) == 1:
        product = next(u for u in users if u is not gates[0])
        if op_name(product) == "mul" and set(product.all_input_nodes) == {node, gates[0]} and len(gates[0].users) == 1:
            return product
    return None


def find_taps(node: fx.Node, kind: LayerKind, symbol: Any) -> dict[Tap, TapPoint]:
    """Walk conv → norm → act → pool; a stage that is absent repeats the one before it."""
    first = _point(node, "conv", kind, symbol)
    assert first is not None
    taps: dict[Tap, TapPoint] = {"conv": first}
    here = node

    def step(tap: Tap, following: fx.Node | None, before: Tap) -> None:
        nonlocal here
        point = None
        if following is not None and isinstance(following.meta["val"], tuple):  # values and indices of a max-pooling
            following = next((u for u in following.users if op_name(u) == "getitem" and u.args[1] == 0), None)
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


def image_shape(node: fx.Node, point: TapPoint) -> tuple[int, ...]:
    """Return the canonical activation's shape for one image."""
    sizes = [1 if i == point.batch else int(s) for i, s in enumerate(node.meta["val"].shape)]
    sizes[point.batch] = point.repeat
    return tuple(point.canonical(torch.empty(sizes, device="meta")).shape[1:])
