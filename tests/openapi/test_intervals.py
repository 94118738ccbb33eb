"""Intervals and paired tests against published values, scipy's distributions and likelihoods maximised by hand."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize_scalar

from openapi.intervals import Z95, difference, holm, mcnemar, paired_difference, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [  # Newcombe, "Two-sided confidence intervals for the single proportion", Stat. Med. 17 (1998), table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_published_values(successes: int, n: int, low: float, high: float) -> None:
    got = wilson(successes, n)
    assert got == pytest.approx((low, high), abs=5e-5)
    assert wilson(n - successes, n) == pytest.approx((1 - high, 1 - low), abs=5e-5)


def test_ends() -> None:
    assert wilson(0, 7)[0] == 0
    assert wilson(7, 7)[1] == 1
    assert wilson(0, 0) == (0, 1)
    with pytest.raises(ValueError, match="3 successes of 2"):
        wilson(3, 2)


def test_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    for p in (0.02, 0.3, 0.9):
        drawn = rng.binomial(200, p, 4000)
        covered = np.mean([low <= p <= high for low, high in (wilson(int(k), 200) for k in drawn)])
        assert 0.92 < covered < 0.98


@pytest.mark.parametrize(("won", "lost"), [(0, 0), (1, 0), (5, 5), (2, 9), (40, 17), (300, 380)])
def test_mcnemar_is_the_binomial_test_of_the_samples_that_differ(won: int, lost: int) -> None:
    expected = stats.binomtest(won, won + lost).pvalue if won + lost else 1.0
    assert mcnemar(won, lost) == pytest.approx(expected, rel=1e-12)
    assert mcnemar(lost, won) == mcnemar(won, lost)


def score(won: int, lost: int, n: int, delta: float) -> float:
    """Tango's statistic with the likeliest share of `lost` under a difference, found by search."""

    def minus_log_likelihood(q: float) -> float:
        shares = ((q + delta, won), (q, lost), (1 - 2 * q - delta, n - won - lost))
        return -sum(count * math.log(max(share, 1e-300)) for share, count in shares if count)

    q = minimize_scalar(
        minus_log_likelihood,
        bounds=(max(0.0, -delta), (1 - delta) / 2),
        method="bounded",
        options={"xatol": 1e-12},
    ).x
    return float((won - lost - n * delta) / math.sqrt(n * (2 * q + delta * (1 - delta))))


@pytest.mark.parametrize(
    ("won", "lost", "n"), [(12, 2, 50), (2, 12, 50), (3, 0, 20), (0, 0, 25), (40, 60, 1000), (1, 1, 2)]
)
def test_the_bounds_of_a_paired_difference_are_where_the_score_is_the_quantile(won: int, lost: int, n: int) -> None:
    low, high = paired_difference(won, lost, n)
    assert -1 <= low <= (won - lost) / n <= high <= 1
    assert score(won, lost, n, low) == pytest.approx(Z95, abs=2e-4)
    assert score(won, lost, n, high) == pytest.approx(-Z95, abs=2e-4)
    assert paired_difference(lost, won, n) == pytest.approx((-high, -low), abs=1e-12)


def test_no_difference_is_covered_unless_mcnemars_statistic_is_beyond_the_quantile() -> None:
    for won in range(12):
        for lost in range(12):
            low, high = paired_difference(won, lost, 40)
            statistic = 0.0 if won == lost else (won - lost) / math.sqrt(won + lost)
            assert (low <= 1e-12 and high >= -1e-12) == (abs(statistic) <= Z95)


def test_ends_of_a_paired_difference() -> None:
    assert paired_difference(7, 0, 7)[1] == 1
    assert paired_difference(0, 7, 7)[0] == -1
    assert paired_difference(0, 0, 30)[1] == pytest.approx(Z95**2 / (30 + Z95**2))
    assert paired_difference(0, 0, 0) == (-1, 1)
    with pytest.raises(ValueError, match="3 won and 2 lost of 4"):
        paired_difference(3, 2, 4)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [  # Newcombe, "Interval estimation for the difference between independent proportions", 1998, table II, method 10
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_published_differences(first: tuple[int, int], second: tuple[int, int], low: float, high: float) -> None:
    assert difference(first, second) == pytest.approx((low, high), abs=5e-5)
    assert difference(second, first) == pytest.approx((-high, -low), abs=5e-5)


def test_holm() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.5]) == [1.0, 1.0]
    assert holm([]) == []
