"""The walk in fractions (DIS-2, DIS-4)."""

from fractions import Fraction
from math import prod

import pytest
from discrepancy.rounding.small_systems import exact_rank, systems
from hypothesis import given, settings
from hypothesis import strategies as st

from lemmata import discrepancy
from lemmata.discrepancy import round_to_vertex, verify_rounding
from lemmata.discrepancy.rounding.exact_walk import fair_choice, walk_to_vertex


@given(systems(), st.none() | st.integers(0, 9))
def test_in_rationals_it_is_an_identity(system, seed):
    """DIS-2: in fractions, A y = A x."""
    x, matrix = system
    rounding = round_to_vertex(x, matrix, exact=True, unbiased=seed is not None, rng=seed)
    for row in matrix.tolist():
        assert (
            sum(Fraction(a) * (y - Fraction(b)) for a, y, b in zip(row, rounding.values, x, strict=True)) == 0
        )
    assert all(0 <= y <= 1 for y in rounding.values)
    assert all(rounding.values[j] in (0, 1) for j in set(range(len(x))) - set(rounding.fractional.tolist()))
    assert len(rounding.fractional) <= exact_rank(matrix)
    certificate = verify_rounding(rounding, x, matrix)
    assert certificate
    assert certificate.largest_ratio == 0


def test_integers_and_fractions_are_taken_as_they_are():
    rounding = round_to_vertex([Fraction(1, 3)] * 3, [[2**70, Fraction(1, 7), 5]], exact=True)
    x = [Fraction(1, 3)] * 3
    row = [2**70, Fraction(1, 7), 5]
    assert sum(a * (y - b) for a, y, b in zip(row, rounding.values, x, strict=True)) == 0


def test_trace_shows_every_step():
    steps = []
    rounding = round_to_vertex([0.5, 0.25, 0.75], [[3, 2, 1]], exact=True, trace=steps)
    assert steps[0] == discrepancy.ColumnJoined(0)
    y = [Fraction(1, 2), Fraction(1, 4), Fraction(3, 4)]
    for step in steps[1:]:
        y[step.coordinate] += step.step
        for j, weight in zip(step.basic, step.weights, strict=True):
            y[j] -= step.step * weight
        assert 3 * y[0] + 2 * y[1] + y[2] == Fraction(11, 4)
        assert y[step.settled] in (0, 1)
    assert y == rounding.values.tolist()
    with pytest.raises(ValueError, match="trace needs exact=True"):
        round_to_vertex([0.5], [[1.0]], trace=steps)


def outcomes(x, columns, m):
    """Every end of the walk with its probability: each choice is made both ways."""
    ends, waiting = [], [()]
    while waiting:
        choices, chances = list(waiting.pop()), []

        def choose(_, up, down, choices=choices, chances=chances):
            if len(chances) == len(choices):
                waiting.append((*choices, False))
                choices.append(True)
            rises = choices[len(chances)]
            chances.append((down if rises else up) / (up + down))
            return rises

        y, _ = walk_to_vertex(x, iter(columns), m, choose)
        ends.append((y, prod(chances, start=Fraction(1))))
    return ends


@given(st.data())
@settings(max_examples=60)
def test_the_walk_is_right_on_average(data):
    """DIS-4: over all its ends, the mean is x and the variances add up to at most those of coins."""
    n, m = data.draw(st.integers(0, 5)), data.draw(st.integers(0, 2))
    x = [Fraction(k, 5) for k in data.draw(st.lists(st.integers(0, 5), min_size=n, max_size=n))]
    entries = st.lists(st.integers(-2, 2).map(Fraction), min_size=m, max_size=m)
    ends = outcomes(x, data.draw(st.lists(entries, min_size=n, max_size=n)), m)
    assert sum(p for _, p in ends) == 1
    assert [sum((p * y[j] for y, p in ends), Fraction(0)) for j in range(n)] == x
    variance = sum(p * (y[j] - x[j]) ** 2 for y, p in ends for j in range(n))
    coins = sum(v * (1 - v) for v in x)
    assert variance <= coins
    if all(v in (0, 1) for y, _ in ends for v in y):
        assert variance == coins


class Given:
    """A generator that hands out numbers of 32 bits."""

    def __init__(self, *numbers):
        self.numbers = list(numbers)

    def integers(self, low, high):
        assert (low, high) == (0, 2**32)
        return self.numbers.pop(0)


@pytest.mark.parametrize(
    ("up", "numbers", "rises"),
    [
        (1, [2**31 - 1], True),
        (1, [2**31], False),
        (2, [2**32 // 3 - 1], True),
        (2, [2**32 // 3 + 1], False),
        (2, [2**32 // 3, 2**32 // 3 - 1], True),  # a third begins like 32 of its bits, and so on
        (2, [2**32 // 3, 2**32 // 3, 2**32 // 3 + 1], False),
    ],
)
def test_a_fair_choice_draws_until_it_is_decided(up, numbers, rises):
    """DIS-4: up by ``up``, down by 1, so up with probability 1 / (up + 1), exactly."""
    rng = Given(*numbers)
    assert fair_choice(rng)(0, Fraction(up), Fraction(1)) is rises
    assert rng.numbers == []
