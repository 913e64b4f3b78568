"""Every check in a process of its own, so that nothing it does can take the run down.

The supervisor starts ``python -m lemmata.claims.worker``, hands it a task on its standard input and
reads an outcome from its standard output. The input stays open: when the supervisor dies, for
whatever reason, the worker sees it close and ends itself.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from lemmata.claims.checks import Effort
from lemmata.claims.outcome import Failure, FailureKind, Outcome

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

    def __reduce__(self) -> tuple[type[Supervisor], tuple[()]]:
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
            try:
                process = self._start(last_words)
            except OSError as error:
                return _failed(task, "worker died", f"the worker could not be started: {error}")
            if process is None:
                return _interrupted(task)
            expired = threading.Event()
            try:
                with _time_allowance(process, task.budget, expired):
                    answer = _converse(process, task)
            finally:
                status = self._end(process)
            if outcome := _understood(answer, task):
                return outcome
            if self._stopped:
                return _interrupted(task)
            if expired.is_set():
                message = f"exceeded its time allowance of {task.budget:g} s"
                return _failed(task, "timed out", message, _tail(last_words))
            return _failed(task, "worker died", _how_it_died(status), _tail(last_words))

    def _start(self, last_words: BinaryIO) -> subprocess.Popen[bytes] | None:
        """A worker that waits for its task; None once stopped."""
        with self._lock:
            if self._stopped:
                return None
            process = subprocess.Popen(
                [sys.executable, "-m", "lemmata.claims.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=last_words,
                env=_environment(),
                start_new_session=True,  # Ctrl-C on the terminal is for the supervisor alone
            )
            self._running.add(process)
            return process

    def _end(self, process: subprocess.Popen[bytes]) -> int:
        """Make sure that a worker and its children are gone, and say how it ended."""
        _kill(process)
        status = process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        with self._lock:
            self._running.discard(process)
        return status


@contextlib.contextmanager
def _time_allowance(
    process: subprocess.Popen[bytes], seconds: float | None, expired: threading.Event
) -> Iterator[None]:
    """Kill the process, and say so in ``expired``, when the time is over; None is for ever."""

    def expire() -> None:
        expired.set()
        _kill(process)

    clock = threading.Timer(threading.TIMEOUT_MAX if seconds is None else seconds, expire)
    clock.daemon = True
    clock.start()
    try:
        yield
    finally:
        clock.cancel()


def _converse(process: subprocess.Popen[bytes], task: Task) -> bytes:
    """Hand over the task and wait for all that comes back."""
    assert process.stdin is not None
    assert process.stdout is not None
    message = pickle.dumps(task)
    with contextlib.suppress(BrokenPipeError):  # it died at once; its exit status tells how
        process.stdin.write(len(message).to_bytes(8, "little") + message)
        process.stdin.flush()
    return process.stdout.read()


def _understood(answer: bytes, task: Task) -> Outcome | None:
    """The worker's outcome; None when it died before it had sent all of it."""
    if len(answer) < 8 or len(answer) != 8 + int.from_bytes(answer[:8], "little"):
        return None
    try:
        outcome = pickle.loads(answer[8:])
    except Exception as error:  # a verdict may hold objects that only the check's process can make
        return _failed(task, "raised", f"the verdict cannot be read: {type(error).__name__}: {error}")
    assert isinstance(outcome, Outcome)
    return outcome


def _environment() -> dict[str, str]:
    """The supervisor's environment and import path, with one thread per worker: jobs do not compete."""
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(path or os.getcwd() for path in sys.path)
    environment["PYTHONSAFEPATH"] = "1"  # a numpy.py in the user's directory must not be found first
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


def _failed(task: Task, kind: FailureKind, message: str, details: str = "") -> Outcome:
    return Outcome(task.claim, None, Failure(kind, message, details))


def _interrupted(task: Task) -> Outcome:
    return _failed(task, "not run", "the run was interrupted")


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
