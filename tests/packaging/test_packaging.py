"""What a newcomer gets: the README's commands, a wheel that works alone, and a check that catches bugs."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lemmata.claims import read_book


def blocks(root: Path) -> list[str]:
    """Commands of the README's console blocks."""
    return re.findall(r"```console\n(.+?)\n```", (root / "README.md").read_text(), re.DOTALL)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_continuous_integration_runs_the_readmes_commands(root):
    commands = blocks(root)
    assert len(commands) == 2
    printed = subprocess.run(
        [root / ".ci/run", "--print-commands"], capture_output=True, text=True, check=True
    )
    assert printed.stdout.splitlines() == commands
    assert ".venv/bin/lemmata verify" in commands[0]
    assert commands[1].endswith("&& .venv/bin/python -m pytest")


def test_readme_fits_on_a_screen(root):
    assert len((root / "README.md").read_text().splitlines()) <= 60


@pytest.mark.slow
def test_a_wheel_from_the_sdist_verifies_in_an_empty_environment(root, tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "build", "--outdir", tmp_path, root],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
    (wheel,) = tmp_path.glob("*.whl")
    assert len(list(tmp_path.glob("*.tar.gz"))) == 1
    place = tmp_path / "elsewhere"
    place.mkdir()
    subprocess.run([sys.executable, "-m", "venv", place / "venv"], check=True)
    scripts = place / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    subprocess.run([scripts / "python", "-m", "pip", "install", "-q", wheel], check=True, capture_output=True)
    # One of each topic: the README's first command verifies all in such an environment.
    some = [chapter.theorems[0].id for chapter in read_book()]
    result = subprocess.run(
        [scripts / "lemmata", "verify", *some],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "nothing refuted" in result.stdout
    without = subprocess.run(
        [scripts / "lemmata", "verify", "--report", "r.html"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    assert without.returncode == 2
    assert "pip install 'lemmata[report]'" in without.stderr


BUGS = {
    "the last alignment of a block is left out": (
        "correlations/float_correlation.py",
        "range(min(step, len(matches) - begin)):\n                matches[begin + k] = int(np.rint",
        "range(min(step, len(matches) - begin) - 1):\n                matches[begin + k] = int(np.rint",
    ),
    "the threshold counts letters twice": (
        "exact/abrahamson.py",
        "count_equal_pairs(ranked_problem.text, ranked_problem.pattern, frequent, sigma)",
        "count_equal_pairs(ranked_problem.text, ranked_problem.pattern, max(0, frequent - 1), sigma)",
    ),
    "the definition stops one letter early": (
        "definition.py",
        "for j in range(m):",
        "for j in range(m - 1):",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_makes_verify_fail_with_a_small_witness(root, tmp_path, bug):
    file, old, new = BUGS[bug]
    package = tmp_path / "lemmata"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "reference/lemmata", package, ignore=ignore)
    for name in ("theory", "proofs_check"):
        shutil.copytree(root / name, package / name, ignore=ignore)
    source = package / "hamming" / file
    text = source.read_text(encoding="utf-8")
    assert text.count(old) == 1
    source.write_text(text.replace(old, new), encoding="utf-8")
    result = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; from lemmata.cli import main; sys.exit(main(['verify', 'HAM-6']))",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1, result.stdout + result.stderr
    line = next(line for line in result.stdout.splitlines() if "witness:" in line)
    assert len(line) < 400
    assert (tmp_path / "HAM-6.witness.json").exists()
