"""Deliberately broken colourings, walks, systems and bounds (DIS-7 to DIS-19)."""

from dataclasses import replace
from fractions import Fraction
from importlib import import_module

import numpy as np
from negative_controls import control

from lemmata import discrepancy
from lemmata.discrepancy import set_systems
from lemmata.discrepancy.hereditary import DeterminantBound

walk = import_module("lemmata.discrepancy.beck_fiala")
prefixes = import_module("lemmata.discrepancy.barany_grinberg")
coloring = import_module("lemmata.discrepancy.optimal_coloring")


def all_ones(vectors, **_):
    signs = np.ones(np.shape(vectors)[1], dtype=np.int64)
    value = discrepancy.discrepancy(vectors, signs)
    return coloring.OptimalColoring(signs, value, 1, 0, True)


def greedy(vectors, **_):
    matrix = np.asarray(vectors)
    signs = coloring.greedy_signs(matrix.T)
    return coloring.OptimalColoring(signs, discrepancy.discrepancy(matrix, signs), 1, 0, True)


@control("DIS-7")
def colourings_are_greedy(patch):
    patch.setattr(discrepancy, "optimal_coloring", greedy)


@control("DIS-7")
def the_search_cuts_too_much(patch):
    """The bound is off by one: a row that may just stay below the best value counts as hopeless."""
    true = coloring.search

    def wrong(columns, start, bound):
        signs, value, nodes, complete = true(columns, start, bound + 1)
        return signs, value, nodes, complete

    patch.setattr(coloring, "search", wrong)


@control("DIS-7")
def parity_forgets_the_quotients(patch):
    true = coloring.parity_bound

    def wrong(rows):
        return max((int(np.gcd.reduce(row)) for row in rows), default=true(rows))

    patch.setattr(coloring, "parity_bound", wrong)


@control("DIS-8")
def squares_are_taken_for_nonsquares(patch):
    true = set_systems.paley_hadamard

    def wrong(prime):
        matrix = true(prime)
        matrix[1:, 1:] *= -1
        return matrix

    patch.setattr(set_systems, "paley_hadamard", wrong)


@control("DIS-8")
def hadamard_columns_all_get_one_sign(patch):
    patch.setattr(discrepancy, "optimal_coloring", all_ones)


@control("DIS-9")
def lines_miss_a_point(patch):
    true = set_systems.projective_plane

    def wrong(order):
        plane = true(order)
        plane[0, np.flatnonzero(plane[0])[0]] = 0
        return plane

    patch.setattr(set_systems, "projective_plane", wrong)


@control("DIS-9")
def points_are_coloured_greedily(patch):
    patch.setattr(discrepancy, "optimal_coloring", greedy)


@control("DIS-10")
def progressions_have_steps_up_to_two(patch):
    true = set_systems.arithmetic_progressions

    def wrong(n):
        rows = [row for row in true(n) if np.diff(np.flatnonzero(row)).max(initial=0) <= 2]
        return np.array(rows)

    patch.setattr(set_systems, "arithmetic_progressions", wrong)


@control("DIS-10")
def subcubes_are_only_coloured_as_a_whole(patch):
    true = discrepancy.hereditary_discrepancy

    def wrong(vectors):
        found = true(vectors)
        return replace(found, value=int(found.by_columns[-1]))

    patch.setattr(discrepancy, "hereditary_discrepancy", wrong)


@control("DIS-11")
def every_element_gets_one_colour(patch):
    def wrong(incidence, *, exact=False, trace=None):
        return np.ones(np.shape(incidence)[1], dtype=np.int64)

    patch.setattr(discrepancy, "beck_fiala", wrong)


@control("DIS-11")
def moves_are_half_as_long(patch):
    true = walk.bring_in

    def wrong(*arguments):
        move = true(*arguments)
        return None if move is None else replace(move, length=move.length / 2)

    patch.setattr(walk, "bring_in", wrong)


@control("DIS-11")
def no_set_is_protected(patch):
    """Coefficients move one by one, in doubles and in rationals, and nobody looks at the result."""
    patch.setattr(walk._System, "counts", lambda self, of: np.zeros(self.sets, dtype=np.int64))


@control("DIS-12")
def sets_with_t_floating_elements_are_protected_too(patch):
    """A set too many can make columns independent: nothing freezes, or protected sets are no minority."""
    true = walk._System.degree.fget
    patch.setattr(walk._System, "degree", property(lambda self: true(self) - 1))
    patch.setattr(walk, "beck_fiala_bound", lambda _: 10**9)


@control("DIS-12")
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


@control("DIS-13")
def nobody_leads(patch):
    """Every move goes up: the bound of the proof becomes 2d, and short sequences exceed 2d - 1."""
    true = prefixes.bring_in
    patch.setattr(prefixes, "bring_in", lambda *a: true(*a[:-1], lambda *_: True))


@control("DIS-13")
def signs_alternate(patch):
    true = discrepancy.barany_grinberg

    def wrong(vectors, *, exact=None, trace=None):
        signs = true(vectors, exact=exact, trace=trace)
        return (-1) ** np.arange(len(signs))

    patch.setattr(discrepancy, "barany_grinberg", wrong)


@control("DIS-14")
def the_order_is_kept(patch):
    patch.setattr(discrepancy, "steinitz", lambda vectors, **_: np.arange(np.shape(vectors)[1]))


@control("DIS-14")
def one_vector_is_used_twice(patch):
    true = discrepancy.steinitz

    def wrong(vectors, **_):
        order = true(vectors)
        order[-1] = order[0]
        return order

    patch.setattr(discrepancy, "steinitz", wrong)


@control("DIS-15")
def unit_vectors_all_get_one_sign(patch):
    patch.setattr(discrepancy, "optimal_coloring", all_ones)


@control("DIS-16")
def copies_all_get_one_sign(patch):
    patch.setattr(discrepancy, "optimal_coloring", all_ones)


@control("DIS-17")
def digits_are_rounded_up(patch):
    true = discrepancy.round_by_bits

    def wrong(x, vectors):
        return true(x, vectors, color=lambda columns: np.ones(columns.shape[1]))

    patch.setattr(discrepancy, "round_by_bits", wrong)


@control("DIS-17")
def signs_are_taken_for_digits(patch):
    """Linear discrepancy in the normalisation of -1 and 1, which is twice as large."""
    true = discrepancy.linear_discrepancy

    def wrong(vectors):
        found = true(vectors)
        return replace(found, value=2 * found.value)

    patch.setattr(discrepancy, "linear_discrepancy", wrong)


@control("DIS-18")
def permanents_are_taken_for_determinants(patch):
    patch.setattr(discrepancy, "determinant_bound", lambda vectors: DeterminantBound(1, 2, (0,), (0,)))


@control("DIS-18")
def only_entries_are_looked_at(patch):
    def wrong(vectors):
        i, j = np.argwhere(np.asarray(vectors))[0]
        return DeterminantBound(1, int(vectors[i][j]), (int(i),), (int(j),))

    patch.setattr(discrepancy, "determinant_bound", wrong)


@control("DIS-19")
def only_halves_are_tried(patch):
    rounding = import_module("lemmata.discrepancy.linear_discrepancy")
    patch.setattr(rounding, "_denominators", lambda rows, limit: [2])


@control("DIS-19")
def the_worst_vector_is_another(patch):
    true = discrepancy.linear_discrepancy

    def wrong(vectors):
        found = true(vectors)
        return replace(found, worst=(Fraction(0),) * len(found.worst))

    patch.setattr(discrepancy, "linear_discrepancy", wrong)
