"""Hereditary discrepancy and the determinant lower bound (DIS-18)."""

from fractions import Fraction

import numpy as np
import pytest
from discrepancy.peak_memory import peak_memory
from discrepancy.small_matrices import least, matrices
from hypothesis import given
from hypothesis import strategies as st

from lemmata import discrepancy


@given(matrices(st.integers(-3, 3)))
def test_hereditary_discrepancy_of_every_choice_of_columns(rows):
    """DIS-18: every choice of columns by the definition, and the bound by determinants below it."""
    found = discrepancy.hereditary_discrepancy(rows)
    n = len(rows[0])
    values = {}
    for mask in range(1 << n):
        chosen = [[row[j] for j in range(n) if mask >> j & 1] for row in rows]
        values[mask] = least(chosen) if mask else 0
        assert found.by_columns[mask] == values[mask]
    assert found.value == max(values.values())
    assert values[sum(1 << j for j in found.columns)] == found.value
    # DIS-18.
    bound = discrepancy.determinant_bound(rows)
    assert bound.allows(found.value)
    assert bound.order == 0 or bound.value <= found.value + 1e-9


def test_hereditary_discrepancy_of_fractions_and_doubles():
    assert discrepancy.hereditary_discrepancy(np.array([[Fraction(1, 3), Fraction(1, 2)]])).value == Fraction(
        1, 2
    )
    found = discrepancy.hereditary_discrepancy([[0.5, 0.75]])
    assert found.value == 0.75
    assert isinstance(found.value, float)


def test_determinant_bound_of_nothing():
    assert discrepancy.determinant_bound(np.zeros((2, 2), dtype=int)).value == 0
    assert discrepancy.determinant_bound(np.zeros((0, 2), dtype=int)).allows(0)
    assert discrepancy.linear_discrepancy(np.zeros((2, 2), dtype=int)).value == 0


def test_determinant_bound_holds_some_submatrices_at_a_time():
    matrix = np.ones((2, 500), dtype=np.int64)
    assert peak_memory(lambda: discrepancy.determinant_bound(matrix)) < 16_000_000


def test_bounds_by_determinants_beyond_the_largest_double():
    """Order 20 and entries 2^60: the determinant is 2^1200 or so, its root is a double (DIS-18)."""
    from lemmata.discrepancy.colorings.hereditary import DeterminantBound

    bound = DeterminantBound(20, 2**1200, tuple(range(20)), tuple(range(20)))
    assert bound.value == pytest.approx(2.0**59, rel=1e-12)
    assert bound.allows(2**59)
    assert bound.allows(2.0**59)
    assert not bound.allows(2**59 - 1)


def test_entries_beyond_32_bits_and_determinants_beyond_doubles():
    """DIS-18: the larger entry alone; a^2 + b^2 is no double."""
    assert discrepancy.hereditary_discrepancy([[2**32, 2**33]]).value == 2**33
    a, b = 10**9 + 7, 10**9 + 9
    assert discrepancy.determinant_bound([[a, b], [-b, a]]).determinant == a * a + b * b
