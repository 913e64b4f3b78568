"""Beck and Fiala's colouring: discrepancy at most 2t - 1 when every element is in at most t sets.

Idea: start with every element at 0 and keep the sum of every set with more than t floating elements exactly
at 0. There are fewer such sets than floating elements, so these are dependent, and one of them can be moved
to -1 or 1. A set is let go when at most t of its elements float; from its sum 0, each of them
changes it by less than 2 (DIS-11).

    while an element floats
        protect the sets with more than t floating elements
        for each floating element: move along a dependency until something freezes, if there is one

Doubles are used for the walk and integers for the certificate: the finished colouring's discrepancy is
counted, and a colouring above 2t - 1 (which could come only from rounding errors) is thrown away for an exact
walk in rationals.

Source: J. Beck, T. Fiala, "Integer-making" theorems, Discrete Applied Mathematics 3, 1981.
Cost: O(k^2) per element for k protected sets, in matrix products.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import ArrayLike, NDArray

from lemmata.arrays import as_array
from lemmata.discrepancy.colorings.linear_dependencies import (
    DoubleBasis,
    WalkRepeatedExactly,
    bring_in,
    plain,
    zeros,
)
from lemmata.discrepancy.colorings.system_bounds import beck_fiala_bound
from lemmata.discrepancy.exact_basis import ExactBasis
from lemmata.discrepancy.set_systems import LARGEST
from lemmata.options import switch
from lemmata.tracing import Trace, emit


@dataclass(frozen=True)
class PhaseStarted:
    """Elements that float, sets that are protected from now on, sets let go since the last phase."""

    floating: tuple[int, ...]
    protected: tuple[int, ...]
    released: tuple[int, ...]


def beck_fiala(incidence: ArrayLike | Any, *, exact: bool = False, trace: Trace = None) -> NDArray[np.int8]:
    """Colour a set system of degree t with discrepancy at most 2t - 1.

    Parameters
    ----------
    incidence : array_like or scipy.sparse matrix, shape (sets, elements)
        Entries 0 and 1: whether the column's element is in the row's set.
    exact : bool
        Walk in rationals; with many hundreds of elements, slow. The bound holds either way.
    trace : list or callable, optional
        Receives `PhaseStarted`, and a `Move`, with the sets' sums, whenever elements freeze;
        `WalkRepeatedExactly` if rounding errors mattered.

    Returns
    -------
    numpy.ndarray of int8, shape (elements,)
        Signs. Every set's sum is at most 2t - 1 in absolute value, t the largest number of ones in a column
        (DIS-11); sums of sets were compared with it in integers.

    Raises
    ------
    TypeError, ValueError
        Naming the first entry that is not 0 or 1, or the wrong shape; for an ``exact`` that is no Boolean.

    Notes
    -----
    With t = 0 every set is empty and the discrepancy 0. Memory: k^2 numbers for k protected sets.

    Examples
    --------
    The edges of a triangle as sets of their two ends, t = 2: at most 3 by the theorem, here 2.

    >>> steps = []
    >>> triangle = [[1, 1, 0], [0, 1, 1], [1, 0, 1]]
    >>> signs = beck_fiala(triangle, exact=True, trace=steps)
    >>> [int(abs(sum(e for e, inside in zip(signs, row) if inside))) for row in triangle]
    [2, 2, 2]
    >>> steps[0]  # no edge has more than two ends, so nothing is protected
    PhaseStarted(floating=(0, 1, 2), protected=(), released=(0, 1, 2))
    """
    system = _read(incidence)
    bound = beck_fiala_bound(system.degree)
    if not switch("exact", exact):
        coloring = _walk(system, False, trace)
        value = system.discrepancy(coloring)
        if value <= bound:
            return coloring
        emit(trace, WalkRepeatedExactly(f"discrepancy {value} > {bound}"))
    coloring = _walk(system, True, trace)
    value = system.discrepancy(coloring)
    if value > bound:
        raise ArithmeticError(f"an exact walk left a set with sum {value} > {bound}: please report this")
    return coloring


@dataclass(frozen=True)
class _System:
    """Sets by element: element j is in the sets members[begin[j]:begin[j + 1]]."""

    sets: int
    begin: NDArray[np.int64]
    members: NDArray[np.int64]

    @property
    def elements(self) -> int:
        return len(self.begin) - 1

    @property
    def degree(self) -> int:
        return int(np.diff(self.begin).max(initial=0))

    def counts(self, of: NDArray[Any]) -> NDArray[np.int64]:
        """Sum over each set's elements of ``of``, as integers."""
        totals = np.zeros(self.sets, dtype=np.int64)
        np.add.at(totals, self.members, np.repeat(of.astype(np.int64), np.diff(self.begin)))
        return totals

    def sums(self, of: Sequence[Fraction | float]) -> tuple[Fraction | float, ...]:
        """Sum over each set's elements of ``of``, in the numbers that these are."""
        totals = np.full(self.sets, 0 * of[0] if of else 0, dtype=object)
        np.add.at(totals, self.members, np.repeat(np.array(of, dtype=object), np.diff(self.begin)))
        return tuple(totals.tolist())

    def discrepancy(self, coloring: NDArray[np.int8]) -> int:
        """The worst set's sum, exactly. An entry that is no sign counts as a violation."""
        if not (np.abs(coloring) == 1).all():
            return 2 * self.elements + 1
        return int(np.abs(self.counts(coloring)).max(initial=0))


def _walk(system: _System, exact: bool, trace: Trace) -> NDArray[np.int8]:
    """Freeze all elements; an element that floats on without end (rounding errors) is left at 0."""
    n, t = system.elements, system.degree
    x = zeros((n,), exact=exact)
    one = fmpq(1) if exact else 1.0
    floating = np.ones(n, dtype=bool)
    protected_before = np.ones(system.sets, dtype=bool)
    left = n + 1
    while floating.any() and floating.sum() < left:
        left = int(floating.sum())
        protected = system.counts(floating) > t
        if trace is not None:
            released = np.flatnonzero(protected_before & ~protected)
            parts = (np.flatnonzero(floating), np.flatnonzero(protected), released)
            emit(trace, PhaseStarted(*(tuple(part.tolist()) for part in parts)))
        protected_before = protected
        row_of = np.cumsum(protected) - 1
        basis = ExactBasis(int(protected.sum())) if exact else DoubleBasis(int(protected.sum()))
        for element in np.flatnonzero(floating):
            if not floating[element]:
                continue
            inside = system.members[system.begin[element] : system.begin[element + 1]]
            rows = row_of[inside[protected[inside]]]
            weights = basis.express(rows, np.full(len(rows), one, dtype=x.dtype))
            outwards = bool(x[element] >= 0)
            move = bring_in(basis, x, floating, int(element), weights, (-1, 1), lambda *_, up=outwards: up)
            if move is not None and trace is not None:
                values = tuple(plain(v) for v in x)
                emit(trace, replace(move, values=values, sums=system.sums(values)))
    signs = [int(np.sign(float(v))) if not f else 0 for v, f in zip(x, floating, strict=True)]
    return np.array(signs, dtype=np.int8)


def _read(incidence: ArrayLike | Any) -> _System:
    if hasattr(incidence, "tocoo"):
        if len(np.shape(incidence)) != 2:
            raise ValueError(f"incidence must have shape (sets, elements) (shape {np.shape(incidence)})")
        matrix = incidence.tocoo(copy=True)
        matrix.sum_duplicates()
        shape, (rows, columns), entries = matrix.shape, (matrix.row, matrix.col), matrix.data
    else:
        dense = as_array("incidence", incidence)
        if dense.ndim != 2:
            raise ValueError(f"incidence must have shape (sets, elements) (shape {dense.shape})")
        shape = dense.shape
        rows, columns = np.nonzero(dense) if dense.dtype.kind in "buif" else ((), ())
        entries = dense[rows, columns] if dense.dtype.kind in "buif" else dense
    if entries.dtype.kind not in "buif":
        raise TypeError(f"incidence must hold the numbers 0 and 1 (dtype {entries.dtype})")
    for k in np.flatnonzero((entries != 0) & (entries != 1)):
        at = f"incidence[{rows[k]}, {columns[k]}] = {entries[k]}"
        raise ValueError(f"incidence must hold 0 and 1 ({at})")
    if max(shape) > LARGEST:
        raise ValueError(f"incidence is too large: a number is kept for each set and element (shape {shape})")
    kept = np.flatnonzero(entries)
    rows, columns = np.asarray(rows)[kept], np.asarray(columns)[kept]
    order = np.lexsort((rows, columns))
    counts = np.bincount(columns, minlength=shape[1])
    begin = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return _System(int(shape[0]), begin, rows[order].astype(np.int64))
