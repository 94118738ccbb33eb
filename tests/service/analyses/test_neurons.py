"""`/neurons`: the report's rankings, and means over cells and images recomputed from the kept arrays."""

from typing import Any

import numpy as np
import pytest

from openapi.views.neurons import ALL_MEASURES, NeuronsPage
from tests.service.analyses.conftest import Explored


def test_sensitivity_is_the_reports_ranking(explored: Explored) -> None:
    for layer in explored.report["neurons"]["layers"]:
        found = explored.every("neurons", layer=layer["name"], sort="sensitivity", limit=5)
        kept = [{name: row[name] for name in ("neuron", "sensitivity", "ratio", "rank", "skipped")} for row in found]
        assert kept == layer["ranking"]
        assert [row["neuron"] for row in found if row["dead"]] == sorted(layer["dead"])


@pytest.mark.parametrize("measure", ALL_MEASURES)
def test_measures_over_all_are_the_reports(explored: Explored, measure: str) -> None:
    section = explored.report["neurons"]["vulnerability"]
    page = NeuronsPage.model_validate_json(explored.ask("neurons", params={"sort": measure}).content)
    assert (page.layer, page.n) == (section["layer"], section["n"])
    top = section["top"][measure]
    assert [row.neuron for row in page.items][: len(top)] == [row["neuron"] for row in top]
    assert [(row.measures or {})[measure] for row in page.items][: len(top)] == [row["value"] for row in top]


def expected(explored: Explored, rows: Any) -> dict[str, Any]:
    """Means of the simple measures over some rows of the kept activations."""
    kept = explored.arrays("activations")
    a, b = (kept[name][rows].astype(float).reshape(-1, 16, 4) for name in ("benign", "attacked"))
    weight = kept["weight"].astype(float).reshape(3, 16, 4)
    own, other = weight[kept["predicted"][rows]], weight[kept["adversarial"][rows]]
    found = {
        "change": abs(b - a).sum(2),
        "benign_delta": ((b - a) * own).sum(2),
        "adversarial_delta": ((b - a) * other).sum(2),
        "cross": (b * other).sum(2) - (a * own).sum(2),
    }
    return {name: values.mean(0) for name, values in found.items()}


def compare(explored: Explored, rows: Any, **scope: int) -> None:
    page = explored.get("neurons", sort="neuron", **scope)
    assert page["n"] == len(rows)
    for name, values in expected(explored, rows).items():
        np.testing.assert_allclose([row["measures"][name] for row in page["items"]], values, atol=1e-5)


def test_every_cell_of_the_matrix(explored: Explored) -> None:
    kept = explored.arrays("activations")
    fooled = np.flatnonzero(kept["fooled"])
    cells = {(int(kept["label"][i]), int(kept["adversarial"][i])) for i in fooled}
    assert len(cells) > 2
    for label, adversarial in cells:
        same, there = (kept["label"][fooled] == label), (kept["adversarial"][fooled] == adversarial)
        compare(explored, fooled[same & there], label=label, adversarial=adversarial)
        compare(explored, fooled[same], label=label)
        compare(explored, fooled[there], adversarial=adversarial)


def test_one_image(explored: Explored) -> None:
    for row, index in enumerate(explored.arrays("activations")["index"].tolist()):
        compare(explored, np.array([row]), index=index)


def test_pages_join_to_the_whole(explored: Explored) -> None:
    whole = explored.get("neurons", sort="benign_delta", limit=1000)["items"]
    assert explored.every("neurons", sort="benign_delta", limit=5) == whole
    values = [row["measures"]["benign_delta"] for row in whole]
    assert values == sorted(values)


@pytest.mark.parametrize(
    ("params", "pointer", "words"),
    [
        ({"layer": "conv9"}, "layer", "did you mean 'conv"),
        ({"layer": "\u202e<img>"}, "layer", "/layers lists them"),
        ({"layer": "conv1", "sort": "cross"}, "sort", "are of the layer 'conv3' alone"),
        ({"layer": "conv1", "index": 0}, "layer", "are of the layer 'conv3' alone"),
        ({"label": 9}, "label", "3 classes"),
        ({"label": 1, "index": 0}, "index", "not both"),
        ({"sort": "size"}, "sort", "there is no 'size'; there are "),
        ({"sort": "benign_dorp"}, "sort", "did you mean 'benign_drop'"),
        ({"format": "csv"}, "format", "there are json, arrow"),
        ({"limit": 0}, "limit", ""),
        ({"index": -1}, "index", ""),
    ],
)
def test_wrong_questions_are_told_what_is_wrong(
    explored: Explored, params: dict[str, Any], pointer: str, words: str
) -> None:
    answer = explored.ask("neurons", params=params)
    assert answer.status_code == 422
    error = answer.json()["errors"][0]
    assert error["pointer"] == pointer
    assert words in error["detail"]


def test_an_unknown_image_is_404(explored: Explored) -> None:
    answer = explored.ask("neurons", params={"index": 2**52})
    assert answer.status_code == 404
    assert "/images lists them" in answer.json()["detail"]


def test_without_vulnerability_there_is_sensitivity_and_a_hint(plain: Explored) -> None:
    page = plain.get("neurons")
    assert (page["sort"], page["n"]) == ("sensitivity", None)
    assert all(row["measures"] is None for row in page["items"])
    answer = plain.ask("neurons", params={"sort": "cross"})
    assert answer.status_code == 404
    assert '"neurons": {"vulnerability": {}}' in answer.json()["detail"]
