"""Perturbations pruned to what they need: first to where the classes are seen, then group by group (ours)."""

from dataclasses import dataclass

import torch
from torch import Tensor

from workers.attacks.engine.batch import TOLERANCE
from workers.attacks.engine.victim import Victim
from workers.attacks.maths.balls import l2_norm, per_row
from workers.attacks.maths.losses import margin, margin_target
from workers.attacks.minimal.pixel_groups import Groups
from workers.explain.interpretability import highest
from workers.explain.passes import in_full_batches
from workers.explain.promotion import Effects, group_numbers

_BISECTIONS = 8
_REFIT_STEPS = 10


class Success:
    """Whether examples of n samples are adversarial: beyond what float32 noise makes of a lead.

    true: (n,) labels; aimed: (n,) bool, the samples whose attack was after the class `target` (n,) and after no other;
    clean: (n, K) logits of the images.
    """

    def __init__(self, victim: Victim, true: Tensor, target: Tensor, aimed: Tensor, clean: Tensor) -> None:
        self.victim, self.true, self.target, self.aimed = victim, true, target, aimed
        self.tolerance = TOLERANCE * (clean.amax(1) - clean.amin(1))

    def lead(self, logits: Tensor, rows: Tensor) -> Tensor:
        """How far the wanted class leads the others, or any wrong one the true class: (m,) of (m, K)."""
        reached = margin_target(logits, self.target[rows])
        return torch.where(self.aimed[rows], reached, margin(logits, self.true[rows]))

    def of(self, images: Tensor, rows: Tensor) -> Tensor:
        """The (m,) mask of successes among images (m, c, h, w), by passes of their own."""
        return self.lead(self.victim.logits(images, rows), rows) > 2 * self.tolerance[rows]

    def still(self, images: Tensor) -> Tensor:
        """The (n,) mask of successes among the samples' own examples (n, c, h, w), beyond noise alone."""
        rows = self.victim.everyone
        return self.lead(self.victim.logits(images, rows), rows) > self.tolerance


@dataclass(frozen=True)
class Refined:
    """Examples (n, c, h, w) with less perturbation, each checked as it is; quantile: (n,) of B they were pruned to;
    refitted: (n,) those of which the rest was fitted anew."""

    x: Tensor
    quantile: Tensor
    refitted: Tensor


def refine(
    success: Success,
    x: Tensor,
    x_adv: Tensor,
    maps: Tensor,
    effects: Effects,
    groups: Groups,
    *,
    quantile: float,
    refit: bool,
) -> Refined:
    """Take out of each perturbation what its success does not need.

    1. Outside of B(x, t0) ∪ B(x, t) the pixels are the image's again, with the highest quantile that leaves a success
       (bisection between 0 and 1).
    2. Where that stays below `quantile` and `refit` is asked for, the perturbation on B at `quantile` is fitted anew:
       normalised gradient steps on the lead, no longer and nowhere larger than it was before.
    3. Group by group from the least |p_i| + |s_i| the pixels become the image's, as long as it succeeds. Of what was
       fitted anew and what was not, the shorter is taken.

    x, x_adv: (n, c, h, w), x_adv adversarial; maps: (n, 2, h, w) of (x, t0) and (x, t). An example that cannot be
    pruned is returned as it came.
    """
    level = _bisected(success, x, x_adv, maps)
    best = _pruned(success, x, torch.where(union(maps, level)[:, None], x_adv, x), effects, groups)
    refitted = torch.zeros(len(x), dtype=torch.bool, device=x.device)
    if refit:
        fitted, wide = best.clone(), union(maps, torch.full_like(level, quantile))
        rows = (level < quantile).nonzero().flatten()
        for part in (rows[s] for s in in_full_batches(len(rows), success.victim.tile)):
            fitted[part], refitted[part] = _refitted(success, x, x_adv, wide, part)
        fitted = _pruned(success, x, torch.where(refitted[:, None, None, None], fitted, x), effects, groups)
        refitted &= l2_norm(fitted - x) < l2_norm(best - x)
        best = torch.where(refitted[:, None, None, None], fitted, best)
    return Refined(best, level, refitted)


def union(maps: Tensor, quantile: Tensor) -> Tensor:
    """B(x, t0) ∪ B(x, t): (n, h, w) of maps (n, 2, h, w), at each image's quantile (n,)."""
    return highest(maps[:, 0], quantile) | highest(maps[:, 1], quantile)


def _bisected(success: Success, x: Tensor, x_adv: Tensor, maps: Tensor) -> Tensor:
    """Return (n,) the highest quantile found whose B keeps the success; 0, which takes every pixel, always does."""
    low, high = (torch.full((len(x),), v, dtype=torch.float64, device=x.device) for v in (0.0, 1.0))
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        kept = success.of(torch.where(union(maps, middle)[:, None], x_adv, x), success.victim.everyone)
        low, high = torch.where(kept, middle, low), torch.where(kept, high, middle)
    return low


def _refitted(success: Success, x: Tensor, x_adv: Tensor, mask: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
    """Climb the lead inside the mask, within the L2 and L∞ size that the perturbation had; (m, c, h, w) and (m,)."""
    x0, inside = x[rows], mask[rows][:, None]
    delta = (x_adv[rows] - x0) * inside
    length, most = l2_norm(x_adv[rows] - x0), (x_adv[rows] - x0).flatten(1).abs().amax(1)
    best, found = x_adv[rows].clone(), torch.zeros(len(rows), dtype=torch.bool, device=x.device)
    for step in range(_REFIT_STEPS + 1):
        images = (x0 + delta).clamp(0, 1)
        _, lead, grad = success.victim.gradient(images, lambda z, at: success.lead(z, at), rows, rows)
        hit = (lead > 2 * success.tolerance[rows]) & ~found
        best[hit], found = images[hit], found | hit
        if step == _REFIT_STEPS or bool(found.all()):
            break
        direction = grad * inside
        direction = direction / per_row(l2_norm(direction).clamp(min=1e-12))
        delta = delta + direction * per_row(2 * length / _REFIT_STEPS)
        delta = torch.minimum(torch.maximum(delta, -per_row(most)), per_row(most))
        delta = delta * per_row((length / l2_norm(delta).clamp(min=1e-12)).clamp(max=1))
    return best, found


def _pruned(success: Success, x: Tensor, x_adv: Tensor, effects: Effects, groups: Groups) -> Tensor:
    """Undo groups, the least effective first, while the example succeeds: as many at once as go, down to each alone."""
    ids = group_numbers(groups, x.device)
    touched = groups.sums((x_adv != x).to(torch.float32)).flatten(1) > 0
    effect = (effects.promotion.abs() + effects.suppression.abs()).flatten(1)
    order = torch.where(touched, effect, torch.inf).argsort(dim=1, stable=True)
    rank = torch.empty_like(order).scatter_(1, order, torch.arange(order.shape[1], device=x.device).expand_as(order))
    total = touched.sum(1)
    kept = touched.clone()
    place, width = torch.zeros_like(total), torch.ones_like(total)
    rows = (total > 0).nonzero().flatten()
    while len(rows):
        begin = place[rows]
        out = (rank[rows] >= begin[:, None]) & (rank[rows] < (begin + width[rows])[:, None])
        fewer = kept[rows] & ~out
        good = success.of(torch.where(fewer[:, ids][:, None], x_adv[rows], x[rows]), rows)
        kept[rows[good]] = fewer[good]
        alone = width[rows] == 1
        place[rows] += torch.where(good, width[rows], alone.long())
        width[rows] = torch.where(good, 2 * width[rows], torch.where(alone, 1, width[rows] // 2))
        rows = rows[place[rows] < total[rows]]
    return torch.where(kept[:, ids][:, None], x_adv, x)
