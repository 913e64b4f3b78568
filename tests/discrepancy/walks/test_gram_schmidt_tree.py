"""The walk's exact tree of outcomes (DIS-24, DIS-25, DIS-26)."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from discrepancy.walks.small_walks import systems
from hypothesis import given
from hypothesis import strategies as st

from lemmata import discrepancy


@given(systems(longest=5))
def test_moments_of_the_exact_distribution(system):
    """DIS-24, DIS-25: E[y] = x and Cov(V y) <= P |v|^2, on small directions, with everything in fractions."""
    vectors, x = system
    found = discrepancy.gram_schmidt_distribution(vectors, x)
    assert sum(found.probabilities) == 1
    signs = found.colorings.tolist()
    assert len({tuple(y) for y in signs}) == len(signs)
    mean = [sum(p * y[i] for y, p in zip(signs, found.probabilities, strict=True)) for i in range(len(x))]
    assert mean == [Fraction(z) for z in x.tolist()]
    longest = max(
        (sum(Fraction(a) ** 2 for a in column) for column in vectors.T.tolist()), default=Fraction(0)
    )
    for w in product((-1, 0, 2), repeat=min(len(vectors), 3)):
        row = [sum(Fraction(a) * b for a, b in zip(column, w, strict=False)) for column in vectors.T.tolist()]
        moved = [
            sum(a * (b - Fraction(c)) for a, b, c in zip(row, y, x.tolist(), strict=True)) for y in signs
        ]
        variance = sum(p * m * m for p, m in zip(found.probabilities, moved, strict=True))
        assert variance <= longest * sum(a * a for a in w)


def test_unknown_order_and_too_large_a_tree():
    with pytest.raises(ValueError, match="order must be"):
        discrepancy.gram_schmidt_walk([[1]], [0], order="last")
    with pytest.raises(ValueError, match=r"too many fractional entries for a tree \(21 > 20\)"):
        discrepancy.gram_schmidt_distribution(np.ones((1, 21)), np.zeros(21))


def test_fractions_are_taken_as_they_are():
    third = Fraction(1, 3)
    found = discrepancy.gram_schmidt_distribution(np.array([[third, third]]), np.array([third, -third]))
    assert found.colorings.tolist() == [[-1, 1], [1, -1]]
    assert found.probabilities == (third, 2 * third)
    empty = discrepancy.gram_schmidt_distribution(np.zeros((2, 0)), [])
    assert (empty.colorings.shape, empty.probabilities) == ((1, 0), (1,))


@pytest.mark.parametrize(("d", "n"), [(1, 1), (3, 3), (4, 2)])
def test_orthonormal_columns_attain_the_projection(d, n):
    """DIS-25: the covariance is P, here a diagonal of n ones."""
    vectors = np.eye(d, n, dtype=int)[::-1]
    found = discrepancy.gram_schmidt_distribution(vectors)
    covariance = sum(p * np.outer(vectors @ y, vectors @ y) for y, p in zip(*outcomes(found), strict=True))
    assert covariance.tolist() == (vectors @ vectors.T).tolist()


def outcomes(found):
    return found.colorings.astype(object), found.probabilities


@given(systems(longest=5), st.integers(0, 2**32))
def test_exponential_moments_are_at_most_gaussian(system, seed):
    """DIS-26: in directions of any length, with the projection by singular values."""
    vectors, x = system
    vectors = vectors / max(1.0, np.linalg.norm(vectors, axis=0).max(initial=0.0))
    found = discrepancy.gram_schmidt_distribution(vectors, x)
    rng = np.random.default_rng(seed)
    for length in (0.1, 1.0, 5.0):
        w = length * rng.standard_normal(len(vectors))
        moment = np.exp((found.colorings - x) @ (w @ vectors)) @ np.array(found.probabilities, dtype=float)
        projected = vectors @ (np.linalg.pinv(vectors) @ w)
        assert moment <= np.exp(projected @ projected / 2) * (1 + 1e-9)
