"""Bars, points and shares as small inline SVG, on the axes of `workers.reports.svg`."""

import math
from collections.abc import Sequence

import numpy as np

from workers.reports.svg import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Drawing, Plot, label

#: More bars than these are not told apart: a histogram of their heights is drawn instead (SNS, Figs 2b and 3b).
MOST_BARS = 30
_ROW = 36


def bars_or_histogram(
    title: str,
    x_label: str,
    names: Sequence[str],
    values: Sequence[float | None],
    chance: tuple[float, float] | None = None,
) -> Drawing:
    """A bar a name, or how many there are at each height (SNS, Figs 2 and 3). None: nothing was measured.

    chance: the range that chance gives, drawn as a band.
    """
    if len(names) <= MOST_BARS:
        return _bars(title, x_label, names, values, chance)
    return _heights(title, [v for v in values if v is not None], chance)


def _bars(
    title: str,
    x_label: str,
    names: Sequence[str],
    values: Sequence[float | None],
    chance: tuple[float, float] | None,
) -> Drawing:
    there = [v for v in values if v is not None]
    ends = [0.0, *there, *(chance or ())]
    plot = Plot((0, len(names)), (min(ends), max(ends)))
    width = plot.px(1) - plot.px(0)
    # Names where all of them have room below their bars, else their numbers.
    short = names if all(6 * len(name) <= width for name in names) else [str(i) for i in range(len(names))]
    shown = range(0, len(names), math.ceil(6 * len(short[-1]) / width) if names else 1)
    plot.axes(x_label, x_ticks=[i + 0.5 for i in shown], x_format=lambda x: short[int(x)])
    for i, value in enumerate(values):
        if value is not None:
            top, bottom = plot.py(max(value, 0.0)), plot.py(min(value, 0.0))
            plot.add(
                '<rect class="fill tone1" x="{x}" y="{y}" width="{w}" height="{h}"><title>{t}</title></rect>',
                x=round(plot.px(i) + width * 0.16, 1), y=top, w=round(width * 0.68, 1),
                h=round(max(0.5, bottom - top), 1), t=f"{names[i]}: {value:.3g}",
            )  # fmt: skip
    if chance is not None:
        _chance(plot, chance)
    return plot.drawing(title, _range(there) + f", {len(names) - len(there)} of {len(names)} without a value")


def _heights(title: str, values: Sequence[float], chance: tuple[float, float] | None) -> Drawing:
    counts, edges = np.histogram(values, bins=20) if values else (np.zeros(1), np.array([0.0, 1.0]))
    ends = [*edges[[0, -1]].tolist(), *(chance or ())]
    plot = Plot((min(ends), max(ends)), (0.0, float(counts.max()) or 1.0))
    plot.axes("value (bars: how many targets)")
    if chance is not None:
        left, right = plot.px(chance[0]), plot.px(chance[1])
        plot.add(
            '<rect class="band tone0" x="{x}" y="{y}" width="{w}" height="{h}"/>',
            x=left, y=TOP, w=round(max(1.5, right - left), 1), h=HEIGHT - BOTTOM - TOP,
        )  # fmt: skip
    for a, b, count in zip(edges[:-1], edges[1:], counts, strict=True):
        if count:
            plot.add(
                '<rect class="fill tone1" x="{x}" y="{y}" width="{w}" height="{h}"/>',
                x=plot.px(a), y=plot.py(count), w=round(max(1.0, plot.px(b) - plot.px(a) - 1), 1),
                h=round(plot.py(0) - plot.py(count), 1),
            )  # fmt: skip
    return plot.drawing(title, _range(values))


def _chance(plot: Plot, chance: tuple[float, float]) -> None:
    """What chance gives, from the left to the right end: a band with dashed edges, or a dashed line."""
    top, bottom = plot.py(max(chance)), plot.py(min(chance))
    plot.add(
        '<rect class="band tone0" x="{x}" y="{y}" width="{w}" height="{h}"/>',
        x=LEFT, y=top, w=WIDTH - LEFT - RIGHT, h=round(bottom - top, 1),
    )  # fmt: skip
    for y in sorted({top, bottom}):
        plot.add('<path class="line tone0" d="M{a} {y}H{b}"/>', a=LEFT, b=WIDTH - RIGHT, y=y)


def _range(values: Sequence[float]) -> str:
    return f"from {label(min(values))} to {label(max(values))}" if values else "no value"


def scatter(
    title: str,
    x_label: str,
    points: Sequence[tuple[float, float]],
    tones: Sequence[int] | None = None,
    most: int = 1500,
) -> Drawing:
    """Points (x, y), each with its place in the palette; of more than `most` evenly many are drawn."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    plot = Plot((min(0.0, *xs), max(xs)), (min(0.0, *ys), max(ys)))
    plot.axes(x_label)
    stride = max(1, math.ceil(len(points) / most))
    marked = tones or [1] * len(points)
    # The marked ones are all drawn, and last, above the others.
    order = sorted(range(len(points)), key=lambda i: marked[i])
    for i in order:
        if marked[i] != 1 or i % stride == 0:
            plot.add(point_of(marked[i]), t=marked[i], x=plot.px(xs[i]), y=plot.py(ys[i]))
    return plot.drawing(title, f"{len(points)} points, x {_range(xs)}, y {_range(ys)}")


def shares_against(title: str, x_label: str, points: Sequence[tuple[float, float]], tones: Sequence[int]) -> Drawing:
    """Points of two shares (x, y), each with its place in the palette, those of place 2 above the others; the axes are
    as long as the points are far apart."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    plot = Plot(_around(xs), _around(ys))

    def percent(share: float) -> str:
        return f"{100 * share:.4g} %"

    plot.axes(x_label, percent, x_format=percent)
    for i in sorted(range(len(points)), key=lambda i: tones[i] == 2):
        plot.add(point_of(tones[i]), t=tones[i], x=plot.px(xs[i]), y=plot.py(ys[i]))
    return plot.drawing(title, f"{len(points)} points, x {_range(xs)}, y {_range(ys)}")


def _around(shares: Sequence[float]) -> tuple[float, float]:
    """The range of the shares, a little wider, within 0 and 1."""
    room = max(0.01, 0.1 * (max(shares) - min(shares)))
    return max(0.0, min(shares) - room), min(1.0, max(shares) + room)


def point_of(tone: int) -> str:
    """The mark of a point at x, y with the tone t: circles, and diamonds for those that are marked."""
    return _CIRCLE if tone == 1 else _DIAMOND


_CIRCLE = '<circle class="dot tone{t} many" cx="{x}" cy="{y}" r="2.4"/>'
_DIAMOND = '<path class="dot tone{t}" d="M{x} {y}m0 -4l4 4l-4 4l-4 -4z"/>'


def shares(title: str, rows: Sequence[tuple[str, Sequence[float]]], legend: Sequence[tuple[str, int]]) -> Drawing:
    """A stacked bar a row: shares that add up to 1, one for each entry of `legend` (name, place in the palette)."""
    plot = Plot((0.0, 1.0), (0.0, 1.0), TOP + _ROW * len(rows) + BOTTOM)
    plot.axes("share of the perturbed groups", y_ticks=(), x_format=lambda x: f"{100 * x:.0f} %")
    for i, (name, values) in enumerate(rows):
        top, left = TOP + _ROW * i, 0.0
        plot.add('<text class="tick" x="{x}" y="{y}">{t}</text>', x=LEFT, y=top + 8, t=name)
        for value, (kind, tone) in zip(values, legend, strict=True):
            if value > 0:
                width = round(max(0.5, plot.px(left + value) - plot.px(left) - 1), 1)
                plot.add(
                    '<rect class="fill tone{t}" x="{x}" y="{y}" width="{w}" height="16"><title>{k}</title></rect>',
                    t=tone, x=plot.px(left), y=top + 13, w=width, k=f"{kind}: {100 * value:.1f} %",
                )  # fmt: skip
            if value >= 0.09:
                plot.add(
                    '<text class="tick mid on" x="{x}" y="{y}">{t}</text>',
                    x=round(plot.px(left + value / 2), 1), y=top + 25, t=f"{100 * value:.0f} %",
                )  # fmt: skip
            left += value
    told = "; ".join(
        f"{name}: " + ", ".join(f"{kind} {100 * v:.1f} %" for v, (kind, _) in zip(values, legend, strict=True))
        for name, values in rows
    )
    return plot.drawing(title, told)
