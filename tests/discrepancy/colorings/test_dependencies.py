"""Beck-Fiala, Barany-Grinberg, Steinitz (DIS-11, DIS-13, DIS-14), also after a walk gone wrong."""

from fractions import Fraction
from importlib import import_module

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from lemmata import discrepancy
from lemmata.discrepancy import set_systems
from lemmata.discrepancy.colorings.linear_dependencies import WalkRepeatedExactly
from lemmata.discrepancy.colorings.system_bounds import beck_fiala_phases

beck_fiala_module = import_module("lemmata.discrepancy.colorings.beck_fiala")
prefix_module = import_module("lemmata.discrepancy.colorings.barany_grinberg")
steinitz_module = import_module("lemmata.discrepancy.colorings.steinitz")

systems = st.tuples(st.integers(1, 7), st.integers(1, 10)).flatmap(
    lambda s: st.lists(
        st.lists(st.integers(0, 1), min_size=s[1], max_size=s[1]), min_size=s[0], max_size=s[0]
    )
)


@given(systems, st.booleans())
def test_beck_fiala_is_at_most_2t_minus_1(rows, exact):
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


def vectors(entries):
    return st.tuples(st.integers(1, 4), st.integers(1, 14)).flatmap(
        lambda s: st.lists(st.lists(entries, min_size=s[1], max_size=s[1]), min_size=s[0], max_size=s[0])
    )


KINDS = {
    "integers": st.integers(-5, 5),
    "doubles": st.floats(-1, 1),
    "tiny and large": st.sampled_from([1e-200, -1e-200, 1.0, -3.0, 1e200]),
}


def sizes(columns):
    """Maximum, sum, and squared Euclidean norms."""
    return (
        [max(map(abs, c)) for c in columns],
        [sum(map(abs, c)) for c in columns],
        [sum(v * v for v in c) for c in columns],
    )


def prefixes(columns):
    total = [Fraction(0)] * len(columns[0])
    found = []
    for column in columns:
        total = [a + b for a, b in zip(total, column, strict=True)]
        found.append(total)
    return found


def assert_within(columns, units, factor):
    for power, found, unit in zip((1, 1, 2), sizes(columns), sizes(units), strict=True):
        assert max(found) <= factor**power * max(unit)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_signed_prefix_sums(kind, data):
    rows = data.draw(vectors(KINDS[kind]))
    exact = data.draw(st.sampled_from([None, True]))
    signs = discrepancy.barany_grinberg(rows, exact=exact).tolist()
    columns = [[Fraction(v) for v in column] for column in zip(*rows, strict=True)]
    signed = [[e * v for v in column] for e, column in zip(signs, columns, strict=True)]
    assert set(signs) <= {-1, 1}
    assert_within(prefixes(signed), columns, 2 * len(rows) - 1)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_reordered_prefix_sums(kind, data):
    rows = data.draw(vectors(KINDS[kind]))
    order = discrepancy.steinitz(rows, exact=data.draw(st.sampled_from([None, True]))).tolist()
    d, n = len(rows), len(rows[0])
    assert sorted(order) == list(range(n))
    columns = [[Fraction(v) for v in column] for column in zip(*rows, strict=True)]
    sums = prefixes([columns[j] for j in order])
    off = [
        [a - Fraction(max(k - d, 0), n) * s for a, s in zip(total, sums[-1], strict=True)]
        for k, total in enumerate(sums, 1)
    ]
    assert_within(off, columns, d)


def test_integers_walked_in_doubles_keep_three_norms_and_not_all():
    """Measured by the second coordinate alone, the bounds hold for exact walks, and not beside 10^10."""
    vectors = np.array([[10**10, 0, 0, 0, 0, 0], [0, 1, 1, 1, 1, 1]])
    for exact, longest in ((None, 1), (True, 1), (False, 5)):
        sums = np.cumsum(vectors * discrepancy.barany_grinberg(vectors, exact=exact), axis=1)
        assert np.abs(sums[1]).max() == longest
        assert np.abs(sums).max() <= 3 * 10**10
    vectors = np.array([[10**10, -(10**10), *[0] * 12], [0, 0, *[1] * 6, *[-1] * 6]])
    for exact, longest in ((None, 1), (True, 1), (False, 5)):
        sums = np.cumsum(vectors[:, discrepancy.steinitz(vectors, exact=exact)], axis=1)
        assert np.abs(sums[1]).max() == longest
        assert np.abs(sums).max() <= 2 * 10**10


def test_a_sum_of_zero_is_steinitz_lemma():
    rng = np.random.default_rng(5)
    matrix = rng.integers(-9, 10, (3, 50))
    matrix[:, -1] -= matrix.sum(axis=1)
    order = discrepancy.steinitz(matrix)
    walk = np.cumsum(matrix[:, order], axis=1)
    assert (walk**2).sum(axis=0).max() <= 9 * (matrix**2).sum(axis=0).max()


@pytest.mark.parametrize("function", ["barany_grinberg", "steinitz"])
def test_walks_that_went_wrong_are_repeated(monkeypatch, function):
    module = prefix_module if function == "barany_grinberg" else steinitz_module
    true = module._walk

    def wrong(matrix, exact, trace):
        if exact:
            return true(matrix, exact, trace)
        return np.ones(40, dtype=np.int64) if function == "barany_grinberg" else np.argsort(matrix[0])

    monkeypatch.setattr(module, "_walk", wrong)
    matrix = np.random.default_rng(0).standard_normal((2, 40))
    matrix[0, :20] += 1
    steps = []
    found = getattr(discrepancy, function)(matrix, trace=steps)
    assert isinstance(steps[0], WalkRepeatedExactly)
    assert found.tolist() == getattr(discrepancy, function)(matrix, exact=True).tolist()


def test_steinitz_says_so_if_no_coefficient_is_zero(monkeypatch):
    monkeypatch.setattr(steinitz_module, "bring_in", lambda *_: None)
    monkeypatch.setattr(steinitz_module, "walk_in_doubles", lambda *_: None)
    with pytest.raises(ArithmeticError, match="please report"):
        discrepancy.steinitz(np.eye(2, 6, dtype=int))
    with pytest.raises(ArithmeticError, match="please report"):
        discrepancy.steinitz(np.random.default_rng(0).standard_normal((2, 6)))


@pytest.mark.parametrize(("d", "n"), [(1, 90), (3, 90), (7, 60)])
def test_steinitz_in_doubles_needs_no_repetition(d, n):
    rng = np.random.default_rng(n)
    for matrix in (rng.standard_normal((d, n)), rng.integers(-1, 2, (d, n)).astype(float)):
        steps = []
        discrepancy.steinitz(matrix, trace=steps)
        assert not any(isinstance(step, WalkRepeatedExactly) for step in steps)
        for step in steps:
            assert sum(step.coefficients) == pytest.approx(step.position - d, abs=1e-6)


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


@pytest.mark.parametrize("d", [1, 2, 3, 6])
def test_vertices_of_a_simplex_attain_steinitz_bound_in_its_gauge(d):
    """The gauge is 1 on the vertices and d on their opposites (DIS-14)."""
    vertices = np.hstack([np.eye(d, dtype=int), -np.ones((d, 1), dtype=int)])
    facets = np.ones((d + 1, d), dtype=int) - (d + 1) * np.eye(d + 1, d, dtype=int)
    assert (facets @ vertices).max(axis=0).tolist() == [1] * (d + 1)
    prefix = np.cumsum(vertices[:, discrepancy.steinitz(vertices)], axis=1)
    assert (facets @ prefix).max() == d


@pytest.mark.parametrize("function", [discrepancy.barany_grinberg, discrepancy.steinitz])
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (2, 1)])
@pytest.mark.parametrize("dtype", [int, float])
def test_degenerate_shapes(function, shape, dtype):
    steps = []
    assert function(np.zeros(shape, dtype=dtype), trace=steps).shape == (shape[1],)
    assert not any(isinstance(step, WalkRepeatedExactly) for step in steps)


def test_the_steps_of_the_prefix_walk():
    """Exact coefficients: the sum of everything read so far stays 0, and at most d vectors float."""
    matrix = np.random.default_rng(2).integers(-4, 5, (3, 25))
    steps = []
    discrepancy.barany_grinberg(matrix, trace=steps)
    x = [Fraction(0)] * 25
    for step in steps:
        if hasattr(step, "frozen"):
            for j, slope in zip(step.elements, step.direction, strict=True):
                x[j] += step.length * slope
        else:
            assert len(step.floating) <= 3
            assert [x[j] for j in step.floating] == list(step.coefficients)
            assert all(abs(v) == 1 for j, v in enumerate(x[: step.element + 1]) if j not in step.floating)
        assert all(sum(int(v) * c for v, c in zip(row, x, strict=True)) == 0 for row in matrix)


def test_a_vector_that_arrived_at_one_holds_no_place():
    """Two vectors are used up by the time the last one comes: its place is theirs by size, not by chance.

    A pivot of 1e-8 in place of 1 would cost half of all digits.
    """
    columns = np.array([[0, -1], [0, 2], [1e-8, -1], [2, 1e-8], [2, 1e-8]])
    before = np.array([0.5, 0.75, 0.25, 0.75, 0.125])
    after = before.copy()
    steinitz_module.walk_in_doubles(columns, after, np.ones(5, dtype=bool))
    moved = [Fraction(b) - Fraction(a) for a, b in zip(before.tolist(), after.tolist(), strict=True)]
    for row in columns.T.tolist():
        assert abs(sum(d * Fraction(v) for d, v in zip(moved, row, strict=True))) <= Fraction(1, 10**15)
    assert sum(0 < v < 1 for v in after) <= 2
