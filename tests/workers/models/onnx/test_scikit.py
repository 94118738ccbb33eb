"""Linear models of scikit-learn as skl2onnx writes them, beside onnxruntime: scores, labels, dictionaries, weights."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from onnx import TensorProto, helper

from openapi.models import InputSpec
from openapi.problems import ModelMalformed, UnsupportedOperator
from tests.workers.models.onnx.files import compare, model, node, rand, save, session
from workers.models.agreement import agreement
from workers.models.load import load_model

_ML = "ai.onnx.ml"
SPEC = InputSpec(shape=(1, 4, 4))


def linear(rows: int, after: str, classes: list[Any] | None = None, **more: Any) -> Any:
    """A LinearClassifier from 16 pixels, `label` and `scores`."""
    classes = classes or list(range(max(2, rows)))
    kind = "classlabels_strings" if isinstance(classes[0], str) else "classlabels_ints"
    weights = rand(rows, 16, scale=2.0)
    options = {
        "coefficients": weights.flatten().tolist(),
        "intercepts": (-weights.sum(1) / 2).tolist(),  # level at grey
        "post_transform": after,
        kind: classes,
        **more,
    }
    return node("LinearClassifier", ["x"], ["label", "scores"], domain=_ML, **options)


def written(folder: Path, *nodes: Any, outputs: tuple[str, ...] = ("label", "scores"), words: bool = False) -> Path:
    proto = model(nodes, ["n", 16], {}, outputs=outputs, domains={_ML: 3})
    for port in proto.graph.output:
        if port.name == "label":
            port.type.tensor_type.elem_type = TensorProto.STRING if words else TensorProto.INT64
        if port.name == "by_class":
            port.ClearField("type")
    return save(proto, folder)


def right(path: Path, names: list[Any] | None = None) -> None:
    """The translation names the classes that onnxruntime's `label` names."""
    found = load_model(path, None, SPEC)
    x = torch.rand(64, 1, 4, 4, generator=torch.Generator().manual_seed(1))
    labels = session(path).run(["label"], {"x": x.reshape(64, 16).numpy()})[0]
    places = found(x).argmax(1).tolist()
    assert [names[p] if names else p for p in places] == labels.ravel().tolist()
    assert len(set(places)) > 1


@pytest.mark.parametrize(
    ("rows", "after"),
    [(1, "LOGISTIC"), *((rows, after) for rows in (2, 3) for after in ("NONE", "LOGISTIC", "SOFTMAX"))],
)
def test_scores_are_onnxruntimes(rows: int, after: str, tmp_path: Path) -> None:
    path = written(tmp_path, linear(rows, after))
    found = compare(path, SPEC, output=1)
    assert found.num_classes == max(2, rows)
    assert found.output.head == {"NONE": "", "LOGISTIC": "sigmoid", "SOFTMAX": "softmax"}[after]
    assert [(layer.kind, layer.neurons) for layer in found.layers] == [("linear", rows)]
    assert sorted(p.numel() for p in found.trainable_parameters().values()) == sorted([rows, rows * 16])
    right(path)


@pytest.mark.parametrize("classes", [[3, 1, 7], ["owl", "cat", "dog"]], ids=["numbers", "words"])
def test_classes_keep_the_order_of_the_scores(classes: list[Any], tmp_path: Path) -> None:
    keys = {"classlabels_strings" if isinstance(classes[0], str) else "classlabels_int64s": classes}
    nodes = [
        linear(3, "LOGISTIC", classes),
        node("Normalizer", ["scores"], "normed", domain=_ML, norm="L1"),
        node("ZipMap", ["normed"], "by_class", domain=_ML, **keys),
    ]
    path = written(tmp_path, *nodes, outputs=("label", "by_class"), words=isinstance(classes[0], str))
    right(path, classes)
    found = load_model(path, None, SPEC)
    assert found.output.head == "sigmoid"
    assert any(f"in the order {classes}" in warning for warning in found.warnings)
    compared = agreement(found, path)
    assert compared["relative"] < 1e-6, "the dictionaries of onnxruntime"
    x = torch.rand(2, 1, 4, 4)
    assert found.file_output(found(x)) is not None


@pytest.mark.parametrize("classes", [np.arange(3), np.array(["owl", "cat", "dog"], object)], ids=["numbers", "words"])
def test_a_network_behind_a_zip_map(classes: Any, tmp_path: Path) -> None:
    """As skl2onnx writes an MLPClassifier by default."""
    words = classes.dtype == object
    keys: dict[str, Any] = {"classlabels_strings" if words else "classlabels_int64s": classes.tolist()}
    nodes = [
        node("Gemm", ["x", "w"], "h"),
        node("Relu", ["h"], "r"),
        node("Gemm", ["r", "v"], "z"),
        node("Softmax", ["z"], "p", axis=-1),
        node("ArgMax", ["p"], "best", axis=1, keepdims=1),
        node("ArrayFeatureExtractor", ["classes", "best"], "label", domain=_ML),
        node("ZipMap", ["p"], "by_class", domain=_ML, **keys),
    ]
    constants = {"w": rand(16, 8), "v": rand(8, 3, scale=3.0), "classes": classes}
    proto = model(nodes, ["n", 16], constants, outputs=("label", "by_class"), domains={_ML: 1})
    proto.graph.output[0].type.tensor_type.elem_type = TensorProto.STRING if words else TensorProto.INT64
    proto.graph.output[1].ClearField("type")
    path = save(proto, tmp_path)
    found = load_model(path, None, SPEC)
    assert found.before_softmax
    assert agreement(found, path)["relative"] < 1e-6
    right(path, classes.tolist())


def test_a_file_of_words_alone_is_named(tmp_path: Path) -> None:
    nodes = [
        node("Gemm", ["x", "w"], "z"),
        node("ArgMax", ["z"], "best", axis=1, keepdims=1),
        node("ArrayFeatureExtractor", ["classes", "best"], "y", domain=_ML),
    ]
    constants = {"w": rand(16, 3), "classes": np.array(["owl", "cat", "dog"], object)}
    proto = model(nodes, ["n", 16], constants, domains={_ML: 1})
    proto.graph.output[0].type.tensor_type.elem_type = TensorProto.STRING
    with pytest.raises(UnsupportedOperator, match="Tensor 'classes' uses STRING, which cannot be audited"):
        load_model(save(proto, tmp_path), None, SPEC)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedOperator, match="ends in PROBIT"):
        load_model(written(tmp_path, linear(1, "PROBIT")), None, SPEC)
    with pytest.raises(UnsupportedOperator, match="SOFTMAX on one row"):
        load_model(written(tmp_path, linear(1, "SOFTMAX")), None, SPEC)
    with pytest.raises(ModelMalformed, match="48 coefficients and 5 intercepts"):
        load_model(written(tmp_path, linear(3, "NONE", intercepts=[0.0] * 5)), None, SPEC)
    forest = helper.make_node("TreeEnsembleClassifier", ["x"], ["label", "scores"], "trees", domain=_ML)
    with pytest.raises(UnsupportedOperator, match="trees, kernels and neighbours are not read"):
        load_model(written(tmp_path, forest), None, SPEC)
