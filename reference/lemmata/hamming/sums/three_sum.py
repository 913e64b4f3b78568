"""Hamming distances and counting 3SUM in a short range are the same problem.

Counting 3SUM here: for sets A and B and every s of a range, how many pairs have a - b = s? Distances become
that by writing letter and position into one number (HAM-23). The other way, an element's quotient by the
length of the range becomes its letter and the remainder its position (HAM-24).

Source: the equivalence with a range-restricted 3SUM is in the abstract of arXiv:2310.13174; the encodings
are our own reconstruction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.costs import Costs
from lemmata.hamming.distances import distances
from lemmata.hamming.letters import Letters, encode, integers
from lemmata.options import refuse_observers, whole_number
from lemmata.tracing import Trace, emit

LONGEST = 1 << 30
"""Longest range of differences: the result is 8 GiB then."""

LONGEST_BY_DISTANCES = 1 << 24
"""Longest range that is made a pattern: text, pattern and their distances take 1 to 4 GiB then."""


def counting_three_sum(a: ArrayLike, b: ArrayLike, length: int) -> NDArray[np.int64]:
    """Number of pairs with ``a - b = s`` for every s = 0, ..., length - 1, by the definition.

    Parameters
    ----------
    a, b : array_like of int, shapes (n_a,) and (n_b,)
        Multisets of integers between -2^62 and 2^62 - 1.
    length : int
        Between 1 and 2^30.

    Returns
    -------
    numpy.ndarray of int64, shape (length,)

    Raises
    ------
    TypeError, ValueError
        If a or b is not one-dimensional integers or out of range, or the length is.

    Notes
    -----
    Cost: O(n log n + length), and three operations for each pair of distinct elements that is counted.

    Examples
    --------
    >>> counting_three_sum([5, 7, 9], [4, 5], 4)
    array([1, 1, 1, 1])
    """
    length = _length(length)
    (x, in_x), (y, in_y) = _multiset("a", a), _multiset("b", b)
    counts = np.zeros(length, dtype=np.int64)
    first, last = np.searchsorted(x, y), np.searchsorted(x, y + length)
    for element, times, low, high in zip(
        y.tolist(), in_y.tolist(), first.tolist(), last.tolist(), strict=True
    ):
        counts[x[low:high] - element] += times * in_x[low:high]
    return counts


def distances_by_three_sum(text: Letters, pattern: Letters) -> NDArray[np.int64]:
    """Hamming distances as an instance of counting 3SUM (HAM-23).

    A = {T_i W + i}, B = {P_j W + j} with W = 2n; the matches at alignment s are the pairs with a - b = s.

    Parameters
    ----------
    text, pattern : str, bytes, bytearray or array_like of int, shapes (n,) and (m,)
        As `lemmata.hamming.distances`.

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)

    Raises
    ------
    TypeError, ValueError
        As `lemmata.hamming.distances`; ValueError for more than 2^30 alignments.

    Notes
    -----
    Cost: that of `counting_three_sum`, O(n log n) and three operations for each match. It is for the
    reduction's sake: `lemmata.hamming.distances` is faster.

    Examples
    --------
    >>> distances_by_three_sum("abracadabra", "abr")
    array([0, 3, 3, 2, 3, 2, 3, 0, 3])
    """
    problem = encode(text, pattern)
    width = width_of(problem.n)
    a = problem.text.astype(np.int64) * width + np.arange(problem.n)
    b = problem.pattern.astype(np.int64) * width + np.arange(problem.m)
    return problem.m - counting_three_sum(a, b, problem.alignments)


def width_of(n: int) -> int:
    """W, so that letters and positions do not overlap: any W >= 2n will do (HAM-23)."""
    return 2 * n


@dataclass(frozen=True, eq=False)
class LayersCompared:
    """One instance's ``matches`` were counted ``weight`` times; it has so many ``elements`` of a and b."""

    weight: int
    elements: tuple[int, int]
    matches: NDArray[np.int64]


def three_sum_by_distances(
    a: ArrayLike, b: ArrayLike, length: int, *, trace: Trace = None, costs: Costs | None = None
) -> NDArray[np.int64]:
    """Counting 3SUM as Hamming distances of texts of 2 length letters (HAM-24).

    Elements with one remainder modulo ``length`` cannot share a position: the multisets are split into
    layers with one element per remainder, and every pair of layers is one instance. Equal elements are
    merged: one that occurs 6 times is in a layer that counts twice and in one that counts four times.

    Parameters
    ----------
    a, b : array_like of int, shapes (n_a,) and (n_b,)
        Multisets of integers between -2^62 and 2^62 - 1.
    length : int
        Between 1 and 2^24.
    trace : list or callable, optional
        Receives a `LayersCompared` for every instance.
    costs : Costs, optional
        Charged with what `lemmata.hamming.distances` charges for the instances.

    Returns
    -------
    numpy.ndarray of int64, shape (length,)

    Raises
    ------
    TypeError, ValueError
        As `counting_three_sum`.

    Notes
    -----
    Memory: 80 bytes for each number of the range if a and b have few elements, up to 260 if they have many.

    Cost: at most r_a t_a r_b t_b instances of `distances` with n = 2 length, m = length, where r is the
    largest number of distinct elements with one remainder, and t the number of bits of the largest number
    of times that an element occurs.

    Examples
    --------
    >>> three_sum_by_distances([5, 7, 9], [4, 5], 4)
    array([1, 1, 1, 1])
    """
    refuse_observers(trace, costs)
    length = _length(length, LONGEST_BY_DISTANCES)
    (x, in_x), (y, in_y) = _multiset("a", a), _multiset("b", b)
    counts = np.zeros(length, dtype=np.int64)
    nowhere_in_text, nowhere_in_pattern = 0, 1
    quotients = np.unique(np.concatenate([x // length, y // length]))
    layers_of_y = list(_layers(y, in_y, length))
    for weight_x, layer_x in _layers(x, in_x, length):
        text = np.full(2 * length, nowhere_in_pattern, dtype=np.int64)
        remainder = layer_x % length
        # A block's letter is 2 plus its rank; the block after it is laid behind under the same letter.
        text[remainder] = 2 + np.searchsorted(quotients, layer_x // length)
        before = layer_x // length - 1
        rank = np.minimum(np.searchsorted(quotients, before), len(quotients) - 1)
        text[length + remainder] = np.where(quotients[rank] == before, 2 + rank, nowhere_in_pattern)
        for weight_y, layer_y in layers_of_y:
            pattern = np.full(length, nowhere_in_text, dtype=np.int64)
            pattern[layer_y % length] = 2 + np.searchsorted(quotients, layer_y // length)
            matches = length - distances(text, pattern, costs=costs)[:length]
            counts += weight_x * weight_y * matches
            emit(trace, LayersCompared(weight_x * weight_y, (len(layer_x), len(layer_y)), matches))
    return counts


def _layers(
    elements: NDArray[np.int64], counts: NDArray[np.int64], length: int
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Weighted layers, in none of which two elements have one remainder.

    The weights of the layers that an element is in add up to its count, being the powers of two in it.
    """
    bits = int(counts.max()).bit_length() if len(counts) else 0
    for bit in range(bits):
        chosen = elements[counts >> bit & 1 == 1]
        order = np.argsort(chosen % length, kind="stable")
        remainder = (chosen % length)[order]
        starts = np.flatnonzero(np.diff(remainder, prepend=-1))
        rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
        for layer in range(int(rank.max()) + 1 if len(rank) else 0):
            yield 1 << bit, chosen[order][rank == layer]


def _multiset(name: str, elements: ArrayLike) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Distinct elements in increasing order, and how often each occurs."""
    values = integers(name, elements)
    if len(values) and (int(values.max()) >= 2**62 or int(values.min()) < -(2**62)):
        raise ValueError(f"{name} must be between -2^62 and 2^62 (from {values.min()} to {values.max()})")
    distinct, counts = np.unique(values.astype(np.int64), return_counts=True)
    return distinct, counts.astype(np.int64)


def _length(length: int, longest: int = LONGEST) -> int:
    number = whole_number("length", length, minimum=1)
    if number > longest:
        raise ValueError(f"length must be at most 2^{longest.bit_length() - 1} (length = {number})")
    return number
