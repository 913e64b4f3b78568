"""The index under the jumps (HAM-18)."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata.hamming.few_mismatches import suffix_array


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.data())
@example([0], None)
@example([1, 1, 1, 1, 1], None)
def test_longest_common_extensions(word, data):
    """HAM-18: how far a jump goes."""
    order = suffix_array.suffix_array(np.array(word, dtype=np.int32))
    assert [word[i:] for i in order] == sorted(word[i:] for i in range(len(word)))
    codes = np.unique(word, return_inverse=True)[1].astype(np.int32)
    extensions = suffix_array.prepare_extensions(codes)
    pairs = [(i, j) for i in range(len(word)) for j in range(len(word)) if i != j]
    for i, j in pairs[:200]:
        same = 0
        while max(i, j) + same < len(word) and word[i + same] == word[j + same]:
            same += 1
        assert suffix_array.longest_common_extension(*extensions, i, j) == same


def test_the_empty_word_has_no_suffixes():
    assert len(suffix_array.suffix_array(np.empty(0, dtype=np.int32))) == 0
