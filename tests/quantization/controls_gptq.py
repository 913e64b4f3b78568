"""Deliberately broken GPTQ (QUA-3 to QUA-5, QUA-10)."""

import sys
from dataclasses import replace

import numpy as np
from negative_controls import control

from lemmata import quantization
from lemmata.quantization import babai, rational

# The packages' attributes of these names are functions.
GPTQ = sys.modules["lemmata.quantization.gptq"]


@control("QUA-3", "a")
def errors_are_not_fed_back(patch):
    true = rational.feedback_of_rational

    def wrong(hessian):
        feedback, pivots = true(hessian)
        return rational.identity(len(feedback)), pivots

    patch.setattr(rational, "feedback_of_rational", wrong)


@control("QUA-3", "bc")
def pivots_are_the_diagonal(patch):
    true = rational.feedback_of_rational
    patch.setattr(rational, "feedback_of_rational", lambda h: (true(h)[0], h.diagonal().copy()))


@control("QUA-3", "d")
def the_feedback_in_doubles_has_the_wrong_sign(patch):
    true = GPTQ.feedback_of

    def wrong(hessian):
        feedback, pivots = true(hessian)
        return 2 * np.eye(len(feedback)) - feedback, pivots

    patch.setattr(GPTQ, "feedback_of", wrong)


@control("QUA-3", "d")
def the_damping_is_not_added(patch):
    patch.setattr(GPTQ, "damp", lambda hessian, damping: hessian)


@control("QUA-3", "e")
def the_trace_shows_weights_before_rounding_twice(patch):
    true = GPTQ.ColumnRounded
    patch.setattr(GPTQ, "ColumnRounded", lambda column, before, after: true(column, before, before))


@control("QUA-3", "e")
def the_order_is_not_looked_at(patch):
    true = GPTQ.rounding_order
    patch.setattr(GPTQ, "rounding_order", lambda h, order: true(h, None))


@control("QUA-3", "e")
def a_bounded_grid_is_taken_for_unbounded(patch):
    true = GPTQ.nearest_level
    patch.setattr(GPTQ, "nearest_level", lambda values, codes, *rest: true(values, None, *rest))


@control("QUA-3", "e")
def far_columns_are_not_told_in_doubles(patch):
    true = GPTQ.feedback_of

    def wrong(hessian):
        feedback, pivots = true(hessian)
        return np.tril(feedback, 1), pivots

    patch.setattr(GPTQ, "feedback_of", wrong)


@control("QUA-3", "e")
def columns_without_inputs_have_pivot_one(patch):
    true = GPTQ.feedback_of

    def wrong(hessian):
        feedback, pivots = true(hessian)
        return feedback, np.where(pivots == 0, 1.0, pivots)

    patch.setattr(GPTQ, "feedback_of", wrong)


@control("QUA-3", "a")
def all_rows_take_the_first_rows_levels_in_fractions(patch):
    """As in the grid that `gptq_exact` expands, in which each row is then looked up."""
    true = rational.read_grid

    class FirstRow:
        def __init__(self, grid):
            self.grid = grid

        def expand(self, shape):
            return self.grid.expand(shape)[np.zeros(shape[0], dtype=int)]

    patch.setattr(rational, "read_grid", lambda grid: FirstRow(true(grid)))


@control("QUA-3", "e")
def all_rows_take_the_first_rows_levels(patch):
    true = GPTQ.nearest_level
    first = lambda values, codes, scale, offset: true(values, codes, scale[:1], offset[:1])  # noqa: E731
    patch.setattr(GPTQ, "nearest_level", first)


@control("QUA-4", "a")
def later_blocks_are_not_told(patch):
    true = GPTQ.feed_back

    def wrong(weights, feedback, round_column, block_size):
        cut = feedback.copy()
        for start in range(0, len(cut), block_size):
            cut[start : start + block_size, start + block_size :] *= 0
        return true(weights, cut, round_column, block_size)

    patch.setattr(GPTQ, "feed_back", wrong)


@control("QUA-4", "b")
def the_block_in_doubles_is_told_twice(patch):
    true = GPTQ.feed_back

    def wrong(weights, feedback, round_column, block_size):
        more = feedback.copy()
        for start in range(0, len(more), block_size):
            more[start : start + block_size, start + block_size :] *= 2
        return true(weights, more, round_column, block_size)

    patch.setattr(GPTQ, "feed_back", wrong)


@control("QUA-4", "b")
def all_rows_take_the_first_rows_levels_in_blocks(patch):
    true = GPTQ.nearest_level
    first = lambda values, codes, scale, offset: true(values, codes, scale[:1], offset[:1])  # noqa: E731
    patch.setattr(GPTQ, "nearest_level", first)


@control("QUA-4", "b")
def all_rows_take_the_first_rows_levels_at_random(patch):
    true = GPTQ.neighbours
    first = lambda values, codes, scale, offset: true(values, codes, scale[:1], offset[:1])  # noqa: E731
    patch.setattr(GPTQ, "neighbours", first)


def change_at_random(patch, change):
    """GPTQ as it is, but with other arguments where it rounds at random."""
    true = quantization.gptq

    def wrong(weights, inputs, grid, *, rounding="nearest", **options):
        if rounding == "stochastic":
            grid, options = change(np.shape(weights), grid, options)
        return true(weights, inputs, grid, rounding=rounding, **options)

    patch.setattr(quantization, "gptq", wrong)


@control("QUA-4", "b")
def a_bounded_grid_is_taken_for_unbounded_at_random(patch):
    true = GPTQ.neighbours
    patch.setattr(GPTQ, "neighbours", lambda values, codes, *rest: true(values, None, *rest))


@control("QUA-4", "b")
def levels_at_random_are_those_of_another_column(patch):
    def change(shape, grid, options):
        order = options["order"]
        places = np.arange(shape[1]) if order is None else np.argsort(order)
        return grid.expand(shape)[:, places], options

    change_at_random(patch, change)


@control("QUA-4", "b")
def the_order_is_not_looked_at_at_random(patch):
    change_at_random(patch, lambda shape, grid, options: (grid, options | {"order": None}))


@control("QUA-10", "a")
def the_order_is_not_looked_at_in_unbiased_rounding(patch):
    change_at_random(patch, lambda shape, grid, options: (grid, options | {"order": None}))


@control("QUA-10", "b")
def nothing_is_damped_at_random(patch):
    change_at_random(patch, lambda shape, grid, options: (grid, options | {"damping": 0.0}))


@control("QUA-3", "abc")
def nothing_is_damped_in_fractions(patch):
    patch.setattr(rational, "damp_exactly", lambda hessian, damping: hessian)


@control("QUA-3", "a")
def columns_in_fractions_go_as_they_come_by_activation(patch):
    true = rational.rounding_order
    patch.setattr(
        rational, "rounding_order", lambda h, order: true(h, None if isinstance(order, str) else order)
    )


@control("QUA-3", "b")
def the_loss_in_fractions_is_that_of_the_damped_hessian(patch):
    true = rational.gptq_exact

    def wrong(*arguments, **options):
        result = true(*arguments, **options)
        return replace(result, loss=sum(result.row_losses))

    patch.setattr(rational, "gptq_exact", wrong)


@control("QUA-4", "a")
def up_and_down_are_turned_around_in_fractions(patch):
    true = rational.choose_rational
    patch.setattr(rational, "choose_rational", lambda value, grid, number: true(value, grid, 1 - number))


@control("QUA-10", "a")
def the_exact_version_rounds_to_nearest(patch):
    patch.setattr(rational, "choose_rational", lambda value, grid, _: rational.nearest_rational(value, grid))


@control("QUA-5", "ab")
def planes_are_taken_in_the_order_of_the_basis(patch):
    true = babai.nearest_plane

    def wrong(basis, target, *, round_coefficient=None):
        last = len(basis) - 1
        rounding = round_coefficient and (lambda i, v: round_coefficient(last - i, v))
        point = true(basis[::-1], target, round_coefficient=rounding)
        return babai.NearPoint(point.values[::-1], point.offsets[::-1], point.residual)

    patch.setattr(babai, "nearest_plane", wrong)


@control("QUA-5", "bc")
def the_basis_is_not_made_orthogonal(patch):
    patch.setattr(babai, "gram_schmidt", lambda vectors: vectors.copy())


@control("QUA-5", "ad")
def the_nearest_plane_rounds_down_by_default(patch):
    true = babai.nearest_plane

    def wrong(basis, target, *, round_coefficient=None):
        return true(basis, target, round_coefficient=round_coefficient or (lambda _, value: value // 1))

    patch.setattr(babai, "nearest_plane", wrong)


@control("QUA-5", "d")
def doubles_are_all_rounded_as_the_first_vector(patch):
    true = babai.nearest_plane

    def wrong(basis, target, *, round_coefficient=None):
        exact = np.asarray(basis).dtype == object
        rounding = round_coefficient and (lambda i, v: round_coefficient(i if exact else 0, v))
        return true(basis, target, round_coefficient=rounding)

    patch.setattr(babai, "nearest_plane", wrong)


@control("QUA-5", "d")
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


@control("QUA-3", "b")
def the_loss_in_fractions_is_that_of_the_first_row(patch):
    """What is asked for, and what its first row alone gives: the sum of row losses is not looked at."""
    true = rational.gptq_exact

    def wrong(weights, *layer, **options):
        result = true(weights, *layer, **options)
        if len(weights) == 1:
            return result
        options.pop("trace", None)
        grid = layer[1].expand(np.shape(weights))[:1]
        return replace(result, loss=true(weights[:1], layer[0], grid, **options).loss)

    patch.setattr(rational, "gptq_exact", wrong)


@control("QUA-3", "e")
def entries_of_h_beside_the_diagonal_are_in_single_precision(patch):
    true = GPTQ.read_layer

    def wrong(*layer):
        x, h, exponent = true(*layer)
        return x, np.where(np.eye(len(h)), h, h.astype(np.float32)), exponent

    patch.setattr(GPTQ, "read_layer", wrong)


@control("QUA-5", "d")
def all_vectors_have_the_length_of_ones(patch):
    true = babai.coefficient_of

    def wrong(rest, direction, exponent):
        return true(rest, direction, exponent if rest.dtype == object else 1)

    patch.setattr(babai, "coefficient_of", wrong)
