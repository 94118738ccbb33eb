"""Projected gradient descent, and the loop that its relatives share."""

from collections.abc import Callable

import torch
from torch import Tensor

from openapi.attacks import Pgd
from workers.attacks.engine.batch import Batch
from workers.attacks.engine.rows import without
from workers.attacks.engine.targets import aim
from workers.attacks.engine.victim import Loss
from workers.attacks.maths.balls import L2Ball, LinfBall
from workers.attacks.maths.losses import log_odds, log_odds_target, margin, margin_target
from workers.attacks.registry import implements

_LOSSES: dict[tuple[str, bool], Loss] = {
    ("ce", False): log_odds,
    ("ce", True): log_odds_target,
    ("margin", False): margin,
    ("margin", True): margin_target,
}


@implements(Pgd)
def pgd(batch: Batch, spec: Pgd) -> None:
    """``x_{t+1} = P(x_t + alpha * direction(grad L(x_t)))`` with P the projection onto ball and [0, 1].

    alpha: `step_size`, or eps / sqrt(steps) (SNS). Every iterate is tested, the start and the last one included; a
    fooled row leaves the run at once. Restarts draw new starts for the survivors. Madry et al. 2018.
    """
    loss, y = _LOSSES[spec.loss, spec.targeted], batch.y
    if spec.targeted:
        y = aim(batch, spec.target)
    for restart in range(spec.restarts):
        rows = batch.active()
        if len(rows) == 0:
            return
        space = batch.ball(rows, spec.eps, spec.norm)
        x = space.x.clone()  # steps are written over it
        if spec.random_start or restart > 0:
            rng, shape = batch.rng.stream(f"pgd.start.{restart}"), tuple(x.shape[1:])
            normal = None if isinstance(space, LinfBall) else rng.normal(rows, shape, step=1)
            x = space.start(rng.uniform(rows, shape), normal)

        def beat(share: float, before: int = restart) -> None:
            batch.beat((before + share) / spec.restarts)

        step_size = spec.step_size or spec.eps / spec.steps**0.5
        ascend(batch, loss, y, rows, space, x, spec.steps, step_size, beat, last=restart == spec.restarts - 1)


def stepped(space: LinfBall | L2Ball, x: Tensor, grad: Tensor, step_size: float, out: Tensor | None = None) -> Tensor:
    """``P(x + step_size * direction(grad))``, one step of every kind of PGD; grad and `out` are written over."""
    return space.project_(torch.add(x, space.direction(grad), alpha=step_size, out=out))


def full_ascent(
    gradient: Callable[[Tensor], Tensor], space: LinfBall | L2Ball, x: Tensor, steps: int, step_size: float
) -> Tensor:
    """Return the point that exactly `steps` steps from x (m, c, h, w), which is written over, lead to.

    gradient: of the loss at x, (m, c, h, w), freshly made. Nothing is tested on the way, and no row leaves.
    """
    for _ in range(steps):
        x = stepped(space, x, gradient(x), step_size, out=x)
    return x


def ascend(
    batch: Batch,
    loss: Loss,
    y: Tensor,
    rows: Tensor,
    space: LinfBall | L2Ball,
    x: Tensor,
    steps: int,
    step_size: float,
    beat: Callable[[float], None],
    last: bool = True,
) -> None:
    """Make `steps` steps of `rows` (m,) from x (m, c, h, w), which is written over; y: (n,) labels or targets.

    Every iterate is tested, and a fooled row leaves; beat(share of the steps done). last: nothing follows, so that the
    confirming pass tests the last iterate (`Batch.leave`).

    Signed steps often end in a cycle of two points: where the model is locally linear most pixels come to rest on the
    ball's faces and the others go to and fro. A row with x_{t+1} = x_{t-1}, bit by bit, leaves: a deterministic model
    repeats its answers, and both points have been tested. What would have been the last iterate is its example.
    """
    cyclic = isinstance(space, LinfBall) and batch.repeatable
    before, spare = torch.full_like(x, torch.nan), torch.empty_like(x)
    for step in range(steps):
        logits, _, grad = batch.gradient(x, loss, rows, y[rows])
        out = batch.keep(rows, x, logits, step)
        after = stepped(space, x, grad, step_size, out=spare)
        if cyclic and step % 2:  # a cycle lasts: to look at every other step finds it one step later at half the cost
            # (in float arithmetic: a comparison of all pixels takes twice as long)
            repeated = ((after - before).abs_().flatten(1).sum(1) == 0) & ~out
            if bool(repeated.any()):
                end = after if (steps - step) % 2 else x
                batch.offer(rows[repeated], end[repeated])
                out |= repeated
        before, x, spare = x, after, before
        beat((step + 1) / (steps + 1))
        if bool(out.any()):
            rows, space, x, before = without(out, rows, space, x, before)
            spare = torch.empty_like(x)
            if len(rows) == 0:
                return
    if last:
        batch.leave(rows, x, steps)
    else:
        batch.keep(rows, x, batch.logits(x, rows), steps)
        batch.offer(rows, x)
