"""Orders with bounded prefix sums, by Steinitz (DIS-14)."""

from fractions import Fraction
from importlib import import_module

import numpy as np
import pytest
from discrepancy.colorings.prefix_sums import KINDS, assert_within, prefixes, vectors
from hypothesis import given
from hypothesis import strategies as st

from lemmata import discrepancy
from lemmata.discrepancy.colorings.linear_dependencies import WalkRepeatedExactly

steinitz_module = import_module("lemmata.discrepancy.colorings.steinitz")


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_reordered_prefix_sums(kind, data):
    """DIS-14: at most d from the line to the whole sum, in three norms."""
    rows = data.draw(vectors(KINDS[kind]))
    order = discrepancy.steinitz(rows, exact=data.draw(st.sampled_from([None, True]))).tolist()
    d, n = len(rows), len(rows[0])
    assert sorted(order) == list(range(n))
    columns = [[Fraction(v) for v in column] for column in zip(*rows, strict=True)]
    sums = prefixes([columns[j] for j in order])
    off = [
        [a - Fraction(max(k - d, 0), n) * s for a, s in zip(total, sums[-1], strict=True)]
        for k, total in enumerate(sums, 1)
    ]
    assert_within(off, columns, d)


def test_a_sum_of_zero_is_steinitz_lemma():
    rng = np.random.default_rng(5)
    matrix = rng.integers(-9, 10, (3, 50))
    matrix[:, -1] -= matrix.sum(axis=1)
    order = discrepancy.steinitz(matrix)
    walk = np.cumsum(matrix[:, order], axis=1)
    assert (walk**2).sum(axis=0).max() <= 9 * (matrix**2).sum(axis=0).max()


def test_steinitz_says_so_if_no_coefficient_is_zero(monkeypatch):
    monkeypatch.setattr(steinitz_module, "bring_in", lambda *_: None)
    monkeypatch.setattr(steinitz_module, "walk_in_doubles", lambda *_: None)
    with pytest.raises(ArithmeticError, match="please report"):
        discrepancy.steinitz(np.eye(2, 6, dtype=int))
    with pytest.raises(ArithmeticError, match="please report"):
        discrepancy.steinitz(np.random.default_rng(0).standard_normal((2, 6)))


@pytest.mark.parametrize(("d", "n"), [(1, 90), (3, 90), (7, 60)])
def test_steinitz_in_doubles_needs_no_repetition(d, n):
    rng = np.random.default_rng(n)
    for matrix in (rng.standard_normal((d, n)), rng.integers(-1, 2, (d, n)).astype(float)):
        steps = []
        discrepancy.steinitz(matrix, trace=steps)
        assert not any(isinstance(step, WalkRepeatedExactly) for step in steps)
        for step in steps:
            assert sum(step.coefficients) == pytest.approx(step.position - d, abs=1e-6)


@pytest.mark.parametrize("d", [1, 2, 3, 6])
def test_vertices_of_a_simplex_attain_steinitz_bound_in_its_gauge(d):
    """The gauge is 1 on the vertices and d on their opposites (DIS-14)."""
    vertices = np.hstack([np.eye(d, dtype=int), -np.ones((d, 1), dtype=int)])
    facets = np.ones((d + 1, d), dtype=int) - (d + 1) * np.eye(d + 1, d, dtype=int)
    assert (facets @ vertices).max(axis=0).tolist() == [1] * (d + 1)
    prefix = np.cumsum(vertices[:, discrepancy.steinitz(vertices)], axis=1)
    assert (facets @ prefix).max() == d


@pytest.mark.parametrize(
    ("columns", "order"),
    # As they come, beyond twice the longest in the maximum, the sum, the Euclidean norm alone; and an order
    # that is not.
    [
        (((4, 0), (4, 0), (4, 0), (4, 0), (3, 3), (4, 0)), (4, 0, 1, 2, 3, 5)),
        (((4, 0), (4, 0), (0, 2), (0, 2), (0, 2), (-4, 0)), (0, 5, 1, 2, 3, 4)),
        (((4, 0), (4, 0), (0, 2), (0, 2), (3, 3), (-3, -3)), (0, 5, 1, 2, 4, 3)),
    ],
)
def test_deviations_are_certified_in_every_norm(columns, order):
    vectors = np.array(columns).T
    assert not steinitz_module.deviations_are_bounded(vectors, np.arange(6))
    assert steinitz_module.deviations_are_bounded(vectors, np.array(order))
    assert not steinitz_module.deviations_are_bounded(vectors, np.zeros(6, dtype=np.int64))
