"""Deliberately broken encodings and sums (HAM-23 to HAM-25)."""

from inspect import getsource
from types import FunctionType

import numpy as np
from negative_controls import control

from lemmata import hamming
from lemmata.hamming.sums import dense_sums, pair_sums, sparse_sums, sumsets, three_sum


@control("HAM-23")
def letters_overlap_with_positions(patch):
    patch.setattr(three_sum, "width_of", lambda n: max(1, n // 2))


@control("HAM-23")
def the_range_is_one_too_short(patch):
    true = three_sum.counting_three_sum

    def wrong(a, b, length):
        counts = np.array(true(a, b, length))
        counts[-1] = 0
        return counts

    patch.setattr(three_sum, "counting_three_sum", wrong)


@control("HAM-23")
def distances_are_taken_directly(patch):
    patch.setattr(hamming, "distances_by_three_sum", lambda text, pattern: hamming.distances(text, pattern))


@control("HAM-24", "a")
def three_sums_are_counted_directly(patch):
    def wrong(a, b, length, *, trace):
        counts = three_sum.counting_three_sum(a, b, length)
        for bit in range(40):
            if (counts >> bit & 1).any():
                trace.append(three_sum.LayersCompared(1 << bit, (1, 1), counts >> bit & 1))
        return counts

    patch.setattr(hamming, "three_sum_by_distances", wrong)


@control("HAM-24", "a")
def differences_across_blocks_are_lost(patch):
    true = three_sum.distances

    def wrong(text, pattern, **observers):
        cut = np.array(text)
        cut[len(pattern) :] = 1
        return true(cut, pattern, **observers)

    patch.setattr(three_sum, "distances", wrong)


@control("HAM-24", "a")
def only_the_first_layer_is_counted(patch):
    true = three_sum._layers
    patch.setattr(three_sum, "_layers", lambda *a: list(true(*a))[:1])


@control("HAM-24", "b")
def equal_elements_are_not_merged(patch):
    true = three_sum._layers

    def wrong(elements, counts, length):
        for weight, layer in true(elements, counts, length):
            for _ in range(min(weight, 8)):
                yield 1, layer

    patch.setattr(three_sum, "_layers", wrong)


@control("HAM-25", "a")
def repeated_elements_count_once(patch):
    true = sumsets._multiset

    def wrong(name, elements):
        low, distinct, counts = true(name, elements)
        return low, distinct, np.ones_like(counts)

    patch.setattr(sumsets, "_multiset", wrong)


@control("HAM-25", "a")
def the_sparse_method_forgets_a_lift(patch):
    true = sparse_sums.Peeling.counts_by

    def wrong(self, rng):
        counts = true(self, rng)
        counts[-1] = 0
        return counts

    patch.setattr(sparse_sums.Peeling, "counts_by", wrong)


@control("HAM-25", "a")
def a_set_is_always_found_the_cheapest_way(patch):
    def wrong(a, b, *, method="auto", **options):
        return hamming.sum_counts(a, b, **options).sums

    patch.setattr(hamming, "sumset", wrong)


@control("HAM-25", "a")
def ranges_may_be_half_as_long(patch):
    true = sumsets._by_range

    def wrong(x, y, *observers):
        if sumsets._span(x, y) > sumsets.LONGEST_RANGE // 2:
            raise ValueError("too long")
        return true(x, y, *observers)

    patch.setattr(sumsets, "_by_range", wrong)


@control("HAM-25", "b")
def parts_have_a_sum_less(patch):
    patch.setattr(pair_sums, "BUFFER", pair_sums.BUFFER - 1)


@control("HAM-25", "b")
def every_pair_is_taken_twice(patch):
    true = sumsets.pair_sums

    def wrong(*arguments):
        true(*arguments)
        return true(*arguments)

    patch.setattr(pair_sums, "pair_sums", wrong)
    patch.setattr(sumsets, "pair_sums", wrong)


@control("HAM-25", "g")
def a_match_of_rows_is_not_charged(patch):
    patch.setattr(pair_sums, "PER_MATCH", 0)


@control("HAM-25", "g")
def candidates_are_decided_for_nothing(patch):
    true = sparse_sums.Peeling.peel

    def wrong(self):
        costs, self.spending.costs = self.spending.costs, None
        true(self)
        self.spending.costs = costs

    patch.setattr(sparse_sums.Peeling, "peel", wrong)


@control("HAM-25", "f")
def only_one_table_is_charged(patch):
    true = dense_sums.table_operations
    patch.setattr(dense_sums, "table_operations", lambda n, length: true(n, length) - length)


@control("HAM-25", "f")
def the_range_is_doubled(patch):
    true = sumsets.multiply_out
    patch.setattr(sumsets, "multiply_out", lambda x, y, bits, span, *rest: true(x, y, bits, 2 * span, *rest))


@control("HAM-25", "a")
def a_second_buffer_is_one_off(patch):
    true = hamming.sum_counts

    def wrong(*elements, method="auto", **options):
        found = true(*elements, method=method, **options)
        if method == "pairs":
            found.sums[pair_sums.BUFFER :] += 1
        return found

    patch.setattr(hamming, "sum_counts", wrong)


@control("HAM-25", "g")
def further_buffers_are_not_charged(patch):
    patch.setattr(pair_sums, "PER_BUFFER", 0)


@control("HAM-25", "c")
def pairs_are_always_taken(patch):
    def wrong(x, y, rng, trace, costs):
        return sumsets._by_pairs(x, y, trace, costs)

    patch.setattr(sumsets, "_by_cheapest", wrong)


@control("HAM-25", "c")
def what_was_spent_in_vain_is_not_charged(patch):
    true = sumsets.Spending
    patch.setattr(sumsets, "Spending", lambda costs, *budget: true(None if budget else costs, *budget))


@control("HAM-25", "c")
def nothing_is_left_for_multiplying_out(patch):
    true = sumsets.refinement_budget

    def wrong(n_a, n_b, span):
        return max(true(n_a, n_b, span), min(sumsets.dense_operations(n_a + n_b, span), 2**62))

    patch.setattr(sumsets, "_by_cheapest", with_budget(wrong))


@control("HAM-25", "c")
def the_budget_is_what_pairs_take_at_most(patch):
    patch.setattr(
        sumsets, "_by_cheapest", with_budget(lambda n_a, n_b, _: pair_sums.pair_operations(n_a, n_b))
    )


def with_budget(budget):
    """A choice with another budget, which leaves the function of that name as it is."""
    names = {**vars(sumsets), "refinement_budget": budget}
    return FunctionType(sumsets._by_cheapest.__code__, names)


@control("HAM-25", formula="refinement_budget")
def the_budget_is_larger(patch):
    true = sumsets.refinement_budget
    patch.setattr(sumsets, "refinement_budget", lambda *sizes: true(*sizes) * 2)


@control("HAM-25", formula="least_pair_operations")
def a_pair_takes_less(patch):
    true = pair_sums.least_pair_operations
    patch.setattr(pair_sums, "least_pair_operations", lambda *sizes: true(*sizes) - 1)


@control("HAM-25", "e")
def moduli_stay_as_small_as_they_were(patch):
    def wrong(self, rng):
        size = max(64, 2 * len(self.candidates))
        while self.left:
            modulus = int(rng.integers(size, 2 * size))
            self.add(modulus)
            self.peel()
            sparse_sums.emit(self.trace, sparse_sums.ClassesCounted(modulus, self.left))
        return self.counts

    patch.setattr(sparse_sums.Peeling, "counts_by", wrong)


@control("HAM-25", "d")
def fewer_candidates_are_reported(patch):
    true = sparse_sums.BitLearned
    patch.setattr(sparse_sums, "BitLearned", lambda bits, candidates, sums: true(bits, sums, sums))


@control("HAM-25", "c")
def the_sparse_way_is_never_given_up(patch):
    patch.setattr(sumsets, "least_sparse_operations", lambda *_: 0)
    patch.setattr(dense_sums.Spending, "allow", lambda self, at_most: None)


@control("HAM-25", "d")
def a_bit_of_the_elements_is_read_twice(patch):
    true = sparse_sums.Peeling.counts_by

    def wrong(self, rng):
        counts = true(self, rng)
        counts[-1] = max(1, counts[-1])
        return counts

    patch.setattr(sparse_sums.Peeling, "counts_by", wrong)


@control("HAM-25", "d")
def a_candidate_is_listed_twice(patch):
    true = sparse_sums.lifted

    def wrong(*arguments):
        return np.repeat(true(*arguments), 2)

    def counts_by(self, rng):
        single = sparse_sums.Peeling(self.candidates[::2], self.x, self.y, self.bits, self.spending)
        return np.array([[count, 0] for count in counted(single, rng)], dtype=np.int64).ravel()

    counted = sparse_sums.Peeling.counts_by
    patch.setattr(sparse_sums, "lifted", wrong)
    patch.setattr(sparse_sums.Peeling, "counts_by", lambda self, rng: counts_by(self, rng))


@control("HAM-25", "e")
def the_range_is_paid_for(patch):
    true = hamming.sum_counts

    def wrong(a, b, *, method="auto", rng=None, trace=None, costs=None):
        if costs is not None:
            costs.charge(word_operations=int(np.max(a)) + int(np.max(b)) - int(np.min(a)) + 1)
        return true(a, b, method=method, rng=rng, trace=trace, costs=costs)

    patch.setattr(hamming, "sum_counts", wrong)


def _besides(patch, owner, name, before, line):
    """A function with one line more, in its own module and where it is imported."""
    source = getsource(getattr(owner, name))
    assert source.count(before) == 1
    indent = before[: len(before) - len(before.lstrip())]
    scope = {}
    exec(
        "from __future__ import annotations\n" + source.replace(before, f"{indent}{line}\n{before}"),
        vars(owner),
        scope,
    )
    for module in (owner, sparse_sums, sumsets):
        if hasattr(module, name):
            patch.setattr(module, name, scope[name])


@control("HAM-25", "g")
def all_pairs_are_sorted_besides(patch):
    _besides(
        patch,
        pair_sums,
        "pair_sums",
        "    keys = np.full(leaves, _LAST)\n",
        "np.sort(np.add.outer(x, y).ravel())",
    )


@control("HAM-25", "g")
def all_pairs_are_sorted_before_bits_are_learned(patch):
    line = "np.sort(np.add.outer(x.elements, y.elements).ravel())"
    _besides(patch, sparse_sums, "refine", "    for level in range(known, bits):\n", line)


@control("HAM-25", "g")
def the_product_is_transformed_again_by_numpy(patch):
    line = "np.fft.rfft(table.astype(float), 16 * length)"
    _besides(patch, dense_sums, "multiply_out", "    found = int(count_present(table))\n", line)


@control("HAM-25", "g")
def the_elements_are_copied_and_sorted_again(patch):
    _besides(patch, dense_sums, "multiplied", "    tables = []\n", "np.sort(np.asarray(x.elements))")


@control("HAM-25", "g")
def the_elements_are_read_one_by_one(patch):
    line = "sorted(int(element) for _ in range(9) for element in y)"
    _besides(patch, pair_sums, "pair_sums", "    keys = np.full(leaves, _LAST)\n", line)


@control("HAM-25", "g")
def the_sums_are_sorted_once_more(patch):
    true = sumsets._by_pairs

    def wrong(*given):
        sums, counts = true(*given)
        return sumsets.np.sort(sums), counts

    patch.setattr(sumsets, "_by_pairs", wrong)
