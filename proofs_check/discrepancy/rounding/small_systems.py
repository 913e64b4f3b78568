"""Small systems for rounding to a vertex: all of them, their ranks and directions, and trees of choices."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from lemmata.claims import Run
from lemmata.discrepancy.rounding import exact_walk, measured_walk
from lemmata.discrepancy.rounding.scaled_system import ScaledSystem

Matrix = tuple[tuple[Any, ...], ...]


def matrices(rows: int, columns: int) -> Iterator[tuple[Matrix, int]]:
    """Every matrix over -1, 0, 1 with 1 to ``columns`` columns and 0 to ``rows`` rows, and its columns."""
    yield (), columns
    for m in range(1, rows + 1):
        for n in range(1, columns + 1):
            for entries in product((-1, 0, 1), repeat=m * n):
                yield tuple(tuple(entries[i * n : (i + 1) * n]) for i in range(m)), n


def matrix_count(rows: int, columns: int, *, points: int) -> int:
    """How many there are, each with every point over so many values."""
    sizes = ((m, n) for m in range(1, rows + 1) for n in range(1, columns + 1))
    return int(points**columns + sum(3 ** (m * n) * points**n for m, n in sizes))


def apply(matrix: Sequence[Sequence[Any]], vector: Sequence[Any]) -> list[Fraction]:
    """The product of a matrix and a vector, in fractions."""
    return [
        sum((Fraction(a) * Fraction(v) for a, v in zip(row, vector, strict=True)), Fraction(0))
        for row in matrix
    ]


@cache
def directions(matrix: Matrix, n: int) -> tuple[frozenset[int], ...]:
    """Which coordinates the integer vectors d with A d = 0 move, d not 0.

    Where columns are dependent, they are so with subdeterminants as weights, at most 2 for two rows over -1,
    0, 1 and at most 4 for three.
    """
    largest = 2 if len(matrix) < 3 else 4
    vectors = np.array(list(product(range(-largest, largest + 1), repeat=n)))
    kernel = vectors[~(vectors @ np.array(matrix, dtype=np.int64).reshape(-1, n).T).any(axis=1)]
    supports = {frozenset(np.flatnonzero(vector).tolist()) for vector in kernel if vector.any()}
    return tuple(supports)


@cache
def rank(matrix: Matrix) -> int:
    """By elimination in fractions."""
    rows = [[Fraction(entry) for entry in row] for row in matrix]
    found = 0
    for j in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(found, len(rows)) if rows[i][j]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for i in range(found + 1, len(rows)):
            factor = rows[i][j] / rows[found][j]
            if factor:
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found


@dataclass(frozen=True)
class Moments:
    """Of all outcomes of a walk: mean, trace of the covariance, total probability; and what it chose from."""

    mean: list[Fraction]
    variance: Fraction
    total: Fraction
    all_rounded: bool
    choices: frozenset[tuple[Fraction, Fraction]]


def moments(matrix: Sequence[Sequence[Any]], x: Sequence[Fraction]) -> Moments:
    """Moments of the exact walk, over all choices that it can make."""
    columns = [[Fraction(row[j]) for row in matrix] for j in range(len(x))]
    mean, square, total = [Fraction(0)] * len(x), Fraction(0), Fraction(0)
    all_rounded = True
    choices: set[tuple[Fraction, Fraction]] = set()
    scripts: list[list[bool]] = [[]]
    while scripts:
        script = scripts.pop()
        made: list[bool] = []
        probability = Fraction(1)

        def choose(_: int, up: Fraction, down: Fraction) -> bool:
            nonlocal probability
            rises = script[len(made)] if len(made) < len(script) else True  # noqa: B023 - used at once
            made.append(rises)  # noqa: B023
            choices.add((up, down))
            if up + down:
                probability *= (down if rises else up) / (up + down)
            elif rises:
                probability *= 0  # no room either way: one of the two branches is enough
            return rises

        y, _ = exact_walk.walk_to_vertex(x, iter(columns), len(matrix), choose)
        total += probability
        mean = [a + probability * b for a, b in zip(mean, y, strict=True)]
        square += probability * sum((b - a) ** 2 for a, b in zip(x, y, strict=True))
        all_rounded &= all(value in (0, 1) for value in y)
        scripts += [[*made[:k], False] for k in range(len(script), len(made))]
    return Moments(mean, square, total, all_rounded, frozenset(choices))


@contextmanager
def walks_that_find_nothing() -> Iterator[None]:
    """The walk in doubles breaks down at once, so that all of it is done in rationals, or refused."""
    module: Any = measured_walk
    true = module.walk_and_correct

    def nothing(x: Any, system: ScaledSystem, *_: Any) -> measured_walk.Found:
        return measured_walk.Found(x.copy(), np.arange(0), np.full(system.m, np.inf))

    module.walk_and_correct = nothing
    try:
        yield
    finally:
        module.walk_and_correct = true


class _Bits:
    """Stands for a generator: hands out the digits of one number, in base 2^32, and then zeros."""

    def __init__(self, number: int) -> None:
        self._digits = [number >> 32, number & (2**32 - 1)]

    def integers(self, low: int, high: int) -> int:
        """The next digit, where all of them are asked for; another number of values takes its top bits."""
        digit = self._digits.pop(0) if self._digits else 0
        return low + digit * (high - low) // 2**32


def threshold_of_a_choice(up: Fraction, down: Fraction) -> Fraction:
    """Probability that `fair_choice` rises, up to 2^-64: the least 64 bits with which it does not."""
    low, high = 0, 2**64
    while low < high:
        middle = (low + high) // 2
        generator = cast(np.random.Generator, _Bits(middle))
        if exact_walk.fair_choice(generator)(0, up, down):
            low = middle + 1
        else:
            high = middle
    return Fraction(low, 2**64)


def nearly_dependent_columns(run: Run) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Matrices of doubles whose columns are dependent, and the same with one last digit changed."""
    first = np.array([1 + 2.0**-40, 1 + 2.0**-30])
    yield "a vector and three times it", np.stack([first, 3 * first], axis=1)
    yield "the same, but for the last digit", np.stack([first, 3 * first + [0, 2.0**-51]], axis=1)
    for k in (1, 20, 31, 32, 40):
        power = 2.0**k
        yield "a vector and a power of two times it", np.stack([first, power * first], axis=1)
        yield "powers of two, dependent", np.array([[1.0, power], [power, power**2]])
        yield "powers of two, independent", np.array([[1.0, power], [power, 2 * power**2]])
    for _ in range(run.choose(5, 20, 100)):
        m = int(run.rng.integers(2, 6))
        columns = run.rng.integers(-(2**50), 2**50, (m, int(run.rng.integers(2, m + 1)))).astype(np.float64)
        columns[:, -1] = columns[:, :-1].sum(axis=1)  # exactly, as 53 bits hold it
        scales = 2.0 ** run.rng.integers(0, 61, (m, 1))
        yield "a column is the sum of the others", columns * scales
        columns[int(run.rng.integers(m)), -1] += 1
        yield "the same, but for the last digit", columns * scales
