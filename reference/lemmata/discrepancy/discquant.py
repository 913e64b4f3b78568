"""DiscQuant: round a network's weights to a grid while what it computes on samples hardly moves.

Every weight w lies between two neighbouring levels, below and above, and is rounded to one of them. With x in
[0, 1] per weight, the network in between has weights (1 - x) below + x above, and the original one has
x = y = (w - below) / (above - below). Minimise

    objective(x) - linear_weight <2y - 1, x>        over x in [0, 1]^n

by projected gradient steps: the linear term pushes each weight to its nearest level, and since it is linear,
most coordinates end at 0 or 1. What is still in between goes to a vertex of the polytope on which the given
constraint rows (gradients of single samples, say) keep their values: at most as many coordinates as
there are rows stay fractional (QUA-11). Those few are rounded to nearest, or stored as they are.

Source: J. Chee, A. Backurs, R. Heck, L. Zhang, J. Kulkarni, T. Rothvoss, S. Gopi, DiscQuant,
arXiv:2501.06417. There, all that is left in the end is rounded to nearest; the vertex is the paper's proof
put to use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.discrepancy.gradient_steps import Objective, between, checked, layer_objective, minimise
from lemmata.discrepancy.rounding.vertex_rounding import round_to_vertex
from lemmata.options import one_of, random_numbers_if, real_number, refuse_observers, switch, whole_number
from lemmata.quantization import Grid
from lemmata.quantization.arrays import LARGEST, Array, exponent_of, finite_array, unscaled
from lemmata.quantization.grid import read_grid
from lemmata.tracing import Trace


@dataclass(frozen=True, eq=False)
class DiscQuantized:
    """Rounded weights, and what was left to the last rounding.

    Parameters
    ----------
    values : array of the weights' shape
        Levels of the grid; with ``storage="fractional"``, all but those at ``fractional``.
    fractional : (k,) int64
        Flat indices of the weights that the vertex leaves between two levels.
    fractional_values : (k,) float64
        What these weights are at the vertex: to be stored in full, or rounded to nearest.
    relaxed : array of the weights' shape
        The weights after the gradient steps, whose constraint values the vertex keeps.
    residual : (m,) float64
        Constraint rows times (vertex - relaxed), before the last rounding. With inputs for an objective, for
        each row of weights in turn: the leading left singular vectors of the inputs, each times its singular
        value; as many as directions, or as singular values if these are fewer.
    losses : (float, float)
        The objective at ``relaxed`` and at ``values``.
    """

    values: Array
    fractional: NDArray[np.int64]
    fractional_values: Array
    relaxed: Array
    residual: Array
    losses: tuple[float, float]


def discquant(
    weights: ArrayLike,
    grid: Grid,
    objective: Objective | ArrayLike,
    *,
    sample_gradients: ArrayLike | Callable[[Array], ArrayLike] | None = None,
    directions: int | None = None,
    linear_weight: float = 1.0,
    steps: int = 200,
    learning_rate: float = 0.05,
    start: str = "weights",
    storage: str = "levels",
    unbiased: bool = False,
    rng: np.random.Generator | int | None = None,
    trace: Trace = None,
) -> DiscQuantized:
    """Round weights to neighbouring levels of a grid, guided by an objective and by constraint rows.

    Parameters
    ----------
    weights : real numbers of any shape
        The trained weights.
    grid : Grid
        The levels. Weights outside its range go to its end, whatever the objective says.
    objective : callable or (columns, samples) array
        ``objective(weights) -> (value, gradient)``, both smooth, the gradient of the weights' shape. Each
        call gets its own copy of the weights. Or the
        inputs of a linear layer with weights (rows, columns): then the objective is
        ||(weights - rounded) @ inputs||_F^2.
    sample_gradients : (m, *shape of weights), or callable(weights) -> such an array, optional
        Constraint rows, with a callable objective; a callable is evaluated at the weights after the gradient
        steps. Without them there is no constraint, and every coordinate is rounded (QUA-11 with rank 0).
    directions : int, optional
        With inputs for an objective: each row of weights keeps its outputs along this many leading singular
        directions of the inputs. Default: an eighth of the columns, rounded up.
    linear_weight : float
        Weight of the linear term, relative to the mean magnitude of the objective's gradient (with respect to
        x) at the weights rounded to nearest (at the start, where that is zero), so that the result does not
        depend on the objective's unit.
    steps, learning_rate : int, float
        Of Adam; the rate falls linearly to 0.
    start : {"weights", "random"}
        Start at the weights, or at a uniformly random x.
    storage : {"levels", "fractional"}
        Round what the vertex leaves to nearest, or keep it unrounded.
    unbiased : bool
        Walk to the vertex at random, so that its mean is where the gradient steps end (DIS-4). Otherwise the
        walk is deterministic.
    rng : numpy.random.Generator, int or None
        Randomness of a random start and of an unbiased walk, passed to `numpy.random.default_rng`.
    trace : list or callable, optional
        Receives one `GradientStep` per step.

    Returns
    -------
    DiscQuantized

    Raises
    ------
    ValueError
        For NaN or infinity in any argument or in what the callables return, shapes that do not match,
        options that do not exist, and an rng where nothing is drawn.
    TypeError
        For arguments that are not of their kind.
    RoundingError
        If the vertex cannot be reached to within the guarantee of `round_to_vertex`.

    Notes
    -----
    Cost: at most ``steps + 4`` evaluations of the objective, then `round_to_vertex`: O(n m^2) for n weights
    and m rows. How far the gradient steps get is checked where the optimum is known (QUA-18).
    How it compares with GPTQ and nearest rounding is measured on a small network (QUA-12, QUA-13, QUA-14,
    where the unrounded rest is shown apart), and so is how fast the spectrum of its sample gradients
    falls (QUA-15, QUA-16); the figures published for a language model are out of reach (QUA-17).

    Examples
    --------
    Two inputs that nearly agree: nearest rounds both weights up; here one goes each way.

    >>> from lemmata.quantization import Grid
    >>> inputs = [[1.0, 1.0], [1.0, 0.9]]
    >>> result = discquant([[0.6, 0.6]], Grid.unbounded(1.0), inputs)
    >>> result.values.tolist(), round(result.losses[1], 4)
    ([[0.0, 1.0]], 0.0976)
    """
    refuse_observers(trace)
    w = finite_array("weights", weights)
    below, above = read_grid(grid).neighbours(w)
    span = above - below
    y = np.divide(w - below, span, out=np.full(w.shape, 0.5), where=span > 0)
    at_random = one_of("start", start, ("weights", "random")) == "random"
    one_of("storage", storage, ("levels", "fractional"))
    unbiased = switch("unbiased", unbiased)
    generator = random_numbers_if(at_random or unbiased, rng, "start='random' or unbiased=True")
    linear_weight = real_number("linear_weight", linear_weight)
    if not abs(linear_weight) <= LARGEST:
        raise ValueError(f"linear_weight must be finite and at most {LARGEST} (got {linear_weight})")
    learning_rate = real_number("learning_rate", learning_rate)
    if not 0 < learning_rate <= LARGEST:
        raise ValueError(f"learning_rate must be positive and at most {LARGEST} (got {learning_rate})")
    steps = whole_number("steps", steps, minimum=1)
    x = generator.random(w.shape) if generator is not None and at_random else y.copy()
    walker = generator if unbiased else None

    if callable(objective):
        evaluate = checked(objective, w.shape)
        if directions is not None:
            raise ValueError("directions needs inputs for an objective; give sample_gradients instead")
        if not callable(sample_gradients):
            rows = read_rows(sample_gradients, w)  # refused before the steps, not after
            sample_gradients = rows.reshape(len(rows), *w.shape)
    else:
        inputs = read_inputs(objective, w)
        if sample_gradients is not None:
            raise ValueError("sample_gradients needs a callable objective; give directions instead")
        if directions is not None:
            directions = whole_number("directions", directions, minimum=1)
        evaluate = layer_objective(w, inputs)
    x = minimise(evaluate, below, above, y, x, linear_weight, steps, learning_rate, trace)

    relaxed = between(below, above, x)
    if callable(objective):
        rows = read_rows(sample_gradients, relaxed)
        vertex, residual = walk(x, rows, span, walker)
    else:
        vertex, residual = walk_each_row(x, inputs, span, directions, walker)

    fractional = np.flatnonzero((vertex > 0) & (vertex < 1) & (span > 0))
    at_vertex = between(below, above, vertex)
    kept = at_vertex.ravel()[fractional]
    values = at_vertex if storage == "fractional" else np.where(vertex >= 0.5, above, below)
    losses = (evaluate(relaxed)[0], evaluate(values)[0])
    return DiscQuantized(values, fractional, kept, relaxed, residual, losses)


def walk(
    x: Array, rows: Array, span: Array, rng: np.random.Generator | None, exponent: int = 0
) -> tuple[Array, Array]:
    """A vertex of the points that agree with x on the rows times the span, and the rows' changes.

    The rows are ``rows`` times ``2**exponent``, which need not be doubles.
    Each product is formed from mantissas and exponents apart, and each row divided by a power of two: none
    vanishes, however large the row's other entries and the other spans are.
    """
    mantissas, exponents = np.frexp(rows)
    span_mantissas, span_exponents = np.frexp(span.reshape(1, -1))
    products = mantissas * span_mantissas
    powers = exponents + span_exponents
    lowest = np.iinfo(powers.dtype).min
    largest = np.max(np.where(products != 0, powers, lowest), axis=1, initial=lowest)
    largest = np.where(largest == lowest, 0, largest)
    relative = np.ldexp(products, powers - largest[:, None])
    rounding = round_to_vertex(x.ravel(), relative, unbiased=rng is not None, rng=rng)
    residual = unscaled("residual", np.asarray(rounding.residual), largest + exponent)
    return np.asarray(rounding.values).reshape(x.shape), residual


def walk_each_row(
    x: Array, inputs: Array, span: Array, directions: int | None, rng: np.random.Generator | None
) -> tuple[Array, Array]:
    """A vertex for every row of a linear layer, which keeps its outputs along the leading directions."""
    columns = len(inputs)
    count = -(-columns // 8) if directions is None else directions
    if not x.size:
        return x, np.empty(0)
    exponent = exponent_of(inputs)
    left, values, _ = np.linalg.svd(np.ldexp(inputs, -exponent), full_matrices=False)
    leading = (left * values).T[:count]  # not scaled back: as subnormal numbers they would lose their digits
    results = [walk(one, leading, steps, rng, exponent) for one, steps in zip(x, span, strict=True)]
    vertices = np.array([vertex for vertex, _ in results]).reshape(x.shape)
    return vertices, np.concatenate([residual for _, residual in results])


def read_inputs(inputs: ArrayLike, weights: Array) -> Array:
    """Inputs (columns, samples) that match the weights (rows, columns)."""
    result = finite_array("objective", inputs, 2)
    if weights.ndim != 2 or weights.shape[1] != len(result):
        raise ValueError(
            f"objective, as inputs of shape {result.shape}, does not match weights of shape {weights.shape}"
        )
    return result


def read_rows(gradients: ArrayLike | Callable[[Array], ArrayLike] | None, at: Array) -> Array:
    """Constraint rows as an (m, n) array."""
    if gradients is None:
        return np.empty((0, at.size))
    rows = finite_array("sample_gradients", gradients(at.copy()) if callable(gradients) else gradients)
    if rows.ndim == 0 or rows.shape[1:] != at.shape:
        raise ValueError(f"sample_gradients has shape {rows.shape}; expected (m, *{at.shape})")
    return rows.reshape(len(rows), at.size)
