"""Sums of two sets of integers, and how often each occurs, at a cost that follows the number of sums.

Three ways. *Pairs*: merge the rows of the table of sums (`lemmata.hamming.pair_sums`). *Dense*: multiply the
indicator sequences of the whole range.
*Sparse*, for few sums in a large range: learn the sums bit by bit. If S are the sums of a mod 2^k and b mod
2^k, then those modulo 2^(k+1) are among s, s + 2^k and s + 2^(k+1), s in S: a short list of candidates.
Fold everything modulo a few random q: a residue class that only one candidate falls into tells how often it
occurs; subtract it everywhere and go on (peeling). There are at most twice as many sums at any level as in
the end, so the whole costs some |A + B| log |A + B| per bit of the range, and not the range itself (HAM-25).

How many sums there are is not known beforehand. So by default the sparse way gets a budget, what the cheaper
of the other two would take; without structure, where every pair has a sum of its own, it is soon given up.

Source: sparse sumsets by hashing modulo random numbers, R. Cole, R. Hariharan (2002) and later work; the
bitwise refinement as written here is our own.
"""

from dataclasses import dataclass
from math import log2
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.costs import Costs
from lemmata.hamming.letters import letter_values
from lemmata.hamming.pair_sums import pair_operations, pair_sums
from lemmata.hamming.word_transform import convolution_operations, convolve_words, transform_length
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
class BitLearned:
    """Of elements taken modulo 2^bits there are ``sums`` sums, found among ``candidates``.

    The first bits are learned at once, without candidates.
    """

    bits: int
    candidates: int
    sums: int


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
        All give the same result. "auto" tries the sparse way until that has taken as much as the cheaper of
        the others would, and then takes that one; where it cannot be cheaper, it is not tried.
    rng : numpy.random.Generator or int, optional
        For the moduli of "sparse"; it does not affect the result.
    trace : list or callable, optional
        Receives a `BitLearned` for every bit of the sparse way.
    costs : Costs, optional
        Charged with word operations.

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
    for each number of the range, at most 4 GiB; by "sparse" O(|A + B|) for each modulus of a bit.

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
    if method == "auto":
        sums, counts = _by_cheapest(x, in_x, y, in_y, generator, trace, costs)
    elif method == "pairs":
        sums, counts = pair_sums(x, in_x, y, in_y, costs)
    elif method == "dense":
        sums, counts = _by_convolution(x, in_x, y, in_y, costs)
    else:
        sums, counts = _by_refinement(x, in_x, y, in_y, generator, trace, Spending(costs))
    return SumCounts((sums + np.uint64(low % 2**64)).view(np.int64), counts)


def sumset(
    a: ArrayLike, b: ArrayLike, *, method: Method = "auto", rng: np.random.Generator | int | None = None
) -> NDArray[np.int64]:
    """The distinct sums of an element of ``a`` and one of ``b``, in increasing order, int64.

    Arguments, errors and cost are those of `sum_counts`.

    Examples
    --------
    >>> sumset([1, 2, 4], [0, 10])
    array([ 1,  2,  4, 11, 12, 14])
    """
    return sum_counts(a, b, method=method, rng=rng).sums


Elements = NDArray[np.uint64]
Counts = NDArray[np.int64]


def _multiset(name: str, elements: Any) -> tuple[int, Elements, Counts]:
    """Smallest element, distinct distances from it in increasing order, and how often each occurs."""
    if isinstance(elements, str | bytes | bytearray):
        raise TypeError(f"{name} must be integers (got {type(elements).__name__})")
    values = letter_values(name, elements)
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


class GivenUp(Exception):
    """The sparse way would spend more than its budget."""


@dataclass
class Spending:
    """What the sparse way has been charged, and how much that may be."""

    costs: Costs | None
    budget: float = float("inf")
    spent: int = 0

    def charge(self, operations: int) -> None:
        """Charge operations that are about to be carried out.

        Raises
        ------
        GivenUp
            If they exceed the budget; then they are not charged.
        """
        if self.spent + operations > self.budget:
            raise GivenUp
        self.spent += operations
        if self.costs is not None:
            self.costs.charge(word_operations=operations)


def _by_cheapest(
    x: Elements,
    in_x: Counts,
    y: Elements,
    in_y: Counts,
    rng: np.random.Generator,
    trace: Trace,
    costs: Costs | None,
) -> tuple[Elements, Counts]:
    """The sparse way within the budget that the cheaper of the other two sets, or that one."""
    span = int(x[-1]) + int(y[-1]) + 1
    pairs = pair_operations(len(x), len(y))
    dense = dense_operations(span) if span <= LONGEST_RANGE else float("inf")
    if least_sparse_operations(len(x), len(y), span) < min(pairs, dense):
        try:
            return _by_refinement(x, in_x, y, in_y, rng, trace, Spending(costs, min(pairs, dense)))
        except GivenUp:
            pass
    if pairs <= dense:
        return pair_sums(x, in_x, y, in_y, costs)
    return _by_convolution(x, in_x, y, in_y, costs)


def least_sparse_operations(n_x: int, n_y: int, span: int) -> int:
    """About the fewest operations of the sparse way: for n_x + n_y sums, with one modulus for each bit."""
    levels = span.bit_length() - (4 * (n_x + n_y)).bit_length() - 1
    return max(1, levels) * convolution_operations(transform_length(4 * (n_x + n_y)))


def dense_operations(span: int) -> int:
    """Word operations of multiplying out a range of ``span`` sums."""
    return convolution_operations(transform_length(span)) + 4 * span


def _by_convolution(
    x: Elements, in_x: Counts, y: Elements, in_y: Counts, costs: Costs | None
) -> tuple[Elements, Counts]:
    span = int(x[-1]) + int(y[-1]) + 1
    if span > LONGEST_RANGE:
        raise ValueError(
            f"method = 'dense' multiplies out the range of the sums, which is too long here ({span}; at most "
            f"{LONGEST_RANGE}); use 'auto', 'pairs' or 'sparse'"
        )
    if costs is not None:
        costs.charge(word_operations=dense_operations(span))
    counts = _cyclic_counts(x, in_x, y, in_y, transform_length(span))[:span]
    sums = np.flatnonzero(counts)
    return sums.astype(np.uint64), counts[sums]


def _cyclic_counts(x: Elements, in_x: Counts, y: Elements, in_y: Counts, length: int) -> Counts:
    """Pairs by their sum, of elements below ``length``, sums taken modulo it; exact below p."""
    left, right = np.zeros(length, dtype=np.uint64), np.zeros(length, dtype=np.uint64)
    np.add.at(left, x.astype(np.intp), in_x.astype(np.uint64))
    np.add.at(right, y.astype(np.intp), in_y.astype(np.uint64))
    return convolve_words(left, right).astype(np.int64)


def _by_refinement(
    x: Elements,
    in_x: Counts,
    y: Elements,
    in_y: Counts,
    rng: np.random.Generator,
    trace: Trace,
    spending: Spending,
) -> tuple[Elements, Counts]:
    """Sums modulo 2^k for growing k, each from the candidates that the one before leaves."""
    bits = max(1, int(max(x[-1], y[-1])).bit_length())
    known = min(bits, (4 * (len(x) + len(y))).bit_length())
    mask = np.uint64((1 << known) - 1)
    length = transform_length(2 << known)
    spending.charge(convolution_operations(length) + 4 * length)
    dense = _cyclic_counts(x & mask, in_x, y & mask, in_y, length)
    sums = np.flatnonzero(dense).astype(np.uint64)
    counts = dense[dense > 0]
    emit(trace, BitLearned(known, 0, len(sums)))
    for level in range(known, bits):
        # One bit more on both sides adds 0, 1 or 2 times 2^level; sums that leave 64 bits cannot occur.
        step = np.uint64(1 << level)
        lifted = [sums, sums + step] + ([sums + step + step] if level < 63 else [])
        candidates = np.unique(np.concatenate(lifted))
        mask = np.uint64((1 << (level + 1)) - 1)
        counts = _count_candidates(candidates, x & mask, in_x, y & mask, in_y, rng, spending)
        sums, counts = candidates[counts > 0], counts[counts > 0]
        emit(trace, BitLearned(level + 1, len(candidates), len(sums)))
    return sums, counts


def _count_candidates(
    candidates: Elements,
    x: Elements,
    in_x: Counts,
    y: Elements,
    in_y: Counts,
    rng: np.random.Generator,
    spending: Spending,
) -> Counts:
    """How many pairs sum to each candidate, if all sums are among them: peeling over random moduli.

    A class without pairs rules its candidates out; one with a single candidate left gives its count.
    """
    counts = np.zeros(len(candidates), dtype=np.int64)
    open_ = np.ones(len(candidates), dtype=np.bool_)
    tables: list[tuple[Counts, NDArray[np.intp]]] = []
    size = max(64, 2 * len(candidates))
    while open_.any():
        modulus = int(rng.integers(size, 2 * size))
        q = np.uint64(modulus)
        length = transform_length(2 * modulus)
        spending.charge(convolution_operations(length) + 4 * length + 8 * (len(x) + len(y) + len(candidates)))
        linear = _cyclic_counts(x % q, in_x, y % q, in_y, length)
        folded = linear[:modulus].copy()
        folded[: len(linear[modulus : 2 * modulus])] += linear[modulus : 2 * modulus]
        residues = (candidates % q).astype(np.intp)
        np.subtract.at(folded, residues, counts)
        tables.append((folded, residues))
        _peel(tables, open_, counts, spending)
        size = size if len(tables) % 3 else 2 * size
    return counts


def _peel(
    tables: list[tuple[Counts, NDArray[np.intp]]],
    open_: NDArray[np.bool_],
    counts: Counts,
    spending: Spending,
) -> None:
    """Decide candidates, table by table, until none decides any more."""
    progress = True
    while progress and open_.any():
        progress = False
        for folded, residues in tables:
            at = np.flatnonzero(open_)
            spending.charge(8 * len(at))
            here = residues[at]
            empty = folded[here] == 0
            alone = np.bincount(here, minlength=len(folded))[here] == 1
            decided = at[empty | alone]
            if not len(decided):
                continue
            progress = True
            found = at[alone & ~empty]
            values = folded[residues[found]].copy()
            counts[found] = values
            for other, where in tables:
                np.subtract.at(other, where[found], values)
            open_[decided] = False


def sparse_word_operations(sums: int, bits: int) -> float:
    """6000 (S + 32) log2 (S + 32) per bit, S = |A + B| + |A| + |B|: what HAM-25 compares "sparse" with."""
    return 6000.0 * (sums + 32) * log2(sums + 32) * bits
