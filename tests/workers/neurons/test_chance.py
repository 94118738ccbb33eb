"""Levels of random rankings, against every ranking there is."""

from itertools import combinations, permutations, product

import numpy as np
import pytest

from workers.neurons.chance import increasing_length, indel_chance, jaccard_chance, levenshtein_chance
from workers.neurons.similarity import levenshtein_similarity, total_jaccard


@pytest.mark.parametrize(("n", "k", "rankings"), [(4, 1, 2), (5, 2, 2), (5, 2, 3), (6, 3, 3), (4, 4, 3), (5, 3, 4)])
def test_jaccard_is_the_mean_over_all_subsets(n: int, k: int, rankings: int) -> None:
    subsets = list(combinations(range(n), k))
    level = jaccard_chance(n, k, rankings)
    mean = np.mean([total_jaccard(drawn) for drawn in product(subsets, repeat=rankings)])
    assert level.value == pytest.approx(mean, rel=1e-9)
    assert level.error == 0


@pytest.mark.parametrize(("n", "k"), [(4, 1), (5, 2), (5, 3), (4, 4), (6, 3)])
def test_indel_is_the_mean_over_all_rankings(n: int, k: int) -> None:
    drawn = list(permutations(range(n), k))
    mean = np.mean([levenshtein_similarity(drawn[0], other, "indel") for other in drawn])
    level = indel_chance(n, k)
    assert level.value == pytest.approx(mean, rel=1e-12)
    assert level.error == 0


@pytest.mark.parametrize(("n", "k"), [(4, 1), (5, 3), (6, 3)])
def test_eq_8_is_simulated_to_within_its_error(n: int, k: int) -> None:
    drawn = list(permutations(range(n), k))
    mean = np.mean([levenshtein_similarity(drawn[0], other) for other in drawn])
    level = levenshtein_chance(n, k)
    assert 0 < level.error < 0.01
    assert abs(level.value - mean) < 4 * level.error
    assert levenshtein_chance(n, k) == level


def test_lengths_of_increasing_subsequences() -> None:
    # Baer and Brock 1968: means for permutations of 1 … 5
    lengths = [1, 3 / 2, 2, 58 / 24, 335 / 120]
    assert [increasing_length(c) for c in range(1, 6)] == pytest.approx(lengths)


def test_many_common_neurons_are_simulated_to_within_the_error() -> None:
    level = indel_chance(40, 35)  # 30 or more of 35 are common in most draws
    assert level.error > 0
    rng = np.random.default_rng(9)
    drawn = [rng.permutation(40)[:35].tolist() for _ in range(2000)]
    mean = np.mean([levenshtein_similarity(drawn[i], drawn[i + 1], "indel") for i in range(0, 2000, 2)])
    assert abs(level.value - mean) < 8 * level.error


def test_wide_layers_are_cheap_and_the_papers_size_is_exact() -> None:
    assert indel_chance(512, 20).error == 0
    assert 0.03 < indel_chance(512, 20).value < 0.06
    assert jaccard_chance(2048, 204, 10).value < 1e-6 < jaccard_chance(2048, 204, 2).value
    assert jaccard_chance(20, 10).value > 0.2 > jaccard_chance(200, 10).value
    assert jaccard_chance(5, 5, 7).value == pytest.approx(1)
