"""Distances up to k by periodicity: nearly periodic patterns by their breaks, all others by few candidates.

Call p a *near-period* if the pattern, shifted by p over itself, has at most 4k mismatches, its *breaks*. By
the shift inequality, two alignments at distance p <= k with at most 2k mismatches each make p a near-period
(HAM-19).

Without a near-period up to k, alignments of distance at most 2k are more than k apart, so there are few.
Projecting to eight letters never raises a distance, so whatever has more than k mismatches after projecting
is ruled out for certain; a few projections leave O(n/k) candidates, each verified by kangaroo jumps.

With a near-period p, an occurrence makes the text nearly periodic too: around the middle of each piece,
only a stretch with O(k) breaks can hold alignments of distance at most k. There, the second differences of
the matches, 2M(i) - M(i+p) - M(i-p), are the correlation of the places where text and pattern break, O(k)
by O(k) pairs (HAM-20).

Source: the split is that of R. Clifford, A. Fontaine, E. Porat, B. Sach, T. Starikovskaya, The k-mismatch
problem revisited, SODA 2016, arXiv:1508.00731; this is our own reconstruction of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming.approximation.projections import projected_distances
from lemmata.hamming.few_mismatches import kangaroo, suffix_array
from lemmata.hamming.few_mismatches.suffix_array import prepare_extensions
from lemmata.hamming.letters import Codes, Encoded
from lemmata.tracing import Trace, emit

LETTERS = 8
"""Of a projection: more than 2k mismatches become at most k with probability 1/4 at most."""

PER_PAIR = 3
PER_ENTRY = 5
"""Word operations of correlating breaks: per pair, and per break of the text besides."""


@dataclass(frozen=True)
class NearPeriodSearched:
    """The smallest near-period up to k is ``period``, or there is none (0)."""

    k: int
    period: int


@dataclass(frozen=True, eq=False)
class CandidatesLeft:
    """After ``rounds`` projections, the last of which gave code c the image ``images[c]``, the alignments
    that are not ruled out.
    """

    rounds: int
    images: NDArray[np.int32]
    candidates: NDArray[np.int64]


@dataclass(frozen=True)
class StretchCorrelated:
    """In the piece that starts at alignment ``start``, the text from ``first`` up to ``last`` has few enough
    breaks; with those of the pattern they made ``pairs`` of equal letters. There are none where it is shorter
    than the pattern.
    """

    start: int
    first: int
    last: int
    pairs: int


def by_periodicity(
    problem: Encoded, k: int, rng: np.random.Generator, *, costs: Costs | None = None, trace: Trace = None
) -> NDArray[np.int64]:
    """Distances with everything above k reported as k + 1; the random numbers affect only the cost."""
    period = near_period(problem.pattern, k, costs)
    emit(trace, NearPeriodSearched(k, period))
    if period:
        return count_by_breaks(problem, k, period, costs, trace)
    return verify_candidates(problem, k, rng, costs, trace)


def near_period(pattern: Codes, k: int, costs: Costs | None = None) -> int:
    """Smallest p with 1 <= p <= min(k, m - 1) and at most 4k breaks, or 0.

    Kangaroo jumps over the pattern and itself: at most 4k + 1 for each p, after indexing the pattern
    (`search_word_operations`).
    """
    m = len(pattern)
    if min(k, m - 1) < 1:
        return 0
    extensions = prepare_extensions(pattern, costs)
    period, jumps = find_near_period(*extensions, min(k, m - 1), 4 * k)
    if costs is not None:
        # The first jump of every shift begins at 0, which is added to nothing.
        tried = int(period) or min(k, m - 1)
        costs.charge(word_operations=kangaroo.PER_JUMP * int(jumps) - tried)
    return int(period)


def search_word_operations(m: int, k: int) -> int:
    """Word operations of `near_period`, at most (HAM-20)."""
    shifts = min(k, m - 1)
    return suffix_array.index_word_operations(m) + 14 * shifts * (4 * k + 1) if shifts else 0


def _find_near_period_py(
    rank: NDArray[np.int32], minima: NDArray[np.int32], levels: NDArray[np.int32], longest: int, most: int
) -> tuple[int, int]:
    m = len(rank)
    jumps = 0
    for p in range(1, longest + 1):
        j = 0
        breaks = 0
        while j < m - p and breaks <= most:
            jumps += 1
            j += longest_common_extension(rank, minima, levels, j + p, j) + 1
            if j <= m - p:
                breaks += 1
        if breaks <= most:
            return p, jumps
    return 0, jumps


def verify_candidates(
    problem: Encoded,
    k: int,
    rng: np.random.Generator,
    costs: Costs | None = None,
    trace: Trace = None,
) -> NDArray[np.int64]:
    """Rule alignments out by projections, and jump through those that are left."""
    possible = np.ones(problem.alignments, dtype=np.bool_)
    for before in range(projection_rounds(k)):
        images = rng.integers(0, LETTERS, len(problem.alphabet) + 1, dtype=np.int32)
        possible &= projected_distances(problem, images, LETTERS, costs) <= k
        if trace is not None:
            emit(trace, CandidatesLeft(before + 1, images, np.flatnonzero(possible)))
    distances = np.full(problem.alignments, k + 1, dtype=np.int64)
    if costs is not None:
        # Per round: images drawn and looked up; distances compared, and the comparisons joined.
        looked_up = len(problem.alphabet) + 1 + 2 * (problem.n + problem.m) + 2 * problem.alignments
        costs.charge(word_operations=projection_rounds(k) * looked_up + 3 * problem.alignments)
    for start, count in kangaroo.pieces(problem):
        candidates = np.flatnonzero(possible[start : start + count])
        if len(candidates):
            kangaroo.jump_at(problem, k, start, count, candidates, distances, costs, trace)
    return distances


def projection_rounds(k: int) -> int:
    """Projections until alignments of more than 2k mismatches are expected to be as few as the others."""
    return 1 + (k.bit_length() + 1) // 2  # 4^r > k for the first time


def break_word_operations(m: int, k: int) -> int:
    """Word operations of a piece of m alignments with a near-period p <= k, at most (HAM-20)."""
    return 21 * m + 229 * k + 426 * k * k


def periodic_word_operations(n: int, m: int, k: int) -> int:
    """Word operations of `by_periodicity` with a near-period p <= k, at most (HAM-20)."""
    pieces = -(-(n - m + 1) // m)
    once = (n - m + 1) + 3 * m + 100 * k + 3
    return search_word_operations(m, k) + once + pieces * break_word_operations(m, k)


def count_by_breaks(
    problem: Encoded, k: int, period: int, costs: Costs | None = None, trace: Trace = None
) -> NDArray[np.int64]:
    """Distances of a pattern with a near-period, from the places where it and the text break it."""
    m, alignments = problem.m, problem.alignments
    distances = np.full(alignments, k + 1, dtype=np.int64)
    entries = differences(problem.pattern, period)
    breaks = len(entries[0]) // 2 - period
    starts, places, signs = by_letter(*entries, len(problem.alphabet))
    operations = alignments + differences_operations(m, period, len(entries[0]))
    operations += by_letter_operations(len(entries[0]), len(problem.alphabet))
    for start in range(0, alignments, m):
        count = min(m, alignments - start)
        window = problem.text[start : start + count + m - 1]
        # Every alignment of the piece covers the letters count - 1 to m - 1 of the window.
        first, last, looks = stretch_with_few_breaks(window, period, count - 1, m - 1, breaks + 2 * k)
        operations += looks
        if last - first < m:
            if trace is not None:
                emit(trace, StretchCorrelated(start, start + int(first), start + int(last), 0))
            continue
        stretch = window[first:last]
        in_text = differences(stretch, period)
        second = np.zeros(len(stretch) + m + 2 * period, dtype=np.int64)
        pairs = correlate_differences(*in_text, starts, places, signs, m + period, second)
        if trace is not None:
            emit(trace, StretchCorrelated(start, start + int(first), start + int(last), int(pairs)))
        matches = sum_up(second, period)
        found = distances[start + first : start + first + len(stretch) - m + 1]
        cap(matches[m + period :], m, k, found)
        operations += differences_operations(len(stretch), period, len(in_text[0]))
        operations += PER_PAIR * int(pairs) + PER_ENTRY * len(in_text[0])
        operations += 5 * len(second) - 2 * period + 2 * len(found)
    if costs is not None:
        costs.charge(word_operations=operations)
    return distances


def _stretch_with_few_breaks_py(
    window: Codes, period: int, low: int, high: int, most: int
) -> tuple[int, int, int]:
    """Longest stretch around window[low:high + 1] with at most ``most`` breaks on either side of it.

    A break belongs to its left letter: i breaks if window[i] != window[i + period]. Those on the left end at
    ``high`` at the latest, those on the right begin at ``low`` at the earliest. Also returns how many places
    were looked at.
    """
    looks = 0
    first, last = 0, len(window)
    breaks = 0
    for i in range(high - period, -1, -1):
        looks += 1
        if window[i] != window[i + period]:
            breaks += 1
            if breaks > most:
                first = i + 1
                break
    breaks = 0
    for i in range(low, len(window) - period):
        looks += 1
        if window[i] != window[i + period]:
            breaks += 1
            if breaks > most:
                last = i + period
                break
    return first, last, looks


def differences(word: Codes, period: int) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Where [w(x + p) = c] - [w(x) = c] is not 0, for all letters c: places x >= -p, letters and signs.

    Outside of the word there is no letter: the first and last p letters break too.
    """
    most = 2 * len(word)
    places, letters, signs = np.empty(most, np.int64), np.empty(most, np.int32), np.empty(most, np.int64)
    found = find_differences(word, period, places, letters, signs)
    return places[:found], letters[:found], signs[:found]


def _find_differences_py(
    word: Codes,
    period: int,
    places: NDArray[np.int64],
    letters: NDArray[np.int32],
    signs: NDArray[np.int64],
) -> int:
    n = len(word)
    at = 0
    for x in range(-period, n):
        here, there = x >= 0, x + period < n
        if here and there and word[x] == word[x + period]:
            continue
        if there:
            places[at] = x
            letters[at] = word[x + period]
            signs[at] = 1
            at += 1
        if here:
            places[at] = x
            letters[at] = word[x]
            signs[at] = -1
            at += 1
    return at


def differences_operations(length: int, period: int, entries: int) -> int:
    """Word operations of `differences`: a comparison for each place, and what is written."""
    return max(0, length - period) + 3 * entries


def _by_letter_py(
    places: NDArray[np.int64], letters: NDArray[np.int32], signs: NDArray[np.int64], sigma: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Sort by letter, below sigma; the first array says where each letter starts, and the letter sigma."""
    starts = np.zeros(sigma + 3, dtype=np.int64)
    sorted_places, sorted_signs = np.empty(len(places), np.int64), np.empty(len(signs), np.int64)
    for e in range(len(letters)):
        starts[letters[e] + 2] += 1
    for c in range(2, sigma + 2):
        starts[c + 1] += starts[c]
    for e in range(len(letters)):
        c = letters[e] + 1
        at = starts[c]
        sorted_places[at] = places[e]
        sorted_signs[at] = signs[e]
        starts[c] = at + 1
    return starts, sorted_places, sorted_signs


def by_letter_operations(entries: int, sigma: int) -> int:
    """Word operations of `by_letter`."""
    return 2 * sigma + 3 + 7 * entries


def _correlate_differences_py(
    text_places: NDArray[np.int64],
    text_letters: NDArray[np.int32],
    text_signs: NDArray[np.int64],
    starts: NDArray[np.int64],
    places: NDArray[np.int64],
    signs: NDArray[np.int64],
    offset: int,
    second: NDArray[np.int64],
) -> int:
    """Add the product of signs of equal letters to second[alignment + offset]; number of pairs."""
    pairs = 0
    for a in range(len(text_places)):
        letter = text_letters[a]
        place, sign = text_places[a] + offset, text_signs[a]
        for b in range(starts[letter], starts[letter + 1]):
            second[place - places[b]] += sign * signs[b]
            pairs += 1
    return pairs


def _sum_up_py(second: NDArray[np.int64], period: int) -> NDArray[np.int64]:
    """M from C(i) = 2M(i) - M(i+p) - M(i-p), starting from M = 0: M(i+p) = 2M(i) - M(i-p) - C(i)."""
    matches = np.zeros(len(second) + period, dtype=np.int64)  # M(i) at i + p
    for i in range(len(second) - period):
        matches[i + 2 * period] = 2 * matches[i + period] - matches[i] - second[i]
    return matches[period:]


def _cap_py(matches: NDArray[np.int64], m: int, k: int, distances: NDArray[np.int64]) -> None:
    for i in range(len(distances)):
        distances[i] = min(m - matches[i], k + 1)


longest_common_extension = suffix_array.longest_common_extension
find_near_period = njit(_find_near_period_py, steps=lambda *args: 4 * args[3] * (args[4] + 1))
stretch_with_few_breaks = njit(_stretch_with_few_breaks_py, steps=lambda window, *_: 2 * len(window))
find_differences = njit(_find_differences_py, steps=lambda word, period, *_: len(word) + period)
by_letter = njit(_by_letter_py, steps=lambda places, *rest: 2 * len(places) + rest[2])
correlate_differences = njit(_correlate_differences_py, steps=lambda x, *rest: len(x) * len(rest[3]))
sum_up = njit(_sum_up_py, steps=lambda second, _: len(second))
cap = njit(_cap_py, steps=lambda *arguments: len(arguments[3]))
