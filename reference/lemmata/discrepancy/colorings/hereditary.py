"""Hereditary discrepancy, exactly, and its lower bound by determinants.

herdisc(A) is the largest discrepancy of A restricted to a set of columns. Over all restrictions and all their
colourings there are 3^n vectors in {-1, 0, 1}^n, one for each: they are run through in an order in which
neighbours differ in one coordinate by one.

The determinant bound (Lovasz, Spencer, Vesztergombi): herdisc(A) >= |det B|^(1/k) / 2 for every k x k
submatrix B (DIS-18). It is compared in integers: (2 herdisc)^k >= |det B|.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, islice
from math import comb, exp, inf, log
from numbers import Rational, Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.compilation import njit
from lemmata.discrepancy.colorings.linear_discrepancy import BLOCK, determinants, in_words
from lemmata.discrepancy.definition import Number, as_integers, as_vectors, require_integers
from lemmata.options import whole_number

MOST_COLUMNS = 30
"""Of more columns, the table of 2^n numbers would be larger than 8 GiB, and 3^n steps take weeks."""


@dataclass(frozen=True)
class HereditaryDiscrepancy:
    """The exact value, and columns whose own discrepancy it is.

    Parameters
    ----------
    value : int, Fraction or float
        herdisc; a float only for float input, where it is the double nearest to the exact value.
    columns : tuple of int
        A set of columns of that discrepancy; `optimal_coloring` confirms it.
    by_columns : numpy.ndarray, shape (2^n,)
        Discrepancy of every set of columns, times ``denominator``; bit j of the index says whether column j
        is in it.
    denominator : int
    """

    value: Number
    columns: tuple[int, ...]
    by_columns: NDArray[np.int64]
    denominator: int


@dataclass(frozen=True)
class DeterminantBound:
    """A submatrix whose determinant's root is largest: herdisc >= |determinant|^(1/order) / 2."""

    order: int
    determinant: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]

    @property
    def value(self) -> float:
        """The bound as a double; `allows` compares exactly."""
        # Logarithms, as a determinant may be beyond the largest double while its root is not.
        return exp(log(abs(self.determinant)) / self.order) / 2 if self.order and self.determinant else 0.0

    def allows(self, hereditary: Number) -> bool:
        """Whether a hereditary discrepancy is at least the bound, by exact powers."""
        if isinstance(hereditary, bool | str) or not isinstance(hereditary, Real | Rational):
            raise TypeError(f"hereditary must be a real number (got {hereditary!r})")
        if not 0 <= hereditary < inf:
            raise ValueError(f"hereditary must be finite and not negative (got {hereditary})")
        return (2 * Fraction(hereditary)) ** self.order >= abs(self.determinant) * bool(self.order)


def hereditary_discrepancy(vectors: ArrayLike, *, limit: int = 16) -> HereditaryDiscrepancy:
    """Exact hereditary discrepancy by running through {-1, 0, 1}^n.

    Parameters
    ----------
    vectors : array_like, shape (d, n)
        Integers, fractions or floats.
    limit : int
        Refuse more columns than this; more than 30 are refused in any case.

    Returns
    -------
    HereditaryDiscrepancy

    Raises
    ------
    TypeError, ValueError
        As `lemmata.discrepancy.discrepancy`; for more than ``limit`` columns, and for more than 30 whatever
        the limit; for numbers that do not fit 61 bits over their common denominator; for a limit that is no
        natural number.

    Notes
    -----
    Cost: 3^n d operations; memory: 2^n numbers. DIS-17, DIS-18.

    Examples
    --------
    Discrepancy is not hereditary: two copies of every point can be coloured evenly, one copy cannot.

    >>> pairs = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]])
    >>> found = hereditary_discrepancy(np.hstack([pairs, pairs]))
    >>> found.value, int(found.by_columns[-1])
    (2, 0)
    """
    matrix = as_vectors("vectors", vectors)
    n = matrix.shape[1]
    if n > whole_number("limit", limit, minimum=0):
        raise ValueError(f"vectors has too many columns for 3^n steps (n = {n} > limit = {limit})")
    if n > MOST_COLUMNS:
        demand = f"(n = {n} > {MOST_COLUMNS}), whatever the limit"
        raise ValueError(f"vectors has too many columns for a table of 2^n numbers {demand}")
    integers, denominator = as_integers(matrix)
    if integers.dtype != np.int64:
        raise ValueError("vectors: over their common denominator, the entries do not fit 61 bits")
    table = scan(np.ascontiguousarray(integers.T)) if integers.size else np.zeros(1 << n, dtype=np.int64)
    worst = int(np.argmax(table))
    exact = Fraction(int(table[worst]), denominator)
    value: Number = int(exact) if exact.denominator == 1 else exact
    if matrix.dtype == np.float64:
        value = float(exact)
    return HereditaryDiscrepancy(value, tuple(j for j in range(n) if worst >> j & 1), table, denominator)


def determinant_bound(vectors: ArrayLike, *, limit: int = 1_000_000) -> DeterminantBound:
    """The best determinant lower bound on the hereditary discrepancy, over all square submatrices.

    Parameters
    ----------
    vectors : array_like of int, shape (d, n)
    limit : int
        Refuse more submatrices than this.

    Returns
    -------
    DeterminantBound

    Raises
    ------
    TypeError, ValueError
        For entries that are no integers of 64 bits, for more submatrices than the limit, for a limit that is
        no natural number.

    Notes
    -----
    Cost: C(d + n, n) determinants, exactly. Roots are compared as powers. DIS-18.

    Examples
    --------
    >>> bound = determinant_bound([[1, 1, 0], [0, 1, 1], [1, 0, 1]])
    >>> bound.order, abs(bound.determinant), round(bound.value, 3), bound.allows(1)
    (3, 2, 0.63, True)
    """
    matrix = as_vectors("vectors", vectors)
    require_integers("vectors", matrix)
    d, n = matrix.shape
    limit = whole_number("limit", limit, minimum=0)
    if comb(d + n, n) > limit:
        count = in_words(comb(d + n, n))
        raise ValueError(f"vectors has {count} square submatrices, more than limit = {limit}")
    best = DeterminantBound(0, 1, (), ())
    largest = 0
    for rows, columns, value in _minors(matrix):
        order = len(rows)
        # |value|^(1/order) > |best|^(1/best.order), in integers.
        better = not best.order or abs(value) ** best.order > abs(best.determinant) ** order
        if value and better:
            best = DeterminantBound(order, value, rows, columns)
            largest = order
    return best if largest else DeterminantBound(1, 0, (0,), (0,)) if min(d, n) else best


def _minors(matrix: NDArray[np.int64]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], int]]:
    d, n = matrix.shape
    for order in range(1, min(d, n) + 1):
        for rows in combinations(range(d), order):
            choices = combinations(range(n), order)
            while some := list(islice(choices, BLOCK)):
                stack = matrix[np.array(rows)[None, :, None], np.array(some)[:, None, :]]
                yield from ((rows, c, v) for c, v in zip(some, determinants(stack), strict=True))


def _scan_py(columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Least discrepancy of every set of the columns (n, d), by a ternary Gray code."""
    n, d = columns.shape
    table = np.full(1 << n, np.iinfo(np.int64).max)
    signs = np.full(n, -1, dtype=np.int64)
    turn = np.ones(n, dtype=np.int64)  # whether coordinate j runs upwards or downwards
    sums = np.zeros(d, dtype=np.int64)
    for j in range(n):
        for i in range(d):
            sums[i] -= columns[j, i]
    support = (1 << n) - 1
    while True:
        value = 0
        for i in range(d):
            value = max(value, abs(sums[i]))
        table[support] = min(table[support], value)
        j = 0
        while j < n and not -1 <= signs[j] + turn[j] <= 1:
            turn[j] = -turn[j]
            j += 1
        if j == n:
            return table
        signs[j] += turn[j]
        for i in range(d):
            sums[i] += turn[j] * columns[j, i]
        support ^= 1 << j  # every step is from or to 0


scan = njit(_scan_py, steps=lambda columns: columns.shape[1] * 3 ** columns.shape[0])
