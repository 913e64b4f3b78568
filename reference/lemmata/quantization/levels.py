"""Finding a weight's levels: its two neighbours and the nearest of them, exactly.

Neighbours are found from a first guess that is then corrected against the levels themselves, so that no
rounding of the guess can show. Distances to two neighbours are compared without rounding error (DIS-29).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.quantization.arrays import Array, refuse

LARGEST_CODE = 2.0**50
"""Beyond it, a code of the unbounded grid would not be found exactly."""


def neighbours(
    weights: Array, codes: Array | None, scale: Array, offset: Array
) -> tuple[NDArray[Any], Array, Array]:
    """Index of the level below (the code, where unbounded), that level, and the level above."""
    with np.errstate(over="ignore"):
        position = (weights - offset) / scale
    index: NDArray[Any]
    level: Callable[[NDArray[Any]], Array]
    if codes is None:
        refuse("weights", weights, np.abs(position) > LARGEST_CODE, "is too far from 0 for the grid's step")
        index, first, last = np.floor(position), -np.inf, np.inf
        level = lambda k: offset + scale * k  # noqa: E731
    else:
        first, last = 0, len(codes) - 1
        index = np.clip(np.searchsorted(codes, position, side="right") - 1, first, last)
        level = lambda k: offset + scale * codes[k]  # noqa: E731
    while (high := (level(index) > weights) & (index > first)).any():
        index = index - high
    while (low := (index < last) & (level(np.minimum(index + 1, last)) <= weights)).any():
        index = index + low
    below = level(index)
    above = np.where(below < weights, level(np.minimum(index + 1, last)), below)
    return index, below, above


def nearest_level(weights: Array, codes: Array | None, scale: Array, offset: Array) -> Array:
    """The nearest level; of two equally near ones the one with the even index."""
    index, below, above = neighbours(weights, codes, scale, offset)
    to_below, to_above = weights - below, above - weights
    up = to_above < to_below
    # Rounding is monotone: where the rounded distances differ, so do the true ones, the same way.
    equal = (to_above == to_below) & (below < above)
    if equal.any():
        even = np.remainder(index, 2) == 0
        spare_below = subtraction_error(weights, below, to_below)
        spare_above = subtraction_error(above, weights, to_above)
        closer = (spare_above < spare_below) | ((spare_above == spare_below) & ~even)
        up = np.where(equal, closer, up)
    return np.where(up, above, below)


def subtraction_error(a: Array, b: Array, difference: Array) -> Array:
    """What rounding left out of ``difference = a - b``: exact (Knuth's two-sum)."""
    back = a - difference
    return np.asarray((a - (difference + back)) + (back - b))
