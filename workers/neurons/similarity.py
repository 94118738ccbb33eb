"""How alike the sensitive neurons of different targets are: Levenshtein and Jaccard (SNS, Eq. 7 to 10).

Each comes with its level at chance, see `chance`.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Literal

import numpy as np
from rapidfuzz.distance import Indel, Levenshtein

Variant = Literal["eq8", "indel"]
Ranking = Sequence[int]


def levenshtein_similarity(a: Ranking, b: Ranking, variant: Variant = "eq8") -> float:
    """S_ω(a, b) = 1 − ω_{a,b}/(|a| + |b|)  (Eq. 7, 8), 1 for equal lists.

    `eq8` has unit costs, so that two lists of equal length cannot fall below 0.5. `indel` counts a substitution as 2,
    so that lists without a common element get 0.
    """
    if not len(a) and not len(b):
        return 1.0
    distance = Levenshtein.distance(a, b) if variant == "eq8" else Indel.distance(a, b)
    return float(1 - distance / (len(a) + len(b)))


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


def above_chance(value: float, level: float) -> float | None:
    """(value − chance)/(1 − chance): 0 at chance, 1 for identical rankings; None where chance is 1 already."""
    return (value - level) / (1 - level) if level < 1 else None
