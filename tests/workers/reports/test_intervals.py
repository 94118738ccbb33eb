"""Wilson intervals and paired outcomes against published values."""

import numpy as np
import pytest

from workers.reports.intervals import clearly_more, wilson


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


def test_paired_outcomes() -> None:
    assert not clearly_more(0, 0)
    assert not clearly_more(3, 0)
    assert clearly_more(4, 0)
    assert not clearly_more(60, 45)
    assert clearly_more(70, 45)
    assert not clearly_more(45, 70)
