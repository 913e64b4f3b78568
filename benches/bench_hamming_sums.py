"""Sums of multisets and counting 3SUM beside what one would use instead: NumPy, SciPy, FLINT, itertools.

Run with ``nox -s bench`` or ``pytest benches/bench_hamming_sums.py --benchmark-enable --benchmark-only``.
Every peer is warmed up; the table at the end gives each one's time as a multiple of ours.
"""

from collections import Counter
from itertools import product

import numpy as np
import pytest
from flint import fmpz_poly
from scipy.signal import fftconvolve

from lemmata import hamming


@pytest.mark.parametrize("kind", ["progression", "no structure"])
@pytest.mark.parametrize("method", ["auto", "pairs", "sparse"])
def bench_sum_counts(benchmark, method, kind):
    """Sums of 2,000 by 2,000 numbers below 2^61: 4,000 distinct ones, or 4 10^6 (HAM-25)."""
    if kind == "no structure" and method == "sparse":
        pytest.skip("minutes: what the budget of auto is for")
    rng = np.random.default_rng(0)
    a = np.arange(2_000) * 2**50 if kind == "progression" else rng.integers(0, 2**60, 2_000)
    benchmark.group = f"sum_counts, {kind}"
    found = benchmark.pedantic(hamming.sum_counts, (a, a), {"method": method, "rng": 0}, rounds=2)
    assert int(found.counts.sum()) == 4_000_000


def sums_by_numpy(a, b):
    return np.unique(np.add.outer(a, b), return_counts=True)


def sums_by_counter(a, b):
    found = Counter(x + y for x, y in product(a.tolist(), b.tolist()))
    return np.array(sorted(found)), np.array([found[s] for s in sorted(found)])


@pytest.mark.parametrize("n", [250, 500, 1_000])
@pytest.mark.parametrize("kind", ["progression", "no structure"])
@pytest.mark.parametrize("peer", ["sum_counts", "numpy unique of all sums", "itertools and Counter"])
def bench_sums_beside_others(beside, peer, kind, n):
    """Sums of n by n numbers, few distinct ones or n^2 / 2 (HAM-25)."""
    a = np.arange(n) * 2**40 if kind == "progression" else np.random.default_rng(n).integers(0, 2**50, n)
    ways = {
        "sum_counts": lambda a, b: hamming.sum_counts(a, b, rng=0),
        "numpy unique of all sums": sums_by_numpy,
        "itertools and Counter": sums_by_counter,
    }
    found = beside(f"sums, {kind}, n = {n}", peer, ways[peer], a, a, ours=peer == "sum_counts", rounds=2)
    sums, counts = (found.sums, found.counts) if peer == "sum_counts" else found
    expected = sums_by_numpy(a, a)
    assert np.array_equal(sums, expected[0])
    assert np.array_equal(counts, expected[1])


@pytest.mark.parametrize("peer", ["sumset", "numpy unique of all sums", "Python set"])
def bench_sumset(beside, peer):
    """The distinct sums alone (HAM-25)."""
    a = np.random.default_rng(0).integers(0, 100_000, 1_000)
    ways = {
        "sumset": lambda a: hamming.sumset(a, a, rng=0),
        "numpy unique of all sums": lambda a: np.unique(np.add.outer(a, a)),
        "Python set": lambda a: np.array(sorted({x + y for x, y in product(a.tolist(), repeat=2)})),
    }
    found = beside("distinct sums, n = 1000", peer, ways[peer], a, ours=peer == "sumset")
    assert np.array_equal(found, np.unique(np.add.outer(a, a)))


def by_flint(x, y):
    product_ = fmpz_poly(x.tolist()) * fmpz_poly(y.tolist())
    return np.array([int(c) for c in product_.coeffs()])


def by_fftconvolve(x, y):
    return np.rint(fftconvolve(x.astype(float), y.astype(float))).astype(np.int64)


HISTOGRAMS = ["sum_histogram", "np.convolve", "scipy fftconvolve, rounded", "flint fmpz_poly"]


@pytest.mark.parametrize("length", [1_000, 4_000, 16_000])
@pytest.mark.parametrize("kind", ["sparse", "dense"])
@pytest.mark.parametrize("peer", HISTOGRAMS)
def bench_histogram(beside, peer, kind, length):
    """Exact counts from digits that may be too narrow, certified by mass (HAM-12) or repaired (HAM-14).

    Few differences are divisible by the moduli that are drawn (HAM-13), and rounds are few (HAM-17); narrow
    digits save the logarithm (HAM-16). Rounded Fourier transforms come without a bound.
    """
    rng = np.random.default_rng(length)
    x, y = (rng.integers(0, 10, length) for _ in range(2))
    if kind == "sparse":
        x, y = (np.where(rng.random(length) < 0.02, letters, 0) for letters in (x, y))
    x[-1] = y[-1] = 1  # FLINT leaves out leading zeros
    ways = dict(
        zip(
            HISTOGRAMS,
            (lambda x, y: hamming.sum_histogram(x, y, rng=0), np.convolve, by_fftconvolve, by_flint),
            strict=True,
        )
    )
    found = beside(
        f"histogram of sums, {kind}, length {length}", peer, ways[peer], x, y, ours=peer == HISTOGRAMS[0]
    )
    assert np.array_equal(found, np.convolve(x, y))


def differences_by_numpy(a, b, length):
    differences = np.subtract.outer(a, b).ravel()
    return np.bincount(differences[(differences >= 0) & (differences < length)], minlength=length)


def differences_by_itertools(a, b, length):
    counts = [0] * length
    for x, y in product(a.tolist(), b.tolist()):
        if 0 <= x - y < length:
            counts[x - y] += 1
    return np.array(counts)


THREE_SUM = {
    "counting_three_sum": hamming.counting_three_sum,
    "three_sum_by_distances": hamming.three_sum_by_distances,
    "numpy subtract.outer and bincount": differences_by_numpy,
    "itertools.product": differences_by_itertools,
}


@pytest.mark.parametrize("n", [250, 500, 1_000])
@pytest.mark.parametrize("peer", THREE_SUM)
def bench_three_sum(beside, peer, n):
    """Differences in a short range, by sorting and, for the reduction's sake, by distances (HAM-24)."""
    rng = np.random.default_rng(n)
    a, b = rng.integers(0, 20 * n, n), rng.integers(0, 20 * n, n)
    ours = peer == "counting_three_sum"
    found = beside(f"counting 3SUM, n = {n}, range {n}", peer, THREE_SUM[peer], a, b, n, ours=ours, rounds=2)
    assert np.array_equal(found, differences_by_numpy(a, b, n))


@pytest.mark.parametrize("n", [1_000, 4_000, 16_000])
@pytest.mark.parametrize("peer", ["distances_by_three_sum", "distances", "numpy sliding window"])
def bench_distances_by_three_sum(beside, peer, n):
    """Distances as counting 3SUM (HAM-23): what the reduction costs beside algorithms made for them."""
    rng = np.random.default_rng(n)
    text, pattern = rng.integers(0, 100, n), rng.integers(0, 100, 200)

    def windows(text, pattern):
        view = np.lib.stride_tricks.sliding_window_view(text, len(pattern))
        return (view != pattern).sum(axis=1)

    ways = {
        "distances_by_three_sum": hamming.distances_by_three_sum,
        "distances": hamming.distances,
        "numpy sliding window": windows,
    }
    group = f"distances as 3SUM, m = 200, n = {n}"
    found = beside(group, peer, ways[peer], text, pattern, ours=peer == "distances_by_three_sum")
    assert np.array_equal(found, windows(text, pattern))
