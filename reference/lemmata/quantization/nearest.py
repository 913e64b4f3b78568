"""Rounding to nearest: each weight by itself, to its closest level (QUA-1)."""

from __future__ import annotations

from numpy.typing import ArrayLike

from lemmata.quantization.arrays import Array
from lemmata.quantization.grid import Grid, read_grid


def round_to_nearest(weights: ArrayLike, grid: Grid) -> Array:
    """Round every weight to its nearest level.

    Parameters
    ----------
    weights : real numbers of any shape that the grid covers
        Read as doubles.
    grid : Grid
        The levels.

    Returns
    -------
    (shape of weights) float64
        Levels. Of two that are equally near, the one with the even index (`Grid.nearest` says what that is
        where codes coincide); exact, whatever the rounding of differences of doubles would say (QUA-1).
        It minimises every sum of increasing functions of the single errors, and in general not the error of
        a layer's output (QUA-8).

    Raises
    ------
    ValueError
        For NaN, infinity, or a shape that the grid does not cover.
    TypeError
        For a grid that is no `Grid`.

    Examples
    --------
    >>> round_to_nearest([0.4, 0.5, 1.5, 2.6], Grid.unbounded(1.0)).tolist()
    [0.0, 0.0, 2.0, 3.0]
    """
    return read_grid(grid).nearest(weights)
