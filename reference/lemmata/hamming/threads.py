"""Distances of the pieces of a text, on several cores (HAM-28)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lemmata.costs import Costs
from lemmata.hamming.algorithms import BY_NAME, Algorithm, by_name
from lemmata.hamming.letters import Encoded
from lemmata.options import one_of, whole_number

PIECE = 1 << 16
"""Alignments of a piece, at least."""


def counting(
    algorithm: Algorithm, n_jobs: int, costs: Costs | None = None
) -> Callable[[Encoded], NDArray[np.int64]]:
    """Distances of codes as a function, by that algorithm on that many threads; costs are charged.

    Raises
    ------
    TypeError, ValueError
        For an unknown algorithm, and for an n_jobs that is 0 or no integer.
    """
    one_of("algorithm", algorithm, ("auto", *BY_NAME))
    threads = whole_number("n_jobs", n_jobs)
    if threads == 0:
        raise ValueError("n_jobs must be a number of threads, or -1 for all cores (n_jobs = 0)")
    if threads == 1:
        return lambda problem: by_name(problem, algorithm, costs)
    return lambda problem: count_in_pieces(problem, algorithm, threads, costs)


def count_in_pieces(
    problem: Encoded, algorithm: Algorithm, n_jobs: int, costs: Costs | None = None
) -> NDArray[np.int64]:
    """Distances, the text cut into pieces that joblib's threads work on; the same whatever ``n_jobs``.

    Kernels run without the interpreter lock. `joblib.parallel_config` picks another backend.
    """
    from joblib import Parallel, delayed, effective_n_jobs  # noqa: PLC0415 - for who asks for threads

    # Threads beyond the number of cores would only wait for each other.
    workers = effective_n_jobs(min(n_jobs, effective_n_jobs(-1)))
    step = max(-(-problem.alignments // workers), 4 * problem.m, PIECE)
    pieces = [
        Encoded(problem.text[start : start + step + problem.m - 1], problem.pattern, problem.alphabet)
        for start in range(0, problem.alignments, step)
    ]
    charged = [None if costs is None else Costs() for _ in pieces]  # of their own: threads cannot share them
    found = Parallel(n_jobs=min(workers, len(pieces)), prefer="threads")(
        delayed(by_name)(piece, algorithm, own) for piece, own in zip(pieces, charged, strict=True)
    )
    for own in charged:
        if costs is not None and own is not None:
            costs.charge(**own.nonzero())
    return np.concatenate(found)
