"""Total unimodularity (DIS-20): families that are known, transposes, submatrices, errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata import discrepancy
from lemmata.discrepancy import determinant_bound, is_totally_unimodular, set_systems


@st.composite
def matrices(draw):
    d, n = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    return np.array([[draw(st.integers(-1, 1)) for _ in range(n)] for _ in range(d)])


@given(matrices())
def test_rows_and_columns_may_change_places(matrix):
    assert is_totally_unimodular(matrix) == is_totally_unimodular(matrix.T)


@given(matrices())
def test_no_determinant_exceeds_one(matrix):
    """DIS-20, one direction, against FLINT's determinants."""
    if is_totally_unimodular(matrix):
        assert abs(determinant_bound(matrix).determinant) <= 1
    else:
        found = determinant_bound(matrix)
        assert abs(found.determinant) >= 2
        chosen = matrix[np.ix_(found.rows, found.columns)]
        assert not is_totally_unimodular(chosen)


@pytest.mark.parametrize("n", range(1, 8))
def test_intervals_are(n):
    assert is_totally_unimodular(set_systems.intervals(n))
    assert not is_totally_unimodular(2 * set_systems.intervals(n))


@pytest.mark.parametrize("n", range(3, 11))
def test_cycles_are_if_they_are_even(n):
    cycle = np.eye(n, dtype=int) + np.roll(np.eye(n, dtype=int), 1, axis=1)
    assert is_totally_unimodular(cycle) == (n % 2 == 0)


def test_halves_are_not_and_no_rows_are():
    assert not is_totally_unimodular([[0.5]])
    assert is_totally_unimodular([[1.0, -1.0]])
    assert is_totally_unimodular(np.zeros((0, 3)))
    assert is_totally_unimodular(np.zeros((2, 0)))


def test_errors_are_those_of_hereditary_discrepancy():
    with pytest.raises(ValueError, match="17"):
        is_totally_unimodular(np.ones((1, 17), dtype=int))
    with pytest.raises(ValueError, match="shape"):
        is_totally_unimodular([1, 0])
    with pytest.raises(ValueError, match="finite"):
        is_totally_unimodular([[np.nan]])


@pytest.mark.parametrize("entry", [1e300, 2, -2, 0.5, 2**64, 5e-324])
def test_an_entry_that_is_no_minor_decides_at_any_scale(entry):
    """DIS-20 speaks of entries -1, 0, 1; one other entry is a determinant that is none of them."""
    assert not discrepancy.is_totally_unimodular([[entry, 1]])
    assert not discrepancy.is_totally_unimodular([[entry] + [1] * 40])
