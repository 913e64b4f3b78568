"""The definition of text-to-pattern Hamming distances, executed literally.

Problem: a text T of n letters and a pattern P of m letters, m <= n. For every alignment
i = 0..n-m, how many j have T[i+j] != P[j]?

Cost: m(n-m+1) comparisons. Slow, exact and obviously right: the oracle of everything else in this
folder (HAM-1, HAM-5, HAM-6).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming.letters import Codes, Letters, encode
from lemmata.options import refuse_observers
from lemmata.tracing import Trace, emit


@dataclass(frozen=True)
class AlignmentCompared:
    """One alignment was compared letter by letter; ``mismatches`` are the offsets j that differ."""

    alignment: int
    mismatches: tuple[int, ...]


def by_definition(
    text: Letters, pattern: Letters, *, trace: Trace = None, costs: Costs | None = None
) -> NDArray[np.int64]:
    """Hamming distance of the pattern to the text at every alignment, from the definition.

    Parameters
    ----------
    text, pattern : str, bytes, bytearray or array_like of int, shapes (n,) and (m,)
        Any integer type; both `str` or neither. 1 <= m <= n.
    trace : list or callable, optional
        Receives an `AlignmentCompared` for every alignment.
    costs : Costs, optional
        Charged two word operations (compare, add) per pair of letters.

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)

    Raises
    ------
    TypeError, ValueError
        As `lemmata.hamming.distances`.

    Notes
    -----
    Cost: 2m(n-m+1) word operations.

    Examples
    --------
    >>> by_definition("abracadabra", "abr")
    array([0, 3, 3, 2, 3, 2, 3, 0, 3])
    """
    refuse_observers(trace, costs)
    problem = encode(text, pattern)
    if costs is not None:
        costs.charge(word_operations=2 * problem.m * problem.alignments)
    if trace is not None:
        for i in range(problem.alignments):
            window = problem.text[i : i + problem.m]
            emit(trace, AlignmentCompared(i, tuple(np.flatnonzero(window != problem.pattern).tolist())))
    return count_mismatches(problem.text, problem.pattern)


def _count_mismatches_py(text: Codes, pattern: Codes) -> NDArray[np.int64]:
    n, m = len(text), len(pattern)
    distances = np.empty(n - m + 1, dtype=np.int64)
    for i in range(n - m + 1):
        mismatches = 0
        for j in range(m):
            mismatches += int(text[i + j] != pattern[j])
        distances[i] = mismatches
    return distances


count_mismatches = njit(_count_mismatches_py, steps=lambda text, pattern: len(text) * len(pattern))
