"""Runs the checks of selected theorems and yields their outcomes as they come."""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterator, Sequence

from joblib import Parallel, delayed
from joblib.parallel import get_active_backend

from lemmata.claims.book import Theorem
from lemmata.claims.checks import Effort
from lemmata.claims.isolation import Supervisor, Task
from lemmata.claims.outcome import Outcome

TIME_LIMITS: dict[Effort, float | None] = {
    Effort.QUICK: 300.0,
    Effort.STANDARD: 2400.0,
    Effort.EXHAUSTIVE: None,
}
"""Seconds that one check may take, by effort."""


def run_checks(
    theorems: Sequence[Theorem],
    *,
    effort: Effort = Effort.QUICK,
    seed: int = 0,
    jobs: int = -1,
    time_limit: float | None = None,
) -> Generator[Outcome, None, None]:
    """Re-check theorems, each in a process of its own, and yield outcomes in order of completion.

    The processes are supervised by joblib's workers: threads here, or wherever
    `joblib.parallel_config` says (a Dask or Ray cluster). A theorem's verdict and figures depend on
    ``seed`` and its ID, and on nothing else: not on ``jobs``, not on the other theorems.

    Parameters
    ----------
    theorems : sequence of Theorem
        What to check.
    effort : Effort
        How much.
    seed : int
        Non-negative.
    jobs : int
        How many at a time; -1 for one per core. A cluster backend uses what the cluster has.
    time_limit : float, optional
        Seconds per check; by default what `TIME_LIMITS` says for the effort.

    Yields
    ------
    Outcome
        One per theorem. Closing the generator, or an exception in it (Ctrl-C), ends the
        checks that still run.

    Raises
    ------
    ValueError
        For ``jobs=0``, a negative seed or a time limit that is not positive.
    """
    if jobs == 0:
        raise ValueError("jobs must not be 0 (use -1 for one per core)")
    if seed < 0:
        raise ValueError(f"seed must not be negative (seed = {seed})")
    if time_limit is not None and not time_limit > 0:
        raise ValueError(f"time_limit must be positive (time_limit = {time_limit})")
    budget = TIME_LIMITS[effort] if time_limit is None else time_limit
    tasks = [Task(theorem.id, effort, seed, budget, theorem.topic) for theorem in theorems]
    return _outcomes(tasks, jobs)


def _outcomes(tasks: Sequence[Task], jobs: int) -> Generator[Outcome, None, None]:
    supervisor = Supervisor(fork=None if len(tasks) > 1 else False)  # a single one pays no server
    backend, _ = get_active_backend(prefer="threads")
    # Ray's pool cannot hand out results one by one; then they all come at the end.
    returned = "generator_unordered" if backend.supports_return_generator else "list"
    parallel = Parallel(n_jobs=jobs, prefer="threads", batch_size=1, return_as=returned)
    results: Iterator[Outcome] | None = None
    try:
        results = iter(parallel(delayed(supervisor.run)(task) for task in tasks))
        # Not `yield from`: the checks have to end before joblib's generator is closed.
        for outcome in results:  # noqa: UP028
            yield outcome
    finally:
        supervisor.stop()
        if isinstance(results, Generator):
            with warnings.catch_warnings():
                # joblib regrets the tasks that are cancelled; here, that is what was asked for.
                warnings.filterwarnings("ignore", category=UserWarning, module="joblib")
                results.close()
