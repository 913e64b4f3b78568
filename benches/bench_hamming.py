"""Distances side by side with what one would use instead: n = 10^6, patterns and alphabets of every size.

Run with ``nox -s bench`` or ``pytest benches --benchmark-enable --benchmark-only``; ``-k "10000-26"`` picks
a pattern length and an alphabet. Every peer is warmed up, so that compilation is outside the clock. At the
end a table says, per cell, how many times as fast as SciPy's and OpenCV's correlations ``distances`` was in
this run, what was asked of it, and its regret: its time over that of the best single algorithm that was timed
(``benches/conftest.py``). ``bit_packed_fft``, which is made for its bound and not for speed, is timed up to
m = 10^4; beyond, a round of it takes most of a minute.

Peers that correlate letter by letter are timed on at most `TIMED` letters and scaled to all of the pattern's;
the result of a peer that ran in full is compared with ours.
"""

from time import thread_time

import numpy as np
import pytest
from scipy.signal import fftconvolve, oaconvolve
from scipy.spatial.distance import hamming as hamming_share

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


OURS = (
    "distances",
    "brute_force",
    "bit_parallel",
    "per_letter_fft",
    "abrahamson",
    "sort_merge",
    "bit_packed_fft",
)


def words(kind, m, letters):
    rng = np.random.default_rng(m * 1_000_003 + letters)
    if kind == "uniform":
        return rng.integers(0, letters, N), rng.integers(0, letters, m)
    return families.zipf(N, letters, rng), families.zipf(m, letters, rng)


@pytest.mark.parametrize("kind", ["uniform", "zipf"])
@pytest.mark.parametrize("letters", ALPHABETS)
@pytest.mark.parametrize("m", PATTERNS)
@pytest.mark.parametrize("peer", [*OURS, *LETTER_PEERS, "numpy sliding window", "rapidfuzz pairwise"])
def bench_distances(benchmark, peer, m, letters, kind):
    """What HAM-5 describes, by every algorithm of HAM-6, beside correlations by others (HAM-1).

    Word operations are counted beside the time: planes of bits (HAM-27), a transform per letter (HAM-2,
    exact by HAM-4, HAM-7 and HAM-11), Abrahamson's threshold (HAM-3), direct counting (HAM-9). The one with
    the bound of HAM-15 (HAM-10, HAM-16) is ``bit_packed_fft``, deterministic where asked to be (HAM-30).
    """
    text, pattern = words(kind, m, letters)
    benchmark.group = f"{kind}, m = {m}, {letters} letters"
    benchmark.extra_info |= {"cell": [kind, m, letters], "peer": peer, "scale": 1.0}
    expected = hamming.distances(text, pattern)
    if peer in OURS:
        weighed = weigh(encode(text, pattern)).costs
        if peer != "distances" and weighed.get(peer, 0 if peer == "brute_force" else SLOW) > SLOW:
            pytest.skip("seconds per round")
        if peer == "bit_packed_fft" and m > 10_000:
            pytest.skip("made for its bound, not for speed: most of a minute per round")
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


def by_scipy(text, pattern):
    """`scipy.spatial.distance.hamming` of every window."""
    m = len(pattern)
    return np.array([round(m * hamming_share(text[i : i + m], pattern)) for i in range(len(text) - m + 1)])


@pytest.mark.parametrize("n", [1_000, 2_000, 4_000])
@pytest.mark.parametrize("peer", ["by_definition", "distances", "numpy sliding window", "scipy per window"])
def bench_definition(beside, peer, n):
    """What the definition costs as it stands (HAM-1), and what distances are (HAM-5), for a pattern of 50."""
    rng = np.random.default_rng(n)
    text, pattern = rng.integers(0, 4, n), rng.integers(0, 4, 50)
    ways = {
        "by_definition": hamming.by_definition,
        "distances": hamming.distances,
        "numpy sliding window": sliding_window,
        "scipy per window": by_scipy,
    }
    found = beside(
        f"definition, m = 50, n = {n}", peer, ways[peer], text, pattern, ours=peer == "by_definition"
    )
    assert np.array_equal(found, sliding_window(text, pattern))


CHOICE_N = 200_000
CHOICE_SINGLES = ("brute_force", "bit_parallel", "per_letter_fft", "abrahamson", "sort_merge")
ROUNDS = 5


def choice_word(kind, length, letters, rng):
    """Letters all alike, by Zipf's law, or two that make up nine tenths."""
    if kind == "uniform":
        return rng.integers(0, letters, length)
    if kind == "zipf":
        return families.zipf(length, letters, rng)
    return np.where(
        rng.random(length) < 0.9,
        rng.integers(0, 2, length),
        rng.integers(min(2, letters - 1), letters, length),
    )


@pytest.mark.parametrize("kind", ["uniform", "zipf", "two frequent"])
@pytest.mark.parametrize("letters", [2, 4, 26, 250, 1_000, 100_000])
@pytest.mark.parametrize("m", [10, 100, 200, 700, 2_000, 5_000, 20_000, 60_000])
def bench_auto(benchmark, m, letters, kind):
    """`distances` beside each of its algorithms: the best of rounds in which all take turns.

    Seconds of this thread, so that a long run is not charged for what others do on the machine meanwhile.
    """
    rng = np.random.default_rng(7 * m + letters)
    text, pattern = choice_word(kind, CHOICE_N, letters, rng), choice_word(kind, m, letters, rng)
    expected = hamming.distances(text, pattern)
    pairs = int(np.bincount(text, minlength=letters) @ np.bincount(pattern, minlength=letters))
    too_slow = {  # half a second and more: never the best
        "brute_force": m * CHOICE_N > 3e10,
        "per_letter_fft": len(np.unique(pattern)) > 100,
        "sort_merge": pairs > 3e8,
    }
    turns = ["distances", *(name for name in CHOICE_SINGLES if not too_slow.get(name))]
    seconds = dict.fromkeys(turns, float("inf"))
    for name in turns:
        assert np.array_equal(getattr(hamming, name)(text, pattern), expected)
    for _ in range(ROUNDS):
        for name in turns:
            for _ in range(3):  # the first of them finds the caches as another algorithm left them
                start = thread_time()
                getattr(hamming, name)(text, pattern)
                seconds[name] = min(seconds[name], thread_time() - start)
    benchmark.group = f"auto, {kind}, m = {m}, {letters} letters"
    benchmark.extra_info |= {"choice": [kind, m, letters], "seconds": seconds}
    benchmark.pedantic(hamming.distances, args=(text, pattern), rounds=1)


def signs_by_opencv(text, pattern):
    """One correlation of +1 and -1 in single precision: nothing says that its roundings are right."""
    import cv2  # noqa: PLC0415 - a peer that not everybody has

    signs = (1 - 2 * text).astype(np.float32)[None, :], (1 - 2 * pattern).astype(np.float32)[None, :]
    found = cv2.matchTemplate(*signs, cv2.TM_CCORR).ravel()
    return np.rint((len(pattern) - found) / 2).astype(np.int64)


def signs_by_scipy(text, pattern):
    found = oaconvolve(1.0 - 2 * text, (1.0 - 2 * pattern)[::-1], mode="valid")
    return np.rint((len(pattern) - found) / 2).astype(np.int64)


@pytest.mark.parametrize("m", [10_000, 100_000])
def bench_two_letters(benchmark, m):
    """`distances` over two letters beside one correlation by others, all taking turns on one thread."""
    cv2 = pytest.importorskip("cv2")
    cv2.setNumThreads(1)
    rng = np.random.default_rng(m)
    text, pattern = rng.integers(0, 2, N), rng.integers(0, 2, m)
    ways = {
        "distances": hamming.distances,
        "opencv matchTemplate, float32": signs_by_opencv,
        "scipy oaconvolve": signs_by_scipy,
    }
    expected = hamming.per_letter_fft(text, pattern)
    assert np.array_equal(ways["distances"](text, pattern), expected)
    assert np.array_equal(ways["scipy oaconvolve"](text, pattern), expected)
    ways["opencv matchTemplate, float32"](text, pattern)
    seconds = dict.fromkeys(ways, float("inf"))
    for _ in range(4 * ROUNDS):
        for name, way in ways.items():
            start = thread_time()
            way(text, pattern)
            seconds[name] = min(seconds[name], thread_time() - start)
    benchmark.group = f"two letters, m = {m}"
    benchmark.extra_info |= {"signs": m, "seconds": seconds}
    benchmark.pedantic(hamming.distances, args=(text, pattern), rounds=1)


@pytest.mark.parametrize("m", [100, 1_000])
@pytest.mark.parametrize("peer", ["distances", "kernel alone", "memcpy"])
def bench_near_the_limit(benchmark, peer, m):
    """One pass of the vector kernel, what `distances` adds to it, and copying the text as often."""
    from lemmata.hamming.exact.brute_force import compare  # noqa: PLC0415 - the kernel itself

    text, pattern = words("uniform", m, 26)
    codes, short = text.astype(np.uint8), pattern.astype(np.uint8)
    benchmark.group = f"near the limit, m = {m}"
    benchmark.extra_info["limit"] = peer
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
    if benchmark.stats is not None:
        benchmark.extra_info["letters compared per second"] = N * m / benchmark.stats.stats.min
