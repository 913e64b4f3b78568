"""Correlations of indicators modulo a prime: exact whatever the size (HAM-1, HAM-8)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.hamming.correlations import modular_transform
from lemmata.hamming.correlations.blocks import Blocks, blocks_at_a_time
from lemmata.hamming.letters import Codes, Encoded


def count_matches_modulo_p(problem: Encoded, letters: Codes, blocks: Blocks) -> NDArray[np.int64]:
    """Matches in ``letters`` at every alignment, by the number-theoretic transform."""
    roots, inverse_roots = modular_transform.modular_roots(blocks.log2_length)
    matches = np.empty(problem.alignments, dtype=np.int64)
    shrink = np.uint64(pow(blocks.length, -1, modular_transform.MODULUS))
    per_chunk = blocks_at_a_time(blocks.length)
    for first in range(0, blocks.count, per_chunk):
        sums = np.zeros((min(per_chunk, blocks.count - first), blocks.length), dtype=np.uint64)
        start = first * blocks.step
        for letter in letters:
            add_letter(problem.text, problem.pattern, letter, start, blocks.step, sums, roots)
        read_matches(sums, start, blocks.step, matches, inverse_roots, shrink)
    return matches


def _add_letter_py(
    text: Codes,
    pattern: Codes,
    letter: np.int32,
    start: int,
    step: int,
    sums: NDArray[np.uint64],
    roots: NDArray[np.uint64],
) -> None:
    """Add one letter's products to the sums of all blocks, modulo p, in the transforms' order."""
    count, length = sums.shape
    reversed_pattern = np.zeros(length, dtype=np.uint64)
    for j in range(len(pattern)):
        reversed_pattern[(length - j) % length] = 1 if pattern[j] == letter else 0
    forward(reversed_pattern, roots)
    block = np.empty(length, dtype=np.uint64)
    for b in range(count):
        begin = start + b * step
        for k in range(length):
            block[k] = 1 if begin + k < len(text) and text[begin + k] == letter else 0
        forward(block, roots)
        for k in range(length):
            sums[b, k] = add(sums[b, k], multiply(block[k], reversed_pattern[k]))


def _read_matches_py(
    sums: NDArray[np.uint64],
    start: int,
    step: int,
    matches: NDArray[np.int64],
    inverse_roots: NDArray[np.uint64],
    shrink: np.uint64,
) -> None:
    """Transform the sums back; a count is at most m < p, so its residue is the count."""
    for b in range(len(sums)):
        inverse(sums[b], inverse_roots)
        begin = start + b * step
        for k in range(min(step, len(matches) - begin)):
            matches[begin + k] = np.int64(multiply(sums[b, k], shrink))


# Kernels call each other by these names, so each is compiled before its callers.
forward, inverse = modular_transform.forward, modular_transform.inverse
add, multiply = modular_transform.add, modular_transform.multiply
add_letter = njit(_add_letter_py)
read_matches = njit(_read_matches_py)
