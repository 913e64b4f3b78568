"""The Gram-Schmidt walk in doubles: its path, its means, its cost (DIS-24, DIS-27, DIS-28)."""

from fractions import Fraction

import numpy as np
import pytest
from discrepancy.walks.small_walks import systems
from hypothesis import given
from hypothesis import strategies as st
from lemmata.proofs_check.discrepancy.rounding.counted_walks import count_gram_schmidt_walk

from lemmata import discrepancy
from lemmata.costs import Costs
from lemmata.discrepancy.walks import gram_schmidt_tree, walk_bounds


@pytest.mark.parametrize(("epsilon", "moving"), [(0.99e-9, [2]), (1.01e-9, [0, 1, 2])])
def test_columns_within_a_billionth_of_a_span_are_dependent(epsilon, moving):
    trace = []
    discrepancy.gram_schmidt_walk([[1, 1, 0], [0, epsilon, 1]], np.zeros(3), rng=0, trace=trace)
    assert np.flatnonzero(trace[0].direction).tolist() == moving


@pytest.mark.parametrize(("epsilon", "moving"), [(0.99e-9, [3]), (1.01e-9, [0, 2, 3])])
def test_a_column_within_a_billionth_of_a_span_does_not_replace_another(epsilon, moving):
    """The second column freezes in the first step of some walks; the third would make up for it."""
    vectors, start = [[1, 0, 1, 0], [0, 1, epsilon, 1]], [0, 0.5, 0, 0]
    seen = 0
    for seed in range(10):
        trace = []
        discrepancy.gram_schmidt_walk(vectors, start, rng=seed, trace=trace)
        if abs(trace[0].values[1]) == 1 and abs(trace[0].values[3]) < 1:
            assert np.flatnonzero(trace[1].direction).tolist() == moving
            seen += 1
    assert seen


@given(systems(), st.integers(0, 1000))
def test_the_fast_walk_takes_the_exact_path(system, seed):
    """DIS-27: the same pivots, probabilities, directions and values as in fractions."""
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
    """DIS-28: the charged multiplications."""
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


@given(systems(), st.integers(0, 1000), st.sampled_from([1.0, 2.0**-500, 0.7]))
def test_multiplications_are_counted_one_by_one(system, seed, scale):
    """On numbers that count, the plain Python takes as many as are charged, and the same path (DIS-28)."""
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


@pytest.mark.parametrize(("distance", "steps"), [(2.0**-39, 2), (2.0**-40, 1), (2.0**-41, 1)])
def test_a_coordinate_is_frozen_within_two_to_the_minus_40_of_a_face(distance, steps):
    trace = []
    discrepancy.gram_schmidt_walk([[1.0, 1 - distance]], [0.0, 0.0], rng=0, trace=trace)
    assert len(trace) == steps
    assert 1 - abs(trace[0].values[0]) == (0 if steps == 1 else distance)
