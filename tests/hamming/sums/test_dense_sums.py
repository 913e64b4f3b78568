"""Sums multiplied out over their whole range."""

import tracemalloc
from collections import Counter

import pytest
from hamming.sums.small_sets import NARROW
from hypothesis import given

from lemmata import hamming


@given(NARROW, NARROW)
def test_the_dense_method(a, b):
    found = hamming.sum_counts(a, b, method="dense")
    assert dict(zip(found.sums.tolist(), found.counts.tolist(), strict=True)) == Counter(
        x + y for x in a for y in b
    )


def test_a_range_too_long_to_be_multiplied_out_is_refused_before_memory_is_taken():
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"'dense' .* too long here \(1099511627777; at most 67108864"):
        hamming.sum_counts([0, 2**40], [0], method="dense")
    assert tracemalloc.get_traced_memory()[1] < 10**6
    tracemalloc.stop()
    assert hamming.sum_counts([0, 2**40], [0], method="auto").sums.tolist() == [0, 2**40]
