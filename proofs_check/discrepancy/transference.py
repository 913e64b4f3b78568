"""Unit vectors, linear and hereditary discrepancy, determinants (DIS-15 to DIS-19)."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, permutations, product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from lemmata import discrepancy
from lemmata.claims import Evidence, Run, Verdict, Witness, check, refuted
from lemmata.discrepancy import set_systems, system_bounds

from .systems import least_discrepancy, value_of


@check("DIS-15")
def unit_vectors_have_small_discrepancy(run: Run) -> Verdict:
    """Exact optima of vectors of equal length; the largest ratio to that length is reported, not judged."""
    cases = 0
    best = Fraction(0)
    record: NDArray[np.int64] = np.zeros((0, 0), dtype=np.int64)
    for matrix in equal_lengths(run):
        cases += 1
        found = discrepancy.optimal_coloring(matrix)
        value = least_discrepancy(matrix)
        if found.value != value or value_of(matrix, found.coloring) != value:
            inputs = {"vectors": matrix.tolist(), "coloring": found.coloring.tolist()}
            return refuted(cases, Witness(inputs, value, found.value, "discrepancy, by all colourings"))
        square = Fraction(value * value, int((matrix[:, 0] ** 2).sum()))
        if square > best:
            best, record = square, matrix
    return Verdict(
        Evidence.OUT_OF_REACH,
        f"checked: the optimum of {cases} families of vectors of equal length, by listing all colourings",
        cases,
        measured=f"largest ratio sqrt({best}) = {float(best) ** 0.5:.4f}",
        bound="some constant",
        notes=[
            f"the columns of {record.tolist()} attain the largest ratio found",
            "no finite computation decides the conjecture; a lower bound on the constant is all it can give",
        ],
    )


def equal_lengths(run: Run) -> Iterator[NDArray[np.int64]]:
    """Every multiset of up to 4 vectors over -1, 0, 1 with as many nonzero entries in up to 4 dimensions."""
    for d, weight, most in ((2, 2, 4), (3, 2, 4), (3, 3, 4), (4, 3, run.choose(4, 4, 5))):
        vectors = [v for v in product((-1, 0, 1), repeat=d) if sum(map(abs, v)) == weight]
        halves = [v for v in vectors if next(entry for entry in v if entry) > 0]
        for n in range(1, most + 1):
            for chosen in combinations_with_replacement(halves, n):
                yield np.array(chosen, dtype=np.int64).T


@check("DIS-16")
def optimal_signs_keep_banaszczyks_bound(run: Run) -> Verdict:
    """Exact optima of random and structured vectors against the bound with the constant 5."""
    cases = 0
    closest = 0.0
    for name, matrix in vector_families(run):
        cases += 1
        d = matrix.shape[0]
        found = discrepancy.optimal_coloring(matrix)
        value = value_of(matrix, found.coloring)
        length = float((matrix.astype(np.float64) ** 2).sum(axis=0).max()) ** 0.5
        # [-c, c]^d has Gaussian measure one half.
        c = float(ndtri((1 + 0.5 ** (1 / d)) / 2))
        ratio = float(value) / (5 * c * length)
        closest = max(closest, ratio)
        formula = system_bounds.banaszczyk_bound(d)
        if ratio > 1 or abs(formula - 5 * c) > 1e-9:
            inputs = {"family": name, "d": d, "n": matrix.shape[1], "coloring": found.coloring.tolist()}
            return refuted(cases, Witness(inputs, f"at most 5 c = {5 * c:.4f}", float(value) / length))
    return Verdict(
        Evidence.CONSISTENT,
        f"{cases} families of up to 16 vectors in up to 16 dimensions",
        cases,
        measured=closest,
        bound=1.0,
        relation="<=",
        notes=["measured: optimum over the bound, largest; the proof is not constructive here"],
    )


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


def hereditary_by_definition(matrix: Any) -> int:
    """Largest discrepancy of a choice of columns, by listing all of both."""
    rows = np.asarray(matrix)
    n = rows.shape[1]
    return max(
        least_discrepancy(rows[:, list(chosen)])
        for size in range(1, n + 1)
        for chosen in combinations(range(n), size)
    )


def small_systems(run: Run) -> Iterator[NDArray[np.int64]]:
    """Systems on up to 3 points; on 4 points up to relabelling, which changes no discrepancy."""
    yield from set_systems.all_systems(1)
    yield from set_systems.all_systems(2)
    yield from set_systems.all_systems(3)
    for sets in range(1, run.choose(3, 4, 15) + 1):
        yield from set_systems.systems_up_to_relabelling(4, sets)


@check("DIS-17")
def linear_is_at_most_hereditary(run: Run) -> Verdict:
    """Exact linear discrepancy against hereditary discrepancy from the definition; rounding bit by bit."""
    cases = 0
    largest = Fraction(0)
    shares: dict[int, Fraction] = {}
    for matrix in small_systems(run):
        cases += 1
        n = matrix.shape[1]
        hereditary = hereditary_by_definition(matrix)
        linear = discrepancy.linear_discrepancy(matrix)
        bits = int(run.rng.integers(1, 9))
        x = [Fraction(int(v), 2**bits) for v in run.rng.integers(0, 2**bits + 1, n)]
        found = discrepancy.round_by_bits(np.array(x), matrix)
        error = rounding_error(matrix, x, found.values.tolist())
        limit = hereditary * (1 - Fraction(1, 2**bits))
        share = linear.value / hereditary
        largest, shares[n] = max(largest, share), max(shares.get(n, Fraction(0)), share)
        if linear.value > hereditary or not error == found.error <= found.bound <= limit:
            inputs = {"vectors": matrix.tolist(), "x": list(map(str, x)), "rounded": found.values.tolist()}
            said = [str(linear.value), str(error), str(found.error), str(found.bound)]
            wanted = f"at most {hereditary}; errors at most {limit}"
            return refuted(cases, Witness(inputs, wanted, said, "lindisc, error, reported error and bound"))
        if system_bounds.bit_rounding_bound(hereditary, bits) != limit:
            return refuted(cases, Witness({"bits": bits}, str(limit), "another bound"))
    spencer = {n: f"{s} of {1 - Fraction(1, n + 1)}" for n, s in shares.items()}
    return Verdict(
        Evidence.VERIFIED,
        f"every set system on up to 3 points, on 4 points with up to {run.choose(3, 4, 15)} sets up to "
        "relabelling; one random vector of up to 8 bits rounded for each",
        cases,
        measured=largest,
        bound=1,
        relation="<=",
        notes=[
            "measured: largest linear over hereditary discrepancy",
            f"by number of points, beside the conjectured 1 - 1/(n + 1): {spencer}",
        ],
    )


def rounding_error(matrix: Any, x: list[Fraction], values: list[int]) -> Fraction:
    """max_i |(A (x - values))_i|, and a large number if some value is neither 0 nor 1."""
    if not set(values) <= {0, 1}:
        return Fraction(10**9)
    rows: list[list[int]] = np.asarray(matrix).tolist()
    gaps = [a - b for a, b in zip(x, values, strict=True)]
    return max(abs(sum((v * g for v, g in zip(row, gaps, strict=True)), Fraction(0))) for row in rows)


@check("DIS-18")
def determinants_bound_hereditary_discrepancy(run: Run) -> Verdict:
    """Determinants by Leibniz' formula and hereditary discrepancies from the definition, in integers."""
    cases = 0
    closest = 0.0
    for matrix in small_systems(run):
        cases += 1
        hereditary = hereditary_by_definition(matrix)
        found = discrepancy.determinant_bound(matrix)
        exact = discrepancy.hereditary_discrepancy(matrix)
        minor = leibniz(matrix[np.ix_(found.rows, found.columns)].tolist())
        inputs = {"vectors": matrix.tolist()}
        if exact.value != hereditary or least_discrepancy(matrix[:, list(exact.columns)]) != hereditary:
            said = [exact.value, exact.columns]
            return refuted(cases, Witness(inputs, hereditary, said, "hereditary discrepancy, columns"))
        above = (2 * hereditary) ** found.order
        if minor != found.determinant or above < abs(minor) or not found.allows(hereditary):
            said = [found.order, found.determinant, minor]
            wanted = f"|det| at most (2 herdisc)^k = {above}"
            return refuted(cases, Witness(inputs, wanted, said, "order, determinant, by Leibniz"))
        best = largest_minor_root(matrix) if cases <= run.choose(150, 600, 3_000) else None
        if best is not None and abs(found.value - best / 2) > 1e-9:
            return refuted(cases, Witness(inputs, best / 2, found.value, "a larger root exists"))
        closest = max(closest, found.value / hereditary)
    return Verdict(
        Evidence.VERIFIED,
        "every set system on up to 3 points, on 4 points with up to "
        f"{run.choose(3, 4, 15)} sets up to relabelling",
        cases,
        measured=closest,
        bound=1.0,
        relation="<=",
        notes=["measured: largest determinant bound over hereditary discrepancy; judged by integer powers"],
    )


def leibniz(rows: list[list[int]]) -> int:
    """The determinant as a signed sum over permutations."""
    n = len(rows)
    total = 0
    for image in permutations(range(n)):
        inversions = sum(image[i] > image[j] for i, j in combinations(range(n), 2))
        total += (-1) ** inversions * prod(rows[i][image[i]] for i in range(n))
    return total


def largest_minor_root(matrix: NDArray[np.int64]) -> float:
    """Max |det B|^(1/k) over all square submatrices."""
    d, n = matrix.shape
    roots = [
        np.float_power(abs(leibniz(matrix[np.ix_(rows, columns)].tolist())), 1 / k)
        for k in range(1, min(d, n) + 1)
        for rows in combinations(range(d), k)
        for columns in combinations(range(n), k)
    ]
    return float(max(roots))


@check("DIS-19")
def linear_discrepancy_is_found_on_a_grid(run: Run) -> Verdict:
    """The worst vector re-evaluated; every other vector covered by small boxes; intervals' known values."""
    cases = 0
    widest = Fraction(0)
    matrices: list[NDArray[np.int64]] = [*set_systems.all_systems(1), *set_systems.all_systems(2)]
    matrices += [m for m in set_systems.all_systems(3) if len(m) <= run.choose(3, 7, 7)]
    matrices += [np.array(e, dtype=np.int64).reshape(2, 2) for e in product((-1, 0, 1, 2), repeat=4)]
    cells = run.choose(16, 32, 64)
    for matrix in matrices:
        cases += 1
        found = discrepancy.linear_discrepancy(matrix)
        value = nearest_corner(matrix, found.worst)
        reach = Fraction(int(np.abs(matrix).sum(axis=1).max()), 2 * cells)
        above = largest_on_grid(matrix, cells) + reach
        coarse = max(largest_on_grid(matrix, c, centres=False) for c in range(1, 9))
        widest = max(widest, above - found.value)
        if value != found.value or not coarse <= found.value <= above:
            inputs = {"vectors": matrix.tolist(), "w": list(map(str, found.worst))}
            wanted = f"in [{max(value, coarse)}, {above}]"
            return refuted(cases, Witness(inputs, wanted, str(found.value), "linear discrepancy"))
    for n in range(1, run.choose(3, 4, 4) + 1):
        cases += 1
        found = discrepancy.linear_discrepancy(set_systems.intervals(n))
        if found.value != Fraction(n, n + 1):
            witness = Witness({"system": "intervals", "n": n}, f"{n}/{n + 1}", str(found.value))
            return refuted(cases, witness)
    return Verdict(
        Evidence.VERIFIED,
        "every set system on 1 and 2 points, on 3 points with up to "
        f"{run.choose(3, 7, 7)} sets, every 2 x 2 matrix over -1, 0, 1, 2; intervals",
        cases,
        measured=widest,
        bound=Fraction(8, cells),
        relation="<=",
        notes=[
            f"measured: gap between the value and a bound for all vectors, by boxes of side 1/{cells}",
            "no grid of denominator up to 8 has a worse vector; intervals have the known value n/(n + 1)",
        ],
    )


def nearest_corner(matrix: Any, w: tuple[Fraction, ...]) -> Fraction:
    """Min over x in {0,1}^n of max_i |(A (w - x))_i|, from the definition."""
    return min(rounding_error(matrix, list(w), list(x)) for x in product((0, 1), repeat=len(w)))


def largest_on_grid(matrix: NDArray[np.int64], cells: int, *, centres: bool = True) -> Fraction:
    """Largest distance to the nearest corner over the centres (or corners) of all boxes of side 1/cells."""
    n = matrix.shape[1]
    line = np.arange(1, 2 * cells, 2) if centres else np.arange(0, 2 * cells + 1, 2)
    points = np.array(list(product(line.tolist(), repeat=n)), dtype=np.int64)
    sums = points @ matrix.T
    nearest = np.full(len(points), 2**60)
    for x in product((0, 1), repeat=n):
        image = 2 * cells * (matrix @ np.array(x, dtype=np.int64))
        nearest = np.minimum(nearest, np.abs(sums - image).max(axis=1))
    return Fraction(int(nearest.max()), 2 * cells)
