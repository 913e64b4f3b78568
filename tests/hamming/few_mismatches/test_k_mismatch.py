"""Distances up to k by every algorithm (HAM-18, HAM-20)."""

import numpy as np
import pytest
from hamming.few_mismatches.near_periods import ALGORITHMS, capped, nearly_periodic
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming.few_mismatches import k_mismatch as front
from lemmata.hamming.few_mismatches import periodicity
from lemmata.hamming.letters import encode


@given(nearly_periodic(), st.integers(0, 12))
@example(([0], [0]), 0)
@example(([0, 0, 1, 0], [0, 1]), 1)
def test_all_algorithms_cap_the_distances(words, k):
    """HAM-18, HAM-20: by jumps and by periods, beside the definition."""
    text, pattern = words
    for algorithm in ALGORITHMS:
        found = hamming.k_mismatch(text, pattern, k, algorithm=algorithm, rng=3)
        assert found.tolist() == capped(text, pattern, k), algorithm
        assert found.dtype == np.int64


@given(nearly_periodic(), st.integers(0, 12), st.sampled_from(ALGORITHMS))
@example(([0] * 30, [0] * 9), 2, "periodicity")
@example(([0, 1, 2, 3] * 9, [3, 1, 4, 1, 5, 9, 2, 6]), 1, "periodicity")
def test_watching_changes_neither_distances_nor_charges(words, k, algorithm):
    alone, watched, steps = Costs(), Costs(), []
    quiet = hamming.k_mismatch(*words, k, algorithm=algorithm, rng=3, costs=alone)
    found = hamming.k_mismatch(*words, k, algorithm=algorithm, rng=3, costs=watched, trace=steps)
    assert found.tolist() == quiet.tolist() == capped(*words, k)
    assert alone == watched
    assert bool(steps) == (algorithm != "distances")


@pytest.mark.parametrize(
    ("k", "error", "message"),
    [
        (-1, ValueError, "k must be at least 0"),
        (1.0, TypeError, "k must be an integer"),
        (True, TypeError, "k must be an integer"),
        ("1", TypeError, "k must be an integer"),
    ],
)
def test_bad_k(k, error, message):
    with pytest.raises(error, match=message):
        hamming.k_mismatch("abc", "a", k)


def test_unknown_algorithm_and_large_k():
    with pytest.raises(ValueError, match="algorithm must be"):
        hamming.k_mismatch("abc", "a", 1, algorithm="fast")
    assert hamming.k_mismatch("abc", "bb", 10**30).tolist() == [1, 1]


@pytest.mark.jit
def test_auto_takes_the_algorithm_that_suits():
    rng = np.random.default_rng(0)
    everything = encode(rng.integers(0, 2, 50_000), rng.integers(0, 2, 500))
    assert front.cheapest(everything, 3) == "distances"
    # Many letters and a long pattern of one period: few breaks, dear transforms.
    word = np.arange(2_000_000) % 50
    word[::40_000] += 1
    assert front.cheapest(encode(word, word[:400_000].copy()), 50) == "periodicity"


@given(st.integers(1, 10**40))
@example(1)
@example(3)
@example(4**25 - 1)
@example(4**25)  # where a logarithm in doubles does not see the one that is added
@example(4**60)
def test_rounds_of_projections_are_one_more_than_the_logarithm(k):
    rounds = periodicity.projection_rounds(k)
    assert 4 ** (rounds - 2) < k + 1 <= 4 ** (rounds - 1)
