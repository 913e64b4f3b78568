"""Equal pairs are visited once each, and charged (HAM-9)."""

from collections import Counter

from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import hamming
from lemmata.costs import Costs


def test_direct_counting_charges_two_for_every_equal_pair():
    """HAM-9: a move to the pair's place and an addition."""

    def charged(text, pattern):
        costs = Costs()
        hamming.abrahamson(text, pattern, threshold=3, costs=costs)
        return costs.word_operations

    text, pattern = [0, 1, 1, 2, 0], [1, 0, 1]
    pairs = sum(a == b for a in text for b in pattern)
    assert charged(text, pattern) - charged([2] * 5, pattern) == 2 * pairs


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.integers(1, 40), st.integers(0, 9))
@example([3, 3, 1, 3], 2, 0)
def test_pairs_can_be_followed_one_by_one(text, m, threshold):
    """HAM-9: every equal pair once, and no other."""
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
