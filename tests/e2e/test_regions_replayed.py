"""Regions as whoever downloads them has them: every hit, painted into the uploaded images, by onnxruntime alone.

The net is fitted to the shipped images in closed form (random filters, and a ridge regression of the classes on what
they see), so that single pixels of real images decide.
"""

import io
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from tests.e2e.client import DEMO, Client, Json

SIDE, N = 28, 14
_FILTERS, _FITTED, _RIDGE = 6, 1500, 3.0

Floats = npt.NDArray[np.float32]
Arrays = dict[str, npt.NDArray[Any]]

#: All segmentations, and all kinds of values.
SEARCHES: dict[str, Json] = {
    "slic": {"segmentation": "slic", "segments": 8, "values": "corners", "pixels": 5},
    "masks": {"segmentation": "masks", "values": "corners"},
    "felzenszwalb": {"segmentation": "felzenszwalb", "segments": 6, "values": "minmax", "pixels": 2},
    "grid": {"segmentation": "grid", "segments": 9, "values": "random", "semantic": "entropy"},
    "cam": {"segmentation": "cam", "segments": 4, "values": "de", "budget": 0.1},
}


@dataclass(frozen=True)
class Subject:
    """What is uploaded: a file, and images (n, 3, h, w) with labels; and what the service calls both."""

    file: bytes
    x: Floats
    y: npt.NDArray[np.int64]
    ids: Json

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        return onnxruntime.InferenceSession(self.file, providers=["CPUExecutionProvider"])

    def logits(self, x: Floats) -> Floats:
        """(m, 10) of (m, 3, h, w) in [0, 1]."""
        found: Floats = self._session.run(None, {"x": x})[0]
        return found


@dataclass(frozen=True)
class Searched:
    """What an audit says of regions, and what it leaves."""

    section: Json
    arrays: Arrays

    def painted(self, subject: Subject, column: str, rows: npt.NDArray[Any]) -> tuple[Floats, npt.NDArray[np.int64]]:
        """The images in which pixels `column` were found, each pixel `rows` of them painted; and their sample's row."""
        sample = self.arrays[f"{column}_sample"][rows]
        images = subject.x[self.arrays["index"][sample]]
        y, x = (self.arrays[f"{column}_{axis}"][rows] for axis in "yx")
        images[np.arange(len(rows)), :, y, x] = self.arrays[f"{column}_value"][rows]
        return images, sample


def coloured(x: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Grey images (n, h, w, 1) as (n, h, w, 3): light, half as light, and the negative."""
    return np.concatenate([x, x // 2, 255 - x], 3)


def shipped(name: str, n: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    with np.load(DEMO / f"{name}.npz") as data:
        return coloured(data["x"][:n].reshape(-1, SIDE, SIDE, 1)), data["y"][:n]


def as_floats(x: npt.NDArray[np.uint8]) -> Floats:
    return np.ascontiguousarray(x.transpose(0, 3, 1, 2), np.float32) / np.float32(255)


def onnx_file(weights: dict[str, Floats]) -> bytes:
    """Filters, ReLU and a flattened map; and a linear layer behind it where `head` is among the weights.

    level: features are looked up in a table that has 1 above it, else 0, so that there are no gradients.
    """
    nodes = [
        helper.make_node("Conv", ["x", "filters"], ["seen"], strides=[3, 3]),
        helper.make_node("Relu", ["seen"], ["active"]),
        helper.make_node("Flatten", ["active"], ["flat" if "level" in weights else "features"]),
    ]
    if "level" in weights:
        nodes.append(helper.make_node("Greater", ["flat", "level"], ["above"]))
        nodes.append(helper.make_node("Cast", ["above"], ["place"], to=TensorProto.INT64))
        nodes.append(helper.make_node("Gather", ["table", "place"], ["features"], axis=0))
    if "head" in weights:
        nodes.append(helper.make_node("Gemm", ["features", "head", "bias"], ["logits"]))
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, ["n", None])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    opsets = [helper.make_opsetid("", 17)]
    written: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
    return written


def fitted(level: float | None = None) -> bytes:
    """The net: (features, 1) W = the classes, as unit vectors less a tenth, with the least squares of both."""
    rng = np.random.default_rng(0)
    fixed = {"filters": rng.normal(0, 0.3, (_FILTERS, 3, 4, 4)).astype(np.float32)}
    if level is not None:
        fixed |= {"level": np.array(level, np.float32), "table": np.array([0, 1], np.float32)}
    images, labels = shipped("train", _FITTED)
    body = onnxruntime.InferenceSession(onnx_file(fixed), providers=["CPUExecutionProvider"])
    features = body.run(None, {"x": as_floats(images)})[0].astype(np.float64)
    f = np.concatenate([features, np.ones((len(features), 1))], 1)
    w = np.linalg.solve(f.T @ f + _RIDGE * np.eye(f.shape[1]), f.T @ (np.eye(10)[labels] - 0.1)).astype(np.float32)
    file = onnx_file({**fixed, "head": w[:-1], "bias": w[-1]})
    onnx.checker.check_model(onnx.load_from_string(file))
    return file


@pytest.fixture(scope="module")
def subject(client: Client) -> Subject:
    return uploaded(client, fitted())


def uploaded(client: Client, file: bytes) -> Subject:
    images, labels = shipped("holdout", N)
    grey, buffer = images[..., 0], io.BytesIO()
    masks = np.stack([grey > 0, grey > 128], 1)
    np.savez(buffer, x=images, y=labels, masks=masks, names=np.array(["garment", "light"]))
    ids = {
        "model_id": client.upload("models", "fitted.onnx", file, {}),
        "dataset_id": client.upload("datasets", "images.npz", buffer.getvalue(), {}),
    }
    return Subject(file, as_floats(images), labels, ids)


@pytest.fixture(scope="module")
def searched(client: Client, subject: Subject) -> dict[str, Searched]:
    audits = {
        name: client.start({**subject.ids, "attacks": [{"name": "fgsm"}], "neurons": None, "regions": regions})
        for name, regions in SEARCHES.items()
    }
    return {name: fetched(client, audit) for name, audit in audits.items()}


def fetched(client: Client, audit: str) -> Searched:
    report = client.report(audit)
    listed = client.http.get(f"/audits/{audit}/artifacts").json()["items"]
    (found,) = (item for item in listed if item["kind"] == "regions")
    with np.load(io.BytesIO(client.http.get(client.http.base_url.join(found["href"])).content)) as kept:
        return Searched(report["regions"], dict(kept))


def replayed(subject: Subject, found: Searched) -> None:
    images, sample = found.painted(subject, "hit", np.arange(len(found.arrays["hit_y"])))
    assert len(images) > 20
    index = found.arrays["index"][sample]
    assert ((images != subject.x[index]).any(1).sum((1, 2)) == 1).all()
    reached = subject.logits(images).argmax(1)
    np.testing.assert_array_equal(reached, found.arrays["hit_class"])
    assert (reached != subject.y[index]).all()
    assert found.section["n"] == (subject.logits(subject.x).argmax(1) == subject.y).sum() > N // 2


@pytest.mark.parametrize("search", SEARCHES)
def test_every_hit_replays_differs_in_one_pixel_and_says_its_class(
    subject: Subject, searched: dict[str, Searched], search: str
) -> None:
    replayed(subject, searched[search])


@pytest.mark.parametrize("search", SEARCHES)
def test_the_report_counts_these_hits_region_by_region(searched: dict[str, Searched], search: str) -> None:
    found = searched[search]
    kept = found.arrays
    assert [sample["index"] for sample in found.section["samples"]] == kept["index"].tolist()
    for row, sample in enumerate(found.section["samples"]):
        own = kept["hit_sample"] == row
        y, x, reached = (kept[name][own] for name in ("hit_y", "hit_x", "hit_class"))
        home = kept["segments"][row][y, x]
        assert sum(region["pixels"] for region in sample["regions"]) == SIDE * SIDE
        for region in sample["regions"]:
            inside, number = home == region["region"], region["region"]
            assert region["classes"] == Counter(str(c) for c in reached[inside])
            assert region["vulnerable"] == len({*zip(y[inside], x[inside], strict=True)})
            assert region["pixels"] == (kept["segments"][row] == number).sum()
            assert region["tried"] == ((kept["segments"][row] == number) & (kept["tried"][row] > 0)).sum()
    at = np.argwhere(kept["vulnerable"])
    assert len(at) == sum(region["vulnerable"] for s in found.section["samples"] for region in s["regions"])


def test_whatever_the_regions_are_the_whole_image_is_searched(subject: Subject, searched: dict[str, Searched]) -> None:
    """Every pixel and corner asked of onnxruntime: the hits are these and no others, but for leads at rounding."""
    one, other = (searched[name].arrays for name in ("slic", "masks"))
    for name in ("vulnerable", "tried", "hit_sample", "hit_y", "hit_x", "hit_value", "hit_class"):
        np.testing.assert_array_equal(one[name], other[name])
    corners = np.stack(np.meshgrid(*[[0, 1]] * 3, indexing="ij"), -1).reshape(8, 3).astype(np.float32)
    row = int(one["vulnerable"].any((1, 2)).argmax())
    image = subject.x[one["index"][row]]
    label, sure = subject.y[one["index"][row]], np.zeros((SIDE, SIDE), int)
    unsure = np.zeros((SIDE, SIDE), bool)
    for y in range(SIDE):
        tried = np.repeat(image[None], SIDE * 8, 0).reshape(SIDE, 8, 3, SIDE, SIDE)
        for x in range(SIDE):
            tried[x, :, :, y, x] = corners
        z = subject.logits(tried.reshape(-1, 3, SIDE, SIDE))
        lead = np.delete(z, label, 1).max(1) - z[:, label]
        sure[y] = (lead > 0).reshape(SIDE, 8).sum(1)
        unsure[y] = (np.abs(lead) < 1e-4).reshape(SIDE, 8).any(1)
    assert unsure.sum() < 20
    np.testing.assert_array_equal(one["vulnerable"][row][~unsure], sure[~unsure])
    assert sure.any()


@pytest.mark.parametrize("search", ["slic", "felzenszwalb"])
def test_a_few_pixels_fool_where_the_report_says_so(
    subject: Subject, searched: dict[str, Searched], search: str
) -> None:
    found = searched[search]
    kept, most = found.arrays, SEARCHES[search]["pixels"]
    seen = set()
    for row, sample in enumerate(found.section["samples"]):
        own = kept["few_sample"] == row
        assert own.sum() == kept["few_pixels"][row] == (sample["few_pixels"] or 0) <= most
        assert (sample["few_pixels"] == 1) == (sample["vulnerable_regions"] > 0)
        if own.any():
            image = subject.x[kept["index"][row]].copy()
            image[:, kept["few_y"][own], kept["few_x"][own]] = kept["few_value"][own].T
            assert (image != subject.x[kept["index"][row]]).any(0).sum() == own.sum()
            assert subject.logits(image[None]).argmax() != sample["label"]
            seen.add(int(own.sum()))
    assert len(seen) > 1


def test_a_net_without_gradients_is_searched_alike_and_cam_is_refused_with_the_reason(client: Client) -> None:
    subject = uploaded(client, fitted(level=0.6))
    asked: Json = {**subject.ids, "attacks": [{"name": "gaussian_noise"}], "neurons": None}
    for field, value in (("segmentation", "cam"), ("semantic", "cam_mass")):
        answer = client.http.post("/audits", json={**asked, "regions": {field: value}})
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["pointer"] == f"/regions/{field}"
        assert "class activation maps need gradients" in error["detail"]
    one_pixel = {"name": "one_pixel", "population": 20, "generations": 4}
    audit = client.start({**asked, "regions": {}, "explain": {"attack": one_pixel}})
    found = fetched(client, audit)
    replayed(subject, found)
    assert found.section["semantic"] == "entropy"
    section = client.report(audit)["explain"]
    assert section["n"] > 0
    assert section["map"] is None
    assert section["refinement"]["success"] == 1
