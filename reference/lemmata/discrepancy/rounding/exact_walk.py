"""The walk to a vertex in rational numbers: the definition of the fast one, and its oracle.

A coordinate is *basic* if it is fractional and its column belongs to the basis. One column after the other:
if it is independent of the basis it joins it, and nothing moves; otherwise a = B w, and raising its
coordinate by t and the basic ones by -t w keeps A y, until one of them is 0 or 1 and leaves. In the end at
most rank(A) coordinates are basic, their columns are independent, and all others are 0 or 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from lemmata.costs import Costs
from lemmata.discrepancy.exact_basis import ExactBasis, fraction, rational_array
from lemmata.tracing import Trace, emit

Choose = Callable[[int, Fraction, Fraction], bool]
"""Decides whether coordinate j, which can rise by ``up`` and fall by ``down``, rises."""


@dataclass(frozen=True)
class ColumnJoined:
    """The column of a coordinate is independent of the basis and joins it; nothing moves."""

    coordinate: int


@dataclass(frozen=True)
class CoordinateMoved:
    """A coordinate moved by ``step`` and the basic ones by ``-step * weights``; ``settled`` is now 0 or 1."""

    coordinate: int
    up: Fraction
    down: Fraction
    step: Fraction
    basic: tuple[int, ...]
    weights: tuple[Fraction, ...]
    settled: int


def shorter_way(_: int, up: Fraction, down: Fraction) -> bool:
    """The deterministic choice: whichever way is shorter, up on a tie."""
    return up <= down


def fair_choice(rng: np.random.Generator) -> Choose:
    """Rises with probability exactly down / (up + down): random bits are drawn until they decide."""

    def choose(_: int, up: Fraction, down: Fraction) -> bool:
        if up + down == 0:
            return False
        threshold = down / (up + down)
        low, width = Fraction(0), Fraction(1)
        while True:
            width /= 2**32
            low += int(rng.integers(0, 2**32)) * width
            if low + width <= threshold:
                return True
            if low >= threshold:
                return False

    return choose


def walk_to_vertex(
    x: Sequence[Fraction],
    columns: Iterator[Sequence[Fraction]],
    m: int,
    choose: Choose,
    *,
    trace: Trace = None,
    costs: Costs | None = None,
) -> tuple[list[Fraction], list[int]]:
    """Values of a vertex of {y in [0, 1]^n : A y = A x}, and its basic coordinates, exactly (DIS-2).

    ``columns`` yields the n columns of A, m entries each. Cost: at most 2 m^2 + 4 m multiplications and
    divisions of rationals for each column that can move, which ``costs`` is charged; choosing not counted.
    """
    y = list(x)
    basis = ExactBasis(m)
    owner = basis.holders
    for j, column in enumerate(columns):
        if not 0 < y[j] < 1:
            continue
        weights = basis.express(slice(None), rational_array(column))
        w = [fraction(weight) for weight in weights]
        multiplications = m * m
        place = next((i for i in range(m) if owner[i] < 0 and w[i]), -1)
        if place >= 0:
            emit(trace, ColumnJoined(j))
        else:
            basic = [i for i in range(m) if owner[i] >= 0 and w[i]]
            up, up_place = _farthest(1 - y[j], basic, [(y[owner[i]], w[i]) for i in basic])
            down, down_place = _farthest(y[j], basic, [(y[owner[i]], -w[i]) for i in basic])
            rises = choose(j, up, down)
            multiplications += 3 * len(basic)  # the largest steps up and down, and the move
            step, place = (up, up_place) if rises else (-down, down_place)
            for i in basic:
                y[owner[i]] -= step * w[i]
            y[j] += step
            emit(
                trace,
                CoordinateMoved(
                    j,
                    up,
                    down,
                    step,
                    tuple(int(owner[i]) for i in basic),
                    tuple(w[i] for i in basic),
                    j if place < 0 else int(owner[place]),
                ),
            )
        if place >= 0:
            basis.exchange(place, weights, j)
            multiplications += m + m * m
        if costs is not None:
            costs.charge(multiplications=multiplications)
    return y, sorted(j for j in owner.tolist() if j >= 0 and 0 < y[j] < 1)


def _farthest(
    own: Fraction, basic: Sequence[int], moving: Sequence[tuple[Fraction, Fraction]]
) -> tuple[Fraction, int]:
    """How far a step can go before a value is 0 or 1, and the place in the basis that stops it, or -1.

    ``own`` is the entering coordinate's room; a basic one of value v falls by w per unit of the step.
    """
    farthest, stopped_by = own, -1
    for place, (value, slope) in zip(basic, moving, strict=True):
        room = value / slope if slope > 0 else (1 - value) / -slope
        if room < farthest:
            farthest, stopped_by = room, place
    return farthest, stopped_by
