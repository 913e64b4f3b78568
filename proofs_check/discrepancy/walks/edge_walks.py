"""Partial colourings by walking on edges (DIS-21)."""

from collections.abc import Iterator
from fractions import Fraction
from math import exp, lgamma, log, log1p, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import hadamard

from lemmata import discrepancy
from lemmata.claims import Clause, Run, check
from lemmata.discrepancy.walks import walk_bounds

from .edge_steps import OFF, SMALL, steps_seen

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
    rows = run.rng.standard_normal((n // 16 + n, n)) * 10.0 ** run.rng.integers(-300, 301, (n // 16 + n, 1))
    thresholds = np.concatenate([np.zeros(n // 16), np.full(n, np.inf)])
    yield "n/16 rows kept exactly", run.rng.uniform(-0.9, 0.9, n), rows, thresholds, 1
    half = np.vstack([np.repeat(np.eye(n)[:2], n // 4, axis=0), hadamard(16)[:, :1] * np.ones((16, n))])
    start = run.rng.choice([-1.0, -0.5, 0.0, 0.5, 1.0], n)
    level = 4 * sqrt(log(16 * len(half) / n))
    yield "repeated rows, some coordinates at their bounds", start, half, np.full(len(half), level), 1
    yield "signs, thresholds that are reached", np.zeros(n), signs, np.ones(n), 1
    yield "one coordinate, no rows", np.zeros(1), np.zeros((0, 1)), np.zeros(0), 1
    # A step that is shortened on the side that it goes to, and not on the other, is biased here by 0.4.
    yield "one coordinate near its bound", np.full(1, 0.9), np.zeros((0, 1)), np.zeros(0), 1
    yield "signs, twice the steps", np.zeros(n), signs, np.full(n, wide), 2
    row = run.rng.standard_normal(n)
    parallel = row + 1e-10 * run.rng.standard_normal((8, n))
    yield "nearly parallel rows", np.zeros(n), parallel, np.full(8, 0.1), 1
    yield "nearly parallel rows, kept exactly", np.zeros(n), parallel, np.zeros(8), 1
    # Sums are taken in blocks of 64 terms.
    yield "rows of 100 entries", np.zeros(100), run.rng.standard_normal((16, 100)), np.ones(16), 1


def draws_with_little_left(run: Run) -> Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[Any], int]]:
    """Start, rows, thresholds and seed of walks one of whose draws is all but orthogonal to their face."""
    for n in (2, 3, 4):
        for seed in range(run.choose(6, 20, 60)):  # the first draw is the row itself, which is kept exactly
            yield np.zeros(n), np.random.default_rng(seed).standard_normal((1, n)), np.zeros(1), seed
    rng = np.random.default_rng(1308)
    n, m = 7, 13
    rng.integers(1, 12), rng.integers(1, 15), rng.standard_normal((m, n))
    rows = rng.standard_normal((m, 2)) @ rng.standard_normal((2, n))
    thresholds = rng.choice([0, 1e-12, 1e-10, 1.0001e-10, 1e-9, 0.01, 0.3, 1], m)
    yield rng.choice([0, 0.5, -1, 1, 0.999999999], n), rows, thresholds, 1308


@check("DIS-21")
def edge_walks_freeze_half_with_probability_a_quarter(run: Run) -> None:
    """Every run: cube and thresholds in rationals. Over independent seeds: a binomial test, and the mean."""
    cube, rows_kept, mean, probability, quarter = run.clauses("abcde")
    steps_of, promised = run.formula("edge_walk_steps"), run.formula("edge_walk_success_probability")
    several, looked_at, followed = run.choose(100, 600, 1500), run.choose(4, 100, 300), run.choose(2, 20, 100)
    for name, x, rows, thresholds, factor in run.samples(walk_instances(run), "hard and easy instances"):
        n = len(x)
        steps = factor * steps_of(n)
        inputs: dict[str, Any] = {"instance": name, "n": n, "m": len(rows), "steps": steps}
        promise = promised(n, steps, thresholds.tolist())
        seeds = max(several, 400) if name == "one coordinate near its bound" else several
        successes, total = 0, np.zeros(n)
        for number, seed in enumerate(run.rng.integers(0, 2**31, seeds if promise > 0 else 5).tolist()):
            options = {} if factor == 1 else {"steps": steps}  # the default is what the theorem takes
            try:
                found = discrepancy.lovett_meka(x, rows, thresholds, rng=seed, **options)
            except ArithmeticError as error:
                rows_kept.equal(str(error), "a point of the polytope", seed=seed, **inputs)
                return
            y = np.asarray(found.values)
            if number < followed and "nearly" not in name:  # 1e-10 apart, rows are not told from one another
                follow(probability, mean, x, rows, thresholds, y, seed=seed, **inputs)
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
    for x, rows, thresholds, seed in run.samples(draws_with_little_left(run), "draws with little left"):
        inputs = {"x": x, "rows": rows, "thresholds": thresholds, "seed": seed}
        try:
            y = np.asarray(discrepancy.lovett_meka(x, rows, thresholds, rng=seed).values)
        except ArithmeticError as error:
            rows_kept.equal(str(error), "a point of the polytope", **inputs)
            continue
        if not cube.holds(np.abs(y), "<=", 1.0, **inputs):
            rows_kept.equal(y, "a point of the polytope", **inputs)
            continue
        for row, limit in zip(rows, np.maximum(thresholds, 1e-9).tolist(), strict=True):
            rows_kept.holds(exact_square_excess(row, y, x, limit), "<=", 0, threshold=limit, **inputs)
    lines_are_uniform(run, probability)
    probability.note("only whole runs are counted; coordinates of one run are dependent and are not pooled")
    for n in (1, 2, 16, 100):
        for level in (0.0, 1.0, 12.0, float("inf")):
            quarter.equal(walk_bounds.edge_walk_steps(n), steps_of(n), n=n)
            given = walk_bounds.edge_walk_success_probability(n, steps_of(n), [level] * n)
            short = abs(given - float(promised(n, steps_of(n), [level] * n)))
            probability.holds(short, "<=", 1e-12, n=n, threshold=level)


def follow(
    lengths: Clause,
    mean: Clause,
    x: NDArray[Any],
    rows: NDArray[Any],
    thresholds: NDArray[Any],
    values: NDArray[Any],
    **inputs: Any,
) -> None:
    """The same walk, step by step: T of them, of full length unless an end is on a face, both ends in P."""
    trace: list[discrepancy.EdgeStep] = []
    steps, seed = inputs["steps"], inputs["seed"]
    options = {} if steps == walk_bounds.edge_walk_steps(len(x)) else {"steps": steps}
    discrepancy.lovett_meka(x, rows, thresholds, rng=seed, trace=trace, **options)
    seen = steps_seen(x, rows, thresholds, trace, steps)
    lengths.holds(len(trace), "<=", steps, **inputs)
    lengths.equal(len(trace) == steps or seen.dimensions[-1] == 0, True, **inputs)
    if not trace:
        return
    lengths.equal(trace[-1].values, values, **inputs)
    counts = [int((np.abs(step.values) == 1).sum()) for step in trace]
    lengths.equal([step.frozen for step in trace], counts, **inputs)
    lengths.equal([step.tight_rows for step in trace], seen.tight, **inputs)
    lengths.holds(seen.lengths, "<=", seen.full * (1 + 1e-9), **inputs)
    lengths.holds(seen.sideways, "<=", OFF, **inputs)
    mean.holds(seen.room, ">=", -SMALL, **inputs, explanation="room at both ends of a step")
    stopped = seen.room <= SMALL
    lengths.equal([step.shortened for step in trace], stopped.tolist(), **inputs)
    if not stopped.all():
        least = seen.full[~stopped] * (1 - 1e-9)
        lengths.holds(seen.lengths[~stopped], ">=", least, **inputs)


def lines_are_uniform(run: Run, clause: Clause) -> None:
    """Moments of the first two lines of walks: of degree 2 and 4, and how the second depends on the first."""
    walks = run.choose(1000, 10_000, 100_000)
    allowed = sqrt(log(2 * 32 / LEVEL) / (2 * walks))  # Hoeffding, ranges of length 1, jointly
    for m in run.samples((0, 1), f"the lines of two steps in the cube, with m rows kept, {walks} seeds"):
        # The face of the row (1, 1, 1, 1) has the dimension 3, too.
        n, rows = 3 + m, np.ones((m, 3 + m))
        face = np.eye(3) if not m else np.array([[1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]]) / 2
        square, fourth, later = np.zeros((3, 3)), np.zeros(3), 0.0
        for seed in run.rng.integers(0, 2**63, walks).tolist():
            ends: list[discrepancy.EdgeStep] = []
            discrepancy.lovett_meka(np.zeros(n), rows, np.zeros(m), rng=seed, steps=2, trace=ends)
            first = face @ ends[0].values
            first = first / np.linalg.norm(first)
            square += np.outer(first, first) / walks
            fourth += first**4 / walks
            if not m:  # the second line is uniform in what is orthogonal to the coordinate that is frozen
                second = ends[1].values - ends[0].values
                largest = np.abs(first).max()
                later += float((first @ second) ** 2 / (second @ second) - (1 - largest**2) / 2) / walks
        inputs = {"m": m, "seeds": walks}
        clause.holds(np.abs(square - np.eye(3) / 3), "<=", allowed, **inputs, explanation="second moments")
        clause.holds(np.abs(fourth - 3 / 15), "<=", allowed, **inputs, explanation="fourth moments")
        clause.holds(abs(later), "<=", allowed, **inputs, explanation="the second line beside the first")


def at_least(clause: Clause, successes: int, trials: int, chance: float, **inputs: Any) -> None:
    """A binomial test, if there are enough trials for one."""
    least = least_successes(trials, chance)
    if not least:
        clause.undecided(f"{trials} trials are too few to tell a chance of {chance} from none")
    clause.holds(successes, ">=", least, trials=trials, chance=chance, **inputs)


def least_successes(trials: int, chance: float) -> int:
    """The least count that a binomial variable is below with probability at most `LEVEL`."""
    if chance >= 1:
        return trials
    below = 0.0
    for count in range(trials + 1):
        ways = lgamma(trials + 1) - lgamma(count + 1) - lgamma(trials - count + 1)
        below += exp(ways + count * log(chance) + (trials - count) * log1p(-chance))
        if below > LEVEL:
            return count
    return trials
