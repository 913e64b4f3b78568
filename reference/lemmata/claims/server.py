"""A warm process that checks are forked from: ``python -m lemmata.claims.server`` (started by `workers`).

An interpreter with NumPy, Numba and a chapter's modules takes a second to start, and often longer than the
check itself; a copy of one that has started takes milliseconds. So a run starts one such process, and every
check gets a copy that no other check has touched.

What is said, over Unix sockets that keep messages apart:

- *supervisor to server*, on the server's standard input: a chapter's name, with four open files. One is the
  *line* of the task, the others what becomes its standard input, output and error.
- *server to supervisor*: ``ready`` or ``cannot``, once.
- *on the line*: ``forked``, when the task begins. When the supervisor shuts the line, or is gone, the task is
  killed with all that it started. When it has ended, its exit status comes back, and then nothing.

The server imports the library, and no checks: these are a reader's code, whose import may fail, hang or
crash. A chapter's checks are imported by a server of their own, forked from the first, which speaks the
same protocol. Where that does not come to be ready, the chapter's tasks are forked from the first server
and fail by themselves, one row each, as they would in a fresh interpreter.

Why it is safe:

- A process is forked only while it has one thread; a lock that another thread holds would stay locked in
  the copy. Where there are more, the server says ``cannot`` and fresh interpreters are used.
- A copy has no open file of the server's but those of its own task, and leads a session of its own.
- A server does nothing but wait, so it always notices that a line is shut. It waits for processes by
  descriptors (Linux 5.3), and kills before it reaps: no process that came later can have the number.
- If a server dies, the system kills what it forked; the supervisor starts the tasks again.

Not `multiprocessing`'s fork server, because that one is shared with whatever else the program does with it,
takes the environment and the import path that it finds, runs the program's main module again in every
process, never looks at its threads, and does not notice that its processes should be killed.
"""

from __future__ import annotations

import contextlib
import gc
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np

from lemmata.claims import worker
from lemmata.claims.checks import find_checks
from lemmata.claims.workers import CANNOT, FILES, FORKED, READY
from lemmata.compilation import start_compiler

PATIENCE = 30.0
"""Seconds that a chapter's modules may take to import before its tasks are forked without them."""

LOOK = 1.0
"""Seconds between looks at whether the parent lives: another process may hold its end of a socket open."""

GRACE = 5.0
"""Seconds that the servers of chapters have to end what they forked."""

_LONGEST_NAME = 4096


@dataclass
class Request:
    """A task to be forked: the chapter it belongs to, its line, and its standard streams."""

    chapter: str
    line: socket.socket
    streams: tuple[int, ...]

    def close(self) -> None:
        """Forget it here; whoever was given copies keeps them."""
        self.line.close()
        for stream in self.streams:
            os.close(stream)


@dataclass
class ChapterServer:
    """A server of one chapter, and what waits for it. It is ``ready``, or not yet, or given up."""

    pid: int
    control: socket.socket
    deadline: float
    ready: bool = False
    waiting: list[Request] = field(default_factory=list)


class Server:
    """Forks tasks, and one server for each chapter, until its control socket is closed."""

    def __init__(self, control: socket.socket, chapter: str = "") -> None:
        self._control = control
        self._chapter = chapter
        self._pid, self._parent = os.getpid(), os.getppid()
        self._files_of_modules = _open_files() - {control.fileno()}
        self._selector = selectors.DefaultSelector()
        self._ends: dict[int, int] = {}  # process and the descriptor that tells its end
        self._lines: dict[int, socket.socket] = {}
        self._chapters: dict[str, ChapterServer | None] = {}  # None: given up
        self._watch(control, self._read_request)

    def serve(self) -> None:
        """Fork what is asked for; at the end, see to it that nothing is left."""
        try:
            while self._control.fileno() >= 0 and os.getppid() == self._parent:
                self._listen(LOOK)
                self._give_up_on_late_chapters()
        finally:
            for pid in self._lines:
                self._kill(pid)
            for server in filter(None, self._chapters.values()):
                server.control.close()  # it does the same
            deadline = time.monotonic() + GRACE
            while self._ends and time.monotonic() < deadline:
                self._listen(GRACE)
            for pid in self._ends:
                self._kill(pid)

    def _listen(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if self._selector.get_map().get(key.fd) is key:  # not forgotten a moment ago
                key.data()

    def _watch(self, file: socket.socket | int, action: Callable[[], None]) -> None:
        self._selector.register(file, selectors.EVENT_READ, action)

    def _forget(self, file: socket.socket | int) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(file)

    def _read_request(self) -> None:
        chapter, files = _receive(self._control)
        if len(files) != FILES:  # the supervisor is gone
            self._forget(self._control)
            self._control.close()
            return
        request = Request(chapter, socket.socket(fileno=files[0]), tuple(files[1:]))
        if chapter == self._chapter:
            self._fork_task(request)
            return
        if chapter not in self._chapters:
            self._start_chapter(chapter)
        server = self._chapters[chapter]
        if server is None:
            self._fork_task(request)
        elif server.ready:
            _pass_on(server, request)
        else:
            server.waiting.append(request)
            self._watch(request.line, lambda: self._drop(server, request))

    def _drop(self, server: ChapterServer, request: Request) -> None:
        """The supervisor no longer wants a task that still waits."""
        server.waiting.remove(request)
        self._forget(request.line)
        request.close()

    def _fork_task(self, request: Request) -> None:
        pid = self._fork()
        if pid == 0:
            _become_worker(request, self._pid, self._files_of_modules)
        for stream in request.streams:
            os.close(stream)
        _tell(request.line, FORKED)
        self._lines[pid] = request.line
        self._watch(request.line, lambda: self._kill(pid))
        self._await(pid, lambda status: self._task_ended(pid, status))

    def _task_ended(self, pid: int, status: int) -> None:
        line = self._lines.pop(pid)
        self._forget(line)
        _tell(line, str(status).encode())
        line.close()

    def _start_chapter(self, chapter: str) -> None:
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = self._fork()
        if pid == 0:
            _become_chapter_server(its, chapter, self._pid, self._files_of_modules)
        its.close()
        server = ChapterServer(pid, ours, time.monotonic() + PATIENCE)
        self._chapters[chapter] = server
        self._watch(ours, lambda: self._hear_from(chapter, server))
        self._await(pid, lambda _: None)

    def _hear_from(self, chapter: str, server: ChapterServer) -> None:
        """A chapter's server is ready, or it is gone."""
        with contextlib.suppress(OSError):
            if server.control.recv(len(READY)) == READY:
                server.ready = True
                self._let_go(server, lambda request: _pass_on(server, request))
                return
        self._forget(server.control)
        server.control.close()
        if server.ready:
            del self._chapters[chapter]  # the next task starts another
        else:
            self._chapters[chapter] = None
            self._let_go(server, self._fork_task)

    def _let_go(self, server: ChapterServer, action: Callable[[Request], None]) -> None:
        while server.waiting:
            request = server.waiting.pop(0)
            self._forget(request.line)
            action(request)

    def _give_up_on_late_chapters(self) -> None:
        for server in filter(None, self._chapters.values()):
            if not server.ready and time.monotonic() > server.deadline:
                self._kill(server.pid)  # then its socket closes

    def _fork(self) -> int:
        sys.stdout.flush()  # or the copy would print it again
        sys.stderr.flush()
        return os.fork()

    def _await(self, pid: int, action: Callable[[int], None]) -> None:
        """When a process has ended, call ``action`` with its exit status, as `subprocess` has it."""
        end = os.pidfd_open(pid)

        def ended() -> None:
            self._kill(pid)  # it is dead, but not reaped: its number still is that of its group
            del self._ends[pid]
            self._forget(end)
            os.close(end)
            action(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))

        self._ends[pid] = end
        self._watch(end, ended)

    def _kill(self, pid: int) -> None:
        """End a process and all of its group, unless it is reaped already."""
        if pid in self._lines:
            self._forget(self._lines[pid])  # which stays shut
        if pid in self._ends:
            for kill in (os.kill, os.killpg):  # it may not lead its group yet
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    kill(pid, signal.SIGKILL)


def _tell(line: socket.socket, message: bytes) -> None:
    with contextlib.suppress(OSError):  # the supervisor may be gone
        line.send(message)


def _receive(control: socket.socket) -> tuple[str, list[int]]:
    """A chapter's name and open files; none when nobody is there any more."""
    try:
        name, files, _, _ = socket.recv_fds(control, _LONGEST_NAME, FILES)
    except OSError:
        return "", []
    return name.decode(), files


def _pass_on(server: ChapterServer, request: Request) -> None:
    files = [request.line.fileno(), *request.streams]
    with contextlib.suppress(OSError):  # it is gone; closing the line tells the supervisor
        socket.send_fds(server.control, [request.chapter.encode()], files)
    request.close()


def _become_worker(request: Request, parent: int, keep: set[int]) -> NoReturn:
    """In a copy: be the process that runs one check."""
    try:
        os.setsid()
        worker.end_with_parent(parent)
        for number, stream in enumerate(request.streams):
            os.dup2(stream, number)
        _close_all_but(keep)
        np.random.seed()  # noqa: NPY002 - a check that uses NumPy's global state gets a fresh one
        worker.main()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _become_chapter_server(control: socket.socket, chapter: str, parent: int, keep: set[int]) -> NoReturn:
    """In a copy: import the checks of a chapter, and serve their tasks."""
    try:
        os.setsid()
        worker.end_with_parent(parent)
        _close_all_but(keep | {control.fileno()})
        find_checks(chapter)
        _serve(control, chapter)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _open_files() -> set[int]:
    names = os.listdir("/proc/self/fd")  # that folder's own number among them, which is free again
    return {int(name) for name in names if os.path.lexists(f"/proc/self/fd/{name}")}


def _close_all_but(keep: set[int]) -> None:
    """Close what the server had open; the objects that did are not used any more, nor collected."""
    for number in _open_files() - keep - {0, 1, 2}:
        os.close(number)


def _serve(control: socket.socket, chapter: str = "") -> None:
    """Say that all is imported, and serve; unless there are threads."""
    if len(os.listdir("/proc/self/task")) > 1:
        control.send(CANNOT)
        return
    gc.collect()
    gc.freeze()  # a copy that collected this garbage would copy the memory, too
    server = Server(control, chapter)
    control.send(READY)
    server.serve()


def main() -> None:
    """Serve on standard input, a socket."""
    control = socket.socket(fileno=os.dup(0))
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    try:
        start_compiler()
        os.close(os.pidfd_open(os.getpid()))
    except Exception:
        traceback.print_exc()
        control.send(CANNOT)
        return
    _serve(control)


if __name__ == "__main__":
    main()
