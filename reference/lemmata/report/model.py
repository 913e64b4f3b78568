"""A run of `lemmata verify` as data: what the table, the JSON file and the HTML page are made from."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import lemmata
from lemmata.claims import Effort, Evidence, Failure, Outcome, Theorem

_REPORTED_PACKAGES = ("numpy", "scipy", "numba", "python-flint", "joblib")


@dataclass(frozen=True)
class Row:
    """A theorem and what became of it."""

    theorem: Theorem
    outcome: Outcome

    @property
    def fails(self) -> bool:
        """Refuted, and not as the book says."""
        judgement = self.outcome.judgement
        return (
            judgement is not None
            and judgement.evidence is Evidence.REFUTED
            and not judgement.as_the_book_says
        )


@dataclass(frozen=True)
class Report:
    """Everything that a reader needs to see, and to repeat, a run.

    ``rows`` are in the book's order, one per selected theorem, also where no check was run
    (``partial`` is then true). ``command`` repeats the run. Times are in seconds. ``ending`` is what else
    than the theorems decides the exit status: 129, 130 or 143 after a signal, 141 when what was printed
    reached nobody, 3 when a file could not be written, 0 otherwise.
    """

    rows: tuple[Row, ...]
    effort: Effort
    seed: int
    jobs: int
    partial: bool
    started: datetime
    seconds: float
    command: str
    versions: tuple[tuple[str, str], ...]
    system: str
    ending: int = 0

    @property
    def exit_status(self) -> int:
        """What the command ends with: the signal's status, else the result's, else how the run ended."""
        return self.ending if self.interrupted else self.result or self.ending

    @property
    def interrupted(self) -> bool:
        """Whether a signal cut the run short."""
        return self.ending in (129, 130, 143)

    @property
    def result(self) -> int:
        """0: every check ran, nothing is refuted; 1: something is; 3: nothing is, but a check failed."""
        if any(row.fails for row in self.rows):
            return 1
        if any(row.outcome.judgement is None and row.outcome.label == "error" for row in self.rows):
            return 3
        return 0

    @property
    def confirms_a_refutation(self) -> bool:
        """Whether a claim that the book calls refuted was found so."""
        return any(row.outcome.evidence is Evidence.REFUTED and not row.fails for row in self.rows)

    def counts(self) -> dict[str, int]:
        """How many rows have each label, strongest evidence first; labels that no row has are left out."""
        labels = [str(level) for level in Evidence] + ["error", "not run"]
        counts = {label: sum(row.outcome.label == label for row in self.rows) for label in labels}
        return {label: count for label, count in counts.items() if count}


def in_paragraphs(theorem: Theorem) -> str:
    """The statement, in Markdown, with a paragraph for each clause."""
    parts, place = [], 0
    for letter, clause in theorem.clauses.items():
        if letter:
            mark = theorem.statement.rindex(f"({letter})", place, theorem.statement.index(clause, place))
            parts.append(theorem.statement[place:mark].strip())
            place = mark
    return "\n\n".join(part for part in (*parts, theorem.statement[place:]) if part)


def make_report(
    theorems: Sequence[Theorem],
    outcomes: Sequence[Outcome],
    *,
    effort: Effort,
    seed: int,
    jobs: int,
    started: datetime,
    command: str,
    ending: int = 0,
) -> Report:
    """Put outcomes into the book's order; theorems without one count as not run."""
    found = {outcome.claim: outcome for outcome in outcomes}
    missing = Failure("not run", "the run was interrupted")
    rows = tuple(
        Row(theorem, found.get(theorem.id, Outcome(theorem.id, None, missing))) for theorem in theorems
    )
    return Report(
        rows=rows,
        effort=effort,
        seed=seed,
        jobs=jobs,
        partial=any(row.outcome.label == "not run" for row in rows),
        started=started,
        seconds=(datetime.now(UTC) - started).total_seconds(),
        command=command,
        versions=_versions(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        ending=ending,
    )


def _versions() -> tuple[tuple[str, str], ...]:
    versions = [("lemmata", lemmata.__version__), ("python", platform.python_version())]
    for package in _REPORTED_PACKAGES:
        try:
            versions.append((package, version(package)))
        except PackageNotFoundError:  # imported from a source tree, say
            versions.append((package, "unknown"))
    return tuple(versions)
