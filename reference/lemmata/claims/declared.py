"""Verdicts that checks of the older form declare themselves: a level, a domain in words, figures.

A check of this form returns a `Verdict`; the level that it claims is believed only where its figures and
arguments carry it, and the row says that it was declared. Checks that report facts clause by clause
(`Run.clause`) take its place one by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real

from lemmata.claims.arguments import Argument, holds
from lemmata.claims.book import Theorem
from lemmata.claims.evidence import Evidence
from lemmata.claims.judging import RejectedVerdict, recheck
from lemmata.claims.verdict import ClauseJudgement, Figure, Judgement, Plot, Relation, Witness


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Parameters
    ----------
    evidence : Evidence
        The level that the check claims. The runner lowers it if the argument does not carry it.
    domain : str
        What was covered, in words and numbers.
    cases : int
        Number of instances that were compared. Zero is an error, unless the claim is out of reach.
    measured, bound : int, float, Fraction, str or None
        The figure closest to violating the theorem and the theorem's value for the same instance.
    relation : {"<=", "<", "==", ">=", ">"}
        What must hold between ``measured`` and ``bound``.
    attained : bool or None
        Did some case reach the bound? A theorem of kind "attained" needs True.
    witness : Witness or None
        Required when ``evidence`` is refuted.
    arguments : sequence of Argument
        What the machine re-checks before it believes a ``proved``.
    plots : sequence of Plot
        Figures for the report.
    notes : sequence of str
        Remarks for the reader: what would make an inconclusive row tell, which part is checked.
    costs : mapping of str to int
        Counted costs worth reporting, by counter name.
    """

    evidence: Evidence
    domain: str
    cases: int
    measured: Figure | None = None
    bound: Figure | None = None
    relation: Relation = "<="
    attained: bool | None = None
    witness: Witness | None = None
    arguments: Sequence[Argument] = ()
    plots: Sequence[Plot] = ()
    notes: Sequence[str] = ()
    costs: Mapping[str, int] = field(default_factory=dict)


def refuted(
    cases: int, witness: Witness, measured: Figure | None = None, bound: Figure | None = None
) -> Verdict:
    """The verdict on a claim that a witness contradicts, after so many cases."""
    return Verdict(
        Evidence.REFUTED, f"{cases} cases up to the first failure", cases, measured, bound, witness=witness
    )


def judge_declared(theorem: Theorem, verdict: object) -> Judgement:
    """What a declared verdict is worth.

    - What is no verdict, a verdict from zero cases, a figure that is not a number, a refutation without a
      witness, and a book that calls a claim refuted when no counterexample was found are rejected.
    - A figure that violates its bound refutes, whatever the check says.
    - ``proved`` needs arguments that hold when repeated; otherwise it is lowered to consistent.
    - A theorem of kind "attained" that no case attains is rejected as vacuous.

    Raises
    ------
    RejectedVerdict
        As above.
    """
    if not isinstance(verdict, Verdict):
        raise RejectedVerdict(f"the check returned {type(verdict).__name__}, not a Verdict")
    for figure in (verdict.measured, verdict.bound):
        if isinstance(figure, Real) and figure != figure:  # noqa: PLR0124 - only NaN is
            raise RejectedVerdict("a figure of the verdict is not a number (NaN)")
    if verdict.evidence is not Evidence.OUT_OF_REACH and verdict.cases < 1:
        raise RejectedVerdict("the check touched no case")
    level, notes = verdict.evidence, list(verdict.notes)
    if level is not Evidence.REFUTED and _violated(verdict):
        level = Evidence.REFUTED
        notes.append(
            f"refuted by its own figures: {verdict.measured} {verdict.relation} {verdict.bound} does not hold"
        )
    elif level is Evidence.REFUTED and verdict.witness is None:
        raise RejectedVerdict("the check refutes its theorem without a witness")
    failures: list[str] = []
    if level is Evidence.PROVED:
        failures = recheck(verdict.arguments) or ([] if verdict.arguments else ["no argument was given"])
        if failures:
            level = Evidence.CONSISTENT
            notes += [f"not proved: {failure}" for failure in failures]
    if level >= Evidence.CONSISTENT:
        if theorem.kind == "attained" and not verdict.attained:
            raise RejectedVerdict("vacuous: the bound is called attained, but no case attains it")
        if theorem.kind == "refuted":
            raise RejectedVerdict("the book calls this claim refuted, but the check found no counterexample")
    # The check names no clauses: its one verdict stands for the whole statement.
    whole = ClauseJudgement(
        letter="",
        text=theorem.statement,
        evidence=level,
        done=(verdict.domain, "the level was declared by the check, for the statement as a whole"),
        cases=verdict.cases,
        measured=verdict.measured,
        relation=None if verdict.bound is None else verdict.relation,
        bound=verdict.bound,
        witness=verdict.witness,
        arguments=() if failures else tuple(argument.statement for argument in verdict.arguments),
        broken_arguments=tuple(failures),
    )
    return Judgement(
        evidence=level,
        clauses=(whole,),
        tried=(verdict.domain,),
        cases=verdict.cases,
        witness=verdict.witness,
        as_the_book_says=theorem.kind == "refuted" and level is Evidence.REFUTED,
        plots=tuple(verdict.plots),
        notes=tuple(notes),
        costs=dict(verdict.costs),
    )


def _violated(verdict: Verdict) -> bool:
    figures = (verdict.measured, verdict.bound)
    if not all(isinstance(figure, Real) for figure in figures):
        return False
    return not holds(verdict.measured, verdict.relation, verdict.bound)
