"""Rows of weights, their inputs and grids, and GPTQ by its definition, for the checks of GPTQ.

`by_definition` rounds a column, then solves for the free columns from scratch, in rational arithmetic by
FLINT. Nothing there is triangular.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from flint import fmpq, fmpq_mat

from lemmata.claims import Run
from lemmata.quantization import Grid, rational
from lemmata.quantization.rational import ExactQuantized

from .nearest import nearest_of

Row = list[Fraction]
Rounding = Callable[[int, Fraction], Fraction]

ONE = Fraction(1)


@dataclass(frozen=True)
class Instance:
    """One row of weights, its inputs (columns by samples), and how each column is rounded."""

    weights: Row
    inputs: list[Row]
    grid: Grid
    rounding: Rounding

    @cached_property
    def hessian(self) -> list[Row]:
        """Inputs times their transpose."""
        return [[sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0)) for y in self.inputs]
                for x in self.inputs]  # fmt: skip

    def shown(self) -> dict[str, object]:
        """For a witness."""
        levels = "all integers" if self.grid.codes is None else self.grid.levels().ravel().tolist()[:32]
        return {
            "weights": [str(v) for v in self.weights],
            "inputs": [[str(v) for v in x] for x in self.inputs],
            "levels": levels,
        }


def matrix(rows: Sequence[Sequence[Fraction]]) -> fmpq_mat:
    """A FLINT matrix of the same rationals."""
    return fmpq_mat([[fmpq(v.numerator, v.denominator) for v in row] for row in rows])


def fraction(value: Any) -> Fraction:
    """A FLINT rational as a Fraction."""
    return Fraction(int(value.p), int(value.q))


def form(row: Sequence[Fraction], hessian: Sequence[Sequence[Fraction]]) -> Fraction:
    """The quadratic form: row times H times row."""
    return sum(
        (a * hessian[i][j] * b for i, a in enumerate(row) for j, b in enumerate(row)), Fraction(0)
    )  # fmt: skip


def by_definition(
    weights: Row, hessian: list[Row], rounding: Rounding, order: Sequence[int]
) -> tuple[Row, Row, Row]:
    """Levels, errors and pivots by column: round one, then minimise over all that are free, from scratch.

    Columns of zeros have no say: they are rounded as they are, and their pivot is 0.
    """
    n = len(weights)
    values, errors, pivots = ([Fraction(0)] * n for _ in range(3))
    for column in (k for k in order if not any(hessian[k])):
        values[column] = rounding(column, weights[column])
        errors[column] = weights[column] - values[column]
    order = [k for k in order if any(hessian[k])]
    for place, column in enumerate(order):
        fixed, free = order[:place], order[place:]
        inner = matrix([[hessian[i][j] for j in free] for i in free]).inv()
        pull = [
            sum((hessian[i][k] * (weights[k] - values[k]) for k in fixed), Fraction(0)) for i in free
        ]  # fmt: skip
        move = sum((fraction(inner[0, j]) * pull[j] for j in range(len(free))), Fraction(0))
        best = weights[column] + move
        values[column] = rounding(column, best)
        errors[column] = best - values[column]
        pivots[column] = 1 / fraction(inner[0, 0])
    return values, errors, pivots


def small_rationals(run: Run, shape: tuple[int, ...], spread: int, denominators: Sequence[int]) -> Any:
    """Nested lists of small rationals."""
    top = run.rng.integers(-spread, spread + 1, shape)
    bottom = run.rng.choice(list(denominators), shape)
    flat = [Fraction(int(a), int(b)) for a, b in zip(top.ravel(), bottom.ravel(), strict=True)]
    if len(shape) == 1:
        return flat
    return [flat[i : i + shape[1]] for i in range(0, len(flat), shape[1])]


def integer_rounding(_: int, value: Fraction) -> Fraction:
    """To the nearest integer, ties to even: what the unbounded grid of step 1 means."""
    return Fraction(round(value))


def level_rounding(levels: Sequence[Sequence[float]]) -> Rounding:
    """To the nearest of each column's own levels."""
    exact = [[Fraction(v) for v in row] for row in levels]
    return lambda column, value: nearest_of(value, exact[column])


def instances(run: Run, count: int) -> Iterator[Instance]:
    """Random rows with 1 to 5 columns: integers and halves, so that ties are common; three kinds of grid."""
    made = 0
    while made < count:
        n = int(run.rng.integers(1, 6))
        samples = n + int(run.rng.integers(0, 3))
        inputs = small_rationals(run, (n, samples), 2, (1, 1, 2))
        if matrix(inputs).rank() < n:
            continue
        weights = small_rationals(run, (n,), 9, (1, 2, 2, 4, 3))
        kind = made % 3
        if kind == 0:
            yield Instance(weights, inputs, Grid.unbounded(1.0), integer_rounding)
        elif kind == 1:
            offsets = [float(v) for v in run.rng.integers(-2, 1, n)]
            steps = [float(v) for v in run.rng.choice([0.25, 0.5, 1.0], n)]
            levels = [[o + s * k for k in range(4)] for o, s in zip(offsets, steps, strict=True)]
            grid = Grid.uniform(np.array([steps]), bits=2, offset=np.array([offsets]))
            yield Instance(weights, inputs, grid, level_rounding(levels))
        else:
            codes = sorted({float(v) for v in run.rng.integers(-4, 5, 4)})
            grid = Grid.from_levels(codes)
            yield Instance(weights, inputs, grid, level_rounding([codes] * n))
        made += 1


SMALL_FACTORS = "every two independent rows of two entries from -1, 0, 1"
SMALL_FACTORS_COUNT = 3**4 - (5 * 5 + 2 * 2 * 2)
"""81 pairs of rows less those with a d = b c: five products are 0 on each side, two are 1, two are -1."""


def small_factors(entries: Sequence[int] = (-1, 0, 1)) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Two independent rows of two of these entries."""
    for a, b, c, d in product(entries, repeat=4):
        if a * d != b * c:
            yield (a, b), (c, d)


SMALL_WEIGHTS = [[Fraction(a, 4), Fraction(b, 4)] for a, b in product((0, 1, 2), repeat=2)]
"""Rows of two weights from 0, 1/4, 1/2, so that ties are among them."""


def on_integers(inputs: Sequence[Sequence[int | Fraction]], weights: Row) -> Instance:
    """A row with small integer inputs on the unbounded grid of step 1."""
    return Instance(
        weights, [[Fraction(v) for v in x] for x in inputs], Grid.unbounded(1.0), integer_rounding
    )


def gram_determinant(rows: Sequence[Row]) -> Fraction:
    """Squared volume of the box that the rows span; 1 for none."""
    if not rows:
        return ONE
    gram = [[sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0)) for y in rows] for x in rows]
    return fraction(matrix(gram).det())


def squared_distance(row: Row, others: Sequence[Row]) -> Fraction:
    """Squared distance of a row from the span of independent others: a quotient of two volumes."""
    return gram_determinant([row, *others]) / gram_determinant(others)


def floats(rows: Sequence[Sequence[Fraction]]) -> list[list[float]]:
    """The nearest doubles."""
    return [[float(v) for v in row] for row in rows]


def if_clear(
    weights: Row, hessian: list[Row], rounding: Rounding, order: Sequence[int]
) -> tuple[Row, Row, Row] | None:
    """`by_definition`, where all roundings are clear by 1e-6, so that doubles have to decide the same way."""
    clear = True

    def watch(column: int, value: Fraction) -> Fraction:
        nonlocal clear
        chosen = rounding(column, value)
        for nudge in (Fraction(1, 10**6), Fraction(-1, 10**6)):
            clear = clear and rounding(column, value + nudge) == chosen
        return chosen

    found = by_definition(weights, hessian, watch, order)
    return found if clear else None


def texts(values: Any) -> list[str]:
    """For a witness."""
    return [str(v) for v in values]


def worst_row(hessian: Sequence[Row], step: Fraction, offset: Fraction = ONE * 0) -> Row:
    """Weights of which every column, when its turn comes, lies exactly half a step above the offset.

    Column j is step/2 times the sum of U_ij / U_ii over i <= j, from the inverse of H by FLINT.
    """
    n = len(hessian)
    row = [offset] * n
    for i in range(n):
        inner = matrix([line[i:] for line in hessian[i:]]).inv()
        for j in range(i, n):
            row[j] += step / 2 * fraction(inner[0, j - i]) / fraction(inner[0, 0])
    return row


def permuted(hessian: Sequence[Row], order: Sequence[int]) -> list[Row]:
    """Rows and columns in another order."""
    return [[hessian[i][j] for j in order] for i in order]


def exact_pivots(hessian: Sequence[Row]) -> Row:
    """1 / U_ii^2, by inverting every lower right part of H with FLINT."""
    return [1 / fraction(matrix([row[i:] for row in hessian[i:]]).inv()[0, 0]) for i in range(len(hessian))]


def undamped(weights: Any, hessian: Any, grid: Grid, **options: Any) -> ExactQuantized:
    """GPTQ in fractions on an H as it is."""
    return rational.gptq_exact(weights, None, grid, hessian=hessian, damping=0, **options)


def loss_of(weights: Row, result: ExactQuantized, hessian: Sequence[Row]) -> Fraction:
    """The quadratic form of the error."""
    return form([w - q for w, q in zip(weights, result.values[0], strict=True)], hessian)
