"""Deliberately broken jumps, near-periods and breaks (HAM-18 to HAM-20)."""

import numpy as np
from negative_controls import control

from lemmata.hamming import kangaroo, periodicity


@control("HAM-18")
def jumps_stop_one_mismatch_early(patch):
    true = kangaroo.kangaroo
    patch.setattr(kangaroo, "kangaroo", lambda p, k, *, costs: true(p, max(0, k - 1), costs=costs))


@control("HAM-18")
def every_letter_is_a_jump(patch):
    true = kangaroo.kangaroo

    def wrong(problem, k, *, costs):
        costs.charge(word_operations=12 * problem.m * (k + 2) * problem.alignments)
        return true(problem, k, costs=costs)

    patch.setattr(kangaroo, "kangaroo", wrong)


@control("HAM-18")
def indexing_is_charged_a_quarter(patch):
    true = kangaroo.index_word_operations
    patch.setattr(kangaroo, "index_word_operations", lambda length: true(length) // 4)


@control("HAM-19")
def periods_start_at_two(patch):
    true = periodicity.near_period

    def wrong(pattern, k, costs=None):
        found = true(pattern, k)
        return 2 if found == 1 else found

    patch.setattr(periodicity, "near_period", wrong)


@control("HAM-19")
def no_pattern_is_periodic(patch):
    patch.setattr(periodicity, "near_period", lambda pattern, k, costs=None: 0)


@control("HAM-20")
def second_differences_have_the_wrong_sign(patch):
    true = periodicity.sum_up
    patch.setattr(periodicity, "sum_up", lambda second, period: true(-second, period))


@control("HAM-20")
def the_borders_do_not_break(patch):
    true = periodicity.differences

    def wrong(word, period):
        places, letters, signs = true(word, period)
        inside = places >= 0
        return places[inside], letters[inside], signs[inside]

    patch.setattr(periodicity, "differences", wrong)


@control("HAM-20")
def the_stretch_is_too_short(patch):
    true = periodicity.stretch_with_few_breaks

    def wrong(window, period, low, high, most):
        first, last = true(window, period, low, high, most)
        return first + 1, last

    patch.setattr(periodicity, "stretch_with_few_breaks", wrong)


@control("HAM-20")
def projections_rule_out_too_much(patch):
    true = periodicity.projected_distances
    patch.setattr(periodicity, "projected_distances", lambda *a: np.asarray(true(*a)) + 1)
