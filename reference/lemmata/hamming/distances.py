"""The front door: distances by whichever exact algorithm is cheapest, or by the one that is named."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.hamming.algorithms import Algorithm
from lemmata.hamming.letters import Letters, encode
from lemmata.hamming.threads import counting
from lemmata.hamming.wildcards import Wildcard, count_with_wildcards, is_wildcard
from lemmata.options import refuse_observers


def distances(
    text: Letters,
    pattern: Letters,
    *,
    algorithm: Algorithm = "auto",
    wildcard: Wildcard | None = None,
    n_jobs: int = 1,
    costs: Costs | None = None,
) -> NDArray[np.int64]:
    """Hamming distance of the pattern to the text at every alignment, exactly.

    Entry i is the number of j with ``text[i + j] != pattern[j]``.

    Parameters
    ----------
    text, pattern : str, bytes, bytearray or array_like of int, shapes (n,) and (m,)
        1 <= m <= n. Both `str` (compared by code point) or neither; `bytes` are integers 0..255. Integers of
        any width and sign are compared by value.
    algorithm : {"auto", "by_definition", "brute_force", "bit_parallel", "per_letter_fft", "abrahamson", \
"sort_merge", "bit_packed_fft"}
        All give the same result (HAM-6). "auto" takes the one whose counted cost, weighted as
        `lemmata.hamming.cost_model` says, is least for this input; unless the pattern is short,
        it counts the letters for that.
    wildcard : str, bytes, bytearray or int, optional
        One letter that, in text or pattern, differs from none (HAM-26): a `str` where they are, otherwise an
        integer or one of `bytes`.
    n_jobs : int
        Threads that share the text, by joblib: -1 for all cores, and never more than there are cores or
        pieces of text worth a thread. The result does not depend on it (HAM-28).
    costs : Costs, optional
        Charged with the word operations of the algorithm that is taken; by "auto", with those of looking at
        letters to choose one. A wildcard that is in both words takes a second run, for the places where it
        meets itself.

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)
        Between 0 and m; 0 exactly at the pattern's occurrences (HAM-5).

    Raises
    ------
    TypeError
        If text or pattern is neither `str`, `bytes`, `bytearray` nor integers, or only one is a `str`; if
        the wildcard is no letter of their kind; if the algorithm is no string, n_jobs no integer, or costs
        are no `Costs`.
    ValueError
        If the pattern is empty or longer than the text, an array is not one-dimensional, integers do not fit
        one 64-bit type, the wildcard is not one letter, n_jobs is 0, or the algorithm is unknown.

    Notes
    -----
    Cost: O(n min(m, sigma log m, sqrt(m log m))) word operations, sigma the number of distinct letters of
    the pattern (HAM-2, HAM-3; HAM-29 says what stands below), after giving the letters codes in O(n log
    sigma + m log m).

    Source: K. Abrahamson (1987); M. J. Fischer, M. S. Paterson (1974); the chapter ``theory/hamming.md``.

    Examples
    --------
    >>> distances("abracadabra", "abr")
    array([0, 3, 3, 2, 3, 2, 3, 0, 3])
    >>> distances([1, 2**63, 3], [2**63])
    array([1, 0, 1])
    >>> distances("abracadabra", "a?r", wildcard="?")
    array([0, 2, 2, 1, 2, 1, 2, 0, 2])
    """
    refuse_observers(costs=costs)
    count = counting(algorithm, n_jobs, costs)
    problem = encode(text, pattern)
    if wildcard is None:
        return count(problem)
    in_text, in_pattern = is_wildcard("text", text, wildcard), is_wildcard("pattern", pattern, wildcard)
    return count_with_wildcards(problem, in_text, in_pattern, count)
