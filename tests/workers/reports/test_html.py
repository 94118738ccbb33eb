"""The HTML page: its numbers are the report's, its markup is safe, its figures are there."""

import base64
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from openapi.attacks import Ddn, Fgsm, Pgd
from openapi.base import AS_WRITTEN
from openapi.stages.base import Stage
from tests.workers.reports.planted import LAYERS, Planted, build
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage
from workers.reports import worst
from workers.reports.charts import over_distance, over_option
from workers.reports.formatting import attack_text, percent, safe_href, short, threat_text
from workers.reports.html import render

SPECS = [Fgsm(eps=0.03), Pgd(eps=0.03, steps=20), Pgd(eps=0.01, steps=20), Pgd(norm="l2", eps=0.5)]
CUTS = [(0, 30), (30, 60)]
N = np.arange(60)
EVIL = "\"><script>alert('x')</script><img src=x onerror=alert(1)>{{ 7*7 }}"


class Page(HTMLParser):
    """Collects tags, attributes, `<data>` values and visible text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.values: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, key, value or "") for key, value in attrs]
        if tag == "data":
            self.values.append(dict(attrs)["value"] or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def report_of(folder: Path, names: str = "class", **more: Any) -> tuple[dict[str, Any], Planted]:
    shards = Planted(folder)
    for i, fooled in enumerate([N % 2 == 0, N % 3 > 0, N < 20, N < 30]):
        shards.attack(i, fooled, CUTS)
    shards.sums(CUTS)
    params = shards.params(SPECS, CUTS, **more)
    params["dataset"]["labels"] = [f"{names} {c}" for c in range(10)]
    return params, shards


def numbers_in(node: Any) -> set[float]:
    if isinstance(node, dict):
        return set().union(*(numbers_in(v) for v in node.values()), set())
    if isinstance(node, list):
        return set().union(*(numbers_in(v) for v in node), {float(len(node))})
    return {float(node)} if isinstance(node, int | float) and not isinstance(node, bool) else set()


def test_every_number_comes_from_the_report(tmp_path: Path) -> None:
    params, shards = report_of(tmp_path)
    report = build(params, shards.inputs).report
    page = Page(render(report))
    known = numbers_in(json.loads(report.model_dump_json()))
    shown = {float(v) for v in page.values}
    assert len(shown) > 50
    assert shown <= known
    for value in (report.clean.accuracy, report.worst_case[0].robust_accuracy, report.attacks[1].ci95[0]):
        assert value in shown


def test_warnings_and_failed_checks_stand_on_the_first_screen(tmp_path: Path) -> None:
    params, shards = report_of(tmp_path)
    params["model"]["warnings"] = ["the second output is read as the logits"]
    params["dataset"]["warnings"] = ["no sample has class 7"]
    report = build(params, shards.inputs).report
    failed = [c for c in report.checks if c.status == "fail"]
    assert failed
    first_screen = Page(render(report).partition("<main>")[0]).text
    for text in (*report.model.warnings, *report.dataset.warnings, *(c.title for c in failed)):
        assert text in first_screen
    quiet = report.model_copy(
        update={
            "model": report.model.model_copy(update={"warnings": ()}),
            "dataset": report.dataset.model_copy(update={"warnings": ()}),
            "checks": tuple(c for c in report.checks if c.status != "fail"),
        }
    )
    assert "notices" not in render(quiet).partition("<main>")[0].partition("</style>")[2]


def test_accuracy_at_every_eps_follows_from_smallest_distances(tmp_path: Path) -> None:
    """A minimal-norm attack that fools everybody at 0.01, 0.02 or 0.03, a third each, leaves two thirds and one third
    between."""
    shards = Planted(tmp_path)
    shards.attack(0, N >= 0, CUTS)
    shards.sums(CUTS)
    report = build(shards.params([Ddn()], CUTS), shards.inputs).report
    (chart,) = over_distance(report)
    assert "against eps, l2" in str(chart.drawing)
    assert chart.legend == [(attack_text("ddn", report.attacks[0].params), 1)]
    drawn = re.search(r'class="line tone1" d="M([^"]+)"', str(chart.drawing))
    assert drawn is not None
    heights = [float(point.split()[1]) for point in drawn[1].split("L")]
    assert heights == sorted(heights)  # downwards on the screen
    top, bottom = heights[0], heights[-1]
    levels = sorted({round((bottom - h) / (bottom - top), 2) for h in heights})
    third = [(shards.correct & (k <= N % 3)).sum() / shards.correct.sum() for k in (2, 1)]
    assert levels == pytest.approx([0, *third, 1], abs=0.02)


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    hostile = {
        "model": {
            "id": EVIL, "sha256": EVIL, "format": EVIL, "name": EVIL, "num_parameters": 1,
            "input": {"shape": [1, 4, 4]}, "num_classes": 10, "labels": None, "layers": LAYERS,
        },
        "environment": {EVIL: EVIL, "list": [EVIL], "map": {EVIL: EVIL}},
        "artifacts": [
            {
                "id": EVIL, "kind": EVIL, "format": EVIL, "name": EVIL, "size": 1, "sha256": EVIL,
                "href": "javascript:alert(1)", "created_at": "2026-11-21T10:00:00Z",
            }
        ],
    }  # fmt: skip
    params, shards = report_of(tmp_path, names=EVIL, **hostile)
    params["request"]["labels"] = {EVIL: EVIL}
    params["dataset"]["name"] = params["dataset"]["split"] = EVIL
    page = Page(render(build(params, shards.inputs).report))
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert not [a for a in page.attributes if a[1].startswith("on")]
    assert not [a for a in page.attributes if a[1] in ("href", "src") and "javascript" in (a[2] or "")]
    assert page.text.count("<script>alert('x')</script>") > 20
    assert "{{ 7*7 }}" in page.text
    assert "49" not in re.findall(r">(\d+)\{", page.text)


def test_the_page_needs_nothing_from_outside(tmp_path: Path) -> None:
    params, shards = report_of(tmp_path)
    text = render(build(params, shards.inputs).report)
    page = Page(text)
    sources = [
        value for tag, key, value in page.attributes if key in ("src", "srcset", "data", "action") or tag == "link"
    ]
    assert sources == []
    assert "@import" not in text
    assert "url(" not in text
    links = [value for tag, key, value in page.attributes if tag == "a" and key == "href"]
    outward = {link for link in links if not str(link).startswith("#")}
    assert all(str(link).startswith("/ui/audits/") for link in outward), "but for the page of the same audit"
    ids = {value for _, key, value in page.attributes if key == "id"}
    assert {link[1:] for link in links if link not in outward} <= ids
    policy = next(v for t, k, v in page.attributes if t == "meta" and k == "content" and "default-src" in v)
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_figures_are_there(tmp_path: Path) -> None:
    params, shards = report_of(tmp_path)
    page = Page(render(build(params, shards.inputs).report))
    titles = [v for t, k, v in page.attributes if t == "svg" and k == "aria-label"]
    assert any(t.startswith("Robust accuracy against eps") for t in titles)
    assert any(t.startswith("Accuracy against steps") for t in titles)
    assert sum(t.startswith("Sorted sensitivity of") for t in titles) == 2
    assert any(t.startswith("Distances of") for t in titles)


def test_page_of_a_large_network_stays_small(tmp_path: Path) -> None:
    params, shards = report_of(tmp_path)
    report = build(params, shards.inputs).report
    assert report.neurons is not None
    layer = report.neurons.layers[0]
    wide = layer.model_copy(update={"ranking": layer.ranking * 100, "neurons": 2000})
    many = tuple(wide.model_copy(update={"name": f"block.{i}.conv"}) for i in range(120))
    big = report.model_copy(update={"neurons": report.neurons.model_copy(update={"layers": many})})
    text = render(big)
    assert len(text.encode()) < 1_500_000
    assert "The other 111 layers" in text


def test_the_worst_are_shown_and_kept_examples_joined(tmp_path: Path) -> None:
    params, shards = report_of(tmp_path, request={"keep_examples": True})
    rng = np.random.default_rng(0)
    x = rng.random((60, 1, 4, 4), dtype=np.float32)
    x_adv = np.clip(x + 0.03, 0, 1)
    success = (N % 2 == 0) & shards.correct
    confidence = np.linspace(0.2, 0.9, 60, dtype=np.float32)
    columns: dict[str, NDArray[Any]] = {
        "index": N,
        "label": shards.label,
        "predicted": N % 10,
        "confidence": confidence,
        "distance": N * 0.1,
    }
    for j, (a, b) in enumerate(CUTS):
        s = slice(a, b)
        np.savez(tmp_path / f"e{j}.npz", x=x_adv[s], index=N[s], label=shards.label[s], success=success[s])
        shards.inputs[f"examples.0.{j}"] = tmp_path / f"e{j}.npz"
        found = worst.pick(x[s], x_adv[s], success[s], {k: v[s] for k, v in columns.items()})
        worst.write(tmp_path / f"w{j}.json", found)
        shards.inputs[f"worst.0.{j}"] = tmp_path / f"w{j}.json"
    (tmp_path / "scratch").mkdir()
    ctx = JobContext(shards.inputs, params, tmp_path / "scratch")
    run_stage(Stage.REPORT, ctx)
    page = Page(ctx.files["html"].path.read_text())
    assert page.tags.count("img") == 27  # nine of benign, change, attacked
    whole = worst.pick(x, x_adv, success, columns)  # slices lose none of the worst
    assert re.findall(r"Image (\d+):", page.text) == [str(e.index) for e in whole]
    assert max(np.unique([e.label for e in whole], return_counts=True)[1]) <= 2
    assert [e.confidence for e in whole] == sorted((e.confidence for e in whole), reverse=True)
    with np.load(ctx.files["examples.0"].path) as kept:
        assert np.array_equal(kept["x"], x_adv)
        assert np.array_equal(kept["index"], N)
        assert np.array_equal(kept["success"], success)
    assert ctx.files["examples.0"].name == "examples-fgsm-linf-0.03.npz"
    listed = json.loads(ctx.files["report"].path.read_text())["artifacts"]
    assert {a["name"] for a in listed} == {"examples-fgsm-linf-0.03.npz"}


def test_the_change_is_amplified_to_full_contrast() -> None:
    x = np.full((1, 1, 2, 2), 0.5, np.float32)
    x_adv = x.copy()
    x_adv[0, 0, 0, 0], x_adv[0, 0, 1, 1] = 0.6, 0.4
    one = {"index": N[:1], "label": N[:1], "predicted": N[1:2], "confidence": np.ones(1), "distance": np.ones(1)}
    (example,) = worst.pick(x, x_adv, np.ones(1, bool), one)
    assert example.gain == pytest.approx(10)
    shown = Image.open(io.BytesIO(base64.b64decode(example.difference.partition(",")[2])))
    assert np.asarray(shown).tolist() == [[255, 128], [128, 0]]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.884, "88.4 %"), (0, "0.0 %"), (1, "100.0 %"), (0.0003, "< 0.1 %"), (0.99999, "> 99.9 %"), (0.9994, "99.9 %")],
)
def test_percentages_never_round_to_a_lie(value: float, text: str) -> None:
    assert Page(str(percent(value))).text == text


def test_words() -> None:
    assert threat_text({"threat_model": "l2 minimal", "threat": {"label": "L2, unbounded"}}) == "L2, unbounded"
    assert threat_text({"threat_model": "l2 minimal"}) == "L2, unbounded", "of a report before 1.3"
    assert attack_text("pgd", {"steps": 20, "restarts": 5, "targeted": True, "loss": "margin"}) == (
        "PGD, 20 steps, 5 restarts, targeted, margin loss"
    )
    assert [short(v) for v in (0.01234, 1234.5, 7, 1e-7, 2.0)] == ["0.0123", "1,234", "7", "1.00e-07", "2"]
    assert safe_href("/v1/artifacts/art_1") == "/v1/artifacts/art_1"
    assert safe_href("javascript:alert(1)") == ""


def test_eps_is_told_as_it_was_written(tmp_path: Path) -> None:
    shards = Planted(tmp_path)
    for i, fooled in enumerate([N % 2 == 0, N % 3 > 0]):
        shards.attack(i, fooled, CUTS)
    shards.sums(CUTS)
    specs = [Pgd.model_validate({"eps": eps}) for eps in ("0.5/255", "1/255")]
    params = shards.params(specs, CUTS)
    params["attacks"] = [spec.model_dump(mode="json", context=AS_WRITTEN) for spec in specs]
    params["request"]["neurons"] = {"eps": "3/510"}
    report = build(params, shards.inputs).report
    text = render(report)
    for written in ("0.5/255", "1/255", "3/510"):
        assert f"ε\u00a0=\u00a0{written}" in text or f"ε = {written}" in text
    (axis,) = (str(chart.drawing) for chart in over_option(report, "eps"))
    assert ">0.5/255<" in axis
    dumped = report.model_dump(mode="json")
    assert [a["params"]["eps"] for a in dumped["attacks"]] == [0.5 / 255, 1 / 255]
    assert dumped["neurons"]["pairs"]["eps"] == 3 / 510
    assert [w["threat"]["label"] for w in dumped["worst_case"]] == [
        f"L∞, ε\u00a0=\u00a0{eps}" for eps in ("0.5/255", "1/255")
    ]
