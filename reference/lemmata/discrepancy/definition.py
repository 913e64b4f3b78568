"""The definition of discrepancy, executed literally, and the reading of vectors that the folder shares.

Problem: vectors v_1, ..., v_n in R^d, the columns of a matrix, get signs. How far from zero is the signed
sum, in its worst coordinate? For a set system the rows are the sets' indicators, and a row's value is the
set's surplus of one colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import fsum, lcm
from numbers import Rational
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.arrays import as_array

Number = int | float | Fraction


def discrepancy(vectors: ArrayLike, coloring: ArrayLike) -> Number:
    """Largest absolute coordinate of a signed sum: max_i |sum_j vectors[i, j] coloring[j]|.

    Parameters
    ----------
    vectors : array_like, shape (d, n)
        One column per element; any integers, Booleans, `fractions.Fraction` objects or finite floats.
    coloring : array_like, shape (n,)
        Signs, each -1 or 1; or a result that has them as its ``signs``.

    Returns
    -------
    int, Fraction or float
        Exact for integers of any size and for fractions. For floats, the double nearest to the exact value
        for the given doubles: each row's sum is rounded once.

    Raises
    ------
    TypeError
        For entries that are no numbers.
    ValueError
        For wrong shapes, NaN or infinity, a sign other than -1 and 1, or, for floats, a value that rounds
        beyond the largest double.

    Notes
    -----
    Cost: d n additions. The quantity of DIS-7; a system without rows has discrepancy 0.

    Examples
    --------
    Three points, all pairs of them as sets: two points get one colour.

    >>> discrepancy([[1, 1, 0], [0, 1, 1], [1, 0, 1]], [1, -1, 1])
    2
    """
    matrix = as_vectors("vectors", vectors)
    signs = as_signs("coloring", getattr(coloring, "signs", coloring), matrix.shape[1])
    if matrix.shape[0] == 0:
        return 0
    if matrix.dtype == np.float64:
        return _float_value(matrix, signs)
    if matrix.dtype == np.int64 and largest_sum(matrix) < 2**63:
        return int(np.abs(matrix @ signs).max(initial=0))
    return max(row_sums(matrix, signs.tolist()))


def row_sums(matrix: NDArray[Any], factors: Sequence[int | Fraction]) -> list[Fraction | int]:
    """Absolute values of the rows' weighted sums, exactly; doubles count at their exact value."""
    sums: list[Fraction | int] = []
    for row in matrix.tolist():
        exact = [Fraction(v) if isinstance(v, float) else v for v in row]
        total = sum(v * e for v, e in zip(exact, factors, strict=True))
        sums.append(total if total >= 0 else -total)
    return sums


def _float_value(matrix: NDArray[np.float64], signs: NDArray[np.int64]) -> float:
    return max(abs(_rounded_sum(i, row)) for i, row in enumerate((matrix * signs).tolist()))


def _rounded_sum(index: int, row: list[float]) -> float:
    """The row's sum, rounded once."""
    try:
        return fsum(row)
    except OverflowError:  # on the way to the sum, or because of it
        try:
            return float(sum(map(Fraction, row)))
        except OverflowError:
            raise ValueError(f"vectors: the signed sum of row {index} is beyond the largest double") from None


def as_vectors(name: str, values: ArrayLike) -> NDArray[Any]:
    """Read a matrix as int64, float64, or object with Python integers and fractions, whichever holds it
    exactly.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, and the index and value of the first entry that is no finite number.
    """
    matrix = as_array(name, values)
    if matrix.ndim != 2:
        raise ValueError(f"{name} must have shape (d, n), one column per element (shape {matrix.shape})")
    if matrix.dtype == np.float64 and isinstance(values, list | tuple):
        matrix = _as_it_was_meant(name, matrix, values)
    if matrix.dtype.kind == "b" or (matrix.dtype.kind in "iu" and matrix.dtype != np.uint64):
        return matrix.astype(np.int64)
    if matrix.dtype.kind == "u":
        exact = matrix.astype(object)
        return exact if matrix.max(initial=0) >= 2**63 else matrix.astype(np.int64)
    if matrix.dtype.kind == "f" and matrix.dtype.itemsize <= 8:
        for index in np.argwhere(~np.isfinite(matrix)):
            at = tuple(index.tolist())
            raise ValueError(f"{name} must be finite ({name}[{at[0]}, {at[1]}] = {matrix[at]})")
        return matrix.astype(np.float64)
    if matrix.dtype == object:
        return _as_rationals(name, matrix)
    raise TypeError(f"{name} must hold integers, fractions or floats (dtype {matrix.dtype})")


def _as_it_was_meant(name: str, matrix: NDArray[np.float64], values: Any) -> NDArray[Any]:
    """NumPy makes doubles of lists like [2**63 + 1, -1]: such integers stay what they are."""
    entries = np.array(values, dtype=object)
    if entries.shape != matrix.shape or not entries.size:
        return matrix
    if all(isinstance(entry, Rational | np.bool_) for entry in entries.flat):
        return entries
    for (i, j), entry in np.ndenumerate(entries):
        if isinstance(entry, Rational) and entry != int(matrix[i, j]):
            raise ValueError(
                f"{name} mixes floats with an integer that is no double ({name}[{i}, {j}] = {entry}); "
                "with fractions in place of floats all of them count exactly"
            )
    return matrix


def _as_rationals(name: str, matrix: NDArray[Any]) -> NDArray[Any]:
    exact = np.empty(matrix.shape, dtype=object)
    for (i, j), entry in np.ndenumerate(matrix):
        if isinstance(entry, Rational):
            value = Fraction(int(entry.numerator), int(entry.denominator))
        elif isinstance(entry, np.bool_):
            value = Fraction(int(entry))
        else:
            raise TypeError(
                f"{name} with Python objects must hold integers and fractions ({name}[{i}, {j}] = {entry!r})"
            )
        exact[i, j] = int(value) if value.denominator == 1 else value
    if all(isinstance(entry, int) and -(2**63) < entry < 2**63 for entry in exact.flat):
        return exact.astype(np.int64)
    return exact


def require_integers(name: str, matrix: NDArray[Any]) -> None:
    """Refuse what `as_vectors` did not read as int64.

    Raises
    ------
    TypeError
        For fractions and floats.
    ValueError
        For integers beyond 64 bits.
    """
    if matrix.dtype == np.int64:
        return
    if matrix.dtype == object and all(isinstance(entry, int) for entry in matrix.flat):
        largest = max(matrix.flat, key=abs)
        raise ValueError(f"{name} must hold integers of 64 bits (got {largest})")
    raise TypeError(f"{name} must hold integers (dtype {matrix.dtype})")


def as_signs(name: str, values: ArrayLike, length: int) -> NDArray[np.int64]:
    """Read a vector of signs of the given length.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, and the index and value of the first entry that is no sign.
    """
    signs = as_array(name, values)
    if signs.shape != (length,):
        raise ValueError(f"{name} must have shape ({length},), one sign per column (shape {signs.shape})")
    if signs.size and signs.dtype.kind not in "iuf":
        raise TypeError(f"{name} must hold the numbers -1 and 1 (dtype {signs.dtype})")
    for index in np.flatnonzero((signs != 1) & (signs != -1)):
        raise ValueError(f"{name} must hold -1 and 1 ({name}[{index}] = {signs[index]})")
    return signs.astype(np.int64)


def largest_sum(matrix: NDArray[np.int64]) -> int:
    """An upper bound on the absolute value of every signed sum of every row, as a Python integer."""
    if not matrix.size:
        return 0
    return max(abs(int(matrix.min())), abs(int(matrix.max()))) * int(matrix.shape[1])


def as_integers(matrix: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """The matrix times a common denominator, and that denominator: exact, also for floats.

    Returns int64 where every signed sum of a row, and twice it, fits; Python integers otherwise.
    """
    if matrix.dtype == np.int64:
        small = largest_sum(matrix) < 2**61
        return (matrix if small else matrix.astype(object)), 1
    entries = [Fraction(entry) for entry in matrix.ravel().tolist()]
    denominator = 1
    for entry in entries:
        denominator = lcm(denominator, entry.denominator)
    scaled = np.array([int(entry * denominator) for entry in entries] + [0], dtype=object)[:-1]
    scaled = scaled.reshape(matrix.shape)
    largest = max((abs(entry) for entry in scaled.flat), default=0)
    return (scaled.astype(np.int64) if largest * matrix.shape[1] < 2**61 else scaled), denominator
