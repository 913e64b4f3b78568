"""Constraint matrices as blocks of columns: arrays, memory maps, sparse matrices, or a function.

The walk reads every column once and in order, so a matrix need not be in memory, and need not exist as a
whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.arrays import as_array

Floats = NDArray[np.float64]

Point = ArrayLike | Sequence[Fraction]
"""What a point in the cube may be."""

CHUNK = 4096
"""Columns that are read at a time, at most."""

_LARGEST_EXACT = 2**53


@dataclass(frozen=True)
class ColumnBlocks:
    """An (m, n) matrix that is read, or computed, some columns at a time.

    Parameters
    ----------
    shape : tuple of int
        (m, n).
    read : callable
        ``read(start, stop)`` returns the columns start..stop-1 as an array of shape (m, stop - start). It is
        called with increasing ranges, once per pass: to validate, to walk, and to verify.

    Examples
    --------
    A circulant matrix that is never stored:

    >>> import numpy as np
    >>> rows = np.arange(2)
    >>> blocks = ColumnBlocks((2, 6), lambda start, stop: np.add.outer(rows, np.arange(start, stop)) % 3)
    >>> blocks.read(2, 5)
    array([[2, 0, 1],
           [0, 1, 2]])
    """

    shape: tuple[int, int]
    read: Callable[[int, int], Any]

    def chunks(self, name: str) -> Iterator[tuple[int, Floats]]:
        """First index and columns, (m, k) float64, of one chunk after the other.

        Raises
        ------
        ValueError
            If a block has another shape than asked for, or holds NaN, infinity or an integer that a double
            does not.
        TypeError
            If it does not hold real numbers.
        """
        m, n = self.shape
        for start in range(0, n, CHUNK):
            stop = min(n, start + CHUNK)
            block = _real(name, self.read(start, stop), start)
            if block.shape != (m, stop - start):
                raise ValueError(
                    f"{name}: columns {start} to {stop - 1} have shape {block.shape}, not {(m, stop - start)}"
                )
            yield start, block

    def chosen_chunks(self, name: str, chosen: NDArray[np.bool_]) -> Iterator[tuple[int, Floats]]:
        """As `chunks`, of the chosen columns alone, in their own numbering.

        All of them have `CHUNK` columns but the last, however few of the columns that are read are chosen.
        """
        waiting: list[Floats] = []
        count = first = 0
        for start, block in self.chunks(name):
            part = chosen[start : start + block.shape[1]]
            rest = block if part.all() else block[:, part]
            while rest.shape[1]:
                waiting.append(rest[:, : CHUNK - count])
                rest = rest[:, CHUNK - count :]
                count += waiting[-1].shape[1]
                if count == CHUNK:
                    yield first, waiting[0] if len(waiting) == 1 else np.hstack(waiting)
                    waiting, count, first = [], 0, first + CHUNK
        if count:
            yield first, np.hstack(waiting)

    def columns(self, indices: NDArray[np.int64]) -> Floats:
        """The columns of the given indices, (m, k)."""
        if not len(indices):
            return np.empty((self.shape[0], 0))
        return np.hstack([np.asarray(self.read(int(j), int(j) + 1), dtype=np.float64) for j in indices])


Constraints = ArrayLike | ColumnBlocks
"""What a constraint matrix may be: an array, a `scipy.sparse` matrix, or `ColumnBlocks`."""


def read_constraints(name: str, constraints: Any, n: int) -> ColumnBlocks:
    """The constraints as blocks of columns, once their shape fits ``n`` variables.

    Raises
    ------
    ValueError
        If the matrix is not two-dimensional or does not have n columns.
    TypeError
        If it does not hold real numbers.
    """
    if isinstance(constraints, ColumnBlocks):
        blocks = constraints
    elif _is_sparse(constraints):
        if constraints.ndim != 2:
            raise ValueError(f"{name} must have shape (m, n) (got {constraints.shape})")
        by_column = constraints.tocsc()
        blocks = ColumnBlocks(by_column.shape, lambda start, stop: by_column[:, start:stop].toarray())
    else:
        array = as_array(name, constraints)
        if array.shape == (0,):
            array = np.empty((0, n))  # an empty list is a system without constraints
        if array.ndim != 2:
            raise ValueError(f"{name} must have shape (m, n) (got {array.shape})")
        if array.dtype.kind not in "fiub":
            raise TypeError(f"{name} must hold real numbers (got dtype {array.dtype})")
        blocks = ColumnBlocks(cast(tuple[int, int], array.shape), lambda start, stop: array[:, start:stop])
    if blocks.shape[1] != n:
        raise ValueError(f"{name} must have one column per entry of x (shape {tuple(blocks.shape)}, n = {n})")
    return blocks


def read_point(name: str, point: Point) -> Floats:
    """A new array of doubles in [0, 1].

    Raises
    ------
    ValueError
        If the point is not one-dimensional, or an entry is NaN or outside [0, 1]; it names the first.
    TypeError
        If it does not hold real numbers.
    """
    array = as_array(name, point)
    if array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional (got shape {array.shape})")
    if array.size and array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers (got dtype {array.dtype})")
    values = np.array(array, dtype=np.float64) + 0.0  # the sum with a zero has no negative zeros
    outside = np.flatnonzero(~((values >= 0) & (values <= 1)))
    if len(outside):
        j = int(outside[0])
        raise ValueError(f"{name} must be in [0, 1] ({name}[{j}] = {values[j]})")
    return values


def _is_sparse(constraints: Any) -> bool:
    return hasattr(constraints, "tocsc")


def _real(name: str, block: Any, first: int) -> Floats:
    array = as_array(name, block)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers (got dtype {array.dtype})")
    # One layout for all: products of matrices round differently for rows and for columns first.
    values = np.ascontiguousarray(array, dtype=np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        suspicious = not np.isfinite(np.sum(values))  # or its sum is too large: then every entry is looked at
    if array.ndim == 2 and suspicious:
        bad = np.argwhere(~np.isfinite(values))
        if len(bad):
            i, j = (int(index) for index in bad[0])
            raise ValueError(f"{name} must be finite ({name}[{i}, {first + j}] = {values[i, j]})")
    if array.dtype.kind in "iu" and array.dtype.itemsize == 8 and array.ndim == 2:
        for i, j in np.argwhere((array > _LARGEST_EXACT) | (array < -_LARGEST_EXACT)).tolist():
            if int(values[i, j]) != int(array[i, j]):
                _refuse_inexact(name, i, first + j, array[i, j])
    if array.dtype.kind == "f" and array.dtype.itemsize > 8 and array.ndim == 2:
        for i, j in np.argwhere(values.astype(array.dtype) != array).tolist()[:1]:
            _refuse_inexact(name, i, first + j, array[i, j])
    return values


def _refuse_inexact(name: str, row: int, column: int, value: Any) -> None:
    raise ValueError(f"{name}[{row}, {column}] = {value} is not a double; exact=True takes it as it is")
