"""Standard output that outlives its reader."""

import contextlib
import errno
import io
import os
import select
import sys
from collections.abc import Iterator
from typing import Any, TextIO

READER_GONE = 141
"""Exit status when what was printed could not be delivered: what a shell shows after SIGPIPE."""


class Output:
    """A text stream that drops what cannot be delivered, and remembers that in ``lost``."""

    def __init__(self, stream: TextIO | io.TextIOBase) -> None:
        self._stream = stream
        self.lost = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, unless the reader has gone."""
        if not self.lost:
            try:
                return self._stream.write(text)
            except OSError:
                self._give_up()
        return len(text)

    def flush(self) -> None:
        """Hand on what is buffered, unless the reader has gone."""
        if not self.lost:
            try:
                self._stream.flush()
            except OSError:
                self._give_up()

    def is_lost(self) -> bool:
        """Whether the reader has gone, asked now: a pipe tells without being written to."""
        self.flush()
        if not self.lost and hasattr(select, "poll"):
            with contextlib.suppress(OSError, ValueError):
                poll = select.poll()
                poll.register(self._stream.fileno(), 0)
                if any(event & select.POLLERR for _, event in poll.poll(0)):
                    self._give_up()
        return self.lost

    def _give_up(self) -> None:
        self.lost = True
        # What is still buffered would make the interpreter complain when it flushes at its end.
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


class _NeverOpen(io.TextIOBase):
    """What stands in for a stream that was closed when the process started."""

    def write(self, _text: str) -> int:
        raise OSError(errno.EBADF, "the process was started with this stream closed")

    def flush(self) -> None:
        """Nothing waits here."""


@contextlib.contextmanager
def surviving_output() -> Iterator[list[Output]]:
    """Inside, ``sys.stdout`` and ``sys.stderr`` never raise because nobody reads them."""
    _occupy_standard_descriptors()
    outputs = []
    with contextlib.ExitStack() as stack:
        for stream, redirect in (
            (sys.stdout, contextlib.redirect_stdout),
            (sys.stderr, contextlib.redirect_stderr),
        ):
            # It is None where the process was started with it closed.
            outputs.append(Output(_NeverOpen() if stream is None else stream))
            stack.enter_context(redirect(outputs[-1]))
        yield outputs
        for output in outputs:
            output.flush()


def _occupy_standard_descriptors() -> None:
    """Let no file that is opened later be somebody's standard output."""
    with contextlib.suppress(OSError):
        while (taken := os.open(os.devnull, os.O_RDWR)) <= 2:
            os.set_inheritable(taken, True)
        os.close(taken)


def output_is_lost() -> bool:
    """Whether what this process prints on its standard output reaches nobody."""
    return isinstance(sys.stdout, Output) and sys.stdout.is_lost()
