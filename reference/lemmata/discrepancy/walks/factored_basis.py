"""The Gram-Schmidt walk's basis, factored: V_B = Q R, with columns that leave and others that come in.

The basis is the first maximal independent set of the fractional columns (DIS-27). When a column leaves,
Givens rotations restore the triangle, and the last direction of Q is the one that the basis has lost. All
fractional columns lie in the old span: the first one with a part along that direction comes in (DIS-28).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy import hypot  # the system's, as in compiled code: Python has one of its own
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.discrepancy.walks.walk_inputs import Floats

Integers = NDArray[np.int64]

DEPENDENT = 1e-9
"""A column with less than this fraction of its norm outside the basis's span counts as dependent."""

# Places in the kernels' array of counters: columns in the basis, the first candidate, the pivot,
# multiplications, coordinates that move.
COUNT, HEAD, PIVOT, MULTIPLICATIONS, MOVING = range(5)


class State(NamedTuple):
    """What the kernels share: the input, the factored basis, the list of candidates, and the last step."""

    columns: Floats  # (n, d), scaled
    exponents: Integers
    values: Floats
    norms: Floats
    q: Floats  # orthonormal rows: the span of the basis
    r: Floats  # column k of r holds the coordinates of the basis's k-th column
    basis: Integers
    position: Integers  # of each column in the basis, or -1
    follower: Integers  # the next candidate after each candidate: fractional columns outside the basis
    moving: Integers
    direction: Floats
    lengths: Floats  # how far the last step could go up and down
    counters: Integers


def prepare(columns: Floats, exponents: Integers, values: Floats) -> State:
    """The state before the first basis is built, with the norms of the scaled columns."""
    n, d = columns.shape
    capacity = min(n, d)
    return State(
        columns,
        exponents,
        values,
        np.sqrt((columns * columns).sum(axis=1)),
        np.zeros((capacity, d)),
        np.zeros((capacity, capacity)),
        np.zeros(capacity, dtype=np.int64),
        np.full(n, -1, dtype=np.int64),
        np.full(n, n, dtype=np.int64),
        np.zeros(capacity + 1, dtype=np.int64),
        np.zeros(n),
        np.zeros(2),
        np.array([0, n, n, 0, 0], dtype=np.int64),
    )


def _build_basis_py(state: State) -> None:
    """The first basis among the fractional columns, by Gram-Schmidt (twice), and the list of all others."""
    columns, values, norms, q, r = state.columns, state.values, state.norms, state.q, state.r
    basis, counters = state.basis, state.counters
    n, d = columns.shape
    last = n  # the last candidate so far
    for j in range(n):
        if abs(values[j]) == 1:
            continue
        count = counters[COUNT]
        joins = False
        if count < len(basis) and norms[j] > 0:
            rest = columns[j].copy()
            for _ in range(2):
                for k in range(count):
                    inner = 0.0
                    for i in range(d):
                        inner += q[k, i] * rest[i]
                    for i in range(d):
                        rest[i] -= inner * q[k, i]
                    r[k, count] += inner
            square = 0.0
            for i in range(d):
                square += rest[i] * rest[i]
            counters[MULTIPLICATIONS] += 4 * d * count + d + 2
            negligible = DEPENDENT * norms[j]
            joins = square > negligible * negligible
            if joins:
                norm = np.sqrt(square)
                for i in range(d):
                    q[count, i] = rest[i] / norm
                r[count, count] = norm
                basis[count] = j
                state.position[j] = count
                counters[COUNT] += 1
                counters[MULTIPLICATIONS] += d + 1
            else:
                r[:, count] = 0.0
        if not joins:
            if last == n:
                counters[HEAD] = j
            else:
                state.follower[last] = j
            last = j


def _leave_py(state: State, pivot: int, place: int) -> None:
    """Take the column at ``place`` out of the basis; the first candidate that makes up for it comes in."""
    columns, norms, q, r = state.columns, state.norms, state.q, state.r
    basis, position, follower, counters = state.basis, state.position, state.follower, state.counters
    d = columns.shape[1]
    count = counters[COUNT]
    multiplications = 0
    position[basis[place]] = -1
    for k in range(place, count - 1):
        basis[k] = basis[k + 1]
        position[basis[k]] = k
        r[: k + 2, k] = r[: k + 2, k + 1]
    # What is left is triangular but for one diagonal below, which rotations remove.
    for k in range(place, count - 1):
        radius = hypot(r[k, k], r[k + 1, k])
        cosine, sine = r[k, k] / radius, r[k + 1, k] / radius
        for l in range(k, count - 1):  # noqa: E741 - the index after k
            r[k, l], r[k + 1, l] = (
                cosine * r[k, l] + sine * r[k + 1, l],
                cosine * r[k + 1, l] - sine * r[k, l],
            )
        r[k + 1, k] = 0.0
        for i in range(d):
            q[k, i], q[k + 1, i] = (
                cosine * q[k, i] + sine * q[k + 1, i],
                cosine * q[k + 1, i] - sine * q[k, i],
            )
        multiplications += 4 * (count - 1 - k) + 4 * d + 3
    # The last row of q is now the direction that the basis has lost: all candidates lie in span(q).
    count -= 1
    r[:, count] = 0.0
    before, candidate = -1, counters[HEAD]
    while candidate < pivot:
        inner = 0.0
        for i in range(d):
            inner += q[count, i] * columns[candidate, i]
        multiplications += d + 1
        if abs(inner) > DEPENDENT * norms[candidate]:
            for k in range(count):
                for i in range(d):
                    r[k, count] += q[k, i] * columns[candidate, i]
            multiplications += d * count
            r[count, count] = inner
            basis[count] = candidate
            position[candidate] = count
            count += 1
            if before < 0:
                counters[HEAD] = follower[candidate]
            else:
                follower[before] = follower[candidate]
            break
        before, candidate = candidate, follower[candidate]
    counters[COUNT] = count
    counters[MULTIPLICATIONS] += multiplications


build_basis = njit(_build_basis_py, steps=lambda state: state.columns.size * (1 + min(state.columns.shape)))
leave = njit(_leave_py)
