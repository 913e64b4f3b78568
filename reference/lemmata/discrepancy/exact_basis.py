"""A basis of Q^m in which one vector after the other takes a place, with the inverse of its matrix, exactly.

Places that no element has taken hold unit vectors. Walks ask for a new vector's weights in the basis: they
are a linear dependency at once, the vector itself with 1 and the basis with minus the weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray


class ExactBasis:
    """A basis of Q^m, at first the unit vectors.

    Parameters
    ----------
    dimension : int
        m.
    """

    exact = True
    tolerance = 0
    """Weights beyond this in magnitude count."""

    def __init__(self, dimension: int) -> None:
        from flint import fmpq_mat  # noqa: PLC0415 - python-flint loads only where it is used

        self.holders = np.full(dimension, -1, dtype=np.int64)
        """The element in each place; -1 where the place still holds its unit vector."""
        self._inverse = fmpq_mat(
            dimension, dimension, [int(i == k) for i in range(dimension) for k in range(dimension)]
        )

    def express(self, rows: Any, entries: NDArray[Any]) -> NDArray[Any]:
        """Weights in the basis of the vector that has ``entries`` at ``rows`` and zeros elsewhere.

        Entries and weights are python-flint's rationals. Cost: m^2 multiplications.
        """
        from flint import fmpq, fmpq_mat  # noqa: PLC0415

        m = len(self.holders)
        vector = np.full(m, fmpq(0), dtype=object)
        vector[rows] = entries
        weights = np.empty(m, dtype=object)
        if m:
            weights[:] = (self._inverse * fmpq_mat(m, 1, vector.tolist())).entries()
        return weights

    def exchange(self, place: int, weights: NDArray[Any], element: int) -> None:
        """Put the element with the given weights in that place.

        Cost: m^2 + m multiplications and divisions.
        """
        from flint import fmpq_mat  # noqa: PLC0415

        m = len(self.holders)
        pivot = weights[place]
        change = [(weight - (i == place)) / pivot for i, weight in enumerate(weights)]
        row = fmpq_mat(1, m, [self._inverse[place, k] for k in range(m)])
        self._inverse -= fmpq_mat(m, 1, change) * row
        self.holders[place] = element


def rational_array(numbers: Sequence[Fraction]) -> NDArray[Any]:
    """The numbers as python-flint's rationals."""
    from flint import fmpq  # noqa: PLC0415

    rationals = np.empty(len(numbers), dtype=object)
    rationals[:] = [fmpq(number.numerator, number.denominator) for number in numbers]
    return rationals


def fraction(number: Any) -> Fraction:
    """A rational of python-flint as a `Fraction`."""
    return Fraction(int(number.p), int(number.q))
