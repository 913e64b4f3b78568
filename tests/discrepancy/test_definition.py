"""The discrepancy of a colouring: what it refuses."""

import numpy as np
import pytest

from lemmata import discrepancy


@pytest.mark.parametrize(
    ("vectors", "coloring", "error", "message"),
    [
        ([[1, 2]], [1, 0], ValueError, r"coloring must hold -1 and 1 \(coloring\[1\] = 0\)"),
        ([[1, 2]], [1], ValueError, r"coloring must have shape \(2,\)"),
        ([[1, 2]], ["a", "b"], TypeError, "coloring must hold the numbers"),
        ([1, 2], [1, 1], ValueError, r"vectors must have shape \(d, n\)"),
        ([[1, 2], [3]], [1, 1], ValueError, "vectors must be a rectangular array"),
        ([[1.0, float("nan")]], [1, 1], ValueError, r"vectors\[0, 1\] = nan"),
        ([[1.0, float("inf")]], [1, 1], ValueError, r"vectors\[0, 1\] = inf"),
        ([["a", "b"]], [1, 1], TypeError, "vectors must hold integers"),
        ([[1e308, 1e308]], [1, 1], ValueError, "beyond the largest double"),
        (np.array([[1, 0.5]], dtype=object), [1, 1], TypeError, r"vectors\[0, 1\] = 0.5"),
    ],
)
def test_bad_input(vectors, coloring, error, message):
    with pytest.raises(error, match=message):
        discrepancy.discrepancy(vectors, coloring)
