"""Deliberately broken packing, certificates, repairs and planes (HAM-9 to HAM-17, HAM-27, HAM-29, HAM-30)."""

import sys
from dataclasses import replace

import numpy as np
from negative_controls import control

from lemmata import hamming
from lemmata.hamming import (
    blocks,
    bounds,
    carry_repair,
    direct_counting,
    float_correlation,
    narrow_digits,
    packing_model,
)

abrahamson_module = sys.modules["lemmata.hamming.abrahamson"]
bit_parallel_module = sys.modules["lemmata.hamming.bit_parallel"]
bit_packed_module = sys.modules["lemmata.hamming.bit_packed_fft"]
sum_histogram_module = sys.modules["lemmata.hamming.sum_histogram"]


@control("HAM-9")
def a_pair_is_charged_three_operations(patch):
    patch.setattr(direct_counting, "PER_PAIR", 3)


@control("HAM-9")
def a_pair_at_the_end_of_the_text_is_lost(patch):
    true = abrahamson_module.count_equal_pairs
    patch.setattr(
        abrahamson_module,
        "count_equal_pairs",
        lambda t, *a: true(np.append(t[:-1], a[-1]).astype(t.dtype), *a),
    )


@control("HAM-10")
def the_bound_is_the_smaller_length(patch):
    patch.setattr(packing_model, "letter_mass_bound", lambda n, m: min(n, m))


@control("HAM-11")
def the_weights_are_too_close(patch):
    true = bounds.packing_bits
    patch.setattr(bounds, "packing_bits", lambda m: max(1, true(m) - 3))


@control("HAM-11")
def as_many_letters_as_there_are_share_a_transform(patch):
    patch.setattr(blocks, "packed_rounding_bound", lambda *_: 0.0)


@control("HAM-11")
def the_lower_digits_are_rounded_up(patch):
    def wrong(re, im, start, step, top, mask, matches):
        float_correlation._read_packed_matches_py(re, im, start, step, top, mask, matches)
        matches[:1] += 1

    patch.setattr(float_correlation, "read_packed_matches", wrong)


@control("HAM-12")
def a_carry_between_words_is_lost(patch):
    true = narrow_digits.unpack

    def wrong(words, per_word, bits, digits):
        words = words & np.uint64(2 ** min(63, per_word * bits) - 1)
        return true(words, per_word, bits, digits)

    patch.setattr(narrow_digits, "unpack", wrong)


@control("HAM-12")
def the_certificate_forgets_the_base(patch):
    patch.setattr(narrow_digits, "carries_by_mass", lambda mass, total, bits: (mass - total) >> bits)


@control("HAM-13")
def the_modulus_is_always_the_smallest(patch):
    patch.setattr(carry_repair, "draw_modulus", lambda smallest, rng: smallest)


@control("HAM-13")
def the_modulus_may_be_two_q(patch):
    patch.setattr(
        carry_repair, "draw_modulus", lambda smallest, rng: int(rng.integers(smallest, 2 * smallest + 1))
    )


@control("HAM-14")
def carries_are_solved_without_the_neighbour(patch):
    patch.setattr(carry_repair, "solve_cyclic", lambda right, bits, total: right >> bits)


@control("HAM-14")
def peeling_trusts_classes_with_two_candidates(patch):
    true = carry_repair.CarryTables.peel

    def wrong(self):
        carries, _, steps = true(self)
        return carries, 0, steps

    patch.setattr(carry_repair.CarryTables, "peel", wrong)


@control("HAM-14")
def the_repair_does_not_take_back_the_carry(patch):
    true = sum_histogram_module._Repair.counts
    depth = []

    def wrong(self, digits, carries, budget):
        depth.append(self)
        counts = true(self, digits, carries, budget)
        depth.pop()
        # Only the outermost problem, or the inconsistency would be noticed further out.
        return counts if depth else counts + (np.arange(len(digits)) == 0)

    patch.setattr(sum_histogram_module._Repair, "counts", wrong)


@control("HAM-14")
def the_repair_never_runs(patch):
    true = hamming.sum_histogram

    def wrong(x, y, **options):
        return true(x, y, **(options | {"overflow": "widen"}))

    patch.setattr(hamming, "sum_histogram", wrong)


@control("HAM-15")
def every_letter_is_added_pair_by_pair(patch):
    for module in (bit_packed_module, packing_model):
        patch.setattr(module, "heavy_letters", lambda *_: [])


@control("HAM-15")
def every_letter_is_multiplied_out(patch):
    def all_letters(window, m, in_window, in_pattern, packing):
        return [c for c in range(len(in_pattern)) if in_window[c] and in_pattern[c]]

    for module in (bit_packed_module, packing_model):
        patch.setattr(module, "heavy_letters", all_letters)


@control("HAM-15")
def the_repair_has_no_budget(patch):
    true = sum_histogram_module._Repair.counts
    patch.setattr(sum_histogram_module, "repair_estimate", lambda *_: 0)
    patch.setattr(sum_histogram_module._Repair, "counts", lambda self, d, c, _: true(self, d, c, None))


@control("HAM-15")
def no_digit_ever_overflows(patch):
    true = sum_histogram_module.Packing.bits
    patch.setattr(sum_histogram_module.Packing, "bits", lambda self, *a: true(self, *a)[1:] * 2)


@control("HAM-15")
def products_are_free(patch):
    true = hamming.bit_packed_fft

    def wrong(text, pattern, *, costs, **options):
        return true(text, pattern, **options)

    patch.setattr(hamming, "bit_packed_fft", wrong)


@control("HAM-15")
def the_constant_is_too_small(patch):
    patch.setattr(packing_model, "CERTIFIED", 20)


@control("HAM-16")
def the_model_packs_one_digit(patch):
    true = packing_model.normalised_cost
    patch.setattr(packing_model, "normalised_cost", lambda k, digits: true(k, "single"))


@control("HAM-16")
def the_model_promises_too_little(patch):
    true = packing_model.normalised_cost
    patch.setattr(packing_model, "normalised_cost", lambda k, digits: true(k, digits) / 50)


@control("HAM-16")
def the_model_promises_too_much(patch):
    true = packing_model.normalised_cost
    patch.setattr(packing_model, "normalised_cost", lambda k, digits: true(k, digits) * 4)


@control("HAM-16")
def one_digit_to_a_word_is_packed(patch):
    true = hamming.bit_packed_fft
    patch.setattr(hamming, "bit_packed_fft", lambda t, p, **o: true(t, p, **(o | {"digits": "wide"})))


@control("HAM-17")
def all_moduli_are_the_same(patch):
    patch.setattr(sum_histogram_module, "TABLES", 1)


@control("HAM-17")
def nothing_is_repaired(patch):
    true = hamming.sum_histogram

    def wrong(x, y, **options):
        return true(x, y, **(options | {"overflow": "widen"}))

    patch.setattr(hamming, "sum_histogram", wrong)


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


@control("HAM-29")
def distances_are_off_at_the_middle(patch):
    true = hamming.distances

    def wrong(text, pattern):
        result = true(text, pattern)
        result[len(result) // 2] += 1
        return result

    patch.setattr(hamming, "distances", wrong)


@control("HAM-30")
def wide_digits_are_drawn(patch):
    true = hamming.bit_packed_fft

    def wrong(text, pattern, *, overflow, rng, costs):
        rng.random()
        return true(text, pattern, overflow=overflow, rng=rng, costs=costs)

    patch.setattr(hamming, "bit_packed_fft", wrong)


@control("HAM-30")
def the_plan_has_too_few_bits(patch):
    true = sum_histogram_module.digit_plans

    def wrong(*arguments):
        narrow, wide = true(*arguments)
        return narrow, replace(wide, bits=max(1, wide.bits - 4))

    patch.setattr(sum_histogram_module, "digit_plans", wrong)
