"""Which algorithm `distances` takes: the one with the least weighted count of word operations.

The counts are those that the algorithms charge, computed beforehand from n, m and the letters'
frequencies. The weights say how many of a transform's operations take as long as one of another kind: a
vector instruction compares many letters, scattered increments wait for memory. They were read once off
``benches/bench_hamming.py`` (per operation 0.0055 ns for comparisons of bytes, 0.06 ns for words of a plane, 0.13 ns
in a transform, 0.25 ns for a pair's) and are constants: no clock is read when an algorithm is chosen,
so the same input always gets the same one.
"""

from dataclasses import dataclass
from typing import Literal

from lemmata.hamming.abrahamson import Split, direct_word_operations, split_letters
from lemmata.hamming.bit_parallel import bit_parallel_word_operations, plane_count
from lemmata.hamming.blocks import correlation_word_operations, plan_blocks
from lemmata.hamming.brute_force import code_type
from lemmata.hamming.letters import Encoded

Choice = Literal["brute_force", "bit_parallel", "per_letter_fft", "abrahamson"]

COMPARISON_WEIGHTS = {1: 0.043, 2: 0.075, 4: 0.15}
"""By the bytes of a code."""
PLANE_WEIGHT = 0.25
TRANSFORM_WEIGHT = 1.0
DIRECT_WEIGHT = 2.0


@dataclass(frozen=True)
class Weighed:
    """Weighted word operations by algorithm, and how the letters would be split for `abrahamson`."""

    costs: dict[Choice, float]
    split: Split

    @property
    def cheapest(self) -> Choice:
        """Name of the algorithm with the least weighted cost; the simplest of them on a tie."""
        return min(self.costs, key=self.costs.__getitem__)


def weigh(problem: Encoded) -> Weighed:
    """Weighted word operations of every algorithm on this input."""
    n, m, sigma = problem.n, problem.m, len(problem.alphabet)
    split = split_letters(problem, pair_weight=DIRECT_WEIGHT)

    def transforms(letters: int) -> float:
        if letters == 0:
            return 0.0
        blocks = plan_blocks(n, m, letters)
        return TRANSFORM_WEIGHT * correlation_word_operations(blocks, letters, problem.alignments)

    comparison = COMPARISON_WEIGHTS[code_type(sigma)().itemsize]
    return Weighed(
        {
            "brute_force": comparison * 2 * m * problem.alignments,
            "bit_parallel": PLANE_WEIGHT * bit_parallel_word_operations(n, m, plane_count(problem)),
            "per_letter_fft": transforms(sigma),
            "abrahamson": transforms(split.frequent)
            + DIRECT_WEIGHT * direct_word_operations(n, m, split.pairs),
        },
        split,
    )
