"""Rounding by bits and linear discrepancy (DIS-17, DIS-19)."""

from fractions import Fraction
from importlib import import_module
from itertools import product

import numpy as np
import pytest
from discrepancy.peak_memory import peak_memory
from discrepancy.small_matrices import by_definition, matrices
from hypothesis import given
from hypothesis import strategies as st

from lemmata import discrepancy
from lemmata.discrepancy import set_systems
from lemmata.discrepancy.colorings import system_bounds


@given(matrices(st.integers(-2, 2), rows=3, columns=5), st.data())
def test_rounding_by_bits_stays_below_hereditary_discrepancy(rows, data):
    """DIS-17."""
    bits = data.draw(st.integers(0, 12))
    n = len(rows[0])
    x = [Fraction(v, 2**bits) for v in data.draw(st.lists(st.integers(0, 2**bits), min_size=n, max_size=n))]
    steps = []
    found = discrepancy.round_by_bits([float(v) for v in x], rows, trace=steps)
    gaps = [a - b for a, b in zip(x, found.values.tolist(), strict=True)]
    assert set(found.values.tolist()) <= {0, 1}
    assert found.error == by_definition(rows, gaps) <= found.bound
    hereditary = discrepancy.hereditary_discrepancy(rows).value
    assert found.bound <= system_bounds.bit_rounding_bound(hereditary, found.bits)
    # The steps lead from x to the rounding.
    for step in steps:
        for j, sign in zip(step.elements, step.signs, strict=True):
            x[j] += Fraction(sign, 2**step.bit)
    assert x == found.values.tolist()


def test_rounding_by_bits_takes_any_colouring_and_any_double():
    x = [0.1, 0.2, 0.7, 1.0, 0.0, 5e-324]
    rows = np.array([[1, 1, 1, 1, 1, 1], [1, 0, 1, 0, 1, 0]])
    found = discrepancy.round_by_bits(x, rows, color=lambda columns: np.ones(columns.shape[1], dtype=int))
    assert found.bits == 1074
    assert found.values.tolist() == [1, 1, 1, 1, 0, 1]
    assert found.error <= found.bound
    assert discrepancy.round_by_bits([], np.zeros((2, 0), dtype=int)).values.shape == (0,)


@given(matrices(st.integers(-2, 2), rows=2, columns=2))
def test_linear_discrepancy_against_a_fine_grid(rows):
    """DIS-17, DIS-19: the worst vector is as bad as said, none on other grids is worse."""
    found = discrepancy.linear_discrepancy(rows)

    def nearest(w):
        corners = product((0, 1), repeat=len(w))
        return min(by_definition(rows, [a - b for a, b in zip(w, x, strict=True)]) for x in corners)

    assert nearest(found.worst) == found.value
    assert found.value <= discrepancy.hereditary_discrepancy(rows).value
    for denominator in (7, 12, 30):
        grid = [Fraction(k, denominator) for k in range(denominator + 1)]
        assert max(map(nearest, product(grid, repeat=len(rows[0])))) <= found.value


@pytest.mark.parametrize(
    "matrix",
    [
        set_systems.intervals(5),
        set_systems.intervals(6),
        np.ones((1, 500), dtype=np.int64),
        np.random.default_rng(0).integers(0, 2, (300, 6)),
        [[2**62, 1]],
        [[-(2**63), 1]],
    ],
    ids=lambda matrix: str(np.shape(matrix)),
)
def test_linear_discrepancy_refuses_before_it_takes_memory(matrix):
    def call():
        with pytest.raises(ValueError, match="more than limit = 20000000"):
            discrepancy.linear_discrepancy(matrix)

    assert peak_memory(call) < 8_000_000


def test_linear_discrepancy_holds_some_determinants_at_a_time():
    """Four points, ten intervals, two of them left out: 15504 determinants, 5 million comparisons."""
    system = set_systems.intervals(4)
    assert peak_memory(lambda: discrepancy.linear_discrepancy(system[:8])) < 16_000_000


def test_rounding_does_not_depend_on_a_trace():
    """The colouring's discrepancy is beyond the doubles, the rounding's error is not."""
    x, rows, steps = [0.5, 0.5], [[1.5e308, 1.5e308], [1.5e308, -1.5e308]], []
    traced = discrepancy.round_by_bits(x, rows, color=lambda columns: [1, 1], trace=steps)
    plain_result = discrepancy.round_by_bits(x, rows, color=lambda columns: [1, 1])
    assert traced.values.tolist() == plain_result.values.tolist()
    assert steps[0].discrepancy == 2 * Fraction(1.5e308)
    assert traced.error == plain_result.error == Fraction(1.5e308)


def test_without_rows_there_is_no_determinant_to_choose():
    """DIS-19 needs a row; the value without one is 0 by the definition."""
    for shape in ((0, 2), (0, 0), (2, 0)):
        found = discrepancy.linear_discrepancy(np.zeros(shape, dtype=np.int64))
        assert (found.value, found.worst) == (0, (0,) * shape[1])


def test_a_worst_vector_in_fifths():
    """DIS-19: no vector of quarters or sixths is as hard to round as (2/5, 0)."""
    rows = [[2, 2], [3, 2]]

    def nearest(w):
        return min(
            max(abs(sum(v * (a - b) for v, a, b in zip(row, w, x, strict=True))) for row in rows)
            for x in ((0, 0), (0, 1), (1, 0), (1, 1))
        )

    found = discrepancy.linear_discrepancy(rows)
    assert found.value == nearest(found.worst) == Fraction(6, 5)
    for denominator in (4, 6):
        line = [Fraction(k, denominator) for k in range(denominator + 1)]
        assert max(nearest((a, b)) for a in line for b in line) < Fraction(6, 5)


def test_equal_rounds_are_coloured_once(monkeypatch):
    module = import_module("lemmata.discrepancy.colorings.linear_discrepancy")
    true, calls = module.optimal_coloring, []
    monkeypatch.setattr(module, "optimal_coloring", lambda columns: calls.append(columns) or true(columns))
    found = discrepancy.round_by_bits([5e-324, 0.5], [[1, 1]])
    assert found.bits == 1074
    assert len(calls) <= 3
