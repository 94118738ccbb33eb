"""Eq. 7 to 10 by hand and beside independent implementations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import jaccard_score

from workers.neurons.similarity import (
    Ranking,
    above_chance,
    average_pair_levenshtein,
    levenshtein_similarity,
    total_jaccard,
)


def distance(a: Ranking, b: Ranking, substitution: int) -> int:
    """ω_{a,b} of Eq. 7 as it is written: insertions and deletions cost 1."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (left != right) * substitution)
    return row[-1]


rankings = st.lists(st.integers(0, 12), unique=True, max_size=9)


@given(rankings, rankings)
def test_both_variants_are_eq_7_and_8(a: list[int], b: list[int]) -> None:
    total = len(a) + len(b)
    for variant, substitution in (("eq8", 1), ("indel", 2)):
        expected = 1 - distance(a, b, substitution) / total if total else 1
        assert levenshtein_similarity(a, b, variant) == pytest.approx(expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([1, 2, 3], [1, 2, 3], 0),
        ([1, 2, 3], [2, 3, 1], 2),
        ([1, 2, 3], [4, 5, 6], 3),
        ([], [1, 2], 2),
        ([1, 2], [1, 3, 2], 1),
    ],
)
def test_distances_by_hand(a: list[int], b: list[int], expected: int) -> None:
    assert levenshtein_similarity(a, b) == levenshtein_similarity(b, a) == 1 - expected / (len(a) + len(b))


def test_eq_8_cannot_fall_below_a_half_for_equal_lengths_but_indel_can() -> None:
    assert levenshtein_similarity([1, 2, 3], [4, 5, 6]) == 0.5
    assert levenshtein_similarity([1, 2, 3], [4, 5, 6], "indel") == 0.0
    assert levenshtein_similarity([1, 2, 3], [1, 4, 3], "indel") == pytest.approx(1 - 2 / 6)


def test_average_over_pairs_is_eq_9() -> None:
    # pairs: equal → 1, disjoint → ½, disjoint → ½
    assert average_pair_levenshtein([[1, 2], [1, 2], [3, 4]]) == pytest.approx((1 + 0.5 + 0.5) / 3)


def test_one_ranking_has_no_pairs() -> None:
    with pytest.raises(ValueError, match="two rankings"):
        average_pair_levenshtein([[1, 2]])


def test_total_jaccard_is_eq_10() -> None:
    assert total_jaccard([[1, 2, 3], [3, 2, 4], [2, 5, 3]]) == pytest.approx(2 / 5)
    assert total_jaccard([[1], [2]]) == 0


@given(st.sets(st.integers(0, 9), min_size=1), st.sets(st.integers(0, 9), min_size=1))
def test_jaccard_of_two_is_that_of_scikit_learn(a: set[int], b: set[int]) -> None:
    theirs = jaccard_score(np.isin(range(10), list(a)), np.isin(range(10), list(b)))
    assert total_jaccard([list(a), list(b)]) == pytest.approx(theirs)


def test_above_chance_is_zero_at_chance_and_one_for_identity() -> None:
    assert above_chance(0.25, 0.25) == 0
    assert above_chance(1, 0.25) == 1
    assert above_chance(1, 1) is None
