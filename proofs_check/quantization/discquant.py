"""What DiscQuant leaves unrounded, and what its vertex keeps (QUA-11)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray

from lemmata import discrepancy
from lemmata.claims import Run, check
from lemmata.quantization import Grid

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Case:
    """Weights, the two levels next to each, a target that the objective pulls to, and constraint rows.

    All are flat; ``shape`` is what the weights are handed over in.
    """

    weights: Floats
    grid: Grid
    bounds: list[tuple[Fraction, Fraction]]
    target: Floats
    rows: Floats
    shape: tuple[int, ...]


def cases_of(run: Run) -> Iterator[Case]:
    """Bounded and unbounded grids; rows independent, dependent, zero, scaled or missing; or no weights."""
    for number in range(run.choose(24, 120, 600)):
        n = 0 if number == 7 else int(run.rng.integers(1, 40))
        n += n % 2 if number % 3 == 1 else 0
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
            levels = [Fraction(k, 2) for k in range(-2, 2)]
            grid = Grid.uniform(0.5, bits=2, offset=-1.0)
        else:
            levels = [Fraction(k) for k in range(-3, 4)]
            grid = Grid.unbounded(1.0)
        bounds = [neighbours(Fraction(w), levels) for w in weights.tolist()]
        yield Case(weights, grid, bounds, target, rows, (2, n // 2) if number % 3 == 1 else (n,))


def extreme_cases(run: Run) -> Iterator[Case]:
    """Steps between 2^-1000 and 2^450 beside each other, and rows whose entries are as different."""
    tiny = Fraction(1e-175), Fraction(1e149)
    yield Case(
        np.array([0.3e-175, 0.3e149]),
        Grid.unbounded(np.array([1e-175, 1e149])),
        [(Fraction(0), step) for step in tiny],
        np.zeros(2),
        np.array([[1e149, 1e-175], [1.0, 1.0]]),
        (2,),
    )
    for _ in range(run.choose(12, 60, 300)):
        n, m = int(run.rng.integers(2, 12)), int(run.rng.integers(1, 4))
        steps = 2.0 ** run.rng.integers(-1000, 451, n)
        weights = run.rng.integers(-40, 41, n) / 16 * steps
        rows = run.rng.integers(-4, 5, (m, n)) * 2.0 ** run.rng.integers(-400, 451, (m, n))
        bounds = []
        for weight, step in zip(weights.tolist(), steps.tolist(), strict=True):
            code = (Fraction(weight) / Fraction(step)).__floor__()
            level = Fraction(step) * code
            bounds.append((level, level + (Fraction(step) if level != Fraction(weight) else 0)))
        yield Case(weights, Grid.unbounded(steps), bounds, np.zeros(n), rows, (n,))


@check("QUA-11")
def all_but_rank_many_weights_are_levels(run: Run) -> None:
    """Levels, ranks and constraint values of whole runs, looked at in fractions."""
    levels, kept, rounded, layers, fair = run.clauses("abcde")
    whole = run.samples(cases_of(run), "up to 39 weights with up to 5 rows, on grids of step 1/2 and 1")
    for number, case in enumerate(whole):
        seed = int(run.rng.integers(2**31)) if number % 4 == 0 else None
        look_at(case, seed, pull=1.0, clauses=(levels, kept, rounded))
    for case in run.samples(extreme_cases(run), "up to 11 weights, steps from 2^-1000 to 2^450, rows alike"):
        look_at(case, None, pull=0.0, clauses=(levels, kept, rounded))
    for number in run.samples(
        range(run.choose(8, 40, 200)), "layers of 3 rows of 9 or 17 weights whose steps differ"
    ):
        layer(run, layers, number)
    flips = run.choose(150, 1_000, 10_000)
    for seeds in run.samples([range(5)], f"{flips} rows of 1/4, 3/4 whose sum is kept, with five seeds"):
        means(fair, flips, seeds)
        means(fair, 60, seeds, by_function=True)


def look_at(case: Case, seed: int | None, *, pull: float, clauses: Sequence[Any]) -> None:
    """One case, with and without the last rounding."""
    levels, kept, rounded = clauses
    steps = [high - low for low, high in case.bounds]
    sizes = [max(abs(low), abs(high)) for low, high in case.bounds]
    rank = exact_rank(scaled_products(case.rows, steps))

    target, asked = case.target.reshape(case.shape), []

    def objective(values: Floats) -> tuple[float, Floats]:
        return pull * float(np.sum((values - target) ** 2)), pull * 2 * (values - target)

    def gradients(values: Floats) -> Floats:
        asked.append(values)
        return case.rows.reshape(len(case.rows), *case.shape)

    for storage in ("fractional", "levels"):
        result = discrepancy.discquant(
            case.weights.reshape(case.shape),
            case.grid,
            objective,
            # With two axes by a function, otherwise as they are.
            sample_gradients=gradients if len(case.shape) > 1 else case.rows,
            steps=25 if pull else 1,  # without an objective, more steps would leave nothing to the vertex
            storage=storage,
            unbiased=seed is not None,
            rng=seed,
        )
        left = set(result.fractional.tolist())
        shown = {
            "weights": case.weights,
            "steps": [float(v) for v in steps],
            "rows": case.rows,
            "storage": storage,
        }
        levels.holds(len(left), "<=", rank, **shown)
        kept.equal([of.shape for of in (result.values, result.relaxed)], [case.shape] * 2, **shown)
        kept.equal(result.losses, (objective(result.relaxed)[0], objective(result.values)[0]), **shown)
        kept.equal([v.tolist() for v in asked], [result.relaxed.tolist()] * len(asked), **shown)
        asked.clear()
        values, relaxed = (
            [Fraction(v) for v in of.ravel().tolist()] for of in (result.values, result.relaxed)
        )
        free = left if storage == "fractional" else set()
        strays = [i for i, v in enumerate(values) if v not in case.bounds[i] and i not in free]
        outside = [
            i
            for i, (low, high) in enumerate(case.bounds)
            if not (low <= values[i] <= high and low <= relaxed[i] <= high)
        ]
        levels.equal([strays, outside], [[], []], **shown, explanation="weights that are no neighbour")
        vertex = list(values)
        for i, value in zip(result.fractional.tolist(), result.fractional_values.tolist(), strict=True):
            vertex[i] = Fraction(value)
        for k, row in enumerate(case.rows.tolist()):
            a = [abs(Fraction(v)) for v in row]
            rho = [Fraction(1, 2**49) * size + Fraction(1, 2**1073) for size in sizes]
            limit = Fraction(1, 10**9) * dot(a, steps) + dot(a, rho)
            change = dot(map(Fraction, row), (y - x for y, x in zip(vertex, relaxed, strict=True)))
            kept.holds(part_of(abs(change), limit), "<=", 1, **shown, row=k)
            off = abs(Fraction(float(result.residual[k])) - change)
            kept.holds(part_of(off, limit), "<=", 1, **shown, row=k, explanation="residual")
            if storage == "levels":
                final = dot(map(Fraction, row), (q - x for q, x in zip(values, relaxed, strict=True)))
                last = sum((a[i] * steps[i] / 2 for i in left), limit)
                rounded.holds(part_of(abs(final), last), "<=", 1, **shown, row=k)


def part_of(value: Fraction, limit: Fraction) -> float:
    """What a change is of what is allowed: 0 where nothing is allowed and nothing changes."""
    return float(value / limit) if limit else (float("inf") if value else 0.0)


def layer(run: Run, clause: Any, number: int) -> None:
    """A linear layer: every row of weights leaves at most as many weights as it has directions."""
    # The default, an eighth of the columns rounded up, is two for nine of them and three for seventeen.
    columns = 17 if number % 8 == 7 else 9
    directions, asked = (-(-columns // 8), None) if number % 4 == 3 else (1 + number % 3, 1 + number % 3)
    # Now and then as small as doubles get.
    exponent = -1074 if number % 4 == 2 else int(run.rng.integers(-200, 200))
    inputs = run.rng.integers(-3, 4, (columns, 5)).astype(float) * 2.0**exponent
    # Eigenvectors of X X^T: another way to the left singular vectors.
    sizes, vectors = np.linalg.eigh((inputs / np.abs(inputs).max()) @ (inputs / np.abs(inputs).max()).T)
    roots = np.sqrt(np.maximum(sizes[::-1], 0))
    if roots[directions - 1] - roots[directions] < 1e-3 * roots[0]:
        return  # outside the hypotheses
    unit = float(run.rng.choice([1.0, 0.1, 2.0**-300]))
    # Every weight has a step of its own, or four columns of a row share one.
    group_size = 4 if number % 3 == 1 else None
    scales = unit * run.rng.choice([0.25, 1.0, 8.0], (3, -(-columns // (group_size or 1))))
    step = np.repeat(scales, group_size or 1, axis=1)[:, :columns]
    weights = run.rng.integers(-16, 17, (3, columns)) / 8 * step
    options: dict[str, Any] = {"directions": asked}
    if number % 2:
        options |= {"unbiased": True, "rng": number}
    grid = Grid.unbounded(scales, group_size=group_size)
    result = discrepancy.discquant(weights, grid, inputs, steps=20, storage="fractional", **options)
    shown = {"weights": weights, "steps": step, "inputs": inputs} | options
    counts = np.bincount(result.fractional // columns, minlength=3)
    clause.holds(counts, "<=", directions, **shown)
    codes = np.delete((result.values / step).ravel(), result.fractional)
    clause.holds(np.abs(codes - np.rint(codes)), "<=", 1e-14, **shown, explanation="all others are levels")
    below, above = np.floor(weights / step) * step, np.ceil(weights / step) * step
    rho = 2.0**-49 * np.maximum(np.abs(below), np.abs(above)) + 2.0**-1073
    spans, sizes_of_rho = (np.linalg.norm(part / unit, axis=1) for part in (above - below, rho))
    limits = 1e-7 * spans + sizes_of_rho
    change = ((result.values - result.relaxed) / unit) @ vectors[:, -directions:]
    clause.holds(np.linalg.norm(change, axis=1), "<=", limits, **shown)
    for weights_then, reported in zip((result.relaxed, result.values), result.losses, strict=True):
        loss, tolerance = loss_in_fractions(weights - weights_then, inputs)
        off = abs(Fraction(reported) - loss)
        clause.holds(part_of(off, tolerance), "<=", 1, **shown, explanation="losses")
    # Residuals in units of the steps and of the inputs' largest entry: both are powers of two or nearly so.
    size = Fraction(float(np.abs(inputs).max())) * Fraction(unit)
    moved = change[:, ::-1] * roots[:directions]
    least = float(Fraction(2) ** -1074 / size)
    clause.equal(len(result.residual), 3 * directions, **shown, explanation="entries of residual")
    found = [[abs(float(Fraction(v) / size)) for v in row] for row in rows_of(result.residual, directions)]
    limits = roots[0] * (2e-7 * spans + 3 * sizes_of_rho) + least
    off = np.abs(np.array(found) - np.abs(moved))
    clause.holds(off, "<=", np.repeat(limits[:, None], directions, axis=1), **shown, explanation="residual")


def loss_in_fractions(error: Floats, inputs: Floats) -> tuple[Fraction, Fraction]:
    """What a layer's outputs change by, squared, and by how much a report of it may be off."""
    columns = [[Fraction(v) for v in column] for column in inputs.T.tolist()]
    rows = [[Fraction(v) for v in row] for row in error.tolist()]
    loss = sum((dot(row, column) ** 2 for row in rows for column in columns), Fraction(0))
    sizes = [sum((dot(line, line) for line in of), Fraction(0)) for of in (rows, columns)]
    return loss, (sizes[0] / 10**12 + Fraction(1, 2**900)) * sizes[1] + Fraction(1, 2**1074)


def rows_of(residual: Floats, directions: int) -> list[list[float]]:
    """Three rows of residuals; of a wrong length, the reshaping fails."""
    return list(np.asarray(residual).reshape(3, directions).tolist())


def means(clause: Any, rows: int, seeds: Sequence[int], *, by_function: bool = False) -> None:
    """A row of 1/4, 3/4 that keeps its sum goes to 1, 0 or to 0, 1: to the first a quarter of the time.

    It keeps it as a layer with one direction, or because each row is asked to beside a flat objective.
    """
    weights = np.tile([0.25, 0.75], (rows, 1))
    objective: Any = np.ones((2, 1))
    options: dict[str, Any] = {"directions": 1, "steps": 1, "linear_weight": 0.0}
    if by_function:
        objective = lambda values: (0.0, np.zeros_like(values))  # noqa: E731
        each = np.kron(np.eye(rows), np.ones(2)).reshape(rows, rows, 2)
        options |= {"directions": None, "sample_gradients": each}
    found = [
        discrepancy.discquant(
            weights, Grid.unbounded(1.0), objective, unbiased=True, rng=seed, **options
        ).values
        for seed in seeds
    ]
    shown = {"seeds": list(seeds), "objective": "a function" if by_function else "a layer"}
    clause.equal(np.array(found).sum(axis=2), np.ones((len(found), rows)), **shown)
    from scipy.stats import binomtest  # noqa: PLC0415 - slow to import, and only needed here

    ups, trials = int(np.array(found)[:, :, 0].sum()), rows * len(found)
    p_value = float(binomtest(ups, trials, 0.25).pvalue)
    clause.holds(p_value, ">=", 1e-9, **shown, trials=trials, ups=ups, explanation="binomial test")


def neighbours(weight: Fraction, levels: list[Fraction]) -> tuple[Fraction, Fraction]:
    """The levels next to a weight, by looking at all."""
    low = [v for v in levels if v <= weight]
    high = [v for v in levels if v >= weight]
    return (low[-1] if low else high[0]), (high[0] if high else low[-1])


def dot(a: Iterable[Fraction], b: Iterable[Fraction]) -> Fraction:
    """Inner product of rationals."""
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def scaled_products(rows: Floats, steps: Sequence[Fraction]) -> list[list[float]]:
    """Rows times steps, each row divided by a power of two that makes its largest entry less than 1."""
    result = []
    for row in rows.tolist():
        entries = [Fraction(a) * Fraction(float(step)) for a, step in zip(row, steps, strict=True)]
        largest = max((abs(v) for v in entries), default=Fraction(0))
        bits = largest.numerator.bit_length() - largest.denominator.bit_length() + 1
        result.append([float(v / Fraction(2) ** bits) for v in entries])
    return result


def exact_rank(rows: list[list[float]]) -> int:
    """Rank of a matrix of doubles, in rationals."""
    if not rows or not rows[0]:
        return 0
    return int(fmpq_mat([[fmpq(*value.as_integer_ratio()) for value in row] for row in rows]).rank())
