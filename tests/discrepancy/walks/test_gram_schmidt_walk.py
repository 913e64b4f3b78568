"""The Gram-Schmidt walk, its exact tree and the design of experiments (DIS-24 to DIS-29)."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lemmata.proofs_check.discrepancy.rounding.counted_walks import count_gram_schmidt_walk

from lemmata import discrepancy
from lemmata.costs import Costs
from lemmata.discrepancy.walks import gram_schmidt_tree, walk_bounds, walk_design


@st.composite
def systems(draw, longest=7):
    """Integer columns, some zero, repeated or dependent, and dyadic means, some of them -1 or 1."""
    d, n = draw(st.integers(0, 4)), draw(st.integers(0, longest))
    entries = draw(st.lists(st.lists(st.integers(-2, 2), min_size=n, max_size=n), min_size=d, max_size=d))
    means = st.sampled_from([-1.0, -0.5, 0.0, 0.25, 0.875, 1.0])
    x = draw(st.lists(means, min_size=n, max_size=n))
    return np.array(entries, dtype=float).reshape(d, n), np.array(x)


@given(systems(), st.integers(0, 1000))
def test_the_fast_walk_takes_the_exact_path(system, seed):
    vectors, x = system
    trace = []
    signs = discrepancy.gram_schmidt_walk(vectors, x, rng=seed, trace=trace)
    path = gram_schmidt_tree.exact_walk(vectors, x, np.random.default_rng(seed).random(len(x)).tolist())
    assert [step.pivot for step in trace] == [step.pivot for step in path]
    for found, step in zip(trace, path, strict=True):
        assert found.down / (found.up + found.down) == pytest.approx(float(step.probability_up), abs=1e-12)
        largest = float(found.direction[found.pivot])  # the direction is scaled
        assert found.direction / largest == pytest.approx([float(u) for u in step.direction], abs=1e-12)
        rises = step.child(found.rises)
        assert found.values == pytest.approx([float(z) for z in rises], abs=1e-12)
    assert set(signs.tolist()) <= {-1, 1}
    assert (signs[np.abs(x) == 1] == x[np.abs(x) == 1]).all()
    assert signs.tolist() == discrepancy.gram_schmidt_walk(vectors, x, rng=seed).tolist()


@given(systems(longest=5))
def test_moments_of_the_exact_distribution(system):
    """E[y] = x and Cov(V y) <= P |v|^2, on small random directions, with everything in fractions."""
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


@pytest.mark.parametrize("scale", [1e-300, 1e-150, 1e6, 1e300])
def test_a_common_scale_changes_nothing(scale):
    vectors = np.array([[1.0, 1.0, 0.5, -2.0], [0.0, 1.0, 1.0, 1.0]])
    for seed in range(20):
        signs = discrepancy.gram_schmidt_walk(vectors * scale, np.zeros(4), rng=seed)
        assert signs.tolist() == discrepancy.gram_schmidt_walk(vectors, np.zeros(4), rng=seed).tolist()


def test_columns_of_extreme_scales_do_not_stall():
    vectors = np.eye(3, 6) + np.ones((3, 6))
    vectors *= [1e-300, 1e300, 1e-150, 1.0, 5e-324, 1e6]
    for seed in range(50):
        assert set(discrepancy.gram_schmidt_walk(vectors, np.zeros(6), rng=seed).tolist()) <= {-1, 1}


@pytest.mark.parametrize(
    ("vectors", "x", "scales"),
    [
        ([[2, 0, -2], [2, -2, -1], [1, 0, 0], [0, -2, 1], [0, -2, 0]], [0, 0, 0.875], [-500, -500, 0]),
        ([[-1, 0, -0.125, 2, 0], [1, -0.25, 0.25, 0, 0.25]], [0, 0.875, 0, 0, 0.5], [-500, 0, 0, 0, 0]),
    ],
)
def test_rounding_of_a_weight_does_not_move_a_tiny_column(vectors, x, scales):
    """Weights that are exactly zero come out as 1e-17; a column of scale 2^-500 would blow them up."""
    scaled = np.array(vectors) * 2.0 ** np.array(scales)
    for seed in range(30):
        trace = []
        discrepancy.gram_schmidt_walk(scaled, x, rng=seed, trace=trace)
        path = gram_schmidt_tree.exact_walk(scaled, x, np.random.default_rng(seed).random(len(x)).tolist())
        for found, step in zip(trace, path, strict=True):
            assert found.pivot == step.pivot
            assert found.down / (found.up + found.down) == pytest.approx(
                float(step.probability_up), abs=1e-12
            )


@pytest.mark.parametrize("d", [0, 1, 3])
@pytest.mark.parametrize("n", [0, 1, 2])
def test_small_shapes(d, n):
    signs = discrepancy.gram_schmidt_walk(np.ones((d, n)), np.zeros(n), rng=0)
    assert signs.shape == (n,)
    assert signs.dtype == np.int8
    assert n != 2 or d == 0 or signs.sum() == 0


def test_dependent_vectors_barely_move():
    """n columns in d dimensions: at most d of the last steps can leave anything, so V y stays near V x."""
    rng = np.random.default_rng(1)
    vectors = rng.standard_normal((3, 400))
    vectors /= np.linalg.norm(vectors, axis=0)
    for seed in range(10):
        signs = discrepancy.gram_schmidt_walk(vectors, rng.uniform(-1, 1, 400) * 0, rng=seed)
        assert np.abs(vectors @ signs).max() <= 2 * 3


def test_a_random_order_is_drawn_first():
    vectors, x = np.array([[1.0, 2.0, 3.0, 4.0]]), np.zeros(4)
    rng = np.random.default_rng(9)
    places = rng.permutation(4)
    expected = np.empty(4)
    expected[places] = discrepancy.gram_schmidt_walk(vectors[:, places], x, rng=rng)
    trace = []
    found = discrepancy.gram_schmidt_walk(vectors, x, rng=9, order="random", trace=trace)
    assert found.tolist() == expected.tolist() == trace[-1].values.tolist()
    assert trace[0].pivot == places[-1]


def test_columns_just_outside_a_span_count_as_dependent():
    vectors = np.array([[1.0, 1.0], [0.0, 1e-12]])
    assert discrepancy.gram_schmidt_walk(vectors, [0, 0], rng=0).sum() == 0


@given(systems(), st.integers(0, 1000))
def test_costs_stay_below_the_formula(system, seed):
    vectors, x = system
    costs = Costs()
    discrepancy.gram_schmidt_walk(vectors, x, rng=seed, costs=costs)
    assert costs.multiplications <= walk_bounds.gram_schmidt_multiplications(len(x), len(vectors))


def test_large_systems():
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((5, 300)) / 5**0.5
    signs = discrepancy.gram_schmidt_walk(vectors, np.zeros(300), rng=0)
    assert np.abs(vectors @ signs).max() < 6  # random signs: about 20


@pytest.mark.parametrize(
    ("vectors", "x", "error", "message"),
    [
        ([[1, 1]], [0], ValueError, "x must have one entry per column of vectors"),
        ([[1, 1]], [0, -1.25], ValueError, r"x must be in \[-1, 1\] \(x\[1\] = -1.25\)"),
        ([1, 1], [0, 0], ValueError, "vectors must have 2 dimension"),
        ([[1, np.inf]], [0, 0], ValueError, r"vectors must be finite \(vectors\[0, 1\] = inf"),
        ([[1, 1]], [0, np.nan], ValueError, r"x must be finite \(x\[1\] = nan"),
        ([["a", "b"]], [0, 0], TypeError, "vectors must hold real numbers"),
    ],
)
def test_bad_input(vectors, x, error, message):
    for function in (discrepancy.gram_schmidt_walk, discrepancy.gram_schmidt_distribution):
        with pytest.raises(error, match=r"x must|vectors must"):
            function(vectors, x)
    with pytest.raises(error, match=message):
        discrepancy.gram_schmidt_walk(vectors, x, rng=0)


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


@pytest.mark.parametrize("robustness", [1.0, 0.5, 1e-9])
def test_augmented_vectors_have_norm_at_most_one(robustness):
    covariates = np.random.default_rng(0).standard_normal((6, 3)) * 1e-200
    vectors = walk_design.augmented_vectors(covariates, robustness)
    norms = np.linalg.norm(vectors, axis=0)
    assert norms.max() == pytest.approx(1)
    assert walk_design.augmented_vectors(np.zeros((4, 2)), robustness).max() == pytest.approx(robustness**0.5)


def test_designs_balance():
    rng = np.random.default_rng(2)
    covariates = rng.standard_normal((60, 3))
    off = [
        np.abs(covariates.T @ discrepancy.gram_schmidt_design(covariates, robustness=phi, rng=seed)).mean()
        for phi in (1.0, 0.01)
        for seed in range(30)
    ]
    assert np.mean(off[30:]) < np.mean(off[:30]) / 2


def test_certain_units_and_bad_designs():
    signs = discrepancy.gram_schmidt_design(np.ones((3, 1)), robustness=0.5, probability=[0, 1, 0.5], rng=0)
    assert signs[:2].tolist() == [-1, 1]
    assert len(discrepancy.gram_schmidt_design(np.ones((0, 2)), robustness=0.5)) == 0
    for bad in (0, -1, 1.1, np.nan):
        with pytest.raises(ValueError, match="robustness must be in"):
            discrepancy.gram_schmidt_design(np.ones((3, 1)), robustness=bad)
    with pytest.raises(ValueError, match=r"probability must be in \[0, 1\] \(probability\[1\] = 2.0\)"):
        discrepancy.gram_schmidt_design(np.ones((2, 1)), robustness=0.5, probability=[0, 2])
    with pytest.raises(ValueError, match="one entry per unit"):
        discrepancy.gram_schmidt_design(np.ones((2, 1)), robustness=0.5, probability=[0.5])


@given(systems(), st.integers(0, 1000), st.sampled_from([1.0, 2.0**-500, 0.7]))
def test_multiplications_are_counted_one_by_one(system, seed, scale):
    """On numbers that count, the plain Python takes as many as are charged, and the same path."""
    vectors, x = system
    vectors[:, ::2] *= scale
    counted, charged, same = count_gram_schmidt_walk(vectors, x, seed)
    assert counted == charged <= walk_bounds.gram_schmidt_multiplications(len(x), len(vectors))
    assert same


def test_columns_within_a_billionth_of_a_span_count_as_dependent():
    """In doubles the direction does not always make |V u| least (DIS-24): the exact one makes it 0."""
    vectors, steps = np.array([[1, 1, 0], [0, 1e-10, 1]]), []
    discrepancy.gram_schmidt_walk(vectors, np.zeros(3), rng=1, trace=steps)
    assert steps[0].direction.tolist() == [0, 0, 1]
    exact = np.array([[Fraction(v) for v in row] for row in vectors.tolist()], dtype=object)
    first = gram_schmidt_tree.exact_walk(exact, [Fraction(0)] * 3, [0.0] * 3)[0]
    assert not any(exact @ np.array(first.direction, dtype=object))


def test_designs_can_be_watched_and_counted():
    """The design is a walk on lengthened vectors; watching and counting change nothing."""
    covariates = np.random.default_rng(2).standard_normal((9, 3))
    steps, costs, alone = [], Costs(), Costs()
    seen = discrepancy.gram_schmidt_design(covariates, robustness=0.3, rng=4, trace=steps, costs=costs)
    assert seen.tolist() == discrepancy.gram_schmidt_design(covariates, robustness=0.3, rng=4).tolist()
    assert steps[-1].values.tolist() == seen.tolist()
    vectors = walk_design.augmented_vectors(covariates, 0.3)
    discrepancy.gram_schmidt_walk(vectors, np.zeros(9), rng=4, order="random", costs=alone)
    assert costs.multiplications == alone.multiplications > 0


@pytest.mark.parametrize(("distance", "steps"), [(2.0**-39, 2), (2.0**-40, 1), (2.0**-41, 1)])
def test_a_coordinate_is_frozen_within_two_to_the_minus_40_of_a_face(distance, steps):
    trace = []
    discrepancy.gram_schmidt_walk([[1.0, 1 - distance]], [0.0, 0.0], rng=0, trace=trace)
    assert len(trace) == steps
    assert 1 - abs(trace[0].values[0]) == (0 if steps == 1 else distance)
