"""The formulas of the chapter's theorems on partial colourings and walks."""

from __future__ import annotations

from collections.abc import Sequence
from math import e, exp, log, sqrt

from lemmata.options import whole_number

PATH_VARIANCE = 8.0
"""Largest variance of the edge walk along a unit vector: step size squared times steps (DIS-21)."""

FULL_COLORING_CONSTANT = 35.0
"""C in discrepancy <= C sqrt(n log(2m/n)), for m >= n rows with entries in [-1, 1] (DIS-22)."""


def edge_walk_steps(n: int) -> int:
    """Steps after which the partial colouring is good with probability at least 1/4: 8 (n + 1) (DIS-21)."""
    return 8 * (whole_number("n", n, minimum=0) + 1)


def edge_walk_success_probability(n: int, steps: int, thresholds: Sequence[float]) -> float:
    """Lower bound on the probability that the edge walk freezes at least n/2 coordinates (DIS-21).

    With S = sum_j exp(-lambda_j^2 / 16): at least 3/4 - 2 (n + 1) / steps - 4 S / n; zero if that is
    negative.

    Examples
    --------
    >>> round(edge_walk_success_probability(64, edge_walk_steps(64), [4 * log(16) ** 0.5] * 64), 12)
    0.25
    """
    n, steps = whole_number("n", n, minimum=0), whole_number("steps", steps, minimum=1)
    if not all(value >= 0 for value in thresholds):
        raise ValueError("thresholds must not be negative or NaN")
    if n == 0:
        return 1.0
    total = sum(exp(-(value * value) / 16) for value in thresholds)
    return max(0.0, 0.75 - 2 * (n + 1) / steps - 4 * total / n)


def equal_threshold(n: int, m: int) -> float:
    """The threshold that m rows may have alike: the least lambda >= 0 with m exp(-lambda^2/16) <= n/16.

    Examples
    --------
    >>> equal_threshold(16, 1)
    0.0
    """
    n, m = whole_number("n", n, minimum=1), whole_number("m", m, minimum=0)
    return 4 * sqrt(max(0.0, log(16 * m / n))) if m else 0.0


def full_coloring_bound(n: int, m: int) -> float:
    """Largest discrepancy of the iterated partial colouring, entries in [-1, 1] (DIS-22).

    The sum over phases with at most n, n/2, n/4, ... coordinates of the largest 4 sqrt(k log(16 m / k)): k
    log(c/k) grows up to k = c/e. At most 35 sqrt(n log(2m/n)) where m >= n.

    Examples
    --------
    >>> round(full_coloring_bound(256, 256) / 16, 1)
    26.3
    """
    n, m = whole_number("n", n, minimum=0), whole_number("m", m, minimum=0)
    total = 0.0
    while n >= 1 and m:
        k = min(float(n), 16 * m / e)
        total += 4 * sqrt(k * log(16 * m / k))
        n //= 2
    return total


def six_standard_deviations(n: int) -> float:
    """Spencer's bound on the discrepancy of n sets on n points: 6 sqrt(n) (DIS-23)."""
    return 6 * sqrt(whole_number("n", n, minimum=0))


def gram_schmidt_multiplications(n: int, d: int) -> int:
    """Largest number of multiplications of the Gram-Schmidt walk on n vectors of length d (DIS-28).

    With r = min(n, d): n (10 d r + 5 r (r + 3) / 2 - 4 d + 6) + (d + 1) n (n - 1) / 2. The last term is the
    search for columns that replace a frozen one, where every search passes all other columns.

    Examples
    --------
    >>> gram_schmidt_multiplications(1, 1)
    22
    """
    n, d = whole_number("n", n, minimum=0), whole_number("d", d, minimum=0)
    r = min(n, d)
    return n * (10 * d * r + 5 * r * (r + 3) // 2 - 4 * d + 6) + (d + 1) * n * (n - 1) // 2
