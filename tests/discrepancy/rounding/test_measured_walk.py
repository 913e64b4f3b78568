"""The walk in doubles is measured, and repeated in fractions or refused (DIS-3)."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import discrepancy
from lemmata.costs import Costs
from lemmata.discrepancy import round_to_vertex, verify_rounding
from lemmata.discrepancy.rounding import blocked_walk


@pytest.mark.parametrize(
    "family", ["dependent", "nearly dependent", "Hilbert", "Vandermonde", "wild", "sums"]
)
def test_ill_conditioned_systems(family):
    rng = np.random.default_rng(7)
    m, n = 12, 400
    normal = rng.standard_normal((m, n))
    matrix = {
        "dependent": np.vstack([normal[:6], normal[:6]]),
        "nearly dependent": np.vstack([normal[:6], normal[:6] + 1e-9 * normal[6:]]),
        "Hilbert": 1.0 / (np.arange(m)[:, None] + np.arange(n) + 1.0),
        "Vandermonde": np.vander(np.linspace(0, 1, n), m).T,
        "wild": normal * 10.0 ** rng.integers(-12, 12, (m, n)),
        "sums": np.tril(np.ones((n, n)))[:: n // m][:m],
    }[family]
    x = rng.random(n)
    assert verify_rounding(round_to_vertex(x, matrix), x, matrix)


def test_what_floating_point_cannot_keep_is_refused_or_done_in_rationals(monkeypatch):
    """With the walk's columns broken, small problems are saved by rationals and large ones raise (DIS-3)."""
    from lemmata.discrepancy.rounding import measured_walk

    rng = np.random.default_rng(1)
    x, matrix = rng.random(60), rng.standard_normal((4, 60))
    true = blocked_walk.Basis.enter

    def wrong(self, columns, first, y, uniforms):
        noise = 1 + 1e-3 * np.sin(np.arange(columns.size)).reshape(columns.shape)
        true(self, columns * noise, first, y, uniforms)
        self.columns[:] = 0.0

    monkeypatch.setattr(blocked_walk.Basis, "enter", wrong)
    assert verify_rounding(round_to_vertex(x, matrix), x, matrix)
    monkeypatch.setattr(measured_walk, "EXACT_WORK", 0)
    with pytest.raises(discrepancy.RoundingError, match=r"off by .* exact=True has no such limit"):
        round_to_vertex(x, matrix)


def test_what_floating_point_can_keep_is_not_repeated_in_rationals(monkeypatch):
    from lemmata.discrepancy.rounding import measured_walk

    monkeypatch.setattr(measured_walk, "EXACT_WORK", 0)
    # 2a + 3b = 5/2 enters the square at (0, 5/6) and leaves it at (1, 1/6).
    found = round_to_vertex([0.5, 0.5], [[2.0, 3.0]])
    assert found.fractional.tolist() == [1]
    assert found.values.tolist() in (pytest.approx([0, 5 / 6]), pytest.approx([1, 1 / 6]))


# Columns that are dependent up to 2^-30: the basis becomes singular to working precision.
LATTICE = 1 + 2.0**-30 * np.array([[0, 1, -1, 2, 1, 3], [2, -2, -2, -2, 1, -1]])


@given(st.integers(0, 2**32 - 1), st.integers(-34, -25), st.none() | st.integers(0, 3))
@example(0, -30, None)
def test_lattices_of_nearly_dependent_columns(seed, exponent, rng):
    random = np.random.default_rng(seed)
    m, n = int(random.integers(1, 6)), int(random.integers(1, 30))
    inner = int(random.integers(1, m + 1))
    base = random.integers(-2, 3, (m, 1)) + 2.0**exponent * random.integers(-3, 4, (m, inner))
    matrix = (
        base @ random.integers(-3, 4, (inner, n))
        if seed % 2
        else 1 + 2.0**exponent * random.integers(-3, 4, (m, n))
    )
    for a in (matrix, LATTICE):
        x = np.full(a.shape[1], 0.5)
        assert verify_rounding(round_to_vertex(x, a, unbiased=rng is not None, rng=rng), x, a)


def test_a_singular_basis_is_refused_or_repaired(monkeypatch):
    from lemmata.discrepancy.rounding import measured_walk

    x = np.full(6, 0.5)
    assert verify_rounding(round_to_vertex(x, LATTICE), x, LATTICE)
    monkeypatch.setattr(measured_walk, "EXACT_WORK", 0)
    try:
        assert verify_rounding(round_to_vertex(x, LATTICE), x, LATTICE)
    except discrepancy.RoundingError as error:
        assert "exact=True has no such limit" in str(error)  # noqa: PT017 - either outcome is right


def test_a_coordinate_that_was_settled_is_told_as_a_residual():
    """Within 10^-12 of 1 it is 1, and the rows have moved by what was left."""
    left = 0.9e-12
    found = round_to_vertex([1 - left], [[1.0], [-3.0]])
    assert found.values.tolist() == [1.0]
    assert found.residual.tolist() == pytest.approx([left, -3 * left], rel=1e-3)
    assert verify_rounding(found, [1 - left], [[1.0], [-3.0]])


def test_more_rows_than_columns_are_charged():
    costs = Costs()
    round_to_vertex(np.full(3, 0.5), np.arange(15).reshape(5, 3) ** 2, costs=costs)
    assert costs.multiplications > 0
