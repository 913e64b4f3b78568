"""What GPTQ can lose: in the worst case, on average, against nearest rounding (QUA-6 to QUA-8, QUA-19)."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import permutations, product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lemmata import quantization
from lemmata.claims import Run, check
from lemmata.quantization import Grid, bounds

from .gptq_rows import (
    ONE,
    SMALL_FACTORS,
    SMALL_FACTORS_COUNT,
    SMALL_WEIGHTS,
    Instance,
    Row,
    exact_pivots,
    floats,
    form,
    fraction,
    instances,
    integer_rounding,
    loss_of,
    matrix,
    on_integers,
    permuted,
    small_factors,
    texts,
    undamped,
    worst_row,
)


@check("QUA-6")
def no_row_loses_more_than_a_quarter_of_the_pivots(run: Run) -> None:
    """Rows against the bound in fractions, and for every H, offset and order the row that reaches it."""
    below, reached, product_of, sums, clipped = run.clauses("abcde")
    bound = run.formula(
        "gptq_worst_case",
        library=lambda step, pivots: bounds.gptq_worst_case(float(step), floats([pivots])[0]),
    )

    def compare(instance: Instance, step: Fraction, offset: Fraction) -> None:
        grid = Grid.unbounded(float(step), offset=float(offset))
        for order in permutations(range(len(instance.weights))):
            h = permuted(instance.hessian, order)
            pivots = exact_pivots(h)
            limit = bound(step, pivots)
            shown = instance.shown() | {"step": str(step), "offset": str(offset), "order": list(order)}
            result = undamped([instance.weights], instance.hessian, grid, order=order)
            below.holds(loss_of(instance.weights, result, instance.hessian), "<=", limit, **shown)
            hardest = worst_row(h, step, offset)
            result = undamped([hardest], h, grid)
            reached.attains(loss_of(hardest, result, h), limit, **(shown | {"weights": texts(hardest)}))
            product_of.equal(prod(pivots, start=ONE), fraction(matrix(h).det()), **shown)
            if len(order) <= 3:  # few and small halves, so that no H is nearly singular
                doubles = bounds.pivots(floats(instance.hessian), order=order)[list(order)]
                off = max(abs(Fraction(float(p)) / q - 1) for p, q in zip(doubles, pivots, strict=True))
                product_of.holds(float(off), "<=", 1e-9, **shown, explanation="pivots in doubles")
            if len(order) > 4:
                break

    for inputs in run.every(
        small_factors(),
        f"{SMALL_FACTORS}, weights 0, 1/4, 1/2, both orders, step 3/2",
        size=SMALL_FACTORS_COUNT,
    ):
        for weights in SMALL_WEIGHTS:
            compare(on_integers(inputs, weights), Fraction(3, 2), Fraction(1, 4))
    for instance in run.samples(
        instances(run, run.choose(30, 400, 4_000)),
        "rows of 1 to 5 rational weights, orders, steps and offsets",
    ):
        step = Fraction(int(run.rng.integers(1, 4)), 2)
        compare(instance, step, Fraction(int(run.rng.integers(-4, 5)), 8))
    for order, expected in run.every(
        [((0, 1), Fraction(8)), ((1, 0), Fraction(41, 5))], "the two orders of one matrix", size=2
    ):
        off = abs(float(np.sum(bounds.pivots([[5.0, 2.0], [2.0, 4.0]], order=order))) - float(expected))
        sums.holds(off, "<=", 1e-14, order=order, explanation="in doubles")
        exact = sum(exact_pivots(permuted([[5 * ONE, 2 * ONE], [2 * ONE, 4 * ONE]], order)), ONE * 0)
        sums.equal(exact, expected, order=order)
    for weight in run.every([9], "the one weight 9 on the levels 0 and 1", size=1):
        loss = undamped([[weight]], [[1]], Grid.uniform(1.0, bits=1)).loss
        clipped.equal(loss, 64, weight=weight)
        clipped.holds(loss, ">", bound(1, [1]), weight=weight)


@check("QUA-7")
def gptq_beats_nearest_in_the_worst_and_the_average_case(run: Run) -> None:
    """Nearest rounding on every corner; means over all weights of a box, in fractions."""
    worst, chain, means = run.clauses("abc")
    mean_of_gptq = run.formula(
        "gptq_mean", library=lambda step, pivots: bounds.gptq_mean(float(step), floats([pivots])[0])
    )
    mean_of_nearest = run.formula(
        "nearest_mean",
        library=lambda step, diagonal: bounds.nearest_mean(float(step), np.diag(floats([diagonal])[0])),
    )
    worst_of_gptq = run.formula(
        "gptq_worst_case",
        library=lambda step, pivots: bounds.gptq_worst_case(float(step), floats([pivots])[0]),
    )
    step = Fraction(3, 2)

    def compare(instance: Instance, offset: Fraction) -> None:
        h, n = instance.hessian, len(instance.weights)
        grid = Grid.unbounded(float(step), offset=float(offset))
        errors = [[step / 2 * sign for sign in signs] for signs in product((-1, 1), repeat=n)]
        largest = max(form(error, h) for error in errors)
        corners = [[offset + e for e in error] for error in errors]
        shown = instance.shown() | {"step": str(step), "offset": str(offset)}
        losses = []
        for row in (*corners, instance.weights):
            rounded = quantization.round_to_nearest(floats([row])[0], grid).tolist()
            losses.append(
                form([Fraction(float(w)) - Fraction(q) for w, q in zip(row, rounded, strict=True)], h)
            )
        worst.equal(max(losses[:-1]), largest, **shown, explanation="the corners, rounded to nearest")
        worst.holds(float(losses[-1]), "<=", float(largest) * (1 + 1e-12), **shown)
        found = bounds.nearest_worst_case(float(step), floats(h))
        worst.holds(float(abs(Fraction(found) / largest - 1)), "<=", 1e-12, **shown)
        pivots, trace = sum(exact_pivots(h), ONE * 0), sum((h[i][i] for i in range(n)), ONE * 0)
        diagonal = not any(h[i][j] for i in range(n) for j in range(i))
        chain.holds(pivots, "<=" if diagonal else "<", trace, **shown)
        chain.holds(trace, "<=", largest * 4 / step**2, **shown)
        library = undamped([instance.weights], h, grid).pivots.tolist()
        chain.holds(
            sum(library, ONE * 0), "<=" if diagonal else "<", trace, **shown, explanation="gptq_exact's own"
        )
        chain.holds(
            float(trace) * float(step) ** 2 / 4,
            "<=",
            found * (1 + 1e-12),
            **shown,
            explanation="against nearest_worst_case",
        )
        case = worst_of_gptq(step, exact_pivots(h))
        chain.holds(float(case), "<=", found * (1 + 1e-12), **shown, explanation="worst cases")

    for inputs in run.every(
        small_factors(),
        f"{SMALL_FACTORS}, weights 0, 1/4, 1/2, all signs, step 3/2, offset 0 or 1/4",
        size=SMALL_FACTORS_COUNT,
    ):
        for weights in SMALL_WEIGHTS:
            compare(on_integers(inputs, weights), Fraction(sum(inputs[0]) % 2, 4))
    for instance in run.samples(
        instances(run, run.choose(30, 450, 4_500)), "rows of 1 to 5 rational weights, offsets in eighths"
    ):
        compare(instance, Fraction(int(run.rng.integers(-4, 5)), 8))
    for signs in run.samples(
        aligned_signs(run), "H = v v^T of 16 to 18 columns, v of signs, which is the one best choice of signs"
    ):
        found = bounds.nearest_worst_case(float(step), np.outer(signs, signs))
        worst.equal(found, float(step * step / 4 * len(signs) ** 2), v=signs)
    members = product(range(-2, 3), (1, 2), (1, 2), (3, 5))
    for shear, first, second, parts in run.every(
        members,
        "two columns with integer feedback from -2 to 2, all thirds and all fifths of a box of 2 by 1 steps",
        size=5 * 2 * 2 * 2,
    ):
        triangle = [[ONE * first, ONE * shear * second], [ONE * 0, ONE * second]]
        mean(means, triangle, (2, 1), parts, (mean_of_nearest, mean_of_gptq))
    for _ in run.samples(
        range(run.choose(2, 12, 40)), "three columns with integer feedback, all thirds of a cell"
    ):
        scale = [int(v) for v in run.rng.integers(1, 4, 3)]
        upper = np.triu(run.rng.integers(-2, 3, (3, 3)), 1) + np.eye(3, dtype=int)
        triangle = [[ONE * int(v) for v in row] for row in upper * scale]
        mean(means, triangle, (1, 1, 1), 3, (mean_of_nearest, mean_of_gptq))


def aligned_signs(run: Run) -> Iterator[NDArray[np.float64]]:
    """Signs, of which all, some and none are +."""
    for n in (16, 17):
        yield np.ones(n)
        yield np.append(-np.ones(n - 1), 1.0)
        yield run.rng.choice([-1.0, 1.0], n)
    yield np.append(np.ones(16), [-1.0, 1.0])


def mean(clause: Any, inputs: list[Row], box: Sequence[int], parts: int, formulas: Sequence[Any]) -> None:
    """Mean losses over all weights of a box that are multiples of step / parts, for the step 3/2.

    With integer feedback all that GPTQ meets are such multiples. Uniform on them, a rounding error has, in
    steps, the mean square (1 - parts^-2) / 12 in place of 1/12: with more and more parts, the theorem's.
    """
    n, step = len(inputs), Fraction(3, 2)
    instance = Instance([ONE] * n, inputs, Grid.unbounded(float(step)), integer_rounding)
    h = instance.hessian
    places = product(*(range(parts * side) for side in box))
    rows = [[step * Fraction(k, parts) for k in place] for place in places]
    result = undamped(rows, h, instance.grid).values
    losses_of_gptq = [
        form([w - q for w, q in zip(*pair, strict=True)], h) for pair in zip(rows, result, strict=True)
    ]
    losses_of_nearest = [form([w - step * round(w / step) for w in row], h) for row in rows]
    shrink = 1 - Fraction(1, parts**2)
    shown = {"inputs": [texts(x) for x in inputs], "box": list(box), "parts": parts}
    found = [sum(losses, ONE * 0) / len(rows) for losses in (losses_of_nearest, losses_of_gptq)]
    expected = [
        shrink * formulas[0](step, [h[i][i] for i in range(n)]),
        shrink * formulas[1](step, exact_pivots(h)),
    ]
    clause.equal(texts(found), texts(expected), **shown)
    clause.holds(found[1], "<=", found[0], **shown)
    off = abs(Fraction(bounds.nearest_mean(float(step), floats(h))) * shrink / expected[0] - 1)
    clause.holds(float(off), "<=", 1e-13, **shown, explanation="nearest_mean of the whole matrix")


@check("QUA-8")
def gptq_can_lose_against_nearest(run: Run) -> None:
    """Three weights, where it happens; then two, where it cannot."""
    claim, two = run.clauses("ab")
    most = run.choose(2, 3, 4)
    members = product(range(-most, most + 1), repeat=3)
    for a, b, c in run.every(
        members,
        f"three columns with integer inputs up to {most}, weights in eighths",
        size=(2 * most + 1) ** 3,
    ):
        compare_with_nearest(
            claim, [[1, a, b], [0, 1, c], [0, 0, 2]], list(product(range(1, 8), repeat=3)), 8
        )
    members = product((1, 2), range(-2, 3), (1, 2))
    for first, shear, second in run.every(
        members, "two columns with small integer inputs, weights in quarters", size=2 * 5 * 2
    ):
        nearest = compare_with_nearest(
            two, [[first, shear], [0, second]], list(product(range(4), repeat=2)), 4
        )
        two.equal(nearest, [[round(k / 4) for k in row] for row in product(range(4), repeat=2)])


def compare_with_nearest(
    clause: Any, inputs: list[list[int]], numerators: list[tuple[int, ...]], denominator: int
) -> NDArray[np.float64]:
    """Losses of GPTQ's levels and of the nearest integers, in integers; the latter."""
    rows, x = np.array(numerators), np.array(inputs)
    values = quantization.gptq(rows / denominator, x, Grid.unbounded(1.0), damping=0.0).values
    nearest = quantization.round_to_nearest(rows / denominator, Grid.unbounded(1.0))
    # Outputs times the denominator are integers.
    losses = [
        np.sum(((rows - denominator * np.asarray(q, dtype=np.int64)) @ x) ** 2, axis=1)
        for q in (values, nearest)
    ]
    worst = int(np.argmax(losses[0] - losses[1]))
    exact = [Fraction(int(v[worst]), denominator**2) for v in losses]
    shown = {"weights": [f"{k}/{denominator}" for k in numerators[worst]], "inputs": inputs}
    found = f"nearest rounds to {nearest[worst].tolist()}, GPTQ to {values[worst].tolist()}"
    clause.holds(exact[0], "<=", exact[1], **shown, explanation=found)
    return nearest


@check("QUA-19")
def the_announced_bounds_were_not_at_hand(run: Run) -> None:
    """Out of reach, but for this: no bound for all rows can be smaller than that of QUA-6."""
    clause = run.clause()
    for instance in run.samples(
        instances(run, run.choose(12, 60, 300)), "H of 1 to 5 columns, the hardest row"
    ):
        h = instance.hessian
        hardest = worst_row(h, ONE)
        result = undamped([hardest], h, Grid.unbounded(1.0))
        expected = sum(exact_pivots(h), ONE * 0) / 4
        clause.equal(result.loss, expected, **(instance.shown() | {"weights": texts(hardest)}))
    clause.note(
        "checked: some row loses a quarter of the pivots' sum, so that no bound for all rows is smaller"
    )
    clause.note("bounds of the same two kinds, with their constants: QUA-6, QUA-9 and QUA-10")
    clause.out_of_reach("the paper's own statement and constants, which were not at hand")
