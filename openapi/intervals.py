"""Uncertainty of proportions, and of their differences."""

import math
from collections.abc import Sequence

#: 97.5 % point of the normal distribution.
Z95 = 1.959963984540054


def wilson(successes: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The Wilson score interval of a proportion, within [0, 1]; (0, 1) when n is 0.

    (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n) with p = successes/n (Wilson 1927; Newcombe 1998, method 3).
    Raises `ValueError` unless 0 ≤ successes ≤ n.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}")
    if n == 0:
        return 0.0, 1.0
    p = successes / n
    centre = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low, high = (centre - half) / scale, (centre + half) / scale
    # At 0 and n the bound is exactly 0 and 1; rounding may miss it by an ulp.
    return (0.0 if successes == 0 else low), (1.0 if successes == n else high)


def mcnemar(first_only: int, second_only: int) -> float:
    """The p value of McNemar's exact two-sided test: 2 P(X ≤ min(b, c)) for X ~ Binomial(b + c, ½), at most 1.

    b and c: `first_only` and `second_only`, the samples on which only the first, or only the second, of two paired
    outcomes holds. 1 when no sample tells the two outcomes apart.
    """
    n = first_only + second_only
    term, total = 1, 0  # whole numbers: the quotient is the float nearest to the exact value
    for k in range(min(first_only, second_only) + 1):
        total += term
        term = term * (n - k) // (k + 1)
    p: float = 2 * total / (1 << n)
    return min(1.0, p)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p values of several tests, adjusted so that any at most α holds with all of them in view (Holm 1979).

    The i-th smallest of m becomes the largest of (m − j + 1) p₍ⱼ₎ over j ≤ i, at most 1. In the order given.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, largest = [1.0] * len(p_values), 0.0
    for rank, i in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * p_values[i]))
        adjusted[i] = largest
    return adjusted


def paired_difference(won: int, lost: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Tango's score interval of the difference of two proportions of the same n samples, within [−1, 1].

    won, lost: the samples on which only the second, or only the first, of two paired outcomes holds; their difference
    over n is (won − lost)/n. The interval holds the Δ with |T(Δ)| ≤ z, where T = (won − lost − nΔ)/√(n(2q + Δ(1−Δ)))
    and q is the likeliest share of `lost` under Δ (Tango, Stat. Med. 1998). At Δ = 0, T is McNemar's statistic.
    Raises `ValueError` unless 0 ≤ won, 0 ≤ lost and won + lost ≤ n; (−1, 1) when n is 0.
    """
    if min(won, lost) < 0 or won + lost > n:
        raise ValueError(f"{won} won and {lost} lost of {n}")
    if n == 0:
        return -1.0, 1.0
    middle = (won - lost) / n

    def bound(end: float) -> float:
        """T falls as Δ rises: halve what lies between the estimate and an end."""
        inside, outside = middle, end
        for _ in range(60):
            delta = (inside + outside) / 2
            if abs(_tango(won, lost, n, delta)) <= z:
                inside = delta
            else:
                outside = delta
        return inside

    return bound(-1.0), bound(1.0)


def _tango(won: int, lost: int, n: int, delta: float) -> float:
    b = (2 * n - won + lost) * delta - won - lost
    c = -lost * delta * (1 - delta)
    q = (math.sqrt(max(0.0, b * b - 8 * n * c)) - b) / (4 * n)
    above, variance = won - lost - n * delta, n * (2 * q + delta * (1 - delta))
    if variance <= 0:
        return 0.0 if above == 0 else math.copysign(math.inf, above)
    return above / math.sqrt(variance)


def difference(first: tuple[int, int], second: tuple[int, int]) -> tuple[float, float]:
    """The interval of the first proportion less the second, of samples that have nothing to do with each other.

    Each is (successes, n). Newcombe's square-and-add of the two Wilson intervals (Stat. Med. 1998, 873, method 10).
    """
    (low, high), (low_, high_) = wilson(*first), wilson(*second)
    p, p_ = (successes / n if n else 0.5 for successes, n in (first, second))
    d = p - p_
    return max(-1.0, d - math.hypot(p - low, high_ - p_)), min(1.0, d + math.hypot(high - p, p_ - low_))
