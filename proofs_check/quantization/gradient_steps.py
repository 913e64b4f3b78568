"""How far DiscQuant's gradient steps get (QUA-18)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from lemmata import discrepancy
from lemmata.claims import Clause, Run, check
from lemmata.quantization import Grid

Floats = NDArray[np.float64]

GOAL = 1e-3
"""Part of what can be gained that the gradient steps may leave; fixed before any case was looked at."""

APART = 2.0**-7
"""How far weights are from all levels, in steps: nearer than that, the goal is missed."""

SPREADS = (0.5, 0.0, 1e-3, 5.0, 1e-5, 3e5)
"""How far targets are from the weights: as far, not at all, near, outside the cell, nearer, anywhere."""

FARTHEST = 1e6
"""Bound on targets."""

STEPS = (1 / 64, 1.0, 64.0)
"""Steps of single weights."""

SPIN = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]) / 2
"""An orthogonal matrix of dyadic numbers."""


@dataclass(frozen=True, eq=False)
class Separable:
    """The objective unit * sum_i a_i (w_i - t_i)^2 with its weights, and where it starts.

    Where ``inputs`` are given, they are handed over in its place, with the weights in as many columns.
    All is in units of the grid's ``steps``, which are powers of two.
    """

    weights: Floats
    curvature: Floats
    target: Floats
    unit: float
    linear: float
    seed: int | None
    steps: Floats
    inputs: Floats | None = None

    def __call__(self, values: Floats) -> tuple[float, Floats]:
        """Value and gradient."""
        off = values - self.target
        return self.unit * float(np.sum(self.curvature * off**2)), self.unit * (2 * self.curvature * off)

    @property
    def below(self) -> Floats:
        """The levels below the weights."""
        return np.floor(self.weights)

    @property
    def start(self) -> Floats:
        """Places in the cells, from 0 to 1: those of the weights, or what the seed gives."""
        if self.seed is None:
            return self.weights - self.below
        return np.random.default_rng(self.seed).random(len(self.weights))

    @property
    def slope_at_nearest(self) -> float:
        """Mean magnitude of the gradient at the nearest levels, without the unit."""
        return float(np.mean(np.abs(2 * self.curvature * (np.rint(self.weights) - self.target))))

    @property
    def pull(self) -> Floats:
        """What the linear term takes off each slope, without the unit."""
        return self.linear * self.slope_at_nearest * (2 * (self.weights - self.below) - 1)

    @property
    def optimum(self) -> Floats:
        """Per weight a (x - t)^2 - pull x is least at t + pull / 2a, or at the end of the cell next to it."""
        return np.clip(self.target - self.below + self.pull / (2 * self.curvature), 0, 1)

    def gap(self, x: Floats) -> float:
        """How far the objective minus the linear term is above its optimum: a sum without cancellation."""
        best, aim = self.optimum, self.target - self.below
        return float(np.sum((x - best) * (self.curvature * (x + best - 2 * aim) - self.pull)))

    def run(self, **options: object) -> Floats:
        """Where DiscQuant's gradient steps end."""
        start = "weights" if self.seed is None else "random"
        options |= {"linear_weight": self.linear, "start": start, "rng": self.seed}
        shape: tuple[int, ...] = (-1,)
        objective: object = self.in_the_weights_units
        if self.inputs is not None:
            shape = (-1, len(self.inputs))
            objective = self.inputs / self.steps[: len(self.inputs), None]
        weights, steps = (self.weights * self.steps).reshape(shape), self.steps.reshape(shape)
        found = discrepancy.discquant(weights, Grid.unbounded(steps), objective, **options)  # type: ignore[arg-type]
        return found.relaxed.ravel() / self.steps

    def in_the_weights_units(self, values: Floats) -> tuple[float, Floats]:
        """Value and gradient as a function of the weights themselves."""
        value, gradient = self(values / self.steps)
        return value, gradient / self.steps

    def shown(self) -> dict[str, object]:
        """For a witness."""
        fields = "weights", "curvature", "target", "unit", "linear", "seed", "steps", "inputs"
        return {name: getattr(self, name) for name in fields}


def objectives(run: Run) -> Iterator[Separable]:
    """Weights anywhere in their cells but next to a level, or as near to one as is allowed."""
    for number in range(run.choose(40, 200, 1_000)):
        n = int(run.rng.integers(1, 20))
        place = run.rng.uniform(APART, 1 - APART, n)
        if number % 3 == 1:
            place = run.rng.choice([APART, 1 - APART], n)
        far = 0 if number % 7 else int(run.rng.choice([-1020, 1020]))
        weights = far + run.rng.integers(-3, 3, n) + place
        target = weights + run.rng.normal(0, 1, n) * SPREADS[number % 5 if number % 9 else 5]
        target = np.clip(target, -FARTHEST, FARTHEST)
        if number % 4 == 3:
            target[run.rng.random(n) < 0.5] += 1.0  # some weights have all the slope
        if number % 20 == 19:
            target = np.rint(weights)
        unit = 2.0 ** (0, -900, 400)[number % 7 % 3]
        linear = float(run.rng.choice([0.0, 1e-3, 0.3, 1.0]))
        curvature, seed = run.rng.uniform(0.5, 2, n), (None, number)[number % 2]
        yield Separable(weights, curvature, target, unit, linear, seed, run.rng.choice(STEPS, n))


def layers(run: Run) -> Iterator[Separable]:
    """Rows of four weights on four inputs that are orthogonal, of lengths 3/4, 1 and 5/4 and any unit."""
    for number in range(run.choose(9, 40, 200)):
        rows = 1 + number % 3
        place = run.rng.uniform(APART, 1 - APART, 4 * rows)
        weights = run.rng.integers(-3, 3, 4 * rows) + place
        lengths, power = run.rng.choice([0.75, 1.0, 1.25], 4), (0, -450, 200)[number // 3 % 3]
        inputs = 2.0**power * lengths[:, None] * SPIN
        linear = float(run.rng.choice([1e-3, 0.3, 1.0]))
        seed = None if number % 4 == 3 else number
        steps, unit = np.tile(run.rng.choice(STEPS, 4), rows), 2.0 ** (2 * power)
        yield Separable(weights, np.tile(lengths**2, rows), weights, unit, linear, seed, steps, inputs)


@check("QUA-18")
def the_gradient_steps_reach_the_relaxed_optimum(run: Run) -> None:
    """Separable quadratic objectives, whose optimum over the cube is a formula per weight."""
    steps, optimum = run.clauses("ab")
    for case in run.samples(
        chain(objectives(run), layers(run)),
        "separable quadratic objectives of 1 to 19 weights and layers of 1 to 3 rows, units 2^-900, 1, 2^400",
    ):
        n, shown, seen = len(case.weights), case.shown(), list[discrepancy.GradientStep]()
        relaxed = case.run(steps=400, trace=seen)
        steps.equal([step.step for step in seen], list(range(400)), **shown)
        begun, expected = (seen[0].objective if seen else np.nan), case(case.below + case.start)[0]
        size = case.unit * n * (1 + np.max(np.abs(case.weights - case.target))) ** 2
        off = abs(begun - expected) / size
        steps.holds(off, "<=", 1e-12, **shown, explanation="the objective at the start")
        allowed = GOAL * case.gap(case.start) + 1e-12 * case.slope_at_nearest
        optimum.holds(case.gap(relaxed - case.below), "<=", allowed, **shown)
        if case.slope_at_nearest:
            for rate in (0.05, 0.3):
                first_step(steps, case, rate)


def first_step(clause: Clause, case: Separable, rate: float) -> None:
    """One step alone: each weight by the rate, against its slope where that is no rounding error."""
    slope = 2 * case.curvature * (case.below + case.start - case.target) - case.pull
    clear = np.abs(slope) >= 1e-2 * case.slope_at_nearest
    moved = case.run(steps=1, learning_rate=rate) - case.below
    expected = np.clip(case.start - rate * np.sign(slope), 0, 1)
    shown = case.shown() | {"rate": rate}
    clause.holds(np.abs(moved - expected)[clear], "<=", 1e-9, **shown, explanation="one step")
    clause.holds(np.abs(moved - case.start), "<=", rate + 1e-9, **shown, explanation="one step")
