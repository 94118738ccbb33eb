"""Many small pictures in one PNG file, so that a list of images needs one request and not one a picture."""

import asyncio
from dataclasses import dataclass

from openapi.problems import InvalidField
from service.analyses.columns import Columns
from service.analyses.pictures import STORED, places_of
from service.analyses.png import encode

#: Pixels of a sheet at most: 64 images of 512 × 512.
_MOST_PIXELS = 1 << 24
#: Of zlib: a sheet is for looking at once, not for keeping.
_LEVEL = 1


@dataclass(frozen=True)
class _Pictures:
    """One picture of every image, as they are stored: (channels, height, width) bytes each."""

    data: list[bytes]
    channels: int
    height: int
    width: int

    def lines(self, image: int, channel: int, height: int, width: int) -> list[bytes]:
        """The rows of pixels of one plane, brought to a size by the nearest pixel; grey has three alike planes."""
        begin = min(channel, self.channels - 1) * self.height * self.width
        plane = self.data[image][begin : begin + self.height * self.width]
        rows = [plane[at : at + self.width] for at in range(0, len(plane), self.width)]
        if (height, width) == (self.height, self.width):
            return rows
        across = [x * self.width // width for x in range(width)]
        wide = [bytes(row[x] for x in across) for row in rows]
        return [wide[y * self.height // height] for y in range(height)]


async def sheet(columns: Columns, images: str, pictures: str) -> bytes:
    """A row an image and a column a picture, all of the largest's size. Raises `NotFound`, `InvalidField`."""
    asked, names = [int(number) for number in images.split(",")], pictures.split(",")
    if wrong := [what for what in names if what not in STORED]:
        raise InvalidField(
            "pictures", f"there is no picture {wrong[0]!r} to put on a sheet; there are {', '.join(STORED)}"
        )
    found = [await _pictures(columns, what, asked) for what in names]
    height, width = max(one.height for one in found), max(one.width for one in found)
    if len(asked) * len(names) * height * width > _MOST_PIXELS:
        raise InvalidField("images", f"the sheet would have more than {_MOST_PIXELS} pixels; ask for fewer images")
    return await asyncio.to_thread(_drawn, found, len(asked), height, width)


async def _pictures(columns: Columns, what: str, images: list[int]) -> _Pictures:
    places = await places_of(columns, what, images)
    column = places[0][0]
    _, channels, height, width = columns.column(column).shape
    return _Pictures(await columns.bytes_of(column, [row for _, row in places]), channels, height, width)


def _drawn(found: list[_Pictures], images: int, height: int, width: int) -> bytes:
    planes = []
    for channel in range(max(one.channels for one in found)):
        of_images = ([one.lines(i, channel, height, width) for one in found] for i in range(images))
        planes.append(b"".join(b"".join(line) for beside in of_images for line in zip(*beside, strict=True)))
    return encode(planes, images * height, len(found) * width, level=_LEVEL)
