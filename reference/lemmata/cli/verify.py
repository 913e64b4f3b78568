"""``lemmata verify``: run the checks, show how far they are, write the reports."""

import argparse
import contextlib
import json
import os
import shlex
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

from lemmata.claims import Effort, Outcome, Theorem, select
from lemmata.claims.runner import run_checks
from lemmata.cli.output import READER_GONE, output_is_lost
from lemmata.report.atomic import check_writable, write_atomically
from lemmata.report.json_report import witness_json, write_json
from lemmata.report.model import Report, make_report
from lemmata.report.table import label_text, print_report

_SIGNALS = {"SIGTERM": 143, "SIGHUP": 129}


class Interrupted(KeyboardInterrupt):
    """Another signal than Ctrl-C's, handled like it but for the exit status."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


def run(arguments: argparse.Namespace) -> int:
    """Verify, print, write; return the exit status."""
    theorems = select(arguments.names)
    try:
        _check_outputs(arguments)
        backend = _backend(arguments)
    except (OSError, ImportError, ValueError) as error:
        print(f"lemmata: {error}", file=sys.stderr)
        return 2
    console = Console(highlight=False)
    started = datetime.now(UTC)
    outcomes: list[Outcome] = []
    ending = 0
    with _signals():
        try:
            with backend, contextlib.closing(_outcomes(theorems, arguments)) as results:
                _follow(results, theorems, outcomes, console)
        except KeyboardInterrupt as error:
            ending = error.status if isinstance(error, Interrupted) else 130
        # The reports still have to be written: a second Ctrl-C must not cut that short.
        for name in ("SIGINT", *_SIGNALS):
            _handle(name, signal.SIG_IGN)
        report = make_report(
            theorems,
            outcomes,
            effort=Effort(arguments.effort),
            seed=arguments.rng,
            jobs=arguments.jobs,
            started=started,
            command=_command(arguments),
            ending=ending,
        )
        print_report(report, console)
        return _finish(report, arguments, console)


@contextlib.contextmanager
def _signals() -> Iterator[None]:
    """Inside, signals that end a process raise, as Ctrl-C does; those that are ignored stay so (nohup)."""
    before = {
        name: signal.getsignal(getattr(signal, name))
        for name in ("SIGINT", *_SIGNALS)
        if hasattr(signal, name)
    }
    for name, status in _SIGNALS.items():
        if before.get(name) is not signal.SIG_IGN:
            _handle(name, partial(_interrupt, status))
    try:
        yield
    finally:
        for name, handler in before.items():
            _handle(name, handler)


def _handle(name: str, handler: Any) -> None:
    if hasattr(signal, name) and threading.current_thread() is threading.main_thread():
        signal.signal(getattr(signal, name), handler)


def _interrupt(status: int, _signal: int, _frame: FrameType | None) -> None:
    raise Interrupted(status)


def _outcomes(theorems: tuple[Theorem, ...], arguments: argparse.Namespace) -> Generator[Outcome, None, None]:
    return run_checks(
        theorems,
        effort=Effort(arguments.effort),
        seed=arguments.rng,
        jobs=_cores() if arguments.jobs == -1 and arguments.backend is None else arguments.jobs,
        time_limit=arguments.time_limit,
    )


def _cores() -> int:
    """Cores that this process may use, which a container may limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _follow(
    results: Generator[Outcome, None, None],
    theorems: tuple[Theorem, ...],
    outcomes: list[Outcome],
    console: Console,
) -> None:
    """Collect outcomes as they come: a moving bar on a terminal, a line each elsewhere."""
    total = len(theorems)
    if not console.is_terminal:
        for outcome in results:
            outcomes.append(outcome)
            line = f"[{len(outcomes)}/{total}] {outcome.claim}  {outcome.label}  {outcome.seconds:.1f} s"
            print(line, flush=True)
        return
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task("checking", total=total)
        waiting = [theorem.id for theorem in theorems]
        bar.update(task, description=_waiting(waiting))
        for outcome in results:
            outcomes.append(outcome)
            waiting.remove(outcome.claim)
            seconds = f"  {outcome.seconds:.1f} s"
            console.print(
                Text.assemble((outcome.claim, "bold"), "  ", label_text(outcome.label), (seconds, "dim"))
            )
            bar.update(task, advance=1, description=_waiting(waiting))


def _waiting(claims: list[str]) -> str:
    shown = ", ".join(claims[:4])
    return f"{shown}, ..." if len(claims) > 4 else shown


def _check_outputs(arguments: argparse.Namespace) -> None:
    """Find out now, not after minutes, that a report cannot be written."""
    if arguments.report:
        from lemmata.report.html_report import require_report_extra  # noqa: PLC0415 - optional packages

        require_report_extra()
    for path in (arguments.report, arguments.json):
        if path:
            check_writable(path)


def _finish(report: Report, arguments: argparse.Namespace, console: Console) -> int:
    """Write everything, and the reports again if writing or printing changed how the run ends."""
    if not report.ending and output_is_lost():
        report = replace(report, ending=READER_GONE)
    written = _write(_reports(report, arguments) + _witnesses(report, arguments), console)
    ending = report.ending or (0 if written else 3) or (READER_GONE if output_is_lost() else 0)
    if ending != report.ending:
        report = replace(report, ending=ending)
        _write(_reports(report, arguments), None)
    return report.exit_status


_Writing = tuple[str, Callable[[str], object]]


def _reports(report: Report, arguments: argparse.Namespace) -> list[_Writing]:
    """The files that were asked for."""
    found: list[_Writing] = []
    if arguments.json:
        found.append((arguments.json, lambda path: write_json(report, path)))
    if arguments.report:
        from lemmata.report.html_report import write_html  # noqa: PLC0415 - optional packages

        found.append((arguments.report, lambda path: write_html(report, path)))
    return found


def _witnesses(report: Report, arguments: argparse.Namespace) -> list[_Writing]:
    """A file for each theorem that is refuted."""
    found: list[_Writing] = []
    for row in report.rows:
        if row.fails and (witness := witness_json(row)) is not None:
            text = json.dumps({"id": row.theorem.id, "seed": str(report.seed), **witness}, indent=2) + "\n"
            path = str(Path(arguments.witnesses) / f"{row.theorem.id}.witness.json")
            found.append((path, partial(write_atomically, text=text)))
    return found


def _write(writings: list[_Writing], console: Console | None) -> bool:
    """Write files, and say so on the console if there is one; one that fails does not stop the others."""
    everything = True
    for path, write in writings:
        try:
            write(path)
        except OSError as error:
            everything = False
            if console:
                print(f"lemmata: {path} was not written: {error}", file=sys.stderr)
        else:
            if console:
                console.print(Text(f"wrote {path}"), soft_wrap=True)
    return everything


def _backend(arguments: argparse.Namespace) -> contextlib.AbstractContextManager[object]:
    """Where joblib runs the supervisors of the checks."""
    if arguments.scheduler and arguments.backend != "dask":
        raise ValueError("--scheduler goes with --backend dask")
    if arguments.backend is None:
        return contextlib.nullcontext()
    import joblib  # noqa: PLC0415 - after the arguments are known to be good

    stack = contextlib.ExitStack()
    if arguments.backend == "dask":
        try:
            from distributed import Client  # noqa: PLC0415 - optional
        except ImportError as error:
            raise ImportError("--backend dask needs the extra: pip install 'lemmata[parallel]'") from error
        if not arguments.scheduler:
            raise ValueError("--backend dask needs --scheduler ADDRESS")
        try:
            stack.enter_context(_untyped(Client)(arguments.scheduler, timeout="10s"))
        except (OSError, TimeoutError) as error:
            raise OSError(f"no Dask scheduler answers at {arguments.scheduler}") from error
    elif arguments.backend == "ray":
        try:
            from ray.util.joblib import register_ray  # noqa: PLC0415 - optional
        except ImportError as error:
            raise ImportError("--backend ray needs Ray: pip install ray") from error
        _untyped(register_ray)()
    stack.enter_context(_untyped(joblib.parallel_config)(backend=arguments.backend))
    return stack


def _untyped(function: Any) -> Any:
    """A callable of a package without type hints."""
    return function


def _command(arguments: argparse.Namespace) -> str:
    words = ["lemmata", "verify", *arguments.names, "--effort", arguments.effort, "--rng", str(arguments.rng)]
    if arguments.time_limit is not None:
        words += ["--time-limit", f"{arguments.time_limit:g}"]
    return shlex.join(words)
