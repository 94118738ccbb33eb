"""Window maps and fields of chosen neurons, against the maps that the audit keeps and the worker's own pictures."""

import io
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from PIL import Image

from service.analyses.field_masks import Mode, inside
from tests.analyses.conftest import images as given
from tests.analyses.in_process import InProcess
from tests.service.analyses.conftest import ATTACK, REQUEST, Explored, Place
from workers.neurons.fields import cut, overlay, receptive_field


@pytest.fixture(scope="module")
def mapped(place: Place, tiny: InProcess) -> Explored:
    """An audit with windows of 2×2 pixels."""
    neurons = {"steps": 3, "vulnerability": {"attack": ATTACK, "window": 2}}
    audited = tiny.audit(attacks=REQUEST["attacks"], neurons=neurons, explain=None, regions=None)
    identity = place.start()
    place.leave(identity, audited)
    return Explored(place, identity, audited)


def pixels(explored: Explored, index: int, what: str, **params: Any) -> Any:
    answer = explored.ask(f"images/{index}/{what}.png", params={"scale": 1, **params})
    assert answer.status_code == 200, answer.text
    with Image.open(io.BytesIO(answer.content)) as opened:
        opened.load()
        return np.asarray(opened).astype(int)


@pytest.mark.parametrize("mode", ["union", "intersection"])
@pytest.mark.parametrize("neurons", [(3,), (0, 5, 15), tuple(range(16))])
def test_a_field_is_the_workers_own(mapped: Explored, mode: Any, neurons: tuple[int, ...]) -> None:
    kept, x = mapped.arrays("vulnerability_maps"), given().numpy() / 255
    for row, index in enumerate(kept["index"].tolist()[:4]):
        fields = receptive_field(kept["field"][row, list(neurons)].astype(np.float32), 8, 8)
        expected = overlay(x[index], cut(fields, 0.25, mode), visibility=0.4, opacity=0.5)
        asked = {"neurons": ",".join(map(str, neurons)), "mode": mode, "visibility": 0.4, "opacity": 0.5}
        found = pixels(mapped, index, "field-benign", **asked)
        border = (np.abs(fields - 0.25) < 1e-5).any(0)  # there rounding decides
        np.testing.assert_allclose(found[~border], expected.astype(int)[~border], atol=1)
        assert (~border).any()


def test_the_field_in_the_adversarial_image_is_another(mapped: Explored) -> None:
    kept = mapped.arrays("vulnerability_maps")
    index = int(kept["index"][0])
    adversarial = pixels(mapped, index, "adversarial")
    field = receptive_field(kept["field_adv"][0, [7]].astype(np.float32), 8, 8)
    found = pixels(mapped, index, "field-adversarial", neurons="7", visibility=0, opacity=0)
    expected = np.where(cut(field)[..., None], adversarial[..., None], 0).repeat(3, 2)
    border = (np.abs(field - 0.25) < 1e-5).any(0)
    np.testing.assert_array_equal(found[~border], expected[~border])


def test_maps_are_brightest_at_the_windows_that_matter(mapped: Explored) -> None:
    kept = mapped.arrays("vulnerability_maps")
    for row, index in enumerate(kept["index"].tolist()):
        for what in ("map-benign", "map-adversarial"):
            values = kept[what.replace("-", "_")][row].repeat(2, 0).repeat(2, 1)
            redness = (lambda shown: shown[..., 0] - shown[..., 2])(pixels(mapped, index, what))
            if values.max() > 0:
                assert redness[values == values.max()].min() >= redness.max() - 1


def test_windows_add_two_measures(mapped: Explored) -> None:
    section, kept = mapped.report["neurons"]["vulnerability"], mapped.arrays("vulnerability_maps")
    assert mapped.get("layers")["items"][-2]["measures"] == section["measures"]
    for name in ("map_benign", "map_adversarial"):
        found = mapped.get("neurons", sort=name)["items"]
        top = section["top"][name]
        assert [row["neuron"] for row in found] == [row["neuron"] for row in top]
        assert [row["measures"][name] for row in found] == [row["value"] for row in top]
        index = int(kept["index"][2])
        one = mapped.get("neurons", sort="neuron", index=index)["items"]
        score = kept[f"score_{name.removeprefix('map_')}"][2]
        np.testing.assert_allclose([row["measures"][name] for row in one], score, atol=1e-9)
    answer = mapped.ask("neurons", params={"label": 0, "sort": "map_benign"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "sort"


def test_one_image_lists_its_maps(mapped: Explored) -> None:
    index = int(mapped.arrays("vulnerability_maps")["index"][0])
    listed = {picture["what"]: picture["alt"] for picture in mapped.get(f"images/{index}")["pictures"]}
    assert {"map-benign", "map-adversarial"} <= set(listed)
    assert f"image {index}" in listed["map-benign"]


@pytest.mark.parametrize(
    ("what", "params", "pointer"),
    [
        ("field-benign", {}, "neurons"),
        ("field-benign", {"neurons": "16"}, "neurons"),
        ("field-benign", {"neurons": "3,x"}, "neurons"),
        ("field-benign", {"neurons": ",".join("0" * 65)}, "neurons"),
        ("field-benign", {"neurons": "3", "mode": "xor"}, "mode"),
        ("field-benign", {"neurons": "3", "opacity": 2}, "opacity"),
        ("field-benign", {"neurons": "3", "visibility": -1}, "visibility"),
        ("field-benign", {"neurons": "3", "threshold": "nan"}, "threshold"),
        ("benign", {"neurons": "3"}, "neurons"),
    ],
)
def test_wrong_questions(mapped: Explored, what: str, params: dict[str, Any], pointer: str) -> None:
    index = int(mapped.arrays("vulnerability_maps")["index"][0])
    answer = mapped.ask(f"images/{index}/{what}.png", params=params)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_without_windows_it_is_said_how_to_ask(explored: Explored) -> None:
    answer = explored.ask("images/0/field-benign.png", params={"neurons": "1"})
    assert answer.status_code == 404
    assert '"window"' in answer.json()["detail"]
    answer = explored.ask("images/0/map-benign.png")
    assert answer.status_code == 404
    assert '"window"' in answer.json()["detail"]


@settings(deadline=None, max_examples=100)
@drawn(data=st.data())
def test_masks_are_the_workers_fields(data: st.DataObject) -> None:
    """Maps smaller and larger than the image, of any shape, with numbers below 0 and with none above it."""
    rows, columns, height, width = (data.draw(st.integers(1, 12)) for _ in range(4))
    neurons, mode = data.draw(st.integers(1, 4)), data.draw(st.sampled_from(get_args(Mode)))
    threshold = data.draw(st.sampled_from((0.0, 0.25, 0.8, 1.0)))
    numbers = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    maps = (numbers.normal(data.draw(st.sampled_from((-3, 0, 3))), 1, (neurons, rows, columns))).astype(np.float32)
    found = inside([one.ravel().tolist() for one in maps], (rows, columns), (height, width), mode, threshold)
    fields = receptive_field(maps, height, width)
    border = ((fields > 0) & (np.abs(fields - threshold) < 1e-5)).any(0)  # there rounding decides
    expected = cut(fields, threshold, mode)
    shown = np.frombuffer(found, np.uint8).reshape(height, width)
    np.testing.assert_array_equal(shown[~border], expected[~border])
    if threshold == 1:  # the maximum itself
        assert mode == "intersection" or shown.any() or not (fields > 0).any()
