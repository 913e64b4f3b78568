"""Rounding to a vertex: the theorems' bounds on adversarial systems of every kind (DIS-1 to DIS-3)."""

import os
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse
from discrepancy.rounding.small_systems import exact_rank, systems
from hypothesis import example, given
from hypothesis import strategies as st

from lemmata import discrepancy
from lemmata.costs import Costs
from lemmata.discrepancy import ColumnBlocks, round_to_vertex, verify_rounding

# The second and third column are dependent, and below the range of doubles where the first one is 1.
SMALL = np.array([2.0**996, 1001 * 2.0**-78, 1003 * 2.0**-78])


DEPENDENT_BELOW_THE_RANGE = ([1.0, 0.5, 0.5], np.array([SMALL, 3 * SMALL]))


@given(systems(), st.none() | st.integers(0, 9))
@example(([0.5, 0.5], np.array([[1.0, 1.0], [1.0, 1.0 + 1e-15]])), None)
@example(([0.5], np.zeros((3, 1))), None)
@example(([], np.zeros((2, 0))), 0)
@example(([0.25, 0.75, 1.0, 0.0], np.zeros((0, 4))), None)
@example(DEPENDENT_BELOW_THE_RANGE, None)
@example(([0.5, 0.5, 0.5], DEPENDENT_BELOW_THE_RANGE[1]), 1)
@example(([1.0, 0.5, 0.5, 0.5, 0.5, 0.5], np.array([[1e12, 1, 1, 1, 1, 1], [0, 1, 2, 3, 4, 5]])), None)
@example(([0.0, 0.5], np.array([[1.7e308, 1e-300]])), None)
def test_all_but_rank_many_are_rounded_and_constraints_are_kept(system, seed):
    """DIS-1, DIS-3: what is left has independent columns, and constraints are off by a billionth at most."""
    x, matrix = system
    rounding = round_to_vertex(x, matrix, unbiased=seed is not None, rng=seed)
    y = rounding.values
    assert y.shape == (len(x),)
    assert np.all((y >= 0) & (y <= 1))
    others = np.delete(y, rounding.fractional)
    assert np.all((others == 0) | (others == 1))
    assert all(after == before for before, after in zip(x, y, strict=True) if before in (0, 1))
    assert exact_rank(matrix[:, rounding.fractional]) == len(rounding.fractional) <= exact_rank(matrix)
    for row, residual in zip(matrix.tolist(), rounding.residual, strict=True):
        exact = sum(
            (
                Fraction(a) * (Fraction(after) - Fraction(before))
                for a, before, after in zip(row, x, y, strict=True)
            ),
            Fraction(0),
        )
        movable = (abs(Fraction(a)) for a, before in zip(row, x, strict=True) if 0 < before < 1)
        allowed = Fraction(1, 10**9) * sum(movable, Fraction(0))
        assert abs(exact) <= allowed
        assert abs(exact - Fraction(float(residual))) <= allowed / 1000 + Fraction(1, 2**1074)
    assert verify_rounding(rounding, x, matrix)


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 60))
def test_both_walks_take_the_same_steps(seed, m, n):
    """On data in general position no decision is close, so floating point and rationals end alike."""
    rng = np.random.default_rng(seed)
    x, matrix = rng.random(n), rng.standard_normal((m, n))
    fast, exact = round_to_vertex(x, matrix), round_to_vertex(x, matrix, exact=True)
    assert fast.fractional.tolist() == exact.fractional.tolist()
    assert np.abs(fast.values - exact.values.astype(float)).max() < 1e-6


def test_every_kind_of_matrix_gives_the_same(tmp_path):
    rng = np.random.default_rng(3)
    m, n = 5, 10_000
    matrix = (rng.random((m, n)) < 0.3) * rng.integers(1, 5, (m, n)).astype(np.float32)
    x = rng.random(n)
    expected = round_to_vertex(x, matrix.astype(np.float64))
    np.save(tmp_path / "a.npy", matrix)
    calls = []

    def read(start, stop):
        calls.append((start, stop))
        return matrix[:, start:stop]

    kinds = {
        "float32": matrix,
        "columns first": np.asfortranarray(matrix),
        "memory map": np.load(tmp_path / "a.npy", mmap_mode="r"),
        "sparse": scipy.sparse.csr_matrix(matrix),
        "sparse array": scipy.sparse.coo_array(matrix),
        "blocks": ColumnBlocks((m, n), read),
        "integers": matrix.astype(np.int8),
    }
    for name, constraints in kinds.items():
        found = round_to_vertex(x, constraints)
        assert np.array_equal(found.values, expected.values), name
        assert verify_rounding(found, x, constraints), name
    assert max(stop - start for start, stop in calls) <= 4096


@pytest.mark.parametrize(
    ("x", "matrix", "error", "message"),
    [
        ([0.5, 1.5], [[1.0, 1.0]], ValueError, r"x must be in \[0, 1\] \(x\[1\] = 1.5\)"),
        ([0.5, float("nan")], [[1.0, 1.0]], ValueError, r"x\[1\] = nan"),
        ([[0.5]], [[1.0]], ValueError, "x must be one-dimensional"),
        (["a"], [[1.0]], TypeError, "x must hold real numbers"),
        ([0.5, 0.5], [[1.0]], ValueError, r"one column per entry of x \(shape \(1, 1\), n = 2\)"),
        ([0.5], [1.0], ValueError, r"constraints must have shape \(m, n\)"),
        ([0.5], [[np.inf]], ValueError, r"constraints\[0, 0\] = inf"),
        ([0.5], [[1j]], TypeError, "constraints must hold real numbers"),
        ([0.5], [[2**53 + 1]], ValueError, "is not a double; exact=True"),
        ([0.5], np.ma.masked_array([[1.0]], [[True]]), TypeError, "constraints is a masked array"),
        ([0.5], [[1.0], [1.0, 2.0]], ValueError, "constraints must be a rectangular array"),
        ([0.5], scipy.sparse.coo_array([1.0]), ValueError, r"constraints must have shape \(m, n\)"),
        ([0.5, 0.5], ColumnBlocks((1, 2), lambda a, b: np.ones((2, b - a))), ValueError, "have shape"),
    ],
)
def test_bad_input_is_named(x, matrix, error, message):
    with pytest.raises(error, match=message):
        round_to_vertex(x, matrix)
    with pytest.raises(ValueError, match=r"x\[0\] = nan|constraints\[0, 0\] = nan"):
        round_to_vertex([float("nan")], [[float("nan")]], exact=True)
    with pytest.raises(TypeError, match="constraints"):
        round_to_vertex([0.5], [["a"]], exact=True)


def test_set_systems_with_many_equal_columns_and_ties():
    """Degenerate to the last: half-integral points, 0/1 columns of degree five."""
    rng = np.random.default_rng(0)
    n = 300
    matrix = np.zeros((n, n))
    for j in range(n):
        matrix[rng.choice(n, 5, replace=False), j] = 1
    matrix = matrix[matrix.sum(axis=1) > 5]
    x = np.full(n, 0.5)
    assert verify_rounding(round_to_vertex(x, matrix), x, matrix)


@pytest.mark.jit
def test_more_constraints_than_coordinates_cost_no_square_of_them():
    rng = np.random.default_rng(0)
    matrix = scipy.sparse.random_array((200_000, 8), density=0.01, rng=rng, format="csc")
    x = rng.random(8)
    found = round_to_vertex(x, matrix)
    assert np.abs(found.residual).max() < 1e-9
    low_rank = rng.standard_normal((4_000, 2)) @ rng.standard_normal((2, 50))
    x = rng.random(50)
    found = round_to_vertex(x, low_rank)
    assert len(found.fractional) <= 2
    assert np.abs(found.residual).max() < 1e-9 * np.abs(low_rank).sum()


def test_few_of_many_columns_can_move():
    """Blocks are filled from as many columns as it takes; the result is that of the columns alone."""
    rng = np.random.default_rng(5)
    n, m = 20_000, 6
    matrix, x = rng.standard_normal((m, n)), rng.integers(0, 2, n).astype(float)
    inside = np.sort(rng.choice(n, 5000, replace=False))
    x[inside] = rng.random(5000)
    costs, alone = Costs(), Costs()
    found = round_to_vertex(x, matrix, costs=costs)
    small = round_to_vertex(x[inside], matrix[:, inside], costs=alone)
    assert costs == alone
    assert found.fractional.tolist() == inside[small.fractional].tolist()
    assert np.abs(found.values[inside] - small.values).max() < 1e-9
    assert verify_rounding(found, x, matrix)


def test_every_real_type_is_taken_exactly_or_refused():
    x = [0.5, 0.5, 0.5]
    assert verify_rounding(round_to_vertex(x, [[2**60, 1, 3]]), x, [[2**60, 1, 3]])
    large = scipy.sparse.csc_array(np.array([[2**60 + 1, 1, 0]]))
    with pytest.raises(ValueError, match="is not a double"):
        round_to_vertex(x, large)
    assert round_to_vertex(x, large, exact=True).values.tolist()[2] in (0, 1)
    long = np.array([[1, 2, 3]], dtype=np.longdouble)
    assert abs(round_to_vertex(x, long).residual[0]) < 1e-15
    assert round_to_vertex(x, long, exact=True).residual.tolist() == [0]
    with pytest.raises(ValueError, match="is not a double"):
        round_to_vertex(x, long / 3)
    assert round_to_vertex(x, long / 3, exact=True).residual.tolist() == [0]
    assert round_to_vertex(x, np.array([[1.7e308, 1.7e308, -1.7e308]])).residual.shape == (1,)


def test_empty_systems():
    for exact in (False, True):
        assert round_to_vertex([], np.zeros((3, 0)), exact=exact).residual.shape == (3,)
        for nothing in ([], np.zeros((0, 2))):
            found = round_to_vertex([0.25, 0.75], nothing, exact=exact)
            assert found.values.tolist() == [0, 1]


@pytest.mark.slow
def test_the_result_does_not_depend_on_threads():
    script = (
        "import numpy as np, hashlib; from lemmata.discrepancy import round_to_vertex;"
        "rng = np.random.default_rng(0);"
        "r = round_to_vertex(rng.random(20000), rng.standard_normal((48, 20000)));"
        "print(hashlib.sha256(r.values.tobytes()).hexdigest())"
    )
    found = set()
    for threads in ("1", "2"):
        names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
        environment = os.environ | dict.fromkeys(names, threads)
        found.add(
            subprocess.run(
                [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
            ).stdout
        )
    assert len(found) == 1


@pytest.mark.parametrize("exact", [False, True])
def test_on_a_tie_the_deterministic_walk_goes_up(exact):
    """Both ways of the second coordinate are 1/2 long."""
    assert round_to_vertex([0.5, 0.5], [[1, 1]], exact=exact).values.tolist() == [0, 1]


def test_no_value_is_a_negative_zero():
    values = discrepancy.round_to_vertex([-0.0, 0.5], [[1.0, 2.0]]).values
    assert not np.signbit(values).any()
