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
from typing import Any, NamedTuple

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from lemmata.arrays import as_array
from lemmata.quantization.arrays import (
    Array,
    exponent_of,
    finite_array,
    generator_of,
    positive_integer,
    real_number,
    refuse,
    unscaled,
)
from lemmata.quantization.grid import Grid, read_grid
from lemmata.quantization.levels import nearest_level, neighbours
from lemmata.quantization.stochastic import choose
from lemmata.tracing import Trace, emit

RoundColumn = Callable[[int, NDArray[Any]], NDArray[Any]]

NOISE = 2.0**-44
"""Times the columns: a pivot that is a smaller part of its diagonal entry is taken for a rounding error."""

SINGULAR = (
    "inputs @ inputs.T, {0} by {0} and damped, is not positive definite: "
    "give more samples or a larger damping"
)

SLACK = 1e-8
"""By how much entries of H may be off, in units of the root of the product of two diagonal entries."""

SMALLEST = 2.0**-1000
"""Squared norms of inputs below it, the largest input being about 1, would lose digits to underflow.

So would diagonal entries of H below it, H's largest entry being about 1.
"""


@dataclass(frozen=True)
class ColumnRounded:
    """One column was rounded: what its weights had become, and what they are now."""

    column: int
    before: tuple[float, ...]
    after: tuple[float, ...]


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
    inputs: ArrayLike,
    grid: Grid,
    *,
    block_size: int = 128,
    damping: float = 0.01,
    order: str | ArrayLike | None = None,
    rng: np.random.Generator | int | None = None,
    trace: Trace = None,
) -> Quantized:
    """Round the weights of a linear layer so that its outputs on the given inputs change little.

    Parameters
    ----------
    weights : (rows, columns)
        The layer maps an input column x to ``weights @ x``. Read as doubles.
    inputs : (columns, samples)
        Calibration inputs, one per column of the array.
    grid : Grid
        Fixed beforehand and not changed on the way, also where it has groups.
    block_size : int
        Columns after whose rounding the updates of all later columns are carried out in one matrix product.
        The result depends on it only through rounding errors (QUA-4).
    damping : float
        Added to the diagonal of H = inputs @ inputs.T, relative to the diagonal's mean.
    order : {None, "activation"} or permutation of the columns
        Order of rounding: as they come, by decreasing diagonal of H ("act-order"), or as given.
    rng : optional
        If given (through `numpy.random.default_rng`), columns are rounded stochastically (QUA-10)
        in place of to nearest.
    trace : list or callable, optional
        Receives one `ColumnRounded` per column.

    Returns
    -------
    Quantized

    Raises
    ------
    ValueError
        For shapes that do not match, NaN or infinity, a negative damping, an order that is no permutation,
        an H that is not positive definite to working precision (more columns than samples, say, and no
        damping), a damping so large that the damped H is not finite, a column's inputs that are not all zero
        but so small beside the largest input, below about 2^-500 of it, that their squares lose digits, and
        losses that are too large for doubles.

    Notes
    -----
    O(rows columns^2 + columns^3 + columns^2 samples) operations, nearly all in matrix products. A column
    whose inputs are all zero has no influence and is rounded to nearest (the authors' code sets it to zero
    instead). `gptq_from_hessian` takes H in place of the inputs.

    Examples
    --------
    Two inputs that nearly agree: rounding both weights up would add two errors, rounding one each way
    cancels them.

    >>> inputs = [[1.0, 1.0], [1.0, 0.9]]
    >>> result = gptq([[0.6, 0.6]], inputs, Grid.unbounded(1.0), damping=0.0)
    >>> result.values.tolist(), round(result.loss, 4)
    ([[1.0, 0.0]], 0.0596)
    """
    w, x = finite_array("weights", weights, 2), finite_array("inputs", inputs, 2)
    if w.shape[1] != len(x):
        raise ValueError(
            f"weights has {w.shape[1]} columns, so inputs must have as many rows (it has {len(x)})"
        )
    damping = real_number("damping", damping)
    # Powers of two change nothing but the exponents: inputs of any unit are rounded alike.
    exponent = exponent_of(x)
    x = np.ldexp(x, -exponent)
    hessian = x @ x.T
    lost = np.flatnonzero((np.diag(hessian) < SMALLEST) & x.any(axis=1))
    if len(lost):
        raise ValueError(f"inputs[{lost[0]}] is too small beside the largest input: its squares underflow")
    if damping == 0 and np.count_nonzero(x.any(axis=1)) > x.shape[1]:
        raise ValueError(SINGULAR.format(len(x)))  # whatever rounding errors make of the pivots
    result = run(w, hessian, grid, block_size, damping, order, rng, trace)
    error = (w - result.values) @ x
    loss = unscaled("loss", np.sum(error * error), 2 * exponent)
    return Quantized(
        result.values, float(loss), unscaled("row_losses", result.row_losses, 2 * exponent), result.order
    )


def gptq_from_hessian(
    weights: ArrayLike,
    hessian: ArrayLike,
    grid: Grid,
    *,
    block_size: int = 128,
    damping: float = 0.01,
    order: str | ArrayLike | None = None,
    rng: np.random.Generator | int | None = None,
    trace: Trace = None,
) -> Quantized:
    """`gptq` with H = inputs @ inputs.T in place of the inputs; ``loss`` is the trace of E H E^T.

    Parameters
    ----------
    hessian : (columns, columns)
        Symmetric and positive semidefinite; positive definite once damped, save for columns of zeros. The
        other arguments are those of `gptq`.

    Raises
    ------
    ValueError
        As `gptq` does (diagonal entries of H taking the place of squares: below about 2^-1000 of the largest
        they are refused if they are not 0), and if H is not symmetric and positive semidefinite to within
        rounding.

    Examples
    --------
    >>> result = gptq_from_hessian([[0.6, 0.6]], [[2.0, 1.9], [1.9, 1.81]], Grid.unbounded(1.0), damping=0.0)
    >>> result.values.tolist()
    [[1.0, 0.0]]
    """
    w, (h, exponent) = finite_array("weights", weights, 2), scaled_hessian(hessian)
    if w.shape[1] != len(h):
        raise ValueError(f"weights has {w.shape[1]} columns, so hessian must have as many (it has {len(h)})")
    result = run(w, h, grid, block_size, damping, order, rng, trace)
    difference = w - result.values
    # Rounding errors can make a vanishing form negative, which no loss is.
    loss = max(0.0, float(unscaled("loss", np.sum((difference @ h) * difference), exponent)))
    return Quantized(result.values, loss, unscaled("row_losses", result.row_losses, exponent), result.order)


class Rounded(NamedTuple):
    """What `run` finds: see `Quantized`."""

    values: Array
    row_losses: Array
    order: NDArray[np.int64]


def run(
    w: Array,
    h: Array,
    grid: Grid,
    block_size: int,
    damping: float,
    order: str | ArrayLike | None,
    rng: np.random.Generator | int | None,
    trace: Trace,
) -> Rounded:
    """GPTQ on weights and an H that have been read, H's entries being neither large nor small."""
    columns = w.shape[1]
    permutation = rounding_order(h, order)
    expanded = read_grid(grid).expand(w.shape)
    block_size = positive_integer("block_size", block_size)
    feedback, pivots = feedback_of(damp(h, damping)[np.ix_(permutation, permutation)])
    generator = None if rng is None else generator_of(rng)

    def round_column(place: int, values: Array) -> Array:
        column = permutation[place]
        levels = expanded.codes, expanded.scale[:, column], expanded.offset[:, column]
        if generator is None:
            rounded = nearest_level(values, *levels)
        else:
            rounded = choose(values, *neighbours(values, *levels)[1:], generator)
        if trace is not None:
            step = ColumnRounded(int(column), tuple(values.tolist()), tuple(rounded.tolist()))
            emit(trace, step)
        return rounded

    rounded, errors = feed_back(w[:, permutation], feedback, round_column, min(block_size, max(columns, 1)))
    values = np.empty_like(w)
    values[:, permutation] = rounded
    return Rounded(values, (errors * errors) @ pivots, permutation)


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


def feedback_of(hessian: Array) -> tuple[Array, Array]:
    """Feedback U_ij / U_ii and pivots 1 / U_ii^2 of H^-1 = U^T U, without inverting H.

    H = R R^T with R upper triangular (Cholesky's factor, from the last column to the first) and U = R^-1.

    Raises
    ------
    ValueError
        If H is not positive definite to working precision. Columns of zeros are let pass: their pivot is 0.
    """
    columns = len(hessian)
    if columns == 0:
        return np.empty((0, 0)), np.empty(0)
    # A column without inputs and without damping is bound to no other: any diagonal entry will do.
    idle = ~hessian.any(axis=1)
    h = hessian + np.diag(idle.astype(float))
    try:
        lower = scipy.linalg.cholesky(h[::-1, ::-1], lower=True)
        r = lower[::-1, ::-1]
        diagonal = np.diag(r)
        # What is left of a diagonal entry after cancellation is noise below this.
        singular = bool(np.any(diagonal**2 <= NOISE * columns * np.diag(h)))
    except scipy.linalg.LinAlgError:
        singular = True
    if singular:
        raise ValueError(SINGULAR.format(columns))
    # U = R^-1, its row i divided by U_ii = 1 / R_ii: the inverse of the unit triangular R_ij / R_jj.
    unit = r / diagonal[None, :]
    feedback = scipy.linalg.solve_triangular(unit, np.eye(columns), lower=False, unit_diagonal=True)
    return feedback, np.where(idle, 0.0, diagonal**2)


def read_hessian(hessian: ArrayLike) -> Array:
    """A symmetric, positive semidefinite H, up to rounding errors of its entries, or an error.

    An error of an entry is judged against the root of the product of its diagonal entries: in those units H
    has ones on the diagonal, and no eigenvalue may be below -`SLACK` times the columns.
    """
    h = finite_array("hessian", hessian, 2)
    if h.shape[0] != h.shape[1]:
        raise ValueError(f"hessian must be square (its shape is {h.shape})")
    diagonal = np.diag(h)
    refuse("hessian", h, np.diag(diagonal < 0), "must not be negative on the diagonal")
    root = np.sqrt(diagonal)
    sizes = np.outer(root, root)
    refuse("hessian", h, np.abs(h - h.T) > 1e-10 * sizes, "must be symmetric")
    demand = "must be at most the root of the product of its diagonal entries, or H is not semidefinite"
    refuse("hessian", h, np.abs(h) > (1 + SLACK) * sizes, demand)
    refuse_indefinite(h, root)
    return (h + h.T) / 2


def scaled_hessian(hessian: ArrayLike) -> tuple[Array, int]:
    """H as `read_hessian` reads it, divided by a power of two that brings its largest entry near 1.

    The second result is the exponent. It is even, so that Cholesky's root of the power is exact.

    Raises
    ------
    ValueError
        As `read_hessian`, and for diagonal entries that lose digits, or all of themselves, on the way.
    """
    h = read_hessian(hessian)
    exponent = 2 * (exponent_of(h) // 2)
    scaled = np.asarray(np.ldexp(h, -exponent))
    lost = np.diag((np.diag(scaled) < SMALLEST) & (np.diag(h) > 0))
    refuse("hessian", h, lost, "is too small beside the largest entry: it would lose digits")
    return scaled, exponent


def refuse_indefinite(h: Array, root: Array) -> None:
    """Raise ValueError if H, divided by the roots of its diagonal, has a clearly negative eigenvalue."""
    busy = np.flatnonzero(root > 0)
    unit = h[np.ix_(busy, busy)] / root[busy, None] / root[None, busy]
    np.fill_diagonal(unit, 1 + SLACK * len(h))
    try:
        scipy.linalg.cholesky(unit, lower=True, check_finite=False)
    except scipy.linalg.LinAlgError as error:
        least = float(scipy.linalg.eigvalsh(unit)[0]) - SLACK * len(h)
        raise ValueError(
            "hessian must be positive semidefinite: with rows and columns scaled to ones on the diagonal, "
            f"it has the eigenvalue {least:.3g}"
        ) from error


def damp(hessian: Array, damping: float) -> Array:
    """H with ``damping`` times its diagonal's mean added to the diagonal."""
    if not 0 <= real_number("damping", damping) < np.inf:
        raise ValueError(f"damping must be finite and not negative (got {damping})")
    if not len(hessian):
        return hessian
    with np.errstate(over="ignore"):
        added = damping * np.diag(hessian).mean()
    if not added < np.inf:
        raise ValueError(f"damping is so large that the damped H is not finite (got {damping})")
    return np.asarray(hessian + added * np.eye(len(hessian)))


def rounding_order(hessian: Array, order: str | ArrayLike | None) -> NDArray[np.int64]:
    """The columns in the order in which they are to be rounded."""
    columns = len(hessian)
    if order is None:
        return np.arange(columns)
    if isinstance(order, str):
        if order != "activation":
            raise ValueError(f"order must be None, 'activation' or a permutation (got {order!r})")
        return np.argsort(-np.diag(hessian), kind="stable")
    return read_permutation(order, columns)


def read_permutation(order: ArrayLike, columns: int) -> NDArray[np.int64]:
    """A permutation of the columns, or an error."""
    permutation = as_array("order", order)
    if permutation.size and permutation.dtype.kind not in "iu":
        raise TypeError(f"order must hold integers (its dtype is {permutation.dtype})")
    demand = f"must be a permutation of 0 to {columns - 1}"
    if permutation.shape != (columns,):
        raise ValueError(f"order {demand} (its shape is {permutation.shape})")
    twice = np.ones(columns, dtype=bool)
    twice[np.unique(permutation, return_index=True)[1]] = False
    refuse("order", permutation, (permutation < 0) | (permutation >= columns) | twice, demand)
    return permutation.astype(np.int64)
