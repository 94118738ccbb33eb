"""Neurons of a layer with their measures: over all fooled images, a cell of the matrix, or one image."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from openapi.problems import InvalidField, NotFound
from openapi.views.base import VULNERABILITY
from openapi.views.neurons import ALL_MEASURES, ASCENDING, WINDOW_MEASURES
from service.analyses.arrow import Format, stream
from service.analyses.columns import Columns, Numbers
from service.analyses.images import check_classes, row_of
from service.analyses.layers import Layer, find_layer
from service.analyses.service import real, require, written

#: Measure → a number of each neuron.
Measures = dict[str, Numbers]


@dataclass(frozen=True)
class Scope:
    """Which images the measures are over; nothing set: all that were fooled."""

    label: int | None = None
    adversarial: int | None = None
    index: int | None = None

    @property
    def is_chosen(self) -> bool:
        """Whether it is not simply all."""
        return not (self.label is None and self.adversarial is None and self.index is None)


async def neurons(
    columns: Columns, layer: str | None, sort: str | None, scope: Scope, limit: int | None, start: int, format: Format
) -> bytes:
    """A page of neurons, sorted: by default those that the last layer reads, by `cross`; else by sensitivity."""
    found = find_layer(columns, layer)
    _check(columns, found, sort, scope)
    sort = sort or ("cross" if found.measured else "sensitivity")
    measures, n = await measures_of(columns, found, scope)
    order = sorted(range(found.neurons), key=await _key(columns, found, sort, measures))
    stop = found.neurons if limit is None else min(start + limit, found.neurons)
    chosen = order[start:stop]
    rest = {"layer": found.name, "sort": sort, "n": n, "next_cursor": str(stop) if stop < found.neurons else None}
    if format == "arrow":
        return stream(await _columns(columns, found, chosen, measures), **rest)
    return written({"items": await views_of(columns, found, chosen, measures), **rest})


async def _columns(
    columns: Columns, layer: Layer, chosen: list[int], measures: Measures | None
) -> dict[str, Numbers | list[bool]]:
    """The chosen neurons as columns; what was not measured has none, and a number that is none is NaN."""
    shown: dict[str, Numbers | list[bool]] = {"neuron": Numbers("i", chosen)}
    if layer.begin is not None:
        for name in _OF_SIGMA:
            column = await columns.whole(f"sigma.{name}")
            values = [column[layer.begin + m] for m in chosen]
            shown[name] = [bool(value) for value in values] if name == "dead" else Numbers(column.typecode, values)
    for name, of_each in (measures or {}).items():
        shown[name] = Numbers(of_each.typecode, [of_each[m] for m in chosen])
    return shown


def _check(columns: Columns, layer: Layer, sort: str | None, scope: Scope) -> None:
    """Raise what is wrong with the question."""
    if scope.index is not None and (scope.label is not None or scope.adversarial is not None):
        raise InvalidField("index", "name one image, or a cell by label and adversarial, not both")
    measured = sort in (*ALL_MEASURES, *WINDOW_MEASURES)
    if (measured or scope.is_chosen) and not layer.measured:
        require(columns, VULNERABILITY, "The audit has no measures of single images and cells")
        last = columns.facts["penultimate"]
        pointer = "sort" if measured else "layer"
        why = f"measures are of the layer {last!r} alone" if last != layer.name else "no image was fooled"
        raise InvalidField(pointer, f"the neurons of {layer.name!r} have none: {why}")
    if sort in ("sensitivity", "ratio") and layer.begin is None:
        raise InvalidField("sort", f"sigma was not measured of {layer.name!r}; sort by {', '.join(ALL_MEASURES)}")
    check_classes(columns, label=scope.label, adversarial=scope.adversarial)


async def measures_of(columns: Columns, layer: Layer, scope: Scope) -> tuple[Measures | None, int | None]:
    """Measure → a number of each neuron, and the images that they are means over."""
    if not layer.measured:
        return None, None
    if scope.index is not None:
        values = await columns.row("images.measures", await row_of(columns, scope.index))
        return _named(ALL_MEASURES, values) | await _of_windows(columns, scope.index), 1
    wanted = (-1 if scope.label is None else scope.label, -1 if scope.adversarial is None else scope.adversarial)
    labels, adversarial = await columns.whole("groups.label"), await columns.whole("groups.adversarial")
    at = next((i for i, key in enumerate(zip(labels, adversarial, strict=True)) if key == wanted), None)
    if at is None:
        raise NotFound("No fooled image has that label and that class under attack; /matrix counts those there are")
    place, n = (await columns.whole("groups.place"))[at], (await columns.whole("groups.n"))[at]
    if place >= 0:
        found = _named(ALL_MEASURES, await columns.row("groups.measures", place))
        return found | (await _of_windows(columns, None) if not scope.is_chosen else {}), n
    found = _named(ALL_MEASURES, await columns.row("images.measures", -1 - place))
    deviation = found["deviation"]
    for m, value in enumerate(deviation):
        deviation[m] = abs(value)  # of a group deviations are sizes
    return found, n


def _named(names: Sequence[str], values: Numbers) -> Measures:
    step = len(values) // len(names)
    return {name: values[i * step : (i + 1) * step] for i, name in enumerate(names)}


async def _of_windows(columns: Columns, index: int | None) -> Measures:
    """The measures that windows add, of one image or over all; nothing where there are none."""
    if "maps.mean" not in columns:
        return {}
    if index is None:
        return _named(WINDOW_MEASURES, await columns.whole("maps.mean"))
    indices = await columns.whole("maps.index")
    if index not in indices:
        return {}
    return _named(WINDOW_MEASURES, await columns.row("maps.score", indices.index(index)))


async def _key(columns: Columns, layer: Layer, sort: str, measures: Measures | None) -> Callable[[int], Any]:
    """What neurons are sorted by: ties by number, what is no number last."""
    if sort == "neuron":
        return lambda m: m
    if sort in ("sensitivity", "ratio"):
        whole = await columns.whole(f"sigma.{sort}")
        assert layer.begin is not None  # it was checked
        values = whole[layer.begin : layer.begin + layer.neurons]
    elif measures is not None and sort in measures:
        values = measures[sort]
    else:
        raise InvalidField(
            "sort", f"{sort} is known over all images and in those with maps, where vulnerability has a `window`"
        )
    sign = 1.0 if sort in ASCENDING else -1.0
    return lambda m: (math.isnan(values[m]), sign * values[m], m)


async def views_of(
    columns: Columns, layer: Layer, chosen: list[int], measures: Measures | None
) -> list[dict[str, Any]]:
    """The chosen neurons as the list shows them."""
    sigma = {name: await columns.whole(f"sigma.{name}") for name in _OF_SIGMA}
    views = []
    for m in chosen:
        view: dict[str, Any] = {"neuron": m, **dict.fromkeys(_OF_SIGMA)}
        if layer.begin is not None:
            view |= {name: real(column[layer.begin + m]) for name, column in sigma.items()}
            view["dead"] = bool(view["dead"])
        view["measures"] = None if measures is None else {name: values[m] for name, values in measures.items()}
        views.append(view)
    return views


_OF_SIGMA = ("sensitivity", "ratio", "rank", "skipped", "dead")
