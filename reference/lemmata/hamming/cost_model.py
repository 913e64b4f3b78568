"""Which algorithm `distances` takes: the one with the least weighted count of steps.

The steps are reckoned beforehand from n, m and the letters' frequencies, for which all of text and pattern is
read once: a sample of the text can miss what takes the time, whatever places it takes. They are letters
compared, words of planes compared, equal pairs, operations of transforms. The weights say how long a step of
one kind takes beside the others, about 0.13 ns to a unit: a vector instruction compares many letters,
scattered increments wait for memory. They were read once off ``benches/bench_hamming.py`` and are constants:
no clock is read when an algorithm is chosen, so the same input always gets the same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lemmata.compilation import njit
from lemmata.costs import Costs
from lemmata.hamming.correlations.blocks import correlation_word_operations, plan_blocks
from lemmata.hamming.exact.abrahamson import Split, split_letters
from lemmata.hamming.exact.bit_parallel import WORD
from lemmata.hamming.exact.brute_force import FREQUENT
from lemmata.hamming.letters import Codes, Encoded

Counts = NDArray[np.int64]
Choice = Literal["brute_force", "bit_parallel", "sort_merge", "per_letter_fft", "abrahamson"]

COMPARISON_WEIGHT = 0.055
"""Of comparing two letters."""
RARE_WEIGHT = 25.0
"""Per letter of the text, of setting rare letters apart so that the others fit a byte."""
WORD_WEIGHT = 0.65
"""Of comparing the words of one plane."""
PLANE_WEIGHT, PLANES_WEIGHT = 7.0, 16.0
"""Per letter of text and pattern: of each plane, and of starting to make them."""
LETTER_WEIGHT, RANK_WEIGHT = 10.0, 12.0
"""Of reading a letter in direct counting, and of renaming it by its frequency."""
HIT_WEIGHT, PAIR_WEIGHT = 75.0, 7.5
"""Of a letter of the text that the pattern has, and of each pair that it makes."""
TRANSFORM_WEIGHTS = ((12, 0.65), (14, 0.55), (15, 0.65), (16, 0.75), (64, 0.8))
"""Of an operation of a transform, by the largest log2 of its length: long ones leave the cache, short ones
have no rows (float_rows.py)."""

SIGNS_WEIGHT = 0.85
"""Of two letters' transforms, where one correlation of signs does (two_letters.py)."""
SURVEY_WEIGHT = 4.0
"""Per letter of text and pattern, of counting how often each occurs."""


@dataclass(frozen=True)
class Weighed:
    """Weighted steps by algorithm, and how the letters would be split for `abrahamson`.

    Where comparing everything is cheaper than counting letters and the least that the others take, they are
    not looked into.
    """

    costs: dict[Choice, float]
    split: Split | None

    @property
    def cheapest(self) -> Choice:
        """Name of the algorithm with the least weighted cost; the simplest of them on a tie."""
        return min(self.costs, key=self.costs.__getitem__)


def weigh(problem: Encoded, costs: Costs | None = None) -> Weighed:
    """Weighted steps of every algorithm on this input.

    Where letters are looked at, `survey_operations` are charged; reckoning with what was found, and putting
    letters in order of frequency, is not, as in `lemmata.hamming.abrahamson`.
    """
    n, m, sigma = problem.n, problem.m, len(problem.alphabet)
    setting_apart = RARE_WEIGHT * n if sigma > FREQUENT else 0.0
    steps: dict[Choice, float] = {"brute_force": COMPARISON_WEIGHT * m * problem.alignments + setting_apart}
    if steps["brute_force"] <= (SURVEY_WEIGHT + LETTER_WEIGHT) * (n + m):  # direct counting takes no less
        return Weighed(steps, None)
    in_text, in_pattern, hits, pairs = survey(problem.text, problem.pattern, sigma)
    if costs is not None:
        costs.charge(word_operations=survey_operations(n, m, sigma))
    planes = max(1, (sigma if in_text[sigma] else sigma - 1).bit_length())
    steps["bit_parallel"] = WORD_WEIGHT * planes * -(-m // WORD) * problem.alignments + (
        PLANES_WEIGHT + PLANE_WEIGHT * planes
    ) * (n + m)
    steps["sort_merge"] = direct_cost(n, m, int(hits), int(pairs))
    if min(steps.values()) <= least_transform_cost(n, m):
        return Weighed(steps, None)
    two_letters = sigma == 1 or (sigma == 2 and not in_text[sigma])
    steps["per_letter_fft"] = transform_cost(problem, sigma) * (SIGNS_WEIGHT if two_letters else 1)
    split = weighted_split(problem, in_text[:sigma], in_pattern, min(steps.values()))
    if split is None:
        return Weighed(steps, None)
    steps["abrahamson"] = split.cost
    return Weighed(steps, split_letters(problem, split.threshold))


def _survey_py(text: Codes, pattern: Codes, sigma: int) -> tuple[Counts, Counts, np.int64, np.int64]:
    """How often each letter occurs, and how many hits and equal pairs that makes."""
    in_text, in_pattern = np.zeros(sigma + 1, dtype=np.int64), np.zeros(sigma, dtype=np.int64)
    for i in range(len(text)):
        in_text[text[i]] += 1
    for j in range(len(pattern)):
        in_pattern[pattern[j]] += 1
    hits, pairs = np.int64(0), np.int64(0)
    for c in range(sigma):
        hits += in_text[c]
        pairs += in_text[c] * in_pattern[c]
    return in_text, in_pattern, hits, pairs


survey = njit(_survey_py, steps=lambda text, pattern, _: len(text) + len(pattern))


def survey_operations(n: int, m: int, sigma: int) -> int:
    """Word operations of `survey`, exactly.

    Two for every place of text and pattern, to find its letter's count and add to it; counts begin as zeros;
    two additions and a product for every letter of the pattern's alphabet.
    """
    return 2 * n + 2 * m + (2 * sigma + 1) + 3 * sigma


def direct_cost(n: int, m: int, hits: int, pairs: int) -> float:
    """Weighted steps of direct counting: ``hits`` letters of the text make ``pairs`` equal pairs."""
    return LETTER_WEIGHT * (n + m) + HIT_WEIGHT * hits + PAIR_WEIGHT * pairs


def least_transform_cost(n: int, m: int) -> float:
    """Less than any correlation costs, without looking for the best blocks."""
    return min(weight for _, weight in TRANSFORM_WEIGHTS) * (4.25 * log2(m) + 6) * (n - m + 1)


def transform_cost(problem: Encoded, letters: int) -> float:
    """Weighted steps of correlating that many letters."""
    if letters == 0:
        return 0.0
    blocks = plan_blocks(problem.n, problem.m, letters)
    weight = next(weight for most, weight in TRANSFORM_WEIGHTS if blocks.log2_length <= most)
    return weight * correlation_word_operations(blocks, letters, problem.alignments)


class WeightedSplit(NamedTuple):
    """A threshold for `lemmata.hamming.abrahamson` and its weighted cost."""

    threshold: int
    cost: float


def weighted_split(
    problem: Encoded, in_text: NDArray[np.int64], in_pattern: NDArray[np.int64], limit: float
) -> WeightedSplit | None:
    """The split of some letters from others that costs least; None if none costs less than the limit."""
    n, m, sigma = problem.n, problem.m, len(problem.alphabet)
    renaming = RANK_WEIGHT * (n + m)
    if sigma < 2 or transform_cost(problem, 1) + renaming + direct_cost(n, m, 0, 0) >= limit:
        return None
    order = np.argsort(-in_pattern, kind="stable")
    occurrences, in_text = in_pattern[order], in_text[order]
    hits_left = np.cumsum(in_text[::-1])[::-1]
    pairs_left = np.cumsum((in_text * occurrences)[::-1])[::-1]
    found = None
    # A threshold cannot part letters with equally many occurrences: cuts lie where the count falls.
    for cut in (np.flatnonzero(np.diff(occurrences)) + 1).tolist():
        transforms = transform_cost(problem, cut) + renaming
        if transforms >= limit:
            break
        cost = transforms + direct_cost(n, m, int(hits_left[cut]), int(pairs_left[cut]))
        if cost < limit:
            limit, found = cost, WeightedSplit(int(occurrences[cut]), cost)
    return found
