"""The definition again, arranged for vector instructions: shift, compare, add.

Idea: for one letter of the pattern, T[i+j] != P[j] for a run of alignments i is a comparison of contiguous
memory with one constant. Letters are narrowed to one byte, and counts kept in bytes, emptied before
they reach 256, so one instruction handles 32 to 64 alignments. The number of comparisons is still
m(n-m+1); up to patterns of hundreds of letters nothing beats it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming.exact.direct_counting import (
    by_frequency,
    count_equal_pairs,
    direct_word_operations,
    ranked,
)
from lemmata.hamming.letters import Encoded, Letters, encode
from lemmata.options import refuse_observers

_RUN = 2048  # alignments whose byte counts stay in the first-level cache
_FULL = 252  # letters between two emptyings of the byte counts: below 256, a multiple of 4

FREQUENT = 254
"""Letters that a byte holds, beside a code for other letters of the text and one for the pattern's.

The pattern's other letters are counted pair by pair. Each has at most m/255 places in the pattern, so that a
letter of the text makes at most that many pairs. They take as long as some 170 comparisons of bytes each:
less than what m comparisons of two bytes would take more.
"""


def brute_force(text: Letters, pattern: Letters, *, costs: Costs | None = None) -> NDArray[np.int64]:
    """Hamming distance of the pattern to the text at every alignment, by vectorised comparison.

    Parameters
    ----------
    text, pattern : str, bytes, bytearray or array_like of int, shapes (n,) and (m,)
        Any integer type; both `str` or neither. 1 <= m <= n.
    costs : Costs, optional
        Charged two word operations (compare, add) per pair of letters, one by one, and what is around them.

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)

    Raises
    ------
    TypeError, ValueError
        As `lemmata.hamming.distances`.

    Notes
    -----
    Cost: 2m(n-m+1) word operations for comparing, and at most (2 ceil(m/252) + 1)(n-m+1) + n + m for counts
    in bytes, if the pattern has at most 254 letters; exact by definition (HAM-6).

    Examples
    --------
    >>> brute_force("abracadabra", "abr")
    array([0, 3, 3, 2, 3, 2, 3, 0, 3])
    """
    refuse_observers(costs=costs)
    return compare_all(encode(text, pattern), costs=costs)


def compare_all(problem: Encoded, *, costs: Costs | None = None) -> NDArray[np.int64]:
    """`brute_force` on codes, in bytes."""
    if len(problem.alphabet) > FREQUENT:
        return _compare_frequent(problem, costs)
    distances = np.zeros(problem.alignments, dtype=np.int64)
    compare(problem.text.astype(np.uint8), problem.pattern.astype(np.uint8), distances)
    if costs is not None:
        costs.charge(word_operations=brute_force_word_operations(problem.n, problem.m))
    return distances


def brute_force_word_operations(n: int, m: int) -> int:
    """Word operations of comparing everything, exactly.

    A comparison and an addition for every pair; for every alignment its count begins at zero, and is emptied
    and added after every 252 letters of the pattern; text and pattern are copied.
    """
    return (n - m + 1) * (2 * m + 2 * -(-m // _FULL) + 1) + n + m


def _compare_frequent(problem: Encoded, costs: Costs | None) -> NDArray[np.int64]:
    """Compare the frequent letters as bytes, every other place as a mismatch, and take its matches off."""
    n, m, sigma = problem.n, problem.m, len(problem.alphabet)
    letters = by_frequency(problem)
    distances, matches = compare_split(ranked(problem, letters.order))
    distances -= matches
    if costs is not None:
        direct = direct_word_operations(n, m, sigma, FREQUENT, int(letters.pairs_left[FREQUENT]))
        costs.charge(
            word_operations=brute_force_word_operations(n, m) + direct + n + 2 * m + problem.alignments
        )
    return distances


def compare_split(problem: Encoded) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Distances with every place of a rare letter as a mismatch, and the matches in those letters.

    Codes are ranks by frequency; those below 254 are frequent.
    """
    n, m = problem.n, problem.m
    distances = np.zeros(n - m + 1, dtype=np.int64)
    few = np.minimum(problem.text, FREQUENT)
    short = np.where(problem.pattern < FREQUENT, problem.pattern, FREQUENT + 1)
    compare(few.astype(np.uint8), short.astype(np.uint8), distances)
    return distances, count_equal_pairs(problem.text, problem.pattern, FREQUENT, len(problem.alphabet))[
        m - 1 : n
    ]


def _compare_py(text: NDArray[np.uint8], pattern: NDArray[np.uint8], distances: NDArray[np.int64]) -> None:
    """Add the mismatches of four letters of the pattern at a time, run by run of alignments."""
    m, alignments = len(pattern), len(distances)
    counts = np.empty(_RUN, dtype=np.uint8)
    for start in range(0, alignments, _RUN):
        run = min(_RUN, alignments - start)
        j = 0
        while j < m:
            stop = min(m, j + _FULL)
            counts[:run] = 0
            while j + 4 <= stop:
                a, b, c, d = pattern[j], pattern[j + 1], pattern[j + 2], pattern[j + 3]
                window = text[start + j : start + j + run + 3]
                for i in range(run):
                    counts[i] += (
                        np.uint8(window[i] != a)
                        + np.uint8(window[i + 1] != b)
                        + np.uint8(window[i + 2] != c)
                        + np.uint8(window[i + 3] != d)
                    )
                j += 4
            while j < stop:
                letter = pattern[j]
                window = text[start + j : start + j + run]
                for i in range(run):
                    counts[i] += np.uint8(window[i] != letter)
                j += 1
            for i in range(run):
                distances[start + i] += counts[i]


compare = njit(_compare_py, steps=lambda _, pattern, distances: len(pattern) * len(distances))
