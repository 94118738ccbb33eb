"""Assignments by a mask (``x[mask] = y[mask]``, ``masked_scatter``), which exporters write by the indices of the mask.

How many indices there are depends on the image, so that NonZero has no shape to translate. The whole of
NonZero → Transpose → GatherND → … → ScatterND becomes operators of the mask itself, which has one: what is computed of
the chosen numbers alone is computed of all, and written where the mask is.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from workers.models.onnx.graph import Graph, Node
from workers.models.onnx.registry import Host

#: The domain of operators that no file holds.
OWN = "tremor"
#: What leaves the numbers that are written as they are, one after the other.
_AS_THEY_ARE = {"Reshape", "Expand", "Unsqueeze", "Squeeze", "Identity"}
#: Operators of each number by itself: of the chosen ones they make what they make of them among all.
_POINTWISE = {
    "Abs", "Add", "Cast", "Ceil", "Celu", "Clip", "Cos", "Div", "Elu", "Erf", "Exp", "Floor", "Gelu", "HardSigmoid",
    "HardSwish", "Identity", "LeakyRelu", "Log", "Max", "Mean", "Min", "Mish", "Mul", "Neg", "Pow", "Reciprocal",
    "Relu", "Round", "Selu", "Sigmoid", "Sign", "Sin", "Softplus", "Softsign", "Sqrt", "Sub", "Sum", "Swish", "Tanh",
}  # fmt: skip


def masked_writes(graph: Graph) -> Graph:
    """The graph with operators of the mask for each ScatterND at a mask's indices that can be seen through."""
    if not any(node.op == "NonZero" for node in graph.nodes):
        return graph
    seen = _Masks(graph)
    nodes = tuple(made for node in graph.nodes for made in (seen.written(node) or (node,)))
    return replace(graph, nodes=nodes)


@dataclass(frozen=True)
class _Mask:
    """A mask by its name; `of`: the number of the value that it repeats, `axes`: where it gained some to do so."""

    name: str
    of: int | str
    axes: tuple[int, ...]


#: Beyond so many operators in a row what is written is not looked through.
_DEEPEST = 64


@dataclass
class _Full:
    """What is made of the chosen numbers, made of all: `nodes` that do so, `read` the masks that they are chosen by.

    `mask`: where they are written, `target`: the name of what they are written into, `names`: the new name of each old
    one, None for what cannot be made so.
    """

    mask: _Mask
    target: str
    nodes: list[Node] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    names: dict[str, str | None] = field(default_factory=dict)


class _Masks:
    """A graph's assignments by masks."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.makers = {name: node for node in graph.nodes for name in node.outputs if name}
        self.numbers = _numbers(graph)

    def written(self, node: Node) -> tuple[Node, ...] | None:
        """What stands for a ScatterND at a mask's indices; None where it is another or cannot be seen through."""
        reduction = node.attributes.get("reduction", "none")
        if node.op != "ScatterND" or node.domain or reduction not in ("none", "add"):
            return None
        x, indices, updates = node.inputs
        mask = self._mask(indices)
        if mask is None:
            return None
        full = _Full(mask, node.outputs[0])
        source = self._full(self._bare(updates, indices), full)
        if source is not None:
            settings = {"reduction": reduction, "axes": list(mask.axes)}
            return (*full.nodes, _own(node, "MaskedBlend", (x, mask.name, source, *sorted(full.read)), settings))
        ordered = self._in_order(updates, indices)
        if ordered is None or reduction != "none":
            return None
        return (_own(node, "MaskedWrite", (x, mask.name, ordered), {}),)

    def _mask(self, indices: str) -> _Mask | None:
        """The mask whose indices a value holds, one a row."""
        node = self.makers.get(indices)
        if node is None or node.op != "Transpose" or node.attributes.get("perm", [1, 0]) != [1, 0]:
            return None
        found = self.makers.get(node.inputs[0])
        if found is None or found.op != "NonZero":
            return None
        name = found.inputs[0]
        axes: list[int] = []
        while (node := self.makers.get(name)) is not None and node.op in ("Expand", "Unsqueeze", "Identity"):
            if node.op == "Unsqueeze":
                axes[:0] = self._axes(node)
            name = node.inputs[0]
        return _Mask(found.inputs[0], self.numbers.get(name, name), tuple(axes))

    def _axes(self, node: Node) -> list[int]:
        held = self._constant(node.inputs[1]) if len(node.inputs) > 1 else node.attributes.get("axes")
        return [int(axis) for axis in np.ravel(held)] if held is not None else [0]

    def _constant(self, name: str) -> Host | None:
        return self.graph.constants.get(self.graph.aliases.get(name, name))

    def _bare(self, name: str, indices: str) -> str:
        """The name of what is written, before it is stretched and laid out in a row."""
        while (node := self.makers.get(name)) is not None:
            if node.op == "Reshape":
                target = self._constant(node.inputs[1])
                if target is None or target.tolist() != [-1]:
                    break
            elif node.op != "Expand" and not self._is_all(node, indices):
                break
            name = node.inputs[0]
        return name

    def _full(self, name: str, full: _Full, depth: int = 0) -> str | None:
        """The name of a value that holds, where the mask is, what `name` holds of the chosen numbers in order."""
        held = self._constant(name)
        if held is not None:
            rank = next((held.ndim - i for i, size in enumerate(held.shape) if size != 1), 0)
            return name if rank <= len(full.mask.axes) else None
        if name not in full.names:
            made = self._made(self.makers.get(name), full, depth)
            full.names[name] = None if made is None else f"{name}:{full.target}"
            if made is not None:
                full.nodes.append(replace(made, outputs=(f"{name}:{full.target}",)))
        return full.names[name]

    def _made(self, node: Node | None, full: _Full, depth: int) -> Node | None:
        """The node that makes of all numbers what a node makes of the chosen ones."""
        if node is None or node.domain or len(node.outputs) != 1 or depth > _DEEPEST:
            return None
        if node.op == "GatherND":
            chosen = self._mask(node.inputs[1])
            if node.attributes.get("batch_dims", 0) or chosen is None or chosen.of != full.mask.of:
                return None
            if chosen.axes not in ((), full.mask.axes):
                return None
            full.read.add(chosen.name)
            return _own(node, "MaskedRead", (node.inputs[0], chosen.name), {})
        if node.op not in _POINTWISE:
            return None
        inputs = [self._full(each, full, depth + 1) if each else "" for each in node.inputs]
        found = tuple(each for each in inputs if each is not None)
        return replace(node, inputs=found) if len(found) == len(inputs) else None

    def _in_order(self, name: str, indices: str) -> str | None:
        """Where the written numbers come from: one that the file holds, or as many of a tensor as are needed."""
        node = self.makers.get(name)
        if node is not None and node.op == "Slice":
            flat = self.makers.get(node.inputs[0])
            return flat.inputs[0] if self._is_all(node, indices) and flat is not None and flat.op == "Reshape" else None
        while node is not None and node.op in _AS_THEY_ARE:
            name = node.inputs[0]
            node = self.makers.get(name)
        held = self._constant(name)
        return name if held is not None and held.size == 1 else None

    def _is_all(self, node: Node, indices: str) -> bool:
        """Whether a node takes as many as there are indices, from the first on."""
        if node.op != "Slice" or len(node.inputs) < 3:
            return False
        starts = self._constant(node.inputs[1])
        return starts is not None and not starts.any() and self._counts(node.inputs[2], indices)

    def _counts(self, name: str, indices: str) -> bool:
        """Whether a value is the number of indices: the first of their sizes."""
        node = self.makers.get(name)
        while node is not None and node.op in {*_AS_THEY_ARE, "Gather", "Cast"}:
            node = self.makers.get(node.inputs[0])
        return node is not None and node.op == "Shape" and node.inputs[0] == indices


def _own(node: Node, op: str, inputs: tuple[str, ...], attributes: dict[str, Any]) -> Node:
    return replace(node, op=op, domain=OWN, version=1, inputs=inputs, attributes=attributes)


def _numbers(graph: Graph) -> dict[str, int]:
    """A number for each value, the same for two that are computed alike: exporters write a mask once for each use."""
    numbers: dict[str, int] = {}
    known: dict[Any, int] = {}

    def number(key: Any) -> int:
        return known.setdefault(key, len(known))

    for name, array in graph.constants.items():
        numbers[name] = number((str(array.dtype), array.shape, array.tobytes()) if array.size <= 16 else name)
    for alias, name in graph.aliases.items():
        numbers[alias] = numbers.get(name, number(name))
    for node in graph.nodes:
        inputs = tuple(numbers.get(name, name) for name in node.inputs)
        settings = tuple(sorted((name, _hashable(value)) for name, value in node.attributes.items()))
        same = (node.op, node.domain, node.version, settings, inputs) if inputs else (node.outputs,)
        for i, name in enumerate(node.outputs):
            numbers[name] = number((*same, i))
    return numbers


def _hashable(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return str(value.dtype), value.shape, value.tobytes()
    if isinstance(value, list):
        return tuple(value)
    return value if isinstance(value, (int, float, str)) else id(value)
