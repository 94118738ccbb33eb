"""All chosen pixels of some images searched: how many values of each fool, after how many tries, and the hits."""

from dataclasses import dataclass

import torch
from torch import Tensor

from workers.attacks.black_box.one_pixel import mixed, partners
from workers.regions.search import Candidates, Hits, Search
from workers.regions.values import RANDOM, Values, corners, pixel_rng, values_of

#: Differential evolution of a pixel's colour: members, generations after the first, weight of a difference.
POPULATION, GENERATIONS, MUTATION = 8, 3, 0.5
#: Above every number of tries of a pixel.
_MOST_TURNS = 2**16


@dataclass(frozen=True)
class Found:
    """What a search of n images found; each (n, h, w).

    tried: values that a pixel was tried with; vulnerable: how many of them fool, confirmed; first: how many tries the
    first of them took, 0 where none fools. hits: the candidates behind `vulnerable`.
    """

    tried: Tensor
    vulnerable: Tensor
    first: Tensor
    hits: Hits


def tries(kind: Values, channels: int) -> int:
    """How many values a pixel is tried with, at most."""
    if kind == "de":
        return POPULATION * (1 + GENERATIONS)
    return RANDOM if kind == "random" else 2 if kind == "minmax" else int(2**channels)


def search_pixels(search: Search, chosen: Tensor, kind: Values, seed: int) -> Found:
    """Try every chosen pixel (n, h, w) of the search's images with all values of a kind, one forward pass each.

    A value that the pixel has already is no try. success(p) iff some value v makes argmax z(x[p ← v]) ≠ y. `de` evolves
    each pixel's colour (`POPULATION` members, corners first, over `GENERATIONS` generations, all of them asked about).
    Random numbers depend on the seed, the sample and the pixel alone.
    """
    if kind == "de":
        return _evolved(search, chosen, seed)
    candidates = _all_values(search.x, chosen, values_of(kind, search.x, seed, search.index))
    _, fooled = search.ask(candidates)
    return _counted(search, candidates, fooled)


def _all_values(x: Tensor, chosen: Tensor, values: Tensor) -> Candidates:
    """Return the chosen pixels with their values (n or 1, pixels or 1, v, c), but for those that change nothing."""
    pixels = x.flatten(2).transpose(1, 2)[:, :, None]
    change = (values != pixels).any(3) & chosen.flatten(1)[:, :, None]
    image, pixel, value = change.nonzero(as_tuple=True)
    turn = (change.cumsum(2) - 1)[image, pixel, value]
    every = values.expand(*change.shape, x.shape[1])
    return Candidates(image, pixel, every[image, pixel, value], turn)


def _evolved(search: Search, chosen: Tensor, seed: int) -> Found:
    """Evolve the colours of all chosen pixels: ``child = r1 + F (r2 - r3)``, clipped, replaces a parent it beats."""
    c, h, w = search.x.shape[1:]
    image, pixel = chosen.flatten(1).nonzero(as_tuple=True)
    rng, rows = pixel_rng(seed, search.index, h * w, "regions.de"), image * (h * w) + pixel
    colours = rng.uniform(rows, (POPULATION * c,)).view(len(rows), POPULATION, c)
    if 2**c <= POPULATION:
        colours[:, : 2**c] = corners(c).to(colours.device)
    leads, asked, fooled = _generation(search, image, pixel, colours, 0)
    parts = [(asked, fooled)]
    for generation in range(1, GENERATIONS + 1):
        trio = partners(rng, rows, POPULATION, generation)
        children = mixed(colours, *trio, MUTATION).clamp_(0, 1)
        theirs, asked, fooled = _generation(search, image, pixel, children, generation)
        parts.append((asked, fooled))
        better = theirs > leads
        colours, leads = torch.where(better[:, :, None], children, colours), torch.where(better, theirs, leads)
    every = Candidates(
        *(torch.cat([getattr(a, name) for a, _ in parts]) for name in ("image", "pixel", "value", "turn"))
    )
    begins = [sum(len(a) for a, _ in parts[:i]) for i in range(len(parts))]
    fooled = torch.cat([f + begin for (_, f), begin in zip(parts, begins, strict=True)])
    return _counted(search, every, fooled)


def _generation(
    search: Search, image: Tensor, pixel: Tensor, colours: Tensor, generation: int
) -> tuple[Tensor, Candidates, Tensor]:
    """Ask about the colours (m, p, c) of m pixels; return leads (m, p), the candidates and those that fool."""
    m, members, c = colours.shape
    turn = torch.arange(members, device=colours.device).repeat(m) + generation * members
    asked = Candidates(image.repeat_interleave(members), pixel.repeat_interleave(members), colours.reshape(-1, c), turn)
    leads, fooled = search.ask(asked)
    return leads.view(m, members), asked, fooled


def _counted(search: Search, asked: Candidates, fooled: Tensor) -> Found:
    n, _, h, w = search.x.shape
    hits = search.confirm(asked.take(fooled))
    at = torch.argsort((hits.candidates.image * h * w + hits.candidates.pixel) * _MOST_TURNS + hits.candidates.turn)
    hits = Hits(hits.candidates.take(at), hits.reached[at])
    ones = torch.ones(len(asked), dtype=torch.int64, device=search.x.device)
    tried, vulnerable = (torch.zeros(n * h * w, dtype=torch.int64, device=search.x.device) for _ in range(2))
    tried.index_add_(0, asked.image * h * w + asked.pixel, ones)
    where = hits.candidates.image * h * w + hits.candidates.pixel
    vulnerable.index_add_(0, where, ones[: len(where)])
    first = torch.full((n * h * w,), _MOST_TURNS, dtype=torch.int64, device=search.x.device)
    first.scatter_reduce_(0, where, hits.candidates.turn + 1, "amin")
    first[first == _MOST_TURNS] = 0
    return Found(tried.view(n, h, w), vulnerable.view(n, h, w), first.view(n, h, w), hits)
