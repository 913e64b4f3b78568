"""Sorting, and merging equal letters (HAM-9)."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import hamming
from lemmata.costs import Costs


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.integers(1, 40))
@example([3, 3, 1, 3], 2)
def test_pairs_of_all_letters_can_be_followed_one_by_one(text, m):
    """HAM-9: every equal pair once, and no other; here of strings."""
    pattern, steps = text[-m:], []
    hamming.sort_merge("".join(map(str, text)), "".join(map(str, pattern)), trace=steps)
    assert [(int(pair.letter), pair.i, pair.j) for pair in steps[-1].pairs()] == [
        (a, i, j) for i, a in enumerate(text) for j, b in enumerate(pattern) if a == b
    ]


def test_every_equal_pair_is_charged_two():
    """HAM-9: words of the same lengths and letters to part, but for the pairs."""

    def charged(text, pattern):
        costs = Costs()
        hamming.sort_merge(text, pattern, costs=costs)
        return costs.word_operations

    one = np.arange(1000)
    both = charged(one, one[:10]), charged(one + 1000, one[:10])
    assert both[0] - both[1] == 2 * 10
