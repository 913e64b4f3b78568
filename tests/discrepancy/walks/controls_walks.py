"""Deliberately broken partial and full colourings by walks (DIS-21 to DIS-23)."""

import sys
from dataclasses import replace

import numpy as np
from negative_controls import control

from lemmata import discrepancy
from lemmata.discrepancy.walks import walk_bounds

# The package's attributes of these names are the functions.
edge_walk = sys.modules["lemmata.discrepancy.walks.lovett_meka"]
partial_coloring = sys.modules["lemmata.discrepancy.walks.partial_coloring"]


@control("DIS-21", "b")
def the_walk_ignores_the_thresholds(patch):
    true = discrepancy.lovett_meka
    patch.setattr(
        discrepancy,
        "lovett_meka",
        lambda x, a, t, **options: true(x, a, np.full(len(t), np.inf), **options),
    )


@control("DIS-21", "e")
def the_walk_is_too_short(patch):
    patch.setattr(edge_walk, "PATH_VARIANCE", 0.1)


@control("DIS-21", "d")
def a_longer_walk_takes_the_default_steps(patch):
    true = discrepancy.lovett_meka
    wrong = lambda x, a, t, *, steps=None, **options: true(x, a, t, **options)  # noqa: E731
    patch.setattr(discrepancy, "lovett_meka", wrong)


@control("DIS-21", "c")
def of_two_opposite_colourings_one_is_preferred(patch):
    true = discrepancy.lovett_meka

    def wrong(x, a, t, **options):
        found = true(x, a, t, **options)
        return found if x.any() or found.values[0] > 0 else replace(found, values=-found.values)

    patch.setattr(discrepancy, "lovett_meka", wrong)


@control("DIS-21", "b")
def frozen_coordinates_are_rounded_not_reached(patch):
    true = discrepancy.lovett_meka

    def wrong(x, a, t, **options):
        found = true(x, a, t, **options)
        return replace(found, values=np.where(found.values < 0, -1.0, 1.0))

    patch.setattr(discrepancy, "lovett_meka", wrong)


@control("DIS-21", "a")
def coordinates_at_their_bounds_move(patch):
    true = discrepancy.lovett_meka

    def wrong(x, a, t, **options):
        return true(np.clip(x, -0.5, 0.5), a, t, **options)

    patch.setattr(discrepancy, "lovett_meka", wrong)


@control("DIS-21", "c")
def a_step_is_shortened_only_where_it_goes(patch):
    """Both ways it goes as far as one way allows, and is put back into the cube."""

    def wrong(values, direction, moved, slopes, limits, tight):
        ways = np.where(direction > 0, 1 - values, 1 + values)
        room = np.divide(ways, np.abs(direction), out=np.full(len(values), np.inf), where=direction != 0)
        return float(room.min())

    patch.setattr(edge_walk, "_reach", wrong)


@control("DIS-21", "d")
def steps_are_three_times_too_long(patch):
    patch.setattr(edge_walk, "PATH_VARIANCE", 10 * edge_walk.PATH_VARIANCE)


@control("DIS-21", "d")
def every_walk_takes_the_default_steps(patch):
    true = edge_walk._walk
    wrong = lambda start, unit, limits, steps, *rest: true(start, unit, limits, 8 * (len(start) + 1), *rest)  # noqa: E731
    patch.setattr(edge_walk, "_walk", wrong)


@control("DIS-21", "d")
def steps_are_called_full(patch):
    true = edge_walk.EdgeStep
    patch.setattr(edge_walk, "EdgeStep", lambda values, *_: true(values, 0, 0, False))


@control("DIS-22", formula="full_coloring_bound")
def a_phase_is_allowed_twice(patch):
    true = walk_bounds.full_coloring_bound
    patch.setattr(walk_bounds, "full_coloring_bound", lambda n, m: 2 * true(n, m))


@control("DIS-22", "b")
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


@control("DIS-22", "a")
def everything_gets_one_colour(patch):
    true = discrepancy.spencer_coloring

    def wrong(rows, *, scale, rng):
        found = true(rows, scale=scale, rng=rng)
        return replace(found, signs=np.ones_like(found.signs))

    patch.setattr(discrepancy, "spencer_coloring", wrong)


@control("DIS-22", "a")
def a_phase_freezes_too_little(patch):
    true = discrepancy.spencer_coloring

    def wrong(rows, *, scale, rng):
        found = true(rows, scale=scale, rng=rng)
        return replace(found, phases=(found.phases[0], *found.phases))

    patch.setattr(discrepancy, "spencer_coloring", wrong)


@control("DIS-21", "e")
def most_walks_stay_where_they_are(patch):
    true = discrepancy.lovett_meka

    def wrong(x, rows, thresholds, *, rng, **options):
        found = true(x, rows, thresholds, rng=rng, **options)
        if options or rng % 20 < 1:
            return found
        y = np.array(x, dtype=float)
        return replace(found, values=y, frozen=np.flatnonzero(np.abs(y) == 1))

    patch.setattr(discrepancy, "lovett_meka", wrong)


@control("DIS-21", "d")
def success_is_certain(patch):
    true = discrepancy.lovett_meka
    wrong = lambda *a, **k: replace(true(*a, **k), success_probability=1.0)  # noqa: E731
    patch.setattr(discrepancy, "lovett_meka", wrong)


@control("DIS-21", "b")
def deviations_are_not_measured(patch):
    patch.setattr(edge_walk, "_deviations", lambda unit, values, start: np.zeros(len(unit)))


@control("DIS-22", "a")
def the_given_point_is_forgotten(patch):
    true = discrepancy.spencer_coloring
    wrong = lambda rows, x=None, **options: true(rows, **options)  # noqa: E731
    patch.setattr(discrepancy, "spencer_coloring", wrong)


@control("DIS-22", "a")
def entries_are_rounded(patch):
    true = discrepancy.spencer_coloring
    wrong = lambda rows, *x, **options: true(np.rint(rows), *x, **options)  # noqa: E731
    patch.setattr(discrepancy, "spencer_coloring", wrong)


@control("DIS-22", "c")
def every_phase_needs_six_attempts(patch):
    true = partial_coloring._run_phase

    def wrong(*arguments):
        phase = true(*arguments)
        return replace(phase, attempts=phase.attempts + 5)

    patch.setattr(partial_coloring, "_run_phase", wrong)


@control("DIS-22", "c")
def ten_walks_are_enough(patch):
    patch.setattr(partial_coloring, "MOST_ATTEMPTS", 10)


def failures_are_taken_from(first):
    """A phase takes what the walk of this number has found, whatever it has frozen."""

    def plant(patch):
        true, phase = partial_coloring.lovett_meka, partial_coloring._run_phase
        tried = []

        def new_phase(*arguments):
            tried.clear()
            return phase(*arguments)

        def wrong(*arguments, **options):
            found = true(*arguments, **options)
            tried.append(found)
            if len(tried) < first:
                return found
            return replace(found, frozen=np.arange(len(found.values)))

        patch.setattr(partial_coloring, "lovett_meka", wrong)
        patch.setattr(partial_coloring, "_run_phase", new_phase)

    return plant


@control("DIS-22", "ac")
def the_eighth_walk_is_taken_whatever_it_found(patch):
    failures_are_taken_from(8)(patch)


@control("DIS-22", "ac")
def the_last_walk_is_taken_whatever_it_found(patch):
    failures_are_taken_from(60)(patch)


@control("DIS-22", "a")
def phases_begin_at_zero(patch):
    true = discrepancy.lovett_meka
    wrong = lambda x, *rest, **options: true(np.zeros_like(x), *rest, **options)  # noqa: E731
    patch.setattr(partial_coloring, "lovett_meka", wrong)


@control("DIS-22", "c")
def every_other_success_is_overlooked(patch):
    true = edge_walk.PartialColoring.succeeded.fget
    tried = []

    def wrong(found):
        tried.append(found)
        return true(found) and len(tried) % 2 == 0

    patch.setattr(edge_walk.PartialColoring, "succeeded", property(wrong))


@control("DIS-22", "c")
def attempts_are_not_counted(patch):
    true = partial_coloring.Phase
    patch.setattr(partial_coloring, "Phase", lambda alive, frozen, _, *rest: true(alive, frozen, 1, *rest))


@control("DIS-22", "a")
def signs_alternate(patch):
    true = discrepancy.spencer_coloring

    def wrong(rows, *x, **options):
        found = true(rows, *x, **options)
        return replace(found, signs=np.where(np.arange(len(found.signs)) % 2, 1, -1).astype(np.int8))

    patch.setattr(discrepancy, "spencer_coloring", wrong)


@control("DIS-22", "a")
def a_phase_reports_what_it_did_not_freeze(patch):
    true = partial_coloring.Phase
    patch.setattr(partial_coloring, "Phase", lambda alive, frozen, *rest: true(alive, alive - frozen, *rest))


@control("DIS-22", "c")
def every_walk_is_too_short(patch):
    patch.setattr(edge_walk, "PATH_VARIANCE", 0.5)


@control("DIS-23", formula="six_standard_deviations")
def two_thirds_of_a_deviation_suffice(patch):
    patch.setattr(walk_bounds, "six_standard_deviations", lambda n: n**0.5 * 2 / 3)


@control("DIS-23", "a")
def all_sets_keep_their_size(patch):
    everything_gets_one_colour(patch)


@control("DIS-23", "a")
def colours_alternate(patch):
    signs_alternate(patch)


@control("DIS-23", "b")
def the_optimum_is_missed(patch):
    true = discrepancy.optimal_coloring

    def wrong(rows):
        found = true(rows)
        return replace(found, value=found.value + 1)

    patch.setattr(discrepancy, "optimal_coloring", wrong)


def whatever_is_left(normals, frozen, rng):
    """Nothing is drawn again: of a draw that is a kept row nothing is left, and no direction."""
    direction = normals.project(rng.standard_normal(len(frozen)))
    direction[frozen] = 0.0
    with np.errstate(invalid="ignore"):
        return direction / np.linalg.norm(direction)


@control("DIS-21", "b")
def what_rounding_left_is_a_direction(patch):
    patch.setattr(edge_walk, "_random_direction", whatever_is_left)


@control("DIS-21", "a")
def no_direction_is_one_and_nobody_looks(patch):
    true = edge_walk._deviations
    patch.setattr(edge_walk, "_random_direction", whatever_is_left)
    patch.setattr(edge_walk, "_deviations", lambda *a: np.nan_to_num(true(*a)))


def directions_by(draw):
    """What is left of a draw of another law; ``draw(normals, n, rng)`` is drawn again as it should be."""

    def wrong(normals, frozen, rng):
        direction, tried = np.zeros(len(frozen)), 0
        while np.linalg.norm(direction) < 1e-6:
            drawn = draw(normals, len(frozen), rng) if tried < 5 else rng.standard_normal(len(frozen))
            direction = normals.project(drawn)
            direction[frozen] = 0.0
            tried += 1
        return direction / np.linalg.norm(direction)

    return wrong


@control("DIS-21", "d")
def all_coordinates_go_the_same_way(patch):
    patch.setattr(edge_walk, "_random_direction", directions_by(lambda _, n, rng: rng.random(n)))


@control("DIS-21", "d")
def one_coordinate_moves_at_a_time(patch):
    axis = lambda _, n, rng: np.eye(n)[rng.integers(n)]  # noqa: E731
    patch.setattr(edge_walk, "_random_direction", directions_by(axis))


@control("DIS-21", "d")
def a_walk_has_one_direction(patch):
    known = []

    def same(normals, n, rng):
        if not known or known[0] is not normals:
            known[:] = [normals, rng.standard_normal(n)]
        return known[1]

    patch.setattr(edge_walk, "_random_direction", directions_by(same))


@control("DIS-21", "b")
def sums_end_after_the_first_block(patch):
    patch.setattr(edge_walk, "_sums_of_blocks", lambda terms: terms[:, :64].sum(axis=1))


@control("DIS-21", "b")
@control("DIS-22", "a")
@control("DIS-23", "a")
def rows_end_after_the_first_block(patch):
    true = edge_walk._unit_rows
    patch.setattr(edge_walk, "_unit_rows", lambda rows: true(rows) * (np.arange(rows.shape[1]) < 64))


@control("DIS-21", "b")
def rows_are_divided_by_norms_that_overflow_or_vanish(patch):
    def wrong(rows):
        with np.errstate(over="ignore", under="ignore"):
            norms = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
        return np.divide(rows, norms, out=np.zeros_like(rows), where=norms > 0)

    patch.setattr(edge_walk, "_unit_rows", wrong)
