"""Deliberately broken Gram-Schmidt walks and designs (DIS-24 to DIS-29)."""

import sys
from fractions import Fraction

import numpy as np
from lemmata.proofs_check.discrepancy.rounding import counted_walks
from negative_controls import control

from lemmata import discrepancy
from lemmata.costs import Costs
from lemmata.discrepancy.walks import factored_basis, gram_schmidt_tree, walk_bounds, walk_design

# The package's attributes of these names are the functions.
fast_walk = sys.modules["lemmata.discrepancy.walks.gram_schmidt_walk"]


@control("DIS-24", "b")
def both_ways_are_equally_likely(patch):
    patch.setattr(gram_schmidt_tree.ExactStep, "probability_up", Fraction(1, 2))


@control("DIS-24", "a")
def the_pivot_walks_alone(patch):
    patch.setattr(gram_schmidt_tree, "first_basis", lambda _columns, _candidates: [])


@control("DIS-24", "b")
def the_fast_walk_takes_the_likely_way_for_the_unlikely(patch):
    true = discrepancy.gram_schmidt_walk
    patch.setattr(
        discrepancy, "gram_schmidt_walk", lambda v, x, **options: true(v, -np.asarray(x), **options)
    )


@control("DIS-24", "c")
def probabilities_are_doubles(patch):
    true = gram_schmidt_tree.ExactStep.probability_up.fget
    patch.setattr(gram_schmidt_tree.ExactStep, "probability_up", property(lambda step: float(true(step))))


@control("DIS-25", "a")
@control("DIS-26")
@control("DIS-29", "b")
def every_unit_moves_alone(patch):
    """Independent signs: right means, and no balance."""
    patch.setattr(gram_schmidt_tree, "first_basis", lambda _columns, _candidates: [])


@control("DIS-25", "a")
def the_basis_misses_a_column(patch):
    true = gram_schmidt_tree.first_basis
    patch.setattr(
        gram_schmidt_tree, "first_basis", lambda columns, candidates: true(columns, candidates)[:-1]
    )


@control("DIS-25", "a")
@control("DIS-26")
def the_fast_walk_moves_independently(patch):
    true = discrepancy.gram_schmidt_walk
    patch.setattr(
        discrepancy, "gram_schmidt_walk", lambda v, x, **options: true(np.zeros_like(v), x, **options)
    )


@control("DIS-25", "b")
def orthogonal_columns_move_together(patch):
    """The weights are a half each, whatever the columns are."""
    patch.setattr(
        gram_schmidt_tree, "_least_squares", lambda _columns, basis, _target: [Fraction(1, 2)] * len(basis)
    )


@control("DIS-26")
def the_walk_moves_the_wrong_way(patch):
    true = gram_schmidt_tree._least_squares
    patch.setattr(gram_schmidt_tree, "_least_squares", lambda *a: [-w for w in true(*a)])


@control("DIS-27", "c")
def the_fast_walk_compares_the_other_way(patch):
    true = fast_walk.gram_schmidt_walk
    patch.setattr(discrepancy, "gram_schmidt_walk", lambda v, x, **options: -true(v, -x, **options))


@control("DIS-27", "b")
def columns_forget_their_scale(patch):
    true = fast_walk.scaled_columns

    def wrong(rows):
        columns, exponents = true(rows)
        return columns, np.zeros_like(exponents)

    patch.setattr(fast_walk, "scaled_columns", wrong)


@control("DIS-27", "a")
def pivots_are_taken_from_the_first(patch):
    true = fast_walk.gram_schmidt_walk
    patch.setattr(
        discrepancy,
        "gram_schmidt_walk",
        lambda v, x, **options: true(v[:, ::-1], x[::-1], **options)[::-1],
    )


def faces_reach_out(patch, distance):
    """The walk freezes coordinates up to this distance from a face; in plain Python, which reads it anew."""
    patch.setattr(fast_walk, "SNAP", distance)
    patch.setattr(fast_walk, "advance", fast_walk._advance_py)
    patch.setattr(fast_walk, "walk", fast_walk._walk_py)


@control("DIS-27", "d")
def coordinates_are_frozen_too_far_from_a_face(patch):
    faces_reach_out(patch, 2.0**-39)


@control("DIS-27", "d")
def coordinates_are_frozen_too_near_to_a_face(patch):
    faces_reach_out(patch, 2.0**-41)


def spans_reach_out(patch, part):
    """Columns within this part of their norm of a span are dependent, also in kernels, in plain Python."""
    patch.setattr(factored_basis, "DEPENDENT", part)
    patch.setattr(fast_walk, "build_basis", factored_basis._build_basis_py)
    patch.setattr(fast_walk, "leave", factored_basis._leave_py)
    patch.setattr(fast_walk, "advance", fast_walk._advance_py)
    patch.setattr(fast_walk, "walk", fast_walk._walk_py)


@control("DIS-27", "e")
def columns_within_a_ten_thousandth_of_a_span_are_dependent(patch):
    spans_reach_out(patch, 1e-4)


@control("DIS-27", "e")
def columns_within_a_hundred_billionth_of_a_span_are_dependent(patch):
    spans_reach_out(patch, 1e-11)


@control("DIS-27", "e")
def any_column_is_taken_for_the_one_that_left(patch):
    """The first basis is as it should be, and replacements are not looked at closely."""
    spans_reach_out(patch, 1e-11)
    patch.setattr(fast_walk, "build_basis", factored_basis.build_basis)


@control("DIS-28", "a")
def the_basis_is_factored_anew_in_each_step(patch):
    true = discrepancy.gram_schmidt_walk

    def wrong(vectors, x, *, rng, costs):
        signs = true(vectors, x, rng=rng, costs=costs)
        d, n = vectors.shape
        costs.charge(multiplications=n * 8 * d * min(n, d) ** 2)
        return signs

    patch.setattr(discrepancy, "gram_schmidt_walk", wrong)


@control("DIS-28", "b")
def scaling_the_columns_is_not_charged(patch):
    true = counted_walks.gram_schmidt_walk

    def wrong(vectors, x, *, rng, costs):
        own = Costs()
        signs = true(vectors, x, rng=rng, costs=own)
        costs.charge(multiplications=own.multiplications - vectors.size)
        return signs

    patch.setattr(counted_walks, "gram_schmidt_walk", wrong)


@control("DIS-28", formula="gram_schmidt_multiplications")
def the_search_for_replacements_is_not_counted(patch):
    true = walk_bounds.gram_schmidt_multiplications
    patch.setattr(
        walk_bounds, "gram_schmidt_multiplications", lambda n, d: true(n, d) - (d + 1) * n * (n - 1) // 2
    )


@control("DIS-29", "b")
def balance_and_robustness_are_swapped(patch):
    true = walk_design.augmented_vectors
    patch.setattr(walk_design, "augmented_vectors", lambda rows, phi: true(rows, 1 - phi if phi < 1 else 1))


@control("DIS-29", "c")
def the_walk_adds_where_it_should_cancel(patch):
    patch.setattr(
        gram_schmidt_tree, "_least_squares", lambda _columns, basis, _target: [-Fraction(1)] * len(basis)
    )


@control("DIS-29", "a")
def chances_are_halved(patch):
    true = discrepancy.gram_schmidt_design

    def wrong(table, *, robustness, probability, rng):
        return true(table, robustness=robustness, probability=probability / 2, rng=rng)

    patch.setattr(discrepancy, "gram_schmidt_design", wrong)


@control("DIS-24", "a")
def the_order_is_always_the_given_one(patch):
    true = discrepancy.gram_schmidt_walk
    wrong = lambda vectors, x, *, order="given", **options: true(vectors, x, **options)  # noqa: E731
    patch.setattr(discrepancy, "gram_schmidt_walk", wrong)


@control("DIS-25", "a")
def the_columns_are_shuffled_and_their_means_are_not(patch):
    true = discrepancy.gram_schmidt_walk

    def wrong(vectors, x, *, rng, order="given", **options):
        if order == "random":
            vectors = vectors[:, np.random.default_rng(3).permutation(len(x))]
        return true(vectors, x, rng=rng, **options)

    patch.setattr(discrepancy, "gram_schmidt_walk", wrong)


def design_by(draw):
    """A design that looks at the chances only: ``draw(generator, n)`` gives one number per unit."""

    def wrong(covariates, *, robustness, probability=0.5, rng=None):
        numbers = draw(np.random.default_rng(rng), len(covariates))
        return np.where(numbers < probability, 1, -1).astype(np.int8)

    return wrong


@control("DIS-29", "b")
def every_unit_throws_its_own_coin(patch):
    wrong = design_by(lambda generator, n: generator.random(n))
    patch.setattr(discrepancy, "gram_schmidt_design", wrong)


@control("DIS-29", "bc")
def one_coin_for_all_units(patch):
    wrong = design_by(lambda generator, n: np.full(n, generator.random()))
    patch.setattr(discrepancy, "gram_schmidt_design", wrong)


@control("DIS-29", "c")
def units_go_to_alternating_groups(patch):
    def alternating(generator, n):
        return abs(np.arange(n) % 2 - generator.random())

    patch.setattr(discrepancy, "gram_schmidt_design", design_by(alternating))


@control("DIS-29", "b")
def the_robustness_asked_for_is_not_taken(patch):
    true = discrepancy.gram_schmidt_design
    wrong = lambda covariates, *, robustness, **options: true(covariates, robustness=0.3, **options)  # noqa: E731
    patch.setattr(discrepancy, "gram_schmidt_design", wrong)


@control("DIS-24", "b")
@control("DIS-25", "a")
def without_a_trace_every_unit_throws_its_own_coin(patch):
    true = discrepancy.gram_schmidt_walk

    def wrong(vectors, x, *, rng=None, trace=None, **options):
        if trace is not None:
            return true(vectors, x, rng=rng, trace=trace, **options)
        return np.where(np.random.default_rng(rng).random(len(x)) < (1 + x) / 2, 1, -1).astype(np.int8)

    patch.setattr(discrepancy, "gram_schmidt_walk", wrong)


def orthogonal_below(size):
    """Entries that are so small count as 0."""

    def plant(patch):
        true = discrepancy.gram_schmidt_walk

        def wrong(vectors, x, **options):
            return true(np.where(np.abs(vectors) < size, 0, vectors), x, **options)

        patch.setattr(discrepancy, "gram_schmidt_walk", wrong)

    return plant


@control("DIS-25", "a")
def columns_count_as_orthogonal_below_a_ten_thousandth(patch):
    orthogonal_below(1e-4)(patch)


@control("DIS-25", "a")
def columns_count_as_orthogonal_below_a_ten_millionth(patch):
    orthogonal_below(1e-7)(patch)
