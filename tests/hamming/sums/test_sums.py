"""Sums of multisets and counting 3SUM (HAM-23, HAM-24, HAM-25)."""

import math
import tracemalloc
from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lemmata.proofs_check.hamming.counted_runs import counted

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming.sums import dense_sums, pair_sums, sparse_sums, sumsets
from lemmata.hamming.sums.sumsets import RefinementGivenUp, RowsMerged

NARROW = st.lists(st.integers(-20, 20), min_size=1, max_size=25)
WIDE = st.lists(st.integers(-(2**62), 2**62 - 1), min_size=1, max_size=12)


@given(NARROW | WIDE, NARROW | WIDE, st.integers(0, 5))
@example([2**62 - 1], [2**62], 0)
@example([-(2**62)], [-(2**62)], 0)
@example([0, 0], [0, 0, 0], 0)
def test_sums_and_how_often(a, b, seed):
    expected = Counter(x + y for x in a for y in b)
    for method in ("auto", "pairs", "sparse"):
        found = hamming.sum_counts(a, b, method=method, rng=seed)
        assert dict(zip(found.sums.tolist(), found.counts.tolist(), strict=True)) == expected
        assert found.sums.tolist() == sorted(expected)
        assert found.sums.dtype == found.counts.dtype == np.int64
    assert hamming.sumset(a, b).tolist() == sorted(expected)


@given(NARROW, NARROW)
def test_the_dense_method(a, b):
    found = hamming.sum_counts(a, b, method="dense")
    assert dict(zip(found.sums.tolist(), found.counts.tolist(), strict=True)) == Counter(
        x + y for x in a for y in b
    )


@pytest.mark.jit
def test_a_sparse_result_does_not_cost_the_range():
    a = np.arange(2_000, dtype=np.int64) * 2**50
    costs = Costs()
    found = hamming.sum_counts(a, a, rng=0, method="sparse", costs=costs)
    assert len(found.sums) == 3_999
    assert costs.word_operations < 2**36


@pytest.mark.jit
def test_what_is_given_up_late_costs_as_much_as_pairs_at_most():
    # The budget used to be the bound of "pairs", which takes less where many sums coincide: 2.03 times.
    x = np.arange(2_955) * (2**31 + 12_345)
    chosen, pairs, steps = Costs(), Costs(), []
    found = hamming.sum_counts(x, x, rng=2, costs=chosen, trace=steps)
    hamming.sum_counts(x, x, method="pairs", costs=pairs)
    assert any(isinstance(step, RefinementGivenUp) for step in steps)
    assert chosen.word_operations <= 2 * pairs.word_operations
    assert len(found.sums) == 2 * 2_955 - 1


@pytest.mark.jit
@pytest.mark.parametrize("size", [300, 710, 1_200])
def test_without_structure_the_sparse_way_is_given_up(size):
    # Around 707 elements "auto" used to change to the sparse way, which took minutes.
    a, b = np.random.default_rng(size).integers(0, 2**60, (2, size))
    chosen, pairs = Costs(), Costs()
    found = hamming.sum_counts(a, b, costs=chosen, rng=0)
    expected = hamming.sum_counts(a, b, method="pairs", costs=pairs)
    assert np.array_equal(found.sums, expected.sums)
    assert np.array_equal(found.counts, expected.counts)
    assert chosen.word_operations <= 2 * pairs.word_operations


@pytest.mark.jit
def test_with_structure_the_sparse_way_is_taken():
    a = np.arange(20_000, dtype=np.int64) * 2**45
    chosen = Costs()
    assert len(hamming.sumset(a, a, rng=0)) == 39_999
    hamming.sum_counts(a, a, costs=chosen, rng=0)
    assert chosen.word_operations < 40 * 20_000**2 / 5


@pytest.mark.jit
def test_pairs_take_memory_for_their_distinct_sums_only():
    a = np.arange(3_000, dtype=np.int64) * 2**40
    hamming.sum_counts(a, a, method="pairs")  # compiles, which small inputs do not
    tracemalloc.start()
    found = hamming.sum_counts(a, a, method="pairs")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.counts.tolist() == [*range(1, 3_001), *range(2_999, 0, -1)]
    # Sixteen bytes of a buffer for 2^20 sums, and a few arrays of one place for each element.
    assert peak < 16 * 2**20 + 200 * 3_000 + 50 * 6_000, "nine million pairs at 65 bytes were 585 MB"


@pytest.mark.jit
def test_distinct_sums_of_several_buffers(monkeypatch):
    monkeypatch.setattr(pair_sums, "BUFFER", 1_000)
    a, b = np.random.default_rng(0).integers(0, 2**20, (2, 90))
    a[:30] = b[:30] = np.arange(30)
    found = hamming.sum_counts(a, b, method="pairs")
    expected = Counter((a[:, None] + b[None, :]).ravel().tolist())
    assert len(expected) > 7_000
    assert dict(zip(found.sums.tolist(), found.counts.tolist(), strict=True)) == expected


@pytest.mark.jit
@pytest.mark.parametrize(("beyond", "more"), [(-1, 0), (0, 0), (1, 3), (2**20, 3), (2**20 + 1, 6)])
def test_progressions_attain_the_least_while_their_sums_fit_one_buffer(beyond, more):
    size, costs = 2**20 + 1 + beyond, Costs()
    hamming.sum_counts([0], np.arange(size), method="pairs", costs=costs)
    assert costs.word_operations == pair_sums.least_pair_operations(1, size) + more


def test_the_whole_of_int64_by_pairs():
    a, b = [-(2**62), 0, 2**62 - 1], [-(2**62), 1, 2**62]
    found = hamming.sum_counts(a, b, method="pairs")
    expected = Counter(x + y for x in a for y in b)
    assert found.sums.tolist() == sorted(expected)
    assert (found.sums[0], found.sums[-1]) == (-(2**63), 2**63 - 1)
    assert found.counts.tolist() == [1, 1, 1, 1, 1, 1, 2, 1]


def test_a_range_too_long_to_be_multiplied_out_is_refused_before_memory_is_taken():
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"'dense' .* too long here \(1099511627777; at most 67108864"):
        hamming.sum_counts([0, 2**40], [0], method="dense")
    assert tracemalloc.get_traced_memory()[1] < 10**6
    tracemalloc.stop()
    assert hamming.sum_counts([0, 2**40], [0], method="auto").sums.tolist() == [0, 2**40]


@pytest.mark.jit
def test_few_sums_in_a_large_range_cost_more_than_their_number_says():
    costs = Costs()
    hamming.sum_counts([0], [0, 2**60], method="sparse", rng=0, costs=costs)
    sums, bits = 2 + 1 + 2, 61
    assert costs.word_operations > 3000 * sums * math.log2(sums) * bits, "the bound used to be this"
    assert costs.word_operations <= sparse_sums.sparse_word_operations(sums, bits)


@given(NARROW, NARROW, st.sampled_from(["auto", "pairs", "dense", "sparse"]))
@example([-(2**63), 5, 2**63 - 1], [0], "sparse")
@example([0], [0, 2**60], "auto")
def test_watching_changes_neither_sums_nor_charges(a, b, method):
    alone, watched, steps = Costs(), Costs(), []
    sums = hamming.sumset(a, b, method=method, rng=0, costs=alone)
    found = hamming.sum_counts(a, b, method=method, rng=0, costs=watched, trace=steps)
    assert sums.tolist() == found.sums.tolist() == sorted({x + y for x in a for y in b})
    assert alone == watched
    assert alone.word_operations > 0
    assert steps[-1].sums == len(sums)
    again = []
    assert hamming.sumset(a, b, method=method, rng=0, trace=again).tolist() == sums.tolist()
    assert again == steps


@given(
    st.lists(st.integers(-50, 50), min_size=1, max_size=6),
    NARROW,
    st.sampled_from(["dense", "sparse", "pairs", "auto"]),
)
@example([-(2**63), 2**63 - 1], [0], "sparse")
@example([0], [0], "pairs")
@settings(max_examples=20, deadline=None)
def test_sums_are_charged_as_counted(a, b, method):
    costs = Costs()
    with counted(convolutions=False, seal=True) as tally:
        found = hamming.sum_counts(a, b, method=method, rng=0, costs=costs)
    # Multiplicities are added up before; and the smallest elements to the sums, in the end.
    around = len(set(a)) + len(set(b)) + len(found.sums)
    assert costs.word_operations + around == tally.operations
    assert tally.outside >= around
    assert found.sums.tolist() == sorted({x + y for x in a for y in b})


@pytest.mark.jit
def test_a_refinement_that_is_given_up_stays_in_its_budget():
    a = np.random.default_rng(0).integers(0, 2**27, 1_500)
    costs, steps = Costs(), []
    found = hamming.sum_counts(a, a, rng=0, costs=costs, trace=steps)
    *_, given_up, merged = steps
    assert isinstance(given_up, RefinementGivenUp)
    assert merged == RowsMerged(len(np.unique(a)), len(found.sums))
    assert 0 < given_up.spent <= given_up.budget == pair_sums.least_pair_operations(*[len(np.unique(a))] * 2)
    pairs = Costs()
    hamming.sumset(a, a, method="pairs", costs=pairs)
    assert costs.word_operations == given_up.spent + pairs.word_operations


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


def test_edges_of_integers():
    with pytest.raises(ValueError, match="do not fit int64"):
        hamming.sumset([2**62], [2**62])
    with pytest.raises(ValueError, match="do not fit int64"):
        hamming.sumset(np.array([2**64 - 1], dtype=np.uint64), [0])
    assert hamming.sumset([2**63 - 1, -(2**63)], [0]).tolist() == [-(2**63), 2**63 - 1]
    assert hamming.sumset(np.array([2**63], dtype=np.uint64), [-1]).tolist() == [2**63 - 1]
    assert hamming.sumset([], [1]).tolist() == []
    with pytest.raises(TypeError, match="a must be integers"):
        hamming.sumset("ab", [1])
    with pytest.raises(TypeError, match="b must be"):
        hamming.sumset([1], [0.5])
    with pytest.raises(ValueError, match="method must be"):
        hamming.sum_counts([1], [1], method="fast")


@given(NARROW | st.just([]), NARROW | st.just([]), st.integers(1, 50))
@example([5, 7, 9], [4, 5], 4)
@example([-1], [-1], 1)
@example([0, 0, 0, 3, 3], [0, 0, -1], 2)
def test_counting_three_sum_both_ways(a, b, length):
    expected = [sum(x - y == s for x in a for y in b) for s in range(length)]
    x, y = np.array(a, dtype=np.int64), np.array(b, dtype=np.int64)
    assert hamming.counting_three_sum(x, y, length).tolist() == expected
    assert hamming.three_sum_by_distances(x, y, length).tolist() == expected


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.data())
def test_distances_by_three_sum(text, data):
    m = data.draw(st.integers(1, len(text)))
    pattern = data.draw(st.lists(st.integers(0, 4), min_size=m, max_size=m))
    assert (
        hamming.distances_by_three_sum(text, pattern).tolist()
        == hamming.by_definition(text, pattern).tolist()
    )


def test_equal_elements_are_merged():
    # Layer by layer these were nine million instances.
    assert hamming.three_sum_by_distances([0] * 3000, [0] * 3000, 1).tolist() == [9_000_000]
    assert hamming.counting_three_sum([0] * 3000, [0] * 3000, 1).tolist() == [9_000_000]


def test_ranges_that_would_take_gigabytes_are_refused_before_memory_is_taken():
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"length must be at most 2\^24 \(length = 16777217\)"):
        hamming.three_sum_by_distances([1], [1], 2**24 + 1)
    with pytest.raises(ValueError, match=r"length must be at most 2\^30"):
        hamming.counting_three_sum([1], [1], 2**30 + 1)
    assert tracemalloc.get_traced_memory()[1] < 10**6
    tracemalloc.stop()


@pytest.mark.jit
@pytest.mark.parametrize(("step", "per_number"), [(1 << 17, 80), (2, 260), (1, 260)])
def test_memory_of_three_sums_by_distances(step, per_number):
    length = 1 << 17
    a = np.arange(0, length, step)
    hamming.three_sum_by_distances(a, a, length)  # compiles
    tracemalloc.start()
    hamming.three_sum_by_distances(a, a, length)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < per_number * length


def test_three_zeros_take_two_instances():
    # "No element occurs 2^t times" would hold for t = 1, which allowed one.
    steps = []
    assert hamming.three_sum_by_distances([0, 0, 0], [0], 1, trace=steps).tolist() == [3]
    assert sorted(step.weight for step in steps) == [1, 2]


def test_bad_three_sums():
    for length in (2.0, "2", True, None):
        with pytest.raises(TypeError, match="length must be an integer"):
            hamming.three_sum_by_distances([1], [1], length)
    with pytest.raises(ValueError, match="length must be at most"):
        hamming.counting_three_sum([1], [1], 10**12)
    with pytest.raises(ValueError, match="length must be at least 1"):
        hamming.counting_three_sum([1], [1], 0)
    with pytest.raises(ValueError, match="a must be between"):
        hamming.counting_three_sum([2**62], [1], 3)
    with pytest.raises(TypeError, match="b must be integers"):
        hamming.three_sum_by_distances([1], "b", 3)


@pytest.mark.parametrize("more", [0, 1])
def test_counts_of_pairs_fit_a_number(monkeypatch, more):
    """2^31 zeros beside 2^31 - 1 of them have fewer than 2^62 pairs, beside 2^31 just as many."""
    many = {"a": 2**31, "b": 2**31 - 1 + more}
    monkeypatch.setattr(
        sumsets, "_multiset", lambda name, _: (0, np.array([0], dtype=np.uint64), np.array([many[name]]))
    )
    if more:
        with pytest.raises(ValueError, match="too many pairs"):
            hamming.sum_counts([0], [0])
    else:
        found = hamming.sum_counts([0], [0])
        assert found.sums.tolist() == [0]
        assert found.counts.tolist() == [2**62 - 2**31]
