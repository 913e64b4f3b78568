"""The walk in floating point, and what makes its result one that can be relied on (DIS-3).

After the walk the residual is computed anew from the columns, the basic coordinates are moved so that it
vanishes, and the fractional columns' independence is decided exactly. Where one of these fails, the walk is
finished, or done, in rationals, if that is affordable; otherwise an error says so. Nothing here trusts the
walk.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.discrepancy.rounding.blocked_walk import Basis
from lemmata.discrepancy.rounding.certificate import independent_doubles
from lemmata.discrepancy.rounding.column_blocks import CHUNK, ColumnBlocks
from lemmata.discrepancy.rounding.exact_walk import fair_choice, shorter_way, walk_to_vertex
from lemmata.discrepancy.rounding.rationals import rational_matrix
from lemmata.discrepancy.rounding.scaled_system import RELATIVE, ScaledSystem

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NEAR = 1e-12
"""Basic coordinates this close to 0 or 1 are there: a thousandth of the residual that is allowed."""

EXACT_WORK = 2_000_000
"""Rational operations, n m^2, up to which a walk that failed in floating point is done in rationals."""


ALLOWED = 1 - 2.0**-10
"""Part of the certificate's tolerance that a result may use, as its residual may be summed in another order
when it is verified."""


class RoundingError(ArithmeticError):
    """The constraints could not be kept in floating point, and the problem is too large for rationals."""


def round_in_floats(
    x: Floats, blocks: ColumnBlocks, rng: np.random.Generator | None, costs: Costs | None
) -> tuple[Floats, Integers, Floats]:
    """Values, fractional coordinates and residual of a vertex, as `round_to_vertex` promises them.

    Nothing leaves that the certificate would refuse: the walk's result, or else its fractional coordinates
    walked on in rationals, or else all of them.
    """
    movable = (x > 0) & (x < 1)
    system = ScaledSystem(blocks, movable)
    start = x[movable]
    found = walk_and_correct(start, system, rng, costs)
    problem = _problem(found, start, system)
    if problem == DEPENDENT and len(found.fractional) * system.m**2 <= EXACT_WORK:
        found = _in_rationals(found.values, found.fractional, start, system, rng)
        problem = _problem(found, start, system)
    if problem and system.n * system.m**2 <= EXACT_WORK:
        found = _in_rationals(start, np.arange(system.n), start, system, rng)
        problem = _problem(found, start, system)
    if problem:
        raise RoundingError(f"in floating point {problem}; exact=True has no such limit")
    values = x.copy()
    values[movable] = found.values
    residual = np.ldexp(found.residual, -system.scales)
    return values, np.flatnonzero(movable)[found.fractional], np.asarray(residual)


DEPENDENT = "columns that are dependent were taken for independent"


class Found(NamedTuple):
    """Values of the coordinates that can move, those that are fractional, and the scaled residual."""

    values: Floats
    fractional: Integers
    residual: Floats


def walk_and_correct(
    x: Floats, system: ScaledSystem, rng: np.random.Generator | None, costs: Costs | None
) -> Found:
    """What the blocked walk finds, corrected where it can be.

    A walk that breaks down, because its basis is singular to working precision, has an infinite residual.
    """
    tall = system.m > system.n
    basis = Basis(system.n if tall else system.m)
    y = x.copy()
    try:
        for first, columns in _triangular(system) if tall else system.chunks():
            basis.enter(columns, first, y, np.empty(0) if rng is None else rng.random(len(columns)))
    except np.linalg.LinAlgError:
        return Found(x.copy(), np.arange(0), np.full(system.m, np.inf))
    finally:
        if costs is not None:
            costs.charge(multiplications=int(basis.counts[0]))
    places = basis.fractional()
    fractional = basis.owner[places]
    y[fractional] = basis.values[places]
    residual = system.residual(x, y)
    columns = system.columns(fractional) if tall else basis.columns[places].T
    y[fractional], residual = _corrected(columns, y[fractional], residual)
    return Found(y, np.sort(_still_fractional(y, fractional)), residual)


def _triangular(system: ScaledSystem) -> Iterator[tuple[int, Floats]]:
    """More rows than columns: R of A = Q R has the same directions that A does not see, in n rows."""
    matrix = np.hstack([columns.T for _, columns in system.chunks()]) if system.n else np.empty((system.m, 0))
    triangle: Floats = np.asarray(np.linalg.qr(matrix, mode="r"))
    # Not row by row: small rows are what rounding left of directions that A does not have.
    scaled = np.ascontiguousarray(triangle.T) / max(np.abs(triangle).max(initial=0.0), 1.0)
    for first in range(0, system.n, CHUNK):
        yield first, scaled[first : first + CHUNK]


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


def _still_fractional(y: Floats, indices: Integers) -> Integers:
    return indices[(y[indices] > 0) & (y[indices] < 1)]


def _in_rationals(
    y: Floats, numbers: Integers, x: Floats, system: ScaledSystem, rng: np.random.Generator | None
) -> Found:
    """From y, walk on in rationals among the given coordinates, and round once."""
    part = ColumnBlocks(
        (system.m, len(numbers)), lambda start, stop: system.unscaled_columns(numbers[start:stop])
    )
    _, columns = rational_matrix("constraints", part, len(numbers))
    choose = shorter_way if rng is None else fair_choice(rng)
    values, _ = walk_to_vertex([Fraction(v) for v in y[numbers].tolist()], columns, system.m, choose)
    rounded = y.copy()
    rounded[numbers] = [float(value) for value in values]
    return Found(rounded, _still_fractional(rounded, numbers), system.residual(x, rounded))


def _problem(found: Found, x: Floats, system: ScaledSystem) -> str:
    """What a certificate would find wrong, in words; nothing, if nothing is."""
    ratio = system.ratio(found.residual, x, found.values)
    if not np.isfinite(ratio):
        return "the walk's basis became singular to working precision"
    if ratio > ALLOWED:
        row = int(np.argmax(np.abs(found.residual) / system.mass))
        off = abs(found.residual[row]) / system.mass[row]
        return f"constraint {row} is off by {off:.1e} of its absolute sum (allowed: {RELATIVE:.0e})"
    return "" if independent_doubles(system.unscaled_columns(found.fractional)) else DEPENDENT
