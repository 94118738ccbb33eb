"""Beyond one pixel: where none suffices, the boldest is painted and another is looked for, a pixel at a time."""

from collections.abc import Callable

import torch
from torch import Tensor

from workers.explain.passes import Passes
from workers.regions.pixels import search_pixels
from workers.regions.search import Search
from workers.regions.values import Values

#: Of the pixels that were tried alone, the share and the least number that are tried beside others.
SHARE, LEAST = 1 / 8, 64


def grow(
    first: Search,
    quick: Passes,
    outside: Passes,
    tolerance: Tensor,
    chosen: Tensor,
    kind: Values,
    seed: int,
    most: int,
    asked: Callable[[int], None] = lambda count: None,
) -> tuple[Tensor, Tensor]:
    """Return how many pixels fool each image (n,), 0 where `most` do not, and the examples (n, c, h, w), confirmed.

    Greedy: to the pixel and value with the largest lead of another class comes, of the `boldest_pixels` among the
    chosen (n, h, w), the one with the largest lead beside it, and so on. What it finds is an upper bound of the number
    of pixels that are needed. first: the search for one pixel, done; where nothing fools, x is the last try.
    """
    x, index = first.x.clone(), first.index
    count = torch.zeros(len(x), dtype=torch.int64, device=x.device)
    chosen = boldest_pixels(first.leads, chosen)
    search, rows = first, torch.arange(len(x), device=x.device)
    for pixels in range(1, most + 1):
        if pixels > 1:
            search = Search(quick, outside, x[rows], first.label[rows], tolerance[rows], index[rows], asked)
            search_pixels(search, chosen[rows], kind, seed)
        hits = search.bold_hits().candidates
        count[rows[hits.image]] = pixels
        x[rows] = search.boldest.painted(search.x)
        chosen.flatten(1)[rows, search.boldest.pixel] = False
        rows = rows[count[rows] == 0]
        if len(rows) == 0:
            break
    return count, x


def shortlisted(tried: int) -> int:
    """How many of an image's tried pixels go on to be tried beside others."""
    return min(tried, max(LEAST, round(SHARE * tried)))


def boldest_pixels(leads: Tensor, chosen: Tensor) -> Tensor:
    """Return (n, h, w) bool: of the chosen pixels those with the largest leads (n, h·w) alone, `shortlisted` of them.

    Of equal ones the first.
    """
    inside = chosen.flatten(1)
    order = torch.where(inside, leads, -torch.inf).sort(dim=1, descending=True, stable=True).indices
    places = torch.arange(order.shape[1], device=order.device).expand_as(order)
    rank = torch.empty_like(order).scatter_(1, order, places)
    most = torch.tensor([shortlisted(int(tried)) for tried in inside.sum(1)], device=order.device)
    return ((rank < most[:, None]) & inside).view_as(chosen)
