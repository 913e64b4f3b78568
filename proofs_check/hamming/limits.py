"""Words of planes, the barrier below, and the deterministic variants (HAM-27, HAM-29, HAM-30)."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Evidence, Run, Verdict, Witness, check, refuted
from lemmata.costs import Costs
from lemmata.hamming import families

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


def word_boundaries(run: Run) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Texts and patterns whose lengths are at, above and below multiples of the word."""
    for m in (1, 63, 64, 65, 127, 128, 129, 200):
        for extra in (0, 1, 63, 64, 65, 70_000):
            for letters in (1, 2, 3, 4, 255, 100_000):
                size = m + extra
                yield run.rng.integers(0, letters, size), run.rng.integers(0, letters, m)


@check("HAM-29")
def distances_multiply_matrices(run: Run) -> Verdict:
    """The reduction behind the barrier, carried out: integer matrix products read off distances."""
    cases = 0
    for size in range(1, run.choose(7, 10, 16)):
        for density in (0.2, 0.5, 1.0):
            a, b = (run.rng.random((2, size, size)) < density).astype(np.int64)
            cases += 1
            expected = a @ b
            found = product_by_distances(a, b)
            if not np.array_equal(found, expected):
                inputs = {"A": a.tolist(), "B": b.tolist()} if size < 4 else {"size": size}
                at = tuple(int(v) for v in np.argwhere(found != expected)[0])
                witness = Witness(inputs | {"entry": at}, int(expected[at]), int(found[at]), "entry of AB")
                return refuted(cases, witness)
    return Verdict(
        Evidence.OUT_OF_REACH,
        f"checked: the reduction, on {cases} products of matrices of size up to {run.choose(6, 9, 15)}",
        cases,
        measured="reduction exact",
        notes=["what is beyond checks is the conjecture; that distances multiply matrices is checked"],
    )


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
def without_repairs_nothing_is_random(run: Run) -> Verdict:
    """What is deterministic here: with wide digits, results and costs do not depend on the random stream."""
    cases = 0
    for m in (2_000, run.choose(8_000, 30_000, 100_000)):
        for letters in (2, 8, 40):
            text = families.equal_frequencies(3 * m, letters, run.rng)
            pattern = families.equal_frequencies(m, letters, run.rng)
            outcomes = []
            for seed in (1, 2):
                rng = np.random.default_rng(seed)
                before = rng.bit_generator.state
                costs = Costs()
                found = hamming.bit_packed_fft(text, pattern, overflow="widen", rng=rng, costs=costs)
                outcomes.append((found.tobytes(), costs.word_operations, rng.bit_generator.state == before))
            cases += 1
            expected = long_mismatches(text, pattern) if m <= 8_000 else None
            wrong = expected is not None and outcomes[0][0] != expected.tobytes()
            if outcomes[0] != outcomes[1] or not outcomes[0][2] or wrong:
                inputs = {"m": m, "letters": letters}
                found_costs = [outcome[1:] for outcome in outcomes]
                return refuted(
                    cases, Witness(inputs, "the same, exact, rng untouched", found_costs, "costs, rng")
                )
    return Verdict(
        Evidence.OUT_OF_REACH,
        "checked: bit_packed_fft with overflow='widen' is deterministic and exact",
        cases,
        measured="deterministic",
        notes=["the two stated bounds are those of the papers; their algorithms are not implemented here"],
    )
