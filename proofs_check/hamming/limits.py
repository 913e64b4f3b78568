"""Words of planes, the barrier below, and the deterministic variants (HAM-27, HAM-29, HAM-30)."""

import sys
from collections.abc import Iterator
from itertools import product
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Run, check
from lemmata.costs import Costs
from lemmata.hamming import DigitsMultiplied, families

from .counted_costs import charges_are_counts, compare_charges
from .words import long_mismatches, mismatches, number_of_small_words, small_words


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
    with patch.object(sys.modules["lemmata.hamming.bit_parallel"], "_RUN", 2):
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


@check("HAM-29")
def distances_multiply_matrices(run: Run) -> None:
    """The reduction behind the barrier, carried out: integer matrix products read off distances."""
    products, barrier = run.clauses("ab")
    tiny = run.every(
        product((0, 1), repeat=8), "all pairs of 0/1 matrices of two rows and columns", size=2**8
    )
    for entries in tiny:
        a, b = np.array(entries, dtype=np.int64).reshape(2, 2, 2)
        products.equal(product_by_distances(a, b), a @ b, A=a, B=b)
    sizes = range(1, run.choose(8, 12, 20))
    for size, density in run.samples(product(sizes, (0.2, 0.5, 1.0)), f"random matrices up to {sizes[-1]}"):
        a, b = (run.rng.random((2, size, size)) < density).astype(np.int64)
        products.equal(product_by_distances(a, b), a @ b, A=a, B=b, density=density)
    barrier.out_of_reach("a proof of the combinatorial matrix multiplication conjecture")


def product_by_distances(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """The product of two 0/1 matrices from one text and one pattern, as the book's proof builds them."""
    size = len(a)
    nowhere_in_text, nowhere_in_pattern = size, size + 1
    inner = np.arange(size)
    pattern = np.where(a == 1, inner[None, :], nowhere_in_text).ravel()
    columns = np.where(b.T == 1, inner[None, :], nowhere_in_pattern)
    spaced = np.hstack([columns, np.full((size, 1), nowhere_in_pattern)]).ravel()
    margin = np.full(size * size, nowhere_in_pattern)
    text = np.concatenate([margin, spaced, margin])
    matches = len(pattern) - hamming.distances(text, pattern)
    # Row i of A lies on column j of B where the pattern starts at j (size + 1) - i size.
    i, j = np.meshgrid(inner, inner, indexing="ij")
    return np.asarray(matches[margin.size + j * (size + 1) - i * size])


@check("HAM-30")
def without_repairs_nothing_is_random(run: Run) -> None:
    """What is deterministic here: with wide digits, results and costs do not depend on the random stream."""
    first, second, widened = run.clauses("abc")
    for bound in (first, second):
        bound.out_of_reach("the algorithm of the paper, which is not implemented here")
    carried = drawn = 0
    for name, headroom, text, pattern in run.samples(
        words_to_widen(run), "letters equally frequent, and runs of one letter, whose narrow digits overflow"
    ):
        m = len(pattern)
        inputs: dict[str, Any] = {"words": name, "n": len(text), "m": m, "K": headroom}
        spent = []
        for seed in (1, 2):
            steps: list[Any] = []
            rng, costs = np.random.default_rng(seed), Costs()
            before = rng.bit_generator.state
            options: dict[str, Any] = {"headroom": headroom, "rng": rng}
            found = hamming.bit_packed_fft(
                text, pattern, overflow="widen", costs=costs, trace=steps, **options
            )
            widened.equal(rng.bit_generator.state == before, True, **inputs, explanation="numbers were drawn")
            spent.append(costs.word_operations)
            exact = m <= 2_000 or name == "runs"
            at = int(run.rng.integers(0, len(found)))
            expected = long_mismatches(text, pattern) if exact else (text[at : at + m] != pattern).sum()
            widened.equal(found if exact else found[at], expected, **inputs, alignment=at)
            carried += sum(isinstance(step, DigitsMultiplied) and step.carries > 0 for step in steps)
        widened.equal(spent[1], spent[0], **inputs, explanation="word operations with another seed")
        if name == "runs":
            hamming.bit_packed_fft(text, pattern, overflow="auto", **options)
            drawn += rng.bit_generator.state != before
    if not (carried and drawn):
        widened.undecided('products that carry, for whose repair "auto" draws numbers')


def words_to_widen(run: Run) -> Iterator[tuple[str, int, NDArray[np.int64], NDArray[np.int64]]]:
    """Name, K, text and pattern; the runs' products carry with K = 1."""
    for m in (1, 2_000, run.choose(8_000, 30_000, 100_000)):
        for letters in (2, 8, 40):
            text = families.equal_frequencies(3 * m, letters, run.rng)
            yield f"{letters} letters", 64, text, families.equal_frequencies(m, letters, run.rng)
    runs = [(4_200, 4_096, 4), (8_192, 4_096, 4), (9_000, 4_500, 3)]
    for n, m, letters in [*runs, *run.choose([], [(20_000, 10_000, 6)], [(20_000, 10_000, 6)])]:
        pattern = np.arange(m, dtype=np.int64) * letters // m
        yield "runs", 1, np.resize(pattern, n), pattern
