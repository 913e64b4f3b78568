"""Distances for large alphabets, by sorting and merging.

Idea: sort the pattern's positions by letter and let every letter of the text meet the run of its equals. An
equal pair is a match at one alignment, so there are as many increments as equal pairs: n m / sigma on random
letters, few if letters are rare, n m if all are equal (HAM-9).

It is the half of `lemmata.hamming.abrahamson` that counts directly, without the other half: a threshold of m
leaves no letter to be correlated.

Source: folklore; K. Abrahamson (1987) uses it for the infrequent letters.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.hamming.exact.abrahamson import count_by_split, split_letters
from lemmata.hamming.exact.direct_counting import count_equal_pairs, direct_word_operations
from lemmata.hamming.letters import Encoded, Letters, encode
from lemmata.options import refuse_observers
from lemmata.tracing import Trace


def sort_merge(
    text: Letters, pattern: Letters, *, trace: Trace = None, costs: Costs | None = None
) -> NDArray[np.int64]:
    """Hamming distance of the pattern to the text at every alignment, one step per equal pair.

    Parameters
    ----------
    text, pattern : str, bytes, bytearray or array_like of int, shapes (n,) and (m,)
        Any integer type; both `str` or neither. 1 <= m <= n.
    trace : list or callable, optional
        Receives a `ThresholdChosen`, which says how many pairs there are, and a `PairsCounted`, which
        has them one by one.
    costs : Costs, optional
        Charged with word operations.

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)

    Raises
    ------
    TypeError, ValueError
        As `lemmata.hamming.distances`.

    Notes
    -----
    Cost: 2 word operations for each of the sum over the letters of n_c m_c equal pairs (HAM-9), and at most
    5n + 12m others.

    Examples
    --------
    >>> sort_merge("abracadabra", "abr")
    array([0, 3, 3, 2, 3, 2, 3, 0, 3])
    """
    refuse_observers(trace, costs)
    problem = encode(text, pattern)
    return count_by_split(problem, split_letters(problem, problem.m), trace=trace, costs=costs)


def count_directly(problem: Encoded, *, costs: Costs | None = None) -> NDArray[np.int64]:
    """`sort_merge` on codes, in the order that they have: without ranks, which nobody asks for."""
    matches = count_equal_pairs(problem.text, problem.pattern, 0, len(problem.alphabet))
    distances = matches[problem.m - 1 : problem.n]
    if costs is not None:
        n, m, sigma = problem.n, problem.m, len(problem.alphabet)
        pairs = split_letters(problem, m).pairs
        costs.charge(word_operations=direct_word_operations(n, m, sigma, 0, pairs) + n - m + 1)
    return np.subtract(problem.m, distances, out=distances)  # a second array would take as long as counting
