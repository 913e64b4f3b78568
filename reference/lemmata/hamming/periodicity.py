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

from math import ceil, log

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming import kangaroo, suffix_array
from lemmata.hamming.karloff import projected_distances
from lemmata.hamming.letters import Codes, Encoded
from lemmata.hamming.suffix_array import prepare_extensions

LETTERS = 8
"""Of a projection: more than 2k mismatches become at most k with probability 1/4 at most."""


def by_periodicity(
    problem: Encoded, k: int, rng: np.random.Generator, *, costs: Costs | None = None
) -> NDArray[np.int64]:
    """Distances with everything above k reported as k + 1; the random numbers affect only the cost."""
    period = near_period(problem.pattern, k, costs)
    if period:
        return count_by_breaks(problem, k, period, costs)
    return verify_candidates(problem, k, rng, costs)


def near_period(pattern: Codes, k: int, costs: Costs | None = None) -> int:
    """Smallest p with 1 <= p <= min(k, m - 1) and at most 4k breaks, or 0.

    Kangaroo jumps over the pattern and itself: at most 4k + 1 for each p.
    """
    m = len(pattern)
    if min(k, m - 1) < 1:
        return 0
    extensions = prepare_extensions(pattern)
    period, jumps = find_near_period(extensions.rank, extensions.minima, min(k, m - 1), 4 * k)
    if costs is not None:
        costs.charge(word_operations=kangaroo.index_word_operations(m) + kangaroo.PER_JUMP * int(jumps))
    return int(period)


def _find_near_period_py(
    rank: NDArray[np.int32], minima: NDArray[np.int32], longest: int, most: int
) -> tuple[int, int]:
    m = len(rank)
    jumps = 0
    for p in range(1, longest + 1):
        j = 0
        breaks = 0
        while j + p < m and breaks <= most:
            jumps += 1
            j += longest_common_extension(rank, minima, j, j + p)
            if j + p < m:
                breaks += 1
                j += 1
        if breaks <= most:
            return p, jumps
    return 0, jumps


def verify_candidates(
    problem: Encoded, k: int, rng: np.random.Generator, costs: Costs | None = None
) -> NDArray[np.int64]:
    """Rule alignments out by projections, and jump through those that are left."""
    possible = np.ones(problem.alignments, dtype=np.bool_)
    for _ in range(projection_rounds(k)):
        images = rng.integers(0, LETTERS, len(problem.alphabet) + 1, dtype=np.int32)
        possible &= projected_distances(problem, images, LETTERS) <= k
    distances = np.full(problem.alignments, k + 1, dtype=np.int64)
    for start, count in kangaroo.pieces(problem):
        candidates = np.flatnonzero(possible[start : start + count])
        if not len(candidates):
            continue
        extensions = kangaroo.index_piece(problem, start, count, costs)
        jumps = kangaroo.jump(
            extensions.rank, extensions.minima, problem.m, k, candidates, distances[start : start + count]
        )
        if costs is not None:
            costs.charge(word_operations=kangaroo.PER_JUMP * int(jumps))
    return distances


def projection_rounds(k: int) -> int:
    """Projections until alignments of more than 2k mismatches are expected to be as few as the others."""
    return 1 + ceil(log(k + 1, 4))


def break_word_operations(m: int, k: int) -> int:
    """Word operations of a piece of m alignments with a near-period p <= k, at most (HAM-20)."""
    return 24 * m + 8 * k + 6 * 260 * k * k


def count_by_breaks(problem: Encoded, k: int, period: int, costs: Costs | None = None) -> NDArray[np.int64]:
    """Distances of a pattern with a near-period, from the places where it and the text break it."""
    m = problem.m
    distances = np.full(problem.alignments, k + 1, dtype=np.int64)
    places, letters, signs = differences(problem.pattern, period)
    by_letter = np.argsort(letters, kind="stable")
    places, letters, signs = places[by_letter], letters[by_letter], signs[by_letter]
    breaks = int(np.count_nonzero(problem.pattern[period:] != problem.pattern[:-period]))
    most = breaks + 2 * k
    for start in range(0, problem.alignments, m):
        count = min(m, problem.alignments - start)
        window = problem.text[start : start + count + m - 1]
        # Every alignment of the piece covers the letters count - 1 to m - 1 of the window.
        first, last = stretch_with_few_breaks(window, period, count - 1, m - 1, most)
        if last - first < m:
            continue
        stretch = window[first:last]
        in_text = differences(stretch, period)
        second = np.zeros(len(stretch) + m + 2 * period, dtype=np.int64)
        pairs = correlate_differences(*in_text, places, letters, signs, m + period, second)
        matches = sum_up(second, period)[m + period : m + period + len(stretch) - m + 1]
        found = np.minimum(m - matches, k + 1)
        distances[start + first : start + first + len(found)] = found
        if costs is not None:
            costs.charge(word_operations=6 * len(window) + 4 * len(second) + 6 * int(pairs))
    return distances


def stretch_with_few_breaks(window: Codes, period: int, low: int, high: int, most: int) -> tuple[int, int]:
    """Longest stretch around window[low:high + 1] with at most ``most`` breaks on either side of ``high``.

    A break belongs to its left letter: i breaks if window[i] != window[i + period].
    """
    breaks = np.flatnonzero(window[period:] != window[:-period]) if len(window) > period else np.empty(0, int)
    left = breaks[breaks + period <= high]
    right = breaks[breaks >= low]
    first = int(left[-most - 1]) + 1 if len(left) > most else 0
    last = int(right[most]) + period if len(right) > most else len(window)
    return first, last


def differences(word: Codes, period: int) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Where [w(x + p) = c] - [w(x) = c] is not 0, for all letters c: places x >= -p, letters and signs.

    Outside of the word there is no letter: the first and last p letters break too.
    """
    n = len(word)
    before, inside, after = (
        np.arange(-period, 0),
        np.arange(max(0, n - period)),
        np.arange(max(0, n - period), n),
    )
    if n < period:
        before = np.arange(-period, n - period)
    broken = inside[word[period:] != word[: n - period]] if n > period else inside
    places = np.concatenate([before, broken, broken, after])
    letters = np.concatenate([word[before + period], word[broken + period], word[broken], word[after]])
    signs = np.repeat([1, 1, -1, -1], [len(before), len(broken), len(broken), len(after)])
    return places.astype(np.int64), letters.astype(np.int32), signs.astype(np.int64)


def _correlate_differences_py(
    text_places: NDArray[np.int64],
    text_letters: NDArray[np.int32],
    text_signs: NDArray[np.int64],
    places: NDArray[np.int64],
    letters: NDArray[np.int32],
    signs: NDArray[np.int64],
    offset: int,
    second: NDArray[np.int64],
) -> int:
    """Add the product of signs of equal letters to second[alignment + offset]; number of pairs.

    The pattern's are sorted by letter.
    """
    pairs = 0
    for a in range(len(text_places)):
        letter = text_letters[a]
        b = np.searchsorted(letters, letter)
        while b < len(letters) and letters[b] == letter:
            alignment = text_places[a] - places[b] + offset
            if 0 <= alignment < len(second):
                second[alignment] += text_signs[a] * signs[b]
            pairs += 1
            b += 1
    return pairs


def _sum_up_py(second: NDArray[np.int64], period: int) -> NDArray[np.int64]:
    """M from C(i) = 2M(i) - M(i+p) - M(i-p), starting from M = 0: M(i+p) = 2M(i) - M(i-p) - C(i)."""
    matches = np.zeros(len(second), dtype=np.int64)
    for i in range(len(second) - period):
        earlier = matches[i - period] if i >= period else 0
        matches[i + period] = 2 * matches[i] - earlier - second[i]
    return matches


longest_common_extension = suffix_array.longest_common_extension
find_near_period = njit(_find_near_period_py)
correlate_differences = njit(_correlate_differences_py)
sum_up = njit(_sum_up_py)
