"""Counted costs against the theorems, and what a trace says (HAM-1, HAM-2, HAM-3)."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming import bounds


@given(st.lists(st.integers(0, 5), min_size=1, max_size=200), st.data())
def test_charged_costs_stay_below_the_theorems(text, data):
    """HAM-2, HAM-3: of words with many equal letters."""
    m = data.draw(st.integers(1, len(text)))
    start = data.draw(st.integers(0, len(text) - m))
    pattern = text[start : start + m]
    fft, mixed, literal = Costs(), Costs(), Costs()
    hamming.per_letter_fft(text, pattern, costs=fft)
    hamming.abrahamson(text, pattern, costs=mixed)
    hamming.by_definition(text, pattern, costs=literal)
    sigma, n = len(set(pattern)), len(text)
    assert fft.word_operations <= bounds.fischer_paterson_word_operations(n, m, sigma)
    assert mixed.word_operations <= bounds.abrahamson_word_operations(n, m)
    assert literal.word_operations == 2 * m * (n - m + 1)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.data())
def test_traces_add_up_to_the_result(text, data):
    """HAM-1: the letters' matches add up to what is no mismatch."""
    m = data.draw(st.integers(1, len(text)))
    pattern = data.draw(st.lists(st.integers(0, 3), min_size=m, max_size=m))
    expected = hamming.by_definition(text, pattern)
    steps: list[object] = []
    hamming.by_definition(text, pattern, trace=steps)
    assert [len(step.mismatches) for step in steps] == expected.tolist()
    steps = []
    assert np.array_equal(hamming.per_letter_fft(text, pattern, trace=steps.append), expected)
    assert sorted(step.letter for step in steps) == sorted(set(pattern))
    assert np.array_equal(m - sum(step.matches for step in steps), expected)
    steps = []
    assert np.array_equal(hamming.abrahamson(text, pattern, threshold=1, trace=steps), expected)
    choice = steps[0]
    assert all(pattern.count(letter) > 1 for letter in choice.frequent)
    assert all(pattern.count(letter) <= 1 for letter in choice.infrequent)
    assert np.array_equal(m - sum(step.matches for step in steps[1:]), expected)
