"""A one-sided test of growth: does a counted cost stay below c·f(n) on the large half of a grid?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

_SMALLEST_SPAN = 16.0


@dataclass(frozen=True)
class Growth:
    """Outcome of `growth_test`.

    ``outcome`` is consistent when ``high <= limit``, refuted when ``low > limit``, otherwise
    inconclusive. ``ratios`` holds the mean of cost/f at every size; ``low`` and ``high`` bound its
    largest value on the large half.
    """

    outcome: Literal["consistent", "refuted", "inconclusive"]
    limit: float
    low: float
    high: float
    sizes: tuple[float, ...]
    ratios: tuple[float, ...]


def growth_test(
    sizes: Sequence[float],
    costs: Sequence[ArrayLike],
    formula: Callable[[float], float],
    *,
    constant: float | None = None,
    slack: float = 0.1,
    confidence: float = 0.999,
    rng: np.random.Generator | int = 0,
) -> Growth:
    """Judge whether a counted cost T stays below c·f(n) for large n.

    The grid of sizes has to be fixed before anything is counted. Its small half gives the constant,
    unless a theorem does; its large half is judged. Over the instances of each large size the mean of
    T/f is bootstrapped, and the largest lower and upper ends are compared with c·(1 + slack).

    Neither the clock nor the slope of a log-log plot enters. What the test cannot see: a ratio that
    starts to grow beyond the grid, or grows by less than the slack on it.

    Parameters
    ----------
    sizes : sequence of float
        Increasing sizes, at least six; the large half has to span a factor of 16.
    costs : sequence of array_like
        For each size, the counted costs of its instances, shape (instances,), positive.
    formula : callable
        f: size -> positive float.
    constant : float, optional
        The c of a theorem; then ``slack`` is not applied.
    slack : float
        By how much the large half may exceed a constant that was read off the small half.
    confidence : float
        Joint confidence of the bootstrap intervals.
    rng : numpy.random.Generator or int
        Randomness of the bootstrap.

    Returns
    -------
    Growth

    Raises
    ------
    ValueError
        When the grid is too short, too narrow or not increasing, or a cost or f is not positive.

    Examples
    --------
    >>> sizes = [2.0**k for k in range(6, 18)]
    >>> growth_test(sizes, [[3 * n + 100] for n in sizes], lambda n: n).outcome
    'consistent'
    >>> growth_test(sizes, [[n**1.2] for n in sizes], lambda n: n).outcome
    'refuted'
    """
    grid = np.asarray(sizes, dtype=float)
    if grid.ndim != 1 or len(grid) < 6 or not (np.diff(grid) > 0).all() or grid[0] <= 0:
        raise ValueError(f"sizes must be at least six increasing positive numbers (got {list(sizes)})")
    if len(costs) != len(grid):
        raise ValueError(f"costs must have one entry per size (got {len(costs)} for {len(grid)} sizes)")
    half = len(grid) // 2
    if grid[-1] / grid[half] < _SMALLEST_SPAN:
        raise ValueError(
            f"the large half of sizes must span a factor of {_SMALLEST_SPAN:g} "
            f"(got {grid[-1] / grid[half]:g} from {grid[half]:g} to {grid[-1]:g})"
        )
    if not 0 < confidence < 1 or slack < 0:
        raise ValueError(f"confidence must be in (0, 1) and slack >= 0 (got {confidence}, {slack})")
    ratios = [_ratios(size, cost, formula) for size, cost in zip(grid, costs, strict=True)]
    means = [float(r.mean()) for r in ratios]
    limit = constant if constant is not None else max(means[:half]) * (1 + slack)
    intervals = _intervals(ratios[half:], confidence, np.random.default_rng(rng))
    low, high = max(i[0] for i in intervals), max(i[1] for i in intervals)
    outcome: Literal["consistent", "refuted", "inconclusive"]
    if high <= limit:
        outcome = "consistent"
    elif low > limit:
        outcome = "refuted"
    else:
        outcome = "inconclusive"
    return Growth(outcome, float(limit), low, high, tuple(grid.tolist()), tuple(means))


def _ratios(size: float, cost: ArrayLike, formula: Callable[[float], float]) -> np.ndarray:
    instances = np.atleast_1d(np.asarray(cost, dtype=float))
    value = formula(float(size))
    if instances.ndim != 1 or not len(instances) or not (np.isfinite(instances) & (instances > 0)).all():
        raise ValueError(f"costs at size {size:g} must be positive and finite (got {cost!r})")
    if not np.isfinite(value) or value <= 0:
        raise ValueError(f"formula must be positive and finite (got {value!r} at size {size:g})")
    return np.asarray(instances / value)


def _intervals(
    samples: list[np.ndarray], confidence: float, rng: np.random.Generator
) -> list[tuple[float, float]]:
    """Bootstrap interval of each sample's mean; all of them hold together with ``confidence``."""
    from scipy.stats import bootstrap  # noqa: PLC0415 - slow to import, and only this function needs it

    level = 1 - (1 - confidence) / len(samples)
    intervals = []
    for sample in samples:
        if np.ptp(sample) == 0:  # a deterministic cost: nothing to resample
            intervals.append((float(sample[0]), float(sample[0])))
            continue
        result = bootstrap((sample,), np.mean, confidence_level=level, method="percentile", rng=rng)
        intervals.append((float(result.confidence_interval.low), float(result.confidence_interval.high)))
    return intervals
