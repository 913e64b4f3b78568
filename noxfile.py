"""The project's habits: tests, lint, typecheck, docs, bench, reliability and mutation, as ``nox -s NAME``."""

import nox

nox.options.sessions = ["lint", "typecheck", "tests"]
nox.options.default_venv_backend = "venv"

TOPICS = ["tests/hamming", "tests/discrepancy", "tests/quantization"]
PLAIN = {"NUMBA_DISABLE_JIT": "1", "HYPOTHESIS_PROFILE": "small"}


@nox.session(python=["3.11", "3.12", "3.13", "3.14"])
def tests(session: nox.Session) -> None:
    """The default test run; ``nox -s tests-3.13 -- -k hamming`` passes arguments on."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session
def no_jit(session: nox.Session) -> None:
    """The small profile as plain Python: what Numba compiles has to mean the same uncompiled."""
    session.install("-e", ".[test]")
    session.run(
        "python",
        "-m",
        "pytest",
        *TOPICS,
        "-m",
        "not slow and not jit",
        *session.posargs,
        env=PLAIN,
    )


@nox.session
def thorough(session: nox.Session) -> None:
    """Many more Hypothesis examples, and the standard effort of every check."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", *session.posargs, env={"HYPOTHESIS_PROFILE": "thorough"})
    session.run("lemmata", "verify", "--effort", "standard")


@nox.session
def lint(session: nox.Session) -> None:
    """Style and format."""
    session.install("ruff>=0.12")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def typecheck(session: nox.Session) -> None:
    """mypy --strict on the package and the checks."""
    session.install("-e", ".[dev]")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Every example in the book, the docs, the README and the docstrings."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", "reference", "theory", "docs", "README.md")


@nox.session
def bench(session: nox.Session) -> None:
    """Benchmarks side by side; ``--benchmark-json`` keeps them."""
    session.install("-e", ".[bench]")
    session.run(
        "python", "-m", "pytest", "benches", "--benchmark-enable", "--benchmark-only", *session.posargs
    )


@nox.session
def reliability(session: nox.Session) -> None:
    """Sabotage and inflation, branch coverage as plain Python, and a run with Numba's bounds checks."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", "tests/reliability", "-m", "reliability", *session.posargs)
    small = ["python", "-m", "pytest", *TOPICS, "-m", "not slow and not jit"]
    session.run(*small, "--cov", "--cov-report=term", env=PLAIN)
    session.run("python", "-m", "pytest", *TOPICS, "-m", "not slow", env={"NUMBA_BOUNDSCHECK": "1"})


@nox.session
def mutation(session: nox.Session) -> None:
    """Share of a random sample of small faults that tests and checks notice.

    ``nox -s mutation -- --count 150 --seed 0`` prints the sample, plants each fault in a copy of the
    checkout, and ends with the survivors and their diffs.
    An interrupted run goes on where it was; ``-- --help`` says the rest.
    """
    session.install("-e", ".[test]")
    session.run("python", "-m", "reliability.mutation", *session.posargs, env={"PYTHONPATH": "tests"})
