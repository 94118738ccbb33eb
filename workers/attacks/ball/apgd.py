"""Auto-PGD: PGD with momentum and a step size that adapts itself (Croce & Hein 2020, Algorithm 1)."""

from collections.abc import Sequence

import torch
from torch import Tensor

from openapi.attacks import Apgd, ApgdT
from workers.attacks.engine.batch import Batch, one_each
from workers.attacks.engine.rng import SampleRng
from workers.attacks.engine.rows import without
from workers.attacks.engine.targets import aim_at_several, side_by_side
from workers.attacks.engine.victim import Loss
from workers.attacks.maths.balls import L2Ball, LinfBall, l2_norm, per_row, restricted
from workers.attacks.maths.losses import dlr, dlr_target, log_odds
from workers.attacks.registry import implements

_MOMENTUM = 0.75
_RHO = 0.75  # share of steps of an interval that must raise the loss


@implements(Apgd)
def apgd(batch: Batch, spec: Apgd) -> None:
    """APGD on cross-entropy (as log-odds, see `losses`) or on the difference of logits ratio."""
    loss = log_odds if spec.loss == "ce" else dlr
    for restart in range(spec.restarts):
        rows, streams = batch.active(), [batch.rng.stream(f"apgd.{spec.loss}.{restart}")]
        _climb(batch, spec, loss, rows, (batch.y[rows],), streams)
        batch.beat((restart + 1) / spec.restarts)


@implements(ApgdT)
def apgd_t(batch: Batch, spec: ApgdT) -> None:
    """APGD on the targeted DLR loss, towards each of the `targets` most likely wrong classes at once.

    A row leaves with its first success (ours: the authors go from target to target with those that are left).
    """
    classes = aim_at_several(batch, spec.targets)
    targets = classes.shape[1]
    for restart in range(spec.restarts):
        streams = [batch.rng.stream(f"apgd_t.{rank}.{restart}") for rank in range(1, targets + 1)]
        active, done = batch.active(), 0
        for rows in side_by_side(active, targets, batch.victim.tile):
            copies = rows.repeat(targets)
            args = (batch.y[copies], classes[rows].T.flatten())
            _climb(batch, spec, dlr_target, copies, args, streams)
            done += len(rows)
            batch.beat((restart + done / len(active)) / spec.restarts)


def _start(space: LinfBall | L2Ball, streams: Sequence[SampleRng], rows: Tensor) -> Tensor:
    """Return random points on the surface of the ball (before clipping to [0, 1]); as many copies of rows as streams,
    each with its own random numbers."""
    shape, parts = tuple(space.x.shape[1:]), list(zip(streams, rows.chunk(len(streams)), strict=True))
    if isinstance(space, LinfBall):
        t = torch.cat([rng.uniform(part, shape) for rng, part in parts]).mul_(2).sub_(1)
        t = restricted(t, space.free)
        largest = t.flatten(1).abs().amax(1)
    else:
        t = restricted(torch.cat([rng.normal(part, shape) for rng, part in parts]), space.free)
        largest = l2_norm(t)
    return space.project(space.x + t * per_row(space.eps / largest.clamp(min=1e-12)))


def checkpoints(steps: int) -> list[int]:
    """Return the steps after which the step size is reconsidered: intervals 0.22 N, each 0.03 N shorter, never below
    0.06 N.
    """
    interval, shorter, least = (max(int(share * steps), 1) for share in (0.22, 0.03, 0.06))
    at, points = 0, []
    while at + interval <= steps:
        at += interval
        points.append(at)
        interval = max(interval - shorter, least)
    return points


def _climb(
    batch: Batch,
    spec: Apgd | ApgdT,
    loss: Loss,
    rows: Tensor,
    args: tuple[Tensor, ...],
    streams: Sequence[SampleRng],
) -> None:
    """One run from one random start on `rows`, which consist of as many copies as there are streams.

    Fooled rows leave at once, with all their copies. args: what the loss needs of each.

    z = P(x_k + eta d(x_k)); x_{k+1} = P(x_k + a (z - x_k) + (1 - a)(x_k - x_{k-1})), a = 0.75 (1 in the first step),
    eta = 2 eps at first. At a checkpoint eta is halved and x set back to the best point when fewer than 3/4 of the
    steps raised the loss, or when neither eta nor the best loss has changed since the checkpoint before.
    """
    if len(rows) == 0:
        return
    steps, space = spec.steps, batch.ball(rows, spec.eps, spec.norm)
    x = _start(space, streams, rows)
    logits, f, grad = batch.gradient(x, loss, rows, *args)
    hit = batch.keep_first(rows, x, logits, 0)
    x_old, x_best, grad_best, spare = x.clone(), x.clone(), grad.clone(), torch.empty_like(x)
    f_best, f_checked = f.clone(), f.clone()
    eta = torch.full_like(f, 2 * spec.eps)
    rises = torch.zeros_like(f)
    halved = torch.ones_like(f, dtype=torch.bool)
    points, previous = checkpoints(steps), 0
    for step in range(1, steps + 1):
        if bool(hit.any()):
            rows, space, args, x, x_old, x_best, grad, grad_best = without(
                hit, rows, space, args, x, x_old, x_best, grad, grad_best
            )
            f, f_best, f_checked, eta, rises, halved = without(hit, f, f_best, f_checked, eta, rises, halved)
            spare = torch.empty_like(x)
            if len(rows) == 0:
                return
        a = _MOMENTUM if step > 1 else 1.0
        z = space.project_(torch.addcmul(x, space.direction(grad), per_row(eta), out=spare))
        if a != 1.0:  # a z + (1 - a) (2 x - x_old), in place
            z = space.project_(z.lerp_(x_old.lerp_(x, 2.0), 1 - a))
        x_old, x, spare = x, z, x_old
        if step < steps:
            logits, f_new, grad = batch.gradient(x, loss, rows, *args)
        else:
            logits = batch.logits(x, rows)
            f_new = loss(logits, *args)
        hit = batch.keep_first(rows, x, logits, step)
        rises += f_new > f
        f = f_new
        better = (f > f_best).nonzero().flatten()
        f_best[better] = f[better]
        x_best.index_copy_(0, better, x.index_select(0, better))
        if step == steps:
            break
        grad_best.index_copy_(0, better, grad.index_select(0, better))
        if step in points:
            few = rises <= (step - previous) * _RHO
            halve = few | (~halved & (f_best <= f_checked))
            eta = torch.where(halve, eta / 2, eta)
            back = halve.nonzero().flatten()
            x = x.index_copy(0, back, x_best.index_select(0, back))
            grad.index_copy_(0, back, grad_best.index_select(0, back))
            halved, f_checked, rises, previous = halve, f_best.clone(), torch.zeros_like(rises), step
    strongest = one_each(rows, f_best)
    batch.offer(rows[strongest], x_best[strongest])
