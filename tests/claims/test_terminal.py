"""Whatever happens to the terminal, every check runs, reports are written, and lost output is no success."""

import json
import os
import subprocess
import sys

import pytest

PASSES = "run.clause().equal(1, 1)"
REFUTES = "run.clause().equal(8, 9, x=3, explanation='square')"
FILES = ("--json", "r.json", "--report", "r.html")

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="about pipes")]


def without_reader(arguments, environment, cwd, stdout=None):
    """Status and errors of the command when nobody reads what it prints."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        result = subprocess.run(
            [sys.executable, "-m", "lemmata", *arguments],
            cwd=cwd,
            env=environment,
            stdout=writing if stdout is None else stdout,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        os.close(writing)
    return result.returncode, result.stderr


def exit_statuses(book):
    data = json.loads((book.path / "r.json").read_text())
    page = (book.path / "r.html").read_text()
    shown = page.partition("<dt>Exit status</dt><dd>")[2].partition("<")[0]
    return data, {data["exit_status"], int(shown)}


@pytest.mark.parametrize(("bodies", "status"), [([PASSES], 141), ([PASSES] * 3, 141), ([PASSES, REFUTES], 1)])
def test_reports_are_written_when_nobody_reads(book, bodies, status):
    for number, body in enumerate(bodies, start=1):
        book.add(f"SAM-{number}", body)
    found, errors = without_reader(["verify", *FILES], book.environment(), book.path)
    assert (found, errors) == (status, "")
    data, statuses = exit_statuses(book)
    assert statuses == {status}
    assert not data["partial"]
    assert [t["label"] for t in data["theorems"]] == [
        "consistent" if body == PASSES else "refuted" for body in bodies
    ]


def test_a_reader_that_leaves_after_a_line(book):
    for number in range(1, 4):
        book.add(f"SAM-{number}", PASSES)
    with book.start("--jobs", "1", *FILES) as process:
        assert process.stdout.readline().startswith("[1/3]")
        process.stdout.close()
        process.stdout = None
        _, errors = process.communicate(timeout=120)
    assert (process.returncode, errors) == (141, "")
    data, statuses = exit_statuses(book)
    assert statuses == {141}
    assert len(data["theorems"]) == 3
    assert not data["partial"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_behind_the_output(book):
    book.add("SAM-1", PASSES)
    with open("/dev/full", "w") as full:
        found, errors = without_reader(["verify", *FILES], book.environment(), book.path, stdout=full)
    assert (found, errors) == (141, "")
    assert exit_statuses(book)[1] == {141}


def test_a_report_that_cannot_be_written_shows_in_the_other(book):
    book.add("SAM-1", f"os.mkdir({str(book.path / 'r.html')!r})\n{PASSES}")
    result = book.run(*FILES)
    assert result.returncode == 3
    assert "r.html was not written" in result.stderr
    assert json.loads((book.path / "r.json").read_text())["exit_status"] == 3


def test_a_witness_that_cannot_be_written_changes_no_refutation(book):
    book.add("SAM-1", REFUTES)
    book.add("SAM-2", PASSES)
    (book.path / "place").mkdir()
    # The witness's name is taken by a directory; the reports can be written.
    (book.path / "place" / "SAM-1.witness.json").mkdir()
    result = book.run(*FILES, "--witnesses", "place")
    assert result.returncode == 1
    assert "was not written" in result.stderr
    assert exit_statuses(book)[1] == {1}


@pytest.mark.parametrize("arguments", [["list"], ["explain", "SAM-1"], ["--help"], ["completion", "bash"]])
def test_other_commands_are_quiet_and_do_not_succeed(book, arguments):
    book.add("SAM-1", PASSES)
    book.environment()
    (book.path / "lemmata/sample.py").write_text("__all__ = []\n")
    assert without_reader(arguments, book.environment(), book.path) == (141, "")


@pytest.mark.parametrize(
    ("closed", "status"), [(">&-", 141), (">&- 2>&-", 141), ("<&- >&- 2>&-", 141), ("2>&- >o.txt", 0)]
)
def test_an_output_that_was_never_open(book, closed, status):
    book.add("SAM-1", f"print('a check speaks'); {PASSES}")
    command = f"exec {sys.executable} -m lemmata verify {' '.join(FILES)} {closed}"
    result = subprocess.run(
        ["sh", "-c", command],
        cwd=book.path,
        env=book.environment(),
        stderr=subprocess.PIPE,
        timeout=120,
        check=False,
    )
    assert (result.returncode, result.stderr) == (status, b"")
    data, statuses = exit_statuses(book)
    assert statuses == {status}
    assert [(t["label"], data["partial"]) for t in data["theorems"]] == [("consistent", False)]


def test_help_that_nobody_could_read(book):
    command = f"exec {sys.executable} -m lemmata --help >&-"
    result = subprocess.run(
        ["sh", "-c", command], cwd=book.path, env=book.environment(), stderr=subprocess.PIPE, check=False
    )
    assert (result.returncode, result.stderr) == (141, b"")
