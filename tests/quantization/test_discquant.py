"""DiscQuant: its options, and inputs of any size (QUA-11, QUA-18)."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lemmata.proofs_check.quantization.gradient_steps import Separable

from lemmata.discrepancy import GradientStep, discquant, round_to_vertex
from lemmata.quantization import Grid, gptq, round_to_nearest


def pull_to(target):
    """An objective: half the squared distance."""
    return lambda weights: (float(np.sum((weights - target) ** 2) / 2), weights - target)


@st.composite
def problems(draw):
    seed, n, m = draw(st.integers(0, 2**32)), draw(st.integers(1, 30)), draw(st.integers(0, 6))
    rng = np.random.default_rng(seed)
    return rng.normal(size=n) * 2, rng.normal(size=(m, n)) * 10.0 ** rng.integers(-6, 7, (m, 1)), rng


@given(problems(), st.sampled_from(["levels", "fractional"]), st.booleans())
def test_all_but_as_many_as_rows_are_levels_and_rows_keep_their_values(problem, storage, random):
    weights, rows, rng = problem
    grid = Grid.uniform(0.5, bits=3, offset=-2.0)
    result = discquant(
        weights,
        grid,
        pull_to(rng.normal(size=len(weights))),
        sample_gradients=rows,
        steps=15,
        storage=storage,
        start="random" if random else "weights",
        unbiased=random,
        rng=1 if random else None,
    )
    below, above = grid.neighbours(weights)
    rounded = np.ones(len(weights), dtype=bool)
    rounded[result.fractional] = storage == "levels"
    assert len(result.fractional) <= len(rows)
    assert np.all((result.values == below) | (result.values == above) | ~rounded)
    assert np.all((below <= result.relaxed) & (result.relaxed <= above))
    vertex = result.values.copy()
    vertex[result.fractional] = result.fractional_values
    change = np.abs(rows @ (vertex - result.relaxed))
    assert np.all(change <= 2e-9 * (np.abs(rows) @ (above - below)) + 1e-14 * (np.abs(rows) @ np.abs(vertex)))


def test_without_rows_everything_is_rounded():
    weights = np.random.default_rng(0).normal(size=(3, 4, 5))
    result = discquant(weights, Grid.unbounded(0.5), pull_to(weights), steps=5)
    assert result.values.shape == weights.shape
    assert len(result.fractional) == 0
    assert Grid.unbounded(0.5).contains(result.values).all()


def test_only_the_linear_term_gives_nearest_rounding():
    weights = np.random.default_rng(1).normal(size=200)
    nothing = lambda w: (0.0, np.zeros_like(w))  # noqa: E731
    found = discquant(weights, Grid.unbounded(), nothing, steps=200).values
    assert np.array_equal(found, round_to_nearest(weights, Grid.unbounded()))


def test_weights_at_levels_and_outside_stay():
    grid = Grid.uniform(1.0, bits=2)
    result = discquant([0.0, 2.0, -5.0, 9.0], grid, pull_to(np.full(4, 1.5)), steps=5)
    assert result.values.tolist() == [0.0, 2.0, 0.0, 3.0]
    assert len(result.fractional) == 0


@pytest.mark.jit
def test_a_layer_loses_less_than_by_nearest_and_less_still_unrounded():
    rng = np.random.default_rng(5)
    inputs = rng.normal(size=(48, 48)) @ rng.normal(size=(48, 300)) / 5
    weights = rng.normal(size=(6, 48))
    grid = Grid.fit(weights, bits=3)
    steps = []
    result = discquant(weights, grid, inputs, trace=steps)
    loss = lambda values: float(np.sum(((weights - values) @ inputs) ** 2))  # noqa: E731
    assert loss(result.values) == pytest.approx(result.losses[1])
    assert loss(result.values) < 0.8 * loss(round_to_nearest(weights, grid))
    assert np.bincount(result.fractional // 48, minlength=6).max() <= 6
    unrounded = discquant(weights, grid, inputs, storage="fractional")
    assert loss(unrounded.values) < loss(result.values)
    assert loss(gptq(weights, inputs, grid).values) < 0.8 * loss(round_to_nearest(weights, grid))
    assert len(steps) == 200
    assert isinstance(steps[-1], GradientStep)
    assert steps[-1].nearly_rounded > steps[0].nearly_rounded


def test_the_unit_of_the_objective_does_not_matter():
    rng = np.random.default_rng(2)
    weights, target = rng.normal(size=(2, 50))
    plain = discquant(weights, Grid.unbounded(), pull_to(target))
    scaled = lambda w: (1024 * np.sum((w - target) ** 2) / 2, 1024 * (w - target))  # noqa: E731
    assert np.array_equal(plain.values, discquant(weights, Grid.unbounded(), scaled).values)


NEARLY_EQUAL = np.array([[1.0, 1.0], [1.0, 0.9]])


@pytest.mark.parametrize("unit", [1e-170, 1e-90, 1.0, 1e80, 1e150])
def test_the_unit_of_a_layers_inputs_does_not_matter(unit):
    result = discquant([[0.6, 0.6]], Grid.unbounded(), NEARLY_EQUAL * unit)
    assert result.values.tolist() == [[0.0, 1.0]]
    assert result.losses[1] == pytest.approx(0.0976 * unit * unit)


@pytest.mark.parametrize(
    ("weights", "step", "size"),
    [([0.3e10, 0.4e10], 1e10, 1e150), ([0.3, 0.4], 1.0, 1e-315), ([0.3, 0.4], 1.0, 1.0)],
)
def test_gradients_of_any_size(weights, step, size):
    constant = lambda w: (0.0, np.array([-size, size]))  # noqa: E731
    found = discquant(weights, Grid.unbounded(step), constant, steps=50).values
    assert found.tolist() == [step, 0.0]


def test_an_objective_that_is_least_at_nearest_still_has_no_unit():
    weights = np.array([0.3, 1.8, 0.45])
    at_nearest = np.array([0.0, 2.0, 0.0])
    found = []
    for unit in (2.0**-300, 1.0, 2.0**300):
        scaled = lambda w, unit=unit: (unit * np.sum((w - at_nearest) ** 2), 2 * unit * (w - at_nearest))  # noqa: E731
        found.append(discquant(weights, Grid.unbounded(), scaled, steps=20).relaxed.tolist())
    assert found[0] == found[1] == found[2]


def test_a_gradient_that_grows_beyond_all_measure_is_refused():
    def objective(w):
        return 0.0, np.full(w.shape, 1e-300 if np.all(w == np.rint(w)) else 1e150)

    with pytest.raises(ValueError, match=r"objective's gradient\[0\] grows beyond all measure"):
        discquant([0.3, 0.4], Grid.unbounded(), objective)


def test_an_objective_may_change_its_argument():
    def in_place(w):
        w -= 0.25
        return float((w**2).sum()), 2 * w

    def rows(w):
        w[:] = 7
        return np.ones((1, 3))

    found = discquant([0.3] * 3, Grid.unbounded(), in_place, sample_gradients=rows)
    assert Grid.unbounded().contains(found.values).all()
    assert np.all((found.relaxed >= 0) & (found.relaxed <= 1))


def test_tiny_rows_on_a_tiny_grid_are_kept():
    nothing = lambda w: (0.0, np.zeros_like(w))  # noqa: E731
    rows = np.array([[1.0, 2.0, 3.5]]) * 1e-180
    options = {"steps": 1, "learning_rate": 1e-9, "storage": "fractional"}
    found = discquant(
        np.array([0.3, 0.45, 0.3]) * 1e-150, Grid.unbounded(1e-150), nothing, sample_gradients=rows, **options
    )
    assert len(found.fractional) == 1
    change = rows[0] * 1e180 @ ((found.values - found.relaxed) * 1e150)
    assert abs(change) < 1e-8


@pytest.mark.parametrize("row", [[1e149, 1e-175], [1e-10, 1.0], [1.0, 1.0]])
def test_a_tiny_step_beside_a_huge_one_keeps_its_constraint(row):
    """Brought to one size, the small step would vanish, and with it a constraint."""
    grid = Grid.unbounded(np.array([1e-175, 1e149]))
    weights = np.array([0.3e-175, 0.3e149])
    nothing = lambda w: (0.0, np.zeros_like(w))  # noqa: E731
    rows = np.array([row, [1.0, 0.0]])
    found = discquant(weights, grid, nothing, sample_gradients=rows, storage="fractional", steps=1)
    vertex = found.values.copy()
    vertex[found.fractional] = found.fractional_values
    for a in rows:
        exact = [Fraction(float(v)) for v in (*a, *vertex, *found.relaxed)]
        change = exact[0] * (exact[2] - exact[4]) + exact[1] * (exact[3] - exact[5])
        size = exact[0] * Fraction(1e-175) + exact[1] * Fraction(1e149)
        assert abs(change) <= Fraction(1, 10**9) * size + Fraction(1, 2**49) * size
    assert len(found.fractional) <= 2


def test_a_residual_beyond_doubles_is_refused():
    nothing = lambda w: (0.0, np.zeros_like(w))  # noqa: E731
    grid = Grid.from_levels([0.0, 1.0, 2.0], scale=1e150)
    found = discquant([0.3e150, 0.4e150], grid, nothing, sample_gradients=[[1e150, 1e150]], steps=1)
    assert np.all(np.isfinite(found.residual))


@pytest.mark.parametrize(
    ("weights", "objective"),
    [
        (np.empty(0), lambda w: (0.0, w)),
        (np.empty((3, 0)), np.empty((0, 4))),
        (np.empty((0, 3)), np.ones((3, 4))),
        (np.empty((0, 3)), np.ones((3, 0))),
    ],
)
def test_no_weights(weights, objective):
    result = discquant(weights, Grid.unbounded(), objective)
    assert result.values.shape == weights.shape
    assert len(result.fractional) == 0
    assert result.losses == (0.0, 0.0)


def test_weights_stay_in_their_cell():
    levels = [-1.0, 1.5 * 2.0**-53]
    up = lambda w: (0.0, np.full_like(w, -1.0))  # noqa: E731
    found = discquant([levels[1] * (1 - 2.0**-52)], Grid.from_levels(levels), up, steps=1, learning_rate=1e-9)
    assert levels[0] <= found.relaxed[0] <= levels[1]


def test_options_that_are_no_numbers():
    for option in ("linear_weight", "learning_rate"):
        with pytest.raises(TypeError, match=f"{option} must be a real number \\({option} = 'a'\\)"):
            discquant([0.5], Grid.unbounded(), pull_to(0.0), **{option: "a"})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"objective": lambda w: 1.0}, r"objective must return a pair \(value, gradient\) \(got float\)"),
        ({"grid": None}, r"grid must be a Grid \(got NoneType\)"),
        ({"rng": 1.5, "unbiased": True}, "rng must be a seed or a random generator .*1.5"),
        ({"rng": "a", "start": "random"}, "rng must be a seed or a random generator .* not a"),
        ({"unbiased": 1}, r"unbiased must be True or False \(got 1\)"),
        ({"start": np.array([0.3, 0.4])}, "start must be one of 'weights', 'random'"),
        ({"storage": ["levels"]}, "storage must be one of 'levels', 'fractional'"),
        ({"trace": 1}, "trace must be a list, a function or None"),
        ({"weights": np.ma.masked_array([0.5, 1.0])}, "weights is a masked array"),
    ],
)
def test_arguments_of_wrong_kinds(options, message):
    arguments = {
        "weights": [0.5, 0.25],
        "grid": Grid.unbounded(),
        "objective": pull_to(np.zeros(2)),
    } | options
    with pytest.raises(TypeError, match=message):
        discquant(**arguments)


def test_rows_are_evaluated_after_the_gradient_steps():
    seen = []

    def rows(at):
        seen.append(at.copy())
        return np.ones((1, *at.shape))

    weights = np.array([[0.3, 0.4], [1.2, 2.6]])
    result = discquant(weights, Grid.unbounded(), pull_to(weights), sample_gradients=rows, steps=3)
    assert len(seen) == 1
    assert np.array_equal(seen[0], result.relaxed)
    assert len(result.fractional) <= 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weights": [np.nan, 1.0]}, r"weights\[0\] must be finite"),
        ({"objective": lambda w: (0.0, [0.0])}, r"gradient has shape \(1,\), the weights \(2,\)"),
        ({"objective": lambda w: (np.nan, w)}, "objective's value must be finite"),
        (
            {"objective": lambda w: (0.0, np.full_like(w, np.inf))},
            r"objective's gradient\[0\] must be finite",
        ),
        ({"objective": [[1.0], [1.0]]}, "does not match weights"),
        ({"sample_gradients": [[1.0]]}, r"sample_gradients has shape \(1, 1\)"),
        ({"directions": 1}, "directions needs inputs"),
        (
            {"weights": [[0.5]], "objective": [[1.0]], "sample_gradients": [[[1.0]]]},
            "needs a callable objective",
        ),
        ({"weights": [[0.5]], "objective": [[1.0]], "directions": 0}, "directions must be at least 1"),
        ({"steps": 0}, "steps must be at least 1"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"learning_rate": np.inf}, r"learning_rate must be positive .* \(got inf\)"),
        ({"linear_weight": np.inf}, r"linear_weight must be finite .* \(got inf\)"),
    ],
)
def test_bad_input(options, message):
    arguments = {"weights": [0.5, 0.25], "objective": pull_to(np.zeros(2))} | options
    weights, objective = arguments.pop("weights"), arguments.pop("objective")
    with pytest.raises(ValueError, match=message):
        discquant(weights, Grid.unbounded(), objective, **arguments)


def test_inputs_as_small_as_numbers_get_keep_their_directions():
    """The leading singular direction of a matrix times 2^-1074 is that of the matrix."""
    inputs = np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]]) * 5e-324
    grid = Grid.unbounded(1.0)
    result = discquant([[0.3, -1.4, 2.2]], grid, inputs, directions=1, steps=20, storage="fractional")
    change = (result.values - result.relaxed) @ np.array([2.0, 1.0, 1.0]) / 6**0.5
    assert len(result.fractional) <= 1
    assert abs(change[0]) <= 1e-7 * 3**0.5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"objective": [[1.0]], "directions": 0}, "directions must be at least 1"),
        ({"sample_gradients": np.ones((2, 3, 1))}, r"sample_gradients has shape \(2, 3, 1\)"),
        ({"sample_gradients": [[[np.nan]]]}, r"sample_gradients\[0, 0, 0\] must be finite"),
        ({"start": "zero"}, "start must be one of 'weights', 'random'"),
        ({"storage": "both"}, "storage must be one of 'levels', 'fractional'"),
        ({"rng": 1}, "rng is for start='random' or unbiased=True; otherwise nothing is drawn"),
    ],
)
def test_bad_options_are_refused_before_the_first_step(options, message):
    steps, calls = [], []

    def objective(weights):
        calls.append(weights)
        return 0.0, np.zeros_like(weights)

    arguments = {"objective": objective, "trace": steps} | options
    with pytest.raises(ValueError, match=message):
        discquant([[0.5]], Grid.unbounded(), arguments.pop("objective"), **arguments)
    assert steps == calls == []


def test_a_seed_makes_the_vertex_random_and_right_on_average():
    """Four halves whose sum is kept go to a vertex with two ones; with seeds, to one or another."""
    nothing = lambda w: (0.0, np.zeros_like(w))  # noqa: E731
    options = {"sample_gradients": np.ones((1, 4)), "steps": 1, "linear_weight": 0.0}
    plain = discquant(np.full(4, 0.5), Grid.unbounded(), nothing, **options).values
    assert np.array_equal(plain, discquant(np.full(4, 0.5), Grid.unbounded(), nothing, **options).values)
    found = [
        discquant(np.full(4, 0.5), Grid.unbounded(), nothing, **options, unbiased=True, rng=seed).values
        for seed in range(300)
    ]
    assert {float(values.sum()) for values in found} == {2.0}
    assert len({tuple(values) for values in found}) > 1
    assert np.abs(np.mean(found, axis=0) - 0.5).max() < 0.15


def test_a_random_start_alone_leaves_the_walk_as_it_is():
    """The seed starts the steps, and from there the vertex is the one of the deterministic walk."""
    nothing = lambda w: (0.0, np.zeros_like(w))  # noqa: E731
    options = {"sample_gradients": np.ones((1, 6)), "steps": 1, "linear_weight": 0.0, "start": "random"}
    options |= {"storage": "fractional"}
    found = discquant(np.full(6, 0.5), Grid.unbounded(), nothing, **options, rng=3)
    start = np.random.default_rng(3).random(6)
    assert np.array_equal(found.relaxed, start)
    assert np.array_equal(found.values, round_to_vertex(start, np.ones((1, 6))).values)
    both = [
        discquant(np.full(6, 0.5), Grid.unbounded(), nothing, **options, unbiased=True, rng=seed)
        for seed in (3, 3, 4)
    ]
    assert np.array_equal(both[0].values, both[1].values)
    assert np.array_equal(both[0].relaxed, start)
    assert not np.array_equal(both[0].relaxed, both[2].relaxed)


def test_watching_the_gradient_steps_changes_nothing():
    rng = np.random.default_rng(9)
    weights, inputs, steps = rng.normal(size=(3, 8)), rng.normal(size=(8, 20)), []
    plain = discquant(weights, Grid.unbounded(0.5), inputs, steps=10)
    watched = discquant(weights, Grid.unbounded(0.5), inputs, steps=10, trace=steps)
    for name, value in vars(plain).items():
        assert np.array_equal(value, getattr(watched, name)), name
    assert [step.step for step in steps] == list(range(10))


@pytest.mark.parametrize(
    ("places", "moved", "reached"),
    [
        ([-1.6e-05, -2.1e-05], [-3e-06, -5e-06], False),
        ([-(2.0**-7), -(2.0**-7)], [-3e-06, -5e-06], True),
    ],
)
def test_weights_next_to_a_level_miss_the_relaxed_optimum(places, moved, reached):
    """QUA-18 keeps its weights away from levels: next to them the steps leave more than a thousandth."""
    case = Separable(
        np.array([2.0, 0.0]) + places,
        np.array([1.0, 0.5]),
        np.array([2.0, 0.0]) + places + moved,
        unit=1.0,
        linear=0.5,
        seed=None,
        steps=np.ones(2),
    )
    rest = case.gap(case.run(steps=400) - case.below) - 1e-12 * case.slope_at_nearest
    assert (rest <= 1e-3 * case.gap(case.start)) == reached
    assert reached or rest > 0.01 * case.gap(case.start)


def test_steps_of_weights_are_units():
    """The same objective in units of steps that are powers of two, and the same result in them."""
    weights, target = np.array([0.3, 0.3]), np.array([0.8, 0.6])

    def relaxed(steps):
        def objective(values):
            off = values / steps - target
            return float(off @ off), 2 * off / steps

        return discquant(weights * steps, Grid.unbounded(steps), objective, linear_weight=0.1).relaxed / steps

    assert relaxed(np.array([1.0, 64.0])).tolist() == relaxed(np.ones(2)).tolist()


@pytest.mark.parametrize("rate", [0.05, 0.125])
def test_one_step_moves_by_the_learning_rate(rate):
    slopes = np.array([1.0, -3.0, 0.5])
    result = discquant(
        np.full(3, 0.5),
        Grid.unbounded(),
        lambda w: (float(slopes @ w), slopes),
        steps=1,
        learning_rate=rate,
        linear_weight=0.0,
    )
    assert np.abs(result.relaxed - [0.5 - rate, 0.5 + rate, 0.5 - rate]).max() < 1e-9


def test_a_seed_makes_a_layers_vertex_random_and_right_on_average():
    """One direction, the ones: each row of four halves keeps its sum and goes to a vertex with two ones."""
    layer, inputs = np.full((2, 4), 0.5), np.ones((4, 1))
    options = {"steps": 1, "linear_weight": 0.0, "directions": 1, "unbiased": True}
    found = np.array(
        [discquant(layer, Grid.unbounded(), inputs, **options, rng=seed).values for seed in range(300)]
    )
    assert set(found.sum(axis=2).ravel()) == {2.0}
    assert np.abs(found.mean(axis=0) - 0.5).max() < 0.15
    assert (found[:, 0] != found[:, 1]).any()


@pytest.mark.parametrize(("size", "moved"), [(2.0**10, 3e-4), (2.0**45, 0.0)])
def test_one_step_is_lost_in_huge_weights(size, moved):
    """What QUA-18 says of one step needs weights with digits for it."""
    weights, target = size + np.array([0.5, 0.25]), size + np.array([0.37, 0.70])
    options = {"steps": 1, "learning_rate": 3e-4, "linear_weight": 0.0, "storage": "fractional"}
    found = discquant(
        weights, Grid.unbounded(1.0), lambda v: (np.sum((v - target) ** 2), 2 * (v - target)), **options
    )
    assert found.relaxed - weights == pytest.approx([-moved, moved], abs=1e-9)


def test_a_layer_whose_steps_differ_keeps_its_directions():
    """In every row by a factor of 8 between two groups of columns."""
    rng = np.random.default_rng(0)
    weights, inputs = rng.uniform(-4, 4, (2, 8)), rng.standard_normal((8, 5))
    grid = Grid.unbounded([[1.0, 8.0], [0.25, 2.0]], group_size=4)
    options = {"directions": 2, "storage": "fractional", "steps": 1, "linear_weight": 0.0}
    found = discquant(weights, grid, inputs, **options)
    kept = np.linalg.svd(inputs)[0][:, :2]
    assert np.abs((found.values - found.relaxed) @ kept).max() < 1e-12
    assert np.bincount(found.fractional // 8).max() <= 2


def test_a_direction_beyond_the_singular_values_is_not_kept():
    """QUA-11 (d) asks for a gap after the last direction: two columns on one sample have one direction."""
    options = {"directions": 2, "steps": 1, "linear_weight": 0.0, "storage": "fractional"}
    result = discquant([[0.3, 0.3]], Grid.unbounded(1.0), [[1.0], [0.0]], **options)
    assert (result.values - result.relaxed).tolist() == [[0.0, pytest.approx(-0.3)]]
    assert len(result.residual) == 1


def test_as_many_directions_as_columns_keep_everything():
    options = {"directions": 2, "steps": 5, "storage": "fractional"}
    result = discquant([[0.3, 0.3]], Grid.unbounded(1.0), [[1.0, 2.0], [0.0, 1.0]], **options)
    assert np.abs(result.values - result.relaxed).max() <= 1e-15


def test_targets_whose_objective_leaves_the_range_are_refused():
    """QUA-18 bounds the targets for this reason."""
    unit = 2.0**400
    with pytest.raises(ValueError, match="the objective's value must be finite and at most 1e150"):
        discquant(
            [0.3], Grid.unbounded(1.0), lambda w: (unit * float((w[0] - 1e16) ** 2), 2 * unit * (w - 1e16))
        )


def test_a_layers_losses_are_those_of_its_outputs():
    weights, inputs = np.array([[0.25, 0.75], [0.5, 0.0]]), np.array([[3.0, 0.0], [1.0, 2.0]]) * 2.0**30
    result = discquant(weights, Grid.unbounded(1.0), inputs, steps=3)
    for loss, at in zip(result.losses, (result.relaxed, result.values), strict=True):
        assert loss == pytest.approx(float(np.sum(((weights - at) @ inputs) ** 2)), rel=1e-12)
