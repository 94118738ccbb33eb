"""The last inches of a minimal-norm attack in L1: steps that are the best for the linearised model."""

import torch
from torch import Tensor

from workers.attacks.engine.batch import Batch
from workers.attacks.maths.losses import margin

_FIRST, _LAST = 1.0, 0.01  # how far one step may move an entry: from the whole range down to a hundredth
_BEYOND = 0.01


def refine_l1(batch: Batch, steps: int, start: tuple[Tensor, Tensor] | None = None) -> None:
    """Walk along the decision boundary from every success, `steps` passes forth and back a row; the nearest is kept.

    start: rows (m,) and other successes of theirs (m, c, h, w) to begin at; None begins at the nearest of every row.

    Every step goes to the point nearest to x on the boundary as linearised where the walk stands (`nearest_in_l1`), no
    entry by more than a reach that falls geometrically. The walk goes on from where it is, fooled or not: the next
    linearisation makes up for the error of the last, and few pixels that go far are often nearer than many that do not.
    """
    rows = batch.found.nonzero().flatten() if start is None else start[0]
    if len(rows) == 0 or steps == 0:
        return
    x, y, point = batch.x[rows], batch.y[rows], batch.x_adv[rows] if start is None else start[1]
    for step in range(steps):
        logits, lead, grad = batch.gradient(point, margin, rows, y)
        batch.keep(rows, point, logits)
        reach = _FIRST * (_LAST / _FIRST) ** (step / max(steps - 1, 1))
        point = nearest_in_l1(x, point, lead, grad, reach)
    batch.keep(rows, point, batch.logits(point, rows))


def nearest_in_l1(x: Tensor, point: Tensor, lead: Tensor, grad: Tensor, reach: float) -> Tensor:
    """Return the p of [0, 1] nearest to x in L1 with ``lead + <grad, p - point> = 0`` and no entry beyond `reach`.

    All entries go back towards x; then those with the largest |grad| go outward instead, as far as they may, until the
    lead is 0 again and a little more. It is a linear programme with one constraint, which this order solves. Where all
    entries together cannot do it, all that have a gradient go outward.
    """
    way = torch.where(grad < 0, -1.0, 1.0)
    slope, moved = grad.abs().flatten(1), (way * (point - x)).flatten(1)
    outward = torch.where(grad < 0, point, 1 - point).flatten(1).clamp_(max=reach)
    back = (-moved).clamp_(-reach, reach)
    gain = slope * (outward - back).clamp_(min=0)
    need = -lead - (slope * back).sum(1)
    need = need + _BEYOND * need.abs()
    order = slope.argsort(dim=1, descending=True, stable=True)
    sorted_gain = gain.gather(1, order)
    left = need[:, None] - (sorted_gain.cumsum(1) - sorted_gain)
    share = (left / sorted_gain.clamp(min=1e-30)).clamp_(0, 1) * (sorted_gain > 0)
    move = back + torch.empty_like(share).scatter_(1, order, share) * (outward - back)
    return (point + way * move.view_as(x)).clamp_(0, 1)
