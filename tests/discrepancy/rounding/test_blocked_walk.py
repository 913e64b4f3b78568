"""The basis of the blocked walk: which column leaves it, and how often it is inverted."""

import numpy as np
import pytest

from lemmata.discrepancy.rounding.blocked_walk import BLOCKS, Basis, block_size


@pytest.mark.parametrize("small", [0, 1])
def test_of_two_that_stop_a_step_the_larger_pivot_leaves(small):
    """Rising by 1/4, the new coordinate takes both basic ones to 0, one of them with a slope of 2^-14."""
    large = 1 - small
    columns = np.eye(3, 2)
    columns[2, small], columns[2, large] = 2.0**-14, 1.0
    y = np.empty(3)
    y[small], y[large], y[2] = 2.0**-16, 0.25, 0.5
    basis = Basis(2)
    basis.enter(columns, 0, y, np.empty(0))
    assert basis.owner[small] == small
    assert basis.owner[large] == 2
    assert basis.values[large] == 0.75
    assert y[large] == 0


def test_the_basis_is_inverted_after_so_many_blocks():
    """Equal numbers of 3/10: a column in every block of four takes the place of the one before."""
    assert block_size(1) == 4
    basis = Basis(1)
    columns = 4 * (2 * BLOCKS + 2)
    basis.enter(np.ones((columns, 1)), 0, np.full(columns, 0.3), np.empty(0))
    assert basis.counts[1:].tolist() == [2, 2, 0], "blocks since the last inversion, inversions, by drift"
