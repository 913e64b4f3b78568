"""Reading arguments: finite numbers in the right shape, or an error that says which one is not."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.arrays import as_array

Array = NDArray[np.float64]

LARGEST = 1e150
"""Magnitudes above this are refused: their squares would leave the range of doubles."""


def finite_array(name: str, values: ArrayLike, dimensions: int | None = None) -> Array:
    """Read ``values`` as doubles.

    Raises
    ------
    TypeError
        For values that are not real numbers.
    ValueError
        For NaN, infinity and magnitudes above 1e150, and for another number of dimensions than asked for.
    """
    array = as_array(name, values)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers (its dtype is {array.dtype})")
    result = np.array(array, dtype=np.float64)
    if dimensions is not None and result.ndim != dimensions:
        raise ValueError(f"{name} must have {dimensions} dimensions (its shape is {result.shape})")
    refuse(name, result, ~(np.abs(result) <= LARGEST), "must be finite and at most 1e150 in magnitude")
    return result


def refuse(name: str, array: NDArray[Any], bad: NDArray[np.bool_], demand: str) -> None:
    """Raise ValueError with the first bad entry's index and value."""
    if bad.any():
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        where = f"[{', '.join(map(str, index))}]" if index else ""
        raise ValueError(f"{name}{where} {demand} (got {array[index]})")


def positive_integer(name: str, value: object) -> int:
    """Read an integer that is at least 1."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be an integer (got {value!r})")
    if value < 1:
        raise ValueError(f"{name} must be at least 1 (got {value})")
    return int(value)
