"""GPTQ in fractions, and beside it in doubles: one set of arguments (QUA-3, QUA-4, QUA-8, QUA-10)."""

from fractions import Fraction
from inspect import signature

import numpy as np
import pytest
from lemmata.proofs_check.quantization.random_rounding import Listed

from lemmata.quantization import (
    Grid,
    bounds,
    gptq,
    gptq_exact,
    round_to_nearest,
)


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
        ({"rng": 1}, ValueError, "rng is for rounding='stochastic'; otherwise nothing is drawn"),
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


@pytest.mark.parametrize("rounding", ["nearest", "stochastic"])
def test_levels_stay_what_they_are(rounding):
    """With a scale per weight, and codes that are no integers."""
    grid = Grid.from_levels([-1.0, 0.0, 1.5], scale=[[1.0, 2.0], [0.5, 4.0]])
    levels = [[1.5, -2.0], [-0.5, 6.0]]
    for order in (None, [1, 0]):
        for function in (gptq, gptq_exact):
            options = {"order": order, "rounding": rounding}
            assert function(levels, np.eye(2), grid, **options).values.tolist() == levels


@pytest.mark.parametrize("columns", [3, 4])
def test_an_indefinite_hessian_is_refused_in_fractions_whatever_the_damping(columns):
    """All 2 by 2 minors are positive, and so is every pivot once damped."""
    h = [[Fraction(1) if i == j else Fraction(-9, 10) for j in range(columns)] for i in range(columns)]
    with pytest.raises(ValueError, match=r"hessian must be positive semidefinite .*pivot \d is -"):
        gptq_exact([[0] * columns], None, Grid.unbounded(), hessian=h, damping=4)


def test_a_semidefinite_hessian_is_rounded_exactly_if_damped():
    """The squares of one sample; undamped it is refused, and a column of zeros beside it is not."""
    h = [[4, 0, 6], [0, 0, 0], [6, 0, 9]]
    options = {"hessian": h, "order": [2, 0, 1]}
    result = gptq_exact([["1/2", "1/4", "1/3"]], None, Grid.unbounded(), damping=3, **options)
    assert result.pivots.tolist() == [17, 13, 22 - Fraction(36, 17)]
    with pytest.raises(ValueError, match="not positive definite"):
        gptq_exact([["1/2", "1/4", "1/3"]], None, Grid.unbounded(), damping=0, **options)
