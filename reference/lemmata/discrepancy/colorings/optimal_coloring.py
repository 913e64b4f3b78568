"""The least discrepancy over all colourings of a few vectors, by branch and bound.

Idea: give the elements their signs one after another. With elements k, k + 1, ... left, row i can still
change by at most R_k[i] = sum_{j >= k} |v_ij|, so a partial sum S with |S_i| - R_k[i] at least the best value
so far cannot lead to a better one. The first sign is fixed, since negating a colouring changes nothing. The
search ends early at a value that no colouring can beat: a row whose entries share the divisor g, with an odd
number of odd quotients, is never below g (DIS-7).

It also is what the conjecture and the bound on unit vectors are tried with (DIS-15, DIS-16).

Cost: at most 2^n partial colourings, d operations each; usually far fewer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.compilation import njit
from lemmata.discrepancy.definition import Number, as_integers, as_vectors, discrepancy
from lemmata.options import whole_number
from lemmata.tracing import Trace, emit


@dataclass(frozen=True)
class OptimalColoring:
    """A colouring of least discrepancy, and why nothing is better.

    Parameters
    ----------
    signs : numpy.ndarray of int8, shape (n,)
        A colouring that attains the value.
    value : int, Fraction or float
        ``discrepancy(vectors, signs)``.
    nodes : int
        Partial colourings that the search visited.
    lower_bound : int or Fraction
        What parity shows of every colouring, exactly.
    exhaustive : bool
        Whether the search ran to its end. If not, it stopped because the value is the lower bound.
    """

    signs: NDArray[np.int8]
    value: Number
    nodes: int
    lower_bound: int | Fraction
    exhaustive: bool


@dataclass(frozen=True)
class BranchCut:
    """Every colouring that gives these elements these signs ends, in this row, at or above the best value."""

    elements: tuple[int, ...]
    signs: tuple[int, ...]
    row: int


@dataclass(frozen=True)
class ColoringImproved:
    """A colouring of all elements, in the order of the matrix, that is better than any before."""

    signs: tuple[int, ...]
    value: int | Fraction


def optimal_coloring(vectors: ArrayLike, *, limit: int = 31, trace: Trace = None) -> OptimalColoring:
    """Exact minimum of the discrepancy over all 2^n colourings.

    Parameters
    ----------
    vectors : array_like, shape (d, n)
        One column per element; integers, Booleans, fractions or finite floats.
    limit : int
        Refuse more columns than this: the search may take 2^(n-1) steps.
    trace : list or callable, optional
        Receives a `ColoringImproved` or a `BranchCut` at every end of a branch. They are a certificate: after
        an exhaustive search, these branches hold all colourings that agree in the first element's sign. The
        search is the same, but runs in plain Python.

    Returns
    -------
    OptimalColoring

    Raises
    ------
    TypeError, ValueError
        As `discrepancy`; for more than ``limit`` columns; for a limit that is no natural number; for floats
        whose least discrepancy rounds beyond the largest double.

    Notes
    -----
    Everything is compared in integers; floats count as the dyadic rationals that they are. Where the integers
    without their common divisor do not fit 61 bits, the search runs in plain Python, a few hundred times
    slower. DIS-7.

    Examples
    --------
    Any two-colouring of the Fano plane's points leaves a line in one colour:

    >>> lines = [[0, 1, 2], [0, 3, 4], [0, 5, 6], [1, 3, 5], [1, 4, 6], [2, 3, 6], [2, 4, 5]]
    >>> found = optimal_coloring([[point in line for point in range(7)] for line in lines])
    >>> found.value, found.exhaustive
    (3, True)
    """
    matrix = as_vectors("vectors", vectors)
    n = matrix.shape[1]
    if n > whole_number("limit", limit, minimum=0):
        raise ValueError(
            f"vectors has too many columns for an exact search (n = {n} > limit = {limit}); "
            "raise limit if 2^(n-1) steps are acceptable"
        )
    integers, denominator = as_integers(matrix)
    rows, divisor = without_divisor(distinct_rows(integers))
    bound = parity_bound(rows)
    if n == 0 or rows.shape[0] == 0:
        signs = np.ones(n, dtype=np.int8)
        return OptimalColoring(signs, discrepancy(matrix, signs), 0, 0, False)
    order = completion_order(rows)
    ordered = np.ascontiguousarray(rows[:, order].T)
    start = greedy_signs(ordered)
    if trace is not None:
        watch = _reporter(
            trace, integers, rows.astype(object) * divisor, order, Fraction(divisor, denominator)
        )
        found, _, nodes, complete = _search_py(ordered, start.astype(ordered.dtype), bound, watch)
    elif ordered.dtype == np.int64:
        found, _, nodes, complete = search(ordered, start, bound)
    else:
        found, _, nodes, complete = _search_py(ordered, start.astype(object), bound)
    signs = np.empty(n, dtype=np.int8)
    signs[order] = found
    value = discrepancy(matrix, signs)
    lower = Fraction(int(bound) * divisor, denominator)
    return OptimalColoring(
        signs, value, int(nodes), int(lower) if lower.denominator == 1 else lower, bool(complete)
    )


def _reporter(
    trace: Trace, integers: NDArray[Any], rows: NDArray[Any], order: NDArray[np.intp], unit: Fraction
) -> Callable[[NDArray[Any], int, Any], None]:
    """What the search tells, in terms of the caller's matrix."""
    given = integers.tolist()
    places = [
        next(i for i, row in enumerate(given) if row in (own, [-v for v in own])) for own in rows.tolist()
    ]

    def watch(signs: NDArray[Any], row: int, value: Any) -> None:
        elements, given_signs = order[: len(signs)].tolist(), [int(sign) for sign in signs]
        if row >= 0:
            emit(trace, BranchCut(tuple(elements), tuple(given_signs), places[row]))
            return
        coloring = dict(zip(elements, given_signs, strict=True))
        exact = int(value) * unit
        plain = int(exact) if exact.denominator == 1 else exact
        emit(trace, ColoringImproved(tuple(coloring[j] for j in range(len(order))), plain))

    return watch


def distinct_rows(matrix: NDArray[Any]) -> NDArray[Any]:
    """The rows without zeros and repetitions; a row and its negative count as one."""
    kept: dict[tuple[int, ...], None] = {}
    for row in matrix.tolist():
        first = next((entry for entry in row if entry), 0)
        if first:
            kept[tuple(entry if first > 0 else -entry for entry in row)] = None
    return np.array(list(kept), dtype=matrix.dtype).reshape(len(kept), matrix.shape[1])


def without_divisor(rows: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """The rows over the common divisor of all entries, as int64 where twice a sum fits; that divisor."""
    if rows.dtype == np.int64 or not rows.size:
        return rows, 1
    divisor = gcd(*rows.flat)
    reduced = rows // divisor
    fits = max(abs(entry) for entry in reduced.flat) * rows.shape[1] < 2**61
    return (reduced.astype(np.int64) if fits else reduced), divisor


def parity_bound(rows: NDArray[Any]) -> int:
    """Largest g such that some row has g as greatest common divisor and an odd number of odd quotients.

    Such a row's signed sum is an odd multiple of g, so every colouring has discrepancy at least g.
    """
    best = 0
    for row in rows.tolist():
        divisor = int(np.gcd.reduce(np.array(row, dtype=object)))
        if divisor and sum(entry // divisor for entry in row) % 2:
            best = max(best, divisor)
    return best


def completion_order(rows: NDArray[Any]) -> NDArray[np.intp]:
    """Order of the elements in which rows are completed early, so that bad partial colourings show early."""
    sizes = np.abs(relative(rows))
    left = sizes.sum(axis=1)
    todo = list(range(rows.shape[1]))
    order = []
    while todo:
        # An element weighs most where it is most of what its rows have left.
        part = sizes[:, todo]
        # Rounding may leave less than there is; a row without anything left gets no say.
        whole = np.maximum(left[:, None], part)
        weights = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
        chosen = todo.pop(int(np.argmax((weights**2).sum(axis=0))))
        left -= sizes[:, chosen]
        order.append(chosen)
    return np.array(order, dtype=np.intp)


def greedy_signs(ordered: NDArray[Any]) -> NDArray[np.int64]:
    """Signs chosen one by one to keep the sum of squares small: where the search starts to improve."""
    signs = np.ones(len(ordered), dtype=np.int64)
    total = np.zeros(ordered.shape[1])
    for j, column in enumerate(relative(ordered)):
        signs[j] = -1 if j and total @ column > 0 else 1
        total += signs[j] * column
    return signs


def relative(matrix: NDArray[Any]) -> NDArray[np.float64]:
    """The integers over the largest of them, as doubles: good enough to guide a search."""
    if matrix.dtype == np.int64:
        return matrix.astype(np.float64)
    largest = max(abs(entry) for entry in matrix.flat)
    ratios = [float(Fraction(entry, largest)) for entry in matrix.flat]
    return np.array(ratios).reshape(matrix.shape)


def _search_py(
    columns: NDArray[Any], start: NDArray[np.int64], bound: int, watch: Any = None
) -> tuple[NDArray[np.int64], int, int, bool]:
    """Best signs for the columns (n, d), their value, visited nodes, whether the search ran to its end."""
    n, d = columns.shape
    left = np.zeros_like(columns)  # left[k]: what elements after k can still change
    for k in range(n - 2, -1, -1):
        for i in range(d):
            left[k, i] = left[k + 1, i] + abs(columns[k + 1, i])
    best_signs = start.copy()
    value = columns[0, 0] * 0
    for i in range(d):
        total = columns[0, i] * 0
        for j in range(n):
            total += columns[j, i] * start[j]
        value = max(value, abs(total))
    sums = np.zeros_like(columns)  # sums[k]: signed sum of elements 0, ..., k
    signs = np.zeros_like(start)  # 0: untried, else the sign tried last
    first = start.copy()  # the sign to try first
    nodes = 0
    k = 0
    while k >= 0 and value > bound:
        if signs[k] == 0:
            signs[k] = first[k]
        elif signs[k] == first[k] and k > 0:
            signs[k] = -first[k]
        else:
            signs[k] = 0
            k -= 1
            continue
        nodes += 1
        alive = True
        for i in range(d):
            total = signs[k] * columns[k, i]
            if k > 0:
                total += sums[k - 1, i]
            sums[k, i] = total
            if abs(total) - left[k, i] >= value:
                alive = False
                if watch is not None:
                    watch(signs[: k + 1], i, value)
                break
        if not alive:
            continue
        if k < n - 1:
            k += 1
            continue
        value = columns[0, 0] * 0
        for i in range(d):
            value = max(value, abs(sums[k, i]))
        best_signs[:] = signs
        if watch is not None:
            watch(signs, -1, value)
    return best_signs, value, nodes, k < 0


search = njit(_search_py, steps=lambda columns, *_: columns.shape[1] << columns.shape[0] + 1)
