"""Transforms and correlations beside SciPy's, NumPy's and FLINT's, and matrices multiplied by distances.

Run with ``nox -s bench`` or ``pytest benches/bench_hamming_correlations.py --benchmark-enable
--benchmark-only``. Tables of roots are made before the clock starts, as the peers' are in their warm-up.
"""

import numpy as np
import pytest
import scipy.fft
from flint import nmod_poly
from scipy.signal import oaconvolve

from lemmata import hamming
from lemmata.hamming.correlations import float_transform, modular_transform
from lemmata.hamming.correlations.correlation import count_matches
from lemmata.hamming.correlations.integer_correlation import sum_of_correlations
from lemmata.hamming.letters import encode


@pytest.mark.parametrize("log2_length", [10, 13, 16])
@pytest.mark.parametrize("peer", ["float_transform", "modular_transform", "scipy.fft.fft", "numpy.fft.fft"])
def bench_transform(beside, peer, log2_length):
    """In doubles with a proved error (HAM-4), modulo 2^64 - 2^32 + 1 with none (HAM-8), and by others."""
    length = 1 << log2_length
    rng = np.random.default_rng(log2_length)
    values = rng.standard_normal(length) + 1j * rng.standard_normal(length)
    group = f"transform of length 2^{log2_length}"
    if peer == "float_transform":
        roots = float_transform.butterfly_roots(log2_length)

        def transform():
            re, im = values.real.copy(), values.imag.copy()
            float_transform.forward(re, im, *roots)
            return re, im

        re, im = beside(group, peer, transform, ours=True, rounds=20)
        assert np.allclose(np.sort(re), np.sort(np.fft.fft(values).real))  # in another order
        assert np.allclose(np.sort(im), np.sort(np.fft.fft(values).imag))
    elif peer == "modular_transform":
        numbers = rng.integers(0, 2**63, length, dtype=np.uint64)
        roots, inverse_roots = modular_transform.modular_roots(log2_length)

        def transform():
            found = numbers.copy()
            modular_transform.forward(found, roots)
            return found

        found = beside(group, peer, transform, ours=False, rounds=20)
        modular_transform.inverse(found, inverse_roots)
        scale = pow(length, -1, modular_transform.MODULUS)
        assert [int(z) * scale % modular_transform.MODULUS for z in found[:100]] == numbers[:100].tolist()
    else:
        way = scipy.fft.fft if peer == "scipy.fft.fft" else np.fft.fft
        beside(group, peer, way, values, ours=False, rounds=20)


def by_flint(x, y):
    modulus = modular_transform.MODULUS
    product = nmod_poly(x.tolist(), modulus) * nmod_poly(y[::-1].tolist(), modulus)
    return np.array([int(product[i]) for i in range(len(y) - 1, len(x))], dtype=np.uint64)


@pytest.mark.parametrize("n", [2_000, 8_000, 32_000])
@pytest.mark.parametrize("peer", ["sum_of_correlations", "flint nmod_poly"])
def bench_modular_correlation(beside, peer, n):
    """Correlation of integers modulo the prime, where doubles could not hold the sums (HAM-8)."""
    rng = np.random.default_rng(n)
    x, y = rng.integers(0, 2**62, n, dtype=np.uint64), rng.integers(0, 2**62, n // 4, dtype=np.uint64)
    group = f"correlation modulo p, n = {n}, m = {n // 4}"
    if peer == "sum_of_correlations":
        found = beside(group, peer, sum_of_correlations, n, n // 4, [(x, y)], ours=True)
    else:
        found = beside(group, peer, by_flint, x, y, ours=False)
    assert np.array_equal(found, by_flint(x, y))


def per_letter(problem, letters):
    text, pattern = problem.text, problem.pattern
    total = sum(
        oaconvolve((text == letter).astype(float), (pattern == letter)[::-1].astype(float), mode="valid")
        for letter in letters
    )
    return np.rint(total).astype(np.int64)


@pytest.mark.parametrize("n", [20_000, 80_000])
@pytest.mark.parametrize("peer", ["count_matches", "count_matches, ntt", "scipy oaconvolve per letter"])
def bench_matches(beside, peer, n):
    """Matches by correlations (HAM-1): in doubles where they are exact (HAM-7), or modulo p (HAM-8).

    Several letters share a transform (HAM-11); the operations are known beforehand (HAM-2).
    """
    rng = np.random.default_rng(n)
    problem = encode(rng.integers(0, 6, n), rng.integers(0, 6, 1_000))
    ways = {
        "count_matches": count_matches,
        "count_matches, ntt": lambda problem, letters: count_matches(problem, letters, transform="ntt"),
        "scipy oaconvolve per letter": per_letter,
    }
    group = f"matches in six letters, m = 1000, n = {n}"
    found = beside(group, peer, ways[peer], problem, range(6), ours=peer == "count_matches")
    assert np.array_equal(found, per_letter(problem, range(6)))


def product_by_distances(a, b):
    """The matrix product of the lower bound's reduction: letters are columns of ``a`` and rows of ``b``."""
    size = len(a)
    names = np.arange(size)
    pattern = np.where(a == 1, names, size).ravel()
    text = np.full(3 * size**2 + size, size + 1)
    place = size**2 + (size + 1) * names
    text[place[:, None] + names] = np.where(b.T == 1, names, size + 1)
    matches = len(pattern) - hamming.distances(text, pattern)
    return matches[place[None, :] - size * names[:, None]]


@pytest.mark.parametrize("size", [8, 16, 32])
@pytest.mark.parametrize("peer", ["by distances", "numpy matmul", "numpy matmul of doubles"])
def bench_matrix_product(beside, peer, size):
    """0/1 matrices multiplied by `distances` (HAM-29): for the lower bound's sake, not for speed."""
    a, b = np.random.default_rng(size).integers(0, 2, (2, size, size))
    ways = {
        "by distances": product_by_distances,
        "numpy matmul": np.matmul,
        "numpy matmul of doubles": lambda a, b: a.astype(float) @ b.astype(float),
    }
    found = beside(
        f"product of 0/1 matrices, N = {size}", peer, ways[peer], a, b, ours=peer == "by distances"
    )
    assert np.array_equal(found, a @ b)
