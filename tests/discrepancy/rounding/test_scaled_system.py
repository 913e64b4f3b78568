"""Rows brought to one scale, and what rounding may hide in them."""

import numpy as np
import pytest

from lemmata.discrepancy.rounding.column_blocks import read_constraints
from lemmata.discrepancy.rounding.scaled_system import ScaledSystem


@pytest.mark.parametrize("n", [1, 4096, 5000])
def test_what_rounding_may_hide_is_added_to_a_residual(n):
    """Sums of min(n, 4096) products in doubles are off by as many half-ulps of their absolute sum."""
    blocks = read_constraints("constraints", np.ones((1, n)), n)
    system = ScaledSystem(blocks, np.ones(n, dtype=bool))
    x, y = np.zeros(n), np.ones(n)
    assert system.ratio(np.zeros(1), x, y) * 1e-9 >= min(n, 4096) * 2.0**-53
    assert system.ratio(np.zeros(1), x, x) == 0
