"""From searched pixels to what is reported of regions, images and the set. Needs numpy and scipy alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr

from workers.regions.pixel_order import progress

#: The budgets at which success is given; those above the search's own say nothing and are left out.
BUDGETS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_SHUFFLES = 999


class Dense(Protocol):
    """A region's density of vulnerable pixels and its semantic amount."""

    @property
    def density(self) -> float:
        """Vulnerable by tried pixels."""
        ...

    @property
    def semantic(self) -> float | None:
        """None where it is undefined."""
        ...


@dataclass(frozen=True)
class Region:
    """What was found in one region of one image.

    pixels: of the region; tried: of them searched; vulnerable: of those with a value that fools. density: vulnerable by
    tried. success_rate: values that fool by values tried; None where no value changes anything. first_hit: queries in
    the region up to the first that fools. classes: class → hits. semantic: of the whole region; None where undefined.
    """

    region: int
    pixels: int
    tried: int
    vulnerable: int
    density: float
    success_rate: float | None
    first_hit: int | None
    classes: dict[int, int]
    semantic: float | None


@dataclass(frozen=True)
class Counts:
    """One image's search, (h, w) each: values tried, values that fool, tries up to the first of those (0: none), and
    the pixel's rank in its region; and of each hit the pixel (m, 2) and the class reached (m,)."""

    tried: npt.NDArray[Any]
    vulnerable: npt.NDArray[Any]
    first: npt.NDArray[Any]
    rank: npt.NDArray[Any]
    hit_pixel: npt.NDArray[Any]
    hit_class: npt.NDArray[Any]


def regions_of(
    segments: npt.NDArray[Any],
    chosen: npt.NDArray[np.bool_],
    counts: Counts,
    semantic: Sequence[float] | npt.NDArray[Any],
) -> list[Region]:
    """Sum a search over the regions of one image; segments, chosen: (h, w); semantic: (regions,)."""
    at = segments[counts.hit_pixel[:, 0], counts.hit_pixel[:, 1]]
    found = []
    for number in range(int(segments.max()) + 1):
        inside = segments == number
        tried, vulnerable = int((inside & chosen).sum()), int((counts.vulnerable[inside] > 0).sum())
        values, fooling = int(counts.tried[inside].sum()), int(counts.vulnerable[inside].sum())
        classes, times = np.unique(counts.hit_class[at == number], return_counts=True)
        amount = float(semantic[number])
        found.append(
            Region(
                region=number,
                pixels=int(inside.sum()),
                tried=tried,
                vulnerable=vulnerable,
                density=vulnerable / tried,
                success_rate=fooling / values if values else None,
                first_hit=_first_hit(inside & chosen, counts),
                classes={int(c): int(k) for c, k in zip(classes, times, strict=True)},
                semantic=None if np.isnan(amount) else amount,
            )
        )
    return found


def needed_budget(segments: npt.NDArray[Any], counts: Counts) -> float | None:
    """Return the least rank/|region| of a vulnerable pixel: any budget above it finds one; None where there is none."""
    found = progress(counts.rank, segments)[counts.vulnerable > 0]
    return float(found.min()) if found.size else None


def success_curve(needed: Sequence[float | None], budget: float) -> tuple[list[float], list[float]]:
    """Return budgets up to the search's, and the share of images that each of them finds a vulnerable pixel in."""
    budgets = [b for b in BUDGETS if b < budget] + [budget]
    return budgets, [sum(n is not None and n < b for n in needed) / len(needed) if needed else 0.0 for b in budgets]


def density_against_semantics(samples: Sequence[Sequence[Dense]], seed: int = 0) -> dict[str, float | int | None]:
    """Spearman's correlation between the density and the semantic amount of all regions of all images.

    p: two-sided, of independent regions. p_within: the share of shuffles of densities inside each image (999, with a
    fixed seed) whose correlation is as far from their mean as the one found is: regions of one image are not
    independent (ours).
    None where a side is constant.
    """
    pairs = [[(r.density, r.semantic) for r in regions if r.semantic is not None] for regions in samples]
    density = np.array([d for image in pairs for d, _ in image])
    amount = np.array([s for image in pairs for _, s in image])
    if len(density) < 3 or np.ptp(density) == 0 or np.ptp(amount) == 0:
        return {"value": None, "n": len(density), "p": None, "p_within": None}
    found = spearmanr(density, amount)
    ends = np.cumsum([len(image) for image in pairs])[:-1]
    rng = np.random.default_rng(seed)
    shuffled = np.array(
        [
            spearmanr(np.concatenate([rng.permutation(part) for part in np.split(density, ends)]), amount).statistic
            for _ in range(_SHUFFLES)
        ]
    )
    centre = shuffled.mean()
    beyond = int((np.abs(shuffled - centre) >= abs(found.statistic - centre) - 1e-12).sum())
    return {
        "value": float(found.statistic),
        "n": len(density),
        "p": float(found.pvalue),
        "p_within": (1 + beyond) / (1 + _SHUFFLES),
    }


def _first_hit(inside: npt.NDArray[np.bool_], counts: Counts) -> int | None:
    """Queries in one region, in its order, up to the first success."""
    order = np.argsort(counts.rank[inside])
    tried, first = counts.tried[inside][order], counts.first[inside][order]
    hits = np.flatnonzero(first)
    return int(tried[: hits[0]].sum() + first[hits[0]]) if len(hits) else None
