"""scikit-learn's linear classifiers: one operator that holds weights as attributes, written out as a layer."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from openapi.problems import ModelMalformed, UnsupportedOperator

_ML = "ai.onnx.ml"
#: What is done to the scores → the operator that does it.
_AFTER = {"NONE": "Identity", "LOGISTIC": "Sigmoid", "SOFTMAX": "Softmax"}


def write_out(model: ModelProto) -> None:
    """Replace every LinearClassifier of the main graph, in place.

    By Gemm, Sigmoid or Softmax, and ArgMax, so that its weights are a layer's: seen by sensitivity and trained by
    hardening. The label of a class that is called by a word stays as an operator without a translation. Raises
    `ModelMalformed` where numbers are missing, `UnsupportedOperator` for SOFTMAX_ZERO and PROBIT, and for one row of
    numbers that is not LOGISTIC: onnxruntime's label (s > 0) and scores (1 - s, s) then contradict each other.
    """
    taken = {name for node in model.graph.node for name in (*node.input, *node.output)}
    nodes: list[NodeProto] = []
    for i, node in enumerate(model.graph.node):
        if node.domain != _ML or node.op_type != "LinearClassifier":
            nodes.append(node)
            continue
        stem = node.name or f"linear_classifier_{i}"
        while any(name.startswith(f"{stem}.") for name in taken):
            stem += "_"
        nodes += _written_out(model, node, stem)
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _written_out(model: ModelProto, node: NodeProto, stem: str) -> list[NodeProto]:
    given: dict[str, Any] = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    intercepts = np.array(given.get("intercepts", ()), np.float32)
    weights = np.array(given.get("coefficients", ()), np.float32)
    if not len(intercepts) or not len(weights) or len(weights) % len(intercepts) or len(node.input) != 1:
        raise ModelMalformed(
            f"Node {node.name!r} (LinearClassifier) has {len(weights)} coefficients and {len(intercepts)} intercepts."
        )
    after = given.get("post_transform", b"NONE").decode()
    if after not in _AFTER or (len(intercepts) == 1 and after != "LOGISTIC"):
        rows = " on one row of coefficients" if after in _AFTER else ""
        raise UnsupportedOperator(
            f"Node {node.name!r} (LinearClassifier) ends in {after}{rows}, which is not supported.",
            operator="LinearClassifier",
            domain=_ML,
            node=node.name,
        )
    weight, bias = f"{stem}.weight", f"{stem}.bias"
    model.graph.initializer.append(numpy_helper.from_array(weights.reshape(len(intercepts), -1), weight))
    model.graph.initializer.append(numpy_helper.from_array(intercepts, bias))
    label, scores = [*node.output, "", ""][:2]
    scores = scores or f"{stem}.scores"
    cast, raw = f"{stem}.float", f"{stem}.raw"
    made = [
        helper.make_node("Cast", [node.input[0]], [cast], to=TensorProto.FLOAT),
        helper.make_node("Gemm", [cast, weight, bias], [raw], f"{stem}.layer", transB=1),
    ]
    if len(intercepts) == 1:  # of two classes the second alone has a score: sigmoid(-s) = 1 - sigmoid(s)
        made.append(helper.make_node("Neg", [raw], [f"{stem}.opposite"]))
        made.append(helper.make_node("Concat", [f"{stem}.opposite", raw], [f"{stem}.both"], axis=1))
        raw = f"{stem}.both"
    options: dict[str, Any] = {"axis": 1} if after == "SOFTMAX" else {}
    made.append(helper.make_node(_AFTER[after], [raw], [scores], **options))
    return made + (_labels(model, node, stem, scores, given.get("classlabels_ints")) if label else [])


def _labels(
    model: ModelProto, node: NodeProto, stem: str, scores: str, classes: Sequence[int] | None
) -> list[NodeProto]:
    """The nodes that name the class."""
    label = node.output[0]
    if not classes:
        return [helper.make_node("LinearClassifier", [scores], [label], node.name, domain=_ML)]
    if list(classes) == list(range(len(classes))):
        return [helper.make_node("ArgMax", [scores], [label], axis=1, keepdims=0)]
    model.graph.initializer.append(numpy_helper.from_array(np.array(classes, np.int64), f"{stem}.classes"))
    return [
        helper.make_node("ArgMax", [scores], [f"{stem}.best"], axis=1, keepdims=0),
        helper.make_node("Gather", [f"{stem}.classes", f"{stem}.best"], [label]),
    ]
