"""Partial colourings by walking on the edges of a polytope, after Lovett and Meka.

Problem: from x in [-1, 1]^n, freeze half the coordinates at -1 or +1 while every <a_j, y> stays within
lambda_j |a_j| of <a_j, x>.

Idea: walk at random inside the polytope that these inequalities and the cube cut out. On reaching a face,
stay in it: from then on every step is orthogonal to the face's normal. The thresholds are wide enough that
few of them are ever reached, and the walk has to end up somewhere, so it ends in many faces of the cube
(DIS-21).

The paper's walk takes Gaussian steps of length gamma and stops a distance delta short of the faces, with
gamma = O(delta / sqrt(log(mn/delta))), so that with high probability no step leaves the polytope. Here a step
goes up or down a random line with equal probability, and is shortened, in both directions alike, to what the
polytope allows. So no step ever leaves it, faces are reached exactly, the walk is a martingale, and 8 (n + 1)
steps suffice: the proof needs no delta.

Source: S. Lovett, R. Meka, Constructive discrepancy minimization by walking on the edges, arXiv:1203.5747,
Theorem 4; the symmetric shortened steps and their analysis are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.arrays import as_array, real_array
from lemmata.discrepancy.set_systems import LARGEST
from lemmata.discrepancy.walks.walk_bounds import (
    PATH_VARIANCE,
    edge_walk_steps,
    edge_walk_success_probability,
)
from lemmata.discrepancy.walks.walk_inputs import Floats, as_point_of_cube, as_vector
from lemmata.options import random_numbers, whole_number
from lemmata.tracing import Trace, emit

SMALLEST_THRESHOLD = 1e-9
"""Thresholds below this are kept up to this: a double cannot promise that a sum is exactly zero."""

_MARGIN = 1e-10  # the walk stays this much inside each threshold, so that rounding cannot carry it across
BLOCK = 64  # terms that are summed one after the other: sums of sums are off by less
_SNAP = 1e-13  # a coordinate this close to its bound has reached it
_DEPENDENT = (
    1e-13  # a unit normal with less beside the basis is in its span: it then moves by less than _MARGIN
)
_LEFT = 1e-6  # of a draw with less left in the face, what is left is largely what rounding made


@dataclass(frozen=True, eq=False)
class EdgeStep:
    """One step of the walk: ``values`` after it, and how many cube faces and rows are tight.

    ``shortened`` says whether the polytope allowed less than the full step length.
    """

    values: Floats
    frozen: int
    tight_rows: int
    shortened: bool


@dataclass(frozen=True, eq=False)
class PartialColoring:
    """A point of the cube with many coordinates at -1 or +1.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n,)
        In [-1, 1]; frozen coordinates are exactly -1.0 or 1.0.
    frozen : numpy.ndarray of intp
        Indices of the coordinates at -1 or +1, ascending.
    deviations : numpy.ndarray of float64, shape (m,)
        Upper bounds on |<a_j, y - x>| / |a_j|, with the rounding of their own computation included.
    limits : numpy.ndarray of float64, shape (m,)
        max(lambda_j, 1e-9); ``deviations <= limits`` was checked when the object was made.
    steps : int
        Steps that the walk was given.
    success_probability : float
        A proved lower bound on the probability of freezing at least n/2 coordinates; 0 if the hypothesis on
        the thresholds is missed by too much (DIS-21).
    """

    values: Floats
    frozen: NDArray[np.intp]
    deviations: Floats
    limits: Floats
    steps: int
    success_probability: float

    @property
    def succeeded(self) -> bool:
        """Whether at least half the coordinates are frozen."""
        return 2 * len(self.frozen) >= len(self.values)


def lovett_meka(
    x: ArrayLike,
    constraints: ArrayLike,
    thresholds: ArrayLike,
    *,
    steps: int | None = None,
    rng: np.random.Generator | int | None = None,
    trace: Trace = None,
) -> PartialColoring:
    """Freeze many coordinates of x while every row of constraints keeps its value up to its threshold.

    Parameters
    ----------
    x : array_like, shape (n,)
        Starting point in [-1, 1]^n. Coordinates at -1 or +1 never move.
    constraints : array_like, shape (m, n)
        Rows a_j, of any scale. Rows may be zero, repeated or dependent.
    thresholds : array_like, shape (m,)
        lambda_j >= 0, in units of the row's norm. Infinity is allowed and means no constraint.
    steps : int, optional
        Length of the walk, 8 (n + 1) by default. More steps raise the proved probability up to 1/2; fewer
        make the steps longer, and the guarantee weaker.
    rng : numpy.random.Generator, int or None
        Randomness, passed to `numpy.random.default_rng`.
    trace : list or callable, optional
        Receives an `EdgeStep` per step.

    Returns
    -------
    PartialColoring
        y in [-1, 1]^n with |<a_j, y - x>| <= max(lambda_j, 1e-9) |a_j| for every j, always. If
        sum_j exp(-lambda_j^2/16) <= n/16, at least n/2 coordinates are frozen with probability at least 1/4
        (DIS-21); ask ``.succeeded`` and call again if it did not happen. E[y] = x.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or steps is not an integer.
    ValueError
        For shapes that do not fit, x outside the cube, a negative threshold, NaN, an infinite entry, steps <
        1.
    ArithmeticError
        If rounding carried the walk across a threshold, which is checked before anything is returned.

    Notes
    -----
    Cost: 8 (n + 1) steps of O(n (n + m)) operations; memory: n^2 numbers besides the rows, so that n above
    32768 is refused.

    Examples
    --------
    >>> rows = [[1.0, 1.0, 1.0, 1.0], [1.0, -1.0, 1.0, -1.0]]
    >>> found = lovett_meka([0.0] * 4, rows, [3.0, 3.0], rng=1)
    >>> found.succeeded, bool((found.deviations <= 3.0).all())
    (True, True)
    """
    rows = real_array("constraints", constraints, dimensions=2)
    m, n = rows.shape
    start = as_point_of_cube("x", x, n, "column of constraints")
    if n * n > LARGEST:
        raise ValueError(f"constraints has too many columns: the walk keeps n^2 numbers (n = {n} > 32768)")
    limits = _checked_thresholds(thresholds, m)
    steps = _checked_steps(steps, n)
    generator = random_numbers(rng)
    unit = _unit_rows(rows)
    values = _walk(start, unit, np.maximum(limits - _MARGIN, 0.0), steps, generator, trace)
    deviations = _deviations(unit, values, start)
    limits = np.maximum(limits, SMALLEST_THRESHOLD)
    over = np.flatnonzero(~(deviations <= limits))
    if len(over):
        j = int(over[0])
        raise ArithmeticError(f"rounding moved constraints[{j}] by {deviations[j]:g} > {limits[j]:g} norms")
    return PartialColoring(
        values,
        np.flatnonzero(np.abs(values) == 1),
        deviations,
        limits,
        steps,
        edge_walk_success_probability(n, steps, np.maximum(limits - _MARGIN, 0.0).tolist()),
    )


def _walk(
    start: Floats, unit: Floats, limits: Floats, steps: int, rng: np.random.Generator, trace: Trace
) -> Floats:
    m, n = unit.shape
    values = start.copy()
    moved = np.zeros(m)  # <a_j, values - start> for unit rows
    length = np.sqrt(PATH_VARIANCE / steps)
    frozen = np.abs(values) == 1
    # A zero row forbids nothing and an infinite threshold neither.
    tight = ~unit.any(axis=1)
    normals = _Normals(n)
    normals.add_coordinates(np.flatnonzero(frozen))
    normals.add_rows(unit, np.flatnonzero(~tight & (limits <= 0)))
    tight |= limits <= 0
    for _ in range(steps):
        dimension = n - normals.count
        if dimension == 0:
            break
        direction = _random_direction(normals, frozen, rng)
        direction *= np.sqrt(dimension)
        slopes = unit @ direction
        reach = _reach(values, direction, moved, slopes, limits, tight)
        step = min(length, reach) * (1 if rng.random() < 0.5 else -1)
        values = np.clip(values + step * direction, -1, 1)
        if reach <= length:
            hit = ~frozen & (1 - np.abs(values) <= _SNAP)
            values[hit] = np.sign(values[hit])
            moved = unit @ (values - start)
            crossed = ~tight & (limits - np.abs(moved) <= _SNAP)
            normals.add_coordinates(np.flatnonzero(hit))
            normals.add_rows(unit, np.flatnonzero(crossed))
            frozen |= hit
            tight |= crossed
        else:
            moved += step * slopes
        if trace is not None:
            tight_rows = int(tight.sum())
            emit(trace, EdgeStep(values.copy(), int(frozen.sum()), tight_rows, bool(reach <= length)))
    return values


def _random_direction(normals: _Normals, frozen: NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    """A unit vector orthogonal to all normals, all of them equally likely.

    What is left of a normal vector in this space has a direction that is independent of both parts' lengths:
    to draw again where little is left changes no probabilities.
    """
    while True:
        drawn = np.asarray(rng.standard_normal(len(frozen)))
        direction = normals.project(drawn)
        direction[frozen] = 0.0
        norm = np.linalg.norm(direction)
        if norm > _LEFT * np.linalg.norm(drawn):
            return np.asarray(direction / norm)


def _reach(
    values: Floats,
    direction: Floats,
    moved: Floats,
    slopes: Floats,
    limits: Floats,
    tight: NDArray[np.bool_],
) -> float:
    """The longest step along the direction (zero where frozen) that the polytope allows both ways."""
    with np.errstate(over="ignore"):  # a quotient that overflows to infinity forbids nothing
        cube = np.divide(
            1 - np.abs(values), np.abs(direction), out=np.full(len(values), np.inf), where=direction != 0
        )
        rows = np.divide(
            limits - np.abs(moved),
            np.abs(slopes),
            out=np.full(len(moved), np.inf),
            where=~tight & (slopes != 0),
        )
    return float(min(cube.min(), rows.min(initial=np.inf)))


class _Normals:
    """An orthonormal basis of the normals of the faces that the walk is in."""

    def __init__(self, n: int) -> None:
        self._basis = np.zeros((n, n))
        self.count = 0

    def project(self, vector: Floats) -> Floats:
        """The part of a vector orthogonal to all normals; twice, against cancellation."""
        basis = self._basis[: self.count]
        for _ in range(2):
            vector = vector - basis.T @ (basis @ vector)
        return vector

    def add_coordinates(self, indices: NDArray[np.intp]) -> None:
        for i in indices:
            normal = np.zeros(self._basis.shape[1])
            normal[i] = 1.0
            self._add(normal)

    def add_rows(self, unit: Floats, indices: NDArray[np.intp]) -> None:
        for j in indices:
            self._add(unit[j])

    def _add(self, normal: Floats) -> None:
        rest = self.project(normal)
        norm = np.linalg.norm(rest)
        if norm > _DEPENDENT:
            self._basis[self.count] = self.project(rest / norm)
            self._basis[self.count] /= np.linalg.norm(self._basis[self.count])
            self.count += 1


def _unit_rows(rows: Floats) -> Floats:
    """Rows of norm 1; zero rows stay zero. Scaled first, so that no square underflows or overflows."""
    if not rows.size:
        return rows
    largest = np.abs(rows).max(axis=1, keepdims=True)
    scaled = np.divide(rows, largest, out=np.zeros_like(rows), where=largest > 0)
    norms = np.sqrt(_sums_of_blocks(scaled * scaled))[:, None]
    return np.asarray(np.divide(scaled, norms, out=scaled, where=norms > 0))


def _deviations(unit: Floats, values: Floats, start: Floats) -> Floats:
    """Upper bounds on |<a_j, values - start>| / |a_j|: the computed value and what its rounding may hide."""
    change = values - start
    found = np.abs(_sums_of_blocks(unit * change))
    # Half-ulps of all terms: a block's sum, the sum of the blocks, and a few for scaling, multiplying and
    # subtracting. The row's norm was summed in the same way: it is off by half as much, relative to it.
    roundings = (BLOCK + -(-len(change) // BLOCK) + 8) * 2.0**-53
    hidden = roundings * (_sums_of_blocks(np.abs(unit * change)) + found)
    return np.asarray(found + (1 + 1e-6) * hidden)


def _sums_of_blocks(terms: Floats) -> Floats:
    """Row sums by blocks: fewer roundings in a row than terms, whatever the order inside a block."""
    starts = np.arange(0, terms.shape[1], BLOCK)
    if not len(starts):
        return np.zeros(len(terms))
    return np.asarray(np.add.reduceat(terms, starts, axis=1).sum(axis=1))


def _checked_thresholds(thresholds: ArrayLike, m: int) -> Floats:
    array = as_array("thresholds", thresholds)
    endless = np.isposinf(array) if array.dtype.kind == "f" else np.zeros(array.shape, dtype=bool)
    limits = as_vector("thresholds", np.where(endless, 0, array), m, "row of constraints")
    limits[endless] = np.inf
    negative = np.flatnonzero(limits < 0)
    if len(negative):
        j = int(negative[0])
        raise ValueError(f"thresholds must not be negative (thresholds[{j}] = {limits[j]})")
    return limits


def _checked_steps(steps: int | None, n: int) -> int:
    if steps is None:
        return edge_walk_steps(n)
    steps = whole_number("steps", steps, minimum=1)
    if steps >= 2**63:
        raise ValueError("steps must be below 2^63")
    return steps
