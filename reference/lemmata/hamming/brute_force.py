"""The definition again, arranged for vector instructions: shift, compare, add.

Idea: for one letter of the pattern, T[i+j] != P[j] for a run of alignments i is a comparison of contiguous
memory with one constant. Letters are narrowed to one byte (or two) and counts kept in bytes, emptied before
they reach 256, so one instruction handles 32 to 64 alignments. The number of comparisons is still
m(n-m+1); up to patterns of hundreds of letters nothing beats it.
"""

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming.letters import Codes, Encoded, Letters, encode
from lemmata.hamming.options import refuse_observers

_RUN = 2048  # alignments whose byte counts stay in the first-level cache
_BYTES = 254  # frequent letters beside a code for other letters of the text, and one for the pattern's
_FULL = 252  # letters between two emptyings of the byte counts: below 256, a multiple of 4


def brute_force(text: Letters, pattern: Letters, *, costs: Costs | None = None) -> NDArray[np.int64]:
    """Hamming distance of the pattern to the text at every alignment, by vectorised comparison.

    Parameters
    ----------
    text, pattern : str, bytes, bytearray or array_like of int, shapes (n,) and (m,)
        Any integer type; both `str` or neither. 1 <= m <= n.
    costs : Costs, optional
        Charged two word operations (compare, add) per pair of letters, as if one by one.

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)

    Raises
    ------
    TypeError, ValueError
        As `lemmata.hamming.distances`.

    Notes
    -----
    Cost: 2m(n-m+1) word operations; exact by definition (HAM-6).

    Examples
    --------
    >>> brute_force("abracadabra", "abr")
    array([0, 3, 3, 2, 3, 2, 3, 0, 3])
    """
    refuse_observers(costs=costs)
    return compare_all(encode(text, pattern), costs=costs)


def compare_all(problem: Encoded, *, costs: Costs | None = None) -> NDArray[np.int64]:
    """`brute_force` on codes, in the narrowest type that holds them."""
    if costs is not None:
        costs.charge(word_operations=2 * problem.m * problem.alignments)
    distances = np.zeros(problem.alignments, dtype=np.int64)
    if few_letters_are_rare(problem):
        return _compare_bytes(problem, distances)
    narrow = code_type(len(problem.alphabet))
    compare(problem.text.astype(narrow), problem.pattern.astype(narrow), distances)
    return distances


def few_letters_are_rare(problem: Encoded) -> bool:
    """Whether more letters than a byte holds occur, but those beyond so rarely that pairing them is cheap.

    A letter of the text meets at most as many pairs as its letter has places in the pattern; a pair takes
    as long as some 170 comparisons of bytes.
    """
    if len(problem.alphabet) <= _BYTES:
        return False
    occurrences = np.sort(np.bincount(problem.pattern))
    return bool(170 * occurrences[-_BYTES - 1] < problem.m)


def _compare_bytes(problem: Encoded, distances: NDArray[np.int64]) -> NDArray[np.int64]:
    """Compare the frequent letters as bytes, every other place as a mismatch, and take its matches off."""
    sigma = len(problem.alphabet)
    order = np.argsort(-np.bincount(problem.pattern, minlength=sigma), kind="stable")
    rank = np.empty(sigma + 1, dtype=np.int32)
    rank[order] = np.arange(sigma, dtype=np.int32)
    rank[sigma] = sigma
    text, pattern = rank[problem.text], rank[problem.pattern]
    few, short = np.minimum(text, _BYTES), np.where(pattern < _BYTES, pattern, _BYTES + 1)
    compare(few.astype(np.uint8), short.astype(np.uint8), distances)
    rare = np.flatnonzero(pattern >= _BYTES)
    places = rare[np.argsort(pattern[rare], kind="stable")]
    begin = np.searchsorted(pattern[places], np.arange(_BYTES, sigma + 1))
    take_matches_off(text, begin.astype(np.int64), places.astype(np.int64), distances)
    return distances


def code_type(letters: int) -> type[np.uint8 | np.uint16 | np.int32]:
    """Narrowest type for the codes 0..letters, the last one for all that the pattern does not have."""
    if letters <= np.iinfo(np.uint8).max:
        return np.uint8
    return np.uint16 if letters <= np.iinfo(np.uint16).max else np.int32


def _take_matches_off_py(
    text: Codes, begin: NDArray[np.int64], places: NDArray[np.int64], distances: NDArray[np.int64]
) -> None:
    """Subtract one for every pair in the rare letters; letter 254 + c has places[begin[c]:begin[c + 1]]."""
    for i in range(len(text)):
        letter = text[i] - _BYTES
        if 0 <= letter < len(begin) - 1:
            for k in range(begin[letter], begin[letter + 1]):
                if 0 <= i - places[k] < len(distances):
                    distances[i - places[k]] -= 1


def _compare_py(text: NDArray[np.uint8], pattern: NDArray[np.uint8], distances: NDArray[np.int64]) -> None:
    """Add the mismatches of four letters of the pattern at a time, run by run of alignments."""
    m, alignments = len(pattern), len(distances)
    counts = np.zeros(_RUN, dtype=np.uint8)
    for start in range(0, alignments, _RUN):
        run = min(_RUN, alignments - start)
        j = 0
        while j < m:
            stop = min(m, j + _FULL)
            counts[:] = 0
            while j + 4 <= stop:
                a, b, c, d = pattern[j], pattern[j + 1], pattern[j + 2], pattern[j + 3]
                window = text[start + j : start + j + run + 3]
                for i in range(run):
                    counts[i] += (
                        np.uint8(window[i] != a)
                        + np.uint8(window[i + 1] != b)
                        + np.uint8(window[i + 2] != c)
                        + np.uint8(window[i + 3] != d)
                    )
                j += 4
            while j < stop:
                letter = pattern[j]
                window = text[start + j : start + j + run]
                for i in range(run):
                    counts[i] += np.uint8(window[i] != letter)
                j += 1
            for i in range(run):
                distances[start + i] += counts[i]


compare = njit(_compare_py)
take_matches_off = njit(_take_matches_off_py)
