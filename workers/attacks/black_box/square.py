"""Square attack: random search by square patches; needs nothing but logits (Andriushchenko et al. 2020)."""

import functools
import math
from collections.abc import Iterator
from typing import Protocol

import torch
from torch import Tensor

from openapi.attacks import Square
from workers.attacks.engine.batch import Batch
from workers.attacks.engine.rng import SampleRng
from workers.attacks.engine.rows import without
from workers.attacks.maths.balls import LinfBall, l2_norm
from workers.attacks.maths.losses import margin
from workers.attacks.registry import implements

#: the share of changed pixels is halved after these queries
_HALVINGS = (10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000)
_ROUND = 128  # most queries whose random numbers are drawn at once


@implements(Square)
def square(batch: Batch, spec: Square, ahead: int = 1) -> None:
    """Propose a patch at a random place, keep it when the margin falls; random numbers by (seed, sample, query)
    alone.

    ahead: when few rows are left, a pass takes up to so many proposals of each: all of them change the image as it is,
    and the first that is kept makes those after it void. Most are rejected, so that passes stay full at little waste,
    and the search is the same proposal by proposal. With 1, the forward passes are the queries.
    """
    for restart in range(spec.restarts):
        rng, rows = batch.rng.stream(f"square.{restart}"), batch.active()
        if len(rows):
            _search(batch, spec, rng, rows, ahead, restart / spec.restarts)


def side(p_init: float, query: int, pixels: int) -> int:
    """Return the side of the patch at this query: sqrt(p · pixels), p halved along the schedule."""
    p = p_init / 2 ** sum(query > q for q in _HALVINGS)
    return max(round(math.sqrt(p * pixels)), 1)


class _State(Protocol):
    """The best images so far, (m, c·h·w), and how they may be changed. `who` (k,) are positions in it, repeats
    allowed."""

    best: Tensor

    def side(self, query: int) -> int:
        """Return the side of this query's patch."""
        ...

    def propose(self, who: Tensor, u: Tensor, s: int) -> Tensor:
        """Return the changed images (k, c·h·w) that the uniform numbers u (k, 5 + c) choose."""
        ...

    def accept(self, who: Tensor, images: Tensor) -> None:
        """Make these the best images; `who` does not repeat."""
        ...


def _search(batch: Batch, spec: Square, rng: SampleRng, rows: Tensor, most: int, done: float) -> None:
    """Run all queries of one restart on `rows`."""
    shape, y = tuple(batch.x.shape[1:]), batch.y[rows]
    state: _State = (_Linf if spec.norm == "linf" else _L2)(batch, spec, rng, rows)
    logits = batch.logits(state.best.view(-1, *shape), rows)
    f = margin(logits, y)
    batch.keep(rows, state.best.view(-1, *shape), logits, 1)
    made, kept = 1, 1
    for queries in _rounds(state, spec.queries):
        live = (~batch.found[rows]).nonzero().flatten()
        if len(live) == 0:
            return
        s = state.side(queries[0])
        draws = rng.uniform_block(rows[live], queries, 5 + shape[0])
        turn = torch.zeros_like(live)  # how many of the round's queries each row has made
        while len(live):
            ahead = min(max(1, batch.victim.tile // (2 * len(live))), most, len(queries), -(-made // kept))
            who, at = live.repeat_interleave(ahead), torch.arange(len(live), device=live.device)
            owners, turns = rows[who], turn[:, None] + torch.arange(ahead, device=live.device)
            u = draws[at[:, None], turns.clamp(max=len(queries) - 1)]
            trial = state.propose(who, u.flatten(0, 1), s)
            logits = batch.logits(trial.view(-1, *shape), owners)
            f_new = margin(logits, y[who])
            good = ((f_new > f[who]) | (f_new > batch.tolerance[owners])).view(-1, ahead)
            if ahead > 1:
                good &= turns < len(queries)
                first, some = good.to(torch.int8).argmax(1), good.any(1)
                at = (at * ahead + first)[some]
                turn += torch.where(some, first + 1, (len(queries) - turn).clamp(max=ahead))
            else:
                at = at[good.view(-1)]
                turn += 1
            if len(at):
                better = who[at]
                state.accept(better, trial[at])
                f[better] = f_new[at]
                batch.keep(owners[at], trial[at].view(-1, *shape), logits[at])
            made, kept = made + len(who), kept + len(at)
            gone = (turn >= len(queries)) | batch.found[rows[live]]
            if bool(gone.any()):
                live, turn, draws = without(gone, live, turn, draws)
        batch.beat(done + queries[-1] / spec.queries / spec.restarts)
    batch.offer(rows, state.best.view(-1, *shape))


def _rounds(state: _State, queries: int) -> Iterator[range]:
    """Yield the queries after the first in runs of one patch size each."""
    begin = 2
    for query in range(3, queries + 2):
        if query > queries or query - begin == _ROUND or state.side(query) != state.side(begin):
            yield range(begin, query)
            begin = query


class _Windows:
    """Flat pixel positions of s × s windows in (c, h, w) images; free: see `Batch`, of the rows (m,)."""

    def __init__(self, c: int, h: int, w: int, device: torch.device, free: Tensor | None) -> None:
        self.c, self.h, self.w, self.device, self.s = c, h, w, device, 0
        self._order: Tensor | None = None
        if free is not None:  # flat positions, the free ones first, and how many those are
            self._order = (free.flatten(1) <= 0).to(torch.int8).argsort(dim=1, stable=True)
            self._count = free.flatten(1).sum(1).long()

    def at(self, who: Tensor, u: Tensor, v: Tensor, s: int) -> Tensor:
        """Return (k, c·s·s) positions of the windows of the rows `who` that u and v in [0, 1) place."""
        if s != self.s:
            self.s = s
            span = torch.arange(s, device=self.device)
            plane = (span[:, None] * self.w + span).flatten()
            self.offsets = (torch.arange(self.c, device=self.device)[:, None] * (self.h * self.w) + plane).flatten()
        if self._order is None:
            corner = (u * (self.h - s + 1)).long() * self.w + (v * (self.w - s + 1)).long()
            return corner[:, None] + self.offsets
        # around a free pixel, as far as the image goes: a window without any would be a query for nothing
        pixel = self._order[who, (u * self._count[who]).long()]
        top, left = (
            (place - s // 2).clamp(min=0).clamp(max=most - s)
            for place, most in ((pixel // self.w, self.h), (pixel % self.w, self.w))
        )
        return (top * self.w + left)[:, None] + self.offsets


class _Linf:
    """Patches of x ± eps, one sign a channel; the start is vertical stripes."""

    def __init__(self, batch: Batch, spec: Square, rng: SampleRng, rows: Tensor) -> None:
        self.c, self.h, self.w = batch.x.shape[1:]
        self.p_init = spec.p_init
        space = LinfBall(batch.x[rows], spec.eps, free=batch.freed(rows))
        self.bounds = torch.cat([space.lower.flatten(1), space.upper.flatten(1)], 1)
        stripes = rng.uniform(rows, (self.c, 1, self.w), step=-1) < 0.5
        self.best = torch.where(stripes, space.lower, space.upper).flatten(1)
        self.windows = _Windows(self.c, self.h, self.w, self.best.device, batch.freed(rows))

    def side(self, query: int) -> int:
        """See `_State`."""
        return min(side(self.p_init, query - 2, self.h * self.w), self.h, self.w)

    def propose(self, who: Tensor, u: Tensor, s: int) -> Tensor:
        """See `_State`."""
        at, up = self.windows.at(who, u[:, 0], u[:, 1], s), u[:, 5:] < 0.5
        patch = self._patch(who, at, up)
        trial = self.best.index_select(0, who)
        # a proposal equal to what is there would waste the query: turn its signs round
        same = (patch == trial.gather(1, at)).all(1)[:, None]
        if bool(same.any()):
            patch = torch.where(same, self._patch(who, at, ~up), patch)
        return trial.scatter_(1, at, patch)

    def _patch(self, who: Tensor, at: Tensor, up: Tensor) -> Tensor:
        """Return the pixels (k, c·s²) at these positions on the ball's faces, the upper one where up (k, c) says so."""
        size = self.best.shape[1]
        face = (2 * who[:, None] + up) * size  # of a row's bounds the lower ones come first
        where = at.view(len(who), self.c, -1) + face[:, :, None]
        return self.bounds.view(-1).index_select(0, where.view(-1)).view_as(at)

    def accept(self, who: Tensor, images: Tensor) -> None:
        """See `_State`."""
        self.best[who] = images


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


class _L2:
    """Moves the norm of one window into another, shaped by `pattern`; the start is a grid of 5 × 5 patterns.

    The new patch gets, per channel, the norm that both windows held and a share of what eps leaves unused.
    """

    def __init__(self, batch: Batch, spec: Square, rng: SampleRng, rows: Tensor) -> None:
        self.c, self.h, self.w = batch.x.shape[1:]
        self.p_init = spec.p_init
        self.eps = spec.eps * (1 - 2e-6) - 1.2e-7  # a hair inside, see geometry
        self.x0 = batch.x[rows].flatten(1)
        free = batch.freed(rows)
        self.free = None if free is None else free.expand_as(batch.x[rows]).flatten(1)
        grid = _grid(rng, rows, self.c, self.h, self.w).flatten(1)
        if self.free is not None:
            grid = grid * self.free
        self.best = (self.x0 + grid * (self.eps / l2_norm(grid).clamp(min=1e-12))[:, None]).clamp_(0, 1)
        self.delta = self.best - self.x0
        self.held = self.delta.square().sum(1)
        self.windows = _Windows(self.c, self.h, self.w, self.best.device, batch.freed(rows))

    def side(self, query: int) -> int:
        """See `_State`."""
        return min(max(side(self.p_init, query - 2, self.h * self.w), 3) | 1, self.h, self.w)

    def propose(self, who: Tensor, u: Tensor, s: int) -> Tensor:
        """See `_State`."""
        c, delta = self.c, self.delta.index_select(0, who)
        into, source = self.windows.at(who, u[:, 0], u[:, 1], s), self.windows.at(who, u[:, 2], u[:, 3], s)
        old = delta.gather(1, into).view(-1, c, s * s)
        given = delta.gather(1, source).view(-1, c, s * s)
        trial = delta.scatter_(1, source, 0.0)
        rest = trial.gather(1, into).view(-1, c, s * s)  # what the source window did not hold already
        freed = given.square().sum(2) + rest.square().sum(2)
        budget = (freed + ((self.eps**2 - self.held[who]).clamp(min=0) / c)[:, None]).sqrt()
        shape = pattern(s).to(u.device)
        turned = torch.where(u[:, 4, None, None] < 0.5, shape.T, shape).reshape(-1, 1, s * s)
        patch = torch.where(u[:, 5:, None] < 0.5, turned, -turned)
        patch = patch + old / old.square().sum(2, keepdim=True).sqrt().clamp(min=1e-12)
        patch *= (budget / patch.square().sum(2).sqrt().clamp(min=1e-12))[:, :, None]
        trial = self._grown(who, trial.scatter_(1, into, patch.flatten(1)))
        return trial.add_(self.x0.index_select(0, who)).clamp_(0, 1)

    def _grown(self, who: Tensor, trial: Tensor) -> Tensor:
        """What lies on free pixels, with the whole norm: windows reach beyond them."""
        if self.free is None:
            return trial
        trial = trial * self.free[who]
        return trial * (self.eps / l2_norm(trial).clamp(min=1e-12))[:, None]

    def accept(self, who: Tensor, images: Tensor) -> None:
        """See `_State`."""
        moved = images - self.x0[who]
        self.best[who], self.delta[who], self.held[who] = images, moved, moved.square().sum(1)


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
