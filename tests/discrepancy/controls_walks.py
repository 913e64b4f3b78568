"""Deliberately broken walks (DIS-20 to DIS-28)."""

import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
from lemmata.proofs_check.discrepancy import counted_walks
from negative_controls import control

from lemmata import discrepancy
from lemmata.costs import Costs
from lemmata.discrepancy import gram_schmidt_tree, walk_bounds, walk_design

# The package's attributes of these names are the functions.
edge_walk = sys.modules["lemmata.discrepancy.lovett_meka"]
partial_coloring = sys.modules["lemmata.discrepancy.partial_coloring"]
fast_walk = sys.modules["lemmata.discrepancy.gram_schmidt_walk"]


@control("DIS-20", "b")
def the_walk_ignores_the_thresholds(patch):
    true = discrepancy.lovett_meka
    patch.setattr(
        discrepancy,
        "lovett_meka",
        lambda x, a, t, **options: true(x, a, np.full(len(t), np.inf), **options),
    )


@control("DIS-20", "e")
def the_walk_is_too_short(patch):
    patch.setattr(edge_walk, "PATH_VARIANCE", 0.1)


@control("DIS-20", "d")
def a_longer_walk_takes_the_default_steps(patch):
    true = discrepancy.lovett_meka
    patch.setattr(discrepancy, "lovett_meka", lambda x, a, t, *, rng, steps=None: true(x, a, t, rng=rng))


@control("DIS-20", "c")
def of_two_opposite_colourings_one_is_preferred(patch):
    true = discrepancy.lovett_meka

    def wrong(x, a, t, **options):
        found = true(x, a, t, **options)
        return found if x.any() or found.values[0] > 0 else replace(found, values=-found.values)

    patch.setattr(discrepancy, "lovett_meka", wrong)


@control("DIS-20", "b")
def frozen_coordinates_are_rounded_not_reached(patch):
    true = discrepancy.lovett_meka

    def wrong(x, a, t, **options):
        found = true(x, a, t, **options)
        return replace(found, values=np.where(found.values < 0, -1.0, 1.0))

    patch.setattr(discrepancy, "lovett_meka", wrong)


@control("DIS-20", "a")
def coordinates_at_their_bounds_move(patch):
    true = discrepancy.lovett_meka

    def wrong(x, a, t, **options):
        return true(np.clip(x, -0.5, 0.5), a, t, **options)

    patch.setattr(discrepancy, "lovett_meka", wrong)


@control("DIS-21", formula="full_coloring_bound")
def a_phase_is_allowed_twice(patch):
    true = walk_bounds.full_coloring_bound
    patch.setattr(walk_bounds, "full_coloring_bound", lambda n, m: 2 * true(n, m))


@control("DIS-21", "b")
def a_walk_ends_at_its_first_face(patch):
    """A phase for every coordinate: what they allow is no geometric series."""
    true = partial_coloring.lovett_meka

    def wrong(x, rows, thresholds, *, rng):
        found = true(x, rows, thresholds, rng=rng)
        first = found.frozen[:1]
        values = np.array(x)
        values[first] = found.values[first]
        return replace(found, values=values, frozen=first)

    patch.setattr(partial_coloring, "lovett_meka", wrong)
    patch.setattr(edge_walk.PartialColoring, "succeeded", property(lambda self: len(self.frozen) > 0))


@control("DIS-21", "a")
def everything_gets_one_colour(patch):
    true = discrepancy.spencer_coloring

    def wrong(rows, *, scale, rng):
        found = true(rows, scale=scale, rng=rng)
        return replace(found, coloring=np.ones_like(found.coloring))

    patch.setattr(discrepancy, "spencer_coloring", wrong)


@control("DIS-21", "a")
def a_phase_freezes_too_little(patch):
    true = discrepancy.spencer_coloring

    def wrong(rows, *, scale, rng):
        found = true(rows, scale=scale, rng=rng)
        return replace(found, phases=(found.phases[0], *found.phases))

    patch.setattr(discrepancy, "spencer_coloring", wrong)


@control("DIS-20", "e")
def most_walks_stay_where_they_are(patch):
    true = discrepancy.lovett_meka

    def wrong(x, rows, thresholds, *, rng, **options):
        found = true(x, rows, thresholds, rng=rng, **options)
        if options or rng % 20 < 3:
            return found
        y = np.array(x, dtype=float)
        return replace(found, values=y, frozen=np.flatnonzero(np.abs(y) == 1))

    patch.setattr(discrepancy, "lovett_meka", wrong)


@control("DIS-20", "d")
def success_is_certain(patch):
    true = discrepancy.lovett_meka
    wrong = lambda *a, **k: replace(true(*a, **k), success_probability=1.0)  # noqa: E731
    patch.setattr(discrepancy, "lovett_meka", wrong)


@control("DIS-20", "b")
def deviations_are_not_measured(patch):
    patch.setattr(edge_walk, "_deviations", lambda unit, values, start: np.zeros(len(unit)))


@control("DIS-21", "a")
def the_given_point_is_forgotten(patch):
    true = discrepancy.spencer_coloring
    wrong = lambda rows, x=None, **options: true(rows, **options)  # noqa: E731
    patch.setattr(discrepancy, "spencer_coloring", wrong)


@control("DIS-21", "a")
def entries_are_rounded(patch):
    true = discrepancy.spencer_coloring
    wrong = lambda rows, *x, **options: true(np.rint(rows), *x, **options)  # noqa: E731
    patch.setattr(discrepancy, "spencer_coloring", wrong)


@control("DIS-21", "c")
def every_phase_needs_six_attempts(patch):
    true = partial_coloring._run_phase

    def wrong(*arguments):
        phase = true(*arguments)
        return replace(phase, attempts=phase.attempts + 5)

    patch.setattr(partial_coloring, "_run_phase", wrong)


@control("DIS-21", "c")
def every_walk_is_too_short(patch):
    patch.setattr(edge_walk, "PATH_VARIANCE", 0.5)


@control("DIS-22", formula="six_standard_deviations")
def two_thirds_of_a_deviation_suffice(patch):
    patch.setattr(walk_bounds, "six_standard_deviations", lambda n: n**0.5 * 2 / 3)


@control("DIS-22")
def all_sets_keep_their_size(patch):
    everything_gets_one_colour(patch)


@control("DIS-23", "b")
def both_ways_are_equally_likely(patch):
    patch.setattr(gram_schmidt_tree.ExactStep, "probability_up", Fraction(1, 2))


@control("DIS-23", "a")
def the_pivot_walks_alone(patch):
    patch.setattr(gram_schmidt_tree, "first_basis", lambda _columns, _candidates: [])


@control("DIS-23", "b")
def the_fast_walk_takes_the_likely_way_for_the_unlikely(patch):
    true = discrepancy.gram_schmidt_walk
    patch.setattr(
        discrepancy, "gram_schmidt_walk", lambda v, x, **options: true(v, -np.asarray(x), **options)
    )


@control("DIS-23", "c")
def probabilities_are_doubles(patch):
    true = gram_schmidt_tree.ExactStep.probability_up.fget
    patch.setattr(gram_schmidt_tree.ExactStep, "probability_up", property(lambda step: float(true(step))))


@control("DIS-24", "a")
@control("DIS-25")
@control("DIS-28", "b")
def every_unit_moves_alone(patch):
    """Independent signs: right means, and no balance."""
    patch.setattr(gram_schmidt_tree, "first_basis", lambda _columns, _candidates: [])


@control("DIS-24", "a")
def the_basis_misses_a_column(patch):
    true = gram_schmidt_tree.first_basis
    patch.setattr(
        gram_schmidt_tree, "first_basis", lambda columns, candidates: true(columns, candidates)[:-1]
    )


@control("DIS-24", "a")
@control("DIS-25")
def the_fast_walk_moves_independently(patch):
    true = discrepancy.gram_schmidt_walk
    patch.setattr(
        discrepancy, "gram_schmidt_walk", lambda v, x, **options: true(np.zeros_like(v), x, **options)
    )


@control("DIS-24", "b")
def orthogonal_columns_move_together(patch):
    """The weights are a half each, whatever the columns are."""
    patch.setattr(
        gram_schmidt_tree, "_least_squares", lambda _columns, basis, _target: [Fraction(1, 2)] * len(basis)
    )


@control("DIS-25")
def the_walk_moves_the_wrong_way(patch):
    true = gram_schmidt_tree._least_squares
    patch.setattr(gram_schmidt_tree, "_least_squares", lambda *a: [-w for w in true(*a)])


@control("DIS-26", "c")
def the_fast_walk_compares_the_other_way(patch):
    true = fast_walk.gram_schmidt_walk
    patch.setattr(discrepancy, "gram_schmidt_walk", lambda v, x, **options: -true(v, -x, **options))


@control("DIS-26", "b")
def columns_forget_their_scale(patch):
    true = fast_walk.scaled_columns

    def wrong(rows):
        columns, exponents = true(rows)
        return columns, np.zeros_like(exponents)

    patch.setattr(fast_walk, "scaled_columns", wrong)


@control("DIS-26", "a")
def pivots_are_taken_from_the_first(patch):
    true = fast_walk.gram_schmidt_walk
    patch.setattr(
        discrepancy,
        "gram_schmidt_walk",
        lambda v, x, **options: true(v[:, ::-1], x[::-1], **options)[::-1],
    )


@control("DIS-27", "a")
def the_basis_is_factored_anew_in_each_step(patch):
    true = discrepancy.gram_schmidt_walk

    def wrong(vectors, x, *, rng, costs):
        signs = true(vectors, x, rng=rng, costs=costs)
        d, n = vectors.shape
        costs.charge(multiplications=n * 8 * d * min(n, d) ** 2)
        return signs

    patch.setattr(discrepancy, "gram_schmidt_walk", wrong)


@control("DIS-27", "b")
def scaling_the_columns_is_not_charged(patch):
    true = counted_walks.gram_schmidt_walk

    def wrong(vectors, x, *, rng, costs):
        own = Costs()
        signs = true(vectors, x, rng=rng, costs=own)
        costs.charge(multiplications=own.multiplications - vectors.size)
        return signs

    patch.setattr(counted_walks, "gram_schmidt_walk", wrong)


@control("DIS-27", formula="gram_schmidt_multiplications")
def the_search_for_replacements_is_not_counted(patch):
    true = walk_bounds.gram_schmidt_multiplications
    patch.setattr(
        walk_bounds, "gram_schmidt_multiplications", lambda n, d: true(n, d) - (d + 1) * n * (n - 1) // 2
    )


@control("DIS-28", "b")
def balance_and_robustness_are_swapped(patch):
    true = walk_design.augmented_vectors
    patch.setattr(walk_design, "augmented_vectors", lambda rows, phi: true(rows, 1 - phi if phi < 1 else 1))


@control("DIS-28", "c")
def the_walk_adds_where_it_should_cancel(patch):
    patch.setattr(
        gram_schmidt_tree, "_least_squares", lambda _columns, basis, _target: [-Fraction(1)] * len(basis)
    )


@control("DIS-28", "a")
def chances_are_halved(patch):
    true = discrepancy.gram_schmidt_design

    def wrong(table, *, robustness, probability, rng):
        return true(table, robustness=robustness, probability=probability / 2, rng=rng)

    patch.setattr(discrepancy, "gram_schmidt_design", wrong)


@control("DIS-23", "a")
def the_order_is_always_the_given_one(patch):
    true = discrepancy.gram_schmidt_walk
    wrong = lambda vectors, x, *, order="given", **options: true(vectors, x, **options)  # noqa: E731
    patch.setattr(discrepancy, "gram_schmidt_walk", wrong)


@control("DIS-24", "a")
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


@control("DIS-28", "b")
def every_unit_throws_its_own_coin(patch):
    wrong = design_by(lambda generator, n: generator.random(n))
    patch.setattr(discrepancy, "gram_schmidt_design", wrong)


@control("DIS-28", "bc")
def one_coin_for_all_units(patch):
    wrong = design_by(lambda generator, n: np.full(n, generator.random()))
    patch.setattr(discrepancy, "gram_schmidt_design", wrong)


@control("DIS-28", "c")
def units_go_to_alternating_groups(patch):
    def alternating(generator, n):
        return abs(np.arange(n) % 2 - generator.random())

    patch.setattr(discrepancy, "gram_schmidt_design", design_by(alternating))


@control("DIS-28", "b")
def the_robustness_asked_for_is_not_taken(patch):
    true = discrepancy.gram_schmidt_design
    wrong = lambda covariates, *, robustness, **options: true(covariates, robustness=0.3, **options)  # noqa: E731
    patch.setattr(discrepancy, "gram_schmidt_design", wrong)
