"""Distances up to k: the front door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.hamming.algorithms import by_cheapest
from lemmata.hamming.cost_model import transform_cost, weigh
from lemmata.hamming.few_mismatches.kangaroo import PER_ALIGNMENT, PER_JUMP, kangaroo, piece_word_operations
from lemmata.hamming.few_mismatches.periodicity import (
    LETTERS,
    break_word_operations,
    by_periodicity,
    near_period,
    projection_rounds,
    search_word_operations,
)
from lemmata.hamming.letters import Encoded, Letters, encode
from lemmata.options import one_of, random_numbers, refuse_observers, whole_number
from lemmata.tracing import Trace, emit

JUMP_WEIGHT = 7.0
INDEX_WEIGHT = 1.5
"""Units of `lemmata.hamming.cost_model` that a word operation of a jump takes, which waits for memory, and
one of those that an index takes at most. Measured by ``benches/bench_hamming_weights.py``.
"""


@dataclass(frozen=True)
class AlgorithmChosen:
    """What "auto" takes."""

    algorithm: str


def k_mismatch(
    text: Letters,
    pattern: Letters,
    k: int,
    *,
    algorithm: Literal["auto", "distances", "kangaroo", "periodicity"] = "auto",
    rng: np.random.Generator | int | None = None,
    trace: Trace = None,
    costs: Costs | None = None,
) -> NDArray[np.int64]:
    """Hamming distance at every alignment where it is at most k, and k + 1 elsewhere.

    Parameters
    ----------
    text, pattern : str, bytes, bytearray or array_like of int, shapes (n,) and (m,)
        As `lemmata.hamming.distances`.
    k : int
        Largest distance of interest, k >= 0.
    algorithm : {"auto", "distances", "kangaroo", "periodicity"}
        "kangaroo" jumps over equal stretches, O(nk) after indexing (HAM-18). "periodicity" splits nearly
        periodic patterns from all others (HAM-20). "distances" computes all distances and cuts them off.
        "auto" takes the one of least weighted count, looking for a near-period if that is cheap itself. Often
        it is "distances", whose kernels are hard to beat.
    rng : numpy.random.Generator or int, optional
        For the projections of "periodicity"; it does not affect the result.
    trace : list or callable, optional
        Receives an `AlgorithmChosen` from "auto"; a `PieceJumped` for every piece that is jumped through; and
        from "periodicity" a `NearPeriodSearched`, then a `StretchCorrelated` for every piece, or a
        `CandidatesLeft` for every projection.
    costs : Costs, optional
        Charged with the word operations of the algorithm that is taken, projected distances included, and
        with what "auto" does to choose: looking at letters, and looking for a near-period.

    Returns
    -------
    numpy.ndarray of int64, shape (n - m + 1,)

    Raises
    ------
    TypeError, ValueError
        As `lemmata.hamming.distances`; TypeError if k is no integer, ValueError if it is negative or the
        algorithm is unknown.

    Notes
    -----
    Cost: "kangaroo" O(n log m + nk); "periodicity" O(n + m log m + k^2 + n k^2 / m) for nearly periodic
    patterns, otherwise an expected O(n log m log k + k^2). The k^2 is the search for a near-period: up to
    4k + 1 jumps for each shift up to k.

    Source: G. M. Landau, U. Vishkin (1986); R. Clifford et al. (2016), arXiv:1508.00731.

    Examples
    --------
    >>> k_mismatch("abracadabra", "abr", 2)
    array([0, 3, 3, 2, 3, 2, 3, 0, 3])
    >>> k_mismatch("abracadabra", "abr", 0)
    array([0, 1, 1, 1, 1, 1, 1, 0, 1])
    """
    k = whole_number("k", k, minimum=0)
    one_of("algorithm", algorithm, ("auto", "distances", "kangaroo", "periodicity"))
    refuse_observers(trace, costs)
    generator = random_numbers(rng)
    problem = encode(text, pattern)
    limit = min(k, problem.m)
    if algorithm == "auto":
        algorithm = cheapest(problem, limit, costs)
        emit(trace, AlgorithmChosen(algorithm))
    if algorithm == "kangaroo":
        return kangaroo(problem, limit, costs=costs, trace=trace)
    if algorithm == "periodicity":
        return by_periodicity(problem, limit, generator, costs=costs, trace=trace)
    if costs is not None:
        costs.charge(word_operations=problem.alignments)
    return np.minimum(by_cheapest(problem, costs), limit + 1)


def kangaroo_cost(problem: Encoded, k: int) -> float:
    """Weighted word operations of `kangaroo`, at most."""
    pieces = -(-problem.alignments // problem.m)
    index = piece_word_operations(min(problem.n, 2 * problem.m) + problem.m + 1)
    jumping = (PER_JUMP * (k + 1) + PER_ALIGNMENT) * problem.alignments
    return INDEX_WEIGHT * pieces * index + JUMP_WEIGHT * jumping


def cheapest(
    problem: Encoded, k: int, costs: Costs | None = None
) -> Literal["distances", "kangaroo", "periodicity"]:
    """Name of the algorithm with the least weighted count."""
    everything, jumping = min(weigh(problem, costs).costs.values()), kangaroo_cost(problem, k)
    search = INDEX_WEIGHT * search_word_operations(problem.m, k)
    if k >= 1 and 4 * search < min(everything, jumping):
        if near_period(problem.pattern, k, costs):
            pieces = -(-problem.alignments // problem.m)
            splitting = search + JUMP_WEIGHT * pieces * break_word_operations(problem.m, k)
        else:
            rounds = projection_rounds(k)
            splitting = search + rounds * transform_cost(problem, LETTERS) + kangaroo_cost(problem, 0)
        if splitting < min(everything, jumping):
            return "periodicity"
    return "kangaroo" if jumping < everything else "distances"
