"""Groups of pixels: their norms, and examples that change few of them."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from openapi.attacks import StrAttack
from workers.attacks.boundary.far_starts import far_images, nearer
from workers.attacks.engine.batch import Batch
from workers.attacks.maths.losses import margin

_LOOKS = 8  # points of the segment where a group's worth is looked at
_MORE = 4  # times as many groups each time, from the fewest to all


def usual_side(h: int, w: int) -> int:
    """Return the side of a group where none is chosen: 2 for images up to 32 pixels, 13 above, as in the StrAttack
    authors' code."""
    return 2 if min(h, w) <= 32 else 13


class Groups:
    """The squares of a grid over images of h×w; the last ones may be smaller."""

    def __init__(self, side: int, h: int, w: int) -> None:
        self.side, self.h, self.w = side, h, w

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the grid."""
        return -(-self.h // self.side), -(-self.w // self.side)

    def sums(self, values: Tensor) -> Tensor:
        """Return (n, rows, columns) sums over the groups of (n, c, h, w)."""
        whole = values.sum(1, keepdim=True)
        padded = nn.functional.pad(whole, (0, -self.w % self.side, 0, -self.h % self.side))
        return (nn.functional.avg_pool2d(padded, self.side) * self.side**2).squeeze(1)

    def norms(self, d: Tensor) -> Tensor:
        """Return (n, rows, columns) L2 norms of the groups of (n, c, h, w)."""
        return self.sums(d.square()).sqrt()

    def spread(self, values: Tensor) -> Tensor:
        """Return (n, 1, h, w) with each group's value, (n, rows, columns) or (n, rows * columns), on all its pixels."""
        large = values.view(-1, *self.shape).repeat_interleave(self.side, 1).repeat_interleave(self.side, 2)
        return large[:, None, : self.h, : self.w]

    def shrunk(self, d: Tensor, threshold: float) -> Tensor:
        """Return ``max(1 - threshold / ||d_G||, 0) d_G``: the proximal map of ``threshold sum ||d_G||``."""
        factor = (1 - threshold / self.norms(d).clamp(min=1e-12)).clamp(min=0)
        return d * self.spread(factor)

    def touched(self, d: Tensor) -> Tensor:
        """Return the (n, 1, h, w) mask of groups in which d is not 0."""
        return self.spread((self.norms(d) > 0).to(d.dtype))

    def cost(self, d: Tensor, gamma: float, tau: float) -> Tensor:
        """Return (n,) ``gamma ||d||_2^2 + tau sum_G ||d_G||_2``."""
        return gamma * d.square().flatten(1).sum(1) + tau * self.norms(d).flatten(1).sum(1)


def few_groups(batch: Batch, rows: Tensor, groups: Groups, spec: StrAttack) -> tuple[Tensor, Tensor]:
    """Return the least cost (m,) of examples from elsewhere that change few groups, inf without one, and the images.

    Each image of `far_starts.far_images` that fools, no change above `max_change`, gives groups back to the clean
    image, the least worthy first. A group's worth is its share of the lead that the segment from x gains (the gradient
    times the change, averaged over the segment: Sundararajan, Taly & Yan, "Axiomatic Attribution for Deep Networks",
    2017); among equals its size counts. Bisection finds how few groups fool; those, four times as many and so on up to
    all are brought near (`far_starts.nearer`), and the cheapest by `Groups.cost` is returned, since the fewest change
    the most.
    """
    x = batch.x[rows]
    best, best_x = torch.full((len(rows),), torch.inf, device=x.device), x.clone()
    for image in far_images(batch, rows):
        far = (x + (image - x).clamp_(-spec.max_change, spec.max_change)).clamp_(0, 1)
        at = batch.fooled(batch.logits(far, rows), rows).nonzero().flatten()
        if len(at) == 0:
            continue
        for k, near in _trials(batch, rows[at], far[at], groups):
            cost = groups.cost(near - x[at[k]], spec.gamma, spec.tau)
            better = cost < best[at[k]]
            best[at[k[better]]] = cost[better]
            best_x[at[k[better]]] = near[better]
    return best, best_x


def _trials(batch: Batch, rows: Tensor, far: Tensor, groups: Groups) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield positions (k,) among the rows (m,), and examples (k, c, h, w) for them: of few groups, of more, of all."""
    x, rank = batch.x[rows], _ranks(batch, rows, far, groups)
    total = rank.shape[1]

    def partly(kept: Tensor) -> Tensor:
        return torch.where(groups.spread(rank < kept[:, None]), far, x)

    low, high = torch.zeros_like(rows), torch.full_like(rows, total)  # how many do not fool, and how many do
    for _ in range(total.bit_length()):
        middle = (low + high + 1) // 2
        fooled = batch.fooled(batch.logits(partly(middle), rows), rows)
        high, low = torch.where(fooled, middle, high), torch.where(fooled, low, middle)
    kept = high
    while True:
        images = partly(kept)
        k = batch.fooled(batch.logits(images, rows), rows).nonzero().flatten()
        if len(k):
            yield k, nearer(batch, rows[k], images[k])
        if bool((kept == total).all()):
            return
        kept = (kept * _MORE).clamp(max=total)


def _ranks(batch: Batch, rows: Tensor, far: Tensor, groups: Groups) -> Tensor:
    """Return (m, groups) places from 0, the group that the way from x to `far` owes the most of its lead to."""
    x, y = batch.x[rows], batch.y[rows]
    d = far - x
    worth = torch.zeros(len(rows), *groups.shape, device=x.device)
    for i in range(_LOOKS):
        _, _, grad = batch.gradient(x + (i + 0.5) / _LOOKS * d, margin, rows, y)
        worth += groups.sums(grad * d)
    by_size = groups.norms(d).flatten(1).sort(dim=1, descending=True, stable=True).indices
    by_worth = worth.flatten(1).gather(1, by_size).sort(dim=1, descending=True, stable=True).indices
    order = by_size.gather(1, by_worth)
    return torch.empty_like(order).scatter_(1, order, torch.arange(order.shape[1], device=x.device).expand_as(order))
