"""Receptive fields of chosen neurons over an image, as a picture (SNS, Figs 4 to 7, and the visual analytics paper)."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from openapi.problems import InvalidField, NotFound
from openapi.views.base import ACTIVATION_MAPS, MAPS, VULNERABILITY
from service.analyses.columns import Columns, Numbers
from service.analyses.layers import find_layer
from service.analyses.receptive_fields import maps_of
from service.analyses.service import require

#: Picture → the neurons' maps, and the image under them.
OF_FIELDS = {
    "field-benign": ("maps.field", "images.benign"),
    "field-adversarial": ("maps.field_adv", "images.adversarial_picture"),
}
#: More fields at once take longer than a picture may.
MOST_NEURONS = 64
_COLOUR = (255.0, 216.75, 25.5)

Mode = Literal["union", "intersection"]


@dataclass(frozen=True)
class Field:
    """Which neurons' fields, and how they are shown: see `GET /images/{index}/field-benign.png`."""

    neurons: str | None = None
    layer: str | None = None
    mode: Mode = "union"
    threshold: float = 0.25
    visibility: float = 0.2
    opacity: float = 0.3

    def chosen(self, count: int) -> list[int]:
        """The neurons. Raises `InvalidField`."""
        try:
            found = list(dict.fromkeys(int(number) for number in (self.neurons or "").split(",")))
        except ValueError:
            raise InvalidField("neurons", "name the neurons by their numbers, as neurons=3,17") from None
        if len(found) > MOST_NEURONS:
            raise InvalidField("neurons", f"{len(found)} neurons; a picture shows {MOST_NEURONS} at most")
        if wrong := [m for m in found if not 0 <= m < count]:
            raise InvalidField("neurons", f"there is no neuron {wrong[0]}; they are 0 to {count - 1}")
        return found


async def with_fields(columns: Columns) -> frozenset[int]:
    """The images, by their numbers, in which there are fields."""
    names = [name for name, _ in OF_FIELDS.values()]
    if any(name not in columns for name in names):
        return frozenset()
    kept = columns.column("images.benign").shape[0]
    shown = (await columns.whole("images.index"))[:kept]
    return frozenset(await columns.whole("maps.index")) & frozenset(shown)


async def field_picture(columns: Columns, what: str, index: int, asked: Field) -> tuple[list[bytes], int, int]:
    """Planes, height and width of the image with the field of some neurons. Raises `NotFound`, `InvalidField`."""
    layer = None if asked.layer is None else find_layer(columns, asked.layer)
    if layer is None or (layer.name == columns.facts["penultimate"] and OF_FIELDS[what][0] in columns):
        maps, (rows, across), image, row = await _of_vulnerability(columns, what, index, asked)
    else:
        chosen = asked.chosen(layer.neurons)
        maps, (rows, across), image, row = await maps_of(columns, what, index, layer.name, chosen)
    _, channels, height, width = columns.column(image).shape
    (data,) = await columns.bytes_of(image, [row])
    planes = [data[i * height * width : (i + 1) * height * width] for i in range(channels)]

    def draw() -> list[bytes]:
        inside = [cut(enlarged(values, rows, across, height, width), asked.threshold) for values in maps]
        together = any if asked.mode == "union" else all
        mask = [together(bits) for bits in zip(*inside, strict=True)]
        return overlay(planes, mask, asked.visibility, asked.opacity)

    return await asyncio.to_thread(draw), height, width


async def _of_vulnerability(
    columns: Columns, what: str, index: int, asked: Field
) -> tuple[list[Numbers], tuple[int, int], str, int]:
    """As `maps_of`, of the neurons that the last layer reads in an image that was fooled."""
    wanted = f"The audit has no fields in image {index}"
    for part in (VULNERABILITY, MAPS, ACTIVATION_MAPS):
        require(columns, part, wanted)
    name, image = OF_FIELDS[what]
    if name not in columns:
        raise NotFound(f"{wanted}: it was made before there were any; start it again", analysis=MAPS)
    with_maps, images = await columns.whole("maps.index"), await columns.whole("images.index")
    if index not in with_maps:
        raise NotFound(f"Image {index} is none of the {len(with_maps)} fooled ones that have activation maps")
    kept, row = columns.column(image).shape[0], images.index(index)
    if row >= kept:
        raise NotFound(f"Only the first {kept} images of this audit have pictures")
    _, count, height, width = columns.column(name).shape
    maps = await columns.inside(name, with_maps.index(index), asked.chosen(count))
    return maps, (height, width), image, row


def enlarged(values: Numbers, rows: int, columns: int, height: int, width: int) -> list[float]:
    """A map in the size of the image: bilinear, the corners of pixels in line, as torch's `align_corners=False`."""
    wide: list[list[float]] = []
    across = _weights(columns, width)
    for at in range(0, rows * columns, columns):
        line = [max(0.0, value) for value in values[at : at + columns]]
        wide.append([line[a] * (1 - t) + line[b] * t for a, b, t in across])
    found: list[float] = []
    for a, b, t in _weights(rows, height):
        found += [upper * (1 - t) + lower * t for upper, lower in zip(wide[a], wide[b], strict=True)]
    return found


def _weights(size: int, wanted: int) -> list[tuple[int, int, float]]:
    """Of each place the two neighbours, and the share of the second."""
    found = []
    for i in range(wanted):
        at = max(0.0, (i + 0.5) * size / wanted - 0.5)
        low = min(int(at), size - 1)
        found.append((low, min(low + 1, size - 1), at - low))
    return found


def cut(values: list[float], threshold: float) -> list[bool]:
    """Where a map reaches the threshold of its maximum; a map without a positive value has no field."""
    peak = max(values)
    return [value > 0 and value >= threshold * peak for value in values]


def overlay(planes: list[bytes], inside: list[bool], visibility: float, opacity: float) -> list[bytes]:
    """Three planes: inside covered by yellow to `opacity`, outside `visibility` of the brightness left."""
    found = []
    for plane, colour in zip(planes if len(planes) == 3 else planes * 3, _COLOUR, strict=True):
        lit = bytes(round(value * (1 - opacity) + colour * opacity) for value in range(256))
        dark = bytes(round(value * visibility) for value in range(256))
        found.append(bytes(lit[p] if here else dark[p] for p, here in zip(plane, inside, strict=True)))
    return found
