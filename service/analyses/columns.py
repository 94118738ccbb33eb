"""Reading a file of columns (`openapi.wire.columns`) slice by slice, with the standard library alone."""

import asyncio
import sys
from array import array
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import ValidationError

from openapi.wire.blob_names import damaged
from openapi.wire.blobs import BlobStore
from openapi.wire.columns import MAGIC, TRAILER, Column, ColumnsIndex

#: Read at once from the end of a file: nearly every index is smaller.
_TAIL = 1 << 16
#: Files up to this are compared with their hash before anything of them is answered: a tenth of a second.
_CHECKED = 256 << 20
#: Files whose index is remembered, bytes of whole columns that are, and the largest of these.
_MOST_FILES, _MOST_BYTES, _LARGEST = 64, 64 << 20, 4 << 20

_CODES = {"u1": "B", "i4": "i", "i8": "q", "f4": "f", "f8": "d"}

if TYPE_CHECKING:  # `array` has a parameter for the type checker alone
    Numbers: TypeAlias = array[Any]
else:
    Numbers = array


def numbers(type: str, data: bytes) -> Numbers:
    """The numbers that little-endian bytes are."""
    found: Numbers = array(_CODES[type])
    found.frombytes(data)
    if sys.byteorder == "big":
        found.byteswap()
    return found


class Columns:
    """One file. What is read is never more than is asked for, but for the index."""

    def __init__(self, blobs: BlobStore, sha256: str, index: ColumnsIndex, kept: "ColumnsCache") -> None:
        self._blobs, self.sha256, self._kept = blobs, sha256, kept
        self.index = index

    @property
    def facts(self) -> dict[str, Any]:
        """Small values."""
        return self.index.facts

    def __contains__(self, name: str) -> bool:
        return name in self.index.columns

    def column(self, name: str) -> Column:
        """An array's place and form."""
        return self.index.columns[name]

    async def whole(self, name: str) -> Numbers:
        """All numbers of an array; small ones are remembered."""
        column = self.column(name)
        size = column.shape[0] * column.stride
        if (found := self._kept.get(self.sha256, name)) is None:
            data = await self._range(column.offset, size)
            found = numbers(column.type, data)
            self._kept.put(self.sha256, name, found, size)
        return found

    async def row(self, name: str, at: int) -> Numbers:
        """The numbers at an index of the first axis."""
        return (await self.rows(name, [at]))[0]

    async def rows(self, name: str, places: list[int]) -> list[Numbers]:
        """The rows at several indices; neighbours are read together by the store."""
        column = self.column(name)
        if column.shape[0] * column.stride <= _LARGEST:
            every, step = await self.whole(name), column.stride // _itemsize(column)
            return [every[at * step : (at + 1) * step] for at in places]
        return [numbers(column.type, data) for data in await self._bytes_of(column, places)]

    async def inside(self, name: str, at: int, places: list[int]) -> list[Numbers]:
        """Of the row at an index, the rows at several indices of its own first axis."""
        column = self.column(name)
        inner = Column(type=column.type, shape=column.shape[1:], offset=column.offset + at * column.stride)
        return [numbers(column.type, data) for data in await self._bytes_of(inner, places)]

    async def between(self, name: str, start: int, stop: int) -> Numbers:
        """The numbers at the indices ``start..stop`` of the first axis, all in one."""
        column = self.column(name)
        size = (stop - start) * column.stride
        return numbers(column.type, await self._range(column.offset + start * column.stride, size))

    async def bytes_of(self, name: str, places: list[int]) -> list[bytes]:
        """The rows as they are stored."""
        return await self._bytes_of(self.column(name), places)

    async def _bytes_of(self, column: Column, places: list[int]) -> list[bytes]:
        if any(not 0 <= at < column.shape[0] for at in places):
            raise IndexError(f"rows {places} of {column.shape[0]}")
        starts = [column.offset + at * column.stride for at in places]
        return await self._blobs.read_ranges(self.sha256, [(at, at + column.stride) for at in starts])

    async def text(self, name: str) -> bytes:
        """A text."""
        text = self.index.texts[name]
        return await self._range(text.offset, text.size)

    async def lines(self, name: str, start: int, stop: int) -> tuple[list[bytes], int]:
        """The lines ``start..stop`` as far as there are any, and how many there are in all."""
        at = await self.whole(f"{name}.at")
        count = len(at) - 1
        start, stop = min(start, count), min(stop, count)
        begin, end = at[start], at[stop]
        data = await self._range(self.index.texts[name].offset + begin, end - begin)
        return data.splitlines() if data else [], count

    async def lines_at(self, name: str, places: list[int]) -> list[bytes]:
        """The lines at several places."""
        at, begin = await self.whole(f"{name}.at"), self.index.texts[name].offset
        found = await self._blobs.read_ranges(self.sha256, [(begin + at[i], begin + at[i + 1]) for i in places])
        return [data.removesuffix(b"\n") for data in found]

    async def _range(self, offset: int, size: int) -> bytes:
        if not size:
            return b""
        return (await self._blobs.read_ranges(self.sha256, [(offset, offset + size)]))[0]


def _itemsize(column: Column) -> int:
    return array(_CODES[column.type]).itemsize


class ColumnsCache:
    """Indices and small columns of the files that were asked for last. Files never change, so nothing grows stale."""

    def __init__(self) -> None:
        self._indices: OrderedDict[str, ColumnsIndex] = OrderedDict()
        self._opening: dict[str, asyncio.Lock] = {}
        self._columns: OrderedDict[tuple[str, str], tuple[Numbers, int]] = OrderedDict()
        self._bytes = 0

    async def open(self, blobs: BlobStore, sha256: str, size: int) -> Columns:
        """Open a file of a known size. Raises `BlobMissing`, `BlobDamaged`.

        When it is opened first all of it is compared with its hash: slices are answered as they are. A very large one
        is only asked whether it has its size.
        """
        index = self._indices.pop(sha256, None)
        if index is None:
            index = await self._first(blobs, sha256, size)
        self._indices[sha256] = index
        while len(self._indices) > _MOST_FILES:
            self._indices.popitem(last=False)
        return Columns(blobs, sha256, index, self)

    async def _first(self, blobs: BlobStore, sha256: str, size: int) -> ColumnsIndex:
        """Read an index; those who ask for the same file meanwhile wait for the one who does."""
        async with self._opening.setdefault(sha256, asyncio.Lock()):
            try:
                if (index := self._indices.get(sha256)) is None:
                    index = await _read_index(blobs, sha256, size)
                    self._indices[sha256] = index
            finally:
                self._opening.pop(sha256, None)
        return index

    def get(self, sha256: str, name: str) -> Numbers | None:
        """A column that is remembered."""
        found = self._columns.get((sha256, name))
        if found is None:
            return None
        self._columns.move_to_end((sha256, name))
        return found[0]

    def put(self, sha256: str, name: str, column: Numbers, size: int) -> None:
        """Remember a column unless it is large."""
        if size > _LARGEST or (sha256, name) in self._columns:
            return
        self._columns[sha256, name] = column, size
        self._bytes += size
        while self._bytes > _MOST_BYTES:
            _, (_, less) = self._columns.popitem(last=False)
            self._bytes -= less


async def _read_index(blobs: BlobStore, sha256: str, size: int) -> ColumnsIndex:
    if size <= _CHECKED:
        await blobs.verify(sha256)
    else:
        await blobs.require(sha256, size)
    begin = max(0, size - _TAIL)
    (tail,) = await blobs.read_ranges(sha256, [(begin, size)]) if size else (b"",)
    if len(tail) < TRAILER or tail[-len(MAGIC) :] != MAGIC:
        raise damaged(sha256)
    length = int.from_bytes(tail[-TRAILER : -len(MAGIC)], "little")
    if length + TRAILER > len(tail):
        if length + TRAILER > size:
            raise damaged(sha256)
        (tail,) = await blobs.read_ranges(sha256, [(size - TRAILER - length, size)])
    data = tail[len(tail) - TRAILER - length : -TRAILER]
    try:
        if length < _TAIL:
            return ColumnsIndex.model_validate_json(data)
        return await asyncio.to_thread(ColumnsIndex.model_validate_json, data)
    except ValidationError as error:
        raise damaged(sha256) from error
