"""Figures: bars, points and shares are where their numbers say, and a file of its own needs nothing else."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import numpy as np
import pytest

from workers.reports.charts import epochs
from workers.reports.figures import Figure, standalone
from workers.reports.plots import MOST_BARS, bars_or_histogram, scatter, shares
from workers.reports.svg import Drawing

SVG = "{http://www.w3.org/2000/svg}"
EVIL = '"><script>alert(1)</script>&amp;\x1b[31m'


def elements(drawing: Drawing, tag: str, of: str) -> Iterator[dict[str, str]]:
    """Attributes of the elements of a drawing whose class begins with `of`."""
    for element in ET.fromstring(str(drawing)).iter(tag):
        if element.get("class", "").startswith(of):
            yield dict(element.attrib)


def test_bars_are_as_high_as_their_values_and_stand_on_zero() -> None:
    drawing = bars_or_histogram("t", "x", ["a", "b", "c", "d"], [0.5, -0.25, None, 1.0], (-0.1, 0.1))
    bars = [(float(b["y"]), float(b["height"])) for b in elements(drawing, "rect", "fill")]
    assert len(bars) == 3
    (y_a, h_a), (y_b, h_b), (y_d, h_d) = bars
    assert h_a / h_d == pytest.approx(0.5, abs=0.01)
    assert h_b / h_d == pytest.approx(0.25, abs=0.01)
    assert y_a + h_a == pytest.approx(y_d + h_d, abs=0.2)  # upwards from zero
    assert y_b == pytest.approx(y_d + h_d, abs=0.2)  # downwards from zero
    (band,) = elements(drawing, "rect", "band")
    assert float(band["height"]) / h_d == pytest.approx(0.2, abs=0.01)
    assert "1 of 4 without a value" in drawing.description


def test_many_targets_become_a_histogram_of_all_their_values() -> None:
    values = np.random.default_rng(0).random(MOST_BARS + 70)
    drawing = bars_or_histogram("t", "x", [str(i) for i in range(len(values))], [*values[:-1].tolist(), None])
    heights = np.array([float(b["height"]) for b in elements(drawing, "rect", "fill")])
    counts = np.histogram(values[:-1], bins=20)[0]
    filled = counts[counts > 0]
    assert heights / heights.max() == pytest.approx(filled / filled.max(), abs=0.01)


def test_marked_points_are_all_drawn_with_a_shape_of_their_own() -> None:
    n = 10_000
    points = [(float(i), float(i % 7)) for i in range(n)]
    drawing = scatter("t", "x", points, [2 if i % 1000 == 1 else 1 for i in range(n)], most=100)
    assert len(list(elements(drawing, "path", "dot tone2"))) == 10
    circles = list(elements(drawing, "circle", "dot tone1"))
    assert 90 <= len(circles) <= 100
    x = [float(c["cx"]) for c in circles]
    assert x == sorted(x)


def test_shares_fill_the_whole_bar_in_their_order() -> None:
    drawing = shares("t", [("PGD", [0.5, 0.3, 0.2, 0.0])], [("a", 1), ("b", 3), ("c", 2), ("d", 0)])
    pieces = [(float(p["x"]), float(p["width"]) + 1) for p in elements(drawing, "rect", "fill")]
    whole = sum(w for _, w in pieces)
    assert [w / whole for _, w in pieces] == pytest.approx([0.5, 0.3, 0.2], abs=0.01)
    assert [x for x, _ in pieces[1:]] == pytest.approx([x + w for x, w in pieces[:-1]], abs=0.3)


def test_a_figure_alone_is_well_formed_and_says_all_that_the_page_says() -> None:
    drawing = scatter(EVIL, EVIL, [(0.0, 1.0), (1.0, 2.0)])
    text = standalone(Figure(EVIL, drawing, [(EVIL, 1), ("by chance", 0)], "One sentence on what it shows. " + EVIL))
    root = ET.fromstring(text)
    assert {element.tag for element in root.iter()} <= {
        SVG + tag for tag in ("svg", "title", "style", "rect", "text", "path", "line", "circle")
    }
    assert "\x1b" not in text
    shown = " ".join(element.text or "" for element in root.iter(SVG + "text"))
    assert "One sentence on what it shows." in shown
    assert "by chance" in shown
    assert "One sentence" in root.get("aria-label", "")
    style = root.findtext(SVG + "style") or ""
    assert "prefers-color-scheme: dark" in style
    used = set(re.findall(r"var\((--[a-z]+)\)", style))
    assert used <= set(re.findall(r"(--[a-z]+):", style))
    assert not re.search(r"https?:(?!//www\.w3\.org/2000/svg)|url\(|@import", text)


@pytest.mark.parametrize("delivered_epoch", [None, 1])
def test_the_frontier_is_clean_against_robust_accuracy(delivered_epoch: int | None) -> None:
    line = {"loss": None, "l_adv": None, "l_sns": None, "clean_accuracy": 0.9, "robust_accuracy": 0.1}
    ways = [(0.0, 0.9, 0.05), (0.5, 0.88, 0.3), (1.0, 0.8, 0.4)]
    frontier = {
        "met": True, "delivered": 0.5, "delivered_epoch": delivered_epoch,
        "points": [{"share": s, "clean_accuracy": c, "robust_accuracy": r} for s, c, r in ways],
        "epochs": [{"epoch": 1, "clean_accuracy": 0.85, "robust_accuracy": 0.35}],
    }  # fmt: skip
    log = [{"epoch": epoch, **line} for epoch in range(2)]
    (found,) = (f for f in epochs({"log": log, "frontier": frontier}) if f.title.startswith("Frontier"))
    drawn = str(found.drawing.body)
    marks = {2: drawn.count("dot tone2"), 3: drawn.count("dot tone3"), 1: drawn.count("<circle")}
    assert marks == ({1: 2, 2: 1, 3: 1} if delivered_epoch is None else {1: 3, 2: 1, 3: 0})
    assert "4 points, x from 0.8 to 0.9, y from 0.05 to 0.4" in found.drawing.description
    # The delivered point stands at its own two shares: between the others' places.
    centres = [float(x) for x in re.findall(r'cx="([0-9.]+)"', drawn)]
    (x,) = (float(found) for found in re.findall(r'dot tone2" d="M([0-9.]+) ', drawn))
    assert min(centres) < x < max(centres)
