"""Texts in parts and on several threads (HAM-28)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise, product
from threading import get_ident
from typing import Any, NamedTuple
from unittest.mock import patch

import joblib
import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Clause, Run, check
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
    blocks_by_default(run, held)
    piece = run.formula("piece_alignments")
    far_text, far_pattern = run.rng.permutation(240_000), np.arange(20_000)
    alignments = (np.arange(240_000) - far_text)[far_text < 20_000]
    inside = alignments[(alignments >= 0) & (alignments <= 220_000)]
    far = 20_000 - np.bincount(inside, minlength=220_001)
    for jobs in run.samples((1, 2, 3, 9, -1), "threads, on a machine that says it has four cores"):
        for third in (None, n // 3 + 1):
            for algorithm, wildcard, expected in (
                ("auto", None, whole),
                ("bit_parallel", None, whole),
                ("bit_parallel", 3, wild),
            ):
                options = {"algorithm": algorithm, "wildcard": wildcard, "n_jobs": jobs}
                pieces_are_shared(threads, piece, long_text, long_pattern, expected, third, options)
        options = {"algorithm": "sort_merge", "wildcard": None, "n_jobs": jobs}
        pieces_are_shared(threads, piece, far_text, far_pattern, far, None, options)


def blocks_by_default(run: Run, held: Clause) -> None:
    """Letters held, and lengths of the blocks, where none is asked for, or one of nearly that length."""
    cases = run.samples(longer_than_a_block(), "texts longer than a block of the length taken by default")
    for block, longest, text, pattern in cases:
        part, given, out = 10_000, list[int](), 0
        inputs: dict[str, Any] = {"n": len(text), "m": len(pattern), "block": block, "part": part}
        for some in hamming.distances_stream(letters_given(text, part, given), pattern, block=block):
            held.holds(sum(given) - out, "<=", 2 * len(pattern) + longest + part, **inputs)
            held.equal(len(some), min(longest, len(text) - len(pattern) + 1 - out), **inputs)
            out += len(some)


def pieces_are_shared(
    clause: Clause,
    piece: Callable[[int, int, int], Any],
    text: NDArray[np.int64],
    pattern: NDArray[np.int64],
    expected: NDArray[np.int64],
    block: int | None,
    options: dict[str, Any],
) -> None:
    """Hold the distances, of a stream if there is a block, and who counted which pieces by what."""
    with counted_pieces() as counted:
        if block is None:
            blocks = [hamming.distances(text, pattern, **options)]
        else:
            blocks = list(hamming.distances_stream(text, pattern, block=block, **options))
    inputs: dict[str, Any] = {"n": len(text), "m": len(pattern), "block": block, **options}
    clause.equal(np.concatenate(blocks), expected, **inputs)
    threads = options["n_jobs"] if 1 <= options["n_jobs"] <= 4 else 4  # no more than there are cores
    # A wildcard takes the distances of the letters, and those of its places.
    passes = 1 if options["wildcard"] is None else 2
    lengths, started = list[int](), list[int]()
    for alignments in (len(found) for found in blocks for _ in range(passes)):
        longest = int(piece(alignments, len(pattern), threads)) if threads > 1 else alignments
        own = [min(longest, alignments - start) for start in range(0, alignments, longest)]
        lengths += own
        started += [min(threads, len(own))] if threads > 1 else []
    clause.equal({one.algorithm for one in counted.pieces}, {options["algorithm"]}, **inputs)
    found = sorted(one.alignments for one in counted.pieces)
    clause.equal(found, sorted(lengths), **inputs, explanation="alignments of the pieces")
    clause.equal(counted.started, started, **inputs, explanation="threads that joblib is asked for")
    here = sum(one.thread == get_ident() for one in counted.pieces)
    clause.equal(here, 0 if threads > 1 else len(lengths), **inputs, explanation="counted by the caller")


class Piece(NamedTuple):
    """A piece that was counted, by what, and on which thread."""

    algorithm: str
    alignments: int
    thread: int


class Counted(NamedTuple):
    """Pieces in the order in which they were begun, and numbers of threads that joblib was asked for."""

    pieces: list[Piece]
    started: list[int]


@contextmanager
def counted_pieces() -> Iterator[Counted]:
    """What is counted in this context, where there are four cores whatever the machine has."""
    by_name, parallel = vars(on_threads)["by_name"], joblib.Parallel
    counted = Counted([], [])

    def count(problem: Any, algorithm: Any, *costs: Any) -> Any:
        counted.pieces.append(Piece(algorithm, problem.alignments, get_ident()))
        return by_name(problem, algorithm, *costs)

    def start(*, n_jobs: int, **options: Any) -> Any:
        counted.started.append(n_jobs)
        return parallel(n_jobs=n_jobs, **options)

    def cores(jobs: int) -> int:
        return 4 if jobs < 0 else jobs

    starting = patch.multiple(joblib, effective_n_jobs=cores, Parallel=start)
    with starting, patch.object(on_threads, "by_name", count):
        yield counted


def longer_than_a_block() -> Iterator[tuple[int | None, int, NDArray[np.int64], NDArray[np.int64]]]:
    """The block that is asked for, the one that is taken, a text and a pattern."""
    yield None, 1 << 20, np.arange(1_100_000) % 7, np.arange(5)
    m = (1 << 18) + 10
    yield None, 4 * m, np.arange(5 * m + 20_000), np.arange(m)
    yield 1_000_000, 1_000_000, np.arange(1_100_000) % 7, np.arange(5)


def letters_given(text: NDArray[np.int64], part: int, given: list[int]) -> Iterator[NDArray[np.int64]]:
    """Parts of a text, whose lengths are noted as they are handed out."""
    for start in range(0, len(text), part):
        given.append(len(text[start : start + part]))
        yield text[start : start + part]
