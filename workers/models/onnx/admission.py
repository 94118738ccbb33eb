"""Admission: what is checked of an ONNX file before anything in it is believed, inferred or computed."""

import mmap
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, TensorProto, inliner

from openapi.problems import ModelMalformed, ModelUnsafe, UnsupportedOperator
from workers.models.onnx.bundle import Bundle
from workers.models.onnx.limits import MAX_CONSTANT_BYTES, MAX_FILE_BYTES, MAX_NODES
from workers.models.onnx.tensors import check_tensor
from workers.models.onnx.wire import check_messages
from workers.models.torchscript.archive import is_zip

#: The default domain under its two names.
DEFAULT_DOMAINS = frozenset({"", "ai.onnx"})
MIN_OPSET = 7
MAX_OPSET = onnx.defs.onnx_opset_version()
MIN_IR_VERSION = 3
#: onnx.IR_VERSION is the newest that this installation can read.
MAX_IR_VERSION = int(onnx.IR_VERSION)

FunctionKey = tuple[str, str, str]


def read_model(path: Path) -> ModelProto:
    """Read an ONNX file that passes every check, with its local functions inlined.

    Checked, in this order: file size; number and depth of protobuf messages (before parsing); IR and opset versions;
    no data outside the file (for a zip, outside the archive); every tensor as large as it declares; nodes after
    expansion of functions (before inlining).
    Raises `ModelMalformed`, `ModelUnsafe` or `UnsupportedOperator`.
    """
    model = parse(path)
    admit(model)
    if model.functions:
        model = inliner.inline_local_functions(model)
    return model


def parse(path: Path) -> ModelProto:
    """Read an ONNX file, or a zip of one and the files with its tensors' data, as far as protobuf; see `read_model`."""
    size = path.stat().st_size
    if size == 0:
        raise ModelMalformed("The file is empty.")
    if is_zip(path):
        bundle = Bundle(path)
        content = bundle.model()
        check_messages(content)
        model = _parsed(content)
        bundle.fill(_tensors(model))
        return model
    if size > MAX_FILE_BYTES:
        raise ModelUnsafe(f"The ONNX file has {size:,} bytes; {MAX_FILE_BYTES:,} are allowed.")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        with memoryview(data) as view:
            check_messages(view)
        return _parsed(data[:])


def _parsed(content: bytes) -> ModelProto:
    model = ModelProto()
    try:
        model.ParseFromString(content)
    except DecodeError as error:
        raise ModelMalformed("The file is not an ONNX model: protobuf cannot parse it.") from error
    return model


def admit(model: ModelProto) -> None:
    """Check a parsed model; see `read_model`."""
    if not model.HasField("graph") or not model.graph.node:
        raise ModelMalformed("The file is not an ONNX model: it holds no graph.")
    if not MIN_IR_VERSION <= model.ir_version <= MAX_IR_VERSION:
        raise UnsupportedOperator(
            f"The file has ONNX IR version {model.ir_version}; {MIN_IR_VERSION} to {MAX_IR_VERSION} are supported.",
            operator="ir_version",
            version=model.ir_version,
        )
    versions = [o.version for o in model.opset_import if o.domain in DEFAULT_DOMAINS]
    if len(set(versions)) != 1 or not MIN_OPSET <= versions[0] <= MAX_OPSET:
        found = ", ".join(map(str, versions)) or "none"
        raise UnsupportedOperator(
            f"The file imports ONNX operator set {found}; {MIN_OPSET} to {MAX_OPSET} are supported. "
            "Export it again with opset_version in that range.",
            operator="opset_import",
            version=versions[0] if versions else None,
        )
    if model.training_info:
        raise UnsupportedOperator(
            "The file holds training graphs. Export the inference model only.", operator="training_info"
        )
    total = sum(map(check_tensor, _tensors(model)))
    if total > MAX_CONSTANT_BYTES:
        raise ModelUnsafe(f"The file's tensors take {total:,} bytes; {MAX_CONSTANT_BYTES:,} are allowed.")
    count_nodes(model)


def count_nodes(model: ModelProto) -> int:
    """Count the nodes once all functions are expanded, without expanding them (each function is counted once).

    Raises `ModelUnsafe` above `MAX_NODES`, and for functions that call themselves.
    """
    functions: dict[FunctionKey, FunctionProto] = {}
    for function in model.functions:
        key = (_domain(function.domain), function.name, function.overload)
        if key in functions:
            raise ModelMalformed(f"Function {function.name!r} is defined twice.")
        functions[key] = function
    total = _size(model.graph.node, _function_sizes(functions))
    if total > MAX_NODES:
        raise ModelUnsafe(f"The model has {total:,} nodes once functions are expanded; {MAX_NODES:,} are allowed.")
    return total


def _size(nodes: Iterable[NodeProto], sizes: Mapping[FunctionKey, int]) -> int:
    """Nodes with what they hold and call; `sizes` of all functions that are called."""
    total = 0
    for node in nodes:
        total += 1 + sizes.get((_domain(node.domain), node.op_type, node.overload), 0)
        total += sum(_size(graph.node, sizes) for graph in _subgraphs(node))
    return total


def _function_sizes(functions: Mapping[FunctionKey, FunctionProto]) -> dict[FunctionKey, int]:
    """The expanded size of every function.

    Callees first, by an explicit stack: a recursive definition is found, and a long chain costs no recursion.
    """
    sizes: dict[FunctionKey, int] = {}
    begun: set[FunctionKey] = set()
    for root in functions:
        stack = [(root, False)]
        while stack:
            key, done = stack.pop()
            if done:
                sizes[key] = _size(functions[key].node, sizes)
                if sizes[key] > MAX_NODES:
                    raise ModelUnsafe(
                        f"Function {key[1]!r} grows to {sizes[key]:,} nodes once its calls are expanded; "
                        f"{MAX_NODES:,} are allowed."
                    )
                continue
            if key in sizes:
                continue
            if key in begun:
                raise ModelUnsafe(f"Function {key[1]!r} calls itself.")
            begun.add(key)
            stack.append((key, True))
            for callee in _calls(functions[key].node):
                if callee in functions and callee not in sizes:
                    if callee in begun:
                        raise ModelUnsafe(f"Function {callee[1]!r} calls itself.")
                    stack.append((callee, False))
    return sizes


def _domain(name: str) -> str:
    return "" if name in DEFAULT_DOMAINS else name


def _calls(nodes: Iterable[NodeProto]) -> Iterator[FunctionKey]:
    for node in nodes:
        yield (_domain(node.domain), node.op_type, node.overload)
        for graph in _subgraphs(node):
            yield from _calls(graph.node)


def _subgraphs(node: NodeProto) -> Iterator[GraphProto]:
    for attribute in node.attribute:
        if attribute.type == AttributeProto.GRAPH or attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def _tensors(model: ModelProto) -> Iterator[TensorProto]:
    yield from _graph_tensors(model.graph)
    for function in model.functions:
        yield from _attribute_tensors(function.attribute_proto)
        for node in function.node:
            yield from _attribute_tensors(node.attribute)


def _graph_tensors(graph: GraphProto) -> Iterator[TensorProto]:
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        raise UnsupportedOperator(
            f"Initialiser {sparse.values.name!r} is sparse. Export the model with dense tensors.",
            operator="sparse_initializer",
        )
    for node in graph.node:
        yield from _attribute_tensors(node.attribute)


def _attribute_tensors(attributes: Iterable[AttributeProto]) -> Iterator[TensorProto]:
    for attribute in attributes:
        if attribute.HasField("t"):
            yield attribute.t
        yield from attribute.tensors
        if attribute.HasField("sparse_tensor") or attribute.sparse_tensors:
            raise UnsupportedOperator(
                f"Attribute {attribute.name!r} is a sparse tensor. Export the model with dense tensors.",
                operator="sparse_tensor",
            )
        if attribute.HasField("g"):
            yield from _graph_tensors(attribute.g)
        for graph in attribute.graphs:
            yield from _graph_tensors(graph)
