"""The Gram-Schmidt walk on its exact distribution (DIS-24 to DIS-26), and designs by it (DIS-29)."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain, product
from math import exp, isqrt, log, sqrt
from typing import Any

import numpy as np

from lemmata import discrepancy
from lemmata.claims import Clause, Run, SymbolicIdentity, check
from lemmata.discrepancy.walks import gram_schmidt_tree, walk_design

from .walk_outcomes import (
    Point,
    Rows,
    as_vectors,
    covariance,
    is_semidefinite,
    matmul,
    minus,
    outcomes,
    outcomes_in_doubles,
    projection,
    times,
)

PALETTE: list[tuple[Fraction | int, ...]] = [
    (0, 0),
    (1, 0),
    (0, 1),
    (Fraction(3, 5), Fraction(4, 5)),
    (Fraction(-1, 2), Fraction(1, 2)),
]
"""Columns of norm at most 1 in the plane: zero, orthogonal, of norm exactly 1, short."""

STARTS: list[tuple[Fraction | int, ...]] = [
    (0, 0, 0),
    (Fraction(1, 2), Fraction(-1, 3), 0),
    (1, Fraction(1, 4), Fraction(-3, 4)),
]


def _written(points: list[tuple[Fraction | int, ...]]) -> str:
    return ", ".join(f"({', '.join(map(str, point))})" for point in points)


DOMAIN = f"every three columns out of {_written(PALETTE)}, from each of the starts {_written(STARTS)}"
RANDOM = "random rational systems with d <= 4, and pairs that are nearly orthogonal"

X_VALUES = [Fraction(0), Fraction(1, 2), Fraction(-1, 3), Fraction(3, 4), Fraction(1), Fraction(-1)]


def palette() -> Iterator[tuple[Rows, Point]]:
    """All triples of the palette with three starts."""
    for columns in product(PALETTE, repeat=3):
        for start in STARTS:
            rows = [[Fraction(column[i]) for column in columns] for i in range(2)]
            yield rows, [Fraction(z) for z in start]


def random_systems(run: Run) -> Iterator[tuple[Rows, Point]]:
    """Random columns, some of norm exactly 1; no columns, no rows and nearly orthogonal pairs among them."""
    yield [], [Fraction(0), HALF]
    yield [[], []], []
    for near in (Fraction(9, 10**5), Fraction(1, 10**6), Fraction(1, 10**8)):
        yield [[Fraction(1), near], [Fraction(0), 1 - near**2]], [Fraction(0)] * 2  # of norm at most 1
    for _ in range(run.choose(20, 150, 600)):
        d, n = int(run.rng.integers(1, 5)), int(run.rng.integers(1, run.choose(6, 7, 8)))
        columns = []
        for _ in range(n):
            column = run.rng.integers(-2, 3, d).tolist()
            square = sum(entry * entry for entry in column)
            norm = isqrt(max(square, 1) - 1) + 1  # rounded up
            columns.append([Fraction(entry, norm) for entry in column])
        x = [X_VALUES[int(k)] for k in run.rng.choice(6, n, p=[0.4, 0.2, 0.15, 0.15, 0.05, 0.05])]
        yield [[column[i] for column in columns] for i in range(d)], x


def systems(run: Run) -> Iterator[tuple[Rows, Point]]:
    """The whole domain, then random systems."""
    yield from run.every(palette(), DOMAIN, size=len(PALETTE) ** 3 * len(STARTS))
    yield from run.samples(random_systems(run), RANDOM)


HALF = Fraction(1, 2)
IN_DOUBLES = 1e-9
"""How far moments of the walk in doubles may be from the theorem's: the walk snaps at 2^-40."""


@check("DIS-24")
def means_are_kept_and_directions_are_least_squares(run: Run) -> None:
    """Outcomes and means of the exact tree and of the walk in doubles; normal equations at every node."""
    ends, mean, rational = run.clauses("abc")
    for rows, x in systems(run):
        inputs = {"vectors": rows, "x": x}
        exact, fast = outcomes(rows, x), outcomes_in_doubles(rows, x)
        fractional = sum(abs(z) < 1 for z in x)
        ends.equal(sum(exact.probabilities), 1, **inputs)
        for table in (exact, fast):
            ends.holds(len({tuple(y) for y in table.signs}), "<=", 2**fractional, **inputs)
            ends.equal([s for y in table.signs for s in y if abs(s) != 1], [], **inputs)
        ends.holds(fast.longest, "<=", fractional, **inputs)
        mean.equal(exact.mean(), x, **inputs)
        shuffled = outcomes_in_doubles(rows, x, "random")
        for walk, table in (("in doubles", fast), ("in a random order", shuffled)):
            off = [abs(float(a) - float(b)) for a, b in zip(table.mean(), x, strict=True)]
            mean.holds(max(off, default=0.0), "<=", IN_DOUBLES, walk=walk, **inputs)
        _random_order(ends, rows, x)
        columns = [tuple(column) for column in zip(*rows, strict=True)] if rows else [()] * len(x)
        nodes = [tuple(x)]
        while nodes:
            values = nodes.pop()
            step = gram_schmidt_tree.exact_step(columns, values)
            if step is None:
                continue
            nodes += [step.child(True), step.child(False)]
            _least_squares(ends, rows, columns, step, inputs)
            numbers = [*step.child(True), *step.direction, step.up, step.down, step.probability_up]
            rational.equal({type(number) for number in numbers}, {Fraction}, **inputs)


def _random_order(clause: Clause, rows: Rows, x: Point) -> None:
    """The walk in a random order is the walk of the columns in the order that the generator draws first."""
    vectors, start = as_vectors(rows, len(x)).astype(float), np.array(x, dtype=float)
    for seed in (1, 2, 3):
        found = discrepancy.gram_schmidt_walk(vectors, start, order="random", rng=seed)
        generator = np.random.default_rng(seed)
        places = generator.permutation(len(x))
        walked = discrepancy.gram_schmidt_walk(vectors[:, places], start[places], rng=generator)
        clause.equal(found[places], walked, vectors=rows, x=x, order=places, seed=seed)


def _least_squares(
    clause: Clause,
    rows: Rows,
    columns: Sequence[tuple[Fraction, ...]],
    step: discrepancy.ExactStep,
    inputs: dict[str, Any],
) -> None:
    """The direction is 1 at the pivot, moves fractional coordinates only, solves the normal equations."""
    alive = [i for i, z in enumerate(step.values) if abs(z) < 1]
    residual = times(rows, step.direction)
    normal = [
        sum((a * b for a, b in zip(columns[i], residual, strict=True)), Fraction(0)) for i in alive[:-1]
    ]
    elsewhere = [u for i, u in enumerate(step.direction) if i not in alive]
    found = [step.direction[alive[-1]], *normal, *elsewhere]
    clause.equal(found, [1, *[0] * (len(found) - 1)], at=step.values, **inputs)
    moving = [(z, u) for z, u in zip(step.values, step.direction, strict=True) if u]
    up = min((1 - z if u > 0 else 1 + z) / abs(u) for z, u in moving)
    down = min((1 + z if u > 0 else 1 - z) / abs(u) for z, u in moving)
    clause.equal([step.up, step.down], [up, down], at=step.values, **inputs)


@check("DIS-25")
def covariances_are_at_most_the_projection(run: Run) -> None:
    """P - Cov(V y) and I - P are positive semidefinite, by L D L^T in fractions; equality where it is due."""
    below, attained = run.clauses("ab")
    for rows, x in systems(run):
        inputs = {"vectors": rows, "x": x}
        exact, fast, span = outcomes(rows, x), outcomes_in_doubles(rows, x), projection(rows)
        spread = covariance([times(rows, y) for y in exact.signs], exact.probabilities, times(rows, x))
        below.equal(is_semidefinite(minus(span, spread)), True, covariance=spread, projection=span, **inputs)
        one = [[Fraction(i == j) for j in range(len(rows))] for i in range(len(rows))]
        below.equal(is_semidefinite(minus(one, span)), True, projection=span, **inputs)
        for walk in ("given", "random") if rows and x else ():
            table = fast if walk == "given" else outcomes_in_doubles(rows, x, walk)
            signs = np.array(table.signs, dtype=float).reshape(-1, len(x))
            moved = (signs - np.array(x, dtype=float)) @ np.array(rows, dtype=float).T
            in_doubles = (moved.T * table.probabilities) @ moved
            least = float(np.linalg.eigvalsh(np.array(span, dtype=float) - in_doubles).min())
            below.holds(least, ">=", -IN_DOUBLES, walk=f"in doubles, order {walk}", **inputs)
    orthonormal = [
        [[Fraction(int(i == j)) for j in range(n)] for i in range(d)]
        for d in range(1, 5)
        for n in range(1, d + 1)
    ] + [[[Fraction(3, 5), Fraction(4, 5)], [Fraction(-4, 5), Fraction(3, 5)]]]
    domain = "the first unit vectors in at most 4 dimensions, and a rotation of the plane"
    for rows in run.every(orthonormal, domain, size=11):
        x = [Fraction(0)] * len(rows[0])
        exact = outcomes(rows, x)
        spread = covariance([times(rows, y) for y in exact.signs], exact.probabilities, times(rows, x))
        attained.attains(spread, projection(rows), vectors=rows, x=x)


@check("DIS-26")
def exponential_moments_are_at_most_gaussian(run: Run) -> None:
    """E exp<w, V(y - x)> against exp(|Pw|^2/2), as Arb balls over the exact distribution, and in doubles."""
    from flint import arb, ctx, fmpq  # noqa: PLC0415 - python-flint loads only where it is used

    def ball(value: Fraction) -> arb:
        return arb(fmpq(value.numerator, value.denominator))

    clause = run.clause()
    # The algebra in the proof: A^2/alpha + w^2 - (A + eta w)^2/(alpha + eta^2) is a square.
    clause.step(
        SymbolicIdentity(
            "(a**2 + alpha*w**2)*(alpha + eta**2) - alpha*(a + eta*w)**2",
            "(eta*a - alpha*w)**2",
            ("a", "w", "alpha", "eta"),
        )
    )
    before, ctx.prec = ctx.prec, 128
    try:
        for rows, x in run.samples(chain(palette(), random_systems(run)), f"{DOMAIN}, {RANDOM}; sampled w"):
            exact, fast = outcomes(rows, x), outcomes_in_doubles(rows, x)
            clause.equal(sum(exact.probabilities), 1, vectors=rows, x=x)
            center, span = times(rows, x), projection(rows)
            for scale in (Fraction(1, 4), Fraction(1), Fraction(5, 2)):
                w = [scale * Fraction(int(k), 4) for k in run.rng.integers(-4, 5, len(rows))]
                inputs = {"vectors": rows, "x": x, "w": w}
                half = sum((a * b for a, b in zip(w, times(span, w), strict=True)), Fraction(0)) / 2

                def along(y: Sequence[int], w: list[Fraction] = w) -> Fraction:
                    moved = zip(w, times(rows, y), center, strict=True)  # noqa: B023 - used at once
                    return sum((a * (b - c) for a, b, c in moved), Fraction(0))

                moment = sum(
                    (
                        ball(p) * ball(along(y)).exp()
                        for y, p in zip(exact.signs, exact.probabilities, strict=True)
                    ),
                    arb(0),
                )
                if half:
                    clause.equal(bool(moment < ball(half).exp()), True, moment=str(moment), **inputs)
                else:  # w is orthogonal to all columns: nothing moves along it
                    clause.equal({along(y) for y in exact.signs}, {Fraction(0)}, **inputs)
                in_doubles = sum(
                    p * exp(along(y)) for y, p in zip(fast.signs, fast.probabilities, strict=True)
                )
                clause.holds(log(in_doubles), "<=", float(half) + IN_DOUBLES, walk="in doubles", **inputs)
    finally:
        ctx.prec = before


@check("DIS-29")
def designs_are_balanced_and_robust(run: Run) -> None:
    """M - M Cov(y) M and I/phi - Cov(y) are semidefinite, in fractions; frequencies of one design."""
    chances_kept, balanced, robust = run.clauses("abc")
    # phi and 1 - phi are squares of these, so that all vectors are rational.
    triples = ((3, 4, 5), (5, 12, 13), (1, 0, 1))
    roots = [(Fraction(a, c), Fraction(b, c)) for a, b, c in triples]
    for _ in run.samples(range(run.choose(25, 100, 400)), "random designs with n <= 4 and d <= 3, exactly"):
        n, d = int(run.rng.integers(1, 5)), int(run.rng.integers(1, 4))
        root, other = roots[int(run.rng.integers(0, 3))]
        covariates = [[Fraction(int(k)) for k in run.rng.integers(-2, 3, d)] for _ in range(n)]
        covariates[0] = [Fraction(4), *[Fraction(0)] * (d - 1)]  # the longest row: xi = 4
        x = [X_VALUES[int(k)] for k in run.rng.integers(0, 4, n)]
        private = [[root if i == j else Fraction(0) for j in range(n)] for i in range(n)]
        shared = [[other * covariates[j][i] / 4 for j in range(n)] for i in range(d)]
        rows = private + shared
        inputs = {"covariates": covariates, "x": x, "robustness": root**2}
        floats = walk_design.augmented_vectors(np.array(covariates, dtype=np.float64), float(root) ** 2)
        balanced.holds(np.abs(floats - np.array(rows, dtype=np.float64)), "<=", 1e-14, **inputs)
        exact = outcomes(rows, x)
        spread = covariance([[Fraction(s) for s in y] for y in exact.signs], exact.probabilities, x)
        gram = [[sum((row[i] * row[j] for row in rows), Fraction(0)) for j in range(n)] for i in range(n)]
        # C <= M^-1 is the same as M C M <= M, by congruence.
        balanced.equal(is_semidefinite(minus(gram, matmul(matmul(gram, spread), gram))), True, **inputs)
        bound = [[Fraction(i == j) / root**2 for j in range(n)] for i in range(n)]
        robust.equal(is_semidefinite(minus(bound, spread)), True, covariance=spread, **inputs)
    seeds = run.choose(1500, 6000, 20000)
    chances = [0.5, 0.25, 0.75, 1.0]
    table = [[1.0, 0.0], [1.0, 2.0], [-1.0, 0.0], [0.0, 1.0]]
    signs = np.array(
        [
            discrepancy.gram_schmidt_design(table, robustness=0.3, probability=np.array(chances), rng=seed)
            for seed in run.rng.integers(0, 2**31, seeds).tolist()
        ]
    )
    off = float(np.abs((signs == 1).mean(axis=0) - chances).max())
    allowed = sqrt(log(2 * 4 / 1e-6) / (2 * seeds))  # Hoeffding
    inputs = {"covariates": table, "probability": chances, "seeds": seeds}
    chances_kept.holds(off, "<=", allowed, **inputs)
    for phi in run.samples((0.05, 0.5), f"four equal units at even chances, {seeds} seeds"):
        # On the sum of all units a design at 0.05 has to be better than coins; at 0.5, differences of pairs
        # may not be much worse.
        inputs = {"covariates": "four equal units", "robustness": phi, "seeds": seeds}
        draws = run.rng.integers(0, 2**31, seeds).tolist()
        signs = np.array(
            [discrepancy.gram_schmidt_design(np.ones((4, 1)), robustness=phi, rng=seed) for seed in draws]
        )
        inverse = np.linalg.inv(phi * np.eye(4) + (1 - phi))
        for w in (np.ones(4), np.array([1.0, -1, 1, -1]), np.array([1.0, 1, -1, -1])):
            # A mean of squares of numbers of mean 0 and at most 4: Hoeffding once more.
            square, slack = float(((signs @ w) ** 2).mean()), 16 * sqrt(log(1e6) / (2 * seeds))
            balanced.holds(square, "<=", float(w @ inverse @ w) + slack, w=w, **inputs)
            robust.holds(square, "<=", 4 / phi + slack, w=w, **inputs)
    for _ in run.samples(range(run.choose(60, 200, 500)), "designs and walks on the same random numbers"):
        n, d, seed = int(run.rng.integers(1, 9)), int(run.rng.integers(1, 4)), int(run.rng.integers(2**31))
        units, phi = run.rng.standard_normal((n, d)), float(run.rng.uniform(0.02, 1))
        means = run.rng.uniform(-1, 1, n)
        largest = np.linalg.norm(units, axis=1).max()
        columns = np.vstack([sqrt(phi) * np.eye(n), sqrt(1 - phi) * units.T / largest])
        generator = np.random.default_rng(seed)
        places = generator.permutation(n)
        walked = discrepancy.gram_schmidt_walk(columns[:, places], means[places], rng=generator)
        found = discrepancy.gram_schmidt_design(units, robustness=phi, probability=(1 + means) / 2, rng=seed)
        balanced.equal(found[places], walked, covariates=units, robustness=phi, means=means, seed=seed)
