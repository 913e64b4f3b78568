"""Set systems and sign matrices whose discrepancy is known or easily found by hand.

Values: DIS-8 (Hadamard matrices), DIS-9 (projective planes), DIS-10 (progressions, subcubes).

Matrices have one row per set and one column per element, entries 0 and 1 (or -1 and 1 for Hadamard matrices).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations, product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.discrepancy.definition import as_vectors
from lemmata.options import random_numbers, whole_number

Matrix = NDArray[np.int64]

LARGEST = 2**30
"""Entries of the largest matrix that is built: 8 GiB."""


def sylvester_hadamard(exponent: int) -> Matrix:
    """Sylvester's Hadamard matrix of order 2**exponent; its first row and column are all ones.

    Raises
    ------
    TypeError, ValueError
        For a negative exponent.

    Examples
    --------
    >>> sylvester_hadamard(1)
    array([[ 1,  1],
           [ 1, -1]])
    """
    exponent = whole_number("exponent", exponent, minimum=0)
    _refuse_large("exponent", exponent, 4 ** min(exponent, 99))
    matrix = np.ones((1, 1), dtype=np.int64)
    for _ in range(exponent):
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix


def paley_hadamard(prime: int) -> Matrix:
    """Paley's Hadamard matrix of order prime + 1, for a prime that is 3 modulo 4; its first column is all
    ones.

    Raises
    ------
    TypeError, ValueError
        For a number that is not such a prime.

    Notes
    -----
    With Q_ij = 1 where j - i is a square, -1 where it is not, 0 on the diagonal, Q Q^T = p I - J, and
    bordering I - Q makes the rows orthogonal.

    Examples
    --------
    >>> matrix = paley_hadamard(11)
    >>> bool((matrix.T @ matrix == 12 * np.eye(12)).all())
    True
    """
    _refuse_large("prime", prime, whole_number("prime", prime, minimum=2) ** 2)
    if not is_prime(prime) or prime % 4 != 3:
        raise ValueError(f"prime must be a prime that is 3 modulo 4 (prime = {prime})")
    squares = {x * x % prime for x in range(1, prime)}
    character = np.array([0] + [1 if x in squares else -1 for x in range(1, prime)], dtype=np.int64)
    index = np.arange(prime)
    core = character[(index[None, :] - index[:, None]) % prime] - np.eye(prime, dtype=np.int64)
    matrix = np.ones((prime + 1, prime + 1), dtype=np.int64)
    matrix[1:, 1:] = core
    return matrix


def hadamard_system(hadamard: ArrayLike) -> Matrix:
    """The set system (H + J) / 2 of a Hadamard matrix: each row's elements are its ones.

    Raises
    ------
    TypeError, ValueError
        For what is no matrix of entries -1 and 1; the first other entry is named.
    """
    matrix = as_vectors("hadamard", hadamard)
    for i, j in np.argwhere((matrix != 1) & (matrix != -1)).tolist():
        raise ValueError(f"hadamard must hold -1 and 1 (hadamard[{i}, {j}] = {matrix[i, j]})")
    return np.asarray((matrix == 1).astype(np.int64))


def projective_plane(order: int) -> Matrix:
    """Lines (rows) and points (columns) of the projective plane over the field with a prime number of
    elements.

    Raises
    ------
    TypeError, ValueError
        If the order is no prime.

    Examples
    --------
    >>> plane = projective_plane(2)
    >>> plane.shape, plane.sum(axis=1).tolist()
    ((7, 7), [3, 3, 3, 3, 3, 3, 3])
    """
    _refuse_large("order", order, whole_number("order", order, minimum=2) ** 4)
    if not is_prime(order):
        raise ValueError(f"order must be a prime (order = {order})")
    # One vector per line through the origin: the first nonzero coordinate is 1.
    points = [p for p in product(range(order), repeat=3) if next((c for c in p if c), 0) == 1]
    coordinates = np.array(points, dtype=np.int64)
    return np.asarray((coordinates @ coordinates.T % order == 0).astype(np.int64))


def arithmetic_progressions(n: int) -> Matrix:
    """All arithmetic progressions in {1, ..., n} as distinct nonempty sets.

    Raises
    ------
    TypeError, ValueError
        For n < 1; for n above 701, where the matrix has more than 2^30 entries.

    Examples
    --------
    >>> arithmetic_progressions(3).tolist()
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1], [1, 0, 1], [0, 1, 1]]
    """
    n = whole_number("n", n, minimum=1)
    _refuse_large("n", n, n * n * (n + 1) // 2)  # the intervals alone
    _refuse_large("n", n, n * _progressions(n))
    sets: list[tuple[int, ...]] = [(a,) for a in range(n)]
    for start in range(n):
        for step in range(1, n - start):
            sets += [tuple(range(start, last + 1, step)) for last in range(start + step, n, step)]
    return from_sets(sets, n)


def _progressions(n: int) -> int:
    """Number of progressions in {1, ..., n}: a step divides the distance k of its first and last elements."""
    count = n
    for step in range(1, n):
        # k = step, 2 step, ...; n - k places for each.
        multiples = (n - 1) // step
        count += n * multiples - step * multiples * (multiples + 1) // 2
    return count


def subcubes(dimension: int) -> Matrix:
    """All 3^d subcubes of {0, 1}^d: each coordinate is fixed to 0, fixed to 1, or free.

    Raises
    ------
    TypeError, ValueError
        For a negative dimension.

    Examples
    --------
    >>> subcubes(1).tolist()
    [[1, 0], [0, 1], [1, 1]]
    """
    dimension = whole_number("dimension", dimension, minimum=0)
    _refuse_large("dimension", dimension, 6 ** min(dimension, 99))
    matrix = np.ones((1, 1), dtype=np.int64)
    edge = np.array([[1, 0], [0, 1], [1, 1]], dtype=np.int64)
    for _ in range(dimension):
        matrix = np.kron(matrix, edge)
    return matrix


def intervals(n: int) -> Matrix:
    """All intervals {a, ..., b} of {1, ..., n}: totally unimodular, hereditary discrepancy 1.

    Raises
    ------
    TypeError, ValueError
        For an n that is no natural number, or too large.
    """
    n = whole_number("n", n, minimum=0)
    _refuse_large("n", n, n**3)
    return from_sets([tuple(range(a, b)) for a in range(n) for b in range(a + 1, n + 1)], n)


def all_systems(n: int, sets: int | None = None) -> Iterator[Matrix]:
    """Every system of distinct nonempty sets over n labelled elements, or those with the given number of
    sets.

    2^(2^n - 1) - 1 systems in all; the rows come in increasing binary order.

    Raises
    ------
    TypeError, ValueError
        For an n that is no natural number or above 16 (all 2^n subsets are listed), and for a number of sets
        that is not positive.
    """
    n, counts = _sizes(n, sets, 16)
    subsets = np.array([[mask >> j & 1 for j in range(n)] for mask in range(1, 1 << n)], dtype=np.int64)
    return (subsets[list(chosen)] for count in counts for chosen in combinations(range(len(subsets)), count))


def systems_up_to_relabelling(n: int, sets: int | None = None) -> Iterator[Matrix]:
    """One system of each class of `all_systems` under permutations of the elements.

    A system is kept if no permutation of the elements makes its sorted tuple of sets smaller.

    Raises
    ------
    TypeError, ValueError
        As `all_systems`; for an n above 8 (all n! permutations are listed).
    """
    n, counts = _sizes(n, sets, 8)
    tables = [
        [sum((mask >> j & 1) << image[j] for j in range(n)) for mask in range(1 << n)]
        for image in permutations(range(n))
    ]
    return (
        np.array([[mask >> j & 1 for j in range(n)] for mask in chosen], dtype=np.int64)
        for count in counts
        for chosen in combinations(range(1, 1 << n), count)
        if all(tuple(sorted(table[mask] for mask in chosen)) >= chosen for table in tables)
    )


def _sizes(n: int, sets: int | None, most: int) -> tuple[int, Sequence[int]]:
    """The number of elements, and the numbers of sets to go through."""
    n = whole_number("n", n, minimum=0)
    if n > most:
        raise ValueError(f"n must be at most {most} (n = {n})")
    return n, range(1, 1 << n) if sets is None else [whole_number("sets", sets, minimum=1)]


def random_system(n: int, sets: int, degree: int, rng: np.random.Generator | int | None = None) -> Matrix:
    """Each of n elements in ``degree`` random sets, so that every column has that many ones.

    Randomness is passed to `numpy.random.default_rng`.

    Raises
    ------
    TypeError, ValueError
        For counts that are no natural numbers; if the degree exceeds the number of sets.
    """
    n = whole_number("n", n, minimum=0)
    sets, degree = whole_number("sets", sets, minimum=0), whole_number("degree", degree, minimum=0)
    _refuse_large("n", n, n * sets)
    if degree > sets:
        raise ValueError(f"degree must not exceed sets (degree = {degree}, sets = {sets})")
    generator = random_numbers(rng)
    matrix = np.zeros((sets, n), dtype=np.int64)
    for j in range(n):
        matrix[generator.choice(sets, degree, replace=False), j] = 1
    return matrix


def from_sets(sets: list[tuple[int, ...]], n: int) -> Matrix:
    """Incidence matrix of sets of elements 0, ..., n - 1; repeated sets are kept once."""
    distinct = list(dict.fromkeys(sets))
    matrix = np.zeros((len(distinct), n), dtype=np.int64)
    for i, members in enumerate(distinct):
        matrix[i, list(members)] = 1
    return matrix


def _refuse_large(name: str, value: int, entries: int) -> None:
    if entries > LARGEST:
        raise ValueError(f"{name} is too large: the matrix has more than 2^30 entries ({name} = {value})")


def is_prime(number: int) -> bool:
    """Whether the number is a prime, by trial division."""
    return number > 1 and all(number % k for k in range(2, int(number**0.5) + 1))
