"""Letters that share a float transform (HAM-11)."""

import numpy as np
import pytest

from lemmata.hamming.correlations.blocks import plan_blocks


@pytest.mark.parametrize(
    ("n", "m", "letters"),
    [(55_288, 4_559, 3), (95_214, 85_354, 85_354), (44_158_015, 779_845, 100)],
)
def test_letters_share_a_transform_up_to_three_eighths(n, m, letters):
    # The error, written out in doubles.
    """HAM-11: at the edge of what may share one."""
    plan = plan_blocks(n, m, letters)
    assert plan.together > 1
    bits, groups = (4 * m - 1).bit_length(), -(-letters // plan.together)
    s = (11.84 * plan.log2_length + groups + 3) / 2**53
    scale = 2.0 ** (bits * (plan.together - 1))
    error = (
        scale * np.ceil(np.sqrt(2.0 ** (plan.log2_length + 1) * m)) * s / (1 - s) + (m * scale + 1) / 2**53
    )
    assert 0.373 < error < 0.375
