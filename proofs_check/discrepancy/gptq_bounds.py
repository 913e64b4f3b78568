"""What GPTQ can lose: worst cases, means, bounds from the inputs alone (DIS-34 to DIS-38, DIS-48)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations, product
from math import prod
from typing import Any

import numpy as np

from lemmata import quantization
from lemmata.claims import Run, check
from lemmata.quantization import Grid, bounds, rational

from .gptq_rows import (
    ONE,
    SMALL_FACTORS,
    SMALL_FACTORS_COUNT,
    SMALL_WEIGHTS,
    Instance,
    Row,
    floats,
    form,
    fraction,
    instances,
    integer_rounding,
    matrix,
    on_integers,
    small_factors,
    small_rationals,
    texts,
)
from .quantization import Listed


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


@check("DIS-34")
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
            result = rational.gptq_exact([instance.weights], instance.hessian, grid, order=order)
            below.holds(loss_of(instance.weights, result, instance.hessian), "<=", limit, **shown)
            hardest = worst_row(h, step, offset)
            result = rational.gptq_exact([hardest], h, grid)
            reached.attains(loss_of(hardest, result, h), limit, **(shown | {"weights": texts(hardest)}))
            product_of.equal(prod(pivots, start=ONE), fraction(matrix(h).det()), **shown)
            if len(order) == 2:  # small integers, so that no H is nearly singular
                doubles = bounds.pivots(floats(instance.hessian), order=order)[list(order)]
                off = max(abs(Fraction(float(p)) / q - 1) for p, q in zip(doubles, pivots, strict=True))
                product_of.holds(float(off), "<=", 1e-12, **shown, explanation="pivots in doubles")
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
        loss = rational.gptq_exact([[weight]], [[1]], Grid.uniform(1.0, bits=1)).loss
        clipped.equal(loss, 64, weight=weight)
        clipped.holds(loss, ">", bound(1, [1]), weight=weight)


def loss_of(weights: Row, result: rational.ExactQuantized, hessian: Sequence[Row]) -> Fraction:
    """The quadratic form of the error."""
    return form([w - q for w, q in zip(weights, result.values[0], strict=True)], hessian)


@check("DIS-35")
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
    grid = Grid.unbounded(float(step))

    def compare(instance: Instance) -> None:
        h, n = instance.hessian, len(instance.weights)
        corners = [[step / 2 * sign for sign in signs] for signs in product((-1, 1), repeat=n)]
        largest = max(form(corner, h) for corner in corners)
        shown = instance.shown() | {"step": str(step)}
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
        library = rational.gptq_exact([instance.weights], h, grid).pivots.tolist()
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
        f"{SMALL_FACTORS}, weights 0, 1/4, 1/2, all signs, step 3/2",
        size=SMALL_FACTORS_COUNT,
    ):
        for weights in SMALL_WEIGHTS:
            compare(on_integers(inputs, weights))
    for instance in run.samples(
        instances(run, run.choose(30, 450, 4_500)), "rows of 1 to 5 rational weights"
    ):
        compare(instance)
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


def mean(clause: Any, inputs: list[Row], box: Sequence[int], parts: int, formulas: Sequence[Any]) -> None:
    """Mean losses over all weights of a box that are multiples of 1 / parts.

    With integer feedback all that GPTQ meets are such multiples. Uniform on them, a rounding error has the
    mean square (1 - parts^-2) / 12 in place of 1/12: with more and more parts, it is the theorem's.
    """
    n = len(inputs)
    instance = Instance([ONE] * n, inputs, Grid.unbounded(1.0), integer_rounding)
    h = instance.hessian
    rows = [[Fraction(k, parts) for k in place] for place in product(*(range(parts * side) for side in box))]
    result = rational.gptq_exact(rows, h, instance.grid).values
    losses_of_gptq = [
        form([w - q for w, q in zip(*pair, strict=True)], h) for pair in zip(rows, result, strict=True)
    ]
    losses_of_nearest = [form([w - round(w) for w in row], h) for row in rows]
    shrink = 1 - Fraction(1, parts**2)
    shown = {"inputs": [texts(x) for x in inputs], "box": list(box), "parts": parts}
    found = [sum(losses, ONE * 0) / len(rows) for losses in (losses_of_nearest, losses_of_gptq)]
    expected = [
        shrink * formulas[0](1, [h[i][i] for i in range(n)]),
        shrink * formulas[1](1, exact_pivots(h)),
    ]
    clause.equal(texts(found), texts(expected), **shown)
    clause.holds(found[1], "<=", found[0], **shown)
    off = abs(Fraction(bounds.nearest_mean(1.0, floats(h))) * shrink / expected[0] - 1)
    clause.holds(float(off), "<=", 1e-13, **shown, explanation="nearest_mean of the whole matrix")


@check("DIS-36")
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
        compare_with_nearest(two, [[first, shear], [0, second]], list(product(range(4), repeat=2)), 4)


def compare_with_nearest(
    clause: Any, inputs: list[list[int]], numerators: list[tuple[int, ...]], denominator: int
) -> None:
    """Losses of GPTQ's levels and of the nearest integers, in integers."""
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


@check("DIS-37")
def damped_losses_stay_below_the_bound_from_the_norms(run: Run) -> None:
    """Orthogonal rows, which reach it; wide layers with few samples; pivots of inputs that are doubles."""
    below, reached, doubles = run.clauses("abc")
    bound = run.formula(
        "damped_bound",
        library=lambda step, n, m, *rest: bounds.damped_bound(float(step), n, m, *map(float, rest)),
    )

    def damped_loss(weights: Row, x: list[Row], damping: Fraction, step: Fraction) -> Fraction:
        instance = Instance(weights, x, Grid.unbounded(float(step)), integer_rounding)
        result = rational.gptq_exact([weights], damped_hessian(instance, damping), instance.grid)
        errors = [w - q for w, q in zip(weights, result.values[0], strict=True)]
        outputs = [
            sum((e * row[k] for e, row in zip(errors, x, strict=True)), ONE * 0) for k in range(len(x[0]))
        ]
        return sum((v * v for v in outputs), ONE * 0) + damping * sum((v * v for v in errors), ONE * 0)

    def hardest(x: list[Row], damping: Fraction, step: Fraction) -> Row:
        return worst_row(
            damped_hessian(Instance([], x, Grid.unbounded(1.0), integer_rounding), damping), step
        )

    for x in run.samples(wide_layers(run), "wide layers of 1 to 8 columns on 1 to 3 samples"):
        n, m = len(x), len(x[0])
        norms = [sum((v * v for v in row), ONE * 0) for row in x]
        damping = Fraction(1, int(run.rng.choice([1, 4, 20, 1000])))
        step = Fraction(int(run.rng.integers(1, 4)), 2)
        limit = bound(step, n, m, max(norms), sum(norms, ONE * 0), damping)
        for weights in (hardest(x, damping, step), small_rationals(run, (n,), 9, (1, 2, 3))):
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
        double_layers(run), "inputs that are doubles, dampings from 10^-10 to 10^3"
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
        found = bounds.pivots(inputs @ inputs.T, damping=relative)
        off = [abs(Fraction(float(p)) / q - 1) for p, q in zip(found, expected, strict=True)]
        doubles.holds(float(max(off)), "<=", float(limit), inputs=values, damping=relative)


def needed_error(columns: int, samples: int, damping: Fraction) -> Fraction:
    """What the proof of DIS-37 (c) allows a pivot to be off by: the product of its steps, in fractions."""
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
    """Small rational inputs, not all zero, with more columns than samples for the most part."""
    yield [[ONE]]
    for _ in range(run.choose(20, 100, 500)):
        n, samples = int(run.rng.integers(1, 9)), int(run.rng.integers(1, 4))
        x = small_rationals(run, (n, samples), 3, (1, 2))
        if any(any(row) for row in x):
            yield x


def double_layers(run: Run) -> Iterator[tuple[list[list[float]], float]]:
    """Inputs of any scale, some of them nearly dependent, with dampings that are hard and easy."""
    for number in range(run.choose(40, 300, 2_000)):
        n, m = int(run.rng.integers(1, 7)), int(run.rng.integers(1, 6))
        x = run.rng.normal(size=(n, m)) * 10.0 ** run.rng.integers(-8, 9)
        if number % 3 == 0:
            x[1:] = x[:1] + 1e-9 * x[1:]
        yield x.tolist(), float(10.0 ** run.rng.integers(-10, 4))


@check("DIS-38")
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
        weights = run.rng.integers(-16, 17, n) / 8
        shown = {"weights": weights, "factor of H": factor, "inputs": inputs}
        outcomes = list(all_outcomes(weights, factor @ factor.T, inputs, pivots))
        unbiased.equal(sum((o.chance for o in outcomes), ONE * 0), 1, **shown, explanation="probabilities")
        mean_error = [sum((o.chance * o.error[i] for o in outcomes), ONE * 0) for i in range(n)]
        unbiased.equal(texts(mean_error), ["0"] * n, **shown)
        h = [[Fraction(float(v)) for v in row] for row in factor @ factor.T]
        mean_loss = sum((o.chance * form(o.error, h) for o in outcomes), ONE * 0)
        loss.holds(mean_loss, "<=", sum(pivots, ONE * 0) / 4, **shown)
        loss.equal(mean_loss, sum((o.chance * o.variance for o in outcomes), ONE * 0), **shown)
        for chance in (Fraction(9, 10), Fraction(1, 2), Fraction(1, 10), Fraction(1, 100)):
            limit = bound(1, max(pivots), inputs.shape[1], chance)
            tail = sum((o.chance for o in outcomes if max(map(abs, o.outputs)) > limit), ONE * 0)
            tails.holds(tail, "<=", chance, **shown, limit=limit)


@dataclass(frozen=True)
class Outcome:
    """One way the random roundings can fall, what it does, and the variances that it met on the way."""

    chance: Fraction
    error: Row
    outputs: Row
    variance: Fraction


def all_outcomes(weights: Any, hessian: Any, inputs: Any, pivots: Row) -> Iterator[Outcome]:
    """Drive GPTQ through all roundings down and up; probabilities from the values that its trace shows."""
    for uniform in product((0.0, 1 - 2.0**-53), repeat=len(weights)):
        steps: list[Any] = []
        result = quantization.gptq_from_hessian(
            [weights], hessian, Grid.unbounded(1.0), damping=0.0, rng=Listed(list(uniform)), trace=steps
        )
        chance, variance = ONE, Fraction(0)
        for step, number, pivot in zip(steps, uniform, pivots, strict=True):
            before = Fraction(step.before[0])
            part = before - before.__floor__()
            # The smallest number goes up unless the value is a level, the largest never.
            chance *= 1 - part if number or not part else part
            if number == 0 and not part:
                chance = Fraction(0)  # the same outcome as with the largest number: counted there
            variance += part * (1 - part) * pivot
        error = [Fraction(a) - Fraction(b) for a, b in zip(weights, result.values[0].tolist(), strict=True)]
        columns = inputs.T.tolist()
        outputs = [
            sum((e * Fraction(v) for e, v in zip(error, column, strict=True)), Fraction(0))
            for column in columns
        ]
        yield Outcome(chance, error, outputs, variance)


HALF_HADAMARD = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]]) / 2
"""An orthogonal matrix of dyadic numbers."""


@check("DIS-48")
def the_announced_bounds_were_not_at_hand(run: Run) -> None:
    """Out of reach, but for this: no bound for all rows can be smaller than that of DIS-34."""
    clause = run.clause()
    for instance in run.samples(
        instances(run, run.choose(12, 60, 300)), "H of 1 to 5 columns, the hardest row"
    ):
        h = instance.hessian
        hardest = worst_row(h, ONE)
        result = rational.gptq_exact([hardest], h, Grid.unbounded(1.0))
        expected = sum(exact_pivots(h), ONE * 0) / 4
        clause.equal(result.loss, expected, **(instance.shown() | {"weights": texts(hardest)}))
    clause.note(
        "checked: some row loses a quarter of the pivots' sum, so that no bound for all rows is smaller"
    )
    clause.note("bounds of the same two kinds, with their constants: DIS-34, DIS-37 and DIS-38")
    clause.out_of_reach("the paper's own statement and constants, which were not at hand")
