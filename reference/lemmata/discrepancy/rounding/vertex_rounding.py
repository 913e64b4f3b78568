"""Round all but rank(A) coordinates of a fractional point while A y keeps its value.

Problem: given x in [0, 1]^n and an (m, n) matrix A, find y in [0, 1]^n with A y = A x and as few fractional
coordinates as possible. Idea: a vertex of this polytope has at most rank(A) of them (DIS-1), and a vertex
is reached by walking along directions that A does not see, each step settling one coordinate.

Two walks do it. In rationals (`exact_walk`) every step is exact; in floating point (`blocked_walk`) columns
enter in blocks of matrix products, O(n m^2), and what rounding did is measured and corrected
(`measured_walk`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.discrepancy.rounding.certificate import independent
from lemmata.discrepancy.rounding.column_blocks import Constraints, Point, read_constraints, read_point
from lemmata.discrepancy.rounding.exact_walk import fair_choice, shorter_way, walk_to_vertex
from lemmata.discrepancy.rounding.measured_walk import round_in_floats
from lemmata.discrepancy.rounding.rationals import rational_matrix, rational_vector
from lemmata.options import random_numbers_if, refuse_observers, switch
from lemmata.tracing import Trace


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
    unbiased: bool = False,
    rng: np.random.Generator | int | None = None,
    trace: Trace = None,
    costs: Costs | None = None,
) -> Rounding:
    """Round all but at most rank(constraints) coordinates to 0 or 1, keeping ``constraints @ x``.

    Parameters
    ----------
    x : array_like, shape (n,)
        In [0, 1]. Coordinates that are 0 or 1 stay, and do not count in how well a row is kept.
    constraints : array_like, scipy.sparse matrix or ColumnBlocks, shape (m, n)
        Any real type; a `numpy.memmap` is read in blocks of columns, and so is what `ColumnBlocks` computes.
    exact : bool
        Walk in rationals: doubles, integers and `fractions.Fraction` are taken as they are, and
        ``constraints @ values == constraints @ x`` is an identity.
    unbiased : bool
        Every step goes either way with the probability that makes the values a martingale, so that
        E[values] = x (DIS-4). Otherwise the walk is deterministic and takes the shorter way.
    rng : numpy.random.Generator, int or None
        Randomness of the unbiased walk, passed to `numpy.random.default_rng`.
    trace : list or callable, optional
        Receives `ColumnJoined` and `CoordinateMoved`; needs ``exact=True``.
    costs : Costs, optional
        Charged the multiplications and divisions of the walk, in floating point or in rationals (and not of
        what a failed walk is repeated or finished with).

    Returns
    -------
    Rounding
        The columns of its fractional coordinates are linearly independent, exactly (DIS-1); in floating
        point |residual| <= 1e-9 sum |a_ij| in every row, whatever its scale, summed over the columns that can
        move, 0 < x_j < 1, and rounding of the residual included (DIS-3). `verify_rounding` is true of
        whatever is returned.

    Raises
    ------
    ValueError
        If an entry of x is NaN or outside [0, 1], a constraint is NaN or infinite, an integer is not a double
        (without ``exact``), shapes do not fit, or an rng comes without ``unbiased``, which would not be used.
    TypeError
        If x or constraints are not real numbers, ``exact`` or ``unbiased`` is no Boolean, or costs and trace
        are not what they should be.
    RoundingError
        If floating point does not meet these guarantees, and n m^2, with n the coordinates that can move, is
        above 2e6; below, such a problem is solved in rationals and rounded once.

    Notes
    -----
    Cost: O(n m^2) multiplications (DIS-5), n the coordinates that can move, unless the basis is so
    ill-conditioned that its inverse drifts; three passes over the columns (validate, walk, verify), one more
    where a row's entries are beyond 2^+-400; O(min(m, n)^2) memory besides n doubles and blocks of 4096
    columns, as long as there are no more constraints than such coordinates (of more, all n m entries are
    read, and an orthogonal factorization leaves n rows). Exact: O(n m^2) operations on rationals (DIS-2),
    whose length grows with m.

    A coordinate that stays fractional is a double, which alone can cost |a_ij| 2^-54.

    Source: the vertex argument is folklore, as in J. Beck, T. Fiala (1981); arXiv:2501.06417 rounds
    networks by it.

    Examples
    --------
    >>> rounding = round_to_vertex([0.5, 0.5, 0.5, 0.5], [[1.0, 2.0, 3.0, 4.0]])
    >>> rounding.values, rounding.fractional
    (array([0.  , 1.  , 0.  , 0.75]), array([3]))
    >>> exact = round_to_vertex([0.5, 0.25, 0.75], [[3, 2, 1]], exact=True)
    >>> [str(value) for value in exact.values]
    ['7/12', '0', '1']
    """
    refuse_observers(trace, costs)
    generator = random_numbers_if(switch("unbiased", unbiased), rng, "unbiased=True")
    if switch("exact", exact):
        return _round_exactly(x, constraints, generator, trace, costs)
    if trace is not None:
        raise ValueError("trace needs exact=True: the floating-point walk works on blocks of columns")
    point = read_point("x", x)
    blocks = read_constraints("constraints", constraints, len(point))
    return Rounding(*round_in_floats(point, blocks, generator, costs))


def _round_exactly(
    x: Point, constraints: Constraints, rng: np.random.Generator | None, trace: Trace, costs: Costs | None
) -> Rounding:
    point = rational_vector("x", x)
    m, entries = rational_matrix("constraints", constraints, len(point))
    columns = list(entries)
    choose = shorter_way if rng is None else fair_choice(rng)
    y, fractional = walk_to_vertex(point, iter(columns), m, choose, trace=trace, costs=costs)
    residual = [Fraction(0)] * m
    for column, before, after in zip(columns, point, y, strict=True):
        if before != after:
            residual = [r + a * (after - before) for r, a in zip(residual, column, strict=True)]
    if any(residual) or not independent([columns[j] for j in fractional]):
        raise ArithmeticError("an exact walk did not end in a vertex: please report this")
    return Rounding(_objects(y), np.array(fractional, dtype=np.int64), _objects(residual))


def _objects(values: Sequence[Fraction]) -> NDArray[Any]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
