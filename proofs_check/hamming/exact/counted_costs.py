"""Word operations against the bounds, and charges against counts (HAM-2, HAM-3)."""

from collections.abc import Iterator
from math import sqrt
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Clause, Plot, Run, Series, check
from lemmata.costs import Costs
from lemmata.costs.counting import Tally
from lemmata.hamming import families
from lemmata.hamming.correlations import blocks, float_rows, float_transform
from lemmata.hamming.exact.direct_counting import direct_word_operations

from ..charges import charged_and_counted
from ..words import mismatches, number_of_small_words, real_words, small_words

Word = NDArray[np.int64]


@check("HAM-2")
def fischer_paterson_stays_below_its_cost(run: Run) -> None:
    """Costs against the bound, per instance, watched or not; charges against counts."""
    below, counted = run.clauses("ab")
    bound = run.formula("fischer_paterson_word_operations")
    one_letter = run.formula("letter_word_operations")
    points = Points()

    def instances() -> Iterator[tuple[str, Word, Word]]:
        for m in sizes(run):
            for n in (m, 2 * m - 1, 2 * m, 8 * m):
                for letters in (1, 2, 26):
                    text = families.equal_frequencies(n, letters, run.rng)
                    yield f"{letters} letters", text, families.equal_frequencies(m, letters, run.rng)

    for name, text, pattern in run.samples(instances(), f"m up to {max(sizes(run))}, n from m to 8m"):
        n, m, letters = len(text), len(pattern), len(set(pattern.tolist()))
        trace: list[Any] | None = [] if n <= 100 else None
        costs = Costs()
        found = hamming.per_letter_fft(text, pattern, costs=costs, trace=trace)
        limit = bound(n, m, letters)
        below.holds(costs.word_operations, "<=", limit, family=name, n=n, m=m, sigma=letters)
        below.holds(costs.word_operations, "<=", (letters + 1) * one_letter(n, m), n=n, m=m, sigma=letters)
        looks_right(run, below, text, pattern, found)
        points.add(name, m, costs.word_operations / limit)
    transform_takes = run.formula("transform_word_operations")
    # From 2^12 on there are rows, beyond 2^15 levels that leave the cache: shorter ones count faster.
    narrowest, cached = float_rows.NARROWEST, float_transform.CACHED
    kinds = [
        (log2_length, narrowest, cached)
        for log2_length in (*range(8), *run.choose((12,), (12, 13), (12, 13)))
    ]
    kinds += [(8, 4, cached), (9, 4, cached), (8, 4, 1 << 6), (9, narrowest, 1 << 5), (10, 4, 1 << 8)]
    for log2_length, narrow, cache in run.samples(
        kinds, "transforms of length 1 to 2^12, with and without rows"
    ):
        with (
            patch.object(float_rows, "NARROWEST", narrow),
            patch.object(float_transform, "CACHED", cache),
        ):
            for kernel in (float_transform.forward, float_transform.inverse):
                tally = Tally()
                parts = [tally.array(np.ones(1 << log2_length)) for _ in range(2)]
                tally.counting(kernel)(*parts, *float_transform.butterfly_roots(log2_length))
                inputs = {"L": log2_length, "kernel": kernel.__name__, "rows": narrow, "cached": cache}
                counted.equal(tally.operations, transform_takes(log2_length), **inputs)
    charges_are_counts(run, counted, [("per_letter_fft", {"transform": "float"})])
    for n, m, letters in run.samples(lengths(run), "costs by formula for m up to 2^24, n - m up to 2^40"):
        plan = blocks.plan_blocks(n, m, letters)
        cost = blocks.correlation_word_operations(plan, letters, n - m + 1) + n - m + 1
        below.holds(cost, "<=", bound(n, m, letters), n=n, m=m, sigma=letters, explanation="by formula")
    run.plot(points.plot())


@check("HAM-3")
def abrahamson_stays_below_its_cost(run: Run) -> None:
    """Costs against the bounds on the worst letter frequencies, with thresholds; charges against counts."""
    best, given, counted = run.clauses("abc")
    bound = run.formula("abrahamson_word_operations")
    with_threshold = run.formula("threshold_word_operations")
    points = Points()

    def instances() -> Iterator[tuple[str, Word, Word]]:
        for m in sizes(run):
            for n in (m, 2 * m, 8 * m):
                for power in (0.0, 0.25, 0.5, 0.6, 0.75, 1.0):
                    letters = max(1, round(m**power))
                    text = families.equal_frequencies(n, letters, run.rng)
                    yield f"m^{power:g} letters", text, families.equal_frequencies(m, letters, run.rng)
                # Half of the pattern is the text's only letter, and no other letter occurs twice.
                yield "one heavy letter", np.zeros(n, np.int64), np.maximum(0, np.arange(m) - m // 2)
                yield "Zipf letters", families.zipf(n, rng=run.rng), families.zipf(m, rng=run.rng)
            if m & (m - 1) == 0:
                yield "real text", *real_words(8 * m, m)

    for name, text, pattern in run.samples(instances(), f"m up to {max(sizes(run))}, n from m to 8m"):
        n, m = len(text), len(pattern)
        occurrences = np.unique(pattern, return_counts=True)[1]
        trace: list[Any] | None = [] if n <= 100 else None
        costs = Costs()
        found = hamming.abrahamson(text, pattern, costs=costs, trace=trace)
        limit = bound(n, m)
        taken = costs.word_operations
        best.holds(taken, "<=", limit, family=name, n=n, m=m)
        looks_right(run, best, text, pattern, found)
        points.add(name, m, costs.word_operations / limit)
        if n > run.choose(600, 2_000, 10_000):
            continue
        for threshold in sorted({0, 1, int(occurrences.max()) - 1, int(np.median(occurrences)), m, 3 * m}):
            costs = Costs()
            found = hamming.abrahamson(text, pattern, threshold=threshold, costs=costs, trace=trace)
            frequent = int((occurrences > threshold).sum())
            limit = with_threshold(n, m, frequent, threshold)
            given.holds(costs.word_operations, "<=", limit, family=name, n=n, m=m, t=threshold)
            looks_right(run, given, text, pattern, found)
        least_is_taken(counted, text, pattern, taken, family=name, n=n, m=m)
    options: list[tuple[str, dict[str, Any]]] = [("abrahamson", {})]
    thresholds = (0, 1, 2, 10**9)
    options += [("abrahamson", {"threshold": threshold, "transform": "float"}) for threshold in thresholds]
    charges_are_counts(run, counted, options)
    for n, longest, letters in run.samples(
        lengths(run), "costs by formula for m up to 2^24, n - m up to 2^40"
    ):
        # Every letter of the text is one of the pattern's, which has all its letters equally often.
        often = longest // letters
        m = often * letters
        paired, correlated = (
            cost_by_formula(n, m, letters, *each) for each in ((0, n * often), (letters, 0))
        )
        inputs = {"n": n, "m": m, "sigma": letters, "explanation": "by formula"}
        best.holds(min(paired, correlated), "<=", bound(n, m), **inputs)
        given.holds(paired, "<=", with_threshold(n, m, 0, often), **inputs, t=often)
        given.holds(correlated, "<=", with_threshold(n, m, letters, 0), **inputs, t=0)
        if 1 < letters < m:  # one letter of the pattern is heavy, every other one occurs once
            mixed = cost_by_formula(n, m, letters, 1, n)
            given.holds(mixed, "<=", with_threshold(n, m, 1, 1), **inputs, t=1)
    run.plot(points.plot())


def least_is_taken(clause: Clause, text: Word, pattern: Word, taken: int, **inputs: Any) -> None:
    """What was charged against what is charged for every parting that a threshold can make."""
    charged = []
    for threshold in {0, *np.unique(pattern, return_counts=True)[1].tolist()}:
        costs = Costs()
        hamming.abrahamson(text, pattern, threshold=threshold, costs=costs)
        charged.append(costs.word_operations)
    inputs |= {"text": text, "pattern": pattern}
    clause.equal(taken, min(charged), **inputs, explanation="charged, and the least of all partings")


def lengths(run: Run) -> Iterator[tuple[int, int, int]]:
    """Lengths of texts and patterns, and numbers of letters, far beyond what is run here."""
    yield from ((2**37, 2**24, 2**20), (2**33, 2**22, 2**20), (2**30, 100, 1), (2**16, 100, 1))
    uniform = run.rng.uniform

    def drawn(*numbers: float) -> int:
        return int(run.rng.choice(np.array(numbers, dtype=float)))

    powers = [2**k + d for k in range(25) for d in (-1, 0, 1) if 1 <= 2**k + d <= 2**24]
    for _ in range(run.choose(1_000, 10_000, 30_000)):
        m = drawn(drawn(*powers), 2 ** uniform(0, 24))
        n = m + drawn(0, 1, uniform(0, 3) * m, 2 ** uniform(0, 40), 2 ** drawn(*range(41)))
        yield n, m, min(m, drawn(1, 2, 3, 2 ** uniform(0, 24), m))


def cost_by_formula(n: int, m: int, sigma: int, frequent: int, pairs: int) -> int:
    """What `abrahamson` charges where it correlates so many letters, and so many pairs are left."""
    alignments = n - m + 1
    plan = blocks.plan_blocks(n, m, max(1, frequent))
    correlated = blocks.correlation_word_operations(plan, frequent, alignments)
    direct = direct_word_operations(n, m, sigma, frequent, pairs) if frequent < sigma else 0
    return correlated + direct + alignments * (2 if 0 < frequent < sigma else 1)


def sizes(run: Run) -> list[int]:
    """Pattern lengths of the cost checks, fixed beforehand: powers of two, and one more and one less."""
    powers = [2**k for k in range(0, run.choose(12, 16, 18))]
    return sorted({size for p in powers for size in (p - 1, p, p + 1) if size >= 1})


def looks_right(run: Run, clause: Clause, text: Word, pattern: Word, found: Word) -> None:
    """A cost is worth nothing if the work was not done: look at one alignment."""
    at = int(run.rng.integers(0, len(text) - len(pattern) + 1))
    expected = int((text[at : at + len(pattern)] != pattern).sum())
    clause.equal(int(found[at]), expected, n=len(text), m=len(pattern), alignment=at)


def charges_are_counts(run: Run, clause: Clause, algorithms: list[tuple[str, dict[str, Any]]]) -> None:
    """Run the algorithms on counting numbers: every small input, then longer ones; they also charge the same
    when they are watched, and count right.
    """
    longest = run.choose(3, 5, 6)
    domain = run.every(
        small_words(longest, 2),
        f"every text of at most {longest} letters over 2 letters, every pattern",
        size=number_of_small_words(longest, 2),
    )
    for text, pattern in domain:
        compare_charges(clause, np.array(text), np.array(pattern), algorithms)
    drawn = (
        (run.rng.integers(0, letters + 1, n), run.rng.integers(0, letters, m))
        for n, m, letters in (
            (10, 10, 1_000),
            (40, 7, 3),
            (70, 64, 4),
            (100, 30, 2),
            (150, 3, 6),
            (700, 400, 2),
            run.choose(*_LARGER),
        )
    )
    for long_text, long_pattern in run.samples(drawn, "random words of up to hundreds of letters"):
        compare_charges(clause, long_text, long_pattern, algorithms)
    with patch.object(blocks, "CHUNK", 8):
        for letters in run.samples((1, 3), "150 letters in parts of a few blocks"):
            compare_charges(clause, np.arange(150) % 3, np.arange(2) % letters, algorithms)


_LARGER = ((200, 90, 9), (600, 200, 20), (2_000, 700, 40))


def compare_charges(
    clause: Clause, text: Word, pattern: Word, algorithms: list[tuple[str, dict[str, Any]]]
) -> None:
    """Charges of one input: counted, not counted, and watched."""
    for name, options in algorithms:
        algorithm = getattr(hamming, name)
        inputs: dict[str, Any] = {"text": text, "pattern": pattern, "algorithm": name} | options
        counted = charged_and_counted(algorithm, text, pattern, **options)
        clause.equal(counted.charged, counted.counted, **inputs, explanation="charged, and counted")
        clause.holds(counted.counted, ">=", len(text), **inputs, explanation="cannot even read the text")
        clause.equal(counted.distances, mismatches(text.tolist(), pattern.tolist()), **inputs)
        if name == "abrahamson":
            clause.equal(counted.asked, ["bincount"] * 2, **inputs, explanation="asked for to part letters")
            most = sqrt(2 * len(pattern)) + 1
            clause.holds(counted.weighed, "<=", most, **inputs, explanation="partings weighed")
            in_order = [int(letter) for letter in np.unique(pattern, return_counts=True)[1]]
            unchanged = in_order == sorted(in_order, reverse=True)
            renaming = 0 if unchanged else len(text) + len(pattern) + len(in_order) + 1
            clause.equal(counted.renaming, [renaming], **inputs, explanation="to rename letters")
        if name == "abrahamson" and "threshold" not in options:
            least_is_taken(clause, text, pattern, counted.charged)
        alone = Costs()
        algorithm(text, pattern, costs=alone, **options)
        clause.equal(alone.word_operations, counted.counted, **inputs, explanation="charged to a user")
        if name != "bit_parallel":
            watched = Costs()
            algorithm(text, pattern, costs=watched, trace=[], **options)
            clause.equal(watched.word_operations, counted.counted, **inputs, explanation="when watched")


class Points:
    """Parts of the bound that are used, by family, for the plot."""

    def __init__(self) -> None:
        self.found: dict[str, list[tuple[int, float]]] = {}

    def add(self, name: str, m: int, part: float) -> None:
        """One instance."""
        self.found.setdefault(name, []).append((m, float(part)))

    def plot(self) -> Plot:
        """All of them."""
        curves = [
            Series(name, [float(m) for m, _ in sorted(found)], [part for _, part in sorted(found)], "markers")
            for name, found in self.found.items()
        ]
        title = "Counted cost as a part of the bound"
        return Plot(title, "pattern length m", "cost / bound", curves, "log", "log")
