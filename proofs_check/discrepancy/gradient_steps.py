"""How far DiscQuant's gradient steps get (DIS-47)."""

import numpy as np
from numpy.typing import NDArray

from lemmata import discrepancy
from lemmata.claims import Run, check
from lemmata.quantization import Grid

Floats = NDArray[np.float64]

GOAL = 1e-3
"""Part of what can be gained that the gradient steps may leave; fixed before any case was looked at."""


@check("DIS-47")
def the_gradient_steps_reach_the_relaxed_optimum(run: Run) -> None:
    """Separable quadratic objectives, whose optimum over the cube is a formula per weight."""
    clause = run.clause()
    numbers = run.samples(
        range(run.choose(36, 180, 900)),
        "separable quadratic objectives of 1 to 19 weights, units 2^-900, 1, 2^400",
    )
    for number in numbers:
        n = int(run.rng.integers(1, 20))
        weights = run.rng.uniform(-3, 3, n)
        spread = (0.5, 0.0, 1e-3, 5.0)[number % 4]
        curvature, target = run.rng.uniform(0.5, 2, n), weights + run.rng.normal(0, 0.5, n) * spread
        unit = 2.0 ** (0, -900, 400)[number % 3]
        linear = float(run.rng.choice([0.0, 1e-3, 0.3, 1.0]))

        def objective(
            values: Floats, a: Floats = curvature, t: Floats = target, unit: float = unit
        ) -> tuple[float, Floats]:
            return unit * float(np.sum(a * (values - t) ** 2)), unit * (2 * a * (values - t))

        start = ("weights", "random")[number % 2]
        steps: list[discrepancy.GradientStep] = []
        result = discrepancy.discquant(
            weights,
            Grid.unbounded(1.0),
            objective,
            linear_weight=linear,
            steps=400,
            start=start,
            rng=number if start == "random" else None,
            trace=steps,
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
        shown = {"weights": weights, "curvature": curvature, "target": target, "unit": unit}
        clause.equal([step.step for step in steps], list(range(400)), **shown, start=start)
        begun, expected = steps[0].objective, unit * float(np.sum(curvature * (first - pull_to) ** 2))
        off = abs(begun - expected) / (unit * n)  # differences of numbers of about 1 to 10
        clause.holds(off, "<=", 1e-12, **shown, start=start, explanation="the objective at the start")
        clause.holds(rest, "<=", GOAL * gain + 1e-12 * slope, **shown, linear_weight=linear, start=start)
