"""Longest common extensions in constant time: suffix array, common prefixes, range minima.

The suffixes of a word in lexicographic order (by prefix doubling with counting sorts, O(n log n)), the
lengths of the common prefixes of neighbours (Kasai et al., O(n)), and a sparse table of their minima (O(n
log n) words): the longest common prefix of any two suffixes is the minimum between their ranks.

Source: U. Manber, G. Myers, Suffix arrays (1993); T. Kasai et al. (2001); M. A. Bender, M. Farach-Colton
(2000).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming.letters import Codes

Positions = NDArray[np.int32]


class Extensions(NamedTuple):
    """What `longest_common_extension` needs, int32: ``rank`` (n,), ``minima`` (rows, n), ``levels`` (n + 1,).

    ``levels[w]`` is the logarithm of the largest power of two that is at most w.
    """

    rank: Positions
    minima: NDArray[np.int32]
    levels: Positions


def prepare_extensions(word: Codes, costs: Costs | None = None) -> Extensions:
    """Index a word for longest common extensions; (3 + log2 n) n words of memory.

    Its codes are below its length n > 0. Charged with the word operations of its kernels, at most
    `index_word_operations` (HAM-18).
    """
    n = len(word)
    order, sorting = sort_suffixes(word, n)
    rank, prefixes, comparing = common_prefixes(word, order)
    minima = range_minima(prefixes, n.bit_length())
    if costs is not None:
        costs.charge(word_operations=int(sorting) + int(comparing) + n * n.bit_length())
    return Extensions(rank, minima, whole_logarithms(n))


def index_word_operations(length: int) -> int:
    """Word operations of `prepare_extensions`, at most (HAM-18)."""
    rounds, levels = (length - 1).bit_length(), length.bit_length()
    return length * (21 * rounds + levels + 29) + 1


def whole_logarithms(n: int) -> Positions:
    """Entry w > 0: the largest l with 2^l <= w; shape (n + 1,)."""
    return (np.frexp(np.arange(n + 1))[1] - 1).astype(np.int32)


def suffix_array(word: Codes) -> Positions:
    """Starts of the suffixes in lexicographic order, shape (n,), int32.

    Examples
    --------
    >>> suffix_array(np.array([1, 0, 2, 0, 2, 0], dtype=np.int32))  # banana
    array([5, 3, 1, 0, 4, 2], dtype=int32)
    """
    if not len(word):
        return np.empty(0, dtype=np.int32)
    return sort_suffixes(word, int(word.max()) + 1)[0]


def _sort_suffixes_py(word: Codes, sigma: int) -> tuple[Positions, int]:
    """Sort by the first 1, 2, 4, ... letters, two stable counting sorts a round, until all ranks differ.

    Codes are below sigma. Also returns the word operations.
    """
    n = len(word)
    order = np.empty(n, dtype=np.int32)
    second = np.empty(n, dtype=np.int32)
    rank = np.empty(n + 1, dtype=np.int32)  # one more, for the suffix without letters
    dense = np.empty(n + 1, dtype=np.int32)
    rank[n] = dense[n] = -1
    count = np.zeros(max(sigma, n) + 1, dtype=np.int32)
    for i in range(n):
        count[word[i] + 1] += 1
    for c in range(sigma):
        count[c + 1] += count[c]
    for i in range(n):
        c = word[i]
        order[count[c]] = i
        count[c] += 1
    # Dense ranks of the single letters.
    classes = 0
    rank[order[0]] = 0
    for k in range(1, n):
        b = order[k]
        if word[b] != word[order[k - 1]]:
            classes += 1
        rank[b] = classes
    operations = max(sigma, n) + 1 + sigma + 10 * n
    length = 1
    while classes < n - 1:
        # By the second half: suffixes without one come first, the others in the order of order - length.
        at = 0
        for i in range(n - length, n):
            second[at] = i
            at += 1
        for k in range(n):
            if order[k] >= length:
                second[at] = order[k] - length
                at += 1
        # By the first half, stably.
        count[: classes + 2] = 0
        for i in range(n):
            count[rank[i] + 1] += 1
        for c in range(classes + 1):
            count[c + 1] += count[c]
        operations += 2 * classes + 3 + 19 * n - 8
        for k in range(n):
            i = second[k]
            c = rank[i]
            order[count[c]] = i
            count[c] += 1
        classes = 0
        dense[order[0]] = 0
        for k in range(1, n):
            a, b = order[k - 1], order[k]
            # Where the first halves are equal, the second ones begin at n at the latest.
            tail_a, tail_b = rank[min(a + length, n)], rank[min(b + length, n)]
            if (rank[a] != rank[b]) | (tail_a != tail_b):
                classes += 1
            dense[b] = classes
        rank, dense = dense, rank
        length *= 2
    return order, operations


def _common_prefixes_py(word: Codes, order: Positions) -> tuple[Positions, Positions, int]:
    """Rank of every suffix, common prefix of those of rank k - 1 and k (0 for k = 0), and word operations."""
    n = len(word)
    rank = np.empty(n, dtype=np.int32)
    for k in range(n):
        rank[order[k]] = k
    lengths = np.empty(n, dtype=np.int32)
    same = 0
    looks = ends = 0
    for i in range(n):
        place = rank[i]
        if place == 0:
            lengths[place] = 0
            same = 0
            continue
        j = order[place - 1]
        room = n - max(i, j)
        ends += 1
        while same < room:
            looks += 1
            if word[i + same] != word[j + same]:
                ends -= 1
                break
            same += 1
        lengths[place] = same
        if same > 0:
            same -= 1
    return rank, lengths, 8 * n - 3 + 3 * looks + ends


def _range_minima_py(values: Positions, levels: int) -> NDArray[np.int32]:
    """Row l, entry i: the smallest of the 2^l values from i on (as far as there are any)."""
    n = len(values)
    minima = np.empty((levels, n), dtype=np.int32)
    for i in range(n):
        minima[0, i] = values[i]
    for level in range(1, levels):
        half = 1 << (level - 1)
        for i in range(n - half):
            minima[level, i] = min(minima[level - 1, i], minima[level - 1, i + half])
        for i in range(max(0, n - half), n):
            minima[level, i] = minima[level - 1, i]
    return minima


def _longest_common_extension_py(
    rank: Positions, minima: NDArray[np.int32], levels: Positions, i: int, j: int
) -> int:
    """Length of the longest common prefix of the suffixes at i and j, i != j."""
    a, b = rank[i], rank[j]
    low, high = min(a, b) + 1, max(a, b) + 1
    level = levels[high - low]
    return int(min(minima[level, low], minima[level, high - (1 << level)]))


sort_suffixes = njit(_sort_suffixes_py, steps=lambda word, _: 10 * len(word) * len(word).bit_length())
common_prefixes = njit(_common_prefixes_py, steps=lambda word, _: 3 * len(word))
range_minima = njit(_range_minima_py, steps=lambda values, levels: len(values) * levels)
longest_common_extension = njit(_longest_common_extension_py)
"""Compiled: (rank, minima, levels, i, j) -> int."""
