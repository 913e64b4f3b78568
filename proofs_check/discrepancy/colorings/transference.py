"""Linear and hereditary discrepancy, and determinants (DIS-17 to DIS-19)."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from importlib import import_module
from itertools import combinations, permutations, product
from math import ceil, comb, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata import discrepancy
from lemmata.claims import Run, check
from lemmata.discrepancy import set_systems

from .beck_fiala import orbits_of_systems
from .linear import largest_on_grid, linear_by_vertices, nearest_corner, possible_denominators
from .systems import hereditary_by_definition, least_discrepancy

Matrix = NDArray[np.int64]


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
        rounding.equal(found.bits, digits_of(x), **inputs)
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
        parts = matrix / 8.0
        in_doubles = discrepancy.hereditary_discrepancy(parts).value
        values.equal(8 * in_doubles, hereditary, vectors=parts)
        for bits in (0, 1, 12, 40):
            x = binary_vector(run, matrix.shape[1], bits)
            round_one(matrix, hereditary, x, bits)
            found = discrepancy.round_by_bits(np.array(x, dtype=np.float64), parts)  # the same numbers
            error = rounding_error(
                [[Fraction(v) for v in row] for row in parts.tolist()], x, found.values.tolist()
            )
            inputs = {"vectors": parts, "x": x, "rounded": found.values}
            rounding.holds(8 * error, "<=", bound(hereditary, bits), **inputs)
            rounding.equal([found.error, found.bits], [error, digits_of(x)], **inputs)
    for n in run.every((31, 32), "the set of 31 or 32 points, and a half for each", size=2):
        halves, whole = [Fraction(1, 2)] * n, np.ones((1, n), dtype=np.int64)
        if n == 31:
            round_one(whole, 1, halves, 1)
        else:
            call = partial(discrepancy.round_by_bits, np.array(halves, dtype=object), whole)
            rounding.refuses(call, ValueError, "at most 31 can be coloured", points=n)
    by_points = {n: f"{share} of {1 - Fraction(1, n + 1)}" for n, share in shares.items()}
    three.note(f"largest by number of points, beside the conjectured 1 - 1/(n + 1): {by_points}")


def digits_of(x: list[Fraction]) -> int:
    """How many binary digits the longest coordinate has."""
    return max(v.denominator.bit_length() - 1 for v in x)


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
        every.equal(
            discrepancy.hereditary_discrepancy(matrix / 8.0).value, hereditary / 8, vectors=matrix / 8
        )
        large = matrix * (2**55 + 1)  # in 64 bits, and neither in doubles nor in 32
        value = discrepancy.hereditary_discrepancy(large).value
        every.equal(value, hereditary * (2**55 + 1), vectors=large)
        minors = largest_minors(matrix)
        for k, minor in minors.items():
            every.holds(minor, "<=", (2 * exact.value) ** k, vectors=matrix, k=k)
        found, minor = compare_bound(matrix, minors)
        best.equal(
            [found.allows(hereditary), found.allows(found.value * 0.99)], [True, minor == 0], vectors=matrix
        )

    def compare_bound(matrix: Matrix, minors: dict[int, int]) -> tuple[discrepancy.DeterminantBound, int]:
        found = discrepancy.determinant_bound(matrix)
        inputs = {"vectors": matrix, "rows": found.rows, "columns": found.columns}
        minor = leibniz(matrix[np.ix_(found.rows, found.columns)].tolist())
        best.equal([found.order, found.determinant], [len(found.rows), minor], **inputs)
        for k, other in minors.items():  # |minor|^(1 / order) is largest
            best.holds(other**found.order, "<=", abs(minor) ** k, **inputs, k=k)
        best.holds(
            abs(2 * found.value - abs(minor) ** (1 / found.order)), "<=", 1e-12 * (1 + abs(minor)), **inputs
        )
        return found, minor

    for system in every_small_system(run):
        compare(system)
    for matrix in run.samples(small_matrices(run), "random matrices over -3, ..., 3"):
        compare(matrix)
    for matrix in run.samples(small_matrices(run), "random matrices near multiples of 2^55"):
        near = 2**55 * matrix + run.rng.integers(-9, 10, matrix.shape)
        every.equal(
            discrepancy.hereditary_discrepancy(near).value,
            hereditary_by_definition(near.astype(object)),
            vectors=near,
        )
    for k in run.samples(range(3), "Sylvester's matrices of order 1, 2 and 4"):
        compare(set_systems.sylvester_hadamard(k))
    for matrix in run.samples(large_matrices(run), "integers whose determinants are no doubles"):
        compare_bound(matrix, largest_minors(matrix))
    for d, n in run.every(product(range(1, 5), repeat=2), "ones in up to 4 rows and columns", size=16):
        call = partial(discrepancy.determinant_bound, np.ones((d, n), dtype=np.int64))
        best.equal(call(limit=comb(d + n, n)).order, 1, rows=d, columns=n)
        best.refuses(
            partial(call, limit=comb(d + n, n) - 1), ValueError, "square submatrices", rows=d, columns=n
        )
    for n in run.samples(
        (38, 40), "three rows of more columns than are looked at together, the best ones last"
    ):
        wide = np.repeat([[1], [0], [0]], n, axis=1)
        wide[:, -3:] = [[1, 1, 0], [0, 1, 1], [1, 0, 1]]
        found = discrepancy.determinant_bound(wide)
        best.equal([found.order, abs(found.determinant)], [3, 2], n=n)
        best.equal(abs(leibniz(wide[np.ix_(found.rows, found.columns)].tolist())), 2, n=n)


def large_matrices(run: Run) -> Iterator[Matrix]:
    """Determinants beyond 2^53, and roots of two orders that agree in more than 16 digits."""
    a, b, near = 10**9 + 7, 10**9 + 9, 2**40
    for rows in (
        [[a, b], [-b, a]],
        [[2**53 + 1]],
        [[2**62 + 1]],
        [[2**60, 2**60 + 1]],
        [[near, 1], [1, near]],
        [[near, 1], [-1, near]],
    ):
        yield np.array(rows, dtype=np.int64)
    for _ in range(run.choose(3, 10, 50)):
        yield 10**9 + run.rng.integers(-100, 101, (3, 3))


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


LARGE_GRIDS = [
    np.array(rows)
    for rows in (
        [[6, 11], [-11, -3], [3, -10]],
        [[12, -3], [7, -10], [0, -12]],
        [[2, -10], [-12, -6], [-6, 7]],
    )
]


@contextmanager
def three_at_a_time() -> Iterator[None]:
    """What is done in blocks of thousands is done in blocks of three."""
    module: Any = import_module("lemmata.discrepancy.colorings.linear_discrepancy")
    block = module.BLOCK
    module.BLOCK = 3
    try:
        yield
    finally:
        module.BLOCK = block


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
    for matrix in run.samples(small_matrices(run), "random matrices over -3, ..., 3, and limits"):
        if not returned.concerns(bool(matrix.any())):
            continue
        n = matrix.shape[1]
        lines_apart = {max(row, tuple(-v for v in row)) for row in map(tuple, matrix.tolist()) if any(row)}
        work = comb(2 * len(lines_apart) + n, n + 1) * (n + 1) ** 3
        points = sum(2**n * (D + 1) ** n for D in possible_denominators(matrix))
        call = partial(discrepancy.linear_discrepancy, matrix)
        most = max(work, points)
        returned.equal(call(limit=most).value, linear_by_vertices(matrix), vectors=matrix, limit=most)
        returned.refuses(partial(call, limit=most - 1), ValueError, "limit", vectors=matrix, limit=most - 1)
    for matrix in run.samples(LARGE_GRIDS, "matrices whose worst vector is not among the first of its grid"):
        exact = linear_by_vertices(matrix)
        found = discrepancy.linear_discrepancy(matrix)
        returned.equal([found.value, nearest_corner(matrix, found.worst)], [exact, exact], vectors=matrix)
    for matrix in run.samples(small_matrices(run), "the same with three determinants or points at a time"):
        with three_at_a_time():
            found = discrepancy.linear_discrepancy(matrix)
        returned.equal(found.value, linear_by_vertices(matrix), vectors=matrix)
    for n in run.every((1, 2, 3), "intervals of 1, 2 and 3 points", size=3):
        system = set_systems.intervals(n)
        lines.equal(discrepancy.linear_discrepancy(system).value, Fraction(n, n + 1), n=n)
        lines.equal(nearest_corner(system, (Fraction(1, n + 1),) * n), Fraction(n, n + 1), n=n)
        lines.equal(linear_by_vertices(system), Fraction(n, n + 1), n=n)
