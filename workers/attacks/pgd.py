"""Projected gradient descent, and the loop that its relatives share."""

from openapi.attacks import Pgd
from workers.attacks.geometry import LinfBall, ball
from workers.attacks.hunt import Hunt
from workers.attacks.losses import log_odds, log_odds_target, margin, margin_target
from workers.attacks.targets import target_classes
from workers.attacks.victim import Loss

_LOSSES: dict[tuple[str, bool], Loss] = {
    ("ce", False): log_odds,
    ("ce", True): log_odds_target,
    ("margin", False): margin,
    ("margin", True): margin_target,
}


def pgd(hunt: Hunt, spec: Pgd) -> None:
    """``x_{t+1} = P(x_t + alpha * direction(grad L(x_t)))`` with P the projection onto ball and [0, 1].

    alpha: `step_size`, or eps / sqrt(steps) (SNS). Every iterate is tested, the start and the last one included; a
    fooled row leaves the run at once. Restarts draw new starts for the survivors. Madry et al. 2018.
    """
    step_size = spec.step_size or spec.eps / spec.steps**0.5
    loss, y = _LOSSES[spec.loss, spec.targeted], hunt.y
    if spec.targeted:
        y = target_classes(spec.target, hunt.z, hunt.y, hunt.rng.stream("pgd.target"))
    for restart in range(spec.restarts):
        rows = hunt.active()
        space = ball(hunt.x[rows], spec.eps, spec.norm)
        x = space.x.clone()  # steps are made in place
        if (spec.random_start or restart > 0) and len(rows):
            rng, shape = hunt.rng.stream(f"pgd.start.{restart}"), tuple(x.shape[1:])
            normal = None if isinstance(space, LinfBall) else rng.normal(rows, shape, step=1)
            x = space.start(rng.uniform(rows, shape), normal)
        for step in range(spec.steps + 1):
            if len(rows) == 0:
                break
            if step < spec.steps:
                logits, _, grad = hunt.gradient(x, loss, rows, y[rows])
            else:
                logits = hunt.logits(x, rows)
            hit = hunt.keep(rows, x, logits, step)
            if step < spec.steps:
                x = space.project_(x.add_(space.direction(grad), alpha=step_size))
            if bool(hit.any()):
                rows, x, space = rows[~hit], x[~hit], space.select(~hit)
            hunt.beat((restart * (spec.steps + 1) + step + 1) / (spec.restarts * (spec.steps + 1)))
        hunt.offer(rows, x)
