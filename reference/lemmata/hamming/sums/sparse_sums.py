"""Sums of two sets bit by bit, at a cost that follows the number of sums and not their range.

If S are the sums of a mod 2^k and b mod 2^k, then those modulo 2^(k+1) are among s, s + 2^k and s + 2^(k+1),
s in S: a short list of candidates. Fold everything modulo a few random q: a residue class that only one
candidate falls into tells how often it occurs; subtract it everywhere and go on (peeling). There are at most
twice as many sums at any level as in the end, so the whole costs some |A + B| log |A + B| per bit of the
range (HAM-25).

Source: sparse sumsets by hashing modulo random numbers, R. Cole, R. Hariharan (2002) and later work; the
bitwise refinement as written here is our own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log2

import numpy as np

from lemmata.compilation import njit
from lemmata.hamming.correlations.word_transform import convolution_operations, transform_length
from lemmata.hamming.sums.dense_sums import (
    Counts,
    Distinct,
    Elements,
    Spending,
    multiplied,
    multiply_out,
    table_operations,
)
from lemmata.tracing import Trace, emit

_LAST = 2**64 - 1


@dataclass(frozen=True)
class ClassesCounted:
    """The ``modulus``-th residue classes were counted; peeling left so many candidates ``undecided``."""

    modulus: int
    undecided: int


@dataclass(frozen=True)
class BitLearned:
    """Of elements taken modulo 2^bits there are ``sums`` sums, found among ``candidates``."""

    bits: int
    candidates: int
    sums: int


def sparse_word_operations(sums: int, bits: int) -> float:
    """4000 (S + 32) log2 (S + 32) per bit, S = |A + B| + |A| + |B|: what HAM-25 compares "sparse" with."""
    return 4000.0 * (sums + 32) * log2(sums + 32) * bits


def least_sparse_operations(elements: int, span: int) -> int:
    """About the fewest operations of the sparse way: for as many sums as elements, a modulus for each bit."""
    levels = span.bit_length() - (4 * elements).bit_length() - 1
    return max(1, levels) * convolution_operations(transform_length(4 * elements))


def refine(
    x: Distinct, y: Distinct, rng: np.random.Generator, spending: Spending, trace: Trace = None
) -> tuple[Elements, Counts]:
    """Sums modulo 2^k for growing k, each from the candidates that the one before leaves.

    Raises
    ------
    GivenUp
        Before a step that might exceed the budget.
    """
    bits = max(1, max(x.largest, y.largest).bit_length())
    known = min(bits, (4 * (len(x.elements) + len(y.elements))).bit_length())
    sums, counts = multiply_out(x, y, known, 2 << known, spending, trace)
    for level in range(known, bits):
        candidates = lifted(sums, level, spending)
        counts = Peeling(candidates, x, y, level + 1, spending, trace).counts_by(rng)
        spending.allow(3 * len(candidates))
        sums, kept = np.empty(len(candidates), dtype=np.uint64), np.empty(len(candidates), dtype=np.int64)
        found = int(keep_counted(candidates, counts, sums, kept))
        spending.charge(len(candidates) + 2 * found)
        sums, counts = sums[:found], kept[:found]
        emit(trace, BitLearned(level + 1, len(candidates), found))
    return sums, counts


def lifted(sums: Elements, level: int, spending: Spending) -> Elements:
    """Every sum plus 0, 1 or 2 times 2^level, in increasing order: sums that leave 64 bits cannot occur."""
    step, twice = 1 << level, level < 63
    lifts = 3 if twice else 2
    spending.allow((5 * lifts + lifts - 1) * len(sums) + 1)
    candidates = np.empty(lifts * len(sums), dtype=np.uint64)
    once, double = np.uint64(step), np.uint64(2 * step if twice else 0)
    found = int(lift(sums, once, double, np.uint64(_LAST - step), np.uint64(_LAST), twice, candidates))
    spending.charge(5 * found + (lifts - 1) * len(sums) + 1)
    return candidates[:found]


@dataclass
class Peeling:
    """How many pairs sum to each candidate, if all sums of the elements' lowest bits are among them.

    A class without pairs rules its candidates out; one with a single candidate left gives its count. Both are
    deductions, whatever the moduli.
    """

    candidates: Elements
    x: Distinct
    y: Distinct
    bits: int
    spending: Spending
    trace: Trace = None
    tables: list[tuple[Counts, Counts]] = field(default_factory=list)

    def __post_init__(self) -> None:
        size = len(self.candidates)
        self.counts, self.open = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64)
        self.found = np.empty(size, dtype=np.int64)
        self.left = size
        self.spending.allow(2 * size)
        start(self.counts, self.open)
        self.spending.charge(2 * size)

    def counts_by(self, rng: np.random.Generator) -> Counts:
        """The counts, by moduli at random: three of a size, then three of twice that."""
        size = max(64, 2 * len(self.candidates))
        while self.left:
            modulus = int(rng.integers(size, 2 * size))
            self.add(modulus)
            self.peel()
            emit(self.trace, ClassesCounted(modulus, self.left))
            size = size if len(self.tables) % 3 else 2 * size
        return self.counts

    def add(self, modulus: int) -> None:
        """Count the pairs of every residue class, less those that are known."""
        length = transform_length(2 * modulus)
        elements = len(self.x.elements) + len(self.y.elements)
        operations = table_operations(elements, length) + modulus + 2 * len(self.candidates)
        self.spending.allow(operations)
        linear = multiplied(self.x, self.y, (1 << self.bits) - 1, modulus, length)
        classes = np.empty(modulus, dtype=np.int64)
        residues = np.empty(len(self.candidates), dtype=np.int64)
        wrap(linear, classes)
        place(self.candidates, np.uint64(modulus), self.counts, classes, residues)
        self.spending.charge(operations)
        self.tables.append((classes, residues))

    def peel(self) -> None:
        """Decide candidates, table by table, until none decides any more."""
        progress = True
        members = np.empty(max(len(classes) for classes, _ in self.tables), dtype=np.int64)
        while progress and self.left:
            progress = False
            for classes, residues in self.tables:
                before = self.left
                self.spending.allow((12 + 3 * len(self.tables)) * before)
                left, alone = decide(classes, residues, members, self.open, before, self.counts, self.found)
                self.left = int(left)
                for others, places in self.tables:
                    take_out(self.found[:alone], places, self.counts, others)
                self.spending.charge(9 * before + (3 + 3 * len(self.tables)) * int(alone) + 2 * self.left)
                progress = progress or self.left < before


def _lift_py(
    sums: Elements,
    step: np.uint64,
    double: np.uint64,
    largest: np.uint64,
    last: np.uint64,
    twice: bool,
    lifted: Elements,
) -> int:
    """Merge the sums, the sums up to ``largest`` plus the step and, if ``twice``, all plus the double step.

    The first sum is 0. Returns how many distinct numbers there are. ``last`` is the largest of 64 bits.
    """
    n = len(sums)
    once = n
    while sums[once - 1] > largest:
        once -= 1
    double_ones = n if twice else 0
    i, j, k, found = 0, 0, 0, 0
    a, b, c = sums[0], sums[0] + step, last
    if twice:
        c = sums[0] + double
    while i < n or j < once or k < double_ones:
        smallest = min(a, b, c)
        lifted[found] = smallest
        found += 1
        if a == smallest:
            i += 1
            a = sums[i] if i < n else last
        if b == smallest:
            j += 1
            b = sums[j] + step if j < once else last
        if c == smallest:
            k += 1
            c = sums[k] + double if k < double_ones else last
    return found


def _start_py(counts: Counts, open_: Counts) -> None:
    """No pair is known, and every candidate is open."""
    for i in range(len(counts)):
        counts[i] = 0
        open_[i] = i


def _wrap_py(linear: Elements, classes: Counts) -> None:
    """Sums of two residues, in their classes."""
    for k in range(len(classes)):
        classes[k] = np.int64(linear[k] + linear[k + len(classes)])


def _place_py(
    candidates: Elements, modulus: np.uint64, counts: Counts, classes: Counts, residues: Counts
) -> None:
    """The candidates' residues, and the known pairs taken out of their classes."""
    for i in range(len(candidates)):
        at = np.int64(candidates[i] % modulus)
        residues[i] = at
        classes[at] = classes[at] - counts[i]


def _decide_py(
    classes: Counts,
    residues: Counts,
    members: Counts,
    open_: Counts,
    left: int,
    counts: Counts,
    found: Counts,
) -> tuple[int, int]:
    """Decide what one table can of the first ``left`` open candidates.

    Returns how many stay open, now in front, and how many are found: alone in a class with pairs.
    """
    for a in range(left):
        members[residues[open_[a]]] = 0
    for a in range(left):
        at = residues[open_[a]]
        members[at] = members[at] + 1
    kept, alone = 0, 0
    for a in range(left):
        i = open_[a]
        at = residues[i]
        if classes[at] == 0:
            continue
        if members[at] == 1:
            counts[i] = classes[at]
            found[alone] = i
            alone += 1
        else:
            open_[kept] = i
            kept += 1
    return kept, alone


def _take_out_py(found: Counts, residues: Counts, counts: Counts, classes: Counts) -> None:
    """Subtract what was found from its classes."""
    for e in range(len(found)):
        i = found[e]
        at = residues[i]
        classes[at] = classes[at] - counts[i]


def _keep_counted_py(candidates: Elements, counts: Counts, sums: Elements, kept: Counts) -> int:
    """The candidates that occur, and how often."""
    found = 0
    for i in range(len(candidates)):
        if counts[i] != 0:
            sums[found] = candidates[i]
            kept[found] = counts[i]
            found += 1
    return found


lift = njit(_lift_py)
start = njit(_start_py)
wrap = njit(_wrap_py)
place = njit(_place_py)
decide = njit(_decide_py)
take_out = njit(_take_out_py)
keep_counted = njit(_keep_counted_py)
