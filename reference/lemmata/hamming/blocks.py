"""How a text is cut into blocks for transforms, and what that costs by count.

Blocks have length N, a power of two; neighbours overlap by m - 1 letters, and a cyclic correlation of
length N gives N - m + 1 alignments of each.
"""

from dataclasses import dataclass

from lemmata.hamming.bounds import packed_rounding_bound, transform_word_operations

CHUNK = 1 << 22
"""Accumulated numbers that a correlation holds at a time: 64 MiB of complex ones."""


@dataclass(frozen=True)
class Blocks:
    """How a text of length n is cut: ``count`` blocks of length 2**log2_length, ``step`` alignments each.

    ``together`` letters share a float transform (HAM-11).
    """

    log2_length: int
    step: int
    count: int
    together: int = 1

    @property
    def length(self) -> int:
        """Length N of a block."""
        return 1 << self.log2_length

    @property
    def pairs(self) -> int:
        """Number of complex transforms that carry the blocks."""
        return (self.count + 1) // 2


LETTERS_TOGETHER = 3
"""Letters that share a transform, at most: no more fit the precision of a double."""


def plan_blocks(n: int, m: int, letters: int) -> Blocks:
    """Cut that costs least, by count, among all block lengths that fit and all ways to pack letters."""
    smallest = (min(n, 2 * m) - 1).bit_length()
    largest = max(smallest, (n - 1).bit_length())
    plans = []
    for log2_length in range(smallest, largest + 1):
        step = (1 << log2_length) - m + 1
        for together in range(1, min(letters, LETTERS_TOGETHER) + 1):
            if together == 1 or packed_rounding_bound(log2_length, m, letters, together) < 3 / 8:
                plans.append(Blocks(log2_length, step, -(-(n - m + 1) // step), together))
    return min(plans, key=lambda blocks: correlation_word_operations(blocks, letters, n - m + 1))


def correlation_word_operations(blocks: Blocks, letters: int, alignments: int) -> int:
    """Word operations of `count_matches` with the float transform, exactly.

    Per group of letters that share a transform: for the pattern the letters are found (N each) and
    transformed; for each pair of blocks they are found (2N each), transformed, and multiplied and added (8N).
    Per pair one inverse; per alignment two to scale and round, four where letters were packed.
    """
    if letters == 0:
        return 0
    one = transform_word_operations(blocks.log2_length)
    groups = -(-letters // blocks.together)
    find = blocks.length * (1 + 2 * blocks.pairs)
    rounding = 2 if blocks.together == 1 else 4
    per_group = one + blocks.pairs * (one + 8 * blocks.length)
    return groups * per_group + letters * find + blocks.pairs * one + rounding * alignments


def modular_correlation_operations(blocks: Blocks, letters: int, alignments: int) -> int:
    """Modular operations of `count_matches` with the number-theoretic transform, each counted as one."""
    if letters == 0:
        return 0
    one = 3 * blocks.log2_length * blocks.length // 2
    per_letter = one + blocks.length + blocks.count * (one + 3 * blocks.length)
    return letters * per_letter + blocks.count * one + alignments
