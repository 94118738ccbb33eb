"""How alike the sensitive neurons of different targets are: Levenshtein and Jaccard, each with its chance level.

SNS, Eq. 7 to 10. A fixed k over layers of different width is confounded by chance, so no number comes without it.
Needs numpy alone.
"""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Literal

import numpy as np

Variant = Literal["eq8", "indel"]
Ranking = Sequence[int]

_DRAWS = 400


def levenshtein(a: Ranking, b: Ranking, substitution: int = 1) -> int:
    """ω_{a,b}(|a|, |b|)  (Eq. 7): insertions and deletions cost 1, substitutions `substitution`."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (left != right) * substitution)
    return row[-1]


def levenshtein_similarity(a: Ranking, b: Ranking, variant: Variant = "eq8") -> float:
    """S_ω(a, b) = 1 − ω_{a,b}/(|a| + |b|)  (Eq. 8), 1 for equal lists.

    With unit costs two lists of equal length cannot fall below 0.5. `indel` counts a substitution as 2, so that lists
    without a common element get 0.
    """
    if not len(a) and not len(b):
        return 1.0
    return 1 - levenshtein(a, b, 1 if variant == "eq8" else 2) / (len(a) + len(b))


def average_pair_levenshtein(rankings: Sequence[Ranking], variant: Variant = "eq8") -> float:
    """S_ω^avg: the mean of S_ω over all pairs of targets (Eq. 9); two rankings at least."""
    if len(rankings) < 2:
        raise ValueError("an average over pairs needs two rankings at least")
    return float(np.mean([levenshtein_similarity(a, b, variant) for a, b in combinations(rankings, 2)]))


def total_jaccard(rankings: Sequence[Ranking]) -> float:
    """J = |∩_y Ω^y| / |∪_y Ω^y|  (Eq. 10); 1 when all are empty."""
    sets = [set(ranking) for ranking in rankings]
    union = set.union(*sets)
    return len(set.intersection(*sets)) / len(union) if union else 1.0


def chance(measure: Callable[[list[list[int]]], float], n: int, k: int, rankings: int = 2, seed: int = 0) -> float:
    """The mean of `measure` over random rankings: k of n neurons, ordered, drawn independently for each target.

    A mean of 400 draws from a fixed seed, so that a report's number comes out the same each time.
    """
    rng = np.random.default_rng([seed, n, k, rankings])
    return float(np.mean([measure([rng.permutation(n)[:k].tolist() for _ in range(rankings)]) for _ in range(_DRAWS)]))


def above_chance(value: float, level: float) -> float | None:
    """(value − chance)/(1 − chance): 0 at chance, 1 for identical rankings; None where chance is 1 already."""
    return (value - level) / (1 - level) if level < 1 else None
