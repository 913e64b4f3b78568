"""Repairing digits that carried: find the carries from their sums over residue classes, and peel.

Digits d of a product and the true counts c differ by carries, c_k = d_k + B h_k - h_(k-1), h >= 0, and the
mass certificate tells the sum of h, which is small: few digits carried. For a modulus q, the counts folded
modulo q are the histogram of a smaller problem. Folding the equation gives

    B H_r - H_(r-1) = C_r - D_r   (indices modulo q)

for the sums H_r of the carries over residue classes: a cyclic system with one solution. A class with H_r = 0
has no carry at all. A class with a single position that no modulus has ruled out reveals that position's
carry, which is then subtracted everywhere (peeling). Every step is a deduction, so whatever it ends with is
exact (HAM-14); random moduli only make it end soon (HAM-13, HAM-17).

Source: our reconstruction; the idea of hashing positions by random moduli is named in the abstract of
arXiv:2310.13174, peeling is that of invertible Bloom lookup tables.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from lemmata.compilation import njit
from lemmata.hamming.bit_packed.narrow_digits import Counts

TABLES = 3
SHRINK = 16
"""Moduli of one round of a repair, and by how much those of the first round shrink the problem."""

SMALLEST = 8
"""The first round's moduli are at least this."""


@dataclass
class CarryTables:
    """Sums of carries over the residue classes of several moduli, of positions below ``positions``.

    ``operations`` counts the word operations that `add` and `peel` have used.
    """

    positions: int
    moduli: list[int] = field(default_factory=list)
    sums: list[Counts] = field(default_factory=list)
    operations: int = 0

    def add(self, modulus: int, folded_counts: Counts, digits: Counts, bits: int, carries: int) -> None:
        """Solve one modulus' cyclic system and keep its sums of carries.

        Raises
        ------
        ArithmeticError
            If the system has no non-negative integer solution: counts and digits do not belong together.
        """
        folded_digits = fold(digits, modulus)
        solved = np.empty(modulus, dtype=np.int64)
        consistent, steps = solve_cyclic(folded_counts, folded_digits, bits, carries, solved)
        self.operations += fold_operations(len(digits), modulus) + solve_operations(modulus, int(steps))
        if not consistent:
            raise ArithmeticError(f"no carries explain the digits modulo {modulus}")
        self.moduli.append(modulus)
        self.sums.append(solved)

    def peel(self) -> tuple[Counts, int]:
        """Carries found, and how many positions stayed undecided."""
        moduli = np.array(self.moduli, dtype=np.int64)
        ends = np.cumsum(moduli)
        carries = np.empty(self.positions, dtype=np.int64)
        undecided, operations = peel(joined(self.sums), moduli, ends - moduli, carries)
        self.operations += int(operations) + int(ends[-1])
        return carries, int(undecided)

    @property
    def peel_at_most(self) -> int:
        """Word operations of `peel`, at most.

        Per class: copied, cleared twice, looked at once; and put on the stack and taken off at most once, for
        3 more. Per position: cleared (1), looked up (1), entered (2) and taken out (6) in every table, and
        read off (2).
        """
        return 7 * sum(self.moduli) + (9 * len(self.moduli) + 3) * self.positions


def first_modulus(positions: int) -> int:
    """Q of the first round for that many positions: a sixteenth of them, rounded up, at least 8."""
    return max(SMALLEST, -(-positions // SHRINK))


def modulus_of_round(positions: int, number: int) -> int:
    """Q of the rounds 1, 2, ...: doubled after each, up to the number of positions (HAM-17)."""
    first = first_modulus(positions)
    return min(first << (number - 1), max(first, positions))


def draw_modulus(smallest: int, rng: np.random.Generator) -> int:
    """A modulus in [Q, 2Q) at random; no prime is needed, as few of them divide a difference (HAM-13)."""
    return int(rng.integers(smallest, 2 * smallest))


def fold_operations(length: int, modulus: int) -> int:
    """Word operations of `fold`: clear every class, add every number to one."""
    return modulus + length


def solve_operations(modulus: int, steps: int) -> int:
    """Word operations of `solve_cyclic` that takes ``steps`` steps to its first value."""
    return 7 * modulus + 7 * steps + 10


def steps_at_most(carries: int, bits: int) -> int:
    """Steps of `solve_cyclic`: each divides what is unknown, at most ``carries``, by 2^bits."""
    return carries.bit_length() // bits + 1


def joined(sums: list[Counts]) -> Counts:
    """A copy of all sums, which peeling changes: a move for each."""
    return np.concatenate(sums)


def _fold_py(counts: Counts, modulus: int) -> Counts:
    """Sums over the residue classes."""
    folded = np.zeros(modulus, dtype=np.int64)
    at = 0
    for k in range(len(counts)):
        folded[at] += counts[k]
        at += 1
        if at == modulus:
            at = 0
    return folded


def _solve_cyclic_py(
    counts: Counts, digits: Counts, bits: int, total: int, solution: Counts
) -> tuple[bool, int]:
    """H >= 0 of sum ``total`` with 2^bits H_r - H_(r-1) = counts_r - digits_r, indices cyclic.

    H_(q-1) is between 0 and the total. Each step around the cycle divides the width of what is known by
    2^bits and rounds inwards, so that after a few steps one integer is left; from there on it is plain
    division, which has to be exact. Says whether there is a solution, and the number of those first steps.
    """
    length = len(counts)
    shift = np.int64(bits)
    last = (np.int64(1) << shift) - np.int64(1)
    low, high = np.int64(0), np.int64(total)
    at = 0
    steps = 0
    while low < high:
        difference = counts[at] - digits[at]
        low = (difference + low + last) >> shift
        high = (difference + high) >> shift
        at = at + 1 if at + 1 < length else 0
        steps += 1
    value = low
    smallest, summed, rest = np.int64(0), np.int64(0), np.int64(0)
    for _ in range(length):
        scaled = counts[at] - digits[at] + value
        rest = rest | (scaled & last)
        value = scaled >> shift
        smallest = min(smallest, value)
        summed = summed + value
        solution[at] = value
        at = at + 1 if at + 1 < length else 0
    solved = (low == high) & (rest == 0) & (smallest == 0) & (summed == total) & (value == low)
    return solved, steps


def _peel_py(sums: Counts, moduli: Counts, starts: Counts, carries: Counts) -> tuple[int, int]:
    """Fill in every carry that can be deduced; number of undecided positions, and of word operations.

    ``sums[starts[row] + r]`` is the sum of the carries at the positions k = r modulo ``moduli[row]``.
    """
    rows, classes, positions = len(moduli), len(sums), len(carries)
    count = np.zeros(classes, dtype=np.int64)  # of the candidates in a class
    index_sum = np.zeros(classes, dtype=np.int64)  # of their positions
    operations = 2 * classes
    candidates = 0
    for k in range(positions):
        carries[k] = 0
        operations += 1
        possible = True
        for row in range(rows):
            operations += 1
            if sums[starts[row] + k % moduli[row]] == 0:
                possible = False
                break
        if possible:
            candidates += 1
            for row in range(rows):
                at = starts[row] + k % moduli[row]
                count[at] += 1
                index_sum[at] += k
                operations += 2
    ready = np.empty(classes, dtype=np.int64)  # a class gets there at most once, as its count only falls
    top = 0
    for at in range(classes):
        operations += 1
        if count[at] == 1:
            ready[top] = at
            top += 1
            operations += 1
    while top > 0:
        top -= 1
        here = ready[top]
        operations += 2
        if count[here] != 1:
            continue
        k = index_sum[here]
        carry = sums[here]
        carries[k] = carry
        candidates -= 1
        operations += 2
        for row in range(rows):
            at = starts[row] + k % moduli[row]
            count[at] -= 1
            index_sum[at] -= k
            sums[at] -= carry
            operations += 6
            if count[at] == 1:
                ready[top] = at
                top += 1
    return candidates, operations


fold = njit(_fold_py)
solve_cyclic = njit(_solve_cyclic_py)
peel = njit(_peel_py)
