"""The Gram-Schmidt walk, on its exact distribution and along its paths (DIS-23 to DIS-28).

Means, covariances, projections and definiteness are computed here, in fractions, from the table of outcomes.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import isqrt, log, sqrt

import numpy as np

from lemmata import discrepancy
from lemmata.claims import Evidence, Run, SymbolicIdentity, Verdict, Witness, check, refuted
from lemmata.costs import Costs, growth_test
from lemmata.discrepancy import gram_schmidt_tree, walk_bounds, walk_design

Rows = list[list[Fraction]]
Point = list[Fraction]

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

DOMAIN = f"all {len(PALETTE) ** 3} triples of {len(PALETTE)} columns in the plane with {len(STARTS)} starts"

X_VALUES = [Fraction(0), Fraction(1, 2), Fraction(-1, 3), Fraction(3, 4), Fraction(1), Fraction(-1)]


def systems_in_fractions(run: Run) -> Iterator[tuple[Rows, Point]]:
    """All triples of the palette with three starts; then random columns, some of norm exactly 1."""
    for columns in product(PALETTE, repeat=3):
        for start in STARTS:
            yield (
                [[Fraction(column[i]) for column in columns] for i in range(2)],
                [Fraction(z) for z in start],
            )
    for _ in range(run.choose(30, 150, 600)):
        d, n = int(run.rng.integers(1, 5)), int(run.rng.integers(1, run.choose(6, 7, 8)))
        columns_ = []
        for _ in range(n):
            column = run.rng.integers(-2, 3, d).tolist()
            square = sum(entry * entry for entry in column)
            norm = isqrt(max(square, 1) - 1) + 1  # rounded up
            columns_.append([Fraction(entry, norm) for entry in column])
        x = [X_VALUES[int(k)] for k in run.rng.choice(6, n, p=[0.4, 0.2, 0.15, 0.15, 0.05, 0.05])]
        yield [[column[i] for column in columns_] for i in range(d)], x


def in_words(rows: Rows, x: Point) -> dict[str, object]:
    """A system as a witness prints it."""
    return {"vectors": [[str(entry) for entry in row] for row in rows], "x": [str(z) for z in x]}


def outcomes(rows: Rows, x: Point) -> tuple[list[list[int]], list[Fraction]]:
    """The distribution as plain lists."""
    vectors = np.empty((len(rows), len(x)), dtype=object)
    for i, row in enumerate(rows):
        vectors[i, :] = row
    found = discrepancy.gram_schmidt_distribution(vectors, np.array(x, dtype=object))
    return found.colorings.tolist(), list(found.probabilities)


def times(rows: Rows, vector: Sequence[Fraction | int]) -> Point:
    """Matrix times vector."""
    return [sum((a * b for a, b in zip(row, vector, strict=True)), Fraction(0)) for row in rows]


def covariance(points: list[Point], probabilities: list[Fraction], mean: Point) -> Rows:
    """Sum of p (z - mean)(z - mean)^T."""
    size = len(mean)
    total = [[Fraction(0)] * size for _ in range(size)]
    for point, p in zip(points, probabilities, strict=True):
        off = [z - mu for z, mu in zip(point, mean, strict=True)]
        for i in range(size):
            for j in range(i + 1):
                total[i][j] += p * off[i] * off[j]
    for i in range(size):
        for j in range(i):
            total[j][i] = total[i][j]
    return total


def projection(rows: Rows) -> Rows:
    """Orthogonal projection onto the columns' span: a sum over an orthogonal basis, by Gram and Schmidt."""
    d = len(rows)
    result = [[Fraction(0)] * d for _ in range(d)]
    orthogonal: list[Point] = []
    for column in zip(*rows, strict=True):
        rest = list(column)
        for q in orthogonal:
            factor = sum(a * b for a, b in zip(rest, q, strict=True)) / sum(b * b for b in q)
            rest = [a - factor * b for a, b in zip(rest, q, strict=True)]
        square = sum(a * a for a in rest)
        if square:
            orthogonal.append(rest)
            for i in range(d):
                for j in range(d):
                    result[i][j] += rest[i] * rest[j] / square
    return result


def negative_direction(matrix: Rows) -> int | None:
    """Index at which L D L^T finds that a symmetric matrix is not positive semidefinite; None if it is."""
    a = [row.copy() for row in matrix]
    for k in range(len(a)):
        if a[k][k] < 0:
            return k
        if a[k][k] == 0:
            if any(a[k][j] for j in range(k + 1, len(a))):
                return k
            continue
        for i in range(k + 1, len(a)):
            factor = a[i][k] / a[k][k]
            if factor:
                for j in range(k, len(a)):
                    a[i][j] -= factor * a[k][j]
    return None


def minus(a: Rows, b: Rows) -> Rows:
    """Difference of two matrices."""
    return [[p - q for p, q in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]


@check("DIS-23")
def means_are_kept_and_directions_are_least_squares(run: Run) -> Verdict:
    """Total probability, outcomes and mean of the exact tree; normal equations at every node of it."""
    cases = 0
    for rows, x in systems_in_fractions(run):
        cases += 1
        inputs = in_words(rows, x)
        signs, probabilities = outcomes(rows, x)
        fractional = sum(abs(z) < 1 for z in x)
        if sum(probabilities) != 1 or min(probabilities) <= 0 or len(signs) > 2**fractional:
            found = f"{len(signs)} outcomes of total {sum(probabilities)}"
            return refuted(cases, Witness(inputs, f"at most {2**fractional} outcomes of total 1", found))
        if any(abs(s) != 1 for y in signs for s in y):
            return refuted(cases, Witness(inputs, "outcomes of -1 and +1", signs[:4]))
        mean = [
            sum((p * y[i] for y, p in zip(signs, probabilities, strict=True)), Fraction(0))
            for i in range(len(x))
        ]
        if mean != x:
            return refuted(cases, Witness(inputs, inputs["x"], [str(z) for z in mean], "the mean"))
        columns = [tuple(column) for column in zip(*rows, strict=True)]
        nodes = [tuple(x)]
        while nodes:
            values = nodes.pop()
            step = gram_schmidt_tree.exact_step(columns, values)
            alive = [i for i, z in enumerate(values) if abs(z) < 1]
            if step is None:
                continue
            residual = times(rows, step.direction)
            normal = [
                sum((a * b for a, b in zip(columns[i], residual, strict=True)), Fraction(0))
                for i in alive[:-1]
            ]
            still = all(u == 0 for i, u in enumerate(step.direction) if i not in alive)
            if any(normal) or not still or step.direction[alive[-1]] != 1:
                moved = [str(u) for u in step.direction]
                at = {"at": [str(z) for z in values]}
                return refuted(cases, Witness(inputs | at, "least squares with u = 1 at the pivot", moved))
            nodes += [step.child(True), step.child(False)]
    return Verdict(
        Evidence.VERIFIED,
        f"{DOMAIN}, and random rational systems with d <= 4; exact distributions",
        cases,
        measured="mean x",
        bound="mean x",
        relation="==",
        attained=True,
    )


@check("DIS-24")
def covariances_are_at_most_the_projection(run: Run) -> Verdict:
    """P - Cov(V y) is positive semidefinite, by L D L^T in fractions; equality on orthonormal columns."""
    cases, equal = 0, 0
    for rows, x in systems_in_fractions(run):
        cases += 1
        signs, probabilities = outcomes(rows, x)
        spread = covariance([times(rows, y) for y in signs], probabilities, times(rows, x))
        span = projection(rows)
        at = negative_direction(minus(span, spread))
        if at is not None:
            found = [[str(entry) for entry in row] for row in spread]
            expected = [[str(entry) for entry in row] for row in span]
            return refuted(cases, Witness(in_words(rows, x), f"covariance at most {expected}", found))
        equal += span == spread and any(any(row) for row in span)
    return Verdict(
        Evidence.VERIFIED,
        f"{DOMAIN}, and random rational systems with d <= 4; each with an exact L D L^T certificate",
        cases,
        measured="Cov(V y)",
        bound="P",
        attained=equal > 0,
        notes=[f"Cov = P on {equal} systems", "for all systems: the book's proof, which no machine repeats"],
    )


@check("DIS-25")
def exponential_moments_are_at_most_gaussian(run: Run) -> Verdict:
    """E exp<w, V(y - x)> against exp(|Pw|^2/2), both as Arb balls, over the exact distribution."""
    from flint import arb, ctx, fmpq  # noqa: PLC0415 - python-flint loads only where it is used

    def ball(value: Fraction) -> arb:
        return arb(fmpq(value.numerator, value.denominator))

    cases, closest = 0, 0.0
    # The algebra in the proof: A^2/alpha + w^2 - (A + eta w)^2/(alpha + eta^2) is a square.
    square = SymbolicIdentity(
        "(a**2 + alpha*w**2)*(alpha + eta**2) - alpha*(a + eta*w)**2",
        "(eta*a - alpha*w)**2",
        ("a", "w", "alpha", "eta"),
    )
    square.recheck()
    before, ctx.prec = ctx.prec, 128
    try:
        for rows, x in systems_in_fractions(run):
            signs, probabilities = outcomes(rows, x)
            center, span = times(rows, x), projection(rows)
            moves = [[a - b for a, b in zip(times(rows, y), center, strict=True)] for y in signs]
            for scale in (Fraction(1, 4), Fraction(1), Fraction(5, 2)):
                w = [scale * Fraction(int(k), 4) for k in run.rng.integers(-4, 5, len(rows))]
                if not any(w):
                    w[0] = scale
                cases += 1
                mean = arb(0)
                for move, p in zip(moves, probabilities, strict=True):
                    mean += (
                        ball(p) * ball(sum((a * b for a, b in zip(w, move, strict=True)), Fraction(0))).exp()
                    )
                half = sum((a * b for a, b in zip(w, times(span, w), strict=True)), Fraction(0)) / 2
                bound = ball(half).exp()
                if half == 0:  # w is orthogonal to all columns: nothing moves along it
                    if any(sum(a * b for a, b in zip(w, move, strict=True)) for move in moves):
                        inputs = in_words(rows, x) | {"w": [str(a) for a in w]}
                        return refuted(cases, Witness(inputs, "no movement along w", "some"))
                    continue
                if not mean < bound:
                    found = {"E exp": str(mean), "exp(|Pw|^2/2)": str(bound)}
                    inputs = in_words(rows, x) | {"w": [str(a) for a in w]}
                    return refuted(cases, Witness(inputs, "E exp <= exp(|Pw|^2/2)", found))
                closest = max(closest, float(mean.log().mid()) / float(half))
    finally:
        ctx.prec = before
    return Verdict(
        Evidence.CONSISTENT,
        f"exact distributions of {DOMAIN}, and of random systems; three directions w each, by Arb",
        cases,
        measured=closest,
        bound=1.0,
        arguments=[square],
        notes=[
            "measured: the largest log E exp / (|Pw|^2/2), over sampled directions",
            "for all systems: the book's proof, of which the machine repeats one identity",
        ],
    )


def walk_inputs(run: Run) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Small integers with ties and dependence, dyadic numbers, columns of very different scales, no rows."""
    for case in range(run.choose(300, 800, 4000)):
        d, n = int(run.rng.integers(0, 6)), int(run.rng.integers(1, 8))
        vectors = run.rng.integers(-2, 3, (d, n)).astype(float)
        if case % 3 == 1:
            vectors = run.rng.integers(-(2**20), 2**20, (d, n)) / 2.0**20
        if case % 3 == 2:
            vectors = vectors * run.rng.choice([2.0**-500, 2.0**-3, 1.0, 2.0**20], n)
        x = run.rng.choice([0.0, 0.5, -0.25, 0.875, 1.0, -1.0], n, p=[0.4, 0.2, 0.1, 0.1, 0.1, 0.1])
        yield vectors, x
    for n, d in ((40, 6), (60, 4), *run.choose((), ((30, 40),), ((30, 40), (80, 6)))):  # long paths
        yield run.rng.integers(-1, 2, (d, n)).astype(float), np.zeros(n)
        yield run.rng.integers(-(2**20), 2**20, (d, n)) / 2.0**20, np.zeros(n)


@check("DIS-26")
def the_fast_walk_takes_the_exact_path(run: Run) -> Verdict:
    """Same random numbers: same pivots, probabilities up to rounding, and signs as the rational walk."""
    cases, steps, near, worst = 0, 0, 0, 0.0
    for vectors, x in walk_inputs(run):
        cases += 1
        seed = int(run.rng.integers(0, 2**31))
        trace: list[discrepancy.GramSchmidtStep] = []
        signs = discrepancy.gram_schmidt_walk(vectors, x, rng=seed, trace=trace).tolist()
        silent = discrepancy.gram_schmidt_walk(vectors, x, rng=seed).tolist()
        path = gram_schmidt_tree.exact_walk(vectors, x, np.random.default_rng(seed).random(len(x)).tolist())
        end = [float(z) for z in x]
        if path:
            uniform = Fraction(float(np.random.default_rng(seed).random(len(x))[len(path) - 1]))
            end = [float(z) for z in path[-1].child(uniform < path[-1].probability_up)]
        # Doubles take coordinates that are nearly at a face for frozen. From there on the paths may part.
        sure = next((k for k, step in enumerate(path) if nearly_frozen(step.values)), len(path))
        near += sure < len(path)
        pairs = [
            (step.pivot, found.pivot, abs(float(step.probability_up) - found.down / (found.up + found.down)))
            for step, found in zip(path[:sure], trace, strict=False)
        ]
        worst = max([worst, *(off for _, _, off in pairs)])
        steps += len(pairs)
        same = all(a == b and off < 1e-9 for a, b, off in pairs) and len(pairs) == sure and signs == silent
        if not same or (sure == len(path) and (signs != end or len(trace) != sure)):
            inputs: dict[str, object] = {"vectors": vectors.tolist(), "x": x.tolist(), "seed": seed}
            return refuted(
                cases, Witness(inputs, [int(z) for z in end], [signs, silent], "signs, traced and not")
            )
    return Verdict(
        Evidence.CONSISTENT,
        f"{cases} systems with n <= 7, and long paths: small integers, dyadics, scales 2^-500 to 2^20",
        cases,
        measured=worst,
        bound=1e-9,
        notes=[
            f"{steps} steps compared; measured is the largest difference of a probability",
            f"{near} paths compared only up to a point within 2^-39 of a face that it is not on",
        ],
    )


def nearly_frozen(values: Sequence[Fraction]) -> bool:
    """Whether a fractional coordinate is within 2^-39 of -1 or +1, closer than doubles are trusted."""
    return any(0 < 1 - abs(z) < Fraction(1, 2**39) for z in values)


def slow_search(n: int) -> np.ndarray:
    """A system that makes the search for a replacement pass about half of all columns, again and again."""
    vectors = np.zeros((2, n))
    vectors[0, : n // 2] = 1.0
    vectors[:, n // 2 :] = [[0.1], [1.0]]
    vectors[0, n // 2 :] += np.arange(n - n // 2) / n
    return vectors


@check("DIS-27")
def the_walk_stays_below_its_counted_cost(run: Run) -> Verdict:
    """Counted operations against the formula on every instance; then growth with n for random columns."""
    cases, closest = 0, 0.0
    shapes = [(n, d) for n in (1, 2, 5, 20, 60, 150) for d in (0, 1, 2, 7, 30, 100)]
    instances = [run.rng.standard_normal((d, n)) for n, d in shapes]
    instances += [slow_search(n) for n in (10, 100, 1000)]
    instances += [np.ones((3, 200)), np.zeros((4, 50)), np.eye(60), np.repeat(np.eye(8), 20, axis=1)]
    for vectors in instances:
        cases += 1
        d, n = vectors.shape
        costs = Costs()
        discrepancy.gram_schmidt_walk(vectors, run.rng.uniform(-0.9, 0.9, n), rng=run.rng, costs=costs)
        bound = walk_bounds.gram_schmidt_multiplications(n, d)
        closest = max(closest, costs.multiplications / bound)
        if costs.multiplications > bound:
            return refuted(
                cases, Witness({"n": n, "d": d}, f"<= {bound}", costs.multiplications, "multiplications")
            )
    sizes = [64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768]
    counted = []
    for n in sizes:
        row = []
        for _ in range(run.choose(2, 4, 8)):
            cases += 1
            costs = Costs()
            vectors = run.rng.standard_normal((4, n))
            discrepancy.gram_schmidt_walk(vectors, np.zeros(n), rng=run.rng, costs=costs)
            row.append(costs.multiplications)
        counted.append(row)
    growth = growth_test(sizes, counted, lambda n: n, slack=0.1, rng=run.rng)
    if growth.outcome == "refuted":
        found = [round(r, 1) for r in growth.ratios]
        return refuted(
            cases, Witness({"d": 4, "n": sizes}, "operations per column bounded", found, "random columns")
        )
    return Verdict(
        Evidence.CONSISTENT,
        f"counted on {cases} instances: random, dependent, zero and repeated columns, n <= 32768, d <= 100",
        cases,
        measured=closest,
        bound=1.0,
        notes=[
            "measured: counted operations over the formula",
            f"random columns, d = 4: linear growth with n is {growth.outcome}, {growth.high:.0f} per column",
        ],
        costs=run.costs.nonzero(),
    )


@check("DIS-28")
def designs_are_balanced_and_robust(run: Run) -> Verdict:
    """M - M Cov(y) M is positive semidefinite in fractions, M = phi I + (1 - phi) X X^T/xi^2; samples."""
    cases = 0
    # phi and 1 - phi are squares of these, so that all vectors are rational.
    roots = [(Fraction(3, 5), Fraction(4, 5)), (Fraction(5, 13), Fraction(12, 13))]
    for _ in range(run.choose(25, 100, 400)):
        cases += 1
        n, d = int(run.rng.integers(1, 5)), int(run.rng.integers(1, 4))
        root, other = roots[int(run.rng.integers(0, 2))]
        covariates = [[Fraction(int(k)) for k in run.rng.integers(-2, 3, d)] for _ in range(n)]
        covariates[0] = [Fraction(4), *[Fraction(0)] * (d - 1)]  # the longest row: xi = 4
        x = [X_VALUES[int(k)] for k in run.rng.integers(0, 4, n)]
        private = [[root if i == j else Fraction(0) for j in range(n)] for i in range(n)]
        shared = [[other * covariates[j][i] / 4 for j in range(n)] for i in range(d)]
        rows = private + shared
        inputs = {"covariates": [[str(a) for a in row] for row in covariates], "x": [str(z) for z in x]}
        inputs |= {"robustness": str(root**2)}
        floats = walk_design.augmented_vectors(np.array(covariates, dtype=np.float64), float(root) ** 2)
        off = np.abs(floats - np.array(rows, dtype=np.float64)).max()
        if off > 1e-14:
            return refuted(
                cases, Witness(inputs, [[str(a) for a in row] for row in rows], floats.round(3).tolist())
            )
        signs, probabilities = outcomes(rows, x)
        spread = covariance([[Fraction(s) for s in y] for y in signs], probabilities, x)
        gram = [[sum((row[i] * row[j] for row in rows), Fraction(0)) for j in range(n)] for i in range(n)]
        # C <= M^-1 is the same as M C M <= M, by congruence.
        product_ = matmul(matmul(gram, spread), gram)
        if negative_direction(minus(gram, product_)) is not None:
            found = [[str(a) for a in row] for row in spread]
            return refuted(cases, Witness(inputs, "Cov(y) <= M^-1", found))
    treated, seeds = np.zeros(4), run.choose(1500, 6000, 20000)
    chances = np.array([0.5, 0.25, 0.75, 1.0])
    table = [[1.0, 0.0], [1.0, 2.0], [-1.0, 0.0], [0.0, 1.0]]
    for seed in run.rng.integers(0, 2**31, seeds).tolist():
        found_signs = discrepancy.gram_schmidt_design(table, robustness=0.3, probability=chances, rng=seed)
        treated += (found_signs == 1) / seeds
    cases += seeds
    allowed = sqrt(log(2 * 4 / 1e-6) / (2 * seeds))
    if np.abs(treated - chances).max() > allowed:
        inputs = {"covariates": table, "probability": chances.tolist(), "seeds": seeds}
        return refuted(cases, Witness(inputs, f"frequencies within {allowed:.3f}", treated.round(4).tolist()))
    return Verdict(
        Evidence.CONSISTENT,
        f"exact covariances of random designs with n <= 4 and d <= 3; {seeds} seeds of one design",
        cases,
        measured=float(np.abs(treated - chances).max()),
        bound=allowed,
        notes=[
            "measured: the largest difference of a unit's treated frequency from its probability (Hoeffding)"
        ],
    )


def matmul(a: Rows, b: Rows) -> Rows:
    """Product of two square matrices."""
    columns = [list(column) for column in zip(*b, strict=True)]
    return [times(columns, row) for row in a]
