"""Hamming distances and counting 3SUM in a short range are the same problem.

Counting 3SUM here: for sets A and B and every s of a range, how many pairs have a - b = s? Distances become
that by writing letter and position into one number (HAM-23). The other way, an element's quotient by the
length of the range becomes its letter and the remainder its position (HAM-24).

Source: the equivalence with a range-restricted 3SUM is in the abstract of arXiv:2310.13174; the encodings
are our own reconstruction.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.hamming.distances import distances
from lemmata.hamming.letters import Letters, encode, letter_values
from lemmata.hamming.options import whole_number


def counting_three_sum(a: ArrayLike, b: ArrayLike, length: int) -> NDArray[np.int64]:
    """Number of pairs with ``a - b = s`` for every s = 0, ..., length - 1, by the definition.

    Parameters
    ----------
    a, b : array_like of int, shapes (n_a,) and (n_b,)
        Multisets of integers that fit int64, and whose differences do.
    length : int
        At least 1.

    Returns
    -------
    numpy.ndarray of int64, shape (length,)

    Raises
    ------
    TypeError, ValueError
        If a or b is not one-dimensional integers, or the length is not positive.

    Notes
    -----
    Cost: O(n log n) plus one operation for each pair that is counted.

    Examples
    --------
    >>> counting_three_sum([5, 7, 9], [4, 5], 4)
    array([1, 1, 1, 1])
    """
    x, y = _elements("a", a), _elements("b", b)
    length = _positive(length)
    x.sort()
    counts = np.zeros(length, dtype=np.int64)
    first, last = np.searchsorted(x, y), np.searchsorted(x, y + length)
    for element, low, high in zip(y.tolist(), first.tolist(), last.tolist(), strict=True):
        np.add.at(counts, x[low:high] - element, 1)
    return counts


def distances_by_three_sum(text: Letters, pattern: Letters) -> NDArray[np.int64]:
    """Hamming distances as an instance of counting 3SUM (HAM-23).

    A = {T_i W + i}, B = {P_j W + j} with W = 2n; the matches at alignment s are the pairs with a - b = s.

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


def three_sum_by_distances(a: ArrayLike, b: ArrayLike, length: int) -> NDArray[np.int64]:
    """Counting 3SUM as Hamming distances of texts of 2 length letters (HAM-24).

    Elements with one remainder modulo ``length`` cannot share a position: the multisets are split into
    layers with one element per remainder, and every pair of layers is one instance.

    Parameters, result and errors are those of `counting_three_sum`.

    Notes
    -----
    Cost: r_a r_b instances of `distances` with n = 2 length, m = length, where r is the largest number of
    elements with one remainder.

    Examples
    --------
    >>> three_sum_by_distances([5, 7, 9], [4, 5], 4)
    array([1, 1, 1, 1])
    """
    x, y = _elements("a", a), _elements("b", b)
    length = _positive(length)
    counts = np.zeros(length, dtype=np.int64)
    nowhere_in_text, nowhere_in_pattern = 0, 1
    quotients = np.unique(np.concatenate([x // length, y // length]))
    for in_x in _layers(x, length):
        for in_y in _layers(y, length):
            text = np.full(2 * length, nowhere_in_pattern, dtype=np.int64)
            pattern = np.full(length, nowhere_in_text, dtype=np.int64)
            remainder = in_x % length
            # A block's letter is 2 plus its rank; the block after it is laid behind under the same letter.
            text[remainder] = 2 + np.searchsorted(quotients, in_x // length)
            before = in_x // length - 1
            rank = np.minimum(np.searchsorted(quotients, before), len(quotients) - 1)
            text[length + remainder] = np.where(quotients[rank] == before, 2 + rank, nowhere_in_pattern)
            pattern[in_y % length] = 2 + np.searchsorted(quotients, in_y // length)
            counts += length - distances(text, pattern)[:length]
    return counts


def _layers(elements: NDArray[np.int64], length: int) -> list[NDArray[np.int64]]:
    """Split so that no two elements of a layer have one remainder."""
    order = np.argsort(elements % length, kind="stable")
    remainder = (elements % length)[order]
    starts = (
        np.flatnonzero(np.concatenate([[True], remainder[1:] != remainder[:-1]])) if len(order) else order
    )
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return [elements[order][rank == layer] for layer in range(int(rank.max()) + 1 if len(rank) else 0)]


def _elements(name: str, elements: ArrayLike) -> NDArray[np.int64]:
    if isinstance(elements, str | bytes | bytearray):
        raise TypeError(f"{name} must be integers (got {type(elements).__name__})")
    values = letter_values(name, elements)
    if len(values) and (int(values.max()) >= 2**62 or int(values.min()) < -(2**62)):
        raise ValueError(f"{name} must be between -2^62 and 2^62 (from {values.min()} to {values.max()})")
    return values.astype(np.int64)


def _positive(length: int) -> int:
    return whole_number("length", length, least=1)
