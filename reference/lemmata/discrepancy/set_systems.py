"""Set systems and sign matrices whose discrepancy is known or easily found by hand.

Values: DIS-8 (Hadamard matrices), DIS-9 (projective planes), DIS-10 (progressions, subcubes).

Matrices have one row per set and one column per element, entries 0 and 1 (or -1 and 1 for Hadamard matrices).
"""

from collections.abc import Iterator
from itertools import combinations, permutations, product

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.int64]


def sylvester_hadamard(exponent: int) -> Matrix:
    """Sylvester's Hadamard matrix of order 2**exponent; its first row and column are all ones.

    Raises
    ------
    ValueError
        For a negative exponent.

    Examples
    --------
    >>> sylvester_hadamard(1)
    array([[ 1,  1],
           [ 1, -1]])
    """
    if exponent < 0:
        raise ValueError(f"exponent must not be negative (exponent = {exponent})")
    matrix = np.ones((1, 1), dtype=np.int64)
    for _ in range(exponent):
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix


def paley_hadamard(prime: int) -> Matrix:
    """Paley's Hadamard matrix of order prime + 1, for a prime that is 3 modulo 4; its first column is all
    ones.

    Raises
    ------
    ValueError
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
    if not is_prime(prime) or prime % 4 != 3:
        raise ValueError(f"prime must be a prime that is 3 modulo 4 (prime = {prime})")
    squares = {x * x % prime for x in range(1, prime)}
    character = np.array([0] + [1 if x in squares else -1 for x in range(1, prime)], dtype=np.int64)
    index = np.arange(prime)
    core = character[(index[None, :] - index[:, None]) % prime] - np.eye(prime, dtype=np.int64)
    matrix = np.ones((prime + 1, prime + 1), dtype=np.int64)
    matrix[1:, 1:] = core
    return matrix


def hadamard_system(hadamard: Matrix) -> Matrix:
    """The set system (H + J) / 2 of a Hadamard matrix: each row's elements are its ones."""
    return np.asarray((np.asarray(hadamard, dtype=np.int64) + 1) // 2)


def projective_plane(order: int) -> Matrix:
    """Lines (rows) and points (columns) of the projective plane over the field with a prime number of
    elements.

    Raises
    ------
    ValueError
        If the order is no prime.

    Examples
    --------
    >>> plane = projective_plane(2)
    >>> plane.shape, plane.sum(axis=1).tolist()
    ((7, 7), [3, 3, 3, 3, 3, 3, 3])
    """
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
    ValueError
        For n < 1.

    Examples
    --------
    >>> arithmetic_progressions(3).tolist()
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 1, 1], [1, 0, 1], [0, 1, 1]]
    """
    if n < 1:
        raise ValueError(f"n must be positive (n = {n})")
    sets: list[tuple[int, ...]] = [(a,) for a in range(n)]
    for start in range(n):
        for step in range(1, n - start):
            sets += [tuple(range(start, last + 1, step)) for last in range(start + step, n, step)]
    return from_sets(sets, n)


def subcubes(dimension: int) -> Matrix:
    """All 3^d subcubes of {0, 1}^d: each coordinate is fixed to 0, fixed to 1, or free.

    Raises
    ------
    ValueError
        For a negative dimension.

    Examples
    --------
    >>> subcubes(1).tolist()
    [[1, 0], [0, 1], [1, 1]]
    """
    if dimension < 0:
        raise ValueError(f"dimension must not be negative (dimension = {dimension})")
    matrix = np.ones((1, 1), dtype=np.int64)
    edge = np.array([[1, 0], [0, 1], [1, 1]], dtype=np.int64)
    for _ in range(dimension):
        matrix = np.kron(matrix, edge)
    return matrix


def intervals(n: int) -> Matrix:
    """All intervals {a, ..., b} of {1, ..., n}: totally unimodular, hereditary discrepancy 1."""
    return from_sets([tuple(range(a, b)) for a in range(n) for b in range(a + 1, n + 1)], n)


def all_systems(n: int, sets: int | None = None) -> Iterator[Matrix]:
    """Every system of distinct nonempty sets over n labelled elements, or those with the given number of
    sets.

    2^(2^n - 1) - 1 systems in all; the rows come in increasing binary order.
    """
    subsets = np.array([[mask >> j & 1 for j in range(n)] for mask in range(1, 1 << n)], dtype=np.int64)
    counts = range(1, len(subsets) + 1) if sets is None else (sets,)
    for count in counts:
        for chosen in combinations(range(len(subsets)), count):
            yield subsets[list(chosen)]


def systems_up_to_relabelling(n: int, sets: int | None = None) -> Iterator[Matrix]:
    """One system of each class of `all_systems` under permutations of the elements.

    A system is kept if no permutation of the elements makes its sorted tuple of sets smaller.
    """
    tables = [
        [sum((mask >> j & 1) << image[j] for j in range(n)) for mask in range(1 << n)]
        for image in permutations(range(n))
    ]
    counts = range(1, 1 << n) if sets is None else (sets,)
    for count in counts:
        for chosen in combinations(range(1, 1 << n), count):
            if all(tuple(sorted(table[mask] for mask in chosen)) >= chosen for table in tables):
                yield np.array([[mask >> j & 1 for j in range(n)] for mask in chosen], dtype=np.int64)


def random_system(elements: int, sets: int, degree: int, rng: np.random.Generator) -> Matrix:
    """Each element in ``degree`` random sets, so that every column has that many ones.

    Raises
    ------
    ValueError
        If the degree exceeds the number of sets.
    """
    if degree > sets:
        raise ValueError(f"degree must not exceed sets (degree = {degree}, sets = {sets})")
    matrix = np.zeros((sets, elements), dtype=np.int64)
    for j in range(elements):
        matrix[rng.choice(sets, degree, replace=False), j] = 1
    return matrix


def from_sets(sets: list[tuple[int, ...]], n: int) -> Matrix:
    """Incidence matrix of sets of elements 0, ..., n - 1; repeated sets are kept once."""
    distinct = list(dict.fromkeys(sets))
    matrix = np.zeros((len(distinct), n), dtype=np.int64)
    for i, members in enumerate(distinct):
        matrix[i, list(members)] = 1
    return matrix


def is_prime(number: int) -> bool:
    """Whether the number is a prime, by trial division."""
    return number > 1 and all(number % k for k in range(2, int(number**0.5) + 1))
