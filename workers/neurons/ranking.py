"""From summed differences to sensitivities: sigma (Eq. 1), Omega (Eq. 2), sigma_ratio (Eq. 11). Needs numpy alone.

Zhang et al., "Interpreting and Improving Adversarial Robustness of Deep Neural Networks with Neuron Sensitivity".
"""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from openapi.analyses.sensitivity import LayerSensitivity, NeuronRank
from openapi.models import LayerInfo
from workers.neurons.exact import Floats, Ints
from workers.neurons.sums import LayerTotals, SensitivitySums

ZeroPolicy = Literal["skip", "one", "eps"]

#: What stands for a zero mean activation under the policy `eps`.
RATIO_EPS = 1e-6


def sensitivity(totals: LayerTotals) -> Floats:
    """σ(F_l^m) = (1/N) Σ_i ‖F_l^m(x_i) − F_l^m(x'_i)‖₁ / dim(F_l^m)  (Eq. 1); (neurons,), 0 or more."""
    return totals.difference / (totals.n * totals.dim)


def dead(totals: LayerTotals) -> Ints:
    """Neurons whose output is 0 on every sample, benign and adversarial; ascending."""
    return np.flatnonzero(totals.active == 0).astype(np.int64)


def sensitivity_ratio(totals: LayerTotals, zero_policy: ZeroPolicy = "skip") -> Floats:
    """σ_ratio(F_l^m) = (1/N) Σ_i ‖F_l^m(x_i) − F_l^m(x'_i)‖₁ / ‖F_l^m(x_i)‖₁  (Eq. 11); (neurons,), NaN if undefined.

    The mean of the samples' ratios, not the ratio of sums. Where ‖F(x_i)‖₁ = 0 (often after ReLU) the policy decides:
    `skip` leaves the sample out for this neuron, `one` counts a full change (ratio 1) when the output moved and 0 when
    not, `eps` puts `RATIO_EPS` · dim for the zero. NaN for dead neurons, and with `skip` for those without a sample.
    """
    if zero_policy == "skip":
        total, samples = totals.ratio, (totals.n - totals.zero).astype(np.float64)
    elif zero_policy == "one":
        # A neuron at 0 on x that is active on the pair has moved.
        moved = totals.active - (totals.n - totals.zero)
        total, samples = totals.ratio + moved, np.full(len(totals.ratio), float(totals.n))
    else:
        total = totals.ratio + totals.difference_at_zero / (RATIO_EPS * totals.dim)
        samples = np.full(len(totals.ratio), float(totals.n))
    return _divide(total, np.where(totals.active > 0, samples, 0.0))


def ratio_of_means(totals: LayerTotals) -> Floats:
    """Σ_i ‖F(x_i) − F(x'_i)‖₁ / Σ_i ‖F(x_i)‖₁ of each neuron (ours: stable where Eq. 11 is not); NaN if undefined."""
    return _divide(totals.difference, totals.benign)


def rank(sigma: Floats) -> Ints:
    """All neurons, most sensitive first, ties by index."""
    return np.argsort(-sigma, kind="stable").astype(np.int64)


def top_count(neurons: int, fraction: float) -> int:
    """How many neurons Ω holds: max(1, ⌊C · fraction⌋)."""
    # The small term keeps a product such as 100 · 0.29 = 28.999… from losing a neuron.
    return max(1, math.floor(neurons * fraction + 1e-9))


def top_neurons(sigma: Floats, fraction: float) -> Ints:
    """Ω_l = top-k(F_l, σ)  (Eq. 2), most sensitive first, ties by index."""
    return rank(sigma)[: top_count(len(sigma), fraction)]


def finish(
    sums: SensitivitySums,
    layers: Sequence[LayerInfo],
    *,
    top_fraction: float = 0.1,
    zero_policy: ZeroPolicy = "skip",
) -> tuple[LayerSensitivity, ...]:
    """Turn merged sums into the report's layers, in the order of `layers`; empty when no pair was measured.

    Layers that were not tapped (a tap such as `norm` may not exist behind every layer) are left out.
    """
    if not sums.n:
        return ()
    return tuple(
        _layer(info, sums.layer(info.name), top_fraction, zero_policy) for info in layers if info.name in sums.names
    )


def _layer(info: LayerInfo, totals: LayerTotals, top_fraction: float, zero_policy: ZeroPolicy) -> LayerSensitivity:
    sigma = sensitivity(totals)
    ratio = sensitivity_ratio(totals, zero_policy)
    order = rank(sigma)
    top = top_neurons(sigma, top_fraction)
    benign = float(totals.benign.sum())
    return LayerSensitivity(
        name=info.name,
        kind=info.kind,
        neurons=len(sigma),
        depth=info.depth,
        sensitivity={"mean": float(sigma.mean()), "max": float(sigma.max())},
        ratio={
            "mean": _mean(ratio),
            "mean_top": _mean(ratio[top]),
            "of_means": float(totals.difference.sum()) / benign if benign > 0 else None,
            "skipped": int(totals.zero.sum()) if zero_policy == "skip" else 0,
        },
        top=tuple(int(m) for m in top),
        ranking=tuple(
            NeuronRank(
                neuron=int(m),
                sensitivity=float(sigma[m]),
                ratio=None if math.isnan(ratio[m]) else float(ratio[m]),
                rank=place,
                skipped=int(totals.zero[m]) if zero_policy == "skip" else 0,
            )
            for place, m in enumerate(order, 1)
        ),
        dead=tuple(int(m) for m in dead(totals)),
    )


def _divide(total: Floats, by: Floats) -> Floats:
    """total / by, NaN where `by` is 0."""
    out = np.full(len(total), np.nan)
    np.divide(total, by, out=out, where=by > 0)
    return out


def _mean(values: Floats) -> float | None:
    """The mean over the defined values; None when there is none."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else None
