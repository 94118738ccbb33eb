"""Eq. 7 to 10 by hand, and the chance levels."""

import pytest

from workers.neurons.similarity import (
    above_chance,
    average_pair_levenshtein,
    chance,
    levenshtein,
    levenshtein_similarity,
    total_jaccard,
)


@pytest.mark.parametrize(
    ("a", "b", "distance"),
    [
        ([1, 2, 3], [1, 2, 3], 0),
        ([1, 2, 3], [2, 3, 1], 2),
        ([1, 2, 3], [4, 5, 6], 3),
        ([], [1, 2], 2),
        ([1, 2], [1, 3, 2], 1),
    ],
)
def test_levenshtein_distance(a: list[int], b: list[int], distance: int) -> None:
    assert levenshtein(a, b) == levenshtein(b, a) == distance


def test_eq_8_cannot_fall_below_a_half_for_equal_lengths_but_indel_can() -> None:
    assert levenshtein_similarity([1, 2, 3], [4, 5, 6]) == 0.5
    assert levenshtein_similarity([1, 2, 3], [4, 5, 6], "indel") == 0.0
    # 1 2 3 → 2 3 1: delete 1, insert 1
    assert levenshtein_similarity([1, 2, 3], [2, 3, 1]) == pytest.approx(1 - 2 / 6)
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


def test_chance_of_jaccard_is_the_closed_form_for_single_neurons() -> None:
    # two draws of one neuron out of n agree with probability 1/n
    assert chance(total_jaccard, n=4, k=1) == pytest.approx(1 / 4, abs=0.07)


def test_chance_grows_with_the_share_of_the_layer_and_is_repeatable() -> None:
    narrow, wide = chance(total_jaccard, n=20, k=10), chance(total_jaccard, n=200, k=10)
    assert narrow > 0.2 > 0.1 > wide
    assert chance(total_jaccard, n=20, k=10) == narrow
    assert chance(total_jaccard, n=5, k=5) == 1


def test_chance_level_of_the_average_pair() -> None:
    level = chance(average_pair_levenshtein, n=512, k=20, rankings=3)
    assert 0.5 <= level < 0.56


def test_above_chance_is_zero_at_chance_and_one_for_identity() -> None:
    assert above_chance(0.25, 0.25) == 0
    assert above_chance(1, 0.25) == 1
    assert above_chance(1, 1) is None
