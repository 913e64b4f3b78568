"""Distances side by side with what one would use instead: n = 10^6, patterns and alphabets of every size.

Run with ``nox -s bench`` or ``pytest benches --benchmark-enable --benchmark-only``; ``-k "10000-26"`` picks
a pattern length and an alphabet. Every peer is warmed up, so that compilation is outside the clock. At the
end a table says, per cell, how many times as fast as SciPy's and OpenCV's correlations ``distances`` was in
this run, what was asked of it, and its regret: its time over that of the best single algorithm
(``benches/conftest.py``).

Peers that correlate letter by letter are timed on at most `TIMED` letters and scaled to all of the pattern's;
the result of a peer that ran in full is compared with ours.
"""

import numpy as np
import pytest
from scipy.signal import fftconvolve, oaconvolve

from lemmata import hamming
from lemmata.costs import Costs
from lemmata.hamming import families
from lemmata.hamming.cost_model import weigh
from lemmata.hamming.letters import encode

N = 1_000_000
PATTERNS = (100, 1_000, 10_000, 100_000)
ALPHABETS = (2, 4, 26, 256, 1_000, 100_000)
TIMED = 4
SLOW = 3e10  # weighted operations, some four seconds: left out


def per_letter(correlate):
    """Matches by one correlation for each of the given letters."""

    def matches(text, pattern, letters):
        total = np.zeros(len(text) - len(pattern) + 1)
        for letter in letters:
            total += correlate((text == letter), (pattern == letter))
        return np.rint(total).astype(np.int64)

    return matches


def by_opencv(text, pattern):
    import cv2  # noqa: PLC0415 - a peer that not everybody has

    found = cv2.matchTemplate(
        text.astype(np.float32)[None, :], pattern.astype(np.float32)[None, :], cv2.TM_CCORR
    )
    return found.ravel()


LETTER_PEERS = {
    "scipy oaconvolve per letter": per_letter(
        lambda t, p: oaconvolve(t.astype(float), p[::-1].astype(float), mode="valid")
    ),
    "scipy fftconvolve per letter": per_letter(
        lambda t, p: fftconvolve(t.astype(float), p[::-1].astype(float), mode="valid")
    ),
    "opencv matchTemplate per letter": per_letter(by_opencv),
}


def sliding_window(text, pattern):
    """NumPy's sliding windows, compared in pieces that fit in memory."""
    windows = np.lib.stride_tricks.sliding_window_view(text, len(pattern))
    step = max(1, 2**24 // len(pattern))
    return np.concatenate(
        [(windows[i : i + step] != pattern).sum(axis=1) for i in range(0, len(windows), step)]
    )


def rapidfuzz_pairwise(text, pattern):
    """rapidfuzz compares two strings at a time: one call per alignment, on the first 10^5."""
    from rapidfuzz.distance import Hamming  # noqa: PLC0415 - a peer that not everybody has

    letters = "".join(map(chr, text.tolist()))
    short = "".join(map(chr, pattern.tolist()))
    m = len(pattern)
    return np.array([Hamming.distance(letters[i : i + m], short) for i in range(100_000)])


OURS = ("distances", "brute_force", "bit_parallel", "per_letter_fft", "abrahamson", "bit_packed_fft")


def words(kind, m, letters):
    rng = np.random.default_rng(m * 1_000_003 + letters)
    if kind == "uniform":
        return rng.integers(0, letters, N), rng.integers(0, letters, m)
    return families.zipf(N, rng, letters), families.zipf(m, rng, letters)


@pytest.mark.parametrize("kind", ["uniform", "zipf"])
@pytest.mark.parametrize("letters", ALPHABETS)
@pytest.mark.parametrize("m", PATTERNS)
@pytest.mark.parametrize("peer", [*OURS, *LETTER_PEERS, "numpy sliding window", "rapidfuzz pairwise"])
def bench_distances(benchmark, peer, m, letters, kind):
    text, pattern = words(kind, m, letters)
    benchmark.group = f"{kind}, m = {m}, {letters} letters"
    benchmark.extra_info |= {"cell": [kind, m, letters], "peer": peer, "scale": 1.0}
    expected = hamming.distances(text, pattern)
    if peer in OURS:
        weighed = weigh(encode(text, pattern)).costs
        if peer != "distances" and weighed.get(peer, 0 if peer == "brute_force" else SLOW) > SLOW:
            pytest.skip("seconds per round")
        if peer == "bit_packed_fft" and m > 10_000:
            pytest.skip("made for its bound, not for speed: one column is enough")
        if peer not in ("distances", "bit_packed_fft"):
            costs = Costs()
            getattr(hamming, peer)(text, pattern, costs=costs)
            benchmark.extra_info["word_operations"] = costs.word_operations
        found = benchmark.pedantic(getattr(hamming, peer), args=(text, pattern), rounds=5, warmup_rounds=1)
        assert np.array_equal(found, expected)
        return
    if peer in LETTER_PEERS:
        if "opencv" in peer:
            pytest.importorskip("cv2")
        present = np.unique(pattern)
        timed = present[:TIMED]
        benchmark.extra_info["scale"] = len(present) / len(timed)
        found = benchmark.pedantic(LETTER_PEERS[peer], args=(text, pattern, timed), rounds=3, warmup_rounds=1)
        # OpenCV works in single precision: no guarantee, so its result is not held against it.
        if len(timed) == len(present) and "opencv" not in peer:
            assert np.array_equal(m - found, expected)
        return
    if m > 100 or letters != 26:
        pytest.skip("pairwise and windowed comparison: one short pattern is enough")
    if peer == "rapidfuzz pairwise":
        pytest.importorskip("rapidfuzz")
        benchmark.extra_info["scale"] = len(expected) / 100_000
        found = benchmark.pedantic(rapidfuzz_pairwise, args=(text, pattern), rounds=2)
        assert np.array_equal(found, expected[:100_000])
        return
    found = benchmark.pedantic(sliding_window, args=(text, pattern), rounds=2, warmup_rounds=1)
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("m", [100, 1_000])
@pytest.mark.parametrize("peer", ["distances", "kernel alone", "memcpy"])
def bench_near_the_limit(benchmark, peer, m):
    """One pass of the vector kernel, what `distances` adds to it, and copying the text as often."""
    from lemmata.hamming.brute_force import compare  # noqa: PLC0415 - the kernel itself

    text, pattern = words("uniform", m, 26)
    codes, short = text.astype(np.uint8), pattern.astype(np.uint8)
    benchmark.group = f"near the limit, m = {m}"
    out = np.zeros(N - m + 1, dtype=np.int64)
    if peer == "distances":
        benchmark.pedantic(hamming.distances, args=(text, pattern), rounds=5, warmup_rounds=1)
    elif peer == "kernel alone":
        benchmark.pedantic(compare, args=(codes, short, out), rounds=5, warmup_rounds=1)
    else:
        copy = np.empty_like(codes)

        def copies():
            for _ in range(m):
                np.copyto(copy, codes)

        benchmark.pedantic(copies, rounds=5, warmup_rounds=1)
    benchmark.extra_info["letters compared per second"] = N * m / benchmark.stats.stats.min


@pytest.mark.parametrize("kind", ["periodic", "random"])
@pytest.mark.parametrize("k", [1, 16])
@pytest.mark.parametrize("algorithm", ["auto", "distances", "kangaroo", "periodicity"])
def bench_k_mismatch(benchmark, algorithm, k, kind):
    """Distances up to k, by every way to them."""
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
