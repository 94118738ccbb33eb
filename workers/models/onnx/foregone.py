"""What constants alone decide, whatever their size, and translation has to know: it is computed before."""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from openapi.problems import TremorError
from workers.models.onnx.call import Batch
from workers.models.onnx.graph import Graph, Node, Port, reads
from workers.models.onnx.module import OnnxModule
from workers.models.onnx.registry import Host

#: Operators whose indices have to be known where the batch is fixed, and at which input they stand.
_INDICES = {"GatherND": 1, "ScatterND": 1, "GatherElements": 1, "ScatterElements": 1}


def decided(graph: Graph) -> Graph:
    """The graph with a constant for each condition of an `If` that no input of the graph decides."""
    return _known(graph, {"If": 0})


def indexed(graph: Graph) -> Graph:
    """The graph with constants for indices that no input of the graph decides."""
    return _known(graph, _INDICES)


def _known(graph: Graph, positions: dict[str, int]) -> Graph:
    """The graph with constants at inputs of these operators that no input of the graph has a part in, not even by its
    sizes."""
    if not any(node.op in positions for node in graph.nodes):
        return graph
    makers = {name: node for node in graph.nodes for name in node.outputs if name}
    constants = dict(graph.constants)
    nodes = []
    for node in graph.nodes:
        position = -1 if node.domain else positions.get(node.op, -1)
        value = _value(node.inputs[position], graph, makers) if 0 <= position < len(node.inputs) else None
        if value is not None:
            name = f"{node.inputs[position]}:known"
            constants[name] = value
            node = replace(node, inputs=(*node.inputs[:position], name, *node.inputs[position + 1 :]))
        nodes.append(node)
    return replace(graph, nodes=tuple(nodes), constants=constants)


def _value(name: str, graph: Graph, makers: dict[str, Node]) -> Host | None:
    """What a value is, if constants alone decide it; None where it is a constant already or they do not."""
    names, above = [name], set()
    while names:
        node = makers.get(names.pop())
        if node is not None and id(node) not in above:
            above.add(id(node))
            names.extend(reads(node))
    nodes = tuple(node for node in graph.nodes if id(node) in above)
    read = set[str]().union(*(reads(node) for node in nodes))
    if not nodes or any(port.name in read for port in graph.inputs):
        return None
    part = replace(graph, nodes=nodes, inputs=(), outputs=(Port(name, 0, None),))
    try:
        with torch.no_grad():
            (found,) = OnnxModule(part, weights=set()).evaluate({}, Batch(None), torch.device("cpu"))
    except TremorError:  # translation meets it again, and says what it is
        return None
    value = found.numpy() if isinstance(found, Tensor) else found
    return value if isinstance(value, np.ndarray) else None
