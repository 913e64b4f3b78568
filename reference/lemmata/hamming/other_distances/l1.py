"""Sums of absolute differences at every alignment.

Idea: |t - p| = (t - p) + 2 max(p - t, 0). The first part is a difference of sums. The second is the order of
`less_than_distances` with weights: over the pairs with t < p, add p and take t away (HAM-26).

Source: the reduction to less-than matching is folklore; O. Lipsky, E. Porat, L1 pattern matching lower bound,
Information Processing Letters 105, 2008, discusses it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lemmata.hamming.correlations.integer_correlation import sum_of_correlations
from lemmata.hamming.correlations.modular_transform import MODULUS, Residues
from lemmata.hamming.letters import Letters
from lemmata.hamming.other_distances.less_than import add_within_buckets, sorted_order
from lemmata.hamming.other_distances.numbers import read_numbers, refuse_overflow


def l1_distances(text: Letters, pattern: Letters) -> NDArray[np.int64]:
    """Sum over j of ``abs(text[i + j] - pattern[j])`` at every alignment i, exactly.

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
        As `lemmata.hamming.distances`; TypeError for `str`; ValueError if m times the largest difference
        does not fit int64.

    Notes
    -----
    Cost: O(n sqrt(m log m)) word operations (HAM-26).

    Examples
    --------
    >>> l1_distances([1, 5, 2, 4], [3, 3])
    array([4, 3, 2])
    """
    numbers = read_numbers(text, pattern)
    m = len(numbers.pattern)
    refuse_overflow("l1", m * (numbers.high - numbers.low))
    order = sorted_order(numbers)
    above_text, above_pattern = numbers.above_lowest()
    # max(p - t, 0), summed: p and -t over the pairs with t < p.
    buckets = range(1, int(order.pattern_bucket.max()) + 1)

    def weighted() -> Iterator[tuple[Residues, Residues]]:
        for k in buckets:
            below, at = order.text_bucket < k, order.pattern_bucket == k
            yield below.astype(np.uint64), np.where(at, above_pattern, np.uint64(0))
            negative = np.where(below & (above_text > 0), np.uint64(MODULUS) - above_text, np.uint64(0))
            yield negative, at.astype(np.uint64)

    below_sums = np.zeros(numbers.alignments, dtype=np.int64)
    if buckets:
        below_sums += sum_of_correlations(len(numbers.text), m, weighted()).astype(np.int64)
    values = above_text.astype(np.int64), above_pattern.astype(np.int64)
    add_within_buckets(order.reached, order.by_place, order.size, values[1], values[0], below_sums)
    running = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(above_text)])
    # Differences of running sums are right modulo 2^64, and fit.
    in_window = (running[m:] - running[:-m]).astype(np.int64)
    return np.asarray(in_window - int(values[1].sum()) + 2 * below_sums)
