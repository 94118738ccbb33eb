"""The binary search over the constant c that weighs an attack's loss against its distance."""

import torch
from torch import Tensor


class Constants:
    """One bracket of c a row: halved after successes, ten times as much before the first one.

    c: (n,) what to use now.
    """

    def __init__(self, n: int, initial: float, device: torch.device) -> None:
        self.c = torch.full((n,), initial, device=device)
        self._low, self._high = torch.zeros_like(self.c), torch.full_like(self.c, torch.inf)

    def update(self, found: Tensor) -> None:
        """Move the brackets after one search step in which the (n,) rows `found` had a success."""
        self._high = torch.where(found, torch.minimum(self._high, self.c), self._high)
        self._low = torch.where(found, self._low, torch.maximum(self._low, self.c))
        self.c = torch.where(self._high.isfinite(), (self._low + self._high) / 2, self.c * 10)
