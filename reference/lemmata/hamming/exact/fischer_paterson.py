"""Distances by one correlation per letter of the pattern, after Fischer and Paterson.

Idea: alignment i matches in the j with T[i+j] = P[j]; those with the letter c are counted by the correlation
of the indicators [T = c] and [P = c] (HAM-1). A fast Fourier transform correlates in O(n log m), so
sigma distinct letters of the pattern cost O(sigma n log m) (HAM-2). Rounding is exact by HAM-4.

Source: M. J. Fischer, M. S. Paterson, String-matching and other products, Complexity of Computation
(SIAM-AMS Proceedings 7), 1974.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.hamming.correlations.correlation import TRANSFORMS, Transform, count_matches
from lemmata.hamming.letters import Encoded, Letters, encode
from lemmata.options import one_of, refuse_observers
from lemmata.tracing import Trace, emit


@dataclass(frozen=True, eq=False)
class LetterCorrelated:
    """One letter's indicators were correlated; ``matches[i]`` counts its matches at alignment i."""

    letter: Any
    matches: NDArray[np.int64]


def per_letter_fft(
    text: Letters,
    pattern: Letters,
    *,
    transform: Transform = "auto",
    trace: Trace = None,
    costs: Costs | None = None,
) -> NDArray[np.int64]:
    """Hamming distance of the pattern to the text at every alignment, one correlation per letter.

    Parameters
    ----------
    text, pattern : str, bytes, bytearray or array_like of int, shapes (n,) and (m,)
        Any integer type; both `str` or neither. 1 <= m <= n.
    transform : {"auto", "float", "ntt"}
        How to correlate: "auto" takes the float transform where HAM-4 proves that rounding is exact,
        and the number-theoretic transform elsewhere.
    trace : list or callable, optional
        Receives a `LetterCorrelated` for every letter. For this, every letter is correlated by itself
        besides, which is not charged.
    costs : Costs, optional
        Charged with the word operations of the transforms and of what is between them.

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)

    Raises
    ------
    TypeError, ValueError
        As `lemmata.hamming.distances`; ValueError too for an unknown transform, or "float" where it is
        not provably exact.

    Notes
    -----
    Cost: at most (sigma + 1)(n + 7m)(4.8 log2(4m) + 12.5) word operations (HAM-2).

    Examples
    --------
    >>> per_letter_fft("abracadabra", "abr")
    array([0, 3, 3, 2, 3, 2, 3, 0, 3])
    """
    refuse_observers(trace, costs)
    one_of("transform", transform, TRANSFORMS)
    problem = encode(text, pattern)
    return count_all_letters(problem, transform=transform, trace=trace, costs=costs)


def count_all_letters(
    problem: Encoded, *, transform: Transform = "auto", trace: Trace = None, costs: Costs | None = None
) -> NDArray[np.int64]:
    """`per_letter_fft` on codes."""
    letters = range(len(problem.alphabet))
    matches = count_matches(problem, letters, transform=transform, costs=costs)
    if trace is not None:
        for letter in letters:
            emit(trace, letter_correlated(problem, letter, transform))
    if costs is not None:
        costs.charge(word_operations=problem.alignments)
    return np.subtract(problem.m, matches, out=matches)


def letter_correlated(problem: Encoded, letter: int, transform: Transform) -> LetterCorrelated:
    """The step of one letter, for who watches."""
    matches = count_matches(problem, [letter], transform=transform)
    return LetterCorrelated(problem.alphabet[letter], matches)
