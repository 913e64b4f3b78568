"""Distances in O(n sqrt(m log m)): correlations for frequent letters, counting for the rest.

Idea: fewer than m/t letters occur more than t times in the pattern; correlate those, one transform each.
Every other letter of the text meets at most t equal letters in the pattern: add each such pair to the
alignment it belongs to, at most n t additions. The threshold t that balances both gives
O(n sqrt(m log m)) (HAM-3).

Source: K. Abrahamson, Generalized string matching, SIAM Journal on Computing 16(6), 1987; S. R. Kosaraju,
Efficient string matching (manuscript), 1987.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming.blocks import correlation_word_operations, plan_blocks
from lemmata.hamming.correlation import TRANSFORMS, Transform, count_matches
from lemmata.hamming.fischer_paterson import LetterCorrelated
from lemmata.hamming.letters import Codes, Encoded, Letters, encode
from lemmata.hamming.options import one_of, refuse_observers, whole_number
from lemmata.tracing import Trace, emit

_PER_PAIR = 4  # read the position, subtract it, compare with the range, add one
_PER_LETTER = 3  # of text or pattern: read it, find or advance its run of positions


@dataclass(frozen=True)
class ThresholdChosen:
    """Letters with more than ``threshold`` occurrences in the pattern are ``frequent``.

    ``pairs`` is the number of equal pairs (i, j) that direct counting will visit.
    """

    threshold: int
    frequent: tuple[Any, ...]
    infrequent: tuple[Any, ...]
    pairs: int


@dataclass(frozen=True, eq=False)
class PairsCounted:
    """Direct counting is done: ``matches[i]`` counts matches in infrequent letters at alignment i."""

    matches: NDArray[np.int64]


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
        Receives a `ThresholdChosen`, a `LetterCorrelated` for every frequent letter and a `PairsCounted`.
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
    Cost: at most 4 sqrt(n m F) + F + 3n + 3m word operations with F = (n + 7m)(4.25 log2(4m) + 10),
    whatever the letters (HAM-3).

    Examples
    --------
    >>> abrahamson("abracadabra", "abr")
    array([0, 3, 3, 2, 3, 2, 3, 0, 3])
    """
    refuse_observers(trace, costs)
    one_of("transform", transform, TRANSFORMS)
    if threshold is not None:
        threshold = whole_number("threshold", threshold, least=0)
    problem = encode(text, pattern)
    split = split_letters(problem, threshold)
    return count_by_split(problem, split, transform=transform, trace=trace, costs=costs)


def count_by_split(
    problem: Encoded,
    split: "Split",
    *,
    transform: Transform = "auto",
    trace: Trace = None,
    costs: Costs | None = None,
) -> NDArray[np.int64]:
    """`abrahamson` on codes, with the letters already split."""
    # From here on, codes are ranks by frequency: the frequent letters are 0, 1, ..., frequent - 1.
    ranked = _ranked(problem, split.order)
    frequent = split.frequent
    emit(
        trace,
        ThresholdChosen(split.threshold, ranked.alphabet[:frequent], ranked.alphabet[frequent:], split.pairs),
    )
    correlated: list[NDArray[np.int64]] = []
    for letters in _groups(frequent, trace):
        found = count_matches(ranked, letters, transform=transform, costs=costs)
        if trace is not None:
            emit(trace, LetterCorrelated(ranked.alphabet[letters[0]], found))
        correlated.append(found)
    counted = count_equal_pairs(ranked.text, ranked.pattern, frequent, len(ranked.alphabet))
    emit(trace, PairsCounted(counted if trace is None else counted.copy()))
    if costs is not None:
        costs.charge(word_operations=direct_word_operations(problem.n, problem.m, split.pairs))
    for found in correlated:  # in place: arrays of this size are dear to allocate
        counted += found
    return np.subtract(problem.m, counted, out=counted)


@dataclass(frozen=True)
class Split:
    """Letters by falling frequency in the pattern; the first ``frequent`` of ``order`` get transforms."""

    order: NDArray[np.intp]
    frequent: int
    threshold: int
    pairs: int


def split_letters(problem: Encoded, threshold: int | None = None, pair_weight: float = 1.0) -> Split:
    """Split the letters at the given threshold, or at the one whose counted cost is least.

    ``pair_weight`` weighs an operation of direct counting against one of a transform.
    """
    sigma = len(problem.alphabet)
    in_pattern = np.bincount(problem.pattern, minlength=sigma)
    in_text = np.bincount(problem.text, minlength=sigma + 1)[:sigma]
    order = np.argsort(-in_pattern, kind="stable")
    occurrences = in_pattern[order]
    # pairs_left[k]: equal pairs in all but the k most frequent letters.
    pairs_left = np.append(np.cumsum((occurrences * in_text[order])[::-1])[::-1], 0)
    # A threshold cannot part letters with equally many occurrences: cuts lie where the count falls.
    cuts = [0, *(np.flatnonzero(np.diff(occurrences)) + 1).tolist(), sigma]
    if threshold is None:
        frequent = min(cuts, key=lambda k: _word_operations(problem, k, int(pairs_left[k]), pair_weight))
    else:
        frequent = int(np.count_nonzero(occurrences > threshold))
    at = int(occurrences[frequent]) if frequent < sigma else 0
    return Split(order, frequent, at if threshold is None else threshold, int(pairs_left[frequent]))


def direct_word_operations(n: int, m: int, pairs: int) -> int:
    """Word operations of direct counting: three per letter of text and pattern, four per equal pair."""
    return _PER_LETTER * (n + m) + _PER_PAIR * pairs


def _word_operations(problem: Encoded, frequent: int, pairs: int, pair_weight: float) -> float:
    direct = pair_weight * direct_word_operations(problem.n, problem.m, pairs)
    if not frequent:
        return direct
    blocks = plan_blocks(problem.n, problem.m, frequent)
    return direct + correlation_word_operations(blocks, frequent, problem.alignments)


def _ranked(problem: Encoded, order: NDArray[np.intp]) -> Encoded:
    sigma = len(order)
    if (order == np.arange(sigma)).all():
        return problem
    rank = np.empty(sigma + 1, dtype=np.int32)
    rank[order] = np.arange(sigma, dtype=np.int32)
    rank[sigma] = sigma
    alphabet = tuple(problem.alphabet[code] for code in order.tolist())
    return Encoded(rank[problem.text], rank[problem.pattern], alphabet)


def _groups(frequent: int, trace: Trace) -> list[range]:
    """All frequent letters at once, or one by one when someone watches."""
    if not frequent:
        return []
    return [range(frequent)] if trace is None else [range(k, k + 1) for k in range(frequent)]


def _count_equal_pairs_py(text: Codes, pattern: Codes, first: int, sigma: int) -> NDArray[np.int64]:
    """Matches at every alignment in the letters first, ..., sigma - 1, one increment per equal pair."""
    n, m = len(text), len(pattern)
    # Counting sort: positions of letter c in the pattern are positions[begin[c]:begin[c + 1]].
    begin = np.zeros(sigma + 2, dtype=np.int64)
    for j in range(m):
        begin[pattern[j] + 1] += 1
    for c in range(sigma):
        begin[c + 1] += begin[c]
    positions = np.empty(m, dtype=np.int64)
    filled = begin[:sigma].copy()
    for j in range(m):
        positions[filled[pattern[j]]] = j
        filled[pattern[j]] += 1
    matches = np.zeros(n - m + 1, dtype=np.int64)
    for i in range(n):
        c = text[i]
        if first <= c < sigma:
            if m - 1 <= i <= n - m:  # far from both ends every pair belongs to an alignment
                for k in range(begin[c], begin[c + 1]):
                    matches[i - positions[k]] += 1
                continue
            for k in range(begin[c], begin[c + 1]):
                alignment = i - positions[k]
                if 0 <= alignment <= n - m:
                    matches[alignment] += 1
    return matches


count_equal_pairs = njit(_count_equal_pairs_py)
