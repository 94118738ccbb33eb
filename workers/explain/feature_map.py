"""Where in a network the classes are told apart while places still exist: the feature map that class maps are made of.

Read off the graph and off a few images that go through it: for a network of convolutions the last map before pooling or
flattening, for one of tokens the last grid whose places still reach the logits. The images are always the same ones, so
that all shards find the same map.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, fx

from openapi.problems import InvalidField
from workers.models.audited import AuditedModel
from workers.models.differentiability import probes
from workers.models.extra_outputs import with_nodes
from workers.models.graphs import depends_on_input, op_name
from workers.neurons.heads.walk import record

#: Operators after which places are coarser: the map before them is the finer one, of the same channels.
POOLING = {
    "max_pool2d", "max_pool2d_with_indices", "avg_pool1d", "avg_pool2d", "adaptive_avg_pool1d", "adaptive_avg_pool2d",
    "_adaptive_avg_pool2d", "adaptive_max_pool2d", "mean",
}  # fmt: skip
#: Tokens before the grid: of the class, of distillation, registers.
_MOST_PREFIX = 8


@dataclass(frozen=True)
class FeatureMap:
    """A node whose value is a map of features, and how to bring it to (n, channels, rows, columns).

    order: the dimensions of the map in the value, images first. tokens: how many stand before the grid, where rows and
    columns are one dimension of the value.
    """

    node: str
    grid: tuple[int, int]
    order: tuple[int, ...]
    tokens: int | None = None

    def canonical(self, value: Tensor) -> Tensor:
        """Bring the node's value to (n, channels, rows, columns)."""
        if self.tokens is not None:
            value = value.permute(self.order)[:, :, self.tokens :]
            return value.reshape(*value.shape[:2], *self.grid)
        return value.permute(self.order)


def trial_images(model: AuditedModel) -> Tensor:
    """Return seven images (7, c, h, w) that a model is tried on: a number that dimensions of maps rarely have."""
    return probes(model)[:7]


def find_feature_map(model: AuditedModel, layer: str | None = None) -> FeatureMap:
    """Return the feature map of a layer (after its activation), or by default the last one (see the module).

    Raises `InvalidField` for a layer without places and for a network that has none.
    """
    x = trial_images(model)
    values = {node.name: shape for node, shape in record(model, x, ()).shapes.items()}
    if layer is not None:
        found = as_map(model.layer(layer).taps["act"].node, values, x)
        if found is None:
            raise InvalidField("/explain/layer", f"{layer!r} keeps no places of the image apart; choose a layer before")
        return found
    maps = (as_map(node.name, values, x) for node in _bottlenecks(model.graph.graph))
    candidates = [found for found in maps if found is not None]
    if not candidates:
        raise InvalidField("/explain/map", "no layer of this model keeps places of the image apart; ask for `asm`")
    return next((found for found in candidates if _reaches(model, found, x)), candidates[0])


def as_map(node: str, values: dict[str, tuple[int, ...]], x: Tensor) -> FeatureMap | None:
    """Return how a node's value is a map of the images x (n, c, h, w); None where it is not.

    values: name → shape. Of the dimensions after the first those are rows and columns that have the image's aspect,
    channels first where that leaves a choice.
    """
    shape, (n, _, h, w) = values.get(node, ()), x.shape
    if len(shape) < 3 or shape[0] != n:
        return None
    if len(shape) == 4:
        rated = [(abs(shape[r] * w - shape[r + 1] * h), order) for r, order in ((2, (0, 1, 2, 3)), (1, (0, 3, 1, 2)))]
        order = min(rated, key=lambda one: one[0])[1]
        rows, columns = shape[order[2]], shape[order[3]]
        fits = rows * columns > 1 and rows <= h and columns <= w
        return FeatureMap(node, (rows, columns), order) if fits else None
    if len(shape) == 3:
        for tokens, turned in ((1, (0, 2, 1)), (2, (0, 1, 2))):
            found = grid_of(shape[tokens], h, w)
            if found is not None:
                return FeatureMap(node, found[1], turned, found[0])
    return None


def grid_of(tokens: int, h: int, w: int) -> tuple[int, tuple[int, int]] | None:
    """Return (tokens before the grid, (rows, columns)) of the fewest before a grid of the image's aspect; or None."""
    for prefix in range(min(_MOST_PREFIX, tokens - 2)):
        rows = round(((tokens - prefix) * h / w) ** 0.5)
        columns = (tokens - prefix) // max(rows, 1)
        if rows * columns == tokens - prefix > 1 and rows * w == columns * h and rows <= h:
            return prefix, (rows, columns)
    return None


def with_value(model: AuditedModel, node: str) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """Return ``f(x) = (logits, value of the node)``, to be used while the graph stays as it is."""
    function = with_nodes(model.graph.graph, [node])

    def run(x: Tensor) -> tuple[Tensor, Tensor]:
        z, (value,) = function(model.graph, model.transform(x))
        return z.float(), value

    return run


def _bottlenecks(graph: fx.Graph) -> list[fx.Node]:
    """Return the nodes that every path from the image to the logits goes through, the last first, poolings left out."""
    order = {node: i for i, node in enumerate(graph.nodes)}
    varying = depends_on_input(graph)
    front = {node for node in graph.output_node().all_input_nodes if node in varying}
    found = []
    while front:
        last = max(front, key=order.__getitem__)
        if len(front) == 1 and op_name(last) not in POOLING and last.op == "call_function":
            found.append(last)
        front.remove(last)
        front |= {node for node in last.all_input_nodes if node in varying}
    return found


def _reaches(model: AuditedModel, found: FeatureMap, x: Tensor) -> bool:
    """Whether most places of a map reach the logits: behind a transformer's last attention only one token does.

    True where there are no gradients to tell by.
    """
    if not model.differentiable:
        return True
    with torch.enable_grad():
        z, value = with_value(model, found.node)(x.detach().requires_grad_())
        if not value.requires_grad:
            return True
        (grad,) = torch.autograd.grad(z.square().sum(), value, allow_unused=True)
    return grad is not None and float((found.canonical(grad).abs().sum((0, 1)) > 0).float().mean()) > 0.5
