"""What continuous integration runs, with stand-ins for all that takes long: every part counts, in order."""

import os
import shutil
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell script")

README = """
```console
echo verified $BROKEN
```

```console
../install && .venv/bin/python -m pytest every-test
```
"""
INSTALL = """#!/bin/sh
mkdir -p .venv/bin && for name in python ruff mypy; do cp ../tool .venv/bin/$name; done
"""
TOOL = """#!/bin/sh
echo "$(basename "$0") $*"
case "$(basename "$0") $* " in *"${BROKEN:-nothing is} "*) exit 1;; esac
echo "1 passed"
"""
INTERPRETER = """#!/bin/sh
[ "$1 $2" != "-m venv" ] && exit
mkdir -p .newer/bin && for name in python pip; do cp "$STANDS_IN/tool" .newer/bin/$name; done
"""


@pytest.fixture
def integration(tmp_path, root):
    """Run it in a checkout that has a README only, with one word that breaks what is called with it."""
    checkout, programs = tmp_path / "checkout", tmp_path / "programs"
    (checkout / ".ci").mkdir(parents=True)
    shutil.copy(root / ".ci/run", checkout / ".ci/run")
    (checkout / "README.md").write_text(README)
    programs.mkdir()
    for path, text in (
        (tmp_path / "install", INSTALL),
        (tmp_path / "tool", TOOL),
        (programs / "python3.14", INTERPRETER),
        (programs / "chromium", TOOL),
    ):
        path.write_text(text)
        path.chmod(0o755)

    def run(broken: str = "") -> tuple[int, list[str]]:
        result = subprocess.run(
            ["bash", checkout / ".ci/run"],
            env=os.environ
            | {
                "PATH": f"{programs}:{os.environ['PATH']}",
                "STANDS_IN": str(tmp_path),
                "TMPDIR": str(tmp_path),
                "BROKEN": broken,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        return result.returncode, result.stdout.splitlines()

    return run


PARTS = ["verify", "browser", "install", "style and types", "sabotage", "plain python", "newer interpreter"]


def test_every_part_runs_and_the_tests_have_the_last_word(integration):
    status, lines = integration()
    assert status == 0, lines
    assert [line[3:] for line in lines if line.startswith("== ")] == [*PARTS, "tests"]
    assert lines[lines.index("== verify") + 1] == "verified"
    assert "mypy " in lines
    assert "python -m pytest -q tests/reliability -m reliability" in lines
    assert "pip install -q -e .[test]" in lines
    assert lines[-2:] == ["python -m pytest every-test", "1 passed"]


@pytest.mark.parametrize(
    ("broken", "part"),
    [
        ("--check .", "style_and_types"),
        ("-m reliability", "sabotage"),
        ("not slow and not jit", "plain_python"),
        ("-e .[test]", "newer_interpreter"),
        ("-q -m not slow", "newer_interpreter"),
    ],
)
def test_a_part_that_fails_fails_the_whole_and_leaves_the_others_alone(integration, broken, part):
    status, lines = integration(broken)
    assert status == 1
    assert f"FAILED: {part}" in lines
    assert lines[-2:] == ["python -m pytest every-test", "1 passed"]


def test_tests_that_fail_fail_the_whole(integration):
    status, lines = integration("every-test")
    assert status == 1
    assert lines[-2:] == ["== tests", "python -m pytest every-test"]
