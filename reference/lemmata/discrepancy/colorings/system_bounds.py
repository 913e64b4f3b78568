"""The bounds of the chapter's theorems on colourings of set systems and vectors, as functions."""

from __future__ import annotations

from fractions import Fraction
from math import expm1, isqrt, log
from statistics import NormalDist

from lemmata.options import whole_number


def beck_fiala_bound(degree: int) -> int:
    """2t - 1 for degree t >= 1; 0 for t = 0 (DIS-11)."""
    degree = whole_number("degree", degree, minimum=0)
    return 2 * degree - 1 if degree else 0


def beck_fiala_phases(elements: int, degree: int) -> int:
    """Phases of Beck and Fiala's walk, at most: each leaves t / (t + 1) of the floating elements (DIS-12).

    Examples
    --------
    >>> [beck_fiala_phases(1000, t) for t in (0, 1, 3, 10)]
    [1, 10, 22, 54]
    """
    elements = whole_number("elements", elements, minimum=0)
    degree = whole_number("degree", degree, minimum=0)
    phases, floating = 0, elements
    while floating:
        phases += 1
        floating = floating * degree // (degree + 1)
    return phases


def barany_grinberg_bound(dimension: int) -> int:
    """2d - 1: prefix sums of signed vectors, in units of the longest vector (DIS-13)."""
    dimension = whole_number("dimension", dimension, minimum=0)
    return max(0, 2 * dimension - 1)


def steinitz_bound(dimension: int) -> int:
    """d: deviation of the prefix sums of reordered vectors, in units of the longest vector (DIS-14)."""
    return whole_number("dimension", dimension, minimum=0)


def hadamard_bound(order: int) -> int:
    """Least integer at least sqrt(n) with the parity of n: discrepancy of a Hadamard matrix (DIS-8).

    Examples
    --------
    >>> [hadamard_bound(n) for n in (1, 2, 4, 8, 12, 16, 20)]
    [1, 2, 2, 4, 4, 4, 6]
    """
    order = whole_number("order", order, minimum=0)
    return _with_parity(_ceiling_root(order), order)


def projective_plane_bound(order: int) -> int:
    """Least integer v with v^2 >= q + 1/(q^2 + q + 1) and the parity of q + 1 (DIS-9).

    Examples
    --------
    >>> [projective_plane_bound(q) for q in (2, 3, 5)]
    [3, 2, 4]
    """
    order = whole_number("order", order, minimum=0)
    return _with_parity(isqrt(order) + 1, order + 1)


def banaszczyk_bound(dimension: int) -> float:
    """5c with P(|g| <= c) = 2^(-1/d), g standard normal: discrepancy of unit vectors in R^d (DIS-16).

    Examples
    --------
    >>> round(banaszczyk_bound(1), 4)
    3.3724
    """
    dimension = whole_number("dimension", dimension, minimum=1)
    if dimension > 10**300:
        raise ValueError("dimension must be at most 10^300, for its inverse to be a double")
    # Half of 1 - 2^(-1/d), which would be lost beside 1.
    return -5 * NormalDist().inv_cdf(-expm1(-log(2) / dimension) / 2)


def bit_rounding_bound(hereditary: int | Fraction, bits: int) -> Fraction:
    """(1 - 2^-k) herdisc: the error of rounding k-bit numbers bit by bit (DIS-17).

    Examples
    --------
    >>> bit_rounding_bound(1, 3)
    Fraction(7, 8)
    """
    bits = whole_number("bits", bits, minimum=0)
    return hereditary * (1 - Fraction(1, 2**bits))


def _with_parity(value: int, parity: int) -> int:
    return value + (value - parity) % 2


def _ceiling_root(number: int) -> int:
    return isqrt(number - 1) + 1 if number else 0
