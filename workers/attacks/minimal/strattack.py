"""StrAttack: changes confined to few groups of pixels, by the alternating direction method of multipliers."""

import torch
from torch import Tensor

from openapi.attacks import StrAttack
from workers.attacks.boundary.bisection import bisect
from workers.attacks.boundary.refine_l2 import refine_l2
from workers.attacks.engine.batch import Batch
from workers.attacks.maths.balls import per_row
from workers.attacks.maths.losses import margin
from workers.attacks.minimal.constants import Constants
from workers.attacks.minimal.pixel_groups import Groups, few_groups, usual_side
from workers.attacks.registry import implements

_REFINE = 20
_TEST_EVERY = 4  # rounds between two looks at the sparse candidate


@implements(StrAttack)
def strattack(batch: Batch, spec: StrAttack) -> None:
    """``minimise c max(z_y - max_{j != y} z_j, 0) + gamma ||d||_2^2 + tau sum_G ||d_G||_2``, x + d in [0, 1].

    Groups G are the squares of a grid, all channels together. ADMM with copies of d (v: smooth norm, w: box, s: groups)
    and scaled duals; with ``a = z - dual``, in every round

    - ``v = rho a / (rho + 2 gamma)``, ``w = clip(a)``, ``s_G = max(1 - tau / (rho ||a_G||), 0) a_G``
    - ``z = (eta z + rho sum(copies + duals) - c grad f(x + z)) / (eta + 3 rho)``, ``eta = rho sqrt(round)``
    - ``dual += copy - z``

    c grows tenfold until a row has its first success, at most to 1e10, if need be in columns beyond
    `binary_search_steps` (ours). The candidate is ``clip(x + s)``, tested every fourth round and after the last. Per
    row the success with the least ``gamma ||d||^2 + tau sum ||d_G||`` is kept, then its L2 distance is lowered inside
    its groups alone (`refine_l2`), as in the paper's refined attack. ``extras["groups_changed"]`` adds up the groups of
    all successes.

    Xu et al., "Structured Adversarial Attack: Towards General Implementation and Better Interpretability", 2019.
    """
    active = batch.active()
    h, w = batch.x.shape[2:]
    groups = Groups(spec.group or usual_side(h, w), h, w)
    constants = Constants(len(active), spec.initial_const, active.device)
    best = torch.full((len(active),), torch.inf, device=active.device)
    best_x = batch.x[active].clone()
    width = batch.victim.tile
    at, columns = torch.arange(len(active), device=active.device), 0
    while columns < spec.binary_search_steps or len(at):
        found = torch.zeros(len(active), dtype=torch.bool, device=active.device)
        for part in torch.split(at, width):
            cost, image = best[part], best_x[part]
            found[part] = _column(batch, active[part], constants.c[part], cost, image, groups, spec)
            best[part], best_x[part] = cost, image
        constants.update(found)
        columns += 1
        batch.beat(columns / spec.binary_search_steps)
        if columns >= spec.binary_search_steps:
            at = constants.growing(best.isfinite(), batch.victim.zero_gradients[active])
    stuck = (batch.victim.zero_gradients[active] & best.isinf()).nonzero().flatten()
    for begin in range(0, len(stuck), width):
        at = stuck[begin : begin + width]
        best[at], best_x[at] = few_groups(batch, active[at], groups, spec)
    _refine(batch, active, best, best_x, groups, spec)


def _refine(batch: Batch, active: Tensor, best: Tensor, best_x: Tensor, groups: Groups, spec: StrAttack) -> None:
    """Keep the successes, those whose cost `best` (m,) is finite, and lower their L2 distances inside their groups."""
    done = best.isfinite()
    rows = active[done]
    batch.extras["groups_changed"] = 0
    if len(rows) == 0:
        return
    batch.keep(rows, best_x[done], batch.logits(best_x[done], rows))
    allowed = torch.ones_like(batch.x)
    allowed[rows] = groups.touched(best_x[done] - batch.x[rows]).expand_as(batch.x[rows])
    refine_l2(batch, _REFINE, allowed=allowed, most=spec.max_change)
    bisect(batch, 5, low=0.9)
    changed = groups.norms(batch.x_adv[batch.found] - batch.x[batch.found]) > 0
    batch.extras["groups_changed"] = int(changed.sum())


def _column(
    batch: Batch, rows: Tensor, c: Tensor, best: Tensor, best_x: Tensor, groups: Groups, spec: StrAttack
) -> Tensor:
    """One run of ADMM with constants c; updates best (m,) and best_x in place; returns which rows found a success."""
    x, y = batch.x[rows], batch.y[rows]
    low, high = (-x).clamp(min=-spec.max_change), (1 - x).clamp(max=spec.max_change)
    z = torch.zeros_like(x)
    duals = [torch.zeros_like(x) for _ in range(3)]
    found = torch.zeros(len(rows), dtype=torch.bool, device=x.device)
    for k in range(1, spec.steps + 1):
        _, lead, grad = batch.gradient((x + z).clamp_(0, 1), margin, rows, y)
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
            fooled = batch.fooled(batch.logits(candidate, rows), rows)
            cost = groups.cost(candidate - x, spec.gamma, spec.tau)
            better = fooled & (cost < best)
            best[better] = cost[better]
            best_x[better] = candidate[better]
            found |= fooled
    return found
