"""What bit-packing costs, as formulas: the bound on `bit_packed_fft`, and machines larger than this one.

The plans of `lemmata.hamming.bit_packed.narrow_digits` are computed in Python integers, so they also say
what a machine with words of a thousand bits would do: the packing of Theta(log m) bits per word, whose effect
64-bit words hide.
"""

from __future__ import annotations

from math import isqrt, sqrt

import numpy as np
from numpy.typing import NDArray

from lemmata.hamming.bit_packed.bit_packed_fft import (
    SMALLEST_PIECE,
    heavy_letters,
    least_product,
    piece_operations,
    product_estimate,
)
from lemmata.hamming.bit_packed.carry_repair import SHRINK
from lemmata.hamming.bit_packed.narrow_digits import plan_digits
from lemmata.hamming.bit_packed.packing import HEADROOM, Digits, Packing
from lemmata.hamming.bit_packed.sum_histogram import PLANNING, repair_operations
from lemmata.hamming.exact.direct_counting import PER_PAIR
from lemmata.options import whole_number


def letter_mass_bound(n: int, m: int) -> float:
    """Largest sum over the letters of sqrt(n_c m_c) (HAM-10): sqrt(n m)."""
    return sqrt(n * m)


def bit_packed_word_operations(n: int, m: int) -> float:
    """Largest number of word operations of `bit_packed_fft` when no digit overflows (HAM-15).

    The sum of `packed_piece_operations` over the pieces of max(m, 4096) alignments and the last, shorter one;
    for 64-bit words, and digits "narrow" or "wide".

    Raises
    ------
    TypeError, ValueError
        Unless these are integers, 1 <= m <= n.
    """
    n, m = whole_number("n", n), whole_number("m", m)
    if not 1 <= m <= n:
        raise ValueError(f"lengths must be 1 <= m <= n (n = {n}, m = {m})")
    full, rest = divmod(n - m + 1, max(m, SMALLEST_PIECE))
    total = full * packed_piece_operations(max(m, SMALLEST_PIECE) + m - 1, m) if full else 0.0
    return total + (packed_piece_operations(rest + m - 1, m) if rest else 0.0)


def packed_piece_operations(window: int, m: int) -> float:
    """Largest number of word operations for a piece of ``window`` letters, growing in both arguments.

    For the letters sqrt(W m) `dearest_letter`; for deciding, `PLANNING` and one for every letter that may be
    worth a product, of which there are at most sqrt(W m / (3 (W + m))); and what a piece takes per letter.
    """
    letters = letter_mass_bound(window, m)
    deciding = (PLANNING + 1) * sqrt(window * m / (3 * (window + m)))
    return letters * dearest_letter(window, m) + deciding + 7 * window + 15 * m + 4


def dearest_letter(window: int, m: int) -> float:
    """Largest min(2u^2, K(u)) / u over all u: the cost of a letter of mass u^2, per unit of u.

    A count is at most u, so K is constant while u has the same number of bits, and only grows with them.
    """
    return max(dearest_of_bits(window, m, bits) for bits in range(1, m.bit_length() + 1))


def dearest_of_bits(window: int, m: int, bits: int) -> float:
    """Largest min(2u^2, K) / u over the u of that many bits, K being `product_word_operations`.

    It is where both are equal, if that is among them, otherwise at the nearest end. Those of most bits end
    with sqrt(W m), as u may be larger than any count.
    """
    product = product_word_operations(window, m, bits)
    last = 2.0**bits if bits < m.bit_length() else sqrt(window * m)
    u = min(max(sqrt(product / PER_PAIR), 2.0 ** (bits - 1)), last)
    return min(PER_PAIR * u * u, product) / u


def product_word_operations(window: int, m: int, bits: int) -> int:
    """K: word operations of multiplying out a letter with counts of that many bits, all included."""
    return (
        plan_digits(window, m, (1 << bits) - 1, bits, 64).operations + 2 * PLANNING + 3 * window + 2 * m + 5
    )


def letters_word_operations(
    window: int,
    m: int,
    in_window: NDArray[np.int64],
    in_pattern: NDArray[np.int64],
    packing: Packing | None = None,
) -> int:
    """Word operations that `bit_packed_fft` charges for a piece, by its letters' frequencies, exactly.

    If no digit overflows; ``in_window[c]`` and ``in_pattern[c]`` count the occurrences of the pattern's
    letters. `index_operations` come to those of all pieces.
    """
    packing = Packing() if packing is None else packing
    masses = in_window * in_pattern
    likely = np.flatnonzero(PER_PAIR * masses > least_product(window, m, packing)).tolist()
    heavy = heavy_letters(window, m, in_window, in_pattern, likely, packing)
    pairs = int(masses.sum()) - int(masses[heavy].sum())
    products = sum(product_estimate(window, m, int(in_window[c]), int(in_pattern[c]), packing) for c in heavy)
    deciding = (PLANNING + 1) * len(likely)
    return products + PER_PAIR * pairs + deciding + piece_operations(window, len(in_pattern))


def normalised_cost(log2_m: int, digits: Digits, word_bits: int | None = None) -> float:
    """Word operations over n sqrt(m) in the worst letter frequencies, n large, by formula (HAM-16).

    Pieces of 2m letters whose letters all have the same mass u^2, for the worst u^2 up to 2^30 m: on a grid
    of ratio sqrt(2), and of ratio 2^(1/32) between 2^6 m and 2^14 m, where pairs and products balance. What
    a piece takes per letter is left out.

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
    steps = [*range(0, 30 * 32, 16), *range(6 * 32, 14 * 32)]
    masses = [(m << (step // 32)) * _ROOTS[step % 32] >> 16 for step in steps]
    dearer: Digits = "wide" if digits == "narrow" else digits  # plans only, and at least as much
    worst = 0.0
    for bound, mass in sorted([(_normalised(m, mass, dearer, word), mass) for mass in masses], reverse=True):
        if bound <= worst:
            break
        worst = max(worst, _normalised(m, mass, digits, word))
    return worst


def _normalised(m: int, mass: int, digits: Digits, word: int) -> float:
    """Word operations over n sqrt(m) of all letters of a piece of 2m letters, if each has this mass."""
    cost = min(PER_PAIR * mass, product_cost(2 * m, m, mass, digits, word))
    # Few letters of a piece can have this mass: at most sqrt(2) m / u by HAM-10.
    return (cost / m) * sqrt(2) / sqrt(mass / m)


_ROOTS = [round(2 ** (16 + k / 32)) for k in range(32)]


def product_cost(a: int, b: int, mass: int, digits: Digits, word_bits: int) -> int:
    """Word operations of one product of a by b positions; with narrow digits, repair included.

    Narrow digits are narrower than wide ones only where there are 4096 positions and more, so that the
    products of repairs of repairs come to an end.
    """
    largest = max(1, isqrt(mass))
    bits = word_bits - 3 if digits == "single" else largest.bit_length()
    direct = _digits_cost(a, b, mass, bits, word_bits)
    if digits != "narrow" or _narrow_bits(a + b, mass) >= bits:
        return direct
    return min(direct, repaired_cost(a, b, mass, word_bits))


def repaired_cost(a: int, b: int, mass: int, word_bits: int) -> int:
    """Word operations of one product with narrow digits and of its repair, if three moduli suffice.

    Folded products have the mass of the whole, and moduli from the middle of what they are drawn from.
    """
    modulus = 3 * (a + b) // (2 * SHRINK)
    folded = product_cost(modulus, modulus, mass, "narrow", word_bits)
    narrow = _digits_cost(a, b, mass, _narrow_bits(a + b, mass), word_bits)
    return narrow + repair_operations(a, b, modulus, folded)


def _digits_cost(a: int, b: int, mass: int, bits: int, word_bits: int) -> int:
    return 2 * PLANNING + plan_digits(a, b, max(1, isqrt(mass)), bits, word_bits).operations


def _narrow_bits(size: int, mass: int) -> int:
    return (HEADROOM * max(1, -(-mass // size)) - 1).bit_length()
