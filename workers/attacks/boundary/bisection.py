"""The last inch of a minimal-norm attack: successes are pulled back along the segment to their clean image."""

import torch

from workers.attacks.engine.batch import Batch
from workers.attacks.maths.balls import per_row
from workers.attacks.maths.losses import margin


def bisect(batch: Batch, steps: int, *, low: float, confidence: float = 0.0) -> None:
    """Bisect ``x + s (x' - x)``, s in (low, 1], for every fooled row and keep the nearest point that still fools.

    `steps` forward passes a row bring s within ``(1 - low) 2**-steps`` of a place where the prediction changes. Every
    norm shrinks with s, and the segment stays in [0, 1]. confidence: the margin a point must have to count.
    """
    rows = batch.found.nonzero().flatten()
    if len(rows) == 0:
        return
    x, delta = batch.x[rows], batch.x_adv[rows] - batch.x[rows]
    high = torch.ones(len(rows), device=x.device)
    bottom = high * low
    for _ in range(steps):
        middle = (bottom + high) / 2
        candidate = torch.addcmul(x, per_row(middle), delta).clamp_(0, 1)
        logits = batch.logits(candidate, rows)
        enough = batch.fooled(logits, rows) & (margin(logits, batch.y[rows]) >= confidence)
        batch.keep(rows[enough], candidate[enough], logits[enough])
        high, bottom = torch.where(enough, middle, high), torch.where(enough, bottom, middle)
