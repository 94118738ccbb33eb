"""Assignments by a mask (``x[mask] = 0``, ``masked_scatter``), which exporters write by the indices of the mask.

How many indices there are depends on the image, so that NonZero has no shape to translate. The whole of
NonZero → Transpose → ScatterND becomes one operator of the mask itself, which has one.
"""

from dataclasses import replace

from workers.models.onnx.graph import Graph, Node

#: The domain of operators that no file holds.
OWN = "tremor"
#: What leaves the numbers that are written as they are, one after the other.
_AS_THEY_ARE = {"Reshape", "Expand", "Unsqueeze", "Squeeze", "Identity"}


def masked_writes(graph: Graph) -> Graph:
    """The graph with `MaskedWrite` (x, mask, what is written) for each ScatterND at a mask's indices."""
    makers = {name: node for node in graph.nodes for name in node.outputs if name}
    nodes = tuple(_written(node, makers, graph) or node for node in graph.nodes)
    return replace(graph, nodes=nodes)


def _written(node: Node, makers: dict[str, Node], graph: Graph) -> Node | None:
    if node.op != "ScatterND" or node.domain or node.attributes.get("reduction", "none") != "none":
        return None
    x, indices, updates = node.inputs
    mask = _mask(makers.get(indices), makers)
    source = None if mask is None else _source(updates, indices, makers, graph)
    if mask is None or source is None:
        return None
    return replace(node, op="MaskedWrite", domain=OWN, version=1, inputs=(x, mask, source), attributes={})


def _mask(node: Node | None, makers: dict[str, Node]) -> str | None:
    """The mask whose indices a node holds, one a row."""
    if node is None or node.op != "Transpose" or node.attributes.get("perm", [1, 0]) != [1, 0]:
        return None
    found = makers.get(node.inputs[0])
    return found.inputs[0] if found is not None and found.op == "NonZero" else None


def _source(name: str, indices: str, makers: dict[str, Node], graph: Graph) -> str | None:
    """Where the written numbers come from: one number that the file holds, or as many of a tensor as are needed."""
    node = makers.get(name)
    if node is not None and node.op == "Slice" and len(node.inputs) > 2 and _counts(node.inputs[2], indices, makers):
        flat = makers.get(node.inputs[0])
        starts = graph.constants.get(graph.aliases.get(node.inputs[1], node.inputs[1]))
        if flat is not None and flat.op == "Reshape" and starts is not None and not starts.any():
            return flat.inputs[0]
        return None
    while node is not None and node.op in _AS_THEY_ARE:
        name = node.inputs[0]
        node = makers.get(name)
    held = graph.constants.get(graph.aliases.get(name, name))
    return name if held is not None and held.size == 1 else None


def _counts(name: str, indices: str, makers: dict[str, Node]) -> bool:
    """Whether a value is the number of indices: the first of their sizes."""
    node = makers.get(name)
    while node is not None and node.op in {*_AS_THEY_ARE, "Gather", "Cast"}:
        node = makers.get(node.inputs[0])
    return node is not None and node.op == "Shape" and node.inputs[0] == indices
