"""Leaves out what the logits do not need: nodes without use, placeholders that nothing reads, side outputs."""

from dataclasses import replace

from onnx import TensorProto

from openapi.problems import NotAClassifier
from workers.models.onnx.graph import Graph, Node, Port, reads
from workers.models.onnx.registry import find
from workers.models.onnx.tensors import FLOATS, computed_type

#: Of a file; each is followed back to what it needs.
MAX_OUTPUTS = 64


def needed(graph: Graph) -> tuple[Graph, list[str]]:
    """The graph of the outputs that can be translated, and what to tell the user of what was left out.

    An output that needs an unknown operator, or holds words, goes if another one, of floating numbers, needs none:
    exporters of scikit-learn put the label beside the probabilities.
    """
    if len(graph.outputs) > MAX_OUTPUTS:
        raise NotAClassifier(f"The file has {len(graph.outputs)} outputs; {MAX_OUTPUTS} are allowed.")
    makers = {name: node for node in graph.nodes for name in node.outputs if name}
    zipped = {port.name: makers[port.name] for port in graph.outputs if _is_zipped(makers.get(port.name))}
    live = _of_the_image(graph)
    unknown = {port.name: _unfit(port, makers, live, graph.words) for port in graph.outputs}
    clean = [port for port in graph.outputs if not unknown[port.name]]
    notes: list[str] = []
    outputs = graph.outputs
    if any(port.element_type in FLOATS or port.name in zipped for port in clean):
        outputs = tuple(clean)
        notes = [
            f"the output {port.name!r} {unknown[port.name]}; it was left out"
            for port in graph.outputs
            if port not in outputs
        ]
    notes += [
        f"the output {name!r} is a dictionary of scores by class; they are read in the order {classes_of_zip(node)}"
        for name, node in zipped.items()
    ]
    used = {id(node) for port in outputs for node in _above(port, makers)}
    nodes = tuple(node for node in graph.nodes if id(node) in used)
    read = {port.name for port in outputs}.union(*(reads(node) for node in nodes))
    for name in sorted(read & graph.words):
        computed_type(TensorProto.STRING, f"Tensor {name!r}")
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


#: Operators that read no numbers of their input, only its shape.
_SIZES = {"Shape", "Size"}


def _of_the_image(graph: Graph) -> set[str]:
    """The names of what depends on the numbers of the graph's inputs; sizes alone do not count."""
    found = {port.name for port in graph.inputs}
    for node in graph.nodes:
        if node.op not in _SIZES and not found.isdisjoint(reads(node)):
            found.update(name for name in node.outputs if name)
    return found


def _unfit(port: Port, makers: dict[str, Node], live: set[str], words: frozenset[str]) -> str:
    """Why an output is not translated: an operator without a converter, or words; '' for nothing."""
    above = _above(port, makers)
    if port.element_type == TensorProto.STRING or any(not words.isdisjoint(reads(node)) for node in above):
        return "holds words"
    found = [(node, find(node.domain, node.op, node.version)) for node in above]
    names = {node.op for node, known in found if known is None}
    if names:
        return f"needs the operator {min(names)}, which is not supported"
    counted = {n.op for n, known in found if known and known.tensor is None and not live.isdisjoint(n.inputs)}
    if counted:
        return f"needs the operator {min(counted)}, which is supported only on sizes and other constants"
    return ""


def _is_zipped(node: Node | None) -> bool:
    return node is not None and node.op == "ZipMap"


def classes_of_zip(node: Node) -> list[int | str]:
    """The keys of the dictionaries that a ZipMap makes, in the order of the scores."""
    given = node.attributes.get("classlabels_int64s") or node.attributes.get("classlabels_strings") or ()
    return list(given)
