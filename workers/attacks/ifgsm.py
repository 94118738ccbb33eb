"""Iterative FGSM, the basic iterative method."""

import torch

from openapi.attacks import Ifgsm
from workers.attacks.geometry import LinfBall
from workers.attacks.hunt import Hunt
from workers.attacks.losses import log_odds, log_odds_target
from workers.attacks.targets import runner_up


def ifgsm(hunt: Hunt, spec: Ifgsm) -> None:
    """``x_{t+1} = clip_{x, eps}(x_t + alpha sign(grad L(x_t, y)))`` from x itself, alpha = eps / steps unless given.

    Every iterate is tested and fooled rows leave. Kurakin, Goodfellow & Bengio 2017.
    """
    rows = hunt.active()
    alpha = spec.step_size or spec.eps / spec.steps
    loss = log_odds_target if spec.targeted else log_odds
    y = runner_up(hunt.z, hunt.y) if spec.targeted else hunt.y
    space = LinfBall(hunt.x[rows], spec.eps)
    x = space.x
    for step in range(1, spec.steps + 1):
        if len(rows) == 0:
            return
        _, _, grad = hunt.gradient(x, loss, rows, y[rows])
        x = space.project(torch.add(x, grad.sign(), alpha=alpha))
        hit = hunt.keep(rows, x, hunt.logits(x, rows), step)
        if bool(hit.any()):
            stay = (~hit).nonzero().flatten()
            rows, x, space = rows[stay], x[stay], space.select(stay)
        hunt.beat(step / spec.steps)
    hunt.offer(rows, x)
