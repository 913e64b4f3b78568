"""Optimal colourings and systems of known discrepancy (DIS-7 to DIS-10)."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata import discrepancy
from lemmata.claims import Run, check
from lemmata.discrepancy import set_systems

Matrix = NDArray[np.int64]


def all_signs(n: int) -> Matrix:
    """All 2^n colourings, one per row."""
    return np.array(list(product((-1, 1), repeat=n)), dtype=np.int64).reshape(1 << n, n)


def least_discrepancy(matrix: Any) -> int:
    """Minimum over all colourings, by listing them."""
    rows = np.asarray(matrix)
    return int(np.abs(all_signs(rows.shape[1]) @ rows.T).max(axis=1, initial=0).min())


def value_of(matrix: Any, coloring: Any) -> Any:
    """The definition, in plain Python; no value for what is no colouring."""
    rows, signs = np.asarray(matrix).tolist(), [int(e) for e in coloring]
    if not set(signs) <= {-1, 1}:
        return f"no signs: {signs}"
    return max((abs(sum(v * e for v, e in zip(row, signs, strict=True))) for row in rows), default=0)


def exactly(matrix: Any) -> tuple[Matrix, int]:
    """Integers over a common denominator."""
    rows = [[Fraction(v) for v in row] for row in np.asarray(matrix).tolist()]
    denominator = lcm(*(v.denominator for row in rows for v in row))
    return np.array([[int(v * denominator) for v in row] for row in rows], dtype=object), denominator


@check("DIS-7")
def optimal_colorings_are_optimal(run: Run) -> None:
    """Against a list of all colourings, and of all divisors of every row."""
    optimum, parity = run.clauses("ab")

    def compare(matrix: Any) -> None:
        steps: list[Any] = []
        found = discrepancy.optimal_coloring(matrix)
        traced = discrepancy.optimal_coloring(matrix, trace=steps)
        integers, denominator = exactly(matrix) if np.size(matrix) else (np.zeros((0, 1), dtype=int), 1)
        best, divisor = Fraction(least_discrepancy(integers), denominator), largest_odd_divisor(integers)
        rounded = float(best) if np.asarray(matrix).dtype == np.float64 else best
        by_library = discrepancy.discrepancy(matrix, found.signs)
        inputs = {"vectors": matrix, "coloring": found.signs}
        optimum.equal([found.value, by_library], [rounded, rounded], **inputs)
        ones = [1] * np.shape(matrix)[1]  # the largest sums, which need not fit where the best ones do
        by_hand = Fraction(value_of(integers, ones), denominator) if np.size(matrix) else 0
        if np.asarray(matrix).dtype != np.float64:
            optimum.equal(discrepancy.discrepancy(matrix, ones), by_hand, vectors=matrix, coloring=ones)
        optimum.equal([traced.value, traced.nodes], [found.value, found.nodes], **inputs)
        optimum.equal(traced.signs, found.signs, **inputs)
        if np.size(matrix):
            optimum.equal(value_of(integers, found.signs), best * denominator, **inputs)
        optimum.equal(found.exhaustive or best == found.lower_bound, True, **inputs)
        if found.exhaustive:
            optimum.certified(branches_hold_nothing_better, integers, best * denominator, steps, **inputs)
        parity.holds(best, ">=", Fraction(divisor, denominator), vectors=matrix)
        parity.equal(found.lower_bound, Fraction(divisor, denominator), vectors=matrix)

    d, n = run.choose((2, 3), (2, 4), (3, 3))
    entries = product((-1, 0, 1), repeat=d * n)
    small = (np.array(flat, dtype=np.int64).reshape(d, n) for flat in entries)
    for matrix in run.every(small, f"every {d} x {n} matrix over -1, 0, 1", size=3 ** (d * n)):
        compare(matrix)
    for system in run.every(set_systems.all_systems(3), "every set system on 3 points", size=2**7 - 1):
        compare(system)
    for other in run.samples(numbers(run), "random integers, fractions, doubles at all scales; no entries"):
        compare(other)


def branches_hold_nothing_better(matrix: Matrix, value: Fraction, steps: list[Any]) -> bool:
    """Whether the ends of branches are all colourings up to a common sign, none of them below the value.

    A cut branch is bounded by one row: what its signs add up to, minus all that is left. The branches are
    words, none of which begins another, and the shares 2^-length of the words that begin alike add up to 1.
    """
    words: list[tuple[int, ...]] = []
    elements = max((step.elements for step in steps if hasattr(step, "row")), key=len, default=())
    for step in steps:
        if hasattr(step, "row"):
            row = matrix[step.row].tolist()
            left = sum(abs(v) for j, v in enumerate(row) if j not in step.elements)
            done = sum(row[j] * e for j, e in zip(step.elements, step.signs, strict=True))
            if abs(done) - left < value or step.elements != elements[: len(step.elements)]:
                return False
            words.append(step.signs)
        elif value_of(matrix, step.signs) < value:
            return False
        else:
            words.append(tuple(step.signs[j] for j in elements))
    words.sort()
    starts = any(b[: len(a)] == a for a, b in pairwise(words))
    return not starts and sum(Fraction(2, 2 ** len(word)) for word in words) == 1


def numbers(run: Run) -> Iterator[Any]:
    """Matrices of all kinds of numbers."""
    for _ in range(run.choose(100, 1_000, 5_000)):
        d, n = int(run.rng.integers(1, 9)), int(run.rng.integers(1, 12))
        yield run.rng.integers(-6, 7, (d, n)) * int(run.rng.integers(1, 4))
    for _ in range(run.choose(15, 100, 500)):
        d, n = int(run.rng.integers(1, 4)), int(run.rng.integers(1, 7))
        integers = run.rng.integers(-30, 31, (d, n))
        yield integers * 2.0 ** run.rng.integers(-1000, 1000)
        yield run.rng.standard_normal((d, n))
        yield np.array([[Fraction(int(v), 12) for v in row] for row in integers], dtype=object)
    for n in (13, 14, 15):
        yield run.rng.integers(-6, 7, (4, n))
    for _ in range(run.choose(4, 40, 200)):  # of 64 bits, whose sums need more, and beyond
        d, n = int(run.rng.integers(1, 4)), int(run.rng.integers(1, 7))
        wide = run.rng.choice([-1, 1], (d, n)) * (2**63 - 1 - run.rng.integers(0, 10**6, (d, n)))
        yield wide
        yield wide.astype(object) * int(run.rng.integers(2, 9))
    yield np.array([[2**62] * 3])
    yield np.array([[2**62] * 4])
    yield np.array([[-(2**63), 2**63 - 1]])
    yield np.array([[1e308, 1e308, -1e308]])
    yield np.array([[5e-324, 1e308]])
    yield np.zeros((0, 3), dtype=np.int64)
    yield np.zeros((2, 0), dtype=np.int64)


def largest_odd_divisor(rows: NDArray[Any]) -> int:
    """The largest g > 0 that divides a row, with an odd number of odd quotients; 0 if there is none."""
    best = 0
    for row in rows.tolist():
        # A smaller divisor leaves all quotients even, or the same parity.
        divisor = int(np.gcd.reduce(np.array([0, *row], dtype=object)))
        if divisor and sum(v // divisor % 2 for v in row) % 2:
            best = max(best, divisor)
    return best


@check("DIS-8")
def hadamard_matrices_reach_their_root(run: Run) -> None:
    """Orthogonality in integers bounds from below, a colouring that is summed up bounds from above."""
    root, reached, system = run.clauses("abc")
    bound = run.formula("hadamard_bound")

    def compare(matrix: Matrix) -> None:
        n = len(matrix)
        value, listed = discrepancy.optimal_coloring(matrix).value, least_discrepancy(matrix)
        root.equal(value, listed, H=matrix)
        root.holds(value, ">=", bound(n), H=matrix)
        if (matrix[:, 0] == 1).all():
            halves = set_systems.hadamard_system(matrix)
            system.equal(halves, (matrix + 1) / 2, H=matrix)
            # 2 disc >= sqrt(n), without a root.
            system.holds(4 * discrepancy.optimal_coloring(halves).value ** 2, ">=", n, H=matrix)
            system.holds(4 * least_discrepancy(halves) ** 2, ">=", n, H=matrix)

    for matrix in run.every(small_hadamard(), "every Hadamard matrix of order 1, 2, 4", size=2 + 8 + 768):
        compare(matrix)
    names = [("Sylvester", k) for k in range(5)] + [("Paley", p) for p in (3, 7, 11, 19, 23)]
    for family, parameter in run.every(
        names, "Sylvester's of orders 1 to 16, Paley's of orders 4 to 24", size=10
    ):
        sylvester = family == "Sylvester"
        matrix = (set_systems.sylvester_hadamard if sylvester else set_systems.paley_hadamard)(parameter)
        n = 2**parameter if sylvester else parameter + 1
        inputs = {"family": family, "n": n}
        reached.equal(matrix.T @ matrix, n * np.eye(n, dtype=np.int64), **inputs)
        reached.equal([set(matrix.flat) <= {-1, 1}, set(matrix[:, 0])], [True, {1}], **inputs)
        coloring = discrepancy.optimal_coloring(matrix).signs
        reached.attains(value_of(matrix, coloring), bound(n), coloring=coloring, **inputs)
        halves = set_systems.hadamard_system(matrix)
        found = discrepancy.optimal_coloring(halves)
        system.holds(4 * found.value**2, ">=", n, **inputs)
        system.equal(found.value, value_of(halves, found.signs), **inputs)
        if (family, n) == ("Sylvester", 16):
            system.attains(2 * value_of(halves, found.signs), 4, coloring=found.signs, **inputs)


def small_hadamard() -> Iterator[Matrix]:
    """All Hadamard matrices of orders 1, 2 and 4: column by column, orthogonal to those before."""
    for n in (1, 2, 4):
        columns = all_signs(n)

        def extend(chosen: list[Matrix], n: int = n, columns: Matrix = columns) -> Iterator[Matrix]:
            if len(chosen) == n:
                yield np.array(chosen).T
                return
            for column in columns:
                if all(int(column @ other) == 0 for other in chosen):
                    yield from extend([*chosen, column])

        yield from extend([])


@check("DIS-9")
def projective_planes_reach_their_bound(run: Run) -> None:
    """The planes' axioms in integers; all colourings of the small ones; colourings that are summed up."""
    lower, reached = run.clauses("ab")
    bound = run.formula("projective_plane_bound")
    for q in run.every((2, 3), "all colourings of the planes of order 2 and 3", size=2):
        lower.holds(least_discrepancy(set_systems.projective_plane(q)), ">=", bound(q), q=q)
    for q in run.samples((5, 7, 11), "random colourings of the planes of order 5, 7, 11"):
        plane, size = set_systems.projective_plane(q), q * q + q + 1
        for _ in range(20):
            signs = run.rng.choice([-1, 1], size)
            sums = plane @ signs
            lower.equal(int(sums @ sums), q * size + int(signs.sum()) ** 2, q=q, signs=signs)
            lower.holds(int(np.abs(sums).max()), ">=", bound(q), q=q, signs=signs)
    for q, value in run.every([(2, 3), (3, 2), (5, 4)], "the planes over 2, 3 and 5 elements", size=3):
        plane, size = set_systems.projective_plane(q), q * q + q + 1
        reached.equal(plane.shape, (size, size), q=q)
        reached.equal(plane.T @ plane, q * np.eye(size, dtype=np.int64) + 1, q=q)
        reached.equal(bound(q), value, q=q)
        coloring = discrepancy.optimal_coloring(plane).signs
        reached.attains(value_of(plane, coloring), bound(q), q=q, coloring=coloring)


@check("DIS-10")
def progressions_and_subcubes_have_their_values(run: Run) -> None:
    """Small cases against a list of all colourings; larger ones between monotonicity and a colouring."""
    lines, cubes, parts = run.clauses("abc")
    listed = run.choose(11, 13, 15)
    for n in run.every(range(1, 23), "progressions in [n] for every n up to 22", size=22):
        system = set_systems.arithmetic_progressions(n)
        expected = 1 if n <= 2 else 2 if n <= 8 else 3
        lines.equal(sorted(map(tuple, system.tolist())), progressions(n), n=n)
        coloring = discrepancy.optimal_coloring(system).signs
        lines.equal(value_of(system, coloring), expected, n=n, coloring=coloring)
        if n <= listed:
            lines.equal(least_discrepancy(system), expected, n=n, explanation="of all colourings, the best")
        else:  # what holds in [9] holds in [n]
            padded = {(*row, *[0] * (n - 9)) for row in progressions(9)}
            lines.equal(padded <= set(map(tuple, system.tolist())), True, n=n)
    lines.note(f"from below: all colourings up to n = {listed}; above, the progressions in [9]")
    for d in run.every(range(7), "subcubes of dimension 0 to 6", size=7):
        cube = set_systems.subcubes(d)
        cubes.equal(sorted(map(tuple, cube.tolist())), subcubes(d), d=d)
        by_parity = [(-1) ** sum(corner) for corner in product((0, 1), repeat=d)]
        cubes.equal(value_of(cube, by_parity), 1, d=d, explanation="colouring by parity")
        if d <= 4:
            cubes.equal(discrepancy.optimal_coloring(cube).value, 1, d=d)
    for d, value in run.every([(1, 1), (2, 1), (3, 2)], "subcubes of dimension 1, 2, 3", size=3):
        cube = set_systems.subcubes(d)
        parts.equal(discrepancy.hereditary_discrepancy(cube).value, value, d=d)
        parts.equal(hereditary_by_definition(cube), value, d=d, explanation="all choices of points listed")


def progressions(n: int) -> list[tuple[int, ...]]:
    """Indicators of all progressions in {0, ..., n - 1}, by first term, step and length."""
    found = {
        tuple(int(i in range(a, a + step * length, step)) for i in range(n))
        for a in range(n)
        for step in range(1, n + 1)
        for length in range(1, n + 1)
        if a + step * (length - 1) < n
    }
    return sorted(found)


def subcubes(d: int) -> list[tuple[int, ...]]:
    """Indicators of the faces of the cube: 2 stands for a free coordinate."""
    corners = list(product((0, 1), repeat=d))
    return sorted(
        tuple(int(all(f in (c, 2) for f, c in zip(face, corner, strict=True))) for corner in corners)
        for face in product((0, 1, 2), repeat=d)
    )


def hereditary_by_definition(matrix: Any) -> int:
    """Largest discrepancy of a choice of columns, by listing all of both."""
    rows = np.asarray(matrix)
    n = rows.shape[1]
    return max(
        least_discrepancy(rows[:, list(chosen)])
        for size in range(n + 1)
        for chosen in combinations(range(n), size)
    )
