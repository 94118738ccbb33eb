"""A model's graph with the L1 norms of its neurons taken where they come about: no activation outlives its readers.

What the norms cost is reading the activations again while they are still in the cache, so passes are small
(`pairs_at_once`) and large maps are taken a few images at a time.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, fx, nn

from openapi.analyses.sensitivity import Tap
from workers.models.audited import AuditedModel
from workers.models.extra_outputs import WithNodes, compiled
from workers.models.graphs import is_view, op_name
from workers.models.taps import TapPoint

#: Numbers whose difference is held at once: half a megabyte.
_AT_ONCE = 2**17
_NOT_NEGATIVE = {"relu", "relu6", "sigmoid", "hardsigmoid"}
_KEEPS_SIGN = {"max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "adaptive_max_pool2d", "dropout", "flatten"}
_RELU, _RELU_IN_PLACE = torch.ops.aten.relu.default, torch.ops.aten.relu_.default
#: What gives a fresh tensor, which the ReLU that reads it last may write over.
_FRESH = {"conv2d", "convolution", "linear", "addmm", "add", "batch_norm", "layer_norm", "mul"}


class Norms(NamedTuple):
    """‖F(x) − F(x')‖₁ and ‖F(x)‖₁ (2, n, neurons) float64, and the number of elements of a neuron's output."""

    norms: Tensor
    dim: int


def l1_norms(
    value: Tensor, of: Tensor | None, batch: int, repeat: int, channel: int, minor: bool, positive: bool
) -> Norms:
    """The norms of m pairs for each neuron, from the activations of images x followed by their m twins x'.

    Each number is a float32 sum by halving (to about 1e-7). of: (m,) the image of each twin; None where there are as
    many images, in the same order. batch … minor: as a `TapPoint` has them; positive: no element is negative.
    """
    maps = TapPoint("", "conv", batch, repeat, channel, minor).canonical(value)
    m = len(maps) // 2 if of is None else len(of)
    n, neurons = len(maps) - m, maps.shape[1]
    maps = maps.reshape(n + m, neurons, -1)
    out = maps.new_empty((2, m, neurons), dtype=torch.float64)
    step = max(1, _AT_ONCE // max(1, maps[0].numel()))
    for begin in range(0, m, step):
        s = slice(begin, min(m, begin + step))
        benign, adversarial = maps[s] if of is None else maps[of[s]], maps[n + s.start : n + s.stop]
        moved = benign - adversarial
        out[0, s] = moved.abs_().sum(2)
        out[1, s] = (benign if positive else torch.abs(benign, out=moved)).sum(2)
    return Norms(out, maps.shape[2])


class NormsModel(nn.Module):
    """``forward``: x (n + m, c, h, w), n images and m twins → (logits (n + m, k), {(layer, tap): norms}, extra values).

    of: (m,) the image of each twin, by its place; None where there are as many, in the same order. norms: as
    `l1_norms` has them. Layers that have no such stage share what they have instead: `points` says which TapPoint each
    (layer, tap) reads, and equal points are measured once. extra: names of further nodes, returned as they are. For
    inference alone; weights and norm mode are the model's own at each call.
    """

    def __init__(self, model: AuditedModel, taps: Sequence[Tap], extra: Sequence[str] = ()) -> None:
        super().__init__()
        self.model, self.extra = model, tuple(extra)
        layers = [layer.name for layer in model.layers]
        self.points: dict[tuple[str, Tap], TapPoint] = {
            (name, tap): model.layer(name).taps[tap] for tap in taps for name in layers
        }
        self._place: dict[tuple[str, int], int] = {}
        self._function: WithNodes | None = None
        self._revision = -1
        self.training = False

    @torch.no_grad()
    def forward(
        self, x: Tensor, of: Tensor | None = None
    ) -> tuple[Tensor, Mapping[tuple[str, Tap], Norms], list[Tensor]]:
        """See the class."""
        if self._function is None or self._revision != self.model._revision:
            self._function, self._revision = self._compile(), self.model._revision
        logits, found = self._function(self.model.graph, self.model.transform(x), of)
        values: list[Any] = list(found)
        norms = {key: values[self._place[point.node, point.channel]] for key, point in self.points.items()}
        return logits.float(), norms, values[len(self._place) :]

    def _compile(self) -> WithNodes:
        graph = fx.Graph()
        copies: dict[fx.Node, fx.Node] = {}
        logits = graph.graph_copy(self.model.graph.graph, copies)
        nodes = {node.name: copied for node, copied in copies.items()}
        (image,) = [node for node in graph.nodes if node.op == "placeholder"]
        with graph.inserting_after(image):
            of = graph.placeholder("image_of_each_twin")
        self._place = {}
        values: list[fx.Node] = []
        for point in self.points.values():
            key = (point.node, point.channel)
            if key not in self._place:
                self._place[key] = len(values)
                node = nodes[point.node]
                with graph.inserting_after(node):
                    arrangement = (point.batch, point.repeat, point.channel, point.minor)
                    values.append(graph.call_function(l1_norms, (node, of, *arrangement, _positive(node))))
        kept = [nodes[name] for name in self.extra]
        graph.output((logits, values + kept))
        graph.eliminate_dead_code()
        _relu_in_place(graph)
        return compiled(graph)


def _positive(node: fx.Node) -> bool:
    while op_name(node) in _KEEPS_SIGN and isinstance(node.args[0], fx.Node):
        node = node.args[0]
    return op_name(node) in _NOT_NEGATIVE


def _relu_in_place(graph: fx.Graph) -> None:
    """Let a ReLU write over a fresh tensor that nothing reads after it and that no output holds."""
    order = {node: i for i, node in enumerate(graph.nodes)}
    for node in graph.nodes:
        if node.target is _RELU and not node.kwargs:
            (source,) = node.all_input_nodes
            last = max(order[user] for user in source.users) == order[node]
            if last and op_name(source) in _FRESH and not any(is_view(user) for user in source.users):
                node.target = _RELU_IN_PLACE
