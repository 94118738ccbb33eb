"""Clusters of roles, their order and their cuts."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import cophenet, is_valid_linkage
from scipy.spatial.distance import pdist
from sklearn.cluster import AgglomerativeClustering

from workers.neurons.clusters import cut, dendrogram, leaf_order, roles


def blobs(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = np.array([[0.0, 0, 5], [5, 0, 0], [0, 5, 0]])
    return centres[np.arange(30) % 3] + rng.normal(0, 0.3, (30, 3))


@pytest.mark.parametrize("method", ["ward", "average"])
def test_planted_clusters_are_found(method: str) -> None:
    tree = dendrogram(blobs(), method)  # type: ignore[arg-type]
    assert tree.shape == (29, 4)
    assert is_valid_linkage(tree)
    found = cut(tree, count=3)
    assert len({tuple(found[i::3]) for i in range(3)}) == 3
    assert all(len(set(found[i::3].tolist())) == 1 for i in range(3))
    assert sorted(leaf_order(tree).tolist()) == list(range(30))
    # numbered in the order of the leaves
    assert (np.diff(found[leaf_order(tree)]) >= 0).all()


@pytest.mark.parametrize("count", [2, 5, 11])
def test_wards_cut_is_that_of_scikit_learn(count: int) -> None:
    role = np.random.default_rng(3).normal(size=(40, 6))
    ours = cut(dendrogram(role), count=count)
    theirs = AgglomerativeClustering(count, linkage="ward").fit_predict(role)
    assert len({(a, b) for a, b in zip(ours.tolist(), theirs.tolist(), strict=True)}) == count


def test_average_linkage_runs_on_correlation_with_dead_neurons_apart() -> None:
    role = np.random.default_rng(4).normal(size=(12, 5))
    plain = dendrogram(role, "average")
    np.testing.assert_allclose(np.sort(plain[:, 2]), np.sort(_average(pdist(role, "correlation"))), rtol=1e-9)
    dead = np.concatenate([role, np.zeros((2, 5))])
    heights = cophenet(dendrogram(dead, "average"))
    assert heights[-1] == 0  # the two dead ones are together at once


def _average(distances: np.ndarray) -> np.ndarray:
    from scipy.cluster.hierarchy import average

    heights: np.ndarray = average(distances)[:, 2]
    return heights


def test_cutting_at_a_height() -> None:
    tree = dendrogram(np.array([[0.0], [1.0], [10.0]]))
    assert cut(tree, height=1.0).tolist() in ([0, 0, 1], [1, 1, 0])
    assert len(set(cut(tree, height=0.5).tolist())) == 3
    with pytest.raises(ValueError, match="either at a count or at a height"):
        cut(tree)


def test_roles_leave_out_classes_without_images() -> None:
    mean = np.array([[1.0, 2.0], [np.nan, np.nan], [3.0, 4.0]])
    np.testing.assert_array_equal(roles(mean), [[1, 3], [2, 4]])
