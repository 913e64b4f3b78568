"""Recorders of clauses: what they keep, and which level the judge derives from it."""

from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.claims import (
    Check,
    DomainError,
    Enclosure,
    Evidence,
    ExactRelation,
    RejectedVerdict,
    SymbolicIdentity,
    examine_by,
    parse_chapter,
)

NAN = float("nan")


def echo(answer):
    return answer


@dataclass(frozen=True)
class Figures:
    figure: object
    remark: str = field(default="", compare=False)


CHAPTER = """# T

### SAM-1 — A claim

Kind: {kind}

Source: s

Code: lemmata.costs.growth_test, math.isqrt

{formulas}Check: sample.claim

Hypotheses: h

Statement: {statement}

Proof (sketch): p
"""


def examined(body, *, kind="identity", statement="(a) one (b) two", formulas="", returns=False, **options):
    """The judgement on an invented theorem by an invented check."""

    def check(run):
        returned = body(run)
        return returned if returns else None

    text = CHAPTER.format(kind=kind, statement=statement, formulas=formulas)
    (theorem,) = parse_chapter("sample", text).theorems
    return examine_by(Check("SAM-1", check), theorem, **options)


def levels(judgement):
    return "".join(str(clause.evidence)[0] for clause in judgement.clauses)


def test_a_finite_domain_that_was_tried_is_verified_and_samples_are_consistent():
    def body(run):
        a, b = run.clauses("ab")
        for x, y in run.every(product(range(3), repeat=2), "pairs below 3", size=9):
            a.holds(x * y, "<=", 4, x=x, y=y)
        for x in run.samples(range(5), "five numbers"):
            b.equal(x + 1, 1 + x, x=x)

    found = examined(body)
    assert levels(found) == "vc"
    assert found.evidence is Evidence.CONSISTENT
    assert found.cases == 14
    assert (found.clauses[0].measured, found.clauses[0].bound) == (4, 4)
    assert found.clauses[0].at == {"x": 2, "y": 2}
    assert found.tried == ("all 9: pairs below 3", "5: five numbers")
    assert "all 9: pairs below 3" in found.clauses[0].done


@pytest.mark.parametrize("members", [[1, 2], [1, 2, 2], [1, 2, 3, 4]])
def test_a_domain_with_other_members_than_it_says_is_an_error(members):
    def body(run):
        for x in run.every(members, "three numbers", size=3):
            run.clause("a").equal(x, x)

    with pytest.raises(DomainError, match="three numbers"):
        examined(body)


def test_a_domain_that_is_left_early_was_not_tried():
    def body(run):
        for x in run.every(range(10), "ten", size=10):
            run.clause("a").equal(x, x)
            run.clause("b").equal(x, x)
            if x == 4:
                break

    found = examined(body)
    assert levels(found) == "cc"
    assert found.clauses[0].done == ("5 of 10: ten",)


def test_a_member_that_is_skipped_without_a_word_was_not_tried():
    def body(run):
        a, b = run.clauses("ab")
        for x in run.every(range(10), "ten", size=10):
            if x % 2:
                a.equal(x, x)
            if b.concerns(x % 2):
                b.equal(x, x)

    found = examined(body)
    assert levels(found) == "cv"
    assert found.clauses[0].done == ("all 10: ten, compared at 5 of them",)
    assert found.clauses[1].done == ("all 10: ten, which concerns 5 of them",)


@pytest.mark.parametrize(
    ("said", "compared", "level"),
    [
        ([True], 0, "c"),
        ([False, True], 0, "c"),
        ([True, False], 0, "c"),
        ([False, False], 0, "v"),
        ([False], 2, "v"),
        ([True, False], 1, "v"),
    ],
)
def test_a_clause_that_concerns_a_member_has_to_be_compared_there(said, compared, level):
    def body(run):
        a, b = run.clauses("ab")
        for x in run.every(range(3), "three", size=3):
            for condition in said if x == 1 else ():
                a.concerns(condition)
            for _ in range(compared if x == 1 else 1):
                a.equal(x, x)
            b.equal(x, x)

    assert levels(examined(body)) == level + "v"


def test_a_clause_that_concerns_no_member_was_not_checked():
    def body(run):
        a, b = run.clauses("ab")
        for x in run.every(range(3), "three", size=3):
            a.concerns(False)
            b.equal(x, x)

    assert levels(examined(body)) == "iv"


def test_comparing_the_last_member_twice_does_not_stand_for_the_first():
    def body(run):
        a, b = run.clauses("ab")
        for count, x in enumerate(run.every([1, 2, 2], "two", size=2)):
            if count:
                a.equal(x, x)
            b.equal(x, x)

    assert levels(examined(body)) == "cv"


@pytest.mark.parametrize("draw", [lambda rng: rng.random(), lambda rng: rng.spawn(1)])
def test_a_domain_with_random_numbers_in_it_was_not_tried(draw):
    def body(run):
        a, b = run.clauses("ab")
        draw(run.rng)
        for x in run.every(range(3), "three", size=3):
            a.equal(x, x)
        for x in run.every(range(4), "four", size=4):
            b.equal(x, x)
            if x == 2:
                draw(run.rng)

    found = examined(body)
    assert levels(found) == "vc"
    assert found.clauses[1].done == ("all 4: four, with random numbers",)


def test_members_that_are_drawn_are_no_domain():
    def body(run):
        for x in run.every((int(run.rng.integers(2**60)) for _ in range(3)), "three", size=3):
            run.clause().equal(x, x)

    assert levels(examined(body, statement="one")) == "c"


@pytest.mark.parametrize("nothing", [np.array([]), np.zeros((0, 3)), [], ()])
def test_an_inequality_about_nothing_is_no_comparison(nothing):
    def body(run):
        a, b = run.clauses("ab")
        for x in run.every(range(3), "three", size=3):
            assert a.holds(nothing if x else [x], "<=", 4)
            b.equal(nothing if x else [x], nothing if x else [x])

    found = examined(body)
    assert levels(found) == "cv"
    assert [clause.cases for clause in found.clauses] == [1, 3]
    assert levels(examined(lambda run: run.clause("a").holds(nothing, "<=", 4))) == "ii"


@pytest.mark.parametrize("nothing", [np.zeros((0, 3)), [], ()])
def test_nothing_that_equals_nothing_is_no_evidence(nothing):
    def body(run):
        a, b = run.clauses("ab")
        for x in run.every(range(3), "three", size=3):
            assert a.equal(nothing, nothing)
            b.equal(nothing, nothing if x else [x])

    found = examined(body)
    assert levels(found) == "ir"
    assert "nothing was found equal to nothing" in found.clauses[0].missing


def test_a_domains_digest_is_of_its_members_in_their_order():
    def digests(*domains):
        found = []

        def body(run):
            for members in domains:
                for _ in run.every(members, "some", size=len(members)):
                    pass
            list(run.samples([1, 2], "samples"))
            found.extend(domain.digest for domain in run.facts.domains)

        examined(body)
        return found

    first, same, turned, other, samples = digests(
        [1, (2, 3)], [np.int64(1), [2, 3]], [(2, 3), 1], [1, (2, 4)]
    )
    assert first == same
    assert len({first, turned, other}) == 3
    assert samples == ""


def test_domains_do_not_nest():
    def body(run):
        for _ in run.samples(range(2), "outer"):
            for x in run.every(range(2), "inner", size=2):
                run.clause("a").equal(x, x)

    with pytest.raises(DomainError, match="'inner' is opened inside 'outer'"):
        examined(body)


def test_a_clause_without_a_fact_is_not_checked():
    found = examined(lambda run: run.clause("a").equal(1, 1))
    assert found.evidence is Evidence.INCONCLUSIVE
    assert found.clauses[1].missing == "not checked: no fact covers this clause"


def test_a_clause_that_the_book_does_not_have_is_an_error():
    with pytest.raises(KeyError, match=r"SAM-1 has no clause \(c\); its clauses: \(a\), \(b\)"):
        examined(lambda run: run.clause("c"))


def test_the_first_violation_is_the_witness_and_the_rest_goes_on():
    def body(run):
        a, b = run.clauses("ab")
        for x in run.every(range(10), "ten", size=10):
            a.holds(x, "<", 7, x=x, word=np.arange(3))
            b.equal(x, x)

    found = examined(body)
    assert levels(found) == "rv"
    assert found.evidence is Evidence.REFUTED
    assert found.witness.inputs == {"x": 7, "word": [0, 1, 2]}
    assert (found.witness.expected, found.witness.found) == ("< 7", 7)
    assert found.clauses[0].cases == 10


def test_what_a_check_raises_after_a_violation_does_not_hide_it():
    def body(run):
        run.clause("a").equal(1, 2)
        raise IndexError("broken all the more")

    found = examined(body)
    assert found.evidence is Evidence.REFUTED
    assert "IndexError: broken all the more" in found.notes[0]
    with pytest.raises(IndexError):
        examined(body, kind="refuted")


def test_a_run_can_end_at_the_refutation_that_is_waited_for():
    def body(run):
        a, b = run.clauses("ab")
        b.equal(0, 1)
        a.equal(0, 1)
        pytest.fail("not reached")

    found = examined(body, until="a")
    assert levels(found) == "rr"


def test_a_run_can_end_when_several_clauses_are_refuted():
    def body(run):
        a, b = run.clauses("ab")
        a.equal(0, 1)
        a.equal(0, 2)
        b.equal(0, 1)
        pytest.fail("not reached")

    found = examined(body, until="ab", together=True)
    assert levels(found) == "rr"
    assert [clause.cases for clause in found.clauses] == [2, 1]
    assert levels(examined(body, until="ab")) == "ri"


def test_who_waits_for_a_refutation_gets_no_other_figures():
    def body(run):
        a, b = run.clauses("ab")
        a.holds(1, "<=", 2)
        b.holds(3, "<=", 2)

    assert [clause.measured for clause in examined(body).clauses] == [1, 3]
    assert [clause.measured for clause in examined(body, until="b").clauses] == [None, 3]


@pytest.mark.parametrize(
    ("found", "relation", "bound", "fine"),
    [
        (np.array([1, 2]), "==", [1, 2], True),
        (np.array([1, 2]), "==", [1, 2, 3], False),
        (np.array([1.0, 2.0]), "==", np.array([1, 2]), True),
        ([1, [2, Fraction(1, 2)]], "==", [1, [2, 0.5]], True),
        (float("nan"), "==", float("nan"), False),
        (float("nan"), "<=", 1, False),
        (1, ">=", float("nan"), False),
        (np.array([1, 5, 2]), "<=", 4, False),
        (np.array([1, 3, 2]), "<=", np.array([1, 3, 9]), True),
        ({"a": NAN}, "==", {"a": NAN}, False),
        ({"a": [1, NAN]}, "==", {"a": [1, NAN]}, False),
        ({1: np.array([1, 2])}, "==", {1: np.array([1, 2])}, True),
        ({1: 2}, "==", {1: 2, 3: 4}, False),
        ({NAN}, "==", {NAN}, False),
        ({1, 2}, "==", {2, 1}, True),
        (Figures(NAN), "==", Figures(NAN), False),
        (Figures(np.array([1.0])), "==", Figures(np.array([1.0])), True),
        (Figures(1.0, "x"), "==", Figures(1.0, "y"), True),
        (Figures(1.0), "==", Figures(2.0), False),
        ([1, 2], "<", [2, 3], True),
        (Fraction(1, 3), "<", 1 / 3, False),  # the double is below a third
        (10**400, "<=", 10**400 + 1, True),
        (np.uint64(2**64 - 1), "==", 2**64 - 1, True),
        (np.array(["a"], dtype=object), "==", ["b"], False),
        (float("inf"), "<=", float("inf"), True),
        (True, "==", True, True),
    ],
)
def test_comparisons(found, relation, bound, fine):
    judgement = examined(lambda run: run.clause().holds(found, relation, bound), statement="one")
    assert (judgement.evidence is Evidence.CONSISTENT) == fine


def test_an_unknown_relation_is_refused():
    with pytest.raises(ValueError, match="'~' is no relation"):
        examined(lambda run: run.clause("a").holds(1, "~", 1))


@given(st.lists(st.integers(0, 9), min_size=1), st.integers(0, 9))
def test_the_figure_nearest_its_bound_is_kept(values, bound):
    below = [value for value in values if value <= bound]

    def body(run):
        for value in below:
            run.clause().holds(value, "<=", bound, value=value)

    if below:
        found = examined(body, statement="one").clauses[0]
        # Zero against a bound of zero says least: every other figure comes before it.
        others = [value for value in below if (value, bound) != (0, 0)] or [0]
        assert found.measured == max(others)


def test_the_entry_of_an_array_that_violates_is_named():
    found = examined(lambda run: run.clause("a").holds(np.array([[1, 2], [9, 3]]), "<=", 4))
    assert found.witness.inputs == {"at": [1, 0]}
    assert found.witness.found == 9


def test_a_violation_is_shrunk():
    def body(run):
        run.clause("a").tries(
            lambda word, limit: (int(word.sum()), "<=", limit), word=np.array([5, 0, 7, 1, 9]), limit=3
        )

    assert sum(examined(body).witness.inputs["word"]) == 4 or len(examined(body).witness.inputs["word"]) == 1


def test_refusals():
    def body(run):
        a, b = run.clauses("ab")
        a.refuses(lambda: int("x"), ValueError, "invalid literal")
        b.refuses(lambda: 3, ValueError, "invalid literal")

    assert levels(examined(body)) == "cr"


def is_even(x):
    return x % 2 == 0


def test_certificates():
    def body(run):
        a, b = run.clauses("ab")
        for x in run.samples([2, 4], "even numbers"):
            a.certified(is_even, x, x=x)
            b.certified(is_even, x, x=x)
            b.equal(x, x)

    found = examined(body)
    assert levels(found) == "vc"
    assert any("is_even" in line for line in found.clauses[0].done)
    assert levels(examined(lambda run: run.clause("a").certified(is_even, 3, x=3))) == "ri"


TRUE = ExactRelation("1/3 + 1/6", "==", "1/2")
FALSE = SymbolicIdentity("x", "x + 1", ("x",))


class Hollow:
    statement = "trust me"

    def recheck(self):
        """Pass anything."""


def test_proofs_and_steps():
    def body(*arguments, steps=()):
        def check(run):
            a, b = run.clauses("ab")
            b.equal(1, 1)
            a.equal(1, 1)
            a.proof(*arguments, because="it is the clause")
            a.step(*steps)

        return examined(check).clauses[0]

    assert body(TRUE).evidence is Evidence.PROVED
    assert body(TRUE).done[-1] == "proved: it is the clause"
    with pytest.raises(ValueError, match="needs arguments"):
        body()
    assert body(TRUE, FALSE).evidence is Evidence.CONSISTENT
    assert body(TRUE, FALSE).broken_arguments
    assert body(Hollow()).broken_arguments == ("Hollow is not an argument that the runner can repeat",)
    assert body(TRUE, steps=[Enclosure("1", "<", "2")]).steps
    assert body(TRUE, steps=[FALSE]).evidence is Evidence.INCONCLUSIVE

    def only_steps(run):
        run.clause("a").step(TRUE)

    assert examined(only_steps).clauses[0].evidence is Evidence.INCONCLUSIVE
    with pytest.raises(ValueError, match="because"):
        examined(lambda run: run.clause("a").proof(TRUE, because=" "))


def test_a_proof_is_for_all_inputs_and_there_is_one():
    def in_a_loop(run):
        for n in run.every(range(3), "three", size=3):
            run.clause("a").proof(ExactRelation(str(n), "<=", "5"), because="tried")

    with pytest.raises(ValueError, match="one proof, for all inputs"):
        examined(in_a_loop)

    def twice(run):
        run.clause("a").proof(TRUE, because="it is")
        run.clause("a").proof(TRUE, because="it is again")

    with pytest.raises(ValueError, match="one proof"):
        examined(twice)


@pytest.mark.parametrize("answer", [(False, "residual 3"), "bad: residual 3", [], None])
def test_a_checker_has_to_say_whether_the_certificate_holds(answer):
    with pytest.raises(TypeError, match="does not say whether it holds"):
        examined(lambda run: run.clause("a").certified(echo, answer))


@pytest.mark.parametrize("checker", [lambda: True, bool, bool.__bool__, partial(echo, True)])
def test_a_checker_has_a_name_that_a_reader_finds(checker):
    with pytest.raises(TypeError, match="name a function"):
        examined(lambda run: run.clause("a").certified(checker))


@pytest.mark.parametrize(
    ("found", "bound", "error"),
    [
        ("10", "9", TypeError),
        ({3}, {3, 4}, TypeError),
        (np.array([1j]), 2, TypeError),
        (np.zeros(1), np.ones(5), ValueError),
    ],
)
def test_what_has_no_bound_is_refused(found, bound, error):
    with pytest.raises(error):
        examined(lambda run: run.clause("a").holds(found, "<=", bound))


@pytest.mark.parametrize(
    ("found", "relation", "bound"),
    [
        (np.array([2**53 + 1]), "<=", float(2**53)),
        (np.array([2**53 + 1]), "==", np.array([float(2**53)])),
        ([2**53 + 1], "==", np.array([float(2**53)])),
        ([np.int64(2**53 + 1)], "<=", [float(2**53)]),
    ],
)
def test_integers_beside_doubles_are_not_rounded(found, relation, bound):
    judged = examined(lambda run: run.clause("a").holds(found, relation, bound))
    assert judged.clauses[0].evidence is Evidence.REFUTED


def test_a_violation_that_comes_and_goes_is_kept():
    calls = iter([2, 0, 0, 0, 0, 0, 0, 0, 0, 0] + [0] * 1000)
    judged = examined(lambda run: run.clause("a").tries(lambda word: (next(calls), "<=", 1), word=[1, 2]))
    assert judged.clauses[0].witness is not None


def test_integers_of_any_length_are_refuted_in_words():
    assert "bits" in str(examined(lambda run: run.clause("a").holds(10**5000, "<=", 1)).witness)


def test_members_have_to_be_told_apart():
    def body(run):
        for _ in run.every([object(), object()], "two", size=2):
            run.clause("a").equal(1, 1)

    with pytest.raises(DomainError, match="no repr"):
        examined(body)


def test_attained_needs_an_exhibit_that_was_computed():
    def body(run):
        a, b = run.clauses("ab")
        a.holds(1, "<=", 2)
        b.attains(6, 2 * 3, n=3)

    assert examined(body, kind="attained").clauses[1].exhibit == "6 at n = 3"
    with pytest.raises(RejectedVerdict, match="vacuous"):
        examined(lambda run: run.clause("a").holds(2, "<=", 2), kind="attained")


def test_what_cannot_be_told_and_what_cannot_be_done():
    def body(run):
        a, b = run.clauses("ab")
        a.equal(1, 1)
        a.undecided("more networks")
        b.out_of_reach("a GPU")

    found = examined(body)
    assert [clause.missing for clause in found.clauses] == ["more networks", "a GPU"]
    assert levels(found) == "io"


def test_a_false_claim_of_the_book():
    def body(counterexample, rest=True):
        def check(run):
            a, b = run.clauses("ab")
            a.equal(int(counterexample), 0)
            b.equal(rest, True)

        return check

    found = examined(body(True), kind="refuted")
    assert found.as_the_book_says
    assert found.evidence is Evidence.REFUTED
    with pytest.raises(RejectedVerdict, match="found no counterexample"):
        examined(body(False), kind="refuted")
    alone = examined(lambda run: run.clause().equal(1, 0), kind="refuted", statement="one")
    assert alone.as_the_book_says
    assert alone.evidence is Evidence.REFUTED
    wrong_beside = examined(body(True, rest=False), kind="refuted")
    assert not wrong_beside.as_the_book_says
    assert wrong_beside.evidence is Evidence.REFUTED


def test_formulas_are_compared_with_the_library_and_have_to_be_used():
    def body(run):
        a, b = run.clauses("ab")
        a.holds(1, "<=", run.formula("pairs", library=lambda n: n * (n - 1) // 2)(4))
        b.equal(1, 1)

    line = "Formula: `pairs(n) = n*(n - 1)/2`\n\n"
    assert examined(body, formulas=line).evidence is Evidence.CONSISTENT
    wrong = examined(body, formulas=line.replace("/2", "/3"))
    assert wrong.evidence is Evidence.REFUTED
    assert "differs from the book's formula" in wrong.witness.explanation
    unused = examined(body, formulas=line + "Formula: `more(n) = n`\n\n")
    assert unused.evidence is Evidence.INCONCLUSIVE
    assert "not evaluated: the formula more" in unused.notes[0]


def test_a_formula_is_compared_with_the_function_of_its_name_in_code():
    def body(run):
        a, b = run.clauses("ab")
        a.holds(1, "<=", run.formula("isqrt")(5))
        b.equal(1, 1)

    right = "Formula: `isqrt(n) = floor(sqrt(n))`\n\n"
    assert examined(body, formulas=right).evidence is Evidence.CONSISTENT
    assert examined(body, formulas=right.replace("floor", "ceil")).evidence is Evidence.REFUTED


def test_a_disagreement_ends_a_run_only_for_those_who_wait_for_it():
    def body(run):
        a, b = run.clauses("ab")
        bound = run.formula("isqrt")(5)
        a.holds(3, "<=", bound)
        b.equal(0, 1)

    wrong = "Formula: `isqrt(n) = ceil(sqrt(n))`\n\n"
    judged = examined(body, formulas=wrong, until="b")
    assert levels(judged) == "cr"
    assert "library's isqrt" in judged.disagreement.explanation
    ended = examined(body, formulas=wrong, until=["isqrt"])
    assert ended.cases == 0
    assert ended.evidence is Evidence.REFUTED
    assert examined(body, formulas=wrong.replace("ceil", "floor")).disagreement is None


def test_a_second_derivation_pins_a_formula():
    def body(run):
        a, b = run.clauses("ab")
        a.holds(1, "<=", run.formula("squares", derived=lambda n: sum(k * k for k in range(n + 1)))(4))
        b.equal(1, 1)

    line = "Formula: `squares(n) = n*(n + 1)*(2*n + 1)/6`\n\n"
    assert examined(body, formulas=line).evidence is Evidence.CONSISTENT
    loose = examined(body, formulas=line.replace("= n", "= 10*n"))
    assert loose.evidence is Evidence.REFUTED
    assert loose.witness.inputs == {"n": "4"}
    assert "squares, derived another way" in loose.witness.explanation


def test_a_check_that_returns_something_is_rejected():
    with pytest.raises(RejectedVerdict, match="returned int"):
        examined(lambda run: 3, returns=True)
