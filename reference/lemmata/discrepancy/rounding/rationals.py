"""Points and matrices as exact rational numbers, from doubles, integers, fractions and FLINT's rationals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from numbers import Rational
from typing import Any

import numpy as np

from lemmata.arrays import as_array
from lemmata.discrepancy.rounding.column_blocks import CHUNK, ColumnBlocks, Constraints, read_constraints


def rational_vector(name: str, values: Any) -> list[Fraction]:
    """Entries of a point in [0, 1]^n as they are, without rounding.

    Raises
    ------
    ValueError
        If it is not one-dimensional, or an entry is NaN or outside [0, 1].
    TypeError
        If an entry is not a real number.
    """
    array = as_array(name, values)
    if array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional (got shape {array.shape})")
    point = [rational(name, (j,), value) for j, value in enumerate(array.tolist())]
    for j, value in enumerate(point):
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must be in [0, 1] ({name}[{j}] = {value})")
    return point


def rational_matrix(name: str, constraints: Constraints, n: int) -> tuple[int, Iterator[Sequence[Fraction]]]:
    """Number of rows, and the columns, entry by entry as they are.

    Raises
    ------
    ValueError
        If the matrix does not have n columns, or an entry is NaN or infinite (when its column is read).
    TypeError
        If an entry is not a real number.
    """
    if isinstance(constraints, ColumnBlocks) or hasattr(constraints, "tocsc"):
        blocks = read_constraints(name, constraints, n)
    else:
        array = as_array(name, constraints)
        if array.shape == (0,):
            array = np.empty((0, n))
        if array.ndim != 2 or array.shape[1] != n:
            raise ValueError(f"{name} must have one column per entry of x (shape {array.shape}, n = {n})")
        blocks = ColumnBlocks((len(array), n), lambda start, stop: array[:, start:stop])
    return blocks.shape[0], _columns(name, blocks)


def _columns(name: str, blocks: ColumnBlocks) -> Iterator[Sequence[Fraction]]:
    for start in range(0, blocks.shape[1], CHUNK):
        stop = min(blocks.shape[1], start + CHUNK)
        block = np.asarray(blocks.read(start, stop))
        if block.shape != (blocks.shape[0], stop - start):
            raise ValueError(f"{name}: columns {start} to {stop - 1} have shape {block.shape}")
        for j, column in enumerate(block.T):
            yield [rational(name, (i, start + j), entry) for i, entry in enumerate(column.tolist())]


def rational(name: str, index: tuple[int, ...], value: Any) -> Fraction:
    """One entry as a fraction; the error names it."""
    where = f"{name}[{', '.join(map(str, index))}]"
    if isinstance(value, bool | int | float | Rational):
        try:
            return Fraction(value)
        except (ValueError, OverflowError):
            raise ValueError(f"{name} must be finite ({where} = {value})") from None
    if isinstance(value, np.longdouble) and np.isfinite(value):
        return Fraction(*value.as_integer_ratio())
    if hasattr(value, "p") and hasattr(value, "q"):  # FLINT's rationals are not registered as such
        return Fraction(int(value.p), int(value.q))
    raise TypeError(f"{name} must hold real numbers ({where} is {type(value).__name__})")
