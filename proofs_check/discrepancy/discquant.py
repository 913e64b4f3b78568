"""What DiscQuant leaves unrounded, what its vertex keeps (DIS-39), and how far its steps get (DIS-47)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

from lemmata import discrepancy
from lemmata.claims import Evidence, Run, Verdict, Witness, check, refuted
from lemmata.quantization import Grid

Floats = NDArray[np.float64]
UNIT = Fraction(1, 2**53)


@dataclass(frozen=True, eq=False)
class Case:
    """Weights, their levels as lists, a target that the objective pulls to, and constraint rows."""

    weights: Floats
    grid: Grid
    levels: list[float]
    target: Floats
    rows: Floats


def cases_of(run: Run) -> Iterator[Case]:
    """Dyadic grids, so that steps are exact; rows independent, dependent, zero, scaled or missing."""
    for number in range(run.choose(24, 120, 600)):
        n = int(run.rng.integers(1, 40))
        m = int(run.rng.integers(0, 6))
        rows = run.rng.integers(-4, 5, (m, n)).astype(float)
        if m > 1 and number % 3 == 0:
            rows[-1] = rows[0] * 2
        if m and number % 5 == 0:
            rows[0] *= 2.0**40
        if m and number % 7 == 0:
            rows[0] = 0
        weights = run.rng.integers(-40, 41, n) / 16
        target = run.rng.normal(0, 1, n)
        if number % 2:
            levels = [-1.0 + 0.5 * k for k in range(4)]
            yield Case(weights, Grid.uniform(0.5, bits=2, offset=-1.0), levels, target, rows)
        else:
            levels = [float(k) for k in range(-3, 4)]
            yield Case(weights, Grid.unbounded(1.0), levels, target, rows)


@check("DIS-39")
def all_but_rank_many_weights_are_levels(run: Run) -> Verdict:
    """Levels, ranks and constraint values of whole runs, looked at in fractions."""
    cases, fewest, left_most = 0, 0, (0, 0)
    worst = Fraction(0)
    for case in cases_of(run):
        bounds_of = [neighbours(Fraction(w), [Fraction(v) for v in case.levels]) for w in case.weights]
        span = np.array([float(high - low) for low, high in bounds_of])
        # Steps are powers of two here, so the products that the code forms are exact.
        rank = exact_rank(case.rows * span)

        def objective(values: Floats, of: Case = case) -> tuple[float, Floats]:
            return float(np.sum((values - of.target) ** 2)), 2 * (values - of.target)

        found = {
            storage: discrepancy.discquant(
                case.weights,
                case.grid,
                objective,
                sample_gradients=case.rows,
                steps=25,
                storage=storage,
                rng=int(run.rng.integers(2**31)) if cases % 4 == 0 else None,
            )
            for storage in ("fractional", "levels")
        }
        for storage, result in found.items():
            cases += 1
            shown: dict[str, object] = {
                "weights": case.weights.tolist(),
                "levels": case.levels,
                "rows": case.rows.tolist(),
                "storage": storage,
            }
            left = set(result.fractional.tolist())
            if len(left) > rank:
                return refuted(cases, Witness(shown, f"<= {rank} left", len(left), "rank of the rows"))
            for i, ((low, high), value) in enumerate(zip(bounds_of, result.values.tolist(), strict=True)):
                free = storage == "fractional" and i in left
                if value not in (low, high) and not (free and low <= Fraction(value) <= high):
                    expected = f"{float(low)} or {float(high)}"
                    return refuted(cases, Witness(shown | {"index": i}, expected, value, "a neighbour"))
                if not low <= Fraction(float(result.relaxed[i])) <= high:
                    witness = Witness(
                        shown | {"index": i}, "between the neighbours", float(result.relaxed[i])
                    )
                    return refuted(cases, witness)
            vertex = [Fraction(v) for v in result.values.tolist()]
            relaxed = [Fraction(v) for v in result.relaxed.tolist()]
            for i, value in zip(result.fractional.tolist(), result.fractional_values.tolist(), strict=True):
                vertex[i] = Fraction(value)
            sizes = [max(abs(low), abs(high)) for low, high in bounds_of]
            steps = [high - low for low, high in bounds_of]
            levels = [Fraction(v) for v in result.values.tolist()]
            for k, row in enumerate(case.rows.tolist()):
                a = [abs(Fraction(v)) for v in row]
                limit = Fraction(1, 10**9) * dot(a, steps) + 16 * UNIT * dot(a, sizes)
                change = dot(map(Fraction, row), (y - x for y, x in zip(vertex, relaxed, strict=True)))
                inputs = shown | {"row": k}
                if abs(change) > limit:
                    return refuted(cases, Witness(inputs, f"<= {float(limit)}", float(change), "change"))
                if any(row):
                    worst = max(worst, abs(change) / (dot(a, steps) or 1))
                final = dot(map(Fraction, row), (q - x for q, x in zip(levels, relaxed, strict=True)))
                last = sum((a[i] * steps[i] / 2 for i in left), limit)
                if abs(final) > last:
                    witness = Witness(inputs, f"<= {float(last)}", float(final), "after the last rounding")
                    return refuted(cases, witness)
            fewest += len(left) == rank
            left_most = max(left_most, (len(left), rank))
        layer_witness = layer_case(run)
        cases += 1
        if layer_witness is not None:
            return refuted(cases, layer_witness)
    return Verdict(
        Evidence.VERIFIED,
        f"{cases} whole runs on up to 39 weights with up to 5 rows, and on small layers; ranks and "
        "constraint values in fractions",
        cases,
        measured=left_most[0],
        bound=left_most[1],
        attained=fewest > 0,
        notes=[
            "measured: most weights left unrounded, and the rank there",
            f"largest change of a row over its size: {float(worst):.1e}",
        ],
    )


def layer_case(run: Run) -> Witness | None:
    """A linear layer: every row of weights leaves at most as many weights as it has directions."""
    inputs = run.rng.integers(-3, 4, (9, 5)).astype(float)
    weights = run.rng.integers(-16, 17, (3, 9)) / 8
    result = discrepancy.discquant(
        weights, Grid.unbounded(1.0), inputs, directions=2, steps=20, storage="fractional"
    )
    counts = np.bincount(result.fractional // 9, minlength=3)
    shown = {"weights": weights.tolist(), "inputs": inputs.tolist(), "directions": 2}
    if counts.max() > 2:
        return Witness(shown, "<= 2 left per row", counts.tolist())
    whole = np.ones(weights.size, dtype=bool)
    whole[result.fractional] = False
    kept = result.values.ravel()[whole]
    if not np.array_equal(kept, np.rint(kept)) or np.abs(result.values - weights).max() >= 1:
        return Witness(shown, "neighbouring integers", result.values.tolist())
    # The outputs along the leading directions: eigenvectors of X X^T, another way to the singular directions.
    sizes, directions = np.linalg.eigh(inputs @ inputs.T)
    if sizes[-2] - sizes[-3] < 1e-3 * sizes[-1]:
        return None  # which two directions lead is not decided well enough
    change = (result.values - result.relaxed) @ directions[:, -2:]
    if np.abs(change).max() > 1e-8:
        return Witness(shown, "no change along the leading directions", change.tolist())
    return None


def neighbours(weight: Fraction, levels: list[Fraction]) -> tuple[Fraction, Fraction]:
    """The levels next to a weight, by looking at all."""
    low = [v for v in levels if v <= weight]
    high = [v for v in levels if v >= weight]
    return (low[-1] if low else high[0]), (high[0] if high else low[-1])


def dot(a: Iterable[Fraction], b: Iterable[Fraction]) -> Fraction:
    """Inner product of rationals."""
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def exact_rank(rows: Any) -> int:
    """Rank of a matrix of doubles, in rationals."""
    if not rows.size:
        return 0
    entries = [[fmpq(*value.as_integer_ratio()) for value in row] for row in rows.tolist()]
    return int(fmpq_mat(entries).rank())


GOAL = 1e-3
"""Part of what can be gained that the gradient steps may leave; fixed before any case was looked at."""


@check("DIS-47")
def the_gradient_steps_reach_the_relaxed_optimum(run: Run) -> Verdict:
    """Separable quadratic objectives in three units, whose optimum over the cube is a formula per weight."""
    cases, worst = 0, 0.0
    for number in range(run.choose(24, 120, 600)):
        n = int(run.rng.integers(2, 20))
        weights = run.rng.uniform(-3, 3, n)
        curvature, target = run.rng.uniform(0.5, 2, n), weights + run.rng.normal(0, 0.5, n)
        unit = 2.0 ** (0, -900, 400)[number % 3]
        linear = float(run.rng.choice([0.0, 0.3, 1.0]))

        def objective(
            values: Floats, a: Floats = curvature, t: Floats = target, unit: float = unit
        ) -> tuple[float, Floats]:
            return unit * float(np.sum(a * (values - t) ** 2)), unit * (2 * a * (values - t))

        start = ("weights", "random")[number % 2]
        result = discrepancy.discquant(
            weights,
            Grid.unbounded(1.0),
            objective,
            linear_weight=linear,
            steps=400,
            start=start,
            rng=number if start == "random" else None,
        )
        below = np.floor(weights)
        y, pull_to = weights - below, target - below
        slope = np.mean(np.abs(2 * curvature * (np.rint(y) - pull_to)))
        pull = linear * slope * (2 * y - 1)
        # Per weight a (x - t)^2 - pull x, least at t + pull / 2a, or at the end of [0, 1] that is next to it.
        best = np.clip(pull_to + pull / (2 * curvature), 0, 1)

        def value(x: Floats, a: Floats = curvature, t: Floats = pull_to, pull: Floats = pull) -> float:
            return float(np.sum(a * (x - t) ** 2 - pull * x))

        first = np.random.default_rng(number).random(n) if start == "random" else y
        gain, rest = value(first) - value(best), value(result.relaxed - below) - value(best)
        if gain < 1e-6:
            continue
        cases += 1
        worst = max(worst, rest / gain)
        if not rest <= GOAL * gain:
            inputs = {
                "weights": weights.tolist(),
                "curvature": curvature.tolist(),
                "target": target.tolist(),
                "unit": unit,
                "linear_weight": linear,
                "start": start,
            }
            found = (result.relaxed - below).tolist()
            return refuted(cases, Witness(inputs, best.tolist(), found, "x after the steps"), rest / gain)
    return Verdict(
        Evidence.CONSISTENT,
        f"{cases} separable quadratic objectives of 2 to 19 weights in units 2^-900, 1 and 2^400, 400 steps",
        cases,
        measured=worst,
        bound=GOAL,
        notes=["measured: largest part of the possible gain that was left"],
    )
