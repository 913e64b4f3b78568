"""How a text is cut into blocks for transforms, and what that costs by count.

Blocks have length N, a power of two; neighbours overlap by m - 1 letters, and a cyclic correlation of
length N gives N - m + 1 alignments of each.
"""

from dataclasses import dataclass

from lemmata.hamming.bounds import transform_word_operations

CHUNK = 1 << 22
"""Accumulated numbers that a correlation holds at a time: 64 MiB of complex ones."""


@dataclass(frozen=True)
class Blocks:
    """How a text of length n is cut: ``count`` blocks of length 2**log2_length, ``step`` alignments each."""

    log2_length: int
    step: int
    count: int

    @property
    def length(self) -> int:
        """Length N of a block."""
        return 1 << self.log2_length

    @property
    def pairs(self) -> int:
        """Number of complex transforms that carry the blocks."""
        return (self.count + 1) // 2


def plan_blocks(n: int, m: int, letters: int) -> Blocks:
    """Cut that costs least, by count, among all block lengths that fit."""
    smallest = (min(n, 2 * m) - 1).bit_length()
    largest = max(smallest, (n - 1).bit_length())
    plans = []
    for log2_length in range(smallest, largest + 1):
        step = (1 << log2_length) - m + 1
        plans.append(Blocks(log2_length, step, -(-(n - m + 1) // step)))
    return min(plans, key=lambda blocks: correlation_word_operations(blocks, letters, n - m + 1))


def correlation_word_operations(blocks: Blocks, letters: int, alignments: int) -> int:
    """Word operations of `count_matches` with the float transform, exactly.

    Per letter: one transform of the pattern, and for each pair of blocks 2N to find the letter, one
    transform and 8N to multiply and add; per pair one inverse; per alignment two to scale and round.
    """
    if letters == 0:
        return 0
    one = transform_word_operations(blocks.log2_length)
    per_letter = one + blocks.length + blocks.pairs * (one + 10 * blocks.length)
    return letters * per_letter + blocks.pairs * one + 2 * alignments


def modular_correlation_operations(blocks: Blocks, letters: int, alignments: int) -> int:
    """Modular operations of `count_matches` with the number-theoretic transform, each counted as one."""
    if letters == 0:
        return 0
    one = 3 * blocks.log2_length * blocks.length // 2
    per_letter = one + blocks.length + blocks.count * (one + 3 * blocks.length)
    return letters * per_letter + blocks.count * one + alignments
