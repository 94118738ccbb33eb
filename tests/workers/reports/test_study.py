"""The study: a figure a file, the same as on the page; and a table for every list of the report."""

import csv
import io
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.workers.reports.planted import build
from tests.workers.reports.test_html import Page, report_of
from workers.reports.html import render
from workers.reports.study import parts, write_study
from workers.reports.tables import tables


def read(found: dict[str, Any], name: str) -> list[dict[str, str]]:
    (table,) = [table for table in tables(found) if table.name == name]
    return list(csv.DictReader(io.StringIO(table.csv())))


def test_lists_of_records_are_tables_and_what_is_below_them_keeps_whose_it_is() -> None:
    layers = [
        {"name": "a", "mean": {"x": 1.5}, "top": [3, 1], "ranking": [{"neuron": 3, "sigma": 0.5}, {"neuron": 1}]},
        {"name": "b", "mean": {"x": None}, "top": [], "ranking": [{"neuron": 0, "sigma": 0.25}]},
    ]
    found = {"config": {"x": [{"a": 1}]}, "neurons": {"tap": "conv", "layers": layers}}
    assert [table.name for table in tables(found)] == ["neurons.layers", "neurons.layers.ranking"]
    assert read(found, "neurons.layers") == [
        {"name": "a", "mean.x": "1.5", "top": "3 1"},
        {"name": "b", "mean.x": "", "top": ""},
    ]
    assert read(found, "neurons.layers.ranking") == [
        {"layers.name": "a", "neuron": "3", "sigma": "0.5"},
        {"layers.name": "a", "neuron": "1", "sigma": ""},
        {"layers.name": "b", "neuron": "0", "sigma": "0.25"},
    ]


def test_columns_side_by_side_are_a_table_and_lists_along_another_are_rows() -> None:
    found = {
        "curve": {"budget": [0.1, 0.2], "success": [0.0, 1.0]},
        "sweep": {"eps": [0.1, 0.2], "n": 4, "layers": [{"name": "a", "ratio": [1.0, 2.0]}]},
        "samples": [{"index": 4, "regions": [{"region": 0, "classes": {"3": 2, "7": 1}}]}],
    }
    assert read(found, "curve") == [{"budget": "0.1", "success": "0.0"}, {"budget": "0.2", "success": "1.0"}]
    assert read(found, "sweep.layers") == [
        {"name": "a", "ratio": "1.0", "eps": "0.1"},
        {"name": "a", "ratio": "2.0", "eps": "0.2"},
    ]
    assert read(found, "samples.regions") == [{"samples.index": "4", "region": "0", "classes": "3:2 7:1"}]


def test_names_cannot_become_formulas() -> None:
    found = {"layers": [{"=1+1": "=cmd()", "b": ["@x", "y"]}]}
    (table,) = tables(found)
    assert table.csv() == "'=1+1,b\n'=cmd(),'@x y\n"


@pytest.fixture
def study(tmp_path: Path) -> Any:
    params, shards = report_of(tmp_path)
    report = build(params, shards.inputs).report
    target = tmp_path / "study.zip"
    write_study(target, report)
    with zipfile.ZipFile(target) as archive:
        yield report, {name: archive.read(name).decode() for name in archive.namelist()}


def test_every_figure_of_the_page_is_a_file_that_says_the_same(study: Any) -> None:
    report, files = study
    page = Page(render(report))
    on_page = [value for tag, key, value in page.attributes if tag == "svg" and key == "aria-label"]
    drawn = [figure for part in parts(report) for figure in part.figures]
    assert len(on_page) == len(drawn) > 5
    assert sorted(on_page) == sorted(f"{f.drawing.title}. {f.drawing.description}" for f in drawn)
    figures = {name: text for name, text in files.items() if name.startswith("figures/")}
    assert len(figures) == len(drawn)
    for text in figures.values():
        assert ET.fromstring(text).tag.endswith("svg")


def test_the_index_shows_and_links_every_file_and_the_same_report_gives_the_same_bytes(
    study: Any, tmp_path: Path
) -> None:
    report, files = study
    index = Page(files["index.html"])
    linked = {value for _, key, value in index.attributes if key == "href"}
    shown = {value for tag, key, value in index.attributes if tag == "img" and key == "src"}
    assert {name for name in files if name.startswith("figures/")} == shown
    assert set(files) - {"index.html"} <= linked
    assert {"report.html", "report.json"} <= linked
    assert "script" not in index.tags
    again = tmp_path / "again.zip"
    write_study(again, report)
    with zipfile.ZipFile(again) as archive:
        assert {name: archive.read(name).decode() for name in archive.namelist()} == files


def test_rankings_of_the_table_are_those_of_the_report(study: Any) -> None:
    report, files = study
    rows = list(csv.DictReader(io.StringIO(files["tables/neurons.layers.ranking.csv"])))
    expected = [(layer.name, n.neuron, n.sensitivity) for layer in report.neurons.layers for n in layer.ranking]
    assert [(r["layers.name"], int(r["neuron"]), float(r["sensitivity"])) for r in rows] == expected
