"""Deliberately broken bounds on GPTQ's loss, and GPTQ that breaks them (QUA-6 to QUA-10, QUA-19)."""

import sys
from dataclasses import replace
from itertools import product

import numpy as np
from negative_controls import control

from lemmata import quantization
from lemmata.quantization import bounds, rational

# The packages' attributes of these names are functions.
GPTQ = sys.modules["lemmata.quantization.gptq"]


@control("QUA-6", "a")
def rounding_is_down(patch):
    patch.setattr(rational, "nearest_rational", lambda value, grid: grid_floor(value, grid))


def grid_floor(value, grid):
    step, offset = rational.Fraction(float(grid.scale)), rational.Fraction(float(grid.offset))
    return offset + step * ((value - offset) // step)


@control("QUA-6", "b")
def ties_in_fractions_go_up(patch):
    half = lambda grid: rational.Fraction(float(grid.scale)) / 2  # noqa: E731
    patch.setattr(rational, "nearest_rational", lambda value, grid: grid_floor(value + half(grid), grid))


@control("QUA-6", formula="gptq_worst_case")
def the_worst_case_is_a_third_too_small(patch):
    patch.setattr(bounds, "gptq_worst_case", lambda step, pivots: float(step * step / 6 * np.sum(pivots)))


@control("QUA-6", "cd")
def pivots_do_not_depend_on_the_order(patch):
    true = bounds.pivots
    patch.setattr(bounds, "pivots", lambda hessian, **options: true(hessian))


@control("QUA-6", "e")
def the_bounded_grid_goes_on(patch):
    patch.setattr(rational, "nearest_rational", lambda value, grid: rational.Fraction(round(value)))


@control("QUA-7", "a")
def the_worst_case_of_nearest_is_that_of_its_mean_sign(patch):
    patch.setattr(bounds, "nearest_worst_case", lambda step, h: step * step / 4 * float(np.trace(h)))


@control("QUA-7", "a")
def nearest_rounding_is_down(patch):
    patch.setattr(quantization, "round_to_nearest", lambda w, grid: grid.below(w))


@control("QUA-7", "a")
def nearest_rounding_forgets_the_offset(patch):
    patch.setattr(quantization, "round_to_nearest", lambda w, grid: np.rint(np.divide(w, 1.5)) * 1.5)


@control("QUA-7", formula="gptq_worst_case")
def the_worst_case_of_gptq_takes_a_whole_step(patch):
    patch.setattr(bounds, "gptq_worst_case", lambda step, pivots: float(step * step * np.sum(pivots)))


@control("QUA-7", "a")
def signs_beyond_the_first_block_are_not_tried(patch):
    def wrong(h):
        n = len(h)
        patterns = np.arange(min(2**14, 2 ** (n - 1)))
        signs = np.ones((len(patterns), n))
        signs[:, : n - 1] = 2 * (patterns[:, None] >> np.arange(n - 1) & 1) - 1
        return float(np.max(np.sum((signs @ h) * signs, axis=1)))

    patch.setattr(bounds, "largest_form", wrong)


@control("QUA-7", "b")
def what_later_columns_explain_is_not_taken_off_the_pivots(patch):
    true = rational.feedback_of_rational
    patch.setattr(rational, "feedback_of_rational", lambda h: (true(h)[0], h.diagonal().copy()))


@control("QUA-7", "b")
def the_worst_case_of_nearest_is_that_of_equal_signs(patch):
    """Errors that all point one way are not the worst where inputs go up and down against each other."""
    wrong = lambda step, h: step * step / 4 * float(np.sum(h))  # noqa: E731
    patch.setattr(bounds, "nearest_worst_case", wrong)


@control("QUA-7", "c")
def the_exact_rounding_is_down(patch):
    patch.setattr(rational, "nearest_rational", lambda value, grid: grid_floor(value, grid))


@control("QUA-7", formula="gptq_mean")
def the_mean_is_that_of_a_quarter(patch):
    patch.setattr(bounds, "gptq_mean", lambda step, pivots: float(step * step / 4 * np.sum(pivots)))


@control("QUA-7", formula="gptq_mean")
def the_mean_takes_the_step_for_its_square(patch):
    patch.setattr(bounds, "gptq_mean", lambda step, pivots: float(step / 12 * np.sum(pivots)))


@control("QUA-7", formula="nearest_mean")
def the_mean_of_nearest_takes_the_step_for_its_square(patch):
    patch.setattr(bounds, "nearest_mean", lambda step, h: float(step / 12 * np.trace(h)))


@control("QUA-8", "b")
def two_weights_lose_when_rounded_down(patch):
    true = quantization.gptq

    def wrong(weights, inputs, grid, **options):
        return replace(true(weights, inputs, grid, **options), values=np.floor(weights))

    patch.setattr(quantization, "gptq", wrong)


@control("QUA-8", "a")
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


@control("QUA-9", formula="damped_bound")
def the_bound_forgets_the_damping(patch):
    true = bounds.damped_bound
    wrong = lambda s, n, m, a, b, damping: true(s, n, m, a, b, damping) - s * s / 4 * n * damping  # noqa: E731
    patch.setattr(bounds, "damped_bound", wrong)


@control("QUA-9", "a")
def the_exact_feedback_is_halved(patch):
    true = rational.feedback_of_rational

    def wrong(hessian):
        feedback, pivots = true(hessian)
        return feedback * rational.Fraction(1, 2) + rational.identity(len(pivots)) / 2, pivots

    patch.setattr(rational, "feedback_of_rational", wrong)


@control("QUA-9", "a")
def nothing_is_fed_back_in_fractions(patch):
    true = rational.feedback_of_rational
    patch.setattr(rational, "feedback_of_rational", lambda h: (rational.identity(len(h)), true(h)[1]))


@control("QUA-9", "b")
def levels_are_all_integers_whatever_the_step(patch):
    patch.setattr(rational, "nearest_rational", lambda value, grid: rational.Fraction(round(value)))


@control("QUA-9", "c")
def the_damping_is_not_relative(patch):
    patch.setattr(bounds, "damp", lambda hessian, damping: hessian + damping * np.eye(len(hessian)))


@control("QUA-9", "c")
def the_damping_is_relative_to_the_mean_of_what_is_not_zero(patch):
    true = bounds.damp

    def wrong(hessian, damping):
        busy = np.count_nonzero(hessian.any(axis=1))
        return true(hessian, damping * len(hessian) / max(busy, 1))

    patch.setattr(bounds, "damp", wrong)


@control("QUA-9", "c")
def dampings_go_through_single_precision(patch):
    """Those of the size of 10^20 are only rounded, larger ones are refused."""
    true = bounds.damp

    def wrong(hessian, damping):
        with np.errstate(over="ignore"):
            return true(hessian, float(np.float32(damping)))

    patch.setattr(bounds, "damp", wrong)


@control("QUA-9", "c")
def dampings_end_at_a_googol(patch):
    true = bounds.damp
    patch.setattr(bounds, "damp", lambda hessian, damping: true(hessian, min(damping, 1e100)))


@control("QUA-9", "c")
def pivots_lose_half_their_digits(patch):
    true = bounds.feedback_of
    patch.setattr(bounds, "feedback_of", lambda h: (true(h)[0], true(h)[1].astype(np.float32)))


@control("QUA-10", "a")
def random_rounding_prefers_up(patch):
    patch.setattr(GPTQ, "choose", lambda w, below, above, rng: above)


@control("QUA-10", "a")
def columns_are_rounded_by_a_fair_coin(patch):
    def coin(w, below, above, rng):
        return np.where(rng.random(w.shape) < 0.5 * (above > below), above, below)

    patch.setattr(GPTQ, "choose", coin)


@control("QUA-10", "bc")
def random_rounding_takes_four_steps_at_once(patch):
    true = GPTQ.choose
    wrong = lambda w, below, above, rng: 4 * true(w, below, above, rng) - 3 * below  # noqa: E731
    patch.setattr(GPTQ, "choose", wrong)


@control("QUA-10", formula="sup_norm_bound")
def the_tail_has_half_the_constant(patch):
    true = bounds.sup_norm_bound
    patch.setattr(bounds, "sup_norm_bound", lambda *arguments: true(*arguments) / 2)


@control("QUA-10", formula="sup_norm_bound")
def the_tail_grows_with_the_square_of_the_step(patch):
    true = bounds.sup_norm_bound
    patch.setattr(bounds, "sup_norm_bound", lambda step, *arguments: step * true(step, *arguments))


@control("QUA-19")
def the_hardest_row_is_rounded_to_another_level(patch):
    patch.setattr(rational, "nearest_rational", lambda value, grid: grid_floor(value, grid) - 1)
