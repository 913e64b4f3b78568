"""Deliberately broken projections (HAM-21, HAM-22)."""

from math import ceil, log

import numpy as np
from negative_controls import control

from lemmata.hamming.approximation import approximate, karloff, kopelowitz_porat, projections


@control("HAM-21", "abc")
def the_bits_are_biased(patch):
    true, projected = karloff.karloff, projections.projected_distances

    class Biased:
        def __init__(self, rng):
            self.rng = rng

        def integers(self, _low, _high, size, dtype):
            return (self.rng.random(size) < 0.05).astype(dtype)

    patch.setattr(karloff, "karloff", lambda problem, r, rng, **o: true(problem, r, Biased(rng), **o))
    # Over all images: one of two letters that differ counts twice as often.
    patch.setattr(
        projections, "projected_distances", lambda *a: projected(*a) + (a[1][0] == 1) * (a[1][-1] == 1)
    )


@control("HAM-21", formula="karloff_repetitions")
def there_are_too_few_repetitions(patch):
    true = karloff.karloff_repetitions
    patch.setattr(karloff, "karloff_repetitions", lambda *a: true(*a) // 2)


@control("HAM-21", "c")
def one_projection_is_taken_for_all(patch):
    true = karloff.karloff
    patch.setattr(karloff, "karloff", lambda problem, r, rng, **o: true(problem, 1, rng, **o))


def exact_after_projecting(true):
    """Distances from nowhere, after the right projections."""

    def wrong(problem, *arguments, **options):
        return true(problem, *arguments, **options) * 0 + approximate.by_cheapest(problem)

    return wrong


@control("HAM-21", "c")
def exact_distances_pass_for_a_mean(patch):
    patch.setattr(approximate, "karloff", exact_after_projecting(approximate.karloff))


@control("HAM-21", "c")
def one_projection_is_compared_again_and_again(patch):
    true = karloff.karloff

    def wrong(problem, repetitions, rng, **options):
        seed = int(rng.integers(2**63))
        found = [true(problem, 1, np.random.default_rng(seed), **options) for _ in range(repetitions)]
        return np.mean(found, axis=0)

    patch.setattr(approximate, "karloff", wrong)


@control("HAM-22", "d")
def exact_distances_pass_for_a_largest_one(patch):
    patch.setattr(approximate, "kopelowitz_porat", exact_after_projecting(approximate.kopelowitz_porat))


@control("HAM-22", formula="kopelowitz_porat_letters")
def there_are_too_few_letters(patch):
    true = kopelowitz_porat.kopelowitz_porat_letters
    patch.setattr(kopelowitz_porat, "kopelowitz_porat_letters", lambda epsilon: max(2, true(epsilon) // 4))


@control("HAM-22", "ab")
def the_projection_creates_mismatches(patch):
    true = projections.projected_distances
    patch.setattr(
        projections, "projected_distances", lambda problem, *a: np.minimum(true(problem, *a) + 1, problem.m)
    )


@control("HAM-22", "c")
def letters_are_drawn_from_half_of_them(patch):
    true = kopelowitz_porat.kopelowitz_porat
    patch.setattr(
        kopelowitz_porat, "kopelowitz_porat", lambda problem, q, r, rng, **o: true(problem, 2, r, rng, **o)
    )


def always_of_seed_0(patch):
    """The seed is validated, and then another one is taken."""
    true = approximate.random_numbers
    patch.setattr(approximate, "random_numbers", lambda rng: (true(rng), np.random.default_rng(0))[1])


@control("HAM-21", "c")
def bits_are_always_of_seed_0(patch):
    always_of_seed_0(patch)


@control("HAM-22", "cd")
def images_are_always_of_seed_0(patch):
    always_of_seed_0(patch)


def of_seed_0_without_one(patch):
    """A seed that is given is taken, and without one the choice is always the same."""
    true = approximate.random_numbers
    patch.setattr(approximate, "random_numbers", lambda rng: true(0 if rng is None else rng))


@control("HAM-21", "c")
def bits_without_a_seed_are_of_seed_0(patch):
    of_seed_0_without_one(patch)


@control("HAM-22", "cd")
def images_without_a_seed_are_of_seed_0(patch):
    of_seed_0_without_one(patch)


@control("HAM-21", "c")
def every_error_takes_the_repetitions_of_a_half(patch):
    true = approximate.karloff_repetitions
    patch.setattr(
        approximate, "karloff_repetitions", lambda alignments, _, delta: true(alignments, 0.5, delta)
    )


@control("HAM-22", "d")
def every_probability_takes_the_repetitions_of_one_in_a_billion(patch):
    true = approximate.kopelowitz_porat_repetitions
    patch.setattr(approximate, "kopelowitz_porat_repetitions", lambda alignments, _: true(alignments, 1e-9))


@control("HAM-22", "cd")
def there_are_ten_letters_at_most(patch):
    true = approximate.kopelowitz_porat
    patch.setattr(
        approximate,
        "kopelowitz_porat",
        lambda problem, letters, *rest, **options: true(problem, min(letters, 10), *rest, **options),
    )


class Repeated:
    """Draws that many images for all codes, over and over."""

    def __init__(self, rng, images):
        self.rng, self.images = rng, images

    def integers(self, low, high, size, dtype):
        return np.resize(self.rng.integers(low, high, min(self.images, size), dtype=dtype), size)


@control("HAM-21", "c")
def bits_repeat_after_200(patch):
    true = approximate.karloff
    patch.setattr(
        approximate,
        "karloff",
        lambda problem, r, rng, **options: true(problem, r, Repeated(rng, 200), **options),
    )


@control("HAM-22", "cd")
def images_repeat_after_200(patch):
    true = approximate.kopelowitz_porat
    patch.setattr(
        approximate,
        "kopelowitz_porat",
        lambda problem, q, r, rng, **options: true(problem, q, r, Repeated(rng, 200), **options),
    )


@control("HAM-22", formula="kopelowitz_porat_repetitions")
def repetitions_are_rounded_by_logarithms(patch):
    patch.setattr(
        kopelowitz_porat,
        "kopelowitz_porat_repetitions",
        lambda alignments, delta: max(1, ceil((log(alignments) - log(delta)) / log(4))),
    )


@control("HAM-22", "d")
def the_smallest_projection_is_taken(patch):
    true = approximate.kopelowitz_porat

    def wrong(problem, letters, repetitions, rng, **options):
        found = [true(problem, letters, 1, rng, **options) for _ in range(repetitions)]
        return np.min(found, axis=0)

    patch.setattr(approximate, "kopelowitz_porat", wrong)
