"""Walks along linear dependencies, as signs and orders take them (DIS-13, DIS-14)."""

from fractions import Fraction
from importlib import import_module

import numpy as np
import pytest

from lemmata import discrepancy
from lemmata.discrepancy.colorings.linear_dependencies import WalkRepeatedExactly

prefix_module = import_module("lemmata.discrepancy.colorings.barany_grinberg")
steinitz_module = import_module("lemmata.discrepancy.colorings.steinitz")


def test_integers_walked_in_doubles_keep_three_norms_and_not_all():
    """Measured by the second coordinate alone, the bounds hold for exact walks, and not beside 10^10."""
    vectors = np.array([[10**10, 0, 0, 0, 0, 0], [0, 1, 1, 1, 1, 1]])
    for exact, longest in ((None, 1), (True, 1), (False, 5)):
        sums = np.cumsum(vectors * discrepancy.barany_grinberg(vectors, exact=exact), axis=1)
        assert np.abs(sums[1]).max() == longest
        assert np.abs(sums).max() <= 3 * 10**10
    vectors = np.array([[10**10, -(10**10), *[0] * 12], [0, 0, *[1] * 6, *[-1] * 6]])
    for exact, longest in ((None, 1), (True, 1), (False, 5)):
        sums = np.cumsum(vectors[:, discrepancy.steinitz(vectors, exact=exact)], axis=1)
        assert np.abs(sums[1]).max() == longest
        assert np.abs(sums).max() <= 2 * 10**10


@pytest.mark.parametrize("function", ["barany_grinberg", "steinitz"])
def test_walks_that_went_wrong_are_repeated(monkeypatch, function):
    module = prefix_module if function == "barany_grinberg" else steinitz_module
    true = module._walk

    def wrong(matrix, exact, trace):
        if exact:
            return true(matrix, exact, trace)
        return np.ones(40, dtype=np.int64) if function == "barany_grinberg" else np.argsort(matrix[0])

    monkeypatch.setattr(module, "_walk", wrong)
    matrix = np.random.default_rng(0).standard_normal((2, 40))
    matrix[0, :20] += 1
    steps = []
    found = getattr(discrepancy, function)(matrix, trace=steps)
    assert isinstance(steps[0], WalkRepeatedExactly)
    assert found.tolist() == getattr(discrepancy, function)(matrix, exact=True).tolist()


@pytest.mark.parametrize("function", [discrepancy.barany_grinberg, discrepancy.steinitz])
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (2, 1)])
@pytest.mark.parametrize("dtype", [int, float])
def test_degenerate_shapes(function, shape, dtype):
    steps = []
    assert function(np.zeros(shape, dtype=dtype), trace=steps).shape == (shape[1],)
    assert not any(isinstance(step, WalkRepeatedExactly) for step in steps)


def test_a_vector_that_arrived_at_one_holds_no_place():
    """Two vectors are used up by the time the last one comes: its place is theirs by size, not by chance.

    A pivot of 1e-8 in place of 1 would cost half of all digits.
    """
    columns = np.array([[0, -1], [0, 2], [1e-8, -1], [2, 1e-8], [2, 1e-8]])
    before = np.array([0.5, 0.75, 0.25, 0.75, 0.125])
    after = before.copy()
    steinitz_module.walk_in_doubles(columns, after, np.ones(5, dtype=bool))
    moved = [Fraction(b) - Fraction(a) for a, b in zip(before.tolist(), after.tolist(), strict=True)]
    for row in columns.T.tolist():
        assert abs(sum(d * Fraction(v) for d, v in zip(moved, row, strict=True))) <= Fraction(1, 10**15)
    assert sum(0 < v < 1 for v in after) <= 2
