"""Sheets of single images: what an attack did to an image, where the model looks, and where single pixels decide."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from workers.reports.colouring import over, plain, seen, signed, source

#: Sheets on a page, and of one true class among them.
MOST, OF_ONE_CLASS = 6, 2
#: PSR is drawn up to here: a factor of 8 between promotion and suppression.
_PSR = 3.0
#: A region's edges and hits are drawn on a picture of about this width.
_WIDTH = 168
_NEGLIGIBLE = 2
_HIT = np.array((194, 65, 12), np.uint8)
_EDGE = np.array((255, 255, 255), np.uint8)
_MAPS = ("{true} in the benign image", "{other} in the benign image", "{true} under attack", "{other} under attack")

Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True)
class Panel:
    """A picture as a data URI, and the words below it; `{true}` and `{other}` stand for the names of the classes."""

    source: str
    says: str


@dataclass(frozen=True)
class Sheet:
    """The panels of one image. other: the class that the attack reached, or None."""

    index: int
    label: int
    other: int | None
    panels: list[Panel] = field(default_factory=list)


def of_examples(files: Mapping[str, Path]) -> list[Sheet]:
    """Explained examples, with their regions where these were searched in the same image.

    files: the artifacts `explanations` and, if there, `regions`. Images with a pixel that decides go first, then others
    that were searched; at most `OF_ONE_CLASS` of a class, `MOST` altogether.
    """
    if "explanations" not in files:
        return []
    regions = _regions_by_index(files)
    with np.load(files["explanations"], allow_pickle=False) as data:
        label, index = data["label"], data["index"].tolist()
        order = sorted(range(len(index)), key=lambda i: (-_interest(regions.get(index[i])), i))
        chosen = _few_of_each(order, label.tolist())
        rows = _rows(data, chosen)
    sheets = []
    for row in rows:
        sheet = Sheet(int(row["index"]), int(row["label"]), int(row["target"]), list(_panels(row)))
        if sheet.index in regions:
            sheet.panels.append(_region_panel(row["x"], regions[sheet.index]))
        sheets.append(sheet)
    return sheets


def _interest(found: tuple[Any, Any] | None) -> int:
    """2 where a pixel decides, 1 where none does, 0 where none was tried."""
    return 0 if found is None else 1 + int(np.any(found[1]))


def _few_of_each(order: Sequence[int], labels: Sequence[int]) -> list[int]:
    chosen: list[int] = []
    for i in order:
        if len(chosen) < MOST and sum(labels[k] == labels[i] for k in chosen) < OF_ONE_CLASS:
            chosen.append(i)
    return chosen


def _rows(data: Arrays, rows: Sequence[int]) -> list[dict[str, Any]]:
    """The chosen rows of every column; columns are read one at a time."""
    found: list[dict[str, Any]] = [{} for _ in rows]
    for name in data:
        column = data[name]
        for row, i in zip(found, rows, strict=True):
            row[name] = column[i]
    return found


def _regions_by_index(files: Mapping[str, Path]) -> dict[int, tuple[Any, Any]]:
    """Image → its segments and its counts of values that fool, (h, w) each."""
    if "regions" not in files:
        return {}
    with np.load(files["regions"], allow_pickle=False) as data:
        index, segments, vulnerable = data["index"].tolist(), data["segments"], data["vulnerable"]
    return {i: (segments[k], vulnerable[k]) for k, i in enumerate(index)}


def _panels(row: Mapping[str, Any]) -> Iterator[Panel]:
    x, x_adv = row["x"], row["x_adv"]
    change = x_adv - x
    largest = float(np.abs(change).max())
    gain = 1 / largest if largest > 0 else 1.0
    yield Panel(source(plain(x)), "benign")
    yield Panel(source(plain(x_adv)), "under attack")
    yield Panel(source(plain(0.5 + change * gain / 2)), f"change × {gain:.3g}")
    yield Panel(source(_psr(row)), "blue pushes {true} down, orange lifts {other}")
    # columns of maps and of pruned examples are missing where none were made
    for k, says in enumerate(_MAPS if np.any(row.get("maps", 0)) else ()):
        image = x if k < 2 else x_adv
        yield Panel(source(over(seen(row["maps"][k]), image)), says)
    if row.get("refined", False):
        yield Panel(
            source(plain(0.5 + (row["x_refined"] - x) * gain / 2)), f"what of the change suffices, × {gain:.3g}"
        )


def _psr(row: Mapping[str, Any]) -> npt.NDArray[np.uint8]:
    """The map of PSR: clear where nothing is perturbed, grey where neither effect counts."""
    colours = signed(row["psr"], _PSR)
    colours[row["kind"] == _NEGLIGIBLE] = 150
    return np.concatenate([colours, np.where(row["touched"], 255, 0).astype(np.uint8)[..., None]], -1)


def _region_panel(x: Any, found: tuple[Any, Any]) -> Panel:
    segments, vulnerable = found
    hits = int((vulnerable > 0).sum())
    says = f"regions; orange: {hits} pixel{'s' * (hits != 1)} that decide{'s' * (hits == 1)} alone"
    return Panel(source(_outlined(x, segments, vulnerable), _WIDTH), says)


def _outlined(x: Any, segments: Any, vulnerable: Any) -> npt.NDArray[np.uint8]:
    """The image in grey, enlarged, with the edges of its regions in white and the pixels that decide in orange."""
    factor = max(1, _WIDTH // segments.shape[1])
    large = np.kron(segments, np.ones((factor, factor), np.int64))
    grey = plain(x).mean(-1)[..., None].repeat(3, -1).round().astype(np.uint8)
    picture: npt.NDArray[np.uint8] = grey.repeat(factor, 0).repeat(factor, 1)
    edge = np.zeros(large.shape, bool)
    for a, b in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        differs = large[a] != large[b]
        edge[a] |= differs  # on both sides: pages show it smaller, where a line of one pixel may vanish
        edge[b] |= differs
    picture[edge] = _EDGE
    around = max(1, factor, segments.shape[1] // 84)
    for y, left in np.argwhere(vulnerable > 0).tolist():
        picture[y * factor : y * factor + around, left * factor : left * factor + around] = _HIT
    return picture
