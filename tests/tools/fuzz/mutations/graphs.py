"""Mutations of an ONNX graph by its meaning: nodes, wires, tensors, attributes, its head."""

from collections.abc import Sequence
from random import Random

import onnx

from tests.tools.fuzz.mutations.raw import NAMES, NUMBERS, bytes_
from tests.tools.fuzz.seeds import Seed


def onnx_(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """One change of the graph by its meaning."""
    model = onnx.ModelProto.FromString(data)
    change = rng.choice((_onnx_node, _onnx_node, _onnx_wires, _onnx_tensor, _onnx_attribute, _onnx_head))
    change(model, rng)
    return bytes(model.SerializeToString())


def _onnx_node(model: onnx.ModelProto, rng: Random) -> None:
    nodes = model.graph.node
    node, how = rng.choice(nodes), rng.randrange(5)
    if how == 0:
        node.op_type = rng.choice(sorted({schema.name for schema in onnx.defs.get_all_schemas()}))
    elif how == 1:
        nodes.remove(node)
    elif how == 2:
        nodes.add().CopyFrom(node)
    elif how == 3:
        node.domain = rng.choice(("", "f", "ai.onnx.ml", "com.microsoft", "evil"))
    else:
        other = rng.choice(nodes)
        node.op_type, other.op_type = other.op_type, node.op_type


def _onnx_wires(model: onnx.ModelProto, rng: Random) -> None:
    names = [name for node in model.graph.node for name in [*node.input, *node.output]]
    node = rng.choice(model.graph.node)
    wires = rng.choice([wires for wires in (node.input, node.output) if wires])
    if rng.random() < 0.2:
        del wires[rng.randrange(len(wires))]
    else:
        wires[rng.randrange(len(wires))] = rng.choice([*names, "", "nowhere"])


def _onnx_tensor(model: onnx.ModelProto, rng: Random) -> None:
    tensor, how = rng.choice(model.graph.initializer), rng.randrange(6)
    if how == 0 and tensor.dims:
        tensor.dims[rng.randrange(len(tensor.dims))] = rng.choice(NUMBERS[:-1])
    elif how == 1:
        tensor.data_type = rng.randrange(0, 26)
    elif how == 2:
        tensor.raw_data = (
            bytes_(tensor.raw_data or b"\0", (), rng) if rng.random() < 0.5 else rng.randbytes(len(tensor.raw_data))
        )
    elif how == 3:
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=rng.choice(NAMES))
    elif how == 4:
        tensor.dims.append(rng.choice(NUMBERS[:-1]))
    else:
        tensor.name = rng.choice([other.name for other in model.graph.initializer])


def _onnx_attribute(model: onnx.ModelProto, rng: Random) -> None:
    attributes = [attribute for node in model.graph.node for attribute in node.attribute]
    if not attributes or rng.random() < 0.3:
        node = rng.choice(model.graph.node)
        node.attribute.add(
            name=rng.choice(("axis", "pads", "group", "x")), type=onnx.AttributeProto.INT, i=rng.choice(NUMBERS)
        )
        return
    attribute = rng.choice(attributes)
    if attribute.ints and rng.random() < 0.7:
        attribute.ints[rng.randrange(len(attribute.ints))] = rng.choice(NUMBERS)
    elif rng.random() < 0.5:
        attribute.i, attribute.f = rng.choice(NUMBERS), float(rng.choice(NUMBERS))
    else:
        attribute.name = rng.choice([other.name for other in attributes])


def _onnx_head(model: onnx.ModelProto, rng: Random) -> None:
    how = rng.randrange(5)
    if how == 0:
        model.ir_version = rng.choice(NUMBERS)
    elif how == 1:
        model.opset_import[0].version = rng.choice((*range(1, 26), *NUMBERS))
    elif how == 2:
        model.opset_import.add(domain=rng.choice(("", "ai.onnx", "evil")), version=rng.randrange(20))
    elif how == 3:
        dims = model.graph.input[0].type.tensor_type.shape.dim
        dims[rng.randrange(len(dims))].dim_value = rng.choice(NUMBERS)
    else:
        model.graph.input[0].type.tensor_type.elem_type = rng.randrange(0, 24)
