"""Iterative FGSM, the basic iterative method."""

from openapi.attacks import Ifgsm
from workers.attacks.ball.pgd import ascend
from workers.attacks.engine.batch import Batch
from workers.attacks.engine.targets import aim
from workers.attacks.maths.losses import log_odds, log_odds_target
from workers.attacks.registry import implements


@implements(Ifgsm)
def ifgsm(batch: Batch, spec: Ifgsm) -> None:
    """``x_{t+1} = clip_{x, eps}(x_t + alpha sign(grad L(x_t, y)))`` from x itself, alpha = eps / steps unless given.

    Every iterate is tested and fooled rows leave. Kurakin, Goodfellow & Bengio 2017.
    """
    rows = batch.active()
    alpha = spec.step_size or spec.eps / spec.steps
    loss = log_odds_target if spec.targeted else log_odds
    y = aim(batch, spec.target) if spec.targeted else batch.y
    space = batch.ball(rows, spec.eps, spec.norm)
    ascend(batch, loss, y, rows, space, space.x.clone(), spec.steps, alpha, batch.beat)
