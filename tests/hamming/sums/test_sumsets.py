"""Sums of multisets by whatever way is cheapest (HAM-25)."""

from collections import Counter

import numpy as np
import pytest
from hamming.sums.small_sets import NARROW
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lemmata.proofs_check.hamming.counted_runs import counted

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming.sums import pair_sums, sumsets
from lemmata.hamming.sums.sumsets import RefinementGivenUp, RowsMerged

WIDE = st.lists(st.integers(-(2**62), 2**62 - 1), min_size=1, max_size=12)


@given(NARROW | WIDE, NARROW | WIDE, st.integers(0, 5))
@example([2**62 - 1], [2**62], 0)
@example([-(2**62)], [-(2**62)], 0)
@example([0, 0], [0, 0, 0], 0)
def test_sums_and_how_often(a, b, seed):
    """HAM-25: every method beside all pairs."""
    expected = Counter(x + y for x in a for y in b)
    for method in ("auto", "pairs", "sparse"):
        found = hamming.sum_counts(a, b, method=method, rng=seed)
        assert dict(zip(found.sums.tolist(), found.counts.tolist(), strict=True)) == expected
        assert found.sums.tolist() == sorted(expected)
        assert found.sums.dtype == found.counts.dtype == np.int64
    assert hamming.sumset(a, b).tolist() == sorted(expected)


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
