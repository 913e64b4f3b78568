"""Grids and rounding one weight at a time (QUA-1, QUA-2)."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata.quantization import Grid, round_stochastic, round_to_nearest
from lemmata.quantization.stochastic import choose

numbers = st.floats(-1e6, 1e6, allow_subnormal=False)


@st.composite
def grids(draw):
    """A grid for single weights, and its levels in doubles."""
    scale = draw(st.floats(1e-3, 1e3))
    offset = draw(numbers)
    codes = sorted(set(draw(st.lists(st.integers(-50, 50), min_size=1, max_size=9))))
    levels = [offset + scale * float(c) for c in codes]
    return Grid.from_levels(codes, scale=scale, offset=offset), levels


@st.composite
def grids_with_weight(draw):
    """Weights anywhere, and at and beside levels and midpoints."""
    grid, levels = draw(grids())
    near = [(a + b) / 2 for a in levels for b in levels]
    weight = draw(st.one_of(numbers, st.sampled_from(near)))
    toward = draw(st.sampled_from([weight, -np.inf, np.inf]))
    return grid, levels, float(np.nextafter(weight, toward))


def nearest_by_definition(weight, levels):
    """Of two equally near levels the lower if its last code has an even index, otherwise the upper."""
    best = min(abs(weight - Fraction(level)) for level in levels)
    tied = sorted({level for level in levels if abs(weight - Fraction(level)) == best})
    last = max(k for k, level in enumerate(levels) if level == tied[0])
    return tied[0] if last % 2 == 0 else tied[-1]


@given(grids_with_weight())
@example(
    (Grid.from_levels([0, 1, 2, 3], scale=2.0**-52, offset=1.0), [1 + k * 2.0**-52 for k in range(4)], 1.0)
)
@example((Grid.from_levels([0, 1e-20, 2], offset=1.0), [1.0, 1.0, 3.0], 2.0))
@example((Grid.from_levels([0, 1, 2]), [0.0, 1.0, 2.0], 0.5))
@example((Grid.from_levels([0, 1, 2]), [0.0, 1.0, 2.0], 1.5))
def test_nearest_is_nearest_of_all_levels(case):
    """QUA-1: beside all levels of the grid."""
    grid, levels, weight = case
    found = float(round_to_nearest(weight, grid))
    distance = {k: abs(Fraction(weight) - Fraction(level)) for k, level in enumerate(levels)}
    best = min(distance.values())
    assert abs(Fraction(weight) - Fraction(found)) == best
    assert found == nearest_by_definition(Fraction(weight), levels)


@given(grids_with_weight())
def test_neighbours_are_next_to_the_weight(case):
    grid, levels, weight = case
    below, above = (float(v) for v in grid.neighbours(weight))
    assert below == max((v for v in levels if v <= weight), default=levels[0])
    assert above == min((v for v in levels if v >= weight), default=levels[-1])
    assert (below, above) == (float(grid.below(weight)), float(grid.above(weight)))
    assert bool(grid.contains(weight)) == (weight in levels)


@given(st.floats(-1e5, 1e5), st.floats(0.01, 10), st.floats(-5, 5))
def test_unbounded_neighbours_are_one_step_apart(weight, step, offset):
    grid = Grid.unbounded(step, offset=offset)
    below, above = (float(v) for v in grid.neighbours(weight))
    assert below <= weight <= above
    assert above - below <= step * (1 + 1e-9) + 1e-9
    assert float(grid.nearest(weight)) in (below, above)
    assert grid.contains(below)


@given(grids_with_weight(), st.integers(0, 2**32))
def test_stochastic_rounding_takes_a_neighbour(case, seed):
    """QUA-2: one of the two levels around the weight."""
    grid, _, weight = case
    below, above = grid.neighbours(weight)
    found = round_stochastic([weight] * 5, grid, rng=seed)
    assert set(found.tolist()) <= {float(below), float(above)}
    assert np.array_equal(found, round_stochastic([weight] * 5, grid, rng=seed))


def test_groups_of_columns_have_their_own_levels():
    weights = np.arange(14.0).reshape(2, 7)
    grid = Grid.fit(weights, bits=2, group_size=3)
    assert grid.scale.shape == (2, 3)
    for row in range(2):
        for group in (slice(0, 3), slice(3, 6), slice(6, 7)):
            alone = Grid.fit(weights[row : row + 1, group], bits=2)
            expected = alone.nearest(weights[row : row + 1, group] + 0.3)
            assert np.array_equal(grid.nearest(weights + 0.3)[row : row + 1, group], expected)
    assert np.array_equal(grid.expand((2, 7))[:, 3].nearest(weights[:, 3]), grid.nearest(weights)[:, 3])


@given(st.lists(numbers, min_size=1, max_size=12), st.integers(1, 5), st.booleans())
def test_a_fitted_grid_covers_the_weights(row, bits, symmetric):
    weights = np.array([row])
    grid = Grid.fit(weights, bits=bits, symmetric=symmetric)
    levels = grid.levels()[0, 0]
    largest = np.abs(weights).max()
    assert np.all(
        np.abs(weights - grid.nearest(weights)) <= (levels[1] - levels[0]) / 2 + 1e-9 * (1 + largest)
    )
    if symmetric and largest > 0:
        assert np.allclose(levels, -levels[::-1], atol=1e-9 * largest) or np.all(weights == 0)


def test_sizes_and_bits():
    """QUA-17: bits per weight, the scales' share among them."""
    grid = Grid.uniform(np.ones((4, 2)), bits=3, group_size=128)
    assert (grid.size, grid.bits) == (8, 3.0)
    assert grid.average_bits((4, 256)) == 3.25
    free = Grid.unbounded()
    assert free.size is None
    assert free.bits == float("inf")
    with pytest.raises(ValueError, match="no list of levels"):
        free.levels()


def test_the_grid_does_not_change_with_its_arguments():
    scale = np.ones(3)
    grid = Grid.uniform(scale, bits=1)
    with pytest.raises(ValueError, match="read-only"):
        grid.scale[0] = 2
    assert grid.nearest(np.full(3, 9.0)).tolist() == [1.0, 1.0, 1.0]
    scale[0] = 5
    assert grid.nearest(np.full(3, 9.0)).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Grid.uniform([1.0, -2.0], bits=2), ValueError, r"scale\[1\] must be positive \(got -2.0\)"),
        (lambda: Grid.uniform(0.0, bits=2), ValueError, r"scale must be positive \(got 0.0\)"),
        (lambda: Grid.uniform([[1.0, np.nan]], bits=2), ValueError, r"scale\[0, 1\] must be finite .*nan"),
        (lambda: Grid.uniform(1.0, bits=2, offset=np.inf), ValueError, "offset must be finite .*inf"),
        (lambda: Grid.uniform(1.0, bits=0), ValueError, "bits must be at least 1"),
        (lambda: Grid.uniform(1.0, bits=25), ValueError, "bits must be at most 24"),
        (lambda: Grid.uniform(1.0, bits=2.0), TypeError, "bits must be an integer"),
        (lambda: Grid.uniform(1.0, bits=True), TypeError, "bits must be an integer"),
        (lambda: Grid.uniform(1.0, bits=1, group_size=4), ValueError, "scale must have an axis"),
        (lambda: Grid.uniform([1.0, 1.0], bits=1, offset=[0.0] * 3), ValueError, "one shape"),
        (lambda: Grid.unbounded(1e-30, offset=1.0), ValueError, r"offset must be at most .* \(got 1.0\)"),
        (lambda: Grid.unbounded(1.0, offset=[0.0, 1e150]), ValueError, r"offset\[1\] must be at most 2\^50"),
        (lambda: Grid.fit([[0, 0], [1e150, -1e150]], bits=1), ValueError, r"weights\[1\] must not span"),
        (lambda: Grid.from_levels([0.0, 1.0, 1.0]), ValueError, r"codes\[2\] must be above"),
        (lambda: Grid.from_levels([]), ValueError, "codes must not be empty"),
        (lambda: Grid.from_levels([[0.0]]), ValueError, "codes must have 1 dimensions"),
        (lambda: Grid.fit([[]], bits=2), ValueError, "weights must have columns"),
        (lambda: Grid.fit([[1.0]], bits=2, group_size=0), ValueError, "group_size must be at least 1"),
        (
            lambda: Grid.uniform([1.0, 1.0], bits=1).nearest([1.0] * 3),
            ValueError,
            r"weights has shape \(3,\)",
        ),
        (
            lambda: Grid.uniform([[1.0, 1.0]], bits=1, group_size=2).nearest([[1.0] * 5]),
            ValueError,
            "in groups of 2 columns does not cover",
        ),
        (lambda: Grid.uniform([1.0], bits=1, group_size=2)[0], ValueError, "expand the grid"),
        (lambda: round_to_nearest([0.0, np.nan], Grid.unbounded()), ValueError, r"weights\[1\] .*nan"),
        (lambda: round_stochastic([np.inf], Grid.unbounded(), rng=1), ValueError, r"weights\[0\] .*inf"),
        (lambda: round_to_nearest(["a"], Grid.unbounded()), TypeError, "real numbers"),
        (
            lambda: round_to_nearest([1e100], Grid.unbounded()),
            ValueError,
            r"weights\[0\] must be at most 2\^50",
        ),
        (lambda: round_to_nearest([0.5], None), TypeError, r"grid must be a Grid \(got NoneType\)"),
        (lambda: round_stochastic([0.5], 1.0), TypeError, r"grid must be a Grid \(got float\)"),
        (
            lambda: round_stochastic([0.5], Grid.unbounded(), rng="a"),
            TypeError,
            "rng must be a seed .* not a",
        ),
        (
            lambda: Grid.fit([[1.0, 2.0]], bits=1, symmetric="no"),
            TypeError,
            "symmetric must be True or False",
        ),
        (lambda: Grid.unbounded(Fraction(1, 3)), TypeError, "step must hold real numbers .*object"),
        (lambda: Grid.uniform(Fraction(1, 3), bits=1), TypeError, "scale must hold real numbers .*object"),
        (lambda: Grid.from_levels([0, Fraction(1, 3)]), TypeError, "levels must hold real numbers .*object"),
        (
            lambda: Grid.uniform(1.0, bits=3).average_bits((0,)),
            ValueError,
            r"shape must have weights .*\(0,\)",
        ),
        (lambda: Grid.unbounded().expand("a"), TypeError, "shape must be a tuple of integers"),
        (lambda: Grid.unbounded().expand((-1,)), ValueError, r"shape\[0\] must be at least 0"),
        (
            lambda: Grid.uniform([1.0], bits=1).average_bits((1,), bits_per_parameter=2.5),
            TypeError,
            "bits_per_parameter must be an integer",
        ),
        (
            lambda: Grid.uniform([1.0], bits=1).average_bits((1,), bits_per_parameter=10**400),
            ValueError,
            "bits_per_parameter is beyond",
        ),
    ],
)
def test_bad_input(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_weights_of_a_huge_and_a_tiny_scale():
    assert Grid.uniform(1e-150, bits=2).nearest([1e149, -1e149, 1.6e-150]).tolist() == [3e-150, 0.0, 2e-150]
    assert round_to_nearest(np.float32([0.3, 0.6]), Grid.unbounded()).tolist() == [0.0, 1.0]
    assert round_to_nearest(np.empty((0, 3)), Grid.unbounded()).shape == (0, 3)


def test_many_codes_on_one_double():
    """2^24 levels between two neighbouring doubles: found at once, not code by code."""
    weights = np.array([[1.0, 1 + 2.0**-52]])
    grid = Grid.fit(weights, bits=24)
    assert np.array_equal(grid.nearest(weights), weights)
    assert np.array_equal(grid.neighbours([[0.5, 9.0]])[0], weights)


def test_an_offset_of_nearly_as_many_steps_as_there_may_be():
    grid = Grid.unbounded(1.0, offset=2.0**50)
    assert grid.nearest([2.0**50 - 0.75, 2.0**50 - 1.25, 3.0]).tolist() == [2.0**50 - 1, 2.0**50 - 1, 3.0]


def test_weights_far_from_zero_are_refused_however_near_the_offset_is():
    """With a step of 1.75 and the offset 2^50 steps away, levels beyond would be equal in pairs."""
    grid = Grid.unbounded(1.75, offset=1.75 * 2.0**50)
    assert grid.nearest(1.75 * (2.0**50 - 2)) == 1.75 * (2.0**50 - 2)
    with pytest.raises(
        ValueError, match=r"weights must be at most 2\^50 of the grid's steps from 0 and from"
    ):
        grid.nearest(1.75 * (2.0**50 + 2))
    with pytest.raises(
        ValueError, match=r"weights must be at most 2\^50 of the grid's steps from 0 and from"
    ):
        grid.nearest(-1.75)


@given(st.floats(1.0, 2.0, exclude_max=True), st.integers(-3, 3), st.integers(0, 3), st.booleans())
def test_neighbouring_levels_differ_at_the_edge_of_what_is_allowed(step, moved, back, from_zero):
    edge = step * 2.0**50
    grid = Grid.unbounded(step, offset=0.0 if from_zero else -edge + moved % 2)
    weight = edge - 3 * step + moved if from_zero else -edge + 2 * step + back
    below, above = grid.neighbours(weight)
    assert below <= weight <= above
    assert below == above or 0 < above - below <= 2 * step


@pytest.mark.parametrize(("below", "above", "weight"), [(-1.0, 1 + 2.0**-52, -0.25 + 3 * 2.0**-55)])
def test_the_probability_is_off_by_at_most_two_to_the_minus_51(below, above, weight):
    """QUA-2: it is 3/8 here, but differences of doubles are rounded, and 3/8 + 2^-53 comes out."""
    grid = Grid.from_levels([below, above])
    exact = (Fraction(weight) - Fraction(below)) / (Fraction(above) - Fraction(below))
    assert exact == Fraction(3, 8)
    ups = [
        float(
            choose(np.array(weight), np.array(below), np.array(above), Given(exact + k * Fraction(1, 2**53)))
        )
        for k in range(-4, 5)
    ]
    assert ups == [above] * (4 + 1) + [below] * 4
    assert set(round_stochastic([weight] * 200, grid, rng=3).tolist()) == {below, above}


class Given:
    """A generator that hands out one number."""

    def __init__(self, number):
        self.number = float(number)

    def random(self, shape):
        return np.full(shape, self.number)


def test_a_scale_per_row_of_a_square_layer_is_a_column():
    weights = np.full((2, 2), 0.9)
    assert Grid.unbounded([1.0, 2.0]).nearest(weights).tolist() == [[1.0, 0.0], [1.0, 0.0]]
    assert Grid.unbounded([[1.0], [2.0]]).nearest(weights).tolist() == [[1.0, 1.0], [0.0, 0.0]]


def test_fitted_levels_of_subnormal_numbers_and_of_zeros():
    assert Grid.fit([[0.0, 1e-322]], bits=4).levels().max() == 15 * 5e-324
    assert Grid.fit([[0.0, 0.0]], bits=2, symmetric=True).levels().tolist() == [[[0.0, 1.0, 2.0, 3.0]]]
    assert not Grid.fit([[0.0, 1.0]], bits=2, symmetric=True).contains([[0.0]]).any()


def test_random_rounding_leaves_levels_of_any_scale():
    grid = Grid.unbounded([[1.0, 0.25], [3.0, 0.5]])
    levels = [[1.0, 0.75], [6.0, 1.5]]
    assert round_stochastic(levels, grid, rng=0).tolist() == levels


def test_groups_are_of_the_last_axis_whatever_the_dimensions():
    scale = np.arange(1.0, 9.0).reshape(2, 2, 2)
    grid = Grid.unbounded(scale, group_size=2).expand((2, 2, 3))
    assert grid.scale.tolist() == scale[..., [0, 0, 1]].tolist()
