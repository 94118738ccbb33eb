"""Operator sets from 7 on, nodes in any order, onnxruntime's fused operators, and rarer ones."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from tests.workers.models.onnx.files import compare, conv_head, ints, model, node, rand, save


@pytest.mark.parametrize(
    ("opset", "ir"), [(7, 3), (8, 3), (9, 4), (10, 5), (11, 6), (12, 7), (13, 7), (15, 8), (18, 8), (21, 10), (23, 11)]
)
def test_operator_sets_from_7_on(tmp_path: Path, opset: int, ir: int) -> None:
    nodes, constants = conv_head("clipped")
    clip = (
        [node("Clip", ["x"], "clipped", min=0.1, max=0.9)]
        if opset < 11
        else [node("Clip", ["x", "lo", "hi"], "clipped")]
    )
    constants |= {} if opset < 11 else {"lo": np.array(0.1, np.float32), "hi": np.array(0.9, np.float32)}
    tail = [
        node("Unsqueeze", ["logits"], "u", axes=[2]) if opset < 13 else node("Unsqueeze", ["logits", "two"], "u"),
        node("Squeeze", ["u"], "s", axes=[2]) if opset < 13 else node("Squeeze", ["u", "two"], "s"),
        node("Dropout", ["s"], "d"),
        node("Softmax", ["d"], "y", axis=1),
    ]
    constants |= {} if opset < 13 else {"two": ints(2)}
    proto = model([*clip, *nodes, *tail], ["n", 3, 8, 8], constants, opset=opset, ir=ir)
    if ir < 4:  # every initialiser is an input as well
        proto.graph.input.extend(
            helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in proto.graph.initializer
        )
    audited = compare(save(proto, tmp_path))
    assert audited.before_softmax
    assert set(audited.trainable_parameters()) == {"conv.weight", "conv.bias", "fc.weight", "fc.bias"}


def test_nodes_in_any_order(tmp_path: Path) -> None:
    """onnxruntime sorts a graph itself, so that files out of order are in use."""
    nodes = [
        node("Gemm", ["f", "v"], "y"),
        node("Flatten", ["r"], "f"),
        node("Relu", ["c"], "r"),
        node("Conv", ["x", "w"], "c"),
    ]
    compare(save(model(nodes, ["n", 1, 6, 6], {"w": rand(4, 1, 3, 3), "v": rand(64, 3)}), tmp_path))


def test_file_saved_by_onnxruntime_after_optimisation(tmp_path: Path) -> None:
    nodes, constants = conv_head()
    path = save(model([*nodes, node("Identity", ["logits"], "y")], ["n", 3, 8, 8], constants), tmp_path)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(tmp_path / "optimised.onnx")
    onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    assert any(n.op_type == "FusedConv" for n in onnx.load(tmp_path / "optimised.onnx").graph.node)
    audited = compare(tmp_path / "optimised.onnx")
    assert set(audited.trainable_parameters()) == set(constants)


def test_lrn_upsample_and_resize(tmp_path: Path) -> None:
    nodes, constants = conv_head("up2")
    first = [
        node("LRN", ["x"], "l", size=3, alpha=0.3, beta=0.6, bias=1.5),
        node(
            "Resize",
            ["l", "", "scales"],
            "up",
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        ),
        node("Resize", ["up", "", "", "sizes"], "up2", mode="linear"),
    ]
    constants |= {"scales": np.array([1, 1, 2, 2], np.float32), "sizes": ints(1, 3, 9, 9)}
    proto = model([*first, *nodes, node("Identity", ["logits"], "y")], [1, 3, 8, 8], constants)
    compare(save(proto, tmp_path))


def test_convolution_of_a_signal(tmp_path: Path) -> None:
    nodes = [
        node("Reshape", ["x", "signal"], "s"),
        node("Conv", ["s", "w"], "c"),
        node("Relu", ["c"], "r"),
        node("ReduceMean", ["r"], "m", axes=[2], keepdims=0),
        node("Gemm", ["m", "v"], "y"),
    ]
    constants = {"signal": ints(-1, 1, 64), "w": rand(6, 1, 5), "v": rand(6, 4)}
    audited = compare(save(model(nodes, ["n", 64], constants), tmp_path))
    assert [(layer.name, layer.neurons, layer.shape) for layer in audited.layers] == [("w", 6, (6, 60)), ("v", 4, (4,))]
