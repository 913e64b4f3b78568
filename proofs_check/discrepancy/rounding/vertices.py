"""Rounding to a vertex: independence, the exact walk, the martingale (DIS-1, DIS-2, DIS-4)."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata import discrepancy
from lemmata.claims import Run, check
from lemmata.costs import Costs
from lemmata.discrepancy.rounding import blocked_walk, certificate, exact_walk

from .small_systems import (
    apply,
    directions,
    matrices,
    matrix_count,
    moments,
    rank,
    threshold_of_a_choice,
    walks_that_find_nothing,
)

HALF = Fraction(1, 2)


@check("DIS-1")
def vertices_have_independent_columns(run: Run) -> None:
    """Every small matrix and half-integral point: a vertex has no two-sided direction, and few fractions."""
    equivalent, few, attained = run.clauses("abc")
    rows, columns = run.choose((2, 3), (2, 4), (3, 3))
    size = matrix_count(rows, columns, points=3)
    members = (
        (matrix, point)
        for matrix, n in matrices(rows, columns)
        for point in product((Fraction(0), HALF, Fraction(1)), repeat=n)
    )
    domain = f"every matrix over -1, 0, 1 of at most {rows} x {columns}, every y over 0, 1/2, 1"
    for matrix, y in run.every(members, domain, size=size):
        support = {j for j, value in enumerate(y) if value == HALF}
        # y + d and y - d stay in the cube, for a short d, exactly if d moves fractional coordinates only.
        is_vertex = not any(moved <= support for moved in directions(matrix, len(y)))
        chosen = [[Fraction(row[j]) for row in matrix] for j in sorted(support)]
        equivalent.equal(certificate.independent(chosen), is_vertex, A=matrix, y=y)
        if few.concerns(is_vertex):
            few.holds(len(support), "<=", rank(matrix), A=matrix, y=y)
        if len(support) == len(y):
            found = discrepancy.round_to_vertex(list(y), np.array(matrix).reshape(-1, len(y)), exact=True)
            few.holds(len(found.fractional), "<=", rank(matrix), A=matrix, x=y)
            left = [j for j, value in enumerate(found.values.tolist()) if value not in (0, 1)]
            few.equal(found.fractional.tolist(), left, A=matrix, x=y)
    prime = certificate.PRIME  # a matrix of it has rank 0 modulo the prime, and 1 over it cannot be reduced
    for name, entry in run.samples(
        (("the prime", Fraction(prime)), ("one over it", Fraction(1, prime))),
        "multiples and parts of 2^31 - 1",
    ):
        equivalent.equal(certificate.independent([[entry]]), True, A=name)
        pair = [[entry, Fraction(1)], [2 * entry, Fraction(2)]]
        equivalent.equal(certificate.independent(pair), False, A=f"columns ({name}, 1) and twice that")
    for n in run.every(range(9), "identities of order at most 8", size=9):
        found = discrepancy.round_to_vertex([HALF] * n, np.eye(n, dtype=int), exact=True)
        attained.attains(len(found.fractional), n, A=f"identity of order {n}", x="all 1/2")


@check("DIS-2")
def constraints_are_kept_as_an_identity(run: Run) -> None:
    """Small systems exhaustively, larger ones at random: identities; multiplications, read off the steps."""
    points = (Fraction(0), Fraction(1, 3), HALF, Fraction(1))
    members = ((matrix, point) for matrix, n in matrices(1, 3) for point in product(points, repeat=n))
    domain = "every row over -1, 0, 1 with at most 3 entries, and none; every x over 0, 1/3, 1/2, 1"
    for row, point in run.every(members, domain, size=matrix_count(1, 3, points=4)):
        _exact_rounding(run, np.array(row, dtype=object).reshape(-1, len(point)), list(point), None)
    for matrix, x, seed in run.samples(_random_systems(run), "random systems of at most 5 rows, 24 columns"):
        _exact_rounding(run, matrix, x, seed)
    kept, vertex, cost = run.clauses("abc")
    for m in run.samples((1, 2), "5000 columns of m integers, more than are read at a time"):
        entries = run.rng.integers(1, 50, (m, 5000))
        costs = Costs()
        found = discrepancy.round_to_vertex([Fraction(1, 3)] * 5000, entries, exact=True, costs=costs)
        third = [3 * value - 1 for value in found.values.tolist()]
        kept.equal([sum(a * t for a, t in zip(row, third, strict=True)) for row in entries.tolist()], [0] * m)
        left = [j for j, value in enumerate(found.values.tolist()) if value not in (0, 1)]
        vertex.equal(found.fractional.tolist(), left, m=m, n=5000)
        vertex.equal(rank(tuple(map(tuple, entries[:, left].tolist()))), len(left), m=m, n=5000)
        cost.holds(costs.multiplications, "<=", run.formula("exact_walk_multiplications")(5000, m), m=m)


def _random_systems(run: Run) -> Iterator[tuple[NDArray[Any], list[Fraction], int | None]]:
    rng = run.rng
    for case in range(run.choose(60, 400, 4000)):
        m, n = int(rng.integers(0, 6)), int(rng.integers(0, 25))
        kind = rng.integers(0, 3)
        matrix = rng.integers(-3, 4, (m, n)) if kind else rng.standard_normal((m, n))
        if kind == 2 and m > 1:
            matrix[-1] = matrix[0]
        x = [Fraction(int(k), 12) for k in rng.integers(0, 13, n)]
        yield np.array(matrix.tolist(), dtype=object).reshape(m, n), x, (None, case)[case % 2]


def _exact_rounding(run: Run, matrix: NDArray[Any], x: list[Fraction], seed: int | None) -> None:
    kept, vertex, cost = run.clauses("abc")
    m, inputs = len(matrix), {"A": matrix, "x": x, "rng": seed}
    costs, steps = Costs(), list[Any]()
    try:
        found = discrepancy.round_to_vertex(
            x, matrix, exact=True, unbiased=seed is not None, rng=seed, costs=costs, trace=steps
        )
    except ArithmeticError as error:  # the walk found out by itself that it is wrong
        vertex.equal(str(error), "a vertex", **inputs)
        return
    y = [Fraction(value) for value in found.values.tolist()]
    kept.equal(apply(matrix.tolist(), y), apply(matrix.tolist(), x), **inputs)
    kept.equal(found.residual.tolist(), [0] * m, **inputs)
    fractional = [j for j, value in enumerate(y) if value not in (0, 1)]
    vertex.equal(fractional, found.fractional.tolist(), **inputs)
    vertex.equal(all(0 <= value <= 1 for value in y), True, **inputs)
    vertex.equal(
        [b for a, b in zip(x, y, strict=True) if a in (0, 1)], [a for a in x if a in (0, 1)], **inputs
    )
    vertex.equal(
        rank(tuple(tuple(row[j] for j in fractional) for row in matrix.tolist())), len(fractional), **inputs
    )
    inside = sum(0 < value < 1 for value in x)
    cost.holds(costs.multiplications, "<=", run.formula("exact_walk_multiplications")(inside, m), **inputs)
    cost.equal(costs.multiplications, sum(_multiplications(step, m) for step in steps), **inputs)


def _multiplications(step: Any, m: int) -> int:
    """Of one step of the exact walk: the coordinates, two ends and a move for each basic one, the inverse."""
    if isinstance(step, exact_walk.ColumnJoined):
        return m * m + m + m * m
    return m * m + 3 * len(step.basic) + (0 if step.settled == step.coordinate else m + m * m)


@check("DIS-4")
def roundings_are_right_on_average(run: Run) -> None:
    """The whole tree of choices of small systems, with its probabilities, in fractions."""
    mean, martingale, spread, equality = run.clauses("abcd")
    thresholds: dict[tuple[Fraction, Fraction], Fraction] = {}

    def tree(matrix: Sequence[Sequence[Any]], x: Sequence[Fraction]) -> None:
        inputs = {"A": matrix, "x": x}
        moment = moments(matrix, x)
        mean.equal(moment.total, 1, **inputs)
        mean.equal(moment.mean, list(x), **inputs)
        most = sum((v * (1 - v) for v in x), Fraction(0))
        spread.holds(moment.variance, "<=", most, **inputs)
        if equality.concerns(moment.all_rounded):
            equality.equal(moment.variance, most, **inputs)
        martingale.concerns(moment.choices)
        for up, down in sorted(moment.choices):
            # The step's mean, at the probability that the fair choice has: a threshold of random bits.
            if (up, down) not in thresholds:
                if len(thresholds) == MOST_THRESHOLDS:
                    continue
                thresholds[up, down] = threshold_of_a_choice(up, down)
            off = abs(thresholds[up, down] * up - (1 - thresholds[up, down]) * down)
            martingale.holds(off, "<=", (up + down) / 2**60, up=up, down=down)

    members = (
        (matrix, point) for matrix, n in matrices(1, 3) for point in product((Fraction(1, 3), HALF), repeat=n)
    )
    domain = "every row over -1, 0, 1 with at most 3 entries, and none; every x over 1/3, 1/2"
    for row, start in run.every(members, domain, size=matrix_count(1, 3, points=2)):
        tree(row, start)
    systems = [
        (run.rng.integers(-2, 3, (m, n)).tolist(), [Fraction(int(k), 6) for k in run.rng.integers(0, 7, n)])
        for m, n in run.rng.integers((0, 1), (4, 8), (run.choose(10, 150, 1500), 2)).tolist()
    ]
    for matrix, x in run.samples(systems, "the tree of random systems of at most 3 rows and 7 columns"):
        tree([[Fraction(entry) for entry in row] for row in matrix], x)
    for up, down in run.samples(product((0.125, 0.25, 0.5, 1.0), repeat=2), "steps in doubles"):
        share = float(np.mean([blocked_walk.goes_up(up, down, u) for u in (np.arange(4096) + 0.5) / 4096]))
        martingale.holds(abs(share * up - (1 - share) * down), "<=", (up + down) / 4096, up=up, down=down)
    for rows, point in run.samples(FLOAT_MEANS, f"means of the walks over {FLOAT_SEEDS} seeds"):
        seeds = run.rng.integers(0, 2**63, FLOAT_SEEDS)
        deviation = np.sqrt(np.array(point) * (1 - np.array(point)) / FLOAT_SEEDS)  # at most, by (c)
        for exact in (False, True):
            inputs = {"A": rows, "x": point, "seeds": FLOAT_SEEDS, "exact": exact}
            drawn = [
                discrepancy.round_to_vertex(point, rows, unbiased=True, rng=seed, exact=exact).values
                for seed in seeds
            ]
            off = np.abs(np.array(drawn, dtype=np.float64).mean(axis=0) - point)
            mean.holds(off / deviation, "<=", 6.0, **inputs)
    for rows, point in run.samples(FLOAT_MEANS[:1], "the same where the walk in doubles finds nothing"):
        with walks_that_find_nothing():
            drawn = [
                discrepancy.round_to_vertex(point, rows, unbiased=True, rng=seed).values
                for seed in seeds[:200]
            ]
        deviation = np.sqrt(np.array(point) * (1 - np.array(point)) / 200)
        off = np.abs(np.array(drawn, dtype=np.float64).mean(axis=0) - point)
        mean.holds(off / deviation, "<=", 6.0, A=rows, x=point, seeds=200)
    for m in run.samples((0, 1, 20), "10000 columns of m zeros: every coordinate is a coin of its own"):
        halves, nothing = np.full(10_000, 0.5), np.zeros((m, 10_000))
        coins = discrepancy.round_to_vertex(halves, nothing, unbiased=True, rng=run.rng).values
        for lag in (*range(1, 130), 4096, 8192):  # within blocks, from block to block, and between reads
            alike = coins[lag:] == coins[:-lag]
            deviations = sqrt(len(alike)) / 2
            martingale.holds(abs(int(alike.sum()) - len(alike) / 2), "<=", 7 * deviations, m=m, lag=lag)


FLOAT_SEEDS = 600
MOST_THRESHOLDS = 100
# The columns of the second system are dependent up to 2^-27, so that the walk is finished in rationals.
FLOAT_MEANS = (
    ([[1.0, 2.0, 3.0, 4.0]], [0.5, 0.25, 0.5, 0.75]),
    (
        [
            [1.9999999925494194, -1.0000000037252903, -7.450580596923828e-09],
            [2.000000022351742, -1.0000000149011612, -3.725290298461914e-09],
            [2.0000000074505806, -1.0000000037252903, 0.0],
        ],
        [0.3, 0.3, 0.3],
    ),
    # More rows than columns, and all of them alike.
    ([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 2.0, 3.0], [3.0, 6.0, 9.0]], [0.3, 0.3, 0.3]),
)
