"""Letters that share a transform (HAM-11)."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from lemmata.claims import Clause, Run, check
from lemmata.hamming import bounds
from lemmata.hamming.correlations import blocks, float_correlation
from lemmata.hamming.letters import encode

from ..words import long_mismatches

Counts = NDArray[np.int64]


@check("HAM-11")
def letters_that_share_a_transform_are_counted_exactly(run: Run) -> None:
    """Results with two and three letters together; plans against the bound in fractions."""
    counts, plans = run.clauses("ab")
    most_together = 1
    grid = [
        (n, m, letters)
        for n in (2**k + d for k in range(3, run.choose(15, 20, 24)) for d in (-1, 0, 1))
        for m in sorted({1, 2, n // 50 + 1, n // 3 + 1, n})
        for letters in (2, 3, 7, 100)
    ]
    grid += sorted(_long_texts() | set(_borders()))
    words = "lengths around powers of two, lengths up to 2^40, and where the bound passes 3/8"
    for n, m, letters in run.samples(grid, words):
        plan = blocks.plan_blocks(n, m, letters)
        inputs = {"n": n, "m": m, "letters": letters, "together": plan.together}
        most_together = max(most_together, plan.together)
        if plan.together > 1:
            exact = packed_error(plan.log2_length, m, letters, plan.together)
            plans.holds(float(exact), "<", 0.375, **inputs)
            library = bounds.packed_rounding_bound(plan.log2_length, m, letters, plan.together)
            plans.holds(abs(library / float(exact) - 1), "<=", 1e-12, **inputs)
        bits = (4 * m - 1).bit_length()
        plans.equal(bounds.packing_bits(m), bits, **inputs, explanation="least b with 2^b >= 4m")
    plans.equal(most_together, 3, explanation="letters that share a transform, at most")
    for n, m, letters, name, text, pattern in run.samples(_packable(run), "three families, 2 to 11 letters"):
        problem = encode(text, pattern)
        codes = np.arange(len(problem.alphabet), dtype=np.int32)
        expected = m - long_mismatches(text, pattern)
        base = blocks.plan_blocks(n, m, 1)
        for together in (2, 3):
            if packed_error(base.log2_length, m, len(codes), together) < Fraction(3, 8):
                plan = blocks.Blocks(base.log2_length, base.step, base.count, together)
                found = float_correlation.count_matches_by_float(problem, codes, plan)
                inputs = {"family": name, "n": n, "letters": letters, "together": together}
                counts.equal(found, expected, text=text, pattern=pattern, **inputs)
    read_with_errors(run, counts)


def read_with_errors(run: Run, clause: Clause) -> None:
    """Sums that are made up: matches, what stands below and above them, and almost the error allowed."""
    error = 0.375 - 2**-12
    for m, together in run.samples(
        product((1, 2, 7, 16, 500), (2, 3)), "sums off by almost 3/8, of letters that share a transform"
    ):
        base = 2 ** (4 * m - 1).bit_length()
        one = base ** (together - 1)
        below, above = (0, m * one // base), (0, 1, m)
        made_up = list(product(range(m + 1), below, above, (-error, 0, error)))
        length = 2 ** len(made_up).bit_length()
        sums = np.zeros((1, length))
        sums[0, : len(made_up)] = [
            length * (one * count + low + base * one * high + off * one) for count, low, high, off in made_up
        ]
        found = np.empty(2 * len(made_up), dtype=np.int64)
        float_correlation.read_packed_matches(sums, sums.copy(), 0, len(made_up), float(one), base - 1, found)
        expected = [count for count, *_ in made_up] * 2
        clause.equal(found, expected, m=m, together=together, explanation="read with an error")


def _long_texts() -> set[tuple[int, int, int]]:
    """Texts of up to 2^40 letters and patterns of up to 2^24, all different or fewer."""
    texts = (1, 2, 1000, 2**25 - 1, 2**25, 2**25 + 1, 2**28, 2**40)
    patterns = (1, 2, 700, 2**16, 2**20, 2**24 - 1, 2**24)
    return {
        (n, m, min(letters, m))
        for n, m, letters in product(texts, patterns, (1, 2, 26, 2**12, 2**13, 2**20, 2**24))
        if m <= n
    }


def _borders() -> Iterator[tuple[int, int, int]]:
    """The longest patterns for which letters may share a transform, and those one longer."""
    for log2_length, together, most in product(range(3, 26), (2, 3), (2, 3, 7, 100, 10**4, 10**6, 2**24)):
        inside, outside = 0, min(2**log2_length, 2**24) + 1
        while inside + 1 < outside:
            m = (inside + outside) // 2
            if packed_error(log2_length, m, min(most, m), together) < Fraction(3, 8):
                inside = m
            else:
                outside = m
        for m in (inside, outside):
            if min(most, m) >= together and m <= 2**log2_length:
                yield 2**log2_length, m, min(most, m)
                yield 2**40, m, min(most, m)


def _packable(run: Run) -> Iterator[tuple[int, int, int, str, Counts, Counts]]:
    for n, m in ((40, 7), (300, 300), (5_000, 900), (run.choose(20_000, 60_000, 200_000), 3_000)):
        for letters in (2, 3, 4, 11):
            pattern = run.rng.integers(0, letters, m)
            yield n, m, letters, "random", run.rng.integers(0, letters, n), pattern
            yield n, m, letters, "one letter", np.full(n, letters - 1), np.arange(m) % letters
            yield n, m, letters, "runs", np.arange(n) * letters // n, np.sort(pattern)


def packed_error(log2_length: int, m: int, letters: int, together: int) -> Fraction:
    """The bound of HAM-11 in fractions, written out anew: 2^(bits (k-1)) S s / (1 - s), and reading."""
    bits = (4 * m - 1).bit_length()
    groups = -(-letters // together)
    s = Fraction(1184 * log2_length + 100 * groups + 300, 100 * 2**53)
    mass = isqrt((2 << log2_length) * m - 1) + 1
    scale = Fraction(2) ** (bits * (together - 1))
    return scale * mass * s / (1 - s) + (m * scale + 1) / 2**53
