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
from lemmata.claims import (
    ArgumentError,
    Enclosure,
    Evidence,
    Plot,
    Run,
    Series,
    Verdict,
    Witness,
    check,
    refuted,
)
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
) -> Iterator[tuple[str, NDArray[Any], NDArray[Any], NDArray[Any]]]:
    """Name, start, rows and thresholds, with sum_j exp(-lambda_j^2/16) = n/16 or just below."""
    n = run.choose(16, 24, 32)
    wide = 4 * sqrt(log(16))
    signs = run.rng.integers(0, 2, (n, n)) * 2.0 - 1
    yield "signs, equal thresholds", np.zeros(n), signs, np.full(n, wide)
    # n/16 rows may be kept exactly, if the others are free.
    rows = run.rng.standard_normal((n // 16 + n, n)) * 10.0 ** run.rng.integers(-150, 6, (n // 16 + n, 1))
    thresholds = np.concatenate([np.zeros(n // 16), np.full(n, np.inf)])
    yield "n/16 rows kept exactly", run.rng.uniform(-0.9, 0.9, n), rows, thresholds
    half = np.vstack([np.repeat(np.eye(n)[:2], n // 4, axis=0), hadamard(16)[:, :1] * np.ones((16, n))])
    start = run.rng.choice([-1.0, -0.5, 0.0, 0.5, 1.0], n)
    level = 4 * sqrt(log(16 * len(half) / n))
    yield "repeated rows, some coordinates at their bounds", start, half, np.full(len(half), level)


@check("DIS-20")
def edge_walks_freeze_half_with_probability_a_quarter(run: Run) -> Verdict:
    """Every run: cube and thresholds in rationals. Over independent seeds: a binomial test, and the mean."""
    seeds, cases, least = run.choose(60, 300, 1000), 0, 1.0
    from scipy.stats import binom  # noqa: PLC0415 - slow to import, and only needed here

    reject = int(binom.ppf(LEVEL, seeds, 0.25)) - 1  # the largest count with a tail of at most LEVEL
    while binom.cdf(reject + 1, seeds, 0.25) <= LEVEL:
        reject += 1
    for name, x, rows, thresholds in walk_instances(run):
        n = len(x)
        if sum(np.exp(-(thresholds**2) / 16)) > n / 16 * (1 + 1e-12):
            raise AssertionError(f"{name} misses the hypothesis")
        successes, mean = 0, np.zeros(n)
        inputs: dict[str, object] = {"instance": name, "n": n, "m": len(rows)}
        for seed in run.rng.integers(0, 2**31, seeds).tolist():
            cases += 1
            found = discrepancy.lovett_meka(x, rows, thresholds, rng=seed)
            y = np.asarray(found.values)
            frozen = np.abs(y) == 1
            successes += 2 * int(frozen.sum()) >= n
            mean += (y - x) / seeds
            if (np.abs(y) > 1).any() or ((np.abs(x) == 1) & (y != x)).any():
                witness = Witness(
                    inputs | {"seed": seed}, "in the cube; +-1 stay", [round(v, 3) for v in y.tolist()]
                )
                return refuted(cases, witness)
            for j, limit in enumerate(np.maximum(thresholds, 1e-9)):
                if np.isfinite(limit) and exact_square_excess(rows[j], y, x, float(limit)) > 0:
                    change = float(abs(rows[j] @ (y - x)) / np.linalg.norm(rows[j]))
                    return refuted(cases, Witness(inputs | {"seed": seed, "row": j}, f"<= {limit}", change))
        least = min(least, successes / seeds)
        if successes <= reject:
            return refuted(cases, Witness(inputs | {"seeds": seeds}, f"> {reject} successes", successes))
        drift = float(np.abs(mean).max())
        allowed = 2 * sqrt(log(2 * n / LEVEL) / (2 * seeds))  # Hoeffding, jointly over the coordinates
        if drift > allowed:
            return refuted(cases, Witness(inputs | {"seeds": seeds}, f"mean within {allowed:.3f}", drift))
    size, power = binom.cdf(reject, seeds, 0.25), binom.cdf(reject, seeds, 0.02)
    return Verdict(
        Evidence.CONSISTENT,
        f"three instances, {seeds} independent seeds each; thresholds re-checked in rationals on every run",
        cases,
        measured=least,
        bound=0.25,
        relation=">=",
        notes=[
            f"binomial test per instance: size {size:.1e} at 1/4, power {power:.3f} at 0.02",
            "only whole runs are counted; coordinates of one run are dependent and are not pooled",
        ],
    )


def systems(run: Run, n: int) -> Iterator[tuple[str, Matrix]]:
    """Set systems on n points, n a power of two: random with m = n and m = 2n, Hadamard, progressions."""
    yield "random sets, m = n", run.rng.integers(0, 2, (n, n))
    yield "random sets, m = 2n", run.rng.integers(0, 2, (2 * n, n))
    yield "Hadamard", np.asarray(hadamard(n), dtype=np.int64)
    i = np.arange(n)
    yield (
        "progressions",
        np.array([(i >= s) & (i % d == s % d) for d in range(1, 9) for s in range(n // 8)], dtype=np.int64),
    )


@check("DIS-21")
def halving_colours_everything_within_the_series(run: Run) -> Verdict:
    """The constant by Arb; then colourings of systems, their discrepancies recomputed in integers."""
    cases, worst = 0, 0.0
    constant = walk_bounds.FULL_COLORING_CONSTANT
    series = Enclosure(
        " + ".join(f"4 * sqrt((4 + {r}) / 2**{r})" for r in range(40))
        + " + 4 * sqrt(44 / 2**40) / (1 - 3/4)",
        "<",
        str(int(constant)),
    )
    try:
        series.recheck()
    except ArgumentError as error:
        return refuted(1, Witness({"constant": constant}, "sum of the phases below it", str(error)[-200:]))
    curves: dict[str, list[tuple[int, float]]] = {}
    for n in run.choose((8, 16, 32, 64), (8, 16, 32, 64, 128), (8, 16, 32, 64, 128, 256)):
        for name, rows in systems(run, n):
            for scale in (1.0, 0.25):
                cases += 1
                found = discrepancy.spencer_coloring(rows, scale=scale, rng=run.rng)
                signs = np.asarray(found.coloring, dtype=np.int64)
                m = len(rows)
                formula = sqrt(n * log(2 * m / n))
                inputs: dict[str, object] = {"system": name, "n": n, "m": m, "scale": scale}
                if sorted({abs(int(s)) for s in signs}) != [1]:
                    return refuted(cases, Witness(inputs, "entries -1 and +1", signs.tolist()[:20]))
                for r, phase in enumerate(found.phases):
                    if phase.alive > n >> r:
                        return refuted(cases, Witness(inputs, f"at most {n >> r} coordinates", phase.alive))
                actual = int(np.abs(rows @ signs).max())
                if actual > found.bound + 1e-9 or actual > walk_bounds.full_coloring_bound(n, m):
                    return refuted(cases, Witness(inputs, f"<= {found.bound:.2f}", actual, "discrepancy"))
                if abs(actual - found.discrepancy) > 1e-9:
                    return refuted(cases, Witness(inputs, actual, found.discrepancy, "reported discrepancy"))
                if walk_bounds.full_coloring_bound(n, m) > constant * formula:
                    return refuted(
                        cases, Witness(inputs, constant * formula, walk_bounds.full_coloring_bound(n, m))
                    )
                worst = max(worst, actual / formula)
                curves.setdefault(f"{name}, scale {scale:g}", []).append((n, actual / formula))
    plot = Plot(
        "Discrepancy of iterated partial colourings",
        "points n",
        "discrepancy / sqrt(n log(2m/n))",
        [Series(name, [n for n, _ in points], [c for _, c in points]) for name, points in curves.items()],
        x_scale="log",
    )
    return Verdict(
        Evidence.CONSISTENT,
        f"random systems, Hadamard matrices and progressions, {cases} colourings; the constant by Arb",
        cases,
        measured=worst,
        bound=constant,
        arguments=[series],
        plots=[plot],
        notes=["the measured constant is of these samples; that it stays there is not proved"],
    )


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
def six_standard_deviations_suffice(run: Run) -> Verdict:
    """All systems of n sets on n points up to n = 5 or 6 by brute force; larger ones by a colouring."""
    cases, worst = 0, (0.0, 0)
    exact = []
    largest_n = run.choose(5, 6, 6)
    for n in range(1, largest_n + 1):
        families, largest, masks = discrepancies(n)
        cases += families
        exact.append(largest)
        bound = walk_bounds.six_standard_deviations(n)
        worst = max(worst, (largest / sqrt(n), n))
        if largest > bound:
            sets = [format(mask, f"0{n}b") for mask in masks]
            return refuted(cases, Witness({"n": n, "sets": sets}, f"<= {bound}", largest, "best colouring"))
    for n in run.choose((8, 16, 32, 64), (8, 16, 32, 64, 128), (8, 16, 32, 64, 128, 256)):
        for name, rows in systems(run, n):
            if len(rows) > n:
                continue
            cases += 1
            signs = np.asarray(
                discrepancy.spencer_coloring(rows, scale=0.25, rng=run.rng).coloring, dtype=np.int64
            )
            value = int(np.abs(rows @ signs).max())
            worst = max(worst, (value / sqrt(n), n))
            if value > walk_bounds.six_standard_deviations(n):
                inputs: dict[str, object] = {"system": name, "n": n}
                return refuted(cases, Witness(inputs, f"<= {walk_bounds.six_standard_deviations(n)}", value))
    return Verdict(
        Evidence.VERIFIED,
        f"all families of n sets on n points for n <= {largest_n}; random, Hadamard and progression systems "
        f"up to n = {run.choose(64, 128, 256)}, each with a colouring",
        cases,
        measured=worst[0],
        bound=6.0,
        notes=[
            f"largest discrepancy of n sets on n points, n = 1..{largest_n}: {exact}",
            f"measured is the largest value over sqrt(n), at n = {worst[1]}; from n = 8 on a colouring's",
            "for all n the theorem is Spencer's; nothing here extends beyond the domain",
        ],
    )
