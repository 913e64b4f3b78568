"""Rounding one weight at a time: to nearest and at random (DIS-29, DIS-30).

Expected values come from all levels in fractions, and from every uniform number that a random generator could
hand out, cell by cell.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import numpy as np

from lemmata import quantization
from lemmata.claims import Evidence, Run, Verdict, Witness, check, refuted
from lemmata.quantization import Grid


def nearest_of(value: Fraction, levels: list[Fraction]) -> Fraction:
    """Every level is tried; of two equally near ones the one with the even index."""
    best = min(abs(value - level) for level in levels)
    tied = [k for k, level in enumerate(levels) if abs(value - level) == best]
    return levels[next((k for k in tied if k % 2 == 0), tied[0])]


def grids_and_weights(run: Run) -> Iterator[tuple[Grid, list[float], list[float]]]:
    """A grid for single weights, its levels, and weights: at levels, at ties, just beside them, outside.

    First all level sets out of 0..5 with all quarters; then scales and offsets that are not dyadic.
    """
    quarters = [k / 4 for k in range(-4, 25)]
    for size in range(1, 5):
        for levels in combinations(range(6), size):
            yield Grid.from_levels(levels), [float(v) for v in levels], quarters
    for _ in range(run.choose(40, 400, 4_000)):
        bits = int(run.rng.integers(1, 6))
        scale = float(run.rng.choice([0.1, 1 / 3, 1e-3, 7e10, float(run.rng.uniform(0.01, 2))]))
        offset = float(run.rng.choice([0.0, -1.7, 1e6, float(run.rng.normal())]))
        levels_ = [offset + scale * float(k) for k in range(2**bits)]
        weights = run.rng.uniform(levels_[0] - scale, levels_[-1] + scale, 8).tolist()
        for low, high in pairwise(levels_):
            middle = (low + high) / 2
            for value in (low, middle):
                weights += [value, float(np.nextafter(value, np.inf)), float(np.nextafter(value, -np.inf))]
        yield Grid.uniform(scale, bits=bits, offset=offset), levels_, weights


@check("DIS-29")
def nearest_levels_are_nearest(run: Run) -> Verdict:
    """Small level sets exhaustively, uniform grids at and around their ties; unbounded grids."""
    cases = ties = 0
    for grid, levels, weights in grids_and_weights(run):
        found = quantization.round_to_nearest(weights, grid).tolist()
        exact = [Fraction(level) for level in levels]
        for weight, value in zip(weights, found, strict=True):
            cases += 1
            expected = nearest_of(Fraction(weight), exact)
            ties += [abs(Fraction(weight) - level) for level in exact].count(
                abs(Fraction(weight) - expected)
            ) == 2
            if value != expected:
                inputs: dict[str, Any] = {"weight": weight, "levels": levels[:32]}
                return refuted(cases, Witness(inputs, float(expected), value, "nearest level"))
    for step in (0.25, 0.75, 3.0):
        grid = Grid.unbounded(step, offset=0.125)
        for k in range(-40, 41):
            weight = k / 16
            cases += 1
            expected = Fraction(1, 8) + Fraction(step) * round(
                (Fraction(weight) - Fraction(1, 8)) / Fraction(step)
            )
            value = float(quantization.round_to_nearest(weight, grid))
            if value != expected:
                inputs = {"weight": weight, "step": step, "offset": 0.125}
                return refuted(cases, Witness(inputs, float(expected), value, "nearest of all levels"))
    return Verdict(
        Evidence.VERIFIED,
        "every set of at most 4 levels out of 0..5 with every quarter from -1 to 6; besides, uniform grids "
        "of 1 to 5 bits at every level and every tie, and one double to each side",
        cases,
        measured=0,
        bound=0,
        relation="==",
        notes=[f"measured: weights not rounded to nearest; {ties} ties"],
    )


class Listed(np.random.Generator):
    """A generator whose uniform numbers are given."""

    def __init__(self, values: list[float]) -> None:
        super().__init__(np.random.PCG64(0))
        self.values = list(values)

    def random(self, size: Any = None, dtype: Any = np.float64, out: Any = None) -> Any:  # noqa: ARG002
        """The next numbers of the list."""
        count = int(np.prod(size)) if size is not None else 1
        taken, self.values = self.values[:count], self.values[count:]
        return np.array(taken).reshape(() if size is None else size)


@check("DIS-30")
def random_rounding_has_the_right_mean_and_variance(run: Run) -> Verdict:
    """Every cell of uniform numbers, from both of its ends; then a binomial test of the real generator."""
    cases, cells = 0, 8
    worst, attained = Fraction(0), False
    ends = [k / cells for k in range(cells)], [(k + 1) / cells - 2.0**-53 for k in range(cells)]
    for low, high in ((0.0, 1.0), (-1.5, 0.5), (2.0, 6.0), (-0.25, 0.0)):
        for grid in (
            Grid.uniform(high - low, bits=1, offset=low),
            Grid.from_levels([low, high, high + 1.0]),
            Grid.unbounded(high - low, offset=low),
        ):
            for k in range(cells + 1):
                weight = low + (high - low) * k / cells
                for uniform in ends:
                    rounded = quantization.round_stochastic([weight] * cells, grid, rng=Listed(uniform))
                    outcomes = [Fraction(v) for v in rounded.tolist()]
                    mean = sum(outcomes, Fraction(0)) / cells
                    variance = sum(((v - mean) ** 2 for v in outcomes), Fraction(0)) / cells
                    expected = (Fraction(weight) - Fraction(low)) * (Fraction(high) - Fraction(weight))
                    cases += 1
                    if mean != Fraction(weight) or variance != expected:
                        inputs = {"weight": weight, "below": low, "above": high, "uniform": uniform}
                        return refuted(
                            cases,
                            Witness(
                                inputs,
                                f"mean {weight}, variance {float(expected)}",
                                f"mean {float(mean)}, variance {float(variance)}",
                                "over one uniform number per cell",
                            ),
                        )
                    ratio = variance / (Fraction(high) - Fraction(low)) ** 2
                    worst, attained = max(worst, ratio), attained or ratio == Fraction(1, 4)
    for weight, level in ((-3.0, 0.0), (9.0, 3.0), (2.0, 2.0)):
        cases += 1
        rounded = quantization.round_stochastic([weight] * 9, Grid.uniform(1.0, bits=2), rng=run.rng)
        if set(rounded.tolist()) != {level}:
            return refuted(
                cases, Witness({"weight": weight, "levels": [0, 1, 2, 3]}, level, rounded.tolist())
            )
    trials = run.choose(40_000, 10**6, 10**7)
    rounded = quantization.round_stochastic(np.full(trials, 0.3), Grid.unbounded(1.0), rng=run.rng)
    ups = int(rounded.sum())
    from scipy.stats import binomtest  # noqa: PLC0415 - slow to import, and only needed here

    p_value = float(binomtest(ups, trials, 0.3).pvalue)
    cases += 1
    if p_value < 1e-9:
        inputs = {"weight": 0.3, "below": 0, "above": 1, "trials": trials}
        return refuted(cases, Witness(inputs, f"about {0.3 * trials:.0f} up", ups, f"p = {p_value:.1e}"))
    return Verdict(
        Evidence.VERIFIED,
        "eighths between four pairs of levels on three kinds of grid, all cells of uniform numbers",
        cases,
        measured=worst,
        bound=Fraction(1, 4),
        attained=attained,
        notes=[
            f"measured: variance over the square of the step; binomial test of {trials}: p = {p_value:.3f}"
        ],
    )
