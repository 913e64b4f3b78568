"""Babai's nearest-plane algorithm: a lattice vector near a target (QUA-5, QUA-6).

Given independent vectors b_1, ..., b_n, the lattice is cut into parallel hyperplanes, one for every
coefficient of b_n. Take the hyperplane nearest to the target, and go on inside it with n - 1 vectors.

Source: L. Babai, On Lovasz' lattice reduction and the nearest lattice point problem, Combinatorica 6, 1986.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.arrays import as_array
from lemmata.options import real_number, refuse_observers
from lemmata.quantization.arrays import exponent_of, finite_array, rationals, refuse, unscaled
from lemmata.tracing import Trace, emit


@dataclass(frozen=True)
class PlaneChosen:
    """A hyperplane was chosen: the coefficient of its vector before rounding and after."""

    vector: int
    before: Any
    after: Any


@dataclass(frozen=True, eq=False)
class NearPoint:
    """A lattice point, and what is left of the target.

    Parameters
    ----------
    values : (n,)
        Coefficients of the basis vectors: ``values @ basis`` is the point.
    offsets : (n,)
        Signed distance of the target from each chosen hyperplane, in multiples of the Gram-Schmidt vector
        b_i*. The squared length of the residual is sum_i offsets_i^2 |b_i*|^2, plus the part of the target
        outside the span (QUA-5).
    residual : (dimension,)
        The target minus the point.
    """

    values: NDArray[Any]
    offsets: NDArray[Any]
    residual: NDArray[Any]


def nearest_plane(
    basis: Any,
    target: Any,
    *,
    round_coefficient: Callable[[int, Any], Any] | None = None,
    trace: Trace = None,
) -> NearPoint:
    """Babai's nearest plane.

    Parameters
    ----------
    basis : (n, dimension)
        One basis vector per row. Doubles; or Fractions and integers in an object array: then all is exact.
    target : (dimension,)
        What to approximate.
    round_coefficient : callable, optional
        ``round_coefficient(i, value)`` picks the coefficient of b_i. Default: the nearest integer, ties to
        the even one, so that the points are those of the lattice.
    trace : list or callable, optional
        Receives one `PlaneChosen` per vector, from the last to the first.

    Returns
    -------
    NearPoint

    Raises
    ------
    ValueError
        If the vectors are dependent, shapes do not match, a number is NaN or infinite, or a coefficient or
        the residual leaves the range of doubles.

    Notes
    -----
    In doubles, each b_i* is orthogonal to the vectors before b_i to within a few units in the last place,
    also where it is a small part of b_i. Nearly dependent vectors can still take large coefficients, and
    each subtraction of a coefficient times a vector is rounded: offsets are meaningful where these products,
    times 2^-53, are small beside the b_i*. Fractions have no such limit.

    Examples
    --------
    >>> point = nearest_plane([[1.0, 0.0], [1.0, 2.0]], [0.4, 1.2])
    >>> point.values.tolist(), point.residual.tolist()
    ([-1.0, 1.0], [0.4, -0.8])
    """
    refuse_observers(trace)
    exact = as_array("basis", basis).dtype == object
    read = rationals if exact else finite_array
    vectors: NDArray[Any] = read("basis", basis)
    rest: NDArray[Any] = read("target", target)
    if vectors.ndim != 2 or rest.shape != vectors.shape[1:]:
        raise ValueError(f"basis and target do not match (their shapes are {vectors.shape}, {rest.shape})")
    rounding = round_coefficient or (lambda _, value: Fraction(round(value)) if exact else np.rint(value))
    if not callable(rounding):
        raise TypeError(f"round_coefficient must be a function or None (got {rounding!r})")
    # Each vector gets a length of about 1 by a power of two: this keeps all digits, and squares in range.
    exponents = [0 if exact else exponent_of(vector) for vector in vectors]
    scaled = vectors.copy()
    for i, exponent in enumerate(exponents):
        if not exact:
            scaled[i] = np.ldexp(vectors[i], -exponent)
    orthogonal = gram_schmidt(scaled)
    values, offsets = (np.empty(len(vectors), dtype=vectors.dtype) for _ in range(2))
    for i in reversed(range(len(vectors))):
        value = coefficient_of(rest, orthogonal[i], exponents[i])
        values[i] = chosen("round_coefficient's answer", rounding(i, value), exact)
        emit(
            trace, PlaneChosen(i, value if exact else float(value), values[i] if exact else float(values[i]))
        )
        offsets[i] = value - values[i]
        with np.errstate(over="ignore", invalid="ignore"):
            rest = rest - values[i] * vectors[i]
        if not exact:
            refuse("residual", rest, ~np.isfinite(rest), "leaves the range of doubles")
    return NearPoint(values, offsets, rest)


def chosen(name: str, value: Any, exact: bool) -> Any:
    """The coefficient that a rounding has picked, or an error."""
    if exact:
        return rationals(name, value)[()]
    number = real_number(name, value)
    if not isfinite(number):
        raise ValueError(f"{name} must be finite (got {value})")
    return number


def coefficient_of(rest: NDArray[Any], direction: NDArray[Any], exponent: int) -> Any:
    """Coordinate of a vector in an orthogonal direction that was divided by ``2**exponent``."""
    if rest.dtype == object:
        return (rest @ direction) / (direction @ direction)
    lift = min(0, exponent_of(rest))  # products of small numbers would lose digits
    value = (np.ldexp(rest, -lift) @ direction) / (direction @ direction)
    return unscaled("target", value, lift - exponent)[()]


def gram_schmidt(vectors: NDArray[Any]) -> NDArray[Any]:
    """Each vector minus its projection on the span of those before it.

    In doubles the projection is taken off twice: what a first pass leaves of a nearly dependent vector is
    mostly its rounding errors, which are not orthogonal to anything.

    Raises
    ------
    ValueError
        If a vector depends on those before it; in doubles, to within 1e-12 of its length.
    """
    orthogonal = vectors.copy()
    exact = vectors.dtype == object
    tolerance = 0 if exact else 1e-24
    for i in range(len(vectors)):
        for j in (*range(i), *(() if exact else range(i))):
            b = orthogonal[j]
            orthogonal[i] = orthogonal[i] - (orthogonal[i] @ b) / (b @ b) * b
        if orthogonal[i] @ orthogonal[i] <= tolerance * (vectors[i] @ vectors[i]):
            raise ValueError(f"basis[{i}] depends on the vectors before it")
    return orthogonal
