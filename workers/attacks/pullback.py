"""The last inch of a minimal-norm attack: successes are pulled back along the segment to their clean image."""

import torch

from workers.attacks.geometry import per_row
from workers.attacks.hunt import Hunt
from workers.attacks.losses import margin


def pull_back(hunt: Hunt, steps: int, confidence: float = 0.0) -> None:
    """Bisect ``x + s (x' - x)``, s in (0, 1], for every fooled row and keep the nearest point that still fools.

    `steps` forward passes a row bring s within 2**-steps of a place where the prediction changes. Every norm shrinks
    with s, and the segment stays in [0, 1]. confidence: the margin a point must have to count.
    """
    rows = hunt.found.nonzero().flatten()
    if len(rows) == 0:
        return
    x, delta = hunt.x[rows], hunt.x_adv[rows] - hunt.x[rows]
    low, high = torch.zeros(len(rows), device=x.device), torch.ones(len(rows), device=x.device)
    for _ in range(steps):
        middle = (low + high) / 2
        candidate = torch.addcmul(x, per_row(middle), delta).clamp_(0, 1)
        logits = hunt.logits(candidate, rows)
        enough = hunt.fooled(logits, rows) & (margin(logits, hunt.y[rows]) >= confidence)
        hunt.keep(rows[enough], candidate[enough], logits[enough])
        high, low = torch.where(enough, middle, high), torch.where(enough, low, middle)
