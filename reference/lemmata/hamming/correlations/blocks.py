"""How a text is cut into blocks for transforms, and what that costs by count.

Blocks have length N, a power of two; neighbours overlap by m - 1 letters, and a cyclic correlation of
length N gives N - m + 1 alignments of each.
"""

from __future__ import annotations

from dataclasses import dataclass

from lemmata.hamming.bounds import packed_rounding_bound, transform_word_operations
from lemmata.hamming.correlations.modular_transform import PRODUCT, SUM, modular_transform_word_operations

CHUNK = 1 << 22
"""Accumulated numbers that a correlation holds at a time, 64 MiB of complex ones, or eight blocks if these
are more: the pattern is transformed once for each such part of the text.
"""


def blocks_at_a_time(length: int) -> int:
    """Transforms of that length whose sums are held at a time."""
    return max(8, CHUNK // length)


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


LONGEST = 25
"""Binary logarithm of the longest block, unless the pattern needs a longer one: up to it the float transform
is exact whatever the letters (HAM-7).
"""

LETTERS_TOGETHER = 3
"""Letters that share a transform, at most: no more fit the precision of a double."""


def plan_blocks(n: int, m: int, letters: int) -> Blocks:
    """Cut that costs least, by count, among block lengths that fit, up to 2^25, and ways to pack letters."""
    smallest = (min(n, 2 * m) - 1).bit_length()
    largest = max(smallest, min((n - 1).bit_length(), LONGEST))
    plans = []
    for log2_length in range(smallest, largest + 1):
        step = (1 << log2_length) - m + 1
        for together in range(1, min(letters, LETTERS_TOGETHER) + 1):
            if together == 1 or packed_rounding_bound(log2_length, m, letters, together) < 3 / 8:
                plans.append(Blocks(log2_length, step, -(-(n - m + 1) // step), together))
    return min(plans, key=lambda blocks: correlation_word_operations(blocks, letters, n - m + 1))


def correlation_word_operations(blocks: Blocks, letters: int, alignments: int) -> int:
    """Word operations of `count_matches` with the float transform, exactly.

    In pattern and blocks, a letter is compared and its weight written or added at every place (2), and zeros
    fill what is past their ends. Per group of letters that share a transform, and part of the text whose
    sums are held together: the pattern's transform, with zeros as imaginary part. Per group and pair of
    blocks: the transform, and multiplying and adding (8N). Per pair zeros to begin with (2N) and one inverse;
    per alignment three to scale, round and convert, five where letters were packed.
    """
    if letters == 0:
        return 0
    length, m = blocks.length, blocks.length - blocks.step + 1
    one = transform_word_operations(blocks.log2_length)
    groups = -(-letters // blocks.together)
    parts = -(-blocks.pairs // blocks_at_a_time(length))
    inside = _letters_inside(blocks, 2 * blocks.pairs, alignments + m - 1)
    patterns = parts * (groups * (one + 2 * length - m) + 2 * letters * m)
    texts = groups * (blocks.pairs * (one + 10 * length) - inside) + 2 * letters * inside
    once = blocks.pairs * (one + 2 * length) + (3 if blocks.together == 1 else 5) * alignments
    return patterns + texts + once


def modular_correlation_operations(blocks: Blocks, letters: int, alignments: int) -> int:
    """Word operations of `count_matches` with the number-theoretic transform, exactly.

    As with the float transform, but for each letter and block by itself; multiplying and adding are a product
    and a sum modulo p, and every alignment takes a product.
    """
    if letters == 0:
        return 0
    length, m = blocks.length, blocks.length - blocks.step + 1
    one = modular_transform_word_operations(blocks.log2_length)
    parts = -(-blocks.count // blocks_at_a_time(length))
    inside = _letters_inside(blocks, blocks.count, alignments + m - 1)
    patterns = parts * (one + length + 2 * m)
    texts = blocks.count * (one + (PRODUCT + SUM + 1) * length) + inside
    return letters * (patterns + texts) + blocks.count * (one + length) + PRODUCT * alignments


def steps_of_transforms(rows: int, length: int) -> int:
    """Steps of as many transforms and one more, about, for `lemmata.compilation.njit`."""
    return 8 * (rows + 1) * length * length.bit_length()


def _letters_inside(blocks: Blocks, count: int, n: int) -> int:
    """Letters of the text in that many blocks, the overlaps twice; what is past the end is none."""
    full = min(count, max(0, (n - blocks.length) // blocks.step + 1))
    return full * blocks.length + sum(max(0, n - b * blocks.step) for b in range(full, count))
