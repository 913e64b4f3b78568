"""Deliberately wrong pairs, shared transforms and planes of bits (HAM-9, HAM-11, HAM-27)."""

import sys
from importlib import import_module
from inspect import getsource

import numpy as np
from negative_controls import control

from lemmata import hamming
from lemmata.hamming import (
    blocks,
    bounds,
    direct_counting,
    float_correlation,
)

packing_costs = import_module("lemmata.proofs_check.hamming.packing_costs")
abrahamson_module = sys.modules["lemmata.hamming.abrahamson"]
bit_parallel_module = sys.modules["lemmata.hamming.bit_parallel"]
bit_packed_module = sys.modules["lemmata.hamming.bit_packed_fft"]


def edited(function, old, new):
    """The plain function with a change of its source."""
    source = getsource(function)
    assert old in source
    names = dict(function.__globals__)
    exec(source.replace(old, new), names)
    return names[function.__name__]


def pairs_by_brute_force(text, pattern, first, sigma):
    """Seven times every letter of the text with every letter of the pattern."""
    n, m = len(text), len(pattern)
    matches = np.zeros(n + m - 1, dtype=np.int64)
    for repeat in range(7):
        for i in range(n):
            for j in range(m):
                if text[i] == pattern[j] and first <= text[i] < sigma and repeat == 6:
                    matches[i + m - 1 - j] += 1
    return matches


@control("HAM-9", "a")
def pairs_are_found_by_brute_force(patch):
    patch.setattr(abrahamson_module, "count_equal_pairs", pairs_by_brute_force)


@control("HAM-9", "ab")
def letters_that_are_set_aside_are_counted_too(patch):
    wrong = edited(direct_counting._count_equal_pairs_py, "range(first)", "range(0)")
    patch.setattr(abrahamson_module, "count_equal_pairs", wrong)


@control("HAM-9", "ab")
def runs_of_heavy_letters_are_not_closed(patch):
    patch.setattr(bit_packed_module, "end_run", lambda *_: None)


@control("HAM-9", "b")
def long_windows_lose_a_match(patch):
    true = bit_packed_module.take_distances

    def wrong(sums, m, distances):
        true(sums, m, distances)
        distances[-1] += len(sums) > 300

    patch.setattr(bit_packed_module, "take_distances", wrong)


@control("HAM-9", "b")
def a_match_at_the_end_of_the_text_is_lost(patch):
    true = hamming.sort_merge

    def wrong(text, pattern):
        found = true(text, pattern)
        found[-1] += text[-1] == pattern[-1]
        return found

    patch.setattr(hamming, "sort_merge", wrong)


@control("HAM-11", "b")
def the_weights_are_too_close(patch):
    true = bounds.packing_bits
    patch.setattr(bounds, "packing_bits", lambda m: max(1, true(m) - 3))


@control("HAM-11", "b")
def as_many_letters_as_there_are_share_a_transform(patch):
    patch.setattr(blocks, "packed_rounding_bound", lambda *_: 0.0)


@control("HAM-11", "a")
def the_lower_digits_are_rounded_up(patch):
    def wrong(re, im, start, step, top, mask, matches):
        float_correlation._read_packed_matches_py(re, im, start, step, top, mask, matches)
        matches[:1] += 1

    patch.setattr(float_correlation, "read_packed_matches", wrong)


@control("HAM-27", "a")
def the_last_word_is_not_masked(patch):
    true = bit_parallel_module.count_differences

    def wrong(text, pattern, m, distances):
        # Sixty-four letters instead of those that the last word holds.
        true(text, pattern, -(-m // 64) * 64, distances)

    patch.setattr(bit_parallel_module, "count_differences", wrong)


@control("HAM-27", "a")
def planes_are_added_instead_of_joined(patch):
    true = bit_parallel_module.plane_count
    patch.setattr(bit_parallel_module, "plane_count", lambda problem: max(1, true(problem) - 1))


def _plans_by(patch, change):
    true = blocks.packed_rounding_bound
    patch.setattr(blocks, "packed_rounding_bound", lambda *given: change(true, *given))


@control("HAM-11", "b")
def letters_share_while_the_error_is_below_three_quarters(patch):
    _plans_by(patch, lambda true, *given: true(*given) / 2)


@control("HAM-11", "b")
def letters_beyond_a_hundred_do_not_add_to_the_error(patch):
    _plans_by(patch, lambda true, L, m, letters, k: true(L, m, min(letters, 100), k))


@control("HAM-11", "b")
def long_patterns_may_err_more(patch):
    _plans_by(patch, lambda true, L, m, *given: true(L, m, *given) * (0.003 if m >= 20_000 else 1))
