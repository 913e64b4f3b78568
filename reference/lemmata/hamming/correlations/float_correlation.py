"""Correlations of indicators in floating point: two blocks and up to three letters to one transform.

Two blocks of text are the real and the imaginary part (HAM-1, HAM-4). Letters share a transform by weights
(HAM-11): with B = 2^bits >= 4m, the r-th of k letters counts B^r in the text and B^(k-1-r) in the pattern.
Equal letters meet with weight B^(k-1); all other meetings contribute less than a quarter of that, or
multiples of B^k, so that rounding down and a remainder modulo B leave the matches.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.hamming import bounds
from lemmata.hamming.correlations import float_transform
from lemmata.hamming.correlations.blocks import Blocks, blocks_at_a_time, steps_of_transforms
from lemmata.hamming.letters import Codes, Encoded


def count_matches_by_float(problem: Encoded, letters: Codes, blocks: Blocks) -> NDArray[np.int64]:
    """Matches in ``letters`` at every alignment; exact only where HAM-4 bounds the error below 1/2."""
    roots = float_transform.butterfly_roots(blocks.log2_length)
    matches = np.empty(problem.alignments, dtype=np.int64)
    per_chunk = blocks_at_a_time(blocks.length)
    bits = bounds.packing_bits(problem.m)
    weights = np.ldexp(1.0, bits * np.arange(blocks.together))
    for first in range(0, blocks.pairs, per_chunk):
        pairs = min(per_chunk, blocks.pairs - first)
        sums_re = np.zeros((pairs, blocks.length))
        sums_im = np.zeros((pairs, blocks.length))
        start = 2 * first * blocks.step
        for at in range(0, len(letters), blocks.together):
            add_letters(
                problem.text,
                problem.pattern,
                letters[at : at + blocks.together],
                weights,
                weights[::-1].copy(),
                start,
                blocks.step,
                sums_re,
                sums_im,
                roots[0],
                roots[1],
            )
        inverse_all(sums_re, sums_im, roots[0], roots[1])
        if blocks.together == 1:
            read_matches(sums_re, sums_im, start, blocks.step, matches)
        else:
            top = 2.0 ** (bits * (blocks.together - 1))
            read_packed_matches(sums_re, sums_im, start, blocks.step, top, (1 << bits) - 1, matches)
    return matches


def _add_letters_py(
    text: Codes,
    pattern: Codes,
    letters: Codes,
    text_weights: NDArray[np.float64],
    pattern_weights: NDArray[np.float64],
    start: int,
    step: int,
    sums_re: NDArray[np.float64],
    sums_im: NDArray[np.float64],
    roots_re: NDArray[np.float64],
    roots_im: NDArray[np.float64],
) -> None:
    """Add the products of letters that share a transform to the sums of all pairs of blocks."""
    pairs, length = sums_re.shape
    pattern_re, pattern_im = np.empty(length), np.zeros(length)
    mark(pattern, letters, pattern_weights, 0, pattern_re)
    forward(pattern_re, pattern_im, roots_re, roots_im)
    text_re, text_im = np.empty(length), np.empty(length)
    for pair in range(pairs):
        mark(text, letters, text_weights, start + 2 * pair * step, text_re)
        mark(text, letters, text_weights, start + (2 * pair + 1) * step, text_im)
        forward(text_re, text_im, roots_re, roots_im)
        add_product(text_re, text_im, pattern_re, pattern_im, sums_re[pair], sums_im[pair])


def _add_product_py(
    text_re: NDArray[np.float64],
    text_im: NDArray[np.float64],
    pattern_re: NDArray[np.float64],
    pattern_im: NDArray[np.float64],
    total_re: NDArray[np.float64],
    total_im: NDArray[np.float64],
) -> None:
    """Add the text's transform times the conjugate of the pattern's: a correlation, not a convolution."""
    for k in range(len(total_re)):
        total_re[k] += text_re[k] * pattern_re[k] + text_im[k] * pattern_im[k]
        total_im[k] += text_im[k] * pattern_re[k] - text_re[k] * pattern_im[k]


def _mark_py(
    word: Codes, letters: Codes, weights: NDArray[np.float64], start: int, marks: NDArray[np.float64]
) -> None:
    """Write each letter's weight where the block from ``start`` on has it, 0.0 elsewhere and past the end."""
    inside = max(0, min(len(marks), len(word) - start))
    block = word[start : start + inside]
    letter, weight = letters[0], weights[0]
    for k in range(inside):
        marks[k] = weight if block[k] == letter else 0.0
    for r in range(1, len(letters)):
        letter, weight = letters[r], weights[r]
        for k in range(inside):
            marks[k] += weight if block[k] == letter else 0.0
    for k in range(inside, len(marks)):
        marks[k] = 0.0


def _inverse_all_py(
    sums_re: NDArray[np.float64],
    sums_im: NDArray[np.float64],
    roots_re: NDArray[np.float64],
    roots_im: NDArray[np.float64],
) -> None:
    for pair in range(len(sums_re)):
        inverse(sums_re[pair], sums_im[pair], roots_re, roots_im)


def _read_matches_py(
    sums_re: NDArray[np.float64],
    sums_im: NDArray[np.float64],
    start: int,
    step: int,
    matches: NDArray[np.int64],
) -> None:
    """Round the sums to the counts."""
    pairs, length = sums_re.shape
    scale = 1.0 / length  # a power of two: exact
    for pair in range(pairs):
        for part in range(2):
            counts = sums_re[pair] if part == 0 else sums_im[pair]
            begin = start + (2 * pair + part) * step
            for k in range(min(step, len(matches) - begin)):
                matches[begin + k] = int(np.rint(counts[k] * scale))


def _read_packed_matches_py(
    sums_re: NDArray[np.float64],
    sums_im: NDArray[np.float64],
    start: int,
    step: int,
    top: float,
    mask: int,
    matches: NDArray[np.int64],
) -> None:
    """Round down what is 3/8 larger, and keep the digit of equal letters (HAM-11)."""
    pairs, length = sums_re.shape
    scale = 1.0 / (length * top)  # a power of two: exact
    for pair in range(pairs):
        for part in range(2):
            counts = sums_re[pair] if part == 0 else sums_im[pair]
            begin = start + (2 * pair + part) * step
            for k in range(min(step, len(matches) - begin)):
                matches[begin + k] = int(np.floor(counts[k] * scale + 0.375)) & mask


# Kernels call each other by these names, so each is compiled before its callers.
forward, inverse = float_transform.forward, float_transform.inverse
mark = njit(_mark_py)
add_product = njit(_add_product_py)
add_letters = njit(_add_letters_py, steps=lambda *arguments: steps_of_transforms(*arguments[7].shape))
inverse_all = njit(_inverse_all_py, steps=lambda sums_re, *_: steps_of_transforms(*sums_re.shape))
read_matches = njit(_read_matches_py, steps=lambda sums_re, *_: sums_re.size)
read_packed_matches = njit(_read_packed_matches_py, steps=lambda sums_re, *_: sums_re.size)
