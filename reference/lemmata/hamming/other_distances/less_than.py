"""At how many places is the text below the pattern? Distances of order, not of equality.

Idea: sort the pattern. Let u be the number of letters of the pattern that a letter of the text reaches, and
v the place of a letter of the pattern in sorted order: the text is below exactly if v >= u. Cut the order
into buckets. A letter of the text is below all letters of higher buckets: one correlation per bucket. In
its own bucket it is compared letter by letter. With buckets of about sqrt(m log m) letters both cost O(n
sqrt(m log m)) (HAM-26).

Source: the reduction is folklore; A. Amir, M. Farach, Efficient 2-dimensional approximate matching of
half-rectangular figures, Information and Computation 118, 1995, has it as "less-than matching".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.hamming.correlations.integer_correlation import sum_of_correlations
from lemmata.hamming.letters import Letters
from lemmata.hamming.other_distances.numbers import Numbers, read_numbers

Counts = NDArray[np.int64]


def less_than_distances(text: Letters, pattern: Letters) -> Counts:
    """Number of j with ``text[i + j] < pattern[j]`` at every alignment i.

    Parameters
    ----------
    text, pattern : bytes, bytearray or array_like of int, shapes (n,) and (m,)
        Any integer types; compared by value. 1 <= m <= n.

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)

    Raises
    ------
    TypeError, ValueError
        As `lemmata.hamming.distances`; TypeError for `str`.

    Notes
    -----
    Cost: O(n sqrt(m log m)) word operations (HAM-26).

    Examples
    --------
    >>> less_than_distances([1, 5, 2, 4], [3, 3])
    array([1, 1, 1])
    """
    numbers = read_numbers(text, pattern)
    order = sorted_order(numbers)
    buckets = range(1, int(order.pattern_bucket.max()) + 1)
    indicators = (
        ((order.text_bucket < k).astype(np.uint64), (order.pattern_bucket == k).astype(np.uint64))
        for k in buckets
    )
    counts = np.zeros(numbers.alignments, dtype=np.int64)
    if buckets:
        counts += sum_of_correlations(len(numbers.text), len(numbers.pattern), indicators).astype(np.int64)
    ones = np.ones(len(order.by_place), dtype=np.int64)
    add_within_buckets(order.reached, order.by_place, order.size, ones, np.zeros_like(order.reached), counts)
    return counts


class Order(NamedTuple):
    """Text and pattern by the pattern's sorted order.

    ``reached[i]`` is u of text[i], ``by_place[v]`` the position in the pattern of place v, ``size`` the
    number of places in a bucket.
    """

    reached: Counts
    by_place: Counts
    size: int
    text_bucket: Counts
    pattern_bucket: Counts


def sorted_order(numbers: Numbers) -> Order:
    """Sort the pattern and find every letter of the text in it, exactly for mixed integer types."""
    text, pattern = numbers.text, numbers.pattern
    if numbers.high - numbers.low < 2**64:
        text, pattern = numbers.above_lowest()
    else:  # int64 beside uint64: no integer type holds both
        text, pattern = text.astype(object), pattern.astype(object)
    by_place = np.argsort(pattern, kind="stable").astype(np.int64)
    reached = np.searchsorted(pattern[by_place], text, side="right").astype(np.int64)
    m = len(pattern)
    size = max(1, round((m * max(1, m.bit_length()) * 8) ** 0.5))
    place = np.empty(m, dtype=np.int64)
    place[by_place] = np.arange(m)
    return Order(reached, by_place, size, reached // size, place // size)


def _add_within_buckets_py(
    reached: Counts, by_place: Counts, size: int, plus: Counts, minus: Counts, sums: Counts
) -> None:
    """Add plus[j] - minus[i] for every pair of one bucket with the text below the pattern."""
    m = len(by_place)
    for i in range(len(reached)):
        first = reached[i]
        for place in range(first, min(m, (first // size + 1) * size)):
            j = by_place[place]
            if 0 <= i - j < len(sums):
                sums[i - j] += plus[j] - minus[i]


add_within_buckets = njit(_add_within_buckets_py, steps=lambda reached, _, size, *__: len(reached) * size)
