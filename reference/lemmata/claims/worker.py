"""The process that runs one check: a copy of `server`, or ``python -m lemmata.claims.worker``."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import os
import pickle
import signal
import sys
import threading
import traceback

from lemmata.claims.examining import NoCheck, examine
from lemmata.claims.isolation import Task
from lemmata.claims.judging import RejectedVerdict
from lemmata.claims.outcome import Failure, Outcome

_PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>


def execute(task: Task) -> Outcome:
    """Run the check of ``task`` in this process and judge its verdict."""
    try:
        judgement = examine(task.claim, task.effort, task.seed, task.budget)
    except NoCheck as error:
        return Outcome(task.claim, None, Failure("no check", str(error)))
    except RejectedVerdict as error:
        return Outcome(task.claim, None, Failure("rejected", str(error)))
    except BaseException as error:  # also a check that calls sys.exit()
        message = f"{type(error).__name__}: {error}"
        return Outcome(task.claim, None, Failure("raised", message, traceback.format_exc()))
    return Outcome(task.claim, judgement, None)


def main() -> None:
    """Read a task from standard input, write the outcome to standard output."""
    faulthandler.enable()
    end_with_parent()
    _volunteer_when_memory_runs_out()
    # Whatever a check prints must not end up between the bytes of the answer.
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with open(sys.stdin.fileno(), "rb", closefd=False) as source:
        size = int.from_bytes(source.read(8), "little")
        task = pickle.loads(source.read(size))
    threading.Thread(target=_end_with_supervisor, daemon=True).start()
    outcome = execute(task)
    try:
        message = pickle.dumps(outcome)
    except Exception as error:
        failure = Failure("raised", f"the verdict cannot be sent: {error}", traceback.format_exc())
        message = pickle.dumps(Outcome(task.claim, None, failure))
    with contextlib.suppress(BrokenPipeError):
        answer.write(len(message).to_bytes(8, "little") + message)
        answer.flush()
    # Leave without running exit handlers: a thread still waits on standard input.
    os._exit(0)


def _end_with_supervisor() -> None:
    """Wait until the supervisor closes its end of standard input, or is gone, then take all down."""
    with contextlib.suppress(OSError):
        os.read(0, 1)
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)  # the check may have started processes of its own
    os._exit(1)


def end_with_parent(parent: int | None = None) -> None:
    """On Linux: be killed with the process that started this one; end, if it was ``parent`` and is gone.

    Compiled code may keep the thread that waits for the supervisor's end from running.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if parent is not None and os.getppid() != parent:
        os._exit(1)


def _volunteer_when_memory_runs_out() -> None:
    """On Linux: let the system end this process, not the supervisor, when memory runs out."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


if __name__ == "__main__":
    main()
