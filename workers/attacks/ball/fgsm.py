"""Fast gradient sign method."""

from openapi.attacks import Fgsm
from workers.attacks.ball.pgd import ascend
from workers.attacks.engine.batch import Batch
from workers.attacks.engine.targets import aim
from workers.attacks.maths.losses import log_odds, log_odds_target
from workers.attacks.registry import implements


@implements(Fgsm)
def fgsm(batch: Batch, spec: Fgsm) -> None:
    """``x' = clip(x + eps sign(grad_x L(x, y)))``; for L2 the normalised gradient in place of the sign.

    Targeted: towards the runner-up or the chosen class. One pass there and back; the confirming one is the test.
    Goodfellow, Shlens & Szegedy, "Explaining and Harnessing Adversarial Examples", 2015.
    """
    rows, y = batch.active(), batch.y
    if spec.targeted:
        y = aim(batch, spec.target)
    space = batch.ball(rows, spec.eps, spec.norm)
    loss = log_odds_target if spec.targeted else log_odds
    ascend(batch, loss, y, rows, space, space.x.clone(), 1, space.eps, batch.beat)
