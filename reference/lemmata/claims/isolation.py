"""Every check in a process of its own, so that nothing it does can take the run down.

The supervisor has a process started (`workers` says how), hands it a task on its standard input and reads
an outcome from its standard output. The input stays open: when the supervisor dies, for whatever reason, the
worker sees it close and ends itself.
"""

from __future__ import annotations

import contextlib
import pickle
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import BinaryIO

from lemmata.claims import workers
from lemmata.claims.checks import Effort
from lemmata.claims.outcome import Failure, FailureKind, Outcome
from lemmata.claims.workers import ForkServer, FreshWorker, Worker

_ATTEMPTS = 2
"""How often a task is started whose process went down with the one that it was forked from."""


@dataclass(frozen=True)
class Task:
    """One theorem to re-check. ``budget`` is the time allowance in seconds, None for no limit.

    A process that has imported the checks of the ``chapter`` will do; of none, where it is not named.
    """

    claim: str
    effort: Effort
    seed: int
    budget: float | None
    chapter: str = ""


class Supervisor:
    """Runs tasks in processes of their own and can end them all at once.

    One instance may serve many threads. After `stop`, running tasks are killed and later ones are
    not started; both are reported as not run.

    Parameters
    ----------
    fork : bool, optional
        Whether processes are copies of one that has started, or fresh interpreters. By default what the
        system allows; where it turns out that a copy would not be safe, they are fresh in any case.
    """

    def __init__(self, fork: bool | None = None) -> None:
        self._fork = workers.CAN_FORK if fork is None else fork
        self._lock = threading.Lock()
        self._server: ForkServer | None = None
        self._running: set[Worker] = set()
        self._stopped = False

    def __reduce__(self) -> tuple[object, tuple[bool]]:
        """On another machine there is nothing of ours to end: its own supervisor takes over there."""
        return _supervisor_of_this_process, (self._fork,)

    def stop(self) -> None:
        """Kill what runs, and start nothing more."""
        with self._lock:
            self._stopped = True
            running = list(self._running)
            server, self._server = self._server, None
        for worker in running:
            worker.kill()
        if server is not None:
            server.stop()

    def run(self, task: Task) -> Outcome:
        """Run one task to its end, its time allowance or its death, and say which it was."""
        started = time.perf_counter()
        outcome = self._outcome(task)
        return replace(outcome, seconds=time.perf_counter() - started)

    def _outcome(self, task: Task) -> Outcome:
        lost = 0
        while lost < _ATTEMPTS:
            with tempfile.TemporaryFile() as last_words:
                try:
                    worker, server = self._start(task, last_words)
                except OSError as error:
                    return _failed(task, "worker died", f"the worker could not be started: {error}")
                outcome = self._attempt(task, worker, last_words) if worker else _interrupted(task)
            if outcome is not None:
                return outcome
            assert server is not None
            said, status = server.said(), server.status()
            if said == workers.CANNOT:
                self._fork = False
            elif said == workers.READY or status is None:
                lost += 1
            else:
                outcome = _failed(task, "worker died", _how_it_died(status), server.last_words())
            if said != workers.READY or status is not None:
                self._retire(server)
            if self._stopped:
                return _interrupted(task)
            if outcome is not None:
                return outcome
        return _failed(task, "worker died", "the process that it was forked from died, and so did the next")

    def _attempt(self, task: Task, worker: Worker, last_words: BinaryIO) -> Outcome | None:
        """What became of the task; None where the process that the worker was forked from is gone."""
        expired = threading.Event()
        try:
            worker.begin()
            with _time_allowance(worker, task.budget, expired):
                answer = _converse(worker, task)
        except TimeoutError:
            return _failed(task, "worker died", f"no worker was started in {workers.START:g} s")
        finally:
            status = self._end(worker)
        if outcome := _understood(answer, task):
            return outcome
        if self._stopped:
            return _interrupted(task)
        if expired.is_set():
            message = f"exceeded its time allowance of {task.budget:g} s"
            return _failed(task, "timed out", message, workers.tail(last_words))
        if status is None:
            return None
        return _failed(task, "worker died", _how_it_died(status), workers.tail(last_words))

    def _start(self, task: Task, last_words: BinaryIO) -> tuple[Worker | None, ForkServer | None]:
        """A worker that waits for its task, none once stopped; and what it was forked from."""
        with self._lock:
            if self._stopped:
                return None, None
            worker: Worker
            if self._fork:
                self._server = self._server or ForkServer()
                worker = self._server.fork(task.chapter, last_words)
            else:
                worker = FreshWorker(last_words)
            self._running.add(worker)
            return worker, self._server

    def _end(self, worker: Worker) -> int | None:
        """Make sure that a worker and its children are gone, and say how it ended."""
        worker.kill()
        status = worker.wait()
        for stream in (worker.stdin, worker.stdout):
            with contextlib.suppress(BrokenPipeError):
                stream.close()
        with self._lock:
            self._running.discard(worker)
        return status

    def _retire(self, server: ForkServer) -> None:
        """The next task is not forked from this server."""
        with self._lock:
            if self._server is server:
                self._server = None
        server.stop()


@cache
def _supervisor_of_this_process(fork: bool) -> Supervisor:
    """What a cluster's worker has, for all tasks that come to it; its server ends with the process."""
    return Supervisor(fork)


@contextlib.contextmanager
def _time_allowance(worker: Worker, seconds: float | None, expired: threading.Event) -> Iterator[None]:
    """Kill the worker, and say so in ``expired``, when the time is over; None is for ever."""

    def expire() -> None:
        expired.set()
        worker.kill()

    clock = threading.Timer(threading.TIMEOUT_MAX if seconds is None else seconds, expire)
    clock.daemon = True
    clock.start()
    try:
        yield
    finally:
        clock.cancel()


def _converse(worker: Worker, task: Task) -> bytes:
    """Hand over the task and wait for all that comes back."""
    message = pickle.dumps(task)
    with contextlib.suppress(BrokenPipeError):  # it died at once; its exit status tells how
        worker.stdin.write(len(message).to_bytes(8, "little") + message)
        worker.stdin.flush()
    return worker.stdout.read()


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
