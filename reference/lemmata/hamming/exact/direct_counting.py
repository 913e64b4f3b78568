"""Matches counted pair by pair: every letter of the text meets the run of its equals in the pattern (HAM-9).

A counting sort lists the pattern's positions letter by letter. A pair (i, j) of equal letters is a match at
alignment i - j. Alignments from -(m - 1) to n - 1 get a count, so that no pair has to be asked whether it
belongs to one at which the whole pattern lies over the text; the others are dropped at the end.
"""

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.hamming.letters import Codes, Encoded

PER_PAIR = 2
"""Word operations of a pair: its alignment, and one more match there."""


def direct_word_operations(n: int, m: int, letters: int, frequent: int, pairs: int) -> int:
    """Word operations of `count_equal_pairs`, exactly.

    Two per pair. Per letter of the text three, to find its run. Per letter of the pattern two to count it and
    four to place it. For ``letters`` in the alphabet the runs' beginnings are filled with zeros, added up and
    copied, and those of the ``frequent`` ones emptied. The counts of n + m - 1 alignments begin as zeros.
    """
    return PER_PAIR * pairs + 3 * n + 6 * m + 3 * letters + 2 + frequent + n + m - 1


def ranked(problem: Encoded, order: NDArray[np.intp]) -> Encoded:
    """The same problem with codes by the given order of the old ones."""
    sigma = len(order)
    if (order == np.arange(sigma)).all():
        return problem
    rank = np.empty(sigma + 1, dtype=np.int32)
    rank[order] = np.arange(sigma, dtype=np.int32)
    rank[sigma] = sigma
    alphabet = tuple(problem.alphabet[code] for code in order.tolist())
    return Encoded(rank[problem.text], rank[problem.pattern], alphabet)


def _count_equal_pairs_py(text: Codes, pattern: Codes, first: int, sigma: int) -> NDArray[np.int64]:
    """Matches in the letters first, ..., sigma - 1; entry i + m - 1 is for alignment i, -m < i < n."""
    n, m = len(text), len(pattern)
    # Counting sort: the places of letter c are places[begin[c]:end[c]], the last place of the pattern as 0.
    begin = np.zeros(sigma + 1, dtype=np.int64)
    for j in range(m):
        begin[pattern[j] + 1] += 1
    for c in range(sigma):
        begin[c + 1] += begin[c]
    end = begin.copy()
    places = np.empty(m, dtype=np.int64)
    for j in range(m):
        c = pattern[j]
        at = end[c]
        places[at] = m - 1 - j
        end[c] = at + 1
    for c in range(first):
        end[c] = begin[c]
    matches = np.zeros(n + m - 1, dtype=np.int64)
    for i in range(n):
        c = text[i]
        for k in range(begin[c], end[c]):
            matches[i + places[k]] += 1
    return matches


count_equal_pairs = njit(_count_equal_pairs_py, steps=lambda text, pattern, *_: len(text) * len(pattern))
