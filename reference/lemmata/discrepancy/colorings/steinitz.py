"""Steinitz' lemma: vectors that add up to 0, reordered so that no prefix sum is longer than d vectors.

Idea (Grinberg and Sevastyanov): choose who comes last, then second to last, and so on. The k vectors that are
left carry coefficients c in [0, 1] with sum c_j = k - d and sum c_j v_j = 0. Their sum is then sum (1 - c_j)
v_j, no longer than sum (1 - c_j) = d vectors. To go from k to k - 1, shrink all coefficients to the sum k - 1
- d and walk to a vertex: at most d + 1 coefficients are strictly inside, so one is 0, and that vector comes
last (DIS-14).

Vectors with any sum s are allowed: prefix k then stays within d of s (k - d) / n.

Integers and fractions are walked exactly. For floats the walk is in doubles and the result certified by
exact sums, in three norms, with an exact walk for what fails.

Source: V. S. Grinberg, S. V. Sevastyanov, Value of the Steinitz constant, Functional Analysis and its
Applications 14, 1980; E. Steinitz, Journal fuer die reine und angewandte Mathematik 143, 1913.
Cost: O(n^2 d^2) operations, compiled for doubles.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import ArrayLike, NDArray

from lemmata.compilation import njit
from lemmata.discrepancy.colorings.barany_grinberg import lengths, scaled
from lemmata.discrepancy.colorings.linear_dependencies import (
    Row,
    WalkRepeatedExactly,
    as_rationals,
    bring_in,
    plain,
)
from lemmata.discrepancy.definition import as_integers, as_vectors
from lemmata.discrepancy.exact_basis import ExactBasis
from lemmata.options import switch
from lemmata.tracing import Trace, emit

USED = 1e-9
"""Weights in doubles above this take part in a dependency."""

SNAP = 1e-13
"""Coefficients in doubles this close to 0 or 1 are there."""


@dataclass(frozen=True)
class VectorPlaced:
    """Vector ``element`` got the last free position; the coefficients of the others, in increasing order."""

    element: int
    position: int
    others: tuple[int, ...]
    coefficients: tuple[Fraction | float, ...]


def steinitz(vectors: ArrayLike, *, exact: bool | None = None, trace: Trace = None) -> NDArray[np.int64]:
    """Order in which all prefix sums of the vectors stay near the straight line to their sum.

    Parameters
    ----------
    vectors : array_like, shape (d, n)
        One column per vector; integers, fractions or finite floats of any length.
    exact : bool, optional
        Walk in rationals. Default: for integers and fractions.
    trace : list or callable, optional
        Receives a `VectorPlaced` per vector, from the last position to position d.

    Returns
    -------
    numpy.ndarray of int64, shape (n,)
        A permutation p. With L the length of the longest vector and s the sum of all,
        ||v_p(1) + ... + v_p(k) - s (k - d) / n|| <= d L for k >= d, and ||v_p(1) + ... + v_p(k)|| <= d L for
        k <= d (DIS-14): in every norm where the walk was exact, in the maximum, Euclidean and sum norms,
        certified, otherwise. For s = 0, all prefix sums are within d L.

    Raises
    ------
    TypeError, ValueError
        As `lemmata.discrepancy.discrepancy`; for an ``exact`` that is neither a Boolean nor None.

    Examples
    --------
    Ten steps right, ten left: in the plane of this order nobody gets farther than one step.

    >>> steps = np.repeat([[1, -1]], 10, axis=1)
    >>> order = steinitz(steps)
    >>> int(np.abs(np.cumsum(steps[0, order])).max())
    1
    """
    matrix = as_vectors("vectors", vectors)
    exact = matrix.dtype != np.float64 if exact is None else switch("exact", exact)
    if not exact:
        order = _walk(matrix, False, trace)
        if order is not None and deviations_are_bounded(matrix, order):
            return order
        emit(trace, WalkRepeatedExactly("a prefix sum is too far off"))
    order = _walk(matrix, True, trace)
    if order is None:
        raise ArithmeticError("an exact walk ended without a zero coefficient: please report this")
    return order


def _walk(matrix: NDArray[Any], exact: bool, trace: Trace) -> NDArray[np.int64] | None:
    """The order, or None if rounding errors left no coefficient at 0."""
    d, n = matrix.shape
    ones = np.ones((n, 1), dtype=np.int64)
    parts = [as_rationals(matrix.T), as_rationals(ones)] if exact else [scaled(matrix).T, ones]
    columns = np.ascontiguousarray(np.hstack(parts))
    one = fmpq(1) if exact else 1.0
    c = np.full(n, one * max(n - d, 0) / max(n, 1), dtype=columns.dtype)
    left = np.ones(n, dtype=bool)
    order = np.empty(n, dtype=np.int64)
    for k in range(n, d, -1):
        # From sum k - d to sum k - 1 - d. Zero stays zero in the last round, where all coefficients vanish.
        c[left] = c[left] * (one * (k - 1 - d) / (k - d))
        if exact:
            _walk_in_rationals(columns, c, left)
        else:
            walk_in_doubles(columns, c, left)
        gone = np.flatnonzero(left & (c <= 0 if exact else c <= 1e-9))
        if not len(gone):
            return None
        last = int(gone[-1])
        left[last] = False
        order[k - 1] = last
        if trace is not None:
            others = np.flatnonzero(left)
            values = tuple(plain(v) for v in c[others])
            emit(trace, VectorPlaced(last, k - 1, tuple(others.tolist()), values))
    rest = np.flatnonzero(left)
    order[: len(rest)] = rest
    return order


def _walk_in_rationals(columns: Row, c: Row, left: NDArray[np.bool_]) -> None:
    floating = left & (c > 0).astype(bool)
    basis = ExactBasis(columns.shape[1])
    for element in np.flatnonzero(floating).tolist():
        if floating[element]:
            weights = basis.express(slice(None), columns[element])
            bring_in(basis, c, floating, element, weights, (0, 1), lambda *_: True)


def _walk_in_doubles_py(
    columns: NDArray[np.float64], c: NDArray[np.float64], left: NDArray[np.bool_]
) -> None:
    """The same walk, n^2 d^2 operations over all rounds, compiled; each move goes the shorter way."""
    n, m = columns.shape
    inverse = np.eye(m)
    holders = np.full(m, -1, dtype=np.int64)
    w = np.empty(m)
    for j in range(n):
        if not left[j] or c[j] == 0.0:  # none is 1 before its turn: all were scaled by less than that
            continue
        place, largest = -1, USED
        for i in range(m):
            w[i] = 0.0
            for k in range(m):
                w[i] += inverse[i, k] * columns[j, k]
            idle = holders[i] < 0 or not 0.0 < c[holders[i]] < 1.0
            if idle and abs(w[i]) > largest:
                place, largest = i, abs(w[i])
        if place < 0:
            up, up_place, down, down_place = 1.0 - c[j], -1, c[j], -1
            for i in range(m):
                if abs(w[i]) <= USED:
                    continue
                value = c[holders[i]]
                rise = (value if w[i] > 0.0 else 1.0 - value) / abs(w[i])
                fall = (1.0 - value if w[i] > 0.0 else value) / abs(w[i])
                if rise < up:
                    up, up_place = rise, i
                if fall < down:
                    down, down_place = fall, i
            step = up if up <= down else -down
            place = up_place if up <= down else down_place
            for i in range(m):
                if abs(w[i]) > USED:
                    value = c[holders[i]] - step * w[i]
                    if i == place:
                        value = 0.0 if step * w[i] > 0.0 else 1.0
                    c[holders[i]] = 0.0 if value < SNAP else 1.0 if value > 1.0 - SNAP else value
            value = c[j] + step
            c[j] = 0.0 if value < SNAP else 1.0 if value > 1.0 - SNAP else value
            if place < 0 or c[j] == 0.0 or c[j] == 1.0:
                continue
        holders[place] = j
        for k in range(m):
            inverse[place, k] /= w[place]
        for i in range(m):
            if i != place:
                for k in range(m):
                    inverse[i, k] -= w[i] * inverse[place, k]


walk_in_doubles = njit(_walk_in_doubles_py, steps=lambda columns, *_: columns.size * columns.shape[1])


def deviations_are_bounded(matrix: NDArray[Any], order: NDArray[np.int64]) -> bool:
    """Whether the prefix sums in this order keep Steinitz' bound in three norms, exactly."""
    d, n = matrix.shape
    if sorted(order.tolist()) != list(range(n)):
        return False
    integers = as_integers(matrix)[0].astype(object)
    if not integers.size:
        return True
    prefixes = np.cumsum(integers[:, order], axis=1)
    steps = np.array([max(k - d, 0) for k in range(1, n + 1)], dtype=object)
    deviations = prefixes * n - prefixes[:, -1:] * steps  # n times the deviation
    return all(
        max(sums) <= (n * d) ** power * max(sizes)
        for power, sums, sizes in zip((1, 1, 2), lengths(deviations), lengths(integers), strict=True)
    )
