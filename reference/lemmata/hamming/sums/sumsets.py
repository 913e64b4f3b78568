"""Sums of two sets of integers, and how often each occurs, at a cost that follows the number of sums.

Three ways. *Pairs*: merge the rows of the table of sums (pair_sums.py). *Dense*: multiply the indicator
sequences of the whole range (dense_sums.py). *Sparse*, for few sums in a large range: learn the sums bit by
bit (sparse_sums.py).

How many sums there are is not known beforehand. So by default the sparse way gets a budget, what the cheaper
of the other two takes at least; without structure, where every pair has a sum of its own, it is soon given up
(HAM-25).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.costs import Costs
from lemmata.hamming.letters import integers
from lemmata.hamming.sums.dense_sums import (
    Counts,
    Distinct,
    Elements,
    GivenUp,
    Spending,
    dense_operations,
    multiply_out,
)
from lemmata.hamming.sums.pair_sums import least_pair_operations, pair_operations, pair_sums
from lemmata.hamming.sums.sparse_sums import least_sparse_operations, refine
from lemmata.options import one_of, random_numbers, refuse_observers
from lemmata.tracing import Trace, emit

Method = Literal["auto", "pairs", "dense", "sparse"]

LONGEST_RANGE = 1 << 26
"""Sums in a range that is multiplied out, at most: some 64 bytes for each."""


@dataclass(frozen=True, eq=False)
class SumCounts:
    """``sums``, distinct and increasing, and ``counts``, how many pairs have each; both int64."""

    sums: NDArray[np.int64]
    counts: NDArray[np.int64]


@dataclass(frozen=True)
class RowsMerged:
    """So many ``rows`` of the table of sums were merged, and gave ``sums`` sums."""

    rows: int
    sums: int


@dataclass(frozen=True)
class RefinementGivenUp:
    """The sparse way had been charged ``spent``, and its next step might have exceeded the ``budget``."""

    spent: int
    budget: int


def sum_counts(
    a: ArrayLike,
    b: ArrayLike,
    *,
    method: Method = "auto",
    rng: np.random.Generator | int | None = None,
    trace: Trace = None,
    costs: Costs | None = None,
) -> SumCounts:
    """All sums of an element of ``a`` and one of ``b``, with the number of pairs that have each.

    Parameters
    ----------
    a, b : array_like of int, shapes (n_a,) and (n_b,)
        Multisets: repeated elements count as often as they occur. Any integer types.
    method : {"auto", "pairs", "dense", "sparse"}
        All give the same result. "auto" tries the sparse way until that has taken what the cheaper of the
        others takes at least, and then takes that one; where it cannot be cheaper, it is not tried.
    rng : numpy.random.Generator or int, optional
        For the moduli of "sparse"; it does not affect the result.
    trace : list or callable, optional
        Receives a `RowsMerged` or `RangeMultiplied`; from the sparse way, after `RangeMultiplied` for the
        first bits, a `ClassesCounted` for every modulus and a `BitLearned` for every bit, and a
        `RefinementGivenUp` if that is what happens.
    costs : Costs, optional
        Charged with word operations: what is done to distinct elements that are sorted and counted from the
        smallest, until their sums are there, counted likewise.

    Returns
    -------
    SumCounts
        Empty if a or b is.

    Raises
    ------
    TypeError, ValueError
        If a or b is not one-dimensional integers; ValueError if a sum leaves int64, there are 2^62 pairs or
        more, the method is unknown, or it is "dense" and the sums' range is longer than 2^26.

    Notes
    -----
    Cost, n_a and n_b counting distinct elements: O(n_a n_b log min(n_a, n_b)) by "pairs"; a convolution of
    the range by "dense"; by "sparse" O(|A + B| log |A + B| log range), measured but not proved (HAM-25); by
    "auto" at most twice the cheaper of the first two, and little more than the sparse one where that is less.

    Memory: by "pairs" 32 bytes for each distinct sum, 100 for each element and 16 MiB; by "dense" 64 bytes
    for each number of the range, at most 4 GiB, however few sums are in it (two of 2^25 numbers take half a
    minute and 1.3 GB); by "sparse" O(|A + B|) for each modulus of a bit.

    Examples
    --------
    >>> found = sum_counts([0, 1, 10**15], [0, 1])
    >>> found.sums.tolist(), found.counts.tolist()
    ([0, 1, 2, 1000000000000000, 1000000000000001], [1, 2, 1, 1, 1])
    """
    one_of("method", method, ("auto", "pairs", "dense", "sparse"))
    refuse_observers(trace, costs)
    generator = random_numbers(rng)
    (low_a, x, in_x), (low_b, y, in_y) = _multiset("a", a), _multiset("b", b)
    if not len(x) or not len(y):
        return SumCounts(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    low, high = low_a + low_b, low_a + low_b + int(x[-1]) + int(y[-1])
    if low < -(2**63) or high >= 2**63:
        raise ValueError(f"sums of a and b do not fit int64 (from {low} to {high})")
    if int(in_x.sum()) * int(in_y.sum()) >= 2**62:
        raise ValueError(f"a and b have too many pairs ({len(x)} by {len(y)} distinct elements)")
    left, right = Distinct(x, in_x), Distinct(y, in_y)
    if method == "auto":
        sums, counts = _by_cheapest(left, right, generator, trace, costs)
    elif method == "pairs":
        sums, counts = _by_pairs(left, right, trace, costs)
    elif method == "dense":
        sums, counts = _by_range(left, right, trace, costs)
    else:
        sums, counts = refine(left, right, generator, Spending(costs), trace)
    return SumCounts((sums + np.uint64(low % 2**64)).view(np.int64), counts)


def sumset(
    a: ArrayLike,
    b: ArrayLike,
    *,
    method: Method = "auto",
    rng: np.random.Generator | int | None = None,
    trace: Trace = None,
    costs: Costs | None = None,
) -> NDArray[np.int64]:
    """The distinct sums of an element of ``a`` and one of ``b``, in increasing order, int64.

    Arguments, errors and cost are those of `sum_counts`.

    Examples
    --------
    >>> sumset([1, 2, 4], [0, 10])
    array([ 1,  2,  4, 11, 12, 14])
    """
    return sum_counts(a, b, method=method, rng=rng, trace=trace, costs=costs).sums


def _multiset(name: str, elements: Any) -> tuple[int, Elements, Counts]:
    """Smallest element, distinct distances from it in increasing order, and how often each occurs."""
    values = integers(name, elements)
    if not len(values):
        return 0, np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
    distinct, counts = np.unique(values, return_counts=True)
    low = int(distinct[0])
    wide = (
        distinct.astype(np.uint64)
        if distinct.dtype.kind == "u"
        else distinct.astype(np.int64).view(np.uint64)
    )
    return low, wide - np.uint64(low % 2**64), counts.astype(np.int64)


def _span(x: Distinct, y: Distinct) -> int:
    return x.largest + y.largest + 1


def refinement_budget(n_a: int, n_b: int, span: int) -> int:
    """What the sparse way may take so that "auto" takes at most twice either of the others (HAM-25).

    That is what "pairs" takes at least where "pairs" comes next; otherwise what "dense" takes at least, and
    what is left to it of twice what "pairs" does: it may be negative.
    """
    least = least_pair_operations(n_a, n_b)
    if span > LONGEST_RANGE:
        return least
    dense = dense_operations(n_a + n_b, span)
    if pair_operations(n_a, n_b) <= dense:
        return least
    return min(dense, 2 * least - dense - 2 * min(span, n_a * n_b))


def _by_cheapest(
    x: Distinct, y: Distinct, rng: np.random.Generator, trace: Trace, costs: Costs | None
) -> tuple[Elements, Counts]:
    """The sparse way within the budget that the cheaper of the other two sets, or that one."""
    n_x, n_y, span = len(x.elements), len(y.elements), _span(x, y)
    take_pairs = span > LONGEST_RANGE or pair_operations(n_x, n_y) <= dense_operations(n_x + n_y, span)
    budget = refinement_budget(n_x, n_y, span)
    if least_sparse_operations(n_x + n_y, span) < budget:
        spending = Spending(costs, budget)
        try:
            return refine(x, y, rng, spending, trace)
        except GivenUp:
            emit(trace, RefinementGivenUp(spending.spent, budget))
    return (_by_pairs if take_pairs else _by_range)(x, y, trace, costs)


def _by_pairs(x: Distinct, y: Distinct, trace: Trace, costs: Costs | None) -> tuple[Elements, Counts]:
    sums, counts = pair_sums(x.elements, x.times, y.elements, y.times, costs)
    emit(trace, RowsMerged(min(len(x.elements), len(y.elements)), len(sums)))
    return sums, counts


def _by_range(x: Distinct, y: Distinct, trace: Trace, costs: Costs | None) -> tuple[Elements, Counts]:
    span = _span(x, y)
    if span > LONGEST_RANGE:
        raise ValueError(
            f"method = 'dense' multiplies out the range of the sums, which is too long here ({span}; at most "
            f"{LONGEST_RANGE}); use 'auto', 'pairs' or 'sparse'"
        )
    return multiply_out(x, y, max(1, (span - 1).bit_length()), span, Spending(costs), trace)
