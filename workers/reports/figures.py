"""A figure, on the page and as a file of its own: the same drawing, legend and sentence in both."""

import base64
import io
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from markupsafe import Markup
from PIL import Image

from openapi.text import visible
from workers.reports.plots import point_of
from workers.reports.svg import WIDTH, Drawing

#: Characters that fit into a line of a title, and of the small text below a drawing.
_TITLE, _TEXT = 38, 54
_LINE = 15
#: What a drawing's legend tells of: `areas` are bars and pieces of bars.
Marks = Literal["lines", "points", "areas"]


@dataclass(frozen=True)
class Figure:
    """A drawing with its title.

    legend: names of its marks and their places in the palette; 0 is what chance gives. marks: what they are. says: one
    sentence on what is shown, and one on what would be unusual.
    """

    title: str
    drawing: Drawing
    legend: Sequence[tuple[str, int]] = ()
    says: str = ""
    marks: Marks = "lines"


def picture(title: str, png: bytes, description: str, says: str, *, pixelated: bool = False) -> Figure:
    """A figure whose drawing is a picture; pixelated: its pixels stay sharp when they are enlarged."""
    with Image.open(io.BytesIO(png)) as opened:
        width, height = opened.size
    drawn = round(WIDTH * height / width)
    body = Markup('<image width="{}" height="{}"{} href="data:image/png;base64,{}"/>').format(
        WIDTH, drawn, Markup(' style="image-rendering:pixelated"') if pixelated else "", base64.b64encode(png).decode()
    )
    return Figure(title, Drawing(drawn, title, description, body), says=says)


def key(tone: int, marks: Marks) -> Markup:
    """A legend's swatch: the mark as it is drawn, so that dashes and shapes tell what colours do not."""
    return Markup('<svg class="key" viewBox="0 0 22 8" aria-hidden="true">{}</svg>').format(_swatch(tone, marks))


def _swatch(tone: int, marks: Marks) -> Markup:
    """A mark in the middle of 22 × 8."""
    if marks == "points":
        return Markup(point_of(tone)).format(t=tone, x=11, y=4)
    if marks == "areas":
        return Markup('<rect class="fill tone{}" x="1" y="0" width="20" height="8"/>').format(tone)
    return Markup('<path class="line tone{}" d="M1 4H21"/>').format(tone)


def standalone(figure: Figure) -> str:
    """The figure as a file: title, drawing, legend, sentence; light or dark by its viewer."""
    parts, y = [], 8
    for row in textwrap.wrap(visible(figure.title), _TITLE):
        y += _LINE + 2
        parts.append(Markup('<text class="title" x="12" y="{}">{}</text>').format(y - 2, row))
    y += 6
    parts.append(
        Markup('<svg y="{}" width="{}" height="{}">{}</svg>').format(
            y, WIDTH, figure.drawing.height, figure.drawing.body
        )
    )
    y += figure.drawing.height
    for name, tone in figure.legend:
        y += _LINE
        mark = Markup('<svg x="11" y="{}" width="22" height="8">{}</svg>').format(y - 7, _swatch(tone, figure.marks))
        parts.append(mark + Markup('<text class="tick" x="40" y="{}">{}</text>').format(y, visible(name)))
    y += 4 if figure.legend else 0
    for row in textwrap.wrap(visible(figure.says), _TEXT):
        y += _LINE
        parts.append(Markup('<text class="tick" x="12" y="{}">{}</text>').format(y, row))
    y += 14
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w2}" height="{h2}" role="img"'
        ' aria-label="{label}"><title>{title}</title><style>{style}</style>'
        '<rect class="paper" width="100%" height="100%"/>{body}</svg>\n'
    ).format(
        w=WIDTH, h=y, w2=2 * WIDTH, h2=2 * y, style=figure_style(), body=Markup("").join(parts),
        label=visible(f"{figure.title}. {figure.drawing.description}. {figure.says}"), title=visible(figure.title),
    )  # fmt: skip


@cache
def figure_style() -> Markup:
    """The colours and the rules of drawings: a part of the page's style sheet, and all that a figure alone needs."""
    folder = resources.files("workers.reports.templates")
    return Markup((folder / "palette.css").read_text("utf-8") + (folder / "figures.css").read_text("utf-8"))
