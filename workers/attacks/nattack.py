"""NAttack: a Gaussian over adversarial examples, its mean moved by natural evolution strategies."""

import torch
from torch import Tensor

from openapi.attacks import Nattack
from workers.attacks.geometry import ball
from workers.attacks.hunt import Hunt
from workers.attacks.losses import margin


def nattack(hunt: Hunt, spec: Nattack) -> None:
    """``mu <- mu + eta / (b sigma) sum_i F_i e_i`` over b samples ``x_i = P(x + (mu + sigma e_i) / 2)``.

    e_i is normal, in pairs e and -e; F_i is the margin of x_i, minus its mean over the samples and divided by their
    standard deviation; P projects onto the ball and [0, 1]. The halves are the slope of the paper's (tanh + 1) / 2 at
    mid-grey: the tanh itself would hold pixels that are black or white (ours). Every sample and the mean's own point is
    tested, a step costs b + 1 queries, and a fooled row stops. No gradient of the model is used.

    Li et al., "NATTACK: Learning the Distributions of Adversarial Examples for an Improved Black-Box Attack", 2019.
    """
    active = hunt.active()
    group = max(1, hunt.victim.tile // spec.samples)
    for begin in range(0, len(active), group):
        _evolve(hunt, active[begin : begin + group], spec)
        hunt.beat(min(begin + group, len(active)) / len(active))


def _evolve(hunt: Hunt, rows: Tensor, spec: Nattack) -> None:
    rng, x = hunt.rng.stream("nattack"), hunt.x[rows]
    space = ball(x.repeat_interleave(spec.samples + 1, 0), spec.eps, spec.norm)
    mean = torch.full_like(x, spec.initial_mean)
    for step in range(1, spec.steps + 1):
        half = rng.normal(rows, (spec.samples // 2, *x.shape[1:]), step)
        odd = rng.normal(rows, (spec.samples % 2, *x.shape[1:]), step + spec.steps)
        noise = torch.cat([half, -half, odd, torch.zeros_like(x)[:, None]], 1)  # the last one is the mean itself
        points = x[:, None] + (mean[:, None] + spec.sigma * noise) / 2
        points = space.project(points.flatten(0, 1))
        owners = rows.repeat_interleave(spec.samples + 1)
        logits = hunt.logits(points, owners)
        value = margin(logits, hunt.y[owners]).view(len(rows), -1)
        best = value.argmax(1) + torch.arange(len(rows), device=x.device) * (spec.samples + 1)
        hit = hunt.keep(rows, points[best], logits[best], step)
        score = value[:, :-1]
        score = (score - score.mean(1, keepdim=True)) / (score.std(1, keepdim=True) + 1e-7)
        ascent = torch.bmm(score[:, None], noise[:, :-1].flatten(2)).view_as(x)
        mean = mean.add_(ascent, alpha=spec.learning_rate / (spec.samples * spec.sigma))
        if bool(hit.any()):
            space = space.select((~hit).repeat_interleave(spec.samples + 1).nonzero().flatten())
            rows, x, mean = rows[~hit], x[~hit], mean[~hit]
            if len(rows) == 0:
                return
    hunt.offer(rows, ball(x, spec.eps, spec.norm).project(x + mean / 2))
