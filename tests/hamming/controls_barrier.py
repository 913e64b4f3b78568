"""Deliberately broken products of matrices (HAM-29)."""

from negative_controls import control

from lemmata import hamming


@control("HAM-29", "a")
def distances_are_off_at_the_middle(patch):
    true = hamming.distances

    def wrong(text, pattern):
        result = true(text, pattern)
        result[len(result) // 2] += 1
        return result

    patch.setattr(hamming, "distances", wrong)
