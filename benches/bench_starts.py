"""What comes before the work: a person's first call, and a check's process.

Run with ``nox -s bench`` or ``pytest benches/bench_starts.py --benchmark-enable --benchmark-only``. Asked for
are at most 0.6 s from the start of ``python -c`` to the end of a first call on a few numbers, 3 s where Numba
has compiled nothing yet, and 0.1 s for a check beyond the time of the check itself.
"""

import os
import subprocess
import sys
import timeit

import pytest

from lemmata.claims import Effort
from lemmata.claims.examining import examine
from lemmata.claims.isolation import Supervisor, Task
from lemmata.claims.workers import CAN_FORK

CALLS = {
    "round_to_vertex": "discrepancy.round_to_vertex([0.5] * 4, [[1.0, 2.0, 3.0, 4.0]])",
    "distances": "hamming.distances('abracadabra', 'abr')",
}
ASKED = {"full": 0.6, "empty": 3.0}
BEYOND = 0.1
CHECK = "HAM-10"  # of inequalities between numbers: it takes hundredths of a second


@pytest.mark.parametrize("cache", ASKED)
@pytest.mark.parametrize("call", CALLS)
def bench_first_call(benchmark, tmp_path, call, cache):
    environment = dict(os.environ)
    if cache == "empty":
        environment["NUMBA_CACHE_DIR"] = str(tmp_path)
    command = [sys.executable, "-c", f"import lemmata; lemmata.{CALLS[call]}"]
    benchmark.pedantic(subprocess.run, (command,), {"env": environment, "check": True}, rounds=5)
    assert benchmark.stats is None or benchmark.stats.stats.median <= ASKED[cache]


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
