"""Texts in parts and on several threads, beside the text at once.

Run with ``nox -s bench`` or ``pytest benches/bench_hamming_streaming.py --benchmark-enable
--benchmark-only``.
"""

import tracemalloc

import numpy as np
import pytest

from lemmata import hamming


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("way", ["distances", "stream"])
def bench_threads(benchmark, way, n_jobs):
    """The text at once and in blocks, on one and two threads (HAM-28)."""
    rng = np.random.default_rng(0)
    text, pattern = rng.integers(0, 26, 4_000_000), rng.integers(0, 26, 1_000)
    benchmark.group = "4 10^6 letters, m = 1000"

    def stream():
        return np.concatenate(list(hamming.distances_stream(text, pattern, n_jobs=n_jobs)))

    def at_once():
        return hamming.distances(text, pattern, n_jobs=n_jobs)

    found = benchmark.pedantic(stream if way == "stream" else at_once, rounds=3, warmup_rounds=1)
    assert np.array_equal(found, hamming.distances(text, pattern))


@pytest.mark.parametrize("n", [10**7, 10**8])
def bench_long_text(benchmark, n, tmp_path):
    """A memory map of 10^8 letters against a pattern of 10^4, its memory measured: as for 10^7 (HAM-28)."""
    m, chunk = 10_000, 10**6
    rng = np.random.default_rng(0)
    path = tmp_path / "text.bin"
    with path.open("wb") as file:
        for _ in range(n // chunk):
            file.write(rng.integers(0, 4, chunk, dtype=np.uint8).tobytes())
    text = np.memmap(path, dtype=np.uint8, mode="r")
    start = n - 3 * m
    pattern = np.array(text[start : start + m])
    benchmark.group = "a text on disk, m = 10^4, 4 letters"
    next(hamming.distances_stream(text[: 2 * m], pattern))  # compiles

    def run():
        length, zeros = 0, []
        for found in hamming.distances_stream(text, pattern):
            zeros += (length + np.flatnonzero(found == 0)).tolist()
            length += len(found)
        return length, zeros

    tracemalloc.start()
    try:
        length, zeros = benchmark.pedantic(run, rounds=1)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (length, zeros) == (n - m + 1, [start])
    benchmark.extra_info["peak bytes"] = peak
    if benchmark.stats is not None:
        print(f"\n{n} letters: {benchmark.stats.stats.min:.1f} s, peak of {peak / 2**20:.1f} MiB")
    assert peak < 2**27, "the same bound whatever the text's length"
