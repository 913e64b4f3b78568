"""Deliberately broken packing, certificates and repairs (HAM-10, HAM-12 to 14, HAM-16, HAM-17, HAM-30)."""

from dataclasses import replace
from inspect import getsource

import numpy as np
from negative_controls import control

from lemmata import hamming
from lemmata.claims import Run
from lemmata.hamming.bit_packed import bit_packed_fft as bit_packed_module
from lemmata.hamming.bit_packed import carry_repair, narrow_digits, packing, packing_model
from lemmata.hamming.bit_packed import sum_histogram as sum_histogram_module


def false_formula(patch, name, change):
    """A false variant of a clause: the book's formula of that name, changed."""
    true = Run.formula

    def formula(self, asked, **options):
        value = true(self, asked, **options)
        return (lambda *arguments: change(value(*arguments))) if asked == name else value

    patch.setattr(Run, "formula", formula)


@control("HAM-10", "a")
def the_bound_is_the_smaller_length(patch):
    false_formula(patch, "letter_mass_bound", lambda bound: bound / 2)


@control("HAM-10", "b")
def the_bound_is_never_attained(patch):
    false_formula(patch, "letter_mass_bound", lambda bound: bound + 1)


@control("HAM-12", "a")
def a_carry_between_words_is_lost(patch):
    true = narrow_digits.unpack

    def wrong(words, per_word, bits, digits):
        words = words & np.uint64(2 ** min(63, per_word * bits) - 1)
        return true(words, per_word, bits, digits)

    patch.setattr(narrow_digits, "unpack", wrong)


@control("HAM-12", "a")
def a_word_holds_one_digit_more(patch):
    true = narrow_digits.plan_digits

    def wrong(a, b, largest, bits, word_bits):
        return true(a, b, largest, bits, word_bits + 4 * bits)

    patch.setattr(narrow_digits, "plan_digits", wrong)


@control("HAM-12", "a")
def there_is_a_guard_digit_too_few(patch):
    source = getsource(narrow_digits.plan_digits)
    assert "-(-(count_bits + 1) // bits)" in source
    scope = dict(vars(narrow_digits))
    exec(source.replace("-(-(count_bits + 1) // bits)", "-(-(count_bits - 1) // bits)"), scope)
    patch.setattr(narrow_digits, "plan_digits", scope["plan_digits"])


@control("HAM-12", "b")
def the_certificate_forgets_the_base(patch):
    patch.setattr(narrow_digits, "carries_by_mass", lambda mass, total, bits: (mass - total) >> bits)


@control("HAM-12", "c")
def the_certificate_accepts_single_carries(patch):
    true = narrow_digits.carries_by_mass
    patch.setattr(narrow_digits, "carries_by_mass", lambda *arguments: max(0, true(*arguments) - 1))


@control("HAM-13", "a")
def a_difference_has_one_modulus_less(patch):
    false_formula(patch, "dividing_moduli_at_most", lambda bound: bound - 1)


@control("HAM-13", "b")
def the_modulus_is_always_the_smallest(patch):
    patch.setattr(carry_repair, "draw_modulus", lambda smallest, rng: smallest)


@control("HAM-13", "b")
def the_modulus_may_be_two_q(patch):
    patch.setattr(
        carry_repair, "draw_modulus", lambda smallest, rng: int(rng.integers(smallest, 2 * smallest + 1))
    )


@control("HAM-13", "b")
def small_moduli_are_likelier(patch):
    def wrong(smallest, rng):
        return smallest + int(
            min(rng.integers(0, smallest, 2)) if rng.random() < 0.3 else rng.integers(smallest)
        )

    patch.setattr(carry_repair, "draw_modulus", wrong)


@control("HAM-14", "a")
def carries_are_solved_without_the_neighbour(patch):
    def wrong(counts, digits, bits, total, solution):
        solution[:] = (counts - digits) >> bits
        return True, 0

    patch.setattr(carry_repair, "solve_cyclic", wrong)


@control("HAM-14", "a")
def remainders_are_not_looked_at(patch):
    source = getsource(carry_repair._solve_cyclic_py)
    assert " & (rest == 0)" in source
    scope = dict(vars(carry_repair))
    exec(source.replace(" & (rest == 0)", ""), scope)
    patch.setattr(carry_repair, "solve_cyclic", scope["_solve_cyclic_py"])


@control("HAM-14", "b")
def peeling_trusts_classes_with_two_candidates(patch):
    true = carry_repair.CarryTables.peel
    patch.setattr(carry_repair.CarryTables, "peel", lambda self: (true(self)[0], 0))


@control("HAM-14", "c")
def the_repair_does_not_take_back_the_carry(patch):
    def wrong(digits, carries, bits):
        digits += carries << bits

    patch.setattr(sum_histogram_module, "take_back", wrong)


@control("HAM-14", "c")
def the_repair_never_runs(patch):
    true = hamming.sum_histogram

    def wrong(x, y, **options):
        return true(x, y, **(options | {"overflow": "widen"}))

    patch.setattr(hamming, "sum_histogram", wrong)


@control("HAM-16", "a")
def the_model_packs_one_digit(patch):
    true = packing_model.normalised_cost
    patch.setattr(packing_model, "normalised_cost", lambda k, digits: true(k, "single"))


@control("HAM-16", "b")
def the_model_always_packs(patch):
    true = packing_model.normalised_cost
    patch.setattr(packing_model, "normalised_cost", lambda k, digits: true(k, "wide"))


@control("HAM-16", "c")
def the_model_promises_too_little(patch):
    true = packing_model.normalised_cost
    patch.setattr(packing_model, "normalised_cost", lambda k, digits: true(k, digits) / 2)


@control("HAM-16", "c")
def the_model_promises_too_much(patch):
    true = packing_model.normalised_cost
    patch.setattr(packing_model, "normalised_cost", lambda k, digits: true(k, digits) * 2)


@control("HAM-16", "c")
def one_digit_to_a_word_is_packed(patch):
    true = hamming.bit_packed_fft
    patch.setattr(hamming, "bit_packed_fft", lambda t, p, **o: true(t, p, **(o | {"digits": "wide"})))


@control("HAM-16", "ad")
def repairs_are_free_in_the_model(patch):
    patch.setattr(packing_model, "repair_operations", lambda *a: 0)


@control("HAM-16", "d")
def all_digits_are_wide(patch):
    true = packing.Packing.bits
    patch.setattr(packing.Packing, "bits", lambda self, *a: (true(self, *a)[1],) * 2)


@control("HAM-17", "a")
def every_digit_has_one_bit(patch):
    true = sum_histogram_module.Packing.bits
    patch.setattr(sum_histogram_module.Packing, "bits", lambda self, *a: (1, true(self, *a)[1]))


@control("HAM-17", "b")
def a_round_has_one_table(patch):
    patch.setattr(sum_histogram_module, "TABLES", 1)


@control("HAM-17", "b")
def a_round_has_two_tables(patch):
    patch.setattr(sum_histogram_module, "TABLES", 2)


@control("HAM-17", "b")
def moduli_are_doubled_every_second_round(patch):
    true = sum_histogram_module.modulus_of_round
    patch.setattr(sum_histogram_module, "modulus_of_round", lambda p, number: true(p, (number + 1) // 2))


@control("HAM-17", "b")
def large_moduli_are_multiples_of_eight(patch):
    true = sum_histogram_module.draw_modulus

    def wrong(smallest, rng):
        drawn = true(smallest, rng)
        return drawn if smallest <= 64 else max(smallest, drawn // 8 * 8)

    patch.setattr(sum_histogram_module, "draw_modulus", wrong)


@control("HAM-17", "b")
def moduli_are_drawn_from_an_eighth(patch):
    patch.setattr(
        sum_histogram_module, "draw_modulus", lambda low, rng: int(rng.integers(low, low + max(1, low // 8)))
    )


@control("HAM-17", "b")
def a_modulus_is_taken_three_times(patch):
    true, last = sum_histogram_module.draw_modulus, []

    def wrong(smallest, rng):
        if len(last) % 3 == 0 or last[-1][0] != smallest:
            last.append((smallest, true(smallest, rng)))
        else:
            last.append(last[-1])
        return last[-1][1]

    patch.setattr(sum_histogram_module, "draw_modulus", wrong)


@control("HAM-17", "b")
def only_the_last_rounds_tables_are_peeled(patch):
    true = carry_repair.CarryTables.peel

    def wrong(self):
        last = carry_repair.CarryTables(self.positions, self.moduli[-3:], self.sums[-3:])
        found = true(last)
        self.operations += last.operations
        return found

    patch.setattr(carry_repair.CarryTables, "peel", wrong)


@control("HAM-17", "b")
def all_moduli_are_the_same(patch):
    patch.setattr(sum_histogram_module, "draw_modulus", lambda smallest, rng: smallest)


@control("HAM-17", "c")
def moduli_are_never_doubled(patch):
    for module in (carry_repair, sum_histogram_module):
        patch.setattr(module, "modulus_of_round", lambda positions, _: carry_repair.first_modulus(positions))


@control("HAM-30", "c")
def wide_digits_are_drawn(patch):
    true = hamming.bit_packed_fft

    def wrong(text, pattern, *, rng, **options):
        rng.random()
        return true(text, pattern, rng=rng, **options)

    patch.setattr(hamming, "bit_packed_fft", wrong)


@control("HAM-30", "c")
def overflows_are_repaired_whatever_was_asked_for(patch):
    true = sum_histogram_module.histogram

    def wrong(x, y, packing, *rest):
        return true(x, y, replace(packing, overflow="auto"), *rest)

    for module in (sum_histogram_module, bit_packed_module):
        patch.setattr(module, "histogram", wrong)


@control("HAM-30", "c")
def digits_that_carry_are_taken_for_counts(patch):
    true = sum_histogram_module.carries_by_mass
    patch.setattr(sum_histogram_module, "carries_by_mass", lambda *a: 0 * true(*a))


@control("HAM-30", "c")
def the_plan_has_too_few_bits(patch):
    true = sum_histogram_module.digit_plans

    def wrong(*arguments):
        narrow, wide = true(*arguments)
        return narrow, replace(wide, bits=max(1, wide.bits - 4))

    patch.setattr(sum_histogram_module, "digit_plans", wrong)
