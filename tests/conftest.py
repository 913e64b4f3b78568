"""Hypothesis profiles, and one quick run of every check that many tests look at."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

# `test_controls.py` loads them; collected as modules with doctests, each would register itself once more.
collect_ignore_glob = ["*/controls*.py"]

# The first call of a kernel compiles it: no deadlines.
for name, examples in (("small", 15), ("quick", 60), ("thorough", 2000)):
    settings.register_profile(
        name, max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what breaks the library on purpose unless it is asked for by its mark."""
    if "reliability" in config.option.markexpr:
        return
    left_out = [item for item in items if item.get_closest_marker("reliability")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


@dataclass(frozen=True)
class VerifyRun:
    """What ``lemmata verify`` printed and wrote."""

    status: int
    output: str
    html: Path
    json: dict[str, object]


@pytest.fixture(scope="session")
def quick_run(tmp_path_factory: pytest.TempPathFactory) -> VerifyRun:
    """One run of all checks at quick effort, with both reports."""
    folder = tmp_path_factory.mktemp("verify")
    result = subprocess.run(
        [sys.executable, "-m", "lemmata", "verify", "--report", "r.html", "--json", "r.json"],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=1200,
    )
    assert (folder / "r.json").exists(), result.stdout + result.stderr
    data = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    return VerifyRun(result.returncode, result.stdout, folder / "r.html", data)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT
