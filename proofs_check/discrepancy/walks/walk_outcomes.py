"""All outcomes of the Gram-Schmidt walk, exactly and in doubles, and the linear algebra of their moments.

Means, covariances, projections and definiteness are computed here, in fractions, from tables of outcomes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lemmata import discrepancy

Rows = list[list[Fraction]]
Point = list[Fraction]


@dataclass(frozen=True)
class Outcomes:
    """Signs and their probabilities, which may come more than once; and the longest path's steps."""

    signs: list[list[int]]
    probabilities: list[Any]
    longest: int

    def mean(self) -> list[Any]:
        """Of the signs, coordinate by coordinate."""
        pairs = list(zip(self.signs, self.probabilities, strict=True))
        return [sum(p * y[i] for y, p in pairs) for i in range(len(self.signs[0]))]


def as_vectors(rows: Rows, n: int) -> NDArray[Any]:
    """The matrix as an array of objects."""
    vectors = np.empty((len(rows), n), dtype=object)
    for i, row in enumerate(rows):
        vectors[i, :] = row
    return vectors


def outcomes(rows: Rows, x: Point) -> Outcomes:
    """The exact distribution."""
    point = np.empty(len(x), dtype=object)
    point[:] = x
    found = discrepancy.gram_schmidt_distribution(as_vectors(rows, len(x)), point)
    return Outcomes(found.colorings.tolist(), list(found.probabilities), 0)


class _Scripted(np.random.Generator):
    """Random numbers that say which way to go at each step: 0 up, almost 1 down; down after the script."""

    def __init__(self, script: Sequence[bool]) -> None:
        super().__init__(np.random.PCG64(0))
        self._script = script

    def random(self, size: Any = None, *_: Any, **__: Any) -> Any:
        """As many as asked for."""
        numbers = np.full(size, 1 - 2.0**-53)
        ways = np.array(self._script[:size], dtype=bool)
        numbers[: len(ways)][ways] = 0.0
        return numbers


def outcomes_in_doubles(rows: Rows, x: Point, order: Literal["given", "random"] = "given") -> Outcomes:
    """The distribution of `gram_schmidt_walk`: every path is taken, with the chances that it reports.

    In a random order, for one permutation: the scripted generator draws the same each time. The signs are
    those of the walk without a trace; the trace tells the chances of the same path.
    """
    vectors, start = as_vectors(rows, len(x)).astype(float), np.array(x, dtype=float)
    signs, probabilities, longest = [], [], 0
    scripts: list[list[bool]] = [[]]
    while scripts:
        script = scripts.pop()
        trace: list[discrepancy.GramSchmidtStep] = []
        discrepancy.gram_schmidt_walk(vectors, start, rng=_Scripted(script), order=order, trace=trace)
        found = discrepancy.gram_schmidt_walk(vectors, start, rng=_Scripted(script), order=order)
        chance = 1.0
        for step in trace:
            chance *= (step.down if step.rises else step.up) / (step.up + step.down)
        signs.append(found.tolist())
        probabilities.append(chance)
        longest = max(longest, len(trace))
        scripts += [[*script, *[False] * k, True] for k in range(len(trace) - len(script))]
    return Outcomes(signs, probabilities, longest)


def times(rows: Rows, vector: Sequence[Fraction | int]) -> Point:
    """Matrix times vector."""
    return [sum((a * b for a, b in zip(row, vector, strict=True)), Fraction(0)) for row in rows]


def covariance(points: list[Point], probabilities: list[Fraction], mean: Point) -> Rows:
    """Sum of p (z - mean)(z - mean)^T."""
    size = len(mean)
    total = [[Fraction(0)] * size for _ in range(size)]
    for point, p in zip(points, probabilities, strict=True):
        off = [z - mu for z, mu in zip(point, mean, strict=True)]
        for i in range(size):
            for j in range(size):
                total[i][j] += p * off[i] * off[j]
    return total


def projection(rows: Rows) -> Rows:
    """Orthogonal projection onto the columns' span: a sum over an orthogonal basis, by Gram and Schmidt."""
    d = len(rows)
    result = [[Fraction(0)] * d for _ in range(d)]
    orthogonal: list[Point] = []
    for column in zip(*rows, strict=True):
        rest = list(column)
        for q in orthogonal:
            factor = sum(a * b for a, b in zip(rest, q, strict=True)) / sum(b * b for b in q)
            rest = [a - factor * b for a, b in zip(rest, q, strict=True)]
        square = sum(a * a for a in rest)
        if square:
            orthogonal.append(rest)
            for i in range(d):
                for j in range(d):
                    result[i][j] += rest[i] * rest[j] / square
    return result


def is_semidefinite(matrix: Rows) -> bool:
    """Whether a symmetric matrix is positive semidefinite, by L D L^T."""
    a = [row.copy() for row in matrix]
    for k in range(len(a)):
        if a[k][k] < 0:
            return False
        if a[k][k] == 0:
            if any(a[k][j] for j in range(k + 1, len(a))):
                return False
            continue
        for i in range(k + 1, len(a)):
            factor = a[i][k] / a[k][k]
            if factor:
                for j in range(k, len(a)):
                    a[i][j] -= factor * a[k][j]
    return True


def minus(a: Rows, b: Rows) -> Rows:
    """Difference of two matrices."""
    return [[p - q for p, q in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]


def matmul(a: Rows, b: Rows) -> Rows:
    """Product of two square matrices."""
    columns = [list(column) for column in zip(*b, strict=True)]
    return [times(columns, row) for row in a]
