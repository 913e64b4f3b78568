"""Unit vectors, linear and hereditary discrepancy, determinants (DIS-15 to DIS-19)."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, permutations, product
from math import ceil, comb, erf, prod, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, ndtri

from lemmata import discrepancy
from lemmata.claims import Run, check
from lemmata.discrepancy import set_systems, system_bounds

from .beck_fiala import orbits_of_systems
from .linear import largest_on_grid, linear_by_vertices, nearest_corner, possible_denominators
from .systems import all_signs, hereditary_by_definition, least_discrepancy, value_of

Matrix = NDArray[np.int64]

SHAPES = ((2, 2), (3, 2), (3, 3), (4, 3))
"""Dimensions, and numbers of nonzero entries, of the vectors of DIS-15 (b)."""

WEIGHING = ((0, 1, 1, 1), (1, -1, 0, 1), (-1, -1, 1, 0), (-1, 0, -1, 1))
"""Four orthogonal vectors with one zero each."""


@check("DIS-15")
def unit_vectors_have_small_discrepancy(run: Run) -> None:
    """Exact optima of vectors of equal length, by listing all colourings."""
    constant, largest = run.clauses("ab")
    constant.out_of_reach("a proof for all numbers of vectors and dimensions; none is known")
    size = sum(
        comb(comb(d, weight) * 2 ** (weight - 1) + n - 1, n) for d, weight in SHAPES for n in (1, 2, 3, 4)
    )
    for matrix in run.every(
        equal_lengths(), "all families of at most four vectors of these shapes", size=size
    ):
        found = discrepancy.optimal_coloring(matrix)
        value, square = least_discrepancy(matrix), int((matrix[:, 0] ** 2).sum())
        largest.equal([found.value, value_of(matrix, found.coloring)], [value, value], vectors=matrix)
        largest.holds(Fraction(value * value, square), "<=", 3, vectors=matrix)
    weighing = np.array(WEIGHING)
    value = int(discrepancy.optimal_coloring(weighing).value)
    largest.attains(Fraction(value**2, 3), 3, vectors=weighing)
    largest.note("squares of ratios are compared")


def equal_lengths() -> Iterator[Matrix]:
    """Every multiset of 1 to 4 vectors of a shape, up to the vectors' signs."""
    for d, weight in SHAPES:
        vectors = [v for v in product((-1, 0, 1), repeat=d) if sum(map(abs, v)) == weight]
        halves = [v for v in vectors if next(entry for entry in v if entry) > 0]
        for n in (1, 2, 3, 4):
            for chosen in combinations_with_replacement(halves, n):
                yield np.array(chosen, dtype=np.int64).T


@check("DIS-16")
def optimal_signs_keep_banaszczyks_bound(run: Run) -> None:
    """Exact optima in the maximum norm and in other bodies; the constant by its definition."""
    bodies, cube, size = run.clauses("abc")
    at_most = run.formula("banaszczyk_bound_at_most")
    for name, matrix in run.samples(vector_families(run), "up to 16 vectors in up to 16 dimensions"):
        d = len(matrix)
        found = discrepancy.optimal_coloring(matrix)
        length = float((matrix.astype(np.float64) ** 2).sum(axis=0).max()) ** 0.5
        value = float(value_of(matrix, found.coloring)) / length
        cube.holds(value, "<=", system_bounds.banaszczyk_bound(d), family=name, vectors=matrix)
    for d in run.every(range(1, 201), "every dimension up to 200", size=200):
        bound = system_bounds.banaszczyk_bound(d)
        # [-c, c]^d has Gaussian measure one half.
        size.holds(abs(erf(bound / 5 / sqrt(2)) ** d - 0.5), "<=", 1e-12, d=d)
        size.holds(abs(bound / 5 / float(ndtri((1 + 0.5 ** (1 / d)) / 2)) - 1), "<=", 1e-9, d=d)
        size.holds(bound, "<=", at_most(d), d=d)
        size.holds(at_most(d), "<", 9 * bound / 5, d=d)
    for name, vectors in run.samples(unit_vectors(run), "boxes that are rotated, and balls"):
        d = len(vectors)
        signed = all_signs(vectors.shape[1]) @ vectors.T
        # A ball of measure one half: P(d, r^2 / 2), the distribution of chi-square.
        radius = next(r for r in np.arange(0.6, 20, 0.01) if gammainc(d / 2, r * r / 2) >= 0.5)
        inputs = {"vectors": name, "d": d, "n": vectors.shape[1]}
        bodies.holds(np.linalg.norm(signed, axis=1).min() / radius, "<=", 5, body="ball", **inputs)
        # |<u_i, x>| <= b_i with orthonormal u_i; the probabilities multiply to one half.
        axes = np.linalg.qr(run.rng.standard_normal((d, d)))[0]
        shares = run.rng.dirichlet(np.ones(d))
        sides = ndtri((1 + 0.5**shares) / 2)
        scaled = axes @ vectors / sides[:, None]
        # In integers of 20 bits, so that the search is fast; the signs that it finds are judged in doubles.
        integers = np.rint(scaled / np.abs(scaled).max() * 2**20).astype(np.int64)
        coloring = discrepancy.optimal_coloring(integers).coloring
        bodies.holds(np.abs(scaled @ coloring).max(), "<=", 5, body="rotated box", **inputs)


def vector_families(run: Run) -> Iterator[tuple[str, NDArray[Any]]]:
    """Copies of one vector, Hadamard columns, random directions, random signs."""
    for n in (1, 5, 14):
        yield "copies of one vector", np.ones((1, n), dtype=np.int64)
        yield "copies of one vector", np.ones((3, n), dtype=np.int64)
    for k in range(5):
        yield "Hadamard", set_systems.sylvester_hadamard(k)
    for _ in range(run.choose(30, 200, 1_000)):
        d, n = int(run.rng.integers(1, 9)), int(run.rng.integers(1, 13))
        # Integer directions: floats beyond 61 bits would be searched in plain Python.
        yield "random directions", np.rint(1000 * run.rng.standard_normal((d, n))).astype(np.int64)
        yield "random signs", run.rng.choice([-1, 1], (d, n))


def unit_vectors(run: Run) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Copies of one vector, orthogonal ones, and random directions."""
    for n in (1, 9):
        yield "copies of one vector", np.ones((1, n))
    yield "orthogonal", np.eye(8)
    for _ in range(run.choose(20, 100, 500)):
        d, n = int(run.rng.integers(1, 7)), int(run.rng.integers(1, 11))
        vectors = run.rng.standard_normal((d, n))
        yield "random directions", vectors / np.linalg.norm(vectors, axis=0)


def small_systems(run: Run) -> Iterator[Matrix]:
    """Systems on up to 3 points; on 4 points up to relabelling, which changes no discrepancy."""
    for n in (1, 2, 3):
        yield from set_systems.all_systems(n)
    for sets in range(1, run.choose(3, 4, 15) + 1):
        yield from set_systems.systems_up_to_relabelling(4, sets)


def every_small_system(run: Run) -> Iterator[Matrix]:
    """The domain of `small_systems`; its orbits on 4 points are counted by Burnside's lemma."""
    most = run.choose(3, 4, 15)
    description = f"every set system on up to 3 points, on 4 points with up to {most} sets up to relabelling"
    return run.every(small_systems(run), description, size=1 + 7 + 127 + orbits_of_systems(4, most))


@check("DIS-17")
def linear_is_at_most_hereditary(run: Run) -> None:
    """Linear against hereditary discrepancy, both by separate code; all short binary vectors rounded."""
    values, rounding, three = run.clauses("abc")
    bound = run.formula("bit_rounding_bound")
    shares: dict[int, Fraction] = {}

    def round_one(matrix: Matrix, hereditary: int, x: list[Fraction], bits: int) -> None:
        found = discrepancy.round_by_bits(np.array(x, dtype=object), matrix)
        error = rounding_error(matrix, x, found.values.tolist())
        inputs = {"vectors": matrix, "x": list(map(str, x)), "rounded": found.values}
        rounding.holds(error, "<=", bound(hereditary, bits), **inputs)
        rounding.equal(found.error, error, **inputs)
        digits = max(v.denominator.bit_length() - 1 for v in x)
        rounding.equal(found.bits, digits, **inputs)
        upwards = discrepancy.round_by_bits(np.array(x, dtype=object), matrix, color=all_up)
        rounding.equal(
            upwards.values, [ceil(v) for v in x], **inputs, explanation="every digit is rounded up"
        )
        rounding.holds(error, "<=", found.bound, **inputs)
        rounding.holds(found.bound, "<=", bound(hereditary, bits), **inputs)

    known: list[tuple[Matrix, int]] = []
    for matrix in every_small_system(run):
        n, hereditary = matrix.shape[1], hereditary_by_definition(matrix)
        known.append((matrix, hereditary))
        values.equal(discrepancy.hereditary_discrepancy(matrix).value, hereditary, vectors=matrix)
        linear = discrepancy.linear_discrepancy(matrix)
        inputs = {"vectors": matrix, "w": list(map(str, linear.worst))}
        values.equal(nearest_corner(matrix, linear.worst), linear.value, **inputs)
        values.holds(linear.value, "<=", hereditary, **inputs)
        shares[n] = max(shares.get(n, Fraction(0)), linear.value / hereditary)
        if n <= 3:
            three.holds(linear.value, "<=", (1 - Fraction(1, n + 1)) * hereditary, **inputs)
    for n in run.every((1, 2, 3), "1 to 3 points", size=3):
        three.attains(shares[n], 1 - Fraction(1, n + 1), points=n)
    for matrix, hereditary in run.samples(
        known, "a random vector of 1 to 8 digits for each of these systems"
    ):
        bits = int(run.rng.integers(1, 9))
        round_one(matrix, hereditary, binary_vector(run, matrix.shape[1], bits), bits)
    grid = [Fraction(k, 8) for k in range(9)]
    systems = [*set_systems.all_systems(1), *set_systems.all_systems(2)]
    pairs = ((m.tolist(), x) for m in systems for x in product(grid, repeat=m.shape[1]))
    description = "every vector of eighths, for every set system on up to 2 points"
    for rows, eighths in run.every(pairs, description, size=9 + 7 * 9**2):
        round_one(np.array(rows), hereditary_by_definition(rows), list(eighths), 3)
    for matrix in run.samples(small_matrices(run), "random matrices over -3, ..., 3"):
        hereditary = hereditary_by_definition(matrix)
        values.holds(linear_by_vertices(matrix), "<=", hereditary, vectors=matrix)
        for bits in (0, 1, 12):
            round_one(matrix, hereditary, binary_vector(run, matrix.shape[1], bits), bits)
    by_points = {n: f"{share} of {1 - Fraction(1, n + 1)}" for n, share in shares.items()}
    three.note(f"largest by number of points, beside the conjectured 1 - 1/(n + 1): {by_points}")


def all_up(columns: Matrix) -> NDArray[np.int64]:
    """A colouring that is given in place of the optimal one."""
    return np.ones(columns.shape[1], dtype=np.int64)


def binary_vector(run: Run, n: int, bits: int) -> list[Fraction]:
    """A random vector of [0, 1]^n with that many binary digits, ends included."""
    return [Fraction(int(v), 2**bits) for v in run.rng.integers(0, 2**bits + 1, n)]


def small_matrices(run: Run) -> Iterator[Matrix]:
    """One or two columns, up to three rows."""
    for _ in range(run.choose(20, 200, 1_000)):
        yield run.rng.integers(-3, 4, (int(run.rng.integers(1, 4)), int(run.rng.integers(1, 3))))


def rounding_error(matrix: Any, x: list[Fraction], values: list[int]) -> Fraction:
    """max_i |(A (x - values))_i|, and a large number if some value is neither 0 nor 1."""
    if not set(values) <= {0, 1}:
        return Fraction(10**9)
    rows: list[list[int]] = np.asarray(matrix).tolist()
    gaps = [a - b for a, b in zip(x, values, strict=True)]
    return max(abs(sum((v * g for v, g in zip(row, gaps, strict=True)), Fraction(0))) for row in rows)


@check("DIS-18")
def determinants_bound_hereditary_discrepancy(run: Run) -> None:
    """Determinants by Leibniz' formula and hereditary discrepancies from the definition, in integers."""
    every, best = run.clauses("ab")

    def compare(matrix: Matrix) -> None:
        hereditary = hereditary_by_definition(matrix)
        exact = discrepancy.hereditary_discrepancy(matrix)
        every.equal(exact.value, hereditary, vectors=matrix)
        every.equal(least_discrepancy(matrix[:, list(exact.columns)]), hereditary, vectors=matrix)
        for chosen in range(1 << matrix.shape[1]):
            part = [j for j in range(matrix.shape[1]) if chosen >> j & 1]
            own = Fraction(int(exact.by_columns[chosen]), exact.denominator)
            every.equal(own, least_discrepancy(matrix[:, part]), vectors=matrix, columns=part)
        thirds = np.array([[Fraction(v, 3) for v in row] for row in matrix.tolist()], dtype=object)
        every.equal(discrepancy.hereditary_discrepancy(thirds).value, Fraction(hereditary, 3), vectors=thirds)
        minors = largest_minors(matrix)
        for k, minor in minors.items():
            every.holds(minor, "<=", (2 * exact.value) ** k, vectors=matrix, k=k)
        found = discrepancy.determinant_bound(matrix)
        inputs = {"vectors": matrix, "rows": found.rows, "columns": found.columns}
        minor = leibniz(matrix[np.ix_(found.rows, found.columns)].tolist())
        best.equal([found.order, found.determinant], [len(found.rows), minor], **inputs)
        for k, other in minors.items():  # |minor|^(1 / order) is largest
            best.holds(other**found.order, "<=", abs(minor) ** k, **inputs, k=k)
        best.holds(
            abs(2 * found.value - abs(minor) ** (1 / found.order)), "<=", 1e-12 * (1 + abs(minor)), **inputs
        )
        best.equal([found.allows(hereditary), found.allows(found.value * 0.99)], [True, minor == 0], **inputs)

    for system in every_small_system(run):
        compare(system)
    for matrix in run.samples(small_matrices(run), "random matrices over -3, ..., 3"):
        compare(matrix)
    for k in run.samples(range(3), "Sylvester's matrices of order 1, 2 and 4"):
        compare(set_systems.sylvester_hadamard(k))


def leibniz(rows: list[list[int]]) -> int:
    """The determinant as a signed sum over permutations."""
    n = len(rows)
    total = 0
    for image in permutations(range(n)):
        inversions = sum(image[i] > image[j] for i, j in combinations(range(n), 2))
        total += (-1) ** inversions * prod(rows[i][image[i]] for i in range(n))
    return total


def largest_minors(matrix: Matrix) -> dict[int, int]:
    """The largest |det B| over the k x k submatrices, for every k."""
    d, n = matrix.shape
    return {
        k: max(
            abs(leibniz(matrix[np.ix_(rows, columns)].tolist()))
            for rows in combinations(range(d), k)
            for columns in combinations(range(n), k)
        )
        for k in range(1, min(d, n) + 1)
    }


@check("DIS-19")
def linear_discrepancy_is_found_on_a_grid(run: Run) -> None:
    """Against the vertices of all polyhedra of the proof, and grids of separately computed denominators."""
    grids, returned, lines = run.clauses("abc")

    def compare(matrix: Matrix) -> None:
        exact = linear_by_vertices(matrix)
        found = discrepancy.linear_discrepancy(matrix)
        inputs = {"vectors": matrix, "w": list(map(str, found.worst))}
        returned.equal([found.value, nearest_corner(matrix, found.worst)], [exact, exact], **inputs)
        returned.equal(all(0 <= c <= 1 for c in found.worst), True, **inputs)
        denominators = possible_denominators(matrix)
        grids.equal(max(largest_on_grid(matrix, D) for D in denominators), exact, vectors=matrix)
        whole = any(all((D * c).denominator == 1 for c in found.worst) for D in denominators)
        grids.equal(whole, True, **inputs, explanation="w has one of the denominators")

    small = (np.array(e, dtype=np.int64).reshape(2, 2) for e in product((-1, 0, 2, 3), repeat=4))
    for matrix in run.every(small, "every 2 x 2 matrix over -1, 0, 2, 3", size=4**4):
        compare(matrix)
    pairs = (np.array([e], dtype=np.int64) for e in product(range(-4, 6), repeat=2))
    for matrix in run.every(pairs, "every 1 x 2 matrix over -4, ..., 5", size=10**2):
        compare(matrix)
    systems = (
        m for n in (1, 2, 3) for m in set_systems.all_systems(n) if n < 3 or len(m) <= run.choose(2, 3, 7)
    )
    size = 1 + 7 + sum(comb(7, sets) for sets in range(1, run.choose(2, 3, 7) + 1))
    description = f"every set system on up to 2 points, and of up to {run.choose(2, 3, 7)} sets on 3"
    for matrix in run.every(systems, description, size=size):
        compare(matrix)
    for matrix in run.samples(small_matrices(run), "random matrices over -3, ..., 3"):
        compare(matrix)
    for n in run.every((1, 2, 3), "intervals of 1, 2 and 3 points", size=3):
        system = set_systems.intervals(n)
        lines.equal(discrepancy.linear_discrepancy(system).value, Fraction(n, n + 1), n=n)
        lines.equal(nearest_corner(system, (Fraction(1, n + 1),) * n), Fraction(n, n + 1), n=n)
        lines.equal(linear_by_vertices(system), Fraction(n, n + 1), n=n)
