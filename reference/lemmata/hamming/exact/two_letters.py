"""Distances over two letters by one correlation: a match counts +1, a mismatch -1.

Idea: let the letters of text and pattern be the numbers +1 and -1. Their product is 1 where they are equal
and -1 where not, so the correlation at an alignment is c = m - 2d, and d = (m - c) / 2. Two blocks of text
are real and imaginary part of one transform, as everywhere (HAM-1).

Exact by HAM-4 with one pair of sequences (sigma = 1): the complex sequence of two blocks has N entries of
modulus at most sqrt(2), the pattern m entries of modulus 1, so S = sqrt(2 N m), as for indicators. Where the
bound is below 1/2, (m - c) / 2 is off by less than 1/4 from it and by less than m 2^-52 from its own two
rounded operations, and rounds to d. By HAM-7 that holds for every pattern in blocks of at most 2^25.

Correlating the indicators of both letters gives the same counts; sharing a transform (HAM-11) they cost as
many transforms. What is saved is the sum over letters, and the memory for it: a pair of blocks is
transformed, multiplied, transformed back and read in one place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming.bounds import correlation_mass, rounding_bound
from lemmata.hamming.correlations import float_transform
from lemmata.hamming.correlations.blocks import (
    Blocks,
    correlation_word_operations,
    plan_blocks,
    steps_of_transforms,
)
from lemmata.hamming.letters import Codes, Encoded

Reals = NDArray[np.float64]


def has_two_letters(problem: Encoded) -> bool:
    """Whether text and pattern together have at most two letters, so that codes are 0 and 1."""
    sigma = len(problem.alphabet)
    return sigma == 1 or (sigma == 2 and not (problem.text == sigma).any())


def one_correlation_is_exact(blocks: Blocks, m: int) -> bool:
    """Whether HAM-4 bounds the error of m - 2d below 1/2, for signs in these blocks."""
    return rounding_bound(blocks.log2_length, 1, correlation_mass(blocks.log2_length, m)) < 0.5


def count_by_signs(
    problem: Encoded, blocks: Blocks | None = None, *, costs: Costs | None = None
) -> NDArray[np.int64]:
    """Distances over two letters at every alignment, shape (n - m + 1,); charged as matches in a letter.

    Raises
    ------
    ValueError
        If there are more letters, or rounding is not proved exact.
    """
    if not has_two_letters(problem):
        raise ValueError("text and pattern have more than two letters together")
    blocks = plan_blocks(problem.n, problem.m, 1) if blocks is None else blocks
    if not one_correlation_is_exact(blocks, problem.m):
        raise ValueError(f"one correlation is not provably exact (n = {problem.n}, m = {problem.m})")
    if costs is not None:
        costs.charge(word_operations=correlation_word_operations(blocks, 1, problem.alignments))
    distances = np.empty(problem.alignments, dtype=np.int64)
    roots = float_transform.butterfly_roots(blocks.log2_length)
    correlate_signs(problem.text, problem.pattern, blocks.length, blocks.step, roots[0], roots[1], distances)
    return distances


def _correlate_signs_py(
    text: Codes,
    pattern: Codes,
    length: int,
    step: int,
    roots_re: Reals,
    roots_im: Reals,
    distances: NDArray[np.int64],
) -> None:
    """Pair of blocks by pair of blocks, each in the same two arrays from marking to reading."""
    m = len(pattern)
    pattern_re, pattern_im = np.empty(length), np.zeros(length)
    mark_signs(pattern, 0, pattern_re)
    forward(pattern_re, pattern_im, roots_re, roots_im)
    text_re, text_im = np.empty(length), np.empty(length)
    for start in range(0, len(distances), 2 * step):
        mark_signs(text, start, text_re)
        mark_signs(text, start + step, text_im)
        forward(text_re, text_im, roots_re, roots_im)
        multiply_conjugate(text_re, text_im, pattern_re, pattern_im)
        inverse(text_re, text_im, roots_re, roots_im)
        read_distances(text_re, m, distances[start : start + step])
        read_distances(text_im, m, distances[start + step : start + 2 * step])


def _mark_signs_py(codes: Codes, start: int, signs: Reals) -> None:
    """+1 for the code 0 and -1 for 1, from ``start`` on; 0 past the end."""
    inside = max(0, min(len(signs), len(codes) - start))
    part = codes[start : start + inside]
    for k in range(inside):
        signs[k] = 1.0 - 2.0 * part[k]
    for k in range(inside, len(signs)):
        signs[k] = 0.0


def _multiply_conjugate_py(re: Reals, im: Reals, by_re: Reals, by_im: Reals) -> None:
    """Multiply by the conjugate, in place: a correlation, not a convolution."""
    for k in range(len(re)):
        x, y = re[k], im[k]
        re[k] = x * by_re[k] + y * by_im[k]
        im[k] = y * by_re[k] - x * by_im[k]


def _read_distances_py(correlation: Reals, m: int, distances: NDArray[np.int64]) -> None:
    """D = (m - c) / 2, rounded, from N c."""
    scale = 0.5 / len(correlation)  # a power of two: exact
    half = 0.5 * m
    for k in range(len(distances)):
        distances[k] = np.int64(np.rint(half - correlation[k] * scale))


# Kernels call each other by these names, so each is compiled before its callers.
forward, inverse = float_transform.forward, float_transform.inverse
mark_signs, multiply_conjugate = njit(_mark_signs_py), njit(_multiply_conjugate_py)
read_distances = njit(_read_distances_py)
correlate_signs = njit(
    _correlate_signs_py,
    steps=lambda text, _, length, step, *__: steps_of_transforms(2 * -(-len(text) // step), length),
)
