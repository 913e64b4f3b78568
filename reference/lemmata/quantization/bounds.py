"""The theorems' formulas on GPTQ's loss: pivots, worst cases, means, and two bounds from the data alone.

The pivots R_i^2 = 1 / U_ii^2 of H are the squared distances of each input row from the span of the rows
that are rounded later. ``step`` is the distance of two levels of an unbounded grid.
"""

from itertools import product
from math import log, sqrt

import numpy as np
from numpy.typing import ArrayLike

from lemmata.quantization.arrays import Array, finite_array
from lemmata.quantization.gptq import damp, feedback_of, rounding_order


def pivots(hessian: ArrayLike, *, damping: float = 0.0, order: str | ArrayLike | None = None) -> Array:
    """The pivots 1 / U_ii^2 of a damped H, by column: shape (columns,).

    Examples
    --------
    >>> pivots([[5.0, 2.0], [2.0, 4.0]]).tolist()
    [4.0, 4.0]
    >>> pivots([[5.0, 2.0], [2.0, 4.0]], order=[1, 0]).round(12).tolist()
    [5.0, 3.2]
    """
    h = finite_array("hessian", hessian, 2)
    permutation = rounding_order(h, order)
    result = np.empty(len(h))
    result[permutation] = feedback_of(damp(h, damping)[np.ix_(permutation, permutation)])[1]
    return result


def gptq_worst_case(step: float, pivots: ArrayLike) -> float:
    """step^2 / 4 times the sum of the pivots: no row's loss is larger, and some row's is as large (DIS-34).

    Examples
    --------
    >>> gptq_worst_case(1.0, [1.5, 2.0])
    0.875
    """
    return float(step * step / 4 * np.sum(pivots))


def gptq_mean(step: float, pivots: ArrayLike) -> float:
    """step^2 / 12 times the sum of the pivots: the mean loss over uniform weights (DIS-35).

    Examples
    --------
    >>> gptq_mean(1.0, [1.5, 4.5])
    0.5
    """
    return float(step * step / 12 * np.sum(pivots))


def nearest_worst_case(step: float, hessian: ArrayLike) -> float:
    """Largest loss of a row rounded to nearest: step^2 / 4 times the largest s H s^T over signs s (DIS-35).

    All signs are tried: for at most 20 columns.

    Raises
    ------
    ValueError
        For more columns.

    Examples
    --------
    >>> nearest_worst_case(1.0, [[2.0, 1.0], [1.0, 2.0]])
    1.5
    """
    h = finite_array("hessian", hessian, 2)
    if len(h) > 20:
        raise ValueError(f"hessian has {len(h)} columns; all signs are tried for at most 20")
    signs = np.array(list(product((-1.0, 1.0), repeat=len(h)))).reshape(-1, len(h))
    return float(step * step / 4 * np.max(np.sum((signs @ h) * signs, axis=1)))


def nearest_mean(step: float, hessian: ArrayLike) -> float:
    """step^2 / 12 times the trace of H: nearest rounding's mean loss over uniform weights (DIS-35).

    Examples
    --------
    >>> nearest_mean(1.0, [[2.0, 1.0], [1.0, 4.0]])
    0.5
    """
    return float(step * step / 12 * np.trace(finite_array("hessian", hessian, 2)))


def damped_bound(
    step: float, columns: int, samples: int, largest: float, total: float, damping: float
) -> float:
    """DIS-37: bound on ||e X||^2 + damping ||e||^2 for a row's error e, from the inputs' norms alone.

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
        If the damping is not positive.

    Examples
    --------
    >>> round(damped_bound(1.0, columns=100, samples=4, largest=1.0, total=100.0, damping=0.01), 3)
    1.945
    """
    if not damping > 0:
        raise ValueError(f"damping must be positive (got {damping})")
    if largest == 0:
        return step * step / 4 * columns * damping
    growth = samples * log(1 + total / (samples * damping)) / log(1 + largest / damping)
    return step * step / 4 * (columns * damping + largest * growth)


def sup_norm_bound(step: float, largest_pivot: float, samples: int, failure_probability: float) -> float:
    """DIS-38: with stochastic rounding, no output of a row moves by more, except with this probability.

    Parameters
    ----------
    largest_pivot : float
        The largest 1 / U_ii^2, at most the largest squared norm of an input row.
    samples : int
        Number of outputs that are to be bounded together.
    failure_probability : float
        Between 0 and 1.

    Examples
    --------
    >>> round(sup_norm_bound(1.0, 1.0, samples=100, failure_probability=0.01), 3)
    2.225
    """
    if not 0 < failure_probability < 1:
        raise ValueError(f"failure_probability must lie between 0 and 1 (got {failure_probability})")
    return step * sqrt(largest_pivot * log(2 * samples / failure_probability) / 2)
