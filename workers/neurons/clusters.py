"""Which neurons play the same role: hierarchical clustering of penultimate neurons, and its cuts."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from workers.neurons.exact import Floats, Ints

Linkage = Literal["ward", "average"]

#: Neurons beyond which the leaves keep the order that the linkage gives: ordering them costs the cube of their number.
MOST_ORDERED = 512


def roles(mean_contribution: Floats) -> Floats:
    """A neuron's role: its mean contribution c_i(x, y) to the images of each class; (neurons, classes with images).

    mean_contribution: (classes, neurons) as `Bands.mean` has it, NaN for classes without an image.
    """
    there = ~np.isnan(mean_contribution).any(1)
    return np.ascontiguousarray(mean_contribution[there].T)


def dendrogram(role: Floats, method: Linkage = "ward") -> Floats:
    """The linkage matrix (neurons − 1, 4) of scipy, its leaves in optimal order; two neurons at least.

    `ward`: Ward's method on Euclidean distances; `average`: average linkage on 1 − correlation (ours), where neurons of
    constant role (dead ones) are at distance 1 from all others and 0 from each other.
    """
    from scipy.cluster.hierarchy import linkage, optimal_leaf_ordering
    from scipy.spatial.distance import pdist

    if len(role) < 2:
        raise ValueError("a dendrogram needs two neurons at least")
    distances = pdist(role) if method == "ward" else _correlation(role)
    tree: Floats = linkage(distances, method)
    if len(role) > MOST_ORDERED:
        return tree
    ordered: Floats = optimal_leaf_ordering(tree, distances)
    return ordered


def _correlation(role: Floats) -> Floats:
    centred = role - role.mean(1, keepdims=True)
    length = np.sqrt((centred**2).sum(1))
    flat = length <= 1e-12 * np.abs(role).max(1, initial=0.0)
    unit = np.where(flat[:, None], 0.0, centred / np.where(flat, 1.0, length)[:, None])
    rows, columns = np.triu_indices(len(role), 1)
    distances: Floats = np.clip(1 - (unit @ unit.T)[rows, columns], 0, 2)
    distances[flat[rows] & flat[columns]] = 0
    return distances


def leaf_order(tree: npt.NDArray[np.float64]) -> Ints:
    """The neurons from left to right: (neurons,)."""
    from scipy.cluster.hierarchy import leaves_list

    order: Ints = leaves_list(tree).astype(np.int64)
    return order


def cut(tree: npt.NDArray[np.float64], *, count: int | None = None, height: float | None = None) -> Ints:
    """The cluster of each neuron, numbered from 0 in the order of the leaves: (neurons,).

    count: how many clusters at most; height: neurons joined at or below it are together. Exactly one is given.
    """
    from scipy.cluster.hierarchy import fcluster

    if (count is None) == (height is None):
        raise ValueError("a dendrogram is cut either at a count or at a height")
    found = fcluster(tree, count, "maxclust") if height is None else fcluster(tree, height, "distance")
    order = leaf_order(tree)
    _, first = np.unique(found[order], return_index=True)
    place = {int(found[order][at]): i for i, at in enumerate(sorted(first))}
    return np.array([place[int(c)] for c in found], np.int64)
