"""Exact sums of correlations of integer sequences, modulo the Goldilocks prime (HAM-8).

What a result below p, about 1.8 10^19, is congruent to, it is. Negative numbers enter as their residues.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from lemmata.compilation import njit
from lemmata.hamming.correlations import modular_transform
from lemmata.hamming.correlations.blocks import plan_blocks, steps_of_transforms
from lemmata.hamming.correlations.modular_transform import MODULUS, Residues


def sum_of_correlations(n: int, m: int, pairs: Iterable[tuple[Residues, Residues]]) -> Residues:
    """Sum over the pairs (x, y) of sum_j x[i + j] y[j], modulo p, for every i.

    Parameters
    ----------
    n, m : int
        Lengths, 1 <= m <= n.
    pairs : iterable of (ndarray of uint64, ndarray of uint64)
        Residues below p, all x of shape (n,) and all y of shape (m,). One is taken at a time: a generator
        keeps memory to one pair.

    Returns
    -------
    ndarray of uint64, shape (n - m + 1,)

    Examples
    --------
    >>> x, y = np.array([1, 2, 3], dtype=np.uint64), np.array([10, 1], dtype=np.uint64)
    >>> sum_of_correlations(3, 2, [(x, y)])
    array([12, 23], dtype=uint64)
    """
    blocks = plan_blocks(n, m, 1)
    roots, inverse_roots = modular_transform.modular_roots(blocks.log2_length)
    sums = np.zeros((blocks.count, blocks.length), dtype=np.uint64)
    for x, y in pairs:
        add_products(x, y, blocks.step, sums, roots)
    result = np.empty(n - m + 1, dtype=np.uint64)
    shrink = np.uint64(pow(blocks.length, -1, MODULUS))
    read_results(sums, blocks.step, result, inverse_roots, shrink)
    return result


def _add_products_py(x: Residues, y: Residues, step: int, sums: Residues, roots: Residues) -> None:
    count, length = sums.shape
    reversed_y = np.zeros(length, dtype=np.uint64)
    for j in range(len(y)):
        reversed_y[(length - j) % length] = y[j]
    forward(reversed_y, roots)
    block = np.empty(length, dtype=np.uint64)
    for b in range(count):
        inside = min(length, len(x) - b * step)
        block[:inside] = x[b * step : b * step + inside]
        block[inside:] = 0
        forward(block, roots)
        for k in range(length):
            sums[b, k] = add(sums[b, k], multiply(block[k], reversed_y[k]))


def _read_results_py(
    sums: Residues, step: int, result: Residues, inverse_roots: Residues, shrink: np.uint64
) -> None:
    for b in range(len(sums)):
        inverse(sums[b], inverse_roots)
        for k in range(min(step, len(result) - b * step)):
            result[b * step + k] = multiply(sums[b, k], shrink)


# Kernels call each other by these names, so each is compiled before its callers.
forward, inverse = modular_transform.forward, modular_transform.inverse
add, multiply = modular_transform.add, modular_transform.multiply
add_products = njit(_add_products_py, steps=lambda *arguments: steps_of_transforms(*arguments[3].shape))
read_results = njit(_read_results_py, steps=lambda sums, *_: steps_of_transforms(*sums.shape))
