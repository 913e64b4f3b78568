"""Which algorithm `distances` takes: the one with the least weighted count of word operations.

The counts are those that the algorithms charge, computed beforehand from n, m and the letters' frequencies.
The weights say how many of a transform's operations take as long as one of another kind: a vector
instruction compares many letters, scattered increments wait for memory. They were read once off
``benches/bench_hamming.py`` (a transform's operation takes about 0.13 ns there) and are constants: no clock
is read when an algorithm is chosen, so the same input always gets the same one.
"""

from dataclasses import dataclass
from typing import Literal

from lemmata.hamming.abrahamson import Split, direct_word_operations, split_letters
from lemmata.hamming.bit_parallel import comparison_word_operations, plane_word_operations
from lemmata.hamming.blocks import correlation_word_operations, plan_blocks
from lemmata.hamming.brute_force import code_type, few_letters_are_rare
from lemmata.hamming.letters import Encoded

Choice = Literal["brute_force", "bit_parallel", "per_letter_fft", "abrahamson"]

COMPARISON_WEIGHTS = {1: 0.043, 2: 0.075, 4: 0.15}
"""By the bytes of a code."""
WORD_WEIGHT = 0.35
"""Of words of planes that are compared."""
PLANE_WEIGHT = 3.0
"""Of making the planes, letter by letter."""
PAIR_WEIGHT = 3.0
LETTER_WEIGHT = 24.0
"""Of direct counting: per pair, and per letter, which is counted, sorted and looked up."""


@dataclass(frozen=True)
class Weighed:
    """Weighted word operations by algorithm, and how the letters would be split for `abrahamson`.

    Where comparing everything is cheaper than the least that the others take, they are not looked into.
    """

    costs: dict[Choice, float]
    split: Split | None

    @property
    def cheapest(self) -> Choice:
        """Name of the algorithm with the least weighted cost; the simplest of them on a tie."""
        return min(self.costs, key=self.costs.__getitem__)


def weigh(problem: Encoded) -> Weighed:
    """Weighted word operations of every algorithm on this input."""
    n, m, sigma = problem.n, problem.m, len(problem.alphabet)
    costs: dict[Choice, float] = {
        "brute_force": COMPARISON_WEIGHTS[1 if few_letters_are_rare(problem) else code_type(sigma)().itemsize]
        * 2
        * m
        * problem.alignments
    }
    if costs["brute_force"] <= PLANE_WEIGHT * plane_word_operations(n, m, 1):
        return Weighed(costs, None)
    planes = max(1, sigma.bit_length())  # at most
    costs["bit_parallel"] = WORD_WEIGHT * comparison_word_operations(
        n, m, planes
    ) + PLANE_WEIGHT * plane_word_operations(n, m, planes)
    costs["per_letter_fft"] = transform_cost(problem, sigma)
    split = split_letters(problem, pair_weight=PAIR_WEIGHT)
    per_letter = direct_word_operations(n, m, 0)
    costs["abrahamson"] = (
        transform_cost(problem, split.frequent)
        + LETTER_WEIGHT * per_letter
        + PAIR_WEIGHT * (direct_word_operations(n, m, split.pairs) - per_letter)
    )
    return Weighed(costs, split)


def transform_cost(problem: Encoded, letters: int) -> float:
    """Word operations of correlating that many letters."""
    if letters == 0:
        return 0.0
    blocks = plan_blocks(problem.n, problem.m, letters)
    return float(correlation_word_operations(blocks, letters, problem.alignments))
