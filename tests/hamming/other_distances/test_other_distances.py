"""Distances other than equality (HAM-26)."""

import numpy as np
import pytest
from hamming.words import by_terms, numbers
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import hamming
from lemmata.hamming.other_distances import less_than
from lemmata.hamming.other_distances.numbers import read_numbers


@given(numbers(st.integers(-9, 9)) | numbers(st.integers(-(2**28), 2**28)))
@example(([0], [0]))
@example(([5, -5], [5]))
def test_distances_between_numbers(words):
    """HAM-26: by their terms."""
    text, pattern = words
    assert hamming.less_than_distances(text, pattern).tolist() == by_terms(lambda a, b: a < b, text, pattern)
    assert hamming.l1_distances(text, pattern).tolist() == by_terms(lambda a, b: abs(a - b), text, pattern)
    if max(map(abs, text + pattern)) < 2**26:
        squares = by_terms(lambda a, b: (a - b) ** 2, text, pattern)
        assert hamming.l2_distances(text, pattern).tolist() == squares


def test_numbers_at_the_edges():
    low, high = -(2**63), 2**64 - 1
    assert hamming.less_than_distances([low, 0], np.array([high], dtype=np.uint64)).tolist() == [1, 1]
    assert hamming.less_than_distances(np.array([high, 0], dtype=np.uint64), [low]).tolist() == [0, 0]
    assert hamming.l1_distances([0, 2**63 - 1], [0]).tolist() == [0, 2**63 - 1]
    with pytest.raises(ValueError, match="l1 distances may reach"):
        hamming.l1_distances([0, 2**62, 0], [0, 1])
    with pytest.raises(ValueError, match="l2 distances may reach"):
        hamming.l2_distances([0, 2**32], [0])
    assert hamming.l2_distances([0, 3_037_000_499], [0]).tolist() == [0, 3_037_000_499**2]
    assert hamming.l1_distances(b"ac", b"b").tolist() == [1, 1]
    for function in (hamming.less_than_distances, hamming.l1_distances, hamming.l2_distances):
        with pytest.raises(TypeError, match="text must be bytes or integers"):
            function("abc", "a")
        with pytest.raises(ValueError, match="pattern is longer than text"):
            function([1], [1, 2])
        with pytest.raises(ValueError, match="pattern is empty"):
            function([1], [])


def test_the_largest_spans():
    # The result, 2^62, would fit; but the span of text and pattern together, 2^63, does not.
    with pytest.raises(ValueError, match="may reach 9223372036854775808,"):
        hamming.l1_distances([2**62, -(2**62)], [0])
    assert hamming.less_than_distances([2**62, -(2**62)], [0]).tolist() == [0, 1]
    assert hamming.l1_distances([2**62 - 1, -(2**62)], [0]).tolist() == [2**62 - 1, 2**62]
    with pytest.raises(ValueError, match="may reach 9223372037000250000,"):
        hamming.l2_distances([3_037_000_500], [0])
    assert hamming.l2_distances([3_037_000_499], [0]).tolist() == [3_037_000_499**2]


@pytest.mark.jit
@pytest.mark.parametrize(("n", "m"), [(3_000, 700), (1_000, 1_000), (5_000, 1)])
def test_long_numbers_with_many_buckets(n, m):
    rng = np.random.default_rng(n)
    text, pattern = rng.integers(-1000, 1000, n), rng.integers(-1000, 1000, m)
    pattern[: m // 2] = 7  # a heavy value, which no bucket may split wrongly
    windows = np.lib.stride_tricks.sliding_window_view(text, m)
    assert np.array_equal(hamming.less_than_distances(text, pattern), (windows < pattern).sum(1))
    assert np.array_equal(hamming.l1_distances(text, pattern), abs(windows - pattern).sum(1))
    assert np.array_equal(hamming.l2_distances(text, pattern), ((windows - pattern) ** 2).sum(1))


@pytest.mark.parametrize(("m", "size"), [(1, 3), (7, 13), (511, 192), (512, 202), (2**16 - 1, 2896)])
def test_buckets_have_so_many_places_that_both_parts_cost_alike(m, size):
    """sqrt(8 m b) for patterns of m numbers, m < 2^b: as many buckets cost a transform of b levels each."""
    order = less_than.sorted_order(read_numbers(np.arange(m), np.arange(m)))
    assert order.size == size
    assert order.pattern_bucket.tolist() == [place // size for place in range(m)]
