"""Deliberately broken roundings (DIS-1 to DIS-6)."""

import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
from lemmata.proofs_check.discrepancy import unseen_gradients_are_kept_too
from negative_controls import control

from lemmata import discrepancy
from lemmata.discrepancy.rounding import (
    blocked_walk,
    certificate,
    column_blocks,
    exact_walk,
    measured_walk,
    rationals,
)

generalization = sys.modules[unseen_gradients_are_kept_too.function.__module__]


@control("DIS-1", "a")
def as_many_columns_as_rows_count_as_independent(patch):
    patch.setattr(certificate, "independent", lambda columns: not columns or len(columns) <= len(columns[0]))


@control("DIS-1", "a")
def independence_is_decided_modulo_two(patch):
    patch.setattr(certificate, "PRIME", 2)
    patch.setattr(certificate, "_exact_rank", lambda *_: 0)


@control("DIS-1", "b")
def nothing_is_rounded(patch):
    def lazy(x, constraints, **_):
        inside = np.flatnonzero([0 < value < 1 for value in x])
        return discrepancy.Rounding(np.array(x, dtype=object), inside, np.zeros(len(constraints)))

    patch.setattr(discrepancy, "round_to_vertex", lazy)


@control("DIS-1", "c")
@control("DIS-2", "a")
def everything_is_rounded_to_nearest(patch):
    def nearest(x, constraints, **_):
        rounded = np.array([Fraction(round(value)) for value in x], dtype=object)
        return discrepancy.Rounding(rounded, np.empty(0, dtype=np.int64), np.zeros(len(constraints)))

    patch.setattr(discrepancy, "round_to_vertex", nearest)


@control("DIS-2", "b")
def a_point_is_its_own_rounding(patch):
    nothing_is_rounded(patch)


@control("DIS-2", "b")
def the_basis_is_not_updated(patch):
    patch.setattr(
        exact_walk.ExactBasis,
        "exchange",
        lambda self, place, _, element: self.holders.__setitem__(place, element),
    )


@control("DIS-2", "b")
def basic_coordinates_do_not_stop_a_step(patch):
    patch.setattr(exact_walk, "_farthest", lambda own, *_: (own, -1))


@control("DIS-2", "c")
def the_inverse_is_computed_anew_for_every_column(patch):
    true = discrepancy.round_to_vertex

    def wasteful(x, constraints, *, costs, **options):
        costs.charge(multiplications=len(x) * len(constraints) ** 3)
        return true(x, constraints, costs=costs, **options)

    patch.setattr(discrepancy, "round_to_vertex", wasteful)


@control("DIS-2", "c")
def the_exact_walk_is_not_charged(patch):
    true = discrepancy.round_to_vertex
    patch.setattr(discrepancy, "round_to_vertex", lambda x, a, *, costs, **options: true(x, a, **options))


@control("DIS-3", "a")
def the_rest_is_rounded_to_nearest(patch):
    true = discrepancy.round_to_vertex

    def eager(x, constraints, **options):
        found = true(x, constraints, **options)
        return replace(found, values=np.round(found.values))

    patch.setattr(discrepancy, "round_to_vertex", eager)


@control("DIS-3", "a")
def values_are_off_in_the_sixth_digit_and_nobody_looks(patch):
    true = measured_walk._corrected

    def off(columns, values, residual):
        values, residual = true(columns, values, residual)
        return np.round(values, 6), residual

    patch.setattr(measured_walk, "_corrected", off)
    patch.setattr(measured_walk.ScaledSystem, "ratio", lambda *_: 0.0)


@control("DIS-3", "a")
def rows_are_measured_by_all_columns(patch):
    """A column that cannot move, but is huge, excuses everything."""
    true = measured_walk._corrected
    patch.setattr(measured_walk.ScaledSystem, "ratio", lambda _, residual, *__: float(residual.any()) / 2)
    patch.setattr(
        measured_walk,
        "_corrected",
        lambda columns, values, residual: (np.round(true(columns, values, residual)[0], 3), residual),
    )


@control("DIS-3", "b")
def the_walk_does_not_move_and_dependence_is_not_looked_at(patch):
    def still(x, system, *_):
        return measured_walk.Found(x.copy(), np.arange(len(x)), np.zeros(system.m))

    patch.setattr(measured_walk, "walk_and_correct", still)
    patch.setattr(measured_walk, "independent_doubles", lambda columns: True)


@control("DIS-3", "c")
def ones_are_nearly_ones(patch):
    true = discrepancy.round_to_vertex

    def nearly(x, constraints, **options):
        found = true(x, constraints, **options)
        return replace(found, values=np.minimum(found.values, 1 - 2.0**-53))

    patch.setattr(discrepancy, "round_to_vertex", nearly)


@control("DIS-3", "d")
def the_certificate_believes_in_independence(patch):
    patch.setattr(certificate, "independent_doubles", lambda columns: True)


@control("DIS-3", "d")
def the_certificate_measures_with_a_thousandth(patch):
    true = certificate.ScaledSystem.ratio
    patch.setattr(certificate.ScaledSystem, "ratio", lambda *arguments: true(*arguments) / 1000)


@control("DIS-3", "d")
def the_residual_ends_after_the_first_columns(patch):
    class Short(certificate.ScaledSystem):
        def residual(self, x, y):
            return super().residual(x, np.where(np.arange(len(y)) < 4096, y, x))

    patch.setattr(certificate, "ScaledSystem", Short)


@control("DIS-3", "e")
def little_is_walked_in_rationals(patch):
    patch.setattr(measured_walk, "EXACT_WORK", 20_000)


@control("DIS-3", "e")
def what_fails_in_floating_point_is_given_up(patch):
    def broken(x, system, *_):
        return measured_walk.Found(x.copy(), np.arange(0), np.full(system.m, np.inf))

    patch.setattr(measured_walk, "walk_and_correct", broken)
    patch.setattr(measured_walk, "EXACT_WORK", 10_000)


@control("DIS-4", "b")
def the_likely_way_is_taken_for_the_unlikely(patch):
    true = blocked_walk.goes_up
    patch.setattr(blocked_walk, "goes_up", lambda up, down, uniform: true(down, up, uniform))


@control("DIS-4", "b")
def every_read_draws_the_same_numbers(patch):
    class Anew(blocked_walk.Basis):
        def enter(self, columns, first, y, uniforms):
            same = np.random.default_rng(3).random(len(uniforms))
            super().enter(columns, first, y, same)

    patch.setattr(measured_walk, "Basis", Anew)


@control("DIS-4", "b")
def both_ways_are_as_likely(patch):
    patch.setattr(exact_walk, "fair_choice", lambda rng: lambda *_: bool(rng.integers(0, 2)))


@control("DIS-4", "a")
def a_step_up_is_a_step_too_far(patch):
    true = exact_walk.walk_to_vertex

    def biased(x, columns, m, choose, **options):
        y, basic = true(x, columns, m, choose, **options)
        return [min(Fraction(1), value + Fraction(1, 100)) if value else value for value in y], basic

    patch.setattr(exact_walk, "walk_to_vertex", biased)


@control("DIS-4", "a")
def the_walk_in_floating_point_throws_no_coin(patch):
    true = blocked_walk.Basis.enter
    patch.setattr(
        blocked_walk.Basis,
        "enter",
        lambda self, columns, first, y, _: true(self, columns, first, y, np.empty(0)),
    )


@control("DIS-4", "a")
def what_is_finished_in_rationals_throws_no_coin(patch):
    patch.setattr(measured_walk, "fair_choice", lambda rng: exact_walk.shorter_way)


@control("DIS-4", "c")
def steps_go_beyond_the_cube(patch):
    true = exact_walk.walk_to_vertex

    def too_far(x, columns, m, choose, **options):
        y, basic = true(x, columns, m, choose, **options)
        return [after + (after - before) / 2 for before, after in zip(x, y, strict=True)], basic

    patch.setattr(exact_walk, "walk_to_vertex", too_far)


@control("DIS-4", "ad")
def the_walk_goes_to_the_nearest_corner(patch):
    def nearest(x, columns, m, choose, **_):
        for j in range(len(x)):
            choose(j, 1 - x[j], x[j])
        return [Fraction(round(value)) for value in x], []

    patch.setattr(exact_walk, "walk_to_vertex", nearest)


@control("DIS-5", "a")
def the_basis_is_inverted_after_every_block(patch):
    patch.setattr(blocked_walk, "blocks_between_inversions", lambda m: 1)


@control("DIS-5", "b")
def nothing_is_charged(patch):
    true = discrepancy.round_to_vertex
    patch.setattr(discrepancy, "round_to_vertex", lambda x, constraints, *, costs: true(x, constraints))


@control("DIS-5", "b")
def more_rows_than_columns_cost_nothing(patch):
    true = measured_walk.walk_and_correct

    def wrong(x, system, rng, costs):
        return true(x, system, rng, None if system.m > system.n else costs)

    patch.setattr(measured_walk, "walk_and_correct", wrong)


@control("DIS-3", "a")
def no_residual_is_told(patch):
    true = discrepancy.round_to_vertex

    def wrong(x, constraints, **options):
        result = true(x, constraints, **options)
        return replace(result, residual=0 * result.residual)

    patch.setattr(discrepancy, "round_to_vertex", wrong)


@control("DIS-5", "ac")
def every_column_is_eliminated_anew(patch):
    true = discrepancy.round_to_vertex

    def wasteful(x, constraints, *, costs):
        m, n = constraints.shape
        costs.charge(multiplications=n * m**3)
        return true(x, constraints, costs=costs)

    patch.setattr(discrepancy, "round_to_vertex", wasteful)


@control("DIS-6", "b")
def the_spectrum_is_flat(patch):
    """The hypothesis of the theorem fails, and so must its conclusion."""
    patch.setattr(generalization, "spectrum", lambda n, alpha: np.ones(n))


@control("DIS-6", "b")
def errors_do_not_depend_on_the_number_of_samples(patch):
    patch.setattr(
        generalization, "squared_error", lambda m, *_: (0.4 + 0.01 * _[-1].standard_normal(), m, 0.0)
    )


@control("DIS-6", "b")
def the_samples_are_not_kept(patch):
    true = discrepancy.round_to_vertex

    def careless(x, constraints, **options):
        return true(x, np.zeros_like(constraints), **options)

    patch.setattr(discrepancy, "round_to_vertex", careless)


@control("DIS-6", "b")
def half_of_the_samples_are_kept(patch):
    true = discrepancy.round_to_vertex

    def wrong(x, constraints, **options):
        return true(x, constraints[: (len(constraints) + 1) // 2], **options)

    patch.setattr(discrepancy, "round_to_vertex", wrong)


@control("DIS-6", "a")
def the_rounding_leaves_everything(patch):
    nothing_is_rounded(patch)


@control("DIS-1", "a")
def the_rank_modulo_the_prime_is_taken_for_the_rank(patch):
    patch.setattr(certificate, "_exact_rank", lambda *_: 0)


@control("DIS-3", "d")
def what_cannot_move_is_not_looked_at(patch):
    true = discrepancy.verify_rounding
    patch.setattr(discrepancy, "verify_rounding", lambda *a: replace(true(*a), integers_stay=True))


@control("DIS-3", "d")
def values_may_leave_the_cube(patch):
    true = discrepancy.verify_rounding
    patch.setattr(discrepancy, "verify_rounding", lambda *a: replace(true(*a), in_cube=True))


@control("DIS-3", "d")
def rationals_are_believed(patch):
    patch.setattr(certificate, "_kept_exactly", lambda *_: (True, 0.0))


@control("DIS-4", "a")
def the_exact_walk_throws_no_coin(patch):
    true = discrepancy.round_to_vertex

    def wrong(x, constraints, *, unbiased=False, rng=None, exact=False, **options):
        random = {} if exact else {"unbiased": unbiased, "rng": rng}
        return true(x, constraints, exact=exact, **random, **options)

    patch.setattr(discrepancy, "round_to_vertex", wrong)


@control("DIS-2", "a")
@control("DIS-3", "d")
def rationals_are_read_from_the_first_columns_again(patch):
    true = rationals._columns

    def wrong(name, blocks):
        again = column_blocks.ColumnBlocks(
            blocks.shape, lambda start, stop: blocks.read(0, stop - start) if start else blocks.read(0, stop)
        )
        return true(name, again)

    patch.setattr(rationals, "_columns", wrong)


@control("DIS-3", "d")
def values_may_be_negative(patch):
    true = discrepancy.verify_rounding

    def wrong(rounding, *rest):
        return replace(true(rounding, *rest), in_cube=bool((np.asarray(rounding.values) <= 1).all()))

    patch.setattr(discrepancy, "verify_rounding", wrong)


@control("DIS-3", "d")
def in_rationals_columns_are_independent(patch):
    patch.setattr(certificate, "independent", lambda columns: True)


@control("DIS-3", "d")
def in_rationals_all_may_move(patch):
    true = discrepancy.verify_rounding

    def wrong(rounding, *rest):
        found = true(rounding, *rest)
        return replace(found, integers_stay=True) if rounding.values.dtype == object else found

    patch.setattr(discrepancy, "verify_rounding", wrong)


@control("DIS-3", "e")
def a_fiftieth_is_walked_in_rationals(patch):
    class Strict(int):
        def __ge__(self, work):
            return int(self) >= 50 * work

    patch.setattr(measured_walk, "EXACT_WORK", Strict(measured_walk.EXACT_WORK))


@control("DIS-4", "a")
def of_more_rows_than_columns_the_walk_throws_no_coin(patch):
    true = measured_walk.walk_and_correct

    def wrong(x, system, rng, costs):
        return true(x, system, None if system.m > system.n else rng, costs)

    patch.setattr(measured_walk, "walk_and_correct", wrong)


@control("DIS-4", "a")
def what_is_redone_in_rationals_throws_no_coin(patch):
    true = measured_walk._in_rationals

    def wrong(y, numbers, x, system, rng):
        return true(y, numbers, x, system, None if len(numbers) == system.n else rng)

    patch.setattr(measured_walk, "_in_rationals", wrong)


def independence_by(digits, order):
    """Residues modulo the prime, of mantissas of so many digits, as if two had this order."""

    def wrong(columns):
        k = columns.shape[1]
        mantissas, exponents = np.frexp(columns.T)
        powers = np.left_shift(np.int64(1), (exponents.astype(np.int64) - digits) % order)
        residues = np.ldexp(mantissas, digits).astype(np.int64) % certificate.PRIME * powers
        flat = (residues % certificate.PRIME).ravel().tolist()
        return k == 0 or certificate._full_rank(flat, k, len(columns)) or true(columns)

    true = certificate.independent_doubles
    return wrong


@control("DIS-3", "d")
def mantissas_are_cut_to_31_digits(patch):
    patch.setattr(certificate, "independent_doubles", independence_by(31, 31))


@control("DIS-3", "d")
def powers_of_two_return_after_32(patch):
    patch.setattr(certificate, "independent_doubles", independence_by(53, 32))
