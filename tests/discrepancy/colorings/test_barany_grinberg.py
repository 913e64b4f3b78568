"""Signs with bounded prefix sums, by Barany and Grinberg (DIS-13)."""

from fractions import Fraction

import numpy as np
import pytest
from discrepancy.colorings.prefix_sums import KINDS, assert_within, prefixes, vectors
from hypothesis import given
from hypothesis import strategies as st

from lemmata import discrepancy
from lemmata.discrepancy.colorings import barany_grinberg


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_signed_prefix_sums(kind, data):
    """DIS-13: at most 2d - 1 in three norms."""
    rows = data.draw(vectors(KINDS[kind]))
    exact = data.draw(st.sampled_from([None, True]))
    signs = discrepancy.barany_grinberg(rows, exact=exact).tolist()
    columns = [[Fraction(v) for v in column] for column in zip(*rows, strict=True)]
    signed = [[e * v for v in column] for e, column in zip(signs, columns, strict=True)]
    assert set(signs) <= {-1, 1}
    assert_within(prefixes(signed), columns, 2 * len(rows) - 1)


def test_the_steps_of_the_prefix_walk():
    """Exact coefficients: the sum of everything read so far stays 0, and at most d vectors float."""
    matrix = np.random.default_rng(2).integers(-4, 5, (3, 25))
    steps = []
    discrepancy.barany_grinberg(matrix, trace=steps)
    x = [Fraction(0)] * 25
    for step in steps:
        if hasattr(step, "frozen"):
            for j, slope in zip(step.elements, step.direction, strict=True):
                x[j] += step.length * slope
        else:
            assert len(step.floating) <= 3
            assert [x[j] for j in step.floating] == list(step.coefficients)
            assert all(abs(v) == 1 for j, v in enumerate(x[: step.element + 1]) if j not in step.floating)
        assert all(sum(int(v) * c for v, c in zip(row, x, strict=True)) == 0 for row in matrix)


@pytest.mark.parametrize(
    ("columns", "lengths"),
    # Beyond 3 times the longest in the maximum, the sum, the Euclidean norm alone, and exactly at it.
    [
        (((1, 1), (1, -1), (1, 0), (1, 0)), (4, 4, 16)),
        (((1, 0), (1, 0), (0, 1), (0, 1)), (2, 4, 8)),
        (((3, 3), (3, 3), (4, 0), (2, 0)), (12, 18, 180)),
        (((1, 0), (1, 0), (1, 0)), (3, 3, 9)),
    ],
)
def test_prefix_sums_are_certified_in_every_norm(columns, lengths):
    vectors = np.array(columns).T
    total = vectors.sum(axis=1)
    assert (abs(total).max(), abs(total).sum(), total @ total) == lengths
    ones = np.ones(len(columns), dtype=np.int8)
    assert barany_grinberg.prefix_sums_are_bounded(vectors, ones) == (len(columns) == 3)
    assert barany_grinberg.prefix_sums_are_bounded(vectors, (-1) ** np.arange(len(columns)))


def test_nearly_dependent_vectors_leave_no_warning():
    """Bidiagonal with 10^-8 on the diagonal: the inverse of the basis overflows on the way (DIS-13)."""
    d = 60
    matrix = np.eye(d) * 1e-8 + np.eye(d, k=1)
    vectors = np.hstack([matrix, np.random.default_rng(5).standard_normal((d, 20))])
    signs = discrepancy.barany_grinberg(vectors)
    sums = np.cumsum(vectors * signs, axis=1)
    assert np.abs(sums).max() <= (2 * d - 1) * np.abs(vectors).max()
