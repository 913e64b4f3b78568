"""Deliberately broken projections and streams (HAM-21, HAM-22, HAM-28)."""

import numpy as np
from negative_controls import control

from lemmata import hamming
from lemmata.hamming import karloff, kopelowitz_porat, streaming


@control("HAM-21")
def the_bits_are_biased(patch):
    true = karloff.karloff

    class Biased:
        def __init__(self, rng):
            self.rng = rng

        def integers(self, _low, _high, size, dtype):
            return (self.rng.random(size) < 0.05).astype(dtype)

    patch.setattr(karloff, "karloff", lambda problem, r, rng: true(problem, r, Biased(rng)))


@control("HAM-21")
def there_are_too_few_repetitions(patch):
    true = karloff.karloff_repetitions
    patch.setattr(karloff, "karloff_repetitions", lambda *a: true(*a) // 2)


@control("HAM-21")
def one_projection_is_taken_for_all(patch):
    true = karloff.karloff
    patch.setattr(karloff, "karloff", lambda problem, r, rng: true(problem, 1, rng))


@control("HAM-22")
def there_are_too_few_letters(patch):
    true = kopelowitz_porat.kopelowitz_porat_letters
    patch.setattr(kopelowitz_porat, "kopelowitz_porat_letters", lambda epsilon: max(2, true(epsilon) // 4))


@control("HAM-22")
def the_projection_creates_mismatches(patch):
    true = karloff.projected_distances
    patch.setattr(
        karloff, "projected_distances", lambda problem, *a: np.minimum(true(problem, *a) + 1, problem.m)
    )


@control("HAM-28")
def the_overlap_is_one_letter_short(patch):
    true = streaming._windows
    patch.setattr(
        streaming, "_windows", lambda text, pattern, *rest: true(text, pattern[:-1] or pattern, *rest)
    )


@control("HAM-28")
def wildcards_of_the_text_are_forgotten(patch):
    true = streaming._windows
    patch.setattr(
        streaming, "_windows", lambda *a: (w._replace(wildcards=w.wildcards & False) for w in true(*a))
    )


@control("HAM-28")
def the_stream_reads_everything_first(patch):
    true = hamming.distances_stream

    def wrong(parts, pattern, **options):
        return true(iter([np.concatenate(list(parts))]), pattern, **options)

    patch.setattr(hamming, "distances_stream", wrong)


@control("HAM-28")
def threads_lose_the_end(patch):
    true = hamming.distances

    def wrong(text, pattern, *, n_jobs=1, **options):
        result = np.array(true(text, pattern, n_jobs=n_jobs, **options))
        if n_jobs != 1:
            result[-1] = 0
        return result

    patch.setattr(hamming, "distances", wrong)
