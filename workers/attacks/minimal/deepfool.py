"""DeepFool: to the nearest face of the linearised decision region, until it is crossed."""

import torch

from openapi.attacks import Deepfool
from workers.attacks.boundary.bisection import bisect
from workers.attacks.boundary.far_starts import start_far_away
from workers.attacks.engine.batch import Batch
from workers.attacks.engine.rows import without
from workers.attacks.maths.balls import per_row
from workers.attacks.maths.losses import others
from workers.attacks.maths.norms import dual_norm
from workers.attacks.registry import implements

_BYTES = 64 * 2**20
_NEAREST = 2  # classes still looked at after the first step


@implements(Deepfool)
def deepfool(batch: Batch, spec: Deepfool) -> None:
    """``x <- x + (1 + overshoot) r``, r the smallest step over a boundary of the model linearised at x.

    With f_k = z_k - z_y and w_k its gradient, the boundary is k = argmin |f_k| / ||w_k||_q and the step

    - L2 (q = 2): ``r = |f_k| / ||w_k||_2^2 * w_k``
    - L-infinity (q = 1): ``r = |f_k| / ||w_k||_1 * sign(w_k)``

    then x is clipped to [0, 1]. Only the `candidates` classes with the highest clean logits are looked at, and after
    the first step the two whose boundaries were nearest (ours). A fooled row leaves at once; at the end each success
    is bisected back towards its clean image (ours), which takes back the overshoot.

    Moosavi-Dezfooli, Fawzi & Frossard, "DeepFool: a simple and accurate method to fool deep neural networks", 2016.
    """
    active = batch.active()
    classes = min(spec.candidates, batch.classes - 1) + 1
    # a row brings one gradient a class: a tile, or fewer rows where that would be much memory
    width = max(1, min(batch.victim.tile, _BYTES // (4 * classes * batch.x[:1].numel())))
    for begin in range(0, len(active), width):
        _tile(batch, active[begin : begin + width], spec)
        batch.beat(min(begin + width, len(active)) / len(active))
    start_far_away(batch)
    bisect(batch, 6, low=0.9)


def _tile(batch: Batch, rows: torch.Tensor, spec: Deepfool) -> None:
    x, y = batch.x[rows], batch.y[rows]
    classes = others(batch.z[rows], y).topk(min(spec.candidates, batch.classes - 1), dim=1).indices
    for step in range(spec.steps):
        logits, slopes = batch.jacobian(x, torch.cat([classes, y[:, None]], 1), rows)
        gaps = logits.gather(1, classes) - logits.gather(1, y[:, None])
        x, reach = _stepped(x, gaps, slopes, spec)
        if step == 0 and classes.shape[1] > _NEAREST:
            classes = classes.gather(1, reach.topk(_NEAREST, dim=1, largest=False).indices)
        # tested by a pass of its own: a fooled row would waste three gradients on the next step
        hit = batch.keep(rows, x, batch.logits(x, rows), step + 1)
        if bool(hit.any()):
            rows, x, y, classes = without(hit, rows, x, y, classes)
            if len(rows) == 0:
                return
    batch.offer(rows, x)


def _stepped(
    x: torch.Tensor, gaps: torch.Tensor, slopes: torch.Tensor, spec: Deepfool
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return x after one step, and how far each boundary was (m, j).

    gaps: (m, j) of z_k - z_y; slopes: (m, j + 1, c, h, w), the last one of z_y.
    """
    normals = slopes[:, :-1] - slopes[:, -1:]
    shape = normals.shape
    lengths = dual_norm(normals.reshape(-1, *shape[2:]), spec.norm).view(shape[:2])
    # a class whose boundary has no slope cannot be reached from here
    reach = torch.where(lengths > 0, gaps.abs() / lengths.clamp(min=1e-30), torch.inf)
    nearest = reach.argmin(1, keepdim=True)
    normal = normals[torch.arange(len(x), device=x.device), nearest.squeeze(1)]
    distance = reach.gather(1, nearest).squeeze(1)
    distance = torch.where(distance.isfinite(), distance, torch.zeros_like(distance))
    length = lengths.gather(1, nearest).squeeze(1).clamp(min=1e-30)
    direction = normal / per_row(length) if spec.norm == "l2" else normal.sign()
    # a row on the boundary itself (distance 0) must still get across: the paper's constant, in pixels
    x = torch.addcmul(x, per_row((1 + spec.overshoot) * distance + 1e-6), direction).clamp_(0, 1)
    return x, reach
