"""Deliberately broken rounding, GPTQ and DiscQuant (DIS-29 to DIS-45, DIS-47, DIS-48)."""

import sys
from dataclasses import replace
from itertools import product

import numpy as np
from lemmata.proofs_check.discrepancy import digits_network, gradient_spectrum
from negative_controls import control

from lemmata import discrepancy, quantization
from lemmata.quantization import Grid, babai, bounds, levels, rational
from lemmata.quantization import grid as grid_module
from lemmata.quantization.arrays import exponent_of, refuse

# The packages' attributes of these names are functions.
GPTQ = sys.modules["lemmata.quantization.gptq"]
DISCQUANT = sys.modules["lemmata.discrepancy.discquant"]
STOCHASTIC = sys.modules["lemmata.quantization.stochastic"]


@control("DIS-29", "ac")
def every_weight_goes_to_the_level_below(patch):
    patch.setattr(quantization, "round_to_nearest", lambda w, grid: grid.below(w))


@control("DIS-29", "a")
def distances_are_compared_in_single_precision(patch):
    true = levels.neighbours

    def coarse(weights, codes, scale, offset):
        _, below, above = true(weights, codes, scale, offset)
        middle = (below.astype(np.float32) + above.astype(np.float32)) / 2
        return np.where(weights.astype(np.float32) > middle, above, below)

    patch.setattr(grid_module, "nearest_level", coarse)


@control("DIS-29", "a")
def errors_of_subtraction_are_forgotten(patch):
    patch.setattr(levels, "subtraction_error", lambda a, b, difference: np.zeros_like(difference))


@control("DIS-29", "a")
def all_columns_take_the_scale_of_the_first_group(patch):
    def wrong(self, shape):
        scale, offset = self.scale, self.offset
        if self.group_size is not None:
            scale, offset = scale[..., :1], offset[..., :1]
        return self._with(np.broadcast_to(scale, shape), np.broadcast_to(offset, shape))

    patch.setattr(Grid, "expand", wrong)


@control("DIS-29", "b")
def ties_go_up(patch):
    def up(weights, codes, scale, offset):
        _, below, above = levels.neighbours(weights, codes, scale, offset)
        return np.where(above - weights <= weights - below, above, below)

    patch.setattr(grid_module, "nearest_level", up)


@control("DIS-29", "b")
def the_first_of_codes_that_coincide_is_counted(patch):
    true = levels.neighbours

    def first(weights, codes, scale, offset):
        index, below, above = true(weights, codes, scale, offset)
        if codes is not None:
            index = np.sum(offset[..., None] + scale[..., None] * codes < below[..., None], axis=-1)
        return index, below, above

    patch.setattr(levels, "neighbours", first)


@control("DIS-29", "d")
def only_the_distance_from_the_offset_is_looked_at(patch):
    def once(name, array, bad, demand):
        if name != "weights":
            refuse(name, array, bad, demand)

    patch.setattr(levels, "refuse", once)


@control("DIS-29", "d")
def offsets_may_be_farther_away(patch):
    patch.setattr(grid_module, "LARGEST_CODE", 2.0**51)


@control("DIS-30", "a")
def up_and_down_are_equally_likely(patch):
    wrong = lambda w, below, above, rng: np.where(rng.random(w.shape) < 0.5, above, below)  # noqa: E731
    patch.setattr(STOCHASTIC, "choose", wrong)


@control("DIS-30", "a")
def rows_share_their_uniform_numbers(patch):
    def wrong(w, below, above, rng):
        step = np.where(above > below, above - below, 1.0)
        return np.where(rng.random(w.shape[-1:]) < (w - below) / step, above, below)

    patch.setattr(STOCHASTIC, "choose", wrong)


@control("DIS-30", "a")
def the_probability_is_turned_around(patch):
    true = STOCHASTIC.choose
    patch.setattr(
        STOCHASTIC, "choose", lambda w, below, above, rng: true(below + above - w, below, above, rng)
    )


@control("DIS-30", "b")
def up_is_one_level_too_high(patch):
    true = STOCHASTIC.choose
    patch.setattr(STOCHASTIC, "choose", lambda w, below, above, rng: true(w, below, above, rng) * 2 - below)


@control("DIS-31", "a")
def errors_are_not_fed_back(patch):
    true = rational.feedback_of_rational

    def wrong(hessian):
        feedback, pivots = true(hessian)
        return rational.identity(len(feedback)), pivots

    patch.setattr(rational, "feedback_of_rational", wrong)


@control("DIS-31", "bc")
def pivots_are_the_diagonal(patch):
    true = rational.feedback_of_rational
    patch.setattr(rational, "feedback_of_rational", lambda h: (true(h)[0], h.diagonal().copy()))


@control("DIS-31", "d")
def the_feedback_in_doubles_has_the_wrong_sign(patch):
    true = GPTQ.feedback_of

    def wrong(hessian):
        feedback, pivots = true(hessian)
        return 2 * np.eye(len(feedback)) - feedback, pivots

    patch.setattr(GPTQ, "feedback_of", wrong)


@control("DIS-31", "d")
def the_damping_is_not_added(patch):
    patch.setattr(GPTQ, "damp", lambda hessian, damping: hessian)


@control("DIS-31", "e")
def the_order_is_not_looked_at(patch):
    true = GPTQ.rounding_order
    patch.setattr(GPTQ, "rounding_order", lambda h, order: true(h, None))


@control("DIS-31", "e")
def a_bounded_grid_is_taken_for_unbounded(patch):
    true = GPTQ.nearest_level
    patch.setattr(GPTQ, "nearest_level", lambda values, codes, *rest: true(values, None, *rest))


@control("DIS-31", "e")
def far_columns_are_not_told_in_doubles(patch):
    true = GPTQ.feedback_of

    def wrong(hessian):
        feedback, pivots = true(hessian)
        return np.tril(feedback, 1), pivots

    patch.setattr(GPTQ, "feedback_of", wrong)


@control("DIS-31", "e")
def columns_without_inputs_have_pivot_one(patch):
    true = GPTQ.feedback_of

    def wrong(hessian):
        feedback, pivots = true(hessian)
        return feedback, np.where(pivots == 0, 1.0, pivots)

    patch.setattr(GPTQ, "feedback_of", wrong)


@control("DIS-32", "a")
def later_blocks_are_not_told(patch):
    true = rational.feed_back

    def wrong(weights, feedback, round_column, block_size):
        cut = feedback.copy()
        for start in range(0, len(cut), block_size):
            cut[start : start + block_size, start + block_size :] *= 0
        return true(weights, cut, round_column, block_size)

    patch.setattr(rational, "feed_back", wrong)


@control("DIS-32", "b")
def the_block_in_doubles_is_told_twice(patch):
    true = GPTQ.feed_back

    def wrong(weights, feedback, round_column, block_size):
        more = feedback.copy()
        for start in range(0, len(more), block_size):
            more[start : start + block_size, start + block_size :] *= 2
        return true(weights, more, round_column, block_size)

    patch.setattr(GPTQ, "feed_back", wrong)


@control("DIS-33", "ab")
def planes_are_taken_in_the_order_of_the_basis(patch):
    true = babai.nearest_plane

    def wrong(basis, target, *, round_coefficient=None):
        last = len(basis) - 1
        rounding = round_coefficient and (lambda i, v: round_coefficient(last - i, v))
        point = true(basis[::-1], target, round_coefficient=rounding)
        return babai.NearPoint(point.coefficients[::-1], point.offsets[::-1], point.residual)

    patch.setattr(babai, "nearest_plane", wrong)


@control("DIS-33", "bc")
def the_basis_is_not_made_orthogonal(patch):
    patch.setattr(babai, "gram_schmidt", lambda vectors: vectors.copy())


@control("DIS-33", "ad")
def the_nearest_plane_rounds_down_by_default(patch):
    true = babai.nearest_plane

    def wrong(basis, target, *, round_coefficient=None):
        return true(basis, target, round_coefficient=round_coefficient or (lambda _, value: value // 1))

    patch.setattr(babai, "nearest_plane", wrong)


@control("DIS-33", "d")
def vectors_are_made_orthogonal_only_once(patch):
    true = babai.gram_schmidt

    def once(vectors):
        if vectors.dtype == object:
            return true(vectors)
        orthogonal = vectors.copy()
        for i in range(len(vectors)):
            for b in orthogonal[:i]:
                orthogonal[i] = orthogonal[i] - (orthogonal[i] @ b) / (b @ b) * b
        return orthogonal

    patch.setattr(babai, "gram_schmidt", once)


@control("DIS-34", "a")
def rounding_is_down(patch):
    patch.setattr(rational, "nearest_rational", lambda value, grid: grid_floor(value, grid))


def grid_floor(value, grid):
    step, offset = rational.Fraction(float(grid.scale)), rational.Fraction(float(grid.offset))
    return offset + step * ((value - offset) // step)


@control("DIS-34", "b")
def ties_in_fractions_go_up(patch):
    half = lambda grid: rational.Fraction(float(grid.scale)) / 2  # noqa: E731
    patch.setattr(rational, "nearest_rational", lambda value, grid: grid_floor(value + half(grid), grid))


@control("DIS-34", formula="gptq_worst_case")
def the_worst_case_is_a_third_too_small(patch):
    patch.setattr(bounds, "gptq_worst_case", lambda step, pivots: float(step * step / 6 * np.sum(pivots)))


@control("DIS-34", "cd")
def pivots_do_not_depend_on_the_order(patch):
    true = bounds.pivots
    patch.setattr(bounds, "pivots", lambda hessian, **options: true(hessian))


@control("DIS-34", "e")
def the_bounded_grid_goes_on(patch):
    patch.setattr(rational, "nearest_rational", lambda value, grid: rational.Fraction(round(value)))


@control("DIS-35", "a")
def the_worst_case_of_nearest_is_that_of_its_mean_sign(patch):
    patch.setattr(bounds, "nearest_worst_case", lambda step, h: step * step / 4 * float(np.trace(h)))


@control("DIS-35", "a")
def nearest_rounding_is_down(patch):
    patch.setattr(quantization, "round_to_nearest", lambda w, grid: grid.below(w))


@control("DIS-35", "a")
def nearest_rounding_forgets_the_offset(patch):
    patch.setattr(quantization, "round_to_nearest", lambda w, grid: np.rint(np.divide(w, 1.5)) * 1.5)


@control("DIS-35", formula="gptq_worst_case")
def the_worst_case_of_gptq_takes_a_whole_step(patch):
    patch.setattr(bounds, "gptq_worst_case", lambda step, pivots: float(step * step * np.sum(pivots)))


@control("DIS-35", "b")
def what_later_columns_explain_is_not_taken_off_the_pivots(patch):
    pivots_are_the_diagonal(patch)


@control("DIS-35", "b")
def the_worst_case_of_nearest_is_that_of_equal_signs(patch):
    """Errors that all point one way are not the worst where inputs go up and down against each other."""
    wrong = lambda step, h: step * step / 4 * float(np.sum(h))  # noqa: E731
    patch.setattr(bounds, "nearest_worst_case", wrong)


@control("DIS-35", "c")
def the_exact_rounding_is_down(patch):
    patch.setattr(rational, "nearest_rational", lambda value, grid: grid_floor(value, grid))


@control("DIS-35", formula="gptq_mean")
def the_mean_is_that_of_a_quarter(patch):
    patch.setattr(bounds, "gptq_mean", lambda step, pivots: float(step * step / 4 * np.sum(pivots)))


@control("DIS-36", "b")
def two_weights_lose_when_rounded_down(patch):
    true = quantization.gptq

    def wrong(weights, inputs, grid, **options):
        return replace(true(weights, inputs, grid, **options), values=np.floor(weights))

    patch.setattr(quantization, "gptq", wrong)


@control("DIS-36", "a")
def the_optimum_in_place_of_gptq(patch):
    """The claim, that GPTQ never loses against nearest, is true of the best rounding."""
    true = quantization.gptq

    def best(weights, inputs, grid, **options):
        weights, inputs = np.asarray(weights), np.asarray(inputs)
        moves = np.array(list(product((-2, -1, 0, 1, 2), repeat=weights.shape[1])))
        candidates = np.rint(weights)[:, None] + moves
        losses = np.sum(((weights[:, None] - candidates) @ inputs) ** 2, axis=2)
        losses += 1e-9 * np.sum(moves**2, axis=1)  # nearest where the two are equal
        chosen = candidates[np.arange(len(weights)), np.argmin(losses, axis=1)]
        return replace(true(weights, inputs, grid, **options), values=chosen)

    patch.setattr(quantization, "gptq", best)


@control("DIS-37", formula="damped_bound")
def the_bound_forgets_the_damping(patch):
    true = bounds.damped_bound
    wrong = lambda s, n, m, a, b, damping: true(s, n, m, a, b, damping) - s * s / 4 * n * damping  # noqa: E731
    patch.setattr(bounds, "damped_bound", wrong)


@control("DIS-37", "a")
def the_exact_feedback_is_halved(patch):
    true = rational.feedback_of_rational

    def wrong(hessian):
        feedback, pivots = true(hessian)
        return feedback * rational.Fraction(1, 2) + rational.identity(len(pivots)) / 2, pivots

    patch.setattr(rational, "feedback_of_rational", wrong)


@control("DIS-37", "b")
def levels_are_all_integers_whatever_the_step(patch):
    patch.setattr(rational, "nearest_rational", lambda value, grid: rational.Fraction(round(value)))


@control("DIS-37", "c")
def the_damping_is_not_relative(patch):
    patch.setattr(bounds, "damp", lambda hessian, damping: hessian + damping * np.eye(len(hessian)))


@control("DIS-37", "c")
def pivots_lose_half_their_digits(patch):
    true = bounds.feedback_of
    patch.setattr(bounds, "feedback_of", lambda h: (true(h)[0], true(h)[1].astype(np.float32)))


@control("DIS-38", "a")
def random_rounding_prefers_up(patch):
    patch.setattr(GPTQ, "choose", lambda w, below, above, rng: above)


@control("DIS-38", "a")
def columns_are_rounded_by_a_fair_coin(patch):
    def coin(w, below, above, rng):
        return np.where(rng.random(w.shape) < 0.5 * (above > below), above, below)

    patch.setattr(GPTQ, "choose", coin)


@control("DIS-38", "bc")
def random_rounding_takes_four_steps_at_once(patch):
    true = GPTQ.choose
    wrong = lambda w, below, above, rng: 4 * true(w, below, above, rng) - 3 * below  # noqa: E731
    patch.setattr(GPTQ, "choose", wrong)


@control("DIS-38", formula="sup_norm_bound")
def the_tail_has_half_the_constant(patch):
    true = bounds.sup_norm_bound
    patch.setattr(bounds, "sup_norm_bound", lambda *arguments: true(*arguments) / 2)


@control("DIS-39", "a")
def some_weight_stays_between_levels(patch):
    true = discrepancy.discquant

    def wrong(weights, grid, objective, **options):
        result = true(weights, grid, objective, **options)
        values = result.values.copy()
        values.flat[0] = result.relaxed.flat[0] + 1e-3
        return replace(result, values=values)

    patch.setattr(discrepancy, "discquant", wrong)


@control("DIS-39", "b")
def rows_belong_to_other_weights(patch):
    true = DISCQUANT.read_rows
    patch.setattr(DISCQUANT, "read_rows", lambda rows, at: true(rows, at)[:, ::-1])


@control("DIS-39", "b")
def rows_that_a_function_gives_are_not_kept(patch):
    true = DISCQUANT.read_rows

    def wrong(rows, at):
        found = true(rows, at)
        return np.zeros_like(found) if callable(rows) else found

    patch.setattr(DISCQUANT, "read_rows", wrong)


@control("DIS-39", "b")
def the_residual_is_that_of_the_last_rounding(patch):
    true = discrepancy.discquant

    def wrong(weights, grid, objective, **options):
        result = true(weights, grid, objective, **options)
        return replace(result, residual=result.residual + 1.0)

    patch.setattr(discrepancy, "discquant", wrong)


@control("DIS-39", "a")
def nothing_goes_to_a_vertex(patch):
    patch.setattr(DISCQUANT, "walk", lambda x, rows, span, rng, exponent=0: (x, np.zeros(len(rows))))


@control("DIS-39", "d")
def one_direction_is_the_default(patch):
    true = DISCQUANT.walk_each_row
    wrong = lambda x, inputs, span, directions, rng: true(x, inputs, span, directions or 1, rng)  # noqa: E731
    patch.setattr(DISCQUANT, "walk_each_row", wrong)


@control("DIS-39", "d")
def directions_are_scaled_back_before_they_are_kept(patch):
    """Those of tiny inputs are subnormal numbers then, and have lost their digits."""
    true = DISCQUANT.walk

    def wrong(x, rows, span, rng, exponent=0):
        return true(x, np.ldexp(rows, exponent), span, rng)

    patch.setattr(DISCQUANT, "walk", wrong)


@control("DIS-39", "d")
def a_layer_keeps_the_rows_of_other_columns(patch):
    true = DISCQUANT.walk

    def wrong(x, rows, span, rng, exponent=0):
        return true(x, rows[:, ::-1], span, rng, exponent)

    def each(x, inputs, span, directions, rng, true_each=DISCQUANT.walk_each_row):
        with patch.context() as inside:
            inside.setattr(DISCQUANT, "walk", wrong)
            return true_each(x, inputs, span, directions, rng)

    patch.setattr(DISCQUANT, "walk_each_row", each)


@control("DIS-39", "b")
def steps_are_brought_to_one_size(patch):
    """A step of 1e-175 beside one of 1e149 vanishes, and its constraint with it."""

    def wrong(x, rows, span, rng, _=0):
        exponent = exponent_of(span)
        rounding = discrepancy.round_to_vertex(x.ravel(), rows * np.ldexp(span, -exponent).ravel(), rng=rng)
        return rounding.values.reshape(x.shape), np.ldexp(rounding.residual, exponent)

    patch.setattr(DISCQUANT, "walk", wrong)


@control("DIS-39", "c")
def the_last_rounding_goes_the_other_way(patch):
    true = discrepancy.discquant

    def wrong(weights, grid, objective, **options):
        result = true(weights, grid, objective, **options)
        values, (below, above) = result.values.copy(), grid.neighbours(weights)
        if options["storage"] == "levels":
            at = result.fractional
            values[at] = (below + above)[at] - values[at]
        return replace(result, values=values)

    patch.setattr(discrepancy, "discquant", wrong)


@control("DIS-47")
def no_step_is_taken(patch):
    wrong = lambda evaluate, below, above, y, x, *rest: x  # noqa: E731
    patch.setattr(DISCQUANT, "minimise", wrong)


@control("DIS-47")
def a_random_start_is_not_random(patch):
    true = discrepancy.discquant

    def wrong(weights, grid, objective, **options):
        return true(weights, grid, objective, **options | {"start": "weights"})

    patch.setattr(discrepancy, "discquant", wrong)


@control("DIS-47")
def half_as_many_steps_are_taken(patch):
    true = discrepancy.discquant

    def wrong(weights, grid, objective, *, steps, **options):
        return true(weights, grid, objective, steps=steps // 2, **options)

    patch.setattr(discrepancy, "discquant", wrong)


@control("DIS-47")
def the_linear_term_draws_away(patch):
    true = DISCQUANT.minimise
    wrong = lambda evaluate, below, above, y, *rest: true(evaluate, below, above, 1 - y, *rest)  # noqa: E731
    patch.setattr(DISCQUANT, "minimise", wrong)


@control("DIS-40", "ab")
def gptq_rounds_up(patch):
    true = quantization.gptq

    def wrong(weights, inputs, grid, **options):
        return replace(true(weights, inputs, grid, **options), values=grid.above(weights))

    patch.setattr(quantization, "gptq", wrong)


def discquant_without_an_objective(patch):
    true = discrepancy.discquant
    nothing = lambda weights: (0.0, np.zeros_like(weights))  # noqa: E731

    def wrong(weights, grid, objective, **options):
        options |= {"steps": 1, "sample_gradients": None, "start": "random", "rng": 1}
        return true(weights, grid, nothing, **options)

    patch.setattr(discrepancy, "discquant", wrong)


@control("DIS-41", "ab")
def discquant_is_random_against_gptq(patch):
    discquant_without_an_objective(patch)


@control("DIS-42", "ab")
def discquant_is_random_against_nearest(patch):
    discquant_without_an_objective(patch)


@control("DIS-43")
def the_spectrum_is_flat(patch):
    patch.setattr(gradient_spectrum, "gradient_spectrum", lambda network, digits, samples: np.ones(samples))


@control("DIS-43")
def the_second_layer_has_no_gradient(patch):
    true = digits_network.Network.gradients

    def wrong(self, pixels, slopes):
        gradients = true(self, pixels, slopes)
        gradients[:, self.layers()[0].size :] = 0
        return gradients

    patch.setattr(digits_network.Network, "gradients", wrong)


@control("DIS-44", "b")
def gradients_have_no_leading_directions(patch):
    patch.setattr(gradient_spectrum, "gradient_spectrum", lambda network, digits, samples: np.ones(samples))


@control("DIS-44", "b")
def units_that_are_off_have_gradients(patch):
    def wrong(self, pixels, slopes):
        hidden, back = self.hidden(pixels), slopes @ self.layers()[1]
        parts = back[:, :, None] * pixels[:, None, :], slopes[:, :, None] * hidden[:, None, :]
        return np.concatenate([part.reshape(len(pixels), -1) for part in parts], axis=1)

    patch.setattr(digits_network.Network, "gradients", wrong)


@control("DIS-44", "a")
def gradients_have_a_steep_spectrum(patch):
    """The claim, that the spectrum stays below its first eigenvalue over k, is true of this one."""
    steep = lambda network, digits, samples: np.arange(1, samples + 1) ** -2.0  # noqa: E731
    patch.setattr(gradient_spectrum, "gradient_spectrum", steep)


@control("DIS-45")
def all_groups_have_the_first_ones_scale(patch):
    true = Grid.expand
    patch.setattr(Grid, "expand", lambda self, shape: true(self, shape)._with(*first_columns(self, shape)))


def first_columns(grid, shape):
    return [np.broadcast_to(of[..., :1], shape) for of in (grid.scale, grid.offset)]


@control("DIS-45")
def scales_are_stored_for_free(patch):
    patch.setattr(Grid, "average_bits", lambda self, shape, *, bits_per_parameter=16: self.bits)


@control("DIS-48")
def the_hardest_row_is_rounded_to_another_level(patch):
    patch.setattr(rational, "nearest_rational", lambda value, grid: grid_floor(value, grid) - 1)
