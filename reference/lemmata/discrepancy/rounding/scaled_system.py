"""The columns that can move, rows scaled to one size, and how well a rounding keeps them (DIS-3).

Only coordinates strictly between 0 and 1 move. So a row is measured by its entries in their columns: a huge
entry whose coordinate is 0 or 1 already says nothing about how well the row is kept.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lemmata.discrepancy.rounding.column_blocks import CHUNK, ColumnBlocks

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

RELATIVE = 1e-9
"""Residual that a rounding in floating point may have, relative to the row's absolute sum over the columns
that can move."""

MODERATE = 400
"""Exponents of rows up to which sums of products neither over- nor underflow, so that they are scaled at the
end."""


class ScaledSystem:
    """The columns of some coordinates, rows scaled by powers of two to a largest entry in [1/2, 1).

    Parameters
    ----------
    blocks : ColumnBlocks
        All columns.
    chosen : numpy.ndarray of bool, shape (all columns,)
        The coordinates that can move, and are numbered 0, 1, ... from here on.

    Attributes
    ----------
    m, n : int
        Rows, and chosen columns.
    scales : numpy.ndarray of int64, shape (m,)
        Exponents of the powers of two.
    mass : numpy.ndarray, shape (m,)
        The scaled rows' absolute sums, 1 for a row of zeros.
    """

    def __init__(self, blocks: ColumnBlocks, chosen: NDArray[np.bool_]) -> None:
        self._blocks, self._chosen = blocks, chosen
        self._indices = np.flatnonzero(chosen)
        self.m, self.n = blocks.shape[0], len(self._indices)
        largest, mass = np.zeros(self.m), np.zeros(self.m)
        with np.errstate(over="ignore"):
            for _, block in blocks.chosen_chunks("constraints", chosen):
                sizes = np.abs(block)
                largest = np.maximum(largest, sizes.max(axis=1, initial=0.0))
                mass += sizes.sum(axis=1)
        self.scales = -np.where(largest > 0, np.frexp(largest)[1], 0).astype(np.int64)
        self._moderate = bool(np.abs(self.scales).max(initial=0) <= MODERATE)
        # In two factors, as the power of two itself may be out of range.
        half = self.scales // 2
        self._factors = np.ldexp(1.0, half), np.ldexp(1.0, self.scales - half)
        if self._moderate:
            mass = np.ldexp(mass, self.scales)
        else:  # sums of such rows may have left the range of doubles
            mass = sum((np.abs(columns).sum(axis=0) for _, columns in self.chunks()), np.zeros(self.m))
        self.mass = np.where(mass > 0, mass, 1.0)

    def chunks(self) -> Iterator[tuple[int, Floats]]:
        """First number and scaled columns, one per row, (k, m), of one chunk after the other.

        All chunks but the last have `CHUNK` columns, however few of those that are read can move.
        """
        for first, block in self._blocks.chosen_chunks("constraints", self._chosen):
            columns = np.empty(block.T.shape)
            if self._moderate:
                np.multiply(block.T, self._factors[0] * self._factors[1], out=columns)
            else:
                np.multiply(block.T, self._factors[0], out=columns)
                columns *= self._factors[1]
            yield first, columns

    def unscaled_columns(self, numbers: Integers) -> Floats:
        """The columns as they were given, (m, k)."""
        return self._blocks.columns(self._indices[numbers])

    def columns(self, numbers: Integers) -> Floats:
        """The scaled columns, (m, k); entries below 2^-1022 of their row's largest are rounded."""
        return np.asarray(np.ldexp(self.unscaled_columns(numbers), self.scales[:, None]))

    def residual(self, x: Floats, y: Floats) -> Floats:
        """A (y - x) for values of the chosen coordinates, rows scaled."""
        total = np.zeros(self.m)
        if self._moderate:
            for first, block in self._blocks.chosen_chunks("constraints", self._chosen):
                stop = first + block.shape[1]
                total += block @ (y[first:stop] - x[first:stop])
            return np.asarray(np.ldexp(total, self.scales))
        for first, columns in self.chunks():
            stop = first + len(columns)
            total += (y[first:stop] - x[first:stop]) @ columns
        return total

    def ratio(self, residual: Floats, x: Floats, y: Floats) -> float:
        """The largest residual over its tolerance; what computing it may be off by is added to it.

        Sums of at most CHUNK products, then over the chunks: so many roundings of the sum of
        |a_ij (y_j - x_j)|, which is at most the row's absolute sum times the longest move.
        """
        roundings = min(self.n, CHUNK) + -(-self.n // CHUNK) + 4
        slack = roundings * 2.0**-53 * 1.01 * np.abs(y - x).max(initial=0.0) * self.mass
        tolerance = RELATIVE * (1 - 2.0**-20) * self.mass
        return float(((np.abs(residual) + slack) / tolerance).max(initial=0.0))
