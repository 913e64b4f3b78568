"""Full colourings and six standard deviations (DIS-22, DIS-23)."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from math import log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import hadamard

from lemmata import discrepancy
from lemmata.claims import Clause, Enclosure, Plot, Run, Series, check

from .edge_walks import at_least

Matrix = NDArray[np.int64]


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


def last_ones(n: int) -> NDArray[np.float64]:
    """Equal rows, n of them, of 64 zeros and then ones: sums are taken in blocks of 64 terms."""
    return np.repeat((np.arange(n) >= 64)[None, :] * 1.0, n, axis=0)


def exact_change(row: NDArray[np.float64], y: NDArray[np.float64], x: NDArray[np.float64]) -> Fraction:
    """|<a, y - x>| in rationals."""
    pairs = zip(row.tolist(), y.tolist(), x.tolist(), strict=True)
    return abs(sum((Fraction(a) * (Fraction(b) - Fraction(c)) for a, b, c in pairs), Fraction(0)))


def replay(
    colored: Clause,
    attempts: Clause,
    rows: NDArray[Any],
    x: NDArray[np.float64],
    found: discrepancy.SpencerColoring,
    seed: int,
    /,
    **inputs: Any,
) -> list[int]:
    """The phases once more, attempt by attempt, from the point that each phase begins with."""
    values, numbers = x.copy(), list[int]()
    replay_phases(
        colored, attempts, rows, values, found.phases, np.random.default_rng(seed), numbers, **inputs
    )
    colored.equal(np.asarray(found.signs, dtype=np.float64), values, **inputs)
    return numbers


def replay_phases(
    colored: Clause,
    attempts: Clause,
    rows: NDArray[Any],
    values: NDArray[np.float64],
    phases: Sequence[discrepancy.Phase],
    rng: np.random.Generator,
    numbers: list[int],
    /,
    **inputs: Any,
) -> None:
    """Walk from the values, which are moved, and note the number of attempts at each phase."""
    for phase in phases:
        inputs |= {"phase": len(numbers)}
        part = rows[:, np.abs(values) < 1] * 1.0
        k = part.shape[1]
        number, froze = walks_from(values, part, phase.threshold, rng)
        numbers.append(number)
        attempts.equal(phase.attempts, number, **inputs)
        colored.equal([phase.alive, phase.frozen], [k, froze], **inputs)
        colored.holds(2 * froze, ">=", k, **inputs)
        allowed = max(phase.threshold, 1e-9) * float(np.linalg.norm(part, axis=1).max(initial=0.0))
        colored.holds(abs(phase.allowance - allowed), "<=", 1e-9 * allowed, **inputs)


def walks_from(
    values: NDArray[np.float64], part: NDArray[np.float64], threshold: float, rng: np.random.Generator
) -> tuple[int, int]:
    """The first of a hundred walks that freezes half of what is alive, and how much; 0 if there is none."""
    alive = np.flatnonzero(np.abs(values) < 1)
    limits = np.full(len(part), threshold)
    for number in range(1, 101):
        y = np.asarray(discrepancy.lovett_meka(values[alive], part, limits, rng=rng).values)
        froze = int((np.abs(y) == 1).sum())
        if 2 * froze >= len(alive):
            values[alive] = y
            return number, froze
    return 100, 0


def color_or_give_up(colored: Clause, attempts: Clause, n: int, scale: float, seed: int) -> None:
    """A Hadamard matrix, whose walks fail more often than not: it is given up after a hundred of them."""
    rows, values, numbers = np.asarray(hadamard(n), dtype=np.float64), np.zeros(n), list[int]()
    shown: dict[str, Any] = {"system": "Hadamard", "n": n, "scale": scale, "seed": seed}
    phases: list[discrepancy.Phase] = []
    rng, again = np.random.default_rng(seed), np.random.default_rng(seed)
    try:
        found = discrepancy.spencer_coloring(rows, scale=scale, rng=rng, trace=phases)
    except discrepancy.ColoringError:
        replay_phases(colored, attempts, rows, values, phases, again, numbers, **shown)
        part = rows[:, np.abs(values) < 1]
        threshold = scale * 4 * sqrt(log(16 * n / part.shape[1]))
        shown |= {"phases": len(phases)}
        attempts.equal(walks_from(values, part, threshold, again), (100, 0), **shown)
        same = rng.bit_generator.state == again.bit_generator.state
        attempts.equal(same, True, **shown, explanation="as many numbers are drawn as a hundred walks need")
        return
    replay_phases(colored, attempts, rows, values, found.phases, again, numbers, **shown)
    colored.equal(np.asarray(found.signs, dtype=np.float64), values, **shown)


@check("DIS-22")
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
            seed = int(run.rng.integers(2**31))
            try:
                found = discrepancy.spencer_coloring(rows, scale=scale, rng=seed)
            except discrepancy.ColoringError as error:
                attempts.equal(str(error), "a colouring", **inputs)
                continue
            signs = np.asarray(found.signs, dtype=np.int64)
            colored.equal(np.abs(signs), np.ones(n, dtype=np.int64), **inputs)
            alive = [phase.alive for phase in found.phases]
            colored.holds(alive, "<=", [n >> r for r in range(len(alive))], **inputs)
            for phase in found.phases:
                exact = scale * threshold(phase.alive, m)
                colored.holds(abs(phase.threshold - exact), "<=", 1e-12 * exact, phase=phase.alive, **inputs)
            numbers = replay(colored, attempts, rows, np.zeros(n), found, seed, **inputs)
            first_attempts += [number == 1 for number in numbers if scale == 1]
            actual = int(np.abs(rows @ signs).max())
            colored.holds(actual, "<=", bound(n, m), **inputs)
            colored.holds(actual, "<=", found.bound + 1e-9, **inputs)
            colored.holds(abs(actual - found.value), "<=", 1e-9, **inputs)
            series.holds(bound(n, m), "<=", most(n, m), **inputs)
            series.holds(found.bound, "<=", most(n, m), **inputs, explanation="what the phases allow")
            label = f"{name}, scale {scale:g}"
            curves.setdefault(label, []).append((n, actual / sqrt(n * log(2 * m / n))))
    for k in run.samples(range(20, 31), "the series alone, m = n = 2^20, ..., 2^30"):
        series.holds(bound(2**k, 2**k), ">", Fraction(33, 35) * most(2**k, 2**k), m=f"2^{k}", n=f"2^{k}")
    for n, real, x in run.samples(real_systems(run), "small systems of real rows, from a given point"):
        entries: dict[str, Any] = {"rows": real, "x": x}
        seed = int(run.rng.integers(2**31))
        found = discrepancy.spencer_coloring(real, x, rng=seed)
        y = np.asarray(found.signs, dtype=np.float64)
        colored.equal(np.abs(y), np.ones(n), **entries)
        colored.equal(y[np.abs(x) == 1], x[np.abs(x) == 1], **entries)
        worst = max(exact_change(row, y, x) for row in real)
        colored.holds(worst, "<=", Fraction(bound(n, len(real))), **entries)
        colored.holds(abs(worst - Fraction(found.value)), "<=", Fraction(1, 10**9), **entries)
        numbers = replay(colored, attempts, real, x, found, seed, **entries)
        first_attempts += [number == 1 for number in numbers]
    for seed in run.samples(
        range(3), "one row, 64 times, from a point near a corner, at a tenth of the scale"
    ):
        ones, near = np.ones((64, 64)), np.full(64, 0.9)
        found = discrepancy.spencer_coloring(ones, near, scale=0.1, rng=seed)
        replay(colored, attempts, ones, near, found, seed, n=64, start=0.9)
        change = exact_change(ones[0], np.asarray(found.signs, dtype=np.float64), near)
        colored.holds(change, "<=", Fraction(found.bound), seed=seed)
    for seed in run.samples(range(3), "one row, 72 times, which has its entries after the 64th"):
        late, start = last_ones(72), np.zeros(72)
        try:
            found = discrepancy.spencer_coloring(late, scale=0.1, rng=seed)
        except ArithmeticError as error:
            colored.equal(str(error), "a colouring", seed=seed)
            continue
        replay(colored, attempts, late, start, found, seed, n=72)
        change = exact_change(late[0], np.asarray(found.signs, dtype=np.float64), start)
        colored.holds(change, "<=", Fraction(found.bound), seed=seed, n=72)
    for seed in run.samples(range(8), "Hadamard, n = 32, at 0.15 of the scale: some attempts fail"):
        color_or_give_up(colored, attempts, 32, 0.15, seed)
    for seed in run.samples(
        range(run.choose(12, 24, 100)), "Hadamard, n = 8, at 0.12 of the scale: most attempts fail"
    ):
        color_or_give_up(colored, attempts, 8, 0.12, seed)
    for seed in run.samples(range(3), "Hadamard, n = 4, at 0.1 of the scale: all attempts fail"):
        color_or_give_up(colored, attempts, 4, 0.1, seed)
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


@check("DIS-23")
def six_standard_deviations_suffice(run: Run) -> None:
    """Systems on 64 points and more by a colouring; all systems of n sets on n points for small n."""
    colored, maxima = run.clauses("ab")
    limit, exact = run.formula("six_standard_deviations"), run.formula("largest_discrepancy")
    # Up to 36 points every colouring is within the limit.
    sizes = run.choose((64,), (64, 128), (64, 128, 256))
    instances = ((n, *system) for n in sizes for system in systems(run, n))
    for n, name, rows in run.samples(instances, "random, Hadamard and progression systems, with a colouring"):
        if colored.concerns(len(rows) <= n):
            found = discrepancy.spencer_coloring(rows, scale=0.25, rng=run.rng)
            signs = np.asarray(found.signs, dtype=np.int64)
            colored.equal(np.abs(signs), np.ones(n, dtype=np.int64), system=name, n=n)
            value = int(np.abs(rows @ signs).max())
            colored.holds(value, "<=", limit(n), system=name, n=n)
            colored.holds(value, "<=", found.bound, system=name, n=n)
    for seed in run.samples(range(3), "one row, 72 times, which has its entries after the 64th"):
        late = last_ones(72)
        try:
            found = discrepancy.spencer_coloring(late, scale=0.1, rng=seed)
        except ArithmeticError as error:
            colored.equal(str(error), "a colouring", seed=seed)
            continue
        value = int(np.abs(late @ np.asarray(found.signs, dtype=np.int64)).max())
        colored.holds(value, "<=", limit(72), seed=seed, n=72)
        colored.holds(value, "<=", found.bound, seed=seed, n=72)
    colored.note("for all n the theorem is Spencer's; nothing here extends beyond the instances")
    largest_n = run.choose(5, 6, 6)
    domain = f"all families of n sets on n points for each n <= {largest_n}, by brute force"
    for n in run.every(range(1, largest_n + 1), domain, size=largest_n):
        families, largest, masks = discrepancies(n)
        sets = [format(mask, f"0{n}b") for mask in masks]
        maxima.equal(largest, exact(n), n=n, families=families, worst=sets)
        worst = np.array([[int(digit) for digit in word] for word in sets])
        maxima.equal(discrepancy.optimal_coloring(worst).value, exact(n), n=n, worst=sets)
