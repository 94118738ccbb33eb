"""Fast minimum-norm attack (FMN) in L-infinity, L2, L1 and L0."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from openapi.attacks import Fmn
from workers.attacks.boundary.bisection import bisect
from workers.attacks.boundary.far_starts import start_far_away
from workers.attacks.boundary.refine_l1 import refine_l1
from workers.attacks.boundary.refine_l2 import refine_l2
from workers.attacks.engine.batch import Batch
from workers.attacks.maths.balls import Norm, l2_norm, per_row
from workers.attacks.maths.losses import nearing, rival
from workers.attacks.maths.norms import dual_norm, norm_of, project
from workers.attacks.registry import implements

_FAR = 1e30
#: How far beyond the linearised boundary the first tries go: a wider look finds nearer examples, but for L1 and L0,
#: whose steps are few pixels, it costs more than it finds.
_BEYOND = {"l2": 1.5, "linf": 1.5, "l1": 1.02, "l0": 1.02}
#: Share by which the ball grows or shrinks at first, where the user says nothing.
_GAMMA = {"l2": 0.5, "linf": 0.2, "l1": 0.4, "l0": 0.15}
#: At most; more of them, shorter, were farther on average.
_ROUNDS = 3


@implements(Fmn)
def fmn(batch: Batch, spec: Fmn) -> None:
    """``delta <- P_eps(delta + alpha g / ||g||_2)`` while eps follows the boundary, in rounds for other classes.

    Where x' is adversarial: ``eps <- min(eps (1 - gamma), smallest norm so far)``. Where it is not: before the first
    success ``eps <- ||delta||_p + b |f| / ||g||_q``, by the distance to the linearised boundary, then
    ``eps <- eps (1 + gamma)``. f is the loss `nearing`, g its gradient, b 1.5 for L2 and L-infinity. alpha and gamma
    fall by a cosine to a hundredth. L0 counts pixels (all channels together) and moves by at least one pixel. P
    projects onto the ball, for L2 and L1 onto its sphere, which gets across where many pixels are black or white.
    Every iterate is tested, the last one too; the nearest success is kept and, except for L0, bisected towards x.

    Beyond the paper (results in `tests/tools/benchmarks/RESULTS.md`):

    - Rounds. More steps lead to the same local optimum; what is nearer mostly belongs to another class. Five ninths of
      the steps are the first round. Each of the others starts at x again, with eps from the nearest success, on a loss
      that leaves out the class of that success and those in which earlier rounds ended.
    - L-infinity steps move all pixels alike: alpha is in radii of the ball, and g / ||g|| is replaced by g in units of
      ``mean |g| (step / steps)^2``, clamped to [-1, 1]: the sign at first, nearly the gradient in the end.
    - In L1 a step goes along ``g |g|^1/2``: fewer pixels. alpha starts anew from twice the L2 length of every nearest
      success, at most twice `step_size`, and falls to a fiftieth.
    - gamma is 3 to 10 times the paper's 0.05, so that a round of few steps finds the boundary.
    - In L2 and L1 the last tenth of the steps goes along the boundary: `refine_l2`, `refine_l1`.
    - f is not the margin, and b not 1.

    Pintor et al., "Fast Minimum-norm Adversarial Attacks through Adaptive Norm Constraints", 2021.
    """
    slide = spec.steps // 10 if spec.norm in ("l2", "l1") else 0
    active, width = batch.active(), batch.victim.tile
    for begin in range(0, len(active), width):  # the state of one tile stays in the cache
        _tile(batch, active[begin : begin + width], spec, spec.steps - slide)
        batch.beat(min(begin + width, len(active)) / len(active))
    if spec.norm == "l0":
        return
    start_far_away(batch)
    if spec.norm == "l1":
        refine_l1(batch, slide)
    elif spec.norm == "l2":
        refine_l2(batch, slide)
    bisect(batch, 7, low=0.98)


@dataclass
class _Nearest:
    """The nearest successes of a tile's rows: their norms (inf without one), images and logits."""

    length: Tensor
    image: Tensor
    logits: Tensor

    def update(self, better: Tensor, length: Tensor, image: Tensor, logits: Tensor) -> None:
        if bool(better.any()):
            self.length = torch.where(better, length, self.length)
            self.image[better], self.logits[better] = image[better], logits[better]


def _tile(batch: Batch, rows: Tensor, spec: Fmn, steps: int) -> None:
    x = batch.x[rows]
    nearest = _Nearest(torch.full((len(rows),), torch.inf, device=x.device), x.clone(), batch.z[rows].clone())
    gone = torch.zeros_like(nearest.logits, dtype=torch.bool)
    # with two classes there is one boundary, with three there are two
    for length in rounds(steps, min(_ROUNDS, batch.classes - 1)):
        last, logits = _round(batch, rows, spec, length, nearest, gone)
        y = batch.y[rows]
        ended = rival(logits.masked_fill(gone, -torch.inf), y)
        gone = gone.scatter(1, rival(nearest.logits, y), True).scatter(1, ended, True)
        gone &= (~gone).scatter(1, y[:, None], False).any(1, keepdim=True)  # never all of them
    batch.offer(rows, last)
    batch.keep(rows, nearest.image, nearest.logits, steps)


def rounds(steps: int, most: int) -> list[int]:
    """Return the steps of every round, at most `most`: two ninths for each but the first, which has the others."""
    later = [2 * steps // 9] * (most - 1)
    return [steps - sum(later), *(k for k in later if k)]


def _round(batch: Batch, rows: Tensor, spec: Fmn, steps: int, nearest: _Nearest, gone: Tensor) -> tuple[Tensor, Tensor]:
    """Take `steps` steps from x without the classes that are `gone` (m, K); return the last iterate and its logits."""
    x, y = batch.x[rows], batch.y[rows]
    x_adv, delta, eps = x.clone(), torch.zeros_like(x), nearest.length
    size = torch.full_like(eps, spec.step_size)
    stride, last = spec.gamma or _GAMMA[spec.norm], 0.02 if spec.norm == "l1" else 0.01
    for step in range(steps + 1):
        if step < steps:
            logits, loss, grad = batch.gradient(x_adv, nearing, rows, y, gone)
        else:
            logits = batch.logits(x_adv, rows)
        hit, length = batch.fooled(logits, rows), norm_of(delta, spec.norm)
        better = hit & (length < nearest.length)
        nearest.update(better, length, x_adv, logits)
        if spec.norm == "l1":
            size = torch.where(better, 2 * l2_norm(delta).clamp_(max=spec.step_size), size)
        if step == steps:
            break
        # what the box stops is no way to go: without this, eps of images with many black pixels settles too low
        grad.mul_(_way(x_adv, grad))
        cosine = (1 + math.cos(math.pi * step / steps)) / 2
        alpha, gamma = size * (last + (1 - last) * cosine), stride * (0.01 + 0.99 * cosine)
        boundary = length * (1 + gamma) + _BEYOND[spec.norm] * loss.abs() / dual_norm(grad, spec.norm).clamp_(min=1e-12)
        eps = _adapted(eps, hit, boundary, nearest.length, gamma, spec.norm)
        if spec.norm == "linf":
            delta.addcmul_(_levelled(grad, (step / steps) ** 2, batch.freed(rows)), per_row(alpha * eps.clamp(max=1)))
        else:
            way = grad if spec.norm != "l1" else grad * grad.abs().sqrt()
            delta.addcmul_(way, per_row(alpha / l2_norm(way).clamp_(min=1e-30)))
        delta = _onto(delta, eps, spec.norm)
        x_adv = torch.add(x, delta).clamp_(0, 1)
        delta = torch.sub(x_adv, x)
    return x_adv, logits


def _levelled(grad: Tensor, share: float, free: Tensor | None) -> Tensor:
    """Return grad in units of `share` of its mean size over free pixels, clamped to [-1, 1]: with share 0 its sign."""
    unit = grad.flatten(1).abs().mean(1).mul_(share)
    if free is not None:
        unit = unit / free.flatten(1).mean(1).clamp(min=1e-12)
    unit = unit.clamp_(min=1e-30)
    return torch.mul(grad, per_row(1 / unit)).clamp_(-1, 1)


def _way(x: Tensor, grad: Tensor) -> Tensor:
    """Return 1 where x can move along grad inside [0, 1], else 0. In float arithmetic: masks of booleans are slow."""
    return torch.add(x, grad, alpha=_FAR).clamp_(0, 1).sub_(x).sign_().abs_()


def _onto(delta: Tensor, eps: Tensor, norm: Norm) -> Tensor:
    """Return delta in the ball of radius eps (m,); for L2 and L1 on its sphere: a step that the box cut grows back."""
    if norm == "l2":
        largest = delta[0].numel() ** 0.5  # no two images are further apart
        return delta.mul_(per_row(eps.clamp(max=largest) / l2_norm(delta).clamp_(min=1e-12)))
    delta = project(delta, eps, norm)
    if norm == "l1":  # at most doubled: an eps that nothing has bounded yet may be anything
        delta = delta.mul_(per_row((eps / norm_of(delta, norm).clamp_(min=1e-12)).clamp_(max=2)))
    return delta


def _adapted(eps: Tensor, hit: Tensor, boundary: Tensor, best: Tensor, gamma: float, norm: str) -> Tensor:
    """Return the (m,) next radii; for L0 whole pixels, at least one more or less than before."""
    smaller, larger = eps * (1 - gamma), eps * (1 + gamma)
    if norm == "l0":
        smaller, larger = torch.minimum(eps - 1, smaller.floor()), torch.maximum(eps + 1, larger.floor())
        boundary = boundary.ceil()
    outside = torch.where(best.isfinite(), larger, boundary)
    inside = torch.minimum(smaller, best)
    return torch.where(hit, inside, outside).clamp_(min=1.0 if norm == "l0" else 1e-7)
