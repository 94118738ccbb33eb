"""Decoupled direction and norm (DDN)."""

import math

import torch
from torch import Tensor

from openapi.attacks import Ddn
from workers.attacks.boundary.bisection import bisect
from workers.attacks.boundary.far_starts import start_far_away
from workers.attacks.boundary.refine_l2 import refine_l2
from workers.attacks.engine.batch import Batch
from workers.attacks.maths.balls import l2_norm, per_row
from workers.attacks.maths.losses import log_odds
from workers.attacks.registry import implements


@implements(Ddn)
def ddn(batch: Batch, spec: Ddn) -> None:
    """``delta <- delta + alpha g / ||g||``, then ``delta <- eps delta / ||delta||`` with eps up or down by gamma.

    eps falls by (1 - gamma) where x' is adversarial and grows by (1 + gamma) where not; alpha falls from 1 to 0.01 by a
    cosine. g is the gradient of the log-odds: the direction of cross-entropy's without its underflow. Every iterate is
    tested, the last one too, and the nearest success is kept. Of the passes a fifth (at most 15) goes into sliding
    along the boundary towards x (`refine_l2`), and a few forward ones into a bisection (ours).

    Rony et al., "Decoupling Direction and Norm for Efficient Gradient-Based L2 Adversarial Attacks and Defenses", 2019.
    """
    slide = min(spec.steps // 5, 15)
    active, width = batch.active(), batch.victim.tile
    for begin in range(0, len(active), width):  # the state of one tile stays in the cache
        _tile(batch, active[begin : begin + width], spec, max(spec.steps - slide - 2, 1))
        batch.beat(min(begin + width, len(active)) / len(active))
    start_far_away(batch)
    refine_l2(batch, slide)
    bisect(batch, 7, low=0.98)


def _tile(batch: Batch, rows: Tensor, spec: Ddn, steps: int) -> None:
    x, y = batch.x[rows], batch.y[rows]
    x_adv, delta = x.clone(), torch.zeros_like(x)
    eps = torch.full((len(rows),), spec.init_eps, device=x.device)
    best = torch.full_like(eps, torch.inf)
    nearest, nearest_logits = x_adv.clone(), batch.z[rows].clone()
    for step in range(steps + 1):
        if step < steps:
            logits, _, grad = batch.gradient(x_adv, log_odds, rows, y)
        else:
            logits = batch.logits(x_adv, rows)
        hit = batch.fooled(logits, rows)
        length = l2_norm(delta)
        better = hit & (length < best)
        if bool(better.any()):
            best = torch.where(better, length, best)
            nearest[better], nearest_logits[better] = x_adv[better], logits[better]
        if step == steps:
            break
        alpha = 0.01 + 0.99 * (1 + math.cos(math.pi * step / steps)) / 2
        delta.addcmul_(grad, per_row(alpha / l2_norm(grad).clamp_(min=1e-30)))
        eps = eps * torch.where(hit, 1 - spec.gamma, 1 + spec.gamma)
        delta.mul_(per_row(eps / l2_norm(delta).clamp_(min=1e-12)))
        x_adv = torch.add(x, delta).clamp_(0, 1)
        delta = torch.sub(x_adv, x, out=delta)
    batch.offer(rows, x_adv)
    batch.keep(rows, nearest, nearest_logits, steps)
