"""Deliberately wrong pairs and planes of bits (HAM-9, HAM-27)."""

from importlib import import_module
from inspect import getsource

import numpy as np
from negative_controls import control

from lemmata import hamming
from lemmata.hamming.bit_packed import bit_packed_fft as bit_packed_module
from lemmata.hamming.exact import abrahamson as abrahamson_module
from lemmata.hamming.exact import bit_parallel as bit_parallel_module
from lemmata.hamming.exact import direct_counting

sort_merge_module = import_module(
    "lemmata.hamming.exact.sort_merge"
)  # the package's attribute is the function
packing_costs = import_module("lemmata.proofs_check.hamming.bit_packed.packing_costs")


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


@control("HAM-9", "a")
def pairs_are_counted_twice(patch):
    true = sort_merge_module.count_by_split

    def wrong(problem, split, **observers):
        true(problem, split)
        return true(problem, split, **observers)

    patch.setattr(sort_merge_module, "count_by_split", wrong)


@control("HAM-9", "a")
def all_letters_are_multiplied_besides(patch):
    product = "(problem.text[:problem.m] * problem.pattern)"
    again = f"{product}\n    return count_by_split"
    source = getsource(hamming.sort_merge)
    assert "return count_by_split" in source
    names = dict(vars(sort_merge_module))
    exec(source.replace("return count_by_split", again), names)
    patch.setattr(hamming, "sort_merge", names["sort_merge"])


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


@control("HAM-27", "c")
def all_letters_are_sorted_for_the_largest(patch):
    largest = "max(problem.text.max(), problem.pattern.max())"
    every_letter = "np.unique(np.concatenate([problem.text, problem.pattern]))[-1]"
    patch.setattr(
        bit_parallel_module, "plane_count", edited(bit_parallel_module.plane_count, largest, every_letter)
    )


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
