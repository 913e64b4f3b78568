"""Estimates of distances by random projections (HAM-21, HAM-22)."""

import numpy as np
import pytest
from hamming.words import by_terms, numbers
from hypothesis import given
from hypothesis import strategies as st

from lemmata import hamming
from lemmata.hamming.approximation import karloff, kopelowitz_porat


@given(numbers(st.integers(0, 30)), st.integers(0, 2**32))
def test_estimates_keep_their_promises(words, seed):
    """HAM-22: never above, and within a half but for a billionth of the seeds."""
    text, pattern = words
    exact = np.array(by_terms(lambda a, b: a != b, text, pattern))
    found = hamming.approximate(text, pattern, epsilon=0.5, failure_probability=1e-9, rng=seed)
    assert found.dtype == np.int64
    assert (found <= exact).all()
    assert (found[exact > 0] > 0.5 * exact[exact > 0]).all()
    assert (found[exact == 0] == 0).all()


@pytest.mark.parametrize("algorithm", ["kopelowitz_porat", "karloff"])
@pytest.mark.parametrize("smallest", [1e-6, 1e-8, 1e-10, 5e-324])
def test_small_errors_and_probabilities(algorithm, smallest):
    text, pattern = [1, 2, 3, 4, 5], [1, 3]
    exact = hamming.by_definition(text, pattern).tolist()
    assert hamming.approximate(text, pattern, epsilon=smallest, algorithm=algorithm).tolist() == exact
    rng = np.random.default_rng(0)
    text, pattern = rng.integers(0, 50, 200), rng.integers(0, 50, 60)
    exact = hamming.by_definition(text, pattern)
    found = hamming.approximate(
        text, pattern, epsilon=0.5, failure_probability=smallest, algorithm=algorithm, rng=1
    )
    assert (abs(found - exact) <= 0.5 * exact).all()


def test_repetitions_by_hand():
    # ln(2 10^12) = 28.32 and 2 28.32 / 0.01 = 5664.9; log_4(10^15) = 24.9.
    assert karloff.karloff_repetitions(10**6, 0.1, 1e-6) == 5665
    assert kopelowitz_porat.kopelowitz_porat_repetitions(10**6, 1e-9) == 25
    for exponent in (1, 29, 31, 39, 47, 51):  # logarithms were one above at most of these,
        assert kopelowitz_porat.kopelowitz_porat_repetitions(1, 4.0**-exponent) == exponent
    for exponent in (24, 25, 26):  # and one below at these
        assert kopelowitz_porat.kopelowitz_porat_repetitions(4**exponent + 1, 0.25) == exponent + 2
    assert kopelowitz_porat.kopelowitz_porat_letters(1.0) == 4


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epsilon": 0.0}, "epsilon must be in"),
        ({"epsilon": 1.5}, "epsilon must be in"),
        ({"epsilon": float("nan")}, "epsilon must be in"),
        ({"epsilon": 0.5, "failure_probability": 0.0}, "failure_probability must be in"),
        ({"epsilon": 0.5, "failure_probability": 1.0}, "failure_probability must be in"),
        ({"epsilon": 0.5, "algorithm": "guess"}, "algorithm must be"),
    ],
)
def test_bad_estimates(options, message):
    with pytest.raises(ValueError, match=message):
        hamming.approximate("abc", "a", **options)


def test_any_two_of_many_letters_are_told_apart():
    pattern = list(range(100))
    for place in range(1, 100):
        for other in (0, 100):  # a letter of the pattern, and one that it does not have
            text = pattern.copy()
            text[place] = other
            assert hamming.approximate(text, pattern, epsilon=0.5, rng=place) == [1]


def test_estimates_of_no_mismatches_are_zero_and_not_above():
    pattern = list(range(40))
    found = hamming.approximate(pattern + pattern, pattern, epsilon=1, failure_probability=0.5, rng=0)
    assert (found[0], found[-1]) == (0, 0)
    assert len(found) == 41
