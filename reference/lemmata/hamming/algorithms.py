"""The exact algorithms by their names, and distances by the cheapest of them."""

from __future__ import annotations

from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.hamming.bit_packed.bit_packed_fft import bit_packed_fft
from lemmata.hamming.correlations.blocks import plan_blocks
from lemmata.hamming.correlations.correlation import count_matches
from lemmata.hamming.cost_model import weigh
from lemmata.hamming.definition import by_definition
from lemmata.hamming.exact.abrahamson import abrahamson, count_by_split
from lemmata.hamming.exact.bit_parallel import bit_parallel, compare_planes
from lemmata.hamming.exact.brute_force import brute_force, compare_all
from lemmata.hamming.exact.fischer_paterson import per_letter_fft
from lemmata.hamming.exact.sort_merge import count_directly, sort_merge
from lemmata.hamming.exact.two_letters import count_by_signs, has_two_letters, one_correlation_is_exact
from lemmata.hamming.letters import Encoded, Letters

Algorithm = Literal[
    "auto",
    "by_definition",
    "brute_force",
    "bit_parallel",
    "per_letter_fft",
    "abrahamson",
    "sort_merge",
    "bit_packed_fft",
]


class Exact(Protocol):
    """An exact algorithm as `BY_NAME` has it."""

    def __call__(
        self, text: Letters, pattern: Letters, /, *, costs: Costs | None = None
    ) -> NDArray[np.int64]:
        """Distances at every alignment."""


BY_NAME: dict[Algorithm, Exact] = {
    "by_definition": by_definition,
    "brute_force": brute_force,
    "bit_parallel": bit_parallel,
    "per_letter_fft": per_letter_fft,
    "abrahamson": abrahamson,
    "sort_merge": sort_merge,
    "bit_packed_fft": bit_packed_fft,
}
"""The algorithms that can be named."""


def by_name(problem: Encoded, algorithm: Algorithm, costs: Costs | None = None) -> NDArray[np.int64]:
    """Distances of codes by the algorithm of that name, or by the cheapest."""
    if algorithm == "auto":
        return by_cheapest(problem, costs)
    return BY_NAME[algorithm](problem.text, problem.pattern, costs=costs)


def by_cheapest(problem: Encoded, costs: Costs | None = None) -> NDArray[np.int64]:
    """Distances by the algorithm of least weighted cost.

    That is charged, a correlation of signs as one of a letter, and what weighing looks at.
    """
    weighed = weigh(problem, costs)
    if weighed.cheapest == "brute_force":
        return compare_all(problem, costs=costs)
    if weighed.cheapest == "bit_parallel":
        return compare_planes(problem, costs=costs)
    if weighed.cheapest == "sort_merge":
        return count_directly(problem, costs=costs)
    if weighed.cheapest == "abrahamson" and weighed.split is not None:
        return count_by_split(problem, weighed.split, costs=costs)
    if has_two_letters(problem):
        blocks = plan_blocks(problem.n, problem.m, 1)
        if one_correlation_is_exact(blocks, problem.m):
            return count_by_signs(problem, blocks, costs=costs)
    matches = count_matches(problem, range(len(problem.alphabet)), costs=costs)
    if costs is not None:
        costs.charge(word_operations=problem.alignments)
    return np.subtract(problem.m, matches, out=matches)
