"""The report's part of the sweep over ε: sums of all slices → a curve a layer and tap."""

from collections import defaultdict
from collections.abc import Sequence

from openapi.analyses.sensitivity import LayerSensitivity
from openapi.analyses.sweep import SweepOptions, SweepSection, SweepValue, SweptLayer, sums_file
from openapi.base import as_written
from openapi.report import Report
from openapi.text import counted
from workers.neurons.ranking import finish
from workers.neurons.sums import SensitivitySums, merge_sums
from workers.reports.analyses.base import Found, Merged, Result, View
from workers.reports.charts import TONES
from workers.reports.figures import Figure
from workers.reports.svg import Series, series_chart


def merge(options: SweepOptions, found: Found) -> Merged:
    """Merge the sums of the slices exactly, for each eps and tap."""
    parts: defaultdict[int, list[Result]] = defaultdict(list)
    for result in found.of("sweep"):
        parts[result.at[0]].append(result)
    measured = {tap: [_layers(found, parts[i], tap) for i in range(len(options.eps))] for tap in options.taps}
    first = parts[0][0].value
    taps = first.taps if isinstance(first, SweepValue) else {}
    layers = tuple(
        SweptLayer(
            name=name,
            tap=taps[tap][name],
            ratio=tuple(_number(at[name].ratio["mean"]) for at in each),
            sensitivity=tuple(at[name].sensitivity["mean"] for at in each),
        )
        for tap, each in measured.items()
        for name in each[0]
        # A layer without an activation is tapped at its output; it is told of once.
        if taps[tap][name] == tap or taps[tap][name] not in options.taps
    )
    if not layers:
        return Merged(None, "no layer could be tapped")
    n = sum(part.value.n for part in parts[0] if isinstance(part.value, SweepValue))
    return Merged(
        SweepSection(eps=options.eps, n=n, layers=layers),
        f"{len(options.eps)} eps over {counted(n, 'pair')} each, {len(layers)} layers and taps; mean sensitivity ratio "
        f"{_mean_ratio(layers, 0):.3g} at {as_written(options.eps[0])}, {_mean_ratio(layers, -1):.3g} at "
        f"{as_written(options.eps[-1])}",
        {"pairs": n, "layers": len(layers)},
    )


def _layers(found: Found, parts: Sequence[Result], tap: str) -> dict[str, LayerSensitivity]:
    sums = merge_sums([SensitivitySums.load(part.files[sums_file(tap)]) for part in parts])
    layers = finish(sums, found.params.model.layers, zero_policy=found.options.zero_policy)
    return {layer.name: layer for layer in layers}


def _mean_ratio(layers: Sequence[SweptLayer], at: int) -> float:
    there = [ratio for layer in layers if (ratio := layer.ratio[at]) is not None]
    return sum(there) / len(there) if there else 0.0


def _number(value: float | int | None) -> float | None:
    return None if value is None else float(value)


def view(section: SweepSection, report: Report) -> View:
    """A chart a tap, of as many layers as there are colours, from the first to the last; and the headings."""
    charts = []
    for tap in dict.fromkeys(layer.tap for layer in section.layers):
        mine = [layer for layer in section.layers if layer.tap == tap]
        shown = mine if len(mine) <= TONES else [mine[round(i * (len(mine) - 1) / (TONES - 1))] for i in range(TONES)]
        lines = [
            Series(layer.name, [(e, r) for e, r in zip(section.eps, layer.ratio, strict=True) if r is not None], tone)
            for tone, layer in enumerate(shown, 1)
        ]
        lines = [line for line in lines if len(line.points) > 1]
        if lines:
            charts.append(_figure(tap, lines))
    return {"charts": charts, "eps": [as_written(e) for e in section.eps]}


def _figure(tap: str, series: Sequence[Series]) -> Figure:
    drawing = series_chart(f"Mean sensitivity ratio against eps, tap {tap}", "ε of the pairs", series, as_written)
    says = (
        "How much of a layer's output attacks of growing size change, "
        + _PLACES.get(tap, f"at the tap {tap}")
        + ". Lines "
        "rise and flatten; one that stays level or falls while others rise is unusual."
    )
    return Figure(f"Mean ratio against ε, tap {tap}", drawing, [(s.name, s.tone) for s in series], says)


_PLACES = {"conv": "before the activation", "act": "after the activation"}
