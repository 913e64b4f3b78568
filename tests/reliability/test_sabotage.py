"""Nothing named is unused, and no bound moves unnoticed: each function in ``Code:`` and each ``Formula:`` is
broken, one at a time.

Run with ``pytest tests/reliability -m reliability``, or with ``-k HAM`` for one topic. A pair that is not
noticed has to stand in EXCUSED with its reason.
"""

from collections.abc import Callable, Container
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from types import FunctionType

import pytest
from sabotage import ENDLESS, Inflated, Outcome, as_it_is, exchange, experiment, functions_behind, raises
from sabotaged_kernels import kernels_behind, raise_in, scale

from lemmata.claims import Evidence, Formula, Run, Theorem, find_checks, theorems

pytestmark = [pytest.mark.reliability, pytest.mark.jit]

ALL = theorems()
PAIRS = [(theorem, name) for theorem in ALL for name in theorem.code]
LABELS = [f"{theorem.id}-{name.removeprefix('lemmata.')}" for theorem, name in PAIRS]
FACTORS = {"ten times": Fraction(10), "a tenth": Fraction(1, 10)}

EXCUSED: dict[tuple[str, str], str] = {
    ("DIS-24", "lemmata.discrepancy.ExactStep.child"): "steps of a tenth never end; ten times is noticed",
    ("HAM-14", "lemmata.hamming.bit_packed.carry_repair.solve_cyclic"): (
        "its solution stands in an argument; what it returns counts steps, of which HAM-14 says nothing"
    ),
    ("HAM-14", "lemmata.hamming.bit_packed.carry_repair.peel"): (
        "HAM-14 asks whether no position is left undecided, not how many are, nor after how many operations"
    ),
}
"""(theorem, function or formula) pairs whose change by a factor is not noticed, each with the reason."""

GROWTH = {("DIS-6", "generalization_error"): ["1/m"]}
"""Formulas of which a check compares the growth alone, and factors that change it."""

FORMULAS = [(theorem, formula) for theorem in ALL for formula in theorem.formulas]


Plan = Callable[[], Callable[[], bool]]


def broken(
    claim: str,
    name: str,
    function: Callable[[FunctionType], Plan],
    kernel: Callable[[object], Plan],
    excused: Container[tuple[str, str]] = (),
) -> list[tuple[str, Outcome]]:
    """What the check says of every function and kernel behind a name, each broken by itself."""
    theorem = next(t for t in ALL if t.id == claim)
    find_checks(theorem.topic)
    plans = [(full, function(one)) for full, one in functions_behind(name) if (claim, full) not in excused]
    outcomes = [(full, experiment(theorem, plan)) for full, plan in plans]
    for full, one in kernels_behind(name):
        if (claim, full) not in excused:
            outcomes.append((full, experiment(theorem, kernel(one))))
            assert "TypingError" not in outcomes[-1][1].how, f"{full} could not be broken"
    return outcomes


@cache
def sabotaged(claim: str, name: str) -> list[tuple[str, Outcome]]:
    """Every function and kernel behind a name, replaced by one that raises."""

    def plan(breaking: Callable[[], object]) -> Plan:
        return lambda: (breaking(), lambda: True)[1]

    return broken(
        claim,
        name,
        lambda function: plan(lambda: exchange(function, raises)),
        lambda kernel: plan(lambda: raise_in(kernel)),
    )


@cache
def inflated(claim: str, name: str, factor: str) -> list[tuple[str, Outcome]]:
    """Every function and kernel behind a name, with the numbers in what it returns multiplied."""

    def plan(function: FunctionType) -> Callable[[], bool]:
        scaled = Inflated(FACTORS[factor])
        exchange(function, scaled)
        return lambda: scaled.met

    def compiled(kernel: object) -> Callable[[], bool]:
        met = scale(kernel, FACTORS[factor])
        return lambda: bool(met)

    return broken(
        claim,
        name,
        lambda function: partial(plan, function),
        lambda kernel: partial(compiled, kernel),
        excused=EXCUSED,
    )


def unnoticed(claim: str, outcomes: list[tuple[str, Outcome]]) -> list[tuple[str, Outcome]]:
    """Breaks that were met and changed nothing; a level that falls is noticed too."""
    before = as_it_is(claim).how
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
    assert outcomes, f"{name} stands for no function"
    assert not unnoticed(theorem.id, outcomes)


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize(("theorem", "name"), PAIRS, ids=LABELS)
def test_a_number_that_is_off_by_ten_is_noticed(theorem, name, factor):
    outcomes = inflated(theorem.id, name, factor)
    if not outcomes:
        pytest.skip(EXCUSED[theorem.id, name])
    first = next(iter(FACTORS))  # what is met with one factor may be 0 with the other
    if factor != first and not any(outcome.met for _, outcome in inflated(theorem.id, name, first)):
        pytest.skip("it returns no numbers")
    if not any(outcome.met for _, outcome in outcomes):
        pytest.skip("it returns no numbers")
    assert not unnoticed(theorem.id, outcomes)


def label(value: object) -> object:
    """Of a theorem its ID, of a formula its name."""
    return getattr(value, "id", getattr(value, "name", None))


def off(theorem: Theorem, formula: Formula, factor: Fraction | str) -> Theorem:
    """The theorem as if the book's formula had that factor in front."""
    scaled = replace(formula, expression=f"{factor} * ({formula.expression})")
    return replace(theorem, formulas=tuple(scaled if own is formula else own for own in theorem.formulas))


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize(("theorem", "formula"), FORMULAS, ids=label)
def test_a_formula_of_the_book_that_is_off_by_ten_is_noticed(theorem, formula, factor):
    if reason := EXCUSED.get((theorem.id, formula.name)):
        pytest.skip(reason)
    outcome = experiment(off(theorem, formula, FACTORS[factor]), lambda: lambda: True)
    assert not unnoticed(theorem.id, [(formula.name, outcome)])


def unpinned():
    """Let no library function and no second derivation be compared with a formula."""
    original = Run.formula
    Run.formula = lambda self, name, *, library=None, derived=None: original(self, name)
    return lambda: True


@pytest.mark.parametrize(("theorem", "formula"), FORMULAS, ids=label)
def test_a_formula_is_compared_with_more_than_its_own_kind(theorem, formula):
    # A bound that is ten times as loose may hold still; one that no clause is compared with holds either way.
    formulas = {own.name for _, own in FORMULAS}
    code = tuple(name for name in theorem.code if name.rpartition(".")[2] not in formulas)
    factors = GROWTH.get((theorem.id, formula.name), reversed(FACTORS.values()))
    for factor in factors:
        outcome = experiment(replace(off(theorem, formula, factor), code=code), unpinned)
        if not unnoticed(theorem.id, [(formula.name, outcome)]):
            return
    pytest.fail(f"no factor of {formula.name} is noticed")
