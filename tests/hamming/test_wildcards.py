"""Letters that differ from nothing (HAM-26)."""

import numpy as np
import pytest
from hamming.words import by_terms, numbers
from hypothesis import given
from hypothesis import strategies as st

from lemmata import hamming


@given(numbers(st.integers(0, 3)), st.integers(-1, 4))
def test_wildcards_differ_from_nothing(words, wildcard):
    """HAM-26: by every algorithm that takes them."""
    text, pattern = words
    expected = by_terms(lambda a, b: a != b and wildcard not in (a, b), text, pattern)
    for algorithm in ("auto", "by_definition", "per_letter_fft", "abrahamson", "bit_parallel"):
        found = hamming.distances(text, pattern, wildcard=wildcard, algorithm=algorithm)
        assert found.tolist() == expected


def test_wildcards_of_every_kind():
    assert hamming.distances("a?c", "?b", wildcard="?").tolist() == [0, 1]
    assert hamming.distances(b"a?c", b"?b", wildcard=b"?").tolist() == [0, 1]
    assert hamming.distances(b"a?c", b"?b", wildcard=63).tolist() == [0, 1]
    assert hamming.distances(np.array([1, 2], dtype=np.int8), [1], wildcard=10**9).tolist() == [0, 1]
    with pytest.raises(ValueError, match="wildcard must be one letter"):
        hamming.distances("ab", "a", wildcard="ab")
    with pytest.raises(TypeError, match="wildcard"):
        hamming.distances("ab", "a", wildcard=1)
    with pytest.raises(TypeError, match="wildcard"):
        hamming.distances([1], [1], wildcard="a")
    with pytest.raises(TypeError, match="wildcard must be an integer"):
        hamming.distances([1], [1], wildcard=1.5)
