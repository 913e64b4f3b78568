"""Counted costs against the theorems, and what a trace says (HAM-2, HAM-3)."""

from collections import Counter

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming import bounds


@given(st.lists(st.integers(0, 5), min_size=1, max_size=200), st.data())
def test_charged_costs_stay_below_the_theorems(text, data):
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


def test_direct_counting_charges_two_for_every_equal_pair():
    def charged(text, pattern):
        costs = Costs()
        hamming.abrahamson(text, pattern, threshold=3, costs=costs)
        return costs.word_operations

    text, pattern = [0, 1, 1, 2, 0], [1, 0, 1]
    pairs = sum(a == b for a in text for b in pattern)
    assert charged(text, pattern) - charged([2] * 5, pattern) == 2 * pairs


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.data())
def test_traces_add_up_to_the_result(text, data):
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


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.integers(1, 40), st.integers(0, 9))
@example([3, 3, 1, 3], 2, 0)
def test_pairs_can_be_followed_one_by_one(text, m, threshold):
    pattern = text[-m:]
    rare = {letter for letter in pattern if pattern.count(letter) <= threshold}
    expected = [
        hamming.EqualPair(a, i, j)
        for i, a in enumerate(text)
        for j, b in enumerate(pattern)
        if a == b and a in rare
    ]
    steps = []
    hamming.abrahamson(text, pattern, threshold=threshold, trace=steps)
    assert list(steps[-1].pairs()) == expected
    assert steps[0].pairs == len(expected)
    matches = Counter(pair.alignment for pair in expected)
    assert steps[-1].matches.tolist() == [matches[i] for i in range(len(text) - len(pattern) + 1)]
    steps = []
    hamming.sort_merge("".join(map(str, text)), "".join(map(str, pattern)), trace=steps)
    assert [(int(pair.letter), pair.i, pair.j) for pair in steps[-1].pairs()] == [
        (a, i, j) for i, a in enumerate(text) for j, b in enumerate(pattern) if a == b
    ]
