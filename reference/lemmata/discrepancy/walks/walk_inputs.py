"""What the walks accept: points of the cube [-1, 1]^n, and one number per row."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.arrays import real_array

Floats = NDArray[np.float64]


def as_vector(name: str, values: ArrayLike, length: int, of_what: str) -> Floats:
    """A finite one-dimensional array of doubles with one entry per ``of_what``.

    Raises
    ------
    TypeError, ValueError
        As `lemmata.arrays.real_array`; ValueError too for another length.
    """
    vector = real_array(name, values, dimensions=1)
    if len(vector) != length:
        raise ValueError(f"{name} must have one entry per {of_what} (got {len(vector)} for {length})")
    return vector


def as_point_of_cube(name: str, values: ArrayLike, length: int, of_what: str) -> Floats:
    """A point of [-1, 1]^n.

    Raises
    ------
    TypeError, ValueError
        As `as_vector`; ValueError too for an entry outside [-1, 1], which is named.
    """
    point = as_vector(name, values, length, of_what)
    outside = np.flatnonzero(np.abs(point) > 1)
    if len(outside):
        i = int(outside[0])
        raise ValueError(f"{name} must be in [-1, 1] ({name}[{i}] = {float(point[i])})")
    return point
