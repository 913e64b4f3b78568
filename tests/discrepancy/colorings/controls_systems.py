"""Deliberately broken optima, systems, determinants and bounds (DIS-7 to DIS-10, DIS-15 to DIS-19)."""

from dataclasses import replace
from fractions import Fraction
from importlib import import_module

import numpy as np
from negative_controls import control

from lemmata import discrepancy
from lemmata.discrepancy import set_systems
from lemmata.discrepancy.colorings import system_bounds

coloring = import_module("lemmata.discrepancy.colorings.optimal_coloring")
rounding = import_module("lemmata.discrepancy.colorings.linear_discrepancy")
hereditary = import_module("lemmata.discrepancy.colorings.hereditary")


def all_ones(vectors, **_):
    signs = np.ones(np.shape(vectors)[1], dtype=np.int64)
    value = discrepancy.discrepancy(vectors, signs)
    return coloring.OptimalColoring(signs, value, 1, 0, True)


def greedy(vectors, **_):
    matrix = np.asarray(vectors)
    signs = coloring.greedy_signs(matrix.T)
    return coloring.OptimalColoring(signs, discrepancy.discrepancy(matrix, signs), 1, 0, True)


def once(islice):
    """What there is the first time, and then no more."""
    seen = []

    def wrong(items, count):
        if any(items is other for other in seen):
            return iter(())
        seen.append(items)
        return islice(items, count)

    return wrong


def one_too_few(vectors, **_):
    """The colouring is right, its value counts one element too few."""
    found = coloring.optimal_coloring(vectors)
    return replace(found, value=max(0, found.value - 1))


@control("DIS-7", "a")
def colourings_are_greedy(patch):
    patch.setattr(discrepancy, "optimal_coloring", greedy)


@control("DIS-7", "a")
def the_search_cuts_too_much(patch):
    """The bound is off by one: a row that may just stay below the best value counts as hopeless."""
    true = coloring.search
    patch.setattr(coloring, "search", lambda columns, start, bound: true(columns, start, bound + 1))


@control("DIS-7", "a")
def only_integers_are_searched(patch):
    """Fractions and large numbers, which are not in 64 bits, get the greedy colouring."""
    patch.setattr(coloring, "_search_py", lambda columns, start, bound, watch=None: (start, 0, 0, True))


@control("DIS-7", "a")
def the_common_divisor_is_forgotten(patch):
    true = coloring.discrepancy
    patch.setattr(coloring, "discrepancy", lambda matrix, signs: true(matrix, signs) / 2)


@control("DIS-7", "a")
def a_branch_is_left_out(patch):
    """The search forgets one end of a branch; what it returns is right, its certificate is not."""
    true = coloring.emit
    patch.setattr(coloring, "emit", lambda trace, step: None if len(trace) == 2 else true(trace, step))


@control("DIS-7", "b")
def parity_forgets_the_quotients(patch):
    true = coloring.parity_bound

    def wrong(rows):
        return max((int(np.gcd.reduce(row)) for row in rows), default=true(rows))

    patch.setattr(coloring, "parity_bound", wrong)


@control("DIS-7", "b")
def parity_is_that_of_the_entries(patch):
    """Rows of even numbers are given up."""
    patch.setattr(coloring, "parity_bound", lambda rows: int(any(sum(row) % 2 for row in rows.tolist())))


@control("DIS-8", "b")
def squares_are_taken_for_nonsquares(patch):
    true = set_systems.paley_hadamard

    def wrong(prime):
        matrix = true(prime)
        matrix[1:, 1:] *= -1
        return matrix

    patch.setattr(set_systems, "paley_hadamard", wrong)


@control("DIS-8", "b")
def hadamard_columns_all_get_one_sign(patch):
    patch.setattr(discrepancy, "optimal_coloring", all_ones)


@control("DIS-8", "a")
def optima_are_one_too_few(patch):
    patch.setattr(discrepancy, "optimal_coloring", one_too_few)


@control("DIS-8", formula="hadamard_bound")
def parity_is_rounded_down(patch):
    true = system_bounds.hadamard_bound
    patch.setattr(system_bounds, "hadamard_bound", lambda n: true(n) - 2 * (n == 8))


@control("DIS-8", "c")
def ones_and_minus_ones_change_places(patch):
    """The complements: the first column is empty, and its element counts in no set."""
    patch.setattr(set_systems, "hadamard_system", lambda hadamard: (1 - np.asarray(hadamard)) // 2)


@control("DIS-9", "b")
def lines_miss_a_point(patch):
    true = set_systems.projective_plane

    def wrong(order):
        plane = true(order)
        plane[0, np.flatnonzero(plane[0])[0]] = 0
        return plane

    patch.setattr(set_systems, "projective_plane", wrong)


@control("DIS-9", "a")
def parallel_lines_do_not_meet(patch):
    """The affine plane and a line of its own: the lines through infinity have no point in common."""
    true = set_systems.projective_plane

    def wrong(order):
        plane = true(order)
        plane[1:, plane[0] == 1] = 0
        return plane

    patch.setattr(set_systems, "projective_plane", wrong)


@control("DIS-9", "b")
def points_are_coloured_greedily(patch):
    patch.setattr(discrepancy, "optimal_coloring", greedy)


@control("DIS-10", "a")
def progressions_have_steps_up_to_two(patch):
    true = set_systems.arithmetic_progressions

    def wrong(n):
        rows = [row for row in true(n) if np.diff(np.flatnonzero(row)).max(initial=0) <= 2]
        return np.array(rows)

    patch.setattr(set_systems, "arithmetic_progressions", wrong)


@control("DIS-10", "b")
def edges_are_left_out(patch):
    true = set_systems.subcubes
    patch.setattr(set_systems, "subcubes", lambda d: np.array([r for r in true(d) if r.sum() != 2]))


@control("DIS-10", "c")
def subcubes_are_only_coloured_as_a_whole(patch):
    true = discrepancy.hereditary_discrepancy

    def wrong(vectors):
        found = true(vectors)
        return replace(found, value=int(found.by_columns[-1]))

    patch.setattr(discrepancy, "hereditary_discrepancy", wrong)


@control("DIS-15", "b")
def unit_vectors_all_get_one_sign(patch):
    patch.setattr(discrepancy, "optimal_coloring", all_ones)


@control("DIS-16", "ab")
def copies_all_get_one_sign(patch):
    patch.setattr(discrepancy, "optimal_coloring", all_ones)


@control("DIS-16", "b")
def the_first_colouring_is_taken_for_the_best(patch):
    patch.setattr(discrepancy, "optimal_coloring", greedy)


@control("DIS-16", "c")
def the_cube_has_the_measure_of_one_side(patch):
    """One coordinate stays with probability one half; all of them, with less."""
    true = system_bounds.banaszczyk_bound
    patch.setattr(system_bounds, "banaszczyk_bound", lambda d: true(1))


@control("DIS-16", "c")
def one_tail_is_taken_for_two(patch):
    from statistics import NormalDist

    patch.setattr(system_bounds, "banaszczyk_bound", lambda d: 5 * NormalDist().inv_cdf(0.5 ** (1 / d)))


@control("DIS-17", "b")
def digits_are_rounded_up(patch):
    true = discrepancy.round_by_bits

    def wrong(x, vectors, **_):
        return true(x, vectors, color=lambda columns: np.ones(columns.shape[1]))

    patch.setattr(discrepancy, "round_by_bits", wrong)


@control("DIS-17", "b")
def every_coordinate_goes_to_its_nearest_integer(patch):
    true = discrepancy.round_by_bits

    def wrong(x, vectors, **options):
        found = true(x, vectors, **options)
        return replace(found, values=np.array([int(2 * v > 1) for v in x], dtype=np.int64))

    patch.setattr(discrepancy, "round_by_bits", wrong)


@control("DIS-17", "a")
def signs_are_taken_for_digits(patch):
    """Linear discrepancy in the normalisation of -1 and 1, which is twice as large."""
    true = discrepancy.linear_discrepancy

    def wrong(vectors):
        found = true(vectors)
        return replace(found, value=2 * found.value)

    patch.setattr(discrepancy, "linear_discrepancy", wrong)


@control("DIS-17", "a")
def only_the_whole_is_coloured(patch):
    true = discrepancy.hereditary_discrepancy

    def wrong(vectors):
        found = true(vectors)
        return replace(found, value=int(found.by_columns[-1]))

    patch.setattr(discrepancy, "hereditary_discrepancy", wrong)


@control("DIS-18", "b")
def permanents_are_taken_for_determinants(patch):
    def permanents(stack):
        return [
            abs(int(m[0, 0] * m[1, 1] + m[0, 1] * m[1, 0])) if len(m) == 2 else int(m.flat[0]) for m in stack
        ]

    patch.setattr(hereditary, "determinants", permanents)


@control("DIS-18", "b")
def only_entries_are_looked_at(patch):
    def wrong(vectors):
        i, j = max(np.ndindex(vectors.shape), key=lambda at: abs(vectors[at]))
        return hereditary.DeterminantBound(1, int(vectors[i, j]), (int(i),), (int(j),))

    patch.setattr(discrepancy, "determinant_bound", wrong)


@control("DIS-18", "b")
def roots_are_forgotten(patch):
    """The largest determinant, instead of the largest root."""
    true = hereditary._minors

    def wrong(matrix):
        yield from [max(true(matrix), key=lambda minor: abs(minor[2]))]

    patch.setattr(hereditary, "_minors", wrong)


@control("DIS-18", "b")
def minors_end_with_the_first_thousands(patch):
    patch.setattr(hereditary, "islice", once(hereditary.islice))


@control("DIS-19", "b")
def a_grid_ends_with_its_first_points(patch):
    true = rounding._grid

    def wrong(denominator, n):
        yield next(true(denominator, n))

    patch.setattr(rounding, "_grid", wrong)


@control("DIS-19", "b")
def determinants_end_with_the_first_ones(patch):
    patch.setattr(rounding, "islice", once(rounding.islice))


@control("DIS-18", "a")
def colourings_are_of_the_whole(patch):
    true = discrepancy.hereditary_discrepancy

    def wrong(vectors):
        found = true(vectors)
        return replace(found, value=int(found.by_columns[-1]))

    patch.setattr(discrepancy, "hereditary_discrepancy", wrong)


@control("DIS-19", "b")
def only_halves_are_tried(patch):
    patch.setattr(rounding, "_denominators", lambda rows, limit: [2])


@control("DIS-19", "b")
def only_quarters_and_sixths_are_tried(patch):
    patch.setattr(rounding, "_denominators", lambda rows, limit: [4, 6])


@control("DIS-19", "b")
def rows_count_with_one_sign_only(patch):
    """The equations (a, 1) without (a, -1): 1/2, where the denominator is twice an entry, is lost."""
    true = rounding.determinants

    def wrong(stack):
        return [0 if (m[:, -1] < 0).any() else v for m, v in zip(stack, true(stack), strict=True)]

    patch.setattr(rounding, "determinants", wrong)


@control("DIS-19", "a")
def the_worst_vector_is_another(patch):
    true = discrepancy.linear_discrepancy

    def wrong(vectors):
        found = true(vectors)
        return replace(found, worst=tuple(c + Fraction(1, 97) for c in found.worst))

    patch.setattr(discrepancy, "linear_discrepancy", wrong)


@control("DIS-19", "c")
def intervals_have_at_most_two_points(patch):
    true = set_systems.intervals
    patch.setattr(set_systems, "intervals", lambda n: np.array([r for r in true(n) if r.sum() <= 2]))


@control("DIS-17", "c")
def the_hardest_vector_is_missed(patch):
    """Among eighths, the vector (1/3, 2/3) of two intervals is not found."""
    true = discrepancy.linear_discrepancy

    def wrong(vectors):
        found = true(vectors)
        coarse = Fraction(int(found.value * 8), 8)
        return replace(found, value=coarse)

    patch.setattr(discrepancy, "linear_discrepancy", wrong)


@control("DIS-17", "b")
def a_colouring_that_is_given_is_not_taken(patch):
    true = discrepancy.round_by_bits
    patch.setattr(discrepancy, "round_by_bits", lambda x, vectors, **_: true(x, vectors))


@control("DIS-18", "a")
def fractions_are_rounded_down(patch):
    true = discrepancy.hereditary_discrepancy
    wrong = lambda vectors: true(np.floor(np.asarray(vectors, dtype=float)).astype(np.int64))  # noqa: E731
    patch.setattr(discrepancy, "hereditary_discrepancy", wrong)


@control("DIS-7", "a")
def a_search_that_ended_says_that_it_did_not(patch):
    true = discrepancy.optimal_coloring
    wrong = lambda vectors, **options: replace(true(vectors, **options), exhaustive=False)  # noqa: E731
    patch.setattr(discrepancy, "optimal_coloring", wrong)


@control("DIS-7", "a")
def sums_overflow(patch):
    true = discrepancy.discrepancy

    def wrong(vectors, coloring):
        matrix = np.asarray(vectors)
        if matrix.dtype != np.int64 or not matrix.size:
            return true(vectors, coloring)
        return int(np.abs(matrix @ np.asarray(coloring)).max())

    patch.setattr(discrepancy, "discrepancy", wrong)


@control("DIS-7", "a")
def all_integers_are_searched_in_64_bits(patch):
    true, search = coloring.as_integers, discrepancy.optimal_coloring

    def wrong(matrix):
        return (matrix, 1) if matrix.dtype == np.int64 else true(matrix)

    def silent(vectors, **options):
        with np.errstate(over="ignore"):
            return search(vectors, **options)

    patch.setattr(coloring, "as_integers", wrong)
    patch.setattr(discrepancy, "optimal_coloring", silent)


def whole(vectors):
    """Doubles are cut down to integers."""
    matrix = np.asarray(vectors)
    return matrix.astype(np.int64) if matrix.dtype == np.float64 else vectors


@control("DIS-17", "a")
@control("DIS-18", "a")
def of_doubles_the_whole_part_counts(patch):
    true = discrepancy.hereditary_discrepancy
    patch.setattr(discrepancy, "hereditary_discrepancy", lambda vectors: true(whole(vectors)))


@control("DIS-17", "b")
def of_rows_in_doubles_the_whole_part_counts(patch):
    true = discrepancy.round_by_bits
    wrong = lambda x, vectors, **options: true(x, whole(vectors), **options)  # noqa: E731
    patch.setattr(discrepancy, "round_by_bits", wrong)


@control("DIS-17", "b")
def doubles_have_ten_digits(patch):
    true = discrepancy.round_by_bits

    def wrong(x, vectors, **options):
        return true(np.round(x * 1024) / 1024 if x.dtype == np.float64 else x, vectors, **options)

    patch.setattr(discrepancy, "round_by_bits", wrong)


@control("DIS-18", "b")
def determinants_are_computed_in_doubles(patch):
    def wrong(stack):
        return [int(value) for value in np.rint(np.linalg.det(stack.astype(float)))]

    patch.setattr(hereditary, "determinants", wrong)


@control("DIS-18", "b")
def roots_are_compared_in_doubles(patch):
    true = hereditary._minors

    def wrong(matrix):
        yield max(true(matrix), key=lambda minor: abs(minor[2]) ** (1 / len(minor[0])))

    patch.setattr(hereditary, "_minors", wrong)


@control("DIS-18", "a")
def sums_of_columns_are_of_32_bits(patch):
    true = hereditary.scan
    patch.setattr(hereditary, "scan", lambda columns: true(columns.astype(np.int32).astype(np.int64)))


@control("DIS-18", "a")
def entries_are_rounded_to_doubles(patch):
    true = hereditary.scan
    patch.setattr(hereditary, "scan", lambda columns: true(columns.astype(np.float64).astype(np.int64)))
