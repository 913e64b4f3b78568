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
    if dimensions is not None and result.ndim != dimensions:
        raise ValueError(f"{name} must have {dimensions} dimensions (its shape is {result.shape})")
    refuse(name, result, ~(np.abs(result) <= LARGEST), "must be finite and at most 1e150 in magnitude")
    return result


def rationals(name: str, values: Any) -> Rationals:
    """Nested sequences of ints, Fractions, doubles or texts like "3/5" as an array of Fractions, exactly.

    Raises
    ------
    TypeError, ValueError
        For what is no rational number, NaN and infinity among it; named with its index.

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


def real_number(name: str, value: object) -> float:
    """Read one real number.

    Raises
    ------
    TypeError
        For anything else, strings and booleans among them.
    ValueError
        For an integer beyond the range of doubles.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"{name} must be a real number (got {value!r})")
    try:
        return float(value)
    except OverflowError as error:
        raise ValueError(f"{name} is beyond the range of doubles") from error


def positive_integer(name: str, value: object) -> int:
    """Read an integer that is at least 1."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name} must be an integer (got {value!r})")
    if value < 1:
        raise ValueError(f"{name} must be at least 1 (got {value})")
    return int(value)


def generator_of(rng: object) -> np.random.Generator:
    """`numpy.random.default_rng`, with errors that name the argument.

    Raises
    ------
    TypeError, ValueError
        For what is neither a generator nor a seed.
    """
    if isinstance(rng, bool | np.bool_):
        raise TypeError(f"rng must be a numpy.random.Generator, an integer or None (got {rng!r})")
    try:
        return np.random.default_rng(rng)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        demand = "must be a numpy.random.Generator, an integer of at least 0 or None"
        raise type(error)(f"rng {demand} (got {rng!r})") from error
