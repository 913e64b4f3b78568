"""The book's ``Formula:`` lines: parsed, exact, and the same as the library's functions of their names."""

from fractions import Fraction
from importlib import import_module
from itertools import product
from math import comb, inf, isqrt, log, log2, nextafter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.claims import BookError, Formula, FormulaError, parse_chapter, theorems
from lemmata.claims.formulas import same_value


def value(line, *arguments, others=()):
    return Formula.parse(line).evaluate(
        arguments, {other.name: other for other in map(Formula.parse, others)}
    )


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_arithmetic_is_exact(a, b):
    assert value("f(a, b) = 24*a + 8*b - a**2 // b % 7", a, b) == 24 * a + 8 * b - a**2 // b % 7
    assert value("f(a, b) = a / b + 4.25", a, b) == Fraction(a, b) + Fraction(17, 4)
    assert value("f(a, b) = b**(-2)", a, b) == Fraction(1, b**2)
    assert value("f(a, b) = a if a <= b else -b", a, b) == (a if a <= b else -b)


@given(st.integers(1, 2**200))
def test_logarithms_round_to_the_right_side_of_an_integer(n):
    assert value("f(n) = floor(log2(n))", n) == n.bit_length() - 1
    assert value("f(n) = ceil(log2(n))", n) == (n - 1).bit_length()
    assert value("f(n) = log2(n**2 / n**2 * 2**70)", n) == 70
    assert value("f(n) = sqrt(n**2)", n) == n
    assert value("f(n) = floor(sqrt(n))", n) == isqrt(n)
    assert value("f(n) = ceil(sqrt(n))", n) == isqrt(n - 1) + 1
    assert value("f(n) = ceil(sqrt(n / 3))", n) == isqrt((n - 1) // 3) + 1


def test_logarithms_and_roots_of_doubles_near_an_integer():
    below = nextafter(8.0, 0.0)
    assert (value("f(x) = floor(log2(x))", below), value("f(x) = ceil(log2(x))", below)) == (2, 3)
    assert value("f(n) = floor(sqrt(n))", 2**54 - 1) == 2**27 - 1
    assert value("f(n) = ceil(sqrt(n))", 2**106 + 1) == 2**53 + 1


@pytest.mark.parametrize(
    "line",
    ["f(n) = sum(1 for i in range(0, n/2))", "f(n) = comb(n/2, 2)", "f(n) = (-n)**(1/3)", "log2(n) = n"],
)
def test_halves_and_roots_of_negative_numbers_are_not_dropped(line):
    with pytest.raises(FormulaError):
        value(line, 7)


def test_sums_sequences_and_other_formulas():
    assert value("f(n) = sum(k**2 for k in range(1, n + 1))", 5) == 55
    assert value("f(n) = max(k*(n - k) for k in range(n))", 7) == 12
    assert value("f(x) = sum(x[i]*i for i in range(len(x)))", [3, 4, 5]) == 14
    assert value("f(x) = prod(v for v in x if v > 0)", [3, 0, 5]) == 15
    assert value("f(n) = 2*g(n) + comb(n, 2)", 6, others=["g(n) = n + 1"]) == 14 + comb(6, 2)
    assert value("f(n) = inf if n < 1 else log2(n)", 0) == inf
    assert value("f(n) = log2(n)", 3) == pytest.approx(log2(3), rel=1e-15)


@pytest.mark.parametrize(
    "line",
    [
        "f(x)", "f(x) =", "f(x) = x +", "f(x, x) = x", "f(log2) = 1", "f(x) = x.real", "f(x) = [x]",
        "f(x) = lambda: x", "f(x) = 'a'[0:1]", "2f(x) = x", "f(x) = y", "f(x) = x << 1", "f(x) = x & 1",
        "f(x) = not x", "f(x) = ~x", "f(x) = +x", "f(x) = x is x", "f(x) = 1 if 0 <= x <= 2 else 0",
        "f(x) = x <= 3", "f(x) = 1 if x else 2", "f(x) = 1j", "f(x) = 'a'", "f(x) = None", "f(x) = True",
        "f(x) = ...", "f(x) = x[0:1]", "f(x) = g(x)[0]", "f(x) = g(*x)", "f(x) = g(y=x)", "f(x) = log2(x, 2)",
        "f(x) = comb(x)", "f(x) = range(x)", "f(x) = sum(i for i in range(x) for j in range(x))",
        "f(x) = sum(i for i in range())", "f(x) = sum(i for i in x + x)", "f(x) = sum(x for x in range(3))",
        "f(x) = sum(i for i in range(x) if i)", "f(x) = sum(1, 2)", "f(x) = max()", "f(x) = (i for i in x)",
        "f(x) = 1e99999", "f(x) = x and x", "f(x) = (lambda y: y)(x)", "f(x) = sum(pi for pi in range(x))",
    ],
)  # fmt: skip
def test_what_is_not_of_the_language_is_refused_when_it_is_read(line):
    with pytest.raises(FormulaError):
        Formula.parse(line)


def test_a_value_is_a_number():
    with pytest.raises(FormulaError, match="is a sequence"):
        value("f(x) = x", [1, 2])


def test_decimals_are_what_they_write():
    assert value("f(n) = 0.1234567890123456789012345678901", 0) == Fraction(
        1234567890123456789012345678901, 10**31
    )
    assert value("f(n) = 9007199254740993.0*n", 1) == 2**53 + 1
    assert value("f(n) = 1_000.5 + 2.5e-3", 0) == 1000 + Fraction(1, 2) + Fraction(1, 400)
    assert value("f(é) = é*0.1", 3) == Fraction(3, 10)


@given(st.integers(2, 2**400))
def test_logarithms_near_one_keep_their_digits(n):
    # log(1 + x) lies between x - x^2/2 and x.
    x = Fraction(1, n - 1)
    found = Fraction(value("f(n) = log(n/(n - 1))", n))
    assert (x - x**2 / 2) * (1 - Fraction(1, 2**50)) <= found <= x * (1 + Fraction(1, 2**50))
    binary = value("f(n) = log2(n/(n - 1))", n)
    assert binary == pytest.approx(float(found) / log(2), rel=1e-15)
    assert value("f(n) = log2((n - 1)/n)", n) == pytest.approx(-binary, rel=1e-14)


@given(st.integers(1, 2**2000), st.integers(1, 2**2000))
def test_logarithms_of_long_fractions(p, q):
    assert value("f(p, q) = log2(p/q)", p, q) == pytest.approx(log2(p) - log2(q), rel=1e-12, abs=1e-11)
    assert value("f(p, q) = log(p/q)", p, q) == pytest.approx(log(p) - log(q), rel=1e-12, abs=1e-11)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("f(x) = 1 / x", "no value at x = 0"),
        ("f(x) = y", "not known"),
        ("f(x) = g(x)", "no formula"),
        ("f(x) = log2(x)", "log2 of 0"),
        ("f(x) = (2**9999)**9999 + x", "too large"),
        ("f(x) = sum(1 for k in range(10**9))", "too many terms"),
        ("f(x, y) = x", "takes 2 arguments"),
    ],
)
def test_a_formula_without_a_value_says_why(line, words):
    with pytest.raises(FormulaError, match=words):
        value(line, 0)


def test_values_are_the_same_exactly_or_to_twelve_digits():
    assert same_value(3, Fraction(3))
    assert not same_value(10**20 + 1, 10**20)
    assert same_value(0.1 + 0.2, Fraction(3, 10))
    assert not same_value(0.3 * (1 + 1e-11), Fraction(3, 10))
    assert same_value(inf, inf)
    assert not same_value(float("nan"), float("nan"))


CHAPTER = """# T

### SAM-1 — A claim

Kind: upper bound

Source: s

Code: lemmata.costs

Formula: `cost(n) = 2*n`

Check: sample.claim

Hypotheses: h

Statement: For all: (a) first $(b) x$. (b) second, by (a).

Proof (sketch): p
"""


def test_formulas_and_clauses_are_read():
    (theorem,) = parse_chapter("sample", CHAPTER).theorems
    assert [str(formula) for formula in theorem.formulas] == ["cost(n) = 2*n"]
    assert theorem.clauses == {"a": "first $(b) x$.", "b": "second, by (a)."}
    alone = CHAPTER.replace("(a) ", "").replace("(b) second, by (a)", "second")
    assert list(parse_chapter("sample", alone).theorems[0].clauses) == [""]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("(a) first. (c) third.", r"\(c\) is out of place: the next clause is marked \(b\)"),
        ("(b) second. (a) first.", r"\(b\) is out of place"),
        ("(a) first. **(b)** second.", r"\(b\) is out of place"),
        ("(a) first. *So (b) second*.", r"\(b\) is out of place"),
        ("(a) first. _So (b) second_.", r"\(b\) is out of place"),
        ("(a) first. `(b)` second.", r"\(b\) is out of place"),
        ("(a) first, ``x (b) y`` second.", r"\(b\) is out of place"),
        ("(a) first. (b)second.", r"\(b\) is out of place"),
        ("(a) first, f(b) second.", r"\(b\) is out of place"),
        ("(a) first and no more.", "one clause has no mark"),
        ("All is well. (a) first. (b) second.", r"before \(a\) belongs to no clause"),
    ],
)
def test_marks_of_clauses_that_are_out_of_place_are_refused(statement, words):
    old = "For all: (a) first $(b) x$. (b) second, by (a)."
    with pytest.raises(BookError, match=f"sample.md:3: SAM-1: .*{words}"):
        parse_chapter("sample", CHAPTER.replace(old, statement))


@pytest.mark.parametrize(
    "statement",
    [
        "(a) first *word*. (b) second *word*, by (a) and so on. (c) third.",
        "Where $f. x$ holds, (a) **first**. (b) `second_` (a). (c) third `_b`.",
        "(a) first $a*b$; (b) $c*d$; (c) $x_(b) y$.",
    ],
)
def test_marks_beside_emphasis_code_and_formulas_are_read(statement):
    old = "For all: (a) first $(b) x$. (b) second, by (a)."
    (theorem,) = parse_chapter("sample", CHAPTER.replace(old, statement)).theorems
    assert list(theorem.clauses) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("= 2*n", "= 2*", "SAM-1: cost: '2\\*' is not an expression"),
        ("= 2*n", "= other(n)", "calls other"),
        ("= 2*n", "= cost(n - 1, n)", "calls cost with 2 arguments, and it takes 1"),
        ("= 2*n`", "= 2*n`\nand more", "one line"),
        ("= 2*n`", "= 2*n", "one line of code"),
        ("`cost(n) = 2*n`", "cost(n) = 2*n", "sample.md:11: SAM-1: a formula is one line of code"),
        ("= 2*n`", "= 2*n` words", "one line of code"),
        ("Check:", "Formula: `cost(m) = m`\n\nCheck:", "second formula"),
    ],
)
def test_a_bad_formula_is_refused_with_its_place(old, new, words):
    with pytest.raises(ValueError, match=words):
        parse_chapter("sample", CHAPTER.replace(old, new, 1))


GRID = (1, 2, 3, 5, 8, 13, 40, 1000)
PAIRS = [
    (theorem.id, formula, code)
    for theorem in theorems()
    for formula in theorem.formulas
    for code in theorem.code
    if code.rpartition(".")[2] == formula.name
]


@pytest.mark.parametrize(("claim", "formula", "code"), PAIRS, ids=lambda value: getattr(value, "name", None))
def test_library_functions_are_the_books_formulas(claim, formula, code):
    """On a grid of small integers, wherever the function takes them."""
    module, _, name = code.rpartition(".")
    function = getattr(import_module(module), name)
    topic = {f.name: f for t in theorems() for f in t.formulas if t.id[:3] == claim[:3]}
    compared = 0
    for arguments in product(GRID, repeat=len(formula.arguments)):
        try:
            given = function(*arguments)
        except (TypeError, ValueError, ArithmeticError, IndexError, AttributeError):
            continue  # outside its domain, or not a function of numbers
        try:
            expected = formula.evaluate(arguments, topic)
        except FormulaError as error:
            if "recursion" in str(error):  # nothing else excuses a missing value
                continue
            raise
        compared += 1
        assert same_value(given, expected), (arguments, given)
        if compared >= 400:
            break
