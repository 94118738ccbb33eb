"""Eq. 3 to 6 by hand."""

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from workers.neurons.importance import contributions, important, important_for_set, spearman, votes


def test_contribution_is_activation_times_weight() -> None:
    phi = contributions(np.array([[2.0, 3.0]]), np.array([[1.0, -1.0], [0.5, 4.0]]), np.array([1]))
    np.testing.assert_array_equal(phi, [[1.0, 12.0]])


def test_flattened_maps_are_summed_over_space_and_add_up_to_the_logit() -> None:
    generator = torch.Generator().manual_seed(0)
    maps = torch.rand(5, 3, 2, 2, generator=generator)
    head = torch.nn.Linear(12, 4)
    target = np.array([0, 3, 1, 1, 2])
    phi = contributions(maps.numpy(), head.weight.detach().numpy(), target)
    logits = head(maps.flatten(1)).detach().numpy()
    np.testing.assert_allclose(phi.sum(1) + head.bias.detach().numpy()[target], logits[range(5), target], rtol=1e-5)


def test_a_head_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="reads 3 numbers"):
        contributions(np.zeros((1, 2)), np.zeros((4, 3)), np.array([0]))


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
    np.testing.assert_array_equal(important_for_set(phi, 2), [1, 2])


def test_spearman_is_eq_6_without_ties() -> None:
    a, b = np.array([10.0, 20.0, 30.0, 40.0]), np.array([1.0, 3.0, 2.0, 4.0])
    assert spearman(a, b) == pytest.approx(1 - 6 * (0 + 1 + 1 + 0) / (4**3 - 4))


def test_spearman_corrects_for_ties() -> None:
    a, b = np.array([1.0, 1.0, 2.0, 3.0, 3.0]), np.array([2.0, 1.0, 1.0, 5.0, 4.0])
    assert spearman(a, b) == pytest.approx(spearmanr(a, b).statistic)


def test_spearman_of_a_constant_is_none() -> None:
    assert spearman(np.ones(4), np.arange(4.0)) is None
