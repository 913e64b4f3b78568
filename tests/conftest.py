"""Hypothesis profiles, and one quick run of every check that many tests look at."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings
from suite_times import LAPS, cores, processor_seconds

ROOT = Path(__file__).resolve().parents[1]

# `test_controls.py` loads them; collected as modules with doctests, each would register itself once more.
collect_ignore_glob = ["*/controls*.py"]

# The first call of a kernel compiles it: no deadlines.
for name, examples in (("small", 15), ("quick", 60), ("thorough", 2000)):
    settings.register_profile(
        name, max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what breaks the library on purpose, unless its mark is asked for; the longest comes first."""
    if "reliability" not in config.option.markexpr:
        left_out = [item for item in items if item.get_closest_marker("reliability")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]
    if WORKERS:
        items.sort(key=order)


def order(item: pytest.Item) -> tuple[bool, str]:
    """One process runs all checks while the others test; what breaks the code of one theorem stays together.

    Its parts share what is known of the unbroken code.
    """
    theorem = item.callspec.params.get("theorem") if hasattr(item, "callspec") else None
    broken = theorem.id if theorem and item.get_closest_marker("reliability") else ""
    return "quick_run" not in getattr(item, "fixturenames", ()), broken


@dataclass(frozen=True)
class VerifyRun:
    """What ``lemmata verify`` printed and wrote, and the processor's seconds by topic."""

    status: int
    output: str
    html: Path
    json: dict[str, object]
    seconds: dict[str, float]


@pytest.fixture(scope="session")
def quick_run(tmp_path_factory: pytest.TempPathFactory) -> VerifyRun:
    """One run of all checks at quick effort, with both reports; one for all processes that run tests."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if WORKERS else base) / "verify"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            verify_in(folder)
    printed = (folder / "output").read_text(encoding="utf-8")
    assert (folder / "r.json").exists(), printed
    status, spent = json.loads((folder / "ended.json").read_text(encoding="utf-8"))
    data = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    share: Counter[str] = Counter()
    for row in data["theorems"]:
        share[row["topic"]] += row["seconds"]
    seconds = {topic: spent * part / share.total() for topic, part in share.items()}
    return VerifyRun(
        status, (folder / "output").read_text(encoding="utf-8"), folder / "r.html", data, seconds
    )


def verify_in(folder: Path) -> None:
    """Run all checks there."""
    folder.mkdir()
    jobs = max(1, cores() // 2) if WORKERS else cores()
    words = ["verify", "--jobs", str(jobs), "--report", "r.html", "--json", "r.json"]
    before = processor_seconds()
    with (folder / "output").open("w", encoding="utf-8") as output:
        status = subprocess.run(
            [sys.executable, "-m", "lemmata", *words],
            cwd=folder,
            check=False,
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=3000,
        ).returncode
    spent = processor_seconds() - before
    LAPS.leave_out(spent)
    (folder / "ended.json").write_text(json.dumps([status, spent]), encoding="utf-8")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT
