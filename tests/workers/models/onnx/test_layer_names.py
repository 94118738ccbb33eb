"""Layers are called alike in every format of one network, also where an exporter left their weights without a name."""

import contextlib
import io
import warnings
from pathlib import Path

import pytest

from openapi.models import InputSpec
from tests.tools.exporters import COLUMNS
from tests.workers.models.onnx.files import RGB, model, node, rand, save
from tests.workers.models.onnx.nets import build
from workers.models.load import load_model

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("family", "columns"),
    [("resnet", ("onnx 13", "onnx dynamo")), ("vit", ("onnx 17", "onnx dynamo")), ("swin", ("onnx 17",))],
)
def test_layers_are_called_alike(family: str, columns: tuple[str, ...], tmp_path: Path) -> None:
    net, x = build(family)
    called: dict[str, list[str]] = {}
    for column in ("trace", *columns):
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            COLUMNS[column](net, x, tmp_path / column)
        called[column] = [layer.name for layer in load_model(tmp_path / column, None, InputSpec()).layers]
    assert all(names == called["trace"] for names in called.values())


def test_a_name_that_is_taken_is_left(tmp_path: Path) -> None:
    """Two convolutions stand in one module; the first gets its name, and a weight's own name is never taken."""
    nodes = [
        node("Conv", ["x", "onnx__Conv_1"], "a", pads=[1] * 4),
        node("Conv", ["a", "onnx__Conv_2"], "b", pads=[1] * 4),
        node("Conv", ["b", "other.weight"], "c", pads=[1] * 4),
        node("Conv", ["c", "onnx__Conv_3"], "d", pads=[1] * 4),
        node("GlobalAveragePool", ["d"], "p"),
        node("Flatten", ["p"], "y"),
    ]
    called = ("/block/block.0/Conv", "/block/block.0/Conv_1", "/other/Conv", "/other/Conv_1", "", "")
    for made, name in zip(nodes, called, strict=True):
        made.name = name
    weights = {f"onnx__Conv_{i}": rand(3, 3, 3, 3, seed=i) for i in (1, 2, 3)} | {"other.weight": rand(3, 3, 3, 3)}
    found = load_model(save(model(nodes, RGB, weights), tmp_path), None, InputSpec())
    assert [layer.name for layer in found.layers] == ["block.0", "onnx__Conv_2", "other", "onnx__Conv_3"]


def test_folded_norms_are_said(tmp_path: Path) -> None:
    """By both exporters; weights that were anonymous for another reason are not called folded."""
    cases = (("resnet", "onnx 13", 12), ("resnet", "onnx dynamo", 12), ("resnet", "trace", 0), ("vgg", "onnx 17", 0))
    for family, column, convolutions in cases:
        net, x = build(family)
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            COLUMNS[column](net, x, tmp_path / family)
        said = [text for text in load_model(tmp_path / family, None, InputSpec()).warnings if "folded" in text]
        assert len(said) == bool(convolutions), said
        assert all(f"into {convolutions} of {convolutions} convolutions" in text for text in said)
