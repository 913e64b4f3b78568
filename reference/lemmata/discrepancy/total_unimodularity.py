"""Total unimodularity, decided by colourings instead of determinants (DIS-46).

Source: A. Ghouila-Houri, Caractérisation des matrices totalement unimodulaires (1962).
"""

from numpy.typing import ArrayLike

from lemmata.discrepancy.definition import as_vectors
from lemmata.discrepancy.hereditary import hereditary_discrepancy


def is_totally_unimodular(vectors: ArrayLike, *, limit: int = 16) -> bool:
    """Whether every square submatrix has determinant -1, 0 or 1.

    A matrix over -1, 0, 1 has that property if and only if its hereditary discrepancy is at most 1.

    Parameters
    ----------
    vectors : array_like, shape (d, n)
        Integers, Booleans, `fractions.Fraction` objects or finite floats.
    limit : int
        Refuse more columns than this, as `hereditary_discrepancy`.

    Returns
    -------
    bool

    Raises
    ------
    TypeError, ValueError
        As `hereditary_discrepancy`.

    Notes
    -----
    Cost: O(3^n d), that of `hereditary_discrepancy`, whatever the number of rows, while there are
    C(d + n, n) - 1 determinants (DIS-46).

    Examples
    --------
    Intervals on a line are totally unimodular, the three pairs of three elements are not:

    >>> is_totally_unimodular([[1, 1, 0, 0], [0, 1, 1, 1], [1, 1, 1, 0]])
    True
    >>> is_totally_unimodular([[1, 1, 0], [0, 1, 1], [1, 0, 1]])
    False
    """
    matrix = as_vectors("vectors", vectors)
    hereditary = hereditary_discrepancy(matrix, limit=limit)
    return hereditary.value <= 1 and all(entry in (-1, 0, 1) for entry in matrix.flat)
