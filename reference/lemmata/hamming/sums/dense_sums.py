"""Sums of two sets in a range that is multiplied out: the product of the sequences that say how often.

Elements are distinct distances from the smallest one, in increasing order; so 0 is always a sum. What an
algorithm takes may be limited: `Spending` (HAM-25).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming.correlations.word_transform import (
    convolution_operations,
    convolve_words,
    transform_length,
)
from lemmata.tracing import Trace, emit

Elements = NDArray[np.uint64]
Counts = NDArray[np.int64]


class Distinct(NamedTuple):
    """Distinct elements, counted from the smallest, and how often each occurs."""

    elements: Elements
    times: Counts

    @property
    def largest(self) -> int:
        """The last element."""
        return int(self.elements[-1])


@dataclass(frozen=True)
class RangeMultiplied:
    """Elements modulo 2^bits were multiplied out by transforms of that length, and gave ``sums`` sums."""

    bits: int
    length: int
    sums: int


class GivenUp(Exception):
    """The sparse way might spend more than its budget."""


@dataclass
class Spending:
    """What the sparse way has been charged, and how much that may be."""

    costs: Costs | None
    budget: float = float("inf")
    spent: int = 0

    def allow(self, at_most: int) -> None:
        """Look ahead to a step of at most so many operations.

        Raises
        ------
        GivenUp
            If it might exceed the budget.
        """
        if self.spent + at_most > self.budget:
            raise GivenUp

    def charge(self, operations: int) -> None:
        """Charge operations that were carried out."""
        self.spent += operations
        if self.costs is not None:
            self.costs.charge(word_operations=operations)


def dense_operations(elements: int, span: int, sums: int = 0) -> int:
    """Word operations of multiplying out a range of ``span`` sums (HAM-25)."""
    length = transform_length(span)
    return table_operations(elements, length) + 3 * span + 2 * sums


def table_operations(elements: int, length: int) -> int:
    """Word operations of `multiplied`: clear two tables, three for each element, and the convolution."""
    return 2 * length + 3 * elements + convolution_operations(length)


def multiplied(x: Distinct, y: Distinct, mask: int, modulus: int, length: int) -> Elements:
    """Pairs by the sum of their elements' lowest bits modulo ``modulus``, below ``length``; exact below p."""
    tables = []
    for part in (x, y):
        table = np.empty(length, dtype=np.uint64)
        tabulate(part.elements, part.times.view(np.uint64), np.uint64(mask), np.uint64(modulus), table)
        tables.append(table)
    return convolve_words(*tables)


def multiply_out(
    x: Distinct, y: Distinct, bits: int, span: int, spending: Spending, trace: Trace = None
) -> tuple[Elements, Counts]:
    """The sums of the elements' lowest bits, which are below ``span``, and how often each occurs."""
    length = transform_length(span)
    elements = len(x.elements) + len(y.elements)
    most = min(span, len(x.elements) * len(y.elements))
    spending.allow(dense_operations(elements, span, most))
    table = multiplied(x, y, (1 << bits) - 1, length, length)[:span]
    found = int(count_present(table))
    sums, counts = np.empty(found, dtype=np.uint64), np.empty(found, dtype=np.int64)
    read_present(table, sums, counts)
    spending.charge(dense_operations(elements, span, found))
    emit(trace, RangeMultiplied(bits, length, found))
    return sums, counts


def _tabulate_py(
    elements: Elements, times: Elements, mask: np.uint64, modulus: np.uint64, table: Elements
) -> None:
    """How often the elements' lowest bits occur in every residue class."""
    for k in range(len(table)):
        table[k] = 0
    for i in range(len(elements)):
        at = (elements[i] & mask) % modulus
        table[at] = table[at] + times[i]


def _count_present_py(table: Elements) -> np.uint64:
    """Number of entries that are not 0."""
    found = np.uint64(0)
    for k in range(len(table)):
        found = found + min(table[k], np.uint64(1))
    return found


def _read_present_py(table: Elements, sums: Elements, counts: Counts) -> None:
    """Places and values of the entries that are not 0."""
    found = 0
    for k in range(len(table)):
        if table[k] != 0:
            sums[found] = k
            counts[found] = np.int64(table[k])
            found += 1


tabulate = njit(_tabulate_py)
count_present = njit(_count_present_py)
read_present = njit(_read_present_py)
