"""EAD: the elastic-net attack, whose examples change few pixels."""

import torch
from torch import Tensor

from openapi.attacks import Ead
from workers.attacks.geometry import per_row
from workers.attacks.hunt import Hunt
from workers.attacks.losses import margin
from workers.attacks.pullback import pull_back
from workers.attacks.rescue import rescue
from workers.attacks.search import Constants

_CHECK = 20  # steps between two looks at whether a row still gains
_GAIN = 1e-3


def ead(hunt: Hunt, spec: Ead) -> None:
    """``minimise c max(z_y - max_{j != y} z_j + kappa, 0) + ||d||_2^2 + beta ||d||_1`` by FISTA, c by binary search.

    ``x_{k+1} = S(y_k - a_k grad g(y_k))`` with ``a_k = lr sqrt(1 - k / steps)`` and g the smooth part;
    ``y_{k+1} = x_{k+1} + k / (k + 3) (x_{k+1} - x_k)``, clipped. S undoes changes up to beta, shortens the others by
    beta and clips. The points y are the ones tested, since their pass is made anyway (ours); the success with the
    smallest L1 distance is kept (the paper's L1 rule) and bisected towards x (ours). A row whose loss stands still ends
    its column. Rows whose gradient was 0 get an example from elsewhere (`rescue`, ours; without confidence).

    Chen, Sharma, Zhang, Yi & Hsieh, "EAD: Elastic-Net Attacks to Deep Neural Networks via Adversarial Examples", 2018.
    """
    active = hunt.active()
    constants = Constants(len(active), spec.initial_const, active.device)
    for column in range(spec.binary_search_steps):
        found = torch.zeros(len(active), dtype=torch.bool, device=active.device)
        _column(hunt, active, constants.c, found, spec)
        constants.update(found)
        hunt.beat((column + 1) / spec.binary_search_steps)
    if spec.confidence == 0:
        rescue(hunt, stuck=True)
    pull_back(hunt, 8, low=0.9, confidence=spec.confidence)


def _column(hunt: Hunt, active: Tensor, constants: Tensor, found: Tensor, spec: Ead) -> None:
    """Run all rows with their constants; sets `found` where a success was met."""
    at = torch.arange(len(active), device=active.device)  # positions of the rows still at work
    x = hunt.x[active]
    before, point, c = x.clone(), x.clone(), constants
    lowest = torch.full_like(c, torch.inf)
    last = lowest.clone()
    for step in range(spec.steps + 1):
        rows = active[at]
        if step < spec.steps:
            logits, lead, grad = hunt.gradient(point, margin, rows, hunt.y[rows])
        else:
            point = before
            logits = hunt.logits(point, rows)
            lead = margin(logits, hunt.y[rows])
        success = hunt.fooled(logits, rows) & (lead >= spec.confidence)
        hunt.keep(rows[success], point[success], logits[success])
        found[at[success]] = True
        if step == spec.steps:
            return
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
            go = lowest < last * (1 - _GAIN)
            last = lowest
            if not bool(go.all()):
                at, x, before, point, c, lowest, last = (v[go] for v in (at, x, before, point, c, lowest, last))
                if len(at) == 0:
                    return


def shrunk(z: Tensor, x: Tensor, beta: float) -> Tensor:
    """Return x where ``|z - x| <= beta``, else z moved by beta towards x and clipped to [0, 1]."""
    return torch.nn.functional.softshrink(z - x, beta).add_(x).clamp_(0, 1)
