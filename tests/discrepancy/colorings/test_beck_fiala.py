"""Beck and Fiala (DIS-11, DIS-12), also after a walk gone wrong."""

from importlib import import_module

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from lemmata import discrepancy
from lemmata.discrepancy import set_systems
from lemmata.discrepancy.colorings import system_bounds
from lemmata.discrepancy.colorings.linear_dependencies import WalkRepeatedExactly
from lemmata.discrepancy.colorings.system_bounds import beck_fiala_phases

beck_fiala_module = import_module("lemmata.discrepancy.colorings.beck_fiala")


systems = st.tuples(st.integers(1, 7), st.integers(1, 10)).flatmap(
    lambda s: st.lists(
        st.lists(st.integers(0, 1), min_size=s[1], max_size=s[1]), min_size=s[0], max_size=s[0]
    )
)


@given(systems, st.booleans())
def test_beck_fiala_is_at_most_2t_minus_1(rows, exact):
    """DIS-11: at most 2t - 1 where elements are in at most t sets."""
    matrix = np.array(rows)
    signs = discrepancy.beck_fiala(rows, exact=exact)
    assert set(signs.tolist()) <= {-1, 1}
    degree = matrix.sum(axis=0).max()
    assert np.abs(matrix @ signs).max() <= max(0, 2 * degree - 1)
    sparse = scipy.sparse.csr_array(matrix)
    assert discrepancy.beck_fiala(sparse, exact=exact).tolist() == signs.tolist()


@pytest.mark.parametrize(("elements", "sets", "degree"), [(500, 500, 3), (800, 100, 4), (300, 600, 6)])
def test_beck_fiala_of_larger_systems(elements, sets, degree):
    matrix = set_systems.random_system(elements, sets, degree, np.random.default_rng(elements))
    steps = []
    signs = discrepancy.beck_fiala(matrix, trace=steps)
    assert np.abs(matrix @ signs).max() <= 2 * degree - 1
    frozen = [j for step in steps if hasattr(step, "frozen") for j in step.frozen]
    assert sorted(frozen) == list(range(elements))
    assert not any(isinstance(step, WalkRepeatedExactly) for step in steps)


@pytest.mark.parametrize(("elements", "sets", "degree"), [(300, 300, 3), (120, 40, 5)])
def test_walks_in_doubles_keep_protected_sums_and_go_outwards(elements, sets, degree):
    """With more exchanges than are collected before the inverse is updated; who enters moves away from 0."""
    matrix = set_systems.random_system(elements, sets, degree, np.random.default_rng(elements))
    steps = []
    discrepancy.beck_fiala(matrix, trace=steps)
    before, protected, moves = np.zeros(elements), (), 0
    for step in steps:
        if isinstance(step, discrepancy.Move):
            values, sums = np.array(step.values), np.array(step.sums)
            assert np.abs(sums[list(protected)]).max(initial=0.0) < 1e-9
            assert sums == pytest.approx(matrix @ values, abs=1e-9)
            entering = step.elements[0]
            assert abs(values[entering]) >= abs(before[entering])
            before, moves = values, moves + 1
        else:
            protected = step.protected
    assert moves > 48


def test_an_element_without_a_colour_is_worse_than_any_bound(monkeypatch):
    """Nine elements, each but one in eight of nine sets: 15 is allowed, more than there are elements."""
    incidence = 1 - np.eye(9, dtype=np.int64)
    true, calls = beck_fiala_module._walk, []

    def wrong(system, exact, trace):
        calls.append(exact)
        return true(system, exact, trace) if exact else np.zeros(9, dtype=np.int8)

    monkeypatch.setattr(beck_fiala_module, "_walk", wrong)
    assert set(discrepancy.beck_fiala(incidence).tolist()) <= {-1, 1}
    assert calls == [False, True]


def test_beck_fiala_degenerate_shapes():
    assert discrepancy.beck_fiala(np.zeros((0, 3), dtype=int)).shape == (3,)
    assert discrepancy.beck_fiala(np.zeros((3, 0), dtype=int)).shape == (0,)
    assert set(discrepancy.beck_fiala(np.zeros((2, 3))).tolist()) <= {-1, 1}
    assert np.abs(np.ones(7) @ discrepancy.beck_fiala(np.ones((1, 7)))) == 1


@pytest.mark.parametrize("bad", [1, 0])
def test_beck_fiala_repeats_a_walk_that_went_wrong(monkeypatch, bad):
    """A walk in doubles that returns one colour, or does not end, is not believed."""
    true = beck_fiala_module._walk

    def wrong(system, exact, trace):
        return true(system, exact, trace) if exact else np.full(system.elements, bad, dtype=np.int64)

    monkeypatch.setattr(beck_fiala_module, "_walk", wrong)
    matrix = set_systems.random_system(30, 6, 2, np.random.default_rng(0))
    steps = []
    signs = discrepancy.beck_fiala(matrix, trace=steps)
    assert np.abs(matrix @ signs).max() <= 3
    assert isinstance(steps[0], WalkRepeatedExactly)


def test_beck_fiala_says_so_if_even_the_exact_walk_fails(monkeypatch):
    monkeypatch.setattr(
        beck_fiala_module, "_walk", lambda system, *_: np.ones(system.elements, dtype=np.int64)
    )
    with pytest.raises(ArithmeticError, match="please report"):
        discrepancy.beck_fiala(np.ones((1, 5), dtype=int))


@pytest.mark.parametrize(
    ("incidence", "error", "message"),
    [
        ([[0, 2]], ValueError, r"incidence\[0, 1\] = 2"),
        ([[0.0, float("nan")]], ValueError, r"incidence\[0, 1\] = nan"),
        ([0, 1], ValueError, r"shape \(sets, elements\)"),
        ([["a"]], TypeError, "numbers 0 and 1"),
    ],
)
def test_beck_fiala_bad_input(incidence, error, message):
    with pytest.raises(error, match=message):
        discrepancy.beck_fiala(incidence)


@given(systems, st.booleans())
def test_phases_of_beck_fiala_shrink_what_floats(rows, exact):
    """At most t / (t + 1) of the floating elements are left by a phase (DIS-12)."""
    matrix, steps = np.array(rows), []
    discrepancy.beck_fiala(rows, exact=exact, trace=steps)
    degree = int(matrix.sum(axis=0).max())
    phases = [step for step in steps if isinstance(step, beck_fiala_module.PhaseStarted)]
    sizes = [len(step.floating) for step in phases] + [0]
    for step, after in zip(phases, sizes[1:], strict=True):
        assert (degree + 1) * max(len(step.protected), after) <= degree * len(step.floating)
    assert len(phases) <= beck_fiala_phases(matrix.shape[1], degree)


def test_no_elements_take_no_phases():
    """DIS-12: the logarithm needs an element, the count of phases does not."""
    assert system_bounds.beck_fiala_phases(0, 3) == 0
    steps = []
    assert discrepancy.beck_fiala(np.zeros((2, 0), dtype=int), trace=steps).shape == (0,)
    assert steps == []
