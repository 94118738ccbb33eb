"""Eq. 3 to 6 by hand and beside scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from workers.neurons.heads.last_layer import LastLayer
from workers.neurons.importance import important, important_for_set, spearman, votes


def head(weight: list[list[float]], neuron_of: list[int]) -> LastLayer:
    neurons = max(neuron_of) + 1
    origin = tuple(("conv", i) for i in range(neurons))
    array = np.array(weight, np.float32)
    return LastLayer(
        "fc", "conv", neurons, np.array(neuron_of), origin, array, np.zeros(len(array), np.float32), ("a",)
    )


def test_contribution_is_activation_times_weight() -> None:
    last = head([[1.0, -1.0], [0.5, 4.0]], [0, 1])
    np.testing.assert_array_equal(last.contributions(np.array([[2.0, 3.0]]), np.array([1])), [[1.0, 12.0]])


def test_flattened_maps_are_summed_over_space() -> None:
    last = head([[1.0, 2.0, 3.0, 4.0]], [0, 0, 1, 1])
    np.testing.assert_array_equal(last.contributions(np.ones((1, 4)), np.array([0])), [[3.0, 7.0]])


def test_important_neurons_come_first_with_ties_by_index() -> None:
    np.testing.assert_array_equal(
        important(np.array([[1.0, 5.0, 5.0, 2.0], [9.0, 0.0, 1.0, 2.0]]), 3), [[1, 2, 3], [0, 3, 2]]
    )


def test_votes_run_from_k_to_one() -> None:
    # first image: 1 → 3, 2 → 2, 3 → 1; second: 0 → 3, 3 → 2, 2 → 1
    np.testing.assert_array_equal(votes(np.array([[1, 2, 3], [0, 3, 2]]), 5), [3, 3, 3, 3, 0])


def test_gamma_takes_the_most_votes() -> None:
    phi = np.array([[3.0, 2.0, 1.0, 0.0], [0.0, 2.0, 3.0, 1.0], [0.0, 3.0, 2.0, 1.0]])
    # k = 2: neuron 0: 2; 1: 1 + 1 + 2 = 4; 2: 2 + 1 = 3
    ballot = votes(important(phi, 2), 4)
    np.testing.assert_array_equal(important_for_set(ballot, 2), [1, 2])
    parts = [votes(important(part, 2), 4) for part in (phi[:1], phi[1:])]
    np.testing.assert_array_equal(np.sum(parts, 0), ballot)


def test_spearman_is_eq_6_without_ties() -> None:
    a, b = np.array([10.0, 20.0, 30.0, 40.0]), np.array([1.0, 3.0, 2.0, 4.0])
    assert spearman(a, b) == pytest.approx(1 - 6 * (0 + 1 + 1 + 0) / (4**3 - 4))


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=40))
def test_spearman_is_tie_corrected_as_scipys(pairs: list[tuple[int, int]]) -> None:
    a, b = np.array(pairs, float).T
    ours = spearman(a, b)
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        assert ours is None
    else:
        assert ours == pytest.approx(spearmanr(a, b).statistic, abs=1e-12)
