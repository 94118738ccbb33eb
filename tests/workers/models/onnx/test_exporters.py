"""Networks written as other frameworks' exporters write them, by hand, of the operators that they are known for."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from openapi.models import InputSpec
from openapi.problems import NotAClassifier
from tests.workers.models.onnx.files import compare, model, node, rand, save
from workers.models.onnx.load import load_onnx

RGB = ["n", 3, 8, 8]


def ints(*values: int) -> np.ndarray[Any, Any]:
    return np.array(values, np.int64)


def number(value: float) -> np.ndarray[Any, Any]:
    return np.array(value, np.float32)


def norm(name: str, channels: int) -> dict[str, Any]:
    """The four tensors of a batch normalisation."""
    kinds = ("scale", "bias", "mean", "var")
    return {f"{name}.{kind}": np.abs(rand(channels, seed=i)) + 0.3 for i, kind in enumerate(kinds)}


def initialisers_are_inputs(proto: onnx.ModelProto) -> onnx.ModelProto:
    """As IR version 3 demands: every initialiser stands among the inputs too, ahead of the image."""
    image = proto.graph.input.pop()
    proto.graph.input.extend(
        helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in proto.graph.initializer
    )
    proto.graph.input.append(image)
    return proto


def test_cntk_mnist(tmp_path: Path) -> None:
    """Biases as Plus with (c, 1, 1), weights of 4 dimensions reshaped into matrices, sizes for a batch of one."""
    nodes = [
        node("Div", ["x", "two"], "scaled"),
        node("Conv", ["scaled", "Parameter5"], "c1", kernel_shape=[5, 5], auto_pad="SAME_UPPER", dilations=[1, 1]),
        node("Add", ["c1", "Parameter6"], "p1"),
        node("Relu", ["p1"], "r1"),
        node("MaxPool", ["r1"], "m1", kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 0, 0], auto_pad="NOTSET"),
        node("Conv", ["m1", "Parameter87"], "c2", kernel_shape=[5, 5], auto_pad="SAME_UPPER", group=1),
        node("Add", ["c2", "Parameter88"], "p2"),
        node("Relu", ["p2"], "r2"),
        node("MaxPool", ["r2"], "m2", kernel_shape=[3, 3], strides=[3, 3]),
        node("Reshape", ["m2", "m2_shape"], "flat"),
        node("Reshape", ["Parameter193", "w_shape"], "w"),
        node("MatMul", ["flat", "w"], "t"),
        node("Add", ["t", "Parameter194"], "y"),
    ]
    constants = {
        "two": number(2.0),
        "Parameter5": rand(8, 1, 5, 5),
        "Parameter6": rand(8, 1, 1),
        "Parameter87": rand(16, 8, 5, 5, scale=0.1),
        "Parameter88": rand(16, 1, 1),
        "m2_shape": ints(1, 64),
        "Parameter193": rand(16, 2, 2, 10, scale=0.3),
        "w_shape": ints(64, 10),
        "Parameter194": rand(1, 10),
    }
    proto = initialisers_are_inputs(model(nodes, [1, 1, 14, 14], constants, opset=7, ir=3))
    audited = compare(save(proto, tmp_path), batches=(1, 3))
    names = {name for name in constants if name.startswith("Parameter")}
    assert set(audited.trainable_parameters()) == names
    assert [layer.name for layer in audited.layers] == ["Parameter5", "Parameter87", "Parameter193"]


def test_caffe2_alexnet(tmp_path: Path) -> None:
    """LRN, grouped convolutions, Dropout with its mask, numbered names, a flattening Reshape that keeps axis 0."""
    nodes = [
        node("Conv", ["x", "conv1_w_0", "conv1_b_0"], "1", kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 0, 0]),
        node("Relu", ["1"], "2"),
        node("LRN", ["2"], "3", size=5, alpha=1e-2, beta=0.75, bias=1.0),
        node("MaxPool", ["3"], "4", kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1]),
        node("Conv", ["4", "conv2_w_0", "conv2_b_0"], "5", kernel_shape=[3, 3], pads=[1, 1, 1, 1], group=2),
        node("Relu", ["5"], "6"),
        node("AveragePool", ["6"], "7", kernel_shape=[2, 2], strides=[2, 2]),
        node("Reshape", ["7", "OC2_DUMMY_0"], "8"),
        node("Gemm", ["8", "fc6_w_0", "fc6_b_0"], "9", transB=1),
        node("Relu", ["9"], "10"),
        node("Dropout", ["10"], ["11", "_11_mask"], ratio=0.5),
        node("Gemm", ["11", "fc8_w_0", "fc8_b_0"], "12", transB=1, alpha=1.0, beta=1.0),
        node("Softmax", ["12"], "prob_1"),
    ]
    constants = {
        "conv1_w_0": rand(8, 3, 3, 3),
        "conv1_b_0": rand(8),
        "conv2_w_0": rand(8, 4, 3, 3),
        "conv2_b_0": rand(8),
        "OC2_DUMMY_0": ints(0, -1),
        "fc6_w_0": rand(16, 32),
        "fc6_b_0": rand(16),
        "fc8_w_0": rand(5, 16, scale=2.0),
        "fc8_b_0": rand(5),
    }
    proto = initialisers_are_inputs(model(nodes, [1, 3, 19, 19], constants, opset=7, ir=3, outputs=["prob_1"]))
    audited = compare(save(proto, tmp_path))
    assert audited.before_softmax
    assert [layer.name for layer in audited.layers] == ["conv1_w_0", "conv2_w_0", "fc6_w_0", "fc8_w_0"]


def test_mxnet_resnet(tmp_path: Path) -> None:
    """Normalisation of the image inside, its own batch norm first, PRelu, a norm per unit (spatial = 0) at the end."""
    nodes = [
        node("Sub", ["x", "scalar0"], "_minusscalar0"),
        node("Mul", ["_minusscalar0", "scalar1"], "_mulscalar0"),
        node("BatchNormalization", ["_mulscalar0", *norm("bn_data", 3)], "bn0", epsilon=2e-5, momentum=0.9, spatial=1),
        node("Conv", ["bn0", "conv0_weight"], "conv0", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1], group=1),
        node("BatchNormalization", ["conv0", *norm("bn_1", 6)], "bn1", epsilon=2e-5, momentum=0.9),
        node("PRelu", ["bn1", "relu0_gamma"], "relu0"),
        node("Conv", ["relu0", "conv1_weight"], "conv1", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("Add", ["conv1", "relu0"], "_plus0"),
        node("Dropout", ["_plus0"], "dropout0", ratio=0.4),
        node("Flatten", ["dropout0"], "flatten0"),
        node("Gemm", ["flatten0", "pre_fc1_weight", "pre_fc1_bias"], "pre_fc1", transB=1),
        node("BatchNormalization", ["pre_fc1", *norm("fc1", 7)], "y", epsilon=2e-5, momentum=0.9, spatial=0),
    ]
    constants: dict[str, Any] = {
        "scalar0": number(0.49804),
        "scalar1": number(2.0),
        "conv0_weight": rand(6, 3, 3, 3),
        "relu0_gamma": rand(6, 1, 1),
        "conv1_weight": rand(6, 6, 3, 3, scale=0.2),
        "pre_fc1_weight": rand(7, 384, scale=0.1),
        "pre_fc1_bias": rand(7),
    }
    constants |= norm("bn_data", 3) | norm("bn_1", 6) | norm("fc1", 7)
    proto = initialisers_are_inputs(model(nodes, [1, 3, 8, 8], constants, opset=8, ir=3))
    audited = compare(save(proto, tmp_path))
    assert [layer.kind for layer in audited.layers] == ["conv", "conv", "linear"]


@pytest.mark.parametrize("opset", [7, 8])
def test_norm_of_each_activation(tmp_path: Path, opset: int) -> None:
    """Until operator set 9 a batch norm could hold statistics for each place of the image."""
    nodes = [
        node("BatchNormalization", ["x", "s", "b", "m", "v"], "n", spatial=0),
        node("Flatten", ["n"], "f"),
        node("Gemm", ["f", "w"], "y"),
    ]
    constants = {k: np.abs(rand(2, 5, 5, seed=i)) + 0.2 for i, k in enumerate("sbmv")} | {"w": rand(50, 3)}
    audited = load_onnx(save(model(nodes, ["n", 2, 5, 5], constants, opset=opset, ir=4), tmp_path), InputSpec())
    x = np.random.default_rng(0).random((3, 2, 5, 5), np.float32)
    hand = (x - constants["m"]) / np.sqrt(constants["v"] + 1e-5) * constants["s"] + constants["b"]
    found = audited(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(found, hand.reshape(3, -1) @ constants["w"], rtol=1e-4, atol=1e-4)


def test_paddle_mobilenet(tmp_path: Path) -> None:
    """A free batch written as -1, sizes by Shape → Slice → Concat in int32, hard activations, Identity at the end."""
    nodes = [
        node("Conv", ["x", "conv2d_0.w_0"], "c0", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
        node("BatchNormalization", ["c0", *norm("batch_norm_0", 8)], "b0", epsilon=1e-5, momentum=0.9),
        node("HardSigmoid", ["b0"], "h0", alpha=1 / 6, beta=0.5),
        node("Mul", ["b0", "h0"], "s0"),
        node("Conv", ["s0", "conv2d_1.w_0"], "c1", kernel_shape=[3, 3], pads=[1, 1, 1, 1], group=8),
        node("GlobalAveragePool", ["c1"], "g"),
        node("Conv", ["g", "se.w_0", "se.b_0"], "se", kernel_shape=[1, 1]),
        node("HardSigmoid", ["se"], "gate", alpha=0.2, beta=0.5),
        node("Mul", ["c1", "gate"], "gated"),
        node("AveragePool", ["gated"], "pool", kernel_shape=[4, 4], strides=[1, 1]),
        node("Shape", ["pool"], "shape0"),
        node("Cast", ["shape0"], "shape1", to=TensorProto.INT32),
        node("Slice", ["shape1", "zero", "one"], "shape2"),
        node("Concat", ["shape2", "minus"], "shape3", axis=0),
        node("Cast", ["shape3"], "shape4", to=TensorProto.INT64),
        node("Reshape", ["pool", "shape4"], "flat"),
        node("MatMul", ["flat", "linear_0.w_0"], "mm"),
        node("Add", ["mm", "linear_0.b_0"], "fc"),
        node("Softmax", ["fc"], "sm", axis=-1),
        node("Identity", ["sm"], "save_infer_model/scale_0.tmp_0"),
    ]
    constants: dict[str, Any] = {
        "conv2d_0.w_0": rand(8, 3, 3, 3),
        "conv2d_1.w_0": rand(8, 1, 3, 3),
        "se.w_0": rand(8, 8, 1, 1),
        "se.b_0": rand(8),
        "zero": np.array([0], np.int32),
        "one": np.array([1], np.int32),
        "minus": np.array([-1], np.int32),
        "linear_0.w_0": rand(8, 4, scale=3.0),
        "linear_0.b_0": rand(4),
    } | norm("batch_norm_0", 8)
    proto = model(nodes, RGB, constants, opset=11, ir=7, outputs=["save_infer_model/scale_0.tmp_0"])
    proto.graph.input[0].type.tensor_type.shape.dim[0].dim_value = -1
    audited = compare(save(proto, tmp_path))
    assert audited.before_softmax
    assert "conv2d_0.w_0" in audited.trainable_parameters()


def test_darknet(tmp_path: Path) -> None:
    """LeakyRelu, pooling with one-sided padding, a route that is reorganised and joined, an upsampled branch."""
    nodes = [
        node("Conv", ["x", "w0"], "c0", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("BatchNormalization", ["c0", *norm("n0", 8)], "b0", epsilon=1e-5),
        node("LeakyRelu", ["b0"], "l0", alpha=0.1),
        node("MaxPool", ["l0"], "p0", kernel_shape=[2, 2], strides=[1, 1], auto_pad="SAME_UPPER"),
        node("SpaceToDepth", ["p0"], "reorg", blocksize=2),
        node("MaxPool", ["l0"], "p1", kernel_shape=[4, 4], strides=[4, 4]),
        node("Upsample", ["p1"], "up", mode="nearest", scales=[1.0, 1.0, 2.0, 2.0]),
        node("Concat", ["reorg", "up"], "route", axis=1),
        node("Conv", ["route", "w1", "b1"], "c1", kernel_shape=[1, 1]),
        node("GlobalAveragePool", ["c1"], "gap"),
        node("Softmax", ["gap"], "y", axis=1),
    ]
    constants = {"w0": rand(8, 3, 3, 3), "w1": rand(5, 40, 1, 1, scale=2.0), "b1": rand(5)} | norm("n0", 8)
    audited = compare(save(model(nodes, RGB, constants, opset=8, ir=4), tmp_path))
    assert audited.before_softmax
    assert audited.num_classes == 5


def test_matlab(tmp_path: Path) -> None:
    """A mean image that is subtracted inside, the head as a convolution over the whole map, a softmax over axis 1."""
    nodes = [
        node("Sub", ["x", "imageinput_Mean"], "imageinput"),
        node("Conv", ["imageinput", "conv_1_W", "conv_1_B"], "conv_1", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("Relu", ["conv_1"], "relu_1"),
        node("LRN", ["relu_1"], "norm1", size=3, alpha=1e-4, beta=0.75, bias=1.0),
        node("AveragePool", ["norm1"], "pool", kernel_shape=[2, 2], strides=[2, 2], count_include_pad=1),
        node("Conv", ["pool", "fc_W", "fc_B"], "fc", kernel_shape=[4, 4]),
        node("Flatten", ["fc"], "flat"),
        node("Softmax", ["flat"], "softmax", axis=1),
    ]
    constants = {
        "imageinput_Mean": rand(1, 1, 8, 8) + 0.5,
        "conv_1_W": rand(6, 1, 3, 3),
        "conv_1_B": rand(6),
        "fc_W": rand(4, 6, 4, 4),
        "fc_B": rand(4),
    }
    audited = compare(
        save(model(nodes, ["BatchSize", 1, 8, 8], constants, opset=9, ir=4, outputs=["softmax"]), tmp_path)
    )
    assert "imageinput_Mean" not in audited.trainable_parameters()
    assert [layer.name for layer in audited.layers] == ["conv_1_W", "fc_W"]


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


@pytest.mark.parametrize("shape", [[1, 64], ["n", 64], [1, 64, 1], ["n", 1, 64]], ids=str)
def test_flat_input_reshaped_to_an_image(tmp_path: Path, shape: list[Any]) -> None:
    nodes = [
        node("Reshape", ["x", "image"], "i"),
        node("Transpose", ["i"], "t", perm=[0, 3, 1, 2]),
        node("Conv", ["t", "w"], "c"),
        node("Relu", ["c"], "r"),
        node("Reshape", ["r", "flat"], "f"),
        node("Gemm", ["f", "k"], "y"),
    ]
    first = 1 if shape[0] == 1 else -1
    constants = {"image": ints(first, 8, 8, 1), "w": rand(3, 1, 3, 3), "flat": ints(first, 108), "k": rand(108, 4)}
    audited = compare(save(model(nodes, shape, constants, opset=12, ir=7), tmp_path))
    assert audited.input.shape == (1, 8, 8)
    assert [layer.kind for layer in audited.layers] == ["conv", "linear"]


def test_pytorch_1_view_of_size(tmp_path: Path) -> None:
    """x.view(x.size(0), -1) and an attention-like expand, as torch 1.x traced them into constants and Gather nodes."""

    def constant(value: Any, name: str) -> onnx.NodeProto:
        return node("Constant", [], name, value=numpy_helper.from_array(np.array(value, np.int64)))

    nodes = [
        node("Conv", ["input.1", "features.0.weight", "features.0.bias"], "10", kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("BatchNormalization", ["10", *norm("features.1", 4)], "11", epsilon=1e-5, momentum=0.9),
        node("Relu", ["11"], "12"),
        node("Pad", ["12"], "13", mode="constant", pads=[0, 0, 1, 1, 0, 0, 0, 0], value=0.0),
        node("AveragePool", ["13"], "14", kernel_shape=[3, 3], strides=[3, 3]),
        node("Shape", ["14"], "15"),
        constant(0, "16"),
        node("Gather", ["15", "16"], "17", axis=0),
        constant(-1, "18"),
        node("Unsqueeze", ["17"], "19", axes=[0]),
        node("Unsqueeze", ["18"], "20", axes=[0]),
        node("Concat", ["19", "20"], "21", axis=0),
        node("Reshape", ["14", "21"], "22"),
        node("Transpose", ["classifier.weight"], "23", perm=[1, 0]),
        node("MatMul", ["22", "23"], "24"),
        node("Add", ["24", "classifier.bias"], "25"),
        node("LogSoftmax", ["25"], "26", axis=1),
    ]
    constants: dict[str, Any] = {
        "features.0.weight": rand(4, 3, 3, 3),
        "features.0.bias": rand(4),
        "classifier.weight": rand(5, 36),
        "classifier.bias": rand(5),
    } | norm("features.1", 4)
    proto = model(nodes, RGB, constants, opset=9, ir=4, outputs=["26"])
    proto.graph.input[0].name = "input.1"
    audited = compare(save(proto, tmp_path))
    assert audited.before_softmax
    assert "classifier.weight" in audited.trainable_parameters()
    assert [layer.name for layer in audited.layers] == ["features.0", "classifier"]


def test_nodes_in_any_order(tmp_path: Path) -> None:
    """onnxruntime sorts a graph itself, so that files out of order are in use."""
    nodes = [
        node("Gemm", ["f", "v"], "y"),
        node("Flatten", ["r"], "f"),
        node("Relu", ["c"], "r"),
        node("Conv", ["x", "w"], "c"),
    ]
    compare(save(model(nodes, ["n", 1, 6, 6], {"w": rand(4, 1, 3, 3), "v": rand(64, 3)}), tmp_path))


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


def test_double_precision_inside(tmp_path: Path) -> None:
    nodes = [
        node("Flatten", ["x"], "f"),
        node("MatMul", ["f", "v"], "d"),
        node("Cast", ["d"], "y", to=TensorProto.FLOAT),
    ]
    proto = model(nodes, ["n", 1, 4, 4], {"v": rand(16, 3).astype(np.float64)}, input_type=TensorProto.DOUBLE)
    audited = compare(save(proto, tmp_path))
    assert any("DOUBLE" in w for w in audited.warnings)


def test_half_precision_inside_of_a_float_file(tmp_path: Path) -> None:
    """As the usual converters to float16 leave it when input and output are kept in float32."""
    nodes = [
        node("Cast", ["x"], "x16", to=TensorProto.FLOAT16),
        node("Conv", ["x16", "w", "b"], "c"),
        node("Relu", ["c"], "r"),
        node("GlobalAveragePool", ["r"], "g"),
        node("Flatten", ["g"], "f"),
        node("Gemm", ["f", "v"], "z", transB=1),
        node("Cast", ["z"], "y", to=TensorProto.FLOAT),
    ]
    constants = {k: v.astype(np.float16) for k, v in {"w": rand(6, 3, 3, 3), "b": rand(6), "v": rand(4, 6)}.items()}
    audited = compare(save(model(nodes, RGB, constants), tmp_path), tolerance=1e-2)
    assert set(audited.trainable_parameters()) == {"w", "b", "v"}


def test_scaled_and_transposed_weights_stay_trainable(tmp_path: Path) -> None:
    """Weight standardisation, TensorFlow's HWIO kernels: what stands between weight and layer is computed."""
    nodes = [
        node("Transpose", ["hwio"], "oihw", perm=[3, 2, 0, 1]),
        node("Mul", ["oihw", "gain"], "w"),
        node("Conv", ["x", "w"], "c"),
        node("ReduceMax", ["c"], "m", axes=[2, 3], keepdims=0),
        node("Gemm", ["m", "v"], "y"),
    ]
    constants = {"hwio": rand(3, 3, 3, 6), "gain": rand(6, 1, 1, 1) + 1, "v": rand(6, 4)}
    audited = compare(save(model(nodes, RGB, constants), tmp_path))
    assert set(audited.trainable_parameters()) == {"hwio", "gain", "v"}


@pytest.mark.parametrize("identity", [True, False])
def test_equal_tensors_that_an_exporter_merged_are_parted(tmp_path: Path, identity: bool) -> None:
    """The scales and running variances of an untrained network are all ones: exporters store them once."""
    names = {"scale": "ones", "bias": "zeros", "mean": "zeros", "var": "ones"}
    nodes, current = [], "x"
    for i in range(3):
        if identity:
            nodes += [node("Identity", [names[k]], f"norm{i}.{k}") for k in names if i or k in ("mean", "var")]
        given = [f"norm{i}.{k}" if identity and (i or k in ("mean", "var")) else names[k] for k in names]
        nodes += [node("BatchNormalization", [current, *given], f"n{i}"), node("Conv", [f"n{i}", f"w{i}"], f"c{i}")]
        current = f"c{i}"
    nodes += [node("GlobalMaxPool", [current], "p"), node("Flatten", ["p"], "f"), node("Gemm", ["f", "v"], "y")]
    constants = {f"w{i}": rand(3, 3, 1, 1, seed=i) for i in range(3)} | {"v": rand(3, 4)}
    constants |= {"ones": np.ones(3, np.float32), "zeros": np.zeros(3, np.float32)}
    audited = compare(save(model(nodes, RGB, constants), tmp_path))
    assert len(audited.trainable_parameters()) == 3 + 1 + 3 * 2
    if identity:
        assert {"norm1.scale", "norm2.scale", "norm1.bias", "norm2.bias"} < set(audited.trainable_parameters())
    audited.set_batch_norm(True)
    audited(torch.rand(8, 3, 8, 8))
    statistics = {name: b for name, b in audited.graph.named_buffers() if b.shape == (3,)}
    assert len(statistics) == 6
    assert len({b.data_ptr() for b in statistics.values()}) == 6
    assert len({round(float(b.sum()), 5) for b in statistics.values()} - {0.0, 3.0}) >= 3  # each learnt its own


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
