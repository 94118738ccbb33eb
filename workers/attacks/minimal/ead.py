"""EAD: the elastic-net attack, whose examples change few pixels."""

from dataclasses import dataclass

import torch
from torch import Tensor

from openapi.attacks import Ead
from workers.attacks.boundary.bisection import bisect
from workers.attacks.boundary.far_starts import start_far_away
from workers.attacks.boundary.refine_l1 import refine_l1
from workers.attacks.engine.batch import Batch
from workers.attacks.engine.rows import without
from workers.attacks.maths.balls import per_row
from workers.attacks.maths.losses import margin, margin_without, rival
from workers.attacks.minimal.constants import Constants
from workers.attacks.registry import implements

_CHECK = 20  # steps between two looks at whether a row still gains
_GAIN = 1e-3
_REFINE = 30  # passes along the boundary at the end


@implements(Ead)
def ead(batch: Batch, spec: Ead) -> None:
    """``minimise c max(z_y - max_{j != y} z_j + kappa, 0) + ||d||_2^2 + beta ||d||_1`` by FISTA, c by binary search.

    ``x_{k+1} = S(y_k - a_k grad g(y_k))`` with ``a_k = lr sqrt(1 - k / steps)`` and g the smooth part;
    ``y_{k+1} = x_{k+1} + k / (k + 3) (x_{k+1} - x_k)``, clipped. S undoes changes up to beta, shortens the others by
    beta and clips. The points y are the ones tested, since their pass is made anyway (ours); the success with the
    smallest L1 distance is kept (the paper's L1 rule) and bisected towards x (ours). A row whose loss stands still ends
    its column. c grows tenfold until a row has its first success, at most to 1e10, if need be in columns beyond
    `binary_search_steps` (ours).

    Ours, without confidence: the last of three or more columns leaves out the class of the nearest example, whose
    boundary need not be the nearest; what it finds and the nearest example walk along the boundary for 30 passes each
    (`refine_l1`). Rows whose gradient was 0 get an example from elsewhere (`start_far_away`).

    Chen, Sharma, Zhang, Yi & Hsieh, "EAD: Elastic-Net Attacks to Deep Neural Networks via Adversarial Examples", 2018.
    """
    active = batch.active()
    constants = Constants(len(active), spec.initial_const, active.device)
    turned = batch.classes > 2 and spec.binary_search_steps > 2 and spec.confidence == 0
    nobody = torch.zeros(len(active), batch.classes, dtype=torch.bool, device=active.device)
    for column in range(spec.binary_search_steps - int(turned)):
        constants.update(_column(batch, active, constants.c, spec, nobody).found)
        batch.beat((column + 1) / spec.binary_search_steps)
    while len(at := constants.growing(batch.found[active], batch.victim.zero_gradients[active])):
        constants.update(_column(batch, active[at], constants.c[at], spec, nobody[at]).found, at)
    if turned:
        success = _column(batch, active, constants.c, spec, _classes_found(batch, active))
        refine_l1(batch, _REFINE, (active[success.found], success.image[success.found]))
    if spec.confidence == 0:
        start_far_away(batch, stuck=True)
        refine_l1(batch, _REFINE)
    bisect(batch, 9, low=0.9, confidence=spec.confidence)


@dataclass
class _Successes:
    """Of one column: who had a success, and the nearest one of each in L1."""

    found: Tensor
    length: Tensor
    image: Tensor

    def update(self, at: Tensor, delta: Tensor, image: Tensor) -> None:
        length = delta.abs().flatten(1).sum(1)
        better = length < self.length[at]
        self.found[at] = True
        self.length[at[better]], self.image[at[better]] = length[better], image[better]


def _classes_found(batch: Batch, rows: Tensor) -> Tensor:
    """Return (m, K) where the class of a row's nearest example is True."""
    gone = torch.zeros(len(rows), batch.classes, dtype=torch.bool, device=rows.device)
    at = batch.found[rows].nonzero().flatten()
    if len(at) == 0:
        return gone
    logits = batch.logits(batch.x_adv[rows[at]], rows[at])
    gone[at] = gone[at].scatter(1, rival(logits, batch.y[rows[at]]), True)
    return gone


def _column(batch: Batch, active: Tensor, constants: Tensor, spec: Ead, gone: Tensor) -> _Successes:
    """Run all rows with their constants, without the classes that are `gone` (m, K)."""
    at = torch.arange(len(active), device=active.device)  # positions of the rows still at work
    x = batch.x[active]
    successes = _Successes(torch.zeros_like(active, dtype=torch.bool), torch.full_like(constants, torch.inf), x.clone())
    before, point, c = x.clone(), x.clone(), constants
    lowest = torch.full_like(c, torch.inf)
    last = lowest.clone()
    for step in range(spec.steps + 1):
        rows = active[at]
        if step < spec.steps:
            logits, lead, grad = batch.gradient(point, margin_without, rows, batch.y[rows], gone)
        else:
            point = before
            logits = batch.logits(point, rows)
            lead = margin(logits, batch.y[rows])
        success = batch.fooled(logits, rows) & (margin(logits, batch.y[rows]) >= spec.confidence)
        batch.keep(rows[success], point[success], logits[success])
        successes.update(at[success], (point - x)[success], point[success])
        if step == spec.steps:
            break
        missing = (spec.confidence - lead).clamp_(min=0)
        delta = point - x
        loss = c * missing + delta.square().flatten(1).sum(1) + spec.beta * delta.abs().flatten(1).sum(1)
        lowest = torch.minimum(lowest, loss)
        rate = spec.learning_rate * (1 - step / spec.steps) ** 0.5
        moved = point.sub_(delta.mul_(2).addcmul_(grad, per_row(-c * (missing > 0))), alpha=rate)
        after = shrunk(moved, x, spec.beta)
        point = torch.lerp(before, after, 1 + step / (step + 3)).clamp_(0, 1)
        before = after
        if (step + 1) % _CHECK == 0:
            still = ~(lowest < last * (1 - _GAIN))
            last = lowest
            if bool(still.any()):
                at, x, before, point, c, lowest, last, gone = without(
                    still, at, x, before, point, c, lowest, last, gone
                )
                if len(at) == 0:
                    break
    return successes


def shrunk(z: Tensor, x: Tensor, beta: float) -> Tensor:
    """Return x where ``|z - x| <= beta``, else z moved by beta towards x and clipped to [0, 1]."""
    return torch.nn.functional.softshrink(z - x, beta).add_(x).clamp_(0, 1)
