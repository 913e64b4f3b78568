"""Histograms of sums, exact whatever overflows (HAM-14)."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lemmata.proofs_check.hamming.counted_runs import counted

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming.bit_packed import narrow_digits
from lemmata.hamming.bit_packed import sum_histogram as histograms
from lemmata.hamming.bit_packed.multisets import surveyed
from lemmata.hamming.bit_packed.packing import CarriesRepaired, Packing

MULTISETS = st.lists(st.integers(0, 5), min_size=1, max_size=60).map(lambda v: np.array(v, dtype=np.int64))


@given(
    MULTISETS,
    MULTISETS,
    st.sampled_from([1, 2, 16, 64]),
    st.sampled_from(["auto", "repair", "widen"]),
    st.integers(0, 9),
)
@example(np.array([1, 1, 1, 1]), np.array([1, 1, 1, 1]), 1, "repair", 0)
@example(np.array([0]), np.array([3]), 1, "repair", 0)
def test_histograms_are_convolutions(x, y, headroom, overflow, seed):
    found = hamming.sum_histogram(x, y, headroom=headroom, overflow=overflow, rng=np.random.default_rng(seed))
    assert found.tolist() == np.convolve(x, y).tolist()


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(1, 3),
    st.sampled_from([24, 26, 64]),
    st.integers(0, 9),
)
@example(9, 9, 3, 24, 0)
def test_forced_repairs_on_small_machines(a, b, weight, word_bits, seed):
    x, y = np.full(a, weight), np.full(b, weight)
    found = hamming.sum_histogram(x, y, word_bits=word_bits, headroom=1, overflow="repair", rng=seed)
    assert found.tolist() == np.convolve(x, y).tolist()


def test_folded_counts_that_leave_a_small_word():
    # The folded problem's counts are beyond 2^21, although those of the whole fit 24 bits.
    x, y = np.ones(6_000, dtype=np.int64), np.ones(3_000, dtype=np.int64)
    steps: list[object] = []
    found = hamming.sum_histogram(x, y, word_bits=24, headroom=1, overflow="repair", rng=0, trace=steps)
    assert np.array_equal(found, np.convolve(x, y))
    assert any(isinstance(step, CarriesRepaired) for step in steps)


@pytest.mark.parametrize(
    ("x", "y", "options", "error", "message"),
    [
        ([1], [1], {"word_bits": 100}, ValueError, "word_bits must be between 24 and 64"),
        ([1], [1], {"headroom": -4}, ValueError, "headroom must be at least 1"),
        ([1], [1], {"headroom": 1.5}, TypeError, "headroom must be an integer"),
        ([1], [1], {"digits": "broad"}, ValueError, "digits must be"),
        ([], [1], {}, ValueError, "x is empty"),
        (np.zeros(0, dtype=int), [1], {}, ValueError, "x is empty"),
        ("ab", [1], {}, TypeError, r"x must be integers \(got str\)"),
        ([1], [[1]], {}, ValueError, "y must be one-dimensional"),
        ([1], [0.5], {}, TypeError, "y must be integers"),
        ([1, -1], [1], {}, ValueError, r"x must not be negative \(x\[1\] = -1\)"),
        ([2**62, 2**62], [2], {}, ValueError, "the multisets are too large"),
        ([2**58, 1], [1, 1], {}, ValueError, "the multisets are too large"),
        ([2**22], [1], {"word_bits": 24}, ValueError, "word_bits = 24 is too small"),
    ],
)
def test_bad_multisets_and_options(x, y, options, error, message):
    with pytest.raises(error, match=message):
        hamming.sum_histogram(x, y, **options)
    if "headroom" in options:
        with pytest.raises(error, match=message):
            hamming.bit_packed_fft("abcd", "ab", **options)


@pytest.mark.parametrize("x", [[True, False], np.array([True, False]), np.array([1, 0], dtype=object)])
def test_multiplicities_are_what_letters_may_be(x):
    assert hamming.sum_histogram(x, [2, 3]).tolist() == [2, 3, 0]
    assert hamming.sum_counts(x, [2, 3]).sums.tolist() == [2, 3, 4]


@given(MULTISETS, MULTISETS, st.sampled_from([1, 4, 64]), st.sampled_from(["auto", "repair", "widen"]))
@example(np.ones(20, dtype=np.int64), np.ones(20, dtype=np.int64), 1, "repair")
@settings(max_examples=15)
def test_charges_are_what_counting_numbers_count(x, y, headroom, overflow):
    costs, traced, counted_costs = Costs(), Costs(), Costs()
    options = {"headroom": headroom, "overflow": overflow, "rng": 0}
    hamming.sum_histogram(x, y, costs=costs, **options)
    hamming.sum_histogram(x, y, costs=traced, trace=[], **options)
    assert costs == traced
    with counted() as tally:  # where planning is free
        found = hamming.sum_histogram(x, y, costs=counted_costs, **options)
    assert found.tolist() == np.convolve(x, y).tolist()
    assert counted_costs.word_operations == tally.operations < costs.word_operations


def test_a_repair_looks_ahead_to_what_it_then_spends(monkeypatch):
    calls: dict[int, list[tuple[int, int, int]]] = {}

    def looking(repair, budget, at_most):
        calls.setdefault(id(repair), []).append((repair.spent.word_operations, at_most, len(repair.x.counts)))
        kept.append(repair)

    kept: list[object] = []
    monkeypatch.setattr(histograms._Repair, "_exceeds", looking)
    x = np.array([1] * 100 + [0] * 270)
    steps: list[object] = []
    hamming.sum_histogram(x, x, headroom=2, overflow="repair", rng=0, trace=steps)
    outermost = calls[id(kept[0])]
    assert outermost[0][2] == 370
    rounds = steps[-1].rounds
    assert len(outermost) == 7 * rounds
    own = iter(steps[-1].moduli)
    for at, ((spent, at_most, _), (later, _, _)) in enumerate(pairwise(outermost)):
        assert later <= spent + at_most
        if at % 7 in (0, 2, 4):  # folding and surveying both multisets: 150 to plan, and every entry once
            modulus = next(own)
            assert at_most == 150 + 2 * (modulus + 370) + 2 * 4 * modulus
            assert later == spent + at_most


def test_estimates_of_histograms_and_repairs_by_hand():
    def multiset(*counts):
        return surveyed(np.array(counts, dtype=np.int64))

    # Twelve pairs of sets for 2 each; 6 counts, 7 entries and 14 for seven elements.
    assert histograms.histogram_at_most(multiset(*[1] * 4), multiset(*[1] * 3), Packing()) == 300 + 3 * 51
    # Counts up to 2^25 take two words of 24 bits; a pair of multisets takes 3.
    few, many = multiset(1, 0), multiset(2**25, 1)
    assert histograms.histogram_at_most(few, many, Packing(word_bits=24)) == 300 + 7 + 6 + 2 * 3 * 2
    # Three times what wide digits take, beside 300 to plan and 4 for every entry.
    dense = np.ones(300, dtype=np.int64)
    costs = Costs()
    hamming.sum_histogram(dense, dense, overflow="widen", costs=costs)
    wide = costs.word_operations - 300 - 4 * 600
    at_most = histograms.histogram_at_most(surveyed(dense), surveyed(dense), Packing())
    assert at_most == 300 + 3 * min(wide, 2 * 300**2 + 599 + 600 + 1200)
    # Three tables: 150; (12 + 100) + (12 + 50) + 96 to fold; 1000; 35 + 161 to fold and 108 to solve; and
    # then four for each of 36 classes and five for each of 149 positions.
    assert histograms.repair_operations(100, 50, 12, 1000) == 3 * (150 + 270 + 1000 + 196 + 108) + 144 + 745
    # For 149 sums moduli are at least 10 and below 20: 15; counts up to 50 fold to at most 500, in 9 bits.
    x, y = multiset(*[1] * 100), multiset(*[1] * 50)
    folded = 300 + narrow_digits.plan_digits(15, 15, 500, 9, 64).operations
    assert histograms.repair_estimate(x, y, Packing()) == histograms.repair_operations(100, 50, 15, folded)


@pytest.mark.parametrize(("k", "size"), [(100, 100), (400, 800), (800, 3_200)])
@pytest.mark.parametrize("overflow", ["auto", "widen"])
def test_a_histogram_takes_three_times_the_cheaper_of_digits_and_pairs(k, size, overflow):
    x, y = np.zeros(size, dtype=np.int64), np.ones(k, dtype=np.int64)
    x[:k] = 1
    costs, wide = Costs(), Costs()
    hamming.sum_histogram(x, y, headroom=1, overflow=overflow, rng=1, costs=costs)
    hamming.sum_histogram(x, y, digits="wide", costs=wide)
    around = 4 * (size + k) + 300
    assert costs.word_operations - around <= 3 * (wide.word_operations - around)
