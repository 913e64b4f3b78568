"""The theorems' formulas on GPTQ's loss: pivots, worst cases, means, and two bounds from the data alone.

The pivots R_i^2 = 1 / U_ii^2 of H are the squared distances of each input row from the span of the rows
that are rounded later. ``step`` is the distance of two levels of an unbounded grid.

Products are formed in fractions, so that no factor leaves the range of doubles on the way. A result that is
too large for a double, or positive and too small for one, is refused with ValueError.
"""

from __future__ import annotations

from fractions import Fraction
from math import fsum, inf, log, log1p, sqrt

import numpy as np
from numpy.typing import ArrayLike

from lemmata.options import fraction_of_one, real_number, whole_number
from lemmata.quantization.arrays import Array, exponent_of, finite_array, refuse, unscaled
from lemmata.quantization.hessian import damp, feedback_of, read_hessian, scaled_hessian
from lemmata.quantization.order import rounding_order


def pivots(hessian: ArrayLike, *, damping: float = 0.0, order: str | ArrayLike | None = None) -> Array:
    """The pivots 1 / U_ii^2 of a damped H, by column: shape (columns,). A column of zeros has pivot 0.

    Raises
    ------
    ValueError
        If H is not symmetric, or not positive definite once damped, save for columns of zeros; if the damped
        H or a pivot is not finite; and for diagonal entries that are not 0 but below about 2^-1000 of the
        largest.

    Examples
    --------
    >>> pivots([[5.0, 2.0], [2.0, 4.0]]).tolist()
    [4.0, 4.0]
    >>> pivots([[5.0, 2.0], [2.0, 4.0]], order=[1, 0]).round(12).tolist()
    [5.0, 3.2]
    """
    h, exponent = scaled_hessian(hessian)
    permutation = rounding_order(h, order)
    damped = damp(h, damping)[np.ix_(permutation, permutation)]
    result = np.empty(len(h))
    result[permutation] = feedback_of(damped)[1]
    return unscaled("pivots", result, exponent)


def gptq_worst_case(step: float, pivots: ArrayLike) -> float:
    """step^2 / 4 times the sum of the pivots: no row's loss is larger, and some row's is as large (QUA-6).

    Examples
    --------
    >>> gptq_worst_case(1.0, [1.5, 2.0])
    0.875
    """
    return in_range(square_of_step(step) / 4 * total_of(read_pivots(pivots)))


def gptq_mean(step: float, pivots: ArrayLike) -> float:
    """step^2 / 12 times the sum of the pivots: the mean loss over uniform weights (QUA-7).

    Examples
    --------
    >>> gptq_mean(1.0, [1.5, 4.5])
    0.5
    """
    return in_range(square_of_step(step) / 12 * total_of(read_pivots(pivots)))


def nearest_worst_case(step: float, hessian: ArrayLike) -> float:
    """Largest loss of a row rounded to nearest: step^2 / 4 times the largest s H s^T over signs s (QUA-7).

    All signs are tried: for at most 20 columns.

    Raises
    ------
    ValueError
        For more columns, or an H that is not symmetric and positive semidefinite.

    Examples
    --------
    >>> nearest_worst_case(1.0, [[2.0, 1.0], [1.0, 2.0]])
    1.5
    """
    h = read_hessian(hessian)
    if len(h) > 20:
        raise ValueError(f"hessian has {len(h)} columns; all signs are tried for at most 20")
    exponent = exponent_of(h)
    form = Fraction(largest_form(np.ldexp(h, -exponent)))
    return in_range(square_of_step(step) / 4 * form * Fraction(2) ** exponent)


def largest_form(h: Array) -> float:
    """The largest s H s^T over signs s. As -s has the value of s, the last sign is always +."""
    n, largest = len(h), 0.0
    free, block = max(n - 1, 0), 2**14
    for start in range(0, 2**free, block):
        patterns = np.arange(start, min(start + block, 2**free))
        signs = np.ones((len(patterns), n))
        signs[:, :free] = 2 * (patterns[:, None] >> np.arange(free) & 1) - 1
        largest = max(largest, float(np.max(np.sum((signs @ h) * signs, axis=1))))
    return largest


def nearest_mean(step: float, hessian: ArrayLike) -> float:
    """step^2 / 12 times the trace of H: nearest rounding's mean loss over uniform weights (QUA-7).

    Examples
    --------
    >>> nearest_mean(1.0, [[2.0, 1.0], [1.0, 4.0]])
    0.5
    """
    return in_range(square_of_step(step) / 12 * total_of(np.diag(read_hessian(hessian))))


def damped_bound(
    step: float, columns: int, samples: int, largest: float, total: float, damping: float
) -> float:
    """QUA-9: bound on ||e X||^2 + damping ||e||^2 for a row's error e, from the inputs' norms alone.

    Parameters
    ----------
    step : float
        Distance of two levels of the unbounded grid.
    columns, samples : int
        Shape of the inputs.
    largest, total : float
        Largest squared norm of an input row, and the sum over all rows.
    damping : float
        What is added to the diagonal of H: here the number itself, not relative to the mean.

    Raises
    ------
    ValueError
        If the step or the damping is not positive, a size is less than 1, or norms that cannot be.

    Examples
    --------
    >>> round(damped_bound(1.0, columns=100, samples=4, largest=1.0, total=100.0, damping=0.01), 3)
    1.945
    """
    square, damping = square_of_step(step), positive("damping", damping)
    columns, samples = count("columns", columns), count("samples", samples)
    if not 0 <= real_number("largest", largest) < inf:
        raise ValueError(f"largest must be finite and not negative (got {largest})")
    if not largest <= real_number("total", total) <= columns * largest * (1 + 1e-9):
        raise ValueError(f"total must lie between largest and columns times largest (got {total})")
    largest, total = float(largest), float(total)
    if largest / damping < 1e-17:
        growth = Fraction(total)  # logarithms or not, at most 1e-17 of columns times the damping
    else:
        logs = log_of_one_plus(total, samples, damping), log_of_one_plus(largest, 1, damping)
        growth = Fraction(largest) * samples * Fraction(logs[0]) / Fraction(logs[1])
    return in_range(square / 4 * (columns * Fraction(damping) + growth))


def log_of_one_plus(numerator: float, factor: float, damping: float) -> float:
    """log(1 + numerator / (factor damping)), also where the quotient leaves the range of doubles."""
    quotient = numerator / damping / factor
    return log1p(quotient) if quotient < inf else log(numerator) - log(damping) - log(factor)


def sup_norm_bound(step: float, largest_pivot: float, samples: int, failure_probability: float) -> float:
    """QUA-10: with stochastic rounding, no output of a row moves by more, except with this probability.

    Parameters
    ----------
    largest_pivot : float
        The largest 1 / U_ii^2, at most the largest squared norm of an input row, plus the damping.
    samples : int
        Number of outputs that are to be bounded together.
    failure_probability : float
        Between 0 and 1.

    Examples
    --------
    >>> round(sup_norm_bound(1.0, 1.0, samples=100, failure_probability=0.01), 3)
    2.225
    """
    step, samples = positive("step", step), count("samples", samples)
    if not 0 <= real_number("largest_pivot", largest_pivot) < inf:
        raise ValueError(f"largest_pivot must be finite and not negative (got {largest_pivot})")
    chance = fraction_of_one("failure_probability", failure_probability, one=False)
    odds = log(2) + log(samples) - log(chance)
    return in_range(Fraction(step) * Fraction(sqrt(largest_pivot)) * Fraction(sqrt(odds / 2)))


def positive(name: str, value: float) -> float:
    """A positive, finite number, or an error."""
    if not 0 < real_number(name, value) < inf:
        raise ValueError(f"{name} must be positive and finite (got {value})")
    return float(value)


def square_of_step(step: float) -> Fraction:
    """The square of a positive step."""
    return Fraction(positive("step", step)) ** 2


def total_of(numbers: Array) -> Fraction:
    """Their sum, rounded once."""
    return Fraction(fsum(numbers.tolist()))


def count(name: str, value: int) -> int:
    """A positive integer that is a double, or an error."""
    real_number(name, whole_number(name, value, minimum=1))
    return int(value)


def in_range(value: Fraction) -> float:
    """The double that is nearest to a result, or an error."""
    try:
        result = float(value)
    except OverflowError as error:
        raise ValueError("the result leaves the range of doubles") from error
    if value and not result:
        raise ValueError("the result is positive, but too small for a double")
    return result


def read_pivots(pivots: ArrayLike) -> Array:
    """Pivots (columns,), none of them negative."""
    result = finite_array("pivots", pivots, 1)
    refuse("pivots", result, result < 0, "must not be negative")
    return result
