"""Networks of Keras and TensorFlow, as tf2onnx writes them: channels last, sizes by Shape, preprocessing inside."""

from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper

from openapi.models import InputSpec
from openapi.problems import NotAClassifier
from tests.workers.models.onnx.files import compare, ints, model, node, number, rand, save
from workers.models.onnx.load import load_onnx


def test_channels_last_with_normalisation_in_the_graph(tmp_path: Path) -> None:
    """As tf2onnx writes it: NHWC, Sub and Div, Transpose, MatMul and Add, Softmax."""
    nodes = [
        node("Sub", ["x", "mean"], "a"),
        node("Div", ["a", "std"], "b"),
        node("Transpose", ["b"], "t", perm=[0, 3, 1, 2]),
        node("Conv", ["t", "kernel"], "c", auto_pad="SAME_UPPER", strides=[2, 2], kernel_shape=[3, 3]),
        node("BatchNormalization", ["c", "gamma", "beta", "mu", "var"], "n"),
        node("Relu", ["n"], "r"),
        node("Transpose", ["r"], "u", perm=[0, 2, 3, 1]),
        node("ReduceMean", ["u"], "m", axes=[1, 2], keepdims=0),
        node("MatMul", ["m", "dense/kernel:0"], "d"),
        node("Add", ["d", "dense/bias:0"], "e"),
        node("Softmax", ["e"], "y", axis=-1),
    ]
    constants = {
        "mean": np.array([123.0, 117.0, 104.0], np.float32),
        "std": np.array([58.0, 57.0, 57.5], np.float32),
        "kernel": rand(6, 3, 3, 3),
        "gamma": rand(6) + 1,
        "beta": rand(6),
        "mu": rand(6),
        "var": np.abs(rand(6)) + 0.5,
        "dense/kernel:0": rand(6, 4),
        "dense/bias:0": rand(4),
    }
    path = save(model(nodes, ["n", 9, 10, 3], constants, opset=13), tmp_path)
    audited = compare(path, InputSpec(range=(0.0, 255.0)))
    assert audited.input.layout == "NHWC"
    assert audited.input.shape == (3, 9, 10)
    assert audited.before_softmax
    assert [layer.name for layer in audited.layers] == ["kernel", "dense_kernel_0"]
    assert not audited.layers[0].norm_folded
    # The normalisation of the input and the running statistics are no weights.
    assert set(audited.trainable_parameters()) == {"kernel", "gamma", "beta", "dense_kernel_0", "dense_bias_0"}


def test_keras_grey_input_by_reshape(tmp_path: Path) -> None:
    """tf2onnx turns the Transpose of a one-channel image into a Reshape; Rescaling is a Mul; Flatten keeps NHWC."""
    nodes = [
        node("Mul", ["x", "rescale"], "scaled"),
        node("Reshape", ["scaled", "nchw"], "t"),
        node("Conv", ["t", "w", "b"], "c", kernel_shape=[3, 3], dilations=[1, 1], strides=[1, 1]),
        node("Relu", ["c"], "r"),
        node("MaxPool", ["r"], "p", kernel_shape=[2, 2], strides=[2, 2]),
        node("Transpose", ["p"], "u", perm=[0, 2, 3, 1]),
        node("Reshape", ["u", "flat"], "f"),
        node("MatMul", ["f", "dense/kernel"], "d"),
        node("Add", ["d", "dense/bias"], "e"),
        node("Softmax", ["e"], "dense", axis=1),
    ]
    constants = {
        "rescale": number(1 / 255),
        "nchw": ints(-1, 1, 8, 8),
        "w": rand(4, 1, 3, 3),
        "b": rand(4),
        "flat": ints(-1, 36),
        "dense/kernel": rand(36, 5),
        "dense/bias": rand(5),
    }
    proto = model(nodes, ["unk__17", 8, 8, 1], constants, opset=13, outputs=["dense"])
    audited = compare(save(proto, tmp_path), InputSpec(range=(0.0, 255.0)))
    assert (audited.input.layout, audited.input.shape) == ("NHWC", (1, 8, 8))
    assert set(audited.trainable_parameters()) == {"w", "b", "dense_kernel", "dense_bias"}


def test_keras_resnet(tmp_path: Path) -> None:
    """ZeroPadding in NHWC, caffe preprocessing (BGR by a reversed Slice), Mean head, relu6 as Min and Max."""
    nodes = [
        node("Slice", ["x", "start", "end", "axis", "step"], "bgr"),
        node("Add", ["bgr", "offset"], "centred"),
        node("Pad", ["centred", "pads"], "padded"),
        node("Transpose", ["padded"], "t", perm=[0, 3, 1, 2]),
        node("Conv", ["t", "w", "b"], "c", kernel_shape=[3, 3], strides=[2, 2]),
        node("Max", ["c", "zero"], "low"),
        node("Min", ["low", "six"], "relu6"),
        node("Conv", ["relu6", "depthwise"], "dw", kernel_shape=[3, 3], auto_pad="SAME_LOWER", group=6),
        node("Add", ["dw", "relu6"], "sum"),
        node("Transpose", ["sum"], "u", perm=[0, 2, 3, 1]),
        node("ReduceMean", ["u"], "m", axes=[1, 2], keepdims=1),
        node("Squeeze", ["m", "hw"], "s"),
        node("Gemm", ["s", "kernel", "bias"], "y"),
    ]
    constants = {
        "start": ints(-1),
        "end": ints(-(2**31)),
        "axis": ints(3),
        "step": ints(-1),
        "offset": np.array([-103.9, -116.8, -123.7], np.float32),
        "pads": ints(0, 1, 1, 0, 0, 1, 1, 0),
        "w": rand(6, 3, 3, 3, scale=0.02),
        "b": rand(6),
        "zero": number(0.0),
        "six": number(6.0),
        "depthwise": rand(6, 1, 3, 3),
        "hw": ints(1, 2),
        "kernel": rand(6, 4),
        "bias": rand(4),
    }
    path = save(model(nodes, ["n", 9, 9, 3], constants, opset=13), tmp_path)
    audited = compare(path, InputSpec(range=(0.0, 255.0)))
    assert set(audited.trainable_parameters()) == {"w", "b", "depthwise", "kernel", "bias"}


def test_keras_flatten_by_shape(tmp_path: Path) -> None:
    """Shape → Cast → Slice → Concat with -1, as tf.shape and tf.reshape leave it; the batch is fixed all the same."""
    nodes = [
        node("Transpose", ["x"], "t", perm=[0, 3, 1, 2]),
        node("Conv", ["t", "w"], "c", kernel_shape=[3, 3], auto_pad="VALID"),
        node("Transpose", ["c"], "u", perm=[0, 2, 3, 1]),
        node("Shape", ["u"], "s0"),
        node("Cast", ["s0"], "s1", to=TensorProto.INT32),
        node("Slice", ["s1"], "s2", starts=[0], ends=[1], axes=[0]),
        node("Squeeze", ["s2"], "s3", axes=[0]),
        node("Unsqueeze", ["s3"], "s4", axes=[0]),
        node("Concat", ["s4", "rest"], "s5", axis=0),
        node("Cast", ["s5"], "s6", to=TensorProto.INT64),
        node("Reshape", ["u", "s6"], "f"),
        node("MatMul", ["f", "k"], "y"),
    ]
    constants = {"w": rand(4, 3, 3, 3), "rest": np.array([-1], np.int32), "k": rand(36, 3)}
    for batch in ("n", 1):
        audited = compare(save(model(nodes, [batch, 5, 5, 3], constants, opset=9, ir=4), tmp_path))
        assert audited.input.layout == "NHWC"


def test_an_input_that_nothing_reads(tmp_path: Path) -> None:
    """TensorFlow leaves placeholders such as `is_training` behind."""
    unused = helper.make_tensor_value_info("is_training", TensorProto.BOOL, [])
    nodes = [node("Flatten", ["x"], "f"), node("Gemm", ["f", "v"], "y")]
    proto = model(nodes, ["n", 1, 4, 4], {"v": rand(16, 3)}, extra_inputs=[unused])
    audited = load_onnx(save(proto, tmp_path), InputSpec())
    assert any("is_training" in w for w in audited.warnings)
    proto.graph.node.append(node("Cast", ["is_training"], "c", to=1))
    proto.graph.node.append(node("Mul", ["y", "c"], "z"))
    proto.graph.output[0].name = "z"
    with pytest.raises(NotAClassifier, match="is_training"):
        load_onnx(save(proto, tmp_path), InputSpec())
