"""Stochastic rounding: up or down at random, so that the mean is the weight (QUA-2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lemmata.options import one_of, random_numbers, random_numbers_if
from lemmata.quantization.arrays import Array, finite_array
from lemmata.quantization.grid import Grid, read_grid


def round_stochastic(
    weights: ArrayLike, grid: Grid, *, rng: np.random.Generator | int | None = None
) -> Array:
    """Round every weight to one of its two neighbours, independently, with mean equal to the weight.

    Parameters
    ----------
    weights : real numbers of any shape that the grid covers
        Outside the grid's range a weight goes to the end of the range: there, nothing is unbiased.
    grid : Grid
        The levels.
    rng : numpy.random.Generator, int or None
        Through `numpy.random.default_rng`; one uniform number per weight.

    Returns
    -------
    (shape of weights) float64
        The upper neighbour b with probability (w - a) / (b - a), otherwise the lower one a; a level stays
        what it is. The variance is (w - a)(b - w), at most a quarter of the step's square (QUA-2). The
        probability is met up to rounding in its last place and the grain of the uniform numbers, 2^-53.

    Raises
    ------
    ValueError
        For NaN, infinity, or a shape that the grid does not cover.
    TypeError
        For a grid that is no `Grid`, and an rng that is neither a generator nor a seed.

    Examples
    --------
    >>> rounded = round_stochastic([0.25] * 10_000, Grid.unbounded(1.0), rng=1)
    >>> sorted(set(rounded.tolist())), 0.24 < float(rounded.mean()) < 0.26
    ([0.0, 1.0], True)
    """
    array = finite_array("weights", weights)
    below, above = read_grid(grid).neighbours(array)
    return choose(array, below, above, random_numbers(rng))


def choose(weights: Array, below: Array, above: Array, rng: np.random.Generator) -> Array:
    """The upper neighbour with probability (w - below) / (above - below)."""
    step = above - below
    inside = step > 0
    probability = np.divide(weights - below, step, out=np.zeros_like(step), where=inside)
    return np.where(rng.random(weights.shape) < probability, above, below)


def generator_for(rounding: str, rng: np.random.Generator | int | None) -> np.random.Generator | None:
    """What GPTQ draws from, if it does.

    Raises
    ------
    ValueError
        For a rounding that is neither "nearest" nor "stochastic", and an rng that would not be used.
    """
    at_random = one_of("rounding", rounding, ("nearest", "stochastic")) == "stochastic"
    return random_numbers_if(at_random, rng, "rounding='stochastic'")
