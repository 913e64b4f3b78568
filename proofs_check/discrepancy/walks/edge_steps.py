"""The steps of an edge walk, looked at one by one: where they start, how long they are, what stops them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lemmata.discrepancy.walks.lovett_meka import EdgeStep

Floats = NDArray[np.float64]

SMALL = 1e-12
"""Above what a step rounds and snaps, far below the lengths of steps."""
JOINED = 1.5e-13
"""This near to a row's face the walk is in it; rows may be parallel up to little more."""
OFF = 1e-10
"""What the walk in doubles keeps off the thresholds."""


@dataclass(frozen=True)
class StepsSeen:
    """What the steps of one walk were like, from their ends alone.

    ``lengths`` and ``full`` lengths, squared, are in units of gamma^2; ``room`` is what either end of a step
    keeps to the nearest face that the walk is not in; ``sideways`` is how far a step left a face that it is
    in; ``tight`` counts the rows whose face it is in after each step, zero rows among them; ``dimensions``
    are those before each step, and the last one's after it.
    """

    lengths: Floats
    full: Floats
    room: Floats
    sideways: Floats
    tight: list[int]
    dimensions: list[int]


def steps_seen(
    x: Floats, rows: Floats, thresholds: Floats, trace: Sequence[EdgeStep], steps: int
) -> StepsSeen:
    """Ranks and distances, from the walk's points and the inequalities."""
    largest = np.abs(rows).max(axis=1, initial=0.0)
    unit = rows[largest > 0] / largest[largest > 0, None]
    unit = unit / np.linalg.norm(unit, axis=1)[:, None]
    limits = np.maximum(thresholds[largest > 0] - OFF, 0)
    gamma = 8 / steps  # squared
    before, moved = x, np.zeros(len(unit))
    on_cube, on_row = np.abs(x) == 1, limits <= 0
    dimensions = [_dimension(on_cube, unit[on_row])]
    lengths, room, sideways, tight = [], [], [], []
    for step in trace:
        change = step.values - before
        slope = unit @ change
        lengths.append(float(change @ change) / gamma)
        cube = 1 - np.abs(before) - np.abs(change)  # the nearer of both ends
        far = limits - np.abs(moved) - np.abs(slope)
        room.append(float(min(cube[~on_cube].min(initial=np.inf), far[~on_row].min(initial=np.inf))))
        left = max(np.abs(change[on_cube]).max(initial=0.0), np.abs(slope[on_row]).max(initial=0.0))
        sideways.append(float(left))
        before = step.values
        moved = unit @ (before - x)
        cube_now, row_now = np.abs(before) == 1, on_row | (limits - np.abs(moved) <= JOINED)
        if (cube_now == on_cube).all() and (row_now == on_row).all():
            dimensions.append(dimensions[-1])
        else:
            dimensions.append(_dimension(cube_now, unit[row_now]))
        on_cube, on_row = cube_now, row_now
        tight.append(int(on_row.sum()) + len(rows) - len(unit))
    full = np.array(dimensions[:-1], dtype=np.float64)
    return StepsSeen(np.array(lengths), full, np.array(room), np.array(sideways), tight, dimensions)


def _dimension(on_cube: NDArray[np.bool_], rows: Floats) -> int:
    """Of the space orthogonal to the unit vectors of these coordinates and to these rows."""
    free = rows[:, ~on_cube]
    return int((~on_cube).sum()) - int(np.linalg.matrix_rank(free, tol=1e-12) if free.size else 0)
