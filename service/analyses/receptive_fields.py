"""What `receptive_fields` left of neurons of any layer: the images that excite them most, and their maps in these."""

from typing import Any
from urllib.parse import urlencode

from openapi.problems import InvalidField, NotFound
from openapi.views.base import RECEPTIVE_FIELDS
from service.analyses.columns import Columns, Numbers
from service.analyses.service import class_text, require

#: Picture → the neurons' maps of a layer, and the image under them.
_OF_FIELDS = {
    "field-benign": ("fields.map", "fields.benign"),
    "field-adversarial": ("fields.map_adv", "fields.adversarial"),
}


async def exciting_images(
    columns: Columns, audit: str, layer: str, neuron: int, with_fields: frozenset[int]
) -> dict[str, Any] | None:
    """The images of one neuron, most exciting first; None where it is none of those that were looked at.

    with_fields: the images in which there are fields of the layer that the last one reads, by their numbers.
    """
    if layer not in columns.facts.get("fields", {}):
        return None
    rows = [row for row, _ in await _rows_of(columns, layer, [neuron])]
    if not rows:
        return None
    table = {name: await columns.whole(f"fields.{name}") for name in ("image", "label", "activation", "activation_adv")}
    numbers = await columns.whole("fields.index")
    found = []
    for row in rows:
        index, label = numbers[table["image"][row]], table["label"][row]
        pair = {name: table[name][row] for name in ("activation", "activation_adv")}
        pictures = _pictures(columns, audit, layer, neuron, index, label)
        fields = index in with_fields
        found.append({"index": index, "label": label, **pair, "fields": fields, "pictures": pictures})
    return {"benign": found, "adversarial": None}


def _pictures(columns: Columns, audit: str, layer: str, neuron: int, index: int, label: int) -> list[dict[str, str]]:
    base, query = f"/v1/audits/{audit}/images/{index}", urlencode({"layer": layer, "neurons": neuron})
    text = f"Where neuron {neuron} of {layer} is excited in the {{}} image {index}: {class_text(columns, label)}"
    return [
        {"what": what, "href": f"{base}/{what}.png?{query}", "alt": text.format(what.removeprefix("field-"))}
        for what in _OF_FIELDS
    ]


async def _rows_of(columns: Columns, layer: str, neurons: list[int]) -> list[tuple[int, int]]:
    """(row, neuron) of every image of the neurons, most exciting first."""
    _, begin, end = columns.facts["fields"][layer]
    numbers = await columns.whole("fields.neuron")
    return [(row, numbers[row]) for row in range(begin, end) if numbers[row] in neurons]


async def maps_of(
    columns: Columns, what: str, index: int, layer: str, neurons: list[int]
) -> tuple[list[Numbers], tuple[int, int], str, int]:
    """The neurons' maps in one image, their rows and columns, and the column and row of the image under them.

    Raises `NotFound` where one of the neurons has none there, and `InvalidField` for a layer without any.
    """
    require(columns, RECEPTIVE_FIELDS, f"The audit has no receptive fields of {layer!r}")
    known = columns.facts.get("fields", {})
    if layer not in known:
        raise InvalidField("layer", f"the audit has receptive fields of {', '.join(known) or 'no layer'} alone")
    position, begin, _ = known[layer]
    image, numbers = await columns.whole("fields.image"), await columns.whole("fields.index")
    of_each: dict[int, dict[int, int]] = {neuron: {} for neuron in neurons}
    for row, neuron in await _rows_of(columns, layer, neurons):
        of_each[neuron][numbers[image[row]]] = row
    for neuron, places in of_each.items():
        if index not in places:
            there = (
                f"; its images are {', '.join(map(str, places))}" if places else "; /neurons/LAYER/NEURON lists them"
            )
            raise NotFound(f"Image {index} is none of those that excite neuron {neuron} of {layer!r} most{there}")
    name, picture = _OF_FIELDS[what]
    rows = [places[index] for places in of_each.values()]
    maps = await columns.rows(f"{name}.{position}", [row - begin for row in rows])
    _, height, width = columns.column(f"{name}.{position}").shape
    return maps, (height, width), picture, image[rows[0]]
