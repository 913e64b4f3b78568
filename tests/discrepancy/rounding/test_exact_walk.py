"""The walk in fractions (DIS-2, DIS-4)."""

from fractions import Fraction

import pytest
from discrepancy.rounding.small_systems import exact_rank, systems
from hypothesis import given
from hypothesis import strategies as st

from lemmata import discrepancy
from lemmata.discrepancy import round_to_vertex, verify_rounding


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
