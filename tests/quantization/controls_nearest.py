"""Deliberately broken rounding of single weights (QUA-1, QUA-2)."""

import sys

import numpy as np
from negative_controls import control

from lemmata import quantization
from lemmata.quantization import Grid, levels
from lemmata.quantization import grid as grid_module
from lemmata.quantization.arrays import refuse

# The packages' attributes of these names are functions.
STOCHASTIC = sys.modules["lemmata.quantization.stochastic"]


@control("QUA-1", "ac")
def every_weight_goes_to_the_level_below(patch):
    patch.setattr(quantization, "round_to_nearest", lambda w, grid: grid.below(w))


@control("QUA-1", "a")
def distances_are_compared_in_single_precision(patch):
    true = levels.neighbours

    def coarse(weights, codes, scale, offset):
        _, below, above = true(weights, codes, scale, offset)
        middle = (below.astype(np.float32) + above.astype(np.float32)) / 2
        return np.where(weights.astype(np.float32) > middle, above, below)

    patch.setattr(grid_module, "nearest_level", coarse)


@control("QUA-1", "a")
def errors_of_subtraction_are_forgotten(patch):
    patch.setattr(levels, "subtraction_error", lambda a, b, difference: np.zeros_like(difference))


@control("QUA-1", "a")
def all_columns_take_the_scale_of_the_first_group(patch):
    def wrong(self, shape):
        scale, offset = self.scale, self.offset
        if self.group_size is not None:
            scale, offset = scale[..., :1], offset[..., :1]
        return self._with(np.broadcast_to(scale, shape), np.broadcast_to(offset, shape))

    patch.setattr(Grid, "expand", wrong)


@control("QUA-1", "b")
def ties_go_up(patch):
    def up(weights, codes, scale, offset):
        _, below, above = levels.neighbours(weights, codes, scale, offset)
        return np.where(above - weights <= weights - below, above, below)

    patch.setattr(grid_module, "nearest_level", up)


@control("QUA-1", "b")
def the_first_of_codes_that_coincide_is_counted(patch):
    true = levels.neighbours

    def first(weights, codes, scale, offset):
        index, below, above = true(weights, codes, scale, offset)
        if codes is not None:
            index = np.sum(offset[..., None] + scale[..., None] * codes < below[..., None], axis=-1)
        return index, below, above

    patch.setattr(levels, "neighbours", first)


@control("QUA-1", "d")
def only_the_distance_from_the_offset_is_looked_at(patch):
    def once(name, array, bad, demand):
        if name != "weights":
            refuse(name, array, bad, demand)

    patch.setattr(levels, "refuse", once)


@control("QUA-1", "d")
def offsets_may_be_farther_away(patch):
    patch.setattr(grid_module, "LARGEST_CODE", 2.0**51)


@control("QUA-2", "a")
def up_and_down_are_equally_likely(patch):
    wrong = lambda w, below, above, rng: np.where(rng.random(w.shape) < 0.5, above, below)  # noqa: E731
    patch.setattr(STOCHASTIC, "choose", wrong)


@control("QUA-2", "a")
def uniform_numbers_are_in_single_precision(patch):
    """Their grain is 2^-24: asked of a generator in single precision."""

    def wrong(w, below, above, rng):
        step = np.where(above > below, above - below, 1.0)
        return np.where(rng.random(w.shape, dtype=np.float32) < (w - below) / step, above, below)

    patch.setattr(STOCHASTIC, "choose", wrong)


@control("QUA-2", "a")
def rows_share_their_uniform_numbers(patch):
    def wrong(w, below, above, rng):
        step = np.where(above > below, above - below, 1.0)
        return np.where(rng.random(w.shape[-1:]) < (w - below) / step, above, below)

    patch.setattr(STOCHASTIC, "choose", wrong)


@control("QUA-2", "a")
def the_probability_is_turned_around(patch):
    true = STOCHASTIC.choose
    patch.setattr(
        STOCHASTIC, "choose", lambda w, below, above, rng: true(below + above - w, below, above, rng)
    )


@control("QUA-2", "a")
def all_weights_take_the_first_ones_scale_at_random(patch):
    true = STOCHASTIC.read_grid

    class FirstScale:
        def __init__(self, grid):
            self.grid = grid

        def neighbours(self, weights):
            own = self.grid.expand(weights.shape)
            scale = np.full(weights.shape, own.scale.flat[0]) if weights.size else own.scale
            return Grid(own.codes, scale, own.offset).neighbours(weights)

    patch.setattr(STOCHASTIC, "read_grid", lambda grid: FirstScale(true(grid)))


@control("QUA-2", "b")
def up_is_one_level_too_high(patch):
    true = STOCHASTIC.choose
    patch.setattr(STOCHASTIC, "choose", lambda w, below, above, rng: true(w, below, above, rng) * 2 - below)
