"""What comes before the work: a person's first call, and a check's process.

Run with ``nox -s bench`` or ``pytest benches/bench_starts.py --benchmark-enable --benchmark-only``. Asked for
are at most 0.6 s from the start of ``python -c`` to the end of a first call on a few numbers, 3 s where Numba
has compiled nothing yet, and 0.1 s for a check beyond the time of the check itself. First calls are the
examples of all public functions and a few more; their seconds are the processor's, on which other processes
have no part.
"""

from __future__ import annotations

import doctest
import os
import subprocess
import sys
import timeit
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from lemmata import discrepancy, hamming, quantization
from lemmata.claims import Effort
from lemmata.claims.examining import examine
from lemmata.claims.isolation import Supervisor, Task
from lemmata.claims.workers import CAN_FORK
from lemmata.compilation import NEVER


def examples() -> Iterator[tuple[str, str]]:
    """What the docstrings of a topic's public functions show, in the namespace that they are written for."""
    finder = doctest.DocTestFinder(recurse=False)
    for topic in (discrepancy, hamming, quantization):
        for name in topic.__all__:
            found: Any = getattr(topic, name)
            source = "".join(
                example.source for shown in finder.find(found, name) for example in shown.examples
            )
            if callable(found) and source:
                home = (
                    f"import {topic.__name__}, sys\nglobals().update(vars(sys.modules[{found.__module__!r}]))"
                )
                yield f"{topic.__name__.rpartition('.')[2]}.{name}", f"{home}\n{source}"


MORE = (
    "discrepancy.round_to_vertex([0.25] * 20, [[(i * j + i + j) % 7 for j in range(20)] for i in range(4)])",
    "discrepancy.round_to_vertex([0.25] * 500, [[(i * j + i) % 7 for j in range(500)] for i in range(10)])",
    "discrepancy.gram_schmidt_walk([[1, 0, 1], [0, 1, 1]], [0, 0, 0], trace=[])",
    "discrepancy.steinitz([[0.5, -0.5], [0.25, 1.0]])",
    "hamming.k_mismatch('abracadabra', 'abr', 1, algorithm='kangaroo')",
    "hamming.k_mismatch('ababababcbab', 'ababab', 1, algorithm='periodicity')",
    "[hamming.families.fibonacci(20), hamming.families.zipf(20, 4, 1)]",
)
CALLS = dict(examples()) | {call: f"from lemmata import discrepancy, hamming\n{call}" for call in MORE}
ASKED = {"full": 0.6, "empty": 3.0}
BEYOND = 0.1
CHECK = "HAM-10"  # of inequalities between numbers: it takes hundredths of a second


def processor_seconds() -> float:
    """That processes which were started here and have ended took."""
    times = os.times()
    return times.children_user + times.children_system


@pytest.mark.benchmark(timer=processor_seconds)
@pytest.mark.parametrize("cache", ASKED)
@pytest.mark.parametrize("call", CALLS)
def bench_first_call(benchmark, tmp_path, call, cache):
    environment = dict(os.environ)
    caches = count()

    def with_its_cache():
        if cache == "empty":
            environment["NUMBA_CACHE_DIR"] = str(tmp_path / str(next(caches)))
        return ([sys.executable, "-c", CALLS[call]],), {"env": environment, "check": True}

    benchmark.pedantic(subprocess.run, setup=with_its_cache, rounds=3)
    assert benchmark.stats is None or benchmark.stats.stats.median <= ASKED[cache]


WALK = """
import numpy as np
from lemmata import compilation, discrepancy
from lemmata.discrepancy.rounding import blocked_walk
rng = np.random.default_rng(0)
x, constraints = rng.random({n}), rng.standard_normal(({m}, {n}))
blocked_walk.walk._left = compilation._before_importing.left = {left}
discrepancy.round_to_vertex(x, constraints)
assert bool(blocked_walk.walk._compiled) == ({left} < 0)
"""


@pytest.mark.benchmark(timer=processor_seconds)
@pytest.mark.parametrize(("m", "n"), [(1, 23_000), (4, 5_000), (10, 1_650), (32, 320)])
def bench_break_even(benchmark, m, n):
    """A rounding of as many steps as are taken before Numba is imported, and with a full cache of kernels."""

    def process(left):
        subprocess.run([sys.executable, "-c", WALK.format(m=m, n=n, left=left)], check=True)

    process(-1)
    compiled = min(timeit.repeat(lambda: process(-1), timer=processor_seconds, number=1, repeat=3))
    benchmark.pedantic(process, (NEVER,), rounds=3)
    benchmark.extra_info["seconds compiled"] = compiled
    assert benchmark.stats is None or benchmark.stats.stats.median <= compiled


@pytest.mark.parametrize("process", ["copied", "fresh"])
def bench_process_of_a_check(benchmark, process):
    if process == "copied" and not CAN_FORK:
        pytest.skip("processes are not copied here")
    supervisor = Supervisor(fork=process == "copied")
    task = Task(CHECK, Effort.QUICK, 0, None, "hamming")
    supervisor.run(task)  # the first one starts the server
    benchmark.pedantic(supervisor.run, (task,), rounds=10)
    supervisor.stop()
    if benchmark.stats is not None:
        itself = min(timeit.repeat(lambda: examine(CHECK), number=1, repeat=10))
        benchmark.extra_info["seconds before and after"] = benchmark.stats.stats.median - itself
        assert process == "fresh" or benchmark.stats.stats.median - itself <= BEYOND
