"""Matches counted pair by pair: every letter of the text meets the run of its equals in the pattern (HAM-9).

A counting sort lists the pattern's positions letter by letter. A pair (i, j) of equal letters is a match at
alignment i - j. Alignments from -(m - 1) to n - 1 get a count, so that no pair has to be asked whether it
belongs to one at which the whole pattern lies over the text; the others are dropped at the end.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.hamming.letters import Codes, Encoded

Counts = NDArray[np.int64]

PER_PAIR = 2
"""Word operations of a pair: its alignment, and one more match there."""


def direct_word_operations(n: int, m: int, letters: int, frequent: int, pairs: int) -> int:
    """Word operations of `count_equal_pairs`, exactly.

    Two per pair. Per letter of the text three, to find its run. The pattern is indexed, and the runs of the
    ``frequent`` letters are emptied. The counts of n + m - 1 alignments begin as zeros.
    """
    return PER_PAIR * pairs + 3 * n + index_operations(m, letters) + frequent + n + m - 1


def index_operations(m: int, letters: int) -> int:
    """Word operations of `index_pattern`, exactly.

    Per letter of the pattern two to count it and four to place it. For ``letters`` in the alphabet the runs'
    beginnings are filled with zeros, added up and copied.
    """
    return 6 * m + 3 * letters + 3


class PatternIndex(NamedTuple):
    """m - 1 - j for the places j of letter c in the pattern: positions[begin[c]:ends[c]].

    One run more, which is empty, is that of all letters that the pattern does not have.
    """

    begin: Counts
    ends: Counts
    positions: Counts


class ByFrequency(NamedTuple):
    """Codes by falling frequency in the pattern, and their occurrences there, in that order.

    ``pairs_left[k]`` are the equal pairs in all but the k most frequent letters.
    """

    order: NDArray[np.intp]
    occurrences: NDArray[np.intp]
    pairs_left: NDArray[np.intp]


def by_frequency(problem: Encoded) -> ByFrequency:
    """The letters by falling frequency in the pattern; in the order of their codes, if equally frequent."""
    sigma = len(problem.alphabet)
    in_pattern = np.bincount(problem.pattern, minlength=sigma)
    in_text = np.bincount(problem.text, minlength=sigma + 1)[:sigma]
    order = np.argsort(-in_pattern, kind="stable")
    pairs_left = np.append(np.cumsum((in_pattern * in_text)[order][::-1])[::-1], 0)
    return ByFrequency(order, in_pattern[order], pairs_left)


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


def _index_pattern_py(pattern: Codes, sigma: int) -> tuple[Counts, Counts, Counts]:
    """The places of every letter, by counting sort, from the pattern's last place."""
    m = len(pattern)
    begin = np.zeros(sigma + 2, dtype=np.int64)
    for j in range(m):
        begin[pattern[j] + 2] += 1
    for c in range(sigma):
        begin[c + 2] += begin[c + 1]
    positions = np.empty(m, dtype=np.int64)
    for j in range(m):
        letter = pattern[j] + 1
        at = begin[letter]
        positions[at] = m - 1 - j
        begin[letter] = at + 1
    ends = np.empty(sigma + 1, dtype=np.int64)
    for c in range(sigma + 1):
        ends[c] = begin[c + 1]
    return begin[: sigma + 1], ends, positions


def _end_run_py(ends: Counts, begin: Counts, letter: int, other: int) -> None:
    """Let the letter's run end where that of the other letter begins."""
    ends[letter] = begin[other]


def _count_pairs_py(text: Codes, begin: Counts, ends: Counts, positions: Counts) -> Counts:
    """One increment per equal pair in the letters whose run is not empty.

    The pair of place i in the text and place j in the pattern is counted at i + m - 1 - j.
    """
    sums = np.zeros(len(text) + len(positions) - 1, dtype=np.int64)
    for i in range(len(text)):
        letter = text[i]
        for k in range(begin[letter], ends[letter]):
            sums[i + positions[k]] += 1
    return sums


def _count_equal_pairs_py(text: Codes, pattern: Codes, first: int, sigma: int) -> Counts:
    """Matches in the letters first, ..., sigma - 1; entry i + m - 1 is for alignment i, -m < i < n."""
    begin, ends, positions = index_pattern(pattern, sigma)
    for letter in range(first):
        end_run(ends, begin, letter, letter)
    return count_pairs(text, begin, ends, positions)


index_pattern = njit(_index_pattern_py, steps=lambda pattern, sigma: len(pattern) + sigma)
end_run = njit(_end_run_py, steps=lambda *_: 1)
count_pairs = njit(_count_pairs_py, steps=lambda text, *index: len(text) * len(index[2]))
count_equal_pairs = njit(_count_equal_pairs_py, steps=lambda text, pattern, *_: len(text) * len(pattern))
