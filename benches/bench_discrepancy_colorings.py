"""Colourings beside what one would use instead: NumPy on all of them, HiGHS's milp, greedy and random signs.

Run with ``nox -s bench`` or ``pytest benches/bench_discrepancy_colorings.py --benchmark-enable
--benchmark-only``. Every peer is warmed up; the table at the end gives each one's time as a multiple of ours,
with the discrepancy that it reached. Exact peers have to reach the same value.
"""

from itertools import combinations

import numpy as np
import pytest
from scipy.linalg import hadamard
from scipy.optimize import Bounds, LinearConstraint, milp

from lemmata import discrepancy
from lemmata.discrepancy import set_systems
from lemmata.discrepancy.colorings import system_bounds

PATIENCE = 20.0


def all_signs(n):
    """Every colouring up to negation, one per column."""
    return 2 * ((np.arange(2 ** (n - 1)) >> np.arange(n)[:, None]) & 1) - 1


def by_numpy(vectors):
    """The least discrepancy, by one matrix product with all colourings."""
    return np.abs(vectors @ all_signs(vectors.shape[1])).max(axis=0).min()


def by_milp(vectors):
    """The least t with -t <= V (2 z - 1) <= t for z in {0, 1}^n."""
    d, n = vectors.shape
    column = np.ones((d, 1))
    sums = vectors.sum(axis=1)
    rows = np.vstack([np.hstack([2.0 * vectors, column]), np.hstack([-2.0 * vectors, column])])
    found = milp(
        np.r_[np.zeros(n), 1.0],
        integrality=np.r_[np.ones(n), 0.0],
        bounds=Bounds(0, np.r_[np.ones(n), np.inf]),
        constraints=LinearConstraint(rows, np.r_[sums, -sums]),
        options={"time_limit": PATIENCE},
    )
    return found.fun


def unit_vectors(n):
    columns = np.random.default_rng(n).standard_normal((n, n))
    return columns / np.linalg.norm(columns, axis=0)


SYSTEMS = {
    "random sets, n = 10": lambda: np.random.default_rng(0).integers(0, 2, (10, 10)),
    "random sets, n = 14": lambda: np.random.default_rng(0).integers(0, 2, (14, 14)),
    "random sets, n = 18": lambda: np.random.default_rng(0).integers(0, 2, (18, 18)),
    "Hadamard, n = 12": lambda: set_systems.hadamard_system(set_systems.paley_hadamard(11)),
    "projective plane, n = 13": lambda: set_systems.projective_plane(3),
    "progressions, n = 14": lambda: set_systems.arithmetic_progressions(14),
    "subcubes, n = 16": lambda: set_systems.subcubes(4),
    "unit vectors, n = 12": lambda: unit_vectors(12),
}


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("peer", ["optimal_coloring", "all colourings in NumPy", "HiGHS milp"])
def bench_optimal(benchmark, beside, peer, system):
    """The exact optimum (DIS-7) of Hadamard systems (DIS-8), planes (DIS-9), progressions and cubes (DIS-10).

    Unit vectors are what Komlós' conjecture (DIS-15) and Banaszczyk's bound (DIS-16) are about.
    """
    vectors = SYSTEMS[system]()
    group = f"least discrepancy, {system}"
    expected = by_numpy(vectors)
    if peer == "optimal_coloring":
        found = beside(group, peer, discrepancy.optimal_coloring, vectors, ours=True)
        value = found.value
        assert discrepancy.discrepancy(vectors, found.signs) == value
        if system.startswith("unit"):
            assert value <= system_bounds.banaszczyk_bound(len(vectors))
    elif peer == "HiGHS milp":
        value = beside(group, peer, by_milp, vectors, ours=False, rounds=1)
    else:
        value = beside(group, peer, by_numpy, vectors, ours=False)
    benchmark.extra_info["figures"] = {"discrepancy": float(value)}
    assert float(value) == pytest.approx(float(expected), abs=1e-5)


@pytest.mark.parametrize("exponent", [6, 10])
@pytest.mark.parametrize("peer", ["sylvester_hadamard", "scipy.linalg.hadamard"])
def bench_hadamard_matrices(beside, peer, exponent):
    """Building the matrices of DIS-8."""
    group = f"Hadamard matrix of order 2^{exponent}"
    if peer == "sylvester_hadamard":
        found = beside(group, peer, set_systems.sylvester_hadamard, exponent, ours=True)
    else:
        found = beside(group, peer, hadamard, 2**exponent, ours=False)
    assert np.array_equal(found @ found.T, 2**exponent * np.eye(2**exponent))


def best_of_random(vectors, count=200):
    signs = np.random.default_rng(0).choice([-1, 1], (vectors.shape[1], count))
    return signs[:, np.abs(vectors @ signs).max(axis=0).argmin()]


def one_after_another(vectors):
    """Each element in turn gets the sign that leaves the smaller Euclidean norm."""
    total, signs = np.zeros(len(vectors)), []
    for column in vectors.T:
        signs.append(-1 if total @ column > 0 else 1)
        total = total + signs[-1] * column
    return np.array(signs)


def sets_of_degree(n, degree):
    """As many sets as elements, each element in ``degree`` of them."""
    rng = np.random.default_rng(n)
    incidence = np.zeros((n, n), dtype=np.int64)
    for element in range(n):
        incidence[rng.choice(n, degree, replace=False), element] = 1
    return incidence


@pytest.mark.parametrize("n", [50, 100, 200, 400])
@pytest.mark.parametrize("peer", ["beck_fiala", "greedy", "best of 200 random colourings"])
def bench_beck_fiala(benchmark, beside, peer, n):
    """Degree 4: Beck and Fiala's colouring is within 2 t - 1 = 7 (DIS-11), in few phases (DIS-12)."""
    vectors = sets_of_degree(n, 4)
    ways = {
        "beck_fiala": discrepancy.beck_fiala,
        "greedy": one_after_another,
        "best of 200 random colourings": best_of_random,
    }
    signs = beside(f"degree 4, n = {n}", peer, ways[peer], vectors, ours=peer == "beck_fiala")
    value = int(np.abs(vectors @ signs.astype(np.int64)).max())
    benchmark.extra_info["figures"] = {"discrepancy": value}
    assert peer != "beck_fiala" or value <= 7


@pytest.mark.parametrize("n", [50, 200, 800])
@pytest.mark.parametrize("peer", ["barany_grinberg", "greedy", "random signs"])
def bench_prefix_sums(benchmark, beside, peer, n):
    """Signs for a stream of vectors in dimension 4: every prefix sum within 2 d - 1 = 7 vectors (DIS-13)."""
    vectors = np.random.default_rng(n).uniform(-1, 1, (4, n))
    vectors /= np.abs(vectors).max(axis=0)
    ways = {
        "barany_grinberg": discrepancy.barany_grinberg,
        "greedy": one_after_another,
        "random signs": lambda v: np.random.default_rng(0).choice([-1, 1], v.shape[1]),
    }
    signs = beside(f"prefix sums, d = 4, n = {n}", peer, ways[peer], vectors, ours=peer == "barany_grinberg")
    largest = float(np.abs(np.cumsum(vectors * signs, axis=1)).max())
    benchmark.extra_info["figures"] = {"largest prefix sum": largest}
    assert peer != "barany_grinberg" or largest <= 7 + 1e-9


def nearest_to_origin(vectors):
    """The next vector is the one that leaves the smallest sum."""
    left, total, order = list(range(vectors.shape[1])), np.zeros(len(vectors)), []
    while left:
        norms = np.linalg.norm(total[:, None] + vectors[:, left], axis=0)
        order.append(left.pop(int(norms.argmin())))
        total = total + vectors[:, order[-1]]
    return np.array(order)


@pytest.mark.parametrize("n", [25, 50, 100])
@pytest.mark.parametrize("peer", ["steinitz", "greedy", "as they come"])
def bench_steinitz(benchmark, beside, peer, n):
    """An order of vectors with sum zero in dimension 4: every prefix sum within d = 4 vectors (DIS-14)."""
    vectors = np.random.default_rng(n).uniform(-1, 1, (4, n))
    vectors -= vectors.mean(axis=1, keepdims=True)
    vectors /= np.abs(vectors).max()
    ways = {
        "steinitz": discrepancy.steinitz,
        "greedy": nearest_to_origin,
        "as they come": lambda v: np.arange(v.shape[1]),
    }
    order = beside(f"reordering, d = 4, n = {n}", peer, ways[peer], vectors, ours=peer == "steinitz")
    largest = float(np.abs(np.cumsum(vectors[:, order], axis=1)).max())
    benchmark.extra_info["figures"] = {"largest prefix sum": largest}
    assert peer != "steinitz" or largest <= 4 + 1e-9


def nearest_by_milp(x, matrix):
    """The rounding y of x with the least max |A (y - x)|."""
    m, n = matrix.shape
    column, target = np.ones((m, 1)), matrix @ x
    rows = np.vstack([np.hstack([matrix, column]), np.hstack([-matrix, column])])
    found = milp(
        np.r_[np.zeros(n), 1.0],
        integrality=np.r_[np.ones(n), 0.0],
        bounds=Bounds(0, np.r_[np.ones(n), np.inf]),
        constraints=LinearConstraint(rows, np.r_[target, -target]),
        options={"time_limit": PATIENCE},
    )
    return np.rint(found.x[:n])


@pytest.mark.parametrize("n", [8, 12, 16])
@pytest.mark.parametrize("peer", ["round_by_bits", "HiGHS milp", "numpy.rint"])
def bench_round_by_bits(benchmark, beside, peer, n):
    """Six binary digits, one colouring for each (DIS-17); milp finds the best rounding of this x."""
    rng = np.random.default_rng(n)
    x, matrix = rng.integers(0, 65, n) / 64, rng.integers(0, 2, (n, n))
    ways = {
        "round_by_bits": lambda x, a: discrepancy.round_by_bits(x, a).values,
        "HiGHS milp": nearest_by_milp,
        "numpy.rint": lambda x, _: np.rint(x),
    }
    group = f"rounding six binary digits, n = {n}"
    values = beside(group, peer, ways[peer], x, matrix, ours=peer == "round_by_bits")
    error = float(np.abs(matrix @ (np.asarray(values, dtype=float) - x)).max())
    benchmark.extra_info["figures"] = {"error": error}
    if peer == "round_by_bits":
        assert error <= discrepancy.hereditary_discrepancy(matrix, limit=16).value


def on_a_grid(matrix, denominator):
    """The worst of the points with this denominator: every point beside every rounding."""
    n = matrix.shape[1]
    points = np.indices((denominator + 1,) * n).reshape(n, -1)
    roundings = denominator * np.indices((2,) * n).reshape(n, -1)
    differences = (matrix @ points)[:, :, None] - (matrix @ roundings)[:, None, :]
    return np.abs(differences).max(axis=0).min(axis=1).max() / denominator


@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("peer", ["linear_discrepancy", "a grid of 1/12 in NumPy"])
def bench_linear_discrepancy(benchmark, beside, peer, n):
    """The worst point of the cube (DIS-17, DIS-19); a grid of points only bounds it from below."""
    matrix, group = intervals(n), f"linear discrepancy of intervals, n = {n}"
    if peer == "linear_discrepancy":
        value = beside(group, peer, discrepancy.linear_discrepancy, matrix, ours=True).value
    else:
        value = beside(group, peer, on_a_grid, matrix, 12, ours=False)
    benchmark.extra_info["figures"] = {"value": float(value)}
    assert float(value) == pytest.approx(n / (n + 1))


def intervals(n):
    return np.array([[i <= j <= k for j in range(n)] for i in range(n) for k in range(i, n)], dtype=np.int64)


def by_all_ternary_vectors(vectors):
    """The best colouring of every set of columns, among the 3^n vectors over -1, 0, 1; the worst set."""
    n = vectors.shape[1]
    signs = np.indices((3,) * n).reshape(n, -1) - 1
    best = np.full(2**n, np.inf)
    np.minimum.at(best, (signs != 0).T @ 2 ** np.arange(n), np.abs(vectors @ signs).max(axis=0))
    return best.max()


@pytest.mark.parametrize("n", [6, 8, 10])
@pytest.mark.parametrize("peer", ["hereditary_discrepancy", "all ternary vectors in NumPy"])
def bench_hereditary(benchmark, beside, peer, n):
    """All sets of columns: the quantity of DIS-17, DIS-18 and DIS-20."""
    vectors = np.random.default_rng(n).integers(0, 2, (n, n))
    group = f"hereditary discrepancy, n = {n}"
    expected = by_all_ternary_vectors(vectors)
    if peer == "hereditary_discrepancy":
        value = beside(group, peer, discrepancy.hereditary_discrepancy, vectors, ours=True).value
    else:
        value = beside(group, peer, by_all_ternary_vectors, vectors, ours=False)
    benchmark.extra_info["figures"] = {"value": int(value)}
    assert value == expected


def determinants_by_numpy(vectors):
    """Per order k, the largest |det| of a submatrix, in doubles."""
    d, n = vectors.shape
    largest = []
    for k in range(1, min(d, n) + 1):
        rows, columns = (np.array(list(combinations(range(size), k))) for size in (d, n))
        blocks = vectors[rows[:, None, :, None], columns[None, :, None, :]].astype(float)
        largest.append(np.abs(np.linalg.det(blocks)).max())
    return largest


@pytest.mark.parametrize("n", [4, 5, 6])
@pytest.mark.parametrize("peer", ["determinant_bound", "numpy.linalg.det of all submatrices"])
def bench_determinant_bound(benchmark, beside, peer, n):
    """The lower bound of DIS-18, exactly and in doubles."""
    vectors, group = np.random.default_rng(n).integers(0, 2, (n, n)), f"determinant bound, n = {n}"
    if peer == "determinant_bound":
        value = beside(group, peer, discrepancy.determinant_bound, vectors, ours=True).value
    else:
        value = max(
            value ** (1 / (k + 1)) / 2
            for k, value in enumerate(beside(group, peer, determinants_by_numpy, vectors, ours=False))
        )
    benchmark.extra_info["figures"] = {"bound": float(value)}
    assert value == pytest.approx(discrepancy.determinant_bound(vectors).value)


@pytest.mark.parametrize("n", [4, 5, 6])
@pytest.mark.parametrize("peer", ["is_totally_unimodular", "numpy.linalg.det of all submatrices"])
def bench_total_unimodularity(beside, peer, n):
    """Intervals are totally unimodular: by colourings (DIS-20), and by determinants in doubles."""
    group = f"total unimodularity of intervals, n = {n}"
    if peer == "is_totally_unimodular":
        assert beside(group, peer, discrepancy.is_totally_unimodular, intervals(n), ours=True)
    else:
        found = beside(group, peer, determinants_by_numpy, intervals(n), ours=False)
        assert np.allclose(found, 1)
