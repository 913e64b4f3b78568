"""Deliberately broken implementations: each has to be refuted by the check it is registered for."""

import sys
from dataclasses import replace
from inspect import getsource
from math import isqrt

import numpy as np
from negative_controls import control

from lemmata import hamming
from lemmata.hamming import (
    blocks,
    bounds,
    correlation,
    direct_counting,
    float_correlation,
    float_rows,
    float_transform,
    modular_transform,
    two_letters,
)
from lemmata.hamming.fischer_paterson import count_all_letters
from lemmata.hamming.modular_transform import multiply

_P, _LOW = np.uint64(modular_transform.MODULUS), np.uint64(2**32 - 1)

# The package's attribute of this name is the function.
fischer_paterson_module = sys.modules["lemmata.hamming.fischer_paterson"]
bit_parallel_module = sys.modules["lemmata.hamming.bit_parallel"]
abrahamson_module = sys.modules["lemmata.hamming.abrahamson"]
front = sys.modules["lemmata.hamming.distances"]


def _last_is_off(result):
    result = np.array(result)
    result[-1] += 1
    return result


@control("HAM-1")
def a_letter_is_counted_one_too_often(patch):
    true = correlation.count_matches
    patch.setattr(correlation, "count_matches", lambda *a, **k: _last_is_off(true(*a, **k)))


def _charging(name, do_instead):
    """A public function that charges what the true one does and does something else."""
    true = getattr(hamming, name)

    def pretending(text, pattern, *, costs=None, **options):
        true(text, pattern, costs=costs, **options)
        return do_instead(text, pattern)

    return pretending


@control("HAM-2", "a")
def every_letter_is_transformed_sixteen_times(patch):
    true = correlation.count_matches

    def wasteful(problem, letters, *, costs=None, **options):
        # One transform after another for sixteen times as many letters as there are.
        for _ in range(15):
            true(problem, letters, costs=costs, **options)
        return true(problem, letters, costs=costs, **options)

    patch.setattr(fischer_paterson_module, "count_matches", wasteful)


@control("HAM-2", "a")
def blocks_are_sixteen_times_too_long(patch):
    true = correlation.plan_blocks

    def wasteful(n, m, letters):
        plan = true(n, m, letters)
        length = plan.log2_length + 4
        step = (1 << length) - m + 1
        return replace(plan, log2_length=length, step=step, count=-(-(n - m + 1) // step), together=1)

    patch.setattr(correlation, "plan_blocks", wasteful)


@control("HAM-2", "b")
def a_transform_is_charged_too_little(patch):
    true = blocks.transform_word_operations
    patch.setattr(blocks, "transform_word_operations", lambda log2: true(log2) * 9 // 10)


@control("HAM-2", "b")
def long_blocks_are_charged_half(patch):
    true = correlation.correlation_word_operations
    halved = lambda b, k, a: true(b, k, a) // (2 if b.log2_length >= 9 else 1)  # noqa: E731
    patch.setattr(correlation, "correlation_word_operations", halved)


@control("HAM-2", "b")
def rows_are_filled_twice(patch):
    once = float_rows._forward_rows_py
    source = getsource(once)
    call = source[source.index("        forward_into_rows(") :].splitlines()[0] + "\n"
    names = dict(vars(float_rows))
    exec(source.replace(call, call + call), names)
    patch.setattr(float_transform, "forward_rows", names["_forward_rows_py"])


@control("HAM-2", "b")
def the_charge_forgets_what_is_around_the_transforms(patch):
    true = correlation.correlation_word_operations
    patch.setattr(correlation, "correlation_word_operations", lambda b, k, a: true(b, k, a) - 3 * a)


def _charge_who_watches(problem, *, transform="auto", trace=None, costs=None):
    found = count_all_letters(problem, transform=transform, trace=trace, costs=costs)
    if trace is not None and costs is not None:
        costs.charge(word_operations=problem.n)
    return found


@control("HAM-2", "b")
def who_watches_is_charged(patch):
    patch.setattr(fischer_paterson_module, "count_all_letters", _charge_who_watches)


@control("HAM-2", "b")
def the_transform_is_replaced_by_direct_counting(patch):
    patch.setattr(hamming, "per_letter_fft", _charging("per_letter_fft", hamming.sort_merge))


@control("HAM-3", "a")
def the_threshold_is_zero(patch):
    true = hamming.abrahamson
    patch.setattr(hamming, "abrahamson", lambda t, p, **options: true(t, p, **({"threshold": 0} | options)))


@control("HAM-3", "a")
def the_threshold_is_infinite(patch):
    true = hamming.abrahamson
    patch.setattr(
        hamming, "abrahamson", lambda t, p, **options: true(t, p, **({"threshold": len(p)} | options))
    )


@control("HAM-3", "a")
def all_letters_are_correlated_or_none(patch):
    true = abrahamson_module.split_letters

    def wrong(problem, threshold=None):
        if threshold is not None:
            return true(problem, threshold)
        splits = true(problem, 0), true(problem, problem.m)
        return min(splits, key=lambda s: abrahamson_module._word_operations(problem, s.frequent, s.pairs))

    patch.setattr(abrahamson_module, "split_letters", wrong)


@control("HAM-3", "b")
def the_threshold_is_not_looked_at(patch):
    true = abrahamson_module.split_letters
    patch.setattr(abrahamson_module, "split_letters", lambda problem, threshold=None: true(problem, 0))


@control("HAM-3", "c")
def nothing_is_charged(patch):
    true = hamming.abrahamson
    patch.setattr(hamming, "abrahamson", lambda t, p, costs=None, **options: true(t, p, **options))


@control("HAM-3", "c")
def all_letters_are_counted_directly(patch):
    patch.setattr(hamming, "abrahamson", _charging("abrahamson", hamming.sort_merge))


@control("HAM-3", "c")
def many_pairs_are_charged_half(patch):
    true = abrahamson_module._charge

    def wrong(costs, operations):
        true(costs, operations // 2 if operations > 20_000 else operations)

    patch.setattr(abrahamson_module, "_charge", wrong)


@control("HAM-3", "c")
def pairs_are_charged_once(patch):
    patch.setattr(direct_counting, "PER_PAIR", 1)


@control("HAM-4", "a")
def the_roots_have_only_single_precision(patch):
    true = float_transform.butterfly_roots
    rounded = lambda log2: tuple(t.astype(np.float32).astype(np.float64) for t in true(log2))  # noqa: E731
    patch.setattr(float_transform, "butterfly_roots", rounded)


@control("HAM-4", "a")
def a_root_is_off_by_two_ulps(patch):
    true = float_transform.roots_of_unity

    def off(log2_length):
        real, imaginary = (part.copy() for part in true(log2_length))
        real[-1] += 2.0**-52
        return real, imaginary

    patch.setattr(float_transform, "roots_of_unity", off)


@control("HAM-4", "a")
def long_transforms_are_slightly_too_large(patch):
    true = float_transform.forward

    def wrong(re, im, *roots):
        true(re, im, *roots)
        if len(re) >= 2**12:
            re *= 1 + 1e-11
            im *= 1 + 1e-11

    patch.setattr(float_transform, "forward", wrong)


@control("HAM-4", "b")
def the_mass_forgets_the_second_block(patch):
    patch.setattr(bounds, "correlation_mass", lambda log2, m: isqrt((m << log2) - 1) + 1)


@control("HAM-4", "c")
def counts_are_cut_off_and_not_rounded(patch):
    def cut(sums_re, sums_im, start, step, matches):
        float_correlation._read_matches_py(sums_re - 0.5 * sums_re.shape[1], sums_im, start, step, matches)

    patch.setattr(float_correlation, "read_matches", cut)


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
def only_the_first_part_of_a_text_is_right(patch):
    true = float_correlation.add_letters

    def wrong(text, pattern, letters, weights, others, start, *rest):
        true(text, pattern, letters, weights, others, start + (start > 0), *rest)

    patch.setattr(float_correlation, "add_letters", wrong)


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
def the_name_of_an_algorithm_is_ignored(patch):
    patch.setattr(front, "by_name", lambda problem, algorithm: front.by_cheapest(problem))


@control("HAM-6", "d")
def a_named_algorithm_is_off_by_one(patch):
    true = front.BY_NAME["bit_packed_fft"]
    patch.setitem(front.BY_NAME, "bit_packed_fft", lambda t, p: _last_is_off(true(t, p)))


@control("HAM-6", "d")
def split_letters_lose_a_match(patch):
    true = front.count_by_split
    patch.setattr(front, "count_by_split", lambda problem, split: _last_is_off(true(problem, split)))


@control("HAM-6", "d")
def one_correlation_of_signs_is_off_by_one(patch):
    true = front.count_by_signs
    patch.setattr(front, "count_by_signs", lambda problem, blocks: _last_is_off(true(problem, blocks)))


@control("HAM-6", "d")
def letters_that_are_summed_up_lose_a_match(patch):
    true = front.count_matches
    patch.setattr(front, "count_matches", lambda problem, letters: _last_is_off(true(problem, letters)))


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


@control("HAM-7", "b")
def float_is_always_allowed(patch):
    patch.setattr(correlation, "float_is_exact", lambda *_: True)


@control("HAM-7", "a")
def float_is_refused_too_early(patch):
    true = correlation.float_is_exact
    patch.setattr(
        correlation, "float_is_exact", lambda b, m, letters: b.log2_length < 20 and true(b, m, letters)
    )


@control("HAM-7", "c")
def blocks_for_many_letters_are_too_long(patch):
    true = blocks.plan_blocks

    def wrong(n, m, letters):
        plan = true(n, m, letters)
        return replace(plan, log2_length=plan.log2_length + 4) if letters > 5_000 else plan

    patch.setattr(blocks, "plan_blocks", wrong)


@control("HAM-7", "c")
def blocks_grow_with_the_text(patch):
    patch.setattr(blocks, "LONGEST", 64)


def _product_of_a_half(a, b):
    return multiply(a & _LOW, b)


@control("HAM-8", "a")
def the_upper_limb_of_a_factor_is_lost(patch):
    patch.setattr(modular_transform, "multiply", _product_of_a_half)


def _sum_past_the_word(a, b):
    total = a + b
    return total - _P if total >= _P else total


@control("HAM-8", "a")
def a_sum_passes_the_word(patch):
    patch.setattr(modular_transform, "_add_py", _sum_past_the_word)


def _product_with_a_correction(a, b):
    product = multiply(a, b)
    return product - _P if product >= _P else product


@control("HAM-8", "b")
def a_product_is_corrected_once_more(patch):
    patch.setattr(modular_transform, "multiply", _product_with_a_correction)


@control("HAM-8", "c")
def the_generator_has_a_smaller_order(patch):
    patch.setattr(modular_transform, "GENERATOR", 49)


@control("HAM-8", "c")
def a_root_of_a_long_transform_is_wrong(patch):
    true = modular_transform.modular_roots

    def wrong(log2_length):
        roots, inverse_roots = (table.copy() for table in true(log2_length))
        roots[-1] += np.uint64(log2_length >= 10)
        return roots, inverse_roots

    patch.setattr(modular_transform, "modular_roots", wrong)


@control("HAM-8", "c")
def the_inverse_is_the_forward_transform(patch):
    patch.setattr(modular_transform, "inverse", modular_transform.forward)


@control("HAM-27", "b")
def the_planes_are_compared_letter_by_letter(patch):
    patch.setattr(
        bit_parallel_module, "comparison_word_operations", lambda n, m, planes: planes * m * (n - m + 1) * 2
    )


@control("HAM-27", "c")
def the_planes_are_replaced_by_the_definition(patch):
    patch.setattr(hamming, "bit_parallel", _charging("bit_parallel", hamming.by_definition))


@control("HAM-27", "c")
def shifting_the_words_is_not_charged(patch):
    true = bit_parallel_module.comparison_word_operations
    patch.setattr(
        bit_parallel_module, "comparison_word_operations", lambda n, m, p: true(n, m, p) - (n - m + 1) * p
    )
