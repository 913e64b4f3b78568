"""What is believed of a theorem after its check: its level, clause by clause, with figures and witnesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from lemmata.claims.evidence import Evidence

Figure = int | float | Fraction | str
"""A number that a check measured or a theorem states; text where a number would not do."""

Relation = Literal["<=", "<", "==", ">=", ">"]


@dataclass(frozen=True)
class Witness:
    """An input on which a claim fails, small enough to check by hand.

    Parameters
    ----------
    inputs : mapping of str to object
        The input, by argument name. Values are kept to what JSON can hold: numbers, text, lists.
    expected, found : object
        What the claim says, and what the implementation gave.
    explanation : str
        One sentence that says how to check it.
    """

    inputs: Mapping[str, object]
    expected: object
    found: object
    explanation: str = ""

    def __str__(self) -> str:
        inputs = ", ".join(f"{name} = {value!r}" for name, value in self.inputs.items())
        tail = f" ({self.explanation})" if self.explanation else ""
        return f"{inputs}: expected {_written(self.expected)}, found {_written(self.found)}{tail}"


def _written(value: object) -> str:
    """A fraction as one writes it, 59/64; all else as Python does."""
    return str(value) if isinstance(value, Fraction) else repr(value)


@dataclass(frozen=True)
class Series:
    """One named curve or cloud of a plot. ``labels`` are shown on hover, one per point."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    mode: Literal["lines", "markers", "lines+markers"] = "lines+markers"
    labels: Sequence[str] = ()

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y):
            raise ValueError(f"series {self.name!r}: x and y differ in length ({len(self.x)}, {len(self.y)})")
        if self.labels and len(self.labels) != len(self.x):
            raise ValueError(f"series {self.name!r}: {len(self.labels)} labels for {len(self.x)} points")


@dataclass(frozen=True)
class Plot:
    """A figure for the report: titled axes, in the units they name, and their series."""

    title: str
    x_title: str
    y_title: str
    series: Sequence[Series]
    x_scale: Literal["linear", "log"] = "linear"
    y_scale: Literal["linear", "log"] = "linear"


@dataclass(frozen=True)
class ClauseJudgement:
    """What is established of one clause of a statement, and by what.

    Parameters
    ----------
    letter, text : str
        As the book has them; the letter is empty where the statement is one clause.
    evidence : Evidence
        Derived from what was done.
    done : sequence of str
        What was done, in words and numbers.
    missing : str
        Where the level is inconclusive or out of reach: what would tell.
    cases : int
        Number of comparisons.
    measured, relation, bound : Figure, str, Figure, or None
        The comparison nearest its bound, or the one that was violated.
    at : mapping
        The instance of that comparison.
    exhibit : str
        The instance at which equality was computed, with the value; empty if there is none.
    witness : Witness or None
        The first violation.
    arguments, steps : sequence of str
        Statements of the re-checked arguments that prove the clause, and of those that are steps only.
    broken_arguments : sequence of str
        Why arguments or steps did not hold.
    notes : sequence of str
        Remarks for the reader.
    """

    letter: str
    text: str
    evidence: Evidence
    done: tuple[str, ...] = ()
    missing: str = ""
    cases: int = 0
    measured: Figure | None = None
    relation: Relation | None = None
    bound: Figure | None = None
    at: Mapping[str, object] = field(default_factory=dict)
    exhibit: str = ""
    witness: Witness | None = None
    arguments: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    broken_arguments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """What the judge derived from a check's facts: the level, clause by clause, and what the code ran on.

    Parameters
    ----------
    evidence : Evidence
        That of the weakest clause.
    clauses : sequence of ClauseJudgement
        In the statement's order.
    tried : sequence of str
        What the named code was run on: domains and samples with their sizes.
    cases : int
        Comparisons in all.
    formulas : sequence of str
        The book's formulas that bounds were taken from, in full.
    witness : Witness or None
        The violation that refutes the theorem.
    disagreement : Witness or None
        Where the library's function, or a second derivation, differs from the book's formula of its name.
    as_the_book_says : bool
        The book calls the first clause false, a counterexample was found, and all else holds.
    plots, notes, costs
        For the report.
    """

    evidence: Evidence
    clauses: tuple[ClauseJudgement, ...]
    tried: tuple[str, ...] = ()
    cases: int = 0
    formulas: tuple[str, ...] = ()
    witness: Witness | None = None
    disagreement: Witness | None = None
    as_the_book_says: bool = False
    plots: tuple[Plot, ...] = ()
    notes: tuple[str, ...] = ()
    costs: Mapping[str, int] = field(default_factory=dict)

    @property
    def headline(self) -> ClauseJudgement | None:
        """The clause whose figure a table shows: a refuted one, else the one nearest its bound."""
        with_figures = [clause for clause in self.clauses if clause.measured is not None]
        refuted = [clause for clause in with_figures if clause.evidence is Evidence.REFUTED]
        inequalities = [clause for clause in with_figures if clause.relation != "=="]
        return next(iter(refuted or inequalities or with_figures), None)
