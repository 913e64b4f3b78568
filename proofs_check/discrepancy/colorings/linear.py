"""Linear discrepancy by code of its own: vertices of polyhedra, grids, determinants (DIS-17, DIS-19)."""

from fractions import Fraction
from itertools import combinations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


def corners(n: int) -> Integers:
    """All of {0, 1}^n, one per row."""
    return np.array(list(product((0, 1), repeat=n)), dtype=np.int64).reshape(1 << n, n)


def nearest_corner(matrix: Any, w: tuple[Fraction, ...]) -> Fraction:
    """Min over x in {0,1}^n of max_i |(A (w - x))_i|, from the definition."""
    rows = np.asarray(matrix).tolist()
    distances: list[Fraction] = [
        max(abs(sum((v * (a - b) for v, a, b in zip(row, w, x, strict=True)), Fraction(0))) for row in rows)
        for x in product((0, 1), repeat=len(w))
    ]
    return min(distances)


def determinant(stack: Integers) -> Integers:
    """Determinants of a stack (count, k, k) of small integer matrices, by expansion along the first row."""
    k = stack.shape[-1]
    if k == 1:
        return np.asarray(stack[:, 0, 0])
    minors = (np.delete(stack[:, 1:], j, axis=2) for j in range(k))
    return np.asarray(sum((-1) ** j * stack[:, 0, j] * determinant(minor) for j, minor in enumerate(minors)))


def linear_by_vertices(matrix: Any) -> Fraction:
    """The largest distance to the nearest corner over the vertices of all polyhedra of DIS-19's proof.

    These are (w, theta) with sigma a_i (w - x) = theta and w_j = 0 or 1, n + 1 of these equations at a time;
    each system is solved by Cramer's rule, and w judged by the definition.
    """
    rows = np.asarray(matrix, dtype=np.int64)
    n = rows.shape[1]
    equations = {(*unit, 0, end) for unit in np.eye(n, dtype=int).tolist() for end in (0, 1)}
    for row in rows.tolist():
        for sigma, x in product((1, -1), corners(n).tolist()):
            signed = [sigma * v for v in row]
            equations.add((*signed, -1, sum(v * b for v, b in zip(signed, x, strict=True))))
    table = np.array(sorted(equations), dtype=np.int64)
    chosen = np.array(list(combinations(range(len(table)), n + 1)), dtype=np.intp)
    systems = table[chosen]
    below = determinant(systems[:, :, :-1])
    systems, below = systems[below != 0], below[below != 0]
    above = []
    for j in range(n):  # the right-hand side in place of column j
        replaced = systems[:, :, :-1].copy()
        replaced[:, :, j] = systems[:, :, -1]
        above.append(determinant(replaced))
    points = np.stack(above, axis=-1) * np.sign(below)[:, None]
    denominators = np.abs(below)
    inside = ((points >= 0) & (points <= denominators[:, None])).all(axis=1)
    return largest_distance(rows, points[inside], denominators[inside])


def largest_distance(rows: Integers, points: Integers, denominators: Integers) -> Fraction:
    """Max over points / denominators of the distance to the nearest corner."""
    sums = points @ rows.T
    nearest = np.full(len(points), 2**60)
    for x in corners(rows.shape[1]):
        gap = np.abs(sums - denominators[:, None] * (rows @ x)).max(axis=1)
        nearest = np.minimum(nearest, gap)
    best: dict[int, int] = {}
    for denominator in np.unique(denominators).tolist():
        best[denominator] = int(nearest[denominators == denominator].max())
    return max(Fraction(value, denominator) for denominator, value in best.items())


def largest_on_grid(matrix: Any, denominator: int) -> Fraction:
    """Max over the points of the cube with this denominator of the distance to the nearest corner."""
    rows = np.asarray(matrix, dtype=np.int64)
    line = range(denominator + 1)
    points = np.array(list(product(line, repeat=rows.shape[1])), dtype=np.int64)
    return largest_distance(rows, points, np.full(len(points), denominator))


def possible_denominators(matrix: Any) -> list[int]:
    """DIS-19's set, without divisors of others: their grids are parts of the others' grids."""
    rows = np.asarray(matrix, dtype=np.int64)
    n = rows.shape[1]
    ones = np.ones((len(rows), 1), dtype=np.int64)
    units = np.hstack([np.eye(n, dtype=np.int64), np.zeros((n, 1), dtype=np.int64)])
    equations = np.vstack([np.hstack([rows, ones]), np.hstack([rows, -ones]), units])
    chosen = np.array(list(combinations(range(len(equations)), n + 1)), dtype=np.intp)
    found = {int(v) for v in np.abs(determinant(equations[chosen]))} - {0}
    return sorted(v for v in found if not any(w > v and w % v == 0 for w in found))
