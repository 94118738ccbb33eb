"""From the logits back to the layers that they are made of, and the piece of the graph behind those."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx

from openapi.problems import InvalidField
from workers.models.audited import AuditedModel
from workers.models.graphs import depends_on_input, fetch, op_name

_LAYER_OPERATORS = {
    "conv1d", "conv2d", "conv3d", "convolution", "_convolution", "conv_transpose1d", "conv_transpose2d",
    "conv_transpose3d", "linear", "addmm", "mm", "matmul",
}  # fmt: skip


class NoLastLayer(InvalidField):
    """The network has no last linear layer that reads neurons; `reason` says what stands in the way."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            "/neurons", f"this analysis needs a last linear layer that reads neurons, and there is none: {reason}"
        )


@dataclass(frozen=True)
class Recorded:
    """What one pass of `rows` images left: the shape of every tensor, every whole number, and the wanted tensors.

    Whole numbers (sizes) hold for passes of as many rows alone.
    """

    rows: int
    shapes: dict[fx.Node, tuple[int, ...]]
    others: dict[fx.Node, Any]
    values: dict[fx.Node, Tensor]


class _Recorder(fx.Interpreter):
    def __init__(self, module: fx.GraphModule, wanted: frozenset[fx.Node]) -> None:
        super().__init__(module)
        self.wanted = wanted
        self.found = Recorded(0, {}, {}, {})

    def run_node(self, n: fx.Node) -> Any:
        """Run one node and keep what is asked for."""
        value = super().run_node(n)
        if isinstance(value, Tensor):
            self.found.shapes[n] = tuple(value.shape)
            if n in self.wanted:
                self.found.values[n] = value
        elif not isinstance(value, tuple | list):
            self.found.others[n] = value
        return value


@torch.no_grad()
def record(model: AuditedModel, x: Tensor, wanted: Sequence[fx.Node]) -> Recorded:
    """Run x (n, c, h, w) through the graph once, see `Recorded`."""
    recorder = _Recorder(model.graph, frozenset(wanted))
    recorder.run(model.transform(x))
    found = recorder.found
    return Recorded(len(x), found.shapes, found.others, found.values)


@dataclass(frozen=True)
class LayerNode:
    """A layer's operator in the graph: what it reads, and where its output (with its bias) stands."""

    name: str
    node: fx.Node
    end: fx.Node

    @property
    def reads(self) -> fx.Node:
        """The node that the layer takes from the network."""
        position = 1 if op_name(self.node) == "addmm" else 0
        source = self.node.args[position]
        assert isinstance(source, fx.Node)
        return source


def layer_nodes(model: AuditedModel) -> tuple[LayerNode, ...]:
    """The model's layers in order of execution, by their operators."""
    by_name = {node.name: node for node in model.graph.graph.nodes}
    found = []
    for info in model.layers:
        end = node = by_name[model.layer(info.name).taps["conv"].node]
        if op_name(node) not in _LAYER_OPERATORS:  # the addition of a bias
            node = next(a for a in node.all_input_nodes if op_name(a) in _LAYER_OPERATORS)
        found.append(LayerNode(info.name, node, end))
    return tuple(found)


def last_layers(model: AuditedModel, layers: Sequence[LayerNode]) -> tuple[LayerNode, ...]:
    """The layers that the logits are made of without another layer between, in order of execution.

    Raises `NoLastLayer` where something else reaches the logits beside them, or nothing but operators without weights.
    """
    graph = model.graph.graph
    varying = depends_on_input(graph)
    ends = {layer.end: layer for layer in layers}
    found: set[fx.Node] = set()
    seen: set[fx.Node] = set()
    todo = [logits_node(model)]
    while todo:
        node = todo.pop()
        if node in seen or node not in varying:
            continue
        seen.add(node)
        if node in ends:
            found.add(node)
        elif node.op == "placeholder":
            raise NoLastLayer("the image itself reaches the logits beside the last layers")
        else:
            todo += node.all_input_nodes
    return tuple(layer for layer in layers if layer.end in found)


def logits_node(model: AuditedModel) -> fx.Node:
    """The node that the graph returns."""
    (logits,) = model.graph.graph.output_node().all_input_nodes
    return logits


def behind(graph: fx.Graph, starts: Sequence[fx.Node], goal: fx.Node) -> tuple[fx.Node, ...]:
    """The nodes that `goal` (itself among them) needs and that depend on `starts` (which are not), in order."""
    needed: set[fx.Node] = set(starts)
    todo = [goal]
    while todo:
        node = todo.pop()
        if node not in needed:
            needed.add(node)
            todo += node.all_input_nodes
    reached = set(starts)
    nodes = []
    for node in graph.nodes:
        if node in needed and node not in reached and any(a in reached for a in node.all_input_nodes):
            reached.add(node)
            nodes.append(node)
    return tuple(nodes)


def evaluate(
    model: AuditedModel, recorded: Recorded, given: Mapping[fx.Node, Tensor], wanted: fx.Node | None = None
) -> Tensor:
    """What `wanted` (None: the logits) becomes when nodes have the values `given`; differentiable in them.

    What is read beside them is constant, or a size as `recorded` has it.
    """
    values: dict[fx.Node, Any] = dict(given)

    def value(node: fx.Node) -> Any:
        if node not in values:
            if node.op == "get_attr":
                values[node] = fetch(model.graph, str(node.target))
            elif node in recorded.others:
                values[node] = recorded.others[node]
            elif node.op == "call_function":
                arguments = fx.node.map_arg(node.args, value), fx.node.map_arg(node.kwargs, value)
                values[node] = node.target(*arguments[0], **arguments[1])  # type: ignore[operator]
            else:
                raise NoLastLayer("the image itself reaches the logits beside the last layers")
        return values[node]

    goal = logits_node(model) if wanted is None else wanted
    for node in behind(model.graph.graph, list(given), goal):
        value(node)
    found: Tensor = value(goal)
    return found
