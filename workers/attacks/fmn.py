"""Fast minimum-norm attack (FMN) in L-infinity, L2, L1 and L0."""

import math

import torch
from torch import Tensor

from openapi.attacks import Fmn
from workers.attacks.geometry import Norm, l2_norm, per_row
from workers.attacks.hunt import Hunt
from workers.attacks.losses import nearing
from workers.attacks.norms import dual_norm, norm_of, project
from workers.attacks.pullback import pull_back
from workers.attacks.refine_l1 import refine_l1
from workers.attacks.rescue import rescue

_FAR = 1e30
#: How far beyond the linearised boundary the first tries go: a wider look finds nearer examples, but for L1 and L0,
#: whose steps are few pixels, it costs more than it finds.
_BEYOND = {"l2": 1.5, "linf": 1.5, "l1": 1.02, "l0": 1.02}
#: In L1 the ball changes by as many strides at once, so that pixels come and go and the first in need not stay.
_STRIDES_L1 = 4


def fmn(hunt: Hunt, spec: Fmn) -> None:
    """``delta <- P_eps(delta + alpha g / ||g||_2)`` while eps follows the boundary.

    Where x' is adversarial: ``eps <- min(eps (1 - gamma), smallest norm so far)``. Where it is not: before the first
    success ``eps <- ||delta||_p + b |f| / ||g||_q``, by the distance to the linearised boundary, then
    ``eps <- eps (1 + gamma)``. f is the loss `nearing`, g its gradient, and b 1.5 for L2 and L-infinity (both ours: on
    three nets 0.5 to 12 % nearer on average than the margin, b = 1). alpha and gamma fall by a cosine to a hundredth.
    L0 counts pixels (all channels together) and moves by at least one pixel. P projects onto the ball, for L2 and L1
    onto its sphere, which gets across where many pixels are black or white (ours). Every iterate is tested, the last
    one too; the nearest success is kept, and except for L0 bisected towards x at the end (ours).

    In L1 (all ours) gamma is four times as large; alpha starts anew from twice the L2 length of the nearest success, at
    most twice `step_size`, and falls to a fiftieth; a tenth as many passes follow along the boundary (`refine_l1`).
    Distance over that of the paper's attack, geometric means on five sets of images: 0.98, 1.00, 1.00, 1.01 and 0.83
    without, 0.96, 0.98, 0.93, 0.93 and 0.40 with it. Not kept: averaged gradients, returns to the nearest success, a
    second fall of alpha, the margin in place of `nearing`: each nearer on some nets and farther on others.

    Pintor et al., "Fast Minimum-norm Adversarial Attacks through Adaptive Norm Constraints", 2021.
    """
    active, width = hunt.active(), hunt.victim.tile
    for begin in range(0, len(active), width):  # the state of one tile stays in the cache
        _tile(hunt, active[begin : begin + width], spec)
        hunt.beat(min(begin + width, len(active)) / len(active))
    if spec.norm != "l0":
        rescue(hunt)
        if spec.norm == "l1":
            refine_l1(hunt, spec.steps // 10)
        pull_back(hunt, 7, low=0.96)


def _tile(hunt: Hunt, rows: Tensor, spec: Fmn) -> None:
    x, y = hunt.x[rows], hunt.y[rows]
    x_adv, delta = x.clone(), torch.zeros_like(x)
    eps = torch.full((len(rows),), torch.inf, device=x.device)
    best = torch.full_like(eps, torch.inf)
    nearest, nearest_logits = x_adv.clone(), hunt.z[rows].clone()
    size = torch.full_like(eps, spec.step_size)
    stride, last = (min(_STRIDES_L1 * spec.gamma, 0.9), 0.02) if spec.norm == "l1" else (spec.gamma, 0.01)
    for step in range(spec.steps + 1):
        if step < spec.steps:
            logits, loss, grad = hunt.gradient(x_adv, nearing, rows, y)
        else:
            logits = hunt.logits(x_adv, rows)
        hit = hunt.fooled(logits, rows)
        length = norm_of(delta, spec.norm)
        better = hit & (length < best)
        if bool(better.any()):
            best = torch.where(better, length, best)
            nearest[better], nearest_logits[better] = x_adv[better], logits[better]
            if spec.norm == "l1":
                size = torch.where(better, 2 * l2_norm(delta).clamp_(max=spec.step_size), size)
        if step == spec.steps:
            break
        # what the box stops is no way to go: without this, eps of images with many black pixels settles too low
        grad.mul_(_way(x_adv, grad))
        cosine = (1 + math.cos(math.pi * step / spec.steps)) / 2
        alpha, gamma = size * (last + (1 - last) * cosine), stride * (0.01 + 0.99 * cosine)
        boundary = length * (1 + gamma) + _BEYOND[spec.norm] * loss.abs() / dual_norm(grad, spec.norm).clamp_(min=1e-12)
        eps = _adapted(eps, hit, boundary, best, gamma, spec.norm)
        delta.addcmul_(grad, per_row(alpha / l2_norm(grad).clamp_(min=1e-30)))
        delta = _onto(delta, eps, spec.norm)
        x_adv = torch.add(x, delta).clamp_(0, 1)
        delta = torch.sub(x_adv, x)
    hunt.offer(rows, x_adv)
    hunt.keep(rows, nearest, nearest_logits, spec.steps)


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
