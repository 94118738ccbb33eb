"""Layers: a page at a time, and the one that a call names."""

from dataclasses import dataclass

from openapi.near_misses import named, near_misses
from openapi.problems import InvalidField, NotFound
from openapi.views.base import NEURONS
from service.analyses.columns import Columns
from service.analyses.service import page_of_lines, require


@dataclass(frozen=True)
class Layer:
    """A layer. begin: its neurons' place among σ; None where σ was not measured. measured: whether measures exist."""

    name: str
    neurons: int
    begin: int | None
    measured: bool


async def layers(columns: Columns, limit: int, start: int) -> bytes:
    """A page of layers, in order of execution."""
    require(columns, NEURONS, "The audit has no layers")
    lines, count = await columns.lines("layers", start, start + limit)
    return page_of_lines(lines, start, count)


def find_layer(columns: Columns, name: str | None, missing: type[NotFound] | None = None) -> Layer:
    """The layer of a name, or the one that the last layer reads, else the last.

    Raises `NotFound`, and for an unknown name `missing`, or `InvalidField` of the parameter.
    """
    require(columns, NEURONS, "The audit has no neurons")
    facts = columns.facts
    layers, last = facts["layers"], facts["penultimate"]
    if name is None:
        name = last or next(reversed(layers))
    if name not in layers and name != last:
        name = _of_paper(columns, name, missing)
    measured = name == last and "groups.measures" in columns
    if name not in layers:
        return Layer(name, columns.column("bands.mean").shape[1], None, measured)
    begin, count = layers[name]
    return Layer(name, count, begin, measured)


def _of_paper(columns: Columns, name: str, missing: type[NotFound] | None) -> str:
    """The layer that the papers call so; raises as `find_layer`."""
    layers, known = columns.facts["layers"], columns.facts.get("aliases", {})
    meant = known.get(name, ())
    if len(meant) == 1:
        return str(meant[0])
    if meant:
        detail = f"{name[:200]!r} is several layers; name one of {', '.join(meant)}"
    else:
        near = near_misses(name, [*layers, *known])
        there = f"; did you mean {named(near)}?" if near else "; /layers lists them"
        detail = f"the audit has no layer {name[:200]!r}{there}"
    raise missing(detail) if missing is not None else InvalidField("layer", detail)
