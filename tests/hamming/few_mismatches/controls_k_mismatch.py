"""Deliberately broken jumps, near-periods and breaks (HAM-18 to HAM-20)."""

from inspect import getsource

import numpy as np
from lemmata.proofs_check.hamming.few_mismatches import periodicity as mismatch
from negative_controls import control

from lemmata.hamming.few_mismatches import k_mismatch as front
from lemmata.hamming.few_mismatches import kangaroo, periodicity, suffix_array
from lemmata.tracing import emit


@control("HAM-18", "a")
def jumps_stop_one_mismatch_early(patch):
    true = kangaroo.kangaroo
    patch.setattr(front, "kangaroo", lambda p, k, **observers: true(p, max(0, k - 1), **observers))


@control("HAM-18", "e")
def jumps_give_way_to_all_distances(patch):
    def wrong(problem, k, **observers):
        return np.minimum(front.by_cheapest(problem), k + 1)

    patch.setattr(front, "kangaroo", wrong)


@control("HAM-18", "a")
def distances_are_not_cut_off(patch):
    true = front.by_cheapest
    patch.setattr(front, "by_cheapest", lambda problem, _: np.minimum(true(problem), 3))


@control("HAM-18", "b")
def every_letter_is_a_jump(patch):
    true = kangaroo.kangaroo

    def wrong(problem, k, *, costs=None):
        if costs is not None:
            costs.charge(word_operations=14 * problem.m * (k + 1) * problem.alignments)
        return true(problem, k, costs=costs)

    patch.setattr(kangaroo, "kangaroo", wrong)


@control("HAM-18", "c")
def an_extension_stops_at_the_next_letter(patch):
    patch.setattr(suffix_array, "longest_common_extension", lambda rank, minima, levels, i, j: 0 * rank[i])


@control("HAM-18", "d")
def the_sparse_table_is_not_charged(patch):
    true = suffix_array.prepare_extensions

    def wrong(word, costs=None):
        extensions = true(word, costs)
        if costs is not None:
            costs.word_operations -= extensions.minima.size
        return extensions

    patch.setattr(suffix_array, "prepare_extensions", wrong)


@control("HAM-18", formula="index_word_operations")
def a_bound_forgets_the_rounds_of_sorting(patch):
    patch.setattr(suffix_array, "index_word_operations", lambda length: 30 * length)


@control("HAM-18", "e")
def jumps_are_charged_half(patch):
    patch.setattr(kangaroo, "PER_JUMP", 7)


@control("HAM-19", "a")
def a_shift_beyond_the_breaks(patch):
    true = mismatch.mismatches
    patch.setattr(mismatch, "mismatches", lambda t, p: [max(0, d - 1) for d in true(t, p)])


@control("HAM-19", "b")
def alignments_count_as_good_whatever_their_distance(patch):
    patch.setattr(mismatch, "long_mismatches", lambda t, p: np.zeros(len(t) - len(p) + 1, dtype=np.int64))


@control("HAM-19", "c")
def periods_start_at_two(patch):
    true = periodicity.near_period

    def wrong(pattern, k, costs=None):
        found = true(pattern, k)
        return 2 if found == 1 else found

    patch.setattr(periodicity, "near_period", wrong)


def with_breaks_up_to(patch, more):
    """Near-periods with another number of breaks, all others alike."""
    true = periodicity.find_near_period
    patch.setattr(
        periodicity, "find_near_period", lambda *index_and_k: true(*index_and_k[:-1], index_and_k[-1] + more)
    )


@control("HAM-19", "c")
def a_near_period_may_break_once_more(patch):
    with_breaks_up_to(patch, 1)


@control("HAM-19", "c")
def a_near_period_may_break_once_less(patch):
    with_breaks_up_to(patch, -1)


@control("HAM-19", "c")
def no_pattern_is_periodic(patch):
    patch.setattr(periodicity, "near_period", lambda pattern, k, costs=None: 0)


def with_shifts_up_to_140(patch):
    """Near-periods that are not looked for any further."""
    true = periodicity.find_near_period
    patch.setattr(
        periodicity,
        "find_near_period",
        lambda *index_and_k: true(*index_and_k[:-2], min(index_and_k[-2], 140), index_and_k[-1]),
    )


@control("HAM-19", "c")
def no_near_period_is_far(patch):
    with_shifts_up_to_140(patch)


@control("HAM-20", "d")
def a_far_near_period_is_taken_for_none(patch):
    with_shifts_up_to_140(patch)


@control("HAM-20", "b")
def every_projection_is_the_first_one(patch):
    true = periodicity.verify_candidates

    class First:
        def __init__(self, rng):
            self.seed = int(rng.integers(2**63))

        def integers(self, *arguments, **options):
            return np.random.default_rng(self.seed).integers(*arguments, **options)

    patch.setattr(
        periodicity,
        "verify_candidates",
        lambda problem, k, rng, *observers: true(problem, k, First(rng), *observers),
    )


@control("HAM-20", "b")
def no_projection_rules_anything_out(patch):
    true = periodicity.projected_distances
    patch.setattr(periodicity, "projected_distances", lambda *projection: true(*projection) * 0)


@control("HAM-20", "b")
def second_differences_have_the_wrong_sign(patch):
    true = periodicity.sum_up
    patch.setattr(periodicity, "sum_up", lambda second, period: true(-second, period))


@control("HAM-20", "ab")
def the_borders_do_not_break(patch):
    true = periodicity.differences

    def wrong(word, period):
        places, letters, signs = true(word, period)
        inside = places >= 0
        return places[inside], letters[inside], signs[inside]

    patch.setattr(periodicity, "differences", wrong)


@control("HAM-20", "b")
def the_stretch_is_too_short(patch):
    true = periodicity.stretch_with_few_breaks

    def wrong(window, period, low, high, most):
        first, last, looks = true(window, period, low, high, most)
        return first + 1, last, looks

    patch.setattr(periodicity, "stretch_with_few_breaks", wrong)


@control("HAM-20", "b")
def projections_rule_out_too_much(patch):
    true = periodicity.projected_distances
    patch.setattr(periodicity, "projected_distances", lambda *a: np.asarray(true(*a)) + 1)


@control("HAM-20", "c")
def the_stretch_goes_on_for_two_breaks_more(patch):
    true = periodicity.stretch_with_few_breaks
    patch.setattr(
        periodicity, "stretch_with_few_breaks", lambda w, p, low, high, most: true(w, p, low, high, most + 2)
    )


@control("HAM-20", "c")
def ten_times_as_many_breaks_are_passed(patch):
    true = periodicity.stretch_with_few_breaks

    def wrong(window, period, low, high, most):
        return true(window, period, low, high, 10 * most)

    patch.setattr(periodicity, "stretch_with_few_breaks", wrong)


@control("HAM-20", "d")
def the_search_is_not_charged(patch):
    def wrong(problem, k, rng, *, costs=None, trace=None):
        period = periodicity.near_period(problem.pattern, k)
        emit(trace, periodicity.NearPeriodSearched(k, period))
        if period:
            return periodicity.count_by_breaks(problem, k, period, costs, trace)
        return periodicity.verify_candidates(problem, k, rng, costs, trace)

    patch.setattr(front, "by_periodicity", wrong)


@control("HAM-20", "d")
def pairs_are_not_charged(patch):
    patch.setattr(periodicity, "PER_PAIR", 0)


def with_periodicity(patch, old, new):
    """All of it, with a change of its source."""
    source = getsource(periodicity.by_periodicity)
    assert old in source
    names = dict(vars(periodicity))
    exec(source.replace(old, new), names)
    for module in (periodicity, front):
        patch.setattr(module, "by_periodicity", names["by_periodicity"])


@control("HAM-20", "d")
def the_search_is_made_twice_and_charged_once(patch):
    again = "emit(trace, NearPeriodSearched(k, near_period(problem.pattern, k)))"
    with_periodicity(patch, "emit(trace, NearPeriodSearched(k, period))", again)


@control("HAM-20", "d")
def the_text_is_multiplied_by_the_pattern_besides(patch):
    product = "[t * p for t in problem.text for p in problem.pattern]"
    with_periodicity(patch, "    if period:", f"    {product}\n    if period:")
