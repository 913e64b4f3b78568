"""The Gram-Schmidt walk design: treatment assignments that balance covariates, robustly.

Idea: run the walk on every unit's covariates with a private coordinate of its own on top. The covariates ask
for balance, the private coordinates for independence, and the robustness phi in (0, 1] divides a vector of
norm at most 1 between them. The covariance of the assignments is then at most that of a ridge regression
(DIS-29).

Source: C. Harshaw, F. Sävje, D. Spielman, P. Zhang, Balancing covariates in randomized experiments with the
Gram-Schmidt walk design, arXiv:1911.03071.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.arrays import as_array, real_array
from lemmata.costs import Costs
from lemmata.discrepancy.set_systems import LARGEST
from lemmata.discrepancy.walks.gram_schmidt_walk import gram_schmidt_walk
from lemmata.discrepancy.walks.walk_inputs import Floats
from lemmata.options import fraction_of_one
from lemmata.tracing import Trace


def gram_schmidt_design(
    covariates: ArrayLike,
    *,
    robustness: float,
    probability: float | ArrayLike = 0.5,
    rng: np.random.Generator | int | None = None,
    trace: Trace = None,
    costs: Costs | None = None,
) -> NDArray[np.int8]:
    """Assign units to treatment (+1) and control (-1), at random and balanced.

    Parameters
    ----------
    covariates : array_like, shape (n, d)
        One row per unit. Columns count by their scale: standardise them first if they should count alike.
    robustness : float
        phi in (0, 1]: 1 assigns every unit independently, smaller values balance the covariates more.
    probability : float or array_like of shape (n,)
        Of treatment, per unit, in [0, 1].
    rng : numpy.random.Generator, int or None
        Randomness, passed to `numpy.random.default_rng`. Pivots are taken in random order.
    trace, costs : optional
        As in `gram_schmidt_walk`, of the walk on the lengthened vectors.

    Returns
    -------
    numpy.ndarray of int8, shape (n,)
        Entries -1 and +1: each unit is treated with its probability, and the covariance of the assignments is
        at most (phi I + (1 - phi) X X^T / xi^2)^-1, xi the largest norm of a row of X (DIS-29).

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        For shapes that do not fit, NaN, an infinite entry, robustness or probabilities out of range.

    Notes
    -----
    Cost: O(n^2 (n + d)) operations, the walk's on n vectors of length n + d (DIS-28). Memory: a few times
    n (n + d) numbers, refused above 2^30.

    Examples
    --------
    >>> pairs = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    >>> signs = gram_schmidt_design(pairs, robustness=1e-6, rng=3)
    >>> int(signs[0] + signs[1]), int(signs[2] + signs[3])  # twins are parted
    (0, 0)
    """
    rows = real_array("covariates", covariates, dimensions=2)
    n = len(rows)
    given = as_array("probability", probability)
    chances = real_array("probability", np.full(n, given) if given.ndim == 0 else given, dimensions=1)
    if len(chances) != n:
        raise ValueError(f"probability must have one entry per unit (got {len(chances)} for {n})")
    outside = np.flatnonzero((chances < 0) | (chances > 1))
    if len(outside):
        i = int(outside[0])
        raise ValueError(f"probability must be in [0, 1] (probability[{i}] = {float(chances[i])})")
    vectors = augmented_vectors(rows, robustness)
    return gram_schmidt_walk(vectors, 2 * chances - 1, rng=rng, order="random", trace=trace, costs=costs)


def augmented_vectors(covariates: Floats, robustness: float) -> Floats:
    """Column i: sqrt(phi) e_i on top of sqrt(1 - phi) x_i / xi; shape (n + d, n), norms at most 1.

    Raises
    ------
    TypeError, ValueError
        If robustness is no number in (0, 1]; if the result has more than 2^30 entries.
    """
    robustness = fraction_of_one("robustness", robustness, one=True)
    n, d = covariates.shape
    if n * (n + d) > LARGEST:
        raise ValueError(
            f"covariates has too many units: the walk keeps n (n + d) numbers (n = {n}, d = {d})"
        )
    largest = np.abs(covariates).max(initial=0.0)
    scaled = covariates / largest if largest > 0 else covariates
    xi = np.sqrt((scaled * scaled).sum(axis=1)).max(initial=0.0)
    balanced = scaled / xi if xi > 0 else scaled
    return np.vstack([np.sqrt(robustness) * np.eye(len(covariates)), np.sqrt(1 - robustness) * balanced.T])
