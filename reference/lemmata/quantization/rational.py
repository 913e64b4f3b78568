"""GPTQ in rational arithmetic: the oracle in which identities and ties are exact (QUA-3 to QUA-10).

Cholesky's square roots are avoided: H = M D M^T with M unit upper triangular and D diagonal, so that
D_i = 1 / U_ii^2 and M^-1 holds the feedback U_ij / U_ii.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.options import refuse_observers, whole_number
from lemmata.quantization.arrays import Rationals, rational_number, rationals, refuse
from lemmata.quantization.gptq import round_in_order
from lemmata.quantization.grid import Grid, read_grid
from lemmata.quantization.hessian import by_inputs, refuse_other_columns
from lemmata.quantization.order import rounding_order
from lemmata.quantization.stochastic import generator_for
from lemmata.tracing import Trace


@dataclass(frozen=True, eq=False)
class ExactQuantized:
    """Rounded weights and every quantity of QUA-3, as Fractions in object arrays.

    Parameters
    ----------
    values : (rows, columns)
        Levels.
    loss : Fraction
        The trace of E H E^T with E = weights - values, from its definition and without damping.
    row_losses : (rows,)
        The sums of ((w_i - q_i) / U_ii)^2 over the columns: by QUA-3 the loss of each row, measured with the
        damped H.
    order : (columns,) int64
        The columns in the order in which they were rounded.
    errors : (rows, columns)
        Column i holds w_i - q_i with w_i as it was when column i was rounded.
    pivots : (columns,)
        1 / U_ii^2 of the damped H.
    """

    values: Rationals
    loss: Fraction
    row_losses: Rationals
    order: NDArray[np.int64]
    errors: Rationals
    pivots: Rationals


def gptq_exact(
    weights: Any,
    inputs: Any,
    grid: Grid,
    *,
    hessian: Any = None,
    block_size: int = 128,
    damping: Any = 0.01,
    order: str | ArrayLike | None = None,
    rounding: str = "nearest",
    rng: np.random.Generator | int | None = None,
    trace: Trace = None,
) -> ExactQuantized:
    """`gptq` in Fractions: the same arguments, read as the rational numbers that they are.

    Parameters
    ----------
    weights : (rows, columns)
        Ints, Fractions, doubles or texts like "3/5".
    inputs : (columns, samples) or None
        None where ``hessian`` is given.
    grid : Grid
        Covers the weights. Its levels are taken as `nearest_rational` says.
    hessian : (columns, columns), optional
        H = inputs @ inputs.T in place of the inputs: symmetric and positive semidefinite, and positive
        definite once damped, save for columns of zeros.
    block_size : int
        As in `gptq`; here it can change nothing at all (QUA-4).
    damping : rational number
        Added to the diagonal of H, relative to the diagonal's mean. The default is the double 0.01.
    order : {None, "activation"} or permutation of the columns
        As in `gptq`.
    rounding : {"nearest", "stochastic"}
        At random a weight w between levels a < b goes up where a uniform number is below (w - a) / (b - a):
        compared exactly, with the numbers that `gptq` would draw.
    rng : numpy.random.Generator, int or None
        Randomness of stochastic rounding, passed to `numpy.random.default_rng`.
    trace : list or callable, optional
        Receives one `ColumnRounded` per column, in Fractions.

    Returns
    -------
    ExactQuantized

    Raises
    ------
    ValueError, TypeError
        As `gptq` does, with no allowance for rounding: H has to be symmetric and semidefinite exactly.

    Notes
    -----
    O(rows columns^2 + columns^3 + columns^2 samples) operations on rationals, whose length grows with the
    columns.

    Examples
    --------
    >>> half = Fraction(1, 2)
    >>> result = gptq_exact([[half, half]], None, Grid.unbounded(1.0), hessian=[[2, 1], [1, 2]], damping=0)
    >>> result.values.tolist(), result.loss
    ([[Fraction(0, 1), Fraction(1, 1)]], Fraction(1, 2))
    """
    refuse_observers(trace)
    w = rationals("weights", weights, 2)
    h = read_layer_exactly(inputs, hessian, w.shape[1])
    generator = generator_for(rounding, rng)
    block_size = whole_number("block_size", block_size, minimum=1)
    columns_in_order = rounding_order(h, order)
    levels = read_grid(grid).expand(w.shape)
    damped = damp_exactly(h, rational_number("damping", damping))
    feedback, pivots_in_order = feedback_of_rational(damped[np.ix_(columns_in_order, columns_in_order)])

    def round_column(column: int, before: Rationals) -> Rationals:
        own = levels[:, column]
        if generator is None:
            found = [nearest_rational(value, own[row]) for row, value in enumerate(before)]
        else:
            numbers = generator.random(before.shape)
            found = [choose_rational(before[row], own[row], float(u)) for row, u in enumerate(numbers)]
        return rationals("levels", found)

    values, errors = round_in_order(w, columns_in_order, feedback, round_column, block_size, trace)
    pivots = np.empty_like(pivots_in_order)
    pivots[columns_in_order] = pivots_in_order
    difference = w - values
    return ExactQuantized(
        values,
        sum(((difference @ h) * difference).ravel(), Fraction(0)),
        (errors * errors) @ pivots,
        columns_in_order,
        errors,
        pivots,
    )


def read_layer_exactly(inputs: Any, hessian: Any, columns: int) -> Rationals:
    """H, from the inputs or as it is given."""
    if by_inputs(inputs, hessian):
        x = rationals("inputs", inputs, 2)
        refuse_other_columns("inputs", len(x), columns)
        return np.asarray(x @ x.T)
    h = rationals("hessian", hessian, 2)
    if h.shape[0] != h.shape[1]:
        raise ValueError(f"hessian must be square (its shape is {h.shape})")
    refuse_other_columns("hessian", len(h), columns)
    refuse("hessian", h, h != h.T, "must be symmetric")
    refuse_indefinite_rational(h)
    return h


def refuse_indefinite_rational(hessian: Rationals) -> None:
    """Raise ValueError if H is not positive semidefinite: by elimination, where a pivot of 0 leaves zeros."""
    rest = hessian.copy()
    for j in reversed(range(len(rest))):
        pivot, column = rest[j, j], rest[:j, j].copy()
        if pivot < 0 or (pivot == 0 and column.any()):
            raise ValueError(
                f"hessian must be positive semidefinite (eliminating from the last column, pivot {j} is "
                f"{pivot}{' in a column that is not zero' if pivot == 0 else ''})"
            )
        if pivot:
            rest[:j, :j] = rest[:j, :j] - column[:, None] * column[None, :] / pivot


def damp_exactly(hessian: Rationals, damping: Fraction) -> Rationals:
    """H with ``damping`` times its diagonal's mean added to the diagonal."""
    if damping < 0:
        raise ValueError(f"damping must be finite and not negative (damping = {damping})")
    result = hessian.copy()
    for j in range(len(result)):
        result[j, j] += damping * sum(hessian.diagonal(), Fraction(0)) / len(result)
    return result


def neighbours_rational(value: Fraction, grid: Grid) -> tuple[int, Fraction, Fraction]:
    """Index of the level below a rational, that level, and the level above, as `Grid.neighbours`.

    The levels of a bounded grid, which is one for one weight, are its doubles. Those of the unbounded grid
    are taken as exact rationals offset + step k.
    """
    if grid.codes is None:
        step, offset = Fraction(float(grid.scale)), Fraction(float(grid.offset))
        index = (value - offset) // step
        below, following = offset + step * index, offset + step * (index + 1)
    else:
        codes, width, lowest = grid.codes, float(grid.scale), float(grid.offset)

        def level(index: int) -> Fraction:
            return Fraction(lowest + width * float(codes[index]))

        # Bisection for the last code of the level below: levels do not decrease, as rounding is monotone.
        index = max(bisect_right(range(len(codes)), value, key=level) - 1, 0)
        below, following = level(index), level(min(index + 1, len(codes) - 1))
    return index, below, following if below < value else below


def nearest_rational(value: Fraction, grid: Grid) -> Fraction:
    """The level nearest to a rational, of a grid for one weight; ties to the even index, as `Grid.nearest`.

    Examples
    --------
    >>> nearest_rational(Fraction(1, 2), Grid.unbounded(1.0))
    Fraction(0, 1)
    """
    index, below, above = neighbours_rational(value, grid)
    to_below, to_above = value - below, above - value
    return below if to_below < to_above or (to_below == to_above and index % 2 == 0) else above


def choose_rational(value: Fraction, grid: Grid, number: float) -> Fraction:
    """The upper neighbour if the number is below the part of the way to it: see `round_stochastic`."""
    _, below, above = neighbours_rational(value, grid)
    return above if Fraction(number) * (above - below) < value - below and below < above else below


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
