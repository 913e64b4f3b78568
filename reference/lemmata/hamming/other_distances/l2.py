"""Sums of squared differences at every alignment.

Idea: (t - p)^2 = t^2 - 2tp + p^2: running sums of squares and one correlation, modulo the Goldilocks prime.
Text and pattern are taken relative to the smallest of their values, so that every term is at most m times
the largest squared difference, which fits (HAM-26).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lemmata.hamming.correlations.integer_correlation import sum_of_correlations
from lemmata.hamming.letters import Letters
from lemmata.hamming.other_distances.numbers import read_numbers, refuse_overflow


def l2_distances(text: Letters, pattern: Letters) -> NDArray[np.int64]:
    """Sum over j of ``(text[i + j] - pattern[j]) ** 2`` at every alignment i, exactly.

    Squares are summed, no root is taken.

    Parameters
    ----------
    text, pattern : bytes, bytearray or array_like of int, shapes (n,) and (m,)
        Any integer types. 1 <= m <= n.

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)

    Raises
    ------
    TypeError, ValueError
        As `lemmata.hamming.distances`; TypeError for `str`; ValueError if m times the largest squared
        difference does not fit int64.

    Notes
    -----
    Cost: O(n log m) word operations (HAM-26).

    Examples
    --------
    >>> l2_distances([1, 5, 2, 4], [3, 3])
    array([8, 5, 2])
    """
    numbers = read_numbers(text, pattern)
    m = len(numbers.pattern)
    refuse_overflow("l2", m * (numbers.high - numbers.low) ** 2)
    # Values are below 2^32 now, a window's sums below 2^63; running sums are right modulo 2^64.
    above_text, above_pattern = numbers.above_lowest()
    products = sum_of_correlations(len(numbers.text), m, [(above_text, above_pattern)])
    running = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(above_text * above_text)])
    squares = running[m:] - running[:-m]
    pattern_squares = np.uint64(int((above_pattern * above_pattern).sum()))
    return np.asarray((squares + pattern_squares - 2 * products).astype(np.int64))
