"""Axes, line charts, sorted curves and histograms as small inline SVG, coloured by the page's style sheet.

All charts share one width in user units, about what a phone shows, so that their text keeps its size in every layout.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from openapi.text import counted, visible

WIDTH, HEIGHT = 340, 200
LEFT, RIGHT, TOP, BOTTOM = 44, 16, 12, 34


@dataclass(frozen=True)
class Series:
    """One line: points (x, y), what it is called, and its place in the palette."""

    name: str
    points: Sequence[tuple[float, float]]
    tone: int = 1
    low: Sequence[float] = ()
    high: Sequence[float] = ()


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers between low and high: steps of 1, 2 or 5 times a power of ten."""
    if not high > low:
        return [low]
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [0.0 if k == 0 else k * step for k in range(first, last + 1)]


def label(value: float) -> str:
    """A number at an axis: three digits, an exponent where it would be long."""
    if value == 0:
        return "0"
    return f"{value:.3g}" if 1e-3 <= abs(value) < 1e5 else f"{value:.0e}".replace("e-0", "e-").replace("e+0", "e")


@dataclass(frozen=True)
class Drawing:
    """What stands inside an ``<svg>`` of this height, its title, and its text alternative."""

    height: int
    title: str
    description: str
    body: Markup

    def __html__(self) -> str:
        """The drawing as inline SVG."""
        return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}</svg>').format(
            WIDTH, self.height, visible(f"{self.title}. {self.description}"), visible(self.title), self.body
        )

    __str__ = __html__


class Plot:
    """Axes over [x0, x1] × [y0, y1], and the elements drawn so far."""

    def __init__(self, x: tuple[float, float], y: tuple[float, float], height: int = HEIGHT) -> None:
        self.x0, self.x1 = x if x[1] > x[0] else (x[0] - 0.5, x[0] + 0.5)
        self.y0, self.y1 = y if y[1] > y[0] else (y[0], y[0] + 1)
        self.height = height
        self.parts: list[Markup] = []

    def px(self, x: float) -> float:
        """Where x is on the drawing, from the left."""
        return round(LEFT + (x - self.x0) / (self.x1 - self.x0) * (WIDTH - LEFT - RIGHT), 1)

    def py(self, y: float) -> float:
        """Where y is on the drawing, from above."""
        return round(self.height - BOTTOM - (y - self.y0) / (self.y1 - self.y0) * (self.height - TOP - BOTTOM), 1)

    def add(self, template: str, **values: object) -> None:
        """Draw an element; the values are escaped."""
        self.parts.append(
            Markup(template).format(**{k: visible(v) if type(v) is str else v for k, v in values.items()})
        )

    def axes(
        self,
        x_label: str,
        y_format: Callable[[float], str] = label,
        x_ticks: Sequence[float] = (),
        x_format: Callable[[float], str] = label,
        y_ticks: Sequence[float] | None = None,
    ) -> None:
        """Draw both axes, at round numbers where no ticks are given."""
        right, base = WIDTH - RIGHT, self.height - BOTTOM
        for y in ticks(self.y0, self.y1, 4) if y_ticks is None else y_ticks:
            self.add('<line class="grid" x1="{a}" x2="{b}" y1="{y}" y2="{y}"/>', a=LEFT, b=right, y=self.py(y))
            self.add('<text class="tick end" x="{x}" y="{y}">{t}</text>', x=LEFT - 6, y=self.py(y) + 3.5, t=y_format(y))
        for x in x_ticks or ticks(self.x0, self.x1, 5):
            self.add('<text class="tick mid" x="{x}" y="{y}">{t}</text>', x=self.px(x), y=base + 14, t=x_format(x))
        self.add('<line class="axis" x1="{a}" x2="{b}" y1="{y}" y2="{y}"/>', a=LEFT, b=right, y=base)
        middle = (LEFT + right) / 2
        self.add('<text class="tick mid" x="{x}" y="{y}">{t}</text>', x=middle, y=self.height - 5, t=x_label)

    def apart(self, xs: Sequence[float], gap: float = 48) -> list[float]:
        """Those of the values that leave room for their labels; the last one always."""
        kept: list[float] = []
        for x in sorted(set(xs), reverse=True):
            if not kept or self.px(kept[-1]) - self.px(x) >= gap:
                kept.append(x)
        return kept

    def path(self, points: Sequence[tuple[float, float]]) -> str:
        """The ``d`` of a path through the points."""
        return "M" + "L".join(f"{self.px(x)} {self.py(y)}" for x, y in points)

    def drawing(self, title: str, description: str) -> Drawing:
        """What has been drawn."""
        return Drawing(self.height, title, description, Markup("").join(self.parts))


def accuracy_chart(
    title: str,
    x_label: str,
    series: Sequence[Series],
    clean: float | None = None,
    measured: Callable[[float], str] | None = None,
) -> Drawing:
    """Accuracy (0 to 1) against eps or steps; the clean accuracy is a dashed line.

    measured: mark the points and write these names of theirs below the axis.
    """
    xs = [x for s in series for x, _ in s.points]
    plot = Plot((min(xs), max(xs)), (0.0, 1.0))
    plot.axes(x_label, lambda y: f"{100 * y:.0f} %", plot.apart(xs) if measured else (), measured or label)
    if clean is not None:
        plot.add(
            '<line class="clean-line" x1="{a}" x2="{b}" y1="{y}" y2="{y}"/>',
            a=LEFT, b=WIDTH - RIGHT, y=plot.py(clean),
        )  # fmt: skip
    for s in series:
        if s.low and s.high:
            band = [(x, h) for (x, _), h in zip(s.points, s.high, strict=True)]
            band += [(x, lo) for (x, _), lo in zip(s.points, s.low, strict=True)][::-1]
            plot.add('<path class="band tone{t}" d="{d}Z"/>', t=s.tone, d=plot.path(band))
        plot.add('<path class="line tone{t}" d="{d}"/>', t=s.tone, d=plot.path(s.points))
        if measured:
            for x, y in s.points:
                plot.add('<circle class="dot tone{t}" cx="{x}" cy="{y}" r="3"/>', t=s.tone, x=plot.px(x), y=plot.py(y))
    ends = "; ".join(f"{s.name}: {100 * s.points[-1][1]:.1f} % at {label(s.points[-1][0])}" for s in series)
    return plot.drawing(title, ends)


def sorted_curve(title: str, sigma: Sequence[float], top: int) -> Drawing:
    """A layer's sensitivities, sorted, with the line after the neurons of Omega (SNS, Figs 10 to 12)."""
    n, high = len(sigma), max(sigma)
    plot = Plot((0, n), (0.0, high or 1.0), 150)
    plot.axes("neurons, most sensitive first", x_ticks=(0, n) if n <= 4 else ())
    # A step a neuron up to 160 of them, then the first of every group: the curve is monotone, so its shape is kept.
    stride = max(1, math.ceil(n / 160))
    steps: list[tuple[float, float]] = []
    for m in range(0, n, stride):
        steps += [(m, sigma[m]), (min(m + stride, n), sigma[m])]
    base = plot.py(0)
    inside = [(x, y) for x, y in steps if x <= top]
    if inside:
        plot.add(
            '<path class="area tone2" d="{d}L{x} {b}L{a} {b}Z"/>',
            d=plot.path(inside), x=plot.px(inside[-1][0]), a=plot.px(0), b=base,
        )  # fmt: skip
    plot.add('<path class="line tone1" d="{d}"/>', d=plot.path(steps))
    plot.add('<line class="cut" x1="{x}" x2="{x}" y1="{a}" y2="{b}"/>', x=plot.px(top), a=TOP - 4, b=base)
    return plot.drawing(title, f"largest {label(sigma[0])}, least {label(sigma[-1])}, {top} of {n} neurons in Omega")


def histogram(title: str, edges: Sequence[float], counts: Sequence[int], x_label: str) -> Drawing:
    """Counts over bins of equal width."""
    plot = Plot((edges[0], edges[-1]), (0.0, float(max(counts)) or 1.0), 150)
    plot.axes(x_label)
    for a, b, c in zip(edges[:-1], edges[1:], counts, strict=True):
        if c:
            x, y = plot.px(a), plot.py(c)
            plot.add(
                '<rect class="fill tone2" x="{x}" y="{y}" width="{w}" height="{h}"/>',
                x=x + 0.5, y=y, w=round(max(1.0, plot.px(b) - x - 1), 1), h=round(plot.py(0) - y, 1),
            )  # fmt: skip
    return plot.drawing(title, f"{counted(sum(counts), 'example')}")


def series_chart(
    title: str, x_label: str, series: Sequence[Series], measured: Callable[[float], str] | None = None
) -> Drawing:
    """Plain lines from zero upwards, such as a loss over epochs; `measured` as in `accuracy_chart`, without marks."""
    xs = [x for s in series for x, _ in s.points]
    ys = [y for s in series for _, y in s.points]
    plot = Plot((min(xs), max(xs)), (min(0.0, *ys), max(ys)))
    plot.axes(x_label, x_ticks=plot.apart(xs) if measured else (), x_format=measured or label)
    for s in series:
        plot.add('<path class="line tone{t}" d="{d}"/>', t=s.tone, d=plot.path(s.points))
    return plot.drawing(title, "; ".join(f"{s.name} ends at {label(s.points[-1][1])}" for s in series))
