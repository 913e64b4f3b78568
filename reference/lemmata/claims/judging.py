"""A verdict is only as strong as its argument: what the runner believes of what a check says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Real

from lemmata.claims.arguments import (
    ArgumentError,
    Enclosure,
    ExactRelation,
    SymbolicIdentity,
    Unsatisfiable,
    holds,
)
from lemmata.claims.book import Theorem
from lemmata.claims.evidence import Evidence
from lemmata.claims.verdict import Verdict

# A class made by a check could pass anything: only what the library itself repeats is an argument.
_RECHECKABLE = (Enclosure, ExactRelation, SymbolicIdentity, Unsatisfiable)


class RejectedVerdict(Exception):
    """A verdict that says nothing about its theorem; the message says why."""


@dataclass(frozen=True)
class Judgement:
    """The verdict that stands, and what was changed on the way, for the reader."""

    verdict: Verdict
    remarks: tuple[str, ...] = ()


def judge(theorem: Theorem, verdict: Verdict) -> Judgement:
    """Decide what a check's verdict is worth.

    - What is no verdict, a verdict from zero cases, a figure that is not a number, a refutation without a
      witness, and a book that calls a claim refuted when no counterexample was found are rejected.
    - A figure that violates its bound refutes, whatever the check says.
    - ``proved`` needs at least one argument, of a kind that `lemmata.claims.arguments` defines, and all of
      them must hold when repeated here; otherwise it is lowered to consistent.
    - A theorem of kind "attained" that no case attains is rejected as vacuous.

    Raises
    ------
    RejectedVerdict
        As above.
    """
    remarks: list[str] = []
    if not isinstance(verdict, Verdict):
        raise RejectedVerdict(f"the check returned {type(verdict).__name__}, not a Verdict")
    for figure in (verdict.measured, verdict.bound):
        if isinstance(figure, Real) and figure != figure:  # noqa: PLR0124 - only NaN is
            raise RejectedVerdict("a figure of the verdict is not a number (NaN)")
    if verdict.evidence is not Evidence.OUT_OF_REACH and verdict.cases < 1:
        raise RejectedVerdict("the check touched no case")
    if verdict.evidence is not Evidence.REFUTED and _violated(verdict):
        found = f"{verdict.measured} {verdict.relation} {verdict.bound} does not hold"
        verdict = replace(verdict, evidence=Evidence.REFUTED)
        remarks.append(f"refuted by its own figures: {found}")
    elif verdict.evidence is Evidence.REFUTED and verdict.witness is None:
        raise RejectedVerdict("the check refutes its theorem without a witness")
    if verdict.evidence is Evidence.PROVED:
        failures = _failures(verdict)
        if failures:
            verdict = replace(verdict, evidence=Evidence.CONSISTENT)
            remarks += [f"not proved: {failure}" for failure in failures]
    if verdict.evidence >= Evidence.CONSISTENT:
        if theorem.kind == "attained" and not verdict.attained:
            raise RejectedVerdict("vacuous: the bound is called attained, but no case attains it")
        if theorem.kind == "refuted":
            raise RejectedVerdict("the book calls this claim refuted, but the check found no counterexample")
    return Judgement(verdict, tuple(remarks))


def _violated(verdict: Verdict) -> bool:
    figures = (verdict.measured, verdict.bound)
    if not all(isinstance(figure, Real) for figure in figures):
        return False
    return not holds(verdict.measured, verdict.relation, verdict.bound)


def _failures(verdict: Verdict) -> Sequence[str]:
    if not verdict.arguments:
        return ["the check gave no argument that can be re-checked"]
    failures = []
    for argument in verdict.arguments:
        if type(argument) not in _RECHECKABLE:
            failures.append(f"{type(argument).__name__} is not an argument that the runner can repeat")
            continue
        try:
            argument.recheck()
        except ArgumentError as error:
            failures.append(str(error))
    return failures
