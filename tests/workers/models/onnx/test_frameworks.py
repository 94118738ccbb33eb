"""Networks written as other frameworks' exporters write them, by hand, of the operators that they are known for."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, numpy_helper

from openapi.models import InputSpec
from tests.workers.models.onnx.files import (
    RGB,
    compare,
    initialisers_are_inputs,
    ints,
    model,
    node,
    norm,
    number,
    rand,
    save,
)
from workers.models.onnx.load import load_onnx


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


@pytest.mark.slow
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
