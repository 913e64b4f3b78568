"""Distances side by side with what one would write instead.

Run with ``nox -s bench`` or ``pytest benches --benchmark-enable``. Every algorithm is warmed up, so that
compilation is outside the clock. Groups share text and pattern; the runner prints ratios to the fastest.
``extra_info`` carries n, m, letters and counted word operations: growth data for plots.
"""

import numpy as np
import pytest
from scipy.signal import oaconvolve

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming import families


def oaconvolve_per_letter(text, pattern):
    """SciPy's overlap-add convolution for every letter: rounded, without a bound."""
    matches = np.zeros(len(text) - len(pattern) + 1)
    for letter in np.unique(pattern):
        ones = (pattern[::-1] == letter).astype(float)
        matches += oaconvolve((text == letter).astype(float), ones, mode="valid")
    return len(pattern) - np.rint(matches).astype(np.int64)


def sliding_window(text, pattern):
    """NumPy's sliding windows, compared in pieces that fit in memory."""
    windows = np.lib.stride_tricks.sliding_window_view(text, len(pattern))
    step = max(1, 2**24 // len(pattern))
    return np.concatenate(
        [(windows[i : i + step] != pattern).sum(axis=1) for i in range(0, len(windows), step)]
    )


PEERS = {
    "by_definition": hamming.by_definition,
    "per_letter_fft": hamming.per_letter_fft,
    "abrahamson": hamming.abrahamson,
    "distances": hamming.distances,
    "scipy oaconvolve per letter": oaconvolve_per_letter,
    "numpy sliding window": sliding_window,
}
SIZES = [(100_000, 100), (100_000, 1_000), (100_000, 10_000), (400_000, 1_000), (400_000, 30_000)]


def prose(n, m):
    text = np.frombuffer(families.real_text().encode("utf-32-le"), dtype="<u4")[:n].astype(np.int64)
    return text, text[n // 3 : n // 3 + m].copy()


def many_letters(n, m):
    rng = np.random.default_rng(0)
    letters = max(2, round(m**0.5))
    return families.equal_frequencies(n, letters, rng), families.equal_frequencies(m, letters, rng)


@pytest.mark.parametrize("inputs", [prose, many_letters], ids=lambda f: f.__name__)
@pytest.mark.parametrize(("n", "m"), SIZES)
@pytest.mark.parametrize("peer", PEERS)
def bench_distances(benchmark, peer, n, m, inputs):
    if n * m > 2e9 and peer in ("numpy sliding window", "by_definition"):
        pytest.skip("minutes per round")
    text, pattern = inputs(n, m)
    expected = hamming.distances(text, pattern)
    benchmark.group = f"{inputs.__name__}, n = {n}, m = {m}"
    benchmark.extra_info |= {"n": n, "m": m, "letters": len(np.unique(pattern))}
    if peer in ("by_definition", "per_letter_fft", "abrahamson"):
        costs = Costs()
        PEERS[peer](text, pattern, costs=costs)
        benchmark.extra_info["word_operations"] = costs.word_operations
    found = benchmark.pedantic(PEERS[peer], args=(text, pattern), rounds=3, warmup_rounds=1)
    assert np.array_equal(found, expected)
