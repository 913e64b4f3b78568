"""An independent look at a rounding: is it a vertex, and are the constraints kept?

Whether the columns of the fractional coordinates are independent is decided exactly: doubles are rationals
with a power of two below, their rank modulo a prime is at most their rank, and where it is smaller an exact
rank decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.arrays import as_array
from lemmata.discrepancy.rounding.column_blocks import Constraints, Point, read_constraints, read_point
from lemmata.discrepancy.rounding.rationals import rational, rational_matrix, rational_vector
from lemmata.discrepancy.rounding.scaled_system import ScaledSystem

PRIME = 2_147_483_647  # 2^31 - 1: a residue times a power of two below it fits 64 bits


@dataclass(frozen=True)
class RoundingCertificate:
    """What `verify_rounding` found; true as a condition if everything holds.

    ``largest_ratio`` is the largest |A (y - x)| over its tolerance, rounding of this very computation
    included; 0 for a rounding in rationals that keeps A y = A x.
    """

    in_cube: bool
    others_integral: bool
    independent: bool
    constraints_kept: bool
    fractional: int
    largest_ratio: float
    integers_stay: bool

    def __bool__(self) -> bool:
        return (
            self.in_cube
            and self.others_integral
            and self.independent
            and self.constraints_kept
            and self.integers_stay
        )


def verify_rounding(rounding: Any, x: Point, constraints: Constraints) -> RoundingCertificate:
    """Check a rounding against the point and the constraints that it was made from.

    Parameters
    ----------
    rounding : Rounding or array_like, shape (n,)
        A result with ``values`` (n,) and, unless all that are neither 0 nor 1 count, ``fractional``, the
        indices of these; or the values alone.
    x : array_like, shape (n,)
        The point that was rounded.
    constraints : array_like, scipy.sparse matrix or ColumnBlocks, shape (m, n)

    Returns
    -------
    RoundingCertificate
        ``in_cube``: all values are in [0, 1]. ``others_integral``: all but the fractional ones are 0 or 1.
        ``independent``: the columns of the fractional ones are linearly independent, exactly, so that the
        values are a vertex and there are at most rank(constraints) of them (DIS-1). ``integers_stay``: where
        x is 0 or 1, so are the values. ``constraints_kept``: |A (y - x)| <= 1e-9 sum |a_ij| in every row, the
        sum over the columns that can move, those with 0 < x_j < 1 (and those that moved nevertheless); or
        A y = A x exactly if the values are rational. All this is DIS-3.

    Raises
    ------
    TypeError, ValueError
        For values that are no real numbers, indices that are no integers, shapes that do not fit.

    Notes
    -----
    Cost: O(nm) for the residual and O(m^3) modulo a prime for the rank.

    Examples
    --------
    >>> from lemmata.discrepancy import round_to_vertex
    >>> x, A = [0.5, 0.5, 0.5], [[1.0, 2.0, 3.0]]
    >>> bool(verify_rounding(round_to_vertex(x, A), x, A))
    True
    """
    values = as_array("rounding", getattr(rounding, "values", rounding)).copy()
    fractional = np.flatnonzero((values != 0) & (values != 1))
    if hasattr(rounding, "fractional"):
        fractional = as_array("rounding.fractional", rounding.fractional)
    exact = values.dtype == object
    n = len(values) if values.ndim == 1 else -1
    if (fractional.size and fractional.dtype.kind not in "iu") or not (exact or values.dtype.kind in "fiub"):
        raise TypeError(
            f"rounding must have real values and integer indices ({values.dtype}, {fractional.dtype})"
        )
    if values.ndim != 1 or fractional.ndim != 1 or ((fractional < 0) | (fractional >= n)).any():
        raise ValueError(f"rounding: values {values.shape} and fractional {fractional.shape} do not fit")
    fractional = fractional.astype(np.int64)
    if exact:  # whatever numbers they are, they count as the rationals that they are
        values[:] = [rational("rounding.values", (j,), value) for j, value in enumerate(values.tolist())]
    in_cube = bool(((values >= 0) & (values <= 1)).all())
    integral = ((values == 0) | (values == 1)).astype(bool)
    integral[fractional] = True
    others_integral = bool(integral.all())
    if exact:
        point = rational_vector("x", x)
        if len(point) != n:
            raise ValueError(f"rounding has {n} values, x has {len(point)}")
        stay = all(
            after == before for before, after in zip(point, values.tolist(), strict=True) if before in (0, 1)
        )
        columns = list(rational_matrix("constraints", constraints, len(point))[1])
        kept, ratio = _kept_exactly(columns, point, values.tolist())
        free = independent([columns[j] for j in fractional.tolist()])
    else:
        point_values = read_point("x", x)
        blocks = read_constraints("constraints", constraints, len(point_values))
        if len(point_values) != n:
            raise ValueError(f"rounding has {n} values, x has {len(point_values)}")
        values = values.astype(np.float64)
        movable = (point_values > 0) & (point_values < 1)
        stay = bool((values == point_values)[~movable].all())
        changed = movable | (values != point_values)
        with np.errstate(invalid="ignore", over="ignore"):  # of values that are not even in the cube
            system = ScaledSystem(blocks, changed)
            before, after = point_values[changed], values[changed]
            ratio = system.ratio(system.residual(before, after), before, after)
        kept = ratio <= 1
        free = independent_doubles(blocks.columns(fractional))
    return RoundingCertificate(in_cube, others_integral, free, kept, len(fractional), ratio, stay)


def independent(columns: Sequence[Sequence[Fraction]]) -> bool:
    """Whether columns of rationals are linearly independent, exactly."""
    if not columns:
        return True
    k, m = len(columns), len(columns[0])
    entries = [entry for column in columns for entry in column]
    if all(entry.denominator % PRIME for entry in entries):
        residues = [entry.numerator * pow(entry.denominator, -1, PRIME) % PRIME for entry in entries]
        if _full_rank(residues, k, m):
            return True
    return k <= m and _exact_rank(entries, k, m) == k


def independent_doubles(columns: NDArray[np.float64]) -> bool:
    """Whether the columns of an (m, k) matrix of doubles are linearly independent, exactly.

    A double is an integer of 53 bits times a power of two, and modulo 2^31 - 1 two has the order 31.
    """
    m, k = columns.shape
    if k == 0:
        return True
    mantissas, exponents = np.frexp(columns.T)
    integers = np.ldexp(mantissas, 53).astype(np.int64) % PRIME
    powers = np.left_shift(np.int64(1), (exponents.astype(np.int64) - 53) % 31)
    residues = (integers * powers) % PRIME
    if _full_rank(residues.ravel().tolist(), k, m):
        return True
    return bool(k <= m and _exact_rank([Fraction(entry) for entry in columns.T.ravel().tolist()], k, m) == k)


def _full_rank(residues: list[int], k: int, m: int) -> bool:
    """Whether a (k, m) matrix has rank k modulo the prime, and so over the rationals."""
    from flint import nmod_mat  # noqa: PLC0415 - python-flint loads only where it is used

    return bool(k <= m and nmod_mat(k, m, residues, PRIME).rank() == k)


def _exact_rank(entries: Sequence[Fraction], k: int, m: int) -> int:
    from flint import fmpq, fmpq_mat  # noqa: PLC0415 - python-flint loads only where it is used

    return int(fmpq_mat(k, m, [fmpq(e.numerator, e.denominator) for e in entries]).rank())


def _kept_exactly(
    columns: Sequence[Sequence[Fraction]], x: Sequence[Fraction], y: Sequence[Fraction]
) -> tuple[bool, float]:
    m = len(columns[0]) if columns else 0
    totals = [Fraction(0)] * m
    for column, before, after in zip(columns, x, y, strict=True):
        if before != after:
            totals = [total + entry * (after - before) for total, entry in zip(totals, column, strict=True)]
    kept = not any(totals)
    return kept, 0.0 if kept else float("inf")
