"""Files from elsewhere, built by hand: other frameworks' habits, old and new operator sets, quantised networks."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from openapi.models import InputSpec
from openapi.problems import ModelRejected, NotAClassifier, UnsupportedOperator
from tests.workers.models.onnx.files import compare, model, node, rand, save
from workers.models.onnx.load import load_onnx


def ints(*values: int) -> np.ndarray[Any, Any]:
    return np.array(values, np.int64)


def conv_head(x: str = "x", size: int = 8, channels: int = 3) -> tuple[list[onnx.NodeProto], dict[str, Any]]:
    """Conv → Relu → GlobalAveragePool → Flatten → Gemm, from a value (n, channels, size, size)."""
    nodes = [
        node("Conv", [x, "conv.weight", "conv.bias"], "c", pads=[1, 1, 1, 1], kernel_shape=[3, 3]),
        node("Relu", ["c"], "r"),
        node("GlobalAveragePool", ["r"], "p"),
        node("Flatten", ["p"], "f"),
        node("Gemm", ["f", "fc.weight", "fc.bias"], "logits", transB=1),
    ]
    constants = {
        "conv.weight": rand(6, channels, 3, 3),
        "conv.bias": rand(6),
        "fc.weight": rand(4, 6, scale=2.0),
        "fc.bias": rand(4),
    }
    return nodes, constants


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


@pytest.mark.parametrize("shape", [["n", 48], [1, 48], [1, 48, 1], ["n", 1, 48]])
def test_flat_inputs(tmp_path: Path, shape: list[Any]) -> None:
    nodes = [
        node("Flatten", ["x"], "f"),
        node("Gemm", ["f", "w", "b"], "h"),
        node("Relu", ["h"], "r"),
        node("Gemm", ["r", "v"], "y"),
    ]
    constants = {"w": rand(48, 16), "b": rand(16), "v": rand(16, 4)}
    audited = compare(save(model(nodes, shape, constants), tmp_path), InputSpec(shape=(3, 4, 4)))
    assert [layer.kind for layer in audited.layers] == ["linear", "linear"]
    assert [layer.neurons for layer in audited.layers] == [16, 4]


def test_flat_input_is_read_as_a_square(tmp_path: Path) -> None:
    nodes = [node("MatMul", ["x", "w"], "y")]
    audited = compare(save(model(nodes, ["n", 49], {"w": rand(49, 3)}), tmp_path))
    assert audited.input.shape == (1, 7, 7)


def test_batch_fixed_at_one_with_batch_in_many_places(tmp_path: Path) -> None:
    """Reshape constants with 1, a class token that was widened to the batch, attention with the batch second."""
    nodes = [
        node("Conv", ["x", "patch"], "c", strides=[4, 4], kernel_shape=[4, 4]),
        node("Reshape", ["c", "s0"], "t"),  # 1, 8, 4
        node("Transpose", ["t"], "u", perm=[0, 2, 1]),
        node("Concat", ["token", "u"], "v", axis=1),  # 1, 5, 8
        node("Transpose", ["v"], "w", perm=[1, 0, 2]),  # 5, 1, 8
        node("Reshape", ["w", "s1"], "flat"),  # 5, 8
        node("Gemm", ["flat", "qkv"], "q0"),
        node("Reshape", ["q0", "s2"], "q1"),  # 5, 1, 8
        node("Reshape", ["q1", "s3"], "q2"),  # 5, 2, 4: batch times heads
        node("Transpose", ["q2"], "q", perm=[1, 0, 2]),
        node("Transpose", ["q2"], "k", perm=[1, 2, 0]),
        node("MatMul", ["q", "k"], "scores"),
        node("Softmax", ["scores"], "a", axis=-1),
        node("MatMul", ["a", "q"], "o"),  # 2, 5, 4
        node("Transpose", ["o"], "o1", perm=[1, 0, 2]),
        node("Reshape", ["o1", "s1"], "o2"),
        node("Reshape", ["o2", "s2"], "o3"),
        node("Transpose", ["o3"], "o4", perm=[1, 0, 2]),  # 1, 5, 8
        node("Gather", ["o4", "zero"], "first", axis=1),
        node("Reshape", ["first", "s4"], "flat2"),
        node("Gemm", ["flat2", "head"], "y"),
    ]
    constants = {
        "patch": rand(8, 3, 4, 4),
        "token": rand(1, 1, 8),
        "qkv": rand(8, 8),
        "head": rand(8, 4),
        "zero": np.array(0, np.int64),
        "s0": ints(1, 8, 4),
        "s1": ints(5, 8),
        "s2": ints(5, 1, 8),
        "s3": ints(5, 2, 4),
        "s4": ints(1, 8),
    }
    audited = compare(save(model(nodes, [1, 3, 8, 8], constants), tmp_path), batches=(1, 2, 5))
    assert any("fixes the batch size at 1" in w for w in audited.warnings)


def test_batch_fixed_at_four(tmp_path: Path) -> None:
    nodes, constants = conv_head()
    nodes[3] = node("Reshape", ["p", "s"], "f")
    path = save(
        model([*nodes, node("Identity", ["logits"], "y")], [4, 3, 8, 8], constants | {"s": ints(4, 6)}), tmp_path
    )
    audited = compare(path, batches=(4, 8))
    assert audited(torch.rand(3, 3, 8, 8)).shape == (3, 4)


def test_batch_said_to_be_free_while_sizes_are_for_one(tmp_path: Path) -> None:
    nodes, constants = conv_head()
    nodes[3] = node("Reshape", ["p", "s"], "f")
    path = save(
        model([*nodes, node("Identity", ["logits"], "y")], ["n", 3, 8, 8], constants | {"s": ints(1, 6)}), tmp_path
    )
    audited = compare(path, batches=(1,))
    x = torch.rand(3, 3, 8, 8)
    torch.testing.assert_close(audited(x)[1:2], audited(x[1:2]))
    assert any("declares a free batch" in w for w in audited.warnings)


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


def test_initialisers_behind_identity_are_one_parameter(tmp_path: Path) -> None:
    nodes = [
        node("Identity", ["w"], "w2"),
        node("Conv", ["x", "w"], "a", pads=[1, 1, 1, 1]),
        node("Relu", ["a"], "b"),
        node("Conv", ["b", "w2"], "c", pads=[1, 1, 1, 1]),
        node("ReduceMean", ["c"], "m", axes=[2, 3], keepdims=0),
        node("Gemm", ["m", "v"], "y"),
    ]
    audited = compare(save(model(nodes, ["n", 3, 6, 6], {"w": rand(3, 3, 3, 3), "v": rand(3, 4)}), tmp_path))
    assert set(audited.trainable_parameters()) == {"w", "v"}
    assert [layer.name for layer in audited.layers] == ["w", "w#2", "v"]


def test_constant_nodes_are_weights_too(tmp_path: Path) -> None:
    nodes, constants = conv_head()
    made = [node("Constant", [], name, value=numpy_helper.from_array(v)) for name, v in constants.items()]
    path = save(model([*made, *nodes, node("Identity", ["logits"], "y")], ["n", 3, 8, 8], {}), tmp_path)
    assert set(compare(path).trainable_parameters()) == set(constants)


@pytest.mark.parametrize("op", ["Softmax", "LogSoftmax"])
@pytest.mark.parametrize("tail", ["none", "flatten", "reshape"])
def test_logits_are_read_before_softmax(tmp_path: Path, op: str, tail: str) -> None:
    nodes, constants = conv_head()
    last = {"none": [], "flatten": [node("Flatten", ["s"], "y")], "reshape": [node("Reshape", ["s", "shape"], "y")]}[
        tail
    ]
    body = [*nodes[:3], node("Conv", ["p", "fc"], "logits"), node(op, ["logits"], "s" if last else "y", axis=1), *last]
    constants = {k: v for k, v in constants.items() if k.startswith("conv")} | {"fc": rand(4, 6, 1, 1, scale=9.0)}
    constants |= {"shape": ints(-1, 4)} if tail == "reshape" else {}
    audited = compare(save(model(body, ["n", 3, 8, 8], constants), tmp_path))
    assert audited.before_softmax
    assert not torch.allclose(audited(torch.rand(2, 3, 8, 8)).exp().sum(1), torch.ones(2))


@pytest.mark.parametrize("softmax", [False, True])
def test_channels_last_logits_are_flattened(tmp_path: Path, softmax: bool) -> None:
    nodes, constants = conv_head()
    body = [
        *nodes[:3],
        node("Transpose", ["p"], "q", perm=[0, 2, 3, 1]),
        node("MatMul", ["q", "k"], "z" if softmax else "y"),
    ]
    body += [node("Softmax", ["z"], "s", axis=-1), node("Squeeze", ["s", "axes"], "y")] if softmax else []
    constants = {k: v for k, v in constants.items() if k.startswith("conv")} | {"k": rand(6, 4, scale=9.0)}
    constants |= {"axes": ints(1, 2)} if softmax else {}
    audited = compare(save(model(body, ["n", 3, 8, 8], constants), tmp_path))
    assert audited.before_softmax == softmax


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


def test_half_precision(tmp_path: Path) -> None:
    nodes, constants = conv_head()
    half = {k: v.astype(np.float16) for k, v in constants.items()}
    proto = model(
        [*nodes, node("Identity", ["logits"], "y")],
        ["n", 3, 8, 8],
        half,
        input_type=TensorProto.FLOAT16,
        output_type=TensorProto.FLOAT16,
    )
    audited = compare(save(proto, tmp_path), tolerance=1e-2)
    assert all(p.dtype == torch.float32 for p in audited.parameters())
    assert any("FLOAT16" in w for w in audited.warnings)


def test_integer_input(tmp_path: Path) -> None:
    nodes, constants = conv_head("scaled")
    first = [node("Cast", ["x"], "f32", to=TensorProto.FLOAT), node("Div", ["f32", "k"], "scaled")]
    proto = model(
        [*first, *nodes, node("Identity", ["logits"], "y")],
        ["n", 3, 8, 8],
        constants | {"k": np.array(255.0, np.float32)},
        input_type=TensorProto.UINT8,
    )
    audited = compare(save(proto, tmp_path))
    assert audited.input.range == (0.0, 255.0)


def test_several_outputs(tmp_path: Path) -> None:
    nodes, constants = conv_head()
    label = node("ArgMax", ["logits"], "label", axis=1)
    proto = model([*nodes, label], ["n", 3, 8, 8], constants, outputs=("label", "logits", "r"))
    proto.graph.output[0].type.tensor_type.elem_type = TensorProto.INT64
    audited = compare(save(proto, tmp_path), output=1)
    assert audited.num_classes == 4


def test_branch_with_a_constant_condition(tmp_path: Path) -> None:
    nodes, constants = conv_head()

    def branch(value: float) -> onnx.GraphProto:
        scale = numpy_helper.from_array(np.array(value, np.float32), f"k{value}")
        output = helper.make_tensor_value_info(f"o{value}", TensorProto.FLOAT, None)
        return helper.make_graph(
            [node("Mul", ["logits", f"k{value}"], f"o{value}")], f"b{value}", [], [output], [scale]
        )

    choice = node("If", ["cond"], "y", then_branch=branch(2.0), else_branch=branch(-1.0))
    path = save(model([*nodes, choice], ["n", 3, 8, 8], constants | {"cond": np.array(True)}), tmp_path)
    compare(path)


def test_branch_on_the_image_is_refused(tmp_path: Path) -> None:
    nodes, constants = conv_head()
    output = helper.make_tensor_value_info("o", TensorProto.FLOAT, None)
    body = helper.make_graph([node("Neg", ["logits"], "o")], "b", [], [output])
    test = [node("ReduceMax", ["x"], "m", keepdims=0), node("Greater", ["m", "half"], "cond")]
    choice = node("If", ["cond"], "y", then_branch=body, else_branch=body)
    constants |= {"half": np.array(0.5, np.float32)}
    with pytest.raises(UnsupportedOperator, match="condition depends on the image"):
        load_onnx(save(model([*nodes, *test, choice], ["n", 3, 8, 8], constants), tmp_path), InputSpec())


def test_loop_is_refused_with_advice(tmp_path: Path) -> None:
    nodes, constants = conv_head()
    body = helper.make_graph(
        [node("Identity", ["c"], "c2"), node("Neg", ["v"], "v2")],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("c", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("c2", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v2", TensorProto.FLOAT, None),
        ],
    )
    loop = node("Loop", ["trips", "", "logits"], "y", body=body)
    path = save(model([*nodes, loop], ["n", 3, 8, 8], constants | {"trips": np.array(3, np.int64)}), tmp_path)
    with pytest.raises(UnsupportedOperator, match="unrolled"):
        load_onnx(path, InputSpec())


def test_zipmap_is_refused_with_advice(tmp_path: Path) -> None:
    nodes, constants = conv_head()
    zipmap = helper.make_node("ZipMap", ["logits"], ["y"], domain="ai.onnx.ml", classlabels_int64s=[0, 1, 2, 3])
    proto = model([*nodes, zipmap], ["n", 3, 8, 8], constants, domains={"ai.onnx.ml": 2})
    with pytest.raises(UnsupportedOperator, match="zipmap"):
        load_onnx(save(proto, tmp_path), InputSpec())


def test_binarised_network_has_a_straight_through_gradient(tmp_path: Path) -> None:
    nodes = [
        node("Conv", ["x", "w"], "c"),
        node("Sign", ["c"], "s"),
        node("Flatten", ["s"], "f"),
        node("MatMul", ["f", "v"], "y"),
    ]
    path = save(model(nodes, ["n", 1, 6, 6], {"w": rand(4, 1, 3, 3), "v": rand(64, 3)}), tmp_path)
    audited = compare(path)
    assert any("straight-through" in w and "Sign" in w for w in audited.warnings)


def test_quantised_with_qdq_pairs(tmp_path: Path) -> None:
    q = {"s": np.array(0.02, np.float32), "z": np.array(100, np.uint8)}
    nodes = [
        node("QuantizeLinear", ["x", "s", "z"], "q"),
        node("DequantizeLinear", ["q", "s", "z"], "d"),
        node("DequantizeLinear", ["wq", "ws", "wz"], "w", axis=0),
        node("Conv", ["d", "w"], "c"),
        node("Relu", ["c"], "r"),
        node("QuantizeLinear", ["r", "s", "z"], "q2"),
        node("DequantizeLinear", ["q2", "s", "z"], "d2"),
        node("Flatten", ["d2"], "f"),
        node("Gemm", ["f", "v"], "y"),
    ]
    weights = np.random.default_rng(0).integers(-128, 127, (4, 1, 3, 3)).astype(np.int8)
    constants = q | {
        "wq": weights,
        "ws": np.array([0.01, 0.02, 0.015, 0.005], np.float32),
        "wz": np.zeros(4, np.int8),
        "v": rand(64, 3),
    }
    audited = compare(save(model(nodes, ["n", 1, 6, 6], constants), tmp_path), tolerance=2e-3)
    assert any("QuantizeLinear" in w for w in audited.warnings)
    assert len(audited.layers) == 2


def test_quantised_convolution(tmp_path: Path) -> None:
    nodes = [
        node("QuantizeLinear", ["x", "xs", "xz"], "q"),
        node(
            "QLinearConv",
            ["q", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"],
            "c",
            pads=[1, 1, 1, 1],
            kernel_shape=[3, 3],
        ),
        node("MaxPool", ["c"], "p", kernel_shape=[2, 2], strides=[2, 2]),
        node("DequantizeLinear", ["p", "ys", "yz"], "d"),
        node("Flatten", ["d"], "f"),
        node("Gemm", ["f", "v"], "y"),
    ]
    rng = np.random.default_rng(1)
    constants = {
        "xs": np.array(1 / 255, np.float32),
        "xz": np.array(0, np.uint8),
        "w": rng.integers(-100, 100, (4, 1, 3, 3)).astype(np.int8),
        "ws": np.array([0.01, 0.02, 0.015, 0.012], np.float32),
        "wz": np.zeros(4, np.int8),
        "ys": np.array(0.05, np.float32),
        "yz": np.array(120, np.uint8),
        "b": rng.integers(-1000, 1000, 4).astype(np.int32),
        "v": rand(36, 3),
    }
    audited = compare(save(model(nodes, ["n", 1, 6, 6], constants, opset=13), tmp_path), tolerance=5e-3)
    assert any("straight-through" in w for w in audited.warnings)


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


def test_sizes_computed_from_the_shape_of_the_input(tmp_path: Path) -> None:
    """The chain Shape → Gather → Mul → Concat → Reshape that scripted exports are full of."""
    nodes, constants = conv_head()
    chain = [
        node("Shape", ["p"], "sh"),
        node("Gather", ["sh", "i0"], "n"),
        node("Gather", ["sh", "i1"], "channels"),
        node("Mul", ["channels", "one"], "c1"),
        node("Unsqueeze", ["n", "ax"], "nu"),
        node("Unsqueeze", ["c1", "ax"], "cu"),
        node("Concat", ["nu", "cu"], "target", axis=0),
        node("Reshape", ["p", "target"], "f"),
        node("ConstantOfShape", ["target"], "zeros", value=numpy_helper.from_array(np.array([1.5], np.float32))),
        node("Add", ["f", "zeros"], "f2"),
    ]
    head = node("Gemm", ["f2", "fc.weight", "fc.bias"], "y", transB=1)
    constants |= {"i0": np.array(0, np.int64), "i1": np.array(1, np.int64), "one": np.array(1, np.int64), "ax": ints(0)}
    compare(save(model([*nodes[:3], *chain, head], ["n", 3, 8, 8], constants), tmp_path))


def test_free_height_and_width_need_a_shape(tmp_path: Path) -> None:
    nodes, constants = conv_head()
    path = save(model([*nodes, node("Identity", ["logits"], "y")], ["n", 3, "h", "w"], constants), tmp_path)
    with pytest.raises(ModelRejected, match=r"channels, height, width") as caught:
        load_onnx(path, InputSpec())
    assert caught.value.errors is not None
    assert caught.value.errors[0].pointer == "/input/shape"
    compare(path, InputSpec(shape=(3, 8, 8)))
    with pytest.raises(ModelRejected, match="does not fit"):
        load_onnx(path, InputSpec(shape=(1, 8, 8)))


@pytest.mark.parametrize(
    ("shape", "error"), [([3, 8, 8], "without a batch axis"), ([8], "at least 2 axes")], ids=["chw", "vector"]
)
def test_no_batch_axis(tmp_path: Path, shape: list[int], error: str) -> None:
    with pytest.raises(NotAClassifier, match=error):
        load_onnx(save(model([node("Relu", ["x"], "y")], shape, {}), tmp_path), InputSpec())


def test_two_inputs_are_no_image_classifier(tmp_path: Path) -> None:
    second = helper.make_tensor_value_info("x2", TensorProto.FLOAT, ["n", 4])
    proto = model([node("Add", ["x", "x2"], "y")], ["n", 4], {}, extra_inputs=[second])
    with pytest.raises(NotAClassifier, match="x2"):
        load_onnx(save(proto, tmp_path), InputSpec())


def test_training_mode_is_refused(tmp_path: Path) -> None:
    nodes, constants = conv_head()
    drop = node("Dropout", ["logits", "ratio", "on"], "y")
    constants |= {"ratio": np.array(0.5, np.float32), "on": np.array(True)}
    with pytest.raises(UnsupportedOperator, match="evaluation mode"):
        load_onnx(save(model([*nodes, drop], ["n", 3, 8, 8], constants), tmp_path), InputSpec())
