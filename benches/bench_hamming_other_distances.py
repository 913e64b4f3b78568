"""Less-than, l1 and l2 distances and wildcards beside what one would use instead: NumPy's windows, SciPy.

Run with ``nox -s bench`` or ``pytest benches/bench_hamming_other_distances.py --benchmark-enable
--benchmark-only``. All are exact sums of integers by the definition (HAM-26); every peer, warmed up,
has to give the same result.
"""

import numpy as np
import pytest
from scipy.signal import fftconvolve
from scipy.spatial.distance import cdist

from lemmata import hamming

SIZES = [(20_000, 20), (20_000, 200), (20_000, 2_000)]


def windowed(measure):
    """NumPy's sliding windows, in pieces that fit in memory."""

    def run(text, pattern):
        windows = np.lib.stride_tricks.sliding_window_view(text, len(pattern))
        step = max(1, 2**21 // len(pattern))
        return np.concatenate([measure(windows[i : i + step], pattern) for i in range(0, len(windows), step)])

    return run


def by_cdist(metric):
    return windowed(lambda windows, pattern: cdist(windows, pattern[None, :], metric)[:, 0])


def l2_by_correlation(correlate):
    """Sums of squares and one correlation."""

    def run(text, pattern):
        squares = np.concatenate([[0], np.cumsum(text**2)])
        m = len(pattern)
        return squares[m:] - squares[:-m] - 2 * correlate(text, pattern) + (pattern**2).sum()

    return run


def by_scipy(text, pattern):
    return np.rint(fftconvolve(text.astype(float), pattern[::-1].astype(float), mode="valid")).astype(int)


def less_than_by_convolutions(text, pattern):
    """For every value v, the text's places with v and the pattern's with more: what values below 50 allow."""
    total = np.zeros(len(text) - len(pattern) + 1)
    for value in range(int(pattern.max())):
        places = (text == value).astype(float), (pattern > value)[::-1].astype(float)
        total += fftconvolve(*places, mode="valid")
    return np.rint(total).astype(int)


less_than_windows = windowed(lambda windows, pattern: (windows < pattern).sum(axis=1))
l1_windows = windowed(lambda windows, pattern: np.abs(windows - pattern).sum(axis=1))
l2_windows = windowed(lambda windows, pattern: ((windows - pattern) ** 2).sum(axis=1))

WAYS = {
    "less than": {
        "less_than_distances": hamming.less_than_distances,
        "numpy sliding window": less_than_windows,
        "scipy fftconvolve per value": less_than_by_convolutions,
    },
    "l1": {
        "l1_distances": hamming.l1_distances,
        "numpy sliding window": l1_windows,
        "scipy cdist, cityblock": by_cdist("cityblock"),
    },
    "l2": {
        "l2_distances": hamming.l2_distances,
        "numpy sliding window": l2_windows,
        "scipy cdist, sqeuclidean": by_cdist("sqeuclidean"),
        "np.correlate": l2_by_correlation(lambda text, pattern: np.correlate(text, pattern, "valid")),
        "scipy fftconvolve, rounded": l2_by_correlation(by_scipy),
    },
}
CASES = [(kind, peer) for kind, peers in WAYS.items() for peer in peers]


@pytest.mark.parametrize(("n", "m"), SIZES)
@pytest.mark.parametrize(("kind", "peer"), CASES)
def bench_other_distances(beside, kind, peer, n, m):
    """Numbers below 50 (HAM-26)."""
    rng = np.random.default_rng(m)
    text, pattern = rng.integers(0, 50, n), rng.integers(0, 50, m)
    expected = WAYS[kind]["numpy sliding window"](text, pattern)
    group = f"{kind}, n = {n}, m = {m}"
    found = beside(group, peer, WAYS[kind][peer], text, pattern, ours=peer.endswith("_distances"), rounds=2)
    assert np.array_equal(found, expected)


@pytest.mark.parametrize(("n", "m"), SIZES)
@pytest.mark.parametrize("peer", ["distances with a wildcard", "numpy sliding window"])
def bench_wildcard(beside, peer, n, m):
    """Distances in which the letter 3 differs from nothing (HAM-26)."""
    rng = np.random.default_rng(m)
    text, pattern = rng.integers(0, 4, n), rng.integers(0, 4, m)
    by_windows = windowed(
        lambda windows, pattern: ((windows != pattern) & (windows != 3) & (pattern != 3)).sum(axis=1)
    )
    ours = peer == "distances with a wildcard"
    way = (lambda text, pattern: hamming.distances(text, pattern, wildcard=3)) if ours else by_windows
    found = beside(f"wildcard, n = {n}, m = {m}", peer, way, text, pattern, ours=ours)
    assert np.array_equal(found, by_windows(text, pattern))
