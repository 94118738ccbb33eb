"""Pictures of single images as PNG files, and what they show in words."""

import asyncio
from collections.abc import Mapping
from typing import Any

from openapi.problems import InvalidField, NotFound
from openapi.views.base import EXPLAIN, MAPS, REGIONS, VULNERABILITY
from service.analyses.columns import Columns, Numbers
from service.analyses.fields import OF_FIELDS, Field, field_picture
from service.analyses.png import encode
from service.analyses.service import class_text, require

#: Sides are enlarged to about so many pixels unless the caller says how often.
_SIDE = 128
_LARGEST = 2048
#: Picture → column of the images under the attack of vulnerability.
_OF_IMAGES = {
    "benign": "images.benign", "adversarial": "images.adversarial_picture", "difference": "images.difference",
}  # fmt: skip
_MAPS = ("map-benign", "map-adversarial")
#: Picture → the analysis that draws it.
_DRAWN_BY = {
    **dict.fromkeys(_OF_IMAGES, VULNERABILITY),
    **dict.fromkeys(
        ("explained", "explained-difference", "psr", "refined", "cam-benign-true", "cam-benign-target",
         "cam-adversarial-true", "cam-adversarial-target"), EXPLAIN,
    ),
    "regions": REGIONS,
    **dict.fromkeys((*_MAPS, *OF_FIELDS), VULNERABILITY),
}  # fmt: skip
SUFFIX = ".png"
#: Pictures that are stored as they are shown.
STORED = tuple(what for what in _DRAWN_BY if what not in OF_FIELDS)


def pictures_of(columns: Columns, audit: str, table: Mapping[str, Numbers], row: int) -> list[dict[str, Any]]:
    """The pictures of an image under the attack, with a text for those who cannot see them."""
    kept = columns.column("images.benign").shape[0]
    if row >= kept:
        return []
    index, attack = table["index"][row], columns.facts["attack"]
    label, predicted, adversarial = (
        class_text(columns, table[name][row]) for name in ("label", "predicted", "adversarial")
    )
    texts = {
        "benign": f"Image {index}: {label}, taken for {predicted}",
        "adversarial": f"Image {index} under {attack}: {label}, taken for {adversarial}",
        "difference": f"What {attack} changes in image {index}: grey is nothing, black and white are "
        f"±{table['linf'][row]:.3g}",
    }
    base = f"/v1/audits/{audit}/images/{index}"
    return [{"what": what, "href": f"{base}/{what}{SUFFIX}", "alt": text} for what, text in texts.items()]


async def others_of(columns: Columns, audit: str, index: int) -> list[dict[str, Any]]:
    """The pictures of an image that other analyses have drawn."""
    found = []
    for what, at in columns.facts.get("pictures", {}).items():
        if index in await columns.whole(at["index"]):
            href = f"/v1/audits/{audit}/images/{index}/{what}{SUFFIX}"
            found.append({"what": what, "href": href, "alt": at["alt"].format(index=index)})
    return found


async def picture(columns: Columns, index: int, name: str, scale: int | None, field: Field) -> bytes:
    """A picture of an image as PNG; field: of those that show fields.

    Raises `NotFound`, and `InvalidField` for one that would be too large.
    """
    what = name.removesuffix(SUFFIX)
    if what not in _DRAWN_BY or not name.endswith(SUFFIX):
        raise NotFound(f"There is no such picture; there are {', '.join(f'{known}{SUFFIX}' for known in _DRAWN_BY)}")
    if what in OF_FIELDS:
        planes, height, width = await field_picture(columns, what, index, field)
        return await asyncio.to_thread(encode, planes, height, width, scale_of(height, width, scale))
    for pointer in ("neurons", "layer"):
        if getattr(field, pointer) is not None:
            raise InvalidField(pointer, f"{name} shows no neurons; field-benign.png and field-adversarial.png do")
    column, row = (await places_of(columns, what, [index]))[0]
    return await _stored(columns, column, row, scale)


async def places_of(columns: Columns, what: str, images: list[int]) -> list[tuple[str, int]]:
    """The column and the row of a stored picture of each image. Raises `NotFound`."""
    name = f"{what}{SUFFIX}"
    for part in _needs(what):
        require(columns, part, f"The audit has no {name} of image {images[0]}")
    drawn = columns.facts.get("pictures", {})
    if what not in _OF_IMAGES and what not in drawn:
        raise NotFound(
            f"The audit has no {name}: its options of `{_DRAWN_BY[what]}` leave it out, or the model has none"
        )
    column, of = (_OF_IMAGES[what], "images.index") if what in _OF_IMAGES else _place(drawn[what])
    indices = await columns.whole(of)
    kept = columns.column(column).shape[0]
    found = []
    for index in images:
        row = index if index < len(indices) and indices[index] == index else _row(indices, index)
        if row is None:
            raise NotFound(f"Image {index} is none of the {len(indices)} that have a {name}")
        if row >= kept:
            raise NotFound(f"Only the first {kept} images of this audit have pictures")
        found.append((column, row))
    return found


def _row(indices: Numbers, index: int) -> int | None:
    return indices.index(index) if index in indices else None


def _needs(what: str) -> tuple[str, ...]:
    return (VULNERABILITY, MAPS) if what in _MAPS else (_DRAWN_BY[what],)


def _place(drawn: Mapping[str, str]) -> tuple[str, str]:
    return drawn["column"], drawn["index"]


async def _stored(columns: Columns, name: str, row: int, scale: int | None) -> bytes:
    column = columns.column(name)
    _, channels, height, width = column.shape
    (data,) = await columns.bytes_of(name, [row])
    plane = height * width
    planes = [data[i * plane : (i + 1) * plane] for i in range(channels)]
    return await asyncio.to_thread(encode, planes, height, width, scale_of(height, width, scale))


def scale_of(height: int, width: int, scale: int | None) -> int:
    """How often a pixel is repeated."""
    side = max(height, width)
    if scale is None:
        return max(1, _SIDE // side)
    if scale * side > _LARGEST:
        raise InvalidField("scale", f"the picture would have {scale * side} pixels a side; {_LARGEST} is the most")
    return scale
