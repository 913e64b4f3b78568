"""Distances up to a relative error, with a stated probability of failure."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.hamming.algorithms import by_cheapest
from lemmata.hamming.approximation.karloff import karloff, karloff_repetitions
from lemmata.hamming.approximation.kopelowitz_porat import (
    kopelowitz_porat,
    kopelowitz_porat_letters,
    kopelowitz_porat_repetitions,
)
from lemmata.hamming.letters import Letters, encode
from lemmata.options import fraction_of_one, one_of, random_numbers, refuse_observers
from lemmata.tracing import Trace


def approximate(
    text: Letters,
    pattern: Letters,
    *,
    epsilon: float,
    failure_probability: float = 1e-6,
    algorithm: Literal["kopelowitz_porat", "karloff"] = "kopelowitz_porat",
    rng: np.random.Generator | int | None = None,
    trace: Trace = None,
    costs: Costs | None = None,
) -> NDArray[np.int64] | NDArray[np.float64]:
    """Hamming distance at every alignment up to a relative error of epsilon.

    Parameters
    ----------
    text, pattern : str, bytes, bytearray or array_like of int, shapes (n,) and (m,)
        As `lemmata.hamming.distances`.
    epsilon : float
        Relative error, in (0, 1].
    failure_probability : float
        Largest probability, in (0, 1), that *any* alignment misses the guarantee.
    algorithm : {"kopelowitz_porat", "karloff"}
        "kopelowitz_porat" never exceeds the distance: (1 - epsilon) d < result <= d where d > 0, and 0 where
        d = 0 (HAM-22). It takes some log_4(n / delta) projections to 4/epsilon letters. "karloff" errs to
        both sides, |result - d| <= epsilon d, and has mean d (HAM-21); it takes some 2 ln(2n / delta) /
        epsilon^2 projections to two letters.
    rng : numpy.random.Generator or int, optional
        By `numpy.random.default_rng`.
    trace : list or callable, optional
        Receives a `Projected` for every projection.
    costs : Costs, optional
        Charged with the word operations of projecting, of the projected distances and of combining them; or
        of the exact distances, where these are returned.

    Returns
    -------
    numpy.ndarray, shape (n - m + 1,)
        int64 by Kopelowitz and Porat, float64 by Karloff. Where the pattern occurs, exactly 0.

    Raises
    ------
    TypeError, ValueError
        As `lemmata.hamming.distances`; for an epsilon or failure_probability that is no real number or out of
        range, for an unknown algorithm, and for an rng that is no seed.

    Notes
    -----
    Where exact distances are cheaper they are returned, without a trace: for a pattern of fewer than
    4/epsilon distinct letters by Kopelowitz and Porat, and of at most as many as there would be projections
    by Karloff.

    Examples
    --------
    >>> found = approximate(range(300), range(50), epsilon=0.5, rng=0)
    >>> int(found[0]), bool((25 < found[1:]).all() and (found[1:] <= 50).all())
    (0, True)
    """
    epsilon = fraction_of_one("epsilon", epsilon, one=True)
    failure_probability = fraction_of_one("failure_probability", failure_probability, one=False)
    one_of("algorithm", algorithm, ("kopelowitz_porat", "karloff"))
    refuse_observers(trace, costs)
    generator = random_numbers(rng)
    problem = encode(text, pattern)
    sigma = len(problem.alphabet)
    if algorithm == "karloff":
        repetitions = karloff_repetitions(problem.alignments, epsilon, failure_probability)
        if repetitions >= sigma:
            return by_cheapest(problem, costs).astype(np.float64)
        return karloff(problem, repetitions, generator, trace=trace, costs=costs)
    letters = kopelowitz_porat_letters(epsilon)
    if letters > sigma:
        return by_cheapest(problem, costs)
    repetitions = kopelowitz_porat_repetitions(problem.alignments, failure_probability)
    return kopelowitz_porat(problem, letters, repetitions, generator, trace=trace, costs=costs)
