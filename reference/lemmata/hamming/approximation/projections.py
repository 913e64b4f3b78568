"""Random projections to few letters, and the distances after each: what approximations are made of.

Every letter gets one of few letters at random, so that equal letters stay equal and others may become so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.hamming.algorithms import by_cheapest
from lemmata.hamming.letters import Encoded
from lemmata.tracing import Trace, emit


@dataclass(frozen=True, eq=False)
class Projected:
    """One projection was compared; ``letters`` are the images of the codes, the last one of all others."""

    repetition: int
    letters: NDArray[np.int32]
    distances: NDArray[np.int64]


def projections(
    problem: Encoded,
    letters: int,
    repetitions: int,
    rng: np.random.Generator,
    *,
    trace: Trace = None,
    costs: Costs | None = None,
) -> Iterator[NDArray[np.int64]]:
    """Distances after each of so many projections to ``letters`` letters.

    Charged are the projected distances, the letters that are looked up, and what is done with the distances:
    each is read and joined to those before.
    """
    for repetition in range(repetitions):
        images = rng.integers(0, letters, len(problem.alphabet) + 1, dtype=np.int32)
        found = projected_distances(problem, images, letters, costs)
        if costs is not None:
            costs.charge(word_operations=2 * (problem.n + problem.m) + 2 * problem.alignments)
        emit(trace, Projected(repetition, images, found))
        yield found


def projected_distances(
    problem: Encoded, letters: NDArray[np.int32], count: int, costs: Costs | None = None
) -> NDArray[np.int64]:
    """Distances after code c has become ``letters[c]``, one of ``count`` letters, charged but for that."""
    return by_cheapest(Encoded(letters[problem.text], letters[problem.pattern], tuple(range(count))), costs)
