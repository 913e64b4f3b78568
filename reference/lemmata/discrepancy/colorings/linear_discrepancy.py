"""Linear discrepancy: how well the worst fractional vector can be rounded; exact, and bit by bit.

Problem: lindisc(A) = max over w in [0,1]^n of min over x in {0,1}^n of max_i |(A (w - x))_i|.

Bit by bit (Lovasz, Spencer and Vesztergombi): let w have k binary digits. Colour the elements whose last
digit is 1 and move them up or down by 2^-k according to colour: the last digit is gone, and every row has
changed by at most 2^-k times the colouring's discrepancy. After k rounds the sum of errors is below the
hereditary discrepancy (DIS-17).

Exactly, for small integer matrices: a worst w is the solution of n + 1 equations of a finite list, so its
denominator is a minor of a small matrix, and a grid for each such denominator is searched in integers
(DIS-19).

Source: L. Lovasz, J. Spencer, K. Vesztergombi, Discrepancy of set-systems and matrices, European Journal of
Combinatorics 7, 1986.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, islice
from math import comb, log10
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.arrays import as_array
from lemmata.discrepancy.colorings.optimal_coloring import distinct_rows, optimal_coloring
from lemmata.discrepancy.definition import as_signs, as_vectors, require_integers, row_sums
from lemmata.options import whole_number
from lemmata.tracing import Trace, emit

BLOCK = 1 << 13
"""Determinants, or points of a grid, that are in memory at a time."""

MOST_ALIKE = 31
"""Entries with the same last digit that are coloured by an exact search."""


@dataclass(frozen=True)
class BitRounded:
    """The digit 2^-bit was removed by colouring these elements; +1 rounds up."""

    bit: int
    elements: tuple[int, ...]
    signs: tuple[int, ...]
    discrepancy: int | Fraction
    """Of the colouring, on the columns of these elements, exactly."""


@dataclass(frozen=True)
class BitRounding:
    """A rounding, its exact error, and what the colourings on the way guarantee.

    Parameters
    ----------
    values : numpy.ndarray of int64, shape (n,)
        0 or 1.
    error : Fraction
        max_i |(A (x - values))_i|, exactly.
    bound : Fraction
        Sum over the rounds of 2^-bit times the discrepancy of the round's colouring, at least the error.
    bits : int
        k: binary digits of x.
    """

    values: NDArray[np.int64]
    error: Fraction
    bound: Fraction
    bits: int


@dataclass(frozen=True)
class LinearDiscrepancy:
    """The exact linear discrepancy and a vector that is hardest to round.

    Parameters
    ----------
    value : Fraction
        lindisc, in the normalisation of x in {0, 1}^n.
    worst : tuple of Fraction
        A vector w in [0, 1]^n whose nearest rounding is that far away; its denominator is one of DIS-19.
    """

    value: Fraction
    worst: tuple[Fraction, ...]


def round_by_bits(
    x: ArrayLike,
    constraints: ArrayLike,
    *,
    color: Callable[[NDArray[Any]], ArrayLike] | None = None,
    trace: Trace = None,
) -> BitRounding:
    """Round binary fractions in [0, 1] to 0 and 1, one binary digit after another.

    Parameters
    ----------
    x : array_like, shape (n,)
        Floats, or fractions whose denominators are powers of two.
    constraints : array_like, shape (m, n)
        Integers, fractions or floats.
    color : callable, optional
        Gets the columns of a round as a matrix and returns signs for them. Default: `optimal_coloring`, so
        that at most 31 elements may have the same digit.
    trace : list or callable, optional
        Receives a `BitRounded` for every round.

    Returns
    -------
    BitRounding
        With the default colouring, ``bound`` is at most (1 - 2^-bits) herdisc(constraints) (DIS-17).

    Raises
    ------
    TypeError, ValueError
        Naming the first entry of x outside [0, 1] or without a finite binary expansion; as `discrepancy`;
        what `color` returns is refused by the same rules.

    Notes
    -----
    Cost: one colouring per binary digit, and exact sums.

    Examples
    --------
    >>> rounding = round_by_bits([0.25, 0.5, 0.75], [[1, 1, 0], [0, 1, 1], [1, 1, 1]])
    >>> rounding.values.tolist(), rounding.error, rounding.bound
    ([0, 1, 0], Fraction(1, 2), Fraction(3, 4))
    """
    matrix = as_vectors("constraints", constraints)
    if color is not None and not callable(color):
        raise TypeError(f"color must be a function or None (got {color!r})")
    start = _binary_fractions(x, matrix.shape[1])
    current = list(start)
    bits = max((value.denominator.bit_length() - 1 for value in start), default=0)
    bound = Fraction(0)
    known: dict[tuple[int, ...], ArrayLike] = {}  # 2^-1074 has a thousand digits, most of them alike
    for bit in range(bits, 0, -1):
        chosen = [j for j, value in enumerate(current) if value.denominator == 2**bit]
        if not chosen:
            continue
        if color is None and len(chosen) > MOST_ALIKE:
            demand = f"at most {MOST_ALIKE} can be coloured by optimal_coloring: give a color"
            raise ValueError(
                f"x has {len(chosen)} entries with the binary digit 2^-{bit} as their last; {demand}"
            )
        columns = matrix[:, chosen]
        if color is not None:
            found = color(columns)
        elif tuple(chosen) in known:
            found = known[tuple(chosen)]
        else:
            found = known[tuple(chosen)] = optimal_coloring(columns).signs
        signs = as_signs("the result of color", found, len(chosen))
        for j, sign in zip(chosen, signs.tolist(), strict=True):
            current[j] += Fraction(sign, 2**bit)
        value = max(row_sums(columns, signs.tolist()), default=0)
        bound += Fraction(value) / 2**bit
        emit(trace, BitRounded(bit, tuple(chosen), tuple(signs.tolist()), value))
    values = np.array([int(value) for value in current], dtype=np.int64)
    moved = [before - after for before, after in zip(start, current, strict=True)]
    error = Fraction(max(row_sums(matrix, moved), default=0))
    return BitRounding(values, error, bound, bits)


def _binary_fractions(x: ArrayLike, length: int) -> list[Fraction]:
    values = as_array("x", x)
    if values.shape != (length,):
        raise ValueError(f"x must have shape ({length},), one entry per column (shape {values.shape})")
    fractions = []
    for j, value in enumerate(
        as_vectors("x", [x] if isinstance(x, list | tuple) else values[None, :])[0].tolist()
    ):
        if not 0 <= value <= 1:
            raise ValueError(f"x must be in [0, 1] (x[{j}] = {value})")
        fraction = Fraction(value)
        if fraction.denominator & (fraction.denominator - 1):
            raise ValueError(f"x must have finitely many binary digits (x[{j}] = {fraction})")
        fractions.append(fraction)
    return fractions


def linear_discrepancy(vectors: ArrayLike, *, limit: int = 20_000_000) -> LinearDiscrepancy:
    """Exact linear discrepancy of a small integer matrix, in the normalisation of x in {0,1}^n.

    Parameters
    ----------
    vectors : array_like of int, shape (d, n)
    limit : int
        Refuse more work than this: (n + 1)^3 operations for every determinant, one for every pair of a grid's
        point and a rounding.

    Returns
    -------
    LinearDiscrepancy

    Raises
    ------
    TypeError
        For entries that are no integers; for a limit that is none.
    ValueError
        For more work than the limit: before any determinant is computed if these are too many, and as soon as
        a denominator is found whose grid is too large.

    Notes
    -----
    Cost: C(2d + n, n + 1) determinants, d the number of rows that are distinct and not 0 up to sign, and
    2^n (D + 1)^n d comparisons for each denominator D among them that divides no other. Memory: some thousand
    determinants or points of a grid, and the 2^n roundings. DIS-19.

    Examples
    --------
    All intervals of three points: the worst vector has every coordinate 3/4, or 1/4 (n / (n + 1) is known to
    be the most for totally unimodular matrices).

    >>> linear_discrepancy([[1, 1, 0], [0, 1, 1], [1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]]).value
    Fraction(3, 4)
    """
    matrix = as_vectors("vectors", vectors)
    limit = whole_number("limit", limit, minimum=0)
    require_integers("vectors", matrix)
    n = matrix.shape[1]
    best = LinearDiscrepancy(Fraction(0), (Fraction(0),) * n)
    if not matrix.any():
        return best
    # A determinant of two rows (a, 1), (a, -1) and n - 1 unit vectors is twice an entry of a.
    _require_small_grids([2 * max(-int(matrix.min()), int(matrix.max()))], n, limit)
    rows = distinct_rows(matrix)
    denominators = _denominators(rows, limit)
    images = np.array([[mask >> j & 1 for j in range(n)] for mask in range(1 << n)]) @ rows.T
    for denominator in denominators:
        for points in _grid(denominator, n):
            sums = points @ rows.T
            nearest = np.full(len(points), np.iinfo(np.int64).max)
            for image in images:
                np.minimum(nearest, np.abs(sums - denominator * image).max(axis=1), out=nearest)
            at = int(np.argmax(nearest))
            value = Fraction(int(nearest[at]), denominator)
            if value > best.value:
                best = LinearDiscrepancy(value, tuple(Fraction(int(c), denominator) for c in points[at]))
    return best


def _grid(denominator: int, n: int) -> Iterator[NDArray[np.int64]]:
    """The points of {0, ..., denominator}^n, some at a time."""
    sides = (denominator + 1,) * n
    for start in range(0, (denominator + 1) ** n, BLOCK):
        indices = np.arange(start, min(start + BLOCK, (denominator + 1) ** n))
        yield np.stack(np.unravel_index(indices, sides), axis=-1).astype(np.int64)


def _denominators(rows: NDArray[np.int64], limit: int) -> list[int]:
    """Determinants that can be denominators of a worst vector, positive, without divisors of others.

    Raises
    ------
    ValueError
        If they, or the grids that belong to them, are more work than the limit.
    """
    d, n = rows.shape
    work = comb(2 * d + n, n + 1) * (n + 1) ** 3
    if work > limit:
        raise ValueError(
            f"vectors needs {in_words(work)} operations for determinants, more than limit = {limit}"
        )
    ones = np.ones((d, 1), dtype=np.int64)
    units = np.hstack([np.eye(n, dtype=np.int64), np.zeros((n, 1), dtype=np.int64)])
    equations = np.vstack([np.hstack([rows, ones]), np.hstack([rows, -ones]), units])
    found: set[int] = set()
    choices = combinations(range(len(equations)), n + 1)
    while chosen := list(islice(choices, BLOCK)):
        found.update(map(abs, determinants(equations[np.array(chosen, dtype=np.intp)])))
        _require_small_grids([max(found)], n, limit)  # only a multiple could spare us the largest one
    kept = [v for v in sorted(found - {0}) if not any(w > v and w % v == 0 for w in found)]
    _require_small_grids(kept, n, limit)
    return kept


def _require_small_grids(denominators: list[int], n: int, limit: int) -> None:
    work = sum((denominator + 1) ** n << n for denominator in denominators)
    if work > limit:
        raise ValueError(
            f"vectors needs {in_words(work)} comparisons of points with roundings, more than limit = {limit}"
        )


def in_words(work: int) -> str:
    """A count for an error message: Python prints no integers of thousands of digits."""
    return str(work) if work < 10**15 else f"more than 10^{int(log10(work))}"


def determinants(matrices: NDArray[np.int64]) -> list[int]:
    """Determinants of a stack of integer matrices (count, k, k), exactly (python-flint)."""
    from flint import fmpz_mat  # noqa: PLC0415 - loads only where it is used

    return [int(fmpz_mat(matrix).det()) for matrix in matrices.tolist()]
