"""Signs whose prefix sums all stay within 2d - 1 times the longest vector, in every norm at once.

Idea: let the vectors enter one after another with coefficient 0, and keep sum_j x_j v_j = 0 by moving along
dependencies until at most d coefficients float. When all signs are known, the prefix that had been read at
some time is sum_j (e_j - x_j) v_j over the elements that floated then: at most d, each with |e_j - x_j| < 2.
That is 2d. The last unit is saved by a leader: one floating element whose coefficient only ever moves away
from 0, so that its |e_j - x_j| is at most 1 (DIS-13).

Integers and fractions are walked exactly. For floats the walk is in doubles, and the prefix sums of the
finished signs are compared with the bound in exact arithmetic, in the maximum, Euclidean and sum norms;
should one be above it, the walk is repeated in rationals.

Source: I. Barany, V. S. Grinberg, On some combinatorial questions in finite-dimensional spaces, Linear
Algebra and its Applications 41, 1981. The leader is our way to the 2d - 1.
Cost: O(d^2) operations per vector.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.discrepancy.colorings.linear_dependencies import (
    DoubleBasis,
    Row,
    WalkRepeatedExactly,
    as_rationals,
    bring_in,
    plain,
    zeros,
)
from lemmata.discrepancy.colorings.system_bounds import barany_grinberg_bound
from lemmata.discrepancy.definition import as_integers, as_vectors
from lemmata.discrepancy.exact_basis import ExactBasis
from lemmata.options import switch
from lemmata.tracing import Trace, emit


@dataclass(frozen=True)
class VectorEntered:
    """Vector ``element`` was read: who floats now, their coefficients, and the leader."""

    element: int
    floating: tuple[int, ...]
    coefficients: tuple[Fraction | float, ...]
    leader: int


def barany_grinberg(
    vectors: ArrayLike, *, exact: bool | None = None, trace: Trace = None
) -> NDArray[np.int8]:
    """Signs for a sequence of vectors with all prefix sums bounded.

    Parameters
    ----------
    vectors : array_like, shape (d, n)
        The columns are the vectors, in order; integers, fractions or finite floats of any length.
    exact : bool, optional
        Walk in rationals. Default: for integers and fractions.
    trace : list or callable, optional
        Receives a `VectorEntered` per vector and a `Move` whenever elements freeze; `WalkRepeatedExactly` if
        rounding errors mattered.

    Returns
    -------
    numpy.ndarray of int8, shape (n,)
        Signs e with ||e_1 v_1 + ... + e_k v_k|| <= (2d - 1) max_j ||v_j|| for every k (DIS-13): in every
        norm where the walk was exact, in the maximum, Euclidean and sum norms, certified, otherwise.

    Raises
    ------
    TypeError, ValueError
        As `lemmata.discrepancy.discrepancy`; for an ``exact`` that is neither a Boolean nor None.

    Examples
    --------
    In one dimension, the prefix sums never leave [-1, 1] in units of the largest number.

    >>> signs = barany_grinberg([[3, 1, 4, 1, 5, 9, 2, 6]])
    >>> np.cumsum(signs * [3, 1, 4, 1, 5, 9, 2, 6]).tolist()
    [3, 2, -2, -1, 4, -5, -3, 3]
    """
    matrix = as_vectors("vectors", vectors)
    exact = matrix.dtype != np.float64 if exact is None else switch("exact", exact)
    if not exact:
        with np.errstate(over="ignore", invalid="ignore"):  # a walk gone wrong is noticed, and repeated
            signs = _walk(matrix, False, trace)
        if prefix_sums_are_bounded(matrix, signs):
            return signs
        emit(trace, WalkRepeatedExactly("a prefix sum is too long"))
    return _walk(matrix, True, trace)


def _walk(matrix: NDArray[Any], exact: bool, trace: Trace) -> NDArray[np.int8]:
    d, n = matrix.shape
    columns = as_rationals(matrix) if exact else scaled(matrix)
    x = zeros((n,), exact=exact)
    floating = np.zeros(n, dtype=bool)
    basis = ExactBasis(d) if exact else DoubleBasis(d, delay=16)
    leader = -1
    for k in range(n):
        floating[k] = True
        weights = basis.express(slice(None), columns[:, k])

        def upwards(elements: NDArray[np.int64], direction: Row, lead: int = leader) -> bool:
            at = np.flatnonzero(elements == lead)
            return not len(at) or bool((direction[at[0]] > 0) == (x[lead] >= 0))

        move = bring_in(basis, x, floating, k, weights, (-1, 1), upwards)
        if leader < 0 or not floating[leader]:
            # Whoever is nearest to an end already; any floating element would do.
            leader = max(np.flatnonzero(floating).tolist(), key=lambda j: abs(x[j]), default=-1)
        if trace is not None:
            if move is not None:
                emit(trace, replace(move, values=tuple(plain(v) for v in x)))
            floats = np.flatnonzero(floating)
            values = tuple(plain(v) for v in x[floats])
            emit(trace, VectorEntered(k, tuple(floats.tolist()), values, leader))
    return np.where(x < 0, -1, 1).astype(np.int8)


def scaled(matrix: NDArray[Any]) -> NDArray[np.float64]:
    """The vectors as doubles, with the longest of about length one."""
    largest = max((abs(entry) for entry in matrix.ravel().tolist()), default=0)
    if not largest:
        return np.zeros(matrix.shape)
    return np.array(
        [[float(Fraction(v) / Fraction(largest)) for v in row] for row in matrix.tolist()]
    ).reshape(matrix.shape)


def prefix_sums_are_bounded(matrix: NDArray[Any], signs: NDArray[np.int8]) -> bool:
    """Whether all signed prefix sums are within 2d - 1 times the longest vector, in three norms, exactly."""
    integers = as_integers(matrix)[0].astype(object)
    if not integers.size:
        return True
    bound = barany_grinberg_bound(matrix.shape[0])
    prefixes = np.cumsum(integers * signs.astype(object), axis=1)
    return all(
        max(sums) <= bound**power * max(sizes)
        for power, sums, sizes in zip((1, 1, 2), lengths(prefixes), lengths(integers), strict=True)
    )


def lengths(columns: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Of integer columns: lengths in the maximum and the sum norm, squares of the Euclidean lengths."""
    sizes = np.abs(columns)
    return sizes.max(axis=0), sizes.sum(axis=0), (columns * columns).sum(axis=0)
