"""Pairs counted one by one (HAM-9)."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np

from lemmata import hamming
from lemmata.claims import Run, check
from lemmata.costs.counting import Tally

from ..counted_runs import on_counting_numbers
from ..words import long_mismatches, mismatches, small_words
from .counted_costs import compare_charges


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
            visits.equal(spent[::2], [2 * pairs], by=name, text=word, pattern=short)
            # Without equal letters: clearing the counts, indexing the pattern, finding every letter's run.
            visits.holds(spent[1], "<=", 4 * len(text) + 10 * len(pattern) + 2, by=name, text=word)
            matches.equal(found, expected, by=name, text=word, pattern=short)
        compare_charges(visits, word, short, [("sort_merge", {})])

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


packed: Any = sys.modules[
    "lemmata.hamming.bit_packed.bit_packed_fft"
]  # the package's attribute is the function


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

    first, second = (
        sys.modules[f"lemmata.hamming.{module}"]
        for module in ("exact.abrahamson", "bit_packed.bit_packed_fft")
    )
    of_texts = counting(first.count_equal_pairs, lambda rest: rest[2])
    of_pieces = counting(second.count_pairs, lambda rest: len(rest[0]) - 1)
    with (
        patch.object(first, "count_equal_pairs", of_texts),
        patch.object(second, "count_pairs", of_pieces),
    ):
        yield spent
