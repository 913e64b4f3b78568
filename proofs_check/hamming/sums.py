"""Sums of sets, counting 3SUM, and distances other than equality (HAM-23 to HAM-26)."""

from collections import Counter
from collections.abc import Iterator, Set
from itertools import product
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Evidence, Plot, Run, Series, Verdict, Witness, check, refuted
from lemmata.costs import Costs
from lemmata.hamming import sumsets
from lemmata.hamming.pair_sums import pair_operations

from .words import long_mismatches, long_words, mismatches, small_words

Numbers = NDArray[np.int64]

METHODS: tuple[sumsets.Method, ...] = ("auto", "pairs", "dense", "sparse")


@check("HAM-23")
def distances_are_a_counting_three_sum(run: Run) -> Verdict:
    """The encoding written out here, counted by a dictionary; then the library's."""
    cases = 0
    longest = run.choose(4, 6, 8)
    for text, pattern in small_words(longest, 3):
        n, m = len(text), len(pattern)
        width = 2 * n
        differences = Counter(
            (t * width + i) - (p * width + j)
            for (i, t), (j, p) in product(enumerate(text), enumerate(pattern))
        )
        encoded = [m - differences[s] for s in range(n - m + 1)]
        found = hamming.distances_by_three_sum(np.array(text), np.array(pattern)).tolist()
        cases += 1
        if not mismatches(text, pattern) == encoded == found:
            inputs = {"text": list(text), "pattern": list(pattern)}
            witness = Witness(inputs, mismatches(text, pattern), [encoded, found], "by 3SUM; by the library")
            return refuted(cases, witness)
    for name, long_text, long_pattern in long_words(run, run.choose(2_000, 6_000, 20_000), 300):
        cases += 1
        if not np.array_equal(
            hamming.distances_by_three_sum(long_text, long_pattern), long_mismatches(long_text, long_pattern)
        ):
            return refuted(cases, Witness({"family": name}, "the distances", "others", "by the library"))
    return Verdict(
        Evidence.VERIFIED,
        f"every text of at most {longest} letters over 3 letters with every pattern; besides, nine families",
        cases,
        measured=0,
        bound=0,
        relation="==",
        notes=["measured: inputs on which the encoding fails"],
    )


@check("HAM-24")
def counting_three_sum_is_distances(run: Run) -> Verdict:
    """All small sets, then multisets, against a dictionary of differences."""
    cases = 0
    universe = run.choose(5, 7, 8)
    subsets = [[v for v in range(universe) if chosen >> v & 1] for chosen in range(1 << universe)]
    multisets = [
        run.rng.integers(-40, 41, int(run.rng.integers(0, 25))).tolist()
        for _ in range(2 * run.choose(10, 30, 60))
    ]
    half = len(multisets) // 2
    pairs = [(a, b, length) for a, b in product(subsets, repeat=2) for length in (2, 3)]
    pairs += [(a, b, length) for a, b in product(multisets[:half], multisets[half:]) for length in (1, 7, 50)]
    for a, b, length in pairs:
        differences = Counter(x - y for x in a for y in b)
        expected = [differences[s] for s in range(length)]
        found = hamming.three_sum_by_distances(np.array(a, dtype=int), np.array(b, dtype=int), length)
        direct = hamming.counting_three_sum(np.array(a, dtype=int), np.array(b, dtype=int), length)
        cases += 1
        if not expected == found.tolist() == direct.tolist():
            inputs = {"A": a, "B": b, "length": length}
            witness = Witness(inputs, expected, [found.tolist(), direct.tolist()], "by distances; directly")
            return refuted(cases, witness)
    return Verdict(
        Evidence.VERIFIED,
        f"every pair of subsets of 0..{universe - 1} with ranges of 2 and 3; {half**2} pairs of multisets",
        cases,
        measured=0,
        bound=0,
        relation="==",
        notes=["measured: inputs on which the counts differ"],
    )


@check("HAM-25")
def sums_cost_what_they_are_and_not_their_range(run: Run) -> Verdict:
    """Counts against a dictionary for every method; counted operations of the sparse one as ranges grow."""
    cases = 0
    for a, b in small_multisets(run):
        expected = Counter(x + y for x in a for y in b)
        for method in METHODS:
            if method == "dense" and max(map(abs, a + b)) > 10**4:
                continue
            found = hamming.sum_counts(a, b, method=method, rng=run.rng)
            cases += 1
            got = dict(zip(found.sums.tolist(), found.counts.tolist(), strict=True))
            if got != expected or found.sums.tolist() != sorted(expected):
                inputs: dict[str, Any] = {"a": a[:12], "b": b[:12], "method": method}
                wanted = dict(sorted(expected.items())[:12])
                return refuted(
                    cases, Witness(inputs, wanted, dict(list(got.items())[:12]), "sums and counts")
                )
    worst, worst_case = 0.0, (0.0, 1.0)
    points: dict[str, list[tuple[int, float]]] = {}
    ranges = run.choose((24, 61), (24, 32, 40, 48, 56, 61), (24, 32, 40, 48, 56, 61))
    for bits in ranges:
        for size in (run.choose(50, 100, 100), run.choose(120, 1_500, 5_000)):
            for name, elements in structured(run, size, bits):
                costs = Costs()
                found = hamming.sum_counts(elements, elements, method="sparse", rng=run.rng, costs=costs)
                cases += 1
                distinct = len(found.sums)
                inputs = {"family": name, "size": size, "bits": bits, "sums": distinct}
                if int(found.counts.sum()) != len(elements) ** 2:
                    witness = Witness(inputs, len(elements) ** 2, int(found.counts.sum()), "pairs counted")
                    return refuted(cases, witness)
                limit = sumsets.sparse_word_operations(distinct + 2 * size, bits)
                ratio = costs.word_operations / limit
                points.setdefault(name, []).append((bits, costs.word_operations / distinct))
                if not distinct <= costs.word_operations <= limit:
                    witness = Witness(inputs, f"<= {limit:.4g}", costs.word_operations, "word operations")
                    return refuted(cases, witness)
                if ratio > worst:
                    worst, worst_case = ratio, (float(costs.word_operations), limit)
    # Without structure every pair has a sum of its own: "auto" must not pay for finding that out.
    for size in (64, 300, run.choose(800, 3_000, 8_000)):
        a, b = run.rng.integers(0, 2**60, (2, size))
        costs = Costs()
        found = hamming.sum_counts(a, b, rng=run.rng, costs=costs)
        limit = 2 * pair_operations(size, size)
        cases += 1
        if int(found.counts.sum()) != size**2 or not size <= costs.word_operations <= limit:
            inputs = {"family": "no structure", "size": size, "pairs counted": int(found.counts.sum())}
            return refuted(cases, Witness(inputs, f"<= {limit}", costs.word_operations, "operations by auto"))
    curves = [
        Series(name, [float(b) for b, _ in found], [c for _, c in found], "markers")
        for name, found in points.items()
    ]
    plot = Plot("Operations per distinct sum", "bits of the range", "operations", curves, "linear", "log")
    return Verdict(
        Evidence.CONSISTENT,
        "counts: 60 pairs of multisets, every method; costs: four families in ranges of up to 2^61, and "
        "sets without structure by auto",
        cases,
        measured=worst_case[0],
        bound=worst_case[1],
        plots=[plot],
        notes=["measured: the instance nearest its bound; the bound does not know the range, only its bits"],
    )


def small_multisets(run: Run) -> Iterator[tuple[list[int], list[int]]]:
    """Pairs of multisets in narrow, wide and extreme ranges."""
    for span in (1, 2, 9, 300, 10**9, 2**60):
        for _ in range(10):
            sizes = run.rng.integers(1, 30, 2)
            a, b = (run.rng.integers(-span, span, size, endpoint=True).tolist() for size in sizes)
            yield a, b


def structured(run: Run, size: int, bits: int) -> Iterator[tuple[str, Numbers]]:
    """Sets in a range of 2^bits with few sums for their size, and one with many."""
    top = 1 << bits
    yield "progression", np.arange(size, dtype=np.int64) * (top // size)
    side = max(2, int(size**0.5))
    grid = np.arange(side)[:, None] * (top // side) + np.arange(side)[None, :] * (top // side**3)
    yield "grid", np.unique(grid.ravel())
    clusters = np.concatenate([start + np.arange(size // 8) for start in run.rng.integers(0, top // 2, 8)])
    yield "clusters", np.unique(clusters)
    yield "random", np.unique(run.rng.integers(0, top, 40))


@check("HAM-26")
def other_distances_follow_their_definitions(run: Run) -> Verdict:
    """Wildcards, less-than, l1 and l2 on all small words, then on numbers of every size and type."""
    cases = 0
    longest = run.choose(3, 5, 6)
    for text, pattern in small_words(longest, 3):
        cases += 1
        inputs: dict[str, Any] = {"text": list(text), "pattern": list(pattern)}
        if (witness := wrong(np.array(text), np.array(pattern), 2, inputs)) is not None:
            return refuted(cases, witness)
    types = (np.int8, np.uint8, np.int16, np.int32, np.uint32, np.int64, np.uint64)
    for kind, other in [*((kind, kind) for kind in types), (np.int64, np.uint64), (np.uint8, np.int64)]:
        for n, m in ((30, 5), (run.choose(500, 3_000, 10_000), 133)):
            for name, width in spans(m).items():
                limits = np.iinfo(kind), np.iinfo(other)
                # Around the middle of what both types hold, or at the ends of it.
                low, high = max(each.min for each in limits), min(each.max for each in limits)
                if name == "every value":
                    ends = [(each.min, each.max) for each in limits]
                else:
                    start = (low, high - min(width, high - low))[int(run.rng.integers(0, 2))]
                    ends = [(start, start + min(width, high - low))] * 2
                numbers = run.rng.integers(*ends[0], n, endpoint=True, dtype=kind)
                short = run.rng.integers(*ends[1], m, endpoint=True, dtype=other)
                numbers[: n // 3] = np.clip(int(short[0]), limits[0].min, limits[0].max)
                cases += 1
                inputs = {"types": [kind.__name__, other.__name__], "n": n, "m": m, "values": name}
                inputs |= {"text": numbers.tolist(), "pattern": short.tolist()} if n <= 30 else {}
                names = {"wildcard", "less than", *NAMES_BY_SPAN[name]}
                if (witness := wrong(numbers, short, int(short[0]), inputs, names)) is not None:
                    return refuted(cases, witness)
    return Verdict(
        Evidence.VERIFIED,
        f"every text of at most {longest} letters over 3 letters with every pattern, the third letter as "
        "wildcard; besides, seven integer types and two mixed, with values as large as they or sums allow",
        cases,
        measured=0,
        bound=0,
        relation="==",
        notes=["measured: inputs on which a distance differs from its definition"],
    )


NAMES_BY_SPAN = {"every value": (), "l1 just fits": ("l1",), "l2 just fits": ("l1", "l2")}
"""Which of the sums fit 63 bits."""


def spans(m: int) -> dict[str, int]:
    """Widest ranges of values for which the sums of m terms fit."""
    return {
        "every value": 2**64,
        "l1 just fits": (2**63 - 1) // m,
        "l2 just fits": isqrt((2**63 - 1) // m),
    }


def wrong(
    text: Any, pattern: Any, wildcard: int, inputs: dict[str, Any], names: Set[str] | None = None
) -> Witness | None:
    """First of the four distances, or of those named, that is not what Python's integers say."""
    t, p = [int(v) for v in text], [int(v) for v in pattern]
    windows = [t[i : i + len(p)] for i in range(len(t) - len(p) + 1)]
    definitions: dict[str, tuple[Any, Any]] = {
        "wildcard": (
            lambda a, b: a != b and wildcard not in (a, b),
            lambda: hamming.distances(text, pattern, wildcard=wildcard),
        ),
        "less than": (lambda a, b: a < b, lambda: hamming.less_than_distances(text, pattern)),
        "l1": (lambda a, b: abs(a - b), lambda: hamming.l1_distances(text, pattern)),
        "l2": (lambda a, b: (a - b) ** 2, lambda: hamming.l2_distances(text, pattern)),
    }
    for name, (term, compute) in definitions.items():
        if names is not None and name not in names:
            continue
        expected = [sum(term(a, b) for a, b in zip(window, p, strict=True)) for window in windows]
        found = compute().tolist()
        if found != expected:
            at = next((i for i, (a, b) in enumerate(zip(expected, found, strict=False)) if a != b), -1)
            details = inputs | {"distance": name, "alignment": at}
            return Witness(details, expected[at], found[at] if found else None, f"{name} distance")
    return None
