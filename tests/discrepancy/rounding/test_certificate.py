"""What certifies a rounding, and what it refuses (DIS-1)."""

from fractions import Fraction

import numpy as np
import pytest

from lemmata import discrepancy
from lemmata.discrepancy import Rounding, round_to_vertex, verify_rounding


def test_a_wrong_rounding_is_not_certified():
    x, matrix = np.full(6, 0.5), np.array([[1.0, 2, 3, 4, 5, 6], [0, 0, 0, 0, 0, 1]])
    good = round_to_vertex(x, matrix)
    assert verify_rounding(good, x, matrix)
    nearest = Rounding(np.round(x), np.array([], dtype=np.int64), np.zeros(2))
    assert not verify_rounding(nearest, x, matrix).constraints_kept
    unrounded = Rounding(x, np.arange(6), np.zeros(2))
    assert not verify_rounding(unrounded, x, matrix).independent
    hidden = Rounding(x, np.array([0, 5]), np.zeros(2))
    assert not verify_rounding(hidden, x, matrix).others_integral
    outside = Rounding(np.where(np.arange(6) == 0, -1e-9, good.values), np.array([0]), np.zeros(2))
    assert not verify_rounding(outside, x, matrix).in_cube
    shifted = Rounding(
        good.values + 1e-6 * (np.arange(6) == good.fractional[0]), good.fractional, np.zeros(2)
    )
    assert not verify_rounding(shifted, x, matrix).constraints_kept
    with pytest.raises(TypeError, match="integer indices"):
        verify_rounding(Rounding(x, np.array([0.7]), np.zeros(2)), x, matrix)
    with pytest.raises(TypeError, match="real values"):
        verify_rounding(Rounding(np.array(["a"] * 6), np.array([0]), np.zeros(2)), x, matrix)
    with pytest.raises(ValueError, match="do not fit"):
        verify_rounding(Rounding(x, np.array([9]), np.zeros(2)), x, matrix)
    with pytest.raises(ValueError, match="6 values, x has 5"):
        verify_rounding(good, x[:5], matrix[:, :5])


def test_dependence_is_decided_exactly():
    """Columns that differ in the last bit are independent, and dependent modulo no large prime (DIS-1)."""
    x = [0.5, 0.5]
    matrix = [[1.0, 1.0], [1.0, 1.0 + 2.0**-52]]
    both = Rounding(np.array(x), np.array([0, 1]), np.zeros(2))
    assert verify_rounding(both, x, matrix).independent
    assert not verify_rounding(both, x, [[1.0, 1.0], [1.0, 1.0]]).independent
    p = 2_147_483_647
    assert verify_rounding(both, x, [[1.0, 0.0], [0.0, float(p)]]).independent


def test_rows_of_small_scale_are_held_to_their_own_scale():
    matrix = np.full((1, 4), 1e-10)
    x = np.array([1.0, 1.0, 1.0, 0.9])
    nothing = Rounding(np.zeros(4), np.array([], dtype=np.int64), np.zeros(1))
    assert not verify_rounding(nothing, x, matrix).constraints_kept
    assert verify_rounding(round_to_vertex(x, matrix), x, matrix)


def test_a_column_that_cannot_move_excuses_nothing():
    matrix, x = np.array([[1e12, 1.0, 1.0]]), np.array([1.0, 0.9, 0.9])
    careless = Rounding(np.array([1.0, 1.0, 1.0]), np.array([], dtype=np.int64), np.zeros(1))
    assert not verify_rounding(careless, x, matrix).constraints_kept
    moved = Rounding(np.array([1 - 2e-12, 1.0, 1.0]), np.array([0]), np.zeros(1))
    assert not verify_rounding(moved, x, matrix).integers_stay
    assert not verify_rounding(
        Rounding(np.array([0, Fraction(9, 10)]), np.array([1]), np.zeros(1)), [1, Fraction(9, 10)], [[0, 1]]
    ).integers_stay


def test_a_rounding_below_zero_is_refused():
    below = discrepancy.Rounding(np.array([-0.25, 1.0]), np.array([0]), np.zeros(1))
    assert not discrepancy.verify_rounding(below, [0.5, 0.25], [[1.0, 1.0]])
