"""Reading arguments: finite numbers in the right shape, or an error that says which one is not."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.arrays import as_array

Array = NDArray[np.float64]
Rationals = NDArray[np.object_]

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
    refuse_dimensions(name, result, dimensions)
    refuse(name, result, ~(np.abs(result) <= LARGEST), "must be finite and at most 1e150 in magnitude")
    return result


def rationals(name: str, values: Any, dimensions: int | None = None) -> Rationals:
    """Nested sequences of ints, Fractions, doubles or texts like "3/5" as an array of Fractions, exactly.

    Raises
    ------
    TypeError, ValueError
        For what is no rational number, NaN and infinity among it; named with its index. ValueError also for
        another number of dimensions than asked for.

    Examples
    --------
    >>> rationals("weights", [0.5, 2]).tolist()
    [Fraction(1, 2), Fraction(2, 1)]
    """
    if isinstance(values, np.ma.MaskedArray):
        as_array(name, values)  # refuses it
    try:
        array = np.asarray(values, dtype=object)  # at once: mixed lists must not pass through doubles
    except ValueError as error:
        raise ValueError(f"{name} must be a rectangular array ({error})") from error
    refuse_dimensions(name, array, dimensions)
    result = np.empty(array.shape, dtype=object)
    for index in np.ndindex(array.shape):
        entry: Any = array[index]
        try:
            result[index] = Fraction(entry)
        except (TypeError, ValueError, OverflowError) as error:
            where = f"[{', '.join(map(str, index))}]" if index else ""
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(f"{name}{where} must be a rational number (got {entry!r})") from error
    return result


def rational_number(name: str, value: Any) -> Fraction:
    """One rational number, but no Boolean.

    Raises
    ------
    TypeError, ValueError
        For what is no rational number, NaN and infinity among it.
    """
    if isinstance(value, bool | np.bool_) or np.ndim(value):
        raise TypeError(f"{name} must be a rational number ({name} = {value!r})")
    return Fraction(rationals(name, value).item())


def refuse_dimensions(name: str, array: NDArray[Any], dimensions: int | None) -> None:
    """Raise ValueError for another number of dimensions than asked for."""
    if dimensions is not None and array.ndim != dimensions:
        raise ValueError(f"{name} must have {dimensions} dimensions (its shape is {array.shape})")


def exponent_of(array: Array) -> int:
    """The power of two that brings the largest magnitude to between 1/2 and 1; 0 where all is zero."""
    return int(np.frexp(np.max(np.abs(array), initial=0.0))[1])


def unscaled(name: str, values: Any, exponent: Any) -> Array:
    """Values times a power of two, or times one for each."""
    with np.errstate(over="ignore", under="ignore"):
        result = np.ldexp(values, exponent)
    refuse(name, result, ~np.isfinite(result), "leaves the range of doubles")
    return np.asarray(result)


def refuse(name: str, array: NDArray[Any], bad: NDArray[np.bool_], demand: str) -> None:
    """Raise ValueError with the first bad entry's index and value."""
    if bad.any():
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        where = f"[{', '.join(map(str, index))}]" if index else ""
        raise ValueError(f"{name}{where} {demand} (got {array[index]})")
