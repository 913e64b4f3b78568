"""Distances up to k: every way to them on 10^6 letters, and what one would use instead on few.

Run with ``nox -s bench`` or ``pytest benches/bench_hamming_few_mismatches.py --benchmark-enable
--benchmark-only``.
"""

import numpy as np
import pytest

from lemmata import hamming

N = 1_000_000


@pytest.mark.parametrize("kind", ["periodic", "random"])
@pytest.mark.parametrize("k", [1, 16])
@pytest.mark.parametrize("algorithm", ["auto", "distances", "kangaroo", "periodicity"])
def bench_k_mismatch(benchmark, algorithm, k, kind):
    """By jumps over equal stretches (HAM-18), by near-periods (HAM-19) and their breaks (HAM-20), by all."""
    rng = np.random.default_rng(k)
    text = np.arange(N) % 50 if kind == "periodic" else rng.integers(0, 50, N)
    text[:: N // 20] += 1
    pattern = text[: N // 10].copy()
    benchmark.group = f"k_mismatch, {kind}, m = {N // 10}, k = {k}"
    expected = np.minimum(hamming.distances(text, pattern), k + 1)
    found = benchmark.pedantic(
        hamming.k_mismatch, (text, pattern, k), {"algorithm": algorithm, "rng": 0}, rounds=2, warmup_rounds=1
    )
    assert np.array_equal(found, expected)


def windows_cut_off(text, pattern, k):
    windows = np.lib.stride_tricks.sliding_window_view(text, len(pattern))
    return np.minimum((windows != pattern).sum(axis=1), k + 1)


def by_rapidfuzz(text, pattern, k):
    from rapidfuzz.distance import Hamming  # noqa: PLC0415 - a peer that not everybody has

    letters, short, m = "".join(map(chr, text)), "".join(map(chr, pattern)), len(pattern)
    return np.array(
        [Hamming.distance(letters[i : i + m], short, score_cutoff=k) for i in range(len(text) - m + 1)]
    )


@pytest.mark.parametrize("n", [10_000, 20_000, 40_000])
@pytest.mark.parametrize(
    "peer", ["k_mismatch", "kangaroo", "numpy sliding window", "rapidfuzz, score_cutoff"]
)
def bench_beside_others(beside, peer, n):
    """A pattern of 200 letters and k = 3: `k_mismatch` as it chooses, and jumps (HAM-18)."""
    rng = np.random.default_rng(n)
    text = rng.integers(97, 101, n)
    pattern, k = text[:200].copy(), 3
    pattern[100] = 101
    expected = windows_cut_off(text, pattern, k)
    if "rapidfuzz" in peer:
        pytest.importorskip("rapidfuzz")
    ways = {
        "k_mismatch": hamming.k_mismatch,
        "kangaroo": lambda *problem: hamming.k_mismatch(*problem, algorithm="kangaroo"),
        "numpy sliding window": windows_cut_off,
        "rapidfuzz, score_cutoff": by_rapidfuzz,
    }
    group = f"distances up to 3, m = 200, n = {n}"
    found = beside(group, peer, ways[peer], text, pattern, k, ours=peer == "k_mismatch")
    assert np.array_equal(found, expected)
