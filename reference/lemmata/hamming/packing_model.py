"""What bit-packing costs, as formulas: the bound on `bit_packed_fft`, and machines larger than this one.

The plans of `lemmata.hamming.narrow_digits` are computed in Python integers, so they also say what a
machine with words of a thousand bits would do: the packing of Theta(log m) bits per word, whose effect
64-bit words hide.
"""

from math import isqrt, sqrt

import numpy as np
from numpy.typing import NDArray

from lemmata.hamming.bit_packed_fft import PER_LETTER, SMALLEST_PIECE, heavy_letters, product_estimate
from lemmata.hamming.narrow_digits import plan_digits
from lemmata.hamming.sum_histogram import HEADROOM, PER_PAIR, SHRINK, TABLES, Digits, Packing

CERTIFIED = 102
"""C of HAM-15 for 64-bit words, 1 <= m <= 2^18 and n >= m."""

OVERFLOW_FACTOR = 3
"""What overflows may multiply the cost by, unless they are repaired whatever it takes (HAM-15)."""


def letter_mass_bound(text_length: int, pattern_length: int) -> float:
    """Largest sum over the letters of sqrt(n_c m_c) (HAM-10): sqrt(n m)."""
    return sqrt(text_length * pattern_length)


def bit_packed_word_operations(text_length: int, pattern_length: int, word_bits: int = 64) -> float:
    """Largest number of word operations of `bit_packed_fft` when no digit overflows (HAM-15).

    The sum of `piece_word_operations` over the pieces of max(m, 4096) alignments and the last, shorter one.
    """
    n, m = text_length, pattern_length
    alignments, step = n - m + 1, max(m, SMALLEST_PIECE)
    full, rest = divmod(alignments, step)
    total = full * piece_word_operations(step + m - 1, m, word_bits) if full else 0.0
    return total + (piece_word_operations(rest + m - 1, m, word_bits) if rest else 0.0)


def piece_word_operations(window: int, m: int, word_bits: int = 64) -> float:
    """Largest number of word operations for a piece of ``window`` letters, growing in both arguments.

    sqrt(W m) max_u min(4u^2, K(u)) / u for the letters, K(u) being the cost of a product with digits wide
    enough for counts up to u, and 6(W + m) for reading.
    """
    return letter_mass_bound(window, m) * dearest_letter(window, m, word_bits) + PER_LETTER * (window + m)


def letters_word_operations(
    window: int,
    m: int,
    in_window: NDArray[np.int64],
    in_pattern: NDArray[np.int64],
    packing: Packing | None = None,
) -> int:
    """Word operations that `bit_packed_fft` charges for a piece, by its letters' frequencies, exactly.

    If no digit overflows; ``in_window[c]`` and ``in_pattern[c]`` count the occurrences of the pattern's
    letters.
    """
    packing = Packing() if packing is None else packing
    heavy = heavy_letters(window, m, in_window, in_pattern, packing)
    pairs = int((in_window * in_pattern).sum()) - int((in_window * in_pattern)[heavy].sum())
    # The estimate allows W for adding the counts, of which there are W - m + 1.
    products = sum(
        product_estimate(window, m, int(in_window[c]), int(in_pattern[c]), packing) - m + 1 for c in heavy
    )
    return products + PER_PAIR * pairs + PER_LETTER * (window + m)


def dearest_letter(window: int, m: int, word_bits: int) -> float:
    """Largest min(4u^2, K(u)) / u over all u: the cost of a letter of mass u^2, per unit of u.

    A count is at most u, so K is constant while u has the same number of bits.
    """
    dearest = 0.0
    top = m.bit_length()
    for bits in range(1, top + 1):
        product = plan_digits(window, m, (1 << bits) - 1, bits, word_bits).operations + 3 * window + 2 * m
        low, high = float(2 ** (bits - 1)), float(2**bits) if bits < top else sqrt(window * m)
        u = min(max(sqrt(product / PER_PAIR), low), high)  # where both costs meet
        dearest = max(dearest, min(PER_PAIR * u * u, product) / u)
    return dearest


def normalised_cost(log2_m: int, digits: Digits, word_bits: int | None = None) -> float:
    """Word operations over n sqrt(m) in the worst letter frequencies, n large, by formula (HAM-16).

    Pieces of 2m letters whose letters all have the same mass u^2, for the worst u^2 up to 2^30 m: on a grid
    of ratio sqrt(2), and of ratio 2^(1/32) between 2^6 m and 2^14 m, where pairs and products balance.

    Parameters
    ----------
    log2_m : int
        The pattern has 2**log2_m letters.
    digits : {"narrow", "wide", "single"}
        `bit_packed_fft` with repairs at their expected cost; with digits for every count; one digit to a
        word, as in Abrahamson's algorithm.
    word_bits : int, optional
        By default 4 log2_m, at least 24.

    Examples
    --------
    >>> normalised_cost(256, "narrow") < normalised_cost(256, "wide") < normalised_cost(256, "single")
    True
    """
    word = max(24, 4 * log2_m) if word_bits is None else word_bits
    m = 1 << log2_m
    worst = 0.0
    for step in [*range(0, 30 * 32, 16), *range(6 * 32, 14 * 32)]:
        mass = (m << (step // 32)) * _ROOTS[step % 32] >> 16
        cost = min(PER_PAIR * mass, product_cost(2 * m, m, mass, digits, word))
        # Few letters of a piece can have this mass: at most sqrt(2) m / u by HAM-10.
        worst = max(worst, (cost / m) * sqrt(2) / sqrt(mass / m))
    return worst


_ROOTS = [round(2 ** (16 + k / 32)) for k in range(32)]


def product_cost(a: int, b: int, mass: int, digits: Digits, word_bits: int) -> float:
    """Word operations of one product of a by b positions; with narrow digits, repair included."""
    largest = max(1, isqrt(mass))
    if digits == "single":
        return plan_digits(a, b, largest, word_bits - 3, word_bits).operations
    wide = plan_digits(a, b, largest, largest.bit_length(), word_bits).operations
    if digits == "wide":
        return wide
    size = a + b
    bits = (HEADROOM * max(1, -(-mass // size)) - 1).bit_length()
    if bits >= largest.bit_length() or size < 512:
        return wide
    narrow = plan_digits(a, b, largest, bits, word_bits).operations
    modulus = 3 * size // (2 * SHRINK)
    folded = product_cost(modulus, modulus, mass, digits, word_bits)
    # Folding x, y, the folded problem and the digits, and solving; scanning, peeling and correcting.
    repair = TABLES * (folded + 4 * size + 8 * modulus) + (4 * TABLES + 3) * size
    return min(wide, narrow + repair)
