"""Square attack: random search by square patches; needs nothing but logits (Andriushchenko et al. 2020)."""

import functools
import math

import torch
from torch import Tensor

from openapi.attacks import Square
from workers.attacks.geometry import LinfBall, l2_norm
from workers.attacks.hunt import Hunt
from workers.attacks.losses import margin
from workers.attacks.rng import SampleRng

#: the share of changed pixels is halved after these queries
_HALVINGS = (10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000)
_BLOCK = 64  # queries whose random numbers are drawn at once


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
    """Random numbers for every row and query, drawn for a block of queries at once."""

    def __init__(self, rng: SampleRng, rows: Tensor, channels: int) -> None:
        self.rng, self.channels, self.first = rng, channels, 0
        self._refill(rows, 0)

    def _refill(self, rows: Tensor, query: int) -> None:
        self.first = query - query % _BLOCK
        self.block = self.rng.uniform_block(rows, range(self.first, self.first + _BLOCK), 5 + self.channels)
        self.place = torch.zeros(int(rows.max()) + 1, dtype=torch.int64, device=rows.device)
        self.place[rows] = torch.arange(len(rows), device=rows.device)

    def at(self, rows: Tensor, query: int) -> tuple[Tensor, Tensor]:
        """Return (m, 5) uniform numbers and (m, c, 1) random booleans for this query."""
        if query - self.first >= _BLOCK:
            self._refill(rows, query)
        u = self.block[self.place[rows], query - self.first]
        return u[:, :5], u[:, 5:, None] < 0.5


class _Windows:
    """Flat pixel positions of s × s windows in (c, h, w) images."""

    def __init__(self, c: int, h: int, w: int, device: torch.device) -> None:
        self.c, self.h, self.w, self.device, self.s = c, h, w, device, 0

    def at(self, u: Tensor, v: Tensor, s: int) -> Tensor:
        """Return (m, c·s·s) positions of the windows that u and v in [0, 1) place."""
        if s != self.s:
            self.s = s
            span = torch.arange(s, device=self.device)
            plane = (span[:, None] * self.w + span).flatten()
            self.offsets = (torch.arange(self.c, device=self.device)[:, None] * (self.h * self.w) + plane).flatten()
        corner = (u * (self.h - s + 1)).long() * self.w + (v * (self.w - s + 1)).long()
        return corner[:, None] + self.offsets


def _search_linf(hunt: Hunt, spec: Square, rng: SampleRng) -> None:
    """Patches of x ± eps, one sign a channel; the start is vertical stripes."""
    rows = hunt.active()
    if len(rows) == 0:
        return
    _, c, h, w = hunt.x.shape
    y = hunt.y[rows]
    space = LinfBall(hunt.x[rows], spec.eps)
    bounds = torch.cat([space.lower.flatten(1), space.upper.flatten(1)], 1)
    size = c * h * w
    best = torch.where(rng.uniform(rows, (c, 1, w), step=-1) < 0.5, space.lower, space.upper).flatten(1)
    logits = hunt.logits(best.view(-1, c, h, w), rows)
    f = margin(logits, y)
    hit = hunt.keep(rows, best.view(-1, c, h, w), logits, 1)
    draws, windows = _Draws(rng, rows, c), _Windows(c, h, w, best.device)
    for query in range(2, spec.queries + 1):
        if bool(hit.any()):
            stay = ~hit
            rows, y, best, f, bounds = rows[stay], y[stay], best[stay], f[stay], bounds[stay]
            if len(rows) == 0:
                return
        s = min(side(spec.p_init, query - 2, h * w), h, w)
        u, up = draws.at(rows, query)
        at = windows.at(u[:, 0], u[:, 1], s)
        old = best.gather(1, at)
        choice = torch.where(up, at.view(-1, c, s * s) + size, at.view(-1, c, s * s)).flatten(1)
        patch = bounds.gather(1, choice)
        # a proposal equal to what is there would waste the query: turn its signs round
        same = (patch == old).all(1)[:, None]
        if bool(same.any()):
            patch = torch.where(same, bounds.gather(1, 2 * at + size - choice), patch)
        best.scatter_(1, at, patch)
        logits = hunt.logits(best.view(-1, c, h, w), rows)
        f_new = margin(logits, y)
        hit = hunt.keep(rows, best.view(-1, c, h, w), logits, query)
        worse = (f_new <= f) & ~hit
        best.scatter_(1, at, torch.where(worse[:, None], old, patch))
        f = torch.where(worse, f, f_new)
        if query % _BLOCK == 0:
            hunt.beat(query / spec.queries)
    hunt.offer(rows, best.view(-1, c, h, w))


def _bump(height: int, width: int) -> Tensor:
    """Return nested centred squares of weight 1/(k+1)^2, the paper's pseudo-Gaussian bump, (height, width)."""
    n = max(height, width) // 2 + 1
    r = (torch.arange(height) - height // 2).abs().view(-1, 1)
    c = (torch.arange(width) - width // 2).abs().view(1, -1)
    ring = torch.maximum(r, c)
    return sum((1.0 / (k + 1) ** 2 * (ring <= k) for k in range(n)), torch.zeros(height, width))


@functools.lru_cache(maxsize=128)
def pattern(s: int) -> Tensor:
    """Return the unit-norm patch of the L2 attack, (s, s): one bump up in the upper half, one down in the lower."""
    patch = torch.cat([_bump(s // 2, s), -_bump(s - s // 2, s)])
    return patch / l2_norm(patch[None])


def _search_l2(hunt: Hunt, spec: Square, rng: SampleRng) -> None:
    """Move the norm of one window into another, shaped by `pattern`; the start is a grid of 5 × 5 patterns.

    The new patch gets, per channel, the norm that both windows held and a share of what eps leaves unused.
    """
    rows = hunt.active()
    if len(rows) == 0:
        return
    _, c, h, w = hunt.x.shape
    y, x0 = hunt.y[rows], hunt.x[rows].flatten(1)
    eps = spec.eps * (1 - 2e-6) - 1.2e-7  # a hair inside, see geometry
    grid = _grid(rng, rows, c, h, w).flatten(1)
    best = (x0 + grid * (eps / l2_norm(grid))[:, None]).clamp_(0, 1)
    delta = best - x0
    logits = hunt.logits(best.view(-1, c, h, w), rows)
    f, held = margin(logits, y), delta.square().sum(1)
    hit = hunt.keep(rows, best.view(-1, c, h, w), logits, 1)
    draws, windows = _Draws(rng, rows, c), _Windows(c, h, w, best.device)
    for query in range(2, spec.queries + 1):
        if bool(hit.any()):
            stay = ~hit
            rows, y, x0, delta, f, held = rows[stay], y[stay], x0[stay], delta[stay], f[stay], held[stay]
            if len(rows) == 0:
                return
        s = min(max(side(spec.p_init, query - 2, h * w), 3) | 1, h, w)
        u, up = draws.at(rows, query)
        into, source = windows.at(u[:, 0], u[:, 1], s), windows.at(u[:, 2], u[:, 3], s)
        old = delta.gather(1, into).view(-1, c, s * s)
        given = delta.gather(1, source).view(-1, c, s * s)
        trial = delta.scatter(1, source, 0.0)
        rest = trial.gather(1, into).view(-1, c, s * s)  # what the source window did not hold already
        freed = given.square().sum(2) + rest.square().sum(2)
        budget = (freed + ((eps**2 - held).clamp(min=0) / c)[:, None]).sqrt()
        shape = pattern(s).to(u.device)
        turned = torch.where(u[:, 4, None, None] < 0.5, shape.T, shape).reshape(-1, 1, s * s)
        patch = torch.where(up, turned, -turned) + old / old.square().sum(2, keepdim=True).sqrt().clamp(min=1e-12)
        patch *= (budget / patch.square().sum(2).sqrt().clamp(min=1e-12))[:, :, None]
        trial = trial.scatter_(1, into, patch.flatten(1)).add_(x0).clamp_(0, 1)
        logits = hunt.logits(trial.view(-1, c, h, w), rows)
        f_new = margin(logits, y)
        hit = hunt.keep(rows, trial.view(-1, c, h, w), logits, query)
        better = ((f_new > f) | hit).nonzero().flatten()
        if len(better):
            moved = trial[better] - x0[better]
            delta[better], held[better], f[better] = moved, moved.square().sum(1), f_new[better]
        if query % _BLOCK == 0:
            hunt.beat(query / spec.queries)
    hunt.offer(rows, (x0 + delta).clamp_(0, 1).view(-1, c, h, w))


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
