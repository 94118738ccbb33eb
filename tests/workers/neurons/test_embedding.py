"""The plane of penultimate activations."""

import numpy as np
import pytest

from workers.neurons.embedding import embed


def test_pca_is_the_singular_value_decomposition_of_both_together() -> None:
    rng = np.random.default_rng(0)
    benign, attacked = rng.normal(size=(20, 6)), rng.normal(1, 2, (20, 6))
    ours = np.concatenate(embed(benign, attacked))
    rows = np.concatenate([benign, attacked])
    u, s, _ = np.linalg.svd(rows - rows.mean(0), full_matrices=False)
    theirs = (u * s)[:, :2]
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), atol=1e-8)


@pytest.mark.slow
def test_tsne_keeps_planted_groups_apart_and_is_repeatable() -> None:
    rng = np.random.default_rng(1)
    centres = rng.normal(0, 20, (2, 8))
    benign, attacked = centres[0] + rng.normal(size=(25, 8)), centres[1] + rng.normal(size=(25, 8))
    first, second = embed(benign, attacked, "tsne", seed=3)
    apart = np.linalg.norm(first.mean(0) - second.mean(0))
    assert apart > 2 * max(np.linalg.norm(p - p.mean(0), axis=1).mean() for p in (first, second))
    np.testing.assert_array_equal(first, embed(benign, attacked, "tsne", seed=3)[0])


@pytest.mark.parametrize("shape", [(1, 5), (4, 1)])
def test_too_little_to_show_gives_zeros(shape: tuple[int, int]) -> None:
    benign, attacked = embed(np.ones(shape), np.zeros(shape))
    assert not benign.any()
    assert benign.shape == attacked.shape == (shape[0], 2)


def test_constant_activations_are_one_point() -> None:
    assert not embed(np.ones((5, 4)), np.ones((5, 4)))[0].any()
    assert not embed(np.ones((5, 4)), np.ones((5, 4)), "tsne")[0].any()


def test_too_many_rows_for_tsne_are_refused() -> None:
    with pytest.raises(ValueError, match="up to 2000 images"):
        embed(np.random.default_rng(0).normal(size=(2001, 3)), np.zeros((2001, 3)), "tsne")
