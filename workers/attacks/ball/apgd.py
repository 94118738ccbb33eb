"""Auto-PGD: PGD with momentum and a step size that adapts itself (Croce & Hein 2020, Algorithm 1)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from openapi.attacks import Apgd, ApgdT
from workers.attacks.engine.batch import Batch, one_each
from workers.attacks.engine.rng import SampleRng
from workers.attacks.engine.rows import RowState
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


@dataclass
class _Ascent(RowState):
    """Where m rows stand. args: what the loss needs of each.

    x, x_old: (m, c, h, w), this iterate and the one before; f, grad: loss and gradient at x; x_best, f_best, grad_best:
    where the loss was largest. eta: step size; rises: steps since the last checkpoint that raised the loss; halved:
    whether eta was halved there, f_checked: f_best there.
    """

    rows: Tensor
    space: LinfBall | L2Ball
    args: tuple[Tensor, ...]
    x: Tensor
    x_old: Tensor
    x_best: Tensor
    f: Tensor
    f_best: Tensor
    f_checked: Tensor
    grad: Tensor
    grad_best: Tensor
    eta: Tensor
    rises: Tensor
    halved: Tensor

    def move(self, a: float, out: Tensor) -> Tensor:
        """Step into `out`, which becomes x; return the tensor that is free now.

        ``z = P(x_k + eta d(x_k)); x_{k+1} = P(x_k + a (z - x_k) + (1 - a)(x_k - x_{k-1}))``.
        """
        z = self.space.project_(torch.addcmul(self.x, self.space.direction(self.grad), per_row(self.eta), out=out))
        if a != 1.0:  # a z + (1 - a) (2 x - x_old), in place
            z = self.space.project_(z.lerp_(self.x_old.lerp_(self.x, 2.0), 1 - a))
        free, self.x_old, self.x = self.x_old, self.x, z
        return free

    def arrive(self, f: Tensor, grad: Tensor | None) -> None:
        """Take in what was found at x; grad: None where nothing follows."""
        self.rises += f > self.f
        self.f = f
        better = (f > self.f_best).nonzero().flatten()
        self.f_best[better] = f[better]
        self.x_best.index_copy_(0, better, self.x.index_select(0, better))
        if grad is not None:
            self.grad = grad
            self.grad_best.index_copy_(0, better, grad.index_select(0, better))

    def check(self, steps: int) -> None:
        """Halve eta and go back to the best point where fewer than 3/4 of the last `steps` steps raised the loss, or
        where neither eta nor the best loss has changed since the checkpoint before."""
        few = self.rises <= steps * _RHO
        halve = few | (~self.halved & (self.f_best <= self.f_checked))
        self.eta = torch.where(halve, self.eta / 2, self.eta)
        back = halve.nonzero().flatten()
        self.x = self.x.index_copy(0, back, self.x_best.index_select(0, back))
        self.grad.index_copy_(0, back, self.grad_best.index_select(0, back))
        self.halved, self.f_checked, self.rises = halve, self.f_best.clone(), torch.zeros_like(self.rises)


def _climb(
    batch: Batch,
    spec: Apgd | ApgdT,
    loss: Loss,
    rows: Tensor,
    args: tuple[Tensor, ...],
    streams: Sequence[SampleRng],
) -> None:
    """One run from one random start on `rows`, which consist of as many copies as there are streams.

    Fooled rows leave at once, with all their copies. args: what the loss needs of each. Momentum a is 0.75 (1 in the
    first step), eta = 2 eps at first.
    """
    if len(rows) == 0:
        return
    space = batch.ball(rows, spec.eps, spec.norm)
    x = _start(space, streams, rows)
    logits, f, grad = batch.gradient(x, loss, rows, *args)
    hit = batch.keep_first(rows, x, logits, 0)
    eta, ones = torch.full_like(f, 2 * spec.eps), torch.ones_like(f, dtype=torch.bool)
    copies = (f.clone(), f.clone(), grad, grad.clone(), eta, torch.zeros_like(f), ones)
    at = _Ascent(rows, space, args, x, x.clone(), x.clone(), f, *copies)
    spare, points, previous = torch.empty_like(x), checkpoints(spec.steps), 0
    for step in range(1, spec.steps + 1):
        if bool(hit.any()):
            at = at.without(hit)
            spare = torch.empty_like(at.x)
            if len(at.rows) == 0:
                return
        spare = at.move(_MOMENTUM if step > 1 else 1.0, spare)
        more = step < spec.steps
        if more:
            logits, f, grad = batch.gradient(at.x, loss, at.rows, *at.args)
        else:
            logits = batch.logits(at.x, at.rows)
            f = loss(logits, *at.args)
        hit = batch.keep_first(at.rows, at.x, logits, step)
        at.arrive(f, grad if more else None)
        if more and step in points:
            at.check(step - previous)
            previous = step
    strongest = one_each(at.rows, at.f_best)
    batch.offer(at.rows[strongest], at.x_best[strongest])
