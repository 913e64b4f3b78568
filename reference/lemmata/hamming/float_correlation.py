"""Correlations of indicators in floating point, two blocks to one complex transform (HAM-1, HAM-4)."""

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.hamming import float_transform
from lemmata.hamming.blocks import CHUNK, Blocks
from lemmata.hamming.letters import Codes, Encoded


def count_matches_by_float(problem: Encoded, letters: Codes, blocks: Blocks) -> NDArray[np.int64]:
    """Matches in ``letters`` at every alignment; exact only where HAM-4 bounds the error below 1/2."""
    roots = float_transform.butterfly_roots(blocks.log2_length)
    matches = np.empty(problem.alignments, dtype=np.int64)
    per_chunk = max(1, CHUNK // blocks.length)
    for first in range(0, blocks.pairs, per_chunk):
        pairs = min(per_chunk, blocks.pairs - first)
        sums_re = np.zeros((pairs, blocks.length))
        sums_im = np.zeros((pairs, blocks.length))
        start = 2 * first * blocks.step
        for letter in letters:
            add_letter(
                problem.text,
                problem.pattern,
                letter,
                start,
                blocks.step,
                sums_re,
                sums_im,
                roots[0],
                roots[1],
            )
        read_matches(sums_re, sums_im, start, blocks.step, matches, roots[0], roots[1])
    return matches


def _add_letter_py(
    text: Codes,
    pattern: Codes,
    letter: np.int32,
    start: int,
    step: int,
    sums_re: NDArray[np.float64],
    sums_im: NDArray[np.float64],
    roots_re: NDArray[np.float64],
    roots_im: NDArray[np.float64],
) -> None:
    """Add one letter's products to the sums of all pairs of blocks, in the transforms' order."""
    pairs, length = sums_re.shape
    pattern_re, pattern_im = np.zeros(length), np.zeros(length)
    for j in range(len(pattern)):
        if pattern[j] == letter:
            pattern_re[j] = 1.0
    forward(pattern_re, pattern_im, roots_re, roots_im)
    text_re, text_im = np.empty(length), np.empty(length)
    for pair in range(pairs):
        mark(text, letter, start + 2 * pair * step, text_re)
        mark(text, letter, start + (2 * pair + 1) * step, text_im)
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


def _mark_py(text: Codes, letter: np.int32, start: int, indicator: NDArray[np.float64]) -> None:
    """Write 1.0 where the block that begins at ``start`` has the letter, 0.0 elsewhere and past the end."""
    inside = max(0, min(len(indicator), len(text) - start))
    for k in range(inside):
        indicator[k] = 1.0 if text[start + k] == letter else 0.0
    for k in range(inside, len(indicator)):
        indicator[k] = 0.0


def _read_matches_py(
    sums_re: NDArray[np.float64],
    sums_im: NDArray[np.float64],
    start: int,
    step: int,
    matches: NDArray[np.int64],
    roots_re: NDArray[np.float64],
    roots_im: NDArray[np.float64],
) -> None:
    """Transform the sums back and round them to the counts."""
    pairs, length = sums_re.shape
    scale = 1.0 / length  # a power of two: exact
    for pair in range(pairs):
        inverse(sums_re[pair], sums_im[pair], roots_re, roots_im)
        for part in range(2):
            counts = sums_re[pair] if part == 0 else sums_im[pair]
            begin = start + (2 * pair + part) * step
            for k in range(min(step, len(matches) - begin)):
                matches[begin + k] = int(np.rint(counts[k] * scale))


# Kernels call each other by these names, so each is compiled before its callers.
forward, inverse = float_transform.forward, float_transform.inverse
mark = njit(_mark_py)
add_product = njit(_add_product_py)
add_letter = njit(_add_letter_py)
read_matches = njit(_read_matches_py)
