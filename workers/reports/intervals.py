"""Uncertainty of proportions."""

import math

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


def clearly_more(first_only: int, second_only: int, z: float = Z95) -> bool:
    """Whether `first_only` exceeds `second_only` by more than chance explains at 95 % (McNemar's test).

    The two count the samples on which only the first, or only the second, of two paired outcomes holds. Under no
    difference first_only − second_only has variance first_only + second_only.
    """
    return first_only - second_only > z * math.sqrt(first_only + second_only)


def mcnemar(first_only: int, second_only: int) -> float:
    """The p value of McNemar's exact two-sided test: 2 P(X ≤ min(b, c)) for X ~ Binomial(b + c, ½), at most 1.

    b and c: `first_only` and `second_only` of `clearly_more`. 1 when no sample tells the two outcomes apart.
    """
    n = first_only + second_only
    term, total = 1, 0  # whole numbers: the quotient is the float nearest to the exact value
    for k in range(min(first_only, second_only) + 1):
        total += term
        term = term * (n - k) // (k + 1)
    p: float = 2 * total / (1 << n)
    return min(1.0, p)
