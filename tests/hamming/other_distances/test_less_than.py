"""Buckets of the places where a number is less (HAM-26)."""

import numpy as np
import pytest

from lemmata.hamming.other_distances import less_than
from lemmata.hamming.other_distances.numbers import read_numbers


@pytest.mark.parametrize(("m", "size"), [(1, 3), (7, 13), (511, 192), (512, 202), (2**16 - 1, 2896)])
def test_buckets_have_so_many_places_that_both_parts_cost_alike(m, size):
    """sqrt(8 m b) for patterns of m numbers, m < 2^b: as many buckets cost a transform of b levels each."""
    order = less_than.sorted_order(read_numbers(np.arange(m), np.arange(m)))
    assert order.size == size
    assert order.pattern_bucket.tolist() == [place // size for place in range(m)]
