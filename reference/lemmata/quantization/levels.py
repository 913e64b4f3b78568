"""Finding a weight's levels: its two neighbours and the nearest of them, exactly.

A weight is compared with levels themselves, as they come out in doubles, so that no rounding on the way to
its neighbours can show. Distances to two neighbours are compared without rounding error (QUA-1).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.quantization.arrays import Array, refuse

LARGEST_CODE = 2.0**50
"""In an unbounded grid, offset and weight are at most so many steps from 0 and from each other.

Quotients are computed to within a quarter of a step, and compared with half a step more: nothing within is
refused, and nothing is accepted that is a whole step further away.
Levels next to each other then differ: with a step between 2^e and 2^(e+1), a level within 2^50 + 3 steps of 0
is the sum of two numbers below 2^(e+52), rounded to a multiple of 2^(e-1), and neighbours are further apart.
"""


def neighbours(
    weights: Array, codes: Array | None, scale: Array, offset: Array
) -> tuple[NDArray[Any], Array, Array]:
    """Index of the level below (the code, where unbounded), that level, and the level above.

    Where several codes give one double, the highest of them counts.
    """
    index: NDArray[Any]
    if codes is None:
        index = code_below(weights, scale, offset)
        below, next_up = offset + scale * index, offset + scale * (index + 1)
    else:
        index = index_below(weights, codes, scale, offset)
        below = offset + scale * codes[index]
        next_up = offset + scale * codes[np.minimum(index + 1, len(codes) - 1)]
    return index, below, np.where(below < weights, next_up, below)


def code_below(weights: Array, scale: Array, offset: Array) -> Array:
    """The greatest integer whose level is at most the weight: a guess, and corrections by a step or two.

    The grid keeps its offset below 2^50 steps, so that a level is within half a step of where it would be
    without rounding: no weight waits for more than a few corrections.
    """
    with np.errstate(over="ignore"):
        position, steps = (weights - offset) / scale, weights / scale
    far = ~(np.maximum(np.abs(position), np.abs(steps)) <= LARGEST_CODE + 0.5)
    refuse("weights", weights, far, "must be at most 2^50 of the grid's steps from 0 and from its offset")
    code: Array = np.floor(position)
    while (high := offset + scale * code > weights).any():
        code = code - high
    while (low := offset + scale * (code + 1) <= weights).any():
        code = code + low
    return code


def index_below(weights: Array, codes: Array, scale: Array, offset: Array) -> NDArray[np.int64]:
    """The greatest index whose level is at most the weight, 0 below all levels: by bisection.

    Levels do not decrease with the index, as rounding is monotone, and that is all that bisection needs:
    thousands of codes may fall on one double.
    """
    first = np.zeros(weights.shape, dtype=np.int64)
    last = np.full(weights.shape, len(codes) - 1)
    for _ in range(int(len(codes) - 1).bit_length()):
        middle = (first + last + 1) // 2
        reached = offset + scale * codes[middle] <= weights
        first, last = np.where(reached, middle, first), np.where(reached, last, middle - 1)
    return first


def nearest_level(weights: Array, codes: Array | None, scale: Array, offset: Array) -> Array:
    """The nearest level; of two equally near ones the one with the even index.

    Where codes coincide, the index of the lower is that of its last code, and the next one that of the upper.
    """
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
