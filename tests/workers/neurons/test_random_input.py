"""Formulas on random input beside the same arithmetic written out plainly, or another library's."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from scipy.special import softmax

from workers.attacks.minimal.pixel_groups import Groups
from workers.neurons.clusters import cut, dendrogram, leaf_order
from workers.neurons.heads.last_layer import LastLayer
from workers.neurons.importance import important, important_for_set, votes
from workers.neurons.ranking import RATIO_EPS, sensitivity, sensitivity_ratio, top_count, top_neurons
from workers.neurons.sums import LayerBatch, SensitivitySums
from workers.neurons.vulnerability import Identity, Pairs, measures
from workers.neurons.windows import map_scores

seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1, 6), st.sampled_from(["skip", "one", "eps"]))
def test_sensitivity_and_ratio_are_eq_1_and_11(seed: int, n: int, policy: Any) -> None:
    rng = np.random.default_rng(seed)
    neurons, dim = 4, 3
    # quarters, many of them 0: sums are exact
    before, after = (rng.integers(-2, 3, (n, neurons, dim)) * rng.integers(0, 2, (n, neurons, 1)) / 4 for _ in "ab")
    moved, size = np.abs(before - after).sum(2), np.abs(before).sum(2)
    sums = SensitivitySums()
    sums.add({"a": LayerBatch(moved, size, dim)})
    totals = sums.layer("a")
    np.testing.assert_array_equal(sensitivity(totals), moved.sum(0) / (n * dim))
    for m, ratio in enumerate(sensitivity_ratio(totals, policy)):
        pairs = list(zip(moved[:, m], size[:, m], strict=True))
        parts = [d / s for d, s in pairs if s > 0]
        if policy == "one":
            parts += [float(d > 0) for d, s in pairs if s == 0]
        elif policy == "eps":
            parts += [d / (RATIO_EPS * dim) for d, s in pairs if s == 0]
        if parts and any(d > 0 or s > 0 for d, s in pairs):
            assert ratio == pytest.approx(sum(parts) / len(parts), rel=1e-12)
        else:
            assert np.isnan(ratio)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.floats(0.01, 1))
def test_omega_is_a_sort_with_ties_by_number(values: list[int], fraction: float) -> None:
    expected = sorted(range(len(values)), key=lambda m: (-values[m], m))[: top_count(len(values), fraction)]
    assert top_neurons(np.array(values, float), fraction).tolist() == expected
    assert max(1, int(len(values) * fraction)) <= len(expected) <= max(1, int(len(values) * fraction + 1e-6))


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1, 5), st.integers(1, 8), st.integers(1, 8))
def test_votes_and_gamma_are_eq_4_and_5(seed: int, n: int, neurons: int, k: int) -> None:
    phi = np.random.default_rng(seed).integers(0, 4, (n, neurons)).astype(float)
    k = min(k, neurons)
    ballot: Counter[int] = Counter()
    for row in phi.tolist():
        first = sorted(range(neurons), key=lambda m: (-row[m], m))[:k]
        for place, m in enumerate(first):
            ballot[m] += k - place
    found = votes(important(phi, k), neurons)
    assert found.tolist() == [ballot[m] for m in range(neurons)]
    assert important_for_set(found, k).tolist() == sorted(range(neurons), key=lambda m: (-ballot[m], m))[:k]


def _head(rng: np.random.Generator, classes: int, inputs: int, neurons: int) -> LastLayer:
    neuron_of = np.concatenate([np.arange(neurons), rng.integers(0, neurons, inputs - neurons)])
    weight, bias = (rng.normal(size=shape).astype(np.float32) for shape in ((classes, inputs), (classes,)))
    return LastLayer("fc", "conv", neurons, neuron_of, tuple(("conv", i) for i in range(neurons)), weight, bias, ("a",))


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(1, 4), st.integers(1, 5), st.integers(0, 6))
def test_measures_of_one_neuron_are_the_head_run_again(seed: int, n: int, neurons: int, more: int) -> None:
    rng = np.random.default_rng(seed)
    classes, inputs = 3, neurons + more
    last = _head(rng, classes, inputs, neurons)
    a, a_adv = (rng.gamma(1.0, 1.0, (n, inputs)).astype(np.float32) for _ in "ab")

    def run(values: Any) -> Any:
        return values.astype(np.float64) @ last.weight.astype(np.float64).T + last.bias

    z, z_adv = run(a), run(a_adv)
    pairs = Pairs(a, a_adv, z.astype(np.float32), z_adv.astype(np.float32), z.argmax(1), z_adv.argmax(1))
    found = measures(last, pairs)
    for row in range(n):
        y, s = pairs.benign[row], pairs.adversarial[row]
        for m in range(neurons):
            own = last.neuron_of == m
            c = {
                (name, label): float(read[row, own].astype(float) @ last.weight[label, own])
                for name, read in (("x", a), ("x'", a_adv))
                for label in (y, s)
            }
            assert found["change"][row, m] == pytest.approx(np.abs(a_adv[row, own] - a[row, own]).sum(), rel=1e-5)
            assert found["benign_delta"][row, m] == pytest.approx(c["x'", y] - c["x", y], abs=1e-5)
            assert found["adversarial_delta"][row, m] == pytest.approx(c["x'", s] - c["x", s], abs=1e-5)
            assert found["cross"][row, m] == pytest.approx(c["x'", s] - c["x", y], abs=1e-5)
            mixed = np.where(own, a_adv[row], a[row])
            p, q = softmax(z[row]), softmax(run(mixed))
            assert found["benign_drop"][row, m] == pytest.approx(p[y] - q[y], abs=1e-5)
            assert found["adversarial_rise"][row, m] == pytest.approx(q[s] - p[s], abs=1e-5)
    whole = Identity.of(last, pairs)
    assert whole.share <= 1e-5
    parts = [Identity.of(last, Pairs(*(values[i : i + 1] for values in vars(pairs).values()))) for i in range(len(z))]
    merged = Identity.merged(parts)
    assert merged.spread == whole.spread == max(np.ptp(pairs.z, 1).max(), np.ptp(pairs.z_adv, 1).max())
    assert merged.error == pytest.approx(whole.error, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(2, 4), st.integers(1, 3))
def test_scores_by_windows_are_scipys_upsampling_weighted(seed: int, side: int, window: int) -> None:
    rng = np.random.default_rng(seed)
    size = side * window * 2
    groups = Groups(window, size, size)
    fields = rng.random((2, 3, side, side)).astype(np.float32)
    values = rng.normal(size=(2, *groups.shape)).astype(np.float32)
    found = map_scores(torch.from_numpy(fields), torch.from_numpy(values), groups).numpy()
    for i in range(2):
        for m in range(3):
            large = ndimage.zoom(fields[i, m].astype(float), size / side, order=1, mode="nearest", grid_mode=True)
            by_pixel = values[i].repeat(window, 0).repeat(window, 1)
            assert found[i, m] == pytest.approx((large * by_pixel).sum() / large.sum(), abs=1e-5)


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(2, 9), st.sampled_from(["ward", "average"]))
def test_cuts_are_nested_and_as_many_as_were_asked_for(seed: int, neurons: int, method: Any) -> None:
    tree = dendrogram(np.random.default_rng(seed).normal(size=(neurons, 3)), method)
    assert sorted(leaf_order(tree).tolist()) == list(range(neurons))
    before = None
    for count in range(1, neurons + 1):
        found = cut(tree, count=count)
        assert len(set(found.tolist())) == count  # heights of noise differ
        if before is not None:  # each cluster lies in one of the coarser cut
            assert len(set(zip(found.tolist(), before.tolist(), strict=True))) == count
        before = found
