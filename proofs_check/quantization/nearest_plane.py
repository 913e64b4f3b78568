"""GPTQ is the lattice algorithm of Babai (QUA-5)."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from lemmata.claims import Run, check
from lemmata.quantization import babai
from lemmata.quantization.arrays import rationals

from .gptq_rows import (
    ONE,
    SMALL_FACTORS,
    SMALL_FACTORS_COUNT,
    SMALL_WEIGHTS,
    Instance,
    Row,
    by_definition,
    floats,
    instances,
    integer_rounding,
    on_integers,
    small_factors,
    texts,
    undamped,
)

TARGETS = [
    [Fraction(2, 7), Fraction(-4, 7)],
    [Fraction(-11, 7), Fraction(5, 7)],
    [Fraction(9, 7), Fraction(24, 7)],
]
"""With bases of entries -1, 0, 1 no coefficient of these comes near a tie."""

THIRD = Fraction(1, 3)
ISOMETRIES = (
    [[Fraction(3, 5), Fraction(4, 5)], [Fraction(-4, 5), Fraction(3, 5)]],
    [[2 * THIRD, 2 * THIRD, THIRD], [-2 * THIRD, THIRD, 2 * THIRD]],
)
"""Rows of length one that are orthogonal: a rotation of the plane, and the plane into space."""


def reversed_plane(instance: Instance, inputs: Sequence[Row], *, plain: bool = False) -> babai.NearPoint:
    """Babai on the rows in reverse order; plainly, with the rounding that is its default."""
    x, last = rationals("inputs", inputs), len(inputs) - 1
    rounding = None if plain else lambda place, value: instance.rounding(last - place, value)
    return babai.nearest_plane(
        x[::-1], rationals("weights", instance.weights) @ x, round_coefficient=rounding
    )


@check("QUA-5")
def gptq_is_babais_nearest_plane(run: Run) -> None:
    """Rows in fractions, ties included: coefficients, offsets and lengths of the two algorithms; doubles."""
    levels, offsets, factors, doubles = run.clauses("abcd")

    def compare(instance: Instance) -> None:
        h, n = instance.hessian, len(instance.weights)
        _, errors, pivots = by_definition(instance.weights, h, instance.rounding, range(n))
        gptq = undamped([instance.weights], h, instance.grid)
        shown = instance.shown()
        # On the integers, Babai's own rounding is that of the grid.
        for plain in (False, True) if instance.rounding is integer_rounding else (False,):
            point = reversed_plane(instance, instance.inputs, plain=plain)
            levels.equal(texts(point.values[::-1]), texts(gptq.values[0]), **shown, default=plain)
            levels.equal(point.residual @ point.residual, gptq.loss, **shown, explanation="squared distance")
            offsets.equal(texts(point.offsets[::-1]), texts(errors), **shown, default=plain)
        lengths = [v @ v for v in babai.gram_schmidt(rationals("inputs", instance.inputs)[::-1])[::-1]]
        offsets.equal(texts(lengths), texts(pivots), **shown)

    for inputs in run.every(
        small_factors(), f"{SMALL_FACTORS}, weights 0, 1/4, 1/2", size=SMALL_FACTORS_COUNT
    ):
        for weights in SMALL_WEIGHTS:
            compare(on_integers(inputs, weights))
    for instance in run.samples(
        instances(run, run.choose(60, 1_200, 12_000)), "rows of 1 to 5 rational weights, three kinds of grid"
    ):
        compare(instance)
    triangular = product((1, 2), (-1, 0, 1), (1, 2), range(len(ISOMETRIES)))
    for first, shear, second, which in run.every(
        triangular,
        "Cholesky's factors of two rows with entries up to 2, each rotated, and put into space",
        size=2 * 3 * 2 * 2,
    ):
        cholesky = [[ONE * first, ONE * shear], [ONE * 0, ONE * second]]
        other = [[a * r + b * s for r, s in zip(*ISOMETRIES[which], strict=True)] for a, b in cholesky]
        for weights in SMALL_WEIGHTS:
            instance = on_integers(other, weights)
            points = [reversed_plane(instance, x) for x in (cholesky, other)]
            shown = instance.shown() | {"factor": [texts(row) for row in cholesky]}
            found, expected = ([*p.values.tolist(), *p.offsets.tolist()] for p in points)
            factors.equal(texts(found), texts(expected), **shown)
            gptq = undamped([weights], instance.hessian, instance.grid)
            factors.equal(texts(points[0].values[::-1]), texts(gptq.values[0]), **shown)
    for basis in run.every(
        small_factors(), f"{SMALL_FACTORS}, targets in sevenths", size=SMALL_FACTORS_COUNT
    ):
        for target in TARGETS:
            for scale in (1, 8, Fraction(1, 1024)):
                in_doubles(doubles, basis, target, Fraction(scale))
    for n, exponent in run.every(
        product(range(2, 7), (10, 20)),
        "2 to 6 vectors that are 2^-10 or 2^-20 apart",
        size=10,
    ):
        nearly_equal(doubles, n, exponent)


def in_doubles(clause: Any, integers: Sequence[Sequence[int]], part: Row, scale: Fraction) -> None:
    """Coefficients, offsets and residual in doubles against fractions: no rounding is near a tie."""
    basis, target = [[scale * v for v in row] for row in integers], [scale * v for v in part]
    expected = babai.nearest_plane(rationals("basis", basis), rationals("target", target))
    found = babai.nearest_plane(np.array(floats(basis)), floats([target])[0])
    shown = {"basis": integers, "target": texts(part), "times": str(scale)}
    coefficients, offsets, residual = (
        np.array(v, dtype=float) for v in (expected.values, expected.offsets, expected.residual)
    )
    clause.equal(found.values, coefficients, **shown)
    asked: list[tuple[int, Any]] = []

    def given(i: int, value: Any) -> Any:
        asked.append((i, value))
        return int(coefficients[i]) + i  # not what is nearest, so that it matters who decides

    exact = babai.nearest_plane(
        rationals("basis", basis), rationals("target", target), round_coefficient=given
    )
    exactly, asked = asked, []
    other = babai.nearest_plane(np.array(floats(basis)), floats([target])[0], round_coefficient=given)
    clause.equal([i for i, _ in exactly + asked], [1, 0, 1, 0], **shown, explanation="what is asked for")
    answers = [int(coefficients[i]) + i for i in range(2)]
    clause.equal([other.values.tolist(), exact.values.tolist()], [answers, answers], **shown)
    met = [abs(float(value - of)) for (_, value), (_, of) in zip(asked, exactly, strict=True)]
    clause.holds(met, "<=", 1e-14, **shown, explanation="coefficients before rounding")
    off = [*(found.offsets - offsets), *((found.residual - residual) / float(scale))]
    clause.holds(np.abs(off), "<=", 1e-14, **shown)


def nearly_equal(clause: Any, n: int, exponent: int) -> None:
    """A basis that is far from orthogonal, and a target in its lattice: nothing may be left of it."""
    basis = np.ones((n, n)) + 2.0**-exponent * np.diag(np.arange(n) > 0)
    target = 2.0 ** np.arange(n)
    found = babai.nearest_plane(basis, target)
    shown = {"basis": basis, "target": target}
    point = rationals("coefficients", found.values) @ rationals("basis", basis)
    exact = rationals("target", target) - point
    clause.equal([texts(exact), found.residual.tolist()], [["0"] * n, [0.0] * n], **shown)
