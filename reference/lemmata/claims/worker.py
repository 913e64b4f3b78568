"""The process that runs one check: ``python -m lemmata.claims.worker`` (started by `isolation`)."""

import contextlib
import faulthandler
import os
import pickle
import sys
import threading
import traceback
from dataclasses import replace
from typing import BinaryIO

from lemmata.claims.book import select
from lemmata.claims.checks import Run, find_checks
from lemmata.claims.isolation import Task
from lemmata.claims.judging import RejectedVerdict, judge
from lemmata.claims.outcome import Failure, Outcome


def execute(task: Task) -> Outcome:
    """Run the check of ``task`` in this process and judge its verdict."""
    (theorem,) = select([task.claim])
    check = find_checks().get(task.claim)
    if check is None:
        return Outcome(task.claim, None, Failure("no check", f"no function checks {task.claim}"))
    run = Run.of(task.claim, task.effort, task.seed, task.budget)
    try:
        verdict = check(run)
        judgement = judge(theorem, verdict)
    except RejectedVerdict as error:
        return Outcome(task.claim, None, Failure("rejected", str(error)))
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        return Outcome(task.claim, None, Failure("raised", message, traceback.format_exc()))
    costs = dict(judgement.verdict.costs) or run.costs.nonzero()
    return Outcome(task.claim, replace(judgement.verdict, costs=costs), None, judgement.remarks)


def main() -> None:
    """Read a task from standard input, write the outcome to standard output."""
    faulthandler.enable()
    _volunteer_when_memory_runs_out()
    # Whatever a check prints must not end up between the bytes of the answer.
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    source = sys.stdin.buffer
    size = int.from_bytes(source.read(8), "little")
    task = pickle.loads(source.read(size))
    threading.Thread(target=_end_with_supervisor, args=(source,), daemon=True).start()
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


def _end_with_supervisor(source: BinaryIO) -> None:
    source.read()  # returns when the supervisor closes its end, or is gone
    os._exit(1)


def _volunteer_when_memory_runs_out() -> None:
    """On Linux: let the system end this process, not the supervisor, when memory runs out."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


if __name__ == "__main__":
    main()
