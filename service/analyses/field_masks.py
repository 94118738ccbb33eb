"""Where in an image neurons are excited: activation maps, enlarged and cut, a whole number a row of pixels.

Between four numbers of a map the enlarged one is linear in either direction. So its maximum lies in a corner of such a
patch, all of a patch reaches the threshold where its four numbers do, and in a row of the others one place decides.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache, reduce
from itertools import accumulate, groupby
from operator import and_, or_
from typing import Literal, NamedTuple

Mode = Literal["union", "intersection"]
Line = Sequence[float]


class Span(NamedTuple):
    """Neighbouring pixels between the same two of a map's numbers.

    shares: of the second number in each pixel, rising; first: the bits of the first k pixels, k = 0, 1, …, all of them.
    """

    low: int
    high: int
    shares: tuple[float, ...]
    first: tuple[int, ...]

    @property
    def ends(self) -> tuple[float, ...]:
        """The first and the last share."""
        return self.shares[:1] if len(self.shares) == 1 else (self.shares[0], self.shares[-1])


def inside(maps: Sequence[Line], shape: tuple[int, int], size: tuple[int, int], mode: Mode, threshold: float) -> bytes:
    """1 for every pixel in the field of any of the neurons (union) or of all, else 0, row by row.

    maps: of each neuron rows × columns numbers, of which the negative count as 0; shape: rows and columns; size: height
    and width of the image; threshold: the share of an enlarged map's maximum from which on a pixel is in its field.
    """
    fields = (_field(values, shape, size, threshold) for values in maps)
    together = or_ if mode == "union" else and_
    rows = reduce(lambda one, other: list(map(together, one, other)), fields)
    return b"".join(f"{row:0{size[1]}b}".encode() for row in rows).translate(_BITS)


_BITS = bytes.maketrans(b"01", b"\0\1")
#: A share of the maximum that is none: what is 0 is in no field, whatever the threshold.
_NOTHING = 1e-12


def _field(values: Line, shape: tuple[int, int], size: tuple[int, int], threshold: float) -> list[int]:
    """The pixels of each row in the field of one neuron, as bits, the highest one on the left."""
    columns = shape[1]
    lines = [[max(0.0, value) for value in values[at : at + columns]] for at in range(0, shape[0] * columns, columns)]
    down, across = spans(shape[0], size[0]), spans(columns, size[1])
    peak = _peak(lines, down, across)
    if peak == 0:
        return [0] * size[0]
    least = max(threshold * (1 - _NOTHING), _NOTHING) * peak  # rounding does not lose the maximum itself
    return [bits for span in down for bits in _patches(lines[span.low], lines[span.high], span.shares, across, least)]


def _peak(lines: Sequence[Line], down: Sequence[Span], across: Sequence[Span]) -> float:
    """The maximum of the enlarged map."""
    corners = [(span.low, span.high, share) for span in across for share in span.ends]
    found = 0.0
    for span in down:
        upper, lower = lines[span.low], lines[span.high]
        for share in span.ends:
            line = [a * (1 - share) + b * share for a, b in zip(upper, lower, strict=True)]
            found = max(found, *(line[low] * (1 - t) + line[high] * t for low, high, t in corners))
    return found


def _patches(upper: Line, lower: Line, shares: Line, across: Sequence[Span], least: float) -> list[int]:
    """The bits of the rows between two lines of a map."""
    whole, edges = 0, []
    for span in across:
        low, high, _, first = span
        reached = (upper[low] >= least) + (upper[high] >= least) + (lower[low] >= least) + (lower[high] >= least)
        if reached == 4:
            whole |= first[-1]
        elif reached:
            edges.append(span)
    return [whole | _cut(upper, lower, share, edges, least) for share in shares] if edges else [whole] * len(shares)


def _cut(upper: Line, lower: Line, share: float, edges: Sequence[Span], least: float) -> int:
    """The bits of one row in patches of which it passes the edge of the field."""
    found, rest = 0, 1 - share
    for low, high, shares, first in edges:
        a = upper[low] * rest + lower[low] * share
        b = upper[high] * rest + lower[high] * share
        if a >= least:
            k = len(shares) if b >= least else bisect_right(shares, (a - least) / (a - b))
            found |= first[k]
        elif b >= least:
            found |= first[-1] ^ first[bisect_left(shares, (least - a) / (b - a))]
    return found


@lru_cache(256)
def spans(numbers: int, pixels: int) -> tuple[Span, ...]:
    """The pixels of a side between so many numbers: bilinear, corners in line, as torch's `align_corners=False`."""
    places = []
    for i in range(pixels):
        at = max(0.0, (i + 0.5) * numbers / pixels - 0.5)
        low = min(int(at), numbers - 1)
        places.append(((low, min(low + 1, numbers - 1)), 1 << (pixels - 1 - i), at - low))
    found = []
    for (low, high), group in groupby(places, lambda place: place[0]):
        own = list(group)
        first = accumulate((bit for _, bit, _ in own), or_, initial=0)
        found.append(Span(low, high, tuple(share for _, _, share in own), tuple(first)))
    return tuple(found)
