"""Which penultimate neurons matter to a class, and whether they are the sensitive ones (SNS, Eq. 4 to 6).

φ itself, Eq. 3, is `heads.last_layer.LastLayer.contributions`. Needs numpy and scipy alone.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from workers.neurons.exact import Floats, Ints
from workers.neurons.ranking import rank


def important(phi: Floats, k: int = 20) -> Ints:
    """Π^y(x') = top-k(F_{L−1}, φ)  (Eq. 4): (n, k) from φ (n, neurons), most important first, ties by index."""
    return np.argsort(-phi, axis=1, kind="stable")[:, :k].astype(np.int64)


def votes(rankings: Ints, neurons: int) -> Ints:
    """Weighted votes over a set of images: k for an image's first neuron down to 1 for its k-th; (neurons,)."""
    k = rankings.shape[1]
    weights = np.broadcast_to(np.arange(k, 0, -1), rankings.shape)
    return np.bincount(rankings.ravel(), weights.ravel(), minlength=neurons).astype(np.int64)


def important_for_set(ballot: Ints, k: int = 20) -> Ints:
    """Γ^y = top-k(F_{L−1}, ρ) from the votes ρ (neurons,) of the set's images (Eq. 5), ties by index."""
    return rank(ballot.astype(np.float64))[:k]


def spearman(a: npt.NDArray[Any], b: npt.NDArray[Any]) -> float | None:
    """r_s of two values of the same n neurons, e.g. σ and class-level φ (Eq. 6), in the tie-corrected form.

    The correlation of average ranks, which is Eq. 6 where nothing ties. Chance: 0 ± 1/√(n − 1). None when a side is
    constant or n < 2.
    """
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    x, y = rankdata(a), rankdata(b)
    x, y = x - x.mean(), y - y.mean()
    return float((x * y).sum() / np.sqrt((x**2).sum() * (y**2).sum()))
