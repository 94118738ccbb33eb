"""Regions of a set of images, searched: the part that knows the model, a chunk of images at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from workers.attacks.engine.victim import Logits, quickened
from workers.explain.class_maps import ClassMaps, upsampled
from workers.explain.passes import Passes, passes
from workers.regions.few_pixels import grow, shortlisted
from workers.regions.pixel_order import ranks, within
from workers.regions.pixels import Found, search_pixels, tries
from workers.regions.search import Search, noise
from workers.regions.segmentation import Segmentation, segment
from workers.regions.semantics import Semantic, cam_mass, entropy
from workers.regions.summary import Counts, Region, needed_budget, regions_of
from workers.regions.values import Values

#: Pixels of a chunk of images: bounds what is held beside the passes.
_CHUNK_PIXELS = 2**15


@dataclass(frozen=True)
class Plan:
    """What is searched. budget: share of each region's pixels; pixels: the most that may change, one by one."""

    segmentation: Segmentation = "slic"
    segments: int = 12
    values: Values = "corners"
    budget: float = 1.0
    semantic: Semantic = "cam_mass"
    pixels: int = 1
    seed: int = 0


@dataclass(frozen=True)
class Explored:
    """One image's regions.

    segments, tried, vulnerable: (h, w). hit_pixel: (m, 2) rows and columns, hit_value (m, c), hit_class (m,). queries:
    forward passes of the search. needed: see `summary.needed_budget`. few_pixels: how many pixels fool it, at most
    `Plan.pixels`; None where they do not; few_pixels_example: (c, h, w), the last try where none fools.
    """

    index: int
    label: int
    segments: npt.NDArray[np.int16]
    tried: npt.NDArray[np.int16]
    vulnerable: npt.NDArray[np.int16]
    hit_pixel: npt.NDArray[np.int16]
    hit_value: npt.NDArray[np.float32]
    hit_class: npt.NDArray[np.int32]
    queries: int
    regions: list[Region]
    needed: float | None
    few_pixels: int | None
    few_pixels_example: npt.NDArray[np.float32]


def explore(
    model: Logits,
    x: Tensor,
    y: Tensor,
    index: Tensor,
    plan: Plan,
    *,
    maps: ClassMaps | None = None,
    masks: npt.NDArray[Any] | None = None,
    batch_size: int | None = None,
    progress: Callable[[float], None] = lambda done: None,
) -> Iterator[Explored]:
    """Yield the regions of every correctly classified image, in order.

    model: (m, c, h, w) → logits; no gradient is asked for, but by `maps`, which `cam` and `cam_mass` need. x: (n, c, h,
    w) float32 in [0, 1], y: (n,) labels, index: (n,) global sample indices, which alone with the seed decide the
    randomness. masks: (n, h, w) or (n, k, h, w), for `masks`. Images are worked through in chunks: memory does not grow
    with n. progress(done): images so far, with parts of one. Raises `InvalidField`, `ModelNumerics`, `MemoryLimit`.
    """
    x = torch.empty(x.shape, dtype=torch.float32, device=x.device).copy_(x)
    chunk = max(1, _CHUNK_PIXELS // x[0, 0].numel())
    with passes(model, x, batch_size=batch_size) as outside:
        quick = outside.through(quickened(model, x[:2]))
        for begin in range(0, len(x), chunk):
            s = slice(begin, begin + chunk)
            z = outside.over(index[s]).logits(x[s], torch.arange(len(x[s]), device=x.device))
            right = (z.argmax(1) == y[s]).nonzero().flatten()
            if len(right):
                rows = begin + right
                own = None if masks is None else masks[rows.cpu().numpy()]
                told = _part_of(progress, begin, len(x[s]))
                yield from _explore(quick, outside, x[rows], y[rows], index[rows], z[right], plan, maps, own, told)
            progress(begin + len(x[s]))


def _part_of(progress: Callable[[float], None], begin: int, size: int) -> Callable[[float], None]:
    """Tell of a share of the images ``begin..begin + size``."""
    return lambda share: progress(begin + size * min(1.0, share))


@dataclass(frozen=True)
class _Cut:
    """How one image is cut. class_map: (h, w), where `ClassMaps` were given; cut, order, chosen: (h, w) regions, the
    rank of each pixel in its own, and whether it is within the budget."""

    picture: npt.NDArray[Any]
    class_map: npt.NDArray[Any] | None
    cut: npt.NDArray[np.int16]
    order: npt.NDArray[Any]
    chosen: npt.NDArray[Any]


def _cuts(
    x: Tensor, y: Tensor, index: Tensor, plan: Plan, maps: ClassMaps | None, masks: npt.NDArray[Any] | None
) -> Iterator[_Cut]:
    """Cut each image into regions."""
    class_maps = None if maps is None else upsampled(maps(x, y[:, None]), *x.shape[2:])[:, 0].cpu().numpy()
    for i, picture in enumerate(x.cpu().numpy()):
        class_map, mask = (None if part is None else part[i] for part in (class_maps, masks))
        cut = segment(plan.segmentation, picture, plan.segments, class_map=class_map, mask=mask)
        order = ranks(cut, plan.seed, int(index[i]))
        yield _Cut(picture, class_map, cut, order, within(order, cut, plan.budget))


def _explore(
    quick: Passes,
    outside: Passes,
    x: Tensor,
    y: Tensor,
    index: Tensor,
    z: Tensor,
    plan: Plan,
    maps: ClassMaps | None,
    masks: npt.NDArray[Any] | None,
    told: Callable[[float], None],
) -> Iterator[Explored]:
    """Explore a chunk of correctly classified images with clean logits z; told(share): of its candidates."""
    cuts = list(_cuts(x, y, index, plan, maps, masks))
    allowed = torch.from_numpy(np.stack([cut.chosen for cut in cuts])).to(x.device)
    tolerance = noise(z)
    asked = _counter(plan, x.shape[1], [int(cut.chosen.sum()) for cut in cuts], told)
    search = Search(quick, outside, x, y, tolerance, index, asked)
    found = search_pixels(search, allowed, plan.values, plan.seed)
    queries = search.queries.tolist()
    count, grown = grow(search, quick, outside, tolerance, allowed, plan.values, plan.seed, plan.pixels, asked)
    for i, cut in enumerate(cuts):
        counts = _counts(found, i, cut.order)
        at = (found.hits.candidates.image == i).nonzero().flatten()
        yield Explored(
            index=int(index[i]),
            label=int(y[i]),
            segments=cut.cut,
            tried=counts.tried.astype(np.int16),
            vulnerable=counts.vulnerable.astype(np.int16),
            hit_pixel=counts.hit_pixel.astype(np.int16),
            hit_value=found.hits.candidates.value[at].cpu().numpy(),
            hit_class=counts.hit_class.astype(np.int32),
            queries=int(queries[i]),
            regions=regions_of(cut.cut, cut.chosen, counts, _semantic(plan, cut)),
            needed=needed_budget(cut.cut, counts),
            few_pixels=int(count[i]) or None,
            few_pixels_example=grown[i].cpu().numpy(),
        )


def _counter(plan: Plan, channels: int, pixels: list[int], told: Callable[[float], None]) -> Callable[[int], None]:
    """Count candidates, and tell which share they are of the most that there can be; pixels: tried of each image."""
    most = tries(plan.values, channels) * sum(tried + (plan.pixels - 1) * shortlisted(tried) for tried in pixels)
    seen = 0

    def asked(count: int) -> None:
        nonlocal seen
        seen += count
        told(seen / max(1, most))

    return asked


def _counts(found: Found, i: int, rank: npt.NDArray[Any]) -> Counts:
    w = found.tried.shape[2]
    at = (found.hits.candidates.image == i).nonzero().flatten()
    pixel = found.hits.candidates.pixel[at].cpu().numpy()
    return Counts(
        tried=found.tried[i].cpu().numpy(),
        vulnerable=found.vulnerable[i].cpu().numpy(),
        first=found.first[i].cpu().numpy(),
        rank=rank,
        hit_pixel=np.stack([pixel // w, pixel % w], 1),
        hit_class=found.hits.reached[at].cpu().numpy(),
    )


def _semantic(plan: Plan, cut: _Cut) -> npt.NDArray[np.float64]:
    if plan.semantic == "entropy":
        return entropy(cut.picture, cut.cut)
    assert cut.class_map is not None  # `cam_mass` never comes without
    return cam_mass(cut.class_map, cut.cut)
