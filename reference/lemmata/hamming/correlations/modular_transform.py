"""Number-theoretic transform modulo the Goldilocks prime p = 2^64 - 2^32 + 1: exact for any size.

2^96 = -1 (mod p) makes reduction cheap, and p - 1 = 2^32 (2^32 - 1) gives roots of unity of every
order 2^L up to 2^32. No intermediate result of the arithmetic below reaches 2^64 (HAM-8), so that the
code means the same compiled and as plain Python.

The forward transform decimates in frequency, the inverse in time; the order in between is permuted.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit

Residues = NDArray[np.uint64]

MODULUS = 2**64 - 2**32 + 1
GENERATOR = 7
"""Generates the multiplicative group modulo p."""

PRODUCT, SUM = 29, 3
"""Word operations of `multiply`, and of `add` or `subtract`, whatever the numbers (HAM-8)."""
BUTTERFLY = PRODUCT + 2 * SUM

_P = np.uint64(MODULUS)
_LOW = np.uint64(2**32 - 1)
_HALF = np.uint64(32)


def _multiply_py(a: np.uint64, b: np.uint64) -> np.uint64:
    """``a * b`` modulo p, for a, b < p."""
    a1, a0 = a >> _HALF, a & _LOW
    b1, b0 = b >> _HALF, b & _LOW
    # Schoolbook product high 2^64 + low; each line stays below 2^64.
    bottom = a0 * b0
    middle = a1 * b0 + (bottom >> _HALF)
    cross = a0 * b1 + (middle & _LOW)
    high = a1 * b1 + (middle >> _HALF) + (cross >> _HALF)
    low = ((cross & _LOW) << _HALF) | (bottom & _LOW)
    # 2^64 = 2^32 - 1 and 2^96 = -1: low - high1 + high0 (2^32 - 1).
    high1, high0 = high >> _HALF, high & _LOW
    room = _P - high1
    difference = low - high1 if low >= high1 else low + room
    # It may be p or more, which this sum corrects: high0 (2^32 - 1) is small enough.
    return add(difference, high0 * _LOW)


def _add_py(a: np.uint64, b: np.uint64) -> np.uint64:
    """``a + b`` modulo p, for a, b < p; for a < 2^64, too, if b <= (2^32 - 1)^2."""
    room = _P - b
    return a - room if a >= room else a + b


def _subtract_py(a: np.uint64, b: np.uint64) -> np.uint64:
    """``a - b`` modulo p, for a, b < p."""
    room = _P - b
    return a - b if a >= b else a + room


add = njit(_add_py)
subtract = njit(_subtract_py)
multiply = njit(_multiply_py)


def modular_transform_word_operations(log2_length: int) -> int:
    """Word operations of one transform of length 2**log2_length: a product, a sum and a difference for each
    of N/2 butterflies on every level.
    """
    return log2_length * ((1 << log2_length) // 2) * BUTTERFLY


@lru_cache(maxsize=4)
def modular_roots(log2_length: int) -> tuple[Residues, Residues]:
    """Powers w^k, k < N/2, of a primitive N-th root of unity modulo p, and of its inverse. Read-only.

    Raises
    ------
    ValueError
        Unless 0 <= log2_length <= 32.
    """
    if not 0 <= log2_length <= 32:
        raise ValueError(f"log2_length must be between 0 and 32 (got {log2_length})")
    root = pow(GENERATOR, (MODULUS - 1) >> log2_length, MODULUS)
    count = max(1, (1 << log2_length) // 2)
    tables = fill_powers(np.uint64(root), count), fill_powers(np.uint64(pow(root, -1, MODULUS)), count)
    for table in tables:
        table.flags.writeable = False
    return tables


def _fill_powers_py(base: np.uint64, count: int) -> Residues:
    powers = np.empty(count, dtype=np.uint64)
    power = np.uint64(1)
    for k in range(count):
        powers[k] = power
        power = multiply(power, base)
    return powers


def _forward_py(values: Residues, roots: Residues) -> None:
    """Transform in place, from natural to permuted order, no scaling."""
    length = len(values)
    half = length // 2
    while half >= 1:
        stride = (length // 2) // half
        for block in range(0, length, 2 * half):
            for j in range(block, block + half):
                a, b = values[j], values[j + half]
                values[j] = add(a, b)
                values[j + half] = multiply(subtract(a, b), roots[(j - block) * stride])
        half //= 2


def _inverse_py(values: Residues, inverse_roots: Residues) -> None:
    """Undo `forward` in place, up to the factor N."""
    length = len(values)
    half = 1
    while half < length:
        stride = (length // 2) // half
        for block in range(0, length, 2 * half):
            for j in range(block, block + half):
                a = values[j]
                b = multiply(values[j + half], inverse_roots[(j - block) * stride])
                values[j] = add(a, b)
                values[j + half] = subtract(a, b)
        half *= 2


fill_powers = njit(_fill_powers_py, steps=lambda _, count: 10 * count)
forward = njit(_forward_py)
inverse = njit(_inverse_py)
