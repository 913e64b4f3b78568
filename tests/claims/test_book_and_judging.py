"""The parser of the book, the arguments, and what the runner believes."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lemmata.claims import (
    ArgumentError,
    BookError,
    Enclosure,
    Evidence,
    ExactRelation,
    SymbolicIdentity,
    UnknownClaim,
    Unsatisfiable,
    book,
    parse_chapter,
    random_stream,
    read_book,
    select,
    shrink,
    theorems,
)

THEOREM = """# A title

### SAM-1 — A claim

Kind: upper bound

Source: a paper

Code: lemmata.claims, lemmata.costs

Check: sample.claim

Hypotheses: $x>0$

Statement: First.

Second paragraph.

Proof (sketch): short

```
### not a heading, and Kind: not a field
```

## Next
"""


def test_a_theorem_is_read():
    (theorem,) = parse_chapter("sample", THEOREM).theorems
    assert (theorem.id, theorem.title, theorem.kind, theorem.line) == ("SAM-1", "A claim", "upper bound", 3)
    assert theorem.code == ("lemmata.claims", "lemmata.costs")
    assert theorem.statement == "First.\n\nSecond paragraph."
    assert theorem.proof_status == "sketch"
    assert "not a heading" in theorem.proof


def test_the_guides_sample_is_a_theorem(root):
    guide = (root / "docs" / "writing_a_chapter.md").read_text(encoding="utf-8")
    sample = guide.partition("```markdown\n")[2].partition("```")[0]
    (theorem,) = parse_chapter("sample", "# Squares\n\n" + sample).theorems
    assert (theorem.id, theorem.title) == ("SQR-1", "Squares of sums")
    assert list(theorem.clauses) == ["a", "b"]
    assert [formula.name for formula in theorem.formulas] == ["twice"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# A title", "A title", "no title"),
        ("— A claim", "- A claim", "sample.md:3: a theorem's heading reads"),
        ("— A claim", "— A claim {#sam-1}", "sample.md:3: .*in plain words"),
        ("— A claim", "— At most $n$", "sample.md:3: .*in plain words"),
        ("— A claim", "— `claim`", "sample.md:3: .*in plain words"),
        ("Kind: upper bound", "Kind: guess", "of kind 'guess'"),
        ("Source: a paper\n", "", "lacks Source"),
        ("Check: sample.claim", "Source: again", "field 'Source' twice"),
        ("(sketch)", "(maybe)", "'maybe'"),
        ("\nKind:", "\nstray\n\nKind:", "text before its first field"),
        ("## Next", THEOREM.partition("\n")[2], "already stated"),
    ],
)
def test_a_malformed_chapter_is_refused_with_its_place(old, new, message):
    assert old in THEOREM
    with pytest.raises(BookError, match=message):
        parse_chapter("sample", THEOREM.replace(old, new, 1))


def test_a_topic_may_have_several_lectures(tmp_path, monkeypatch):
    """The second file's theorems belong to the first one's topic; a name that only begins alike does not."""
    pages = {
        "sample.md": THEOREM,
        "sample_more.md": THEOREM.replace("SAM-1", "SAM-2").replace("sam-1", "sam-2"),
        "samples_of_it.md": THEOREM.replace("SAM-1", "OTH-1").replace("sam-1", "oth-1"),
    }
    for name, text in pages.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(book, "files", lambda _: tmp_path)
    chapters = book.read_book.__wrapped__()
    assert [(c.name, c.topic, [(t.id, t.topic) for t in c.theorems]) for c in chapters] == [
        ("sample", "sample", [("SAM-1", "sample")]),
        ("sample_more", "sample", [("SAM-2", "sample")]),
        ("samples_of_it", "samples_of_it", [("OTH-1", "samples_of_it")]),
    ]
    (tmp_path / "sample_more.md").write_text(THEOREM, encoding="utf-8")
    with pytest.raises(BookError, match=r"SAM-1 is stated in sample\.md and in sample_more\.md"):
        book.read_book.__wrapped__()


def test_selection_is_in_the_books_order_and_unknown_names_get_the_nearest():
    assert [t.id for t in select(["ham-3", "HAM-1"])] == ["HAM-1", "HAM-3"]
    assert select([]) == theorems() == select([chapter.topic for chapter in read_book()])
    with pytest.raises(UnknownClaim, match="hamming"):
        select(["haming"])
    with pytest.raises(UnknownClaim, match="HAM-"):
        select(["HAM-99"])


def test_evidence_is_ordered():
    assert sorted(Evidence, reverse=True) == list(Evidence)
    assert all(level.meaning for level in Evidence)


@given(st.integers(0, 2**70), st.sampled_from(["HAM-1", "HAM-2"]))
def test_random_streams_are_functions_of_seed_and_id(seed, claim):
    first, again = random_stream(seed, claim), random_stream(seed, claim)
    assert first.random() == again.random()
    assert random_stream(seed, "X-1").random() != random_stream(seed, claim).random()


def test_negative_seed_is_refused():
    with pytest.raises(ValueError, match="seed must not be negative"):
        random_stream(-1, "HAM-1")


TRUE = [
    SymbolicIdentity("(x - y) * (x + y)", "x**2 - y**2", ("x", "y")),
    ExactRelation("1/3 + 1/6", "==", "1/2"),
    Enclosure("exp(x)", ">", "1 + x - 1/100", {"x": (Fraction(-1), Fraction(1))}),
    Enclosure("sqrt(2)", "<", "pi / 2"),
    Unsatisfiable("x < x has no solution", "(declare-const x Int) (assert (< x x))"),
]
FALSE = [
    SymbolicIdentity("(x + y)**2", "x**2 + y**2", ("x", "y")),
    ExactRelation("1/3", "<", "1/3"),
    Enclosure("x * x", ">", "1/2", {"x": (Fraction(0), Fraction(1))}),
    Enclosure("1", "==", "1"),
    Enclosure("1", "<", "1"),
    Unsatisfiable("x < y has no solution", "(declare-const x Int) (assert (< x (+ x 1)))"),
    Unsatisfiable("empty", ""),
    Unsatisfiable("nonsense", "(assert"),
    ExactRelation("__import__('os').getcwd()", "==", "1"),
    ExactRelation("(1).real", "==", "1"),
    ExactRelation("9**9**9", ">", "1"),
    ExactRelation("2**100000", ">", "1"),
    ExactRelation("1 +", "==", "1"),
    ExactRelation("1 / 0", "==", "1"),
    ExactRelation("((2**10000)**10000)**10000", ">", "1"),
    ExactRelation("1", "!=", "2"),
    SymbolicIdentity("(x + y + 1)**9999", "x", ("x", "y")),
    Enclosure("x", "<", "0", {"x": (Fraction(1), Fraction(-1))}),
    ExactRelation("0.5", "==", "1/2"),
]


@pytest.mark.parametrize("argument", TRUE, ids=lambda a: a.statement)
def test_true_arguments_hold(argument):
    if isinstance(argument, Unsatisfiable):
        pytest.importorskip("z3")
    argument.recheck()


@pytest.mark.parametrize("argument", FALSE, ids=lambda a: a.statement[:40])
def test_false_and_hostile_arguments_are_refused(argument):
    with pytest.raises(ArgumentError):
        argument.recheck()


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_shrinking_keeps_the_failure_and_reaches_a_minimum(word):
    def fails(words):
        return sum(words[0]) >= 3

    if fails((word,)):
        (small,) = shrink([word], fails)
        assert sum(small) >= 3
        assert len(small) <= 3
