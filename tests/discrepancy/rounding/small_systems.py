"""Points and matrices of wild scales, and ranks in fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import strategies as st

EIGHTHS = st.integers(0, 8).map(lambda k: k / 8)


POINTS = st.lists(
    EIGHTHS | st.floats(0, 1) | st.sampled_from([5e-324, 1e-300, 1e-12, 1 - 2**-53]), max_size=14
)


@st.composite
def systems(draw):
    """A point and a matrix: small integers, wild scales of rows and columns, repeated rows and columns."""
    x = draw(POINTS)
    n, m = len(x), draw(st.integers(0, 6))
    entry = st.integers(-2, 2).map(float) | st.floats(-1, 1).map(lambda v: round(v, 6))
    rows = [[draw(entry) for _ in range(n)] for _ in range(m)]
    matrix = np.array(rows, dtype=float).reshape(m, n)
    scale = st.sampled_from([1.0, 1.0, 1e6, 1e-6, 1e-150, 1e150, 1e-310])
    matrix = matrix * np.array([draw(scale) for _ in range(m)]).reshape(m, 1)
    if n and draw(st.booleans()):
        matrix = matrix * 10.0 ** np.array([draw(st.sampled_from([-9, 0, 0, 9])) for _ in range(n)])
    if m > 1 and draw(st.booleans()):
        matrix[-1] = matrix[0]
    return x, matrix


def exact_rank(matrix):
    flint = pytest.importorskip("flint")
    entries = [flint.fmpq(*Fraction(v).as_integer_ratio()) for v in np.asarray(matrix).ravel().tolist()]
    return flint.fmpq_mat(*np.shape(matrix), entries).rank() if np.size(matrix) else 0
