"""Exact histograms of sums by digits that may be too narrow, and a certificate that they were not.

Problem: multisets of integers as arrays of multiplicities x (length a) and y (length b). How often does every
sum occur? The counts c_k = sum over i + j = k of x_i y_j are the digits of X(B) Y(B) in base B = 2^bits,
*if every count is below B*; and several digits fit one word, so that a narrow base means a short transform.

Idea: choose the base by the average count, not by the largest. Where a count does not fit, its digit carries.
With carries h, c_k + h_(k-1) = d_k + B h_k, and adding up over all k,

    sum of c - sum of d = (B - 1) sum of h.

The left side is known: the counts' sum is the *mass*, the product of the multisets' sizes. So the digits
are the counts exactly if their sum is the mass (HAM-12); if not, the carries are repaired
(`lemmata.hamming.bit_packed.carry_repair`) or the digits widened.

Source: our reconstruction of the bit-packed transform that the abstract of T. M. Chan, C. Jin, V. Vassilevska
Williams and Y. Xu (2023), arXiv:2310.13174, names; the paper's text was not at hand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.hamming.correlations.modular_transform import Residues
from lemmata.hamming.correlations.word_transform import (
    convolution_operations,
    convolve_words,
    transform_length,
)

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class DigitPlan:
    """How counts are packed: ``bits`` per digit, ``per_word`` digits to a word, ``digits`` of the product.

    ``length`` is that of the transforms, in words; ``operations`` the word operations of it all.
    """

    bits: int
    per_word: int
    digits: int
    length: int
    operations: int


def largest_count(x_total: int, x_largest: int, y_total: int, y_largest: int) -> int:
    """No count of sums is larger: all of one multiset, each met by the other's largest multiplicity."""
    return min(x_total * y_largest, y_total * x_largest)


def fits_word(largest: int, word_bits: int) -> bool:
    """Whether counts up to ``largest`` can be digits of words with that many bits."""
    return largest.bit_length() <= word_bits - 3


def plan_digits(a: int, b: int, largest: int, bits: int, word_bits: int) -> DigitPlan:
    """Packing of a product of ``a`` by ``b`` digits of ``bits`` bits whose counts are at most ``largest``.

    A word of the product holds the counts of 2 per_word - 1 positions, at most
    largest (1 + B + ... + B^(2 per_word - 2)) <= 2 largest B^(2 per_word - 2): it has to stay below
    2^(word_bits - 2), so that adding a carry stays below 2^(word_bits - 1) and below p for words of 64 bits.
    The guard digits at the top leave room for the last carry.

    Raises
    ------
    ValueError
        If a single count does not fit a word.
    """
    count_bits = largest.bit_length()
    if not fits_word(largest, word_bits):
        raise ValueError(f"word_bits = {word_bits} is too small for counts up to {largest}")
    per_word = 1 + (word_bits - 3 - count_bits) // (2 * bits)
    guard = -(-(count_bits + 1) // bits)
    digits = a + b - 1 + guard
    length = transform_length(-(-a // per_word) + -(-b // per_word) - 1)
    operations = (
        pack_operations(a, length)
        + pack_operations(b, length)
        + convolution_operations(length)
        + unpack_operations(length, per_word, digits)
    )
    return DigitPlan(bits, per_word, digits, length, operations)


def product_digits(x: Counts, y: Counts, plan: DigitPlan) -> tuple[Counts, int]:
    """Digits d of X(B) Y(B), least first, which are the counts where no digit carries; and their sum.

    Their carries obey the mass certificate; the last carry is 0 thanks to the guard digits. Takes
    ``plan.operations`` word operations.
    """
    words = convolve_words(
        pack(x, plan.per_word, plan.bits, plan.length), pack(y, plan.per_word, plan.bits, plan.length)
    )
    digits = np.empty(plan.digits, dtype=np.int64)
    return digits, int(unpack(words, plan.per_word, plan.bits, digits))


def carries_by_mass(mass: int, digit_sum: int, bits: int) -> int:
    """Sum of all carries, from the mass certificate: (mass - digit_sum) / (2^bits - 1).

    Raises
    ------
    ArithmeticError
        If this is negative or no integer, which no digits of the product give.
    """
    carries, rest = divmod(mass - digit_sum, (1 << bits) - 1)
    if carries < 0 or rest:
        raise ArithmeticError(f"digits of sum {digit_sum} cannot belong to a product of mass {mass}")
    return carries


def pack_operations(digits: int, length: int) -> int:
    """Word operations of `pack`: every word is cleared, every multiplicity shifted and added to its word."""
    return length + 2 * digits


def unpack_operations(length: int, per_word: int, digits: int) -> int:
    """Word operations of `unpack`: add the carry to every word; mask, shift and sum every digit."""
    return min(length, -(-digits // per_word)) + 3 * digits


def _pack_py(counts: Counts, per_word: int, bits: int, length: int) -> Residues:
    """Words of ``per_word`` digits each; a multiplicity may be wider than a digit, as the word has room."""
    words = np.zeros(length, dtype=np.uint64)
    for i in range(len(counts)):
        words[i // per_word] += np.uint64(counts[i]) << np.uint64(bits * (i % per_word))
    return words


def _unpack_py(words: Residues, per_word: int, bits: int, digits: Counts) -> np.uint64:
    """Digits of the sum of words[k] 2^(k per_word bits), with carries from word to word; and their sum."""
    mask = (np.uint64(1) << np.uint64(bits)) - np.uint64(1)
    value = np.uint64(0)
    total = np.uint64(0)
    for first in range(0, len(digits), per_word):
        # What is left of the last word is the carry into this one.
        if first // per_word < len(words):
            value = value + words[first // per_word]
        for k in range(first, min(first + per_word, len(digits))):
            digit = value & mask
            digits[k] = np.int64(digit)
            total = total + digit
            value = value >> np.uint64(bits)
    return total


pack = njit(_pack_py)
unpack = njit(_unpack_py)
