"""Planes of bits (HAM-27)."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lemmata.proofs_check.hamming.charges import charged_and_counted

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming import bit_parallel as bit_parallel_function
from lemmata.hamming import bounds
from lemmata.hamming.exact import bit_parallel as bit_parallel_module


@pytest.mark.parametrize(
    ("text_length", "m"), [(1, 1), (64, 1), (65, 64), (100, 65), (2000, 128), (70_000, 70)]
)
@pytest.mark.parametrize("letters", [1, 2, 5, 300])
def test_planes_cost_what_the_theorem_says(text_length, m, letters):
    """HAM-27: around whole words."""
    rng = np.random.default_rng(m)
    pattern = rng.integers(0, letters, m)
    text = rng.integers(0, letters, text_length)
    planes = max(1, len(np.unique(pattern))).bit_length()
    costs = Costs()
    bit_parallel_function(text, pattern, costs=costs)
    assert costs.word_operations <= bounds.bit_parallel_word_operations(text_length, m, planes)


def test_planes_in_several_runs_are_charged_as_counted(monkeypatch):
    monkeypatch.setattr(bit_parallel_module, "_RUN", 2)
    rng = np.random.default_rng(3)
    found = charged_and_counted(hamming.bit_parallel, rng.integers(0, 3, 500), rng.integers(0, 3, 130))
    assert found.charged == found.counted


@given(st.integers(1, 200), st.integers(0, 200), st.integers(1, 300), st.integers(0, 2**31))
@example(64, 64, 1, 0)
@example(63, 1, 2, 1)
def test_planes_and_brute_force_around_words(m, extra, letters, seed):
    """HAM-27: planes beside a loop, around whole words."""
    rng = np.random.default_rng(seed)
    text, pattern = rng.integers(0, letters, m + extra), rng.integers(0, letters, m)
    expected = [int((text[i : i + m] != pattern).sum()) for i in range(extra + 1)]
    assert hamming.bit_parallel(text, pattern).tolist() == expected
    assert hamming.brute_force(text, pattern).tolist() == expected
