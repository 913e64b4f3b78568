"""One correlation of signs (HAM-4, HAM-6)."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import hamming
from lemmata.hamming.bounds import rounding_bound
from lemmata.hamming.correlations import float_transform
from lemmata.hamming.correlations.blocks import Blocks
from lemmata.hamming.exact import two_letters
from lemmata.hamming.exact.two_letters import count_by_signs, has_two_letters, one_correlation_is_exact
from lemmata.hamming.letters import encode


def naive(text, pattern):
    return [
        sum(text[i + j] != letter for j, letter in enumerate(pattern))
        for i in range(len(text) - len(pattern) + 1)
    ]


@st.composite
def two_letter_words(draw):
    letters = draw(st.sampled_from(["ab", "a", "xa"]))
    text = draw(st.text(letters, min_size=1, max_size=70))
    pattern = draw(st.text(letters, min_size=1, max_size=len(text)))
    return text, pattern


@given(two_letter_words())
@example(("a", "a"))
@example(("b", "a"))
@example(("ab", "ba"))
@example(("aab", "ab"))
@example(("cc", "a"))
def test_signs_count_mismatches(words):
    """HAM-6: one correlation of signs beside a loop over the letters."""
    text, pattern = words
    problem = encode(text, pattern)
    if not has_two_letters(problem):  # the text has a letter more than the pattern, which has both
        assert len(set(text + pattern)) > 2
        return
    assert count_by_signs(problem).tolist() == naive(text, pattern)


@given(st.integers(1, 40), st.integers(0, 300), st.integers(0, 2**32))
def test_signs_in_blocks_of_every_length(m, more, seed):
    rng = np.random.default_rng(seed)
    text, pattern = rng.integers(0, 2, m + more), rng.integers(0, 2, m)
    problem, expected = encode(text, pattern), naive(text, pattern)
    for log2_length in range((m - 1).bit_length(), 10):
        step = (1 << log2_length) - m + 1
        blocks = Blocks(log2_length, step, -(-problem.alignments // step))
        if set(text) <= set(pattern) or len(set(pattern)) == 1:
            assert count_by_signs(problem, blocks).tolist() == expected


def test_what_is_no_text_over_two_letters():
    assert has_two_letters(encode("bbb", "a"))
    assert not has_two_letters(encode("abc", "ab"))
    with pytest.raises(ValueError, match="more than two letters"):
        count_by_signs(encode("abc", "ab"))
    assert hamming.distances("abcab" * 9, "ab").tolist() == naive("abcab" * 9, "ab")


def test_signs_are_refused_where_rounding_is_not_proved(monkeypatch):
    # sqrt(2 N m) s / (1 - s) at N = m = 2^45: 2^45.5 (11.84 45 + 4) 2^-53 is 2.9.
    assert not one_correlation_is_exact(Blocks(45, 1, 1), 2**45)
    assert all(one_correlation_is_exact(Blocks(log2, 1, 1), 2**log2) for log2 in range(26))
    monkeypatch.setattr(two_letters, "rounding_bound", lambda *_: 0.5)
    with pytest.raises(ValueError, match="not provably exact"):
        count_by_signs(encode("abab", "ab"))


@pytest.mark.parametrize("fill", [[0], [1], [0, 1]])
def test_the_error_stays_below_the_bound_where_counts_are_largest(fill):
    """HAM-4: signs that are all alike, or alternate."""
    m, log2_length = 5_000, 14
    length = 1 << log2_length
    pattern = np.resize(np.array(fill), m).astype(np.int32)
    text = np.resize(np.array(fill), length).astype(np.int32)
    signs = [np.zeros(length) for _ in range(4)]
    two_letters.mark_signs(pattern, 0, signs[0])
    two_letters.mark_signs(text, 0, signs[2])
    roots = float_transform.butterfly_roots(log2_length)
    float_transform.forward(signs[0], signs[1], *roots)
    float_transform.forward(signs[2], signs[3], *roots)
    two_letters.multiply_conjugate(signs[2], signs[3], signs[0], signs[1])
    float_transform.inverse(signs[2], signs[3], *roots)
    exact = [m if len(fill) == 1 or i % 2 == 0 else -m for i in range(length - m + 1)]
    error = np.abs(signs[2][: length - m + 1] / length - exact).max()
    assert error <= rounding_bound(log2_length, 1, np.sqrt(length * m)) < 1e-8


@pytest.mark.jit
@pytest.mark.parametrize(("n", "m"), [(30_000, 3_000), (60_000, 9_000), (70_000, 70_000), (200_000, 33_333)])
def test_long_texts_over_two_letters(n, m):
    rng = np.random.default_rng(n)
    text, pattern = rng.integers(0, 2, n), rng.integers(0, 2, m)
    found = count_by_signs(encode(text, pattern))
    assert np.array_equal(found, hamming.per_letter_fft(text, pattern))
    at = rng.integers(0, n - m + 1, 20)
    assert [int(found[i]) for i in at] == [int((text[i : i + m] != pattern).sum()) for i in at]
