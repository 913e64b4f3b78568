"""Rounding to a vertex: the theorem's bounds on adversarial systems, both walks, every kind of matrix."""

import os
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse
from hypothesis import example, given
from hypothesis import strategies as st
from lemmata.proofs_check.discrepancy.rounding.counted_walks import count_blocked_walk

from lemmata import discrepancy
from lemmata.costs import Costs
from lemmata.discrepancy import ColumnBlocks, Rounding, round_to_vertex, verify_rounding
from lemmata.discrepancy.rounding import blocked_walk, rounding_bounds
from lemmata.discrepancy.rounding.column_blocks import read_constraints
from lemmata.discrepancy.rounding.scaled_system import ScaledSystem

EIGHTHS = st.integers(0, 8).map(lambda k: k / 8)
POINTS = st.lists(
    EIGHTHS | st.floats(0, 1) | st.sampled_from([5e-324, 1e-300, 1e-12, 1 - 2**-53]), max_size=14
)


@st.composite
def systems(draw):
    """A point and a matrix: small integers, wild scales of rows and columns, repeated rows and columns."""
    x = draw(POINTS)
    n, m = len(x), draw(st.integers(0, 6))
    entry = st.integers(-2, 2).map(float) | st.floats(-1, 1).map(lambda v: round(v, 6))
    rows = [[draw(entry) for _ in range(n)] for _ in range(m)]
    matrix = np.array(rows, dtype=float).reshape(m, n)
    scale = st.sampled_from([1.0, 1.0, 1e6, 1e-6, 1e-150, 1e150, 1e-310])
    matrix = matrix * np.array([draw(scale) for _ in range(m)]).reshape(m, 1)
    if n and draw(st.booleans()):
        matrix = matrix * 10.0 ** np.array([draw(st.sampled_from([-9, 0, 0, 9])) for _ in range(n)])
    if m > 1 and draw(st.booleans()):
        matrix[-1] = matrix[0]
    return x, matrix


def exact_rank(matrix):
    flint = pytest.importorskip("flint")
    entries = [flint.fmpq(*Fraction(v).as_integer_ratio()) for v in np.asarray(matrix).ravel().tolist()]
    return flint.fmpq_mat(*np.shape(matrix), entries).rank() if np.size(matrix) else 0


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


@given(systems(), st.none() | st.integers(0, 9))
def test_in_rationals_it_is_an_identity(system, seed):
    x, matrix = system
    rounding = round_to_vertex(x, matrix, exact=True, unbiased=seed is not None, rng=seed)
    for row in matrix.tolist():
        assert (
            sum(Fraction(a) * (y - Fraction(b)) for a, y, b in zip(row, rounding.values, x, strict=True)) == 0
        )
    assert all(0 <= y <= 1 for y in rounding.values)
    assert all(rounding.values[j] in (0, 1) for j in set(range(len(x))) - set(rounding.fractional.tolist()))
    assert len(rounding.fractional) <= exact_rank(matrix)
    certificate = verify_rounding(rounding, x, matrix)
    assert certificate
    assert certificate.largest_ratio == 0


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 60))
def test_both_walks_take_the_same_steps(seed, m, n):
    """On data in general position no decision is close, so floating point and rationals end alike."""
    rng = np.random.default_rng(seed)
    x, matrix = rng.random(n), rng.standard_normal((m, n))
    fast, exact = round_to_vertex(x, matrix), round_to_vertex(x, matrix, exact=True)
    assert fast.fractional.tolist() == exact.fractional.tolist()
    assert np.abs(fast.values - exact.values.astype(float)).max() < 1e-6


def test_integers_and_fractions_are_taken_as_they_are():
    rounding = round_to_vertex([Fraction(1, 3)] * 3, [[2**70, Fraction(1, 7), 5]], exact=True)
    x = [Fraction(1, 3)] * 3
    row = [2**70, Fraction(1, 7), 5]
    assert sum(a * (y - b) for a, y, b in zip(row, rounding.values, x, strict=True)) == 0


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


def test_a_wrong_rounding_is_not_certified():
    x, matrix = np.full(6, 0.5), np.array([[1.0, 2, 3, 4, 5, 6], [0, 0, 0, 0, 0, 1]])
    good = round_to_vertex(x, matrix)
    assert verify_rounding(good, x, matrix)
    nearest = Rounding(np.round(x), np.array([], dtype=np.int64), np.zeros(2))
    assert not verify_rounding(nearest, x, matrix).constraints_kept
    unrounded = Rounding(x, np.arange(6), np.zeros(2))
    assert not verify_rounding(unrounded, x, matrix).independent
    hidden = Rounding(x, np.array([0, 5]), np.zeros(2))
    assert not verify_rounding(hidden, x, matrix).others_integral
    outside = Rounding(np.where(np.arange(6) == 0, -1e-9, good.values), np.array([0]), np.zeros(2))
    assert not verify_rounding(outside, x, matrix).in_cube
    shifted = Rounding(
        good.values + 1e-6 * (np.arange(6) == good.fractional[0]), good.fractional, np.zeros(2)
    )
    assert not verify_rounding(shifted, x, matrix).constraints_kept
    with pytest.raises(TypeError, match="integer indices"):
        verify_rounding(Rounding(x, np.array([0.7]), np.zeros(2)), x, matrix)
    with pytest.raises(TypeError, match="real values"):
        verify_rounding(Rounding(np.array(["a"] * 6), np.array([0]), np.zeros(2)), x, matrix)
    with pytest.raises(ValueError, match="do not fit"):
        verify_rounding(Rounding(x, np.array([9]), np.zeros(2)), x, matrix)
    with pytest.raises(ValueError, match="6 values, x has 5"):
        verify_rounding(good, x[:5], matrix[:, :5])


def test_dependence_is_decided_exactly():
    """Columns that differ in the last bit are independent, and dependent modulo no large prime."""
    x = [0.5, 0.5]
    matrix = [[1.0, 1.0], [1.0, 1.0 + 2.0**-52]]
    both = Rounding(np.array(x), np.array([0, 1]), np.zeros(2))
    assert verify_rounding(both, x, matrix).independent
    assert not verify_rounding(both, x, [[1.0, 1.0], [1.0, 1.0]]).independent
    p = 2_147_483_647
    assert verify_rounding(both, x, [[1.0, 0.0], [0.0, float(p)]]).independent


def test_trace_shows_every_step():
    steps = []
    rounding = round_to_vertex([0.5, 0.25, 0.75], [[3, 2, 1]], exact=True, trace=steps)
    assert steps[0] == discrepancy.ColumnJoined(0)
    y = [Fraction(1, 2), Fraction(1, 4), Fraction(3, 4)]
    for step in steps[1:]:
        y[step.coordinate] += step.step
        for j, weight in zip(step.basic, step.weights, strict=True):
            y[j] -= step.step * weight
        assert 3 * y[0] + 2 * y[1] + y[2] == Fraction(11, 4)
        assert y[step.settled] in (0, 1)
    assert y == rounding.values.tolist()
    with pytest.raises(ValueError, match="trace needs exact=True"):
        round_to_vertex([0.5], [[1.0]], trace=steps)


def test_multiplications_are_charged():
    rng = np.random.default_rng(0)
    costs = Costs()
    round_to_vertex(rng.random(500), rng.standard_normal((8, 500)), costs=costs)
    assert 500 * 8 * 8 <= costs.multiplications <= 500 * 40 * 8 * 8


@pytest.mark.parametrize(
    ("n", "m", "family"),
    [(40, 1, "normal"), (530, 2, "normal"), (90, 5, "integers"), (60, 9, "halves"), (100, 4, "lattice")],
)
@pytest.mark.parametrize("seed", [None, 1])
def test_multiplications_are_counted_one_by_one(n, m, family, seed):
    """On numbers that count, the plain Python takes as many as are charged; inversions by drift included."""
    rng = np.random.default_rng(n)
    columns = {
        "normal": rng.standard_normal((n, m)),
        "integers": rng.integers(-2, 3, (n, m)).astype(float),
        "halves": rng.integers(0, 2, (n, m)).astype(float),
        "lattice": 1 + 2.0**-30 * rng.integers(-3, 4, (n, m)),
    }[family]
    y = np.full(n, 0.5) if family in ("halves", "lattice") else rng.choice([0.0, 0.25, 0.5, 0.6], n)
    uniforms = np.empty(0) if seed is None else rng.random(n)
    counted, counts, ends = count_blocked_walk(columns, y, uniforms)
    assert counted == counts[0]
    fractional = int(np.count_nonzero((y > 0) & (y < 1)))
    assert counted <= rounding_bounds.walk_multiplications(fractional, m, int(counts[3]))
    if family != "lattice":  # where decisions are close, another inverse takes another path
        basis = blocked_walk.Basis(m)
        basis.enter(columns, 0, y, uniforms)
        assert basis.counts.tolist() == counts.tolist()
        assert np.abs(y - ends).max() < 1e-6


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


def test_what_floating_point_cannot_keep_is_refused_or_done_in_rationals(monkeypatch):
    """With the walk's columns broken, small problems are saved by rationals and large ones raise."""
    from lemmata.discrepancy.rounding import blocked_walk, measured_walk

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


def test_rows_of_small_scale_are_held_to_their_own_scale():
    matrix = np.full((1, 4), 1e-10)
    x = np.array([1.0, 1.0, 1.0, 0.9])
    nothing = Rounding(np.zeros(4), np.array([], dtype=np.int64), np.zeros(1))
    assert not verify_rounding(nothing, x, matrix).constraints_kept
    assert verify_rounding(round_to_vertex(x, matrix), x, matrix)


def test_a_column_that_cannot_move_excuses_nothing():
    matrix, x = np.array([[1e12, 1.0, 1.0]]), np.array([1.0, 0.9, 0.9])
    careless = Rounding(np.array([1.0, 1.0, 1.0]), np.array([], dtype=np.int64), np.zeros(1))
    assert not verify_rounding(careless, x, matrix).constraints_kept
    moved = Rounding(np.array([1 - 2e-12, 1.0, 1.0]), np.array([0]), np.zeros(1))
    assert not verify_rounding(moved, x, matrix).integers_stay
    assert not verify_rounding(
        Rounding(np.array([0, Fraction(9, 10)]), np.array([1]), np.zeros(1)), [1, Fraction(9, 10)], [[0, 1]]
    ).integers_stay


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


@pytest.mark.parametrize("n", [1, 4096, 5000])
def test_what_rounding_may_hide_is_added_to_a_residual(n):
    """Sums of min(n, 4096) products in doubles are off by as many half-ulps of their absolute sum."""
    blocks = read_constraints("constraints", np.ones((1, n)), n)
    system = ScaledSystem(blocks, np.ones(n, dtype=bool))
    x, y = np.zeros(n), np.ones(n)
    assert system.ratio(np.zeros(1), x, y) * 1e-9 >= min(n, 4096) * 2.0**-53
    assert system.ratio(np.zeros(1), x, x) == 0


@pytest.mark.parametrize("exact", [False, True])
def test_on_a_tie_the_deterministic_walk_goes_up(exact):
    """Both ways of the second coordinate are 1/2 long."""
    assert round_to_vertex([0.5, 0.5], [[1, 1]], exact=exact).values.tolist() == [0, 1]


def test_no_value_is_a_negative_zero():
    values = discrepancy.round_to_vertex([-0.0, 0.5], [[1.0, 2.0]]).values
    assert not np.signbit(values).any()


def test_a_rounding_below_zero_is_refused():
    below = discrepancy.Rounding(np.array([-0.25, 1.0]), np.array([0]), np.zeros(1))
    assert not discrepancy.verify_rounding(below, [0.5, 0.25], [[1.0, 1.0]])
