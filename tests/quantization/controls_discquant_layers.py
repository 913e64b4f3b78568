"""Broken objectives of DiscQuant: a layer's loss and gradient, a function's vertex (QUA-11, QUA-18)."""

import sys

import numpy as np
from negative_controls import control

from lemmata.quantization.arrays import exponent_of

# The package's attribute of this name is a function.
DISCQUANT = sys.modules["lemmata.discrepancy.discquant"]


def with_layer_objective(patch, change):
    """A layer's objective, whose answer is changed: ``change(weights, inputs, rounded, loss, gradient)``."""
    true = DISCQUANT.layer_objective

    def wrong(weights, inputs):
        evaluate = true(weights, inputs)
        return lambda rounded: change(weights, inputs, rounded, *evaluate(rounded))

    patch.setattr(DISCQUANT, "layer_objective", wrong)


@control("QUA-11", "d")
def a_layers_loss_is_scaled_back_by_half(patch):
    def change(weights, inputs, rounded, loss, gradient):
        return float(np.ldexp(loss, -exponent_of(inputs))), gradient

    with_layer_objective(patch, change)


@control("QUA-11", "d")
def a_layers_loss_is_that_of_its_first_row(patch):
    true = DISCQUANT.layer_objective

    def change(weights, inputs, rounded, loss, gradient):
        return true(weights[:1], inputs)(rounded[:1])[0], gradient

    with_layer_objective(patch, change)


def with_steps_of_rows(patch, change):
    """Each row of a layer walks with other steps: ``change(steps, rows)``, the rows taken one after another.

    Weights that are levels keep the step 0, or they would move.
    """
    each, walk = DISCQUANT.walk_each_row, DISCQUANT.walk

    def wrong(x, inputs, span, *rest):
        with patch.context() as inside:
            inside.setattr(
                DISCQUANT,
                "walk",
                lambda x, rows, steps, *others: walk(x, rows, (steps > 0) * change(steps, span), *others),
            )
            return each(x, inputs, span, *rest)

    patch.setattr(DISCQUANT, "walk_each_row", wrong)


@control("QUA-11", "d")
def a_row_of_a_layer_has_one_step(patch):
    with_steps_of_rows(patch, lambda steps, span: steps.max())


@control("QUA-11", "d")
def a_layer_has_one_step(patch):
    with_steps_of_rows(patch, lambda steps, span: span.max())


@control("QUA-11", "d")
def by_default_a_fifth_of_the_directions_is_kept(patch):
    true = DISCQUANT.walk_each_row

    def wrong(x, inputs, span, directions, rng):
        return true(x, inputs, span, -(-len(inputs) // 5) if directions is None else directions, rng)

    patch.setattr(DISCQUANT, "walk_each_row", wrong)


@control("QUA-18", "ab")
def a_layers_gradient_has_the_wrong_sign(patch):
    with_layer_objective(patch, lambda weights, inputs, rounded, loss, gradient: (loss, -gradient))


@control("QUA-18", "b")
def a_layers_gradient_does_not_know_the_inputs(patch):
    def change(weights, inputs, rounded, loss, gradient):
        return loss, 2 * (rounded - weights)

    with_layer_objective(patch, change)


@control("QUA-18", "ab")
def only_the_first_row_of_a_layer_has_a_gradient(patch):
    def change(weights, inputs, rounded, loss, gradient):
        return loss, gradient * (np.arange(len(weights)) == 0)[:, None]

    with_layer_objective(patch, change)


@control("QUA-18", "ab")
def all_weights_count_as_if_their_steps_were_one(patch):
    """Slopes with respect to the weights are taken for slopes with respect to their places."""
    true = sys.modules["lemmata.discrepancy.gradient_steps"].minimise

    def wrong(evaluate, below, above, *rest):
        span = above - below

        def in_places(weights):
            value, gradient = evaluate(weights)
            return value, np.divide(gradient, span, out=gradient * 0, where=span > 0)

        return true(in_places, below, above, *rest)

    patch.setattr(DISCQUANT, "minimise", wrong)


@control("QUA-11", "e")
def a_functions_vertex_is_not_random(patch):
    true, each = DISCQUANT.walk, DISCQUANT.walk_each_row
    patch.setattr(
        DISCQUANT, "walk", lambda x, rows, span, rng, exponent=0: true(x, rows, span, None, exponent)
    )

    def layers_as_they_are(*arguments):
        with patch.context() as inside:
            inside.setattr(DISCQUANT, "walk", true)
            return each(*arguments)

    patch.setattr(DISCQUANT, "walk_each_row", layers_as_they_are)
