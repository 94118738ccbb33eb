"""Square attack: random search by square patches; needs nothing but logits (Andriushchenko et al. 2020)."""

import math

import torch
from torch import Tensor

from openapi.attacks import Square
from workers.attacks.geometry import L2Ball, LinfBall, l2_norm, per_row
from workers.attacks.hunt import Hunt
from workers.attacks.losses import margin
from workers.attacks.rng import SampleRng

#: the share of changed pixels is halved after these queries
_HALVINGS = (10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000)
_NUMBERS = 16  # random numbers a row a query


def square(hunt: Hunt, spec: Square) -> None:
    """Propose a patch at a random place, keep it when the margin falls; random numbers by (seed, sample, query)
    alone."""
    for restart in range(spec.restarts):
        rng = hunt.rng.stream(f"square.{restart}")
        (_search_linf if spec.norm == "linf" else _search_l2)(hunt, spec, rng)
        hunt.beat((restart + 1) / spec.restarts)


def side(p_init: float, query: int, pixels: int) -> int:
    """Return the side of the patch at this query: sqrt(p · pixels), p halved along the schedule."""
    p = p_init / 2 ** sum(query > q for q in _HALVINGS)
    return max(round(math.sqrt(p * pixels)), 1)


class _Draws:
    """Random numbers in blocks of queries: one vectorised call for many."""

    def __init__(self, rng: SampleRng) -> None:
        self.rng, self.block, self.first = rng, torch.empty(0), -1

    def at(self, rows: Tensor, query: int) -> Tensor:
        """Return (m, 16) uniform numbers for this query."""
        return self.rng.uniform(rows, (_NUMBERS,), step=query)


def _search_linf(hunt: Hunt, spec: Square, rng: SampleRng) -> None:
    """Patches of x ± eps, one sign a channel; the start is vertical stripes."""
    rows = hunt.active()
    if len(rows) == 0:
        return
    _, c, h, w = hunt.x.shape
    space = LinfBall(hunt.x[rows], spec.eps)
    stripes = rng.uniform(rows, (c, 1, w), step=-1) < 0.5
    best = torch.where(stripes, space.lower, space.upper)
    logits = hunt.logits(best, rows)
    f = margin(logits, hunt.y[rows])
    hit = hunt.keep(rows, best, logits, 1)
    draws, channel = _Draws(rng), torch.arange(c, device=best.device).view(1, c, 1, 1)
    for query in range(2, spec.queries + 1):
        if bool(hit.any()):
            stay = ~hit
            rows, best, f, space = rows[stay], best[stay], f[stay], space.select(stay)
            if len(rows) == 0:
                return
        s = min(side(spec.p_init, query - 2, h * w), h, w)
        u = draws.at(rows, query)
        window = _window(u[:, 0], u[:, 1], s, h, w)
        at = (torch.arange(len(rows), device=best.device).view(-1, 1, 1, 1), channel, *window)
        old, low, high = best[at], space.lower[at], space.upper[at]
        up = _signs(u, c)
        patch = torch.where(up, high, low)
        # a proposal equal to the present patch would waste the query: turn its signs round
        patch = torch.where(per_row((patch == old).flatten(1).all(1)), torch.where(up, low, high), patch)
        best[at] = patch
        logits = hunt.logits(best, rows)
        f_new = margin(logits, hunt.y[rows])
        hit = hunt.keep(rows, best, logits, query)
        worse = (f_new <= f) & ~hit
        best[at] = torch.where(per_row(worse), old, patch)
        f = torch.where(worse, f, f_new)
        if query % 64 == 0:
            hunt.beat(query / spec.queries)
    hunt.offer(rows, best)


def _signs(u: Tensor, channels: int) -> Tensor:
    """Return (m, c, 1, 1) random booleans from the bits of two numbers of u: enough for 48 channels."""
    bits = (u[:, 2] * 2**24).to(torch.int64) + (u[:, 3] * 2**24).to(torch.int64) * 2**24
    shifts = torch.arange(channels, device=u.device) % 48
    return ((bits[:, None] >> shifts) & 1).bool().view(len(u), channels, 1, 1)


def _window(u: Tensor, v: Tensor, s: int, h: int, w: int) -> tuple[Tensor, Tensor]:
    """Return row and column indices, (m, 1, s, 1) and (m, 1, 1, s), of a square placed by u and v."""
    span = torch.arange(s, device=u.device)
    top, left = (u * (h - s + 1)).long(), (v * (w - s + 1)).long()
    return top.view(-1, 1, 1, 1) + span.view(1, 1, s, 1), left.view(-1, 1, 1, 1) + span.view(1, 1, 1, s)


def _bump(height: int, width: int) -> Tensor:
    """Return nested centred squares of weight 1/(k+1)^2, the paper's pseudo-Gaussian bump, (height, width)."""
    n = max(height, width) // 2 + 1
    r = (torch.arange(height) - height // 2).abs().view(-1, 1)
    c = (torch.arange(width) - width // 2).abs().view(1, -1)
    ring = torch.maximum(r, c)
    return sum((1.0 / (k + 1) ** 2 * (ring <= k) for k in range(n)), torch.zeros(height, width))


def pattern(s: int) -> Tensor:
    """Return the unit-norm patch of the L2 attack, (s, s): one bump up in the upper half, one down in the lower."""
    patch = torch.cat([_bump(s // 2, s), -_bump(s - s // 2, s)])
    return patch / l2_norm(patch[None])


def _search_l2(hunt: Hunt, spec: Square, rng: SampleRng) -> None:
    """Move the norm of one window into another, shaped by `pattern`; the start is a grid of 5 × 5 patterns."""
    rows = hunt.active()
    if len(rows) == 0:
        return
    _, c, h, w = hunt.x.shape
    x0 = hunt.x[rows]
    best = L2Ball(x0, spec.eps).project(x0 + _scaled(_grid(rng, rows, c, h, w), spec.eps))
    logits = hunt.logits(best, rows)
    f = margin(logits, hunt.y[rows])
    hit = hunt.keep(rows, best, logits, 1)
    draws = _Draws(rng)
    channel = torch.arange(c, device=best.device).view(1, c, 1, 1)
    for query in range(2, spec.queries + 1):
        if bool(hit.any()):
            stay = ~hit
            rows, best, f, x0 = rows[stay], best[stay], f[stay], x0[stay]
            if len(rows) == 0:
                return
        s = min(max(side(spec.p_init, query - 2, h * w), 3) | 1, h - (h + 1) % 2, w - (w + 1) % 2)
        u = draws.at(rows, query)
        here = torch.arange(len(rows), device=best.device).view(-1, 1, 1, 1)
        into = (here, channel, *_window(u[:, 0], u[:, 1], s, h, w))
        source = (here, channel, *_window(u[:, 4], u[:, 5], s, h, w))
        delta = best - x0
        unused = (spec.eps**2 - l2_norm(delta) ** 2).clamp_(min=0)
        old = delta[into].clone()
        emptied = delta.clone()
        emptied[source] = 0
        emptied[into] = 0
        # the squared norm, per channel, that both windows hold together
        freed = (delta**2).sum((2, 3), keepdim=True) - (emptied**2).sum((2, 3), keepdim=True)
        budget = (freed.clamp_(min=0) + per_row(unused) / c).sqrt()
        shape = pattern(s).to(best.device)
        shape = torch.where(per_row(u[:, 6] < 0.5), shape.T, shape) * torch.where(_signs(u, c), 1.0, -1.0)
        patch = shape + old / (old**2).sum((2, 3), keepdim=True).sqrt().clamp(min=1e-12)
        patch = patch * budget / (patch**2).sum((2, 3), keepdim=True).sqrt().clamp(min=1e-12)
        emptied[into] = patch
        trial = L2Ball(x0, spec.eps).project(x0 + _scaled(emptied, spec.eps))
        logits = hunt.logits(trial, rows)
        f_new = margin(logits, hunt.y[rows])
        hit = hunt.keep(rows, trial, logits, query)
        better = (f_new > f) | hit
        best = torch.where(per_row(better), trial, best)
        f = torch.where(better, f_new, f)
        if query % 64 == 0:
            hunt.beat(query / spec.queries)
    hunt.offer(rows, best)


def _scaled(delta: Tensor, eps: float) -> Tensor:
    """Return delta brought to norm eps."""
    return delta * per_row(eps / l2_norm(delta).clamp(min=1e-12))


def _grid(rng: SampleRng, rows: Tensor, c: int, h: int, w: int) -> Tensor:
    """Return (m, c, h, w): patterns side by side, each with a random sign a channel."""
    s = max(min(h, w) // 5, 1)
    down, across = h // s, w // s
    patch = pattern(s) if s > 1 else torch.ones(1, 1)
    signs = rng.signs(rows, (c, down, across), step=-1)
    tiles = torch.einsum("ncij,ab->nciajb", signs, patch.to(signs.device)).reshape(len(rows), c, down * s, across * s)
    out = torch.zeros(len(rows), c, h, w, device=signs.device)
    top, left = (h - down * s) // 2, (w - across * s) // 2
    out[:, :, top : top + down * s, left : left + across * s] = tiles
    return out
