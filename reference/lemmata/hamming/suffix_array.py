"""Longest common extensions in constant time: suffix array, common prefixes, range minima.

The suffixes of a word in lexicographic order (by prefix doubling with counting sorts, O(n log n)), the
lengths of the common prefixes of neighbours (Kasai et al., O(n)), and a sparse table of their minima (O(n
log n) words): the longest common prefix of any two suffixes is the minimum between their ranks.

Source: U. Manber, G. Myers, Suffix arrays (1993); T. Kasai et al. (2001); M. A. Bender, M. Farach-Colton
(2000).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.hamming.letters import Codes

Positions = NDArray[np.int32]


class Extensions(NamedTuple):
    """What `longest_common_extension` needs: ``rank`` (n,) and ``minima`` (levels, n), int32."""

    rank: Positions
    minima: NDArray[np.int32]


def prepare_extensions(word: Codes) -> Extensions:
    """Index a word of codes 0, 1, ... for longest common extensions; (2 + log2 n) n words of memory."""
    order = suffix_array(word)
    rank = np.empty(len(word), dtype=np.int32)
    rank[order] = np.arange(len(word), dtype=np.int32)
    prefixes = common_prefixes(word, order, rank)
    levels = max(1, len(word).bit_length())
    minima = np.zeros((levels, len(word)), dtype=np.int32)
    minima[0] = prefixes
    for level in range(1, levels):
        half = 1 << (level - 1)
        minima[level] = minima[level - 1]
        if half < len(word):
            np.minimum(minima[level - 1, :-half], minima[level - 1, half:], out=minima[level, :-half])
    return Extensions(rank, minima)


def suffix_array(word: Codes) -> Positions:
    """Starts of the suffixes in lexicographic order, shape (n,), int32.

    Examples
    --------
    >>> suffix_array(np.array([1, 0, 2, 0, 2, 0], dtype=np.int32))  # banana
    array([5, 3, 1, 0, 4, 2], dtype=int32)
    """
    if not len(word):
        return np.empty(0, dtype=np.int32)
    return sort_suffixes(word, int(word.max()) + 1)


def _sort_suffixes_py(word: Codes, sigma: int) -> Positions:
    """Sort by the first 1, 2, 4, ... letters: two stable counting sorts a round, until all ranks differ."""
    n = len(word)
    rank = word.astype(np.int32)
    order = np.empty(n, dtype=np.int32)
    second = np.empty(n, dtype=np.int32)
    count = np.zeros(max(sigma, n) + 1, dtype=np.int32)
    for i in range(n):
        count[rank[i] + 1] += 1
    for c in range(sigma):
        count[c + 1] += count[c]
    for i in range(n):
        order[count[rank[i]]] = i
        count[rank[i]] += 1
    # Dense ranks of the single letters.
    dense = np.empty(n, dtype=np.int32)
    classes = 0
    for k in range(n):
        if k > 0 and rank[order[k]] != rank[order[k - 1]]:
            classes += 1
        dense[order[k]] = classes
    rank = dense
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
        for k in range(n):
            i = second[k]
            order[count[rank[i]]] = i
            count[rank[i]] += 1
        dense = np.empty(n, dtype=np.int32)
        classes = 0
        dense[order[0]] = 0
        for k in range(1, n):
            a, b = order[k - 1], order[k]
            tail_a = rank[a + length] if a + length < n else -1
            tail_b = rank[b + length] if b + length < n else -1
            if rank[a] != rank[b] or tail_a != tail_b:
                classes += 1
            dense[b] = classes
        rank = dense
        length *= 2
    return order


def _common_prefixes_py(word: Codes, order: Positions, rank: Positions) -> Positions:
    """Entry k: length of the common prefix of the suffixes of rank k - 1 and k; 0 for k = 0."""
    n = len(word)
    lengths = np.zeros(n, dtype=np.int32)
    same = 0
    for i in range(n):
        if rank[i] == 0:
            same = 0
            continue
        j = order[rank[i] - 1]
        while i + same < n and j + same < n and word[i + same] == word[j + same]:
            same += 1
        lengths[rank[i]] = same
        if same > 0:
            same -= 1
    return lengths


def _longest_common_extension_py(rank: Positions, minima: NDArray[np.int32], i: int, j: int) -> int:
    """Length of the longest common prefix of the suffixes at i and j, i != j."""
    low, high = rank[i], rank[j]
    if low > high:
        low, high = high, low
    low += 1
    width = high - low + 1
    level = 0
    while (2 << level) <= width:
        level += 1
    return int(min(minima[level, low], minima[level, high - (1 << level) + 1]))


sort_suffixes = njit(_sort_suffixes_py)
common_prefixes = njit(_common_prefixes_py)
longest_common_extension = njit(_longest_common_extension_py)
"""Compiled: (rank, minima, i, j) -> int."""
