"""Sums pair by pair: memory and cost (HAM-25)."""

import tracemalloc
from collections import Counter

import numpy as np
import pytest

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming.sums import pair_sums


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
