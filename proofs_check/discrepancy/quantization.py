"""Rounding one weight at a time: to nearest and at random (DIS-29, DIS-30).

Expected values come from all levels in fractions, and from every uniform number that a random generator could
hand out, cell by cell.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import comb
from typing import Any

import numpy as np

from lemmata import quantization
from lemmata.claims import Run, check
from lemmata.quantization import Grid

UNIT = Fraction(1, 2**53)

# For each of two weights, a loss that grows with the distance to its level.
LOSSES: tuple[tuple[Callable[[float], float], Callable[[float], float]], ...] = (
    (lambda d: d, lambda d: d),
    (lambda d: d * d, lambda d: 3 * d),
    (abs, lambda d: d**4),
)


def nearest_of(value: Fraction, levels: Sequence[Fraction]) -> Fraction:
    """Every level is tried; of two equally near ones the lower, if its last code has an even index."""
    best = min(abs(value - level) for level in levels)
    tied = [level for level in levels if abs(value - level) == best]
    last = max(k for k, level in enumerate(levels) if level == tied[0])
    return tied[0] if last % 2 == 0 else tied[-1]


def beside(value: float) -> list[float]:
    """A double and its two neighbours."""
    return [value, float(np.nextafter(value, np.inf)), float(np.nextafter(value, -np.inf))]


def subsets(codes: int, most: int) -> Iterator[tuple[int, ...]]:
    """Every non-empty set of at most ``most`` codes below ``codes``."""
    return (levels for size in range(1, most + 1) for levels in combinations(range(codes), size))


def subset_count(codes: int, most: int) -> int:
    """Number of `subsets`."""
    return sum(comb(codes, size) for size in range(1, most + 1))


def uniform_grids(run: Run) -> Iterator[tuple[Grid, list[float], list[float]]]:
    """Bounded grids that are not dyadic, with all levels, and weights at and beside ties."""
    for _ in range(run.choose(30, 400, 4_000)):
        bits = int(run.rng.integers(1, 5))
        scale = float(run.rng.choice([0.1, 1 / 3, 1e-3, 7e10, 1e-300, float(run.rng.uniform(0.01, 2))]))
        offset = float(run.rng.choice([0.0, -1.7, 1e6, 1e17, float(run.rng.normal())])) * min(scale, 1.0)
        levels = [offset + scale * float(k) for k in range(2**bits)]
        weights = run.rng.uniform(levels[0] - scale, levels[-1] + scale, 8).tolist()
        for low, high in pairwise(levels):
            weights += beside(low) + beside((low + high) / 2)
        yield Grid.uniform(scale, bits=bits, offset=offset), levels, weights


def unbounded_grids(run: Run) -> Iterator[tuple[float, float, list[float]]]:
    """Steps and offsets that are mostly not dyadic, and weights near and far, at and beside ties."""
    for _ in range(run.choose(40, 400, 4_000)):
        step = float(run.rng.choice([0.1, 1 / 3, 3.0, 0.75, 1e-300, 7e130, float(run.rng.uniform(0.01, 2))]))
        offset = step * float(run.rng.choice([0.0, 0.125, -1.7, 1e6, float(run.rng.normal())]))
        weights = []
        for code in run.rng.integers(-(2 ** int(run.rng.integers(2, 49))), 2**20, 6).tolist():
            low, high = offset + step * code, offset + step * (code + 1)
            weights += beside(low) + beside((low + high) / 2) + [low + 0.3 * step]
        yield step, offset, weights


def levels_near(step: float, offset: float, weight: float) -> list[Fraction]:
    """Levels of an unbounded grid around a weight, as the doubles that they are, from an even code on."""
    code = round((Fraction(weight) - Fraction(offset)) / Fraction(step))
    first = code - code % 2 - 4
    return [Fraction(offset + step * float(k)) for k in range(first, first + 10)]


@check("DIS-29")
def nearest_levels_are_nearest(run: Run) -> None:
    """All levels are tried in fractions: on small sets, on codes that coincide, at and beside ties."""
    least, ties, sums, far = run.clauses("abcd")

    def compare(weight: float, found: float, levels: Sequence[Fraction]) -> None:
        exact, value = Fraction(weight), Fraction(found)
        best = min(abs(exact - level) for level in levels)
        shown = {"weight": weight, "levels": [float(level) for level in levels[:16]]}
        least.equal([value in levels, abs(exact - value)], [True, best], **shown, found=found)
        if ties.concerns(len({level for level in levels if abs(exact - level) == best}) == 2):
            ties.equal(value, nearest_of(exact, levels), **shown)

    quarters = [k / 4 for k in range(-4, 25)]
    for codes in run.every(
        subsets(6, 4),
        "every set of at most 4 levels out of 0 to 5, with every quarter from -1 to 6",
        size=subset_count(6, 4),
    ):
        found = quantization.round_to_nearest(quarters, Grid.from_levels(codes)).tolist()
        for weight, value in zip(quarters, found, strict=True):
            compare(weight, value, [Fraction(v) for v in codes])
    start = 2.0**53
    weights = [start + k for k in range(-2, 12, 2)]
    for codes in run.every(
        subsets(8, 4),
        "every set of at most 4 codes out of 0 to 7 on the offset 2^53, where doubles are 2 apart",
        size=subset_count(8, 4),
    ):
        grid = Grid.from_levels(codes, offset=start)
        for weight, value in zip(weights, quantization.round_to_nearest(weights, grid).tolist(), strict=True):
            compare(weight, value, [Fraction(start + code) for code in codes])
    for grid, levels, near in run.samples(uniform_grids(run), "uniform grids of 1 to 4 bits, not dyadic"):
        for weight, value in zip(near, grid.nearest(near).tolist(), strict=True):
            compare(weight, value, [Fraction(level) for level in levels])
    for step, offset, near in run.samples(unbounded_grids(run), "unbounded grids, not dyadic, far and near"):
        found = quantization.round_to_nearest(near, Grid.unbounded(step, offset=offset)).tolist()
        for weight, value in zip(near, found, strict=True):
            compare(weight, value, levels_near(step, offset, weight))
    rows = product([(0, 1, 2), (0, 2, 3), (-1, 0, 4)], product([k / 4 for k in range(-4, 17)], repeat=2))
    for codes, row in run.every(
        rows, "three grids of 3 levels, every two quarters from -1 to 4", size=3 * 441
    ):
        value = quantization.round_to_nearest(row, Grid.from_levels(codes)).tolist()
        for phi in LOSSES:
            cost = [
                sum(f(abs(w - q)) for f, w, q in zip(phi, row, choice, strict=True))
                for choice in (value, *product(codes, repeat=2))
            ]
            sums.holds(cost[0], "<=", min(cost[1:]), row=row, levels=codes)
    for step in run.samples(
        [1.0, 0.1, 1.75, 1e-300, 3e130, *run.rng.uniform(1, 2, 20)], "steps, at 2^50 of them"
    ):
        at_the_edge(run, far, float(step))


def at_the_edge(run: Run, far: Any, step: float) -> None:
    """Refusals just beyond 2^50 steps; just within, levels next to each other differ."""
    edge = step * 2.0**50
    words = "must be at most 2^50 of the grid's steps from 0"
    far.refuses(lambda: Grid.unbounded(step, offset=edge + 2 * step), ValueError, words, step=step)
    for offset, weight in (
        (0.0, edge + 2 * step),
        (0.0, -edge - 2 * step),
        (edge, edge + 2 * step),
        (edge, -step),
    ):
        grid = Grid.unbounded(step, offset=offset)
        far.refuses(
            lambda w=weight, g=grid: quantization.round_to_nearest(w, g), ValueError, words, step=step
        )
    for offset in (0.0, float(run.rng.uniform(-1, 1)) * step, edge - 4 * step):
        weight = edge - 3 * step
        code = round((Fraction(weight) - Fraction(offset)) / Fraction(step))
        levels = [offset + step * float(k) for k in range(code - 2, code + 4)]
        for low, high in pairwise(levels):
            far.holds(low, "<", high, step=step, offset=offset)
        below, above = Grid.unbounded(step, offset=offset).neighbours(weight)
        expected = [max(v for v in levels if v <= weight), min(v for v in levels if v >= weight)]
        far.equal([float(below), float(above)], expected, step=step, offset=offset, weight=weight)


class Listed(np.random.Generator):
    """A generator whose uniform numbers are given."""

    def __init__(self, values: Sequence[float]) -> None:
        super().__init__(np.random.PCG64(0))
        self.values = list(values)

    def random(self, size: Any = None, dtype: Any = np.float64, out: Any = None) -> Any:  # noqa: ARG002
        """The next numbers of the list."""
        count = int(np.prod(size)) if size is not None else 1
        taken, self.values = self.values[:count], self.values[count:]
        return np.array(taken).reshape(() if size is None else size)


CELLS = 8
PAIRS = ((0.0, 1.0), (-1.5, 0.5), (2.0, 6.0), (-0.25, 0.0))


def any_levels_and_weight(run: Run) -> Iterator[tuple[float, float, float]]:
    """Two levels and a weight between them, for which the differences of doubles are mostly rounded."""
    yield -1.0, 1 + 2.0**-52, -0.25 + 3 * 2.0**-55
    yield 0.0, 1.0, 2.0**-60
    yield 0.0, 5e-324 * 7, 5e-324 * 2
    for _ in range(run.choose(200, 2_000, 20_000)):
        low, high = np.sort(run.rng.normal(size=2) * 10.0 ** run.rng.integers(-3, 4, 2)).tolist()
        yield low, high, float(run.rng.uniform(low, high))


def chance_of_going_up(low: float, high: float, weight: float) -> Fraction:
    """The first multiple of 2^-53 at which rounding goes down: tried around the right probability."""
    exact = (Fraction(weight) - Fraction(low)) / (Fraction(high) - Fraction(low))
    numbers = [k for k in range(int(exact / UNIT) - 8, int(exact / UNIT) + 10) if 0 <= k < 2**53]
    grid = Grid.from_levels([low, high])
    uniform = Listed([float(k * UNIT) for k in numbers])
    rounded = quantization.round_stochastic([weight] * len(numbers), grid, rng=uniform).tolist()
    down = [k for k, value in zip(numbers, rounded, strict=True) if value == low]
    return min(down) * UNIT if down else Fraction(1)


@check("DIS-30")
def random_rounding_has_the_right_mean_and_variance(run: Run) -> None:
    """Every cell of uniform numbers, from both of its ends; then a binomial test of the real generator."""
    chances, variances = run.clauses("ab")
    ends = [k / CELLS for k in range(CELLS)], [(k + 1) / CELLS - float(UNIT) for k in range(CELLS)]
    members = product(PAIRS, ("two levels", "three levels", "unbounded"), range(CELLS + 1))
    size = len(PAIRS) * 3 * (CELLS + 1)
    for (low, high), kind, k in run.every(
        members, "eighths between four pairs of levels on three kinds of grid, all cells", size=size
    ):
        grid = {
            "two levels": Grid.uniform(high - low, bits=1, offset=low),
            "three levels": Grid.from_levels([low, high, high + 1.0]),
            "unbounded": Grid.unbounded(high - low, offset=low),
        }[kind]
        weight = low + (high - low) * k / CELLS
        for uniform in ends:
            rounded = quantization.round_stochastic([weight] * CELLS, grid, rng=Listed(uniform))
            outcomes = [Fraction(v) for v in rounded.tolist()]
            mean = sum(outcomes, Fraction(0)) / CELLS
            variance = sum(((v - mean) ** 2 for v in outcomes), Fraction(0)) / CELLS
            exact = Fraction(weight), (Fraction(weight) - Fraction(low)) * (Fraction(high) - Fraction(weight))
            shown = {"weight": weight, "below": low, "above": high, "uniform numbers": uniform}
            chances.equal([mean, variance], list(exact), **shown)
            quarter = (Fraction(high) - Fraction(low)) ** 2 / 4
            variances.holds(variance, "<=", quarter, **shown)
            if 2 * k == CELLS:
                variances.attains(variance, quarter, **shown)
    for low, high, weight in run.samples(
        any_levels_and_weight(run), "levels and weights that are not dyadic"
    ):
        exact_chance = (Fraction(weight) - Fraction(low)) / (Fraction(high) - Fraction(low))
        off = abs(chance_of_going_up(low, high, weight) - exact_chance)
        chances.holds(off, "<=", 4 * UNIT, below=low, above=high, weight=weight)
    trials = run.choose(40_000, 10**6, 10**7)
    ups = int(quantization.round_stochastic(np.full(trials, 0.3), Grid.unbounded(1.0), rng=run.rng).sum())
    from scipy.stats import binomtest  # noqa: PLC0415 - slow to import, and only needed here

    p_value = float(binomtest(ups, trials, 0.3).pvalue)
    chances.holds(p_value, ">=", 1e-9, weight=0.3, trials=trials, ups=ups, explanation="binomial test")
