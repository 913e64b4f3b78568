"""Partial colourings by a walk on edges (DIS-21)."""

from fractions import Fraction
from importlib import import_module
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import discrepancy


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
    """DIS-21: inside the cube and within the thresholds, whatever the rows."""
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
