"""The last inches of a minimal-norm attack: from a success to the nearest point of the boundary around it."""

import torch
from torch import Tensor

from workers.attacks.engine.batch import Batch
from workers.attacks.maths.balls import l2_norm, per_row
from workers.attacks.maths.losses import margin


def refine_l2(
    batch: Batch,
    steps: int,
    confidence: float = 0.0,
    *,
    allowed: Tensor | None = None,
    among: Tensor | None = None,
    most: float = 1.0,
    beyond: float = 0.01,
) -> None:
    """Slide every success along the decision boundary towards x, `steps` passes forth and back a row.

    At a success x' = x + d with lead m > 0 and gradient g of the lead, the nearest point to x on the linearised
    boundary within the box is ``x + s g`` clipped, with s such that its lead is 0. The candidate is the mixture
    ``(1 - b) d + b s g``; where it fools and is nearer it becomes x' and b grows, otherwise b is halved.
    confidence: the lead that counts as fooling, in place of 0. allowed: (n, c, h, w) of the chunk, 1 where pixels may
    change and 0 where not. among: (m,) the rows meant; None is all. most: by how much a pixel may change. beyond: the
    share by which candidates go beyond the linearised boundary.
    """
    rows = batch.found.nonzero().flatten() if among is None else among[batch.found[among]]
    if len(rows) == 0 or steps == 0:
        return
    x, y, best = batch.x[rows], batch.y[rows], batch.x_adv[rows]
    length = l2_norm(best - x)
    share = torch.ones(len(rows), device=x.device)
    target = torch.zeros_like(x)
    candidate = best
    for step in range(steps + 1):
        if step < steps:
            logits, lead, grad = batch.gradient(candidate, margin, rows, y)
            if allowed is not None:
                grad = grad * allowed[rows]
        else:
            logits = batch.logits(candidate, rows)
        size = l2_norm(candidate - x)
        better = batch.fooled(logits, rows) & (margin(logits, y) >= confidence) & (size < length)
        batch.keep(rows[better], candidate[better], logits[better])
        if step == steps:
            break
        length = torch.where(better, size, length)
        best = torch.where(per_row(better), candidate, best)
        fresh = better | (step == 0)
        plane = best[fresh] - x[fresh], lead[fresh] - confidence, grad[fresh]
        target[fresh] = nearest_on_plane(x[fresh], *plane, beyond)
        share = torch.where(fresh, (1.5 * share).clamp(max=1), share / 2)
        candidate = torch.lerp(best, target, per_row(share)).clamp_(0, 1)
        if most < 1:
            candidate = torch.clamp(candidate, x - most, x + most)


def nearest_on_plane(x: Tensor, d: Tensor, lead: Tensor, grad: Tensor, beyond: float) -> Tensor:
    """Return the point of [0, 1] nearest to x where ``lead + <grad, x' - x - d> = 0``, or this share beyond it.

    Without the box it is ``x + grad (<grad, d> - lead) / ||grad||^2``. Entries that the box stops are taken out, and
    the others go further; three rounds of this suffice.
    """
    free = torch.ones_like(x)
    point = x
    need = (grad * d).flatten(1).sum(1) - lead  # what <grad, move> must be
    for _ in range(3):
        moved = grad * free
        fixed = ((point - x) * grad * (1 - free)).flatten(1).sum(1)
        scale = (need - fixed) / moved.square().flatten(1).sum(1).clamp_(min=1e-30)
        step = per_row(scale * (1 + beyond)) * grad
        point = torch.where(free > 0, x + step, point).clamp_(0, 1)
        free = free * ((x + step) == (x + step).clamp(0, 1))
    return point
