"""The binary search over the constant c that weighs an attack's loss against its distance."""

import torch
from torch import Tensor

#: Where the search for a first success ends, as in Carlini & Wagner's own code.
MOST = 1e10


class Constants:
    """One bracket of c a row: halved after successes, ten times as much before the first one.

    c: (n,) what to use now.
    """

    def __init__(self, n: int, initial: float, device: torch.device) -> None:
        self.c = torch.full((n,), initial, device=device)
        self._low, self._high = torch.zeros_like(self.c), torch.full_like(self.c, torch.inf)

    def update(self, found: Tensor, at: Tensor | None = None) -> None:
        """Move the brackets of the rows `at` (k,), or of all, after one search step in which those that are `found`,
        (k,) bool, had a success.
        """
        rows = slice(None) if at is None else at
        c, high, low = self.c[rows], self._high[rows], self._low[rows]
        self._high[rows] = high = torch.where(found, torch.minimum(high, c), high)
        self._low[rows] = low = torch.where(found, low, torch.maximum(low, c))
        self.c[rows] = torch.where(high.isfinite(), (low + high) / 2, c * 10)

    def growing(self, fooled: Tensor, stuck: Tensor) -> Tensor:
        """Return (k,) positions of the rows that need a larger c: not yet fooled, and not `stuck` where the gradient
        is 0, which no c makes larger; both (n,) bool."""
        return (~(fooled | stuck) & (self.c <= MOST)).nonzero().flatten()
