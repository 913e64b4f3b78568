"""Distances up to k: jumps over equal stretches (HAM-18)."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from lemmata import hamming
from lemmata.claims import Run, check
from lemmata.costs import Costs
from lemmata.costs.counting import Tally
from lemmata.hamming import families
from lemmata.hamming.few_mismatches import kangaroo, suffix_array
from lemmata.hamming.letters import Encoded, encode

from ..words import long_mismatches, mismatches, number_of_small_words, small_words
from .periodicity import charge_and_count, planted


@check("HAM-18")
def jumps_find_all_distances_up_to_k(run: Run) -> None:
    """Distances, jumps and charges against the definition, counting numbers and the bounds."""
    distances, jumps, extension, index, total = run.clauses("abcde")
    bound, index_bound = run.formula("kangaroo_word_operations"), run.formula("index_word_operations")
    longest = run.choose(3, 5, 6)
    small = run.every(
        small_words(longest, 3),
        f"every text of at most {longest} letters over 3 letters, every pattern, k = 0, 1 and m",
        size=number_of_small_words(longest, 3),
    )
    for text, pattern in small:
        for k in {0, 1, len(pattern)}:
            found = hamming.k_mismatch(np.array(text), np.array(pattern), k, algorithm="kangaroo")
            wanted = [min(distance, k + 1) for distance in mismatches(text, pattern)]
            distances.equal(found.tolist(), wanted, text=text, pattern=pattern, k=k)
            made = jumps_made(encode(np.array(text), np.array(pattern)), k)
            jumps.holds(made, "<=", (k + 1) * len(wanted), text=text, pattern=pattern, k=k)
            jumps.holds(made, ">=", len(wanted), text=text, pattern=pattern, k=k)
    for text, pattern in run.samples(small_words(3, 2), "texts of at most 3 letters on counting numbers"):
        for k in run.choose((1,), (0, 1), (0, 1)):
            words = {"text": text, "pattern": pattern, "k": k}
            charged, counted, _ = charge_and_count(kangaroo.kangaroo, np.array(text), np.array(pattern), k)
            total.equal(charged, counted, **words, explanation="charged, and counted")
            total.holds(charged, "<=", bound(len(text), len(pattern), k), **words)
    for name, word in run.samples(index_words(run), "words of one letter, Fibonacci, distinct, random"):
        costs = Costs()
        extensions = suffix_array.prepare_extensions(word, costs)
        counted = counted_index(word) if len(word) <= 70 else costs.word_operations
        index.equal(costs.word_operations, counted, word=word, explanation="charged, and counted")
        index.holds(costs.word_operations, "<=", index_bound(len(word)), family=name, letters=len(word))
        for i in range(min(5, len(word) - 1)):
            tally = Tally()
            jump = tally.counting(suffix_array.longest_common_extension)
            same = int(jump(*map(tally.array, extensions), i, len(word) - 1))
            agree = word[i] == word[-1]
            extension.equal((same, tally.operations), (int(agree), 9), word=word, i=i)
    n, m = run.choose((1_500, 130), (20_000, 900), (100_000, 5_000))
    for name, long_text, long_pattern in run.samples(planted(run, n, m), "nearly periodic and other words"):
        exact, problem = long_mismatches(long_text, long_pattern), encode(long_text, long_pattern)
        for k in (0, 1, 7, 40):
            words, costs, alone = {"family": name, "n": n, "m": m, "k": k}, Costs(), Costs()
            for algorithm in ("kangaroo", "periodicity", "distances", "auto"):
                spent = costs if algorithm == "kangaroo" else None
                found = hamming.k_mismatch(
                    long_text, long_pattern, k, algorithm=algorithm, rng=run.rng, costs=spent
                )
                distances.equal(found, np.minimum(exact, k + 1), **words, algorithm=algorithm)
            total.holds(costs.word_operations, "<=", bound(n, m, k), **words)
            kangaroo.kangaroo(problem, k, costs=alone)
            total.equal(costs.word_operations, alone.word_operations, **words, explanation="and by jumps")
            jumps.holds(jumps_made(problem, k), "<=", (k + 1) * (n - m + 1), **words)


def jumps_made(problem: Encoded, k: int) -> Fraction:
    """Extensions that `kangaroo` asks for: what it charges besides its indices, by the 14 for each."""
    costs, besides = Costs(), Costs()
    kangaroo.kangaroo(problem, k, costs=costs)
    for start, count in kangaroo.pieces(problem):
        word = kangaroo.piece_word(problem, start, count)
        suffix_array.prepare_extensions(word, besides)
        besides.charge(word_operations=len(word) + 4 * count)
    return Fraction(costs.word_operations - besides.word_operations, 14)


def counted_index(word: NDArray[np.int32]) -> int:
    """Word operations of the plain Python of the kernels of an index."""
    tally = Tally()
    order, _ = tally.counting(suffix_array.sort_suffixes)(tally.array(word), len(word))
    _, prefixes, _ = tally.counting(suffix_array.common_prefixes)(tally.array(word), order)
    tally.counting(suffix_array.range_minima)(prefixes, len(word).bit_length())
    return tally.operations


def index_words(run: Run) -> Iterator[tuple[str, NDArray[np.int32]]]:
    """Words that need many rounds of doubling and words that need few, as codes below their length."""
    for n in (1, 2, 3, 17, 64, run.choose(2_000, 20_000, 200_000)):
        words = {
            "one letter": families.one_letter(n),
            "Fibonacci": families.fibonacci(n),
            "all distinct": families.all_distinct(n)[::-1],
            "random": run.rng.integers(0, 3, n),
        }
        for name, word in words.items():
            yield name, np.unique(word, return_inverse=True)[1].astype(np.int32)
