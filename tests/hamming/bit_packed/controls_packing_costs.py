"""Work that is not charged, budgets not kept and false constants of bit-packed transforms (HAM-15)."""

from dataclasses import replace
from importlib import import_module
from inspect import getsource
from textwrap import dedent

import numpy as np
from negative_controls import control

from lemmata import hamming
from lemmata.hamming.bit_packed import bit_packed_fft as bit_packed_module
from lemmata.hamming.bit_packed import narrow_digits, packing, packing_model
from lemmata.hamming.bit_packed import sum_histogram as sum_histogram_module

packing_costs = import_module("lemmata.proofs_check.hamming.bit_packed.packing_costs")


@control("HAM-15", "a")
def every_letter_is_added_pair_by_pair(patch):
    for module in (bit_packed_module, packing_model):
        patch.setattr(module, "heavy_letters", lambda *_: [])


@control("HAM-15", "a")
def every_likely_letter_is_multiplied_out(patch):
    for module in (bit_packed_module, packing_model):
        patch.setattr(module, "heavy_letters", lambda w, m, x, y, likely, p: likely)
        patch.setattr(module, "least_product", lambda *_: 1)


@control("HAM-15", "a")
def transforms_are_direct_counting(patch):
    def direct(x, y, plan):
        counts = np.convolve(x, y)
        return np.append(counts, np.zeros(plan.digits - len(counts), dtype=np.int64)), int(counts.sum())

    patch.setattr(sum_histogram_module, "product_digits", direct)


@control("HAM-15", "a")
def the_average_count_is_rounded_down(patch):
    true = packing.Packing.bits

    def wrong(self, size, mass, largest):
        return true(self, size, max(size, mass // size * size), largest)

    patch.setattr(packing.Packing, "bits", wrong)


@control("HAM-15", "a")
def wide_digits_are_narrow(patch):
    true = packing.Packing.bits

    def wrong(self, *sums):
        return true(replace(self, digits="narrow") if self.digits == "wide" else self, *sums)

    patch.setattr(packing.Packing, "bits", wrong)


@control("HAM-15", "a")
def products_are_free(patch):
    true = hamming.bit_packed_fft

    def wrong(text, pattern, *, costs, **options):
        return true(text, pattern, **options)

    patch.setattr(hamming, "bit_packed_fft", wrong)


@control("HAM-15", "a")
def x_and_y_are_folded_and_packed_for_nothing(patch):
    patch.setattr(narrow_digits, "pack_operations", lambda digits, length: 0)


@control("HAM-15", "a")
def long_patterns_are_indexed_a_hundred_times(patch):
    true = bit_packed_module.index_operations
    longer = lambda m, sigma: true(m, sigma) + (100 * m if m > 5_000 else 0)  # noqa: E731
    patch.setattr(bit_packed_module, "index_operations", longer)


@control("HAM-15", "a")
def wide_digits_are_charged_pair_by_pair(patch):
    true = hamming.bit_packed_fft

    def wrong(text, pattern, *, costs, **options):
        if options.get("digits") == "wide" and len(pattern) > 200:
            costs.charge(word_operations=1_000 * len(text) * len(pattern))
        return true(text, pattern, costs=costs, **options)

    patch.setattr(hamming, "bit_packed_fft", wrong)


def _besides(patch, work):
    """Work on the window and the index of every piece that nobody is charged for."""
    true = bit_packed_module._count_piece

    def wrong(window, index, *rest):
        work(window, index)
        return true(window, index, *rest)

    patch.setattr(bit_packed_module, "_count_piece", wrong)


@control("HAM-15", "ab")
def frequencies_are_subtracted_for_every_piece_uncharged(patch):
    _besides(patch, lambda window, index: np.diff(index.begin))


@control("HAM-15", "a")
def long_windows_are_convolved_with_themselves(patch):
    _besides(patch, lambda window, index: np.convolve(window, window) if len(window) > 5_000 else None)


@control("HAM-15", "a")
def a_window_is_read_letter_by_letter(patch):
    _besides(patch, lambda window, index: [int(letter) for letter in window])


@control("HAM-15", "ab")
def later_pieces_index_the_pattern_anew(patch):
    true, before = bit_packed_module._count_piece, []

    def wrong(window, index, *rest):
        if any(index is other for other in before):
            bit_packed_module.index_pattern(np.zeros(len(index.positions), dtype=np.int32), 1)
        before[:] = [index]
        return true(window, index, *rest)

    patch.setattr(bit_packed_module, "_count_piece", wrong)


@control("HAM-15", "a")
def long_products_are_direct_counting(patch):
    true = bit_packed_module.histogram

    def wrong(x, y, packing, rng, trace, costs):
        found = true(x, y, packing, rng, trace, costs)
        return np.convolve(x.counts, y.counts) if len(x.counts) > 1_000 else found

    patch.setattr(bit_packed_module, "histogram", wrong)


@control("HAM-15", "a")
def the_product_is_computed_again_by_numpy(patch):
    new = "np.convolve(np.asarray(x), np.asarray(y))\n    digits = np.empty("
    _changed(patch, narrow_digits, "product_digits", "digits = np.empty(", new, narrow_digits)
    patch.setattr(sum_histogram_module, "product_digits", narrow_digits.product_digits)


@control("HAM-15", "a")
def digits_are_sorted_once_unpacked(patch):
    old = "return digits, int(unpack(words, plan.per_word, plan.bits, digits))"
    new = old.replace("return digits, ", "total = ") + "; np.sort(digits); return digits, total"
    _changed(patch, narrow_digits, "product_digits", old, new, narrow_digits)
    patch.setattr(sum_histogram_module, "product_digits", narrow_digits.product_digits)


@control("HAM-15", "a")
def distances_are_convolved_with_themselves(patch):
    old = "take_distances(sums, m, distances)\n"
    new = f"{old}    np.convolve(distances, distances)\n"
    _changed(patch, bit_packed_module, "_count_piece", old, new, bit_packed_module)


@control("HAM-15", "b")
def what_peeling_found_is_sorted(patch):
    old = "found, undecided = tables.peel()\n"
    _changed(patch, sum_histogram_module._Repair, "counts", old, f"{old}        np.sort(found)\n")


@control("HAM-15", "b")
def the_repair_has_no_budget(patch):
    true = sum_histogram_module._Repair.counts
    patch.setattr(sum_histogram_module, "repair_estimate", lambda *_: 0)
    patch.setattr(sum_histogram_module._Repair, "counts", lambda self, d, c, _: true(self, d, c, None))


@control("HAM-15", "b")
def the_budget_of_a_repair_is_doubled(patch):
    budget = "min(pairs, wide.operations) - reading"
    source = getsource(sum_histogram_module.histogram)
    assert budget in source
    for module in (sum_histogram_module, bit_packed_module):
        patch.setattr(module, "histogram", None)
    exec(source.replace(budget, "2 * " + budget), vars(sum_histogram_module))
    bit_packed_module.histogram = sum_histogram_module.histogram


def _changed(patch, owner, name, old, new, module=sum_histogram_module):
    """A function of a module, or a method of a repair, with a change of its source."""
    source = dedent(getsource(getattr(owner, name)))
    assert old in source
    scope = {}
    exec("from __future__ import annotations\n" + source.replace(old, new), vars(module), scope)
    patch.setattr(owner, name, scope[name])


@control("HAM-15", "b")
def folded_problems_are_reckoned_not_to_overflow(patch):
    _changed(patch, sum_histogram_module, "histogram_at_most", "3 * min", "1 * min")


@control("HAM-15", "b")
def solving_is_left_out_of_the_budget(patch):
    _changed(patch, sum_histogram_module._Repair, "_folded", "self.packing) + solving", "self.packing)")


@control("HAM-15", "b")
def peeling_is_left_out_of_the_budget(patch):
    reckoned = "tables.peel_at_most + 3 * len(digits)"
    _changed(patch, sum_histogram_module._Repair, "counts", reckoned, "0")


@control("HAM-15", "b")
def narrow_digits_are_taken_even_if_dearer(patch):
    cheaper = "(forced or narrow.operations < wide.operations)"
    _changed(patch, sum_histogram_module, "histogram", cheaper, "True")


@control("HAM-15", "b")
def a_repair_is_tried_whatever_its_estimate(patch):
    estimated = "repair_estimate(x, y, packing) < budget"
    _changed(patch, sum_histogram_module, "histogram", estimated, "True")


@control("HAM-15", "b")
def no_digit_ever_overflows(patch):
    true = sum_histogram_module.Packing.bits
    patch.setattr(sum_histogram_module.Packing, "bits", lambda self, *a: true(self, *a)[1:] * 2)


@control("HAM-15", "c")
def the_constant_is_99(patch):
    patch.setattr(packing_costs, "CONSTANT", 99)


@control("HAM-15", "d")
def the_dearest_length_is_another(patch):
    patch.setattr(packing_costs, "DEAREST", 174_894)
