"""What random rankings give: k of n neurons, drawn and ordered at random, independently for each target.

A fixed k over layers of different width is confounded by chance, so no similarity comes without its level. Exact where
a closed form is known, else the mean of a simulation from a fixed seed with its standard error.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from rapidfuzz.distance import Indel, Levenshtein
from scipy.special import gammaln
from scipy.stats import hypergeom

_DRAWS = 4000
#: Common neurons up to which the longest increasing subsequence is known exactly (p(30) = 5604 shapes).
_EXACT_LENGTH = 30
_NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Chance:
    """A level and its standard error, 0 where it is exact."""

    value: float
    error: float = 0.0


@lru_cache(maxsize=1024)
def jaccard_chance(n: int, k: int, rankings: int = 2) -> Chance:
    """E |∩|/|∪| of `rankings` random k-subsets of n: exact.

    By symmetry E[|∩|/|∪|] = n P(neuron 1 is in all) E[1/|∪| given that], and given that |∪| − 1 is the union of as many
    random (k − 1)-subsets of n − 1, whose size grows by a hypergeometric number with each.
    """
    if k == 0 or rankings == 1:
        return Chance(1.0)
    sizes = np.arange(n)
    # outside[u, j]: that j of k − 1 drawn out of n − 1 are not among the u that the union has
    drawn, left = np.arange(k)[None], (n - 1 - sizes)[:, None]
    with np.errstate(invalid="ignore"):
        log = _log_choose(left, drawn) + _log_choose(sizes[:, None], k - 1 - drawn) - _log_choose(n - 1, k - 1)
    outside = np.where((drawn <= left) & (k - 1 - drawn <= sizes[:, None]), np.exp(log), 0.0)
    union = np.zeros(n)
    union[0] = 1
    for _ in range(rankings):
        grown = np.zeros(n)
        for j in range(k):
            grown[j:] += (union * outside[:, j])[: n - j]
        union = grown
    return Chance(float(n * (k / n) ** rankings * (union / (1 + sizes)).sum()))


@lru_cache(maxsize=1024)
def indel_chance(n: int, k: int) -> Chance:
    """E of the indel similarity, the longest common subsequence over k: exact where few are common.

    c neurons are common with hypergeometric probability, in an order that is a random permutation of c, whose longest
    increasing subsequence it then is; its mean comes from the Plancherel measure (Robinson–Schensted) up to c = 30.
    """
    if k == 0:
        return Chance(1.0)
    weight = hypergeom.pmf(np.arange(min(k, _EXACT_LENGTH) + 1), n, k, k)
    if 1 - weight.sum() > _NEGLIGIBLE:
        return _simulated(n, k, lambda a, b: 1 - Indel.distance(a, b) / (2 * k))
    return Chance(float(sum(w * increasing_length(c) for c, w in enumerate(weight)) / k))


@lru_cache(maxsize=1024)
def levenshtein_chance(n: int, k: int) -> Chance:
    """E of Eq. 8 for two rankings, which is that of the average over pairs too: simulated, with its standard error."""
    if k == 0:
        return Chance(1.0)
    return _simulated(n, k, lambda a, b: 1 - Levenshtein.distance(a, b) / (2 * k))


def _simulated(n: int, k: int, similarity: Callable[[list[int], list[int]], float]) -> Chance:
    """The mean over random pairs; the first may be 0 … k − 1, since the neurons' names do not matter."""
    rng = np.random.default_rng([0, n, k])
    first = list(range(k))
    found = np.array([similarity(first, rng.choice(n, k, replace=False).tolist()) for _ in range(_DRAWS)])
    return Chance(float(found.mean()), float(found.std(ddof=1) / np.sqrt(_DRAWS)))


def increasing_length(c: int) -> float:
    """E of the longest increasing subsequence of a random permutation of c, at most 30: exact."""
    return sum(p * (shape[0] if shape else 0) for shape, p in _plancherel(c).items())


def _log_choose(n: Any, k: Any) -> Any:
    return gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)


@lru_cache(maxsize=_EXACT_LENGTH + 1)
def _plancherel(c: int) -> dict[tuple[int, ...], float]:
    """Shape λ → f_λ²/c!, from the shapes of c − 1: f_λ is the number of ways to grow λ box by box."""
    if c == 0:
        return {(): 1.0}
    ways: dict[tuple[int, ...], float] = {}
    for shape, p in _plancherel(c - 1).items():
        for row in range(len(shape) + 1):
            if row == len(shape):
                grown = (*shape, 1)
            elif row == 0 or shape[row - 1] > shape[row]:
                grown = (*shape[:row], shape[row] + 1, *shape[row + 1 :])
            else:
                continue
            ways[grown] = ways.get(grown, 0.0) + float(np.sqrt(p / c))
    # √(f_λ²/c!) = f_λ/√c!, and f_λ is the sum over the shapes that λ grows from.
    return {shape: way**2 for shape, way in ways.items()}
