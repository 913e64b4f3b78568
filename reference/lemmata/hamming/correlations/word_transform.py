"""Number-theoretic transforms of length 2^k and 3 2^k: words of packed digits waste less padding (HAM-8).

A length 3M splits by one three-point stage into three transforms of length M, a power of two. With w a
cube root of unity, w^2 = -1 - w, so that a stage needs one product for the three-point sums, two for
the roots of order 3M and one to square a root.

Word operations are charged per modular operation: 29 for a product (one double-width multiplication, shifts,
masks and corrections), 3 for a sum or a difference.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from lemmata.compilation import njit
from lemmata.hamming.correlations import modular_transform
from lemmata.hamming.correlations.modular_transform import (
    BUTTERFLY,
    GENERATOR,
    MODULUS,
    PRODUCT,
    SUM,
    Residues,
    fill_powers,
    modular_roots,
)


class WordRoots(NamedTuple):
    """Tables of one length: ``thirds`` is 1 or 3, the others are powers of roots of unity."""

    thirds: int
    roots: Residues
    inverse_roots: Residues
    twiddles: Residues
    inverse_twiddles: Residues
    cube_root: np.uint64
    shrink: np.uint64


def transform_length(words: int) -> int:
    """Smallest 2^k or 3 2^k that is at least ``words``.

    Examples
    --------
    >>> [transform_length(words) for words in (1, 2, 3, 5, 7, 9, 13)]
    [1, 2, 3, 6, 8, 12, 16]
    """
    power = 1 << max(0, words - 1).bit_length()
    return 3 * power // 4 if power >= 4 and 3 * power // 4 >= words else power


def transform_operations(length: int) -> int:
    """Word operations of one transform of length 2^k or 3 2^k."""
    if length % 3:
        return (length.bit_length() - 1) * (length // 2) * BUTTERFLY
    third = length // 3
    return 3 * transform_operations(third) + third * (4 * PRODUCT + 7 * SUM)


@lru_cache(maxsize=16)
def word_roots(length: int) -> WordRoots:
    """Tables for a length 2^k or 3 2^k."""
    thirds = 3 if length % 3 == 0 else 1
    base = length // thirds
    roots, inverse_roots = modular_roots(base.bit_length() - 1)
    root = pow(GENERATOR, (MODULUS - 1) // length, MODULUS)
    cube = pow(root, base, MODULUS) if thirds == 3 else 1
    count = base if thirds == 3 else 1
    tables = [fill_powers(np.uint64(r), count) for r in (root, pow(root, -1, MODULUS))]
    for table in tables:
        table.flags.writeable = False
    return WordRoots(
        thirds,
        roots,
        inverse_roots,
        tables[0],
        tables[1],
        np.uint64(cube),
        np.uint64(pow(length, -1, MODULUS)),
    )


def _forward_words_py(
    values: Residues, thirds: int, roots: Residues, twiddles: Residues, cube_root: np.uint64
) -> None:
    """Transform in place, to an order that `inverse_words` undoes."""
    if thirds == 3:
        third = len(values) // 3
        for j in range(third):
            a, b, c = values[j], values[j + third], values[j + 2 * third]
            turned = multiply(cube_root, subtract(b, c))
            values[j] = add(add(a, b), c)
            values[j + third] = multiply(add(subtract(a, c), turned), twiddles[j])
            square = multiply(twiddles[j], twiddles[j])
            values[j + 2 * third] = multiply(subtract(subtract(a, b), turned), square)
    base = len(values) // thirds
    for part in range(thirds):
        forward(values[part * base : (part + 1) * base], roots)


def _inverse_words_py(
    values: Residues, thirds: int, inverse_roots: Residues, inverse_twiddles: Residues, cube_root: np.uint64
) -> None:
    """Undo `forward_words` in place, up to the factor that is the length."""
    base = len(values) // thirds
    for part in range(thirds):
        inverse(values[part * base : (part + 1) * base], inverse_roots)
    if thirds == 3:
        for j in range(base):
            a = values[j]
            b = multiply(values[j + base], inverse_twiddles[j])
            square = multiply(inverse_twiddles[j], inverse_twiddles[j])
            c = multiply(values[j + 2 * base], square)
            turned = multiply(cube_root, subtract(c, b))
            values[j] = add(add(a, b), c)
            values[j + base] = add(subtract(a, b), turned)
            values[j + 2 * base] = subtract(subtract(a, c), turned)


def convolve_words(x: Residues, y: Residues) -> Residues:
    """Cyclic convolution modulo p of two arrays of one length 2^k or 3 2^k; both are overwritten."""
    tables = word_roots(len(x))
    forward_words(x, tables.thirds, tables.roots, tables.twiddles, tables.cube_root)
    forward_words(y, tables.thirds, tables.roots, tables.twiddles, tables.cube_root)
    multiply_words(x, y, tables.shrink)
    inverse_words(x, tables.thirds, tables.inverse_roots, tables.inverse_twiddles, tables.cube_root)
    return x


def convolution_operations(length: int) -> int:
    """Word operations of `convolve_words`: three transforms and two products per entry."""
    return 3 * transform_operations(length) + 2 * PRODUCT * length


def _multiply_words_py(x: Residues, y: Residues, shrink: np.uint64) -> None:
    for k in range(len(x)):
        x[k] = multiply(multiply(x[k], y[k]), shrink)


add, subtract, multiply = modular_transform.add, modular_transform.subtract, modular_transform.multiply
forward, inverse = modular_transform.forward, modular_transform.inverse
forward_words = njit(_forward_words_py)
inverse_words = njit(_inverse_words_py)
multiply_words = njit(_multiply_words_py)
