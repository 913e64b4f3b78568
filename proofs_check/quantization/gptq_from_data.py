"""Bounds on GPTQ's loss and outputs from the data alone: damping, random rounding (QUA-9, QUA-10)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from lemmata import quantization
from lemmata.claims import Run, check
from lemmata.quantization import Grid, bounds, rational

from .gptq_rows import (
    ONE,
    Instance,
    Row,
    exact_pivots,
    form,
    integer_rounding,
    small_rationals,
    texts,
    worst_row,
)
from .random_rounding import Listed


@check("QUA-9")
def damped_losses_stay_below_the_bound_from_the_norms(run: Run) -> None:
    """Orthogonal rows, which reach it; wide layers with few samples; pivots of inputs that are doubles."""
    below, reached, doubles = run.clauses("abc")
    bound = run.formula(
        "damped_bound",
        library=lambda step, n, m, *rest: bounds.damped_bound(float(step), n, m, *map(float, rest)),
    )

    def damped_loss(weights: Row, x: list[Row], damping: Fraction, step: Fraction) -> Fraction:
        mean = sum((v * v for row in x for v in row), ONE * 0) / len(x)
        result = rational.gptq_exact([weights], x, Grid.unbounded(float(step)), damping=damping / mean)
        errors = [w - q for w, q in zip(weights, result.values[0], strict=True)]
        outputs = [
            sum((e * row[k] for e, row in zip(errors, x, strict=True)), ONE * 0) for k in range(len(x[0]))
        ]
        return sum((v * v for v in outputs), ONE * 0) + damping * sum((v * v for v in errors), ONE * 0)

    def hardest(x: list[Row], damping: Fraction, step: Fraction) -> Row:
        return worst_row(
            damped_hessian(Instance([], x, Grid.unbounded(1.0), integer_rounding), damping), step
        )

    for number, x in enumerate(
        run.samples(wide_layers(run), "wide layers of 1 to 8 columns on 1 to 3 samples")
    ):
        n, m = len(x), len(x[0])
        norms = [sum((v * v for v in row), ONE * 0) for row in x]
        damping = Fraction(1, (1, 4, 20, 1000)[number % 4])
        step = Fraction(int(run.rng.integers(1, 4)), 2)
        limit = bound(step, n, m, max(norms), sum(norms, ONE * 0), damping)
        alike = [step * Fraction(5, 8)] * n
        for weights in (hardest(x, damping, step), small_rationals(run, (n,), 9, (1, 2, 3)), alike):
            loss = damped_loss(weights, x, damping, step)
            shown = {"weights": texts(weights), "inputs": [texts(r) for r in x], "damping": str(damping)}
            below.holds(float(loss), "<=", limit * (1 + 1e-13), **shown, step=str(step))
    members = product(range(1, 4), range(4), (ONE, Fraction(1, 20)), (ONE, Fraction(3, 2)))
    for m, more, damping, step in run.every(
        members, "1 to 3 orthogonal rows of squared norm 9 and 0 to 3 rows of zeros", size=3 * 4 * 2 * 2
    ):
        x = [[3 * ONE * (i == k) for k in range(m)] for i in range(m + more)]
        exact = step * step / 4 * ((m + more) * damping + 9 * m)
        shown = {"rows": m, "rows of zeros": more, "damping": str(damping), "step": str(step)}
        reached.attains(damped_loss(hardest(x, damping, step), x, damping, step), exact, **shown)
        limit = bound(step, m + more, m, 9, 9 * m, damping)
        reached.holds(abs(limit / float(exact) - 1), "<=", 1e-13, **shown, explanation="the bound itself")
    error = run.formula("pivot_error")
    needs = product(range(1, 13), range(1, 13), range(-10, 4))
    for n, m, power in run.samples(
        needs, "what the proof of (c) needs, for up to 12 columns and samples, dampings 10^-10 to 10^3"
    ):
        limit, needed = error(n, m, Fraction(10) ** power), needed_error(n, m, Fraction(10) ** power)
        doubles.holds(needed, "<=", limit, n=n, m=m, damping=f"10^{power}")
        doubles.holds(limit, "<=", Fraction(9, 2) * needed, n=n, m=m, damping=f"10^{power}")
    for values, relative in run.samples(
        double_layers(run), "inputs that are doubles, dampings from 10^-10 to 10^3, and 10^20 and 10^150"
    ):
        inputs = np.array(values)
        n, m = inputs.shape
        limit = error(n, m, Fraction(relative))
        if not limit <= Fraction(1, 1000):
            continue
        rows = [[Fraction(v) for v in row] for row in values]
        instance = Instance([], rows, Grid.unbounded(1.0), integer_rounding)
        h = instance.hessian
        exact_damping = Fraction(relative) * sum((h[i][i] for i in range(n)), ONE * 0) / n
        expected = exact_pivots(damped_hessian(instance, exact_damping))
        try:
            found = bounds.pivots(inputs @ inputs.T, damping=relative)
        except ValueError as refusal:
            doubles.equal(str(refusal), "pivots", inputs=values, damping=relative)
            continue
        off = [abs(Fraction(float(p)) / q - 1) for p, q in zip(found, expected, strict=True)]
        doubles.holds(float(max(off)), "<=", float(limit), inputs=values, damping=relative)


def needed_error(columns: int, samples: int, damping: Fraction) -> Fraction:
    """What the proof of QUA-9 (c) allows a pivot to be off by: the product of its steps, in fractions."""
    unit = Fraction(1, 2**53)

    def gamma(roundings: int) -> Fraction:
        return roundings * unit / (1 - roundings * unit)

    formed = 1 + gamma(columns + samples + 3)  # H, and what is added to it
    factored = 1 + gamma(columns + 1) / (1 - gamma(columns + 1))
    entries = formed * (1 + unit) * factored - 1
    return (1 + entries * columns * (1 + 1 / damping)) * (1 + unit) - 1


def damped_hessian(instance: Instance, damping: Fraction) -> list[Row]:
    """H plus a multiple of the identity."""
    return [
        [v + (damping if i == j else 0) for j, v in enumerate(row)] for i, row in enumerate(instance.hessian)
    ]


def wide_layers(run: Run) -> Iterator[list[Row]]:
    """Small rational inputs, not all zero, with more columns than samples for the most part.

    Among them inputs that are all equal, where what is not fed back in full adds up.
    """
    yield [[ONE]]
    yield from [[[ONE]] * 8] * 3
    for _ in range(run.choose(20, 100, 500)):
        n, samples = int(run.rng.integers(1, 9)), int(run.rng.integers(1, 4))
        x = small_rationals(run, (n, samples), 3, (1, 2))
        if any(any(row) for row in x):
            yield x


def double_layers(run: Run) -> Iterator[tuple[list[list[float]], float]]:
    """Inputs of any scale, some of them nearly dependent, with dampings that are hard and easy."""
    yield [[1e-65], [1e65]], 1.0
    yield [[1e65, -1e65], [1e-65, 1e65]], 1e150
    yield [[1e-65], [0.0]], 1e150
    yield [[3.0, 1.0], [1.0, 7.0]], 1e20
    yield [[1e-65, -1e-65], [0.0, 1e-65]], 1e-3
    yield [[1e65, 1e65], [1e65, -1e65], [1e-65, 0.0]], 1e-6
    for number in range(run.choose(40, 300, 2_000)):
        n, m = int(run.rng.integers(1, 7)), int(run.rng.integers(1, 6))
        x = run.rng.normal(size=(n, m)) * 10.0 ** run.rng.integers(-8, 9)
        if number % 5 == 0:
            x *= 10.0 ** run.rng.integers(-50, 50, (n, 1))
        if number % 3 == 0:
            x[1:] = x[:1] + 1e-9 * x[1:]
        if number % 4 == 1:
            x[int(run.rng.integers(n))] *= n == 1  # a column of weights without inputs, if there are others
        yield x.tolist(), float(10.0 ** run.rng.integers(-10, 4))


@check("QUA-10")
def random_rounding_in_gptq_is_unbiased_and_bounded(run: Run) -> None:
    """Every outcome of rows whose arithmetic is exact in doubles, with its probability in fractions."""
    unbiased, loss, tails = run.clauses("abc")
    bound = run.formula(
        "sup_norm_bound",
        library=lambda step, pivot, m, chance: bounds.sup_norm_bound(
            float(step), float(pivot), m, float(chance)
        ),
    )
    sizes = (4,) * run.choose(12, 60, 200) + (8,) * run.choose(1, 6, 20)
    for number, n in enumerate(run.samples(sizes, "rows of 4 and of 8 weights, all outcomes of each")):
        upper = np.eye(n)
        upper[np.triu_indices(n, 1)] = run.rng.integers(-1, 2, n * (n - 1) // 2)
        factor = upper * 2.0 ** run.rng.integers(0, 2, n)
        pivots = [Fraction(v) for v in (factor.diagonal() ** 2).tolist()]
        # A rotation keeps H and spreads every column's error over four outputs; halves leave H larger than
        # the inputs' own, as damping does, and with more samples than columns.
        rotated = np.kron(np.eye(n // 4), HALF_HADAMARD)
        inputs = factor @ (rotated, np.hstack([rotated, rotated]) / 2)[number % 2]
        order, damping, undamped = np.arange(n), 0.0, factor @ factor.T
        if number % 3 == 1:
            order = run.rng.permutation(n)
        if number % 3 == 2:
            damping, undamped = without_damping(factor @ factor.T)
            inputs = np.linalg.cholesky(undamped)  # rounded by far less than the damping
        step = (Fraction(1, 4), ONE, 2 * ONE)[number % 4 % 3]
        offset = step * Fraction(int(run.rng.integers(-2, 3)), 8)
        weights = run.rng.integers(-16, 17, n) / 8 * float(step)
        shown: dict[str, Any] = {"weights": weights, "factor of H": factor, "inputs": inputs}
        shown |= {"order": order, "damping": damping, "step": str(step), "offset": str(offset)}
        levels = step, offset
        outcomes = list(all_outcomes(unbiased, weights, undamped, inputs, pivots, levels, order, damping))
        unbiased.equal(sum((o.chance for o in outcomes), ONE * 0), 1, **shown, explanation="probabilities")
        mean_error = [sum((o.chance * o.error[i] for o in outcomes), ONE * 0) for i in range(n)]
        unbiased.equal(texts(mean_error), ["0"] * n, **shown)
        h = [[Fraction(float(v)) for v in row] for row in factor @ factor.T]
        mean_loss = sum((o.chance * form(o.error, h) for o in outcomes), ONE * 0)
        loss.holds(mean_loss, "<=", step**2 / 4 * sum(pivots, ONE * 0), **shown)
        loss.equal(mean_loss, sum((o.chance * o.variance for o in outcomes), ONE * 0), **shown)
        for chance in (Fraction(9, 10), Fraction(1, 2), Fraction(1, 10), Fraction(1, 100)):
            limit = bound(step, max(pivots), inputs.shape[1], chance)
            tail = sum((o.chance for o in outcomes if max(map(abs, o.outputs)) > limit), ONE * 0)
            tails.holds(tail, "<=", chance, **shown, limit=limit)


@dataclass(frozen=True)
class Outcome:
    """One way the random roundings can fall, what it does, and the variances that it met on the way."""

    chance: Fraction
    error: Row
    outputs: Row
    variance: Fraction


def without_damping(hessian: Any) -> tuple[float, Any]:
    """A damping and a matrix that, damped, is this one in doubles, too."""
    n, mean = len(hessian), float(np.mean(np.diag(hessian)))
    least = float(np.linalg.eigvalsh(hessian)[0])
    for power in range(1, 40):
        added = 2.0**-power
        damping = added / (mean - added)
        if added < 0.9 * least and damping * (mean - added) == added:
            return damping, hessian - added * np.eye(n)
    raise ValueError("no power of two is a damping without rounding errors")


def all_outcomes(
    same: Any,
    weights: Any,
    hessian: Any,
    inputs: Any,
    pivots: Row,
    levels: tuple[Fraction, Fraction],
    order: Any,
    damping: float,
) -> Iterator[Outcome]:
    """Drive GPTQ through all roundings down and up; probabilities from the values that its trace shows.

    The levels are given by their step and offset. That these are the probabilities is seen by the uniform
    numbers next to them, which round the same way. Columns are handed over in other places, from where the
    order brings them back.
    """
    width, lowest = levels

    mean = Fraction(float(np.mean(np.diag(hessian))))
    added = Fraction(damping * float(mean))  # a power of two or 0

    def rounded(numbers: Sequence[float], steps: list[Any]) -> Row:
        places = np.argsort(order)
        layer = [weights[places]], None, Grid.unbounded(float(width), offset=float(lowest))
        options: dict[str, Any] = {"order": order, "rounding": "stochastic"}
        options["hessian"] = hessian[np.ix_(places, places)]
        result = quantization.gptq(*layer, damping=damping, rng=Listed(numbers), trace=steps, **options)
        values = texts(Fraction(v) for v in result.values[0].tolist())
        if len(numbers) <= 4:  # in fractions, where a damping is not rounded either
            exact = rational.gptq_exact(*layer, damping=added / mean, rng=Listed(numbers), **options)
            same.equal(texts(exact.values[0]), values, weights=weights, numbers=numbers)
        return [Fraction(v) for v in result.values[0][order].tolist()]

    for uniform in product((0.0, 1 - 2.0**-53), repeat=len(weights)):
        steps: list[Any] = []
        values = rounded(uniform, steps)
        chance, variance, beside = ONE, Fraction(0), []
        for step, number, pivot in zip(steps, uniform, pivots, strict=True):
            before = (Fraction(step.before[0]) - lowest) / width
            part = before - before.__floor__()
            # The smallest number goes up unless the value is a level, the largest never.
            chance *= 1 - part if number or not part else part
            if number == 0 and not part:
                chance = Fraction(0)  # the same outcome as with the largest number: counted there
            variance += part * (1 - part) * width**2 * pivot
            # The number next below the probability goes up, the probability itself does not.
            beside.append(float(part) if number or not part else float(part) - 2.0**-53)
        if chance:
            same.equal(texts(rounded(beside, [])), texts(values), weights=weights, numbers=beside)
        error = [Fraction(a) - b for a, b in zip(weights, values, strict=True)]
        columns = inputs.T.tolist()
        outputs = [
            sum((e * Fraction(v) for e, v in zip(error, column, strict=True)), Fraction(0))
            for column in columns
        ]
        yield Outcome(chance, error, outputs, variance)


HALF_HADAMARD = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]) / 2
"""An orthogonal matrix of dyadic numbers."""
