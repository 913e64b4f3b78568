"""Formulas of the theorems on rounding to a vertex and on what it means for unseen gradients."""

import math

from lemmata.discrepancy.blocked_walk import block_size, blocks_between_inversions


def walk_multiplications(n: int, m: int, inversions_by_drift: int = 0) -> float:
    """Multiplications and divisions of the blocked walk, at most (DIS-5): O(n m^2).

    Parameters
    ----------
    n, m : int
        Fractional coordinates and constraints.
    inversions_by_drift : int
        How often the basis was inverted out of turn.

    Examples
    --------
    >>> round(walk_multiplications(100_000, 64) / (100_000 * 64**2), 1)
    2.8
    """
    b = block_size(m)
    blocks = n / b + n / 4096 + 2  # the reader's chunks of 4096 columns end in shorter blocks
    inversions = blocks / blocks_between_inversions(m) + 1 + inversions_by_drift
    return n * (2 * m * m + (b + 9) * m + 2) + blocks * 3 * m * m + inversions * (m**3 + 3 * m * m)


def generalization_error(m: int, alpha: float, n: int, largest: float = 1.0) -> float:
    """Order of the expected squared error on unseen gradients, constant 1 (DIS-6).

    ``largest / m**min(1/2, alpha - 1) * log(n)**2``, for eigenvalues at most ``largest / k**alpha``.

    Raises
    ------
    ValueError
        If alpha is not above 1: the eigenvalues would not add up.

    Examples
    --------
    >>> round(generalization_error(16, 1.25, 1000), 1)
    23.9
    """
    if alpha <= 1:
        raise ValueError(f"alpha must be above 1 (alpha = {alpha})")
    return largest * math.pow(m, -min(0.5, alpha - 1)) * math.log(n) ** 2
