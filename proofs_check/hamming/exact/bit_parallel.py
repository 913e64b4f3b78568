"""Words of planes (HAM-27)."""

import sys
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Run, check
from lemmata.costs import Costs

from ..words import long_mismatches, mismatches, number_of_small_words, small_words
from .counted_costs import charges_are_counts, compare_charges


@check("HAM-27")
def planes_count_the_mismatches(run: Run) -> None:
    """Small words exhaustively; lengths around multiples of 64 with one to seventeen planes."""
    equal, below, counted = run.clauses("abc")
    bound = run.formula("bit_parallel_word_operations")
    longest = run.choose(4, 6, 8)
    for word, short in run.every(
        small_words(longest, 3),
        f"every text of at most {longest} letters over 3 letters, every pattern",
        size=number_of_small_words(longest, 3),
    ):
        found = hamming.bit_parallel(np.array(word), np.array(short))
        equal.equal(found, np.array(mismatches(word, short)), text=word, pattern=short)
    for text, pattern in run.samples(
        word_boundaries(run), "1 to 200 letters in the pattern, up to 10^5 letters"
    ):
        costs = Costs()
        found = hamming.bit_parallel(text, pattern, costs=costs)
        n, m, letters = len(text), len(pattern), len(np.unique(pattern))
        inputs = {"n": n, "m": m, "letters": letters}
        equal.equal(found, long_mismatches(text, pattern), **inputs)
        # A letter of the text that the pattern lacks has one code more.
        codes = letters + int(not np.isin(text, pattern).all())
        below.holds(costs.word_operations, "<=", bound(n, m, max(1, (codes - 1).bit_length())), **inputs)
        if n <= 300 and letters < 10:
            compare_charges(counted, text, pattern, [("bit_parallel", {})])
    charges_are_counts(run, counted, [("bit_parallel", {})])
    # Alignments of one shift in several runs: of two each, as there are few.
    with patch.object(sys.modules["lemmata.hamming.exact.bit_parallel"], "_RUN", 2):
        for n, m in run.samples(((300, 70), (260, 1), (140, 130)), "runs of two alignments of a shift"):
            letters_of_five = np.arange(n, dtype=np.int64) % 5
            compare_charges(counted, letters_of_five, letters_of_five[:m], [("bit_parallel", {})])


def word_boundaries(run: Run) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Texts and patterns whose lengths are at, above and below multiples of the word."""
    for m in (1, 63, 64, 65, 127, 128, 129, 200):
        for extra in (0, 1, 63, 64, 65, 70_000):
            for letters in (1, 2, 3, 4, 255, 100_000):
                size = m + extra
                yield run.rng.integers(0, letters, size), run.rng.integers(0, letters, m)
