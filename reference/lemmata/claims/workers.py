"""How a check gets a process of its own: a fresh interpreter, or a copy of one that has started."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import weakref
from typing import IO, BinaryIO, Protocol

CAN_FORK = sys.platform == "linux" and hasattr(os, "pidfd_open")
"""Whether processes can be copied safely. Elsewhere the system's own libraries may not survive it."""

READY, CANNOT = b"ready", b"cannot"
"""What a server says, once."""

FORKED = b"forked"
"""What it says on the line of a task that begins."""

FILES = 4
"""Open files that come with a request to it."""

START = 120.0
"""Seconds that a server may take from its start to the first task."""

PATIENCE = 10.0
"""Seconds until a server that does not end, or does not say how a task ended, is killed."""

_MOMENT = 0.2
_LONGEST_MESSAGE = 64
_LAST_WORDS = 4000
_ONE_THREAD = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Worker(Protocol):
    """A process that waits for a task on its standard input and answers on its standard output."""

    @property
    def stdin(self) -> BinaryIO:
        """Where it reads."""

    @property
    def stdout(self) -> BinaryIO:
        """Where it writes."""

    def begin(self) -> None:
        """Wait until it exists, so that its time does; `TimeoutError` where it does not come to."""

    def kill(self) -> None:
        """End it with all that it started, if it has not ended yet."""

    def wait(self) -> int | None:
        """Its exit status, as `subprocess` has it; None where nobody is left who knows."""


class FreshWorker:
    """A new interpreter; `OSError` when it cannot be started."""

    def __init__(self, last_words: BinaryIO) -> None:
        self._process = _start("lemmata.claims.worker", subprocess.PIPE, subprocess.PIPE, last_words)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.stdin: BinaryIO = self._process.stdin  # type: ignore[assignment] # in binary mode
        self.stdout: BinaryIO = self._process.stdout  # type: ignore[assignment]

    def begin(self) -> None:
        """Nothing to wait for."""

    def kill(self) -> None:
        """As `Worker` has it."""
        _kill(self._process)

    def wait(self) -> int:
        """As `Worker` has it."""
        return self._process.wait()


class ForkServer:
    """A process with everything imported, `lemmata.claims.server`; `OSError` when it cannot be started."""

    def __init__(self) -> None:
        self._said = b""
        with contextlib.ExitStack() as stack:
            self._last_words: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())
            self._control, its = map(stack.enter_context, _connected())
            self._process = _start("lemmata.claims.server", its.fileno(), self._last_words, self._last_words)
            its.close()
            stack.pop_all()
        # Also where nobody calls `stop`: on a cluster, when its process ends.
        self._end = weakref.finalize(self, _end, self._process, self._control, self._last_words)

    def fork(self, chapter: str, last_words: BinaryIO) -> ForkedWorker:
        """A copy that has imported the checks of a chapter, if they can be imported."""
        line, its = _connected()
        input_, stdin = os.pipe()
        stdout, output = os.pipe()
        with its, open(input_, "rb") as source, open(output, "wb") as sink:
            files = [its.fileno(), source.fileno(), sink.fileno(), last_words.fileno()]
            with contextlib.suppress(OSError):  # it is gone; the files close, and tell so
                socket.send_fds(self._control, [chapter.encode()], files)
        return ForkedWorker(self, line, open(stdin, "wb"), open(stdout, "rb"))

    def said(self, flags: int = 0) -> bytes:
        """`READY`, `CANNOT`, or nothing where it ended without a word; waits for it."""
        self._said = self._said or _said(self._control, flags)
        return self._said

    def has_started(self) -> bool:
        """Whether it has said anything yet."""
        return bool(self.said(socket.MSG_DONTWAIT))

    def status(self) -> int | None:
        """Exit status of a server that has ended, or is about to; None of one that serves."""
        try:
            return self._process.wait(_MOMENT)
        except subprocess.TimeoutExpired:
            return None

    def last_words(self) -> str:
        """The end of what it wrote; nothing after `stop`."""
        return "" if self._last_words.closed else tail(self._last_words)

    def kill(self) -> None:
        """End it at once; the system ends what it forked."""
        _kill(self._process)

    def stop(self) -> None:
        """Let it end with all that it forked; at once, if it has not come to fork anything."""
        self._end()


class ForkedWorker:
    """A copy of a server, which alone can kill it and tell its exit status."""

    def __init__(self, server: ForkServer, line: socket.socket, stdin: BinaryIO, stdout: BinaryIO) -> None:
        self.stdin, self.stdout = stdin, stdout
        self._server = server
        self._line = line

    def begin(self) -> None:
        """As `Worker` has it; also returns where the server is gone."""
        self._line.settimeout(START)
        with contextlib.suppress(ConnectionError):
            self._line.recv(_LONGEST_MESSAGE)

    def kill(self) -> None:
        """As `Worker` has it."""
        with contextlib.suppress(OSError):  # it is over
            self._line.shutdown(socket.SHUT_WR)
        if self._server.has_started() and not self._let_go():
            self._server.kill()  # somebody has stopped it

    def _let_go(self) -> bool:
        """Whether the server closes its end of the line in good time."""
        end = select.poll()
        try:
            end.register(self._line, select.POLLHUP)
        except ValueError:  # this end is closed
            return True
        return bool(end.poll(1000 * PATIENCE)) or self._line.fileno() < 0

    def wait(self) -> int | None:
        """As `Worker` has it; after `kill`, and once."""
        with self._line, contextlib.suppress(OSError):
            if not self._server.has_started():
                return None  # and what it may still fork for this line, it kills
            self._line.settimeout(PATIENCE)
            status = self._line.recv(_LONGEST_MESSAGE)
            if status == FORKED:  # nobody waited for it to begin
                status = self._line.recv(_LONGEST_MESSAGE)
            return int(status) if status else None
        return None


def _connected() -> tuple[socket.socket, socket.socket]:
    """Two ends that keep messages apart, and tell when the other is closed."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def _said(control: socket.socket, flags: int = 0) -> bytes:
    """The one message from a server, which stays where it is."""
    with contextlib.suppress(OSError):
        return control.recv(_LONGEST_MESSAGE, socket.MSG_PEEK | flags)
    return b""


def _end(process: subprocess.Popen[bytes], control: socket.socket, last_words: IO[bytes]) -> None:
    if _said(control, socket.MSG_DONTWAIT) != READY:
        _kill(process)
    with contextlib.suppress(OSError):
        control.shutdown(socket.SHUT_RDWR)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        _kill(process)
        process.wait()
    control.close()
    last_words.close()


def _start(module: str, stdin: int, stdout: int | IO[bytes], stderr: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        env=_environment(),
        start_new_session=True,  # Ctrl-C on the terminal is for the supervisor alone
    )


def _environment() -> dict[str, str]:
    """The supervisor's environment and import path, with one thread per worker: jobs do not compete."""
    environment = dict(os.environ)
    environment["PYTHONPATH"] = os.pathsep.join(path or os.getcwd() for path in sys.path)
    environment["PYTHONSAFEPATH"] = "1"  # a numpy.py in the user's directory must not be found first
    for name in _ONE_THREAD:
        environment[name] = "1"
    return environment


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process that was started here, and everything that it started."""
    if process.returncode is not None:
        return
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):  # it may be gone already
        os.killpg(process.pid, signal.SIGKILL)


def tail(file: IO[bytes]) -> str:
    """The end of what was written to a file."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LAST_WORDS))
    return file.read().decode(errors="replace").strip()
