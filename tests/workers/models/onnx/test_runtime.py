"""What onnxruntime does to a file by itself decides nothing about the translation."""

from pathlib import Path
from typing import Any

from openapi.models import InputSpec
from tests.workers.models.onnx.files import RGB, Node, ints, model, node, number, rand, save
from workers.models.inspection import inspect_audited
from workers.models.load import load_model


def saved(nodes: list[Node], constants: dict[str, Any], folder: Path) -> Path:
    return save(model(nodes, RGB, constants, domains={"com.microsoft": 1}), folder)


def test_what_onnxruntime_changes_by_optimising_is_said_and_decides_nothing(tmp_path: Path) -> None:
    """It takes zeros that are padded ahead of a max-pool for the pool's own padding, -inf."""
    path = saved(
        [
            node("Sub", ["x", "one"], "below"),
            node("Pad", ["below", "pads", "zero"], "padded"),
            node("MaxPool", ["padded"], "pooled", kernel_shape=[3, 3], strides=[2, 2]),
            node("Flatten", ["pooled"], "flat"),
            node("MatMul", ["flat", "w"], "y"),
        ],
        {"one": number(2), "zero": number(0), "pads": ints(0, 0, 1, 1, 0, 0, 1, 1), "w": rand(48, 4)},
        tmp_path,
    )
    found = inspect_audited(load_model(path, None, InputSpec()), path)
    assert found.agreement["relative"] < 1e-5 < 1e-2 < found.agreement["optimised"]
    assert any("once it has optimised the graph" in text for text in found.warnings)
    assert not any("logits differ" in text for text in found.warnings)


def test_attention_without_a_bias_is_not_run_by_onnxruntime(tmp_path: Path) -> None:
    """Its kernel reads the missing bias and ends the process."""
    path = saved(
        [
            node("Reshape", ["x", "tokens"], "t"),
            node("Attention", ["t", "w"], "a", domain="com.microsoft", num_heads=2),
            node("ReduceMean", ["a"], "y", axes=[1], keepdims=0),
        ],
        {"tokens": ints(0, 24, 8), "w": rand(8, 24)},
        tmp_path,
    )
    found = inspect_audited(load_model(path, None, InputSpec()), path)
    assert "an Attention without a bias" in found.agreement["reason"]
