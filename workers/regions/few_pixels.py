"""Beyond one pixel: where none suffices, the boldest is painted and another is looked for, a pixel at a time."""

import torch
from torch import Tensor

from workers.explain.passes import Passes
from workers.regions.pixels import search_pixels
from workers.regions.search import Search
from workers.regions.values import Values


def grow(
    first: Search, quick: Passes, outside: Passes, tolerance: Tensor, chosen: Tensor, kind: Values, seed: int, most: int
) -> tuple[Tensor, Tensor]:
    """Return how many pixels fool each image (n,), 0 where `most` do not, and the examples (n, c, h, w), confirmed.

    Greedy: to the pixel and value with the largest lead of another class comes, of all chosen pixels (n, h, w) that are
    not painted yet, the one with the largest lead beside it, and so on. What it finds is an upper bound of the number
    of pixels that are needed. first: the search for one pixel, done; where nothing fools, x is the last try.
    """
    x, index = first.x.clone(), first.index
    count = torch.zeros(len(x), dtype=torch.int64, device=x.device)
    chosen = chosen.clone()
    search, rows = first, torch.arange(len(x), device=x.device)
    for pixels in range(1, most + 1):
        if pixels > 1:
            search = Search(quick, outside, x[rows], first.label[rows], tolerance[rows], index[rows])
            search_pixels(search, chosen[rows], kind, seed)
        hits = search.bold_hits().candidates
        count[rows[hits.image]] = pixels
        x[rows] = search.boldest.painted(search.x)
        chosen.flatten(1)[rows, search.boldest.pixel] = False
        rows = rows[count[rows] == 0]
        if len(rows) == 0:
            break
    return count, x
