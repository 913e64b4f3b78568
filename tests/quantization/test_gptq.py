"""GPTQ, the lattice algorithm that it is, and bounds (QUA-3 to QUA-10)."""

from fractions import Fraction
from inspect import signature
from itertools import permutations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lemmata.proofs_check.quantization.random_rounding import Listed

from lemmata.quantization import (
    ColumnRounded,
    Grid,
    PlaneChosen,
    bounds,
    gptq,
    gptq_exact,
    nearest_plane,
    round_stochastic,
    round_to_nearest,
)
from lemmata.quantization.arrays import rationals
from lemmata.quantization.rational import feedback_of_rational


@st.composite
def layers(draw, largest=5):
    """Integer inputs of full row rank and weights with small denominators, as Fractions."""
    n = draw(st.integers(1, largest))
    samples = n + draw(st.integers(0, 2))
    inputs = np.array(draw(st.lists(st.integers(-3, 3), min_size=n * samples, max_size=n * samples)))
    inputs = inputs.reshape(n, samples)
    assume(np.linalg.matrix_rank(inputs) == n)
    rows = draw(st.integers(1, 3))
    fractions = st.builds(Fraction, st.integers(-20, 20), st.sampled_from([1, 2, 3, 4]))
    weights = draw(st.lists(fractions, min_size=rows * n, max_size=rows * n))
    return [weights[i * n : (i + 1) * n] for i in range(rows)], inputs


@given(layers(), st.randoms(use_true_random=False))
def test_the_loss_is_the_sum_over_the_columns(layer, random):
    weights, inputs = layer
    order = list(range(len(inputs)))
    random.shuffle(order)
    result = gptq_exact(weights, inputs, Grid.unbounded(1.0), damping=0, order=order)
    outputs = (rationals("weights", weights) - result.values) @ rationals("inputs", inputs)
    assert result.loss == (outputs * outputs).sum() == ((result.errors * result.errors) @ result.pivots).sum()


@given(layers(), st.integers(1, 6))
def test_blocks_change_nothing(layer, block_size):
    weights, inputs = layer
    h = inputs @ inputs.T
    one = gptq_exact(weights, None, Grid.unbounded(1.0), hessian=h, damping=0)
    blocked = gptq_exact(weights, None, Grid.unbounded(1.0), hessian=h, damping=0, block_size=block_size)
    assert np.array_equal(one.values, blocked.values)
    assert np.array_equal(one.errors, blocked.errors)


@given(layers())
def test_gptq_is_the_nearest_plane(layer):
    weights, inputs = layer
    result = gptq_exact(weights, inputs, Grid.unbounded(1.0), damping=0)
    basis = rationals("inputs", inputs)[::-1]
    for row, values in zip(rationals("weights", weights), result.values, strict=True):
        point = nearest_plane(basis, row @ rationals("inputs", inputs))
        assert point.values[::-1].tolist() == values.tolist()


@given(layers(), st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(3)]))
def test_no_row_loses_more_than_the_bound(layer, step):
    weights, inputs = layer
    h = inputs @ inputs.T
    pivots = feedback_of_rational(rationals("h", h))[1]
    for row in weights:
        loss = gptq_exact([row], None, Grid.unbounded(float(step)), hessian=h, damping=0).loss
        assert loss <= step * step / 4 * sum(pivots)
    assert bounds.gptq_worst_case(1.0, bounds.pivots(h)) <= bounds.nearest_worst_case(1.0, h) * (1 + 1e-9)


def test_the_bound_fails_where_the_grid_ends():
    """Clipping is not in the theorem: a weight far outside the range loses as much as it likes."""
    grid = Grid.uniform(1.0, bits=1)
    loss = gptq_exact([[9]], [[1]], grid, damping=0).loss
    assert loss == 64
    assert loss > bounds.gptq_worst_case(1.0, [1.0])


def test_some_order_is_better_and_the_product_of_pivots_is_fixed():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(4, 6)) * np.array([[1], [2], [5], [9]])
    h = x @ x.T
    sums = []
    for order in permutations(range(4)):
        p = bounds.pivots(h, order=order)
        assert np.isclose(np.prod(p), np.linalg.det(h))
        sums.append(p.sum())
    assert min(sums) < 0.9 * max(sums)


@pytest.mark.parametrize("order", [None, "activation"])
@pytest.mark.parametrize("group_size", [None, 16])
def test_doubles_agree_over_blocks_and_beat_nearest(order, group_size):
    rng = np.random.default_rng(1)
    mixing = rng.normal(size=(96, 96))
    inputs = mixing @ rng.normal(size=(96, 400)) / 10
    weights = rng.normal(size=(24, 96))
    grid = Grid.fit(weights, bits=4, group_size=group_size)
    results = [gptq(weights, inputs, grid, block_size=b, order=order) for b in (1, 13, 96, 500)]
    for result in results:
        assert grid.contains(result.values).all()
        assert np.mean(result.values == results[0].values) > 0.99
        assert np.isclose(result.loss, np.sum(((weights - result.values) @ inputs) ** 2))
        h = inputs @ inputs.T
        damped = h + 0.01 * np.mean(np.diag(h)) * np.eye(96)
        e = weights - result.values
        assert np.allclose(result.row_losses, np.sum((e @ damped) * e, axis=1))
    nearest = np.sum(((weights - round_to_nearest(weights, grid)) @ inputs) ** 2)
    assert results[0].loss < 0.7 * nearest


def test_order_by_activation_and_given_orders():
    h = np.diag([1.0, 9.0, 4.0])
    result = gptq([[0.3, 0.3, 0.3]], None, Grid.unbounded(), hessian=h, order="activation")
    assert result.order.tolist() == [1, 2, 0]
    steps = []
    gptq([[0.3, 1.3, 2.3]], None, Grid.unbounded(), hessian=h, order=[2, 0, 1], damping=0, trace=steps)
    assert steps[0] == ColumnRounded(2, (2.3,), (2.0,))
    assert [step.column for step in steps] == [2, 0, 1]


def test_columns_without_inputs_are_rounded_to_nearest():
    inputs = np.array([[1.0, 2.0], [0.0, 0.0], [2.0, -1.0]])
    result = gptq([[0.2, 5.7, 0.2]], inputs, Grid.unbounded(), damping=0.0)
    assert result.values.tolist() == [[0.0, 6.0, 0.0]]
    assert gptq([[0.7]], [[0.0]], Grid.unbounded()).values.tolist() == [[1.0]]


def test_empty_layers():
    assert gptq(np.empty((0, 2)), np.eye(2), Grid.unbounded()).values.shape == (0, 2)
    assert gptq(np.empty((3, 0)), np.empty((0, 5)), Grid.unbounded()).values.shape == (3, 0)


def test_stochastic_rounding_in_gptq():
    inputs = np.array([[2.0, 0.0], [1.0, 2.0]])
    draws = [
        gptq([[0.25, 0.5]], inputs, Grid.unbounded(), damping=0.0, rounding="stochastic", rng=seed).values[0]
        for seed in range(4000)
    ]
    assert np.abs(np.mean(draws, axis=0) - [0.25, 0.5]).max() < 0.05
    assert np.array_equal(
        draws[7],
        gptq([[0.25, 0.5]], inputs, Grid.unbounded(), damping=0.0, rounding="stochastic", rng=7).values[0],
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"inputs": np.eye(3)}, "weights has 2 columns"),
        ({"damping": -1.0}, "damping must be finite and not negative"),
        ({"damping": np.nan}, "damping must be finite and not negative"),
        ({"order": [0, 0]}, r"order\[1\] must be a permutation of 0 to 1"),
        ({"order": "size"}, "order must be None, 'activation' or a permutation"),
        ({"block_size": 0}, "block_size must be at least 1"),
        ({"inputs": [[1.0], [1.0]], "damping": 0.0}, "not positive definite: give more samples"),
        ({"inputs": [[1.0, np.nan], [1.0, 2.0]]}, r"inputs\[0, 1\] must be finite .*nan"),
        ({"weights": [[np.inf, 0.0]]}, r"weights\[0, 0\] must be finite"),
        ({"weights": [0.0, 1.0]}, "weights must have 2 dimensions"),
        ({"grid": Grid.uniform([1.0, 1.0, 1.0], bits=2)}, "does not cover"),
    ],
)
def test_bad_input(options, message):
    arguments = {"weights": [[0.5, 0.5]], "inputs": np.eye(2), "grid": Grid.unbounded()} | options
    with pytest.raises(ValueError, match=message):
        gptq(**arguments)


def test_bad_hessians_and_bases():
    with pytest.raises(ValueError, match=r"hessian\[0, 1\] must be symmetric \(got 0.5\)"):
        gptq([[0.5, 0.5]], None, Grid.unbounded(), hessian=[[1.0, 0.5], [0.0, 1.0]])
    with pytest.raises(ValueError, match="pivot 0 is 0"):
        gptq_exact([[1, 1]], None, Grid.unbounded(), hessian=[[1, 1], [1, 1]], damping=0)
    with pytest.raises(ValueError, match=r"basis\[1\] depends"):
        nearest_plane([[1.0, 2.0], [2.0, 4.0]], [0.0, 0.0])
    with pytest.raises(ValueError, match="do not match"):
        nearest_plane([[1.0, 2.0]], [0.0])
    with pytest.raises(ValueError, match="at most 20"):
        bounds.nearest_worst_case(1.0, np.eye(21))
    with pytest.raises(ValueError, match="damping must be positive"):
        bounds.damped_bound(1.0, 1, 1, 1.0, 1.0, 0.0)
    with pytest.raises(ValueError, match="failure_probability"):
        bounds.sup_norm_bound(1.0, 1.0, 1, 1.0)


def test_a_small_damped_bound_beats_the_trace():
    """Many columns on few samples: the bound of QUA-9 grows with the samples, not with the columns."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 4))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    bound = bounds.damped_bound(1.0, 400, 4, 1.0, 400.0, 1e-3)
    assert bound < 0.05 * bounds.gptq_worst_case(1.0, np.diag(x @ x.T))
    e = gptq([rng.normal(size=400)], None, Grid.unbounded(), hessian=x @ x.T, damping=1e-3)
    assert e.row_losses[0] <= bound


def test_no_inputs_at_all_leave_the_damping():
    assert bounds.damped_bound(2.0, 5, 3, 0.0, 0.0, 0.5) == 2.5


NEARLY_EQUAL = np.array([[1.0, 1.0], [1.0, 0.9]])


@pytest.mark.parametrize("unit", [1e-170, 2.0**-900, 1e-90, 1.0, 1e80, 1e150])
def test_the_unit_of_the_inputs_does_not_matter(unit):
    result = gptq([[0.6, 0.6]], NEARLY_EQUAL * unit, Grid.unbounded(), damping=0.0)
    assert result.values.tolist() == [[1.0, 0.0]]
    assert result.loss == pytest.approx(0.0596 * unit * unit)
    assert result.row_losses[0] == pytest.approx(0.0596 * unit * unit)


@pytest.mark.parametrize("unit", [1e-150, 1e-20, 1e140])
def test_the_unit_of_the_hessian_does_not_matter(unit):
    h = NEARLY_EQUAL @ NEARLY_EQUAL.T * unit
    assert gptq([[0.6, 0.6]], None, Grid.unbounded(), hessian=h, damping=0.0).values.tolist() == [[1.0, 0.0]]
    assert np.allclose(bounds.pivots(h), np.array([1 / 181, 1.81]) * unit, rtol=1e-9)


def test_a_zero_on_the_diagonal_needs_a_row_of_zeros():
    h = [[0.0, 3.0], [3.0, 20.0]]
    for call in (
        lambda: gptq([[0.45, -0.1]], None, Grid.unbounded(), hessian=h, damping=0.0),
        lambda: bounds.pivots(h),
    ):
        with pytest.raises(ValueError, match=r"hessian\[0, 1\] must be at most .* \(got 3.0\)"):
            call()
    assert bounds.pivots([[0.0, 0.0], [0.0, 16.0]]).tolist() == [0.0, 16.0]


def test_a_column_without_inputs_costs_nothing():
    result = gptq([[0.5, 0.2]], [[0.0, 0.0], [1e-3, 1e-3]], Grid.unbounded(), damping=0.0)
    assert result.loss == pytest.approx(8e-8)
    assert result.row_losses.tolist() == pytest.approx([8e-8])


def test_inputs_of_low_rank_need_damping():
    for seed in range(60):
        x = np.random.default_rng(seed).normal(size=(6, 5))
        with pytest.raises(ValueError, match="not positive definite"):
            gptq(np.full((1, 6), 0.3), x, Grid.unbounded(), damping=0.0)
        with pytest.raises(ValueError, match="not positive definite"):
            gptq(np.full((1, 6), 0.3), None, Grid.unbounded(), hessian=x @ x.T, damping=0.0)


@pytest.mark.parametrize("seventh", range(1, 40, 6))
def test_more_columns_than_samples_are_refused_whatever_the_pivots(seventh):
    """The last two inputs nearly agree: rounding errors, 10^12 times as large, make a pivot."""
    with pytest.raises(ValueError, match="not positive definite"):
        gptq([[0.5, 0.5, 0.5]], [[seventh / 7, 1], [1, 0], [1, 1e-6]], Grid.unbounded(), damping=0.0)


def test_more_columns_than_samples_are_rounded_with_damping():
    # H has 1, 1 and 4 on the diagonal: half of their mean is one.
    inputs, weights = np.array([[1.0], [1.0], [2.0]]), [[0.4, 1.3, -0.6], [0.45, 0.45, 0.45]]
    damped = [[2, 1, 2], [1, 2, 2], [2, 2, 5]]
    found = gptq(weights, inputs, Grid.unbounded(), damping=0.5)
    assert found.values.tolist() == gptq_exact(weights, damped, Grid.unbounded()).values.tolist()
    assert found.loss == pytest.approx(np.sum(((weights - found.values) @ inputs) ** 2))


def test_inputs_whose_squares_vanish_beside_others_are_refused():
    with pytest.raises(ValueError, match=r"inputs\[1\] is too small beside the largest input"):
        gptq([[0.5, 0.5]], [[1.0, 0.0], [1e-170, 1e-170]], Grid.unbounded())


def test_symmetry_is_judged_entry_by_entry():
    with pytest.raises(ValueError, match=r"hessian\[0, 1\] must be symmetric"):
        gptq([[0.4, 0.4]], None, Grid.unbounded(), hessian=[[1e20, 0.0], [1e9, 1.0]])


@pytest.mark.parametrize("columns", [3, 4])
def test_an_indefinite_hessian_is_refused_whatever_the_damping(columns):
    """All 2 by 2 minors are positive, and so is every pivot once damped."""
    h = 1.9 * np.eye(columns) - 0.9
    for call in (
        lambda: gptq(np.full((1, columns), 0.5), None, Grid.unbounded(), hessian=h, damping=1.0),
        lambda: bounds.nearest_worst_case(1.0, h),
        lambda: bounds.nearest_mean(1.0, h),
        lambda: bounds.pivots(h, damping=4.0),
        lambda: bounds.pivots(h * 1e140, damping=4.0),
    ):
        with pytest.raises(ValueError, match=r"hessian must be positive semidefinite: .* eigenvalue -"):
            call()


@given(st.integers(1, 6), st.integers(1, 3), st.integers(0, 2**32))
def test_hessians_of_few_samples_are_not_called_indefinite(columns, samples, seed):
    x = np.random.default_rng(seed).normal(size=(columns, samples)) * 10.0 ** np.arange(columns)[:, None]
    assert np.all(bounds.pivots(x @ x.T, damping=0.5) > 0)
    assert gptq(np.full((1, columns), 0.3), None, Grid.unbounded(), hessian=x @ x.T).loss >= 0


def test_rounding_errors_make_no_loss_negative():
    """A row that is orthogonal to the one sample: the form of its error, in doubles, is -7e-23."""
    x = np.array([[0.345584192064786], [0.8216181435011584], [0.33043707618338714]])
    row = [-0.01, 0.0034270457892850775, 0.0019371885532806804]
    assert gptq([row], None, Grid.unbounded(), hessian=x @ x.T, damping=1.0).loss == 0.0


def test_a_column_of_zeros_in_fractions():
    """As in doubles: rounded to nearest, of pivot 0, and without influence."""
    h = [[2, 0, 1], [0, 0, 0], [1, 0, 1]]
    result = gptq_exact([["1/2", "7/3", "1/2"]], None, Grid.unbounded(), hessian=h, damping=0)
    assert result.pivots.tolist() == [1, 0, 1]
    assert result.values.tolist() == [[0, 2, 1]]
    assert result.loss == Fraction(1, 4)
    assert bounds.pivots(h).tolist() == [1.0, 0.0, 1.0]


def test_codes_on_one_double_have_one_index_in_fractions_too():
    """Six codes on 0 and the rest on 2: the tie at 1 is between indices 5 and 6."""
    grid = Grid.from_levels([0.0, 1e-20, 2e-20, 3e-20, 4e-20, 5e-20, 2.0], offset=2.0)
    assert grid.levels().tolist() == [2.0] * 6 + [4.0]
    assert grid.nearest(3.0) == 4.0
    for_a_row = Grid(grid.codes, np.ones((1, 1)), 2 * np.ones((1, 1)))
    assert gptq_exact([[3]], [[1]], for_a_row).values[0, 0] == 4


def test_orthogonal_vectors_of_any_lengths_are_independent():
    point = nearest_plane([[1.0, 0.0], [0.0, 1e-170]], [0.4, 2.2e-170])
    assert point.values.tolist() == [0.0, 2.0]
    point = nearest_plane([[1e149, 0.0], [0.0, 1e-150]], [2.2e149, 1e150])
    assert point.values.tolist() == pytest.approx([2.0, 1e300])
    with pytest.raises(ValueError, match=r"target .*leaves the range of doubles"):
        nearest_plane([[1e-200]], [1e150])


@pytest.mark.parametrize(
    ("chosen", "error", "message"),
    [
        (lambda i, v: None, TypeError, "round_coefficient's answer must be a real number"),
        (lambda i, v: np.nan, ValueError, "round_coefficient's answer must be finite"),
        (3, TypeError, "round_coefficient must be a function or None"),
    ],
)
def test_a_rounding_that_is_none(chosen, error, message):
    with pytest.raises(error, match=message):
        nearest_plane([[1.0]], [0.5], round_coefficient=chosen)


def stochastic(**options):
    return gptq([[0.5]], [[1.0]], Grid.unbounded(), rounding="stochastic", **options)


MASKED = np.ma.masked_array([[1.0, 2.0]], [[False, True]])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: gptq_exact(MASKED, np.eye(2), Grid.unbounded()),
            TypeError,
            "weights is a masked array",
        ),
        (
            lambda: gptq_exact([[1, 2]], None, Grid.unbounded(), hessian=np.ma.masked_array(np.eye(2))),
            TypeError,
            "hessian is a masked array",
        ),
        (lambda: gptq(MASKED, np.eye(2), Grid.unbounded()), TypeError, "weights is a masked array"),
        (lambda: nearest_plane(rationals("b", [[1, 0]]), MASKED[0]), TypeError, "target is a masked array"),
        (lambda: rationals("w", [np.eye(2), np.ones((2, 3))]), ValueError, "w must be a rectangular"),
        (lambda: gptq([[0.5]], [[1.0]], None), TypeError, r"grid must be a Grid \(got NoneType\)"),
        (
            lambda: gptq_exact([[1]], [[1]], 2),
            TypeError,
            r"grid must be a Grid \(got int\)",
        ),
        (lambda: stochastic(rng=-1), ValueError, "rng must be a seed .* non-negative"),
        (lambda: stochastic(rng=True), TypeError, "rng must be a seed .*True"),
        (lambda: gptq([[0.5]], [[1.0]], Grid.unbounded(), damping=10**400), ValueError, "damping is beyond"),
        (lambda: gptq([[0.5]], [[1.0]], Grid.unbounded(), damping=np.inf), ValueError, "finite and not neg"),
        (lambda: bounds.gptq_mean(10**400, [1.0]), ValueError, "step is beyond the range"),
        (lambda: bounds.damped_bound(1.0, 10**400, 1, 1.0, 1.0, 1.0), ValueError, "columns is beyond"),
        (lambda: bounds.sup_norm_bound(1.0, 1.0, 10**400, 0.5), ValueError, "samples is beyond"),
        (lambda: bounds.gptq_worst_case(1e200, [1.0]), ValueError, "leaves the range of doubles"),
        (lambda: bounds.nearest_worst_case(1e200, [[1.0]]), ValueError, "leaves the range of doubles"),
    ],
)
def test_arguments_of_wrong_kinds(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_bounds_at_extreme_sizes():
    assert bounds.damped_bound(1.0, 2, 1, 1e300, 1e300, 1e-300) == pytest.approx(1e300 / 4)
    assert bounds.damped_bound(1.0, 2, 1, 1e-300, 1e-300, 1e100) == pytest.approx(5e99)
    assert bounds.sup_norm_bound(1.0, 1e300, 10**9, 1e-300) == pytest.approx(
        1e150 * np.sqrt((np.log(2e9) + 300 * np.log(10)) / 2)
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (lambda: bounds.gptq_worst_case(1e-170, [1e100]), 2.5e-241),
        (lambda: bounds.gptq_worst_case(1e160, [1e-100, 3e-100]), 1e220),
        (lambda: bounds.gptq_mean(1e-170, [12e100]), 1e-240),
        (lambda: bounds.nearest_worst_case(1e-200, [[1e150]]), 2.5e-251),
        (lambda: bounds.nearest_worst_case(1e150, [[1e-300, 1e-300], [1e-300, 1e-300]]), 1.0),
        (lambda: bounds.nearest_mean(1e-200, [[12e148]]), 1e-252),
        (lambda: bounds.damped_bound(1e-170, 1, 1, 1e100, 1e100, 1e100), 5e-241),
        (lambda: bounds.damped_bound(1e-170, 10**300, 1, 1e100, 1e100, 1e100), 2.5e59),
        (lambda: bounds.damped_bound(1.0, 5, 1, 1e-300, 1e-300, 5e-324), 2.5e-301),
        (lambda: bounds.gptq_worst_case(1e-200, [0.0]), 0.0),
    ],
)
def test_bounds_where_the_square_of_the_step_is_no_double(found, expected):
    assert found() == pytest.approx(expected, rel=1e-14, abs=0)


@pytest.mark.parametrize(
    "bound",
    [
        lambda: bounds.gptq_worst_case(1e-200, [1.0]),
        lambda: bounds.gptq_mean(1e-200, [1.0]),
        lambda: bounds.nearest_worst_case(1e-200, [[1.0]]),
        lambda: bounds.nearest_mean(1e-200, [[1.0]]),
        lambda: bounds.damped_bound(1e-200, 1, 1, 1.0, 1.0, 1.0),
        lambda: bounds.sup_norm_bound(1e-300, 1e-300, 3, 0.5),
    ],
)
def test_a_positive_bound_is_not_0(bound):
    with pytest.raises(ValueError, match="the result is positive, but too small for a double"):
        bound()


def test_the_nearest_plane_at_any_scale_and_of_any_numbers():
    assert nearest_plane(1e-170 * np.eye(2), [2.2e-170, 0.0]).values.tolist() == [2.0, 0.0]
    found = nearest_plane(np.array([[3, 0], [1, 2]], dtype=object), [1, 1])
    assert found.residual.tolist() == [1, 1]
    assert {type(v) for v in [*found.values, *found.residual]} == {Fraction}
    with pytest.raises(ValueError, match=r"target\[1\] must be finite .*nan"):
        nearest_plane(np.eye(2), [0.0, np.nan])


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"hessian": [[2, 1], [0, 2]]}, ValueError, r"hessian\[0, 1\] must be symmetric"),
        ({"hessian": [[2]]}, ValueError, "weights has 2 columns, so hessian must have as many rows"),
        ({"hessian": [[2, 1]]}, ValueError, r"hessian must be square \(its shape is \(1, 2\)\)"),
        ({"hessian": [[1, 2], [2, 1]], "damping": 9}, ValueError, "hessian must be positive semidefinite"),
        ({"hessian": [[1, 1], [1, 0]], "damping": 9}, ValueError, "pivot 1 is 0 in a column that is not"),
        ({"weights": [1, 1]}, ValueError, "weights must have 2 dimensions"),
        ({"damping": "-1/2"}, ValueError, r"damping must be finite and not negative \(damping = -1/2\)"),
        ({"damping": np.inf}, ValueError, "damping must be a rational number"),
        ({"damping": True}, TypeError, "damping must be a rational number"),
        ({"damping": [0]}, TypeError, "damping must be a rational number"),
        ({"weights": [[1, "x"]]}, ValueError, r"weights\[0, 1\] must be a rational number \(got 'x'\)"),
        ({"weights": [[1, None]]}, TypeError, r"weights\[0, 1\] must be a rational number \(got None\)"),
        ({"block_size": -1}, ValueError, "block_size must be at least 1"),
        ({"order": [0]}, ValueError, "order must be a permutation of 0 to 1"),
        ({"order": [True, False]}, TypeError, "order must hold integers"),
    ],
)
def test_bad_input_to_the_exact_version(options, error, message):
    arguments = {"weights": [[1, 1]], "inputs": None, "hessian": [[2, 1], [1, 2]], "grid": Grid.unbounded()}
    with pytest.raises(error, match=message):
        gptq_exact(**arguments | options)


@pytest.mark.parametrize("function", [gptq, gptq_exact])
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"hessian": np.eye(2)}, ValueError, r"give either inputs or hessian \(both are given\)"),
        ({"inputs": None}, ValueError, r"give either inputs or hessian \(neither is given\)"),
        ({"inputs": None, "hessian": np.eye(3)}, ValueError, "so hessian must have as many rows"),
        ({"inputs": np.eye(3)}, ValueError, r"so inputs must have as many rows \(it has 3\)"),
        ({"rng": 1}, ValueError, "rng is for rounding='stochastic'; rounding to nearest draws nothing"),
        ({"rounding": "random"}, ValueError, "rounding must be one of 'nearest', 'stochastic'"),
        ({"rounding": None}, TypeError, "rounding must be one of"),
        ({"rounding": "stochastic", "rng": "a"}, TypeError, "rng must be a seed or a random generator"),
        ({"trace": 3}, TypeError, "trace must be a list, a function or None"),
        ({"block_size": 2.0}, TypeError, "block_size must be an integer"),
        ({"order": "size"}, ValueError, "order must be None, 'activation' or a permutation"),
    ],
)
def test_both_refuse_the_same(function, options, error, message):
    arguments = {"weights": [[0.5, 0.5]], "inputs": np.eye(2), "grid": Grid.unbounded()} | options
    with pytest.raises(error, match=message):
        function(**arguments)


def test_both_take_the_same_arguments():
    in_doubles, exactly = (signature(function).parameters for function in (gptq, gptq_exact))
    assert {k: (v.kind, v.default) for k, v in in_doubles.items()} == {
        k: (v.kind, v.default) for k, v in exactly.items()
    }


DYADIC = np.array([[1.0, 2.0, 0.0], [0.0, 2.0, -4.0], [0.0, 0.0, 4.0]])
"""A triangle of powers of two: undamped and as the columns come, nothing that GPTQ computes is rounded."""


@pytest.mark.parametrize("rounding", ["nearest", "stochastic"])
@pytest.mark.parametrize("given", ["inputs", "hessian"])
def test_both_do_the_same_where_doubles_are_exact(rounding, given):
    weights = np.random.default_rng(5).integers(-40, 40, (6, 3)) / 8
    grid = Grid.uniform(np.array([[0.5, 1.0, 2.0]]), bits=3, offset=-2.0)
    data = (DYADIC, None) if given == "inputs" else (None, DYADIC @ DYADIC.T)
    options = {"hessian": data[1], "damping": 0, "order": [0, 1, 2], "rounding": rounding, "block_size": 2}
    seen, seen_exactly = [], []
    for seed in range(20) if rounding == "stochastic" else (None,):
        found = gptq(weights, data[0], grid, rng=seed, trace=seen, **options)
        exact = gptq_exact(weights, data[0], grid, rng=seed, trace=seen_exactly, **options)
        assert found.values.tolist() == exact.values.tolist()
        assert found.row_losses.tolist() == exact.row_losses.tolist()
        assert (found.loss, found.order.tolist()) == (exact.loss, exact.order.tolist())
    assert [(s.column, s.before, s.after) for s in seen] == [
        (s.column, s.before, s.after) for s in seen_exactly
    ]


@pytest.mark.parametrize("function", [gptq, gptq_exact])
@pytest.mark.parametrize("rounding", ["nearest", "stochastic"])
def test_observing_changes_nothing(function, rounding):
    weights = np.random.default_rng(2).normal(size=(3, 4))
    inputs = np.random.default_rng(3).normal(size=(4, 6))
    options = {"rounding": rounding, "order": "activation", "block_size": 2}
    options |= {"rng": 4} if rounding == "stochastic" else {}
    steps = []
    plain = function(weights, inputs, Grid.fit(weights, bits=3), **options)
    watched = function(weights, inputs, Grid.fit(weights, bits=3), trace=steps.append, **options)
    for name, value in vars(plain).items():
        assert np.array_equal(value, getattr(watched, name)), name
    assert [step.column for step in steps] == plain.order.tolist()
    assert np.array_equal(np.array([step.after for step in steps]).T, plain.values[:, plain.order])


def test_the_steps_of_the_nearest_plane():
    basis, target = [[1.0, 0.0], [1.0, 2.0]], [0.4, 1.2]
    steps = []
    point = nearest_plane(basis, target, trace=steps)
    assert steps == [PlaneChosen(1, 0.6, 1.0), PlaneChosen(0, -0.6, -1.0)]
    assert np.array_equal(point.values, nearest_plane(basis, target).values)
    assert [step.before - step.after for step in reversed(steps)] == point.offsets.tolist()
    nearest_plane(rationals("b", [[2]]), [1], trace=steps)
    assert steps[-1] == PlaneChosen(0, Fraction(1, 2), Fraction(0))
    with pytest.raises(TypeError, match="trace must be a list"):
        nearest_plane(basis, target, trace=1)


def test_random_rounding_in_fractions_is_exact_beside_the_probability():
    """A third, which no double is: the uniform number next below goes up, the next above does not."""
    third = 1 / 3  # below a third by less than 2^-54
    for number, expected in ((third, 1), (np.nextafter(third, 1), 0)):
        rng = Listed([number])
        result = gptq_exact([["1/3"]], [[1]], Grid.unbounded(), rounding="stochastic", rng=rng)
        assert result.values.tolist() == [[expected]]


def test_a_damping_in_fractions():
    result = gptq_exact([["1/2", 0]], [[1, 0], [1, 1]], Grid.unbounded(), damping="1/3")
    assert result.pivots.tolist() == [Fraction(3, 2) - Fraction(2, 5), Fraction(5, 2)]
    assert result.loss == Fraction(1, 4)
    assert result.row_losses.tolist() == [Fraction(1, 4) * Fraction(3, 2)]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: bounds.gptq_worst_case(0.0, [1.0]), ValueError, r"step must be positive .* \(got 0.0\)"),
        (lambda: bounds.gptq_mean(1.0, [1.0, -2.0]), ValueError, r"pivots\[1\] must not be negative"),
        (lambda: bounds.nearest_mean(1.0, [[1.0, 2.0]]), ValueError, "hessian must be square"),
        (lambda: bounds.nearest_worst_case("a", [[1.0]]), TypeError, "step must be a real number"),
        (lambda: bounds.damped_bound(1.0, 2, 0, 1.0, 1.0, 1.0), ValueError, "samples must be at least 1"),
        (
            lambda: bounds.damped_bound(1.0, 2, 1, -1.0, 1.0, 1.0),
            ValueError,
            "largest must be finite and not",
        ),
        (lambda: bounds.damped_bound(1.0, 2, 1, 1.0, 3.0, 1.0), ValueError, "total must lie between"),
        (lambda: bounds.sup_norm_bound(1.0, np.nan, 1, 0.5), ValueError, "largest_pivot must be finite"),
        (lambda: gptq([[0.4]], [[1.0]], Grid.unbounded(), damping="x"), TypeError, "damping must be a real"),
        (
            lambda: gptq([[0.4]], [[1.0]], Grid.unbounded(), order=[True]),
            TypeError,
            "order must hold integers",
        ),
    ],
)
def test_bad_input_to_bounds_and_options(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_damped_bound_with_tiny_norms():
    assert bounds.damped_bound(1.0, 2, 1, 1e-20, 2e-20, 1.0) == pytest.approx(0.5)


class OnlyDLPack:
    """An array that speaks nothing but DLPack."""

    def __init__(self, values):
        self.values = np.array(values, dtype=float)

    def __dlpack__(self, **options):
        return self.values.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.values.__dlpack_device__()


def test_arrays_that_speak_nothing_but_dlpack():
    weights, inputs = OnlyDLPack([[0.6, 0.6]]), OnlyDLPack(NEARLY_EQUAL)
    assert gptq(weights, inputs, Grid.unbounded(), damping=0.0).values.tolist() == [[1.0, 0.0]]
    grid = Grid.uniform(OnlyDLPack([0.5]), bits=2, offset=OnlyDLPack([0.0]))
    assert round_stochastic(OnlyDLPack([[0.5, 1.0]]), grid, rng=1).tolist() == [[0.5, 1.0]]
    assert grid.contains(OnlyDLPack([0.5, 0.6])).tolist() == [True, False]


def test_with_two_columns_gptq_in_doubles_can_lose_by_a_rounding_error():
    """QUA-8 (b) is about exact arithmetic: here GPTQ's own levels are nearly a tie."""
    weights, inputs = [[0.44, -0.764]], [[1.0, 0.6], [0.0, 1.0]]
    x = [[Fraction(v) for v in row] for row in inputs]
    h = [[sum(a * b for a, b in zip(p, q, strict=True)) for q in x] for p in x]
    grid = Grid.unbounded(1.0)

    def loss(values):
        error = [Fraction(w) - Fraction(float(q)) for w, q in zip(weights[0], values, strict=True)]
        return sum(error[i] * h[i][j] * error[j] for i in range(2) for j in range(2))

    in_doubles = gptq(weights, inputs, grid, damping=0.0).values[0]
    nearest = round_to_nearest(weights, grid)[0]
    assert (in_doubles.tolist(), nearest.tolist()) == ([0.0, 0.0], [0.0, -1.0])
    assert 0 < loss(in_doubles) - loss(nearest) < Fraction(1, 10**16)
    assert gptq_exact(weights, None, grid, hessian=h, damping=0).loss <= loss(nearest)


def test_a_hessian_of_as_many_samples_as_qua_9_allows_is_not_refused():
    """Two rows of which nearly agree; 10^5 products are summed one after another, and each sum is rounded."""
    x = np.random.default_rng(0).uniform(-1, 1, (3, 10**5))
    x[1] = x[0] * (1 + 1e-9 * x[1])
    naive = np.array([[np.cumsum(p * q)[-1] for q in x] for p in x])  # one after another
    assert (bounds.pivots(naive, damping=1e-3) > 0).all()


@pytest.mark.parametrize("entry", [1e-300, 1.2345678e-170])
def test_diagonal_entries_that_would_lose_digits_beside_the_largest_are_refused(entry):
    hessian = [[entry, 0.0], [0.0, 1e150]]
    message = r"hessian\[0, 0\] is too small beside the largest entry: it would lose digits"
    with pytest.raises(ValueError, match=message):
        bounds.pivots(hessian)
    for damping in (0.0, 0.01):
        with pytest.raises(ValueError, match=message):
            gptq([[0.5, 0.0]], None, Grid.unbounded(), hessian=hessian, damping=damping)
    assert bounds.nearest_mean(12.0, hessian) == pytest.approx(12e150)  # a sum, of which nothing is lost


def test_diagonal_entries_just_large_enough_keep_their_digits():
    assert bounds.pivots([[3e-150, 0.0], [0.0, 1e150]]).tolist() == pytest.approx(
        [3e-150, 1e150], rel=1e-14, abs=0
    )
    result = gptq([[0.5, 0.0]], None, Grid.unbounded(), hessian=[[1e-150, 0.0], [0.0, 1e150]], damping=0.0)
    assert result.loss == pytest.approx(2.5e-151, rel=1e-14, abs=0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: gptq([[0.6, 0.3]], np.ones((2, 100)), Grid.unbounded(), damping=1e308),
        lambda: gptq([[0.6, 0.3]], None, Grid.unbounded(), hessian=[[1.5, 0.5], [0.5, 1.5]], damping=1.7e308),
        lambda: bounds.pivots([[1.5, 0.5], [0.5, 1.5]], damping=1.7e308),
    ],
)
@pytest.mark.filterwarnings("error")
def test_a_damping_beyond_doubles_is_refused(call):
    with pytest.raises(ValueError, match="damping is so large that the damped H is not finite"):
        call()


def test_a_loss_too_small_for_doubles_is_0():
    result = gptq([[0.5]], [[5e-324]], Grid.unbounded(), damping=0.0)
    assert (result.loss, result.row_losses.tolist()) == (0.0, [0.0])


@pytest.mark.parametrize("rounding", ["nearest", "stochastic"])
def test_levels_stay_what_they_are(rounding):
    """With a scale per weight, and codes that are no integers."""
    grid = Grid.from_levels([-1.0, 0.0, 1.5], scale=[[1.0, 2.0], [0.5, 4.0]])
    levels = [[1.5, -2.0], [-0.5, 6.0]]
    for order in (None, [1, 0]):
        for function in (gptq, gptq_exact):
            options = {"order": order, "rounding": rounding}
            assert function(levels, np.eye(2), grid, **options).values.tolist() == levels


def test_bounds_with_a_step_of_two():
    assert bounds.gptq_mean(2.0, [1.5, 4.5]) == 2.0
    assert bounds.nearest_mean(2.0, [[2.0, 1.0], [1.0, 4.0]]) == 2.0
    at_one = bounds.sup_norm_bound(1.0, 1.0, samples=100, failure_probability=0.01)
    assert bounds.sup_norm_bound(2.0, 1.0, samples=100, failure_probability=0.01) == 2 * at_one


def test_the_damping_is_relative_to_the_mean_with_zeros_in_it():
    assert bounds.pivots([[4.0, 0.0], [0.0, 0.0]], damping=0.5).tolist() == pytest.approx([5.0, 1.0])
