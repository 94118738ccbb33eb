"""Branches, loops, training mode: taken where the file decides, refused with advice otherwise."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from openapi.models import InputSpec
from openapi.problems import UnsupportedOperator
from tests.workers.models.onnx.files import compare, conv_head, ints, model, node, rand, save
from workers.models.onnx.load import load_onnx


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


@pytest.mark.parametrize("training", [False, True])
def test_a_branch_that_is_not_taken_may_hold_anything(training: bool, tmp_path: Path) -> None:
    nodes, constants = conv_head()

    def branch(name: str, op: str) -> onnx.GraphProto:
        output = helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
        return helper.make_graph([node(op, ["logits"], name)], name, [], [output])

    choice = node("If", ["cond"], "y", then_branch=branch("t", "Bernoulli"), else_branch=branch("e", "Identity"))
    constants |= {"cond": np.array(training)}
    path = save(model([*nodes, choice], ["n", 3, 8, 8], constants, opset=15), tmp_path)
    if training:
        with pytest.raises(UnsupportedOperator, match=r"Bernoulli.*random numbers"):
            load_onnx(path, InputSpec())
    else:
        compare(path)


def _of_weights() -> list[onnx.NodeProto]:
    """Whether a weight of any size is beyond all bounds, which it is not."""
    return [node("ReduceMax", ["conv.weight"], "most", keepdims=0), node("Greater", ["most", "bound"], "cond")]


def _of_numbers() -> list[onnx.NodeProto]:
    """Whether a bias holds NaN."""
    counted = node("ReduceSum", ["ones"], "count", keepdims=0)
    return [node("IsNaN", ["fc.bias"], "lost"), node("Cast", ["lost"], "ones", to=TensorProto.FLOAT), counted,
            node("Cast", ["count"], "cond", to=TensorProto.BOOL)]  # fmt: skip


def _of_sizes() -> list[onnx.NodeProto]:
    """Whether the picture is wider than a bound."""
    sizes = [node("Shape", ["x"], "sizes"), node("Gather", ["sizes", "last"], "width")]
    return [*sizes, node("Cast", ["width"], "wide", to=TensorProto.FLOAT), node("Greater", ["wide", "bound"], "cond")]


@pytest.mark.parametrize("condition", [_of_weights, _of_numbers, _of_sizes])
def test_the_file_decides_by_its_constants(condition: Callable[[], list[onnx.NodeProto]], tmp_path: Path) -> None:
    nodes, constants = conv_head()

    def branch(name: str, op: str) -> onnx.GraphProto:
        output = helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
        return helper.make_graph([node(op, ["logits"], name)], name, [], [output])

    choice = node("If", ["cond"], "y", then_branch=branch("t", "Unheard"), else_branch=branch("e", "Neg"))
    more = {"bound": np.array(1e6, np.float32), "last": np.array(3)}
    made = model([*nodes, *condition(), choice], ["n", 3, 8, 8], constants | more)
    audited = load_onnx(save(made, tmp_path), InputSpec())
    assert set(audited.trainable_parameters()) == set(constants)
    for attribute in choice.attribute:
        if attribute.name == "then_branch":
            attribute.g.node[0].op_type = "Abs"  # which onnxruntime knows
    compare(save(model([*nodes, *condition(), choice], ["n", 3, 8, 8], constants | more), tmp_path))


def test_a_weight_that_only_a_branch_reads_is_trainable(tmp_path: Path) -> None:
    """As the exporter writes Hiera's table of positions: squeezed in a branch that a constant chooses."""
    nodes, constants = conv_head()
    output = helper.make_tensor_value_info("o", TensorProto.FLOAT, None)
    body = helper.make_graph([node("Squeeze", ["again", "first"], "o"), node("Identity", ["table"], "again")][::-1],
                             "b", [], [output])  # fmt: skip
    choice = node("If", ["cond"], "chosen", then_branch=body, else_branch=body)
    more = {"table": rand(1, 4), "first": ints(0), "cond": np.array(True)}
    path = save(
        model([*nodes, choice, node("Add", ["logits", "chosen"], "y")], ["n", 3, 8, 8], constants | more), tmp_path
    )
    assert set(compare(path).trainable_parameters()) == {*constants, "table"}


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


def test_training_mode_is_refused(tmp_path: Path) -> None:
    nodes, constants = conv_head()
    drop = node("Dropout", ["logits", "ratio", "on"], "y")
    constants |= {"ratio": np.array(0.5, np.float32), "on": np.array(True)}
    with pytest.raises(UnsupportedOperator, match="evaluation mode"):
        load_onnx(save(model([*nodes, drop], ["n", 3, 8, 8], constants), tmp_path), InputSpec())
