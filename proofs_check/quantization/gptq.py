"""GPTQ as algebra: its loss and its blocks (QUA-3, QUA-4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations, product
from typing import Any

import numpy as np

from lemmata import quantization
from lemmata.claims import Run, SymbolicIdentity, check
from lemmata.quantization import Grid, rational

from .gptq_in_doubles import columns_in, levels_in_doubles
from .gptq_rows import (
    SMALL_FACTORS,
    SMALL_FACTORS_COUNT,
    SMALL_WEIGHTS,
    Instance,
    Rounding,
    by_definition,
    form,
    instances,
    on_integers,
    small_factors,
    squared_distance,
    texts,
    undamped,
)


def loss_identity(n: int) -> SymbolicIdentity:
    """E H E^T = sum f_i^2 for e = f U and H = (U^T U)^-1, cleared of the determinant."""
    u = [[f"u{i}{j}" if j >= i else "0" for j in range(n)] for i in range(n)]
    gram = [
        ["(" + " + ".join(f"{u[k][i]}*{u[k][j]}" for k in range(n)) + ")" for j in range(n)] for i in range(n)
    ]
    error = ["(" + " + ".join(f"f{i}*{u[i][j]}" for i in range(n)) + ")" for j in range(n)]
    adjugate = [[cofactor(gram, i, j) for j in range(n)] for i in range(n)]
    left = " + ".join(f"{error[i]}*{adjugate[i][j]}*{error[j]}" for i in range(n) for j in range(n))
    determinant = "*".join(f"u{i}{i}**2" for i in range(n))
    right = f"{determinant}*({' + '.join(f'f{i}**2' for i in range(n))})"
    names = [f"u{i}{j}" for i in range(n) for j in range(i, n)] + [f"f{i}" for i in range(n)]
    return SymbolicIdentity(left, right, tuple(names))


def cofactor(entries: list[list[str]], row: int, column: int) -> str:
    """A signed minor, as text (Leibniz's formula)."""
    n = len(entries)
    rows, columns = [i for i in range(n) if i != row], [j for j in range(n) if j != column]
    terms = []
    for images in permutations(range(n - 1)):
        inversions = sum(a > b for k, a in enumerate(images) for b in images[k + 1 :])
        factors = "*".join(entries[rows[k]][columns[image]] for k, image in enumerate(images)) or "1"
        terms.append(f"{(-1) ** inversions}*{factors}")
    return f"({(-1) ** (row + column)})*(" + " + ".join(terms) + ")"


@check("QUA-3")
def the_loss_is_the_sum_of_the_columns_losses(run: Run) -> None:
    """The free columns' minimum from scratch in fractions; in doubles, a finite domain; U as symbols."""
    least, sums, pivots, doubles, levels = run.clauses("abcde")
    sums.step(loss_identity(2), loss_identity(3))

    def compare(instance: Instance, order: Sequence[int]) -> None:
        h = instance.hessian
        values, errors, expected = by_definition(instance.weights, h, instance.rounding, order)
        result = undamped([instance.weights], h, instance.grid, order=order)
        shown = instance.shown() | {"order": list(order)}
        least.equal(texts(result.values[0]), texts(values), **shown)
        least.equal(texts(result.errors[0]), texts(errors), **shown, explanation="just before rounding")
        grid, other = with_a_second_row(instance)
        second = by_definition(other.weights, h, other.rounding, order)
        both = undamped([instance.weights, other.weights], h, grid, order=order)
        for row, (levels_of_row, errors_of_row, _) in enumerate(((values, errors, expected), second)):
            least.equal(
                [texts(both.values[row]), texts(both.errors[row])],
                [texts(levels_of_row), texts(errors_of_row)],
                **shown,
                explanation=f"row {row} of two, each with levels of its own",
            )
        losses = [
            form([w - q for w, q in zip(one.weights, levels_of_row, strict=True)], h)
            for one, levels_of_row in ((instance, values), (other, second[0]))
        ]
        of_both = [*both.row_losses.tolist(), both.loss]
        sums.equal(texts(of_both), texts([*losses, sum(losses)]), **shown, explanation="two rows")
        loss = form([w - q for w, q in zip(instance.weights, result.values[0], strict=True)], h)
        found = result.errors[0].tolist(), result.pivots.tolist()
        summed = sum((e * e * p for e, p in zip(*found, strict=True)), Fraction(0))
        sums.equal([summed, result.loss], [loss, loss], **shown)
        busy = [k for k in order if any(h[k])]
        for place, column in enumerate(busy):
            later = [instance.inputs[k] for k in busy[place + 1 :]]
            pivots.equal(result.pivots[column], squared_distance(instance.inputs[column], later), **shown)
        pivots.equal(texts(result.pivots), texts(expected), **shown)

    members = product(small_factors(), ((0, 1), (1, 0)))
    for inputs, order in run.every(
        members, f"{SMALL_FACTORS}, both orders, weights 0, 1/4, 1/2", size=2 * SMALL_FACTORS_COUNT
    ):
        for weights in SMALL_WEIGHTS:
            compare(on_integers(inputs, weights), order)
    for instance in run.samples(
        instances(run, run.choose(45, 900, 9_000)), "rows of 1 to 5 rational weights, three kinds of grid"
    ):
        wider = with_an_idle_column(run, instance)
        compare(instance, [int(v) for v in run.rng.permutation(len(instance.weights))])
        compare(wider, range(len(instance.weights) + 1))
        for one in (instance, wider):
            damped_by_activation((least, sums, pivots), one, Fraction(int(run.rng.integers(1, 200)), 100))
    # Products a d of entries -1, 0, 2: five are 0, two are -2, one each is 1 and 4.
    size = 3**4 - (5**2 + 2**2 + 1 + 1)
    rows = np.array([[a / 4, b / 4] for a, b in product(range(4), repeat=2)])
    for inputs in run.every(
        small_factors((-1, 0, 2)), "every two independent rows of two entries from -1, 0, 2", size=size
    ):
        for order, damping in product(((0, 1), (1, 0)), (0.0, 0.01)):
            in_doubles(doubles, np.array(inputs, dtype=float), rows, order, damping)
    levels_in_doubles(run, levels)


def damped_by_activation(clauses: tuple[Any, Any, Any], instance: Instance, damping: Fraction) -> None:
    """From the inputs, watched: the theorem is about the damped H, and only `loss` is without damping."""
    least, sums, pivots = clauses
    h, n = instance.hessian, len(instance.weights)
    mean = sum((h[k][k] for k in range(n)), Fraction(0)) / n
    damped = [[v + damping * mean * (i == j) for j, v in enumerate(row)] for i, row in enumerate(h)]
    order = columns_in("activation", h)
    values, errors, expected = by_definition(instance.weights, damped, instance.rounding, order)
    steps: list[Any] = []
    result = rational.gptq_exact(
        [instance.weights], instance.inputs, instance.grid, damping=damping, order="activation", trace=steps
    )
    shown = instance.shown() | {"damping": str(damping), "order": "activation"}
    least.equal(texts([*result.values[0], *result.errors[0]]), texts([*values, *errors]), **shown)
    watched = [(step.column, *step.before, *step.after) for step in steps]
    least.equal(watched, [(k, values[k] + errors[k], values[k]) for k in order], **shown)
    least.equal(result.order.tolist(), order, **shown)
    error = [w - q for w, q in zip(instance.weights, values, strict=True)]
    found = [*result.row_losses.tolist(), result.loss]
    sums.equal(texts(found), texts([form(error, damped), form(error, h)]), **shown)
    pivots.equal(texts(result.pivots), texts(expected), **shown)


def with_a_second_row(instance: Instance) -> tuple[Grid, Instance]:
    """The weights backwards, on levels x / 2 + 1/4 for the levels x of the first row; a grid for both."""
    first = instance.grid.expand((1, len(instance.weights)))
    scale, offset = first.scale, first.offset
    grid = Grid(first.codes, np.vstack([scale, scale / 2]), np.vstack([offset, offset / 2 + 0.25]))
    shift = Fraction(1, 4)
    return grid, Instance(
        instance.weights[::-1],
        instance.inputs,
        grid[1:],
        lambda column, value: instance.rounding(column, 2 * (value - shift)) / 2 + shift,
    )


def with_an_idle_column(run: Run, instance: Instance) -> Instance:
    """The same row with one more weight, which has no inputs."""
    at = int(run.rng.integers(len(instance.weights) + 1))
    weights, inputs = list(instance.weights), list(instance.inputs)
    weights.insert(at, Fraction(int(run.rng.integers(-9, 10)), 4))
    inputs.insert(at, [Fraction(0)] * len(instance.inputs[0]))
    return on_integers(inputs, weights)


def in_doubles(doubles: Any, inputs: Any, weights: Any, order: Sequence[int], damping: float) -> None:
    """The losses of the levels that come back, against what is reported."""
    hessian = inputs @ inputs.T
    damped = hessian + damping * np.mean(np.diag(hessian)) * np.eye(2)
    options: dict[str, Any] = {"damping": damping, "order": list(order)}
    grid = Grid.unbounded(1.0)
    for given, result in (
        ("inputs", quantization.gptq(weights, inputs, grid, **options)),
        ("hessian", quantization.gptq(weights, None, grid, hessian=hessian, **options)),
    ):
        error = weights - result.values  # quarters: exact
        losses = np.sum((error @ damped) * error, axis=1)
        off = float(np.max(np.abs(result.row_losses - losses) / (1 + losses)))
        shown = {"inputs": inputs, "given": given} | options
        doubles.holds(off, "<=", 1e-12, **shown)
        loss = float(np.sum((error @ hessian) * error))
        doubles.holds(abs(result.loss - loss) / (1 + loss), "<=", 1e-12, **shown)


@check("QUA-4")
def blocks_change_nothing(run: Run) -> None:
    """Every block size on small rows in fractions, then layers whose arithmetic in doubles is exact."""
    exactly, doubles = run.clauses("ab")

    def compare(instance: Instance) -> None:
        h, n = instance.hessian, len(instance.weights)
        values, errors, _ = by_definition(instance.weights, h, instance.rounding, range(n))
        for size in range(1, n + 2):
            result = undamped([instance.weights], h, instance.grid, block_size=size)
            shown = instance.shown() | {"block size": size}
            exactly.equal(texts(result.values[0]), texts(values), **shown)
            exactly.equal(texts(result.errors[0]), texts(errors), **shown)

    def compare_at_random(instance: Instance, seed: int) -> None:
        h, n = instance.hessian, len(instance.weights)
        numbers = [Fraction(u) for u in np.random.default_rng(seed).random((n, 1)).ravel().tolist()]
        values, errors, _ = by_definition(instance.weights, h, up_or_down(instance, numbers), range(n))
        for size in (1, 2, n):
            options: dict[str, Any] = {"block_size": size, "rounding": "stochastic", "rng": seed}
            result = undamped([instance.weights], h, instance.grid, **options)
            found = [*result.values[0], *result.errors[0]]
            exactly.equal(texts(found), texts([*values, *errors]), **(instance.shown() | options))

    for inputs in run.every(
        small_factors(), f"{SMALL_FACTORS}, weights 0, 1/4, 1/2, block sizes 1 to 3", size=SMALL_FACTORS_COUNT
    ):
        for weights in SMALL_WEIGHTS:
            compare(on_integers(inputs, weights))
    for instance in run.samples(
        instances(run, run.choose(40, 450, 4_500)), "rows of 1 to 5 rational weights"
    ):
        compare(instance)
        compare_at_random(instance, int(run.rng.integers(2**32)))
    # H = M D M^T, M unit triangular with entries 0, +-1 beside the diagonal, D powers of 4, weights multiples
    # of 2^-12: all that comes up in GPTQ is a short dyadic number.
    for n, rows in run.samples(
        run.choose([(2, 1), (7, 3), (96, 8)], [(256, 16)], [(256, 16), (1024, 16)]), "dyadic layers"
    ):
        layer = run.rng.integers(-(2**13), 2**13, (rows, n)) / 2**12
        made = dyadic_layer(run, n)
        for seed, kind in product((None, 7), CODES_OF):
            order = None if kind == "unbounded" else run.rng.permutation(n)
            steps = 2.0 ** run.rng.integers(-1, 2, (rows, n))
            offsets = run.rng.integers(-4, 1, (rows, n)) / 2
            every_block_size(doubles, layer, made, seed, Levels(kind, steps, offsets), order)


def up_or_down(instance: Instance, numbers: Sequence[Fraction]) -> Rounding:
    """By the definition of rounding at random: up where a column's number is below the part of the way."""
    n = len(instance.weights)
    bounded = instance.grid.codes is not None
    levels = (
        [[Fraction(v) for v in row] for row in instance.grid.expand((1, n)).levels()[0].tolist()]
        if (bounded)
        else [[]] * n
    )

    def rounding(column: int, value: Fraction) -> Fraction:
        own = levels[column] or [Fraction(value.__floor__()), Fraction(value.__ceil__())]
        value = min(max(value, own[0]), own[-1])
        below, above = max(v for v in own if v <= value), min(v for v in own if v >= value)
        return above if below < above and numbers[column] < (value - below) / (above - below) else below

    return rounding


CODES_OF = {"unbounded": None, "2 bits": (0, 1, 2, 3), "levels": (-1, 0, 2)}
"""Codes of three kinds of grid: neighbours are a power of two apart, so that probabilities are doubles."""


@dataclass(frozen=True)
class Levels:
    """A kind of grid, with a step and an offset for every weight of a layer."""

    kind: str
    steps: Any
    offsets: Any

    def grid(self, places: Any) -> Grid:
        """The grid of these columns."""
        steps, offsets = self.steps[:, places], self.offsets[:, places]
        codes = CODES_OF[self.kind]
        if codes is None:
            return Grid.unbounded(steps, offset=offsets)
        if self.kind == "2 bits":
            return Grid.uniform(steps, bits=2, offset=offsets)
        return Grid.from_levels([float(k) for k in codes], scale=steps, offset=offsets)

    def around(self, row: int, column: int, value: int) -> list[int]:
        """All levels of a weight times 2^12; on an unbounded grid three around a value, an even one first."""
        step, offset = int(self.steps[row, column] * 2**12), int(self.offsets[row, column] * 2**12)
        codes: Sequence[int] | None = CODES_OF[self.kind]
        if codes is None:
            low = (value - offset) // step
            codes = range(low - low % 2, low - low % 2 + 3)
        return [offset + step * k for k in codes]


def every_block_size(
    clause: Any, layer: Any, made: tuple[Any, Any, Any], seed: int | None, levels: Levels, order: Any
) -> None:
    """GPTQ on a layer's inputs, and on its H, against the recursion.

    With an order the columns are handed over in other places, and the order brings them back.
    """
    hessian, feedback, samples = made
    rows, n = layer.shape
    numbers = None if seed is None else np.random.default_rng(seed).random((n, rows))
    expected = one_column_at_a_time(layer, feedback, numbers, levels)
    places = np.arange(n) if order is None else np.argsort(order)
    grid = levels.grid(places)
    for size in (1, 2, 7, 32, max(n - 1, 1), n, 2 * n) if order is None else (1, 7, n):
        options: dict[str, Any] = {"damping": 0.0, "block_size": size, "order": order}
        if seed is not None:
            options |= {"rounding": "stochastic", "rng": seed}
        shown = {"columns": n, "rows": rows, "grid": levels.kind, "offsets": levels.offsets}
        shown |= {"steps": levels.steps} | options
        for inputs, h in ((None, hessian[np.ix_(places, places)]), (samples[places], None)):
            found = quantization.gptq(layer[:, places], inputs, grid, hessian=h, **options).values
            given = "hessian" if inputs is None else "inputs"
            clause.equal(found[:, slice(None) if order is None else order], expected, **shown, given=given)


def dyadic_layer(run: Run, n: int) -> tuple[Any, Any, Any]:
    """H, feedback and inputs of a layer: all that comes up in GPTQ is a short dyadic number."""
    half = n // 2
    unit = np.eye(n)
    # The inverse of [[I, A], [0, I]] is [[I, -A], [0, I]].
    unit[:half, half:] = run.rng.integers(-1, 2, (half, n - half))
    diagonal = 4.0 ** run.rng.integers(0, 3, n)
    feedback = np.eye(n)
    feedback[:half, half:] = -unit[:half, half:]
    return (unit * diagonal) @ unit.T, feedback, unit * np.sqrt(diagonal)


def one_column_at_a_time(weights: Any, feedback: Any, numbers: Any, levels: Levels) -> Any:
    """GPTQ's recursion on integers after scaling by 2^12: nothing can be rounded but the weights."""
    scaled = np.array(np.rint(weights * 2**12), dtype=object)
    result = np.empty(weights.shape)
    for row in range(len(scaled)):
        w = [int(v) for v in scaled[row]]
        for i in range(len(w)):
            number = None if numbers is None else Fraction(float(numbers[i, row]))
            q = level_of(w[i], levels.around(row, i, w[i]), number)
            error = w[i] - q
            result[row, i] = q / 2**12
            for j in range(i + 1, len(w)):
                w[j] -= error * int(feedback[i, j])
    return result


def level_of(value: int, levels: list[int], number: Fraction | None) -> int:
    """Nearest level, ties to the even one; with a uniform number, up if it is below the weight's fraction."""
    if number is None:
        return min(levels, key=lambda level: (abs(value - level), levels.index(level) % 2))
    value = min(max(value, levels[0]), levels[-1])
    below = max(level for level in levels if level <= value)
    above = min(level for level in levels if level >= value)
    return above if above > below and number < Fraction(value - below, above - below) else below
