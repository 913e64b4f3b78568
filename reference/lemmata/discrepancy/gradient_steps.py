"""DiscQuant's gradient steps: an objective, as it is given or a layer's own, and Adam on the cube (QUA-18).

Source: D. P. Kingma, J. Ba, Adam, arXiv:1412.6980, here with a projection onto [0, 1].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lemmata.quantization.arrays import LARGEST, Array, exponent_of, finite_array, refuse, unscaled
from lemmata.tracing import Trace, emit

Objective = Callable[[Array], tuple[float, ArrayLike]]
Evaluate = Callable[[Array], tuple[float, Array]]

NEARLY = 1e-2
"""A coordinate this close to 0 or 1 counts as rounded in the trace."""


@dataclass(frozen=True)
class GradientStep:
    """One projected gradient step: the objective before it, and how many coordinates are nearly rounded."""

    step: int
    objective: float
    nearly_rounded: int


def minimise(
    evaluate: Evaluate,
    below: Array,
    above: Array,
    y: Array,
    x: Array,
    linear_weight: float,
    steps: int,
    learning_rate: float,
    trace: Trace,
) -> Array:
    """Adam with projection onto [0, 1], on the objective minus the linear term.

    All slopes are in units of the gradient's mean magnitude at the weights rounded to nearest; where it
    vanishes there, at the start.
    """
    span = above - below
    at_nearest = evaluate(between(below, above, np.rint(y)))[1]
    exponents = exponent_of(at_nearest), exponent_of(span)
    if not np.any(at_nearest * (span > 0)):
        at_nearest = evaluate(between(below, above, x))[1]
        exponents = exponent_of(at_nearest), exponents[1]
    relative_span = np.ldexp(span, -exponents[1])
    # Powers of two first, and then the mean: nothing on the way leaves the range of doubles.
    unit = float(np.mean(np.abs(np.ldexp(at_nearest, -exponents[0]) * relative_span))) if x.size else 1.0
    unit = unit or 1.0
    pull = linear_weight * (2 * y - 1)
    first, second = np.zeros_like(x), np.zeros_like(x)
    for step in range(steps):
        value, gradient = evaluate(between(below, above, x))
        if trace is not None:
            nearly = int(np.count_nonzero(np.minimum(x, 1 - x) <= NEARLY))
            emit(trace, GradientStep(step, value, nearly))
        with np.errstate(over="ignore"):
            slope = np.ldexp(gradient, -exponents[0]) * relative_span / unit - pull
        refuse("the objective's gradient", gradient, ~(np.abs(slope) <= LARGEST), "grows beyond all measure")
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope * slope
        size = np.sqrt(second / (1 - 0.999 ** (step + 1))) + 1e-12
        rate = learning_rate * (1 - step / steps)
        x = np.clip(x - rate * (first / (1 - 0.9 ** (step + 1))) / size, 0.0, 1.0)
    return x


def between(below: Array, above: Array, x: Array) -> Array:
    """The weights below + x (above - below): at 0 and 1 the levels themselves, and never outside of them."""
    return np.where(x >= 1, above, np.clip(below + x * (above - below), below, above))


def layer_objective(weights: Array, inputs: Array) -> Evaluate:
    """Squared error of a linear layer's outputs; its gradient up to a power of two, which changes nothing."""
    exponent = exponent_of(inputs)
    inputs = np.ldexp(inputs, -exponent)
    hessian = inputs @ inputs.T

    def evaluate(rounded: Array) -> tuple[float, Array]:
        error = (rounded - weights) @ hessian
        loss = np.sum(error * (rounded - weights))
        return float(unscaled("the loss", loss, 2 * exponent)), 2 * error

    return evaluate


def checked(objective: Objective, shape: tuple[int, ...]) -> Evaluate:
    """The objective, with its answers looked at; it gets a copy, and may do with it what it likes."""

    def evaluate(weights: Array) -> tuple[float, Array]:
        answer: object = objective(weights.copy())
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise TypeError(f"objective must return a pair (value, gradient) (got {type(answer).__name__})")
        value, gradient = answer
        result = finite_array("the objective's gradient", gradient)
        if result.shape != shape:
            raise ValueError(f"the objective's gradient has shape {result.shape}, the weights {shape}")
        return float(finite_array("the objective's value", value, 0)), result

    return evaluate
