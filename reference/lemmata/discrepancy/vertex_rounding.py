"""Round all but rank(A) coordinates of a fractional point while A y keeps its value.

Problem: given x in [0, 1]^n and an (m, n) matrix A, find y in [0, 1]^n with A y = A x and as few fractional
coordinates as possible. Idea: a vertex of this polytope has at most rank(A) of them (DIS-1), and a vertex
is reached by walking along directions that A does not see, each step settling one coordinate.

Two walks do it. In rationals (`exact_walk`) every step is exact; in floating point (`blocked_walk`) columns
enter in blocks of matrix products, O(n m^2), and what rounding did is measured, corrected and measured again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.discrepancy.blocked_walk import Basis
from lemmata.discrepancy.certificate import independent_doubles
from lemmata.discrepancy.column_blocks import (
    CHUNK,
    ColumnBlocks,
    Constraints,
    Point,
    read_constraints,
    read_point,
)
from lemmata.discrepancy.exact_walk import fair_choice, shorter_way, walk_to_vertex
from lemmata.discrepancy.rationals import rational_columns, rational_vector
from lemmata.tracing import Trace

RELATIVE = 1e-9
NEAR = 1e-12
"""Basic coordinates this close to 0 or 1 are there: a thousandth of the residual that is allowed."""

EXACT_WORK = 2_000_000
"""Rational operations, n m^2, up to which a walk that failed in floating point is done in rationals."""

Floats = NDArray[np.float64]


class RoundingError(ArithmeticError):
    """The constraints could not be kept in floating point, and the problem is too large for rationals."""


@dataclass(frozen=True)
class Rounding:
    """A point with few fractional coordinates.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        float64, or `fractions.Fraction` objects from ``exact=True``. All but the fractional ones are
        exactly 0 or 1.
    fractional : numpy.ndarray of int64, shape (k,)
        Indices left unrounded, increasing; k <= rank(constraints).
    residual : numpy.ndarray, shape (m,)
        ``constraints @ values - constraints @ x``, as computed; exact zeros from ``exact=True``.
    """

    values: NDArray[Any]
    fractional: NDArray[np.int64]
    residual: NDArray[Any]


def round_to_vertex(
    x: Point,
    constraints: Constraints,
    *,
    exact: bool = False,
    rng: np.random.Generator | int | None = None,
    costs: Costs | None = None,
    trace: Trace = None,
) -> Rounding:
    """Round all but at most rank(constraints) coordinates to 0 or 1, keeping ``constraints @ x``.

    Parameters
    ----------
    x : array_like, shape (n,)
        In [0, 1]. Coordinates that are 0 or 1 stay.
    constraints : array_like, scipy.sparse matrix or ColumnBlocks, shape (m, n)
        Any real type; a `numpy.memmap` is read in blocks of columns, and so is what `ColumnBlocks` computes.
    exact : bool
        Walk in rationals: doubles, integers and `fractions.Fraction` are taken as they are, and
        ``constraints @ values == constraints @ x`` is an identity.
    rng : numpy.random.Generator or int, optional
        With one, every step goes either way with the probability that makes the values a martingale, so that
        E[values] = x (DIS-4). Without, the walk is deterministic and takes the shorter way.
    costs : Costs, optional
        Charged the multiplications and divisions of the walk in floating point, as its kernel counts them.
    trace : list or callable, optional
        Receives `ColumnJoined` and `CoordinateMoved`; needs ``exact=True``.

    Returns
    -------
    Rounding
        The columns of its fractional coordinates are linearly independent, exactly (DIS-1); in floating
        point |residual| <= 1e-9 sum_j |a_ij| in every row, whatever its scale, rounding of the residual
        included (DIS-3). `verify_rounding` checks both.

    Raises
    ------
    ValueError
        If an entry of x is NaN or outside [0, 1], a constraint is NaN or infinite, an integer is not a double
        (without ``exact``), or shapes do not fit.
    TypeError
        If x or constraints are not real numbers.
    RoundingError
        If the residual cannot be met in floating point and n m^2 is too large for rationals; smaller problems
        are then solved in rationals and rounded once.

    Notes
    -----
    Cost: O(n m^2) multiplications (DIS-5), three passes over the columns (validate, walk, verify), and
    O(m^2) memory besides n doubles and a block of 4096 columns. Exact: O(n m^2) operations on rationals,
    whose length grows with m.

    Source: the vertex argument is folklore, as in J. Beck, T. Fiala (1981); arXiv:2501.06417 rounds
    networks by it.

    Examples
    --------
    >>> rounding = round_to_vertex([0.5, 0.5, 0.5, 0.5], [[1.0, 2.0, 3.0, 4.0]])
    >>> rounding.values, rounding.fractional
    (array([1.  , 1.  , 0.  , 0.5 ]), array([3]))
    >>> exact = round_to_vertex([0.5, 0.25, 0.75], [[3, 2, 1]], exact=True)
    >>> [str(value) for value in exact.values]
    ['1', '0', '1/4']
    """
    generator = None if rng is None else np.random.default_rng(rng)
    if exact:
        return _round_exactly(x, constraints, generator, trace)
    if trace is not None:
        raise ValueError("trace needs exact=True: the floating-point walk works on blocks of columns")
    point = read_point("x", x)
    blocks = read_constraints("constraints", constraints, len(point))
    scales, mass = _row_scales(blocks)
    y, fractional, residual = _walk_in_floats(point, blocks, scales, generator, costs)
    if not _is_kept(residual, mass, point, y):
        y, fractional = _repaired(point, blocks, generator, residual / mass)
        residual = _residual(blocks, scales, point, y)
    if not independent_doubles(blocks.columns(fractional)):
        # Columns that floating point took for independent: finish among them, where rationals are affordable.
        columns = ([Fraction(a) for a in column] for column in blocks.columns(fractional).T.tolist())
        values = [Fraction(value) for value in y[fractional].tolist()]
        inner, basic = walk_to_vertex(values, columns, blocks.shape[0], shorter_way)
        y[fractional] = [float(value) for value in inner]
        fractional = fractional[basic]
        residual = _residual(blocks, scales, point, y)
    if not _is_kept(residual, mass, point, y):
        raise RoundingError(_failure(residual / mass))
    return Rounding(y, fractional, np.ldexp(residual, -scales))


def _round_exactly(
    x: Point, constraints: Constraints, rng: np.random.Generator | None, trace: Trace
) -> Rounding:
    point = rational_vector("x", x)
    columns = list(rational_columns("constraints", constraints, len(point)))
    m = len(columns[0]) if columns else 0
    choose = shorter_way if rng is None else fair_choice(rng)
    y, fractional = walk_to_vertex(point, iter(columns), m, choose, trace=trace)
    residual = [
        sum(
            (column[i] * (after - before) for column, before, after in zip(columns, point, y, strict=True)),
            Fraction(0),
        )
        for i in range(m)
    ]
    return Rounding(_objects(y), np.array(fractional, dtype=np.int64), _objects(residual))


def _objects(values: Sequence[Fraction]) -> NDArray[Any]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _row_scales(blocks: ColumnBlocks) -> tuple[NDArray[np.int64], Floats]:
    """Powers of two that bring every row's largest entry to [1/2, 1), and the scaled rows' absolute sums."""
    largest = np.zeros(blocks.shape[0])
    for _, block in blocks.chunks("constraints"):
        largest = np.maximum(largest, np.abs(block).max(axis=1, initial=0.0))
    scales = -np.where(largest > 0, np.frexp(largest)[1], 0).astype(np.int64)
    mass = np.zeros(blocks.shape[0])
    for _, block in blocks.chunks("constraints"):
        mass += np.ldexp(np.abs(block), scales[:, None]).sum(axis=1)
    return scales, np.where(mass > 0, mass, 1.0)


def _walk_in_floats(
    x: Floats,
    blocks: ColumnBlocks,
    scales: NDArray[np.int64],
    rng: np.random.Generator | None,
    costs: Costs | None,
) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Values, fractional coordinates and scaled residual of the blocked walk, corrected where it can be."""
    m = blocks.shape[0]
    y = x.copy()
    basis = Basis(m)
    for first, block in blocks.chunks("constraints"):
        columns = np.ascontiguousarray(np.ldexp(block, scales[:, None]).T)
        basis.enter(columns, first, y, np.empty(0) if rng is None else rng.random(len(columns)))
    if costs is not None:
        costs.charge(multiplications=int(basis.counts[0]))
    places = basis.fractional()
    fractional, columns = basis.owner[places], basis.columns[places].T
    y[fractional] = basis.values[places]
    residual = _residual(blocks, scales, x, y)
    y[fractional], residual = _corrected(columns, y[fractional], residual)
    still = (y[fractional] > 0) & (y[fractional] < 1)
    return y, np.sort(fractional[still]), residual


def _residual(blocks: ColumnBlocks, scales: NDArray[np.int64], x: Floats, y: Floats) -> Floats:
    """A (y - x) with scaled rows, block by block."""
    total = np.zeros(blocks.shape[0])
    for first, block in blocks.chunks("constraints"):
        change = y[first : first + block.shape[1]] - x[first : first + block.shape[1]]
        total += np.ldexp(block, scales[:, None]) @ change
    return total


def _corrected(columns: Floats, values: Floats, residual: Floats) -> tuple[Floats, Floats]:
    """Move the basic values so that the residual vanishes, then settle those that are as good as 0 or 1."""
    for _ in range(4):
        free = np.flatnonzero((values > 0) & (values < 1))
        if not len(free) or not residual.any():
            break
        sizes = np.abs(columns[:, free]).max(axis=0)
        sizes[sizes == 0] = 1.0
        change = np.linalg.lstsq(columns[:, free] / sizes, -residual, rcond=1e-13)[0] / sizes
        moved = values.copy()
        moved[free] = np.clip(values[free] + change, 0.0, 1.0)
        after = residual + columns @ (moved - values)
        if np.abs(after).max() >= np.abs(residual).max():
            break
        values, residual = moved, after
    settled = np.where(values < NEAR, 0.0, np.where(values > 1 - NEAR, 1.0, values))
    return settled, residual + columns @ (settled - values)


def _is_kept(residual: Floats, mass: Floats, x: Floats, y: Floats) -> bool:
    """Whether the true residual is below the tolerance, given what computing it may be off by.

    Sums of at most CHUNK products, then over the chunks: so many roundings of the sum of |a_ij (y_j - x_j)|,
    which is at most the row's absolute sum.
    """
    roundings = min(len(x), CHUNK) + len(x) // CHUNK + 4
    slack = roundings * 2.0**-53 * (np.abs(y - x).max(initial=0.0) + 2.0**-20)
    return bool((np.abs(residual) <= (RELATIVE - slack) * mass).all())


def _repaired(
    x: Floats, blocks: ColumnBlocks, rng: np.random.Generator | None, ratios: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """The same in rationals, rounded once."""
    m, n = blocks.shape
    if n * m * m > EXACT_WORK:
        raise RoundingError(_failure(ratios))
    columns = rational_columns("constraints", blocks, n)
    choose = shorter_way if rng is None else fair_choice(rng)
    y, fractional = walk_to_vertex([Fraction(v) for v in x.tolist()], columns, m, choose)
    return np.array([float(value) for value in y]), np.array(fractional, dtype=np.int64)


def _failure(ratios: Floats) -> str:
    row = int(np.argmax(np.abs(ratios)))
    return (
        f"constraint {row} is off by {abs(ratios[row]):.1e} of its absolute sum after the walk in floating "
        f"point (allowed: {RELATIVE:.0e}); exact=True has no such limit"
    )
