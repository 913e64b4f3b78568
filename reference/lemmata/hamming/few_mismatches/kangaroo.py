"""Distances up to k by jumps over equal stretches, after Landau and Vishkin.

Idea: from one mismatch, the next one is where the text's and the pattern's suffixes stop agreeing: a
longest common extension, found in constant time. After k + 1 jumps the distance exceeds k and the alignment
is given up (HAM-18).

The text is cut in pieces of at most 2m letters, each indexed together with the pattern, so that memory is
O(m log m).

Source: G. M. Landau, U. Vishkin, Efficient string matching with k mismatches, Theoretical Computer Science
43, 1986.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming.few_mismatches import suffix_array
from lemmata.hamming.few_mismatches.suffix_array import index_word_operations, prepare_extensions
from lemmata.hamming.letters import Codes, Encoded
from lemmata.tracing import Trace, emit

PER_JUMP = 14
PER_ALIGNMENT = 4
"""Word operations of a jump, 9 of which are the extension's, and of an alignment besides its jumps."""


@dataclass(frozen=True)
class PieceJumped:
    """So many ``alignments`` of the piece that starts at alignment ``start`` took ``jumps`` jumps."""

    start: int
    alignments: int
    jumps: int


def kangaroo(
    problem: Encoded, k: int, *, costs: Costs | None = None, trace: Trace = None
) -> NDArray[np.int64]:
    """Distances with everything above k reported as k + 1; shape (n - m + 1,).

    At most (k + 1)(n - m + 1) jumps of 14 word operations each, after O(n log m) for the indices (HAM-18).
    """
    distances = np.empty(problem.alignments, dtype=np.int64)
    for start, count in pieces(problem):
        jump_at(problem, k, start, count, listed(count), distances, costs, trace)
    return distances


def listed(count: int) -> NDArray[np.int64]:
    """Alignments 0, 1, ... of a piece: a list like one of candidates, and charged as such."""
    return np.arange(count, dtype=np.int64)


def jump_at(
    problem: Encoded,
    k: int,
    start: int,
    count: int,
    alignments: NDArray[np.int64],
    distances: NDArray[np.int64],
    costs: Costs | None,
    trace: Trace = None,
) -> None:
    """Index a piece and fill in the distances at the given ones of its alignments, counted from its start."""
    word = piece_word(problem, start, count)
    extensions = prepare_extensions(word, costs)
    jumps = jump(*extensions, problem.m, k, alignments, distances[start : start + count])
    if costs is not None:
        jumping = PER_JUMP * int(jumps) + PER_ALIGNMENT * len(alignments)
        costs.charge(word_operations=len(word) + jumping)
    if trace is not None:
        emit(trace, PieceJumped(start, len(alignments), int(jumps)))


def kangaroo_word_operations(n: int, m: int, k: int) -> int:
    """Word operations of `kangaroo`, at most (HAM-18)."""
    alignments = n - m + 1
    full, rest = divmod(alignments, m)
    indexing = full * piece_word_operations(3 * m) + (piece_word_operations(rest + 2 * m) if rest else 0)
    return indexing + alignments * (PER_JUMP * (k + 1) + PER_ALIGNMENT)


def piece_word_operations(length: int) -> int:
    """Word operations of putting together and indexing a word of that length, at most."""
    return length + index_word_operations(length)


def pieces(problem: Encoded) -> Iterator[tuple[int, int]]:
    """First alignment and number of alignments, m at most, of every piece."""
    for start in range(0, problem.alignments, problem.m):
        yield start, min(problem.m, problem.alignments - start)


def piece_word(problem: Encoded, start: int, count: int) -> Codes:
    """The pattern, a letter that occurs nowhere else, and the text of a piece's alignments."""
    m = problem.m
    word = np.empty(2 * m + count, dtype=np.int32)
    word[:m] = problem.pattern
    word[m] = len(problem.alphabet) + 1
    word[m + 1 :] = problem.text[start : start + count + m - 1]
    return word


def _jump_py(
    rank: NDArray[np.int32],
    minima: NDArray[np.int32],
    levels: NDArray[np.int32],
    m: int,
    k: int,
    alignments: NDArray[np.int64],
    distances: NDArray[np.int64],
) -> int:
    """Distances at the given alignments of a piece, and the number of jumps.

    The letter after the pattern occurs nowhere else, so that no extension leaves the pattern.
    """
    jumps = 0
    for a in range(len(alignments)):
        at = alignments[a]
        start = at + (m + 1)
        j = 0
        mismatches = 0
        while j < m and mismatches <= k:
            jumps += 1
            j += longest_common_extension(rank, minima, levels, start + j, j) + 1
            if j <= m:
                mismatches += 1
        distances[at] = mismatches
    return jumps


# The kernel calls it by this name, so it is compiled before.
longest_common_extension = suffix_array.longest_common_extension
jump = njit(_jump_py, steps=lambda *arguments: len(arguments[5]) * 3 * (min(arguments[4], arguments[3]) + 1))
