"""Theorems, the checks that re-check them, and the evidence that comes out.

The book (``theory/*.md``) states theorems under permanent IDs; `read_book` reads them into `Theorem`
records. ``proofs_check`` has one function per theorem, marked with `check`; `run_checks` runs them,
each in a process of its own, and yields an `Outcome` with the `Verdict` that stood up to `judge`.

- evidence.py    the six levels, ordered
- verdict.py     what a check returns: figure, bound, domain, witness, plots
- arguments.py   what ``proved`` has to rest on, re-checkable by the machine
- book.py        the parser of the chapters
- checks.py      ``@check``, the `Run` that a check gets, its random stream
- judging.py     what the runner believes of a verdict
- shrinking.py   small witnesses from large ones
- outcome.py     one row of a report
- isolation.py, worker.py, runner.py    processes, their supervisor, and the parallel run
"""

from lemmata.claims.arguments import (
    Argument,
    ArgumentError,
    Enclosure,
    ExactRelation,
    SymbolicIdentity,
    Unsatisfiable,
)
from lemmata.claims.book import (
    BookError,
    Chapter,
    Theorem,
    UnknownClaim,
    parse_chapter,
    read_book,
    select,
    theorems,
)
from lemmata.claims.checks import Check, Effort, Run, check, find_checks, random_stream
from lemmata.claims.evidence import Evidence
from lemmata.claims.judging import Judgement, RejectedVerdict, judge
from lemmata.claims.outcome import Failure, Outcome
from lemmata.claims.shrinking import shrink
from lemmata.claims.verdict import Figure, Plot, Relation, Series, Verdict, Witness, refuted

__all__ = [
    "Argument",
    "ArgumentError",
    "BookError",
    "Chapter",
    "Check",
    "Effort",
    "Enclosure",
    "Evidence",
    "ExactRelation",
    "Failure",
    "Figure",
    "Judgement",
    "Outcome",
    "Plot",
    "RejectedVerdict",
    "Relation",
    "Run",
    "Series",
    "SymbolicIdentity",
    "Theorem",
    "UnknownClaim",
    "Unsatisfiable",
    "Verdict",
    "Witness",
    "check",
    "find_checks",
    "judge",
    "parse_chapter",
    "random_stream",
    "read_book",
    "refuted",
    "select",
    "shrink",
    "theorems",
]
