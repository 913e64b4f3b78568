"""H of a layer: formed or read, damped, and factored into what GPTQ feeds back (QUA-3, QUA-9).

All is divided by a power of two first, so that the unit of the inputs cannot matter.
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike

from lemmata.options import real_number
from lemmata.quantization.arrays import Array, exponent_of, finite_array, refuse

NOISE = 2.0**-44
"""Times the columns: a pivot that is a smaller part of its diagonal entry is taken for a rounding error."""

SINGULAR = (
    "H = inputs @ inputs.T, {0} by {0} and damped, is not positive definite: "
    "give more samples or a larger damping"
)

SLACK = 1e-8
"""By how much entries of H may be off, in units of the root of the product of two diagonal entries."""

SMALLEST = 2.0**-1000
"""Squared norms of inputs below it, the largest input being about 1, would lose digits to underflow.

So would diagonal entries of H below it, H's largest entry being about 1.
"""


def by_inputs(inputs: object, hessian: object) -> bool:
    """Whether H is to be formed from inputs: exactly one of the two is given, or an error."""
    if (inputs is None) == (hessian is None):
        given = "neither is" if inputs is None else "both are"
        raise ValueError(f"give either inputs or hessian ({given} given)")
    return inputs is not None


def refuse_other_columns(name: str, rows: int, columns: int) -> None:
    """Raise ValueError if inputs or H do not have a row for every column of the weights."""
    if rows != columns:
        raise ValueError(f"weights has {columns} columns, so {name} must have as many rows (it has {rows})")


def read_layer(
    inputs: ArrayLike | None, hessian: ArrayLike | None, columns: int
) -> tuple[Array | None, Array, int]:
    """Inputs, where they are given, and H, divided by powers of two; the exponent of H's.

    Powers of two change nothing but the exponents: inputs of any unit are rounded alike.

    Raises
    ------
    ValueError
        If not exactly one of inputs and H is given, shapes do not match, H is none (`scaled_hessian`), or a
        column's inputs are not all zero but so small that their squares lose digits.
    """
    if not by_inputs(inputs, hessian):
        h, exponent = scaled_hessian(hessian)  # type: ignore[arg-type]
        refuse_other_columns("hessian", len(h), columns)
        return None, h, exponent
    x = finite_array("inputs", inputs, 2)  # type: ignore[arg-type]
    refuse_other_columns("inputs", len(x), columns)
    exponent = exponent_of(x)
    x = np.asarray(np.ldexp(x, -exponent))
    h = x @ x.T
    lost = np.flatnonzero((np.diag(h) < SMALLEST) & x.any(axis=1))
    if len(lost):
        raise ValueError(f"inputs[{lost[0]}] is too small beside the largest input: its squares underflow")
    return x, h, 2 * exponent


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
        raise ValueError(f"damping must be finite and not negative (damping = {damping})")
    if not len(hessian):
        return hessian
    with np.errstate(over="ignore"):
        added = damping * np.diag(hessian).mean()
    if not added < np.inf:
        raise ValueError(f"damping is so large that the damped H is not finite (damping = {damping})")
    return np.asarray(hessian + added * np.eye(len(hessian)))


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
