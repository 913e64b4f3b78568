"""Deliberately broken DiscQuant and its small network (QUA-11 to QUA-17, QUA-18)."""

import sys
from dataclasses import replace

import numpy as np
from lemmata.proofs_check.quantization import digits_network, gradient_spectrum
from negative_controls import control

from lemmata import discrepancy, quantization
from lemmata.quantization import Grid
from lemmata.quantization.arrays import exponent_of

# The packages' attributes of these names are functions.
DISCQUANT = sys.modules["lemmata.discrepancy.discquant"]


@control("QUA-11", "a")
def some_weight_stays_between_levels(patch):
    true = discrepancy.discquant

    def wrong(weights, grid, objective, **options):
        result = true(weights, grid, objective, **options)
        values = result.values.copy()
        values.flat[0] = result.relaxed.flat[0] + 1e-3
        return replace(result, values=values)

    patch.setattr(discrepancy, "discquant", wrong)


@control("QUA-11", "b")
def rows_belong_to_other_weights(patch):
    true = DISCQUANT.read_rows
    patch.setattr(DISCQUANT, "read_rows", lambda rows, at: true(rows, at)[:, ::-1])


@control("QUA-11", "b")
def rows_that_a_function_gives_are_not_kept(patch):
    true = DISCQUANT.read_rows

    def wrong(rows, at):
        found = true(rows, at)
        return np.zeros_like(found) if callable(rows) else found

    patch.setattr(DISCQUANT, "read_rows", wrong)


@control("QUA-11", "b")
def the_residual_is_that_of_the_last_rounding(patch):
    true = discrepancy.discquant

    def wrong(weights, grid, objective, **options):
        result = true(weights, grid, objective, **options)
        return replace(result, residual=result.residual + 1.0)

    patch.setattr(discrepancy, "discquant", wrong)


@control("QUA-11", "a")
def nothing_goes_to_a_vertex(patch):
    patch.setattr(DISCQUANT, "walk", lambda x, rows, span, rng, exponent=0: (x, np.zeros(len(rows))))


@control("QUA-11", "d")
def one_direction_is_the_default(patch):
    true = DISCQUANT.walk_each_row
    wrong = lambda x, inputs, span, directions, rng: true(x, inputs, span, directions or 1, rng)  # noqa: E731
    patch.setattr(DISCQUANT, "walk_each_row", wrong)


@control("QUA-11", "d")
def directions_are_scaled_back_before_they_are_kept(patch):
    """Those of tiny inputs are subnormal numbers then, and have lost their digits."""
    true = DISCQUANT.walk

    def wrong(x, rows, span, rng, exponent=0):
        return true(x, np.ldexp(rows, exponent), span, rng)

    patch.setattr(DISCQUANT, "walk", wrong)


@control("QUA-11", "d")
def a_layers_residual_is_not_scaled_back(patch):
    true = DISCQUANT.walk

    def wrong(x, rows, span, rng, exponent=0):
        vertex, residual = true(x, rows, span, rng, exponent)
        return vertex, np.ldexp(residual, -exponent)

    patch.setattr(DISCQUANT, "walk", wrong)


@control("QUA-11", "e")
def a_layers_vertex_is_not_random(patch):
    true = DISCQUANT.walk_each_row

    def wrong(x, inputs, span, directions, _):
        return true(x, inputs, span, directions, None)

    patch.setattr(DISCQUANT, "walk_each_row", wrong)


@control("QUA-11", "d")
def a_layer_keeps_the_rows_of_other_columns(patch):
    true = DISCQUANT.walk

    def wrong(x, rows, span, rng, exponent=0):
        return true(x, rows[:, ::-1], span, rng, exponent)

    def each(x, inputs, span, directions, rng, true_each=DISCQUANT.walk_each_row):
        with patch.context() as inside:
            inside.setattr(DISCQUANT, "walk", wrong)
            return true_each(x, inputs, span, directions, rng)

    patch.setattr(DISCQUANT, "walk_each_row", each)


@control("QUA-11", "b")
def steps_are_brought_to_one_size(patch):
    """A step of 1e-175 beside one of 1e149 vanishes, and its constraint with it."""

    def wrong(x, rows, span, rng, _=0):
        exponent = exponent_of(span)
        product = rows * np.ldexp(span, -exponent).ravel()
        rounding = discrepancy.round_to_vertex(x.ravel(), product, unbiased=rng is not None, rng=rng)
        return rounding.values.reshape(x.shape), np.ldexp(rounding.residual, exponent)

    patch.setattr(DISCQUANT, "walk", wrong)


@control("QUA-11", "c")
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


@control("QUA-18", "b")
def no_step_is_taken(patch):
    wrong = lambda evaluate, below, above, y, x, *rest: x  # noqa: E731
    patch.setattr(DISCQUANT, "minimise", wrong)


@control("QUA-18", "a")
def a_random_start_is_not_random(patch):
    true = discrepancy.discquant

    def wrong(weights, grid, objective, **options):
        return true(weights, grid, objective, **options | {"start": "weights", "rng": None})

    patch.setattr(discrepancy, "discquant", wrong)


@control("QUA-18", "a")
def half_as_many_steps_are_taken(patch):
    true = discrepancy.discquant

    def wrong(weights, grid, objective, *, steps, **options):
        return true(weights, grid, objective, steps=steps // 2, **options)

    patch.setattr(discrepancy, "discquant", wrong)


@control("QUA-18", "b")
def the_linear_term_draws_away(patch):
    true = DISCQUANT.minimise
    wrong = lambda evaluate, below, above, y, *rest: true(evaluate, below, above, 1 - y, *rest)  # noqa: E731
    patch.setattr(DISCQUANT, "minimise", wrong)


@control("QUA-18", "a")
def the_learning_rate_is_always_the_default(patch):
    true = DISCQUANT.minimise

    def wrong(evaluate, below, above, y, x, linear, steps, rate, trace):
        return true(evaluate, below, above, y, x, linear, steps, 0.05, trace)

    patch.setattr(DISCQUANT, "minimise", wrong)


@control("QUA-12", "ab")
def gptq_rounds_up(patch):
    true = quantization.gptq

    def wrong(weights, inputs, grid, **options):
        return replace(true(weights, inputs, grid, **options), values=grid.above(weights))

    patch.setattr(quantization, "gptq", wrong)


def discquant_without_an_objective(patch):
    true = discrepancy.discquant
    nothing = lambda weights: (0.0, np.zeros_like(weights))  # noqa: E731

    def wrong(weights, grid, objective, **options):
        options |= {"steps": 1, "sample_gradients": None, "start": "random", "unbiased": True, "rng": 1}
        return true(weights, grid, nothing, **options)

    patch.setattr(discrepancy, "discquant", wrong)


@control("QUA-13", "ab")
def discquant_is_random_against_gptq(patch):
    discquant_without_an_objective(patch)


@control("QUA-14", "ab")
def discquant_is_random_against_nearest(patch):
    discquant_without_an_objective(patch)


@control("QUA-15")
def the_spectrum_is_flat(patch):
    patch.setattr(gradient_spectrum, "gradient_spectrum", lambda network, digits, samples: np.ones(samples))


@control("QUA-15")
def the_second_layer_has_no_gradient(patch):
    true = digits_network.Network.gradients

    def wrong(self, pixels, slopes):
        gradients = true(self, pixels, slopes)
        gradients[:, self.layers()[0].size :] = 0
        return gradients

    patch.setattr(digits_network.Network, "gradients", wrong)


def spectrum_of(gradients):
    values = np.linalg.eigvalsh(gradients @ gradients.T / len(gradients))[::-1]
    return np.maximum(values, 1e-300)


def slopes_of(network, digits, samples, *, with_labels=True):
    slopes = np.exp(network.log_probabilities(digits.pixels[:samples]))
    if with_labels:
        slopes[np.arange(len(slopes)), digits.labels[:samples]] -= 1
    return slopes


@control("QUA-15")
def roots_are_taken_for_eigenvalues(patch):
    true = gradient_spectrum.gradient_spectrum
    patch.setattr(gradient_spectrum, "gradient_spectrum", lambda *arguments: np.sqrt(true(*arguments)))


@control("QUA-15")
def gradients_know_no_label(patch):
    def wrong(network, digits, samples):
        slopes = slopes_of(network, digits, samples, with_labels=False)
        return spectrum_of(network.gradients(digits.pixels[:samples], slopes))

    patch.setattr(gradient_spectrum, "gradient_spectrum", wrong)


@control("QUA-16", "b")
def the_spectrum_is_that_of_the_first_layer(patch):
    def wrong(network, digits, samples):
        gradients = network.gradients(digits.pixels[:samples], slopes_of(network, digits, samples))
        return spectrum_of(gradients[:, : network.layers()[0].size])

    patch.setattr(gradient_spectrum, "gradient_spectrum", wrong)


@control("QUA-16", "b")
def gradients_have_no_leading_directions(patch):
    patch.setattr(gradient_spectrum, "gradient_spectrum", lambda network, digits, samples: np.ones(samples))


@control("QUA-16", "b")
def units_that_are_off_have_gradients(patch):
    def wrong(self, pixels, slopes):
        hidden, back = self.hidden(pixels), slopes @ self.layers()[1]
        parts = back[:, :, None] * pixels[:, None, :], slopes[:, :, None] * hidden[:, None, :]
        return np.concatenate([part.reshape(len(pixels), -1) for part in parts], axis=1)

    patch.setattr(digits_network.Network, "gradients", wrong)


@control("QUA-16", "a")
def gradients_have_a_steep_spectrum(patch):
    """The claim, that the spectrum stays below its first eigenvalue over k, is true of this one."""
    steep = lambda network, digits, samples: np.arange(1, samples + 1) ** -2.0  # noqa: E731
    patch.setattr(gradient_spectrum, "gradient_spectrum", steep)


@control("QUA-17")
def all_groups_have_the_first_ones_scale(patch):
    true = Grid.expand
    patch.setattr(Grid, "expand", lambda self, shape: true(self, shape)._with(*first_columns(self, shape)))


def first_columns(grid, shape):
    return [np.broadcast_to(of[..., :1], shape) for of in (grid.scale, grid.offset)]


@control("QUA-17")
def scales_are_stored_for_free(patch):
    patch.setattr(Grid, "average_bits", lambda self, shape, *, bits_per_parameter=16: self.bits)
