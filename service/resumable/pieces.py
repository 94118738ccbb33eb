"""A stream of bytes, cut into pieces that are stored one by one."""

from collections.abc import AsyncIterator

from openapi.problems import TooLarge

_BATCH = 1 << 20  # the store is given pieces of a megabyte, not the network's small ones


class Pieces:
    """Cuts `body` into pieces of `size` bytes, the last one shorter; `most` bytes are taken of it altogether."""

    def __init__(self, body: AsyncIterator[bytes], size: int, most: int) -> None:
        self._body, self._size, self._most = body, size, most
        self._rest = b""
        self._taken = 0

    async def more(self) -> bool:
        """Whether there is another piece."""
        while not self._rest:
            if (chunk := await anext(self._body, None)) is None:
                return False
            self._rest = chunk
        return True

    async def next(self) -> AsyncIterator[bytes]:
        """The bytes of the next piece. Raises `TooLarge` where more come than are taken."""
        left, batch = self._size, bytearray()
        while left and await self.more():
            batch += self._rest[:left]
            took = min(left, len(self._rest))
            self._rest = self._rest[took:]
            self._taken, left = self._taken + took, left - took
            if self._taken > self._most:
                raise TooLarge(f"More came than the {self._most} bytes that the upload lacks")
            if len(batch) >= _BATCH:
                yield bytes(batch)
                batch.clear()
        if batch:
            yield bytes(batch)
