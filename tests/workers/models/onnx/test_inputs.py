"""The image as files take it: flat, in whole numbers, with free sizes; and inputs that are no image."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper

from openapi.models import InputSpec
from openapi.problems import ModelRejected, NotAClassifier
from tests.workers.models.onnx.files import compare, conv_head, ints, model, node, rand, save
from workers.models.onnx.load import load_onnx


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
