"""Estimates by random bits (HAM-21)."""

import numpy as np

from lemmata import hamming
from lemmata.hamming.approximation import karloff


def test_karloff_is_near_and_traced():
    """HAM-21: twice the mean of the projected distances."""
    rng = np.random.default_rng(1)
    text, pattern = rng.integers(0, 3_000, 400), rng.integers(0, 3_000, 200)
    text[100:300] = pattern
    exact = hamming.by_definition(text, pattern)
    steps: list[object] = []
    found = hamming.approximate(
        text, pattern, epsilon=0.5, failure_probability=1e-6, algorithm="karloff", rng=2, trace=steps
    )
    assert found.dtype == np.float64
    assert (abs(found - exact) <= 0.5 * exact).all()
    assert len(steps) == karloff.karloff_repetitions(len(exact), 0.5, 1e-6)
    assert np.allclose(found, 2 * np.mean([step.distances for step in steps], axis=0))
