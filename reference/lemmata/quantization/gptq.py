"""GPTQ (also OPTQ): round a layer's weights column by column, and let the later columns make up for it.

A layer maps inputs X (columns, samples) to W X. Rounding W to Q costs ||(W - Q) X||_F^2: for every row w of
W, the quadratic form (w - q) H (w - q)^T with H = X X^T. GPTQ rounds column i of all rows to the nearest
level, then moves the columns that are still free to where the loss is smallest given what has been rounded.

With H^-1 = U^T U, U upper triangular, that move is one rank-one update: column j > i changes by
-(w_i - q_i) U_ij / U_ii, and the rounding of column i costs ((w_i - q_i) / U_ii)^2, no more and no less
(QUA-3). Updates of far columns can wait for a whole block (QUA-4). The same numbers come out of Babai's
nearest-plane algorithm (QUA-5), with its error bound (QUA-6, QUA-7, QUA-9); rounding at random
instead of to nearest gives QUA-10. Bounds announced elsewhere that were not at hand are QUA-19.

Sources: E. Frantar, S. Ashkboos, T. Hoefler, D. Alistarh, GPTQ, arXiv:2210.17323, Algorithm 1; for the
bounds, L. Babai, On Lovasz' lattice reduction and the nearest lattice point problem, Combinatorica 6, 1986.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.options import real_number, refuse_observers, whole_number
from lemmata.quantization.arrays import Array, finite_array, unscaled
from lemmata.quantization.grid import Grid, read_grid
from lemmata.quantization.hessian import (
    SINGULAR,
    damp,
    feedback_of,
    read_layer,
)
from lemmata.quantization.levels import nearest_level, neighbours
from lemmata.quantization.order import rounding_order
from lemmata.quantization.stochastic import choose, generator_for
from lemmata.tracing import Trace, emit

RoundColumn = Callable[[int, NDArray[Any]], NDArray[Any]]


@dataclass(frozen=True)
class ColumnRounded:
    """One column was rounded: what its weights had become, and what they are now.

    Doubles from `gptq`, Fractions from `gptq_exact`.
    """

    column: int
    before: tuple[Any, ...]
    after: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Quantized:
    """Rounded weights and what they cost.

    Parameters
    ----------
    values : (rows, columns) float64
        Levels of the grid.
    loss : float
        ``||(weights - values) @ inputs||_F^2``, without damping. As a double: a loss below 2^-1022 has fewer
        digits, and one below 2^-1075 is 0, `row_losses` likewise.
    row_losses : (rows,) float64
        The sums of ((w_i - q_i) / U_ii)^2 over the columns, as GPTQ adds them up while it runs: by QUA-3
        the loss of each row, measured with the damped H. A column without inputs or damping adds nothing.
    order : (columns,) int64
        The columns in the order in which they were rounded.
    """

    values: Array
    loss: float
    row_losses: Array
    order: NDArray[np.int64]


def gptq(
    weights: ArrayLike,
    inputs: ArrayLike | None,
    grid: Grid,
    *,
    hessian: ArrayLike | None = None,
    block_size: int = 128,
    damping: float = 0.01,
    order: str | ArrayLike | None = None,
    rounding: str = "nearest",
    rng: np.random.Generator | int | None = None,
    trace: Trace = None,
) -> Quantized:
    """Round the weights of a linear layer so that its outputs on the given inputs change little.

    Parameters
    ----------
    weights : (rows, columns)
        The layer maps an input column x to ``weights @ x``. Read as doubles.
    inputs : (columns, samples) or None
        Calibration inputs, one per column of the array; None where ``hessian`` is given.
    grid : Grid
        Fixed beforehand and not changed on the way, also where it has groups.
    hessian : (columns, columns), optional
        H = inputs @ inputs.T in place of the inputs: symmetric and positive semidefinite, and positive
        definite once damped, save for columns of zeros.
    block_size : int
        Columns after whose rounding the updates of all later columns are carried out in one matrix product.
        The result depends on it only through rounding errors (QUA-4).
    damping : float
        Added to the diagonal of H, relative to the diagonal's mean.
    order : {None, "activation"} or permutation of the columns
        Order of rounding: as they come, by decreasing diagonal of H ("act-order"), or as given.
    rounding : {"nearest", "stochastic"}
        Columns go to their nearest levels (QUA-1), or up or down at random with the right mean (QUA-2).
    rng : numpy.random.Generator, int or None
        Randomness of stochastic rounding, passed to `numpy.random.default_rng`: every column in turn takes a
        uniform number for each row.
    trace : list or callable, optional
        Receives one `ColumnRounded` per column.

    Returns
    -------
    Quantized

    Raises
    ------
    ValueError
        For shapes that do not match, NaN or infinity, inputs and an H or neither of them, a negative damping,
        an order that is no permutation, an H that is not symmetric and positive semidefinite to within
        rounding, or not positive definite to working precision once damped (more columns than samples, say,
        and no damping), a damping so large that the damped H is not finite, a column's inputs that are not
        all zero but so small beside the largest input, below about 2^-500 of it, that their squares lose
        digits (entries of H's diagonal below about 2^-1000 of the largest likewise), losses that are too
        large for doubles, or an rng without stochastic rounding, which would not be used.
    TypeError
        For arguments that are not of their kind.

    Notes
    -----
    O(rows columns^2 + columns^3 + columns^2 samples) operations, nearly all in matrix products. A column
    whose inputs are all zero has no influence and is rounded to nearest (the authors' code sets it to zero
    instead). `gptq_exact` does the same in fractions.

    Examples
    --------
    Two inputs that nearly agree: rounding both weights up would add two errors, rounding one each way
    cancels them.

    >>> inputs = [[1.0, 1.0], [1.0, 0.9]]
    >>> result = gptq([[0.6, 0.6]], inputs, Grid.unbounded(1.0), damping=0.0)
    >>> result.values.tolist(), round(result.loss, 4)
    ([[1.0, 0.0]], 0.0596)
    >>> h = [[2.0, 1.9], [1.9, 1.81]]
    >>> gptq([[0.6, 0.6]], None, Grid.unbounded(1.0), hessian=h, damping=0.0).values.tolist()
    [[1.0, 0.0]]
    """
    refuse_observers(trace)
    w = finite_array("weights", weights, 2)
    damping = real_number("damping", damping)
    x, h, exponent = read_layer(inputs, hessian, w.shape[1])
    if x is not None and damping == 0 and np.count_nonzero(x.any(axis=1)) > x.shape[1]:
        raise ValueError(SINGULAR.format(len(x)))  # whatever rounding errors make of the pivots
    generator = generator_for(rounding, rng)
    block_size = whole_number("block_size", block_size, minimum=1)
    columns_in_order = rounding_order(h, order)
    levels = read_grid(grid).expand(w.shape)
    feedback, pivots = feedback_of(damp(h, damping)[np.ix_(columns_in_order, columns_in_order)])

    def round_column(column: int, before: Array) -> Array:
        own = levels.codes, levels.scale[:, column], levels.offset[:, column]
        if generator is None:
            return nearest_level(before, *own)
        return choose(before, *neighbours(before, *own)[1:], generator)

    values, errors = round_in_order(w, columns_in_order, feedback, round_column, block_size, trace)
    difference = w - values
    if x is None:
        # Rounding errors can make a vanishing form negative, which no loss is.
        loss = max(0.0, float(np.sum((difference @ h) * difference)))
    else:
        loss = float(np.sum((difference @ x) ** 2))
    row_losses = (errors * errors)[:, columns_in_order] @ pivots
    return Quantized(
        values,
        float(unscaled("loss", loss, exponent)),
        unscaled("row_losses", row_losses, exponent),
        columns_in_order,
    )


def round_in_order(
    weights: NDArray[Any],
    order: NDArray[np.int64],
    feedback: NDArray[Any],
    round_column: RoundColumn,
    block_size: int,
    trace: Trace,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """`feed_back` on the columns in an order, watched; the results are by column again."""

    def watched(place: int, before: NDArray[Any]) -> NDArray[Any]:
        column = int(order[place])
        after = round_column(column, before)
        if trace is not None:
            emit(trace, ColumnRounded(column, tuple(before.tolist()), tuple(after.tolist())))
        return after

    values, errors = np.empty_like(weights), np.empty_like(weights)
    values[:, order], errors[:, order] = feed_back(weights[:, order], feedback, watched, block_size)
    return values, errors


def feed_back(
    weights: NDArray[Any], feedback: NDArray[Any], round_column: RoundColumn, block_size: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """GPTQ's loop: round a column, and move later ones by its error times the feedback.

    Parameters
    ----------
    weights : (rows, columns)
        Any numbers that NumPy can add and multiply: doubles, or Fractions in an object array.
    feedback : (columns, columns)
        Entry (i, j), j > i, is U_ij / U_ii; the rest is not looked at.
    round_column : callable
        ``round_column(i, values)`` rounds column i.
    block_size : int
        Columns per block.

    Returns
    -------
    rounded, errors : (rows, columns)
        The rounded weights, and for each column its values just before rounding minus after.
    """
    columns = weights.shape[1]
    w = np.array(weights, order="F")  # columns are what is worked on
    rounded, errors = np.empty_like(w), np.empty_like(w)
    for start in range(0, columns, block_size):
        stop = min(start + block_size, columns)
        for i in range(start, stop):
            rounded[:, i] = round_column(i, w[:, i])
            errors[:, i] = w[:, i] - rounded[:, i]
            w[:, i + 1 : stop] -= errors[:, i, None] * feedback[i, None, i + 1 : stop]
        if stop < columns:
            w[:, stop:] -= errors[:, start:stop] @ feedback[start:stop, stop:]
    return rounded, errors
