"""Distances in which more than equality counts (HAM-26)."""

from collections.abc import Iterator
from math import isqrt
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Run, check
from lemmata.hamming import algorithms

from ..distances import called_by_name
from ..words import number_of_small_words, small_words

Numbers = NDArray[np.int64]


@check("HAM-26")
def other_distances_follow_their_definitions(run: Run) -> None:
    """Wildcards, less-than, l1 and l2 on all small words, then on numbers of every size and type."""
    longest = run.choose(3, 5, 6)
    small = run.every(
        small_words(longest, 3),
        f"every text of at most {longest} letters over 3 letters with every pattern, the third as wildcard",
        size=number_of_small_words(longest, 3),
    )
    for text, pattern in small:
        by_definition(run, "abcd", np.array(text), np.array(pattern), 2, text=text, pattern=pattern)
    wildcards_by_every_algorithm(run)
    cases = run.samples(
        numbers_of_all_types(run), "seven integer types and two mixed, up to the largest sums"
    )
    for letters, text_numbers, short, inputs in cases:
        by_definition(run, letters, text_numbers, short, int(short[0]), **inputs)
    for name, long_text, long_pattern in run.samples(
        many_buckets(run), "patterns whose order has five buckets and more"
    ):
        windows = sliding_window_view(long_text, len(long_pattern))
        apart = (windows != long_pattern) & (windows != 3) & (long_pattern != 3)
        expected = {
            "a": (apart.sum(axis=1), hamming.distances(long_text, long_pattern, wildcard=3)),
            "b": ((windows < long_pattern).sum(axis=1), hamming.less_than_distances(long_text, long_pattern)),
            "c": (abs(windows - long_pattern).sum(axis=1), hamming.l1_distances(long_text, long_pattern)),
            "d": (((windows - long_pattern) ** 2).sum(axis=1), hamming.l2_distances(long_text, long_pattern)),
        }
        sizes: dict[str, Any] = {"values": name, "n": len(long_text), "m": len(long_pattern)}
        for letter, (wanted, found) in expected.items():
            run.clause(letter).equal(found, wanted, **sizes)


def wildcards_by_every_algorithm(run: Run) -> None:
    """Wildcards in both words, and which algorithm counts what differs, and where they coincide."""
    exact = run.clause("a")
    text, pattern = run.rng.integers(0, 5, 200), run.rng.integers(0, 5, 30)
    text[:2], pattern[:2] = 3, (3, 4)
    windows = sliding_window_view(text, len(pattern))
    apart = ((windows != pattern) & (windows != 3) & (pattern != 3)).sum(axis=1)
    for algorithm in run.samples(algorithms.BY_NAME, "algorithms by name"):
        inputs: dict[str, Any] = {"text": text, "pattern": pattern, "wildcard": 3, "algorithm": algorithm}
        with called_by_name() as calls:
            found = hamming.distances(text, pattern, wildcard=3, algorithm=algorithm)
        exact.equal(found, apart, **inputs)
        exact.equal(calls, [algorithm, algorithm], **inputs, explanation="what was called")


def numbers_of_all_types(run: Run) -> Iterator[tuple[str, Any, Any, dict[str, Any]]]:
    """Clauses that apply, text and pattern, and what they are."""
    types = (np.int8, np.uint8, np.int16, np.int32, np.uint32, np.int64, np.uint64)
    for kind, other in [*((kind, kind) for kind in types), (np.int64, np.uint64), (np.uint8, np.int64)]:
        for n, m in ((30, 5), (run.choose(160, 3_000, 10_000), 133)):
            for name, width, letters in spans(m):
                limits = np.iinfo(kind), np.iinfo(other)
                # Around the middle of what both types hold, or at the ends of it.
                low, high = max(each.min for each in limits), min(each.max for each in limits)
                if name == "every value":
                    ends = [(each.min, each.max) for each in limits]
                else:
                    start = (low, high - min(width, high - low))[int(run.rng.integers(0, 2))]
                    ends = [(start, start + min(width, high - low))] * 2
                text = run.rng.integers(*ends[0], n, endpoint=True, dtype=kind)
                short = run.rng.integers(*ends[1], m, endpoint=True, dtype=other)
                text[: n // 3] = np.clip(int(short[0]), limits[0].min, limits[0].max)
                yield letters, text, short, {"types": [kind.__name__, other.__name__], "n": n, "values": name}


def many_buckets(run: Run) -> Iterator[tuple[str, Numbers, Numbers]]:
    """Words whose sorted pattern is cut into buckets of far fewer places, with and without equal letters."""
    n, m = run.choose((1_700, 1_500), (4_000, 3_000), (12_000, 10_000))
    for name, values in (("up to 10^6", 10**6), ("0 to 9", 10)):
        yield name, run.rng.integers(0, values, n), run.rng.integers(0, values, m)
    yield "increasing", np.arange(n), np.arange(m)


def spans(m: int) -> tuple[tuple[str, int, str], ...]:
    """Widest ranges of values for which the sums of m terms fit, and the clauses that apply there."""
    return (
        ("every value", 2**64, "ab"),
        ("l1 just fits", (2**63 - 1) // m, "abc"),
        ("l2 just fits", isqrt((2**63 - 1) // m), "abcd"),
    )


def by_definition(run: Run, letters: str, text: Any, pattern: Any, wildcard: int, /, **inputs: Any) -> None:
    """Hold those of the four distances against Python's integers."""
    t, p = [int(v) for v in text], [int(v) for v in pattern]
    windows = [t[i : i + len(p)] for i in range(len(t) - len(p) + 1)]
    definitions: dict[str, tuple[Any, Any]] = {
        "a": (
            lambda a, b: a != b and wildcard not in (a, b),
            lambda: hamming.distances(text, pattern, wildcard=wildcard),
        ),
        "b": (lambda a, b: a < b, lambda: hamming.less_than_distances(text, pattern)),
        "c": (lambda a, b: abs(a - b), lambda: hamming.l1_distances(text, pattern)),
        "d": (lambda a, b: (a - b) ** 2, lambda: hamming.l2_distances(text, pattern)),
    }
    for letter in letters:
        term, compute = definitions[letter]
        expected = [sum(term(a, b) for a, b in zip(window, p, strict=True)) for window in windows]
        run.clause(letter).equal(compute().tolist(), expected, **inputs)
