"""Negative controls: every check refutes at least one broken implementation for each clause, with a witness.

A claim that the book calls refuted is different: its first clause passes by being refuted, whatever is
broken. There the control has to make the claim come out true, and the verdict must be rejected.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from negative_controls import CONTROLS

from lemmata.claims import Evidence, RejectedVerdict, examine, find_checks, theorems
from lemmata.claims.checks import disagreement

for path in sorted(Path(__file__).parent.glob("**/controls*.py")):
    spec = spec_from_file_location(f"{path.stem}_of_{path.parent.name}", path)
    spec.loader.exec_module(module_from_spec(spec))

THEOREMS = {theorem.id: theorem for theorem in theorems()}
FORMULAS = {theorem.topic: {""} for theorem in THEOREMS.values()}
for theorem in THEOREMS.values():
    FORMULAS[theorem.topic].update(formula.name for formula in theorem.formulas)


def test_every_check_has_a_control():
    assert {control.claim for control in CONTROLS} == set(find_checks()) == set(THEOREMS)


def test_each_control_is_registered_once():
    assert len({(control.claim, control.name, control.plant.__code__) for control in CONTROLS}) == len(
        CONTROLS
    )


def test_controls_name_clauses_and_formulas_that_the_book_has():
    for control in CONTROLS:
        theorem = THEOREMS[control.claim]
        assert set(control.clauses) <= set(theorem.clauses), control
        assert control.formula in FORMULAS[theorem.topic], control


@pytest.mark.jit
@pytest.mark.parametrize("control", CONTROLS, ids=lambda c: f"{c.claim}-{c.formula or c.clauses}-{c.name}")
def test_the_check_refutes_the_broken_implementation(control, monkeypatch):
    control.plant(monkeypatch)
    theorem = THEOREMS[control.claim]
    if control.formula:
        judgement = examine(theorem, until=[control.formula])
        assert judgement.disagreement is not None
        assert judgement.disagreement.explanation == disagreement(control.formula)
        return
    letters = control.clauses
    if theorem.kind == "refuted" and letters[0] == next(iter(theorem.clauses)):
        with pytest.raises(RejectedVerdict):
            examine(theorem)
        return
    judgement = examine(theorem, until=letters, together=True)
    by_letter = {clause.letter: clause for clause in judgement.clauses}
    for letter in letters:
        clause = by_letter[letter]
        assert clause.evidence is Evidence.REFUTED or clause.broken_arguments, (letter, clause.done)
        assert len(str(clause.witness)) < 3000, "a witness should be small enough to check by hand"


@pytest.mark.slow
def test_every_clause_that_is_checked_has_a_control(quick_run):
    controlled = {(control.claim, letter) for control in CONTROLS for letter in control.clauses}
    missing = [
        f"{row['id']} ({clause['letter']})"
        for row in quick_run.json["theorems"]
        if row["judgement"] is not None
        for clause in row["judgement"]["clauses"]
        if clause["evidence"] not in ("out of reach", "inconclusive")
        and (row["id"], clause["letter"]) not in controlled
    ]
    assert missing == []
