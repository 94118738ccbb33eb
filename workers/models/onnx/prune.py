"""Leaves out what the logits do not need: nodes without use, placeholders that nothing reads, side outputs."""

from dataclasses import replace

from openapi.problems import NotAClassifier
from workers.models.onnx.graph import Graph, Node, Port, reads
from workers.models.onnx.registry import find
from workers.models.onnx.tensors import FLOATS

#: Of a file; each is followed back to what it needs.
MAX_OUTPUTS = 64


def needed(graph: Graph) -> tuple[Graph, list[str]]:
    """The graph of the outputs that can be translated, and what to tell the user of what was left out.

    An output that needs an unknown operator goes if another one, of floating numbers, needs none: exporters of
    scikit-learn put the label beside the probabilities. An output made by ZipMap stays, and is refused with its reason.
    """
    if len(graph.outputs) > MAX_OUTPUTS:
        raise NotAClassifier(f"The file has {len(graph.outputs)} outputs; {MAX_OUTPUTS} are allowed.")
    makers = {name: node for node in graph.nodes for name in node.outputs if name}
    unknown = {port.name: _unknown(_above(port, makers)) for port in graph.outputs}
    clean = [port for port in graph.outputs if not unknown[port.name]]
    notes: list[str] = []
    outputs = graph.outputs
    if "ZipMap" in unknown.values():  # alone, so that its reason is the one that is told
        outputs = tuple(port for port in graph.outputs if unknown[port.name] == "ZipMap")
    elif any(port.element_type in FLOATS for port in clean):
        outputs = tuple(clean)
        notes = [
            f"the output {port.name!r} needs the operator {unknown[port.name]}, which is not supported; it was left out"
            for port in graph.outputs
            if port not in outputs
        ]
    used = {id(node) for port in outputs for node in _above(port, makers)}
    nodes = tuple(node for node in graph.nodes if id(node) in used)
    read = {port.name for port in outputs}.union(*(reads(node) for node in nodes))
    inputs = tuple(port for port in graph.inputs if port.name in read)
    if not inputs:
        return graph, notes
    notes += [f"nothing reads the input {p.name!r}; it was left out" for p in graph.inputs if p not in inputs]
    return replace(graph, nodes=nodes, inputs=inputs, outputs=outputs), notes


def _above(port: Port, makers: dict[str, Node]) -> list[Node]:
    """The nodes that an output is computed from."""
    found: dict[int, Node] = {}
    names = [port.name]
    while names:
        node = makers.get(names.pop())
        if node is not None and id(node) not in found:
            found[id(node)] = node
            names.extend(reads(node))
    return list(found.values())


def _unknown(nodes: list[Node]) -> str:
    """The first operator among nodes that has no converter; ZipMap goes first; '' when all have one."""
    names = {node.op for node in nodes if find(node.domain, node.op, node.version) is None}
    return "ZipMap" if "ZipMap" in names else min(names, default="")
