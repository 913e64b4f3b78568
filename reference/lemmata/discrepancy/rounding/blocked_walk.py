"""The walk to a vertex in floating point: columns enter a basis one by one, in blocks of matrix products.

State. At most m coordinates are fractional and *basic*: their columns, together with unit columns for the
directions that are not used yet, form a basis B, whose inverse is kept. A new column a = B w with a
fractional coordinate y either finds an unused direction and becomes basic as it is, or is moved: raising it
by t and the basic coordinates by -t w changes nothing in A y, until it or one of them is 0 or 1. That one
is done, for good.

Blocks. The coordinates w of a whole block of columns are one matrix product; basis changes inside the block
are applied to them as rank-one corrections, and to the inverse as one product at the end of the block.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import NEVER, njit

Floats = NDArray[np.float64]

DIRECTION = 1e-9
"""Part of a column, relative to its size, that has to lie in unused directions to be believed."""

MOVE = 1e-9
"""Change of a basic coordinate, relative to the columns' sizes, below which it is not counted as one."""

SMALL_PIVOT = 1e-3
"""Pivots below this part of the largest that there could be are compared with others that would do."""

DRIFT = 1e-11
CHECKED = 8
"""Blocks between two looks at whether the inverse has drifted."""

LOOPS = 32
"""Constraints up to which matrices are multiplied and inverted entry by entry, in one order.

Such a walk is the same to the last bit as plain Python and compiled, and may be either. Libraries that
multiply larger matrices add up in orders of their own, and NumPy and Numba have different ones.
"""

BLOCKS = 64
"""Blocks between two inversions of the basis, at least, unless its inverse has drifted before."""


def block_size(m: int) -> int:
    """Columns to a matrix product: enough to pay for it, not so many that corrections cost more."""
    return max(4, min(32, m // 2))


def blocks_between_inversions(m: int) -> int:
    """So many that inverting, m^3 multiplications, costs no more than the blocks' products of matrices."""
    return max(BLOCKS, -(-m // block_size(m)))


class State(NamedTuple):
    """What the kernel changes; see `Basis`."""

    inverse: Floats
    columns: Floats
    sizes: Floats
    owner: NDArray[np.int64]
    values: Floats
    target: Floats
    counts: NDArray[np.int64]


@dataclass
class Basis:
    """The state of a walk between chunks of columns, for m constraints.

    ``inverse`` is the transposed inverse of B; ``columns[i]`` its i-th column, of largest entry
    ``sizes[i]``; ``owner[i]`` is the coordinate it belongs to, or -1 for a unit column; ``values[i]`` the
    coordinate's value; ``target`` what the basic coordinates have to add up to. ``counts`` are:
    multiplications and divisions (as many as products of matrices take by rows and columns), blocks since
    the last inversion, inversions, and those because of drift.
    """

    m: int
    inverse: Floats = field(init=False)
    columns: Floats = field(init=False)
    sizes: Floats = field(init=False)
    owner: NDArray[np.int64] = field(init=False)
    values: Floats = field(init=False)
    target: Floats = field(init=False)
    counts: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.inverse, self.columns = np.eye(self.m), np.eye(self.m)
        self.sizes, self.owner = np.ones(self.m), np.full(self.m, -1, dtype=np.int64)
        self.values, self.target = np.zeros(self.m), np.zeros(self.m)
        self.counts = np.zeros(4, dtype=np.int64)

    @property
    def state(self) -> State:
        """The arrays, for the kernel."""
        return State(
            self.inverse, self.columns, self.sizes, self.owner, self.values, self.target, self.counts
        )

    def enter(self, columns: Floats, first: int, y: Floats, uniforms: Floats) -> None:
        """Let the columns first, first + 1, ... enter, shape (k, m), one per row; y is changed in place.

        ``uniforms`` are k random numbers for an unbiased walk, or none for the deterministic one.
        """
        # A pivot so small that its quotients overflow spoils the basis, which drift and certificate notice.
        with np.errstate(over="ignore", invalid="ignore"):
            walk(
                self.state, columns, first, y, uniforms, block_size(self.m), blocks_between_inversions(self.m)
            )

    def fractional(self) -> NDArray[np.int64]:
        """Places in the basis that belong to a coordinate."""
        return np.flatnonzero(self.owner >= 0)


def _goes_up_py(up: float, down: float, uniform: float) -> bool:
    """Whether a coordinate that can rise by ``up`` and fall by ``down`` rises.

    With a random number it does with probability down / (up + down), so that it stays what it was on average;
    without (a negative number) it takes the shorter way, up on a tie.
    """
    if uniform < 0.0:
        return up <= down
    return uniform * (up + down) < down


def _walk_py(
    state: State, columns: Floats, first: int, y: Floats, uniforms: Floats, block: int, interval: int
) -> None:
    """The columns, one per row, enter; the inverse is recomputed after ``interval`` blocks."""
    inverse, basic, sizes = state.inverse, state.columns, state.sizes
    owner, values, target, counts = state.owner, state.values, state.target, state.counts
    m = columns.shape[1]
    batch = np.empty((block, m))
    chosen = np.empty(block, dtype=np.int64)
    changes = np.empty((block, m))  # rank-one changes of the basis inside the block, as columns ...
    places = np.empty(block, dtype=np.int64)
    rows = np.empty((block, m))  # ... and rows
    unused = 0
    for i in range(m):
        if owner[i] < 0:
            unused += 1
    next_column = 0
    multiplications = 0
    while next_column < len(columns):
        taken = 0
        while next_column < len(columns) and taken < block:
            value = y[first + next_column]
            if 0.0 < value < 1.0:
                chosen[taken] = next_column
                for i in range(m):
                    batch[taken, i] = columns[next_column, i]
                    target[i] += value * columns[next_column, i]
                taken += 1
            next_column += 1
        if taken == 0:
            break
        multiplications += taken * (m * m + m)
        coordinates = product(batch[:taken], inverse)
        pending = 0
        for c in range(taken):
            w = coordinates[c]
            for s in range(pending):
                factor = w[places[s]]
                if factor != 0.0:
                    multiplications += m
                    change = changes[s]
                    for i in range(m):
                        w[i] -= factor * change[i]
            column = batch[c]
            size = 0.0
            for i in range(m):
                size = max(size, abs(column[i]))
            j = first + chosen[c]
            place = -1
            if unused > 0:
                multiplications += 1
                largest = DIRECTION * size
                for i in range(m):
                    if owner[i] < 0 and abs(w[i]) > largest:
                        largest = abs(w[i])
                        place = i
            if place >= 0:
                unused -= 1
                value = y[j]
            else:
                # How far can the coordinate rise, how far fall, and what stops it?
                up, up_place = 1.0 - y[j], -1
                down, down_place = y[j], -1
                negligible = MOVE * size
                multiplications += 1
                for i in range(m):
                    if owner[i] < 0:
                        continue
                    multiplications += 1
                    slope = abs(w[i])
                    if slope * sizes[i] <= negligible:
                        continue
                    # Rising, this coordinate moves against w; falling, the other way.
                    room = values[i] if w[i] > 0.0 else 1.0 - values[i]
                    multiplications += 2
                    if room < up * slope:
                        multiplications += 1
                        up, up_place = room / slope, i
                    if 1.0 - room < down * slope:
                        multiplications += 1
                        down, down_place = (1.0 - room) / slope, i
                multiplications += len(uniforms) > 0
                rises = goes_up(up, down, uniforms[chosen[c]] if len(uniforms) else -1.0)
                step = up if rises else -down
                place = up_place if rises else down_place
                if place >= 0:
                    multiplications += 2
                    if abs(w[place]) * sizes[place] < SMALL_PIVOT * size:
                        multiplications += 2 * (m - unused)
                        place = steadier_place(w, step, place, values, owner, sizes)
                multiplications += m - unused
                for i in range(m):
                    if owner[i] >= 0:
                        values[i] = min(1.0, max(0.0, values[i] - step * w[i]))
                if place < 0:
                    y[j] = 1.0 if rises else 0.0
                    if rises:
                        for i in range(m):
                            target[i] -= column[i]
                    continue
                value = min(1.0, max(0.0, y[j] + step))
                left = owner[place]
                if values[place] > 0.5:
                    y[left] = 1.0
                    for i in range(m):
                        target[i] -= basic[place, i]
                else:
                    y[left] = 0.0
            owner[place] = j
            values[place] = value
            sizes[place] = size
            pivot = w[place]
            multiplications += m + 1
            for i in range(m):
                basic[place, i] = column[i]
                changes[pending, i] = w[i] / pivot
            changes[pending, place] = (pivot - 1.0) / pivot
            places[pending] = place
            pending += 1
        if pending == 0:
            continue
        for t in range(pending):
            for k in range(m):
                rows[t, k] = inverse[k, places[t]]
            for s in range(t):
                factor = changes[s, places[t]]
                if factor != 0.0:
                    multiplications += m
                    for k in range(m):
                        rows[t, k] -= factor * rows[s, k]
        inverse -= transposed_product(rows[:pending], changes[:pending])
        multiplications += pending * m * m
        counts[1] += 1
        drift = False
        if counts[1] % CHECKED == 0:
            multiplications += 2 * m * m + 1
            drift = drifted(inverse, basic, batch[taken - 1 : taken])
        if drift or counts[1] >= interval:
            counts[1] = 0
            counts[2] += 1
            counts[3] += drift
            multiplications += m * m * m + 2 * m * m + (m - unused) * m
            invert(inverse, basic, sizes)
            for i in range(m):
                if owner[i] >= 0:
                    value = 0.0
                    for k in range(m):
                        value += inverse[k, i] * target[k]
                    values[i] = min(1.0, max(0.0, value))
    counts[0] += multiplications


def _steadier_place_py(
    w: Floats, step: float, place: int, values: Floats, owner: NDArray[np.int64], sizes: Floats
) -> int:
    """Of the coordinates that stop a step as good as first, the one with the largest pivot (Harris)."""
    best, largest = place, 0.0
    for i in range(len(w)):
        if owner[i] < 0:
            continue
        pivot, fall = abs(w[i]) * sizes[i], step * w[i]
        after = values[i] - fall
        stops = i == place or (fall > 0.0 and after <= 1e-13) or (fall < 0.0 and after >= 1.0 - 1e-13)
        if stops and pivot > largest:
            best, largest = i, pivot
    return best


def _drifted_py(inverse: Floats, basic: Floats, columns: Floats) -> bool:
    """Whether the inverse, applied to the first column, gives coordinates that do not add up to it."""
    column = columns[0]
    m = len(column)
    w = product(columns, inverse)[0]
    error, size = 0.0, 0.0
    for k in range(m):
        total, mass = 0.0, abs(column[k])
        for i in range(m):
            part = w[i] * basic[i, k]
            total += part
            mass += abs(part)
        error = max(error, abs(total - column[k]))
        size = max(size, mass)
    return not error <= DRIFT * size


def _invert_py(inverse: Floats, basic: Floats, sizes: Floats) -> None:
    """The transposed inverse of the basis anew; rows are scaled to one size, for a stable elimination."""
    m = len(sizes)
    scaled = np.empty((m, m))
    for i in range(m):
        for k in range(m):
            scaled[i, k] = basic[i, k] / sizes[i]
    inverse[:] = inverted(scaled)
    for k in range(m):
        for i in range(m):
            inverse[k, i] /= sizes[i]


def _product_py(a: Floats, b: Floats) -> Floats:
    """The product of two matrices."""
    if len(b) > LOOPS:
        return np.asarray(np.dot(a, b))
    result = np.zeros((len(a), b.shape[1]))
    for i in range(len(a)):
        for k in range(len(b)):
            factor = a[i, k]
            for j in range(b.shape[1]):
                result[i, j] += factor * b[k, j]
    return result


def _transposed_product_py(a: Floats, b: Floats) -> Floats:
    """The product of a matrix, transposed, and another."""
    if b.shape[1] > LOOPS:
        return np.asarray(np.dot(a.T, b))
    result = np.zeros((a.shape[1], b.shape[1]))
    for k in range(len(a)):
        for i in range(a.shape[1]):
            factor = a[k, i]
            for j in range(b.shape[1]):
                result[i, j] += factor * b[k, j]
    return result


def _inverted_py(matrix: Floats) -> Floats:
    """The inverse: m^3 multiplications and divisions, as elimination in place takes."""
    m = len(matrix)
    if m > LOOPS:
        return np.asarray(np.linalg.inv(matrix))
    a = matrix.copy()
    order = np.arange(m)
    for k in range(m):
        best = k
        for i in range(k + 1, m):
            if abs(a[i, k]) > abs(a[best, k]):
                best = i
        pivot = a[best, k]
        if pivot == 0.0:
            raise np.linalg.LinAlgError("Matrix is singular to machine precision.")
        order[k], order[best] = order[best], order[k]
        for j in range(m):
            a[k, j], a[best, j] = a[best, j], a[k, j]
        a[k, k] = 1.0
        for j in range(m):
            a[k, j] /= pivot
        for i in range(m):
            if i != k:
                factor = a[i, k]
                a[i, k] = 0.0
                for j in range(m):
                    a[i, j] -= factor * a[k, j]
    inverse = np.empty((m, m))
    for k in range(m):
        for i in range(m):
            inverse[i, order[k]] = a[i, k]
    return inverse


product = njit(_product_py)
transposed_product = njit(_transposed_product_py)
inverted = njit(_inverted_py)
goes_up = njit(_goes_up_py)
steadier_place = njit(_steadier_place_py)
drifted = njit(_drifted_py)
invert = njit(_invert_py)
walk = njit(
    _walk_py,  # steps of half a microsecond; where libraries multiply, plain Python would be another walk
    steps=lambda _, columns, *__: (
        columns.size * (13 + columns.shape[1] // 2) if columns.shape[1] <= LOOPS else NEVER
    ),
)
