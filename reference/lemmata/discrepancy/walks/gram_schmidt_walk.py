"""The Gram-Schmidt walk: random signs that are unbiased and balance every direction.

Problem: given the columns v_1, ..., v_n of V, of norm at most 1, and x in [-1, 1]^n, draw y in {-1, +1}^n
with E[y] = x such that V (y - x) is small in every direction: its covariance is at most the projection onto
the columns' span (DIS-24, DIS-25), and it is sub-Gaussian with sigma = 1 (DIS-26).

Idea: a pivot moves at random, and the other fractional coordinates move along so as to cancel as much of V u
as they can: what is left is the pivot's column, orthogonalised against theirs. `gram_schmidt_tree` has the
definition; here the least-squares problem is kept factored. A basis V_B = Q R of the columns is updated by
Givens rotations when one of them freezes, and the direction that is lost with it says in one inner product
per column which one replaces it: O(d min(n, d)) operations per step and O(nd) in the worst case of that
search (DIS-28).

Source: N. Bansal, D. Dadush, S. Garg, S. Lovett, arXiv:1708.01079; C. Harshaw, F. Sävje, D. Spielman, P.
Zhang, Balancing covariates in randomized experiments with the Gram-Schmidt walk design, arXiv:1911.03071.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import frexp, ldexp
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.arrays import real_array
from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.discrepancy.walks.factored_basis import (
    COUNT,
    MOVING,
    MULTIPLICATIONS,
    PIVOT,
    Integers,
    State,
    build_basis,
    leave,
    prepare,
)
from lemmata.discrepancy.walks.walk_inputs import Floats, as_point_of_cube
from lemmata.options import one_of, random_numbers, refuse_observers
from lemmata.tracing import Trace, emit

SNAP = 2.0**-40
"""A coordinate that a step leaves this close to -1 or +1 has reached it; E[y] = x holds up to that."""

NEGLIGIBLE = 1e-12
"""A weight that changes V u by less than this fraction of the pivot's norm counts as zero.

It may be rounding, and a column of tiny scale would blow it up to a step of its coordinate alone.
"""


@dataclass(frozen=True, eq=False)
class GramSchmidtStep:
    """One step of the walk, in the caller's numbering of the columns.

    ``direction`` is scaled so that its largest entry is between 1/2 and 1; with ``up`` and ``down``, the step
    lengths that would reach a face, ``values`` (after the step) differ from the values before by
    ``up * direction`` with probability down / (up + down), else by ``-down * direction``.
    """

    pivot: int
    direction: Floats
    up: float
    down: float
    rises: bool
    values: Floats


def gram_schmidt_walk(
    vectors: ArrayLike,
    x: ArrayLike | None = None,
    *,
    order: Literal["given", "random"] = "given",
    rng: np.random.Generator | int | None = None,
    trace: Trace = None,
    costs: Costs | None = None,
) -> NDArray[np.int8]:
    """Random signs with mean x that keep every direction of ``vectors @ signs`` near ``vectors @ x``.

    Parameters
    ----------
    vectors : array_like, shape (d, n)
        One column per element, of any scale; d = 0, zero and dependent columns are fine.
    x : array_like, shape (n,), optional
        In [-1, 1]: the means; zero by default. Entries -1 and +1 stay.
    order : {"given", "random"}
        Pivots are taken from the last column to the first, or in a random order, as a randomized experiment
        would (drawn before the steps). All theorems hold for every order.
    rng : numpy.random.Generator, int or None
        Randomness, passed to `numpy.random.default_rng`. The walk draws n uniform numbers, one per step.
    trace : list or callable, optional
        Receives a `GramSchmidtStep` per step.
    costs : Costs, optional
        Charged with multiplications: of doubles, powers of two among them, with divisions, square roots and
        hypotenuses, each as one; scaling the columns and their norms, 3 d + 1 a column, included.

    Returns
    -------
    numpy.ndarray of int8, shape (n,)
        Entries -1 and +1. With columns of norm at most 1: E[y] = x (DIS-24), the covariance of
        ``vectors @ y`` is at most the projection onto the columns' span (DIS-25), and
        E exp(<w, vectors @ (y - x)>) <= exp(|w|^2/2) for every w (DIS-26).

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        For shapes that do not fit, NaN, an infinite entry, x outside [-1, 1], an unknown order.
    ArithmeticError
        If a step froze nothing, which no finite input should cause.

    Notes
    -----
    Cost: at most `walk_bounds.gram_schmidt_multiplications`: O(n d min(n, d) + n^2 d), of which the second
    term is the search for replacements in the worst case (DIS-28). Memory O(n d).

    In doubles, the path is the exact one up to rounding (DIS-27): columns within 1e-9 of a span are taken
    for dependent, weights below 1e-12 of the pivot's norm for zero, coordinates within 2^-40 of -1 or +1 for
    frozen.

    Examples
    --------
    >>> import numpy as np
    >>> vectors = np.array([[0.6, 0.6, 1.0], [0.8, 0.8, 0.0]])
    >>> signs = gram_schmidt_walk(vectors, rng=7)
    >>> int(signs[0] + signs[1])  # equal columns get opposite signs
    0
    """
    matrix = real_array("vectors", vectors, dimensions=2)
    n = matrix.shape[1]
    start = np.zeros(n) if x is None else as_point_of_cube("x", x, n, "column of vectors")
    refuse_observers(trace, costs)
    one_of("order", order, ("given", "random"))
    generator = random_numbers(rng)
    places = generator.permutation(n) if order == "random" else np.arange(n)
    uniforms: Floats = np.asarray(generator.random(n))
    columns, exponents = scaled_columns(matrix.T[places])
    values = start[places]
    state = prepare(columns, exponents, values)
    # Ratios of tiny rooms and directions may overflow to infinity, which then limits nothing.
    with np.errstate(over="ignore", under="ignore"):
        build_basis(state)
        if trace is None:
            walk(state, uniforms)
        else:
            _walk_step_by_step(state, uniforms, places, trace)
    if costs is not None:
        costs.charge(multiplications=n * (3 * len(matrix) + 1) + int(state.counters[MULTIPLICATIONS]))
    if not (np.abs(values) == 1).all():
        raise ArithmeticError("a step of the walk froze no coordinate")
    signs = np.empty(n, dtype=np.int8)
    signs[places] = values
    return signs


def scaled_columns(rows: Floats) -> tuple[Floats, Integers]:
    """Columns (here: rows of an (n, d) array) times powers of two that bring them to entries of at most 1.

    Exact but for entries 2^-1022 below their column's largest, so that no inner product over- or underflows.
    """
    largest = np.abs(rows).max(axis=1, initial=0.0)
    exponents = np.frexp(largest)[1].astype(np.int64)
    half = exponents // 2  # in two halves: 2^-e itself may be out of range
    scaled = np.ldexp(np.ldexp(rows, -half[:, None]), (half - exponents)[:, None])
    return np.ascontiguousarray(scaled), exponents


def _walk_step_by_step(state: State, uniforms: Floats, places: NDArray[np.int64], trace: Trace) -> None:
    for uniform in uniforms:
        rises = advance(state, uniform)
        if rises < 0:
            return
        direction, values = np.empty_like(state.direction), np.empty_like(state.values)
        direction[places], values[places] = state.direction, state.values
        pivot = int(places[state.counters[PIVOT]])
        up, down = (float(length) for length in state.lengths)
        emit(trace, GramSchmidtStep(pivot, direction, up, down, bool(rises), values))


def _advance_py(state: State, uniform: float) -> int:
    """One step: 1 if it goes up, 0 if down, -1 if nothing is fractional any more."""
    columns, exponents, values, norms = state.columns, state.exponents, state.values, state.norms
    q, r, basis, position = state.q, state.r, state.basis, state.position
    moving, direction, counters = state.moving, state.direction, state.counters
    d = columns.shape[1]
    for k in range(counters[MOVING]):
        direction[moving[k]] = 0.0
    counters[MOVING] = 0
    pivot = counters[PIVOT]
    if pivot == len(values) or abs(values[pivot]) == 1:
        pivot -= 1
        while pivot >= 0 and abs(values[pivot]) == 1:
            pivot -= 1
        if pivot < 0:
            return -1
        counters[PIVOT] = pivot
        if position[pivot] >= 0:
            leave(state, pivot, position[pivot])
    count = counters[COUNT]
    # The direction: u_pivot = 1, and R w = Q v_pivot solved backwards.
    weights = np.zeros(count)
    for k in range(count - 1, -1, -1):
        inner = 0.0
        for i in range(d):
            inner += q[k, i] * columns[pivot, i]
        for l in range(k + 1, count):  # noqa: E741
            inner -= r[k, l] * weights[l]
        weights[k] = inner / r[k, k]
    for k in range(count):
        if abs(weights[k]) * norms[basis[k]] <= NEGLIGIBLE * norms[pivot]:
            weights[k] = 0.0
    # Columns were scaled by powers of two. A common factor of u does not matter, so none overflows.
    largest = 0
    for k in range(count):
        if weights[k] != 0:
            largest = max(largest, exponents[pivot] - exponents[basis[k]] + frexp(weights[k])[1])
    moving[0] = pivot
    direction[pivot] = ldexp(1.0, -int(largest))
    moves = 1
    for k in range(count):
        if weights[k] != 0:
            j = basis[k]
            moving[moves] = j
            direction[j] = -ldexp(weights[k], int(exponents[pivot] - exponents[j] - largest))
            moves += 1
    counters[MOVING] = moves
    up, down = np.inf, np.inf
    multiplications = d * count + count * (count - 1) // 2 + 3 * count + 2 * moves + 1
    for k in range(moves):
        j = moving[k]
        u = direction[j]
        if u != 0:
            multiplications += 2
        if u > 0:
            up = min(up, (1 - values[j]) / u)
            down = min(down, (1 + values[j]) / u)
        elif u < 0:
            up = min(up, (1 + values[j]) / -u)
            down = min(down, (1 - values[j]) / -u)
    state.lengths[0], state.lengths[1] = up, down
    rises = uniform < down / (up + down)
    step = up if rises else -down
    for k in range(moves):
        j = moving[k]
        moved = values[j] + step * direction[j]
        if 1 - abs(moved) <= SNAP:
            moved = 1.0 if moved > 0 else -1.0
        values[j] = moved
    counters[MULTIPLICATIONS] += multiplications
    for k in range(1, moves):
        j = moving[k]
        if abs(values[j]) == 1:
            leave(state, pivot, position[j])
    return 1 if rises else 0


def _walk_py(state: State, uniforms: Floats) -> None:
    """Steps until nothing is fractional, one uniform number each."""
    for uniform in uniforms:
        if advance(state, uniform) < 0:
            break


# The kernel of the walk calls the one of a step by this name.
advance = njit(_advance_py, steps=lambda state, _: 20 + len(state.values) + state.q.size)
walk = njit(_walk_py, steps=lambda state, uniforms: len(uniforms) * (20 + len(state.values) + state.q.size))
