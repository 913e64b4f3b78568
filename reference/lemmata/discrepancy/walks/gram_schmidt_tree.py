"""The Gram-Schmidt walk by its definition, in rational numbers, with all of its outcomes.

A point z of the cube starts at x. The last coordinate with |z_i| < 1 is the pivot. The walk moves along a
direction u with u_pivot = 1 that changes only fractional coordinates and makes |V u| as small as possible,
forwards or backwards until a coordinate reaches -1 or +1; which way is random, with the probabilities that
keep z a martingale. Where several directions are equally good, the one is taken that is zero outside the
basis: the first maximal set of independent columns among the fractional ones before the pivot.

Each step freezes a coordinate, so the walk is a tree of depth n, and its distribution is a finite table of
rationals: the oracle of the fast walk (DIS-27), and what DIS-24 to DIS-26 are checked on.

Source: N. Bansal, D. Dadush, S. Garg, S. Lovett, The Gram-Schmidt walk: a cure for the Banaszczyk blues,
arXiv:1708.01079; C. Harshaw, F. Sävje, D. Spielman, P. Zhang, arXiv:1911.03071, Algorithm 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata.arrays import as_array
from lemmata.discrepancy.exact_basis import fraction, rational_array
from lemmata.discrepancy.rounding.rationals import rational

MOST_COORDINATES = 20
"""Fractional coordinates that a tree may have: it can have two to that power leaves."""

Column = tuple[Fraction, ...]
Point = tuple[Fraction, ...]


@dataclass(frozen=True)
class ExactStep:
    """What happens at a node: from ``values`` to ``values + up * direction`` or ``values - down *
    direction``.

    The first has probability down / (up + down).
    """

    values: Point
    pivot: int
    basis: tuple[int, ...]
    direction: Point
    up: Fraction
    down: Fraction

    @property
    def probability_up(self) -> Fraction:
        """Probability of the step up."""
        return self.down / (self.up + self.down)

    def child(self, rises: bool) -> Point:
        """The point that the walk moves to."""
        step = self.up if rises else -self.down
        return tuple(z + step * u for z, u in zip(self.values, self.direction, strict=True))


@dataclass(frozen=True, eq=False)
class ExactDistribution:
    """All outcomes of the walk: distinct ``colorings`` (k, n) and their ``probabilities``, which sum to 1."""

    colorings: NDArray[np.int8]
    probabilities: tuple[Fraction, ...]


def gram_schmidt_distribution(vectors: Any, x: Any = None) -> ExactDistribution:
    """The exact distribution of `gram_schmidt_walk`.

    Parameters
    ----------
    vectors : array_like of numbers or fractions, shape (d, n)
        One column per element; doubles are taken as the rationals they are.
    x : array_like of numbers or fractions, shape (n,), optional
        In [-1, 1], zero by default; at most 20 entries may be different from -1 and 1.

    Returns
    -------
    ExactDistribution

    Raises
    ------
    TypeError, ValueError
        For other shapes, entries that are not finite or not numbers, x outside the cube, and a tree that
        is too large.

    Notes
    -----
    Cost: O(2^n) nodes, each with a rational least-squares problem of at most min(n, d) unknowns.

    Examples
    --------
    >>> found = gram_schmidt_distribution([[1, 1]])
    >>> found.colorings.tolist(), [str(p) for p in found.probabilities]
    ([[-1, 1], [1, -1]], ['1/2', '1/2'])
    """
    columns, start = exact_input(vectors, x)
    fractional = sum(abs(z) < 1 for z in start)
    if fractional > MOST_COORDINATES:
        raise ValueError(f"x has too many fractional entries for a tree ({fractional} > {MOST_COORDINATES})")
    table: dict[Point, Fraction] = {}
    nodes = [(start, Fraction(1))]
    while nodes:
        values, probability = nodes.pop()
        step = exact_step(columns, values)
        if step is None:
            table[values] = table.get(values, Fraction(0)) + probability
            continue
        rise = step.probability_up
        nodes += [(step.child(True), probability * rise), (step.child(False), probability * (1 - rise))]
    outcomes = sorted(table.items())
    colorings = np.array([[int(z) for z in values] for values, _ in outcomes], dtype=np.int8)
    return ExactDistribution(
        colorings.reshape(len(outcomes), len(start)), tuple(probability for _, probability in outcomes)
    )


def exact_walk(vectors: Any, x: Any, uniforms: Sequence[float]) -> list[ExactStep]:
    """The path that the walk takes with the given random numbers in [0, 1), one per step.

    Step k goes up if ``uniforms[k] < probability_up``, the rule of `gram_schmidt_walk`.

    Examples
    --------
    >>> [str(step.child(True)[1]) for step in exact_walk([[1, 2]], [0, 0], [0.0])]
    ['1/2']
    """
    columns, values = exact_input(vectors, x)
    path = []
    for uniform in uniforms:
        step = exact_step(columns, values)
        if step is None:
            break
        path.append(step)
        values = step.child(Fraction(uniform) < step.probability_up)
    return path


def exact_step(columns: Sequence[Column], values: Point) -> ExactStep | None:
    """The step from a point, or None if it is a vertex of the cube."""
    alive = [i for i, z in enumerate(values) if abs(z) < 1]
    if not alive:
        return None
    pivot = alive.pop()
    basis = first_basis(columns, alive)
    direction = [Fraction(0)] * len(values)
    direction[pivot] = Fraction(1)
    for i, weight in zip(basis, _least_squares(columns, basis, columns[pivot]), strict=True):
        direction[i] = -weight
    moving = [(z, u) for z, u in zip(values, direction, strict=True) if u]
    up = min(((1 if u > 0 else -1) - z) / u for z, u in moving)
    down = min((z + (1 if u > 0 else -1)) / u for z, u in moving)
    return ExactStep(values, pivot, tuple(basis), tuple(direction), up, down)


def first_basis(columns: Sequence[Column], candidates: Sequence[int]) -> list[int]:
    """The candidates that are independent of the candidates before them."""
    echelon: list[tuple[int, Column]] = []  # place of the leading 1, and the reduced column
    basis = []
    for i in candidates:
        rest = columns[i]
        for place, row in echelon:
            if rest[place]:
                factor = rest[place]
                rest = tuple(a - factor * b for a, b in zip(rest, row, strict=True))
        leading = next((place for place, entry in enumerate(rest) if entry), None)
        if leading is not None:
            echelon.append((leading, tuple(entry / rest[leading] for entry in rest)))
            basis.append(i)
    return basis


def _least_squares(columns: Sequence[Column], basis: Sequence[int], target: Column) -> list[Fraction]:
    """Weights w that minimise |target - sum_i w_i columns_i| over independent columns: normal equations."""
    if not basis:
        return []
    from flint import fmpq_mat  # noqa: PLC0415 - python-flint loads only where it is used

    def inner_products(others: Sequence[Column]) -> Any:
        """With each column of the basis, one row for each."""
        products = [
            sum((p * q for p, q in zip(columns[i], b, strict=True)), Fraction(0))
            for i in basis
            for b in others
        ]
        return fmpq_mat(len(basis), len(others), rational_array(products).tolist())

    solution = inner_products([columns[j] for j in basis]).solve(inner_products([target]))
    return [fraction(weight) for weight in solution.entries()]


def exact_input(vectors: Any, x: Any) -> tuple[list[Column], Point]:
    """Columns and starting point as rationals.

    Raises
    ------
    TypeError, ValueError
        As `gram_schmidt_distribution`.
    """
    matrix = as_array("vectors", vectors)
    if matrix.ndim != 2:
        raise ValueError(f"vectors must have 2 dimension(s) (got shape {matrix.shape})")
    point = np.zeros(matrix.shape[1]) if x is None else as_array("x", x)
    if point.shape != (matrix.shape[1],):
        raise ValueError(f"x must have one entry per column of vectors (got shape {point.shape})")
    columns = [
        tuple(rational("vectors", (i, j), entry) for i, entry in enumerate(column))
        for j, column in enumerate(matrix.T.tolist())
    ]
    values = tuple(rational("x", (i,), entry) for i, entry in enumerate(point.tolist()))
    for i, z in enumerate(values):
        if abs(z) > 1:
            raise ValueError(f"x must be in [-1, 1] (x[{i}] = {z})")
    return columns, values
