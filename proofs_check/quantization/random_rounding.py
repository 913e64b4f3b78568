"""Rounding one weight at a time at random (QUA-2).

Expected values come from every uniform number that a random generator could hand out, cell by cell.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from lemmata import quantization
from lemmata.claims import Run, check
from lemmata.quantization import Grid

from .nearest import CODES, array_on, parameter_of, small_arrays

UNIT = Fraction(1, 2**53)


class Listed(np.random.Generator):
    """A generator whose uniform numbers are given; in single precision they are rounded."""

    def __init__(self, values: Sequence[float]) -> None:
        super().__init__(np.random.PCG64(0))
        self.values = list(values)

    def random(self, size: Any = None, dtype: Any = np.float64, out: Any = None) -> Any:
        """The next numbers of the list."""
        count = int(np.prod(size)) if size is not None else 1
        taken, self.values = self.values[:count], self.values[count:]
        numbers = np.array(taken, dtype=dtype).reshape(() if size is None else size)
        if out is not None:
            out[...] = numbers
        return numbers


def arrays(chances: Any, variances: Any, shape: tuple[int, ...], group_size: int | None, kind: str) -> None:
    """Six weights at once, each between two levels of its own, 2 to 7 eighths above the lower one."""
    grid, scale, offset = array_on(shape, group_size, kind)
    pairs = []
    for row, column in product(range(2), range(3)):
        step, start = (Fraction(parameter_of(v, group_size, row, column)) for v in (scale, offset))
        below = (row + column) % 2
        codes = CODES[kind]
        pairs.append((start + step * codes[below], start + step * codes[below + 1]))
    exact = [low + (high - low) * Fraction(k + 2, CELLS) for k, (low, high) in enumerate(pairs)]
    weights = np.array([float(w) for w in exact]).reshape(2, 3)
    outcomes = []
    for turn in range(CELLS):  # each weight meets every cell once, and in each turn they are all different
        uniform = [(turn + k) % CELLS / CELLS for k in range(6)]
        found = quantization.round_stochastic(weights, grid, rng=Listed(uniform))
        outcomes.append([Fraction(v) for v in found.ravel().tolist()])
    for k, (low, high) in enumerate(pairs):
        own = [row[k] for row in outcomes]
        mean = sum(own, Fraction(0)) / CELLS
        variance = sum(((v - mean) ** 2 for v in own), Fraction(0)) / CELLS
        shown = {"weights": weights, "weight": float(exact[k]), "below": float(low), "above": float(high)}
        shown |= {"scale": scale, "offset": offset, "columns per group": group_size, "grid": kind}
        chances.equal([mean, variance], [exact[k], (exact[k] - low) * (high - exact[k])], **shown)
        variances.holds(variance, "<=", (high - low) ** 2 / 4, **shown)


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


@check("QUA-2")
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
            two_rows = np.full((2, CELLS // 2), weight)  # every weight has a number of its own
            rounded = quantization.round_stochastic(two_rows, grid, rng=Listed(uniform))
            outcomes = [Fraction(v) for v in rounded.ravel().tolist()]
            mean = sum(outcomes, Fraction(0)) / CELLS
            variance = sum(((v - mean) ** 2 for v in outcomes), Fraction(0)) / CELLS
            exact = Fraction(weight), (Fraction(weight) - Fraction(low)) * (Fraction(high) - Fraction(weight))
            shown = {"weight": weight, "below": low, "above": high, "uniform numbers": uniform}
            chances.equal([mean, variance], list(exact), **shown)
            quarter = (Fraction(high) - Fraction(low)) ** 2 / 4
            variances.holds(variance, "<=", quarter, **shown)
            if 2 * k == CELLS:
                variances.attains(variance, quarter, **shown)
    for arrangement, kind in run.every(
        small_arrays(),
        "two rows of three weights, scales in nine arrangements, on three kinds of grid, all cells",
        size=27,
    ):
        arrays(chances, variances, *arrangement, kind)
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
