"""What a minimal-norm attack does with rows that it could not fool: some example, brought near, instead of none."""

from collections.abc import Iterator

import torch
from torch import Tensor

from workers.attacks.boundary.refine_l2 import refine_l2
from workers.attacks.engine.batch import Batch
from workers.attacks.maths.balls import per_row

_NOISES = 4
_BISECTIONS = 10
_SLIDES = 10
#: The name that seeds the noise; it is the one of the first version, so that results stay what they were.
_STREAM = "rescue"


def start_far_away(batch: Batch, *, stuck: bool = False) -> None:
    """Give rows without a success an example from elsewhere: the negative image, black, white, grey, uniform noise.

    A gradient that is 0 at x itself, or that leads into a dead end, leaves a minimal-norm attack where it stands,
    although every image has adversarial ones somewhere in the cube. Each of the eight images that fools is brought
    towards x by ten bisections of the segment, the nearest is kept and, for L2, slides along the boundary
    (`refine_l2`).

    stuck: only rows that met a gradient of exactly 0, for attacks whose constant else decides what they reach (C&W,
    EAD). StrAttack, whose changes must stay in few groups, has `groups.few_groups` instead.
    """
    rows = batch.active()
    if stuck:
        rows = rows[batch.victim.zero_gradients[rows]]
    if len(rows) == 0:
        return
    for far in far_images(batch, rows):
        fooled = batch.fooled(batch.logits(far, rows), rows)
        if bool(fooled.any()):
            at = rows[fooled]
            near = nearer(batch, at, far[fooled])
            batch.keep(at, near, batch.logits(near, at))
    if batch.norm == "l2":
        refine_l2(batch, _SLIDES, among=rows)


def far_images(batch: Batch, rows: Tensor) -> Iterator[Tensor]:
    """Yield eight images (m, c, h, w) in [0, 1] for each of the rows (m,), x where pixels are not free."""
    x = batch.x[rows]
    yield batch.within(1 - x, rows)
    yield from (batch.within(torch.full_like(x, level), rows) for level in (0.0, 1.0, 0.5))
    rng = batch.rng.stream(_STREAM)
    yield from (batch.within(rng.uniform(rows, tuple(x.shape[1:]), step), rows) for step in range(_NOISES))


def nearer(batch: Batch, rows: Tensor, far: Tensor) -> Tensor:
    """Return (m, c, h, w): `far`, which fools the rows (m,), brought towards x by ten bisections of the segment."""
    x, best = batch.x[rows], far
    delta = far - x
    low, high = torch.zeros(len(rows), device=x.device), torch.ones(len(rows), device=x.device)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        candidate = torch.addcmul(x, per_row(middle), delta).clamp_(0, 1)
        fooled = batch.fooled(batch.logits(candidate, rows), rows)
        best = torch.where(per_row(fooled), candidate, best)
        high, low = torch.where(fooled, middle, high), torch.where(fooled, low, middle)
    return best
