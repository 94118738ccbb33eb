"""Layers, and σ of all their neurons, in the file of columns.

``layers``: a line a `LayerView`. ``sigma.*``: of the neurons of all layers, one behind the other in the order of their
numbers. Facts: ``layers``, name → [first place, neurons]; ``penultimate``, name of the layer that measures are of;
``aliases``, the papers' names, each with the layers that it means.
"""

import math
from collections.abc import Iterator

import numpy as np

from openapi.analyses.sensitivity import LayerSensitivity
from openapi.analyses.similarity import LayerSimilarity
from openapi.analyses.sweep import SweepSection
from openapi.analyses.vulnerability import VULNERABILITY
from openapi.layer_names import aliases
from openapi.report import Report
from openapi.views.layers import LayerSweep, LayerView
from workers.reports.analyses.base import Found
from workers.reports.columns_file import ColumnsFile
from workers.reports.views.penultimate import penultimate_of


def write(file: ColumnsFile, report: Report, found: Found) -> None:
    """Write both."""
    layers = report.neurons.layers if report.neurons else ()
    last = penultimate_of(found)
    section = VULNERABILITY.found(report.neurons)
    file.facts["penultimate"] = last.name if last is not None else None
    file.facts["aliases"] = {alias: list(names) for alias, names in aliases(found.params.model.layers).items()}
    _sigma(file, layers)
    views = [_view(layer, report) for layer in layers]
    if last is not None and last.name not in file.facts["layers"]:
        nothing = dict.fromkeys(
            ("depth", "tap", "sensitivity", "ratio", "skipped", "omega", "dead", "sweep", "similarity")
        )
        views.append(LayerView(name=last.name, kind="penultimate", neurons=last.neurons, measures=(), **nothing))
    if last is not None and section is not None:
        views = [_measured(view, section.measures) if view.name == last.name else view for view in views]
    file.lines("layers", (view.model_dump_json() for view in views))


def _measured(view: LayerView, measures: tuple[str, ...]) -> LayerView:
    return view.model_copy(update={"measures": measures})


def _view(layer: LayerSensitivity, report: Report) -> LayerView:
    ratios = [neuron.ratio for neuron in layer.ranking if neuron.ratio is not None]
    ratio = {name: layer.ratio.get(name) for name in ("mean", "mean_top", "of_means")}
    skipped = layer.ratio.get("skipped")
    return LayerView(
        name=layer.name,
        paper_name=layer.paper_name,
        kind=layer.kind,
        neurons=layer.neurons,
        depth=layer.depth,
        tap=layer.tap,
        sensitivity=layer.sensitivity,
        ratio={**ratio, "max": max(ratios, default=None)},
        skipped=None if skipped is None else int(skipped),
        omega=layer.top,
        dead=layer.dead,
        sweep=_sweep(layer.name, report),
        similarity=next(_similar(layer.name, report), None),
        measures=(),
    )


def _sweep(name: str, report: Report) -> LayerSweep | None:
    section: SweepSection | None = getattr(report.neurons, "sweep", None)
    taps = () if section is None else tuple(layer for layer in section.layers if layer.name == name)
    return LayerSweep(eps=section.eps, taps=taps) if section is not None and taps else None


def _similar(name: str, report: Report) -> Iterator[LayerSimilarity]:
    section = getattr(report.neurons, "similarity", None)
    yield from (layer for layer in (section.layers if section else ()) if layer.name == name)


def _sigma(file: ColumnsFile, layers: tuple[LayerSensitivity, ...]) -> None:
    total = sum(layer.neurons for layer in layers)
    columns = {
        "sensitivity": np.zeros(total),
        "ratio": np.full(total, math.nan),
        "rank": np.zeros(total, np.int32),
        "skipped": np.zeros(total, np.int64),
        "dead": np.zeros(total, np.uint8),
    }
    places: dict[str, list[int]] = {}
    begin = 0
    for layer in layers:
        places[layer.name] = [begin, layer.neurons]
        for neuron in layer.ranking:
            at = begin + neuron.neuron
            columns["sensitivity"][at], columns["rank"][at] = neuron.sensitivity, neuron.rank
            columns["ratio"][at] = math.nan if neuron.ratio is None else neuron.ratio
            columns["skipped"][at] = neuron.skipped
        columns["dead"][begin + np.array(layer.dead, np.int64)] = 1
        begin += layer.neurons
    file.facts["layers"] = places
    for name, type in (("sensitivity", "f8"), ("ratio", "f8"), ("rank", "i4"), ("skipped", "i8"), ("dead", "u1")):
        file.array(f"sigma.{name}", columns[name], type)  # type: ignore[arg-type]  # one of the types
