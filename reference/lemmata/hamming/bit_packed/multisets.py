"""Multisets of positions, by multiplicities: what is known of them, and their sums pair by pair."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming.bit_packed.narrow_digits import Counts, largest_count


class Multiset(NamedTuple):
    """Multiplicities, their sum, the largest of them and how many are not 0."""

    counts: Counts
    total: int
    largest: int
    support: int


def surveyed(counts: Counts, costs: Costs | None = None) -> Multiset:
    """The multiset with these multiplicities."""
    total, largest, support = survey(counts)
    if costs is not None:
        costs.charge(word_operations=survey_operations(len(counts)))
    return Multiset(counts, int(total), int(largest), int(support))


def are_sets(x: Multiset, y: Multiset) -> bool:
    """Whether no element of either occurs twice."""
    return x.largest <= 1 and y.largest <= 1


def largest_sum(x: Multiset, y: Multiset) -> int:
    """No count of sums of the two is larger."""
    return largest_count(x.total, x.largest, y.total, y.largest)


def survey_operations(length: int) -> int:
    """Word operations of `survey`: add, compare with the largest, compare with 1, count."""
    return 4 * length


def pair_operations(x: Multiset, y: Multiset) -> int:
    """Word operations of adding every pair of distinct elements: add the positions, add to the count.

    Where there are multiplicities, they are multiplied.
    """
    return (2 if are_sets(x, y) else 3) * x.support * y.support


def reading_operations(x: Multiset, y: Multiset) -> int:
    """Word operations that come to those: clear the counts, look at every multiplicity, list the elements."""
    size = len(x.counts) + len(y.counts) - 1
    return size + len(x.counts) + len(y.counts) + 2 * (x.support + y.support)


def _survey_py(counts: Counts) -> tuple[np.int64, np.int64, np.int64]:
    """Sum, largest, and number of those that are not 0."""
    total, largest, support = np.int64(0), np.int64(0), np.int64(0)
    for k in range(len(counts)):
        total = total + counts[k]
        largest = max(largest, counts[k])
        support = support + min(counts[k], np.int64(1))
    return total, largest, support


def _list_support_py(counts: Counts, support: int) -> tuple[Counts, Counts]:
    """Elements and their multiplicities."""
    elements, multiplicities = np.empty(support, dtype=np.int64), np.empty(support, dtype=np.int64)
    found = 0
    for k in range(len(counts)):
        if counts[k] != 0:
            elements[found] = k
            multiplicities[found] = counts[k]
            found += 1
    return elements, multiplicities


def _pairs_of_sets_py(x: Counts, y: Counts, size: int) -> Counts:
    """One for every pair of elements of two sets."""
    counts = np.zeros(size, dtype=np.int64)
    for i in range(len(x)):
        for j in range(len(y)):
            counts[x[i] + y[j]] += 1
    return counts


def _pairs_of_multisets_py(x: Counts, x_times: Counts, y: Counts, y_times: Counts, size: int) -> Counts:
    """For every pair of elements the product of their multiplicities."""
    counts = np.zeros(size, dtype=np.int64)
    for i in range(len(x)):
        for j in range(len(y)):
            counts[x[i] + y[j]] += x_times[i] * y_times[j]
    return counts


survey = njit(_survey_py, steps=len)
list_support = njit(_list_support_py, steps=lambda counts, _: len(counts))
pairs_of_sets = njit(_pairs_of_sets_py, steps=lambda x, y, _: len(x) * len(y))
pairs_of_multisets = njit(_pairs_of_multisets_py, steps=lambda x, _, y, *__: len(x) * len(y))
