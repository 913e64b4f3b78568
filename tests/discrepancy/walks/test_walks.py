"""Partial colourings, iterated to full ones (DIS-21, DIS-22, DIS-23)."""

from dataclasses import replace
from fractions import Fraction
from importlib import import_module
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import discrepancy
from lemmata.discrepancy.walks import walk_bounds


@st.composite
def walk_cases(draw):
    """A start, rows of any scale, zero, repeated and dependent ones among them, and thresholds."""
    n, m = draw(st.integers(0, 12)), draw(st.integers(0, 8))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = rng.integers(-2, 3, (m, n)) * 10.0 ** rng.choice([-150, -6, 0, 6], (m, 1))
    if m > 2:
        rows[1] = -2 * rows[0]
        rows[2] = 0
    if m > 4:
        rows[3] = rows[0] * (1 + 10.0 ** -rng.integers(5, 17) * rng.standard_normal(n))
        rows[4] = rows[0] + 1e-10 * rows[4]
    x = rng.choice([-1.0, 1.0, 0.0, 0.3, 1 - 1e-14, -0.99], n)
    thresholds = rng.choice([0.0, 1e-12, 0.1, 1.0, 5.0, np.inf], m)
    return x, rows, thresholds, draw(st.integers(0, 99))


@given(walk_cases())
def test_the_walk_stays_in_the_polytope(case):
    x, rows, thresholds, seed = case
    found = discrepancy.lovett_meka(x, rows, thresholds, rng=seed)
    y = found.values
    assert (np.abs(y) <= 1).all()
    assert (y[np.abs(x) == 1] == x[np.abs(x) == 1]).all()
    assert found.frozen.tolist() == [i for i, z in enumerate(y) if abs(z) == 1]
    assert found.succeeded == (2 * len(found.frozen) >= len(x))
    change = [Fraction(b) - Fraction(a) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    for row, limit in zip(rows.tolist(), thresholds.tolist(), strict=True):
        if limit < np.inf:
            entries = [Fraction(entry) for entry in row]
            moved = sum((a * c for a, c in zip(entries, change, strict=True)), Fraction(0))
            assert moved**2 <= max(Fraction(limit), Fraction(1e-9)) ** 2 * sum(a * a for a in entries)


@given(st.integers(0, 10_000), st.integers(5, 16))
@example(0, 10)
def test_nearly_parallel_rows_are_all_kept(seed, digits):
    """The second row's normal is not in the span of the first, and a walk must not act as if it were."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 24))
    row = rng.standard_normal(n)
    rows = np.array([row + 10.0**-digits * rng.standard_normal(n) for _ in range(6)])
    limits = rng.choice([0.0, 1e-10, 0.1], 6)
    found = discrepancy.lovett_meka(np.zeros(n), rows, limits, rng=seed)
    assert (found.deviations <= np.maximum(limits, 1e-9)).all()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_an_infinite_threshold_is_an_infinite_limit(dtype):
    """It used to be 10^300, which is infinite in shorter floats, and then refused as infinite."""
    thresholds = np.array([np.inf, 0.0, 2.0], dtype=dtype)
    found = discrepancy.lovett_meka(np.zeros(4), np.eye(3, 4), thresholds, rng=1)
    assert found.limits.tolist() == [np.inf, 1e-9, 2.0]
    assert found.values[1] == 0
    assert (np.abs(found.values[[0, 2, 3]]) > 0).all()


@given(st.integers(0, 1000))
def test_without_rows_everything_freezes_in_a_long_walk(seed):
    found = discrepancy.lovett_meka(np.zeros(6), np.zeros((0, 6)), [], rng=seed, steps=2000)
    assert len(found.frozen) >= 5


def test_rows_kept_exactly_and_too_many_of_them():
    rows = np.vstack([np.eye(4), np.ones((1, 4))])
    found = discrepancy.lovett_meka([0.5, -0.25, 0.0, 1.0], rows, np.zeros(5), rng=0)
    assert found.values.tolist() == [0.5, -0.25, 0.0, 1.0]
    assert found.success_probability == 0
    assert not found.succeeded


def test_the_same_seed_gives_the_same_walk_and_a_generator_is_advanced():
    rows, rng = np.ones((1, 9)), np.random.default_rng(5)
    first, second = (discrepancy.lovett_meka(np.zeros(9), rows, [1.0], rng=rng).values for _ in range(2))
    again = discrepancy.lovett_meka(np.zeros(9), rows, [1.0], rng=5).values
    assert first.tolist() == again.tolist() != second.tolist()


def test_a_trace_shows_faces_being_reached():
    trace = []
    found = discrepancy.lovett_meka(np.zeros(10), np.ones((2, 10)), [0.5, 0.7], rng=3, trace=trace)
    assert [step.frozen for step in trace] == sorted(step.frozen for step in trace)
    assert [step.tight_rows for step in trace] == sorted(step.tight_rows for step in trace)
    assert any(step.shortened for step in trace)
    assert trace[-1].values.tolist() == found.values.tolist()
    # A face is only reached in a step that the polytope shortened.
    for before, after in pairwise(trace):
        assert after.shortened or (after.frozen, after.tight_rows) == (before.frozen, before.tight_rows)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([0.0, 1.5], [[1, 1]], [1]), ValueError, r"x must be in \[-1, 1\] \(x\[1\] = 1.5\)"),
        (([0.0], [[1, 1]], [1]), ValueError, "x must have one entry per column of constraints"),
        (([0.0, 0.0], [1, 1], [1]), ValueError, "constraints must have 2 dimension"),
        (
            ([0.0, 0.0], [[1, np.nan]], [1]),
            ValueError,
            r"constraints must be finite \(constraints\[0, 1\] = nan",
        ),
        (([0.0, 0.0], [[1, 1]], [-1]), ValueError, r"negative \(thresholds\[0\] = -1"),
        (([0.0, 0.0], [[1, 1]], [np.nan]), ValueError, r"thresholds must be finite \(thresholds\[0\] = nan"),
        (([0.0, 0.0], [[1, 1]], [1, 2]), ValueError, "thresholds must have one entry per row"),
        (([0.0, 0.0], [["a", "b"]], [1]), TypeError, "constraints must hold real numbers"),
    ],
)
def test_bad_input_of_the_edge_walk(arguments, error, message):
    with pytest.raises(error, match=message):
        discrepancy.lovett_meka(*arguments, rng=0)


@pytest.mark.parametrize(
    ("steps", "error"), [(0, ValueError), (-3, ValueError), (1.5, TypeError), (True, TypeError)]
)
def test_bad_steps(steps, error):
    with pytest.raises(error, match="steps must be"):
        discrepancy.lovett_meka([0.0], [[1.0]], [1.0], rng=0, steps=steps)


@given(st.integers(1, 24), st.integers(0, 30), st.integers(0, 2**32), st.sampled_from([1e-150, 1.0, 1e6]))
def test_full_colourings_keep_their_bound(n, m, seed, scale):
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 2, (m, n)) * scale
    found = discrepancy.spencer_coloring(rows, rng=rng)
    assert set(found.signs.tolist()) <= {-1, 1}
    assert len(found.signs) == n
    actual = np.abs(rows @ found.signs).max(initial=0)
    assert actual == pytest.approx(found.value)
    assert found.value <= found.bound
    assert found.bound <= scale * walk_bounds.full_coloring_bound(n, m) + scale * 1e-6 * n
    assert len(found.phases) <= np.log2(n) + 1


def test_a_fractional_start_and_no_elements():
    rows, x = np.array([[1.0, 2.0, 1.0]]), np.array([1.0, -0.5, 0.5])
    found = discrepancy.spencer_coloring(rows, x, rng=0)
    assert found.signs[0] == 1
    assert found.value == pytest.approx(abs(float(rows[0] @ (found.signs - x))))
    empty = discrepancy.spencer_coloring(np.zeros((3, 0)), rng=0)
    assert (len(empty.signs), empty.value, empty.phases) == (0, 0.0, ())


def test_thresholds_that_nothing_satisfies_raise():
    rows = np.vstack([np.eye(8)] * 2)
    with pytest.raises(discrepancy.ColoringError, match="100 walks froze less than half of 8 coordinates"):
        discrepancy.spencer_coloring(rows, scale=1e-12, rng=0)
    for scale in (0.0, -1.0, np.inf, np.nan):
        with pytest.raises(ValueError, match="scale must be positive"):
            discrepancy.spencer_coloring(rows, scale=scale, rng=0)


def test_formulas():
    assert walk_bounds.edge_walk_success_probability(0, 8, []) == 1
    assert walk_bounds.edge_walk_success_probability(16, 10**9, [np.inf] * 9) == pytest.approx(0.75)
    assert walk_bounds.edge_walk_success_probability(16, 1, []) == 0
    assert walk_bounds.equal_threshold(5, 0) == 0
    assert walk_bounds.full_coloring_bound(9, 0) == 0
    for n, m in ((1, 1), (7, 9), (64, 64), (64, 6400)):
        level = walk_bounds.equal_threshold(n, m)
        assert m * np.exp(-(level**2) / 16) == pytest.approx(n / 16)
        limit = walk_bounds.FULL_COLORING_CONSTANT * np.sqrt(n * np.log(2 * m / n))
        assert walk_bounds.full_coloring_bound(n, m) <= limit


def test_the_proved_bound_is_trivial_for_few_points():
    beyond = [n for n in range(1, 2000) if walk_bounds.full_coloring_bound(n, n) >= n]
    assert beyond == [*range(1, 701), 704, 705]


def test_what_spencer_coloring_refuses():
    with pytest.raises(ValueError, match="leave the range of doubles"):
        discrepancy.spencer_coloring(np.full((3, 8), 1.7e308))
    with pytest.raises(TypeError, match="scale must be a real number"):
        discrepancy.spencer_coloring([[1.0]], scale="a")


@pytest.mark.parametrize("size", [1.0, 2.0**-40, 2.0**40])
def test_phases_that_allow_less_than_what_was_done_are_refused(monkeypatch, size):
    """Whatever the scale of the rows, the sum of the allowances is compared with the discrepancy."""
    from lemmata.discrepancy.walks import partial_coloring

    honest = partial_coloring._run_phase
    monkeypatch.setattr(
        partial_coloring, "_run_phase", lambda *inputs: replace(honest(*inputs), allowance=0.0)
    )
    with pytest.raises(ArithmeticError, match=r"phases allow 0\.0"):
        discrepancy.spencer_coloring(np.full((1, 3), size), rng=0)


def test_a_row_that_moved_too_far_is_not_returned(monkeypatch):
    """What rounding does to the rows is measured afterwards; here the measurement is made up."""
    edge_walk = import_module("lemmata.discrepancy.walks.lovett_meka")
    monkeypatch.setattr(edge_walk, "_deviations", lambda unit, *_: np.full(len(unit), 9.0))
    with pytest.raises(ArithmeticError, match=r"constraints\[0\] by 9 > 2 norms"):
        discrepancy.lovett_meka(np.zeros(4), np.ones((2, 4)), [2.0, 2.0], rng=0)


def test_a_draw_of_which_nothing_is_left_is_drawn_again():
    row = np.random.default_rng(0).standard_normal((1, 4))
    found = discrepancy.lovett_meka(np.zeros(4), row, [0.0], rng=0)  # its first draw is the row
    assert found.succeeded
    assert (found.deviations <= 1e-9).all()


def test_a_scale_in_single_precision_is_compared_in_doubles():
    rows = np.eye(5)
    single = discrepancy.spencer_coloring(rows, scale=np.float32(0.5), rng=0)
    assert single.bound == discrepancy.spencer_coloring(rows, scale=0.5, rng=0).bound
