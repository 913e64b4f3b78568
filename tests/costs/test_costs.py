"""Counters, and the one-sided growth test."""

import numpy as np
import pytest

from lemmata.costs import Costs, growth_test

GRID = [2.0**k for k in range(6, 18)]


def test_counters():
    costs = Costs()
    costs.charge(word_operations=2**70, loads=1)
    assert (costs + costs).nonzero() == {"word_operations": 2**71, "loads": 2}
    with pytest.raises(TypeError, match="no counter is called 'steps'"):
        costs.charge(steps=1)
    with pytest.raises(ValueError, match="negative"):
        costs.charge(stores=-1)


def noisy(function, seed, spread=0.05, instances=8):
    rng = np.random.default_rng(seed)
    return [function(n) * (1 + spread * rng.uniform(-1, 1, instances)) for n in GRID]


@pytest.mark.parametrize("seed", range(20))
def test_n_log_n_is_not_refuted_against_n_log_n(seed):
    costs = noisy(lambda n: 5 * n * np.log2(n) + 30 * n, seed)
    assert growth_test(GRID, costs, lambda n: n * np.log2(n), rng=seed).outcome == "consistent"


@pytest.mark.parametrize("seed", range(20))
def test_n_to_the_1_2_is_not_accepted_against_n(seed):
    assert growth_test(GRID, noisy(lambda n: n**1.2, seed), lambda n: n, rng=seed).outcome == "refuted"
    assert growth_test(GRID, noisy(lambda n: n * np.log2(n), seed), lambda n: n).outcome == "refuted"


def test_a_stated_constant_is_the_limit():
    costs = [[3 * n] for n in GRID]
    assert growth_test(GRID, costs, lambda n: n, constant=3).outcome == "consistent"
    assert growth_test(GRID, costs, lambda n: n, constant=2.9).outcome == "refuted"
    wide = noisy(lambda n: 3 * n, 0, spread=0.9, instances=4)
    assert growth_test(GRID, wide, lambda n: n, constant=3).outcome == "inconclusive"


@pytest.mark.parametrize(
    ("sizes", "costs", "message"),
    [
        ([1, 2, 3], [[1]] * 3, "six increasing"),
        ([1, 2, 4, 8, 16, 15], [[1]] * 6, "six increasing"),
        ([1, 2, 3, 4, 5, 6], [[1]] * 6, "factor of 16"),
        (GRID, [[1]] * 3, "one entry per size"),
        (GRID, [[0]] * 12, "positive and finite"),
        (GRID, [[float("nan")]] * 12, "positive and finite"),
        (GRID, [[]] * 12, "positive and finite"),
    ],
)
def test_bad_grids_are_refused(sizes, costs, message):
    with pytest.raises(ValueError, match=message):
        growth_test(sizes, costs, lambda n: n)


def test_a_bad_formula_is_refused():
    with pytest.raises(ValueError, match="formula must be positive"):
        growth_test(GRID, [[1]] * 12, lambda _: 0.0)
