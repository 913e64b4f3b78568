"""Two-sided approximation by random bits, after Karloff.

Idea: give every letter a fair random bit. Two different letters get different bits with probability 1/2,
equal letters never. So twice the distance of the projected words has mean d and variance at most d^2, and
averaging r projections brings it near d (HAM-21). A projection has two letters: its distances cost one
correlation.

Source: H. Karloff, Fast algorithms for approximately counting mismatches, Information Processing Letters
48(2), 1993.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, log

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.hamming.approximation.projections import projections
from lemmata.hamming.letters import Encoded
from lemmata.tracing import Trace


def karloff_repetitions(alignments: int, epsilon: float, failure_probability: float) -> int:
    """R = ceil(2 ln(2 alignments / delta) / epsilon^2), by Hoeffding's bound for all alignments (HAM-21).

    Examples
    --------
    >>> karloff_repetitions(10**6, 0.1, 1e-6)
    5665
    """
    return ceil(Fraction(2 * (log(2 * alignments) - log(failure_probability))) / Fraction(epsilon) ** 2)


def karloff(
    problem: Encoded,
    repetitions: int,
    rng: np.random.Generator,
    *,
    trace: Trace = None,
    costs: Costs | None = None,
) -> NDArray[np.float64]:
    """Mean of twice the projected distances over that many projections; shape (n - m + 1,)."""
    total = np.zeros(problem.alignments, dtype=np.int64)
    for found in projections(problem, 2, repetitions, rng, trace=trace, costs=costs):
        total += found
    return 2 * total / repetitions
