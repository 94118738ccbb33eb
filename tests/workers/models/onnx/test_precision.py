"""Files that compute in double or half precision, in quantised numbers, or in signs."""

from pathlib import Path

import numpy as np
import pytest
import torch
from onnx import TensorProto

from tests.workers.models.onnx.files import RGB, compare, conv_head, model, node, rand, save


def test_double_precision_inside(tmp_path: Path) -> None:
    nodes = [
        node("Flatten", ["x"], "f"),
        node("MatMul", ["f", "v"], "d"),
        node("Cast", ["d"], "y", to=TensorProto.FLOAT),
    ]
    proto = model(nodes, ["n", 1, 4, 4], {"v": rand(16, 3).astype(np.float64)}, input_type=TensorProto.DOUBLE)
    audited = compare(save(proto, tmp_path))
    assert any("DOUBLE" in w for w in audited.warnings)


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


@pytest.mark.slow
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


@pytest.mark.slow
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
