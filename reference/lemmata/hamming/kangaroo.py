"""Distances up to k by jumps over equal stretches, after Landau and Vishkin.

Idea: from one mismatch, the next one is where the text's and the pattern's suffixes stop agreeing: a
longest common extension, found in constant time. After k + 1 jumps the distance exceeds k and the alignment
is given up (HAM-18).

The text is cut in pieces of at most 2m letters, each indexed together with the pattern, so that memory is
O(m log m).

Source: G. M. Landau, U. Vishkin, Efficient string matching with k mismatches, Theoretical Computer Science
43, 1986.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming import suffix_array
from lemmata.hamming.letters import Encoded
from lemmata.hamming.suffix_array import Extensions, prepare_extensions

PER_JUMP = 12
"""Word operations of a jump: two ranks, a power of two below their distance, two minima, and the count."""


def kangaroo(problem: Encoded, k: int, *, costs: Costs | None = None) -> NDArray[np.int64]:
    """Distances with everything above k reported as k + 1; shape (n - m + 1,).

    At most (k + 1)(n - m + 1) jumps, charged as 12 word operations each, after O(n log m) for the indices,
    charged as `index_word_operations` says (HAM-18).
    """
    distances = np.empty(problem.alignments, dtype=np.int64)
    for start, count in pieces(problem):
        extensions = index_piece(problem, start, count, costs)
        alignments = np.arange(count, dtype=np.int64)
        jumps = jump(
            extensions.rank, extensions.minima, problem.m, k, alignments, distances[start : start + count]
        )
        if costs is not None:
            costs.charge(word_operations=PER_JUMP * int(jumps))
    return distances


def pieces(problem: Encoded) -> Iterator[tuple[int, int]]:
    """First alignment and number of alignments, m at most, of every piece."""
    for start in range(0, problem.alignments, problem.m):
        yield start, min(problem.m, problem.alignments - start)


def index_piece(problem: Encoded, start: int, count: int, costs: Costs | None) -> Extensions:
    """Index of the pattern, a letter that occurs nowhere else, and the text of a piece's alignments."""
    separator = np.array([len(problem.alphabet) + 1], dtype=np.int32)
    window = problem.text[start : start + count + problem.m - 1]
    word = np.concatenate([problem.pattern, separator, window])
    if costs is not None:
        costs.charge(word_operations=index_word_operations(len(word)))
    return prepare_extensions(word)


def index_word_operations(length: int) -> int:
    """Word operations of indexing a word, at most: 14 per letter and doubling, 12 for prefixes, 3 a level."""
    levels = max(1, length.bit_length())
    return length * (14 * (levels + 1) + 12 + 3 * levels)


def _jump_py(
    rank: NDArray[np.int32],
    minima: NDArray[np.int32],
    m: int,
    k: int,
    alignments: NDArray[np.int64],
    distances: NDArray[np.int64],
) -> int:
    """Distances at the given alignments of a piece, and the number of jumps."""
    jumps = 0
    for a in range(len(alignments)):
        i = m + 1 + alignments[a]
        j = 0
        mismatches = 0
        while j < m and mismatches <= k:
            jumps += 1
            j += longest_common_extension(rank, minima, i + j, j)
            if j < m:
                mismatches += 1
                j += 1
        distances[alignments[a]] = mismatches
    return jumps


# The kernel calls it by this name, so it is compiled before.
longest_common_extension = suffix_array.longest_common_extension
jump = njit(_jump_py)
