"""`/explanations`, `/regions` and their pictures, against the report and the arrays that the audit keeps."""

import io
from array import array
from typing import Any

import numpy as np
import pytest
from PIL import Image

from openapi.views.explanations import ExplanationDetail, ExplanationsPage, RegionDetail, RegionsPage
from service.analyses.explanations import rows_of
from tests.service.analyses.conftest import Explored

UNTOUCHED = 3


def pixels(explored: Explored, index: int, what: str) -> Any:
    """(h, w) or (h, w, 3)."""
    answer = explored.ask(f"images/{index}/{what}.png", params={"scale": 1})
    assert answer.status_code == 200, answer.text
    with Image.open(io.BytesIO(answer.content)) as opened:
        opened.load()
        return np.asarray(opened).astype(int)


def without_pictures(items: Any) -> list[dict[str, Any]]:
    return [{name: value for name, value in item.items() if name != "pictures"} for item in items]


def test_explanations_are_the_reports(explored: Explored) -> None:
    page = ExplanationsPage.model_validate_json(explored.ask("explanations").content)
    assert len(page.items) == explored.report["explain"]["n"] > 3
    assert without_pictures(explored.every("explanations", limit=2)) == explored.report["explain"]["samples"]


def test_one_explanation_has_its_arrays(explored: Explored) -> None:
    kept = explored.arrays("explanations")
    for row, index in enumerate(kept["index"].tolist()):
        found = ExplanationDetail.model_validate_json(explored.ask(f"explanations/{index}").content)
        for name in ("promotion", "suppression", "psr"):
            np.testing.assert_array_equal(getattr(found.map, name), kept[name][row])
        kind = np.where(kept["touched"][row], kept["kind"][row], UNTOUCHED)
        np.testing.assert_array_equal(found.map.kind, kind)


def test_regions_are_the_reports(explored: Explored) -> None:
    page = RegionsPage.model_validate_json(explored.ask("regions").content)
    assert len(page.items) == explored.report["regions"]["n"] > 3
    assert without_pictures(explored.every("regions", limit=3)) == explored.report["regions"]["samples"]


def test_explanations_of_a_cell_or_an_image(explored: Explored) -> None:
    samples = explored.report["explain"]["samples"]
    asked = samples[1]
    found = explored.every("explanations", label=asked["label"], adversarial=asked["target"], limit=1)
    same = [one for one in samples if (one["label"], one["target"]) == (asked["label"], asked["target"])]
    assert without_pictures(found) == same
    assert without_pictures(explored.get("explanations", index=asked["index"])["items"]) == [asked]
    missing = next(i for i in range(99) if i not in {one["index"] for one in samples})
    assert explored.get("explanations", index=missing) == {"items": [], "next_cursor": None}


def test_regions_of_a_class_an_image_or_an_outcome(explored: Explored) -> None:
    samples = explored.report["regions"]["samples"]
    for label in range(3):
        wanted = [one for one in samples if one["label"] == label]
        assert without_pictures(explored.every("regions", label=label, limit=2)) == wanted
    outcomes = [[one for one in samples if (one["vulnerable_regions"] > 0) == hit] for hit in (True, False)]
    assert [without_pictures(explored.every("regions", vulnerable=hit)) for hit in (True, False)] == outcomes
    assert without_pictures(explored.get("regions", index=samples[-1]["index"])["items"]) == [samples[-1]]


def test_every_pixel_is_of_a_region(explored: Explored) -> None:
    kept = explored.arrays("regions")
    for row, index in enumerate(kept["index"].tolist()):
        found = RegionDetail.model_validate_json(explored.ask(f"regions/{index}").content)
        np.testing.assert_array_equal(found.segments, kept["segments"][row])
        counted = np.bincount(kept["segments"][row].ravel())
        assert {one.region: one.pixels for one in found.regions} == dict(enumerate(counted.tolist()))


def test_every_hit_is_told(explored: Explored) -> None:
    kept = explored.arrays("regions")
    total = 0
    for row, index in enumerate(kept["index"].tolist()):
        hits = RegionDetail.model_validate_json(explored.ask(f"regions/{index}").content).hits
        own = kept["hit_sample"] == row
        total += len(hits.y)
        told = {(y, x, tuple(v), c) for y, x, v, c in zip(hits.y, hits.x, hits.value, hits.label, strict=True)}
        columns = (kept[name][own].tolist() for name in ("hit_y", "hit_x", "hit_value", "hit_class"))
        assert told == {(y, x, tuple(v), c) for y, x, v, c in zip(*columns, strict=True)}
    assert total == len(kept["hit_sample"]) > 0


def test_the_pictures_show_what_was_found(explored: Explored) -> None:
    kept = explored.arrays("explanations")
    colours: dict[int, set[tuple[int, ...]]] = {}
    for row, index in enumerate(kept["index"].tolist()):
        shown = pixels(explored, index, "explained")
        np.testing.assert_allclose(shown, kept["x_adv"][row, 0] * 255, atol=0.51)
        np.testing.assert_allclose(pixels(explored, index, "refined"), kept["x_refined"][row, 0] * 255, atol=0.51)
        groups = pixels(explored, index, "psr")
        kind = np.where(kept["touched"][row], kept["kind"][row], UNTOUCHED)
        for value in np.unique(kind).tolist():
            colours.setdefault(value, set()).update(map(tuple, groups[kind == value].tolist()))
    assert all(len(found) == 1 for found in colours.values()), "a colour a kind"
    assert len({next(iter(found)) for found in colours.values()}) == len(colours)


def test_a_class_map_is_brightest_where_the_class_is_seen(explored: Explored) -> None:
    kept = explored.arrays("explanations")
    names = ("cam-benign-true", "cam-benign-target", "cam-adversarial-true", "cam-adversarial-target")
    for row, index in enumerate(kept["index"].tolist()[:4]):
        for i, what in enumerate(names):
            values = kept["maps"][row, i]
            shown = pixels(explored, index, what)
            redness = shown[..., 0] - shown[..., 2]  # from violet to yellow
            if values.max() > 0:
                most, least = values == values.max(), values <= 0
                assert redness[most].min() > (redness[least].max() if least.any() else -256)


def test_vulnerable_pixels_are_marked_and_no_others(explored: Explored) -> None:
    kept = explored.arrays("regions")
    for row, index in enumerate(kept["index"].tolist()):
        shown = pixels(explored, index, "regions")
        marked = (shown[..., 0] > shown[..., 1]) & (shown[..., 0] > shown[..., 2])
        np.testing.assert_array_equal(marked, kept["vulnerable"][row] > 0)


def test_pictures_that_are_listed_are_there(explored: Explored) -> None:
    for path in ("explanations", "regions"):
        for picture in explored.get(path)["items"][0]["pictures"]:
            # What was computed elsewhere says another audit's id.
            address = picture["href"].replace(explored.report["id"], explored.id)
            answer = explored.place.api.get(address)
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
            assert picture["alt"]
    index = explored.get("explanations")["items"][0]["index"]
    listed = {picture["what"] for picture in explored.get(f"images/{index}")["pictures"]}
    assert {"benign", "adversarial", "difference", "explained", "psr", "refined", "cam-benign-true"} <= listed


@pytest.mark.parametrize("path", ["explanations/99", "regions/99", "images/99/psr.png", "images/99/regions.png"])
def test_an_image_that_was_not_looked_at(explored: Explored, path: str) -> None:
    answer = explored.ask(path)
    assert answer.status_code == 404
    assert "99 is none of" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("explanations", "explain"),
        ("explanations/0", "explain"),
        ("images/0/psr.png", "explain"),
        ("regions", "regions"),
        ("images/0/regions.png", "regions"),
    ],
)
def test_an_analysis_that_was_not_asked_for(plain: Explored, path: str, field: str) -> None:
    answer = plain.ask(path)
    assert answer.status_code == 404
    found = answer.json()
    assert found["analysis"] == field
    assert f'"{field}": {{}}' in found["detail"]


def test_an_audit_in_which_no_pixel_decides_has_hits_of_no_width() -> None:
    assert rows_of(array("f"), 0) == []
    assert rows_of(array("f", [1, 2, 3, 4]), 2) == [[1, 2], [3, 4]]
