"""Pages of a stored JSON-lines file by place in bytes: no page reads more than it needs."""

from collections.abc import Callable

from openapi.wire.blobs import BlobStore

_CHUNK = 1 << 18
#: So many bytes are read line by line; in more the middle is looked at first.
_FEW = 1 << 14


async def read_lines(blobs: BlobStore, sha256: str, size: int, start: int, limit: int) -> tuple[list[bytes], int]:
    """Return up to `limit` whole lines from byte `start`, and the place after the last of them.

    A start inside a line means the line after it; one behind the end means that nothing is left.
    """
    if start >= size:
        return [], size
    lines: list[bytes] = []
    # From one byte before: what ends there, be it all of a line or a newline alone, is not asked for.
    skip = start > 0
    place = position = start - skip
    rest = b""
    while len(lines) < limit and position < size:
        end = min(position + _CHUNK, size)
        (piece,) = await blobs.read_ranges(sha256, [(position, end)])
        data = rest + piece
        position = end
        *whole, rest = data.split(b"\n")
        if position >= size and rest:
            whole, rest = [*whole, rest], b""
        for line in whole[: limit - len(lines) + skip]:
            if not skip:
                lines.append(line)
            skip = False
            place = min(place + len(line) + 1, size)
    return lines, place


async def find_line(
    blobs: BlobStore, sha256: str, size: int, number: Callable[[bytes], int], wanted: int
) -> bytes | None:
    """Return the line whose number is wanted, where numbers rise from line to line; None where there is none.

    Halves what is left until few bytes are, so that of a large file hardly more than its logarithm is read.
    """
    low, high = 0, size  # where the line begins, if there is one
    while high - low > _FEW:
        middle = (low + high) // 2
        lines, _ = await read_lines(blobs, sha256, size, middle, 1)
        low, high = (middle, high) if lines and number(lines[0]) <= wanted else (low, middle)
    while low < high:
        lines, low = await read_lines(blobs, sha256, size, low, 100)
        for line in lines:
            if (found := number(line)) >= wanted:
                return line if found == wanted else None
    return None
