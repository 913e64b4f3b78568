"""The command line as people use it."""

import os
import re
import subprocess
import sys

import pytest

from lemmata.claims import theorems
from lemmata.cli import main


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out.startswith("lemmata 0.")


@pytest.mark.parametrize("command", [[], ["verify"], ["explain"], ["list"], ["completion"]])
def test_help_has_examples(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([*command, "--help"])
    assert stop.value.code == 0
    assert "example" in capsys.readouterr().out


def test_explain_shows_the_theorem_with_readable_formulas(capsys):
    assert main(["explain", "ham-3"]) == 0
    output = capsys.readouterr().out
    for words in (
        "HAM-3",
        "Abrahamson",
        "upper bound",
        "lemmata.hamming.abrahamson",
        "Proof (complete)",
        "√",
    ):
        assert words in output
    assert "\\sqrt" not in output
    assert "$" not in output


def test_explain_shows_each_clause_apart_and_the_formulas(capsys):
    theorem = next(t for t in theorems() if len(t.clauses) > 1 and t.formulas)
    assert main(["explain", theorem.id]) == 0
    output = capsys.readouterr().out
    lines = output.splitlines()
    for letter in theorem.clauses:
        assert any(line.startswith(f"({letter}) ") for line in lines), letter
    assert all(f"Formula: {formula.name}(" in output for formula in theorem.formulas)


def test_list_shows_theorems_and_algorithms(capsys):
    assert main(["list"]) == 0
    output = capsys.readouterr().out
    for words in ("hamming", "HAM-1", "HAM-8", "lemmata.hamming.per_letter_fft"):
        assert words in output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["verify", "haming"], "hamming"),
        (["verify", "HAM-33"], "HAM-3"),
        (["explain", "HAM-33"], "HAM-3"),
        (["list", "HAM-3"], "lemmata explain HAM-3"),
        (["verify", "HAM-7", "--report", "/nowhere/r.html"], "does not exist"),
        (["verify", "HAM-7", "--json", "."], "is a directory"),
        (["verify", "HAM-7", "--scheduler", "tcp://x:1"], "--backend dask"),
        (["verify", "HAM-7", "--backend", "dask"], "--scheduler"),
    ],
)
def test_bad_usage_is_one_clear_line_and_status_2(arguments, words, capsys):
    assert main(arguments) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("lemmata: ")
    assert words in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--jobs", "0"],
        ["--jobs", "x"],
        ["--rng", "-1"],
        ["--effort", "huge"],
        ["--time-limit", "0"],
        ["--nonsense"],
    ],
)
def test_bad_options_are_refused(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["verify", *arguments])
    assert stop.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_scripts_know_the_options(shell, capsys):
    assert main(["completion", shell]) == 0
    output = capsys.readouterr().out
    assert "--effort" in output or "effort" in output
    if shell != "tcsh":
        assert "HAM-3" in output


def test_bash_completes_ids(tmp_path, capsys):
    main(["completion", "bash"])
    script = tmp_path / "lemmata.bash"
    script.write_text(capsys.readouterr().out)
    ask = f"""source {script}
    COMP_WORDS=(lemmata verify HAM-); COMP_CWORD=2
    _shtab_lemmata
    printf '%s\\n' "${{COMPREPLY[@]}}" """
    result = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True)
    assert "HAM-3" in result.stdout.split()


def test_import_is_light():
    code = (
        "import sys, time; t = time.perf_counter(); import lemmata; s = time.perf_counter() - t\n"
        "heavy = {'numba', 'cvxpy', 'plotly', 'numpy', 'lemmata.proofs_check'} & set(sys.modules)\n"
        "print(s, sorted(heavy)); assert not heavy; assert s < 0.3; lemmata.hamming.distances"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_version_loads_no_compiler():
    code = (
        "import sys\nfrom lemmata.cli import main\ntry: main(['--version'])\nexcept SystemExit: pass\n"
        "assert not {'numba', 'rich', 'scipy', 'plotly'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


@pytest.mark.parametrize("cache", ["missing", "a file"])
def test_kernels_compile_without_a_cache_directory(tmp_path, cache):
    place = tmp_path / "cache"
    if cache == "a file":
        place.write_text("not a directory")
        place = place / "below"
    # No place is left to Numba: neither the package's own folder nor the user's.
    code = (
        "import numba.core.caching as c\n"
        "def refuse(self): raise OSError('read-only')\n"
        + ("c._CacheLocator.ensure_cache_path = refuse\n" if cache == "a file" else "")
        + "from lemmata.hamming.definition import count_mismatches\n"
        "import numpy as np; print(count_mismatches.compiled()(np.array([0, 1, 2, 0]), np.array([0])))"
    )
    environment = os.environ | {"NUMBA_CACHE_DIR": str(place)}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[0 1 1 0]"


def test_no_color_is_respected_and_pipes_get_plain_lines():
    environment = os.environ | {"NO_COLOR": "1"}
    command = [sys.executable, "-m", "lemmata", "verify", "HAM-7"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "\x1b" not in result.stdout
    assert re.match(r"\[1/1\] HAM-7  (proved|verified|consistent)  \d+\.\d s\n", result.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_progress_is_live_on_a_terminal():
    import pty

    main_end, end = pty.openpty()
    command = [sys.executable, "-m", "lemmata", "verify", "HAM-7"]
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"TERM": "xterm"}
    with subprocess.Popen(command, stdout=end, stderr=end, stdin=end, env=environment) as process:
        os.close(end)
        output = b""
        while True:
            try:
                part = os.read(main_end, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            output += part
    os.close(main_end)
    assert process.returncode == 0
    assert b"0/1" in output
    assert b"\x1b[" in output
