"""The formulas of the chapter's theorems, as functions."""

from __future__ import annotations

from math import isqrt, log2

from lemmata.options import whole_number

HALF_ULP = 2.0**-53
"""u: the largest relative error of one rounded operation on doubles."""


def transform_word_operations(log2_length: int) -> int:
    """Additions and multiplications of one complex transform of length 2**log2_length, exactly.

    34 for each four-point butterfly (16 additions, three complex products of 6), 4 for each two-point one.
    """
    length = 1 << log2_length
    return (log2_length // 2) * (length // 4) * 34 + (log2_length % 2) * (length // 2) * 4


def rounding_bound(log2_length: int, letters: int, mass: float) -> float:
    """Largest error of a sum of correlations by the float transform (HAM-4).

    Parameters
    ----------
    log2_length : int
        L, for transforms of length N = 2^L.
    letters : int
        How many products are summed before the inverse transform.
    mass : float
        S >= sum over the letters of the product of the two inputs' Euclidean norms.

    Returns
    -------
    float
        S s / (1 - s) with s = (11.84 L + letters + 3) u, or infinity if s >= 1/2.

    Raises
    ------
    TypeError, ValueError
        If L or the number of letters is no integer, or one of the three is negative.

    Examples
    --------
    >>> rounding_bound(20, 100, 2.0**20) < 1e-4
    True
    """
    log2_length = whole_number("log2_length", log2_length, minimum=0)
    letters = whole_number("letters", letters, minimum=0)
    if not mass >= 0:
        raise ValueError(f"mass must not be negative (mass = {mass})")
    s = (11.84 * log2_length + letters + 3) * HALF_ULP
    return mass * s / (1 - s) if s < 0.5 else float("inf")


def correlation_mass(log2_length: int, pattern_length: int) -> int:
    """S for one pass over two blocks of text: sqrt(2 N m), rounded up, by Cauchy-Schwarz (HAM-4)."""
    square = (2 << log2_length) * pattern_length
    return isqrt(square - 1) + 1 if square else 0


def packing_bits(pattern_length: int) -> int:
    """Bits between letters that share a transform: 2^bits >= 4m (HAM-11)."""
    return (4 * pattern_length - 1).bit_length()


def packed_rounding_bound(log2_length: int, pattern_length: int, letters: int, together: int) -> float:
    """Largest error of a sum of correlations with ``together`` letters to a transform, in units of a count.

    It has to stay below 3/8 for two letters or more (HAM-11), below 1/2 for one (HAM-4). With two or more,
    adding 3/8 before rounding down is rounded itself, a result of at most m 2^(bits (together - 1)) + 1.

    Examples
    --------
    >>> packed_rounding_bound(16, 10_000, 26, 2) < 3 / 8 < packed_rounding_bound(16, 10_000, 26, 4)
    True
    """
    groups = -(-letters // together)
    mass = correlation_mass(log2_length, pattern_length)
    scale = 2.0 ** (packing_bits(pattern_length) * (together - 1))
    reading = HALF_ULP * (pattern_length * scale + 1) if together > 1 else 0.0
    return scale * rounding_bound(log2_length, groups, mass) + reading


def fischer_paterson_word_operations(text_length: int, pattern_length: int, letters: int) -> float:
    """Largest number of word operations of `per_letter_fft` (HAM-2).

    (sigma + 1) F with F = (n + 7m) (4.8 log2(4m) + 12.5), sigma the pattern's number of distinct letters.
    """
    return (letters + 1) * letter_word_operations(text_length, pattern_length)


def abrahamson_word_operations(text_length: int, pattern_length: int) -> float:
    """Largest number of word operations of `abrahamson`, whatever the letters (HAM-3).

    With F = (n + 7m) (4.8 log2(4m) + 12.5): sqrt(8 n m F) + F + 5n + 12m.
    """
    n, m = text_length, pattern_length
    f = letter_word_operations(n, m)
    return float((8 * n * m * f) ** 0.5 + f + 5 * n + 12 * m)


def threshold_word_operations(text_length: int, pattern_length: int, frequent: int, threshold: int) -> float:
    """Largest number of word operations of `abrahamson` with a threshold (HAM-3).

    (k + 1) F + 2 n t + 5n + 12m, if k letters occur more than t times in the pattern.
    """
    n, m = text_length, pattern_length
    return (frequent + 1) * letter_word_operations(n, m) + 2 * n * threshold + 5 * n + 12 * m


def bit_parallel_word_operations(text_length: int, pattern_length: int, planes: int) -> float:
    """Largest number of word operations of `bit_parallel` with that many planes (HAM-27)."""
    n, m, words = text_length, pattern_length, -(-pattern_length // 64)
    compared = (n - m + 1) * (words * (2.01 * planes + 2) + 3 * planes + 2)
    return compared + 5 * planes * (n + 2 * m) + n + m


def letter_word_operations(text_length: int, pattern_length: int) -> float:
    """F of HAM-2: (n + 7m) (4.8 log2(4m) + 12.5)."""
    return (text_length + 7 * pattern_length) * (4.8 * log2(4 * pattern_length) + 12.5)
