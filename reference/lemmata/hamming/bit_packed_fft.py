"""Distances in O(n sqrt(m)) word operations: bit-packed transforms, a certificate, hashing and recursion.

Idea: cut the text into pieces. In a piece, a letter with n_c occurrences, m_c in the pattern, has n_c m_c
equal pairs: its *mass*. A light letter's pairs are added one by one. A heavy letter's matches are the
histogram of the sums of two sets of positions, which `lemmata.hamming.sum_histogram` multiplies out with
digits as narrow as the *average* count allows. Narrow digits remove the sqrt(log m) of Abrahamson's bound:
the heavier the letter, the wider its digits, but the fewer such letters there are (HAM-10, HAM-15).

Las Vegas: the result is always exact, chance only decides how long a repair of overflowed digits takes.

Source: T. M. Chan, C. Jin, V. Vassilevska Williams, Y. Xu, Faster Algorithms for Text-to-Pattern Hamming
Distances (2023), arXiv:2310.13174, which has O(n sqrt(m)) by "hashing, bit-packed FFT and recursion". The
paper's body was not at hand; what is here is our own reconstruction.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming.letters import Codes, Encoded, Letters, encode
from lemmata.hamming.narrow_digits import Counts, plan_digits
from lemmata.hamming.sum_histogram import HEADROOM, Overflow, sum_histogram
from lemmata.tracing import Trace, emit

PER_PAIR = 4  # read the position, subtract it, compare with the range, add one
PER_LETTER = 6  # of a piece or the pattern: count it, find its run of positions, decide
SMALLEST_PIECE = 4096
"""Alignments of a piece, at least: shorter pieces would spend their time on bookkeeping."""


@dataclass(frozen=True)
class PieceSplit:
    """One piece of text: its first alignment, the letters multiplied out, and the pairs of all others."""

    alignment: int
    heavy: tuple[Any, ...]
    pairs: int


def bit_packed_fft(
    text: Letters,
    pattern: Letters,
    *,
    word_bits: int = 64,
    headroom: int = HEADROOM,
    overflow: Overflow = "auto",
    rng: np.random.Generator | int | None = None,
    trace: Trace = None,
    costs: Costs | None = None,
) -> NDArray[np.int64]:
    """Hamming distance of the pattern to the text at every alignment, in O(n sqrt(m)) word operations.

    Parameters
    ----------
    text, pattern : str, bytes, bytearray or array_like of int, shapes (n,) and (m,)
        Any integer type; both `str` or neither. 1 <= m <= n.
    word_bits : int
        Bits of a word to pack digits into, from 24 to 64: fewer simulate a smaller machine, at
        a higher count. A count of matches has to fit (m < 2^(word_bits - 3)).
    headroom : int
        A digit holds this many times a letter's average count, rounded up to a power of two; at least 1. Less
        packs tighter and overflows more often.
    overflow : {"auto", "repair", "widen"}
        What to do about digits that overflowed, as `lemmata.hamming.sum_histogram.sum_histogram`. With
        "widen" nothing is random (HAM-30).
    rng : numpy.random.Generator or int, optional
        Draws the moduli of repairs, by `numpy.random.default_rng`. It does not affect the result.
    trace : list or callable, optional
        Receives a `PieceSplit` for every piece of text, before it a `DigitsMultiplied` for every product
        and a `CarriesRepaired` for every repair.
    costs : Costs, optional
        Charged with word operations: 4 per pair, 6 per letter of a piece and of the pattern, and the
        products' and repairs' own.

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)

    Raises
    ------
    TypeError, ValueError
        As `lemmata.hamming.distances`; ValueError too for a word_bits, headroom or overflow out of range.

    Notes
    -----
    Cost: at most C n sqrt(m) word operations, C stated in HAM-15.

    Examples
    --------
    >>> bit_packed_fft("abracadabra", "abr")
    array([0, 3, 3, 2, 3, 2, 3, 0, 3])
    """
    problem = encode(text, pattern)
    _validate(word_bits, headroom, overflow, problem.m)
    generator = np.random.default_rng(rng)
    matches = np.zeros(problem.alignments, dtype=np.int64)
    step = max(problem.m, SMALLEST_PIECE)
    begin, positions = pattern_positions(problem.pattern, len(problem.alphabet))
    for start in range(0, problem.alignments, step):
        count = min(step, problem.alignments - start)
        window = problem.text[start : start + count + problem.m - 1]
        _count_piece(
            problem,
            window,
            begin,
            positions,
            matches[start : start + count],
            start,
            word_bits,
            headroom,
            overflow,
            generator,
            trace,
            costs,
        )
    return problem.m - matches


def _validate(word_bits: int, headroom: int, overflow: str, m: int) -> None:
    if not 24 <= word_bits <= 64:
        raise ValueError(f"word_bits must be between 24 and 64 (word_bits = {word_bits})")
    if m.bit_length() > word_bits - 3:
        raise ValueError(f"word_bits = {word_bits} is too small for counts up to m = {m}")
    if headroom < 1:
        raise ValueError(f"headroom must be at least 1 (headroom = {headroom})")
    if overflow not in ("auto", "repair", "widen"):
        raise ValueError(f"overflow must be 'auto', 'repair' or 'widen' (got {overflow!r})")


def _count_piece(
    problem: Encoded,
    window: Codes,
    begin: Counts,
    positions: Counts,
    matches: NDArray[np.int64],
    start: int,
    word_bits: int,
    headroom: int,
    overflow: Overflow,
    rng: np.random.Generator,
    trace: Trace,
    costs: Costs | None,
) -> None:
    """Add the matches of one piece of text: heavy letters by products, light ones pair by pair."""
    m, sigma = problem.m, len(problem.alphabet)
    in_pattern = np.diff(begin)
    in_window = np.bincount(window, minlength=sigma + 1)[:sigma]
    masses = in_window * in_pattern
    heavy = np.zeros(sigma + 1, dtype=np.bool_)
    reversed_positions = np.zeros(m, dtype=np.int64)
    # No product is cheaper than one with one-bit digits: only letters beyond that are looked at.
    least = plan_digits(len(window), m, 1, 1, word_bits).operations
    for letter in np.flatnonzero(PER_PAIR * masses > least):
        a, b = int(in_window[letter]), int(in_pattern[letter])
        if PER_PAIR * a * b <= product_estimate(len(window), m, a, b, word_bits, headroom):
            continue
        heavy[letter] = True
        reversed_positions[:] = 0
        reversed_positions[m - 1 - positions[begin[letter] : begin[letter + 1]]] = 1
        counts = sum_histogram(
            (window == letter).astype(np.int64),
            reversed_positions,
            word_bits=word_bits,
            headroom=headroom,
            overflow=overflow,
            rng=rng,
            trace=trace,
            costs=costs,
        )
        if costs is not None:
            costs.charge(word_operations=2 * len(window) + 2 * m + len(matches))
        matches += counts[m - 1 : m - 1 + len(matches)]
    count_pairs(window, begin, positions, heavy, matches)
    pairs = int(masses[~heavy[:sigma]].sum())
    if costs is not None:
        costs.charge(word_operations=PER_PAIR * pairs + PER_LETTER * (len(window) + m))
    emit(trace, PieceSplit(start, tuple(problem.alphabet[c] for c in np.flatnonzero(heavy)), pairs))


def product_estimate(window: int, m: int, a: int, b: int, word_bits: int, headroom: int) -> int:
    """Word operations of multiplying out a letter with ``a`` occurrences in the window and ``b`` in the
    pattern.

    The cheaper of wide and narrow digits, the latter without repair.
    """
    largest = min(a, b)
    average = max(1, -(-a * b // (window + m - 1)))
    bits = max(1, (headroom * average - 1).bit_length())
    wide = plan_digits(window, m, largest, largest.bit_length(), word_bits).operations
    narrow = plan_digits(window, m, largest, bits, word_bits).operations
    return min(wide, narrow) + 3 * window + 2 * m


def pattern_positions(pattern: Codes, sigma: int) -> tuple[Counts, Counts]:
    """Positions of letter c in the pattern are positions[begin[c]:begin[c + 1]], in increasing order."""
    begin = np.concatenate([[0], np.cumsum(np.bincount(pattern, minlength=sigma))]).astype(np.int64)
    return begin, np.argsort(pattern, kind="stable").astype(np.int64)


def _count_pairs_py(
    window: Codes, begin: Counts, positions: Counts, skip: NDArray[np.bool_], matches: NDArray[np.int64]
) -> None:
    """One increment per equal pair in a letter that is not skipped (HAM-9)."""
    sigma = len(begin) - 1
    for i in range(len(window)):
        letter = window[i]
        if letter < sigma and not skip[letter]:
            for k in range(begin[letter], begin[letter + 1]):
                alignment = i - positions[k]
                if 0 <= alignment < len(matches):
                    matches[alignment] += 1


count_pairs = njit(_count_pairs_py)
