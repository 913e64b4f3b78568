"""Deliberately broken walks along dependencies, and their bounds (DIS-11 to DIS-14)."""

from dataclasses import replace
from importlib import import_module

import numpy as np
from negative_controls import control

from lemmata import discrepancy
from lemmata.discrepancy.colorings import system_bounds

walk = import_module("lemmata.discrepancy.colorings.beck_fiala")
prefixes = import_module("lemmata.discrepancy.colorings.barany_grinberg")
orders = import_module("lemmata.discrepancy.colorings.steinitz")


@control("DIS-11", "a")
def every_element_gets_one_colour(patch):
    def wrong(incidence, *, exact=False, trace=None):
        return np.ones(np.shape(incidence)[1], dtype=np.int64)

    patch.setattr(discrepancy, "beck_fiala", wrong)


@control("DIS-11", "a")
def no_set_is_protected_and_none_is_counted(patch):
    """Coefficients move one by one, in doubles and in rationals, and nobody looks at the result."""
    patch.setattr(walk._System, "counts", lambda self, of: np.zeros(self.sets, dtype=np.int64))


@control("DIS-11", "a")
def what_the_walk_in_doubles_finds_is_not_measured(patch):
    patch.setattr(walk._System, "discrepancy", lambda self, coloring: 0)


@control("DIS-11", "a")
def zeros_that_are_stored_count(patch):
    true = discrepancy.beck_fiala

    def wrong(incidence, **options):
        if hasattr(incidence, "tocoo"):
            incidence = incidence.copy()
            incidence.data[:] = 1
        return true(incidence, **options)

    patch.setattr(discrepancy, "beck_fiala", wrong)


@control("DIS-11", "b")
def moves_are_half_as_long(patch):
    true = walk.bring_in

    def wrong(*arguments):
        move = true(*arguments)
        return None if move is None else replace(move, length=move.length / 2)

    patch.setattr(walk, "bring_in", wrong)


@control("DIS-11", "b")
def elements_move_alone(patch):
    """The element goes to an end, and those that should make up for it stay where they are."""
    true = walk.bring_in

    def wrong(basis, x, floating, element, weights, *rest):
        return true(basis, x, floating, element, weights * 0, *rest)

    patch.setattr(walk, "bring_in", wrong)
    patch.setattr(walk, "beck_fiala_bound", lambda _: 10**9)


@control("DIS-12", "a")
def sets_with_t_floating_elements_are_protected_too(patch):
    """A set too many can make columns independent: nothing freezes, or protected sets are no minority."""
    true = walk._System.degree.fget
    patch.setattr(walk._System, "degree", property(lambda self: true(self) - 1))
    patch.setattr(walk, "beck_fiala_bound", lambda _: 10**9)


@control("DIS-12", "abc")
def a_phase_lets_only_one_element_freeze(patch):
    true, done = walk.bring_in, []

    def hasty(basis, *arguments):
        if any(basis is known for known in done):
            return None
        move = true(basis, *arguments)
        if move is not None:
            done.append(basis)
        return move

    patch.setattr(walk, "bring_in", hasty)


@control("DIS-12", formula="beck_fiala_phases")
def a_phase_leaves_one_element_in_t(patch):
    """t - 1 of t in place of t of t + 1."""

    def wrong(n, t):
        return 0 if not n else 1 + wrong(n * (t - 1) // max(t, 1), t)

    patch.setattr(system_bounds, "beck_fiala_phases", wrong)


@control("DIS-12", formula="beck_fiala_phases")
def phases_are_counted_linearly(patch):
    patch.setattr(system_bounds, "beck_fiala_phases", lambda n, t: n)


@control("DIS-13", "a")
def nobody_leads(patch):
    """Every move goes up: the bound of the proof becomes 2d, and short sequences exceed 2d - 1."""
    true = prefixes.bring_in
    patch.setattr(prefixes, "bring_in", lambda *a: true(*a[:-1], lambda *_: True))


@control("DIS-13", "a")
def two_vectors_too_many_float(patch):
    """Vectors are read without any move; at the end all get the sign of their coefficients, 0."""
    patch.setattr(prefixes, "bring_in", lambda *_: None)


@control("DIS-13", "ab")
def signs_alternate(patch):
    true = discrepancy.barany_grinberg

    def wrong(vectors, *, exact=None, trace=None):
        signs = true(vectors, exact=exact, trace=trace)
        return (-1) ** np.arange(len(signs))

    patch.setattr(discrepancy, "barany_grinberg", wrong)


@control("DIS-13", "b")
def doubles_are_not_certified(patch):
    """The walk in doubles loses all dependencies, and nobody looks at the prefix sums."""
    true = prefixes._walk

    def wrong(matrix, exact, trace):
        return true(matrix, exact, trace) if exact else np.ones(matrix.shape[1], dtype=np.int64)

    patch.setattr(prefixes, "_walk", wrong)
    patch.setattr(prefixes, "prefix_sums_are_bounded", lambda *_: True)


@control("DIS-14", "ab")
def the_order_is_kept(patch):
    def wrong(vectors, *, exact=None, trace=None):
        return np.arange(np.shape(vectors)[1])

    patch.setattr(discrepancy, "steinitz", wrong)


@control("DIS-14", "ac")
def one_vector_is_used_twice(patch):
    true = discrepancy.steinitz

    def wrong(vectors, **options):
        order = true(vectors, **options)
        order[-1] = order[0]
        return order

    patch.setattr(discrepancy, "steinitz", wrong)


@control("DIS-14", "a")
def the_first_zero_goes_last_wherever_it_is(patch):
    """Sorted by length instead of by the coefficients of the walk."""
    true = discrepancy.steinitz

    def wrong(vectors, *, exact=None, trace=None):
        true(vectors, exact=exact, trace=trace)
        return np.argsort((np.asarray(vectors, dtype=float) ** 2).sum(axis=0), kind="stable")

    patch.setattr(discrepancy, "steinitz", wrong)


@control("DIS-14", "b")
def doubles_are_placed_without_a_walk(patch):
    """The coefficients stay equal, the last vector goes last, and nobody measures the deviations."""

    def first_is_gone(columns, c, left):
        c[np.flatnonzero(left)[-1]] = 0.0

    patch.setattr(orders, "walk_in_doubles", first_is_gone)
    patch.setattr(orders, "deviations_are_bounded", lambda *_: True)


@control("DIS-11", "a")
def sparse_systems_are_read_the_other_way_round(patch):
    true = discrepancy.beck_fiala

    def wrong(incidence, **options):
        return true(incidence.T if hasattr(incidence, "tocoo") else incidence, **options)

    patch.setattr(discrepancy, "beck_fiala", wrong)


@control("DIS-13", "b")
def the_prefix_sums_of_doubles_are_believed(patch):
    patch.setattr(prefixes, "prefix_sums_are_bounded", lambda *_: True)


def fractions_in_doubles(true):
    def wrong(vectors, *, exact=None, trace=None):
        if exact is None and np.asarray(vectors).dtype == object:
            exact = False
        return true(vectors, exact=exact, trace=trace)

    return wrong


@control("DIS-13", "a")
def signs_of_fractions_are_found_in_doubles(patch):
    patch.setattr(discrepancy, "barany_grinberg", fractions_in_doubles(discrepancy.barany_grinberg))


@control("DIS-14", "a")
def orders_of_fractions_are_found_in_doubles(patch):
    patch.setattr(discrepancy, "steinitz", fractions_in_doubles(discrepancy.steinitz))


def without_a_norm(module, left_out):
    """In one of three norms, all vectors have length 0."""

    def plant(patch):
        true = module.lengths

        def wrong(columns):
            sizes = list(true(columns))
            sizes[left_out] = 0 * sizes[left_out]
            return tuple(sizes)

        patch.setattr(module, "lengths", wrong)

    return plant


@control("DIS-13", "bc")
def the_maximum_norm_of_prefix_sums_is_not_looked_at(patch):
    without_a_norm(prefixes, 0)(patch)


@control("DIS-13", "bc")
def the_sum_norm_of_prefix_sums_is_not_looked_at(patch):
    without_a_norm(prefixes, 1)(patch)


@control("DIS-13", "c")
def the_euclidean_norm_of_prefix_sums_is_not_looked_at(patch):
    without_a_norm(prefixes, 2)(patch)


@control("DIS-14", "d")
def the_maximum_norm_of_deviations_is_not_looked_at(patch):
    without_a_norm(orders, 0)(patch)


@control("DIS-14", "d")
def the_sum_norm_of_deviations_is_not_looked_at(patch):
    without_a_norm(orders, 1)(patch)


@control("DIS-14", "d")
def the_euclidean_norm_of_deviations_is_not_looked_at(patch):
    without_a_norm(orders, 2)(patch)


@control("DIS-13", "b")
def only_the_maximum_norm_is_looked_at(patch):
    true = prefixes.lengths
    patch.setattr(prefixes, "lengths", lambda columns: (true(columns)[0],) * 3)


@control("DIS-13", "bc")
def prefix_sums_are_certified_in_doubles(patch):
    patch.setattr(prefixes, "as_integers", lambda matrix: (prefixes.scaled(matrix), 1))


@control("DIS-14", "d")
def deviations_are_certified_in_doubles(patch):
    patch.setattr(orders, "as_integers", lambda matrix: (prefixes.scaled(matrix), 1))
