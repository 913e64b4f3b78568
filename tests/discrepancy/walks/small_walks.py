"""Vectors with small entries, and means, to walk with."""

import numpy as np
from hypothesis import strategies as st


@st.composite
def systems(draw, longest=7):
    """Integer columns, some zero, repeated or dependent, and dyadic means, some of them -1 or 1."""
    d, n = draw(st.integers(0, 4)), draw(st.integers(0, longest))
    entries = draw(st.lists(st.lists(st.integers(-2, 2), min_size=n, max_size=n), min_size=d, max_size=d))
    means = st.sampled_from([-1.0, -0.5, 0.0, 0.25, 0.875, 1.0])
    x = draw(st.lists(means, min_size=n, max_size=n))
    return np.array(entries, dtype=float).reshape(d, n), np.array(x)
