"""Deliberately broken roundings (DIS-1 to DIS-6)."""

import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
from lemmata.proofs_check.discrepancy import unseen_gradients_are_kept_too
from negative_controls import control

from lemmata import discrepancy
from lemmata.discrepancy import blocked_walk, certificate, exact_walk, measured_walk

generalization = sys.modules[unseen_gradients_are_kept_too.function.__module__]


@control("DIS-1")
def as_many_columns_as_rows_count_as_independent(patch):
    patch.setattr(certificate, "independent", lambda columns: not columns or len(columns) <= len(columns[0]))


@control("DIS-1")
def independence_is_decided_modulo_two(patch):
    patch.setattr(certificate, "PRIME", 2)
    patch.setattr(certificate, "_exact_rank", lambda *_: 0)


@control("DIS-1")
def nothing_is_rounded(patch):
    def lazy(x, constraints, **_):
        n = len(x)
        return discrepancy.Rounding(np.array(x, dtype=object), np.arange(n), np.zeros(len(constraints)))

    patch.setattr(discrepancy, "round_to_vertex", lazy)


@control("DIS-2")
def the_basis_is_not_updated(patch):
    patch.setattr(exact_walk, "_with_column", lambda inverse, *_: inverse)


@control("DIS-2")
def basic_coordinates_do_not_stop_a_step(patch):
    patch.setattr(exact_walk, "_farthest", lambda own, *_: (own, -1))


@control("DIS-3")
def the_rest_is_rounded_to_nearest(patch):
    true = discrepancy.round_to_vertex

    def eager(x, constraints, **options):
        found = true(x, constraints, **options)
        return replace(found, values=np.round(found.values))

    patch.setattr(discrepancy, "round_to_vertex", eager)


@control("DIS-3")
def values_are_off_in_the_sixth_digit_and_nobody_looks(patch):
    true = measured_walk._corrected

    def off(columns, values, residual):
        values, residual = true(columns, values, residual)
        return np.round(values, 6), residual

    patch.setattr(measured_walk, "_corrected", off)
    patch.setattr(measured_walk.ScaledSystem, "keeps", lambda *_: True)


@control("DIS-4")
def the_likely_way_is_taken_for_the_unlikely(patch):
    true = blocked_walk.goes_up
    patch.setattr(blocked_walk, "goes_up", lambda up, down, uniform: true(down, up, uniform))


@control("DIS-4")
def both_ways_are_as_likely(patch):
    patch.setattr(exact_walk, "fair_choice", lambda rng: lambda *_: bool(rng.integers(0, 2)))


@control("DIS-4")
def a_step_up_is_a_step_too_far(patch):
    true = exact_walk.walk_to_vertex

    def biased(x, columns, m, choose, **options):
        y, basic = true(x, columns, m, choose, **options)
        return [min(Fraction(1), value + Fraction(1, 100)) if value else value for value in y], basic

    patch.setattr(exact_walk, "walk_to_vertex", biased)


@control("DIS-4")
def the_walk_in_floating_point_throws_no_coin(patch):
    true = blocked_walk.Basis.enter
    patch.setattr(
        blocked_walk.Basis,
        "enter",
        lambda self, columns, first, y, _: true(self, columns, first, y, np.empty(0)),
    )


@control("DIS-4")
def what_is_finished_in_rationals_throws_no_coin(patch):
    patch.setattr(measured_walk, "fair_choice", lambda rng: exact_walk.shorter_way)


@control("DIS-5")
def the_basis_is_inverted_after_every_block(patch):
    patch.setattr(blocked_walk, "blocks_between_inversions", lambda m: 1)


@control("DIS-5")
def nothing_is_counted(patch):
    true = discrepancy.round_to_vertex
    patch.setattr(discrepancy, "round_to_vertex", lambda x, constraints, *, costs: true(x, constraints))


@control("DIS-6")
def the_spectrum_is_flat(patch):
    """The hypothesis of the theorem fails, and so must its conclusion."""
    patch.setattr(generalization, "spectrum", lambda n, alpha: np.ones(n))


@control("DIS-6")
def errors_do_not_depend_on_the_number_of_samples(patch):
    patch.setattr(generalization, "squared_error", lambda m, *_: 0.4 + 0.01 * _[-1].standard_normal())


@control("DIS-6")
def the_samples_are_not_kept(patch):
    true = discrepancy.round_to_vertex

    def careless(x, constraints, **options):
        return true(x, np.zeros_like(constraints), **options)

    patch.setattr(discrepancy, "round_to_vertex", careless)
