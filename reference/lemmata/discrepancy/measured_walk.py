"""The walk in floating point, and what makes its result one that can be relied on (DIS-3).

Rows are scaled by powers of two, which is exact. After the walk the residual is computed anew from the
columns, the basic coordinates are moved so that it vanishes, and the fractional columns' independence is
decided exactly. Where one of these fails, the walk is done, or finished, in rationals, if that is affordable;
otherwise an error says so. Nothing here trusts the walk.
"""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.discrepancy.blocked_walk import Basis
from lemmata.discrepancy.certificate import RELATIVE, independent_doubles
from lemmata.discrepancy.column_blocks import CHUNK, ColumnBlocks
from lemmata.discrepancy.exact_walk import fair_choice, shorter_way, walk_to_vertex
from lemmata.discrepancy.rationals import rational_matrix

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NEAR = 1e-12
"""Basic coordinates this close to 0 or 1 are there: a thousandth of the residual that is allowed."""

MODERATE = 400
"""Exponents of rows up to which sums of products neither over- nor underflow, so that they are scaled at the
end."""

EXACT_WORK = 2_000_000
"""Rational operations, n m^2, up to which a walk that failed in floating point is done in rationals."""


class RoundingError(ArithmeticError):
    """The constraints could not be kept in floating point, and the problem is too large for rationals."""


class ScaledSystem:
    """Constraints whose rows are scaled by powers of two to a largest entry in [1/2, 1).

    ``scales`` are the exponents, (m,), and ``mass`` the scaled rows' absolute sums, 1 for a row of zeros.
    """

    def __init__(self, blocks: ColumnBlocks) -> None:
        self.blocks = blocks
        self.m, self.n = blocks.shape
        largest, mass = np.zeros(self.m), np.zeros(self.m)
        with np.errstate(over="ignore"):
            for _, block in blocks.chunks("constraints"):
                sizes = np.abs(block)
                largest = np.maximum(largest, sizes.max(axis=1, initial=0.0))
                mass += sizes.sum(axis=1)
        self.scales = -np.where(largest > 0, np.frexp(largest)[1], 0).astype(np.int64)
        self.moderate = bool(np.abs(self.scales).max(initial=0) <= MODERATE)
        # In two factors, as the power of two itself may be out of range.
        half = self.scales // 2
        self._factors = np.ldexp(1.0, half), np.ldexp(1.0, self.scales - half)
        if self.moderate:
            mass = np.ldexp(mass, self.scales)
        else:  # sums of such rows may have left the range of doubles
            mass = sum((np.abs(columns).sum(axis=0) for _, columns in self.chunks()), np.zeros(self.m))
        self.mass = np.where(mass > 0, mass, 1.0)

    def chunks(self) -> Iterator[tuple[int, Floats]]:
        """First index and scaled columns, one per row, (k, m), of one chunk after the other."""
        for first, block in self.blocks.chunks("constraints"):
            columns = np.empty(block.T.shape)
            if self.moderate:
                np.multiply(block.T, self._factors[0] * self._factors[1], out=columns)
            else:
                np.multiply(block.T, self._factors[0], out=columns)
                columns *= self._factors[1]
            yield first, columns

    def columns(self, indices: Integers) -> Floats:
        """The scaled columns of the given indices, (m, k)."""
        return np.asarray(np.ldexp(self.blocks.columns(indices), self.scales[:, None]))

    def residual(self, x: Floats, y: Floats) -> Floats:
        """A (y - x), rows scaled."""
        total = np.zeros(self.m)
        if self.moderate:
            for first, block in self.blocks.chunks("constraints"):
                stop = first + block.shape[1]
                total += block @ (y[first:stop] - x[first:stop])
            return np.asarray(np.ldexp(total, self.scales))
        for first, columns in self.chunks():
            stop = first + len(columns)
            total += (y[first:stop] - x[first:stop]) @ columns
        return total

    def keeps(self, residual: Floats, x: Floats, y: Floats) -> bool:
        """Whether the true residual is below the tolerance, given what computing it may be off by.

        Sums of at most CHUNK products, then over the chunks: so many roundings of the sum of
        |a_ij (y_j - x_j)|, which is at most the row's absolute sum.
        """
        roundings = min(self.n, CHUNK) + self.n // CHUNK + 4
        slack = roundings * 2.0**-53 * (np.abs(y - x).max(initial=0.0) + 2.0**-20)
        return bool((np.abs(residual) <= (RELATIVE - slack) * self.mass).all())


def round_in_floats(
    x: Floats, blocks: ColumnBlocks, rng: np.random.Generator | None, costs: Costs | None
) -> tuple[Floats, Integers, Floats]:
    """Values, fractional coordinates and residual of a vertex, as `round_to_vertex` promises them."""
    system = ScaledSystem(blocks)
    y, fractional, residual = walk_and_correct(x, system, rng, costs)
    if not system.keeps(residual, x, y):
        _require_affordable(system.n, system, residual)
        y, fractional = _in_rationals(x, np.arange(system.n), system, rng)
        residual = system.residual(x, y)
    columns = system.columns(fractional)
    if not independent_doubles(columns):
        # Columns that floating point took for independent: finish among them.
        _require_affordable(len(fractional), system, residual)
        y, fractional = _in_rationals(y, fractional, system, rng)
        residual = system.residual(x, y)
    if not system.keeps(residual, x, y):
        raise RoundingError(_failure(system, residual))
    return y, fractional, np.ldexp(residual, -system.scales)


def walk_and_correct(
    x: Floats, system: ScaledSystem, rng: np.random.Generator | None, costs: Costs | None
) -> tuple[Floats, Integers, Floats]:
    """Values, fractional coordinates and scaled residual of the blocked walk, corrected where it can be.

    A walk that breaks down, because its basis is singular to working precision, has an infinite residual.
    """
    tall = system.m > system.n
    basis = Basis(system.n if tall else system.m)
    y = x.copy()
    try:
        for first, columns in _triangular(system) if tall else system.chunks():
            basis.enter(columns, first, y, np.empty(0) if rng is None else rng.random(len(columns)))
    except np.linalg.LinAlgError:
        return x.copy(), np.arange(0), np.full(system.m, np.inf)
    if costs is not None:
        costs.charge(multiplications=int(basis.counts[0]))
    places = basis.fractional()
    fractional = basis.owner[places]
    y[fractional] = basis.values[places]
    residual = system.residual(x, y)
    columns = system.columns(fractional) if tall else basis.columns[places].T
    y[fractional], residual = _corrected(columns, y[fractional], residual)
    return y, np.sort(_still_fractional(y, fractional)), residual


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
    y: Floats, indices: Integers, system: ScaledSystem, rng: np.random.Generator | None
) -> tuple[Floats, Integers]:
    """Walk on in rationals among the given coordinates, and round once."""
    part = ColumnBlocks(
        (system.m, len(indices)), lambda start, stop: system.blocks.columns(indices[start:stop])
    )
    _, columns = rational_matrix("constraints", part, len(indices))
    choose = shorter_way if rng is None else fair_choice(rng)
    values, _ = walk_to_vertex([Fraction(v) for v in y[indices].tolist()], columns, system.m, choose)
    rounded = y.copy()
    rounded[indices] = [float(value) for value in values]
    return rounded, _still_fractional(rounded, indices)


def _require_affordable(columns: int, system: ScaledSystem, residual: Floats) -> None:
    if columns * system.m**2 > EXACT_WORK:
        raise RoundingError(_failure(system, residual))


def _failure(system: ScaledSystem, residual: Floats) -> str:
    ratios = np.abs(residual) / system.mass
    row = int(np.argmax(ratios))
    if not np.isfinite(ratios[row]):
        what = "the walk's basis became singular to working precision"
    elif system.keeps(residual, np.zeros(system.n), np.zeros(system.n)):
        what = "columns that are dependent were taken for independent"
    else:
        what = f"constraint {row} is off by {ratios[row]:.1e} of its absolute sum (allowed: {RELATIVE:.0e})"
    return f"in floating point {what}; exact=True has no such limit"
