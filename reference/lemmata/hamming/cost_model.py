"""Which algorithm `distances` takes: the one with the least weighted count of word operations.

The counts are those that the algorithms charge, computed beforehand from n, m and the letters'
frequencies. The weights say how many of a transform's operations take as long as one of another kind: a
compiled comparison loop handles many letters per instruction, scattered increments wait for
memory. They were read once off ``benches/bench_hamming.py`` (0.04, 0.13 and 0.4 ns per operation) and are
constants: no clock is read when an algorithm is chosen, so the same input always gets the same one.
"""

from typing import Literal

from lemmata.hamming.abrahamson import direct_word_operations, split_letters
from lemmata.hamming.blocks import correlation_word_operations, plan_blocks
from lemmata.hamming.letters import Encoded

Algorithm = Literal["by_definition", "per_letter_fft", "abrahamson"]

COMPARISON_WEIGHT = 0.3
TRANSFORM_WEIGHT = 1.0
DIRECT_WEIGHT = 3.0


def weighted_costs(problem: Encoded) -> dict[Algorithm, float]:
    """Weighted word operations of every algorithm on this input, by name."""
    n, m = problem.n, problem.m
    split = split_letters(problem)

    def transforms(letters: int) -> float:
        if letters == 0:
            return 0.0
        blocks = plan_blocks(n, m, letters)
        return TRANSFORM_WEIGHT * correlation_word_operations(blocks, letters, problem.alignments)

    return {
        "by_definition": COMPARISON_WEIGHT * 2 * m * problem.alignments,
        "per_letter_fft": transforms(len(problem.alphabet)),
        "abrahamson": transforms(split.frequent) + DIRECT_WEIGHT * direct_word_operations(n, m, split.pairs),
    }


def cheapest(problem: Encoded) -> Algorithm:
    """Name of the algorithm with the least weighted cost; the simplest of them on a tie."""
    costs = weighted_costs(problem)
    return min(costs, key=costs.__getitem__)
