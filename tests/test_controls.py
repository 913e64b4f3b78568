"""Negative controls: every check refutes at least one broken implementation, with a witness.

A claim that the book calls refuted is different: its check passes by refuting, broken implementation or not.
There the control has to make the claim come out true, or break what the book proves beside it, and the
verdict must be rejected.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from negative_controls import CONTROLS

from lemmata.claims import Evidence, RejectedVerdict, Run, find_checks, judge, theorems

for path in sorted(Path(__file__).parent.glob("*/controls*.py")):
    spec = spec_from_file_location(f"{path.stem}_of_{path.parent.name}", path)
    spec.loader.exec_module(module_from_spec(spec))

THEOREMS = {theorem.id: theorem for theorem in theorems()}


def test_every_check_has_a_control():
    assert {control.claim for control in CONTROLS} == set(find_checks()) == set(THEOREMS)


@pytest.mark.jit
@pytest.mark.parametrize("control", CONTROLS, ids=lambda c: f"{c.claim}-{c.name}")
def test_the_check_refutes_the_broken_implementation(control, monkeypatch):
    control.plant(monkeypatch)
    if THEOREMS[control.claim].kind == "refuted":
        with pytest.raises(RejectedVerdict):
            judge(THEOREMS[control.claim], find_checks()[control.claim](Run.of(control.claim)))
        return
    verdict = find_checks()[control.claim](Run.of(control.claim))
    judged = judge(THEOREMS[control.claim], verdict).verdict
    assert judged.evidence is Evidence.REFUTED
    assert judged.witness is not None
    assert len(str(judged.witness)) < 3000, "a witness should be small enough to check by hand"
