"""Nothing named is unused, and no bound moves unnoticed: each function in ``Code:`` and each ``Formula:`` is
broken, one at a time.

Run with ``pytest tests/reliability -m reliability``, or with ``-k HAM`` for one topic. A pair that is not
noticed has to stand in EXCUSED with its reason.
"""

from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest
from sabotage import ENDLESS, Inflated, Outcome, exchange, experiment, functions_behind, raises, resolve

from lemmata.claims import Evidence, find_checks, theorems

pytestmark = [pytest.mark.reliability, pytest.mark.jit]

ALL = theorems()
PAIRS = [(theorem, name) for theorem in ALL for name in theorem.code]
LABELS = [f"{theorem.id}-{name.removeprefix('lemmata.')}" for theorem, name in PAIRS]
FACTORS = {"ten times": Fraction(10), "a tenth": Fraction(1, 10)}

EXCUSED: dict[tuple[str, str], str] = {
    ("DIS-23", "lemmata.discrepancy.ExactStep.child"): "steps of a tenth never end; ten times is noticed",
}
"""(theorem, function or formula) pairs whose change by a factor is not noticed, each with the reason."""

FORMULAS = [(theorem, formula) for theorem in ALL for formula in theorem.formulas]


@cache
def sabotaged(claim: str, name: str) -> list[tuple[str, Outcome]]:
    """Every plain function behind a name, replaced by one that raises."""
    theorem = next(t for t in ALL if t.id == claim)
    find_checks(theorem.topic)

    def breaking(function):
        def plant():
            exchange(function, raises)
            return lambda: True

        return plant

    return [(full, experiment(theorem, breaking(function))) for full, function in functions_behind(name)]


@cache
def inflated(claim: str, name: str, factor: str) -> list[tuple[str, Outcome]]:
    """Every plain function behind a name, with the numbers in what it returns multiplied."""
    theorem = next(t for t in ALL if t.id == claim)
    find_checks(theorem.topic)

    def breaking(function):
        def plant():
            scaled = Inflated(FACTORS[factor])
            exchange(function, scaled)
            return lambda: scaled.met

        return plant

    return [
        (full, experiment(theorem, breaking(function)))
        for full, function in functions_behind(name)
        if (claim, full) not in EXCUSED
    ]


@cache
def untouched(claim: str) -> str:
    """What the check says when nothing is broken."""
    return experiment(next(t for t in ALL if t.id == claim), lambda: lambda: True).how


def unnoticed(claim: str, outcomes: list[tuple[str, Outcome]]) -> list[tuple[str, Outcome]]:
    """Breaks that were met and changed nothing; a level that falls is noticed too."""
    before = untouched(claim)
    assert before in map(str, Evidence), f"{claim} is not sound to begin with: {before}"
    return [
        (name, outcome)
        for name, outcome in outcomes
        if outcome.met
        and not outcome.noticed
        and (outcome.how == ENDLESS or Evidence(outcome.how) >= Evidence(before))
    ]


@pytest.mark.parametrize(("theorem", "name"), PAIRS, ids=LABELS)
def test_a_named_function_that_raises_fails_the_check(theorem, name):
    outcomes = sabotaged(theorem.id, name)
    if hasattr(resolve(name), "py_func"):
        return  # compiled code cannot be exchanged under its callers; its callers are named too
    assert outcomes, f"{name} stands for no function"
    assert not unnoticed(theorem.id, outcomes)


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize(("theorem", "name"), PAIRS, ids=LABELS)
def test_a_number_that_is_off_by_ten_is_noticed(theorem, name, factor):
    first = next(iter(FACTORS))
    if factor != first and not any(outcome.met for _, outcome in inflated(theorem.id, name, first)):
        return  # it returns no numbers
    assert not unnoticed(theorem.id, inflated(theorem.id, name, factor))


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize(
    ("theorem", "formula"), FORMULAS, ids=lambda value: getattr(value, "id", getattr(value, "name", None))
)
def test_a_formula_of_the_book_that_is_off_by_ten_is_noticed(theorem, formula, factor):
    if (theorem.id, formula.name) in EXCUSED:
        return
    off = replace(formula, expression=f"{FACTORS[factor]} * ({formula.expression})")
    formulas = tuple(off if own is formula else own for own in theorem.formulas)
    outcome = experiment(replace(theorem, formulas=formulas), lambda: lambda: True)
    assert not unnoticed(theorem.id, [(formula.name, outcome)])
