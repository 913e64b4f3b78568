"""The front door: distances by whichever exact algorithm is cheapest, or by the one that is named."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.hamming.abrahamson import abrahamson, count_by_split
from lemmata.hamming.bit_packed_fft import bit_packed_fft
from lemmata.hamming.bit_parallel import bit_parallel, compare_planes
from lemmata.hamming.blocks import plan_blocks
from lemmata.hamming.brute_force import brute_force, compare_all
from lemmata.hamming.correlation import count_matches
from lemmata.hamming.cost_model import weigh
from lemmata.hamming.definition import by_definition
from lemmata.hamming.fischer_paterson import per_letter_fft
from lemmata.hamming.letters import Encoded, Letters, encode
from lemmata.hamming.sort_merge import count_directly, sort_merge
from lemmata.hamming.two_letters import count_by_signs, has_two_letters, one_correlation_is_exact
from lemmata.hamming.wildcards import Wildcard, count_with_wildcards, is_wildcard
from lemmata.options import one_of, whole_number

Algorithm = Literal[
    "auto",
    "by_definition",
    "brute_force",
    "bit_parallel",
    "per_letter_fft",
    "abrahamson",
    "sort_merge",
    "bit_packed_fft",
]

BY_NAME: dict[str, Callable[[Letters, Letters], NDArray[np.int64]]] = {
    "by_definition": by_definition,
    "brute_force": brute_force,
    "bit_parallel": bit_parallel,
    "per_letter_fft": per_letter_fft,
    "abrahamson": abrahamson,
    "sort_merge": sort_merge,
    "bit_packed_fft": bit_packed_fft,
}
"""The algorithms that can be named."""


def distances(
    text: Letters,
    pattern: Letters,
    *,
    algorithm: Algorithm = "auto",
    wildcard: Wildcard | None = None,
    n_jobs: int = 1,
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
        `lemmata.hamming.cost_model` says, is least for this input.
    wildcard : str, bytes, bytearray or int, optional
        One letter that, in text or pattern, differs from none (HAM-26): a `str` where they are, otherwise an
        integer or one of `bytes`.
    n_jobs : int
        Threads that share the text, by joblib: -1 for all cores, and never more than there are cores or
        pieces of text worth a thread. The result does not depend on it (HAM-28).

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)
        Between 0 and m; 0 exactly at the pattern's occurrences (HAM-5).

    Raises
    ------
    TypeError
        If text or pattern is neither `str`, `bytes`, `bytearray` nor integers, or only one is a `str`; if
        the wildcard is no letter of their kind; if the algorithm is no string or n_jobs no integer.
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
    count = counting(algorithm, n_jobs)
    problem = encode(text, pattern)
    if wildcard is None:
        return count(problem)
    in_text, in_pattern = is_wildcard("text", text, wildcard), is_wildcard("pattern", pattern, wildcard)
    return count_with_wildcards(problem, in_text, in_pattern, count)


def counting(algorithm: Algorithm, n_jobs: int) -> Callable[[Encoded], NDArray[np.int64]]:
    """Distances of codes as a function, by that algorithm on that many threads.

    Raises
    ------
    TypeError, ValueError
        For an unknown algorithm, and for an n_jobs that is 0 or no integer.
    """
    one_of("algorithm", algorithm, ("auto", *BY_NAME))
    threads = whole_number("n_jobs", n_jobs)
    if threads == 0:
        raise ValueError("n_jobs must be a number of threads, or -1 for all cores (n_jobs = 0)")
    if threads == 1:
        return lambda problem: by_name(problem, algorithm)
    from lemmata.hamming.streaming import count_in_pieces  # noqa: PLC0415 - which is built on this module

    return lambda problem: count_in_pieces(problem, algorithm, threads)


def by_name(problem: Encoded, algorithm: Algorithm) -> NDArray[np.int64]:
    """Distances of codes by the algorithm of that name, or by the cheapest."""
    if algorithm == "auto":
        return by_cheapest(problem)
    return BY_NAME[algorithm](problem.text, problem.pattern)


def by_cheapest(problem: Encoded, costs: Costs | None = None) -> NDArray[np.int64]:
    """Distances by the algorithm of least weighted cost.

    That is charged, a correlation of signs as one of a letter; weighing is not.
    """
    weighed = weigh(problem)
    if weighed.cheapest == "brute_force":
        return compare_all(problem, costs=costs)
    if weighed.cheapest == "bit_parallel":
        return compare_planes(problem, costs=costs)
    if weighed.cheapest == "sort_merge":
        return count_directly(problem, costs=costs)
    if weighed.cheapest == "abrahamson" and weighed.split is not None:
        return count_by_split(problem, weighed.split, costs=costs)
    if has_two_letters(problem):
        blocks = plan_blocks(problem.n, problem.m, 1)
        if one_correlation_is_exact(blocks, problem.m):
            return count_by_signs(problem, blocks, costs=costs)
    matches = count_matches(problem, range(len(problem.alphabet)), costs=costs)
    if costs is not None:
        costs.charge(word_operations=problem.alignments)
    return np.subtract(problem.m, matches, out=matches)
