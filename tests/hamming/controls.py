"""Deliberately broken implementations: each has to be refuted by the check it is registered for."""

import sys
from dataclasses import replace

import numpy as np
from negative_controls import control

from lemmata import hamming
from lemmata.hamming import bounds, correlation, float_transform, modular_transform

# The package's attribute of this name is the function.
fischer_paterson_module = sys.modules["lemmata.hamming.fischer_paterson"]
abrahamson_module = sys.modules["lemmata.hamming.abrahamson"]


def _last_is_off(result):
    result = np.array(result)
    result[-1] += 1
    return result


@control("HAM-1")
def a_letter_is_counted_one_too_often(patch):
    true = correlation.count_matches
    patch.setattr(correlation, "count_matches", lambda *a, **k: _last_is_off(true(*a, **k)))


@control("HAM-2")
def every_letter_is_transformed_sixteen_times(patch):
    true = correlation.count_matches

    def wasteful(problem, letters, *, costs, **options):
        # One transform after another for sixteen times as many letters as there are.
        for _ in range(15):
            true(problem, letters, costs=costs, **options)
        return true(problem, letters, costs=costs, **options)

    patch.setattr(fischer_paterson_module, "count_matches", wasteful)


@control("HAM-2")
def blocks_are_sixteen_times_too_long(patch):
    true = correlation.plan_blocks

    def wasteful(n, m, letters):
        plan = true(n, m, letters)
        length = plan.log2_length + 4
        step = (1 << length) - m + 1
        return replace(plan, log2_length=length, step=step, count=-(-(n - m + 1) // step), together=1)

    patch.setattr(correlation, "plan_blocks", wasteful)


@control("HAM-2")
def a_transform_is_charged_too_little(patch):
    true = bounds.transform_word_operations
    patch.setattr(bounds, "transform_word_operations", lambda log2: true(log2) * 9 // 10)


@control("HAM-3")
def the_threshold_is_zero(patch):
    true = hamming.abrahamson
    patch.setattr(hamming, "abrahamson", lambda t, p, *, costs: true(t, p, threshold=0, costs=costs))


@control("HAM-3")
def the_threshold_is_infinite(patch):
    true = hamming.abrahamson
    patch.setattr(hamming, "abrahamson", lambda t, p, *, costs: true(t, p, threshold=len(p), costs=costs))


@control("HAM-3")
def nothing_is_charged(patch):
    true = hamming.abrahamson
    patch.setattr(hamming, "abrahamson", lambda t, p, **_: true(t, p))


@control("HAM-4")
def the_roots_have_only_single_precision(patch):
    true = float_transform.butterfly_roots
    rounded = lambda log2: tuple(t.astype(np.float32).astype(np.float64) for t in true(log2))  # noqa: E731
    patch.setattr(float_transform, "butterfly_roots", rounded)


@control("HAM-4")
def a_root_is_off_by_two_ulps(patch):
    true = float_transform.roots_of_unity

    def off(log2_length):
        real, imaginary = (part.copy() for part in true(log2_length))
        real[-1] += 2.0**-52
        return real, imaginary

    patch.setattr(float_transform, "roots_of_unity", off)


@control("HAM-4")
def the_bound_is_too_small(patch):
    true = bounds.rounding_bound
    patch.setattr(bounds, "rounding_bound", lambda *a: true(*a) / 1000)


@control("HAM-5", "a")
def the_last_alignment_is_off_by_one(patch):
    true = hamming.distances
    patch.setattr(hamming, "distances", lambda t, p: _last_is_off(true(t, p)))


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
def a_carry_is_lost(patch):
    true = hamming.bit_packed_fft
    patch.setattr(hamming, "bit_packed_fft", lambda t, p: len(p) - (len(p) - true(t, p)) % 16)


@control("HAM-6", "c")
def a_letter_at_the_threshold_is_dropped(patch):
    true = hamming.abrahamson

    def wrong(text, pattern, *, threshold, **options):
        letters, counts = np.unique(pattern, return_counts=True)
        hidden = np.where(np.isin(text, letters[counts == threshold]), -1, text)
        return true(hidden, pattern, threshold=threshold, **options)

    patch.setattr(hamming, "abrahamson", wrong)


@control("HAM-6", "d")
def long_patterns_lose_a_match(patch):
    true = hamming.distances

    def wrong(text, pattern, **options):
        result = np.array(true(text, pattern, **options))
        if len(pattern) >= 30:
            result[0] += 1
        return result

    patch.setattr(hamming, "distances", wrong)


@control("HAM-7")
def float_is_always_allowed(patch):
    patch.setattr(correlation, "float_is_exact", lambda *_: True)


@control("HAM-7")
def float_is_refused_too_early(patch):
    true = correlation.float_is_exact
    patch.setattr(
        correlation, "float_is_exact", lambda b, m, letters: b.log2_length < 20 and true(b, m, letters)
    )


@control("HAM-8")
def the_reduction_forgets_a_case(patch):
    def wrong(a, b):
        return np.uint64(int(a) * int(b) % 2**64 % modular_transform.MODULUS)

    patch.setattr(modular_transform, "multiply", wrong)


@control("HAM-8")
def the_generator_has_a_smaller_order(patch):
    patch.setattr(modular_transform, "GENERATOR", 49)


@control("HAM-8")
def the_inverse_is_the_forward_transform(patch):
    patch.setattr(modular_transform, "inverse", modular_transform.forward)
