"""The judge: which evidence level follows from what a check did.

========================================================================================  ============
what was done for a clause                                                                level
========================================================================================  ============
re-checked arguments that together are the clause, for all inputs in the hypotheses       proved
every member of a named finite domain, or every instance with a separately checked        verified
certificate
seeded random and adversarial instances, instances written out                            consistent
the data cannot tell, or nothing was done                                                 inconclusive
a violation                                                                               refuted
needs what this library does not run                                                      out of reach
========================================================================================  ============

A theorem's level is that of its weakest clause.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lemmata.claims.arguments import (
    Argument,
    ArgumentError,
    Enclosure,
    ExactRelation,
    SymbolicIdentity,
    Unsatisfiable,
)
from lemmata.claims.book import Theorem
from lemmata.claims.evidence import Evidence
from lemmata.claims.facts import ClauseFacts, Comparison, Domain, Facts
from lemmata.claims.verdict import ClauseJudgement, Judgement

# A class made by a check could pass anything: only what the library itself repeats is an argument.
_RECHECKABLE = (Enclosure, ExactRelation, SymbolicIdentity, Unsatisfiable)


class RejectedVerdict(Exception):
    """Facts that say nothing about the theorem; the message says why."""


def judge(theorem: Theorem, facts: Facts) -> Judgement:
    """Derive the level of a theorem and of each clause from the facts.

    - A clause without a fact is not checked: inconclusive. Nothing that equals nothing is no fact.
    - ``proved`` needs arguments of a kind that `lemmata.claims.arguments` defines, all of which hold when
      repeated here, and a reason why they together are the clause.
    - A formula of the theorem that was not evaluated makes the theorem inconclusive; a library function
      that differs from the book's formula of its name refutes it.
    - In a theorem of kind "refuted" the first clause is the claim that the book calls false.

    Raises
    ------
    RejectedVerdict
        When a theorem of kind "attained" has no exhibit, or one of kind "refuted" no counterexample.
    """
    claim_is_false = theorem.kind == "refuted"
    clauses = [
        _judge_clause(facts, facts.clauses[letter], text, attained=theorem.kind == "attained")
        for letter, text in theorem.clauses.items()
    ]
    false_clause = clauses[0] if claim_is_false else None
    undecided = false_clause is not None and bool(facts.clauses[false_clause.letter].undecided)
    if false_clause is not None and false_clause.evidence is not Evidence.REFUTED and not undecided:
        raise RejectedVerdict("the book calls this claim refuted, but the check found no counterexample")
    shown = any(clause.exhibit or clause.evidence is Evidence.REFUTED for clause in clauses)
    if theorem.kind == "attained" and not shown and facts.disagreement is None:
        raise RejectedVerdict("vacuous: the bound is called attained, but no case attains it")
    notes = list(facts.notes)
    # What is worst beside the false claim decides whether the row is as the book says.
    others = [clause for clause in clauses if undecided or clause is not false_clause]
    evidence = _weakest(others) if others else Evidence.PROVED
    witness = next((clause.witness for clause in others if clause.witness is not None), None)
    if facts.disagreement is not None:
        evidence, witness = Evidence.REFUTED, witness or facts.disagreement
    unused = [formula.name for formula in theorem.formulas if formula.name not in facts.formulas]
    if unused and evidence is not Evidence.REFUTED:
        evidence = min(evidence, Evidence.INCONCLUSIVE)
        notes.append(f"not evaluated: the formula {', '.join(unused)}")
    as_the_book_says = claim_is_false and not undecided and evidence is not Evidence.REFUTED
    if as_the_book_says and false_clause is not None:
        evidence, witness = Evidence.REFUTED, false_clause.witness
    return Judgement(
        evidence=evidence,
        clauses=tuple(clauses),
        tried=tuple(_domains(facts)),
        cases=sum(own.cases for own in facts.clauses.values()),
        formulas=tuple(str(formula) for formula in theorem.formulas),
        witness=witness,
        disagreement=facts.disagreement,
        as_the_book_says=as_the_book_says,
        plots=tuple(facts.plots),
        notes=tuple(notes),
        costs=dict(facts.costs),
    )


def _weakest(clauses: Sequence[ClauseJudgement]) -> Evidence:
    """Refuted if one clause is, else the level of the weakest."""
    levels = [clause.evidence for clause in clauses]
    return Evidence.REFUTED if Evidence.REFUTED in levels else min(levels)


def _judge_clause(facts: Facts, own: ClauseFacts, text: str, *, attained: bool) -> ClauseJudgement:
    done: list[str] = []
    level = Evidence.INCONCLUSIVE
    compared = own.cases > own.vacuous
    tried_all = any(_tried(facts.domains[at], own, at) for at in own.domains)
    if compared:
        level = Evidence.CONSISTENT
        if tried_all or own.certified == own.cases:
            level = Evidence.VERIFIED
    for at in own.domains:
        domain = facts.domains[at]
        part = _part(domain, own, at)
        if domain.complete:
            done.append(f"all {domain.members}: {domain.description}{part}")
        elif domain.size is not None:
            done.append(f"{domain.members} of {domain.size}: {domain.description}{part}")
        else:
            done.append(f"{domain.members} samples: {domain.description}{part}")
    if own.stray:
        done.append(f"{own.stray} comparisons on instances written out")
    if own.certified:
        done.append(f"{own.certified} certificates, checked by {', '.join(sorted(own.checkers))}")
    failures, step_failures = recheck(own.arguments), recheck(own.steps)
    proved = bool(own.arguments) and not failures
    if proved:
        level = Evidence.PROVED
        done.append(f"proved: {own.because}")
    elif own.arguments:
        done += [f"not proved: {failure}" for failure in failures]
    if own.steps and not step_failures:
        done.append(f"{len(own.steps)} steps of the proof re-checked")
    done += [f"a step of the proof does not hold: {failure}" for failure in step_failures]
    missing = ""
    if own.undecided:
        level, missing = min(level, Evidence.INCONCLUSIVE), own.undecided
    if own.needs:
        level, missing = Evidence.OUT_OF_REACH, own.needs
    if level is Evidence.INCONCLUSIVE and not missing:
        missing = "not checked: no fact covers this clause"
        if own.vacuous:
            missing = "not checked: in every comparison, nothing was found equal to nothing"
    if step_failures:
        level = min(level, Evidence.INCONCLUSIVE)
        missing = missing or "a step of the proof does not hold"
    if own.witness is not None:
        level = Evidence.REFUTED
    shown = own.violation or own.nearest or (own.exhibit if attained else None)
    verdict = ClauseJudgement(
        letter=own.letter,
        text=text,
        evidence=level,
        done=tuple(done),
        missing=missing,
        cases=own.cases,
        exhibit=_in_words(own.exhibit),
        witness=own.witness,
        arguments=tuple(argument.statement for argument in own.arguments) if proved else (),
        steps=tuple(step.statement for step in own.steps) if not step_failures else (),
        broken_arguments=tuple(failures) + tuple(step_failures),
        notes=tuple(own.notes),
    )
    if shown is None:
        return verdict
    return replace(
        verdict, measured=shown.found, relation=shown.relation, bound=shown.bound, at=dict(shown.inputs)
    )


def _tried(domain: Domain, own: ClauseFacts, at: int) -> bool:
    """Whether a clause was compared at every member of a finite domain that it concerns, chance aside."""
    return domain.complete and not domain.random and _accounted(own, at) == domain.handed_out


def _accounted(own: ClauseFacts, at: int) -> int:
    return own.domains[at] + own.outside.get(at, 0)


def _part(domain: Domain, own: ClauseFacts, at: int) -> str:
    """At which members of a domain a clause was compared, where that is not all."""
    members = own.domains[at]
    part = ""
    if members < domain.handed_out:
        whole = _accounted(own, at) == domain.handed_out
        part = f", which concerns {members} of them" if whole else f", compared at {members} of them"
    return part + (", with random numbers" if domain.random and domain.size is not None else "")


def _in_words(exhibit: Comparison | None) -> str:
    if exhibit is None:
        return ""
    inputs = ", ".join(f"{name} = {value}" for name, value in exhibit.inputs.items())
    return f"{exhibit.found} at {inputs}" if inputs else str(exhibit.found)


def recheck(arguments: Sequence[Argument]) -> list[str]:
    """Repeat arguments; what does not hold, and why."""
    failures = []
    for argument in arguments:
        if type(argument) not in _RECHECKABLE:
            failures.append(f"{type(argument).__name__} is not an argument that the runner can repeat")
            continue
        try:
            argument.recheck()
        except ArgumentError as error:
            failures.append(str(error))
    return failures


def _domains(facts: Facts) -> list[str]:
    lines = []
    for domain in facts.domains:
        count = f"all {domain.members}" if domain.complete else f"{domain.members}"
        lines.append(f"{count}: {domain.description}")
    stray = sum(own.stray for own in facts.clauses.values())
    if stray:
        lines.append(f"{stray} comparisons on instances written out")
    return lines
