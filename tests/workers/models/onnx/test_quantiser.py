"""Files of onnxruntime's own quantiser: static in both of its formats, and dynamic."""

import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

from openapi.models import InputSpec
from tests.workers.models.onnx.files import compare, model, node, rand, save
from workers.models.agreement import agreement
from workers.models.audited import AuditedModel
from workers.models.inspection import inspect_audited
from workers.models.onnx.load import load_onnx

pytestmark = pytest.mark.slow

NODES = [
    node("Conv", ["x", "w0", "b0"], "c0", pads=[1, 1, 1, 1], kernel_shape=[3, 3]),
    node("Relu", ["c0"], "r0"),
    node("Conv", ["r0", "w1"], "c1", pads=[1, 1, 1, 1], kernel_shape=[3, 3]),
    node("Add", ["c1", "r0"], "a"),
    node("LeakyRelu", ["a"], "l", alpha=0.1),
    node("MaxPool", ["l"], "m", kernel_shape=[2, 2], strides=[2, 2]),
    node("AveragePool", ["l"], "av", kernel_shape=[2, 2], strides=[2, 2]),
    node("Concat", ["m", "av"], "cat", axis=1),
    node("Sigmoid", ["cat"], "sg"),
    node("Mul", ["cat", "sg"], "mu"),
    node("GlobalAveragePool", ["mu"], "g"),
    node("Flatten", ["g"], "f"),
    node("Gemm", ["f", "v", "vb"], "h", transB=1),
    node("Relu", ["h"], "hr"),
    node("MatMul", ["hr", "q"], "z0"),
    node("Add", ["z0", "zb"], "z"),
    node("Softmax", ["z"], "y", axis=1),
]


class Images(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self.images = iter([{"x": rng.random((1, 3, 8, 8), np.float32)} for _ in range(8)])

    def get_next(self) -> dict[str, Any] | None:
        return next(self.images, None)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    constants = {
        "w0": rand(8, 3, 3, 3),
        "b0": rand(8),
        "w1": rand(8, 8, 3, 3, scale=0.2),
        "v": rand(16, 16),
        "vb": rand(16),
        "q": rand(16, 5),
        "zb": rand(5),
    }
    return save(model(NODES, ["n", 3, 8, 8], constants, opset=13), tmp_path, "plain.onnx")


def follows(audited: AuditedModel, plain: Path) -> None:
    """Nearly the logits of the network that was quantised; a gradient; nothing that could be trained."""
    x = torch.rand(6, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        wanted = load_onnx(plain, InputSpec())(x)
        assert float((audited(x) - wanted).abs().max() / wanted.abs().max()) < 0.15
    assert audited.before_softmax
    assert [layer.kind for layer in audited.layers] == ["conv", "conv", "linear", "linear"]
    assert not audited.trainable
    assert any("straight-through" in w for w in audited.warnings)


@pytest.mark.parametrize(
    ("form", "per_channel", "activations"),
    [
        (QuantFormat.QDQ, True, QuantType.QUInt8),
        (QuantFormat.QDQ, False, QuantType.QInt8),
        (QuantFormat.QOperator, False, QuantType.QUInt8),
        (QuantFormat.QOperator, True, QuantType.QInt8),
    ],
)
def test_static(tmp_path: Path, plain: Path, form: QuantFormat, per_channel: bool, activations: QuantType) -> None:
    path = tmp_path / "q.onnx"
    quantize_static(
        str(plain),
        str(path),
        Images(),
        quant_format=form,
        per_channel=per_channel,
        activation_type=activations,
        weight_type=QuantType.QInt8,
    )
    operators = {n.op_type for n in onnx.load(path).graph.node}
    assert ("QGemm" in operators) == (form == QuantFormat.QOperator)
    # onnxruntime computes QDQ pairs in whole numbers where it can, and its own integer kernels saturate on some CPUs
    follows(compare(path, tolerance=0.1), plain)


@pytest.mark.parametrize("per_channel", [False, True])
def test_dynamic(tmp_path: Path, plain: Path, per_channel: bool) -> None:
    """Scales come from each image alone: what the file itself computes for a batch of one."""
    path = tmp_path / "q.onnx"
    quantize_dynamic(str(plain), str(path), per_channel=per_channel)
    audited = compare(path, batches=(1,), tolerance=0.02)
    follows(audited, plain)
    assert agreement(audited, path)["relative"] < 0.02
    assert not any("batch-dependent" in w for w in inspect_audited(audited).warnings)
