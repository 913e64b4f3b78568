"""GPTQ in rational arithmetic: the oracle in which identities and ties are exact (QUA-3 to QUA-10).

Cholesky's square roots are avoided: H = M D M^T with M unit upper triangular and D diagonal, so that
D_i = 1 / U_ii^2 and M^-1 holds the feedback U_ij / U_ii.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.quantization.arrays import Rationals, positive_integer, rationals, refuse
from lemmata.quantization.gptq import feed_back, read_permutation
from lemmata.quantization.grid import Grid, read_grid


@dataclass(frozen=True, eq=False)
class ExactQuantized:
    """Rounded weights and every quantity of QUA-3, as Fractions in object arrays.

    Parameters
    ----------
    values : (rows, columns)
        Levels.
    errors : (rows, columns)
        Column i holds w_i - q_i with w_i as it was when column i was rounded.
    pivots : (columns,)
        1 / U_ii^2.
    loss : Fraction
        The trace of E H E^T with E = weights - values, from its definition.
    """

    values: Rationals
    errors: Rationals
    pivots: Rationals
    loss: Fraction


def nearest_rational(value: Fraction, grid: Grid) -> Fraction:
    """The level nearest to a rational, of a grid for one weight; ties to the even index, as `Grid.nearest`.

    The levels of a bounded grid are its doubles. Those of the unbounded grid are taken as exact rationals
    offset + step k.

    Examples
    --------
    >>> nearest_rational(Fraction(1, 2), Grid.unbounded(1.0))
    Fraction(0, 1)
    """
    if grid.codes is None:
        step, offset = Fraction(float(grid.scale)), Fraction(float(grid.offset))
        return offset + step * round((value - offset) / step)
    codes, width, lowest = grid.codes, float(grid.scale), float(grid.offset)

    def level(index: int) -> Fraction:
        return Fraction(lowest + width * float(codes[index]))

    # Bisection for the last code of the level below: levels do not decrease, as rounding is monotone.
    last = bisect_right(range(len(codes)), value, key=level) - 1
    if last < 0 or last + 1 == len(codes):
        return level(max(last, 0))
    below, above = level(last), level(last + 1)
    to_below, to_above = value - below, above - value
    return below if to_below < to_above or (to_below == to_above and last % 2 == 0) else above


def feedback_of_rational(hessian: Rationals) -> tuple[Rationals, Rationals]:
    """Feedback U_ij / U_ii and pivots 1 / U_ii^2 by elimination from the last column to the first.

    A column of zeros is bound to no other: its pivot is 0, and it is fed nothing.

    Raises
    ------
    ValueError
        If H without its columns of zeros is not positive definite.
    """
    n = len(hessian)
    rest = hessian.copy()
    idle = [not hessian[j].any() for j in range(n)]
    unit, pivots = identity(n), np.empty(n, dtype=object)
    for j in reversed(range(n)):
        pivots[j] = rest[j, j]
        if idle[j]:
            continue
        if pivots[j] <= 0:
            raise ValueError(f"hessian is not positive definite (pivot {j} is {pivots[j]})")
        unit[:j, j] = rest[:j, j] / pivots[j]
        rest[:j, :j] = rest[:j, :j] - unit[:j, j, None] * rest[None, :j, j]
    feedback = identity(n)
    for i in reversed(range(n)):
        for k in range(i + 1, n):
            feedback[i] = feedback[i] - unit[i, k] * feedback[k]
    return feedback, pivots


def identity(n: int) -> Rationals:
    """The identity matrix in Fractions."""
    return rationals("identity", [[int(i == j) for j in range(n)] for i in range(n)]).reshape(n, n)


def gptq_exact(
    weights: Any, hessian: Any, grid: Grid, *, order: Sequence[int] | None = None, block_size: int = 1
) -> ExactQuantized:
    """`gptq_from_hessian` without damping, in Fractions.

    Parameters
    ----------
    weights : (rows, columns)
        Ints, Fractions or doubles.
    hessian : (columns, columns)
        Symmetric and positive definite, save for columns of zeros.
    grid : Grid
        Covers the weights.
    order : permutation, optional
        Columns in the order of rounding.
    block_size : int
        As in `gptq`; here it can change nothing at all (QUA-4).

    Raises
    ------
    ValueError
        If H is not symmetric and positive definite, shapes do not match, the block size is not positive, or
        the order is no permutation.

    Examples
    --------
    >>> half = Fraction(1, 2)
    >>> result = gptq_exact([[half, half]], [[2, 1], [1, 2]], Grid.unbounded(1.0))
    >>> result.values.tolist(), result.loss
    ([[Fraction(0, 1), Fraction(1, 1)]], Fraction(1, 2))
    """
    w, h = rationals("weights", weights), rationals("hessian", hessian)
    if w.ndim != 2 or h.shape != 2 * w.shape[1:]:
        raise ValueError(f"weights and hessian do not match (their shapes are {w.shape} and {h.shape})")
    refuse("hessian", h, h != h.T, "must be symmetric")
    columns = w.shape[1]
    block_size = positive_integer("block_size", block_size)
    permutation = np.arange(columns) if order is None else read_permutation(order, columns)
    expanded = read_grid(grid).expand(w.shape)
    feedback, pivots = feedback_of_rational(h[np.ix_(permutation, permutation)])

    def round_column(place: int, column: NDArray[Any]) -> NDArray[Any]:
        levels = expanded[:, permutation[place]]
        return rationals("levels", [nearest_rational(value, levels[row]) for row, value in enumerate(column)])

    rounded, errors_in_order = feed_back(w[:, permutation], feedback, round_column, block_size)
    values, errors, by_column = np.empty_like(w), np.empty_like(w), np.empty_like(pivots)
    values[:, permutation], errors[:, permutation] = rounded, errors_in_order
    by_column[permutation] = pivots
    difference = w - values
    return ExactQuantized(
        values, errors, by_column, sum(((difference @ h) * difference).ravel(), Fraction(0))
    )
