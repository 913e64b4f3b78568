"""Total unimodularity, decided by colourings instead of determinants (DIS-20).

Source: A. Ghouila-Houri, Caractérisation des matrices totalement unimodulaires (1962).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lemmata.discrepancy.colorings.hereditary import hereditary_discrepancy
from lemmata.discrepancy.definition import as_vectors
from lemmata.options import whole_number


def is_totally_unimodular(vectors: ArrayLike, *, limit: int = 16) -> bool:
    """Whether every square submatrix has determinant -1, 0 or 1.

    A matrix over -1, 0, 1 has that property if and only if its hereditary discrepancy is at most 1.

    Parameters
    ----------
    vectors : array_like, shape (d, n)
        Integers, Booleans, `fractions.Fraction` objects or finite floats.
    limit : int
        Refuse more columns than this, and more than 30 whatever it is, as `hereditary_discrepancy`.

    Returns
    -------
    bool

    Raises
    ------
    TypeError, ValueError
        As `lemmata.discrepancy.discrepancy`; for more than ``limit`` columns, or more than 30, over
        -1, 0, 1; for a limit that is no natural number.

    Notes
    -----
    An entry other than -1, 0, 1 is a determinant: then the answer is False at once, at any size and scale.
    Cost otherwise: O(3^n d), that of `hereditary_discrepancy`, whatever the number of rows, while there are
    C(d + n, n) - 1 determinants (DIS-20).

    Examples
    --------
    Intervals on a line are totally unimodular, the three pairs of three elements are not:

    >>> is_totally_unimodular([[1, 1, 0, 0], [0, 1, 1, 1], [1, 1, 1, 0]])
    True
    >>> is_totally_unimodular([[1, 1, 0], [0, 1, 1], [1, 0, 1]])
    False
    """
    matrix = as_vectors("vectors", vectors)
    limit = whole_number("limit", limit, minimum=0)
    if not np.isin(matrix, (-1, 0, 1)).all():
        return False
    return hereditary_discrepancy(matrix.astype(np.int64), limit=limit).value <= 1
