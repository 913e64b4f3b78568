"""Theorems, the checks that re-check them, and the evidence that comes out.

The book (``theory/*.md``) states theorems under permanent IDs; `read_book` reads them into `Theorem`
records. ``proofs_check`` has one function per theorem, marked with `check`; `run_checks` runs them,
each in a process of its own, and yields an `Outcome` with the `Judgement` that `judge` derived.

- evidence.py    the six levels, ordered
- formulas.py    the ``Formula:`` lines of the book; formula_language.py what they may say,
                 formula_numbers.py exact numbers and roots
- recorder.py    one `Clause` per clause of a statement: comparisons, certificates, arguments
- domains.py     the finite domains and samples that a check goes through
- comparing.py   relations between numbers, arrays and what holds them
- readable.py    figures and inputs as a witness shows them
- facts.py       what the recorders hold
- verdict.py     what the judge derives: levels, figures, witnesses, plots
- arguments.py   what ``proved`` has to rest on, re-checkable by the machine
- book.py        the parser of the chapters; clauses.py finds the clauses of a statement
- checks.py      ``@check``, the `Run` that a check gets, its random stream
- judging.py     which level follows from the facts
- examining.py   a check and its judge, in this process
- shrinking.py   small witnesses from large ones
- outcome.py     one row of a report
- runner.py      the parallel run; isolation.py supervises processes, workers.py starts them,
                 worker.py is one, server.py is what they are copies of
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
from lemmata.claims.domains import DomainError
from lemmata.claims.evidence import Evidence
from lemmata.claims.examining import NoCheck, examine, examine_by
from lemmata.claims.facts import ClauseFacts, Comparison, Domain, Facts
from lemmata.claims.formula_numbers import FormulaError
from lemmata.claims.formulas import Formula
from lemmata.claims.judging import RejectedVerdict, judge
from lemmata.claims.outcome import Failure, Outcome
from lemmata.claims.recorder import Clause, ClauseRefuted
from lemmata.claims.shrinking import shrink
from lemmata.claims.verdict import ClauseJudgement, Figure, Judgement, Plot, Relation, Series, Witness

__all__ = [
    "Argument",
    "ArgumentError",
    "BookError",
    "Chapter",
    "Check",
    "Clause",
    "ClauseFacts",
    "ClauseJudgement",
    "ClauseRefuted",
    "Comparison",
    "Domain",
    "DomainError",
    "Effort",
    "Enclosure",
    "Evidence",
    "ExactRelation",
    "Facts",
    "Failure",
    "Figure",
    "Formula",
    "FormulaError",
    "Judgement",
    "NoCheck",
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
    "Witness",
    "check",
    "examine",
    "examine_by",
    "find_checks",
    "judge",
    "parse_chapter",
    "random_stream",
    "read_book",
    "select",
    "shrink",
    "theorems",
]
