"""Populations of candidates a row, worked through block by block: memory does not grow with their number."""

import torch
from torch import Tensor

from workers.attacks.engine.batch import Batch
from workers.attacks.engine.victim import usual_size

#: Images of one row in memory at once. It decides which random numbers a candidate gets where a block draws its own, so
#: that it must not depend on memory or the tile.
BLOCK = 64


def shares(count: int, most: int) -> list[tuple[int, int]]:
    """Return (begin, size) of the fewest blocks of at most `most`, a multiple of 4, that `count` things are cut into:
    nearly equal, since a small rest would be slow, and of sizes that passes need not pad."""
    size = min(usual_size(-(-count // -(-count // most))), most)
    return [(begin, min(size, count - begin)) for begin in range(0, count, size)]


class Boldest:
    """Of populations tested block by block the one candidate a row that leads most, if it leads; of equals the first.

    rows: (m,) positions in the batch, without repeats. image: (m, c, h, w), see `leaders`.
    """

    def __init__(self, batch: Batch, rows: Tensor) -> None:
        self._batch, self._rows = batch, rows
        self._lead = torch.zeros(len(rows), device=rows.device)
        self.image, self._logits = batch.x[rows], batch.z[rows]  # until one leads, what does not fool

    def leaders(self, logits: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Take note of k candidates a row: logits (m, k, K), margins (m, k).

        Return which rows (j,) have a new boldest and which of the k (j,) it is: the caller writes it into `image`.
        """
        lead, best = value.max(1)
        at = (lead > self._lead).nonzero().flatten()
        if len(at):
            self._lead[at] = lead[at]
            self._logits[at] = logits[at, best[at]]
        return at, best[at]

    def keep(self, step: int) -> Tensor:
        """Store the boldest where they fool, see `Batch.keep`, and return the (m,) mask of those rows."""
        return self._batch.keep(self._rows, self.image, self._logits, step)
