"""`?format=arrow`: the same numbers as in JSON, column by column, read by pyarrow."""

import json
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pytest

from service.analyses.arrow import most, stream
from service.analyses.columns import Numbers
from tests.service.analyses.conftest import Explored


def table(explored: Explored, path: str, **params: Any) -> Any:
    answer = explored.ask(path, params={**params, "format": "arrow"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vnd.apache.arrow.stream"
    return pa.ipc.open_stream(answer.content).read_all()


def facts(found: Any) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in (found.schema.metadata or {}).items()}


@pytest.mark.parametrize("params", [{}, {"label": 1}, {"fooled": True, "sort": "l2"}])
def test_images(explored: Explored, params: dict[str, Any]) -> None:
    found, expected = table(explored, "images", **params), explored.every("images", **params)
    names = ("index", "label", "predicted", "adversarial", "correct", "fooled")
    assert [{name: row[name] for name in names} for row in found.to_pylist()] == [
        {name: row[name] for name in names} for row in expected
    ]
    for row, image in zip(found.to_pylist(), expected, strict=True):
        for which in ("benign", "attacked"):
            shown = {name: row[f"{which}_{name}"] for name in ("predicted", "adversarial")}
            assert shown == image["probabilities"][which]
        assert {name: row[name] for name in ("linf", "l2")} == image["perturbation"]
    page = explored.get("images", **params)
    assert facts(found) == {"attack": page["attack"], "sort": page["sort"], "n": str(page["n"])}


@pytest.mark.parametrize("params", [{}, {"index": 3}, {"layer": "conv1"}, {"layer": "head", "sort": "ratio"}])
def test_neurons(explored: Explored, params: dict[str, Any]) -> None:
    found, expected = table(explored, "neurons", **params), explored.every("neurons", **params)
    assert found.num_rows == len(expected)
    for row, neuron in zip(found.to_pylist(), expected, strict=True):
        for name in ("neuron", "sensitivity", "rank", "skipped", "dead"):
            assert row[name] == neuron[name]
        assert neuron["ratio"] == (row["ratio"] if row["ratio"] == row["ratio"] else None)
        assert (neuron["measures"] or {}) == {name: row[name] for name in neuron["measures"] or ()}
    page = explored.get("neurons", **params)
    assert facts(found)["layer"] == page["layer"]


def test_the_curves_of_one_image(explored: Explored) -> None:
    found, image = table(explored, "images/4"), explored.get("images/4")
    assert found["neuron"].to_pylist() == list(range(16))
    for name, curve in (("predicted", image["curves"]["benign"]), ("adversarial", image["curves"]["adversarial"])):
        assert found[name].to_pylist() == curve["contribution"]
        if curve["low"] is not None:
            assert found[f"{name}_low"].to_pylist() == curve["low"]
            assert found[f"{name}_high"].to_pylist() == curve["high"]
        assert facts(found)[name] == str(curve["label"])


def test_the_embedding(explored: Explored) -> None:
    found, expected = table(explored, "embedding"), explored.get("embedding")
    for name in ("index", "label", "predicted", "adversarial", "fooled"):
        assert found[name].to_pylist() == expected[name]
    for which in ("benign", "attacked"):
        for axis in ("x", "y"):
            assert found[f"{which}_{axis}"].to_pylist() == expected[which][axis]
    assert facts(found) == {"method": "pca", "layer": "conv3"}


def test_the_dendrogram(explored: Explored) -> None:
    found, expected = table(explored, "dendrogram"), explored.get("dendrogram")
    rows = [[row[name] for name in ("a", "b", "height", "neurons")] for row in found.to_pylist()]
    assert rows == expected["merges"]
    order = str(expected["order"])
    assert facts(found) == {"layer": "conv3", "linkage": "ward", "order": order}
    assert json.loads(order) == expected["order"]


def test_pages_go_on_where_a_limit_is_given(explored: Explored) -> None:
    first = table(explored, "images", limit=5)
    assert (first.num_rows, facts(first)["next_cursor"]) == (5, "5")
    rest = table(explored, "images", cursor="5")
    assert first["index"].to_pylist() + rest["index"].to_pylist() == list(range(21))
    assert table(explored, "images", cursor="500").num_rows == 0


def test_json_has_pages_of_a_thousand_at_most(explored: Explored) -> None:
    assert table(explored, "images", limit=5000).num_rows == 21
    for path in ("images", "neurons"):
        assert explored.get(path, limit=1001) == explored.get(path, limit=1000)
    assert [most(limit, "json") for limit in (None, 1, 1000, 1001, 10**6)] == [100, 1, 1000, 1000, 1000]
    assert [most(limit, "arrow") for limit in (None, 1, 10**6)] == [None, 1, 10**6]
    assert explored.ask("images", params={"format": "csv"}).status_code == 422


def test_each_format_has_an_etag_of_its_own(explored: Explored) -> None:
    tags = {explored.ask("embedding", params={"format": format}).headers["etag"] for format in ("json", "arrow")}
    assert len(tags) == 2


@pytest.mark.parametrize("count", [0, 1, 8, 9])
def test_bits_are_packed_as_arrow_has_them(count: int) -> None:
    flags = [i % 3 == 0 for i in range(count)]
    found = pa.ipc.open_stream(stream({"i": Numbers("q", range(count)), "flag": flags}, none=None)).read_all()
    found.validate(full=True)
    assert found["flag"].to_pylist() == flags
    assert found["i"].to_pylist() == list(range(count))
