"""Vectors of bounded length: Komlos' conjecture, and Banaszczyk's bound (DIS-15, DIS-16)."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations_with_replacement, product
from math import comb, erf, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, ndtri

from lemmata import discrepancy
from lemmata.claims import Run, check
from lemmata.discrepancy import set_systems
from lemmata.discrepancy.colorings import system_bounds

from .systems import all_signs, least_discrepancy, value_of

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
        largest.equal([found.value, value_of(matrix, found.signs)], [value, value], vectors=matrix)
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
        value = float(value_of(matrix, found.signs)) / length
        cube.holds(value, "<=", system_bounds.banaszczyk_bound(d), family=name, vectors=matrix)
        if matrix.shape[1] <= 10:
            least = least_discrepancy(matrix)
            cube.equal(value_of(matrix, found.signs), least, family=name, vectors=matrix)
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
        coloring = discrepancy.optimal_coloring(integers).signs
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
