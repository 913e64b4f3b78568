"""What else a check can do to the process it runs in, to its answer, and to the one who supervises it."""

import contextlib
import json
import signal
import sys
import time
import warnings

import pytest

from lemmata.claims import Effort, Outcome, select
from lemmata.claims.isolation import Supervisor, Task
from lemmata.claims.runner import run_checks

PASSES = "run.clause().equal(1, 1)"

ROWS = {
    "calls sys.exit": ("sys.exit(0)", "raised", "SystemExit"),
    "returns a number": ("return 3", "rejected", "it returned int"),
    "answers with what nobody else can read": (
        """
        class Bomb:
            def __reduce__(self):
                return (os.strerror, ('not a number',))
        run.note(Bomb())
        """,
        "raised",
        "cannot be read",
    ),
    "closes all files": ("os.closerange(0, 100)\n" + PASSES, "worker died", ""),
}


@pytest.mark.slow
def test_nothing_that_a_check_does_reaches_the_run(either_book):
    book = either_book
    for number, (body, _, _) in enumerate(ROWS.values(), start=1):
        book.add(f"SAM-{number}", body)
    book.add("SAM-90", PASSES)
    book.checks += "\nclass Mine:\n    statement = 'trust me'\n    def recheck(self): pass\n"
    book.add("SAM-91", "run.clause().equal(1, 1)\nrun.clause().proof(Mine(), because='trust me')")
    numpy = "import numpy as np\n"
    book.add(
        "SAM-92",
        numpy + "run.clause().holds(np.int64(3), '<=', np.int64(2))",
    )
    book.add("SAM-93", "run.clause().holds(float('nan'), '<=', 1)")
    # Modules in the directory where the command is used must not be taken for the library's.
    (book.path / "elsewhere").mkdir()
    for name in ("numpy", "pickle", "random"):
        (book.path / "elsewhere" / f"{name}.py").write_text("raise SystemError('the wrong module')")
    environment = book.environment() | {"PYTHONSAFEPATH": "1"}
    result = book.run("--json", "r.json", environment=environment, cwd=book.path / "elsewhere")
    assert result.returncode == 1, result.stdout + result.stderr
    data = json.loads((book.path / "elsewhere/r.json").read_text())
    rows = {theorem["id"]: theorem for theorem in data["theorems"]}
    for number, (name, (_, kind, words)) in enumerate(ROWS.items(), start=1):
        failure = rows[f"SAM-{number}"]["failure"]
        assert failure is not None, name
        assert failure["kind"] == kind, (name, failure)
        assert words in failure["message"], (name, failure)
    assert rows["SAM-90"]["label"] == rows["SAM-91"]["label"] == "consistent"
    assert "Mine is not an argument" in rows["SAM-91"]["judgement"]["clauses"][0]["broken_arguments"][0]
    assert rows["SAM-92"]["label"] == rows["SAM-93"]["label"] == "refuted"


@pytest.mark.slow
def test_a_broken_chapter_breaks_its_own_rows_only(book):
    book.add("SAM-1", PASSES)
    other = book.chapter.replace("SAM-1", "OTH-1").replace("sam-1", "oth-1").replace("sample.", "other.")
    environment = book.environment()
    (book.path / "lemmata/theory/other.md").write_text(other, encoding="utf-8")
    (book.path / "lemmata/proofs_check/other.py").write_text("import no_such_module")
    result = book.run(environment=environment)
    assert result.returncode == 3
    assert "OTH-1  raised: ModuleNotFoundError: No module named 'no_such_module'" in result.stdout
    assert "1 consistent, 1 error" in result.stdout


def worker_that(does, monkeypatch, tmp_path):
    """Let a shell script stand in for the workers."""
    executable = tmp_path / "python"
    executable.write_text(f"#!/bin/sh\n{does}\n")
    executable.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(executable))


@pytest.mark.skipif(sys.platform == "win32", reason="uses a shell script")
@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_in_a_script_is_quick_and_quiet(monkeypatch, tmp_path, jobs):
    worker_that("exec sleep 300", monkeypatch, tmp_path)
    results = run_checks(select(["HAM-1", "HAM-2", "HAM-5"]), jobs=jobs)
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    started = time.monotonic()
    try:
        signal.setitimer(signal.ITIMER_REAL, 1.0)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(KeyboardInterrupt):
                next(results)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    assert time.monotonic() - started < 10


@pytest.mark.skipif(sys.platform == "win32", reason="uses a shell script")
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_generator_that_is_closed_early_ends_the_rest_without_a_warning(monkeypatch, tmp_path, jobs):
    worker_that(f"mkdir {tmp_path}/first && exit 3\nexec sleep 300", monkeypatch, tmp_path)
    started = time.monotonic()
    with (
        warnings.catch_warnings(),
        contextlib.closing(run_checks(select(["HAM-1", "HAM-5", "HAM-6"]), jobs=jobs)) as results,
    ):
        warnings.simplefilter("error")
        assert next(results).failure.message == "the worker ended with status 3 before it had a verdict"
    assert time.monotonic() - started < 10


def test_a_stopped_supervisor_starts_nothing():
    supervisor = Supervisor()
    supervisor.stop()
    assert supervisor.run(Task("HAM-1", Effort.QUICK, 0, 1.0)).label == "not run"


def test_a_worker_that_cannot_be_started_is_an_error_on_its_row(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    outcome = Supervisor().run(Task("HAM-1", Effort.QUICK, 0, None))
    assert isinstance(outcome, Outcome)
    assert outcome.failure is not None
    assert "could not be started" in outcome.failure.message


@pytest.mark.parametrize(
    ("options", "message"),
    [({"jobs": 0}, "jobs"), ({"seed": -1}, "seed"), ({"time_limit": 0}, "time_limit")],
)
def test_bad_options_are_refused_before_anything_runs(options, message):
    with pytest.raises(ValueError, match=message):
        run_checks([], **options)
