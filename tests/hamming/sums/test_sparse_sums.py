"""Sums refined bit by bit cost what they are (HAM-25)."""

import math

import numpy as np
import pytest

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming.sums import dense_sums, sparse_sums


@pytest.mark.jit
def test_a_sparse_result_does_not_cost_the_range():
    a = np.arange(2_000, dtype=np.int64) * 2**50
    costs = Costs()
    found = hamming.sum_counts(a, a, rng=0, method="sparse", costs=costs)
    assert len(found.sums) == 3_999
    assert costs.word_operations < 2**36


@pytest.mark.jit
def test_few_sums_in_a_large_range_cost_more_than_their_number_says():
    """HAM-25: the bound has the bits of the range."""
    costs = Costs()
    hamming.sum_counts([0], [0, 2**60], method="sparse", rng=0, costs=costs)
    sums, bits = 2 + 1 + 2, 61
    assert costs.word_operations > 3000 * sums * math.log2(sums) * bits, "the bound used to be this"
    assert costs.word_operations <= sparse_sums.sparse_word_operations(sums, bits)


class Noted(dense_sums.Spending):
    """Keeps what each step was expected to take at most, and what it took."""

    def __init__(self):
        super().__init__(None)
        self.steps = []

    def allow(self, at_most):
        super().allow(at_most)
        self.steps.append([at_most, 0])

    def charge(self, operations):
        super().charge(operations)
        self.steps[-1][1] += operations


def distinct(*elements):
    return dense_sums.Distinct(np.array(elements, dtype=np.uint64), np.ones(len(elements), dtype=np.int64))


@pytest.mark.parametrize("elements", [(0,), (0, 1, 2**8, 3**6), (0, *range(30, 50, 3), 1000)])
def test_no_step_of_a_refinement_takes_more_than_it_looks_ahead_to(elements):
    x, spending = distinct(*elements), Noted()
    sums, _ = sparse_sums.refine(x, x, np.random.default_rng(0), spending)
    assert sums.tolist() == sorted({a + b for a in elements for b in elements})
    assert all(taken <= at_most for at_most, taken in spending.steps)


def test_peeling_may_take_all_that_it_looks_ahead_to():
    # Three candidates alone in their classes of one table: 9 to decide, 3 to find and 3 to take out of it.
    spending = Noted()
    peeling = sparse_sums.Peeling(np.arange(3, dtype=np.uint64), distinct(0, 1), distinct(0, 1), 1, spending)
    assert peeling.counts_by(np.random.default_rng(0)).tolist() == [1, 2, 1]
    assert spending.steps[-1] == [3 * 15, 3 * 15]
