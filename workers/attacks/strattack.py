"""StrAttack: changes confined to few groups of pixels, by the alternating direction method of multipliers."""

import torch
from torch import Tensor, nn

from openapi.attacks import StrAttack
from workers.attacks.geometry import per_row
from workers.attacks.hunt import Hunt
from workers.attacks.losses import margin
from workers.attacks.pullback import pull_back
from workers.attacks.refine import refine_l2
from workers.attacks.search import Constants

_REFINE = 20
_TEST_EVERY = 4  # rounds between two looks at the sparse candidate


def strattack(hunt: Hunt, spec: StrAttack) -> None:
    """``minimise c max(z_y - max_{j != y} z_j, 0) + gamma ||d||_2^2 + tau sum_G ||d_G||_2``, x + d in [0, 1].

    Groups G are the squares of a grid, all channels together. ADMM with copies of d (v: smooth norm, w: box, s: groups)
    and scaled duals; with ``a = z - dual``, in every round

    - ``v = rho a / (rho + 2 gamma)``, ``w = clip(a)``, ``s_G = max(1 - tau / (rho ||a_G||), 0) a_G``
    - ``z = (eta z + rho sum(copies + duals) - c grad f(x + z)) / (eta + 3 rho)``, ``eta = rho sqrt(round)``
    - ``dual += copy - z``

    The candidate is ``clip(x + s)``, tested every fourth round and after the last. Per row the success with the least
    ``gamma ||d||^2 + tau sum ||d_G||`` is kept, then its L2 distance is lowered inside its groups alone (`refine`), as
    in the paper's refined attack. ``figures["groups_changed"]`` adds up the groups of all successes.

    Xu et al., "Structured Adversarial Attack: Towards General Implementation and Better Interpretability", 2019.
    """
    active = hunt.active()
    side = spec.group or (2 if min(hunt.x.shape[2:]) <= 32 else 13)
    groups = Groups(side, hunt.x.shape[2], hunt.x.shape[3])
    constants = Constants(len(active), spec.initial_const, active.device)
    best = torch.full((len(active),), torch.inf, device=active.device)
    best_x = hunt.x[active].clone()
    width = hunt.victim.tile
    for column in range(spec.binary_search_steps):
        found = torch.zeros(len(active), dtype=torch.bool, device=active.device)
        for begin in range(0, len(active), width):
            s = slice(begin, begin + width)
            found[s] = _column(hunt, active[s], constants.c[s], best[s], best_x[s], groups, spec)
        constants.update(found)
        hunt.beat((column + 1) / spec.binary_search_steps)
    done = best.isfinite()
    rows = active[done]
    hunt.keep(rows, best_x[done], hunt.logits(best_x[done], rows))
    allowed = torch.ones_like(hunt.x)
    allowed[rows] = groups.touched(best_x[done] - hunt.x[rows]).expand_as(hunt.x[rows])
    refine_l2(hunt, _REFINE, allowed=allowed)
    pull_back(hunt, 5, low=0.9)
    changed = groups.norms(hunt.x_adv[hunt.found] - hunt.x[hunt.found]) > 0
    hunt.figures["groups_changed"] = int(changed.sum())


class Groups:
    """The squares of a grid over images of h×w; the last ones may be smaller."""

    def __init__(self, side: int, h: int, w: int) -> None:
        self.side, self.h, self.w = side, h, w

    def norms(self, d: Tensor) -> Tensor:
        """Return (n, rows, columns) L2 norms of the groups of (n, c, h, w)."""
        squares = d.square().sum(1, keepdim=True)
        padded = nn.functional.pad(squares, (0, -self.w % self.side, 0, -self.h % self.side))
        return (nn.functional.avg_pool2d(padded, self.side) * self.side**2).squeeze(1).sqrt()

    def spread(self, values: Tensor) -> Tensor:
        """Return (n, 1, h, w) with each group's value (n, rows, columns) on all its pixels."""
        large = values.repeat_interleave(self.side, 1).repeat_interleave(self.side, 2)
        return large[:, None, : self.h, : self.w]

    def shrunk(self, d: Tensor, threshold: float) -> Tensor:
        """Return ``max(1 - threshold / ||d_G||, 0) d_G``: the proximal map of ``threshold sum ||d_G||``."""
        factor = (1 - threshold / self.norms(d).clamp(min=1e-12)).clamp(min=0)
        return d * self.spread(factor)

    def touched(self, d: Tensor) -> Tensor:
        """Return the (n, 1, h, w) mask of groups in which d is not 0."""
        return self.spread((self.norms(d) > 0).to(d.dtype))


def _column(
    hunt: Hunt, rows: Tensor, c: Tensor, best: Tensor, best_x: Tensor, groups: Groups, spec: StrAttack
) -> Tensor:
    """One run of ADMM with constants c; updates best (m,) and best_x in place; returns which rows found a success."""
    x, y = hunt.x[rows], hunt.y[rows]
    low, high = (-x).clamp(min=-spec.max_change), (1 - x).clamp(max=spec.max_change)
    z = torch.zeros_like(x)
    duals = [torch.zeros_like(x) for _ in range(3)]
    found = torch.zeros(len(rows), dtype=torch.bool, device=x.device)
    for k in range(1, spec.steps + 1):
        _, lead, grad = hunt.gradient((x + z).clamp_(0, 1), margin, rows, y)
        smooth = (z - duals[0]) * (spec.rho / (spec.rho + 2 * spec.gamma))
        box = torch.clamp(z - duals[1], low, high)
        sparse = groups.shrunk(z - duals[2], spec.tau / spec.rho)
        copies = (smooth, box, sparse)
        eta = spec.rho * k**0.5
        pull = sum((copy + dual for copy, dual in zip(copies, duals, strict=True)), torch.zeros_like(x))
        push = grad * per_row(c * (lead < 0))
        z = (eta * z + spec.rho * pull + push) / (eta + 3 * spec.rho)
        for dual, copy in zip(duals, copies, strict=True):
            dual.add_(copy - z)
        if k % _TEST_EVERY == 0 or k == spec.steps:
            candidate = (x + torch.clamp(sparse, low, high)).clamp_(0, 1)
            fooled = hunt.fooled(hunt.logits(candidate, rows), rows)
            d = candidate - x
            cost = spec.gamma * d.square().flatten(1).sum(1) + spec.tau * groups.norms(d).flatten(1).sum(1)
            better = fooled & (cost < best)
            best[better] = cost[better]
            best_x[better] = candidate[better]
            found |= fooled
    return found
