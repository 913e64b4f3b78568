"""An invented book with invented checks, run by the real command in a process of its own."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

HEADER = """
import ctypes, os, signal, sys, time
from lemmata.claims import *
"""


def heed_signals() -> None:
    """A run of tests in the background, or under nohup, hands down signals that are ignored."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@dataclass
class Book:
    """A copy of the package whose only chapter and checks are a test's own."""

    path: Path
    chapter: str = "# A sample chapter\n"
    checks: str = HEADER
    forks: bool = True

    def add(self, claim: str, body: str | None, kind: str = "identity") -> None:
        """State a theorem; ``body`` is its check's, None for no check."""
        name = claim.lower().replace("-", "_")
        self.chapter += textwrap.dedent(f"""
            ### {claim} — A claim

            Kind: {kind}

            Source: here

            Code: lemmata.claims

            Check: sample.{name}

            Hypotheses: none

            Statement: $1=1$

            Proof (complete): by looking at it
            """)
        if body is not None:
            self.checks += f'\n@check("{claim}")\ndef {name}(run):\n' + textwrap.indent(
                textwrap.dedent(body), "    "
            )

    def change(self, file: str, old: str, new: str) -> None:
        """Edit the copy of the package."""
        path = self.path / "lemmata" / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def processes(self, words: bytes) -> list[int]:
        """Numbers of living processes of this copy with these words in their command line."""
        found = []
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                environment = Path(f"/proc/{entry}/environ").read_bytes()
                command = Path(f"/proc/{entry}/cmdline").read_bytes()
            except OSError:
                continue
            if str(self.path).encode() in environment and words in command:
                found.append(int(entry))
        return found

    def environment(self) -> dict[str, str]:
        (self.path / "lemmata/theory/sample.md").write_text(self.chapter, encoding="utf-8")
        (self.path / "lemmata/proofs_check/sample.py").write_text(self.checks, encoding="utf-8")
        return os.environ | {"PYTHONPATH": str(self.path), "COLUMNS": "100"}

    def start(
        self, *arguments: str, environment: dict[str, str] | None = None, cwd: Path | None = None
    ) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "lemmata", "verify", *arguments],
            cwd=cwd or self.path,
            env=environment or self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=None if sys.platform == "win32" else heed_signals,  # noqa: PLW1509 - no threads here
        )

    def run(
        self, *arguments: str, environment: dict[str, str] | None = None, cwd: Path | None = None
    ) -> "subprocess.CompletedProcess[str]":
        with self.start(*arguments, environment=environment, cwd=cwd) as process:
            output, errors = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    package = tmp_path / "lemmata"
    shutil.copytree(ROOT / "reference/lemmata", package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("theory", "proofs_check"):
        (package / name).mkdir()
        (package / name / "__init__.py").write_text("")
    return Book(tmp_path)


@pytest.fixture(params=["copies", "fresh interpreters"])
def either_book(request: pytest.FixtureRequest, book: Book) -> Book:
    """The same, with checks in processes of both kinds."""
    if request.param == "fresh interpreters":
        book.forks = False
        book.change("claims/workers.py", "CAN_FORK = sys.platform", "CAN_FORK = False and sys.platform")
    return book
