"""Distances as counting 3SUM, and counting 3SUM as distances (HAM-23, HAM-24)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from typing import Any
from unittest.mock import patch

import numpy as np

from lemmata import hamming
from lemmata.claims import Clause, Run, check
from lemmata.hamming.sums import three_sum
from lemmata.hamming.sums.three_sum import LayersCompared

from ..words import long_mismatches, long_words, mismatches, number_of_small_words, small_words


@check("HAM-23")
def distances_are_a_counting_three_sum(run: Run) -> None:
    """The encoding written out here, counted by a dictionary; then the library's."""
    matches = run.clause()
    longest = run.choose(3, 5, 6)
    small = run.every(
        small_words(longest, 3),
        f"every text of at most {longest} letters over 3 letters with every pattern",
        size=number_of_small_words(longest, 3),
    )
    for text, pattern in small:
        n, m = len(text), len(pattern)
        expected = mismatches(text, pattern)
        words = {"text": text, "pattern": pattern}
        for width in (3 * n + 1, 2 * n + 1, 2 * n):
            a = [t * width + i for i, t in enumerate(text)]
            b = [p * width + j for j, p in enumerate(pattern)]
            differences = Counter(x - y for x, y in product(a, b))
            matches.equal([m - differences[s] for s in range(n - m + 1)], expected, **words, W=width)
        direct = hamming.counting_three_sum(np.array(a), np.array(b), n - m + 1)
        matches.equal((m - direct).tolist(), expected, **words, explanation="by counting_three_sum")
        with asked_of(three_sum, "counting_three_sum") as asked:
            found = hamming.distances_by_three_sum(np.array(text), np.array(pattern))
        matches.equal(found.tolist(), expected, **words, explanation="by distances_by_three_sum")
        matches.equal(len(asked), 1, **words, explanation="instances of counting 3SUM")
        if asked:
            (left, right, length), counts = asked[0]
            matches.equal((len(left), len(right), length), (n, m, n - m + 1), **words)
            differences = Counter(x - y for x, y in product(left.tolist(), right.tolist()))
            matches.equal(
                [m - differences[s] for s in range(length)], expected, **words, explanation="its sets"
            )
            matches.equal((m - counts).tolist(), found.tolist(), **words, explanation="its counts")
    n = run.choose(2_000, 6_000, 20_000)
    for name, long_text, long_pattern in run.samples(long_words(run, n, 300), f"hard families, n = {n}"):
        found = hamming.distances_by_three_sum(long_text, long_pattern)
        matches.equal(found, long_mismatches(long_text, long_pattern), family=name)


@contextmanager
def asked_of(module: Any, name: str) -> Iterator[list[tuple[tuple[Any, ...], Any]]]:
    """Arguments and results of a function of that module, as it is called in this context."""
    function, calls = getattr(module, name), list[Any]()

    def noted(*arguments: Any, **observers: Any) -> Any:
        result = function(*arguments, **observers)
        calls.append((arguments, result))
        return result

    with patch.object(module, name, noted):
        yield calls


@check("HAM-24")
def counting_three_sum_is_distances(run: Run) -> None:
    """All small sets, then multisets, against a dictionary of differences, and the instances counted."""
    counts, instances = run.clauses("ab")
    universe = run.choose(4, 7, 8)
    subsets = [[v for v in range(universe) if chosen >> v & 1] for chosen in range(1 << universe)]
    small = run.every(
        product(subsets, subsets, (2, 3)),
        f"every pair of subsets of 0..{universe - 1} with ranges of 2 and 3",
        size=2 * 4**universe,
    )
    for a, b, length in small:
        by_instances(counts, instances, a, b, length)
    for a, b, length in run.samples(multisets(run), "multisets with remainders and elements that recur"):
        by_instances(counts, instances, a, b, length)


def by_instances(counts: Clause, instances: Clause, a: list[int], b: list[int], length: int) -> None:
    """Hold both ways to count against a dictionary, and the instances against their largest number."""
    differences = Counter(x - y for x in a for y in b)
    expected = [differences[s] for s in range(length)]
    arrays = np.array(a, dtype=np.int64), np.array(b, dtype=np.int64)
    inputs: dict[str, Any] = {"a": a, "b": b, "length": length}
    steps: list[LayersCompared] = []
    with asked_of(three_sum, "distances") as asked:
        found = hamming.three_sum_by_distances(*arrays, length, trace=steps)
    counts.equal(found.tolist(), expected, **inputs)
    counts.equal(len(asked), len(steps), **inputs, explanation="instances of distances")
    for ((text, pattern), distances), step in zip(asked, steps, strict=False):
        counts.equal((len(text), len(pattern)), (2 * length, length), **inputs)
        counts.equal((length - distances[:length]).tolist(), step.matches.tolist(), **inputs)
    counts.equal(hamming.counting_three_sum(*arrays, length).tolist(), expected, **inputs)
    added = sum((step.weight * step.matches for step in steps), np.zeros(length, dtype=np.int64))
    counts.equal(added.tolist(), expected, **inputs, explanation="the weighted matches, added up")
    counts.equal([step.weight.bit_count() for step in steps], [1] * len(steps), **inputs)
    instances.holds(len(steps), "<=", layers(a, length) * layers(b, length), **inputs)


def layers(elements: list[int], length: int) -> int:
    """R t: distinct elements with one remainder, at most, times bits of the largest multiplicity."""
    if not elements:
        return 0
    remainders = Counter(v % length for v in set(elements))
    return max(remainders.values()) * max(Counter(elements).values()).bit_length()


def multisets(run: Run) -> Iterator[tuple[list[int], list[int], int]]:
    """Pairs of multisets: few and many of them equal, and one element three thousand times."""
    yield [0] * 3000, [0] * 3000, 1
    yield [], [1], 3
    for _ in range(run.choose(20, 100, 500)):
        for width, length in ((40, 1), (40, 7), (3, 2), (10**9, 50)):
            a, b = (run.rng.integers(-width, width + 1, size).tolist() for size in run.rng.integers(1, 25, 2))
            yield a, b, length
