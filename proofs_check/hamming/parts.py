"""Texts in parts and on several threads (HAM-28)."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import pairwise, product
from typing import Any
from unittest.mock import patch

import joblib
import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Run, check
from lemmata.hamming import threads as on_threads

LONGEST = [0, 1, 0, 0, 1, 2, 0, 1]


def cut_words(longest: int) -> Iterator[tuple[list[int], list[int], list[int]]]:
    """Prefixes of a text, suffixes of it as patterns, and where parts begin and end: all ways to cut."""
    for size in range(1, longest + 1):
        for m in range(1, size + 1):
            for cuts in product((False, True), repeat=size - 1):
                bounds = [0, *(k + 1 for k, cut in enumerate(cuts) if cut), size]
                yield LONGEST[:size], LONGEST[8 - m :], bounds


@check("HAM-28")
def parts_and_threads_change_nothing(run: Run) -> None:
    """Every way to cut small texts; then long ones, with the letters that are held counted."""
    joined, held, threads = run.clauses("abc")
    longest = run.choose(6, 8, 8)
    small = run.every(
        cut_words(longest),
        f"every way to cut the prefixes of a text of {longest} letters, patterns of every length",
        size=sum(size * 2 ** (size - 1) for size in range(1, longest + 1)),
    )
    for text, pattern, bounds in small:
        m = len(pattern)
        parts = [np.array(text[a:b]) for a, b in pairwise(bounds)]
        for block, wildcard in ((1, None), (3, None), (2, 0)):
            stream = hamming.distances_stream(iter(parts), pattern, block=block, wildcard=wildcard)
            found = [v for part in stream for v in part.tolist()]
            windows = (text[i : i + m] for i in range(len(text) - m + 1))
            differ = [
                sum(a != b and wildcard not in (a, b) for a, b in zip(window, pattern, strict=True))
                for window in windows
            ]
            joined.equal(
                found, differ, text=text, pattern=pattern, cuts=bounds, block=block, wildcard=wildcard
            )
    n, m, block = run.choose((300_000, 500, 4_000), (2_000_000, 2_000, 20_000), (10**7, 10**4, 10**5))
    long_text, long_pattern = run.rng.integers(0, 5, n), run.rng.integers(0, 5, m)
    whole = hamming.distances(long_text, long_pattern, algorithm="brute_force")
    wild = hamming.distances(long_text, long_pattern, wildcard=3, algorithm="brute_force")
    for at in run.rng.integers(0, n - m + 1, 20):
        window = long_text[at : at + m]
        joined.equal(int(whole[at]), int((window != long_pattern).sum()), n=n, m=m, alignment=int(at))
        apart = (window != long_pattern) & (window != 3) & (long_pattern != 3)
        joined.equal(int(wild[at]), int(apart.sum()), n=n, m=m, alignment=int(at), wildcard=3)
    for part in run.samples((1, 1_000, 70_000), "parts of a long text"):
        size = n if part > 1 else 20_000
        given: list[int] = []
        source = letters_given(long_text[:size], part, given)
        out, collected = 0, []
        for some in hamming.distances_stream(source, long_pattern, block=block):
            # What was given before these came out, and is not among the distances that had come out by then.
            held.holds(sum(given) - out, "<=", 2 * m + block + part, n=size, m=m, block=block, part=part)
            out += len(some)
            collected.append(some)
        joined.equal(np.concatenate(collected), whole[: size - m + 1], n=size, m=m, part=part)
    for jobs in run.samples((2, 3, -1), "threads, on a machine that says it has four cores"):
        inputs: dict[str, Any] = {"n": n, "m": m, "n_jobs": jobs}
        with counted_pieces() as pieces, threads_started() as started:
            shared = hamming.distances(long_text, long_pattern, n_jobs=jobs)
        threads.equal(shared, whole, **inputs)
        workers = jobs if jobs > 0 else 4
        threads.equal(pieces, ["auto"] * workers, **inputs, explanation="pieces of the text")
        threads.equal(started, [workers], **inputs, explanation="threads that joblib is asked for")
        with counted_pieces() as pieces:
            streamed = list(
                hamming.distances_stream(
                    long_text, long_pattern, algorithm="brute_force", block=70_000, wildcard=3, n_jobs=jobs
                )
            )
        threads.equal(np.concatenate(streamed), wild, **inputs, wildcard=3)
        threads.equal(set(pieces), {"brute_force"}, **inputs, explanation="algorithms of the pieces")
        # Twice per block for the wildcards, and two pieces at least of every block but the last.
        threads.holds(len(pieces), ">", 2 * len(streamed), **inputs, explanation="pieces of the blocks")


@contextmanager
def counted_pieces() -> Iterator[list[str]]:
    """Algorithms of the pieces that are counted in this context, and four cores whatever the machine has."""
    by_name, pieces = vars(on_threads)["by_name"], list[str]()

    def count(problem: Any, algorithm: Any) -> Any:
        pieces.append(algorithm)
        return by_name(problem, algorithm)

    cores = partial(patch.object, joblib, "effective_n_jobs", lambda jobs: 4 if jobs < 0 else jobs)
    with cores(), patch.object(on_threads, "by_name", count):
        yield pieces


@contextmanager
def threads_started() -> Iterator[list[int]]:
    """Numbers of threads that joblib is asked for in this context."""
    parallel, asked = joblib.Parallel, list[int]()

    def start(*, n_jobs: int, **options: Any) -> Any:
        asked.append(n_jobs)
        return parallel(n_jobs=n_jobs, **options)

    with patch.object(joblib, "Parallel", start):
        yield asked


def letters_given(text: NDArray[np.int64], part: int, given: list[int]) -> Iterator[NDArray[np.int64]]:
    """Parts of a text, whose lengths are noted as they are handed out."""
    for start in range(0, len(text), part):
        given.append(len(text[start : start + part]))
        yield text[start : start + part]
