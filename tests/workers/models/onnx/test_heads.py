"""How networks end: probabilities in many spellings, labels, one logit, several outputs."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper

from openapi.models import InputSpec
from openapi.problems import NotAClassifier
from tests.workers.models.onnx.files import compare, ints, model, node, number, rand, save
from workers.models.agreement import agreement
from workers.models.audited import AuditedModel
from workers.models.onnx.load import load_onnx

pytestmark = pytest.mark.slow

BODY = [
    node("Conv", ["x", "conv"], "c", kernel_shape=[3, 3]),
    node("Relu", ["c"], "r"),
    node("GlobalAveragePool", ["r"], "p"),
    node("Flatten", ["p"], "f"),
    node("Gemm", ["f", "fc"], "z"),
]
WEIGHTS = {"conv": rand(6, 3, 3, 3), "fc": rand(6, 4, scale=3.0)}
SHAPE = ["n", 3, 8, 8]


def logits_of(audited: AuditedModel, folder: Path, classes: int = 4) -> None:
    """The audited logits are those of the plain network under the head."""
    plain = load_onnx(save(model(BODY, SHAPE, WEIGHTS, outputs=["z"]), folder, "plain.onnx"), InputSpec())
    x = torch.rand(3, 3, 8, 8)
    torch.testing.assert_close(audited(x), plain(x), rtol=1e-4, atol=1e-5)
    assert audited.num_classes == classes


def agrees(audited: AuditedModel, path: Path) -> None:
    found = agreement(audited, path)
    assert found["relative"] < 1e-4, found


ENDS = {
    "softmax": ([node("Softmax", ["z"], "y", axis=1)], {}),
    "identity": ([node("Softmax", ["z"], "s", axis=-1), node("Identity", ["s"], "y")], {}),
    "log": ([node("Softmax", ["z"], "s", axis=1), node("Log", ["s"], "y")], {}),
    "clipped": ([node("Softmax", ["z"], "s", axis=1), node("Clip", ["s", "tiny", "almost"], "y")], {}),
    "log of clipped": (
        [node("Softmax", ["z"], "s"), node("Clip", ["s", "tiny", "almost"], "t"), node("Log", ["t"], "y")],
        {},
    ),
    "reshaped": ([node("Softmax", ["z"], "s", axis=1), node("Reshape", ["s", "n4"], "y")], {"n4": ints(-1, 4)}),
    "squeezed": (
        [
            node("Reshape", ["z", "n41"], "z4"),
            node("Softmax", ["z4"], "s", axis=1),
            node("Squeeze", ["s", "axes"], "y"),
        ],
        {"n41": ints(-1, 4, 1, 1), "axes": ints(2, 3)},
    ),
    "channels last": (
        [node("Reshape", ["z", "n14"], "z4"), node("Softmax", ["z4"], "y", axis=3)],
        {"n14": ints(-1, 1, 1, 4)},
    ),
    "channels last flattened": (
        [node("Reshape", ["z", "n14"], "z4"), node("Softmax", ["z4"], "s", axis=-1), node("Flatten", ["s"], "y")],
        {"n14": ints(-1, 1, 1, 4)},
    ),
    "image of one pixel": (
        [node("Reshape", ["z", "n41"], "z4"), node("Softmax", ["z4"], "y", axis=1)],
        {"n41": ints(-1, 4, 1, 1)},
    ),
    "transposed": (
        [
            node("Reshape", ["z", "n14"], "z4"),
            node("Softmax", ["z4"], "s", axis=-1),
            node("Transpose", ["s"], "y", perm=[0, 3, 1, 2]),
        ],
        {"n14": ints(-1, 1, 1, 4)},
    ),
    "by hand": (
        [
            node("ReduceMax", ["z"], "m", axes=[1], keepdims=1),
            node("Sub", ["z", "m"], "d"),
            node("Exp", ["d"], "e"),
            node("ReduceSum", ["e", "axis1"], "t", keepdims=1),
            node("Div", ["e", "t"], "y"),
        ],
        {"axis1": ints(1)},
    ),
    "by hand without the largest": (
        [node("Exp", ["z"], "e"), node("ReduceSum", ["e", "axis1"], "t", keepdims=1), node("Div", ["e", "t"], "y")],
        {"axis1": ints(1)},
    ),
    "half": (
        [
            node("Cast", ["z"], "h", to=TensorProto.FLOAT16),
            node("Softmax", ["h"], "s", axis=1),
            node("Cast", ["s"], "y", to=TensorProto.FLOAT),
        ],
        {},
    ),
}


@pytest.mark.parametrize("end", sorted(ENDS))
def test_logits_are_read_before_a_softmax(tmp_path: Path, end: str) -> None:
    nodes, constants = ENDS[end]
    limits = {"tiny": number(1e-7), "almost": number(1 - 1e-7)}
    path = save(model([*BODY, *nodes], SHAPE, WEIGHTS | constants | limits), tmp_path)
    audited = compare(path, tolerance=2e-3 if end == "half" else 1e-4)
    assert audited.output.head == ("log_softmax" if end.startswith("log") else "softmax")
    assert any("logits are read before it" in w for w in audited.warnings)
    logits_of(audited, tmp_path)


VECTORS = {
    "reshaped": [node("Reshape", ["z", "four"], "y")],
    "squeezed": [node("Squeeze", ["z", "zero"], "y")],
    "picked": [node("Gather", ["z", "first"], "y", axis=0)],
    "softmax": [node("Reshape", ["z", "four"], "s"), node("Softmax", ["s"], "y", axis=0)],
    "squeezed softmax": [node("Softmax", ["z"], "s", axis=1), node("Squeeze", ["s", "zero"], "y")],
}


@pytest.mark.parametrize("end", sorted(VECTORS))
def test_a_vector_for_one_image(tmp_path: Path, end: str) -> None:
    constants = {"four": ints(4), "zero": ints(0), "first": np.array(0, np.int64)}
    path = save(model([*BODY, *VECTORS[end]], [1, 3, 8, 8], WEIGHTS | constants), tmp_path)
    audited = compare(path)
    assert audited.before_softmax == ("softmax" in end)
    logits_of(audited, tmp_path)
    agrees(audited, path)


def test_softmax_inside_of_the_network_stays(tmp_path: Path) -> None:
    """Attention over channels is no head, nor is a softmax over another axis."""
    inside = [
        node("Softmax", ["f"], "a", axis=1),
        node("Mul", ["f", "a"], "g"),
        node("Gemm", ["g", "fc"], "y"),
    ]
    audited = compare(save(model([*BODY[:4], *inside], SHAPE, WEIGHTS), tmp_path))
    assert audited.output.head == ""


def test_sigmoid_of_each_class(tmp_path: Path) -> None:
    path = save(model([*BODY, node("Sigmoid", ["z"], "y")], SHAPE, WEIGHTS), tmp_path)
    audited = compare(path)
    assert audited.output.head == "sigmoid"
    logits_of(audited, tmp_path)
    agrees(audited, path)


SINGLE = {
    "logit": ([node("Gemm", ["f", "w1"], "y")], ""),
    "vector of logits": ([node("Gemm", ["f", "w1"], "u"), node("Squeeze", ["u", "axes"], "y")], ""),
    "sigmoid": ([node("Gemm", ["f", "w1"], "u"), node("Sigmoid", ["u"], "y")], "sigmoid"),
    "vector of probabilities": (
        [node("Gemm", ["f", "w1"], "u"), node("Sigmoid", ["u"], "s"), node("Squeeze", ["s", "axes"], "y")],
        "sigmoid",
    ),
    "image of one pixel": (
        [node("Conv", ["p", "k1"], "u", kernel_shape=[1, 1]), node("Sigmoid", ["u"], "y")],
        "sigmoid",
    ),
}


@pytest.mark.parametrize("end", sorted(SINGLE))
def test_one_number_is_the_logit_of_two_classes(tmp_path: Path, end: str) -> None:
    nodes, head = SINGLE[end]
    constants = {"conv": WEIGHTS["conv"], "w1": rand(6, 1), "k1": rand(1, 6, 1, 1), "axes": ints(1)}
    path = save(model([*BODY[:4], *nodes], SHAPE, constants), tmp_path)
    audited = compare(path)
    assert (audited.num_classes, audited.output.head, audited.output.single) == (2, head, True)
    assert any("class 1 against class 0" in w for w in audited.warnings)
    logits = audited(torch.rand(3, 3, 8, 8))
    assert logits.shape == (3, 2)
    assert not logits[:, 0].any()
    agrees(audited, path)


LABELS = {
    "argmax": [node("ArgMax", ["z"], "y", axis=1, keepdims=0)],
    "kept dimension": [node("ArgMax", ["z"], "y", axis=1, keepdims=1)],
    "of a softmax": [node("Softmax", ["z"], "s", axis=1), node("ArgMax", ["s"], "y", axis=-1, keepdims=0)],
    "cast": [node("ArgMax", ["z"], "a", axis=1), node("Cast", ["a"], "b", to=6), node("Squeeze", ["b", "one"], "y")],
}


@pytest.mark.parametrize("end", sorted(LABELS))
def test_logits_are_read_before_a_label(tmp_path: Path, end: str) -> None:
    kind = TensorProto.INT32 if end == "cast" else TensorProto.INT64
    path = save(model([*BODY, *LABELS[end]], SHAPE, WEIGHTS | {"one": ints(1)}, output_type=kind), tmp_path)
    audited = load_onnx(path, InputSpec())
    assert audited.output.head == "label"
    assert any("ArgMax" in w for w in audited.warnings)
    logits_of(audited, tmp_path)
    agrees(audited, path)


def test_logits_are_read_before_the_best_classes(tmp_path: Path) -> None:
    best = [node("Softmax", ["z"], "s", axis=1), node("TopK", ["s", "k"], ["values", "indices"], axis=1)]
    proto = model([*BODY, *best], SHAPE, WEIGHTS | {"k": ints(2)}, outputs=["values", "indices"])
    proto.graph.output[1].type.tensor_type.elem_type = TensorProto.INT64
    audited = load_onnx(save(proto, tmp_path), InputSpec())
    logits_of(audited, tmp_path)


def several(*names: str) -> tuple[list[onnx.NodeProto], dict[str, Any], list[str]]:
    nodes = [
        *BODY,
        node("Softmax", ["z"], "probabilities", axis=1),
        node("ArgMax", ["z"], "label", axis=1, keepdims=0),
        node("ReduceMax", ["probabilities"], "confidence", axes=[1], keepdims=0),
        node("Identity", ["f"], "features"),
        node("LpNormalization", ["f"], "embedding", axis=1, p=2),
        node("Gemm", ["f", "other"], "aux"),
    ]
    return nodes, WEIGHTS | {"other": rand(6, 9)}, list(names)


@pytest.mark.parametrize(
    "outputs",
    [
        ("z", "features"),
        ("features", "z"),
        ("embedding", "probabilities"),
        ("label", "probabilities"),
        ("probabilities", "label"),
        ("probabilities", "z"),
        ("aux", "z"),
        ("confidence", "label", "z"),
        ("label", "confidence", "features"),
    ],
    ids="-".join,
)
def test_the_logits_among_several_outputs(tmp_path: Path, outputs: tuple[str, ...]) -> None:
    nodes, constants, names = several(*outputs)
    proto = model(nodes, SHAPE, constants, outputs=names)
    for port in proto.graph.output:
        port.type.tensor_type.elem_type = TensorProto.INT64 if port.name == "label" else TensorProto.FLOAT
    path = save(proto, tmp_path)
    audited = load_onnx(path, InputSpec())
    logits_of(audited, tmp_path)
    assert any("structure with" in w for w in audited.warnings)
    agrees(audited, path)


def test_label_and_probabilities_of_a_scikit_learn_network(tmp_path: Path) -> None:
    """As skl2onnx writes an MLPClassifier without ZipMap: the label's branch needs no translation."""
    nodes = [
        node("Cast", ["x"], "cast", to=1),
        node("MatMul", ["cast", "coefficient"], "mul"),
        node("Add", ["mul", "intercepts"], "add"),
        node("Relu", ["add"], "relu"),
        node("MatMul", ["relu", "coefficient1"], "mul1"),
        node("Add", ["mul1", "intercepts1"], "add1"),
        node("Softmax", ["add1"], "probabilities", axis=-1),
        node("ArgMax", ["probabilities"], "best", axis=1, keepdims=1),
        node("ArrayFeatureExtractor", ["classes", "best"], "picked", domain="ai.onnx.ml"),
        node("Reshape", ["picked", "flat"], "label"),
    ]
    constants = {
        "coefficient": rand(49, 8),
        "intercepts": rand(1, 8),
        "coefficient1": rand(8, 3),
        "intercepts1": rand(1, 3),
        "classes": ints(0, 1, 2),
        "flat": ints(-1),
    }
    proto = model(nodes, ["n", 49], constants, opset=13, outputs=["label", "probabilities"], domains={"ai.onnx.ml": 1})
    proto.graph.output[0].type.tensor_type.elem_type = TensorProto.INT64
    path = save(proto, tmp_path)
    audited = compare(path, output=1)
    assert audited.before_softmax
    assert any("label" in w and "ArrayFeatureExtractor" in w for w in audited.warnings)
    agrees(audited, path)


def test_pictures_and_pairs_of_numbers_are_refused(tmp_path: Path) -> None:
    for nodes in ([node("Relu", ["x"], "y")], [node("ReduceMean", ["x"], "y", axes=[0, 1, 2, 3], keepdims=0)]):
        with pytest.raises(NotAClassifier, match="returns logits"):
            load_onnx(save(model(nodes, SHAPE, {}), tmp_path), InputSpec())
    boxes = helper.make_tensor_value_info("boxes", TensorProto.FLOAT, ["n", 16, 4])
    proto = model([node("Reshape", ["x", "s"], "y")], ["n", 3, 8, 8], {"s": ints(0, -1, 4)})
    proto.graph.output[0].CopyFrom(boxes)
    proto.graph.node[0].output[0] = "boxes"
    with pytest.raises(NotAClassifier, match="returns logits"):
        load_onnx(save(proto, tmp_path), InputSpec())
