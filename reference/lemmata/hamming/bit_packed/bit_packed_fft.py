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

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming.bit_packed.multisets import Multiset
from lemmata.hamming.bit_packed.narrow_digits import Counts, fits_word, plan_digits
from lemmata.hamming.bit_packed.packing import HEADROOM, Digits, Overflow, Packing
from lemmata.hamming.bit_packed.sum_histogram import PLANNING, histogram
from lemmata.hamming.exact.direct_counting import (
    PER_PAIR,
    PatternIndex,
    count_pairs,
    end_run,
    index_operations,
    index_pattern,
)
from lemmata.hamming.letters import Codes, Letters, encode
from lemmata.options import random_numbers, refuse_observers
from lemmata.tracing import Trace, emit

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
        What to do about digits that overflowed, as `lemmata.hamming.Packing`. With
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
        Charged with word operations: those of `piece_operations` and 2 per pair, and the products' and
        repairs' own.

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)

    Raises
    ------
    TypeError, ValueError
        As `lemmata.hamming.distances` and `lemmata.hamming.Packing`.

    Notes
    -----
    Cost: at most 100 n sqrt(m) word operations if no digit overflows, and three times that in any case,
    unless `overflow` is "repair" or `digits` is "single" (HAM-15; 64-bit words, m up to 2^18).

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
    costs = Costs() if costs is None else costs
    m, sigma = problem.m, len(problem.alphabet)
    distances = np.empty(problem.alignments, dtype=np.int64)
    step = max(m, SMALLEST_PIECE)
    index = PatternIndex(*index_pattern(problem.pattern, sigma))
    costs.charge(word_operations=index_operations(m, sigma))
    for start in range(0, problem.alignments, step):
        count = min(step, problem.alignments - start)
        window = problem.text[start : start + count + m - 1]
        found = distances[start : start + count]
        heavy, pairs = _count_piece(window, index, packing, found, generator, trace, costs)
        emit(trace, PieceSplit(start, tuple(problem.alphabet[c] for c in heavy), pairs))
    return distances


def _count_piece(
    window: Codes,
    index: PatternIndex,
    packing: Packing,
    distances: NDArray[np.int64],
    rng: np.random.Generator,
    trace: Trace,
    costs: Costs,
) -> tuple[list[int], int]:
    """Distances in one piece of text: heavy letters by products, light ones pair by pair.

    Returns the heavy letters and the number of pairs of all others.
    """
    m, sigma = len(index.positions), len(index.ends) - 1
    in_window = count_letters(window, sigma)
    least = least_product(len(window), m, packing)
    likely, in_pattern, masses = likely_letters(in_window, index.begin, least)
    heavy = heavy_letters(len(window), m, in_window, in_pattern, likely.tolist(), packing)
    for letter in heavy:
        end_run(index.ends, index.begin, letter, letter)  # an empty run, for this piece
    sums = count_pairs(window, *index)
    in_light = int(masses)
    for letter in heavy:
        end_run(index.ends, index.begin, letter, letter + 1)
        a, b = int(in_window[letter]), int(in_pattern[letter])
        x = Multiset(indicator(window, letter), a, 1, a)
        y = Multiset(letter_positions(*index, letter), b, 1, b)
        counts = histogram(x, y, packing, rng, trace, costs)
        add_counts(counts, m - 1, sums, len(distances))
        in_light -= a * b
    take_distances(sums, m, distances)
    costs.charge(
        word_operations=piece_operations(len(window), sigma)
        + (PLANNING + 1) * len(likely)
        + sum(around_product(len(window), m, int(in_pattern[c])) for c in heavy)
        + PER_PAIR * in_light
    )
    return heavy, in_light


def heavy_letters(
    window: int, m: int, in_window: Counts, in_pattern: Counts, likely: list[int], packing: Packing
) -> list[int]:
    """Those of the likely letters whose product is estimated cheaper than their pairs."""
    return [
        letter
        for letter in likely
        if PER_PAIR * int(in_window[letter]) * int(in_pattern[letter])
        > product_estimate(window, m, int(in_window[letter]), int(in_pattern[letter]), packing)
    ]


def least_product(window: int, m: int, packing: Packing) -> int:
    """What counts up to one take in digits of one bit: only letters whose pairs take more are looked at.

    Wider digits may have fewer guard digits, but no `product_estimate` is less, as it includes planning.
    """
    return plan_digits(window, m, 1, 1, packing.word_bits).operations


def product_estimate(window: int, m: int, a: int, b: int, packing: Packing) -> int:
    """Word operations of multiplying out a letter with ``a`` occurrences in the window and ``b`` in the
    pattern, if no digit overflows: the cheaper of wide and narrow digits, and what is around them.
    """
    largest = min(a, b)
    bits = packing.bits(window + m - 1, a * b, largest)
    least = min(plan_digits(window, m, largest, each, packing.word_bits).operations for each in bits)
    return least + 2 * PLANNING + around_product(window, m, b)


def piece_operations(window: int, sigma: int) -> int:
    """Word operations of a piece, but for likely and heavy letters and for pairs.

    Per letter of the piece: counted (2), its run of positions found (3), its sum cleared and read (2). Per
    letter of the pattern's alphabet: its count cleared (1), its frequency in the pattern and its mass found
    (2), the mass added up (1), doubled and compared (2).
    """
    return 7 * window + 6 * sigma + 1


def around_product(window: int, m: int, b: int) -> int:
    """Word operations that come to a product: find the letter, copy its ``b`` positions, add the counts.

    Two more close its run of positions for the pairs, and open it again.
    """
    return 2 * window + (m + 2 * b + 2) + (window - m + 1) + 2


def _count_letters_py(window: Codes, sigma: int) -> Counts:
    """Occurrences of every letter of the pattern, and of all others together."""
    occurrences = np.zeros(sigma + 1, dtype=np.int64)
    for i in range(len(window)):
        occurrences[window[i]] += 1
    return occurrences


def _likely_letters_py(in_window: Counts, begin: Counts, least: int) -> tuple[Counts, Counts, np.int64]:
    """Letters whose pairs take more than ``least``, all letters' frequencies in the pattern, all pairs."""
    likely = np.empty(len(begin) - 1, dtype=np.int64)
    in_pattern = np.empty(len(begin) - 1, dtype=np.int64)
    found = 0
    masses = np.int64(0)
    for c in range(len(begin) - 1):
        frequency = begin[c + 1] - begin[c]
        in_pattern[c] = frequency
        mass = in_window[c] * frequency
        masses = masses + mass
        if PER_PAIR * mass > least:
            likely[found] = c
            found += 1
    return likely[:found], in_pattern, masses


def _indicator_py(window: Codes, letter: int) -> Counts:
    """1 where the letter is."""
    found = np.empty(len(window), dtype=np.int64)
    for i in range(len(window)):
        found[i] = 1 if window[i] == letter else 0
    return found


def _letter_positions_py(begin: Counts, ends: Counts, positions: Counts, letter: int) -> Counts:
    """1 at every position of the letter."""
    found = np.zeros(len(positions), dtype=np.int64)
    for k in range(begin[letter], ends[letter]):
        found[positions[k]] = 1
    return found


def _add_counts_py(counts: Counts, first: int, sums: Counts, alignments: int) -> None:
    """Add the counts of the alignments of this piece."""
    for k in range(first, first + alignments):
        sums[k] += counts[k]


def _take_distances_py(sums: Counts, m: int, distances: Counts) -> None:
    """What the matches leave of m."""
    for i in range(len(distances)):
        distances[i] = m - sums[m - 1 + i]


count_letters = njit(_count_letters_py, steps=lambda window, sigma: len(window) + sigma)
likely_letters = njit(_likely_letters_py, steps=lambda in_window, *_: len(in_window))
indicator = njit(_indicator_py, steps=lambda window, _: len(window))
letter_positions = njit(_letter_positions_py, steps=lambda *arguments: len(arguments[2]))
add_counts = njit(_add_counts_py, steps=lambda counts, *_: len(counts))
take_distances = njit(_take_distances_py, steps=lambda sums, *_: len(sums))
