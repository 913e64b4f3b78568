"""The sums of all pairs in increasing order, by merging the rows of the table of sums.

Row i of the table is x_i + y_0 < x_i + y_1 < ...: sorted already. A tournament among the rows gives the
smallest sum that has not been taken; taking it moves its row on by one place, and replays that row's
matches, one for each level of the tree. So a pair costs log2 of the number of rows, and memory is one place
per row, whatever the number of pairs (HAM-25).

Source: D. E. Knuth, The Art of Computer Programming 3 (1998), section 5.4.1, trees of losers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs

Elements = NDArray[np.uint64]
Counts = NDArray[np.int64]

BUFFER = 1 << 20
"""Distinct sums that are merged at a time."""

PER_PAIR = 11
PER_MATCH = 5
PER_LEAF = 11
PER_BUFFER = 3
PER_SUM = 2
"""Word operations: of a pair that is taken and of each match that it replays; of a row that is set up; of a
further buffer, for which a pair is looked at twice; of a distinct sum that is moved to the result."""

_LAST = np.uint64(2**64 - 1)


def pair_operations(n_x: int, n_y: int) -> int:
    """Word operations of `pair_sums`, at most (HAM-25)."""
    levels = (min(n_x, n_y) - 1).bit_length()
    return n_x * n_y * (14 + 5 * levels) + (12 << levels)


def least_pair_operations(n_x: int, n_y: int) -> int:
    """Word operations of `pair_sums`, at least: there are n_x + n_y - 1 distinct sums or more (HAM-25).

    Two progressions with one step attain it where all sums but the largest fit one buffer: where
    n_x + n_y - 2 <= `BUFFER`. Every further buffer takes them `PER_BUFFER` more.
    """
    levels = (min(n_x, n_y) - 1).bit_length()
    setting_up = (PER_LEAF << levels) + min(n_x, n_y) - 4
    return setting_up + (n_x * n_y - 1) * (PER_PAIR + PER_MATCH * levels) + 2 + PER_SUM * (n_x + n_y - 1)


def pair_sums(
    x: Elements, in_x: Counts, y: Elements, in_y: Counts, costs: Costs | None = None
) -> tuple[Elements, Counts]:
    """Distinct sums of an element of x and one of y, in increasing order, and the pairs that have each.

    x and y are increasing and not empty, and their sums fit 64 bits. Holds 40 bytes for each row of the
    tree, and at most 32 for each distinct sum, beside the buffer.
    """
    if len(x) > len(y):
        x, in_x, y, in_y = y, in_y, x, in_x
    levels = (len(x) - 1).bit_length()
    leaves = 1 << levels
    keys = np.full(leaves, _LAST)
    keys[: len(x)] = x + y[0]
    at = np.zeros(leaves, dtype=np.int64)
    losers = np.zeros(leaves, dtype=np.int64)
    first_matches(keys, losers)
    # A row that is through waits at the largest number there is. Only the very last sum can be as large.
    left = len(x) * len(y) - 1
    capacity = min(left, BUFFER)
    sums: list[Elements] = []
    counts: list[Counts] = []
    merged = 0
    while left:
        some_sums, some_counts = np.empty(capacity, dtype=np.uint64), np.empty(capacity, dtype=np.int64)
        taken, found = merge_rows(x, in_x, y, in_y, at, keys, losers, left, some_sums, some_counts)
        left -= taken
        merged += found
        sums.append(some_sums[:found])
        counts.append(some_counts[:found])
    sums.append(x[-1:] + y[-1:])
    counts.append(in_x[-1:] * in_y[-1:])
    if costs is not None:
        taking = (len(x) * len(y) - 1) * (PER_PAIR + PER_MATCH * levels)
        further = max(0, len(sums) - 2)
        setting_up = PER_LEAF * leaves + len(x) - 4
        costs.charge(word_operations=setting_up + taking + PER_BUFFER * further + 2 + PER_SUM * (merged + 1))
    return np.concatenate(sums), np.concatenate(counts)


def _first_matches_py(keys: Elements, losers: NDArray[np.int64]) -> None:
    """Play all matches once: node k > 0 keeps the row that lost there, node 0 the winner."""
    leaves = len(keys)
    winners = np.zeros(2 * leaves, dtype=np.int64)
    for row in range(leaves):
        winners[leaves + row] = row
    for node in range(leaves - 1, 0, -1):
        a, b = winners[2 * node], winners[2 * node + 1]
        second_wins = keys[b] < keys[a]
        winners[node] = b if second_wins else a
        losers[node] = a if second_wins else b
    losers[0] = winners[1]


def _merge_rows_py(
    x: Elements,
    in_x: Counts,
    y: Elements,
    in_y: Counts,
    at: NDArray[np.int64],
    keys: Elements,
    losers: NDArray[np.int64],
    most: int,
    sums: Elements,
    counts: Counts,
) -> tuple[int, int]:
    """Take up to ``most`` pairs, until another distinct sum would not fit; pairs taken and sums found."""
    leaves = len(keys)
    winner = losers[0]
    found = 0
    for taken in range(most):
        j = at[winner]
        pairs = in_x[winner] * in_y[j]
        if found > 0 and keys[winner] == sums[found - 1]:
            counts[found - 1] += pairs
        elif found == len(sums):
            return taken, found
        else:
            sums[found] = keys[winner]
            counts[found] = pairs
            found += 1
        j += 1
        at[winner] = j
        keys[winner] = x[winner] + y[j] if j < len(y) else _LAST
        node = (winner + leaves) >> 1
        while node > 0:
            other = losers[node]
            beaten = keys[other] < keys[winner]
            losers[node] = winner if beaten else other
            winner = other if beaten else winner
            node >>= 1
        losers[0] = winner
    return most, found


first_matches = njit(_first_matches_py, steps=lambda keys, _: len(keys))
merge_rows = njit(_merge_rows_py, steps=lambda x, _, y, *__: len(x) * len(y) * len(x).bit_length())
