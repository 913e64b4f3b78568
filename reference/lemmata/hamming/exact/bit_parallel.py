"""Distances over few letters, 64 comparisons to a word operation.

Idea: write the codes of the letters in binary. Bit b of all letters of the text, 64 positions to a word, is a
*plane*; so is bit b of the pattern. Two letters differ if they differ in some bit: with the text's planes
shifted to the alignment, the mismatches are the ones of

    (T_0 xor P_0) or (T_1 xor P_1) or ...

counted by the machine's population count. For each of the 64 shifts the planes are shifted once, and serve
every 64th alignment (HAM-27).

Source: the technique is that of R. A. Baeza-Yates and G. H. Gonnet (1992), A new approach to text searching,
Communications of the ACM 35(10), turned round: here the words run along the pattern.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming.letters import Codes, Encoded, Letters, encode
from lemmata.options import refuse_observers

Words = NDArray[np.uint64]

WORD = 64
_RUN = 1024  # alignments of one shift that are counted together
_ALL = np.uint64(2**64 - 1)
_ONE = np.uint64(1)
# Masks of the population count in six steps; the compiler knows it and emits the instruction.
_EVEN, _PAIRS, _NIBBLES = (np.uint64(2**64 // d) for d in (3, 5, 17))
_BYTES = np.uint64(2**64 // 255)
_TOP, _BYTE = np.uint64(56), np.uint64(255)


def bit_parallel(text: Letters, pattern: Letters, *, costs: Costs | None = None) -> NDArray[np.int64]:
    """Hamming distance of the pattern to the text at every alignment, 64 letters to a word.

    Parameters
    ----------
    text, pattern : str, bytes, bytearray or array_like of int, shapes (n,) and (m,)
        Any integer type; both `str` or neither. 1 <= m <= n. Best for alphabets of a few letters.
    costs : Costs, optional
        Charged with word operations, a population count as one.

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)

    Raises
    ------
    TypeError, ValueError
        As `lemmata.hamming.distances`.

    Notes
    -----
    Cost: with p = ceil(log2(sigma + 1)) planes and w = ceil(m/64), at most
    (n-m+1)((2.01p + 2) w + 3p + 2) + 5p(n + 2m) + n + m word operations (HAM-27).

    Examples
    --------
    >>> bit_parallel("abracadabra", "abr")
    array([0, 3, 3, 2, 3, 2, 3, 0, 3])
    """
    refuse_observers(costs=costs)
    return compare_planes(encode(text, pattern), costs=costs)


def plane_count(problem: Encoded) -> int:
    """Bits that tell the codes apart; the code of letters that the pattern lacks counts if it occurs."""
    return max(1, int(max(problem.text.max(), problem.pattern.max())).bit_length())


def comparison_word_operations(n: int, m: int, planes: int) -> int:
    """Word operations of comparing planes, exactly.

    Per alignment and word of the pattern an exclusive-or for each plane, an or for all but one, and mask,
    count and add; per alignment the count begins at zero and is copied at the end. Before that the text's
    words are shifted, three operations for each plane and word, but one for the shift by nothing: for each
    shift and run of its alignments, as many words as alignments, and one less than the pattern has.
    """
    alignments, words = n - m + 1, -(-m // WORD)
    shifted = 0
    for shift in range(min(WORD, alignments)):
        count = (alignments - shift + WORD - 1) // WORD
        runs = -(-count // _RUN)
        shifted += (3 if shift else 1) * (count + runs * (words - 1))
    return alignments * (words * (2 * planes + 2) + 2) + planes * shifted


def plane_word_operations(n: int, m: int, planes: int) -> int:
    """Word operations of making the planes, exactly.

    Finding the largest code is a comparison per letter but one. Per plane and letter four: the bit is shifted
    down, cut out, shifted to its place and joined. The planes' words begin as zeros.
    """
    return n + m - 1 + planes * (4 * (n + m) + n // WORD + 2 * -(-m // WORD) + 2)


def compare_planes(problem: Encoded, *, costs: Costs | None = None) -> NDArray[np.int64]:
    """`bit_parallel` on codes."""
    planes = plane_count(problem)
    if costs is not None:
        size = problem.n, problem.m, planes
        costs.charge(word_operations=comparison_word_operations(*size) + plane_word_operations(*size))
    distances = np.empty(problem.alignments, dtype=np.int64)
    words = -(-problem.m // WORD)
    text = np.zeros((planes, problem.n // WORD + words + 2), dtype=np.uint64)
    pattern = np.zeros((planes, words), dtype=np.uint64)
    fill_planes(problem.text, text)
    fill_planes(problem.pattern, pattern)
    count_differences(text, pattern, problem.m, distances)
    return distances


def _fill_planes_py(codes: Codes, planes: NDArray[np.uint64]) -> None:
    """Bit b of letter i goes to bit i mod 64 of word i // 64 of plane b."""
    for b in range(len(planes)):
        word = np.uint64(0)
        for i in range(len(codes)):
            word |= np.uint64((codes[i] >> b) & 1) << np.uint64(i % 64)
            if i % 64 == 63:
                planes[b, i // 64] = word
                word = np.uint64(0)
        if len(codes) % 64:
            planes[b, len(codes) // 64] = word


def _population_py(word: np.uint64) -> np.int64:
    """Number of ones."""
    word = word - ((word >> np.uint64(1)) & _EVEN)
    word = (word & _PAIRS) + ((word >> np.uint64(2)) & _PAIRS)
    word = (word + (word >> np.uint64(4))) & _NIBBLES
    # As whole numbers, so that plain Python, where they are not cut off at 64 bits, agrees.
    return np.int64((int(word) * int(_BYTES)) >> int(_TOP) & int(_BYTE))


def _count_differences_py(
    text: NDArray[np.uint64], pattern: NDArray[np.uint64], m: int, distances: NDArray[np.int64]
) -> None:
    planes, words = pattern.shape
    alignments = len(distances)
    last = _ALL if m % 64 == 0 else (_ONE << np.uint64(m % 64)) - _ONE
    shifted = np.empty((planes, _RUN + words), dtype=np.uint64)
    differ = np.empty(_RUN, dtype=np.uint64)
    counts = np.empty(_RUN, dtype=np.int64)
    for first in range(0, (alignments + 63) // 64, _RUN):
        for shift in range(min(64, alignments - first * 64)):
            run = min(_RUN, (alignments - shift + 63) // 64 - first)
            for b in range(planes):
                for k in range(run + words - 1):
                    word = text[b, first + k] >> np.uint64(shift)
                    if shift > 0:
                        word |= text[b, first + k + 1] << np.uint64(64 - shift)
                    shifted[b, k] = word
            counts[:run] = 0
            for w in range(words):
                mask = last if w == words - 1 else _ALL
                bits = pattern[0, w]
                for k in range(run):
                    differ[k] = shifted[0, w + k] ^ bits
                for b in range(1, planes):
                    bits = pattern[b, w]
                    for k in range(run):
                        differ[k] |= shifted[b, w + k] ^ bits
                for k in range(run):
                    counts[k] += population(differ[k] & mask)
            for k in range(run):
                distances[(first + k) * 64 + shift] = counts[k]


fill_planes = njit(_fill_planes_py, steps=lambda codes, planes: len(codes) * len(planes))
population = njit(_population_py)
count_differences = njit(
    _count_differences_py, steps=lambda text, pattern, *_: 64 * text.size * pattern.shape[1]
)
