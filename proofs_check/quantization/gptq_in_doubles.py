"""`gptq` in doubles, on inputs and on H, against GPTQ by its definition in fractions (QUA-3)."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations, product
from typing import Any

import numpy as np

from lemmata import quantization
from lemmata.claims import Run
from lemmata.quantization import Grid

from .gptq_rows import (
    Instance,
    Rounding,
    Row,
    floats,
    form,
    if_clear,
    integer_rounding,
    level_rounding,
    texts,
)

ROWS = [[Fraction(k, 7) for k in row] for row in ((2, -4, 9), (-11, 5, 3))]
"""Sevenths: with feedback that is an integer, no weight comes near a tie between two halves."""

Order = tuple[int, ...] | str | None

LEVELS = [-1.0, 0.0, 1.5]
GRIDS = ("unbounded", "2 bits", "levels")

COUNT = 2**3 * (3 * 2 + 2 + 4) * len(GRIDS)
DOMAIN = (
    "unit upper triangular X of three columns with signs above the diagonal, as they come, in "
    "every order and by activation, and with a column of zeros in four orders; on three kinds of grid"
)


def layers() -> Iterator[tuple[list[Row], Order, str]]:
    """Inputs, orders and kinds of grid: `DOMAIN`."""
    for a, b, c in product((-1, 1), repeat=3):
        rows = [[Fraction(v) for v in row] for row in ((1, a, b), (0, 1, c), (0, 0, 1))]
        orders: tuple[Order, ...] = (None, *permutations(range(3)), "activation")
        for order, kind in product(orders, GRIDS):
            yield rows, order, kind
        at = (a + 2 * b + c) // 2 % 4
        wider = [*rows[:at], [Fraction(0)] * 3, *rows[at:]]
        for four, kind in product(((0, 1, 2, 3), (1, 2, 3, 0), (2, 0, 3, 1), (3, 1, 0, 2)), GRIDS):
            yield wider, four, kind


def grid_of(kind: str, columns: int) -> tuple[Grid, list[Rounding]]:
    """A grid of a kind, and how it rounds each of two rows; on 2 bits steps and offsets differ by weight."""
    if kind == "unbounded":
        return Grid.unbounded(1.0), [integer_rounding] * 2
    if kind == "levels":
        return Grid.from_levels(LEVELS), [level_rounding([LEVELS] * columns)] * 2
    offsets = [[-1.0 + 0.5 * j for j in range(columns)], [0.5 - 0.5 * j for j in range(columns)]]
    steps = [[(0.5, 1.0)[(row + j) % 2] for j in range(columns)] for row in range(2)]
    grid = Grid.uniform(np.array(steps), bits=2, offset=np.array(offsets))
    levels = [
        [[o + s * k for k in range(4)] for o, s in zip(*row, strict=True)]
        for row in zip(offsets, steps, strict=True)
    ]
    return grid, [level_rounding(row) for row in levels]


def levels_in_doubles(run: Run, clause: Any) -> None:
    """Levels, order, weights just before rounding, and losses, wherever all roundings are clear."""
    for inputs, order, kind in run.every(layers(), DOMAIN, size=COUNT):
        grid, roundings = grid_of(kind, len(inputs))
        rows = ROWS if len(inputs) == 3 else [[Fraction(5, 7), *row] for row in ROWS]
        compare(clause, rows, roundings, Instance([], inputs, grid, roundings[0]), order)
    factor = 1 + Fraction(1, 2**25)  # in single precision 1
    as_they_come = [inputs for inputs, order, kind in layers() if (order, kind) == (None, "unbounded")]
    for inputs in run.every(as_they_come, "the three columns, as they come, times 1 + 2^-25", size=8):
        grid, roundings = grid_of("unbounded", 3)
        larger = [[factor * v for v in row] for row in inputs]
        compare(clause, ROWS, roundings, Instance([], larger, grid, roundings[0]), None)


def columns_in(order: Order, hessian: list[Row]) -> list[int]:
    """The columns as they are rounded; by activation, by decreasing diagonal, equal ones as they come."""
    columns = list(range(len(hessian)))
    if isinstance(order, str):
        return sorted(columns, key=lambda k: -hessian[k][k])
    return columns if order is None else list(order)


def compare(
    clause: Any, rows: list[Row], roundings: list[Rounding], instance: Instance, order: Order
) -> None:
    """Several rows in doubles against each, with its own rounding, in fractions."""
    h = instance.hessian
    columns = columns_in(order, h)
    found = [
        (row, if_clear(row, h, rounding, columns)) for row, rounding in zip(rows, roundings, strict=True)
    ]
    clear = [(row, exact) for row, exact in found if exact is not None]
    if not clause.concerns(bool(clear)):
        return
    grid = instance.grid.expand((len(rows), len(columns)))[[exact is not None for _, exact in found]]
    x, weights = np.array(floats(instance.inputs)), np.array(floats([row for row, _ in clear]))
    values = [exact[0] for _, exact in clear]
    before = [[q + e for q, e in zip(exact[0], exact[1], strict=True)] for _, exact in clear]
    losses = [form([w - q for w, q in zip(row, exact[0], strict=True)], h) for row, exact in clear]
    options: dict[str, Any] = {"damping": 0.0, "order": order}
    for given, layer in (("inputs", (x, None)), ("hessian", (None, x @ x.T))):
        steps: list[Any] = []
        result = quantization.gptq(weights, layer[0], grid, hessian=layer[1], trace=steps, **options)
        shown = instance.shown() | {
            "rows": [texts(row) for row, _ in clear],
            "order": order,
            "given": given,
        }
        orders = result.order.tolist(), [step.column for step in steps]
        clause.equal([result.values.tolist(), *orders], [floats(values), columns, columns], **shown)
        after = [[value[step.column] for value in floats(values)] for step in steps]
        clause.equal([list(step.after) for step in steps], after, **shown, explanation="the trace")
        off = [
            abs(float(Fraction(met) - row[step.column]))
            for step in steps
            for met, row in zip(step.before, before, strict=True)
        ]
        expected = np.array([float(loss) for loss in losses])
        off += (np.abs(result.row_losses - expected) / (1 + expected)).tolist()
        off.append(abs(result.loss - expected.sum()) / (1 + expected.sum()))
        clause.holds(off, "<=", 1e-12, **shown, explanation="weights just before rounding, row_losses, loss")
