"""NAttack: a Gaussian over adversarial examples, its mean moved by natural evolution strategies."""

import torch
from torch import Tensor

from openapi.attacks import Nattack
from workers.attacks.black_box.population import BLOCK, Boldest, shares
from workers.attacks.engine.batch import Batch
from workers.attacks.engine.rows import without
from workers.attacks.maths.balls import Ball, per_row
from workers.attacks.maths.losses import margin
from workers.attacks.registry import implements


@implements(Nattack)
def nattack(batch: Batch, spec: Nattack) -> None:
    """``mu <- mu + eta / (b sigma) sum_i F_i e_i`` over b samples ``x_i = P(x + (mu + sigma e_i) / 2)``.

    e_i is normal, in pairs e and -e; F_i is the margin of x_i, minus its mean over the samples and divided by their
    standard deviation; P projects onto the ball and [0, 1]. The halves are the slope of the paper's (tanh + 1) / 2 at
    mid-grey: the tanh itself would hold pixels that are black or white (ours). Every sample and the mean's own point is
    tested, a step costs b + 1 queries, and a fooled row stops. No gradient of the model is used. Of a row's samples at
    most 32 pairs are in memory at once.

    Li et al., "NATTACK: Learning the Distributions of Adversarial Examples for an Improved Black-Box Attack", 2019.
    """
    active = batch.active()
    group = max(1, batch.victim.tile // min(spec.samples, BLOCK))
    for begin in range(0, len(active), group):
        _evolve(batch, active[begin : begin + group], spec)
        batch.beat(min(begin + group, len(active)) / len(active))


def _evolve(batch: Batch, rows: Tensor, spec: Nattack) -> None:
    x = batch.x[rows]
    space: Ball = batch.ball(rows, spec.eps, spec.norm)
    mean = torch.full_like(x, spec.initial_mean)
    for step in range(1, spec.steps + 1):
        ascent, hit = _ascent(batch, rows, x + mean / 2, space, spec, step)
        mean.add_(ascent, alpha=spec.learning_rate / (spec.samples * spec.sigma))
        if bool(hit.any()):
            rows, x, mean, space = without(hit, rows, x, mean, space)
            if len(rows) == 0:
                return
    batch.offer(rows, space.project(x + mean / 2))


def _ascent(batch: Batch, rows: Tensor, centre: Tensor, space: Ball, spec: Nattack, step: int) -> tuple[Tensor, Tensor]:
    """Test one population around the centre (m, c, h, w); return ``sum_i F_i e_i`` and the (m,) rows it fooled.

    Of a pair the difference of its margins is all that counts, since their mean falls out of it; the standard deviation
    divides the sum at the end. So one sweep over the blocks does.
    """
    rng, boldest = batch.rng.stream("nattack"), Boldest(batch, rows)
    blocks, total, values = shares(spec.samples // 2, BLOCK // 2), torch.zeros_like(centre), []
    odd = rng.normal(rows, (spec.samples % 2, *centre.shape[1:]), step)
    for begin, pairs in blocks:
        noise = rng.stream(str(begin)).normal(rows, (pairs, *centre.shape[1:]), step)
        moves = noise * (spec.sigma / 2)
        points = [centre[:, None] + moves, centre[:, None] - moves]
        if begin + pairs == spec.samples // 2:  # the last one: a sample without a partner, and the mean itself
            points += [centre[:, None] + odd * (spec.sigma / 2), centre[:, None]]
        images = torch.cat(points, 1)
        each = torch.arange(len(rows), device=rows.device).repeat_interleave(images.shape[1])
        images = space.select(each).project_(images.flatten(0, 1)).view_as(images)
        logits = batch.logits(images.flatten(0, 1), rows[each])
        value = margin(logits, batch.y[rows[each]]).view(images.shape[:2])
        at, which = boldest.leaders(logits.view(*value.shape, -1), value)
        if len(at):
            boldest.image[at] = images[at, which]
        values.append(value)
        difference = value[:, :pairs] - value[:, pairs : 2 * pairs]
        total += torch.bmm(difference[:, None], noise.flatten(2)).view_as(total)
    score = torch.cat(values, 1)[:, :-1]
    alone = score[:, spec.samples - spec.samples % 2 :] - score.mean(1, keepdim=True)
    total += torch.bmm(alone[:, None], odd.flatten(2)).view_as(total)
    return total.div_(per_row(score.std(1) + 1e-7)), boldest.keep(step)
