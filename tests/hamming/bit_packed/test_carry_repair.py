"""Repairs of carries (HAM-13, HAM-14, HAM-17)."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming.bit_packed import carry_repair, packing_model
from lemmata.hamming.bit_packed.packing import CarriesRepaired, DigitsMultiplied


@pytest.mark.jit
def test_a_repair_is_given_up_at_its_budget():
    # Runs: every second class of every modulus has a carry, and peeling gets stuck again and again.
    pattern = np.repeat(np.arange(4), 1024)
    text = np.r_[pattern, pattern]
    bound = packing_model.bit_packed_word_operations(len(text), len(pattern))
    for overflow in ("auto", "widen"):
        costs, steps = Costs(), []
        found = hamming.bit_packed_fft(text, pattern, headroom=1, overflow=overflow, costs=costs, trace=steps)
        assert found[0] == 0
        assert any(isinstance(step, DigitsMultiplied) and step.carries for step in steps)
        assert costs.word_operations <= 3 * bound


@pytest.mark.jit
@pytest.mark.parametrize("seed", range(12))
def test_the_repair_runs_and_is_exact(seed):
    """HAM-14: repaired counts beside NumPy's convolution."""
    rng = np.random.default_rng(seed)
    step = int(rng.integers(1, 9))
    x, y = np.zeros(int(rng.integers(200, 3000)), dtype=np.int64), np.zeros(900, dtype=np.int64)
    x[::step], y[::step] = 1, 1
    steps: list[object] = []
    found = hamming.sum_histogram(x, y, headroom=2, overflow="repair", rng=rng, trace=steps)
    assert found.tolist() == np.convolve(x, y).tolist()
    overflows = [step for step in steps if isinstance(step, DigitsMultiplied) and step.carries]
    repairs = [step for step in steps if isinstance(step, CarriesRepaired)]
    # Small folded problems that overflow are done again with wide digits.
    assert 1 <= len(repairs) <= len(overflows)
    assert max(len(step.moduli) for step in repairs) >= 3


@pytest.mark.parametrize(("ones", "headroom", "outermost", "mean"), [(30, 4, 2, 2.26), (100, 2, 3, None)])
def test_repairs_take_more_than_two_rounds_on_average_and_never_more_than_five(
    ones, headroom, outermost, mean
):
    """HAM-17: rounds of many seeds."""
    x = np.array([1] * ones + [0] * 270)
    last, rounds = [], []
    for seed in range(60):
        steps: list[object] = []
        hamming.sum_histogram(x, x, headroom=headroom, overflow="repair", rng=seed, trace=steps)
        rounds += [step.rounds for step in steps if isinstance(step, CarriesRepaired)]
        last.append(rounds[-1])
    assert sum(last) / len(last) == pytest.approx(outermost, abs=0.1)
    assert mean is None or sum(rounds) / len(rounds) == pytest.approx(mean, abs=0.1)
    assert max(rounds) <= 5


def test_peeling_takes_nearly_what_is_allowed_where_every_position_carried():
    """Ten carries of one, in 8 and in 9 classes: seven for a class, and for a position 3 and 9 per table."""
    sums = [np.bincount(np.arange(10) % modulus) for modulus in (8, 9)]
    tables = carry_repair.CarryTables(10, [8, 9], sums)
    assert tables.peel_at_most == 7 * 17 + (3 + 2 * 9) * 10 == 329
    carries, undecided = tables.peel()
    assert carries.tolist() == [1] * 10
    assert undecided == 0
    assert tables.operations == 326


@given(st.integers(1, 200), st.integers(1, 40_000))
@example(1, 1)
@example(12, 12)
def test_few_moduli_divide_a_difference(smallest, difference):
    """HAM-13: at most (D + Q) / 2Q of the integers from Q to 2Q - 1, and for D = Q just as many."""
    dividing = sum(difference % q == 0 for q in range(smallest, 2 * smallest))
    assert 2 * smallest * dividing <= difference + smallest
    assert sum(smallest % q == 0 for q in range(smallest, 2 * smallest)) == 1


def test_moduli_are_drawn_uniformly():
    """HAM-13 counts each of the Q moduli alike: 8000 draws of eight, five deviations of 30 around 1000."""
    rng = np.random.default_rng(0)
    drawn = np.bincount([carry_repair.draw_modulus(8, rng) for _ in range(8000)], minlength=16)
    assert len(drawn) == 16
    assert (drawn[:8] == 0).all()
    assert (np.abs(drawn[8:] - 1000) <= 150).all()
