"""GPTQ on layers of any size, order and grid (QUA-3 to QUA-8, QUA-10)."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lemmata.quantization import (
    ColumnRounded,
    Grid,
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
    """QUA-3: in fractions."""
    weights, inputs = layer
    order = list(range(len(inputs)))
    random.shuffle(order)
    result = gptq_exact(weights, inputs, Grid.unbounded(1.0), damping=0, order=order)
    outputs = (rationals("weights", weights) - result.values) @ rationals("inputs", inputs)
    assert result.loss == (outputs * outputs).sum() == ((result.errors * result.errors) @ result.pivots).sum()


@given(layers(), st.integers(1, 6))
def test_blocks_change_nothing(layer, block_size):
    """QUA-4: of any size, in fractions."""
    weights, inputs = layer
    h = inputs @ inputs.T
    one = gptq_exact(weights, None, Grid.unbounded(1.0), hessian=h, damping=0)
    blocked = gptq_exact(weights, None, Grid.unbounded(1.0), hessian=h, damping=0, block_size=block_size)
    assert np.array_equal(one.values, blocked.values)
    assert np.array_equal(one.errors, blocked.errors)


@given(layers())
def test_gptq_is_the_nearest_plane(layer):
    """QUA-5: the same lattice point."""
    weights, inputs = layer
    result = gptq_exact(weights, inputs, Grid.unbounded(1.0), damping=0)
    basis = rationals("inputs", inputs)[::-1]
    for row, values in zip(rationals("weights", weights), result.values, strict=True):
        point = nearest_plane(basis, row @ rationals("inputs", inputs))
        assert point.values[::-1].tolist() == values.tolist()


@given(layers(), st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(3)]))
def test_no_row_loses_more_than_the_bound(layer, step):
    """QUA-6, QUA-7: a quarter of the pivots, and that no more than nearest rounding may lose."""
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
    """QUA-10: right on average."""
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
