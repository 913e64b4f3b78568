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
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming.letters import Codes, Letters, encode
from lemmata.hamming.narrow_digits import Counts, fits_word, plan_digits
from lemmata.hamming.options import random_numbers, refuse_observers
from lemmata.hamming.sum_histogram import HEADROOM, PER_PAIR, Digits, Overflow, Packing, histogram
from lemmata.tracing import Trace, emit

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
    digits: Digits = "narrow",
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
        What to do about digits that overflowed, as `lemmata.hamming.sum_histogram.Packing`. With
        "widen" nothing is random (HAM-30).
    digits : {"narrow", "wide", "single"}
        Pack narrow digits where they are cheaper, or only such as hold every count, or one digit to a word.
        "single" is Abrahamson's algorithm on the same transform and counter, for comparison (HAM-16).
    rng : numpy.random.Generator or int, optional
        Draws the moduli of repairs, by `numpy.random.default_rng`. It does not affect the result.
    trace : list or callable, optional
        Receives a `PieceSplit` for every piece of text, before it a `DigitsMultiplied` for every product
        and a `CarriesRepaired` or `RepairGivenUp` for every repair.
    costs : Costs, optional
        Charged with word operations: 4 per pair, 6 per letter of a piece and of the pattern, and the
        products' and repairs' own.

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)

    Raises
    ------
    TypeError, ValueError
        As `lemmata.hamming.distances` and `lemmata.hamming.sum_histogram.Packing`.

    Notes
    -----
    Cost: at most 102 n sqrt(m) word operations if no digit overflows, and three times that in any case unless
    overflow is "repair" (HAM-15; 64-bit words, m up to 2^18).

    Examples
    --------
    >>> bit_packed_fft("abracadabra", "abr")
    array([0, 3, 3, 2, 3, 2, 3, 0, 3])
    """
    refuse_observers(trace, costs)
    packing = Packing(word_bits, headroom, overflow, digits)
    problem = encode(text, pattern)
    if not fits_word(problem.m, packing.word_bits):
        raise ValueError(f"word_bits = {word_bits} is too small for counts up to m = {problem.m}")
    generator = random_numbers(rng)
    matches = np.zeros(problem.alignments, dtype=np.int64)
    step = max(problem.m, SMALLEST_PIECE)
    index = pattern_positions(problem.pattern, len(problem.alphabet))
    for start in range(0, problem.alignments, step):
        count = min(step, problem.alignments - start)
        window = problem.text[start : start + count + problem.m - 1]
        found = matches[start : start + count]
        heavy, pairs = _count_piece(window, index, packing, found, generator, trace, costs)
        emit(trace, PieceSplit(start, tuple(problem.alphabet[c] for c in heavy), pairs))
    return problem.m - matches


def _count_piece(
    window: Codes,
    index: "PatternIndex",
    packing: Packing,
    matches: NDArray[np.int64],
    rng: np.random.Generator,
    trace: Trace,
    costs: Costs | None,
) -> tuple[list[int], int]:
    """Add the matches of one piece of text: heavy letters by products, light ones pair by pair.

    Returns the heavy letters and the number of pairs of all others.
    """
    m, sigma = len(index.positions), len(index.begin) - 1
    in_window = np.bincount(window, minlength=sigma + 1)[:sigma]
    in_pattern = np.diff(index.begin)
    heavy = heavy_letters(len(window), m, in_window, in_pattern, packing)
    reversed_positions = np.zeros(m, dtype=np.int64)
    for letter in heavy:
        reversed_positions[:] = 0
        reversed_positions[m - 1 - index.of(letter)] = 1
        in_text = (window == letter).astype(np.int64)
        counts = histogram(in_text, reversed_positions, packing, rng, trace, costs)
        if costs is not None:
            costs.charge(word_operations=2 * len(window) + 2 * m + len(matches))
        matches += counts[m - 1 : m - 1 + len(matches)]
    skipped = np.zeros(sigma + 1, dtype=np.bool_)
    skipped[heavy] = True
    count_pairs(window, index.begin, index.positions, skipped, matches)
    pairs = int((in_window * in_pattern)[~skipped[:sigma]].sum())
    if costs is not None:
        costs.charge(word_operations=PER_PAIR * pairs + PER_LETTER * (len(window) + m))
    return heavy, pairs


def heavy_letters(
    window: int, m: int, in_window: NDArray[np.int64], in_pattern: NDArray[np.int64], packing: Packing
) -> list[int]:
    """Letters whose product is estimated cheaper than their pairs, by their occurrences."""
    masses = in_window * in_pattern
    # No product is cheaper than one with one-bit digits: only letters beyond that are looked at.
    least = plan_digits(window, m, 1, 1, packing.word_bits).operations
    return [
        letter
        for letter in np.flatnonzero(PER_PAIR * masses > least).tolist()
        if PER_PAIR * int(masses[letter])
        > product_estimate(window, m, int(in_window[letter]), int(in_pattern[letter]), packing)
    ]


def product_estimate(window: int, m: int, a: int, b: int, packing: Packing) -> int:
    """Word operations of multiplying out a letter with ``a`` occurrences in the window and ``b`` in the
    pattern, if no digit overflows: the cheaper of wide and narrow digits, and reading.
    """
    largest = min(a, b)
    bits = packing.bits(window + m - 1, a * b, largest)
    least = min(plan_digits(window, m, largest, each, packing.word_bits).operations for each in bits)
    return least + 3 * window + 2 * m


class PatternIndex(NamedTuple):
    """Positions of letter c in the pattern: positions[begin[c]:begin[c + 1]], in increasing order."""

    begin: Counts
    positions: Counts

    def of(self, letter: int) -> Counts:
        """The letter's positions."""
        return self.positions[self.begin[letter] : self.begin[letter + 1]]


def pattern_positions(pattern: Codes, sigma: int) -> PatternIndex:
    """Index the pattern's positions by letter."""
    begin = np.concatenate([[0], np.cumsum(np.bincount(pattern, minlength=sigma))]).astype(np.int64)
    return PatternIndex(begin, np.argsort(pattern, kind="stable").astype(np.int64))


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
