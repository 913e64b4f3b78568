"""GPTQ that takes the levels of other weights, or of a grid of step 1 (QUA-3, QUA-4, QUA-10)."""

import sys

import numpy as np
from negative_controls import control

from lemmata import quantization
from lemmata.quantization import Grid, rational

# The packages' attributes of these names are functions.
GPTQ = sys.modules["lemmata.quantization.gptq"]


def with_levels(patch, name, change):
    """Rounding to nearest or at random as it is, but with other codes, scales or offsets of a column."""
    true = getattr(GPTQ, name)
    patch.setattr(GPTQ, name, lambda values, *levels: true(values, *change(*levels)))


@control("QUA-4", "b")
def the_step_is_one_at_random(patch):
    with_levels(patch, "neighbours", lambda codes, scale, offset: (codes, np.ones_like(scale), offset))


@control("QUA-10", "ab")
def the_step_is_one_in_unbiased_rounding(patch):
    """Where it should be a quarter, errors are too large; where it should be 2, values are no levels."""
    with_levels(patch, "neighbours", lambda codes, scale, offset: (codes, np.ones_like(scale), offset))


@control("QUA-4", "b")
def codes_at_random_are_those_of_a_uniform_grid(patch):
    def change(codes, scale, offset):
        return None if codes is None else np.arange(float(len(codes))), scale, offset

    with_levels(patch, "neighbours", change)


@control("QUA-4", "b")
def all_rows_take_the_first_rows_scale_at_random(patch):
    with_levels(patch, "neighbours", lambda codes, scale, offset: (codes, scale[:1], offset))


class FirstScale:
    """A grid that, expanded, has in each row the scale of the first column everywhere."""

    def __init__(self, grid):
        self.grid = grid

    def expand(self, shape):
        own = self.grid.expand(shape)
        scale = np.broadcast_to(own.scale[:, :1], shape) if shape[1] else own.scale
        return Grid(own.codes, scale, own.offset)


@control("QUA-3", "e")
@control("QUA-4", "b")
def all_columns_take_the_first_ones_scale(patch):
    true = GPTQ.read_grid
    patch.setattr(GPTQ, "read_grid", lambda grid: FirstScale(true(grid)))


@control("QUA-4", "b")
def all_columns_take_the_first_ones_scale_at_random(patch):
    true = quantization.gptq

    def wrong(weights, inputs, grid, *, rounding="nearest", **options):
        own = FirstScale(grid).expand(np.shape(weights)) if rounding == "stochastic" else grid
        return true(weights, inputs, own, rounding=rounding, **options)

    patch.setattr(quantization, "gptq", wrong)


@control("QUA-3", "a")
@control("QUA-4", "a")
def all_columns_take_the_first_ones_scale_in_fractions(patch):
    true = rational.read_grid
    patch.setattr(rational, "read_grid", lambda grid: FirstScale(true(grid)))
