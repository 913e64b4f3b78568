"""Counting 3SUM in a short range, and distances (HAM-23, HAM-24)."""

import tracemalloc

import numpy as np
import pytest
from hamming.sums.small_sets import NARROW
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import hamming


@given(NARROW | st.just([]), NARROW | st.just([]), st.integers(1, 50))
@example([5, 7, 9], [4, 5], 4)
@example([-1], [-1], 1)
@example([0, 0, 0, 3, 3], [0, 0, -1], 2)
def test_counting_three_sum_both_ways(a, b, length):
    """HAM-24: by distances, and directly, beside all pairs."""
    expected = [sum(x - y == s for x in a for y in b) for s in range(length)]
    x, y = np.array(a, dtype=np.int64), np.array(b, dtype=np.int64)
    assert hamming.counting_three_sum(x, y, length).tolist() == expected
    assert hamming.three_sum_by_distances(x, y, length).tolist() == expected


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.data())
def test_distances_by_three_sum(text, data):
    """HAM-23: beside the definition."""
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
