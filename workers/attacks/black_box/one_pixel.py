"""The one-pixel attack: differential evolution over the place and colour of a pixel."""

import torch
from torch import Tensor

from openapi.attacks import OnePixel
from workers.attacks.black_box.population import BLOCK, Boldest, shares
from workers.attacks.engine.batch import Batch
from workers.attacks.engine.rng import SampleRng
from workers.attacks.engine.rows import without
from workers.attacks.maths.losses import log_odds, margin
from workers.attacks.registry import implements

_LOGITS = 1024  # candidates whose logits are in memory at once; of images there are fewer


@implements(OnePixel)
def one_pixel(batch: Batch, spec: OnePixel) -> None:
    """Evolve ``child_i = p_r1 + F (p_r2 - p_r3)``; a child replaces parent i where it lowers the true class more.

    A candidate is ``pixels`` times (row, column, colour). First places are uniform, colours normal with mean 1/2 and
    deviation 1/2, clipped (the paper's N(128, 127)); r1, r2, r3 differ; no crossover. A place outside of the
    image, or of its free pixels, is drawn anew, a colour is clipped. Fitness is the log-odds against the true class,
    which orders candidates as its probability does. Every candidate is one query; a row stops at its first success. No
    gradient is used. Of a row's candidates at most 64 are painted at once.

    Su, Vargas & Sakurai, "One Pixel Attack for Fooling Deep Neural Networks", 2019.
    """
    active = batch.active()
    group = max(1, batch.victim.tile // min(spec.population, BLOCK))
    for begin in range(0, len(active), group):
        _evolve(batch, active[begin : begin + group], spec)
        batch.beat(min(begin + group, len(active)) / len(active))


def _evolve(batch: Batch, rows: Tensor, spec: OnePixel) -> None:
    rng, size = batch.rng.stream("one_pixel"), (spec.population, spec.pixels)
    channels = batch.x.shape[1]
    free = batch.freed(rows)
    edge = torch.tensor(batch.x.shape[2:], dtype=torch.float32, device=rows.device)
    allowed = _Places(edge, None if free is None else free.flatten(1) > 0)
    places = allowed.of(rng.stream("place").uniform(rows, (*size, 2)))
    colours = rng.stream("colour").normal(rows, (*size, channels)).mul_(0.5).add_(0.5).clamp_(0, 1)
    fitness, hit = _tested(batch, rows, places, colours, 0)
    for generation in range(1, spec.generations + 1):
        if bool(hit.any()):
            rows, places, colours, fitness, allowed = without(hit, rows, places, colours, fitness, allowed)
            if len(rows) == 0:
                return
        trio = partners(rng, rows, spec.population, generation)
        new_places = mixed(places, *trio, spec.mutation)
        redrawn = allowed.of(rng.stream("redraw").uniform(rows, (*size, 2), generation))
        new_places = torch.where(allowed.outside(new_places), redrawn, new_places)
        new_colours = mixed(colours, *trio, spec.mutation).clamp_(0, 1)
        new_fitness, hit = _tested(batch, rows, new_places, new_colours, generation)
        better = new_fitness > fitness
        places = torch.where(better[:, :, None, None], new_places, places)
        colours = torch.where(better[:, :, None, None], new_colours, colours)
        fitness = torch.where(better, new_fitness, fitness)
    batch.offer(rows, _one_each(batch.x[rows], places, colours, fitness.argmax(1)))


class _Places:
    """Where the pixels of rows may lie: anywhere in images of the size `edge` (2,), or where `free` (m, h·w) says."""

    def __init__(self, edge: Tensor, free: Tensor | None) -> None:
        self._edge, self._free = edge, free

    def of(self, u: Tensor) -> Tensor:
        """Return places (m, k, p, 2) from uniform numbers in [0, 1): the k-th of the free pixels, row by row."""
        if self._free is None:
            return u * self._edge
        order = (~self._free).to(torch.int8).argsort(dim=1, stable=True)  # free ones first
        count = self._free.sum(1)[:, None, None]
        which = order.gather(1, (u[..., 0] * count).long().flatten(1)).view(u.shape[:-1])
        width = int(self._edge[1])
        return torch.stack([which // width, which % width], -1) + 0.9 * u[..., 1:]

    def outside(self, places: Tensor) -> Tensor:
        """Return where coordinates are to be drawn anew, (m, k, p, 2): those beyond the edge, or both of a place that
        is not free."""
        beyond = (places < 0) | (places >= self._edge)
        if self._free is None:
            return beyond
        inside = torch.minimum(places.clamp(min=0), self._edge - 1).long()
        free = self._free.gather(1, (inside[..., 0] * int(self._edge[1]) + inside[..., 1]).flatten(1))
        return (beyond.any(-1) | ~free.view(places.shape[:-1]))[..., None].expand_as(places)

    def select(self, keep: Tensor) -> "_Places":
        """Return those of the rows keep (k,)."""
        return _Places(self._edge, None if self._free is None else self._free[keep])


def _tested(batch: Batch, rows: Tensor, places: Tensor, colours: Tensor, step: int) -> tuple[Tensor, Tensor]:
    """Return the fitness (m, k) of all candidates and the (m,) rows that one of them fooled; the boldest is kept."""
    x, boldest, fitness = batch.x[rows], Boldest(batch, rows), []
    for begin, size in shares(places.shape[1], _LOGITS):
        parts = [slice(begin + start, begin + start + k) for start, k in shares(size, BLOCK)]
        logits = torch.cat([_asked(batch, rows, _painted(x, places[:, s], colours[:, s])) for s in parts], 1)
        flat, y = logits.flatten(0, 1), batch.y[rows].repeat_interleave(size)
        fitness.append(log_odds(flat, y).view(-1, size))
        at, which = boldest.leaders(logits, margin(flat, y).view(-1, size))
        if len(at):
            boldest.image[at] = _one_each(x[at], places[at], colours[at], begin + which)
    return torch.cat(fitness, 1), boldest.keep(step)


def _asked(batch: Batch, rows: Tensor, images: Tensor) -> Tensor:
    """Return logits (m, k, K) of images (m, k, c, h, w)."""
    return batch.logits(images.flatten(0, 1), rows.repeat_interleave(images.shape[1])).view(*images.shape[:2], -1)


def _one_each(x: Tensor, places: Tensor, colours: Tensor, which: Tensor) -> Tensor:
    """Return (m, c, h, w): x with candidate `which` (m,) of each row."""
    at = torch.arange(len(x), device=x.device)
    return _painted(x, places[at, which][:, None], colours[at, which][:, None])[:, 0]


def _painted(x: Tensor, places: Tensor, colours: Tensor) -> Tensor:
    """Return (m, k, c, h, w): x (m, c, h, w) with each candidate's pixels (m, k, p, 2) in its colours (m, k, p, c)."""
    m, k, pixels = places.shape[:3]
    images = x.repeat_interleave(k, 0)
    each = torch.arange(m * k, device=x.device)
    row_column = places.long().flatten(0, 1)
    for p in range(pixels):
        images[each, :, row_column[:, p, 0], row_column[:, p, 1]] = colours[:, :, p].flatten(0, 1)
    return images.view(m, k, *x.shape[1:])


def partners(rng: SampleRng, rows: Tensor, population: int, step: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return three (m, k) choices of candidates that differ from each other."""
    draw = rng.stream("partners")
    first = draw.integers(rows, population, (population,), 3 * step)
    skip2 = 1 + draw.integers(rows, population - 1, (population,), 3 * step + 1)
    skip3 = 1 + draw.integers(rows, population - 2, (population,), 3 * step + 2)
    skip3 = skip3 + (skip3 >= skip2)
    return first, (first + skip2) % population, (first + skip3) % population


def mixed(values: Tensor, first: Tensor, second: Tensor, third: Tensor, weight: float) -> Tensor:
    """Return ``v_first + weight (v_second - v_third)`` per row; values (m, k, p, q)."""
    at = torch.arange(len(values), device=values.device)[:, None]
    return values[at, first] + weight * (values[at, second] - values[at, third])
