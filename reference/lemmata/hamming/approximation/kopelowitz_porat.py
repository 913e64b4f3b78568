"""One-sided approximation by random letters, after Kopelowitz and Porat.

Idea: map the letters at random to q = ceil(4 / epsilon) letters. Equal letters stay equal, so the projected
distance D is at most d; different letters collide with probability 1/q, so d - D has mean d/q, and by
Markov's inequality it reaches epsilon d with probability at most 1/(q epsilon) <= 1/4. The largest D of r
independent projections misses with probability at most 4^-r (HAM-22).

Source: T. Kopelowitz, E. Porat, A simple algorithm for approximating the text-to-pattern Hamming distance,
SOSA 2018, doi:10.4230/OASIcs.SOSA.2018.10; the constants are ours. Their algorithm before that (Breaking the
variance, FOCS 2015) is more involved.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.hamming.approximation.projections import projections
from lemmata.hamming.letters import Encoded
from lemmata.tracing import Trace


def kopelowitz_porat_letters(epsilon: float) -> int:
    """Q = ceil(4 / epsilon).

    Examples
    --------
    >>> kopelowitz_porat_letters(0.1)
    40
    """
    return ceil(4 / Fraction(epsilon))  # exact, however small


def kopelowitz_porat_repetitions(alignments: int, failure_probability: float) -> int:
    """R = ceil(log_4(alignments / delta)), for all alignments together (HAM-22), exactly.

    Examples
    --------
    >>> kopelowitz_porat_repetitions(10**6, 1e-6)
    20
    """
    quotient = ceil(Fraction(alignments) / Fraction(failure_probability))
    return ((quotient - 1).bit_length() + 1) // 2


def kopelowitz_porat(
    problem: Encoded,
    letters: int,
    repetitions: int,
    rng: np.random.Generator,
    *,
    trace: Trace = None,
    costs: Costs | None = None,
) -> NDArray[np.int64]:
    """Largest projected distance over that many projections to ``letters`` letters; shape (n - m + 1,)."""
    largest = np.zeros(problem.alignments, dtype=np.int64)
    for found in projections(problem, letters, repetitions, rng, trace=trace, costs=costs):
        np.maximum(largest, found, out=largest)
    return largest
