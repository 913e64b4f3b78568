"""Distances in O(n sqrt(m log m)): correlations for frequent letters, counting for the rest.

Idea: fewer than m/t letters occur more than t times in the pattern; correlate those, one transform each.
Every other letter of the text meets at most t equal letters in the pattern: add each such pair to the
alignment it belongs to, at most n t additions. The threshold t that balances both gives
O(n sqrt(m log m)) (HAM-3).

Source: K. Abrahamson, Generalized string matching, SIAM Journal on Computing 16(6), 1987; S. R. Kosaraju,
Efficient string matching (manuscript), 1987.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.hamming.correlations.blocks import correlation_word_operations, plan_blocks
from lemmata.hamming.correlations.correlation import TRANSFORMS, Transform, count_matches
from lemmata.hamming.exact.direct_counting import (
    by_frequency,
    count_equal_pairs,
    direct_word_operations,
    ranked,
)
from lemmata.hamming.exact.fischer_paterson import letter_correlated
from lemmata.hamming.letters import Encoded, Letters, encode
from lemmata.options import one_of, refuse_observers, whole_number
from lemmata.tracing import Trace, emit


@dataclass(frozen=True)
class ThresholdChosen:
    """Letters with more than ``threshold`` occurrences in the pattern are ``frequent``.

    ``pairs`` is the number of equal pairs (i, j) that direct counting will visit.
    """

    threshold: int
    frequent: tuple[Any, ...]
    infrequent: tuple[Any, ...]
    pairs: int


@dataclass(frozen=True)
class EqualPair:
    """Place ``i`` of the text and place ``j`` of the pattern have this letter: a match at ``alignment``.

    Alignments below 0 or above n - m are counted with the others, and dropped at the end.
    """

    letter: Any
    i: int
    j: int

    @property
    def alignment(self) -> int:
        """Where the pattern begins."""
        return self.i - self.j


@dataclass(frozen=True, eq=False)
class PairsCounted:
    """Direct counting is done: ``matches[i]`` counts matches in infrequent letters at alignment i.

    ``problem`` has the words as codes by falling frequency, of which the first ``frequent`` were not counted.
    """

    matches: NDArray[np.int64]
    problem: Encoded
    frequent: int

    def pairs(self) -> Iterator[EqualPair]:
        """The pairs one by one, as they were counted: along the text, and for each letter the pattern."""
        places: dict[int, list[int]] = {}
        for j, code in enumerate(self.problem.pattern.tolist()):
            if code >= self.frequent:
                places.setdefault(code, []).append(j)
        for i, code in enumerate(self.problem.text.tolist()):
            for j in places.get(code, ()):
                yield EqualPair(self.problem.alphabet[code], i, j)


def abrahamson(
    text: Letters,
    pattern: Letters,
    *,
    threshold: int | None = None,
    transform: Transform = "auto",
    trace: Trace = None,
    costs: Costs | None = None,
) -> NDArray[np.int64]:
    """Hamming distance of the pattern to the text at every alignment, in O(n sqrt(m log m)).

    Parameters
    ----------
    text, pattern : str, bytes, bytearray or array_like of int, shapes (n,) and (m,)
        Any integer type; both `str` or neither. 1 <= m <= n.
    threshold : int, optional
        Letters that occur more often in the pattern are correlated, the others counted directly. By default
        the threshold with the fewest word operations for this input. At 0 this is `per_letter_fft`, at m
        `sort_merge`.
    transform : {"auto", "float", "ntt"}
        As `per_letter_fft`.
    trace : list or callable, optional
        Receives a `ThresholdChosen`, a `LetterCorrelated` for every frequent letter and a `PairsCounted`,
        whose pairs can be followed one by one. For this, every letter is correlated by itself besides, which
        is not charged.
    costs : Costs, optional
        Charged with the word operations of both parts.

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)

    Raises
    ------
    TypeError, ValueError
        As `per_letter_fft`; for a threshold that is no integer or negative.

    Notes
    -----
    Cost: at most sqrt(8 n m F) + F + 5n + 12m word operations with F = (n + 7m)(4.8 log2(4m) + 12.5),
    whatever the letters (HAM-3).

    Examples
    --------
    >>> abrahamson("abracadabra", "abr")
    array([0, 3, 3, 2, 3, 2, 3, 0, 3])
    """
    refuse_observers(trace, costs)
    one_of("transform", transform, TRANSFORMS)
    if threshold is not None:
        threshold = whole_number("threshold", threshold, minimum=0)
    problem = encode(text, pattern)
    split = split_letters(problem, threshold)
    return count_by_split(problem, split, transform=transform, trace=trace, costs=costs)


def count_by_split(
    problem: Encoded,
    split: Split,
    *,
    transform: Transform = "auto",
    trace: Trace = None,
    costs: Costs | None = None,
) -> NDArray[np.int64]:
    """`abrahamson` on codes, with the letters already split.

    From here on, codes are ranks by frequency: the frequent letters are 0, 1, ..., frequent - 1.
    """
    ranked_problem = ranked(problem, split.order)
    frequent = split.frequent
    emit(
        trace,
        ThresholdChosen(
            split.threshold,
            ranked_problem.alphabet[:frequent],
            ranked_problem.alphabet[frequent:],
            split.pairs,
        ),
    )
    n, m, sigma = problem.n, problem.m, len(ranked_problem.alphabet)
    correlated: NDArray[np.int64] | None = None
    if frequent:
        correlated = count_matches(ranked_problem, range(frequent), transform=transform, costs=costs)
        if trace is not None:  # who watches gets every letter by itself, besides
            for letter in range(frequent):
                emit(trace, letter_correlated(ranked_problem, letter, transform))
        if frequent == sigma:
            if trace is not None:
                emit(trace, PairsCounted(np.zeros(n - m + 1, dtype=np.int64), ranked_problem, frequent))
            _charge(costs, n - m + 1)
            return np.subtract(m, correlated, out=correlated)  # in place: new arrays of this size are dear
    counted = count_equal_pairs(ranked_problem.text, ranked_problem.pattern, frequent, sigma)[m - 1 : n]
    if trace is not None:
        emit(trace, PairsCounted(counted.copy(), ranked_problem, frequent))
    _charge(costs, direct_word_operations(n, m, sigma, frequent, split.pairs))
    if correlated is None:
        _charge(costs, n - m + 1)
        return np.asarray(m - counted)
    correlated += counted
    _charge(costs, 2 * (n - m + 1))
    return np.subtract(m, correlated, out=correlated)


def _charge(costs: Costs | None, operations: int) -> None:
    if costs is not None:
        costs.charge(word_operations=operations)


@dataclass(frozen=True)
class Split:
    """Letters by falling frequency in the pattern; the first ``frequent`` of ``order`` get transforms."""

    order: NDArray[np.intp]
    frequent: int
    threshold: int
    pairs: int


def split_letters(problem: Encoded, threshold: int | None = None) -> Split:
    """Split the letters at the given threshold, or at the one whose counted cost is least."""
    sigma = len(problem.alphabet)
    order, occurrences, pairs_left = by_frequency(problem)
    # A threshold cannot part letters with equally many occurrences: cuts lie where the count falls.
    cuts = [0, *(np.flatnonzero(np.diff(occurrences)) + 1).tolist(), sigma]
    if threshold is None:
        frequent = min(cuts, key=lambda k: _word_operations(problem, k, int(pairs_left[k])))
    else:
        frequent = int(np.count_nonzero(occurrences > threshold))
    at = int(occurrences[frequent]) if frequent < sigma else 0
    return Split(order, frequent, at if threshold is None else threshold, int(pairs_left[frequent]))


def _word_operations(problem: Encoded, frequent: int, pairs: int) -> int:
    """Word operations of `count_by_split` with the float transform, exactly.

    Besides the two parts, the counts of one are added to the other's, and subtracted from m.
    """
    n, m, sigma, alignments = problem.n, problem.m, len(problem.alphabet), problem.alignments
    blocks = plan_blocks(n, m, max(1, frequent))
    return (
        alignments
        + (correlation_word_operations(blocks, frequent, alignments) if frequent else 0)
        + (direct_word_operations(n, m, sigma, frequent, pairs) if frequent < sigma else 0)
        + (alignments if 0 < frequent < sigma else 0)
    )
