"""Which kind of effect each group of a perturbation has, and how often each kind comes up. Needs numpy alone."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: The kinds as they are stored, and the order in which they are counted.
SUPPRESSION, BALANCED, PROMOTION, NEGLIGIBLE = -1, 0, 1, 2
GROUP_KINDS = {"suppression": SUPPRESSION, "balanced": BALANCED, "promotion": PROMOTION, "negligible": NEGLIGIBLE}

#: Shares of the image below the threshold of a map; interpretability scores are given at each.
QUANTILES = (0.5, 0.6, 0.7, 0.8, 0.9)


def promotion_suppression_ratio(promotion: npt.NDArray[Any], suppression: npt.NDArray[Any], kappa: float) -> Floats:
    """PSR_i = log2(max(p_i, κ) / max(s_i, κ)), of the shape of both."""
    ratio: Floats = np.log2(np.maximum(promotion, kappa)) - np.log2(np.maximum(suppression, kappa))
    return ratio


def kinds_of_groups(promotion: npt.NDArray[Any], suppression: npt.NDArray[Any], kappa: float) -> npt.NDArray[np.int8]:
    """Return the kind of each group: PSR < −1 suppression-dominated, > 1 promotion-dominated, else balanced.

    Where both p_i and s_i are below κ it is negligible (ours): a group without effect would read as balanced.
    """
    ratio = promotion_suppression_ratio(promotion, suppression, kappa)
    kind = np.where(ratio < -1, SUPPRESSION, np.where(ratio > 1, PROMOTION, BALANCED))
    return np.where((promotion < kappa) & (suppression < kappa), NEGLIGIBLE, kind).astype(np.int8)


def count_kinds(kind: npt.NDArray[np.int8], touched: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return (n, 4) numbers of perturbed groups of each kind, in the order of `GROUP_KINDS`; kind, touched: (n, …)."""
    return np.stack([_per_image((kind == code) & touched) for code in GROUP_KINDS.values()], 1)


def shares(counts: npt.NDArray[np.int64]) -> Floats:
    """Return (n, 4) shares of an image's perturbed groups from `count_kinds`; NaN for an image without any."""
    total = counts.sum(1, keepdims=True)
    share = np.full(counts.shape, np.nan)
    np.divide(counts, total, out=share, where=total > 0)
    return share


def _per_image(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    count: npt.NDArray[np.int64] = mask.reshape(len(mask), -1).sum(1, dtype=np.int64)
    return count
