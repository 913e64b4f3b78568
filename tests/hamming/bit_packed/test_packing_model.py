"""The model of packed products, and its bound (HAM-10, HAM-15)."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lemmata.proofs_check.hamming.counted_runs import planning_operations

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming.bit_packed import packing_model
from lemmata.hamming.bit_packed.packing import Packing


@pytest.mark.jit
@pytest.mark.parametrize("m", [1, 5, 300, 4096, 70_000])
def test_the_bound_holds_where_nothing_overflows(m):
    """HAM-15: within three times the bound, without repairs."""
    rng = np.random.default_rng(m)
    text, pattern = rng.integers(0, 4, 2 * m + 3), rng.integers(0, 4, m)
    costs = Costs()
    hamming.bit_packed_fft(text[: 2 * m], pattern, overflow="widen", rng=0, costs=costs)
    assert costs.word_operations <= 3 * packing_model.bit_packed_word_operations(2 * m, m)


def test_one_digit_to_a_word_takes_more_than_the_bound():
    """HAM-15 leaves digits="single" out: 10 equally frequent letters, m = 2^16, n = 10m."""
    m = 2**16
    n, frequencies = 10 * m, np.full(10, m // 10)
    windows = [2 * m - 1] * 9 + [m]
    single = Packing(digits="single")
    total = sum(
        packing_model.letters_word_operations(window, m, frequencies * window // m, frequencies, single)
        for window in windows
    )
    assert packing_model.bit_packed_word_operations(n, m) < total
    assert 96 < total / (n * m**0.5) < 98


@pytest.mark.parametrize("m", [1, 4096, 2**18])
def test_planning_takes_no_more_than_its_charge(m):
    assert max(planning_operations(2 * m, m, m, m, Packing())) <= 150


def test_the_model_by_hand():
    # Two letters, one position each: every count fits a bit; the dearest letter has mass at most 4.
    assert packing_model.letter_mass_bound(2, 8) == 4
    assert packing_model.normalised_cost(64, "narrow") <= packing_model.normalised_cost(64, "wide")
    assert packing_model.normalised_cost(64, "wide", word_bits=64 * 8) < packing_model.normalised_cost(
        64, "single"
    )


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=9), st.integers(0, 3))
@example([(2, 1), (4, 2), (6, 3)], 0)
def test_roots_of_masses_add_up_to_at_most_the_root_of_the_lengths(letters, more):
    """HAM-10: with equality where frequencies are proportional and nothing else is in the text."""
    n, m = sum(a for a, _ in letters) + more, sum(b for _, b in letters)
    roots = sum((a * b) ** 0.5 for a, b in letters)
    bound = packing_model.letter_mass_bound(n, m)
    assert roots <= bound * (1 + 1e-12)
    if n and m:
        proportional = not more and all(a * m == b * n for a, b in letters)
        assert proportional == (roots == pytest.approx(bound, rel=1e-9))
