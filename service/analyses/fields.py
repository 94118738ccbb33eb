"""Receptive fields of chosen neurons over an image, as a picture (SNS, Figs 4 to 7, and the visual analytics paper)."""

import asyncio
from dataclasses import dataclass

from openapi.problems import InvalidField, NotFound
from openapi.views.base import ACTIVATION_MAPS, MAPS, VULNERABILITY
from service.analyses.columns import Columns, Numbers
from service.analyses.field_masks import Mode, inside
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
        maps, shape, image, row = await _of_vulnerability(columns, what, index, asked)
    else:
        chosen = asked.chosen(layer.neurons)
        maps, shape, image, row = await maps_of(columns, what, index, layer.name, chosen)
    _, channels, height, width = columns.column(image).shape
    (data,) = await columns.bytes_of(image, [row])
    planes = [data[i * height * width : (i + 1) * height * width] for i in range(channels)]

    def draw() -> list[bytes]:
        mask = inside(maps, shape, (height, width), asked.mode, asked.threshold)
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


def overlay(planes: list[bytes], mask: bytes, visibility: float, opacity: float) -> list[bytes]:
    """Three planes: where the mask is 1 covered by yellow to `opacity`, else `visibility` of the brightness left."""
    found = []
    for plane, colour in zip(planes if len(planes) == 3 else planes * 3, _COLOUR, strict=True):
        lit = bytes(round(value * (1 - opacity) + colour * opacity) for value in range(256))
        dark = bytes(round(value * visibility) for value in range(256))
        found.append(bytes(lit[p] if here else dark[p] for p, here in zip(plane, mask, strict=True)))
    return found
