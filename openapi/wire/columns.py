"""A file of columns: arrays of fixed strides and texts, so that a reader takes a slice by one range of bytes.

    MAGIC | arrays and texts, each at a multiple of 64 | index as JSON | size of the index (8 bytes) | MAGIC

Numbers are little-endian, arrays in C order. The index stands at the end, so that a writer can stream what it does not
know the size of. Its readers need no more than the standard library.
"""

from typing import Annotated, Literal

from pydantic import Field

from openapi.base import Frozen, Json

MAGIC = b"TRMRCOL1"
ALIGNMENT = 64
#: The size of the index and the magic behind it.
TRAILER = 16

#: Type of an array's numbers, as numpy and (without its first letter) `array` and `struct` know them.
ColumnType = Literal["u1", "i4", "i8", "f4", "f8"]
SIZES: dict[str, int] = {"u1": 1, "i4": 4, "i8": 8, "f4": 4, "f8": 8}

_Place = Annotated[int, Field(ge=0)]


class Column(Frozen):
    """An array: where its first number stands."""

    type: ColumnType
    shape: tuple[_Place, ...]
    offset: _Place

    @property
    def stride(self) -> int:
        """Bytes of one row: all that stands at one index of the first axis."""
        size = SIZES[self.type]
        for length in self.shape[1:]:
            size *= length
        return size


class Text(Frozen):
    """UTF-8 text."""

    offset: _Place
    size: _Place


class ColumnsIndex(Frozen):
    """What a file holds. A list of JSON values is the text of its lines and an array NAME.at of their offsets in it
    (one more than there are lines). facts: small values. missing: part → why it is not there.
    """

    columns: dict[str, Column] = {}
    texts: dict[str, Text] = {}
    facts: Json = {}
    missing: dict[str, str] = {}
