"""Fast adaptive boundary attack, targeted form (Croce & Hein 2020, "Minimally distorted adversarial examples")."""

import torch
from torch import Tensor

from openapi.attacks import FabT
from workers.attacks.engine.batch import Batch
from workers.attacks.engine.rows import without
from workers.attacks.engine.targets import aim_at_several, side_by_side
from workers.attacks.maths.balls import LinfBall, float32_floor, l2_norm
from workers.attacks.maths.losses import margin_pair
from workers.attacks.registry import implements

_ETA, _BETA, _ALPHA_MAX = 1.05, 0.9, 0.1
_NEWTON = 25
_FAR = 1e30


@implements(FabT)
def fab_t(batch: Batch, spec: FabT) -> None:
    """FAB towards each of the `targets` most likely wrong classes at once; a row leaves with its first example inside
    eps."""
    classes = aim_at_several(batch, spec.targets)
    targets = classes.shape[1]
    for restart in range(spec.restarts):
        active, done = batch.active(), 0
        for rows in side_by_side(active, targets, batch.victim.tile):
            start = _starts(batch, spec, rows, targets, restart) if restart else batch.x[rows].repeat(targets, 1, 1, 1)
            _walk(batch, spec, rows.repeat(targets), classes[rows].T.flatten(), start.flatten(1))
            done += len(rows)
            batch.beat((restart + done / len(active)) / spec.restarts)


def _starts(batch: Batch, spec: FabT, rows: Tensor, targets: int, restart: int) -> Tensor:
    """Return a random point within eps / 2 for every row and target, (targets · m, c, h, w)."""
    space, shape, starts = batch.ball(rows, spec.eps / 2, spec.norm), tuple(batch.x.shape[1:]), []
    for rank in range(1, targets + 1):
        rng = batch.rng.stream(f"fab_t.{rank}.{restart}")
        normal = None if isinstance(space, LinfBall) else rng.normal(rows, shape, step=1)
        starts.append(space.start(rng.uniform(rows, shape), normal))
    return torch.cat(starts)


def onto_plane(x: Tensor, w: Tensor, need: Tensor, norm: str) -> Tensor:
    """Return the smallest d (n, D) with w·d = need and x + d in [0, 1], for x, w (n, D) and need (n,).

    ``d_i = s_i min(lambda v_i, room_i)`` with s_i = sign(need w_i), v_i = 1 (linf) or |w_i| (l2), room_i the way to the
    wall. The gain Σ|w_i| min(lambda v_i, room_i) is concave in lambda and Newton's method from the left is exact after
    finitely many steps. When even the corner does not suffice, d goes to the corner. Only arithmetic on whole tensors:
    on a CPU a `where` costs as much as forty products. w and need are first scaled by a power of two, which changes no
    digit: squares of gradients below 1e-19 or above 1e19 are no float32 numbers.
    """
    size = w.abs()
    top = torch.frexp(size.amax(1)).exponent.clamp_(-126, 126)
    factor = torch.ldexp(torch.ones_like(need), -top)
    w, need = w * factor[:, None], (need * factor).clamp_(-_FAR, _FAR)
    direction = w.sign().mul_(need.sign()[:, None])
    room = direction.mul(x - 0.5).neg_().add_(0.5)  # 1 - x where d may grow, x where it may shrink
    size = w.abs()
    pace = None if norm == "linf" else size
    weight = size if pace is None else size * size
    cost, whole, target = size * room, weight.sum(1), need.abs()
    scale, reach, stuck = torch.zeros_like(need), torch.zeros_like(x), torch.empty_like(x)
    for _ in range(_NEWTON):
        torch.ge(reach, room, out=stuck)  # pixels at their wall: few, so that the differences below lose nothing
        walls, slope = _dot(cost, stuck), whole - _dot(weight, stuck)
        # no way is left where the slope is 0: the corner, which any larger lambda reaches
        none = slope <= 1e-6 * whole
        new = (target - walls).clamp_(min=0) / slope.masked_fill(none, 1.0)
        new = torch.maximum(new.masked_fill(none, _FAR).clamp_(max=_FAR), scale)
        if bool((new <= scale).all()):
            break
        scale = new
        reach = scale[:, None].expand_as(x) if pace is None else scale[:, None] * pace
    return direction.mul_(torch.minimum(reach, room))


def _walk(batch: Batch, spec: FabT, rows: Tensor, target: Tensor, x: Tensor) -> None:
    """One run from x (m, D): linearise z_t - z_y at x, step over its zero plane, biased towards the original by alpha;
    an adversarial x is pulled back by beta and the walk goes on along the boundary. Rows may repeat.
    """
    shape = tuple(batch.x.shape[1:])
    x0, y = batch.x[rows].flatten(1), batch.y[rows]
    limit = float32_floor(spec.eps) if spec.norm == "linf" else spec.eps * (1 - 2e-6)
    for step in range(1, spec.steps + 1):
        _, lead, grad = batch.gradient(x.view(-1, *shape), margin_pair, rows, y, target)
        w = grad.flatten(1)
        d = onto_plane(x, w, -lead, spec.norm)
        d0 = onto_plane(x0, w, -lead + (w * (x - x0)).sum(1), spec.norm)
        length, length0 = _norm(d, spec.norm).clamp_(min=1e-8), _norm(d0, spec.norm).clamp_(min=1e-8)
        alpha = (length / (length + length0)).clamp_(max=_ALPHA_MAX)[:, None]
        x = torch.lerp(d.mul_(_ETA).add_(x), d0.mul_(_ETA).add_(x0), alpha).clamp_(0, 1)
        logits = batch.logits(x.view(-1, *shape), rows)
        adversarial = batch.fooled(logits, rows)
        if not bool(adversarial.any()):
            continue
        near = adversarial & (_norm(x - x0, spec.norm) <= limit)
        if bool(near.any()):
            at = near.nonzero().flatten()
            batch.keep_first(rows[at], x[at].view(-1, *shape), logits[at], step)
            gone = batch.found[rows]
            rows, x, x0, y, target, adversarial = without(gone, rows, x, x0, y, target, adversarial)
            if len(rows) == 0:
                return
        at = adversarial.nonzero().flatten()
        x[at] = torch.lerp(x0[at], x[at], _BETA)


def _dot(a: Tensor, b: Tensor) -> Tensor:
    """Return row-wise inner products (n,)."""
    return (a * b).sum(1)  # on a CPU nine times as fast as bmm


def _norm(d: Tensor, norm: str) -> Tensor:
    return d.abs().amax(1) if norm == "linf" else l2_norm(d)
