"""Carlini & Wagner's L2 attack, with binary-search columns that do not wait for each other."""

from dataclasses import dataclass

import torch
from torch import Tensor

from openapi.attacks import Cw
from workers.attacks.boundary.bisection import bisect
from workers.attacks.boundary.far_starts import start_far_away
from workers.attacks.boundary.refine_l2 import refine_l2
from workers.attacks.engine.batch import Batch
from workers.attacks.engine.rows import RowState
from workers.attacks.maths.balls import per_row
from workers.attacks.maths.losses import margin, margin_without, rival
from workers.attacks.minimal.constants import MOST
from workers.attacks.registry import implements

_CHECK = 10  # steps between two looks at whether a row still gains
_GAIN = 1e-3  # relative; a loss that falls by less stands still
_NEARER = 0.01  # likewise for the squared distance once the column has a success
_REFINE = (22, 0.01), (8, 0.001)  # passes along the boundary at the end, aiming this share beyond it
_BETA1, _BETA2 = 0.9, 0.999


@dataclass
class _Rows(RowState):
    """The rows at work. Each has its own column (binary-search step), step count, constant and Adam state."""

    rows: Tensor  # (m,) positions in the batch
    x: Tensor
    y: Tensor
    x_adv: Tensor
    first: Tensor  # Adam's moments
    second: Tensor
    step: Tensor
    column: Tensor
    c: Tensor
    low: Tensor
    high: Tensor
    found: Tensor  # in this column
    best: Tensor  # squared distance of the best success, inf without
    lowest: Tensor  # loss in this column
    before: Tensor  # `lowest` at the last look
    best_before: Tensor  # `best` at the last look
    gone: Tensor  # (m, K) classes that do not count in this column

    @classmethod
    def begin(cls, batch: Batch, rows: Tensor, spec: Cw) -> "_Rows":
        x = batch.x[rows]
        one = torch.ones(len(rows), device=x.device)
        zero, inf = torch.zeros_like(one), one * torch.inf
        start = (torch.zeros_like(x), torch.zeros_like(x), zero.clone(), zero.clone(), one * spec.initial_const)
        search = (zero.clone(), inf.clone(), zero.bool(), inf.clone())
        gone = torch.zeros(len(rows), batch.classes, dtype=torch.bool, device=x.device)
        return cls(rows, x, batch.y[rows], x.clone(), *start, *search, inf.clone(), inf.clone(), inf.clone(), gone)


@implements(Cw)
def cw(batch: Batch, spec: Cw) -> None:
    """``minimise ||x' - x||_2^2 + c max(z_y - max_{j != y} z_j + kappa, 0)`` over x' in [0, 1], c by binary search.

    Adam, `steps` per column; c falls to the middle of its bracket after a success and grows tenfold before the first,
    up to 1e10 as in the authors' code: where scores lie close together c may have to be large, and a row without a
    success gets further columns beyond `binary_search_steps` (ours) unless its gradient is 0.
    The box is kept by projection (the paper's §V.B lists it beside tanh), since tanh's slope is 0 at 0 and 1 and leaves
    saturated pixels, the background of every digit, unable to move; `learning_rate` is in the paper's tanh units, i.e.
    half of it in pixels (ours).

    A row whose loss, or once the column has a success its best distance, stands still for 10 steps goes to its next
    column at once, whatever the others do, and begins it at its best example if it has one; rows that have ended make
    room for waiting ones, so that passes stay full. The last of three or more columns begins at x and leaves out the
    class of the best example, whose boundary need not be the nearest (ours). The best examples slide along the boundary
    towards x for 30 passes (`refine_l2`) and are bisected (ours). Rows whose gradient was 0 begin elsewhere
    (`far_starts`, ours; without confidence).

    Carlini & Wagner, "Towards Evaluating the Robustness of Neural Networks", 2017.
    """
    waiting = batch.active()
    total, width = len(waiting), batch.victim.tile
    state = _Rows.begin(batch, waiting[:0], spec)
    while len(state.rows) or len(waiting):
        if len(waiting) and 4 * len(state.rows) <= 3 * width:
            room = width - len(state.rows)
            state, waiting = state.join(_Rows.begin(batch, waiting[:room], spec)), waiting[room:]
        _step(batch, state, spec)
        ended = _ended(state, spec)
        if bool(ended.any()):
            finished = _next_column(batch, state, ended, spec)
            if bool(finished.any()):
                state = state.without(finished)
        batch.beat(1 - (len(waiting) + len(state.rows)) / max(total, 1))
    if spec.confidence == 0:
        start_far_away(batch, stuck=True)
    for steps, beyond in _REFINE:
        refine_l2(batch, steps, spec.confidence, beyond=beyond)
    bisect(batch, 7, low=0.98, confidence=spec.confidence)


def _step(batch: Batch, s: _Rows, spec: Cw) -> None:
    """One pass, the bookkeeping of successes, and one Adam step for every row."""
    logits, lead, grad = batch.gradient(s.x_adv, margin_without, s.rows, s.y, s.gone)
    delta = s.x_adv - s.x
    squared = delta.flatten(1).square().sum(1)
    success = batch.fooled(logits, s.rows) & (margin(logits, s.y) >= spec.confidence)
    s.found |= success
    better = success & (squared < s.best)
    if bool(better.any()):
        s.best = torch.where(better, squared, s.best)
        batch.keep(s.rows[better], s.x_adv[better], logits[better])
    missing = (spec.confidence - lead).clamp_(min=0)
    s.lowest = torch.minimum(s.lowest, squared + s.c * missing)
    grad = delta.mul_(2).addcmul_(grad, per_row(-s.c * (missing > 0)))
    s.step += 1
    s.first.lerp_(grad, 1 - _BETA1)
    s.second.mul_(_BETA2).addcmul_(grad, grad, value=1 - _BETA2)
    rate = 0.5 * spec.learning_rate / (1 - _BETA1**s.step)
    scale = per_row((1 - _BETA2**s.step).rsqrt())
    s.x_adv.addcdiv_(s.first * per_row(-rate), s.second.sqrt().mul_(scale).add_(1e-8)).clamp_(0, 1)


def _turn(batch: Batch, s: _Rows, mask: Tensor, spec: Cw) -> None:
    """Begin the column of the rows in `mask` (m,) at x, without the class that their best example has, and with the
    smallest c that had a success: the middle of the bracket may be too little for any.
    """
    if batch.classes < 3 or spec.binary_search_steps < 3 or not bool(mask.any()):
        return
    at = mask.nonzero().flatten()
    logits = batch.logits(s.x_adv[at], s.rows[at])
    s.gone[at] = s.gone[at].scatter(1, rival(logits, s.y[at]), True)
    s.x_adv[at], s.c[at] = s.x[at], s.high[at]


def _ended(s: _Rows, spec: Cw) -> Tensor:
    """Return the (m,) mask of rows whose column is over."""
    look = s.step % _CHECK == 0
    still = look & (s.lowest > s.before * (1 - _GAIN))
    s.before = torch.where(look, s.lowest, s.before)
    still |= look & s.found & (s.best > s.best_before * (1 - _NEARER))
    s.best_before = torch.where(look, s.best, s.best_before)
    return still | (s.step >= spec.steps)


def _next_column(batch: Batch, s: _Rows, ended: Tensor, spec: Cw) -> Tensor:
    """Move the bracket of c of the `ended` rows, start their next column, and return the mask of those without one."""
    s.high = torch.where(ended & s.found, torch.minimum(s.high, s.c), s.high)
    s.low = torch.where(ended & ~s.found, torch.maximum(s.low, s.c), s.low)
    s.c = torch.where(ended, torch.where(s.high.isfinite(), (s.low + s.high) / 2, s.c * 10), s.c)
    s.column = s.column + ended
    for state, value in ((s.first, 0), (s.second, 0), (s.step, 0), (s.found, 0)):
        state[ended] = value
    s.lowest[ended] = torch.inf
    s.before[ended] = torch.inf
    s.x_adv[ended] = torch.where(per_row(s.best[ended].isfinite()), batch.x_adv[s.rows[ended]], s.x[ended])
    _turn(batch, s, ended & (s.column == spec.binary_search_steps - 1) & s.best.isfinite(), spec)
    hopeless = (s.c > MOST) | batch.victim.zero_gradients[s.rows]
    return (s.column >= spec.binary_search_steps) & (s.best.isfinite() | hopeless)
