"""Estimates of distances beside the exact ones.

Run with ``nox -s bench`` or ``pytest benches/bench_hamming_approximation.py --benchmark-enable
--benchmark-only``.
"""

import numpy as np
import pytest

from lemmata import hamming

N = 1_000_000


@pytest.mark.parametrize("algorithm", ["exact", "kopelowitz_porat", "karloff"])
def bench_approximate(benchmark, algorithm):
    """Estimates beside the exact distances (HAM-21, HAM-22)."""
    rng = np.random.default_rng(0)
    text, pattern = rng.integers(0, 100_000, N // 10), rng.integers(0, 100_000, 10_000)
    benchmark.group = "approximate, 10^5 letters, epsilon = 0.5"
    exact = hamming.distances(text, pattern)
    if algorithm == "exact":
        found = benchmark.pedantic(hamming.distances, args=(text, pattern), rounds=3, warmup_rounds=1)
    else:
        options = {"epsilon": 0.5, "failure_probability": 1e-6, "algorithm": algorithm, "rng": 0}
        found = benchmark.pedantic(hamming.approximate, (text, pattern), options, rounds=2, warmup_rounds=1)
    assert (abs(found - exact) <= 0.5 * exact).all()


def from_a_sample(text, pattern, size=400):
    """Mismatches at the same ``size`` random positions, scaled up: no bound on all alignments."""
    places = np.random.default_rng(0).choice(len(pattern), size, replace=False)
    count, total = len(text) - len(pattern) + 1, 0
    for place in places:
        total = total + (text[place : place + count] != pattern[place])
    return total * (len(pattern) / size)


@pytest.mark.parametrize("n", [20_000, 40_000, 80_000])
@pytest.mark.parametrize("peer", ["approximate", "a sample of 400 positions in NumPy"])
def bench_beside_sampling(benchmark, beside, peer, n):
    """Every alignment within epsilon (HAM-22), also where the pattern nearly occurs; a sample misses that."""
    rng = np.random.default_rng(n)
    text = rng.integers(0, 100_000, n)
    pattern = text[:5_000].copy()
    pattern[rng.choice(5_000, 20, replace=False)] += 1
    exact = hamming.distances(text, pattern)
    ours = peer == "approximate"
    group = f"estimates, m = 5000, n = {n}"
    if ours:
        found = beside(group, peer, hamming.approximate, text, pattern, epsilon=0.5, rng=0, ours=True)
    else:
        found = beside(group, peer, from_a_sample, text, pattern, ours=False)
    error = float((np.abs(found - exact) / np.maximum(exact, 1)).max())
    benchmark.extra_info["figures"] = {"largest relative error": error}
    assert not ours or error <= 0.5
