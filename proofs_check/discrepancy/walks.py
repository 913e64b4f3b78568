"""Partial colourings, full colourings and six standard deviations (DIS-20, DIS-21, DIS-22)."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, product
from math import log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import hadamard

from lemmata import discrepancy
from lemmata.claims import Clause, Enclosure, Plot, Run, Series, check
from lemmata.discrepancy import walk_bounds

Matrix = NDArray[np.int64]

LEVEL = 1e-5
"""Probability with which the binomial test may reject a walk that keeps its promise."""


def exact_square_excess(
    row: NDArray[np.float64], y: NDArray[np.float64], x: NDArray[np.float64], limit: float
) -> Fraction:
    """<a, y - x>^2 - limit^2 |a|^2 in rationals."""
    entries = [
        (Fraction(a), Fraction(b) - Fraction(c))
        for a, b, c in zip(row.tolist(), y.tolist(), x.tolist(), strict=True)
    ]
    change = sum((a * move for a, move in entries), Fraction(0))
    norm = sum((a * a for a, _ in entries), Fraction(0))
    return change * change - Fraction(limit) ** 2 * norm


def walk_instances(
    run: Run,
) -> Iterator[tuple[str, NDArray[Any], NDArray[Any], NDArray[Any], int]]:
    """Name, start, rows and thresholds, and how many times the default number of steps."""
    n = run.choose(16, 24, 32)
    wide = 4 * sqrt(log(16))
    # The first three have sum_j exp(-lambda_j^2/16) = n/16, or just below.
    signs = run.rng.integers(0, 2, (n, n)) * 2.0 - 1
    yield "signs, equal thresholds", np.zeros(n), signs, np.full(n, wide), 1
    # n/16 rows may be kept exactly, if the others are free.
    rows = run.rng.standard_normal((n // 16 + n, n)) * 10.0 ** run.rng.integers(-150, 6, (n // 16 + n, 1))
    thresholds = np.concatenate([np.zeros(n // 16), np.full(n, np.inf)])
    yield "n/16 rows kept exactly", run.rng.uniform(-0.9, 0.9, n), rows, thresholds, 1
    half = np.vstack([np.repeat(np.eye(n)[:2], n // 4, axis=0), hadamard(16)[:, :1] * np.ones((16, n))])
    start = run.rng.choice([-1.0, -0.5, 0.0, 0.5, 1.0], n)
    level = 4 * sqrt(log(16 * len(half) / n))
    yield "repeated rows, some coordinates at their bounds", start, half, np.full(len(half), level), 1
    yield "one coordinate, no rows", np.zeros(1), np.zeros((0, 1)), np.zeros(0), 1
    yield "signs, twice the steps", np.zeros(n), signs, np.full(n, wide), 2
    row = run.rng.standard_normal(n)
    parallel = row + 1e-10 * run.rng.standard_normal((8, n))
    yield "nearly parallel rows", np.zeros(n), parallel, np.full(8, 0.1), 1
    yield "nearly parallel rows, kept exactly", np.zeros(n), parallel, np.zeros(8), 1


@check("DIS-20")
def edge_walks_freeze_half_with_probability_a_quarter(run: Run) -> None:
    """Every run: cube and thresholds in rationals. Over independent seeds: a binomial test, and the mean."""
    cube, rows_kept, mean, probability, quarter = run.clauses("abcde")
    steps_of, promised = run.formula("edge_walk_steps"), run.formula("edge_walk_success_probability")
    seeds, looked_at = run.choose(200, 600, 1500), run.choose(15, 100, 300)
    for name, x, rows, thresholds, factor in run.samples(walk_instances(run), "hard and easy instances"):
        n = len(x)
        steps = factor * steps_of(n)
        inputs: dict[str, Any] = {"instance": name, "n": n, "m": len(rows), "steps": steps}
        promise = promised(n, steps, thresholds.tolist())
        successes, total = 0, np.zeros(n)
        for number, seed in enumerate(run.rng.integers(0, 2**31, seeds if promise > 0 else 5).tolist()):
            options = {} if factor == 1 else {"steps": steps}  # the default is what the theorem takes
            found = discrepancy.lovett_meka(x, rows, thresholds, rng=seed, **options)
            y = np.asarray(found.values)
            cube.holds(np.abs(y), "<=", 1.0, seed=seed, **inputs)
            cube.equal(y[np.abs(x) == 1], x[np.abs(x) == 1], seed=seed, **inputs)
            for j, limit in enumerate(np.maximum(thresholds, 1e-9).tolist() if number < looked_at else ()):
                if np.isfinite(limit):
                    excess = exact_square_excess(rows[j], y, x, limit)
                    rows_kept.holds(excess, "<=", 0, seed=seed, row=j, threshold=limit, **inputs)
                reported = float(found.deviations[j])
                excess = exact_square_excess(rows[j], y, x, reported)
                rows_kept.holds(excess, "<=", 0, seed=seed, row=j, deviation=reported, **inputs)
            cube.equal(found.frozen, np.flatnonzero(np.abs(y) == 1), seed=seed, **inputs)
            probability.equal(found.steps, steps, **inputs)
            # The walk keeps 1e-10 off the thresholds, which changes what is promised in the tenth digit.
            off = abs(found.success_probability - float(promise))
            probability.holds(off, "<=", 1e-8, promised=found.success_probability, **inputs)
            successes += 2 * int((np.abs(y) == 1).sum()) >= n
            total += y - x
        if promise <= 0:
            continue
        clause = quarter if factor == 1 else probability
        if factor == 1:
            quarter.holds(promise, ">=", 0.25 - 1e-12, **inputs)
        # One in 10^5 of the walks that keep the promise is refuted here.
        at_least(clause, successes, seeds, float(promise), **inputs)
        allowed = 2 * sqrt(log(2 * n / LEVEL) / (2 * seeds))  # Hoeffding, jointly over the coordinates
        mean.holds(float(np.abs(total / seeds).max(initial=0.0)), "<=", allowed, seeds=seeds, **inputs)
    probability.note("only whole runs are counted; coordinates of one run are dependent and are not pooled")
    for n in (1, 2, 16, 100):
        for level in (0.0, 1.0, 12.0, float("inf")):
            quarter.equal(walk_bounds.edge_walk_steps(n), steps_of(n), n=n)
            given = walk_bounds.edge_walk_success_probability(n, steps_of(n), [level] * n)
            short = abs(given - float(promised(n, steps_of(n), [level] * n)))
            probability.holds(short, "<=", 1e-12, n=n, threshold=level)


def at_least(clause: Clause, successes: int, trials: int, chance: float, **inputs: Any) -> None:
    """A binomial test, if there are enough trials for one."""
    least = least_successes(trials, chance)
    if not least:
        clause.undecided(f"{trials} trials are too few to tell a chance of {chance} from none")
    clause.holds(successes, ">=", least, trials=trials, chance=chance, **inputs)


def least_successes(trials: int, chance: float) -> int:
    """The least count that a binomial variable is below with probability at most `LEVEL`."""
    from scipy.stats import binom  # noqa: PLC0415 - slow to import, and only needed here

    count = int(binom.ppf(LEVEL, trials, chance))
    while count > 0 and binom.cdf(count - 1, trials, chance) > LEVEL:
        count -= 1
    return count


def systems(run: Run, n: int) -> Iterator[tuple[str, Matrix]]:
    """Set systems on n points, n a power of two: random with m = n and m = 2n, Hadamard, progressions."""
    yield "random sets, m = n", run.rng.integers(0, 2, (n, n))
    yield "random sets, m = 2n", run.rng.integers(0, 2, (2 * n, n))
    yield "Hadamard", np.asarray(hadamard(n), dtype=np.int64)
    if n < 8:
        return
    i = np.arange(n)
    yield (
        "progressions",
        np.array([(i >= s) & (i % d == s % d) for d in range(1, 9) for s in range(n // 8)], dtype=np.int64),
    )


def real_systems(run: Run) -> Iterator[tuple[int, NDArray[np.float64], NDArray[np.float64]]]:
    """Rows from [-1, 1] and points of the cube, some coordinates at its faces."""
    for _ in range(run.choose(150, 400, 1000)):
        n = int(run.rng.integers(1, 13))
        x = run.rng.uniform(-1, 1, n)
        x[run.rng.random(n) < 0.2] = 1.0
        yield n, run.rng.uniform(-1, 1, (n + int(run.rng.integers(0, 5)), n)), x


def exact_change(row: NDArray[np.float64], y: NDArray[np.float64], x: NDArray[np.float64]) -> Fraction:
    """|<a, y - x>| in rationals."""
    pairs = zip(row.tolist(), y.tolist(), x.tolist(), strict=True)
    return abs(sum((Fraction(a) * (Fraction(b) - Fraction(c)) for a, b, c in pairs), Fraction(0)))


@check("DIS-21")
def halving_colours_everything_within_the_series(run: Run) -> None:
    """Colourings of systems, their discrepancies recomputed in integers; the constant by Arb; attempts."""
    colored, series, attempts = run.clauses("abc")
    bound, most = run.formula("full_coloring_bound"), run.formula("halving_bound")
    threshold = run.formula("equal_threshold")
    curves: dict[str, list[tuple[int, float]]] = {}
    first_attempts = []
    sizes = run.choose((1, 8, 16, 32), (1, 8, 16, 32, 64, 128), (1, 8, 16, 32, 64, 128, 256))
    instances = ((n, *system) for n in sizes for system in systems(run, n))
    for n, name, rows in run.samples(instances, f"random systems, Hadamard, progressions, n <= {sizes[-1]}"):
        m = len(rows)
        for scale in (1.0, 0.25):
            inputs = {"system": name, "n": n, "m": m, "scale": scale}
            try:
                found = discrepancy.spencer_coloring(rows, scale=scale, rng=run.rng)
            except discrepancy.ColoringError as error:
                attempts.equal(str(error), "a colouring", **inputs)
                continue
            signs = np.asarray(found.coloring, dtype=np.int64)
            colored.equal(np.abs(signs), np.ones(n, dtype=np.int64), **inputs)
            alive = [phase.alive for phase in found.phases]
            colored.holds(alive, "<=", [n >> r for r in range(len(alive))], **inputs)
            for phase in found.phases:
                exact = scale * threshold(phase.alive, m)
                colored.holds(abs(phase.threshold - exact), "<=", 1e-12 * exact, phase=phase.alive, **inputs)
                if scale == 1:
                    first_attempts.append(phase.attempts == 1)
            actual = int(np.abs(rows @ signs).max())
            colored.holds(actual, "<=", bound(n, m), **inputs)
            colored.holds(actual, "<=", found.bound + 1e-9, **inputs)
            colored.holds(abs(actual - found.discrepancy), "<=", 1e-9, **inputs)
            series.holds(bound(n, m), "<=", most(n, m), **inputs)
            series.holds(found.bound, "<=", most(n, m), **inputs, explanation="what the phases allow")
            label = f"{name}, scale {scale:g}"
            curves.setdefault(label, []).append((n, actual / sqrt(n * log(2 * m / n))))
    for k in run.samples(range(20, 31), "the series alone, m = n = 2^20, ..., 2^30"):
        series.holds(bound(2**k, 2**k), ">", Fraction(33, 35) * most(2**k, 2**k), m=f"2^{k}", n=f"2^{k}")
    for n, real, x in run.samples(real_systems(run), "small systems of real rows, from a given point"):
        entries: dict[str, Any] = {"rows": real, "x": x}
        found = discrepancy.spencer_coloring(real, x, rng=run.rng)
        y = np.asarray(found.coloring, dtype=np.float64)
        colored.equal(np.abs(y), np.ones(n), **entries)
        colored.equal(y[np.abs(x) == 1], x[np.abs(x) == 1], **entries)
        worst = max(exact_change(row, y, x) for row in real)
        colored.holds(worst, "<=", Fraction(bound(n, len(real))), **entries)
        colored.holds(abs(worst - Fraction(found.discrepancy)), "<=", Fraction(1, 10**9), **entries)
        first_attempts += [phase.attempts == 1 for phase in found.phases]
    at_least(attempts, sum(first_attempts), len(first_attempts), 0.25)
    attempts.step(Enclosure("(3/4)**100", "<", "1/10**12"))
    series.step(
        Enclosure(
            " + ".join(f"4 * sqrt((4 + {r}) / 2**{r})" for r in range(40))
            + " + 4 * sqrt(44 / 2**40) / (1 - 3/4)",
            "<",
            "35",
        )
    )
    lines = [Series(name, [n for n, _ in points], [c for _, c in points]) for name, points in curves.items()]
    title, value = "Discrepancy of iterated partial colourings", "discrepancy / sqrt(n log(2m/n))"
    run.plot(Plot(title, "points n", value, lines, x_scale="log"))


def discrepancies(n: int) -> tuple[int, int, tuple[int, ...]]:
    """Number of families of n different non-empty sets on n points, the worst discrepancy, a worst family.

    Sets are bit masks. Repeated and empty sets never raise a discrepancy: families without them cover the
    others. Every family is joined from its smaller masks and its larger ones, whose maxima are at hand.
    """
    subsets = np.array(list(product((0, 1), repeat=n)), dtype=np.int8)[1:]
    colorings = np.array([(1, *rest) for rest in product((-1, 1), repeat=n - 1)], dtype=np.int8)
    sums = np.abs(subsets @ colorings.T)  # (sets, colourings)
    low, high = n // 2, n - n // 2
    upper = np.array(list(combinations(range(len(subsets)), high)))
    maxima = sums[upper].max(axis=1)
    begin = np.searchsorted(upper[:, 0], np.arange(len(subsets) + 1))  # combinations come in order
    count, worst = 0, -1
    family: tuple[int, ...] = ()
    for lower in combinations(range(len(subsets)), low):
        rest = maxima[begin[lower[-1] + 1] if lower else 0 :]
        if not len(rest):
            continue
        joined = np.maximum(rest, sums[list(lower)].max(axis=0)) if lower else rest
        best = joined.min(axis=1)
        at = int(best.argmax())
        count += len(rest)
        if best[at] > worst:
            worst = int(best[at])
            family = (*lower, *upper[len(upper) - len(rest) + at].tolist())
    return count, worst, tuple(k + 1 for k in family)


@check("DIS-22")
def six_standard_deviations_suffice(run: Run) -> None:
    """All systems of n sets on n points up to n = 5 or 6 by brute force; larger ones by a colouring."""
    colored = run.clause()
    limit = run.formula("six_standard_deviations")
    largest_n = run.choose(5, 6, 6)
    exact = []
    domain = f"all families of n sets on n points for each n <= {largest_n}, by brute force"
    for n in run.every(range(1, largest_n + 1), domain, size=largest_n):
        families, largest, masks = discrepancies(n)
        exact.append(largest)
        sets = [format(mask, f"0{n}b") for mask in masks]
        colored.holds(largest, "<=", limit(n), n=n, families=families, worst=sets)
    colored.note(f"largest discrepancy of n sets on n points, n = 1..{largest_n}: {exact}")
    colored.note("for all n the theorem is Spencer's; nothing here extends beyond the instances")
    sizes = run.choose((8, 16, 64), (8, 16, 32, 64, 128), (8, 16, 32, 64, 128, 256))
    instances = ((n, *system) for n in sizes for system in systems(run, n))
    for n, name, rows in run.samples(instances, "random, Hadamard and progression systems, with a colouring"):
        if len(rows) <= n:
            found = discrepancy.spencer_coloring(rows, scale=0.25, rng=run.rng)
            signs = np.asarray(found.coloring, dtype=np.int64)
            colored.equal(np.abs(signs), np.ones(n, dtype=np.int64), system=name, n=n)
            value = int(np.abs(rows @ signs).max())
            colored.holds(value, "<=", limit(n), system=name, n=n)
