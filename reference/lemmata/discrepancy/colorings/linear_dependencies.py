"""Moving along linear dependencies: what Beck-Fiala, Barany-Grinberg and Steinitz have in common.

Each element j has a vector v_j in R^d and a coefficient x_j in an interval. More than d elements with
coefficients strictly inside are linearly dependent, and a dependency sum_j y_j v_j = 0 is a direction
in which sum_j x_j v_j does not change. Moving until a coefficient reaches an end of its interval freezes an
element.

The elements that can still move are kept as part of a basis of R^d, together with the inverse of its matrix;
places that no element has taken hold unit vectors. A new element's weights in the basis are a dependency at
once: the element itself with 1, the basis with minus the weights.

Source of the method: I. Barany, On the power of linear dependencies (2008), a survey.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from lemmata.discrepancy.exact_basis import ExactBasis, fraction, rational_array

Row = NDArray[Any]
"""Numbers: float64, or object with python-flint's rationals."""

_ZERO = 1e-9
"""Floats below this count as zero; what comes out is certified by the callers, so it decides speed only."""


@dataclass(frozen=True)
class Move:
    """Coefficients moved: x[elements] += length * direction, which froze the elements ``frozen``.

    For a trace, ``values`` are the coefficients of all elements after it, and ``sums``, where there are sets,
    the sets' sums.
    """

    elements: tuple[int, ...]
    direction: tuple[Fraction | float, ...]
    length: Fraction | float
    frozen: tuple[int, ...]
    values: tuple[Fraction | float, ...] = ()
    sums: tuple[Fraction | float, ...] = ()


@dataclass(frozen=True)
class WalkRepeatedExactly:
    """A walk in doubles did not keep the theorem's bound; it starts again in rationals."""

    reason: str


class DoubleBasis:
    """`ExactBasis` in doubles: a basis of R^d made of elements' vectors, with its inverse.

    Parameters
    ----------
    dimension : int
        d.
    delay : int
        How many exchanges are collected before the inverse is updated by one matrix product.
    """

    exact = False
    tolerance = _ZERO
    """Weights beyond this in magnitude count."""

    def __init__(self, dimension: int, *, delay: int = 48) -> None:
        self.holders = np.full(dimension, -1, dtype=np.int64)
        """The element in each place; -1 where the place still holds its unit vector."""
        self._inverse = np.eye(dimension)
        self._left = np.zeros((dimension, delay))
        self._right = np.zeros((delay, dimension))
        self._waiting = 0

    def express(self, rows: Any, entries: Row) -> Row:
        """Weights in the basis of the vector that has ``entries`` at ``rows`` and zeros elsewhere."""
        weights = self._inverse[:, rows] @ entries
        k = self._waiting
        if k:
            weights = weights - self._left[:, :k] @ (self._right[:k, rows] @ entries)
        return np.asarray(weights)

    def exchange(self, place: int, weights: Row, element: int) -> None:
        """Put the element with the given weights in that place."""
        k = self._waiting
        row = self._inverse[place].copy()
        if k:
            row = row - self._left[place, :k] @ self._right[:k]
        pivot = weights[place]
        change = weights / pivot
        change[place] = change[place] - 1 / pivot
        self.holders[place] = element
        self._left[:, k], self._right[k] = change, row
        self._waiting = k + 1
        if self._waiting == len(self._right):
            self._inverse -= self._left @ self._right
            self._waiting = 0


def bring_in(
    basis: ExactBasis | DoubleBasis,
    x: Row,
    floating: NDArray[np.bool_],
    element: int,
    weights: Row,
    interval: tuple[int, int],
    upwards: Callable[[NDArray[np.int64], Row], bool],
) -> Move | None:
    """Make the element part of the basis, or move along its dependency until something freezes.

    Changes ``basis``, ``x`` and ``floating``. Afterwards the element is frozen or holds a place.

    Parameters
    ----------
    basis : ExactBasis or DoubleBasis
    x : numpy.ndarray
        Coefficients; those of floating elements are strictly inside the interval.
    floating : numpy.ndarray of bool
        Elements that may still move.
    element : int
        A floating element without a place.
    weights : numpy.ndarray
        From ``basis.express``.
    interval : (int, int)
        Where the coefficients live.
    upwards : callable
        Given the elements and the direction (the element itself first, with 1): whether to move along it,
        rather than against it.

    Returns
    -------
    Move or None
        None if the element was independent of the floating ones, and took the place of another vector.
    """
    holders = basis.holders
    used = np.abs(weights) > basis.tolerance if not basis.exact else weights != 0
    used = used.astype(bool)
    # A place whose vector can no longer move: the new element is independent of those that can.
    idle = np.flatnonzero(used & ((holders < 0) | ~floating[holders]))
    if len(idle):
        place = (
            max(idle, key=lambda i: abs(weights[i])) if basis.exact else idle[np.argmax(abs(weights[idle]))]
        )
        basis.exchange(int(place), weights, element)
        return None
    places = np.flatnonzero(used)
    elements = np.concatenate([[element], holders[places]])
    one = fmpq(1) if basis.exact else 1.0
    direction = np.concatenate([np.array([one], dtype=x.dtype), -weights[places]])
    if not upwards(elements, direction):
        direction = -direction
    low, high = interval
    room = np.where(direction > 0, high - x[elements], low - x[elements]) / direction
    length = room.min()
    hit = room <= length if basis.exact else room <= length * (1 + 1e-12) + 1e-13
    ends = np.where(direction > 0, np.array(high * one), np.array(low * one))
    x[elements] = np.where(hit, ends, x[elements] + length * direction)
    floating[elements[hit]] = False
    if floating[element]:
        gone = np.flatnonzero(hit) - 1  # position 0 is the element itself
        place = places[max(gone, key=lambda i: abs(direction[i + 1]))]
        basis.exchange(int(place), weights, element)
    return Move(
        tuple(elements.tolist()),
        tuple(plain(v) for v in direction),
        plain(length),
        tuple(elements[hit].tolist()),
    )


def zeros(shape: tuple[int, ...], *, exact: bool) -> Row:
    """Zeros, as doubles or as rationals."""
    if not exact:
        return np.zeros(shape)
    return np.full(shape, fmpq(0), dtype=object)


def as_rationals(matrix: NDArray[Any]) -> Row:
    """The same numbers as python-flint's rationals; doubles are taken at their exact value."""
    entries = (entry.item() if isinstance(entry, np.generic) else entry for entry in matrix.flat)
    return rational_array([Fraction(entry) for entry in entries]).reshape(matrix.shape)


def plain(number: Any) -> Fraction | float:
    """A rational of python-flint as a `Fraction`, a NumPy double as a float."""
    return fraction(number) if isinstance(number, fmpq) else float(number)
