"""Transforms of words: lengths and products."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.hamming.correlations import modular_transform, word_transform


@given(st.integers(1, 200_000))
def test_transform_lengths_are_the_next_of_their_kind(words):
    length = word_transform.transform_length(words)
    kinds = sorted({1, *(f << k for f in (1, 3) for k in range(20))} - {3 << k for k in range(1)} | {3})
    # 3 itself is not used: it is no shorter in time than 4.
    assert length >= words
    assert length == min(k for k in kinds if k >= words) or (words == 3 and length in (3, 4))


@pytest.mark.parametrize("length", [1, 2, 3, 4, 6, 8, 12, 24, 48])
def test_word_transforms_multiply_cyclically(length):
    rng = np.random.default_rng(length)
    p = modular_transform.MODULUS
    x, y = rng.integers(0, p, (2, length), dtype=np.uint64)
    expected = [sum(int(x[j]) * int(y[(k - j) % length]) for j in range(length)) % p for k in range(length)]
    assert word_transform.convolve_words(x.copy(), y.copy()).tolist() == expected
