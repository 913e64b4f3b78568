"""Pairs counted one by one, masses of letters, and letters that share a transform (HAM-9 to HAM-11)."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import product
from math import isqrt
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Run, SymbolicIdentity, check
from lemmata.costs.counting import Tally
from lemmata.hamming import (
    blocks,
    bounds,
    float_correlation,
)
from lemmata.hamming.letters import encode

from .counted_runs import on_counting_numbers
from .words import long_mismatches, mismatches, small_words

Counts = NDArray[np.int64]


@check("HAM-9")
def direct_counting_visits_every_equal_pair_once(run: Run) -> None:
    """What the kernels do on counting numbers, beyond what they do on a text without any equal pair."""
    visits, matches = run.clauses("ab")

    def compare(text: Any, pattern: Any, expected: Any) -> None:
        in_text, in_pattern = Counter(text), Counter(pattern)
        pairs = sum(in_text[letter] * in_pattern[letter] for letter in in_pattern)
        word, short = np.array(text), np.array(pattern)
        for name, options in (
            ("sort_merge", {}),
            ("abrahamson", {"threshold": len(pattern)}),
            ("bit_packed_fft", {}),
        ):
            with pair_operations() as spent:
                found = getattr(hamming, name)(word, short, **options)
            visits.equal(spent[0], 2 * pairs, by=name, text=word, pattern=short)
            # Without equal letters: clearing the counts, indexing the pattern, finding every letter's run.
            visits.holds(spent[1], "<=", 4 * len(text) + 10 * len(pattern) + 2, by=name, text=word)
            matches.equal(found, expected, by=name, text=word, pattern=short)

    longest = run.choose(3, 4, 5)
    size = sum(2 ** (n + m) for n in range(1, longest + 1) for m in range(1, n + 1))
    domain = f"every text of at most {longest} letters over 2 letters with every pattern"
    for text, pattern in run.every(small_words(longest, 2), domain, size=size):
        compare(text, pattern, mismatches(text, pattern))
    numbers = (1, 2, 7, 300)
    for letters in run.samples(numbers, "200 random letters and a pattern of 40, of 1 to 300 letters"):
        long, short = run.rng.integers(0, letters, 200), run.rng.integers(0, letters, 40)
        compare(long.tolist(), short.tolist(), long_mismatches(long, short))
        expected = long_mismatches(long, short)
        occurrences = Counter(short.tolist())
        for threshold in sorted({0, *occurrences.values()}):
            rare = {letter for letter, times in occurrences.items() if times <= threshold}
            with pair_operations() as spent:
                found = hamming.abrahamson(long, short, threshold=threshold)
            inputs = {"text": long, "pattern": short, "threshold": threshold}
            visits.equal(sum(spent[::2]), 2 * equal_pairs(long, short, rare), **inputs)
            matches.equal(found, expected, **inputs)
        with (
            patch.object(packed, "SMALLEST_PIECE", 40),
            patch.object(packed, "least_product", lambda *_: 0),
            patch.object(packed, "heavy_letters", lambda *given: given[4][::2]),
            pair_operations() as spent,
        ):
            pieces: list[Any] = []
            found = hamming.bit_packed_fft(long, short, trace=pieces.append)
        pieces = [step for step in pieces if isinstance(step, hamming.PieceSplit)]
        light = [
            equal_pairs(long[step.alignment : step.alignment + 79], short, set(occurrences) - set(step.heavy))
            for step in pieces
        ]
        inputs = {"text": long, "pattern": short, "heavy": [step.heavy for step in pieces]}
        visits.equal(spent[::2], [2 * pairs for pairs in light], **inputs)
        matches.equal(found, expected, **inputs)
    for n in run.samples((9_000, 14_000), "half of all letters alike, in pieces of 4096 alignments"):
        long, short = (run.rng.integers(-400, 400, size).clip(0) for size in (n, 4_096))
        pieces = []
        found = hamming.bit_packed_fft(long, short, rng=run.rng, trace=pieces.append)
        pieces = [step for step in pieces if isinstance(step, hamming.PieceSplit)]
        visits.equal([step.heavy for step in pieces[:-1]], [(0,)] * (len(pieces) - 1), n=n)
        for step in pieces:
            window = long[step.alignment : step.alignment + 8_191]
            visits.equal(step.pairs, equal_pairs(window, short, set(range(1 if step.heavy else 0, 400))), n=n)
        matches.equal(found, long_mismatches(long, short), n=n, m=len(short))


def equal_pairs(text: Any, pattern: Any, letters: set[int]) -> int:
    """Pairs of a place in the text and one in the pattern with one of these letters."""
    in_text, in_pattern = Counter(text.tolist()), Counter(pattern.tolist())
    return sum(in_text[letter] * in_pattern[letter] for letter in letters)


packed: Any = sys.modules["lemmata.hamming.bit_packed_fft"]  # the package's attribute is the function


@contextmanager
def pair_operations() -> Iterator[list[int]]:
    """Collects what direct counting does beyond what it does where no letter is equal, and the latter."""
    spent: list[int] = []

    def counting(kernel: Any, foreign_code: Any) -> Any:
        def run(text: Any, *rest: Any) -> Any:
            tallies = Tally(), Tally()
            result = on_counting_numbers(tallies[0], "", kernel)(text, *rest)
            foreign = np.full_like(text, foreign_code(rest))
            on_counting_numbers(tallies[1], "", kernel)(foreign, *rest)
            spent.extend((tallies[0].operations - tallies[1].operations, tallies[1].operations))
            return result

        return run

    first, second = (sys.modules[f"lemmata.hamming.{module}"] for module in ("abrahamson", "bit_packed_fft"))
    of_texts = counting(first.count_equal_pairs, lambda rest: rest[2])
    of_pieces = counting(second.count_pairs, lambda rest: len(rest[0]) - 1)
    with (
        patch.object(first, "count_equal_pairs", of_texts),
        patch.object(second, "count_pairs", of_pieces),
    ):
        yield spent


@check("HAM-10")
def roots_of_masses_add_up_to_at_most_the_root_of_the_lengths(run: Run) -> None:
    """All small frequencies, roots to 200 bits, which tell equal sums of so few small roots from others."""
    below, equality = run.clauses("ab")
    bound = run.formula("letter_mass_bound")
    most = run.choose(3, 4, 5)
    frequencies = list(product(range(most), repeat=3))
    pairs = product(frequencies, repeat=2)
    domain = (
        f"three letters with at most {most - 1} occurrences each, all lengths accounted for, or 1 and 2 more"
    )
    for a, b in run.every(pairs, domain, size=most**6):
        roots = sum(isqrt(x * y << 400) for x, y in zip(a, b, strict=True))
        for n, m in ((sum(a), sum(b)), (sum(a) + 1, sum(b) + 2)):
            inputs = {"in the text": a, "in the pattern": b, "n": n, "m": m}
            below.holds(roots, "<=", isqrt(n * m << 400), **inputs)
            below.holds(roots / 2**200, "<=", float(bound(n, m)) * (1 + 1e-12), **inputs)
            if n * m > 0:
                proportional = all(x * m == y * n for x, y in zip(a, b, strict=True))
                full = sum(a) == n and sum(b) == m
                # Two different such sums differ by more than 2^-100: multiply the conjugates.
                equality.equal(isqrt(n * m << 400) - roots < 2**100, proportional and full, **inputs)
    below.step(
        SymbolicIdentity(
            "(X**2 + x**2) * (Y**2 + y**2) - (X*Y + x*y)**2", "(X*y - x*Y)**2", ("X", "Y", "x", "y")
        )
    )
    equality.attains(isqrt(9 * 4) + isqrt(36 * 16), bound(45, 20), text=(9, 36), pattern=(4, 16))


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
