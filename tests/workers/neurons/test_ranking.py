"""Eq. 1, 2 and 11 against numbers worked out by hand.

HandNet on two pixels (a, b). Pairs: (¼, ½) → (½, ½) and (1, 0) → (¾, ¼).

conv 0, F = x:       |Δ|₁ = ¼, ½        |F(x)|₁ = ¾, 1     σ = (¼ + ½)/(2·2) = 3/16   ratio = (⅓ + ½)/2 = 5/12
conv 1, F = 1 − 2x:  |Δ|₁ = ½, 1        |F(x)|₁ = ½, 2     σ = (½ + 1)/(2·2) = 3/8    ratio = (1 + ½)/2 = ¾
head 0, a − b:       −¼ → 0, 1 → ½      |F(x)|₁ = ¼, 1     σ = (¼ + ½)/2 = 3/8        ratio = (1 + ½)/2 = ¾
head 1, a + b − ¾:   0 → ¼, ¼ → ¼       |F(x)|₁ = 0, ¼     σ = (¼ + 0)/2 = 1/8        ratio = 0 over the one sample left
head 2:              0 everywhere                          σ = 0, dead
"""

import math

import numpy as np
import pytest
import torch

from openapi.problems import ModelNumerics
from tests.workers.neurons.nets import HAND_X, HAND_X_ADV, HandNet, SmallNet
from workers.neurons.measure import measure, measure_all
from workers.neurons.ranking import RATIO_EPS, finish, sensitivity, sensitivity_ratio, top_count, top_neurons
from workers.neurons.sums import SensitivitySums


@pytest.fixture
def sums() -> SensitivitySums:
    return measure_all(HandNet(), [(HAND_X, HAND_X_ADV, torch.arange(2))])


def test_sensitivity_is_eq_1(sums: SensitivitySums) -> None:
    np.testing.assert_array_equal(sensitivity(sums.layer("conv")), [3 / 16, 3 / 8])
    np.testing.assert_array_equal(sensitivity(sums.layer("head")), [3 / 8, 1 / 8, 0])


def test_ratio_is_eq_11_the_mean_of_ratios(sums: SensitivitySums) -> None:
    np.testing.assert_allclose(sensitivity_ratio(sums.layer("conv")), [5 / 12, 3 / 4], rtol=1e-15)


@pytest.mark.parametrize(
    ("policy", "expected"), [("skip", 0.0), ("one", (1 + 0) / 2), ("eps", (0.25 / RATIO_EPS + 0) / 2)]
)
def test_zero_policies(sums: SensitivitySums, policy: str, expected: float) -> None:
    ratio = sensitivity_ratio(sums.layer("head"), policy)  # type: ignore[arg-type]
    np.testing.assert_allclose(ratio[:2], [3 / 4, expected], rtol=1e-15)
    assert math.isnan(ratio[2])  # dead under every policy


def test_a_neuron_that_is_zero_and_stays_zero_counts_as_unmoved_under_one() -> None:
    def net(x: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        return x, {"a": x}

    x, x_adv = torch.tensor([[0.0], [0.0], [0.5]]), torch.tensor([[0.0], [0.5], [0.25]])
    totals = measure_all(net, [(x, x_adv, torch.arange(3))]).layer("a")
    np.testing.assert_allclose(sensitivity_ratio(totals, "one"), [(0 + 1 + 0.5) / 3])
    np.testing.assert_allclose(sensitivity_ratio(totals, "skip"), [0.5])


def test_the_report_of_a_layer(sums: SensitivitySums) -> None:
    conv, head = finish(sums, HandNet.layers, top_fraction=0.5)
    assert (conv.name, conv.kind, conv.neurons, conv.depth) == ("conv", "conv", 2, 0)
    assert conv.sensitivity == {"mean": 9 / 32, "max": 3 / 8}
    assert conv.ratio["mean"] == pytest.approx((5 / 12 + 3 / 4) / 2)
    assert conv.ratio["mean_top"] == pytest.approx(3 / 4)
    assert conv.ratio["of_means"] == pytest.approx((3 / 4 + 3 / 2) / (7 / 4 + 5 / 2))
    assert [(r.neuron, r.rank, r.sensitivity) for r in conv.ranking] == [(1, 1, 3 / 8), (0, 2, 3 / 16)]
    assert conv.top == (1,)
    assert conv.dead == ()
    assert head.ratio["skipped"] == 1 + 2  # one sample of neuron 1, both of the dead neuron 2
    assert [r.skipped for r in head.ranking] == [0, 1, 2]
    assert [r.ratio for r in head.ranking] == [0.75, 0.0, None]
    assert head.dead == (2,)


def test_skipped_is_zero_under_other_policies(sums: SensitivitySums) -> None:
    assert [layer.ratio["skipped"] for layer in finish(sums, HandNet.layers, zero_policy="one")] == [0, 0]


def test_no_pairs_give_no_layers() -> None:
    assert finish(SensitivitySums(), HandNet.layers) == ()


@pytest.mark.parametrize(
    ("neurons", "fraction", "k"), [(5, 0.1, 1), (10, 0.1, 1), (19, 0.1, 1), (64, 0.1, 6), (100, 0.29, 29), (3, 1.0, 3)]
)
def test_omega_holds_a_tenth_rounded_down_but_never_nothing(neurons: int, fraction: float, k: int) -> None:
    assert top_count(neurons, fraction) == k


def test_ties_go_to_the_lower_index() -> None:
    np.testing.assert_array_equal(top_neurons(np.array([1.0, 3.0, 2.0, 3.0, 3.0]), 0.6), [1, 3, 4])


def test_a_neuron_active_only_on_adversarial_images_is_not_dead() -> None:
    def net(x: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        return x, {"a": (x - 0.5).relu()}

    x = torch.tensor([[0.25, 0.25]])
    totals = measure_all(net, [(x, torch.tensor([[0.75, 0.5]]), torch.arange(1))])
    layer = finish(totals, [HandNet.layers[1].model_copy(update={"name": "a"})])[0]
    assert layer.dead == (1,)
    assert layer.ranking[0].ratio is None  # every sample was skipped
    assert layer.ranking[0].sensitivity == 0.25


def test_a_planted_sensitive_neuron_ranks_first() -> None:
    net = SmallNet()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():  # a checkerboard detector: the perturbation below is a faint checkerboard
        board = torch.tensor([[1.0, -1.0, 1.0], [-1.0, 1.0, -1.0], [1.0, -1.0, 1.0]])
        net.conv1.weight[5] = 3 * board
    x = torch.rand(20, 1, 8, 8, generator=generator) * 0.8 + 0.1
    faint = 0.02 * (1 - 2 * ((torch.arange(8)[:, None] + torch.arange(8)) % 2))
    sums = measure_all(net.tapped, [(x, x + faint, torch.arange(20))])
    sigma = sensitivity(sums.layer("conv1"))
    assert top_neurons(sigma, 0.1).tolist() == [5]
    assert sigma[5] > 2 * np.delete(sigma, 5).max()


def test_rankings_do_not_depend_on_batch_size_or_shards() -> None:
    net = SmallNet()
    generator = torch.Generator().manual_seed(2)
    x = torch.rand(65, 1, 8, 8, generator=generator)
    x_adv = (x + 0.1 * torch.randn(x.shape, generator=generator).sign()).clamp(0, 1)
    index = torch.arange(65)

    def batched(size: int) -> SensitivitySums:
        return measure_all(net.tapped, zip(x.split(size), x_adv.split(size), index.split(size), strict=True))

    reference = batched(65)
    for size in (1, 7, 64):
        for name in reference.names:
            np.testing.assert_allclose(
                sensitivity(batched(size).layer(name)), sensitivity(reference.layer(name)), rtol=1e-5
            )


def test_measuring_twice_gives_the_same_bits() -> None:
    first, second = (measure(HandNet(), HAND_X, HAND_X_ADV, torch.arange(2))[0] for _ in range(2))
    assert all(first[k].difference.tobytes() == second[k].difference.tobytes() for k in first)


def test_a_sample_with_nan_is_named() -> None:
    x = HAND_X.clone()
    x[1] = math.nan
    with pytest.raises(ModelNumerics, match="sample 41") as caught:
        measure(HandNet(), HAND_X, x, torch.tensor([40, 41]))
    assert caught.value.extra["index"] == 41
