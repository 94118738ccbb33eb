"""The ONNX graph as plain Python: nodes with decoded attributes, constants as numpy arrays, branches as graphs."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto

from openapi.problems import ModelMalformed, UnsupportedOperator
from workers.models.onnx.admission import DEFAULT_DOMAINS
from workers.models.onnx.registry import Host
from workers.models.onnx.scopes import scope_of
from workers.models.onnx.tensors import to_numpy


@dataclass(frozen=True)
class Node:
    """One operator. A missing optional input or output is the empty string."""

    op: str
    domain: str
    version: int
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]
    #: The dotted path of the module that it stands in; '' where the file does not say it.
    scope: str = ""

    @property
    def where(self) -> str:
        """How messages name this node."""
        domain = self.domain or "ai.onnx"
        return f"node {self.name or '(unnamed)'!r} ({domain}.{self.op}, operator set {self.version})"


@dataclass(frozen=True)
class Port:
    """A graph input or output: its name, element type and dimensions (None where free; `dims` None when unstated)."""

    name: str
    element_type: int
    dims: tuple[int | None, ...] | None


@dataclass(frozen=True)
class Graph:
    """Nodes in order of execution, constants by name, inputs without the constants, outputs."""

    nodes: tuple[Node, ...]
    constants: dict[str, Host]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    #: Names of values that are copies (Identity) of constants, and of which.
    aliases: dict[str, str] = field(default_factory=dict)
    #: Names of constants that hold words; they are no `constants`, and what reads them cannot be translated.
    words: frozenset[str] = frozenset()


def read_graph(model: ModelProto) -> Graph:
    """Decode the main graph of an admitted model."""
    versions: dict[str, int] = {}
    for opset in model.opset_import:
        versions["" if opset.domain in DEFAULT_DOMAINS else opset.domain] = opset.version
    return decode_graph(model.graph, versions)


def decode_graph(graph: GraphProto, versions: dict[str, int]) -> Graph:
    """Decode a graph; `versions`: the operator set of each domain."""
    words = frozenset(tensor.name for tensor in graph.initializer if tensor.data_type == TensorProto.STRING)
    constants: dict[str, Host] = {t.name: to_numpy(t) for t in graph.initializer if t.name not in words}
    aliases: dict[str, str] = {}
    nodes: list[Node] = []
    for proto in graph.node:
        node = decode_node(proto, versions)
        if node.op == "Constant" and not node.domain:
            constants[node.outputs[0]] = decode_constant(node)
        elif node.op == "Identity" and not node.domain and (node.inputs[0] in constants or node.inputs[0] in aliases):
            aliases[node.outputs[0]] = aliases.get(node.inputs[0], node.inputs[0])
        else:
            nodes.append(node)
    return Graph(
        nodes=tuple(_sorted(nodes, {*constants, *aliases})),
        constants=constants,
        inputs=tuple(_port(v) for v in graph.input if v.name not in constants and v.name not in words),
        outputs=tuple(_port(v) for v in graph.output),
        aliases=aliases,
        words=words,
    )


def _sorted(nodes: list[Node], known: set[str]) -> Iterable[Node]:
    """Order of execution, the file's own where that is one (onnxruntime sorts too); each value must be made once."""
    makers: dict[str, int] = {}
    for i, node in enumerate(nodes):
        for output in node.outputs:
            if output and (output in makers or output in known):
                raise ModelMalformed(f"Two nodes make the value {output!r}; the second is {node.where}.")
            makers[output] = i
    waits = [{makers[n] for n in reads(node) if n and n in makers} for node in nodes]
    users: list[list[int]] = [[] for _ in nodes]
    for i, wait in enumerate(waits):
        for j in wait:
            users[j].append(i)
    ready = [i for i, wait in enumerate(waits) if not wait]  # sorted, and so a heap
    order: list[Node] = []
    while ready:
        i = heapq.heappop(ready)
        order.append(nodes[i])
        for user in users[i]:
            waits[user].discard(i)
            if not waits[user]:
                heapq.heappush(ready, user)
    if len(order) < len(nodes):
        stuck = next(node for node, wait in zip(nodes, waits, strict=True) if wait)
        raise ModelMalformed(f"The graph runs in a circle: {stuck.where} needs its own result.")
    return order


def reads(node: Node) -> set[str]:
    """The names that a node reads, those that its branches capture included."""
    names = set(node.inputs)
    for value in node.attributes.values():
        if isinstance(value, Graph):
            names |= {port.name for port in value.outputs}
            for inner in value.nodes:
                names |= reads(inner)
    return names


def _port(info: ValueInfoProto) -> Port:
    tensor = info.type.tensor_type
    if info.type.WhichOneof("value") not in (None, "tensor_type"):
        return Port(info.name, 0, None)
    dims = None
    if tensor.HasField("shape"):
        dims = tuple(d.dim_value if d.HasField("dim_value") and d.dim_value > 0 else None for d in tensor.shape.dim)
    return Port(info.name, tensor.elem_type, dims)


def decode_node(proto: NodeProto, versions: dict[str, int]) -> Node:
    """Decode a node."""
    domain = "" if proto.domain in DEFAULT_DOMAINS else proto.domain
    attributes = {a.name: _attribute(a, versions, proto) for a in proto.attribute}
    outputs = tuple(proto.output)
    while outputs and not outputs[-1]:
        outputs = outputs[:-1]
    inputs = tuple(proto.input)
    while inputs and not inputs[-1]:
        inputs = inputs[:-1]
    version = versions.get(domain, 1)
    return Node(proto.op_type, domain, version, proto.name, inputs, outputs, attributes, scope_of(proto))


def _attribute(attribute: AttributeProto, versions: dict[str, int], node: NodeProto) -> Any:
    if attribute.ref_attr_name:
        raise ModelMalformed(f"Attribute {attribute.name!r} of node {node.name!r} refers to a function's attribute.")
    match attribute.type:
        case AttributeProto.FLOAT:
            return attribute.f
        case AttributeProto.INT:
            return attribute.i
        case AttributeProto.STRING:
            return attribute.s.decode("utf-8", "replace")
        case AttributeProto.FLOATS:
            return list(attribute.floats)
        case AttributeProto.INTS:
            return list(attribute.ints)
        case AttributeProto.STRINGS:
            return [s.decode("utf-8", "replace") for s in attribute.strings]
        case AttributeProto.TENSOR:
            return to_numpy(attribute.t)
        case AttributeProto.GRAPH:
            return decode_graph(attribute.g, versions)
        case kind:
            raise UnsupportedOperator(
                f"Node {node.name!r} ({node.op_type}) has an attribute {attribute.name!r} of kind "
                f"{AttributeProto.AttributeType.Name(kind)}, which is not supported.",
                operator=node.op_type,
                node=node.name,
            )


def decode_constant(node: Node) -> Host:
    """The value of a Constant node."""
    for key, dtype in (
        ("value", None),
        ("value_int", np.int64),
        ("value_ints", np.int64),
        ("value_float", np.float32),
        ("value_floats", np.float32),
    ):
        if key in node.attributes:
            return np.asarray(node.attributes[key], dtype=dtype)
    raise UnsupportedOperator(
        f"{node.where} holds strings or nothing; only numbers are supported.", operator="Constant", node=node.name
    )
