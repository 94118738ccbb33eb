"""ONNX models that were made to hurt: each is small, and asks for much."""

import numpy as np
import onnx
from onnx import TensorProto, helper

from tests.workers.models.onnx.files import model, node, rand


def tiny() -> onnx.ModelProto:
    return model(
        [node("Conv", ["x", "w"], "c"), node("Flatten", ["c"], "f"), node("Gemm", ["f", "v"], "y")],
        ["n", 1, 4, 4],
        {"w": rand(2, 1, 3, 3), "v": rand(8, 3)},
    )


def four_terabytes() -> onnx.ModelProto:
    """105 bytes that declare a constant of 4 TB."""
    shape = helper.make_tensor("s", TensorProto.INT64, [1], [2**40])
    return model([node("ConstantOfShape", ["s"], "k"), node("Add", ["x", "k"], "y")], ["n", 1, 4, 4], {"s": shape})


def expanded_twice() -> onnx.ModelProto:
    """x + x concatenated 40 times doubles the value 40 times."""
    nodes = [node("Concat", [f"v{i}", f"v{i}"], f"v{i + 1}", axis=2) for i in range(40)]
    return model([node("Relu", ["x"], "v0"), *nodes, node("Flatten", ["v40"], "y")], ["n", 1, 4, 4], {})


def wide_range() -> onnx.ModelProto:
    limits = {"a": np.array(0, np.int64), "b": np.array(2**40, np.int64), "d": np.array(1, np.int64)}
    return model([node("Range", ["a", "b", "d"], "r"), node("Gather", ["x", "r"], "y", axis=1)], ["n", 1, 4, 4], limits)


def many_tiles() -> onnx.ModelProto:
    repeats = {"t": np.array([2**40], np.int64), "i": np.array([1], np.int64)}
    return model([node("Tile", ["i", "t"], "r"), node("Reshape", ["x", "r"], "y")], ["n", 1, 4, 4], repeats)


def nested_functions(depth: int = 40) -> onnx.ModelProto:
    """Function i calls function i - 1 twice: 2^depth nodes in a few kilobytes."""
    opset = [helper.make_opsetid("", 17), helper.make_opsetid("f", 1)]
    functions = [helper.make_function("f", "F0", ["a"], ["b"], [helper.make_node("Relu", ["a"], ["b"])], opset)]
    for i in range(1, depth):
        calls = [
            helper.make_node(f"F{i - 1}", ["a"], ["t"], domain="f"),
            helper.make_node(f"F{i - 1}", ["t"], ["b"], domain="f"),
        ]
        functions.append(helper.make_function("f", f"F{i}", ["a"], ["b"], calls, opset))
    call = helper.make_node(f"F{depth - 1}", ["x"], ["y"], domain="f")
    return model([call], ["n", 1, 4, 4], {}, domains={"f": 1}, functions=functions)


def recursive_function() -> onnx.ModelProto:
    opset = [helper.make_opsetid("", 17), helper.make_opsetid("f", 1)]
    body = [helper.make_node("F", ["a"], ["b"], domain="f")]
    function = helper.make_function("f", "F", ["a"], ["b"], body, opset)
    call = helper.make_node("F", ["x"], ["y"], domain="f")
    return model([call], ["n", 1, 4, 4], {}, domains={"f": 1}, functions=[function])


def external_data(location: str) -> onnx.ModelProto:
    proto = tiny()
    weight = proto.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value=location)
    return proto


def external_attribute() -> onnx.ModelProto:
    tensor = helper.make_tensor("t", TensorProto.FLOAT, [1], [1.0])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    return model([node("Constant", [], "k", value=tensor), node("Add", ["x", "k"], "y")], ["n", 1, 4, 4], {})


def lying_tensor() -> onnx.ModelProto:
    proto = tiny()
    proto.graph.initializer[0].dims[0] = 2**20
    return proto


def negative_dims() -> onnx.ModelProto:
    proto = tiny()
    proto.graph.initializer[0].dims[0] = -2
    return proto


def deep_net(layers: int = 10_000) -> onnx.ModelProto:
    nodes = [node("Relu", [f"v{i}"], f"v{i + 1}") for i in range(layers)]
    return model([node("Relu", ["x"], "v0"), *nodes, node("Flatten", [f"v{layers}"], "y")], ["n", 1, 4, 4], {})


def many_empty_messages() -> onnx.ModelProto:
    proto = tiny()
    for _ in range(500_000):
        proto.graph.initializer.add()
    return proto


def nan_weights() -> onnx.ModelProto:
    proto = tiny()
    weight = rand(2, 1, 3, 3)
    weight[0, 0, 0, 0] = np.nan
    proto.graph.initializer[0].raw_data = weight.tobytes()
    return proto
