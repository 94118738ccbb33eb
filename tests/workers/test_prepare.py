"""The stage that makes a data set what one model takes: real models, Pillow's luminance, evidence that decides."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from openapi.class_names import readings
from openapi.datasets import DatasetInspection
from openapi.stages.base import Stage
from workers.jobs import prepare
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage

K = 12
NUMBERS = [str(i) for i in range(K)]
Array = NDArray[Any]

CENTRES = np.linspace(0.04, 0.96, K, dtype=np.float32)


class Levels(nn.Module):
    """Logit i is highest at the grey level of class `order[i]`."""

    def __init__(self, order: list[int]) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, K, 1)
        centres = torch.from_numpy(CENTRES[order])
        self.conv.weight = nn.Parameter(2 * centres[:, None, None, None])
        self.conv.bias = nn.Parameter(-(centres**2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.conv(x).mean((2, 3))
        return logits


def run(
    tmp_path: Path, x: Array, y: object, model: nn.Module | None = None, output: int | None = None, **params: Any
) -> tuple[dict[str, Any], dict[str, Array]]:
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", np.asarray(y, dtype=np.int64))
    inputs = {"x": tmp_path / "x.npy", "y": tmp_path / "y.npy"}
    if model is not None:
        torch.jit.trace(model.eval(), torch.rand(1, 1, 4, 4)).save(tmp_path / "m.pt")
        inputs["model"] = tmp_path / "m.pt"
        params["model"] = {"format": "torchscript", "input": {"shape": [1, 4, 4]}}
        params["model"] |= {} if output is None else {"output": output}
    out = tmp_path / "out"
    out.mkdir()
    ctx = JobContext(inputs=inputs, params={"channels": None, **params}, scratch=out)
    value = run_stage(Stage.PREPARE, ctx)
    return value, {name: np.load(file.path) for name, file in ctx.files.items()}


def read(**found: Any) -> list[dict[str, Any]]:
    shape = {"num_samples": 4 * K, "shape": [1, 4, 4], "dtype": "float32", "num_classes": K}
    data = {**shape, "class_counts": [4] * K, "numbered_names": sorted(NUMBERS), **found}
    several = readings("m", K, None, DatasetInspection.model_validate(data))
    return [r.model_dump(mode="json") for r in several]


def pictures(per_class: int = 4) -> tuple[Array, Array]:
    y = np.repeat(np.arange(K), per_class)
    return np.broadcast_to(CENTRES[y][:, None, None, None], (len(y), 1, 4, 4)).copy(), y


@pytest.mark.parametrize("order", ["numeric", "text"])
def test_evidence_decides_the_order_of_numbered_classes(tmp_path: Path, order: str) -> None:
    of_logits = sorted(range(K), key=str) if order == "text" else list(range(K))
    x, y = pictures()
    value, files = run(tmp_path, x, y, Levels(of_logits), readings=read())
    assert value["order"] == order
    assert [of_logits[logit] for logit in files["y"]] == y.tolist()
    assert value["evidence"]["n"] == 40, "classes 0 and 1 are the same in both orders"
    assert value["evidence"]["correct"][order] == 40
    assert f"; {order} order was taken." in value["notes"][0]


def test_evidence_that_decides_nothing_says_so(tmp_path: Path) -> None:
    x, y = pictures(1)
    value, files = run(tmp_path, np.zeros_like(x), y, Levels(list(range(K))), readings=read())
    assert value["order"] == "numeric"
    assert "decides nothing, and numeric order was taken" in value["notes"][0]
    assert files["y"].tolist() == y.tolist()


@pytest.mark.parametrize("order", ["numeric", "text", "one_based", "one_based_text"])
def test_evidence_tells_whether_folders_from_one_on_are_counted_from_one(tmp_path: Path, order: str) -> None:
    """Folders 1 to 11, and a model of 12 logits: class 0 is absent, or they are the first eleven of 1 to 12."""
    numbers = list(range(1, 13)) if order.startswith("one_based") else list(range(12))
    of_logits = sorted(numbers, key=str) if order.endswith("text") else numbers
    found = [0, *[4] * (K - 1)]
    several = read(class_counts=found, numbered_names=[str(i) for i in range(1, K)])
    y = np.repeat(np.arange(1, K), 4)
    x = np.broadcast_to(CENTRES[y - numbers[0]][:, None, None, None], (len(y), 1, 4, 4)).copy()
    value, files = run(tmp_path, x, y, Levels([n - numbers[0] for n in of_logits]), readings=several)
    assert (value["order"], [of_logits[logit] for logit in files["y"]]) == (order, y.tolist())
    assert "labels begin at 1, and may be counted from 0 or from 1 (1-based)" in value["notes"][0]
    assert "decides nothing" not in value["notes"][0]


@pytest.mark.parametrize("first", [0, 1])
def test_evidence_tells_whether_plain_labels_are_counted_from_one(tmp_path: Path, first: int) -> None:
    x, y = pictures()
    chosen = slice(4, None) if first == 0 else slice(0, -4)
    several = read(class_counts=[0, *[4] * (K - 1)], numbered_names=None)
    value, files = run(tmp_path, x[chosen], y[chosen] + first, Levels(list(range(K))), readings=several)
    assert files["y"].tolist() == y[chosen].tolist()
    assert value["order"] == ("one_based" if first else "numeric")
    assert value["evidence"] == {"n": 44, "correct": {"numeric": 44 * (not first), "one_based": 44 * first}}
    assert 'The data set\'s "label_order" ("numeric" or "one_based") settles it' in value["notes"][0]
    assert any("1-based" in note for note in value["notes"][1:]) == bool(first)


class TwoHeads(nn.Module):
    """Levels in text order, and beside them levels in numeric order."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.number = Levels(sorted(range(K), key=str)), Levels(list(range(K)))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.text(x), self.number(x)


@pytest.mark.parametrize(("output", "order"), [(0, "text"), (1, "numeric")])
def test_evidence_is_of_the_head_that_was_chosen(tmp_path: Path, output: int, order: str) -> None:
    x, y = pictures()
    value, _ = run(tmp_path, x, y, TwoHeads(), output=output, readings=read())
    assert value["order"] == order
    assert value["evidence"]["correct"][order] == 40


def test_few_samples_are_enough_to_look_at(tmp_path: Path) -> None:
    x, y = pictures(50)
    value, _ = run(tmp_path, x, y, Levels(list(range(K))), readings=read())
    assert value["evidence"] == {"n": prepare.EVIDENCE, "correct": {"numeric": 256, "text": 0}}


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_luminance_is_pillows(tmp_path: Path, dtype: type[Any]) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (5, 3, 6, 7), dtype=np.uint8)
    x = rgb if dtype is np.uint8 else (rgb / np.float32(255)).astype(np.float32)
    reading = [{"order": "numeric", "logits": [0, 1, 2, 3, 4]}]
    value, files = run(tmp_path, x, range(5), readings=reading, channels=1)
    want = np.stack([np.asarray(Image.fromarray(im.transpose(1, 2, 0)).convert("L")) for im in rgb])[:, None]
    if dtype is np.uint8:
        assert np.array_equal(files["x"], want)
    else:
        assert np.abs(files["x"] * 255 - want).max() <= 0.501
    assert files["x"].dtype == dtype
    assert "luminance" in value["channels"]


def test_grey_is_repeated(tmp_path: Path) -> None:
    x = np.random.default_rng(0).integers(0, 256, (5, 1, 6, 7), dtype=np.uint8)
    reading = [{"order": "name", "logits": [3, -1, 2]}]
    value, files = run(tmp_path, x, [0, 2, 2, 0, 0], readings=reading, channels=3)
    assert np.array_equal(files["x"], np.repeat(x, 3, axis=1))
    assert files["y"].tolist() == [3, 2, 2, 3, 3]
    assert value["channels"] == "grey repeated as R = G = B"
