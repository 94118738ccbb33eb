"""Fast gradient sign method."""

from openapi.attacks import Fgsm
from workers.attacks.geometry import ball
from workers.attacks.hunt import Hunt
from workers.attacks.losses import log_odds, log_odds_target
from workers.attacks.targets import runner_up


def fgsm(hunt: Hunt, spec: Fgsm) -> None:
    """``x' = clip(x + eps sign(grad_x L(x, y)))``; for L2 the normalised gradient in place of the sign.

    Targeted: towards the runner-up class. One forward and backward pass, and one forward to test.
    Goodfellow, Shlens & Szegedy, "Explaining and Harnessing Adversarial Examples", 2015.
    """
    rows = hunt.active()
    x, y = hunt.x[rows], hunt.y[rows]
    if spec.targeted:
        _, _, grad = hunt.gradient(x, log_odds_target, rows, runner_up(hunt.z[rows], y))
    else:
        _, _, grad = hunt.gradient(x, log_odds, rows, y)
    space = ball(x, spec.eps, spec.norm)
    x_adv = space.project(x + space.eps * space.direction(grad))
    hunt.keep(rows, x_adv, hunt.logits(x_adv, rows), step=1)
    hunt.offer(rows, x_adv)
