"""Deliberately broken implementations of distances (HAM-1, HAM-5, HAM-6)."""

from inspect import getsource

import numpy as np
from negative_controls import control

from lemmata import hamming
from lemmata.hamming import algorithms, threads
from lemmata.hamming.correlations import correlation, float_correlation
from lemmata.hamming.correlations.blocks import plan_blocks
from lemmata.hamming.exact import abrahamson as abrahamson_module
from lemmata.hamming.exact import fischer_paterson as fischer_paterson_module
from lemmata.hamming.exact import two_letters


def _last_is_off(result):
    result = np.array(result)
    result[-1] += 1
    return result


@control("HAM-1")
def a_letter_is_counted_one_too_often(patch):
    true = correlation.count_matches
    patch.setattr(correlation, "count_matches", lambda *a, **k: _last_is_off(true(*a, **k)))


@control("HAM-5", "a")
def the_last_alignment_is_off_by_one(patch):
    true = hamming.distances
    patch.setattr(hamming, "distances", lambda t, p, **_: _last_is_off(true(t, p)))


@control("HAM-5", "b")
def distances_are_squared(patch):
    true = hamming.distances
    patch.setattr(hamming, "distances", lambda t, p: true(t, p) ** 2)


@control("HAM-5", "c")
def a_mismatch_at_both_ends_counts_twice(patch):
    true = hamming.distances

    def wrong(text, pattern):
        found, m = np.array(true(text, pattern)), len(pattern)
        ends = (text[: len(found)] != pattern[0]) & (text[m - 1 :] != pattern[-1])
        return found + (ends if m > 1 else 0)

    patch.setattr(hamming, "distances", wrong)


@control("HAM-5", "d")
def texts_of_odd_length_are_read_backwards(patch):
    true = hamming.distances
    patch.setattr(hamming, "distances", lambda t, p: true(t[::-1], p) if len(t) % 2 else true(t, p))


@control("HAM-5", "e")
def single_alignments_count_every_mismatch_thrice(patch):
    true = hamming.distances
    patch.setattr(hamming, "distances", lambda t, p: true(t, p) * (3 if len(t) == len(p) else 1))


@control("HAM-6", "a")
def a_plane_of_bits_is_left_out(patch):
    true = hamming.bit_parallel
    patch.setattr(hamming, "bit_parallel", lambda t, p: true(t % 2, p % 2))


@control("HAM-6", "a")
def a_long_run_is_counted_in_bytes(patch):
    true = hamming.brute_force
    patch.setattr(hamming, "brute_force", lambda t, p: true(t, p) % 256)


@control("HAM-6", "b")
def the_last_alignment_is_forgotten(patch):
    true = hamming.per_letter_fft
    patch.setattr(hamming, "per_letter_fft", lambda t, p, **k: true(t, p, **k)[:-1])


@control("HAM-6", "b")
def only_the_first_part_of_a_text_is_right(patch):
    true = float_correlation.add_letters

    def wrong(text, pattern, letters, weights, others, start, *rest):
        true(text, pattern, letters, weights, others, start + (start > 0), *rest)

    patch.setattr(float_correlation, "add_letters", wrong)


@control("HAM-6", "b")
def a_carry_is_lost(patch):
    true = hamming.bit_packed_fft
    patch.setattr(hamming, "bit_packed_fft", lambda t, p: len(p) - (len(p) - true(t, p)) % 16)


@control("HAM-6", "bc")
def the_transform_that_is_asked_for_is_ignored(patch):
    true = correlation.count_matches
    for module in (fischer_paterson_module, abrahamson_module):
        patch.setattr(module, "count_matches", lambda *a, transform="auto", **options: true(*a, **options))


@control("HAM-6", "bc")
def who_watches_sees_another_transform(patch):
    true = fischer_paterson_module.letter_correlated
    for module in (fischer_paterson_module, abrahamson_module):
        patch.setattr(module, "letter_correlated", lambda problem, letter, _: true(problem, letter, "auto"))


@control("HAM-6", "bc")
def who_does_not_ask_gets_float_beyond_its_bound(patch):
    true = correlation.count_matches

    def wrong(problem, letters, *, transform="auto", **options):
        if transform != "auto":
            return true(problem, letters, transform=transform, **options)
        plan = plan_blocks(problem.n, problem.m, len(letters))
        return correlation.count_matches_by_float(problem, np.array(letters, dtype=np.int32), plan)

    for module in (fischer_paterson_module, abrahamson_module):
        patch.setattr(module, "count_matches", wrong)


@control("HAM-6", "bc")
def float_is_not_refused(patch):
    patch.setattr(correlation, "float_is_exact", lambda *_: True)


@control("HAM-6", "d")
def signs_are_correlated_beyond_their_bound(patch):
    for module in (algorithms, two_letters):
        patch.setattr(module, "one_correlation_is_exact", lambda *_: True)


@control("HAM-6", "c")
def a_letter_at_the_threshold_is_dropped(patch):
    true = hamming.abrahamson

    def wrong(text, pattern, *, threshold, **options):
        letters, counts = np.unique(pattern, return_counts=True)
        hidden = np.where(np.isin(text, letters[counts == threshold]), -1, text)
        return true(hidden, pattern, threshold=threshold, **options)

    patch.setattr(hamming, "abrahamson", wrong)


@control("HAM-6", "d")
def the_name_of_an_algorithm_is_ignored(patch):
    patch.setattr(threads, "by_name", lambda problem, _, costs: algorithms.by_cheapest(problem, costs))


@control("HAM-6", "d")
def a_named_algorithm_is_off_by_one(patch):
    true = algorithms.BY_NAME["bit_packed_fft"]
    patch.setitem(algorithms.BY_NAME, "bit_packed_fft", lambda t, p, **_: _last_is_off(true(t, p)))


@control("HAM-6", "d")
def split_letters_lose_a_match(patch):
    true = algorithms.count_by_split
    patch.setattr(
        algorithms, "count_by_split", lambda problem, split, **_: _last_is_off(true(problem, split))
    )


@control("HAM-6", "d")
def one_correlation_of_signs_is_off_by_one(patch):
    true = algorithms.count_by_signs
    patch.setattr(
        algorithms, "count_by_signs", lambda problem, blocks, **_: _last_is_off(true(problem, blocks))
    )


@control("HAM-6", "d")
def distances_a_little_too_small_are_cut_off(patch):
    source = getsource(two_letters._read_distances_py)
    assert "np.rint(half - correlation[k] * scale)" in source
    names = dict(vars(two_letters))
    exec(source.replace("np.rint(half -", "np.floor(0.01 + half -"), names)
    patch.setattr(two_letters, "read_distances", names["_read_distances_py"])


@control("HAM-6", "d")
def letters_that_are_summed_up_lose_a_match(patch):
    true = algorithms.count_matches
    patch.setattr(
        algorithms, "count_matches", lambda problem, letters, **_: _last_is_off(true(problem, letters))
    )


@control("HAM-6", "d")
def long_patterns_lose_a_match(patch):
    true = hamming.distances

    def wrong(text, pattern, **options):
        result = np.array(true(text, pattern, **options))
        if len(pattern) >= 30:
            result[0] += 1
        return result

    patch.setattr(hamming, "distances", wrong)


@control("HAM-6", "d")
def signs_are_read_as_indicators(patch):
    """The correlation of signs is taken for the number of matches."""
    true = two_letters.count_by_signs
    patch.setattr(two_letters, "count_by_signs", lambda problem: problem.m - (problem.m - 2 * true(problem)))
