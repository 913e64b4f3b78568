"""Rounding one weight at a time, to nearest (QUA-1). Expected values come from all levels in fractions."""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import comb
from typing import Any

import numpy as np

from lemmata import quantization
from lemmata.claims import Run, check
from lemmata.quantization import Grid
from lemmata.quantization import levels as finding

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


PARAMETERS: tuple[tuple[tuple[int, ...], int | None], ...] = (
    ((), None),
    ((3,), None),
    ((2, 1), None),
    ((2, 3), None),
    ((2, 2), 2),
    ((1, 2), 2),
    ((2,), 2),
    ((2, 3), 1),
    ((2, 1), 4),
)
"""Shapes of scales for two rows of three weights, and how many columns share one."""


CODES = {"2 bits": range(4), "levels": (-2, 0, 1), "unbounded": range(-8, 9)}
"""Codes on three kinds of grid; of the unbounded one, those near the weights."""


def parameter_of(values: Any, group_size: int | None, row: int, column: int) -> float:
    """The scale or offset of one weight: that of its row, if rows differ, and of its group, if groups do."""
    array = np.asarray(values)
    if group_size is not None:
        column = column // group_size
    along = array.shape[-1] if array.ndim else 1
    rows = array.reshape(-1, along)
    return float(rows[row if len(rows) > 1 else 0, column if along > 1 else 0])


def small_arrays() -> Iterator[tuple[tuple[tuple[int, ...], int | None], str]]:
    """Every arrangement of scales, on three kinds of grid."""
    return product(PARAMETERS, ("2 bits", "levels", "unbounded"))


def array_on(shape: tuple[int, ...], group_size: int | None, kind: str) -> tuple[Grid, Any, Any]:
    """A grid whose scales all differ, and so do its offsets."""
    count = int(np.prod(shape, dtype=int))
    scale = (1 + np.arange(count) / 4).reshape(shape)
    offset = (np.arange(count) / 8 - 0.5).reshape(shape)
    if kind == "2 bits":
        return Grid.uniform(scale, bits=2, offset=offset, group_size=group_size), scale, offset
    if kind == "levels":
        levels = [-2.0, 0.0, 1.0]
        return Grid.from_levels(levels, scale=scale, offset=offset, group_size=group_size), scale, offset
    return Grid.unbounded(scale, offset=offset, group_size=group_size), scale, offset


@check("QUA-1")
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
    for (shape, group_size), kind in run.every(
        small_arrays(),
        "two rows of three weights, scales in nine arrangements, on three kinds of grid",
        size=27,
    ):
        grid, scale, offset = array_on(shape, group_size, kind)
        own_codes = CODES[kind]
        for start in (-1.3, 0.2, 1.1, 1.9):
            array = start + np.arange(6).reshape(2, 3) / 3
            found = quantization.round_to_nearest(array, grid)
            for i, j in product(range(2), range(3)):
                own = [parameter_of(v, group_size, i, j) for v in (scale, offset)]
                compare(
                    float(array[i, j]), float(found[i, j]), [Fraction(own[1] + own[0] * k) for k in own_codes]
                )
    for kind in run.every(
        CODES, "two by two rows of three columns in two groups, three kinds of grid", size=3
    ):
        grid, scale, offset = array_on((2, 2, 2), 2, kind)
        stack = np.arange(12).reshape(2, 2, 3) / 3 - 1.1
        found = quantization.round_to_nearest(stack, grid)
        for k, i, j in product(range(2), range(2), range(3)):
            step, lowest = float(scale[k, i, j // 2]), float(offset[k, i, j // 2])
            own_levels = [Fraction(lowest + step * code) for code in CODES[kind]]
            compare(float(stack[k, i, j]), float(found[k, i, j]), own_levels)
    for grid, levels, near in run.samples(uniform_grids(run), "uniform grids of 1 to 4 bits, not dyadic"):
        errors_are_exact(least, np.array(near), grid.nearest(near))
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
        [1.0, 0.1, 1.75, 1e-300, 3e130, *run.rng.uniform(1, 2, 8)], "steps, at 2^50 of them"
    ):
        at_the_edge(run, far, float(step))


def errors_are_exact(clause: Any, a: Any, b: Any) -> None:
    """What rounding left out of differences, which is what decides between two levels."""
    found = finding.subtraction_error(a, b, a - b)
    for x, y, error in zip(a.tolist(), b.tolist(), found.tolist(), strict=True):
        clause.equal(Fraction(error), Fraction(x) - Fraction(y) - Fraction(x - y), a=x, b=y)


def at_the_edge(run: Run, far: Any, step: float) -> None:
    """Refusals beyond 2^50 + 1 steps, to the last digit; within, levels next to each other differ."""
    words = "must be at most 2^50 of the grid's steps from 0"
    within, beyond = Fraction(step) * 2**50, Fraction(step) * (2**50 + 1)
    far.refuses(lambda: Grid.unbounded(step, offset=just_above(beyond)), ValueError, words, step=step)
    far.refuses(lambda: Grid.unbounded(step, offset=-just_above(beyond)), ValueError, words, step=step)
    largest = at_most(within)
    for offset in (0.0, -0.1 * step, float(run.rng.uniform(-1, 1)) * step, largest, -largest):
        grid, exact = Grid.unbounded(step, offset=offset), Fraction(offset)
        too_low, too_high = max(-beyond, exact - beyond), min(beyond, exact + beyond)
        for weight in (just_above(too_high), -just_above(-too_low)):
            shown = {"step": step, "offset": offset, "weight": weight}
            far.refuses(
                lambda w=weight, g=grid: quantization.round_to_nearest(w, g), ValueError, words, **shown
            )
        low, high = max(-within, exact - within), min(within, exact + within)
        for weight in (at_most(high), -at_most(-low)):
            shown = {"step": step, "offset": offset, "weight": weight}
            code = round((Fraction(weight) - exact) / Fraction(step))
            levels = [offset + step * float(k) for k in range(code - 2, code + 4)]
            for a, b in pairwise(levels):
                far.holds(a, "<", b, **shown)
            below, above = grid.neighbours(weight)
            expected = [max(v for v in levels if v <= weight), min(v for v in levels if v >= weight)]
            far.equal([float(below), float(above)], expected, **shown)


def just_above(value: Fraction) -> float:
    """The least double above a number."""
    found = float(value)
    return found if Fraction(found) > value else float(np.nextafter(found, np.inf))


def at_most(value: Fraction) -> float:
    """The greatest double that is at most a number."""
    found = float(value)
    return found if Fraction(found) <= value else float(np.nextafter(found, -np.inf))
