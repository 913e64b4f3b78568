"""From partial colourings to a full one, as in Spencer's theorem.

Idea: freeze half of the coordinates, then half of the rest, and so on. With k coordinates left, a row changes
by at most lambda sqrt(k), so the changes form a geometric series, and the total is O(sqrt(n log(2m/n)))
(DIS-22).

Source: J. Spencer, Six standard deviations suffice, Transactions of the AMS 289(2), 1985; made constructive
by S. Lovett, R. Meka, arXiv:1203.5747, Theorem 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lemmata.arrays import real_array
from lemmata.discrepancy.walks.lovett_meka import lovett_meka
from lemmata.discrepancy.walks.walk_bounds import equal_threshold
from lemmata.discrepancy.walks.walk_inputs import Floats, as_point_of_cube
from lemmata.options import random_numbers
from lemmata.tracing import Trace, emit

MOST_ATTEMPTS = 100
"""Attempts at one phase; all of them fail with probability at most (3/4)^100 < 1e-12 (DIS-21)."""


class ColoringError(RuntimeError):
    """No attempt at a phase froze half of its coordinates; at scale 1 that has probability below 1e-12."""


_LARGEST = 1e300


@dataclass(frozen=True, eq=False)
class Phase:
    """One partial colouring: of ``alive`` coordinates ``frozen`` were frozen, at the given attempt.

    ``threshold`` is in units of the norms of the rows restricted to the alive coordinates; ``allowance`` is
    the largest change of a row that it permits.
    """

    alive: int
    frozen: int
    attempts: int
    threshold: float
    allowance: float


@dataclass(frozen=True, eq=False)
class SpencerColoring:
    """A full colouring and the bound that its phases add up to.

    Parameters
    ----------
    signs : numpy.ndarray of int8, shape (n,)
        Entries -1 and +1.
    value : float
        The discrepancy, max_j |<a_j, signs - x>|, a_j the rows, as computed in doubles.
    bound : float
        Sum of the phases' allowances; ``value <= bound`` was checked.
    phases : tuple of Phase
        At most log2(n) + 1 of them.
    """

    signs: NDArray[np.int8]
    value: float
    bound: float
    phases: tuple[Phase, ...]


def spencer_coloring(
    vectors: ArrayLike,
    x: ArrayLike | None = None,
    *,
    scale: float = 1.0,
    rng: np.random.Generator | int | None = None,
    trace: Trace = None,
) -> SpencerColoring:
    """Color n elements with -1 and +1 so that every row of vectors has a small sum.

    Parameters
    ----------
    vectors : array_like, shape (m, n)
        One row per set, one column per element; 0/1 for a set system, but any real entries will do.
    x : array_like, shape (n,), optional
        Fractional colouring in [-1, 1]^n that the rows' sums are compared with; zero by default.
    scale : float
        Factor on all thresholds, positive. At 1 every phase succeeds with probability at least 1/4. Smaller
        factors give smaller discrepancies as long as phases still succeed, which is then not proved.
    rng : numpy.random.Generator, int or None
        Randomness, passed to `numpy.random.default_rng`.
    trace : list or callable, optional
        Receives a `Phase` per phase.

    Returns
    -------
    SpencerColoring
        With entries in [-1, 1], m >= n and scale at most 1: discrepancy at most 35 sqrt(n log(2m/n))
        (DIS-22). With m = n and x = 0 that proof gives no less than n for n up to 700: there, ``bound`` and
        ``value`` say more.

    Raises
    ------
    TypeError, ValueError
        As `lovett_meka`; ValueError too if scale is not positive and finite.
    ColoringError
        If 100 attempts at a phase failed, which has probability below 1e-12 at scale 1.
    ArithmeticError
        If the checked bound does not hold in doubles.

    Notes
    -----
    Cost: O(n^2 (n + m)) operations per attempt, at most 4 expected attempts per phase at scale 1.

    Examples
    --------
    >>> sets = [[1, 1, 1, 0, 0, 0], [0, 1, 1, 1, 0, 0], [1, 0, 1, 0, 1, 1]]
    >>> found = spencer_coloring(sets, rng=0)
    >>> sorted(set(found.signs.tolist())), found.value <= found.bound
    ([-1, 1], True)
    """
    rows = real_array("vectors", vectors, dimensions=2)
    n = rows.shape[1]
    start = np.zeros(n) if x is None else as_point_of_cube("x", x, n, "column of vectors")
    if isinstance(scale, bool | np.bool_) or not isinstance(scale, Real):
        raise TypeError(f"scale must be a real number (got {type(scale).__name__})")
    if np.abs(rows).max(initial=0.0) > _LARGEST / max(n, 1):
        raise ValueError(f"vectors are too large: sums of {n} entries leave the range of doubles")
    if isinstance(scale, np.floating):
        scale = float(scale)  # 1e300 is not compared in single precision, where it is infinite
    if not 0 < scale < 1e300:
        raise ValueError(f"scale must be positive and below 1e300 (scale = {str(scale)[:40]})")
    scale = float(scale)
    generator = random_numbers(rng)
    values = start.copy()
    phases = []
    while True:
        alive = np.flatnonzero(np.abs(values) < 1)
        if not len(alive):
            break
        phase = _run_phase(rows[:, alive], values, alive, scale, generator)
        phases.append(phase)
        emit(trace, phase)
    bound = float(sum(phase.allowance for phase in phases))
    # Scaled, so that sums of tiny or huge entries neither vanish nor overflow.
    largest = float(np.abs(rows).max(initial=0.0)) or 1.0
    discrepancy = largest * float(np.abs((rows / largest) @ (values - start)).max(initial=0.0))
    if discrepancy > bound + 1e-12 * n * largest:
        raise ArithmeticError(f"the phases allow {bound}, but the discrepancy is {discrepancy}")
    return SpencerColoring(values.astype(np.int8), discrepancy, max(bound, discrepancy), tuple(phases))


def _run_phase(
    rows: Floats, values: Floats, alive: NDArray[np.intp], scale: float, rng: np.random.Generator
) -> Phase:
    """Freeze half of the alive coordinates, in ``values``, by as many walks from one point as it takes."""
    m, k = rows.shape
    threshold = scale * equal_threshold(k, m)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        found = lovett_meka(values[alive], rows, np.full(m, threshold), rng=rng)
        if found.succeeded:
            values[alive] = found.values
            # hypot scales, so that the norms of tiny rows do not underflow.
            norms = np.hypot.reduce(rows, axis=1, initial=0.0)
            allowance = float((found.limits * norms).max(initial=0.0))
            return Phase(k, len(found.frozen), attempt, threshold, allowance)
    raise ColoringError(f"{MOST_ATTEMPTS} walks froze less than half of {k} coordinates (scale = {scale})")
