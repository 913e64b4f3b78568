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

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.hamming.narrow_digits import Counts


@dataclass
class CarryTables:
    """Sums of carries over the residue classes of several moduli, of positions below ``positions``."""

    positions: int
    moduli: list[int] = field(default_factory=list)
    sums: list[Counts] = field(default_factory=list)

    def add(self, modulus: int, folded_counts: Counts, digits: Counts, bits: int, carries: int) -> None:
        """Solve one modulus' cyclic system and keep its sums of carries.

        Raises
        ------
        ArithmeticError
            If the system has no non-negative integer solution: counts and digits do not belong together.
        """
        difference = folded_counts - fold(digits, modulus)
        solved = solve_cyclic(difference, bits, carries)
        if solved[0] < 0:
            raise ArithmeticError(f"no carries explain the digits modulo {modulus}")
        self.moduli.append(modulus)
        self.sums.append(solved)

    def peel(self) -> tuple[Counts, int, int]:
        """Carries found, how many positions stayed undecided, and word operations used."""
        width = max(self.moduli)
        tables = np.zeros((len(self.moduli), width), dtype=np.int64)
        for row, found in zip(tables, self.sums, strict=True):
            row[: len(found)] = found
        carries = np.zeros(self.positions, dtype=np.int64)
        undecided, steps = peel(tables, np.array(self.moduli, dtype=np.int64), carries)
        return carries, int(undecided), int(steps)


def draw_modulus(smallest: int, rng: np.random.Generator) -> int:
    """A modulus in [Q, 2Q) at random; no prime is needed, as few of them divide a difference (HAM-13)."""
    return int(rng.integers(smallest, 2 * smallest))


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


def _solve_cyclic_py(difference: Counts, bits: int, total: int) -> Counts:
    """H >= 0 of sum ``total`` with 2^bits H_r - H_(r-1) = difference_r, indices cyclic; H_0 = -1 if none.

    H_(q-1) is between 0 and the total. Each step around the cycle divides the width of what is known by
    2^bits and rounds inwards, so that after a few steps one integer is left; from there on it is plain
    division. Every division has to be exact.
    """
    length = len(difference)
    base = np.int64(1) << np.int64(bits)
    low, high = np.int64(0), np.int64(total)
    solution = np.zeros(length, dtype=np.int64)
    at = 0
    while low < high:
        low = -((-(difference[at] + low)) // base)
        high = (difference[at] + high) // base
        at = at + 1 if at + 1 < length else 0
    consistent = low == high
    value = low
    summed = np.int64(0)
    for _ in range(length):
        scaled = difference[at] + value
        if scaled < 0 or scaled % base != 0:
            consistent = False
        value = scaled // base
        solution[at] = value
        summed += value
        at = at + 1 if at + 1 < length else 0
    if not consistent or summed != total or value != low:
        solution[0] = -1
    return solution


def _peel_py(sums: NDArray[np.int64], moduli: Counts, carries: Counts) -> tuple[int, int]:
    """Fill in every carry that can be deduced; number of undecided positions, and of steps."""
    rows, width = sums.shape
    positions = len(carries)
    count = np.zeros((rows, width), dtype=np.int64)
    index_sum = np.zeros((rows, width), dtype=np.int64)  # of the candidates in a class
    steps = 0
    candidates = 0
    residues = np.zeros(rows, dtype=np.int64)
    for k in range(positions):
        possible = True
        for row in range(rows):
            steps += 2
            if sums[row, residues[row]] == 0:
                possible = False
                break
        if possible:
            candidates += 1
            for row in range(rows):
                count[row, residues[row]] += 1
                index_sum[row, residues[row]] += k
                steps += 2
        for row in range(rows):
            residues[row] += 1
            if residues[row] == moduli[row]:
                residues[row] = 0
    ready = np.empty(rows * (candidates + width) + 1, dtype=np.int64)
    top = 0
    for row in range(rows):
        for residue in range(moduli[row]):
            if count[row, residue] == 1:
                ready[top] = row * width + residue
                top += 1
    while top > 0:
        top -= 1
        row, residue = ready[top] // width, ready[top] % width
        if count[row, residue] != 1:
            continue
        k = index_sum[row, residue]
        carry = sums[row, residue]
        carries[k] = carry
        candidates -= 1
        for other in range(rows):
            steps += 4
            slot = k % moduli[other]
            count[other, slot] -= 1
            index_sum[other, slot] -= k
            sums[other, slot] -= carry
            if count[other, slot] == 1:
                ready[top] = other * width + slot
                top += 1
    return candidates, steps


fold = njit(_fold_py)
solve_cyclic = njit(_solve_cyclic_py)
peel = njit(_peel_py)
