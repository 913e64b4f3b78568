"""Formulas of the theorems on rounding to a vertex and on what it means for unseen gradients."""

from __future__ import annotations

import math

from lemmata.discrepancy.rounding.blocked_walk import CHECKED, block_size, blocks_between_inversions
from lemmata.discrepancy.rounding.column_blocks import CHUNK
from lemmata.options import whole_number


def exact_walk_multiplications(n: int, m: int) -> int:
    """Multiplications and divisions of rationals in the exact walk, at most (DIS-2).

    Examples
    --------
    >>> exact_walk_multiplications(10, 2)
    160
    """
    n, m = whole_number("n", n, minimum=0), whole_number("m", m, minimum=0)
    return n * (2 * m * m + 4 * m)


def walk_blocks(n: int, m: int) -> int:
    """Blocks of the blocked walk: the last of every 4096 fractional coordinates may be short (DIS-5).

    Examples
    --------
    >>> walk_blocks(4100, 2)
    1025
    """
    n, m = whole_number("n", n, minimum=0), whole_number("m", m, minimum=0)
    b = block_size(m)
    return n // CHUNK * -(-CHUNK // b) + -(-(n % CHUNK) // b)


def walk_multiplications(n: int, m: int, drifts: int = 0) -> int:
    """Multiplications and divisions of the blocked walk, at most (DIS-5): O(n m^2).

    Parameters
    ----------
    n, m : int
        Fractional coordinates and constraints; of more constraints than coordinates, only n count.
    drifts : int
        How often the basis was inverted out of turn, because its inverse had drifted.

    Examples
    --------
    >>> round(walk_multiplications(100_000, 64) / (100_000 * 64**2), 1)
    2.7
    """
    n, m = whole_number("n", n, minimum=0), whole_number("m", m, minimum=0)
    drifts = whole_number("drifts", drifts, minimum=0)
    b, blocks = block_size(m), walk_blocks(n, m)
    inversions = blocks // blocks_between_inversions(m) + drifts
    return (
        n * (2 * m * m + (b + 9) * m + 6)
        + blocks // CHECKED * (2 * m * m + 1)
        + inversions * (m**3 + 3 * m * m)
    )


def generalization_error(m: int, alpha: float, n: int, largest: float = 1.0) -> float:
    """Order of the expected squared error on unseen gradients, constant 1 (DIS-6).

    ``largest / m**min(1/2, alpha - 1) * log(n)**2``, for eigenvalues at most ``largest / k**alpha``.

    Raises
    ------
    TypeError, ValueError
        If alpha is not above 1: the eigenvalues would not add up; for sizes that are not positive integers.

    Examples
    --------
    >>> round(generalization_error(16, 1.25, 1000), 1)
    23.9
    """
    m, n = whole_number("m", m, minimum=1), whole_number("n", n, minimum=1)
    if not largest >= 0:
        raise ValueError(f"largest must not be negative (largest = {largest})")
    if not alpha > 1:
        raise ValueError(f"alpha must be above 1 (alpha = {alpha})")
    return largest * math.pow(m, -min(0.5, alpha - 1)) * math.log(n) ** 2
