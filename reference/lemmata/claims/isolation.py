"""Every check in a process of its own, so that nothing it does can take the run down.

The supervisor starts ``python -m lemmata.claims.worker``, hands it a task on its standard input and
reads an outcome from its standard output. The input stays open: when the supervisor dies, for
whatever reason, the worker sees it close and ends itself.
"""

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from typing import BinaryIO

from lemmata.claims.checks import Effort
from lemmata.claims.outcome import Failure, Outcome

_LAST_WORDS = 4000
_ONE_THREAD = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Task:
    """One theorem to re-check. ``budget`` is the time allowance in seconds, None for no limit."""

    claim: str
    effort: Effort
    seed: int
    budget: float | None


class Supervisor:
    """Runs tasks in processes of their own and can end them all at once.

    One instance may serve many threads. After `stop`, running tasks are killed and later ones are
    not started; both are reported as not run.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def __reduce__(self) -> tuple[type["Supervisor"], tuple[()]]:
        """On another machine there is nothing of ours to end: a new supervisor takes over there."""
        return Supervisor, ()

    def stop(self) -> None:
        """Kill what runs, and start nothing more."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                _kill(process)

    def run(self, task: Task) -> Outcome:
        """Run one task to its end, its time allowance or its death, and say which it was."""
        started = time.perf_counter()
        outcome = self._outcome(task)
        return replace(outcome, seconds=time.perf_counter() - started)

    def _outcome(self, task: Task) -> Outcome:
        with tempfile.TemporaryFile() as last_words:
            with self._lock:
                if self._stopped:
                    return _interrupted(task)
                process = subprocess.Popen(
                    [sys.executable, "-m", "lemmata.claims.worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=last_words,
                    env=_environment(),
                    start_new_session=True,  # Ctrl-C on the terminal is for the supervisor alone
                )
                self._running.add(process)
            assert process.stdin is not None
            assert process.stdout is not None
            expired = threading.Event()

            def expire() -> None:
                expired.set()
                _kill(process)

            clock = threading.Timer(task.budget, expire) if task.budget is not None else None
            try:
                if clock:
                    clock.start()
                message = pickle.dumps(task)
                with contextlib.suppress(BrokenPipeError):  # it died at once; its exit status tells how
                    process.stdin.write(len(message).to_bytes(8, "little") + message)
                    process.stdin.flush()
                answer = process.stdout.read()
            finally:
                if clock:
                    clock.cancel()
                _kill(process)
                status = process.wait()
                process.stdout.close()
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
                with self._lock:
                    self._running.discard(process)
                    stopped = self._stopped
            complete = len(answer) >= 8 and len(answer) == 8 + int.from_bytes(answer[:8], "little")
            if complete:
                outcome = pickle.loads(answer[8:])
                assert isinstance(outcome, Outcome)
                return outcome
            if stopped:
                return _interrupted(task)
            if expired.is_set():
                message_text = f"exceeded its time allowance of {task.budget:g} s"
                return Outcome(task.claim, None, Failure("timed out", message_text, _tail(last_words)))
            return Outcome(task.claim, None, Failure("worker died", _how_it_died(status), _tail(last_words)))


def _environment() -> dict[str, str]:
    """The supervisor's environment and import path, with one thread per worker: jobs do not compete."""
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(path or os.getcwd() for path in sys.path)
    for name in _ONE_THREAD:
        environment[name] = "1"
    return environment


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the worker and everything it started."""
    if process.returncode is not None:
        return
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):  # it may be gone already
        os.killpg(process.pid, signal.SIGKILL)


def _interrupted(task: Task) -> Outcome:
    return Outcome(task.claim, None, Failure("not run", "the run was interrupted"))


def _how_it_died(status: int) -> str:
    if status >= 0:
        return f"the worker ended with status {status} before it had a verdict"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    hint = " (the system may have run out of memory)" if name == "SIGKILL" else ""
    return f"the worker was killed by {name}{hint}"


def _tail(file: BinaryIO) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LAST_WORDS))
    return file.read().decode(errors="replace").strip()
