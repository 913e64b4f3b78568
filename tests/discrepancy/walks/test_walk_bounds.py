"""Formulas for partial and full colourings (DIS-21, DIS-22, DIS-23)."""

import numpy as np
import pytest

from lemmata.discrepancy.walks import walk_bounds


def test_formulas():
    """DIS-21, DIS-22: by hand, and within the rounder bounds."""
    assert walk_bounds.edge_walk_success_probability(0, 8, []) == 1
    assert walk_bounds.edge_walk_success_probability(16, 10**9, [np.inf] * 9) == pytest.approx(0.75)
    assert walk_bounds.edge_walk_success_probability(16, 1, []) == 0
    assert walk_bounds.equal_threshold(5, 0) == 0
    assert walk_bounds.full_coloring_bound(9, 0) == 0
    for n, m in ((1, 1), (7, 9), (64, 64), (64, 6400)):
        level = walk_bounds.equal_threshold(n, m)
        assert m * np.exp(-(level**2) / 16) == pytest.approx(n / 16)
        limit = walk_bounds.FULL_COLORING_CONSTANT * np.sqrt(n * np.log(2 * m / n))
        assert walk_bounds.full_coloring_bound(n, m) <= limit


def test_the_proved_bound_is_trivial_for_few_points():
    beyond = [n for n in range(1, 2000) if walk_bounds.full_coloring_bound(n, n) >= n]
    assert beyond == [*range(1, 701), 704, 705]
